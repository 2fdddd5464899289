import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Violation } from './errors';
import { checkRegion, checkS3Path } from './s3-path';

const READ = ['s3:GetObject'];
const LIST = ['s3:ListBucket'];
const DECRYPT = ['kms:Decrypt'];

/** Large objects are uploaded in parts; those of an upload that failed are removed. */
const WRITE = ['s3:AbortMultipartUpload', 's3:PutObject'];

/** S3 decrypts the parts of an object to put them together. */
const ENCRYPT = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'];

/** The objects whose keys begin with a prefix, as it is: `data/1` is `data/10` too. An empty one is the whole bucket. */
export interface S3Prefix {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** Whether it is the key of one object. */
  readonly isKey?: boolean;
  /** The key that objects are encrypted with, where that is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
}

/** The objects under a prefix that is a directory; an empty one is the whole bucket. */
export interface S3Directory {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** The key for new objects, where it is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
}

/** Whose directory it is, in the words of errors, and how long its address may be. */
export interface S3DirectoryLimits {
  readonly user: string;
  readonly longest: number;
}

/**
 * Finds fault with a directory that something in a scope cannot write to.
 *
 * @param at what has the properties `bucket`, `prefix` and `encryptionKey`
 */
export function checkS3Directory(at: string, directory: S3Directory, scope: IConstruct, { user, longest }: S3DirectoryLimits): Violation[] {
  const { bucket, prefix, encryptionKey } = directory;
  return [
    ...checkRegion(`${at}.bucket`, bucket, scope, user),
    ...checkS3Path(`${at}.prefix`, withoutSlash(prefix), bucket, longest),
    ...encryptionKey === undefined ? [] : checkRegion(`${at}.encryptionKey`, encryptionKey, scope, user),
  ];
}

/** Whether new objects in a directory are among the objects of a prefix, as far as that is known. */
export function isWithin({ bucket, prefix }: S3Directory, objects: S3Prefix): boolean {
  return bucket.bucketName === objects.bucket.bucketName && !Token.isUnresolved(prefix) && !Token.isUnresolved(objects.prefix)
    && withSlash(prefix).startsWith(objects.prefix);
}

/** The address of objects. */
export function uriOf({ bucket, prefix }: S3Prefix): string {
  return `s3://${bucket.bucketName}/${prefix}`;
}

/** The address of a directory, without a slash at its end. */
export function uriOfDirectory({ bucket, prefix }: S3Directory): string {
  return prefix === '' ? `s3://${bucket.bucketName}` : `s3://${bucket.bucketName}/${withoutSlash(prefix)}`;
}

/** The key that SageMaker is told to encrypt with. Told of none, it may take the account's own and not the bucket's. */
export function keyArnOf({ bucket, encryptionKey }: S3Directory): string | undefined {
  return (encryptionKey ?? bucket.encryptionKey)?.keyArn;
}

/** Finds and reads objects. */
export function readStatements(prefixes: readonly S3Prefix[]): iam.PolicyStatement[] {
  const listed = prefixes.filter(({ isKey }) => isKey !== true);
  return [
    new iam.PolicyStatement({ actions: READ, resources: distinct(prefixes.map((each) => each.bucket.arnForObjects(pattern(each)))) }),
    ...distinct(listed.map(({ bucket }) => bucket.bucketArn)).map((arn) => new iam.PolicyStatement({
      actions: LIST,
      resources: [arn],
      conditions: { StringLike: { 's3:prefix': distinct(listed.filter(({ bucket }) => bucket.bucketArn === arn).map(pattern)) } },
    })),
    ...keyStatements(DECRYPT, prefixes),
  ];
}

/** Writes objects. */
export function writeStatements(directories: readonly S3Directory[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: WRITE, resources: distinct(directories.map(({ bucket, prefix }) => bucket.arnForObjects(`${withSlash(prefix)}*`))),
    }),
    ...keyStatements(ENCRYPT, directories),
  ];
}

function keyStatements(actions: string[], places: readonly S3Directory[]): iam.PolicyStatement[] {
  const keys = places.flatMap(({ bucket, encryptionKey }) => [encryptionKey, bucket.encryptionKey]);
  const resources = distinct(keys.flatMap((key) => key === undefined ? [] : [key.keyArn]));
  return resources.length === 0 ? [] : [new iam.PolicyStatement({ actions, resources })];
}

function pattern({ prefix, isKey }: S3Prefix): string {
  return isKey === true ? prefix : `${prefix}*`;
}

function withSlash(prefix: string): string {
  // a token may well end in one
  return prefix === '' || Token.isUnresolved(prefix) || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function withoutSlash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
