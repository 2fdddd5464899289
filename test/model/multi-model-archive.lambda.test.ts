import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command,
  NoSuchBucket, NotFound, PutObjectCommand, S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { decide, type FoundObject, handler, type MultiModelEvent, type MultiModelProperties, placeOf } from '../../src/model/multi-model-archive.lambda';
import { filesOf, tarGzOf, unpackedFiles } from '../support/archives';

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const s3 = mockClient(S3Client);
let server: Server;
let answers: Record<string, any>[];

beforeEach(async () => {
  s3.reset();
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      answers.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});

afterEach(() => {
  server.close();
});

const ADDRESS = 's3://models/many/north.tar.gz';
const PROPERTIES: MultiModelProperties = {
  SourceBucket: 'assets', SourceKey: 'a.tar.gz', TargetBucket: 'models', TargetKey: 'many/north.tar.gz',
};
/** The life that a creation with the request `request` begins, and one before. */
const LIFE = '1f58b9145b24';
const OLD_LIFE = '0123456789ab';
const ID = `${ADDRESS}#${OLD_LIFE}`;

function event(given: Partial<MultiModelEvent> = {}): MultiModelEvent {
  return {
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${(server?.address() as AddressInfo | undefined)?.port}/`,
    StackId: 'arn:stack',
    RequestId: 'request',
    LogicalResourceId: 'North',
    ResourceProperties: PROPERTIES,
    ...given,
  };
}

const update = (given: Partial<MultiModelEvent> = {}) => event({ RequestType: 'Update', PhysicalResourceId: ID, ...given });
const remove = (given: Partial<MultiModelEvent> = {}) => event({ RequestType: 'Delete', PhysicalResourceId: ID, ...given });

/** What an archive says of itself that was put there for the event, or as it would have been for others. */
function placed(by: MultiModelEvent, other: FoundObject = {}): FoundObject {
  const step = decide(by, undefined);
  const metadata = step.step === 'write' ? step.metadata : {};
  return { placedBy: metadata['placed-by'], life: metadata['placed-in-life'], content: metadata['placed-content'], ...other };
}

const BY_OTHERS: FoundObject[] = [{}, { placedBy: 'arn:stack South', life: OLD_LIFE, content: 'x' }, { placedBy: 'arn:other North', life: OLD_LIFE, content: 'x' }];

describe('to create an archive', () => {
  test('is to write it, where there is none, and to leave word of that', () => {
    expect(decide(event(), undefined)).toEqual({
      step: 'write',
      id: `${ADDRESS}#${LIFE}`,
      metadata: { 'placed-by': 'arn:stack North', 'placed-in-life': LIFE, 'placed-content': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test('is done, where the same call came before', () => {
    expect(decide(event(), placed(event()))).toEqual({ step: 'keep', id: `${ADDRESS}#${LIFE}` });
  });

  test('is to write it over what a former life of the resource has left', () => {
    expect(decide(event(), placed(update()))).toMatchObject({ step: 'write', id: `${ADDRESS}#${LIFE}`, metadata: { 'placed-in-life': LIFE } });
  });

  test.each(BY_OTHERS)('is refused where %j is there', (found) => {
    expect(decide(event(), found)).toEqual({
      step: 'refuse',
      reason: `${ADDRESS} is there already, and ${found.placedBy !== undefined ? `belongs to ${found.placedBy}` : 'was not put there by addModel'}: `
        + 'remove it, or add the model under another name',
    });
  });
});

describe('to update an archive', () => {
  test('is to write it in its place, as the same resource', () => {
    const changed = update({ ResourceProperties: { ...PROPERTIES, SourceKey: 'b.tar.gz' } });
    expect(decide(changed, placed(update()))).toMatchObject({ step: 'write', id: ID, metadata: { 'placed-by': 'arn:stack North', 'placed-in-life': OLD_LIFE } });
    expect(decide(update(), undefined)).toMatchObject({ step: 'write', id: ID });
  });

  test.each(BY_OTHERS)('is to write it over %j, which has taken its place', (found) => {
    expect(decide(update(), found)).toMatchObject({ step: 'write', id: ID });
  });

  test('is done, where it is there: a failed update goes back to it, or the call came before', () => {
    expect(decide(update(), placed(update()))).toEqual({ step: 'keep', id: ID });
  });

  test('of its place is to create it there', () => {
    const moved = update({ ResourceProperties: { ...PROPERTIES, TargetBucket: 'elsewhere' } });
    expect(decide(moved, undefined)).toMatchObject({ step: 'write', id: `s3://elsewhere/many/north.tar.gz#${LIFE}` });
    expect(decide(moved, {})).toMatchObject({ step: 'refuse' });
  });

  test.each<Partial<MultiModelProperties>>([
    { SourceBucket: 'other' }, { SourceKey: 'b.tar.gz' }, { Revision: '2' }, { Pending: 'true' }, { CodeKey: 'code.tar.gz' }, { TargetEncryptionKey: 'arn:key' },
  ])('another %j is another content', (other) => {
    expect(decide(update({ ResourceProperties: { ...PROPERTIES, ...other } }), placed(update()))).toMatchObject({ step: 'write' });
  });
});

describe('to delete an archive', () => {
  test('is to delete it, where it is still what the resource has put there', () => {
    expect(decide(remove(), placed(update()))).toEqual({ step: 'delete', id: ID });
  });

  test.each([undefined, ...BY_OTHERS])('is to leave %j alone', (found) => {
    expect(decide(remove(), found)).toEqual({ step: 'keep', id: ID });
  });

  test('is to leave alone what a later life of the resource has put there: the call is late', () => {
    expect(decide(remove(), placed(event()))).toEqual({ step: 'keep', id: ID });
  });

  test('is to delete it where CloudFormation never got an id, and nothing of others', () => {
    const failed = remove({ PhysicalResourceId: 'North' });
    expect(decide(failed, placed(event()))).toEqual({ step: 'delete', id: 'North' });
    expect(decide({ ...failed, PhysicalResourceId: undefined }, placed(event()))).toEqual({ step: 'delete', id: 'North' });
    expect(decide(failed, undefined)).toEqual({ step: 'keep', id: 'North' });
    expect(decide(failed, {})).toEqual({ step: 'keep', id: 'North' });
  });

  test('is about the place that it was put to', () => {
    const moved = { ...PROPERTIES, TargetBucket: 'elsewhere' };
    expect(placeOf(remove({ ResourceProperties: moved }))).toMatchObject({ bucket: 'models', key: 'many/north.tar.gz' });
    expect(placeOf(remove({ ResourceProperties: moved, PhysicalResourceId: 'North' }))).toMatchObject({ bucket: 'elsewhere', key: 'many/north.tar.gz' });
    expect(placeOf(update({ ResourceProperties: moved }))).toMatchObject({ bucket: 'elsewhere', key: 'many/north.tar.gz' });
  });
});

const HANDLER = 'def handler(data, context):\n    return data.read(), "application/json"\n';
const call = (given: MultiModelEvent, milliseconds = 900_000) => handler(given, { getRemainingTimeInMillis: () => milliseconds });

/** Puts something there, which says this of itself. */
function there(found: FoundObject): void {
  s3.on(ListObjectsV2Command, { Bucket: 'models', Prefix: 'many/north.tar.gz', MaxKeys: 1 }).resolves({ Contents: [{ Key: 'many/north.tar.gz' }] });
  s3.on(HeadObjectCommand, { Bucket: 'models', Key: 'many/north.tar.gz' }).resolves({
    Metadata: { 'placed-by': found.placedBy!, 'placed-in-life': found.life!, 'placed-content': found.content! },
  });
}

/** Puts sources into their buckets, and nothing to the place. */
function sources(archive: Uint8Array): void {
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(GetObjectCommand, { Bucket: 'assets', Key: 'a.tar.gz' }).callsFake(() => ({ Body: Readable.from([archive]), ETag: '"1"' }));
  s3.on(GetObjectCommand, { Bucket: 'assets', Key: 'code.tar.gz' })
    .callsFake(() => ({ Body: Readable.from([tarGzOf(...filesOf({ 'code/inference.py': HANDLER }))]), ETag: '"2"' }));
  s3.on(PutObjectCommand).resolves({});
}

/** What was written. */
function written(): Buffer {
  const puts = s3.commandCalls(PutObjectCommand);
  expect(puts).toHaveLength(1);
  return puts[0].args[0].input.Body as Buffer;
}

test('what the app has packed is copied byte by byte', async () => {
  const bytes = Buffer.from('whatever it is');
  sources(bytes);
  await call(event());
  expect(answers).toEqual([{
    Status: 'SUCCESS', StackId: 'arn:stack', RequestId: 'request', LogicalResourceId: 'North', PhysicalResourceId: `${ADDRESS}#${LIFE}`,
  }]);
  expect(written().equals(bytes)).toBe(true);
  const { Body, ...input } = s3.commandCalls(PutObjectCommand)[0].args[0].input;
  const step = decide(event(), undefined);
  expect(input).toEqual({ Bucket: 'models', Key: 'many/north.tar.gz', Metadata: step.step === 'write' && step.metadata });
});

test('a bucket with a key of its own gets the archive encrypted with it', async () => {
  sources(Buffer.from('x'));
  await call(event({ ResourceProperties: { ...PROPERTIES, TargetEncryptionKey: 'arn:key' } }));
  expect(s3.commandCalls(PutObjectCommand)[0].args[0].input).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:key' });
});

describe('an archive that nobody has looked into', () => {
  const pending = (properties: Partial<MultiModelProperties> = {}) => event({ ResourceProperties: { ...PROPERTIES, Pending: 'true', ...properties } });

  test('is copied as it is, where its versions are at its root', async () => {
    const archive = tarGzOf(...filesOf({ '1/saved_model.pb': 'graph' }));
    sources(archive);
    await call(pending());
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(written().equals(archive)).toBe(true);
  });

  test('gets its versions to its root otherwise, and keeps its code', async () => {
    sources(tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'graph', 'code/inference.py': HANDLER })));
    await call(pending());
    expect(unpackedFiles(written())).toEqual({ '1/saved_model.pb': 'graph', 'code/inference.py': HANDLER });
  });

  test('gets the code that was given', async () => {
    sources(tarGzOf(...filesOf({ '1/saved_model.pb': 'graph', 'code/inference.py': 'old' })));
    await call(pending({ CodeBucket: 'assets', CodeKey: 'code.tar.gz' }));
    expect(unpackedFiles(written())).toEqual({ '1/saved_model.pb': 'graph', 'code/inference.py': HANDLER });
  });

  test('must be the same when it is packed as when it was looked into', async () => {
    sources(tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'graph' })));
    await call(pending());
    expect(s3.commandCalls(GetObjectCommand).map((made) => made.args[0].input.IfMatch)).toEqual([undefined, '"1"']);
  });

  test('is refused with what is wrong with it, and nothing is left of it', async () => {
    sources(tarGzOf(...filesOf({ 'a/1/saved_model.pb': 'x', 'b/1/saved_model.pb': 'x' })));
    await call(pending());
    expect(answers).toMatchObject([{
      Status: 'FAILED',
      PhysicalResourceId: 'North',
      Reason: 's3://assets/a.tar.gz cannot be one of many models: '
        + 'it holds 2 models (a/, b/), and one that shares its container with others must be alone; add each of them by itself',
    }]);
    expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  });
});

test('a large archive is uploaded in parts, none of which is left where it breaks off', async () => {
  sources(Buffer.alloc(0));
  s3.on(GetObjectCommand).callsFake(() => ({
    Body: Readable.from((function* () {
      for (let i = 0; i < 70; i++) {
        yield Buffer.alloc(1024 * 1024);
      }
      throw new Error('connection lost');
    })()),
  }));
  s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'upload' });
  s3.on(UploadPartCommand).resolves({ ETag: '"part"' });
  s3.on(AbortMultipartUploadCommand).resolves({});
  await call(event());
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: 's3://assets/a.tar.gz cannot be one of many models: connection lost' }]);
  expect(s3.commandCalls(AbortMultipartUploadCommand)).not.toEqual([]);
});

test('an archive that takes longer than the function may run is given up in time to say so', async () => {
  sources(Buffer.alloc(0));
  s3.on(GetObjectCommand).callsFake(() => ({ Body: new Readable({ read: () => {} }) }));
  await call(event(), 20_050);
  expect(answers).toMatchObject([{
    Status: 'FAILED',
    Reason: 's3://assets/a.tar.gz cannot be one of many models: it is too large to be copied in 15 minutes; upload it there yourself, with its versions at its root',
  }]);
});

test('what another has put there is neither overwritten nor deleted', async () => {
  sources(Buffer.from('x'));
  there({ placedBy: 'arn:other North' });
  await call(event());
  expect(answers[0]).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'North', Reason: expect.stringContaining('belongs to arn:other North') });
  await call(remove({ PhysicalResourceId: 'North' }));
  expect(answers[1]).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'North' });
  expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  expect(s3.commandCalls(DeleteObjectCommand)).toEqual([]);
});

test('what is there already is not written again', async () => {
  there(placed(update()));
  await call(update());
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: ID }]);
  expect(s3.commandCalls(GetObjectCommand)).toEqual([]);
});

test('what the resource has put there is deleted', async () => {
  there(placed(update()));
  s3.on(DeleteObjectCommand).resolves({});
  await call(remove());
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: ID }]);
  expect(s3.commandCalls(DeleteObjectCommand).map((made) => made.args[0].input)).toEqual([{ Bucket: 'models', Key: 'many/north.tar.gz' }]);
});

describe('there is nothing to delete', () => {
  const gone = { message: 'gone', $metadata: {} };

  test.each<[string, () => void]>([
    ['in a bucket that is gone', () => { s3.on(ListObjectsV2Command).rejects(new NoSuchBucket(gone)); }],
    ['where there is only a longer key', () => { s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'many/north.tar.gz.old' }] }); }],
    ['that has gone in this moment', () => {
      s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'many/north.tar.gz' }] });
      s3.on(HeadObjectCommand).rejects(new NotFound(gone));
    }],
    ['that says nothing of itself', () => {
      s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'many/north.tar.gz' }] });
      s3.on(HeadObjectCommand).resolves({});
    }],
  ])('%s', async (_, arrange) => {
    arrange();
    await call(remove());
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: ID }]);
    expect(s3.commandCalls(DeleteObjectCommand)).toEqual([]);
  });
});

test('a place that cannot be looked at is the reason of the failure', async () => {
  s3.on(ListObjectsV2Command).rejects(new Error('Access Denied'));
  await call(update());
  expect(answers).toMatchObject([{ Status: 'FAILED', PhysicalResourceId: ID, Reason: 'Access Denied' }]);
});
