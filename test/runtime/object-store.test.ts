import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { s3ObjectStore } from '../../src/runtime/object-store';

const s3 = mockClient(S3Client);

beforeEach(() => {
  s3.reset();
});

afterAll(() => {
  s3.restore();
});

const stores = {
  S3: () => s3ObjectStore(new S3({ region: 'eu-west-1' })),
  S3Client: () => s3ObjectStore(new S3Client({ region: 'eu-west-1' }), { PutObjectCommand, GetObjectCommand, DeleteObjectCommand }),
};

describe.each(['S3', 'S3Client'] as const)('by the SDK\'s %s', (kind) => {
  test('objects are put', async () => {
    s3.on(PutObjectCommand).resolves({});
    const { signal } = new AbortController();
    await expect(stores[kind]().put('s3://my-bucket/a/b c.json', Uint8Array.of(1), 'application/json', signal)).resolves.toBeUndefined();
    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => [args[0].input, (args as unknown[])[1]])).toEqual([
      [{ Bucket: 'my-bucket', Key: 'a/b c.json', Body: Uint8Array.of(1), ContentType: 'application/json' }, { abortSignal: signal }],
    ]);
  });

  test('objects are read', async () => {
    s3.on(GetObjectCommand).resolves({ Body: { transformToByteArray: async () => Uint8Array.of(1, 2) } as never });
    const { signal } = new AbortController();
    await expect(stores[kind]().get('s3://my-bucket/k', signal)).resolves.toEqual(Uint8Array.of(1, 2));
    expect(s3.commandCalls(GetObjectCommand).map(({ args }) => [args[0].input, (args as unknown[])[1]])).toEqual([
      [{ Bucket: 'my-bucket', Key: 'k' }, { abortSignal: signal }],
    ]);
  });

  test('an object without a body is none', async () => {
    s3.on(GetObjectCommand).resolves({});
    await expect(stores[kind]().get('s3://my-bucket/k')).resolves.toBeUndefined();
  });

  test('objects are deleted', async () => {
    s3.on(DeleteObjectCommand).resolves({});
    await expect(stores[kind]().delete!('s3://my-bucket/k')).resolves.toBeUndefined();
    expect(s3.commandCalls(DeleteObjectCommand).map(({ args: [command] }) => command.input)).toEqual([{ Bucket: 'my-bucket', Key: 'k' }]);
  });

  test('errors are the SDK\'s', async () => {
    const error = Object.assign(new Error('no'), { name: 'AccessDenied' });
    s3.rejects(error);
    await expect(stores[kind]().get('s3://my-bucket/k')).rejects.toBe(error);
    await expect(stores[kind]().put('s3://my-bucket/k', new Uint8Array(), 'a/b')).rejects.toBe(error);
  });
});

test('without what deletes, nothing can be deleted', () => {
  expect(s3ObjectStore({ putObject: jest.fn(), getObject: jest.fn() }).delete).toBeUndefined();
  expect(s3ObjectStore(new S3Client({ region: 'eu-west-1' }), { PutObjectCommand, GetObjectCommand }).delete).toBeUndefined();
});

test.each(['https://s3.us-east-1.amazonaws.com/my-bucket/k', 's3://my-bucket', 's3://my-bucket/', 's3:///k', ''])('%p is no address', async (uri) => {
  const error = new TypeError(`the address must be s3://BUCKET/KEY, got: ${uri}`);
  await expect(stores.S3().get(uri)).rejects.toThrow(error);
  await expect(stores.S3().put(uri, new Uint8Array(), 'a/b')).rejects.toThrow(error);
});
