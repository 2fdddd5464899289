import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import {
  CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, NotFound, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import * as tar from 'tar';
import { decide, handler, type RepackEvent } from '../../src/model/repack.lambda';

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const s3 = mockClient(S3Client);
let server: Server;
let answers: Record<string, any>[];
let work: string;
let refusals: number;

beforeEach(async () => {
  s3.reset();
  answers = [];
  refusals = 0;
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'repack-lambda-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      answers.push({ method: request.method, type: request.headers['content-type'], ...JSON.parse(body) });
      response.statusCode = refusals-- > 0 ? 500 : 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});

afterEach(() => {
  server.close();
  fs.rmSync(work, { recursive: true, force: true });
});

const PROPERTIES = {
  SourceBucket: 'models',
  SourceKey: '7/model.tar.gz',
  CodeBucket: 'assets',
  CodeKey: 'code.tar.gz',
  TargetBucket: 'packed',
  TargetPrefix: 'c8address',
};

function event(given: Partial<RepackEvent> = {}): RepackEvent {
  return {
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    ResourceProperties: PROPERTIES,
    ...given,
  };
}

/** Where the copy goes that is made of these properties. */
function targetOf(properties: RepackEvent['ResourceProperties'] = PROPERTIES): string {
  const step = decide(event({ ResourceProperties: properties }));
  return step.step === 'write' ? step.key : '';
}

const call = (given: Partial<RepackEvent> = {}, milliseconds = 900_000) => handler(event(given), { getRemainingTimeInMillis: () => milliseconds });

function sources(files: Record<string, string>): void {
  s3.on(HeadObjectCommand).rejects(new NotFound({ message: 'NotFound', $metadata: {} }));
  s3.on(GetObjectCommand, { Bucket: 'models', Key: '7/model.tar.gz' }).callsFake(() => ({ Body: archiveOf(files) }));
  s3.on(GetObjectCommand, { Bucket: 'assets', Key: 'code.tar.gz' }).callsFake(() => ({ Body: archiveOf({ 'code/inference.py': 'new' }) }));
  s3.on(PutObjectCommand).resolves({});
}

function archiveOf(files: Record<string, string>): Readable {
  const root = fs.mkdtempSync(path.join(work, 'files-'));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  }
  tar.create({ file: `${root}.tar.gz`, gzip: true, sync: true, cwd: root }, Object.keys(files));
  return fs.createReadStream(`${root}.tar.gz`);
}

describe('what there is to do', () => {
  test.each(['Create', 'Update'] as const)('%s sees to an archive below the prefix of the model', (RequestType) => {
    expect(decide(event({ RequestType, PhysicalResourceId: 's3://packed/old' }))).toEqual({
      step: 'write', bucket: 'packed', key: expect.stringMatching(/^c8address\/[0-9a-f]{64}\/model\.tar\.gz$/),
    });
  });

  test.each<Partial<RepackEvent['ResourceProperties']>>([
    { SourceBucket: 'others' }, { SourceKey: '8/model.tar.gz' }, { Revision: '2' }, { CodeKey: 'other.tar.gz' }, { TargetPrefix: 'c8other' },
    { TargetEncryptionKey: 'arn:key' },
  ])('%j is another place', (other) => {
    expect(targetOf({ ...PROPERTIES, ...other })).not.toBe(targetOf());
  });

  test('a place is no longer than S3 takes, whatever the key and the revision', () => {
    expect(targetOf({ ...PROPERTIES, SourceKey: 'k'.repeat(1024), Revision: 'r'.repeat(1024) })).toHaveLength(targetOf().length);
  });

  test('Delete takes the archive away that is no longer used, not the one that took its place', () => {
    expect(decide(event({ RequestType: 'Delete', PhysicalResourceId: 's3://packed/old/model.tar.gz' }))).toEqual({
      step: 'delete', bucket: 'packed', key: 'old/model.tar.gz',
    });
  });

  test.each([undefined, 'logical', 's3://packed'])('Delete of what was never written (%s) does nothing', (PhysicalResourceId) => {
    expect(decide(event({ RequestType: 'Delete', PhysicalResourceId }))).toEqual({ step: 'none' });
  });
});

test('an archive is read, given its code, and written', async () => {
  sources({ 'm/1/saved_model.pb': 'graph' });
  await call();
  expect(answers).toEqual([{
    method: 'PUT',
    type: '',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    Status: 'SUCCESS',
    PhysicalResourceId: `s3://packed/${targetOf()}`,
    Data: { Key: targetOf() },
  }]);
  const [put] = s3.commandCalls(PutObjectCommand);
  expect(put.args[0].input).toMatchObject({ Bucket: 'packed', Key: targetOf() });
  expect(put.args[0].input.SSEKMSKeyId).toBeUndefined();
  const file = path.join(work, 'written.tar.gz');
  fs.writeFileSync(file, put.args[0].input.Body as Buffer);
  const names: string[] = [];
  tar.list({ file, sync: true, onReadEntry: (entry) => { names.push(entry.path); } });
  expect(names).toEqual(['m/1/saved_model.pb', 'code/inference.py']);
});

test('the copy of an archive with a key of its own is encrypted with it', async () => {
  sources({ 'm/1/saved_model.pb': 'graph' });
  await call({ ResourceProperties: { ...PROPERTIES, TargetEncryptionKey: 'arn:key' } });
  expect(s3.commandCalls(PutObjectCommand)[0].args[0].input).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:key' });
});

test('a copy that is there is left alone, so that a failed update goes back to what it was', async () => {
  s3.on(HeadObjectCommand, { Bucket: 'packed', Key: targetOf() }).resolves({});
  await call({ RequestType: 'Update', PhysicalResourceId: 's3://packed/other' });
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: `s3://packed/${targetOf()}`, Data: { Key: targetOf() } }]);
  expect(s3.commandCalls(GetObjectCommand)).toEqual([]);
  expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
});

test('a copy that cannot be looked for is the reason of the failure', async () => {
  s3.on(HeadObjectCommand).rejects(new Error('Forbidden'));
  await call();
  expect(answers).toMatchObject([{ Status: 'FAILED', PhysicalResourceId: 'logical', Reason: 'Forbidden' }]);
});

test('an archive that is not there is the reason of the failure', async () => {
  sources({});
  s3.on(GetObjectCommand, { Bucket: 'models' }).rejects(new Error('The specified key does not exist.'));
  await call();
  expect(answers).toMatchObject([{
    Status: 'FAILED',
    PhysicalResourceId: 'logical',
    Reason: 's3://models/7/model.tar.gz cannot be given inference code: The specified key does not exist.',
  }]);
});

test('an archive that cannot be served is the reason of the failure, and nothing is written', async () => {
  sources({ 'model.h5': 'x' });
  await call({ RequestType: 'Update', PhysicalResourceId: 's3://packed/old' });
  expect(answers).toMatchObject([{
    Status: 'FAILED',
    PhysicalResourceId: 's3://packed/old',
    Reason: expect.stringMatching(/^s3:\/\/models\/7\/model\.tar\.gz cannot be given inference code: it has no SavedModel/),
  }]);
  expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  expect(s3.commandCalls(CreateMultipartUploadCommand)).toEqual([]);
});

test('a target that cannot be written is the reason of the failure', async () => {
  sources({ 'm/1/saved_model.pb': 'graph' });
  s3.on(PutObjectCommand).rejects(new Error('Access Denied'));
  await call();
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('Access Denied') }]);
});

test('an archive that takes too long is answered before the function ends', async () => {
  sources({ 'm/1/saved_model.pb': 'graph' });
  s3.on(GetObjectCommand, { Bucket: 'models' }).callsFake(() => ({ Body: new PassThrough() })); // of which nothing ever comes
  await call({}, 20_050);
  expect(answers).toMatchObject([{
    Status: 'FAILED',
    Reason: 's3://models/7/model.tar.gz cannot be given inference code: it is too large to be packed again in 15 minutes; '
      + 'put the code into the archive yourself, under code/',
  }]);
});

test('a long reason is cut to what CloudFormation takes', async () => {
  sources({});
  s3.on(GetObjectCommand).rejects(new Error('x'.repeat(5000)));
  await call();
  expect(answers[0].Reason).toHaveLength(1000);
});

test('an archive is taken away', async () => {
  s3.on(DeleteObjectCommand).resolves({});
  await call({ RequestType: 'Delete', PhysicalResourceId: 's3://packed/old/model.tar.gz' });
  expect(s3.commandCalls(DeleteObjectCommand).map((made) => made.args[0].input)).toEqual([{ Bucket: 'packed', Key: 'old/model.tar.gz' }]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 's3://packed/old/model.tar.gz' }]);
});

test('nothing is asked of S3 for what was never written', async () => {
  await call({ RequestType: 'Delete', PhysicalResourceId: 'logical' });
  expect(s3.calls()).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'logical' }]);
});

test('an answer that is not taken is given again, and never turned into a failure', async () => {
  s3.on(HeadObjectCommand).resolves({});
  refusals = 1;
  await call();
  expect(answers).toHaveLength(2);
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[1]).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `s3://packed/${targetOf()}` });
});

test('an answer that is never taken is an error of the function', async () => {
  s3.on(HeadObjectCommand).resolves({});
  refusals = 3;
  await expect(call()).rejects.toThrow('CloudFormation did not take the answer: 500');
  expect(answers).toHaveLength(3);
}, 20_000);
