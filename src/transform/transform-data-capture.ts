import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { S3Directory } from '../private/s3-directory';

/**
 * Where the requests and answers of jobs are written beside the results, for SageMaker Model Monitor.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
 */
export interface TransformDataCapture {
  /** The bucket that captured data is written to. It must be in the region of the job. */
  readonly bucket: s3.IBucket;

  /**
   * The prefix that captured data is written under, as of a directory, without `*` and `?`; an empty one is the whole bucket. All jobs share it.
   *
   * @default 'data-capture'
   */
  readonly prefix?: string;

  /**
   * The key that captured data is encrypted with. It must be in the region of the job.
   *
   * @default - the key of the bucket, if it has one; otherwise a key of SageMaker's choice
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether each answer gets an id, and the time, by which it can be joined with what turned out to be right.
   *
   * @default false
   */
  readonly generateInferenceId?: boolean;
}

/** Where captured data is written. */
export function captureDirectory({ bucket, prefix, encryptionKey }: TransformDataCapture): S3Directory {
  return { bucket, prefix: prefix ?? 'data-capture', encryptionKey };
}
