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

/** The objects under a prefix, which is that of a directory; an empty one is the whole bucket. */
export interface S3Directory {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** The key for new objects, where it is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
}

/** Where objects are, and what they are encrypted with. */
export type EncryptedPlace = Pick<S3Directory, 'bucket' | 'encryptionKey'>;

/** How the properties are called that a directory was given by. */
export interface S3DirectoryNames {
  readonly bucket: string;
  readonly prefix: string;
  readonly encryptionKey?: string;
}

/** Whose directory it is, in the words of errors, and how long its address may be. */
export interface S3DirectoryLimits {
  readonly user: string;
  readonly longest: number;
}

/** Finds fault with a directory that something in a scope cannot write to. */
export function checkS3Directory(
  names: S3DirectoryNames, directory: S3Directory, scope: IConstruct, { user, longest }: S3DirectoryLimits,
): Violation[] {
  const { bucket, prefix, encryptionKey } = directory;
  return [
    ...checkRegion(names.bucket, bucket, scope, user),
    ...checkS3Path(names.prefix, withoutSlash(prefix), bucket, longest),
    ...encryptionKey !== undefined && names.encryptionKey !== undefined ? checkRegion(names.encryptionKey, encryptionKey, scope, user) : [],
  ];
}

/** Whether one of the directories is in the other, as far as that is known. */
export function overlap(one: S3Directory, other: S3Directory): boolean {
  if (one.bucket.bucketName !== other.bucket.bucketName || Token.isUnresolved(one.prefix) || Token.isUnresolved(other.prefix)) {
    return false;
  }
  const [a, b] = [withSlash(one.prefix), withSlash(other.prefix)];
  return a.startsWith(b) || b.startsWith(a);
}

/** The address of a directory, to which SageMaker adds a slash and the names of the objects. */
export function s3Uri({ bucket, prefix }: S3Directory): string {
  return prefix === '' ? `s3://${bucket.bucketName}` : `s3://${bucket.bucketName}/${withoutSlash(prefix)}`;
}

/** The key that SageMaker is told to encrypt with. Told of none, it may take the account's own and not the bucket's. */
export function keyIdOf({ bucket, encryptionKey }: S3Directory): string | undefined {
  return (encryptionKey ?? bucket.encryptionKey)?.keyArn;
}

/** Reads the objects. */
export function readStatements(...directories: S3Directory[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: READ, resources: distinct(directories.map(objects)) }),
    ...decryptStatements(directories),
  ];
}

/** Lists the objects, without reading them. */
export function listStatements(...directories: S3Directory[]): iam.PolicyStatement[] {
  return distinct(directories.map(({ bucket }) => bucket.bucketArn)).map((arn) => new iam.PolicyStatement({
    actions: LIST,
    resources: [arn],
    conditions: { StringLike: { 's3:prefix': distinct(directories.filter(({ bucket }) => bucket.bucketArn === arn).map(pattern)) } },
  }));
}

/** Writes objects. */
export function writeStatements(...directories: S3Directory[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: WRITE, resources: distinct(directories.map(objects)) }),
    ...keyStatements(ENCRYPT, directories),
  ];
}

/** Decrypts objects, whichever key they are encrypted with. */
export function decryptStatements(places: readonly EncryptedPlace[]): iam.PolicyStatement[] {
  return keyStatements(DECRYPT, places);
}

function keyStatements(actions: string[], directories: readonly EncryptedPlace[]): iam.PolicyStatement[] {
  const keys = directories.flatMap(({ bucket, encryptionKey }) => [encryptionKey, bucket.encryptionKey]);
  const resources = distinct(keys.flatMap((key) => key === undefined ? [] : [key.keyArn]));
  return resources.length === 0 ? [] : [new iam.PolicyStatement({ actions, resources })];
}

function objects(directory: S3Directory): string {
  return directory.bucket.arnForObjects(pattern(directory));
}

function pattern({ prefix }: S3Directory): string {
  return `${withSlash(prefix)}*`;
}

/** The prefix of what is in a directory. */
export function withSlash(prefix: string): string {
  // a token may well end in one
  return prefix === '' || Token.isUnresolved(prefix) || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function withoutSlash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}

/** The values, each once. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
