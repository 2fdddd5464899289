import { PassThrough, type Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
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
    readonly CodeBucket: string;
    readonly CodeKey: string;
    readonly TargetBucket: string;
    readonly TargetKey: string;
  };
}

/** What there is to do: write an archive, take one away, or nothing. */
export type RepackStep =
  | { readonly step: 'write'; readonly physicalResourceId: string }
  | { readonly step: 'delete'; readonly physicalResourceId: string; readonly bucket: string; readonly key: string }
  | { readonly step: 'none'; readonly physicalResourceId: string };

const MAX_REASON = 1000; // CloudFormation takes an answer of 4096 bytes in all

/**
 * Decides what to do. The archive's place is its identity: a change is another place, and CloudFormation asks to take
 * the old one away once nothing uses it any more.
 */
export function decide(event: RepackEvent): RepackStep {
  const { TargetBucket, TargetKey } = event.ResourceProperties;
  if (event.RequestType !== 'Delete') {
    return { step: 'write', physicalResourceId: `s3://${TargetBucket}/${TargetKey}` };
  }
  const physicalResourceId = event.PhysicalResourceId ?? event.LogicalResourceId;
  const place = /^s3:\/\/([^/]+)\/(.+)$/.exec(physicalResourceId);
  // an archive that could not be written has no place
  return place === null
    ? { step: 'none', physicalResourceId }
    : { step: 'delete', physicalResourceId, bucket: place[1], key: place[2] };
}

export async function handler(event: RepackEvent): Promise<void> {
  const step = decide(event);
  try {
    const s3 = new S3Client({});
    if (step.step === 'write') {
      await write(s3, event.ResourceProperties);
    } else if (step.step === 'delete') {
      await s3.send(new DeleteObjectCommand({ Bucket: step.bucket, Key: step.key }));
    }
    await respond(event, {
      Status: 'SUCCESS', PhysicalResourceId: step.physicalResourceId, Data: { Key: event.ResourceProperties.TargetKey },
    });
  } catch (error) {
    await respond(event, {
      Status: 'FAILED',
      PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId,
      Reason: (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON),
    });
  }
}

async function write(s3: S3Client, properties: RepackEvent['ResourceProperties']): Promise<void> {
  const source = `s3://${properties.SourceBucket}/${properties.SourceKey}`;
  const target = new PassThrough();
  const upload = new Upload({
    client: s3,
    params: { Bucket: properties.TargetBucket, Key: properties.TargetKey, Body: target },
    partSize: 32 * 1024 * 1024,
    queueSize: 2,
  });
  try {
    const [archive, code] = await Promise.all([
      read(s3, properties.SourceBucket, properties.SourceKey),
      read(s3, properties.CodeBucket, properties.CodeKey),
    ]);
    await Promise.all([repack(archive, code, target), upload.done()]);
  } catch (error) {
    target.destroy();
    await upload.abort();
    throw new Error(`${source} can not be given inference code: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function read(s3: S3Client, bucket: string, key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body as Readable;
}

async function respond(event: RepackEvent, answer: Record<string, unknown>): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  // the address is signed for a body without a content type
  await fetch(event.ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' },
    body: JSON.stringify({ StackId, RequestId, LogicalResourceId, ...answer }),
  });
}
