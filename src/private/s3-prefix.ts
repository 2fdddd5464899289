import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import { decryptStatements, distinct, type S3Directory, withSlash } from './s3-directory';

const READ = ['s3:GetObject'];
const LIST = ['s3:ListBucket'];

/** The objects whose keys begin with a prefix, as it is: `data/1` is `data/10` too. An empty one is the whole bucket. */
export interface S3Prefix {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** Whether it is the key of one object. */
  readonly isKey?: boolean;
  /** The key that objects are encrypted with, where that is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
}

/** Whether new objects in a directory are among the objects of a prefix, as far as that is known. */
export function isWithin({ bucket, prefix }: S3Directory, objects: S3Prefix): boolean {
  return bucket.bucketName === objects.bucket.bucketName && !Token.isUnresolved(prefix) && !Token.isUnresolved(objects.prefix)
    && withSlash(prefix).startsWith(objects.prefix);
}

/** Finds and reads objects. */
export function findStatements(prefixes: readonly S3Prefix[]): iam.PolicyStatement[] {
  const listed = prefixes.filter(({ isKey }) => isKey !== true);
  return [
    new iam.PolicyStatement({ actions: READ, resources: distinct(prefixes.map((each) => each.bucket.arnForObjects(pattern(each)))) }),
    ...distinct(listed.map(({ bucket }) => bucket.bucketArn)).map((arn) => new iam.PolicyStatement({
      actions: LIST,
      resources: [arn],
      conditions: { StringLike: { 's3:prefix': distinct(listed.filter(({ bucket }) => bucket.bucketArn === arn).map(pattern)) } },
    })),
    ...decryptStatements(prefixes),
  ];
}

function pattern({ prefix, isKey }: S3Prefix): string {
  return isKey === true ? prefix : `${prefix}*`;
}
