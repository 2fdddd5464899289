import { createHash } from 'node:crypto';
import { DeleteObjectCommand, HeadObjectCommand, NotFound, S3Client } from '@aws-sdk/client-s3';
import { answering, type Done, idBefore, messageOf, type ResourceEvent, type RunContext, timeToWork } from './deployment-answer';
import { openObject, uploadStream } from './deployment-upload';
import { repack } from './repack';

/** What CloudFormation asks of the function. */
export interface RepackEvent extends ResourceEvent {
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

/** What there is to do: see to it that an archive is there, take one away, or nothing. */
export type RepackStep =
  | { readonly step: 'write'; readonly bucket: string; readonly key: string }
  | { readonly step: 'delete'; readonly bucket: string; readonly key: string }
  | { readonly step: 'none' };

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
export async function handler(event: RepackEvent, context: RunContext): Promise<void> {
  await answering(event, () => carryOut(event, decide(event), context));
}

async function carryOut(event: RepackEvent, step: RepackStep, context: RunContext): Promise<Done> {
  const s3 = new S3Client({});
  switch (step.step) {
    case 'write':
      // one that is there is what the stack goes back to after a failed update: its source may be another one by now
      if (!await exists(s3, step.bucket, step.key)) {
        await write(s3, event.ResourceProperties, step, timeToWork(context));
      }
      return { PhysicalResourceId: `s3://${step.bucket}/${step.key}`, Data: { Key: step.key } };
    case 'delete':
      await s3.send(new DeleteObjectCommand({ Bucket: step.bucket, Key: step.key }));
      break;
    case 'none':
  }
  return { PhysicalResourceId: idBefore(event) };
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
  const time = { milliseconds, exceeded: 'it is too large to be packed again in 15 minutes; put the code into the archive yourself, under code/' };
  try {
    const [archive, code] = await Promise.all([
      openObject(s3, properties.SourceBucket, properties.SourceKey),
      openObject(s3, properties.CodeBucket, properties.CodeKey),
    ]);
    await uploadStream(s3, { ...target, encryptionKey: properties.TargetEncryptionKey }, time, (body) => repack(archive.body, code.body, body));
  } catch (error) {
    throw new Error(`s3://${properties.SourceBucket}/${properties.SourceKey} cannot be given inference code: ${messageOf(error)}`);
  }
}
