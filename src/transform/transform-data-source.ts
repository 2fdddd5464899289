import type * as s3 from 'aws-cdk-lib/aws-s3';

/** What an address in S3 stands for, as SageMaker calls it. */
export enum TransformS3DataType {
  /** All objects whose keys begin with it. */
  PREFIX = 'S3Prefix',
  /** A manifest, which lists objects. */
  MANIFEST = 'ManifestFile',
}

/** Where the data of a job is. */
export interface TransformDataSource {
  readonly dataType: TransformS3DataType;
  readonly bucket: s3.IBucket;
  /** The prefix, or the key of a manifest. */
  readonly path: string;
}
