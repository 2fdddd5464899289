import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { InputMode } from './input-mode';

/**
 * Which instances get which objects.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
 */
export enum S3DataDistribution {
  /** Each instance gets all objects. */
  FULLY_REPLICATED = 'FullyReplicated',
  /** Each instance gets a part of the objects, which no other has. */
  SHARDED_BY_S3_KEY = 'ShardedByS3Key',
}

/** How the objects of an input are compressed. */
export enum InputCompression {
  /** Not at all, or the script decompresses them. */
  NONE = 'None',
  /** With gzip, which SageMaker decompresses. */
  GZIP = 'Gzip',
}

/** What SageMaker puts around each object of an input. */
export enum RecordWrapper {
  /** Nothing. */
  NONE = 'None',
  /** A RecordIO record. */
  RECORD_IO = 'RecordIO',
}

/** Whether a job writes to the file system of an input. */
export enum FileSystemAccessMode {
  /** It only reads. */
  READ_ONLY = 'ro',
  /** It reads and writes. */
  READ_WRITE = 'rw',
}

/** How a job gets an input from files on disk. */
export interface AssetInputOptions {
  /**
   * How the data gets to the container.
   *
   * @default - the job's `inputMode`
   */
  readonly inputMode?: InputMode;

  /**
   * The MIME type of the data, at most 256 characters.
   *
   * @default - none
   */
  readonly contentType?: string;

  /**
   * How the objects are compressed. GZIP is for the Pipe mode only.
   *
   * @default InputCompression.NONE
   */
  readonly compression?: InputCompression;

  /**
   * What SageMaker puts around each object. RECORD_IO is for the Pipe mode only.
   *
   * @default RecordWrapper.NONE
   */
  readonly recordWrapper?: RecordWrapper;

  /**
   * Which instances get which objects.
   *
   * @default S3DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: S3DataDistribution;

  /**
   * Shuffles the objects, or the lines of an augmented manifest, in an order that this whole number decides. In Pipe mode they are
   * shuffled before each epoch.
   *
   * @default - they are not shuffled
   */
  readonly shuffleSeed?: number;

  /**
   * The names of the groups of `instanceGroups` that get the data, at most 5.
   *
   * @default - all of them
   */
  readonly instanceGroups?: string[];
}

/** How a job gets an input from a bucket. */
export interface TrainingInputOptions extends AssetInputOptions {
  /**
   * The key that the objects are encrypted with, for a bucket that does not tell.
   *
   * @default - the key of the bucket, if it has one
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Anything that changes whenever the data does, such as a date: then the job is run again. It must be
   * known when the app is synthesized.
   *
   * @default - none: new data alone does not make the job run again
   */
  readonly revision?: string;
}

/** How a job gets an input that a manifest lists. */
export interface ManifestInputOptions extends TrainingInputOptions {
  /**
   * The bucket of the objects that the manifest lists.
   *
   * @default - the bucket of the manifest
   */
  readonly dataBucket?: s3.IBucket;

  /**
   * What the keys of the objects that the manifest lists begin with. The job's role may read only these.
   *
   * @default - all objects of the bucket
   */
  readonly dataPrefix?: string;
}

/** How a job gets an input that an augmented manifest lists. */
export interface AugmentedManifestInputOptions extends ManifestInputOptions {
  /**
   * The attributes of each line that the script gets, in this order: 1 to 16, each of 1 to 256 characters.
   *
   * Of an attribute whose name ends in `-ref`, it gets the object that the attribute is the address of.
   */
  readonly attributeNames: string[];
}

/** How a job gets an input from a file system. */
export interface FileSystemInputOptions {
  /**
   * Whether the job writes to it.
   *
   * @default FileSystemAccessMode.READ_ONLY
   */
  readonly accessMode?: FileSystemAccessMode;

  /**
   * The MIME type of the data, at most 256 characters.
   *
   * @default - none
   */
  readonly contentType?: string;

  /**
   * Anything that changes whenever the data does, such as a date: then the job is run again. It must be
   * known when the app is synthesized.
   *
   * @default - none: new data alone does not make the job run again
   */
  readonly revision?: string;
}
