import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, NotFound, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { repack } from './repack';

/** What CloudFormation asks of the function. */
export interface RepackEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: {
    readonly SourceBucket: string;
    readonly SourceKey: string;
    readonly Revision?: string;
    readonly CodeBucket: string;
    readonly CodeKey: string;
    readonly TargetBucket: string;
    readonly TargetPrefix: string;
    readonly TargetEncryptionKey?: string;
  };
}

/** What the function knows of its own run. */
export interface RepackContext {
  /** How many milliseconds are left. */
  getRemainingTimeInMillis(): number;
}

/** What there is to do: see to it that an archive is there, take one away, or nothing. */
export type RepackStep =
  | { readonly step: 'write'; readonly bucket: string; readonly key: string }
  | { readonly step: 'delete'; readonly bucket: string; readonly key: string }
  | { readonly step: 'none' };

interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
  readonly Data?: Record<string, string>;
}

const MAX_REASON = 1000; // CloudFormation takes an answer of 4096 bytes in all
const TIME_TO_ANSWER = 20_000;
const WAITS_BETWEEN_ANSWERS = [1000, 4000];

/**
 * Decides what to do. The archive's place is its identity, and says what it is made of: a change is another place, and
 * CloudFormation asks to take the old one away once nothing uses it any more.
 */
export function decide(event: RepackEvent): RepackStep {
  const { SourceBucket, SourceKey, Revision, CodeKey, TargetBucket, TargetPrefix, TargetEncryptionKey } = event.ResourceProperties;
  if (event.RequestType !== 'Delete') {
    const parts = [SourceBucket, SourceKey, Revision ?? null, CodeKey, TargetEncryptionKey ?? null];
    const content = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    return { step: 'write', bucket: TargetBucket, key: `${TargetPrefix}/${content}/model.tar.gz` };
  }
  const place = /^s3:\/\/([^/]+)\/(.+)$/.exec(event.PhysicalResourceId ?? '');
  // an archive that could not be written has no place
  return place === null ? { step: 'none' } : { step: 'delete', bucket: place[1], key: place[2] };
}

/** Does what CloudFormation asks for, and answers it. */
export async function handler(event: RepackEvent, context: RepackContext): Promise<void> {
  const before = event.PhysicalResourceId ?? event.LogicalResourceId;
  let answer: Answer;
  try {
    answer = await carryOut(event, decide(event), context);
  } catch (error) {
    answer = { Status: 'FAILED', PhysicalResourceId: before, Reason: (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON) };
  }
  await respond(event, answer);
}

async function carryOut(event: RepackEvent, step: RepackStep, context: RepackContext): Promise<Answer> {
  const s3 = new S3Client({});
  switch (step.step) {
    case 'write':
      // one that is there is what the stack goes back to after a failed update: its source may be another one by now
      if (!await exists(s3, step.bucket, step.key)) {
        await write(s3, event.ResourceProperties, step, context.getRemainingTimeInMillis() - TIME_TO_ANSWER);
      }
      return { Status: 'SUCCESS', PhysicalResourceId: `s3://${step.bucket}/${step.key}`, Data: { Key: step.key } };
    case 'delete':
      await s3.send(new DeleteObjectCommand({ Bucket: step.bucket, Key: step.key }));
      break;
    case 'none':
  }
  return { Status: 'SUCCESS', PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId };
}

async function exists(s3: S3Client, bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) {
      return false;
    }
    throw error;
  }
}

async function write(
  s3: S3Client, properties: RepackEvent['ResourceProperties'], target: { readonly bucket: string; readonly key: string }, milliseconds: number,
): Promise<void> {
  const body = new PassThrough();
  const encryptionKey = properties.TargetEncryptionKey;
  const upload = new Upload({
    client: s3,
    params: {
      Bucket: target.bucket,
      Key: target.key,
      Body: body,
      ...encryptionKey !== undefined ? { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKey } : {},
    },
    partSize: 32 * 1024 * 1024,
    queueSize: 2,
  });
  const timer = new AbortController();
  try {
    const [archive, code] = await Promise.all([
      read(s3, properties.SourceBucket, properties.SourceKey),
      read(s3, properties.CodeBucket, properties.CodeKey),
    ]);
    await Promise.race([
      Promise.all([repack(archive, code, body), upload.done()]),
      setTimeout(milliseconds, undefined, { signal: timer.signal }).then(() => {
        throw new Error('it is too large to be packed again in 15 minutes; put the code into the archive yourself, under code/');
      }),
    ]);
  } catch (error) {
    body.destroy();
    await upload.abort();
    throw new Error(`s3://${properties.SourceBucket}/${properties.SourceKey} cannot be given inference code: `
      + (error instanceof Error ? error.message : String(error)));
  } finally {
    timer.abort();
  }
}

async function read(s3: S3Client, bucket: string, key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body as Readable;
}

async function respond(event: RepackEvent, answer: Answer): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const request = {
    method: 'PUT',
    headers: { 'content-type': '' }, // the address is signed for a body without a type
    body: JSON.stringify({ StackId, RequestId, LogicalResourceId, ...answer }),
  };
  for (const wait of [...WAITS_BETWEEN_ANSWERS, undefined]) {
    try {
      const { ok, status } = await fetch(event.ResponseURL, request);
      if (ok) {
        return;
      }
      throw new Error(`CloudFormation did not take the answer: ${status}`);
    } catch (error) {
      if (wait === undefined) {
        throw error;
      }
      await setTimeout(wait);
    }
  }
}
