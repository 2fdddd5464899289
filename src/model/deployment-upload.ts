/* eslint-disable import/no-extraneous-dependencies -- part of functions only, which have the SDK or bundle it */
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** Where an object goes, and with what. */
export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  /** The key of KMS that it is encrypted with. */
  readonly encryptionKey?: string;
  readonly metadata?: Record<string, string>;
}

/** How long an upload may take. */
export interface UploadTime {
  readonly milliseconds: number;
  /** What to say where that was too short. */
  readonly exceeded: string;
}

/**
 * Uploads what is written to a stream, whose size nobody knows. It is there as a whole, or not at all.
 *
 * @param fill writes to the stream, and destroys it where it cannot go on
 */
export async function uploadStream(s3: S3Client, target: UploadTarget, time: UploadTime, fill: (body: PassThrough) => Promise<void>): Promise<void> {
  const body = new PassThrough();
  const { encryptionKey } = target;
  const upload = new Upload({
    client: s3,
    params: {
      Bucket: target.bucket,
      Key: target.key,
      Body: body,
      Metadata: target.metadata,
      ...encryptionKey !== undefined ? { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: encryptionKey } : {},
    },
    partSize: 32 * 1024 * 1024,
    queueSize: 2,
  });
  const timer = new AbortController();
  try {
    await Promise.race([
      Promise.all([fill(body), upload.done()]),
      setTimeout(time.milliseconds, undefined, { signal: timer.signal }).then(() => { throw new Error(time.exceeded); }),
    ]);
  } catch (error) {
    body.destroy();
    await upload.abort();
    throw error;
  } finally {
    timer.abort();
  }
}

/** What is in an object. */
export interface OpenObject {
  readonly body: Readable;
  /** Tells this content from any other that the object has had. */
  readonly etag: string | undefined;
}

/**
 * Opens an object.
 *
 * @param etag what must be in it still
 */
export async function openObject(s3: S3Client, bucket: string, key: string, etag?: string): Promise<OpenObject> {
  const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
  return { body: Body as Readable, etag: ETag };
}
