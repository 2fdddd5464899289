import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { requireText } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkS3Directory, type S3Directory } from '../private/s3-directory';

/** The longest address that SageMaker takes. */
const LONGEST_ADDRESS = 1024;

/** A job adds a slash and its name to the address. */
const ROOM_FOR_NAME = 64;

/** How results are written. */
export interface TransformOutputOptions {
  /**
   * The key that results are encrypted with. It must be in the region of the job.
   *
   * @default - the key of the bucket, if it has one; otherwise the account's key for Amazon S3
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * Where results are written.
 *
 * Each job writes to a folder of its own, which has its name: `PREFIX/JOB/`. So runs don't overwrite each other's results, and half of
 * those of a job that failed are not taken for new ones. An object `INPUT` has its results in `INPUT.out` there.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html
 */
export class TransformOutput {
  /**
   * Objects in a bucket.
   *
   * @param bucket the bucket, in the region of the job
   * @param prefix the prefix of the folders of jobs, as of a directory, without `*` and `?`; an empty one is the whole bucket. It must
   * not be where the input is, or the next run would score results
   */
  public static toBucket(bucket: s3.IBucket, prefix: string, options: TransformOutputOptions = {}): TransformOutput {
    requireText('TransformOutput.toBucket', 'prefix', prefix);
    return new TransformOutput({ bucket, prefix, encryptionKey: options.encryptionKey });
  }

  /** @internal */
  public readonly _directory: S3Directory;

  private constructor(directory: S3Directory) {
    this._directory = directory;
  }

  /** Finds fault with it. @internal */
  public _check(scope: Construct): Violation[] {
    return checkS3Directory(
      { bucket: 'output.bucket', prefix: 'output.prefix', encryptionKey: 'output.encryptionKey' },
      this._directory, scope, { user: 'transform job', longest: LONGEST_ADDRESS - ROOM_FOR_NAME },
    );
  }
}
