import type * as s3 from 'aws-cdk-lib/aws-s3';

/**
 * Where the files for TensorBoard go while the job runs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TensorBoardOutputConfig.html
 */
export interface TensorBoardOutput {
  /**
   * The bucket, in the region of the job.
   *
   * @default - the bucket that the model is written to
   */
  readonly bucket?: s3.IBucket;

  /**
   * The prefix, as of a directory; each job has a directory of its own under it.
   *
   * @default 'tensorboard'
   */
  readonly prefix?: string;

  /**
   * The directory that the script writes them to.
   *
   * @default '/opt/ml/output/tensorboard'
   */
  readonly localPath?: string;
}
