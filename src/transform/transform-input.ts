import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type TransformDataSource, TransformS3DataType } from './transform-data-source';
import { requireText } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkRegion, checkS3Path } from '../private/s3-path';
import type { S3Prefix } from '../private/s3-prefix';

const LONGEST_ADDRESS = 1024;

/** How the objects of an input are compressed. */
export enum TransformCompression {
  /** Not at all. */
  NONE = 'None',
  /** With gzip; SageMaker decompresses them before it splits them. Results are not compressed. */
  GZIP = 'Gzip',
}

/** How objects are read. */
export interface TransformInputOptions {
  /**
   * How the objects are compressed. All of them are compressed alike.
   *
   * @default TransformCompression.NONE
   */
  readonly compression?: TransformCompression;
}

/** How the objects of a manifest are read. */
export interface TransformManifestOptions extends TransformInputOptions {
  /**
   * The bucket that the objects of the manifest are in.
   *
   * @default - the bucket of the manifest
   */
  readonly dataBucket?: s3.IBucket;

  /**
   * What the keys of the objects of the manifest begin with, which is what the model may read.
   *
   * @default - the whole bucket
   */
  readonly dataPrefix?: string;
}

/**
 * What is scored: objects in S3.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html
 */
export class TransformInput {
  /**
   * All objects whose keys begin with a prefix.
   *
   * Whatever is there is scored: `data/1` is also `data/10` and `data/1.bak`, so end a directory in a slash, and keep other files
   * elsewhere. The objects are read as they are when a job starts. What does not have the job's format makes it fail.
   *
   * @param bucket the bucket, in the region of the job
   * @param prefix what the keys begin with, without `*` and `?`; an empty one is the whole bucket
   */
  public static fromBucket(bucket: s3.IBucket, prefix: string, options: TransformInputOptions = {}): TransformInput {
    requireText('TransformInput.fromBucket', 'prefix', prefix);
    return new TransformInput(TransformS3DataType.PREFIX, bucket, prefix, options);
  }

  /**
   * The objects that a manifest lists.
   *
   * @param bucket the bucket of the manifest, in the region of the job
   * @param key the key of the manifest: a JSON list, first `{"prefix": "s3://BUCKET/PREFIX/"}`, then what follows it in the keys
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformS3DataSource.html
   */
  public static fromManifest(bucket: s3.IBucket, key: string, options: TransformManifestOptions = {}): TransformInput {
    requireText('TransformInput.fromManifest', 'key', key);
    return new TransformInput(TransformS3DataType.MANIFEST, bucket, key, options);
  }

  /** @internal */
  public readonly _source: TransformDataSource;

  private constructor(
    dataType: TransformS3DataType, bucket: s3.IBucket, path: string, private readonly options: TransformManifestOptions,
  ) {
    this._source = { dataType, bucket, path };
  }

  /** How the objects are compressed, as SageMaker calls it. @internal */
  public get _compression(): string | undefined {
    return this.options.compression;
  }

  /** What the model must be allowed to read. @internal */
  public get _reads(): S3Prefix[] {
    const { dataType, bucket, path } = this._source;
    const { dataBucket = bucket, dataPrefix = '' } = this.options;
    return dataType === TransformS3DataType.PREFIX
      ? [{ bucket, prefix: path }]
      : [{ bucket, prefix: path, isKey: true }, { bucket: dataBucket, prefix: dataPrefix }];
  }

  /** Finds fault with it. @internal */
  public _check(scope: Construct): Violation[] {
    const { dataType, bucket, path } = this._source;
    const { dataBucket, dataPrefix } = this.options;
    const isManifest = dataType === TransformS3DataType.MANIFEST;
    return [
      ...checkRegion('input.bucket', bucket, scope, 'transform job'),
      ...checkS3Path(isManifest ? 'input.key' : 'input.prefix', path, bucket, LONGEST_ADDRESS),
      ...isManifest && !Token.isUnresolved(path) && (path === '' || path.endsWith('/')) ? [{
        property: 'input.key', rule: 'must be the key of a manifest, not a prefix', got: path, remedy: 'give a prefix to TransformInput.fromBucket',
      }] : [],
      ...dataBucket === undefined ? [] : checkRegion('input.dataBucket', dataBucket, scope, 'transform job'),
      ...dataPrefix === undefined ? [] : checkS3Path('input.dataPrefix', dataPrefix, dataBucket ?? bucket, LONGEST_ADDRESS),
    ];
  }
}
