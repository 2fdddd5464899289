import { createHash } from 'node:crypto';
import type { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command, NoSuchBucket, NotFound, S3Client } from '@aws-sdk/client-s3';
import { answering, messageOf, type ResourceEvent, type RunContext, timeToWork } from './deployment-answer';
import { openObject, uploadStream } from './deployment-upload';
import { packForSharing, readForSharing } from './multi-model-packing';

/** What CloudFormation asks of the function: to see to one archive of many under a prefix. */
export interface MultiModelEvent extends ResourceEvent {
  readonly ResourceProperties: MultiModelProperties;
}

/** Where the archive comes from and where it belongs. */
export interface MultiModelProperties {
  readonly SourceBucket: string;
  readonly SourceKey: string;
  readonly Revision?: string;
  /** Whether nobody has looked into the archive, or put its versions at its root. */
  readonly Pending?: 'true';
  readonly CodeBucket?: string;
  readonly CodeKey?: string;
  readonly TargetBucket: string;
  readonly TargetKey: string;
  readonly TargetEncryptionKey?: string;
}

/** What an object says of itself. */
export interface FoundObject {
  /** Which resource of which stack put it there. */
  readonly placedBy?: string;
  /** Which life of that resource it was: another one each time that the resource is created. */
  readonly life?: string;
  /** What it was made of. */
  readonly content?: string;
}

/** Where an object is. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** What there is to do. */
export type MultiModelStep =
  | { readonly step: 'write'; readonly id: string; readonly metadata: Record<string, string> }
  | { readonly step: 'keep'; readonly id: string }
  | { readonly step: 'delete'; readonly id: string }
  | { readonly step: 'refuse'; readonly reason: string };

/** The names that the object has its own story under. */
const PLACED_BY = 'placed-by';
const LIFE = 'placed-in-life';
const CONTENT = 'placed-content';

/**
 * Decides what to do with what is at the place of the archive.
 *
 * The same place may be left to another resource, by a change of the app or by hand; and a call may come twice, or late.
 * So the object itself says who put it there, and nobody overwrites or deletes what is another's.
 */
export function decide(event: MultiModelEvent, found: FoundObject | undefined): MultiModelStep {
  const own = `${event.StackId} ${event.LogicalResourceId}`;
  const isOwn = found?.placedBy === own;
  const before = idOf(event.PhysicalResourceId);
  if (event.RequestType === 'Delete') {
    const isOfThisLife = before === undefined || before.life === found?.life;
    const id = event.PhysicalResourceId ?? event.LogicalResourceId;
    return isOwn && isOfThisLife ? { step: 'delete', id } : { step: 'keep', id };
  }

  const place = placeOf(event);
  const stays = before !== undefined && addressOf(before) === addressOf(place);
  const life = stays ? before.life : hash(event.RequestId).slice(0, 12);
  const id = `${addressOf(place)}#${life}`;
  const content = contentOf(event.ResourceProperties);
  if (found !== undefined && !isOwn && !stays) {
    const whose = found.placedBy !== undefined ? `belongs to ${found.placedBy}` : 'was not put there by addModel';
    return { step: 'refuse', reason: `${addressOf(place)} is there already, and ${whose}: remove it, or add the model under another name` };
  }
  return isOwn && found?.life === life && found.content === content
    ? { step: 'keep', id }
    : { step: 'write', id, metadata: { [PLACED_BY]: own, [LIFE]: life, [CONTENT]: content } };
}

/** Where the archive belongs; for one that is to go, where it was put. */
export function placeOf({ RequestType, PhysicalResourceId, ResourceProperties }: MultiModelEvent): Place {
  const { TargetBucket, TargetKey } = ResourceProperties;
  return RequestType === 'Delete' ? idOf(PhysicalResourceId) ?? { bucket: TargetBucket, key: TargetKey } : { bucket: TargetBucket, key: TargetKey };
}

/** Does what CloudFormation asks for, and answers it. */
export async function handler(event: MultiModelEvent, context: RunContext): Promise<void> {
  await answering(event, async () => {
    const s3 = new S3Client({});
    const { bucket, key } = placeOf(event);
    const step = decide(event, await find(s3, bucket, key));
    switch (step.step) {
      case 'refuse':
        throw new Error(step.reason);
      case 'write':
        await write(s3, event, step.metadata, timeToWork(context));
        break;
      case 'delete':
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
        break;
      case 'keep':
    }
    return { PhysicalResourceId: step.id };
  });
}

async function write(s3: S3Client, event: MultiModelEvent, metadata: Record<string, string>, milliseconds: number): Promise<void> {
  const { SourceBucket, SourceKey, TargetEncryptionKey: encryptionKey } = event.ResourceProperties;
  const time = { milliseconds, exceeded: 'it is too large to be copied in 15 minutes; upload it there yourself, with its versions at its root' };
  try {
    await uploadStream(s3, { ...placeOf(event), encryptionKey, metadata }, time, (body) => fill(s3, event.ResourceProperties, body));
  } catch (error) {
    throw new Error(`s3://${SourceBucket}/${SourceKey} cannot be one of many models: ${messageOf(error)}`);
  }
}

async function fill(s3: S3Client, properties: MultiModelProperties, body: PassThrough): Promise<void> {
  const { SourceBucket, SourceKey, Pending, CodeBucket, CodeKey } = properties;
  const first = await openObject(s3, SourceBucket, SourceKey);
  if (Pending !== 'true') {
    await pipeline(first.body, body);
    return;
  }
  const { isReady, place } = await readForSharing(first.body, CodeKey !== undefined);
  // only now it is known which directory the versions are in
  const archive = await openObject(s3, SourceBucket, SourceKey, first.etag);
  if (isReady) {
    await pipeline(archive.body, body);
  } else {
    const code = CodeKey !== undefined ? (await openObject(s3, CodeBucket!, CodeKey)).body : undefined;
    await packForSharing(archive.body, place, code, body);
  }
}

/** What is there, which takes no right to list more than that. */
async function find(s3: S3Client, bucket: string, key: string): Promise<FoundObject | undefined> {
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
    if (Contents[0]?.Key !== key) {
      return undefined;
    }
    const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { placedBy: Metadata[PLACED_BY], life: Metadata[LIFE], content: Metadata[CONTENT] };
  } catch (error) {
    if (error instanceof NotFound || error instanceof NoSuchBucket) {
      return undefined;
    }
    throw error;
  }
}

/** What an archive is made of, in short. */
function contentOf({ SourceBucket, SourceKey, Revision, Pending, CodeKey, TargetEncryptionKey }: MultiModelProperties): string {
  return hash(JSON.stringify([SourceBucket, SourceKey, Revision ?? null, Pending ?? null, CodeKey ?? null, TargetEncryptionKey ?? null]));
}

/** What the id of a resource says; undefined where it was never created, or CloudFormation did not get the answer. */
function idOf(id: string | undefined): Place & { readonly life: string } | undefined {
  const match = /^s3:\/\/([^/]+)\/(.+)#([0-9a-f]{12})$/.exec(id ?? '');
  return match === null ? undefined : { bucket: match[1], key: match[2], life: match[3] };
}

function addressOf({ bucket, key }: Place): string {
  return `s3://${bucket}/${key}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
