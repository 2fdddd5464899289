/* eslint-disable import/no-extraneous-dependencies -- part of functions only, which have the SDK */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** What is read of the description of a training job, which is the output of a run. */
export interface TrainingJobDescription {
  readonly TrainingJobName?: string;
  readonly ModelArtifacts?: { readonly S3ModelArtifacts?: string };
}

/** Where the model of a job is. */
export interface TrainedModel {
  readonly bucket: string;
  /** The key of an archive, or the prefix of files, which ends in a slash. */
  readonly key: string;
}

/** Where the model of a job is, as SageMaker says. */
export function modelOf({ ModelArtifacts }: TrainingJobDescription): TrainedModel | undefined {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(ModelArtifacts?.S3ModelArtifacts ?? '');
  if (match === null) {
    return undefined;
  }
  const [, bucket, key] = match;
  return { bucket, key: key.endsWith('.tar.gz') || key.endsWith('/') ? key : `${key}/` };
}

/** Whether it is there. One that cannot be looked for is taken to be: whoever serves it will know. */
export async function isThere(s3: S3Client, { bucket, key }: TrainedModel): Promise<boolean> {
  try {
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
    return KeyCount !== 0;
  } catch {
    return true;
  }
}
