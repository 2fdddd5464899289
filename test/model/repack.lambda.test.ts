import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import * as tar from 'tar';
import { decide, handler, type RepackEvent } from '../../src/model/repack.lambda';

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const s3 = mockClient(S3Client);
let server: Server;
let answers: Record<string, any>[];
let work: string;

beforeEach(async () => {
  s3.reset();
  answers = [];
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'repack-lambda-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      answers.push({ method: request.method, type: request.headers['content-type'], ...JSON.parse(body) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});

afterEach(() => {
  server.close();
  fs.rmSync(work, { recursive: true, force: true });
});

function event(given: Partial<RepackEvent> = {}): RepackEvent {
  return {
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    ResourceProperties: {
      SourceBucket: 'models', SourceKey: '7/model.tar.gz', CodeBucket: 'assets', CodeKey: 'code.tar.gz', TargetBucket: 'packed', TargetKey: 'hash/7/model.tar.gz',
    },
    ...given,
  };
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
  test.each(['Create', 'Update'] as const)('%s writes the archive, whose place is its identity', (RequestType) => {
    expect(decide(event({ RequestType, PhysicalResourceId: 's3://packed/old' }))).toEqual({
      step: 'write', physicalResourceId: 's3://packed/hash/7/model.tar.gz',
    });
  });

  test('Delete takes the archive away that is no longer used, not the one that took its place', () => {
    expect(decide(event({ RequestType: 'Delete', PhysicalResourceId: 's3://packed/old/model.tar.gz' }))).toEqual({
      step: 'delete', physicalResourceId: 's3://packed/old/model.tar.gz', bucket: 'packed', key: 'old/model.tar.gz',
    });
  });

  test.each([undefined, 'logical', 's3://packed'])('Delete of what was never written (%s) does nothing', (PhysicalResourceId) => {
    expect(decide(event({ RequestType: 'Delete', PhysicalResourceId }))).toEqual({ step: 'none', physicalResourceId: PhysicalResourceId ?? 'logical' });
  });
});

test('an archive is read, given its code, and written', async () => {
  s3.on(GetObjectCommand, { Bucket: 'models', Key: '7/model.tar.gz' })
    .resolves({ Body: archiveOf({ 'm/1/saved_model.pb': 'graph' }) as never });
  s3.on(GetObjectCommand, { Bucket: 'assets', Key: 'code.tar.gz' }).resolves({ Body: archiveOf({ 'code/inference.py': 'new' }) as never });
  s3.on(PutObjectCommand).resolves({});
  await handler(event());
  expect(answers).toEqual([{
    method: 'PUT',
    type: '',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    Status: 'SUCCESS',
    PhysicalResourceId: 's3://packed/hash/7/model.tar.gz',
    Data: { Key: 'hash/7/model.tar.gz' },
  }]);
  const [put] = s3.commandCalls(PutObjectCommand);
  expect(put.args[0].input).toMatchObject({ Bucket: 'packed', Key: 'hash/7/model.tar.gz' });
  const file = path.join(work, 'written.tar.gz');
  fs.writeFileSync(file, put.args[0].input.Body as Buffer);
  const names: string[] = [];
  tar.list({ file, sync: true, onReadEntry: (entry) => { names.push(entry.path); } });
  expect(names).toEqual(['m/1/saved_model.pb', 'code/inference.py']);
});

test('an archive that is not there is the reason of the failure', async () => {
  s3.on(GetObjectCommand, { Bucket: 'models' }).rejects(new Error('The specified key does not exist.'));
  s3.on(GetObjectCommand, { Bucket: 'assets' }).resolves({ Body: archiveOf({ 'code/inference.py': 'new' }) as never });
  await handler(event());
  expect(answers).toMatchObject([{
    Status: 'FAILED',
    PhysicalResourceId: 'logical',
    Reason: 's3://models/7/model.tar.gz can not be given inference code: The specified key does not exist.',
  }]);
});

test('an archive that can not be served is the reason of the failure, and nothing is written', async () => {
  s3.on(GetObjectCommand, { Bucket: 'models' }).resolves({ Body: archiveOf({ 'model.h5': 'x' }) as never });
  s3.on(GetObjectCommand, { Bucket: 'assets' }).resolves({ Body: archiveOf({ 'code/inference.py': 'new' }) as never });
  await handler(event({ RequestType: 'Update', PhysicalResourceId: 's3://packed/old' }));
  expect(answers).toMatchObject([{
    Status: 'FAILED',
    PhysicalResourceId: 's3://packed/old',
    Reason: expect.stringMatching(/^s3:\/\/models\/7\/model\.tar\.gz can not be given inference code: it has no SavedModel/),
  }]);
  expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  expect(s3.commandCalls(CreateMultipartUploadCommand)).toEqual([]);
});

test('a target that can not be written is the reason of the failure', async () => {
  s3.on(GetObjectCommand, { Bucket: 'models' }).resolves({ Body: archiveOf({ 'm/1/saved_model.pb': 'graph' }) as never });
  s3.on(GetObjectCommand, { Bucket: 'assets' }).resolves({ Body: archiveOf({ 'code/inference.py': 'new' }) as never });
  s3.on(PutObjectCommand).rejects(new Error('Access Denied'));
  await handler(event());
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('Access Denied') }]);
});

test('a long reason is cut to what CloudFormation takes', async () => {
  s3.on(GetObjectCommand).rejects(new Error('x'.repeat(5000)));
  await handler(event());
  expect(answers[0].Reason).toHaveLength(1000);
});

test('an archive is taken away', async () => {
  s3.on(DeleteObjectCommand).resolves({});
  await handler(event({ RequestType: 'Delete', PhysicalResourceId: 's3://packed/old/model.tar.gz' }));
  expect(s3.commandCalls(DeleteObjectCommand).map((call) => call.args[0].input)).toEqual([{ Bucket: 'packed', Key: 'old/model.tar.gz' }]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 's3://packed/old/model.tar.gz' }]);
});

test('nothing is asked of S3 for what was never written', async () => {
  await handler(event({ RequestType: 'Delete', PhysicalResourceId: 'logical' }));
  expect(s3.calls()).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'logical' }]);
});
