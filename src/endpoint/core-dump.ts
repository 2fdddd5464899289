import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { checkDirectory } from './s3-destination';
import type { Violation } from '../private/errors';
import { keyIdOf, type S3Directory, s3Uri, writeStatements } from '../private/s3-directory';

/**
 * Where core dumps are written when the process of a container crashes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantCoreDumpConfig.html
 */
export interface CoreDump {
  /** The bucket that core dumps are written to. It must be in the endpoint's region. */
  readonly bucket: s3.IBucket;

  /**
   * The prefix that core dumps are written under, as of a directory; an empty one is the whole bucket.
   *
   * It has no `*` and no `?`; `s3://BUCKET/PREFIX` must have at most 512 characters.
   *
   * @default 'core-dumps'
   */
  readonly prefix?: string;

  /**
   * The key that core dumps are encrypted with. It must be in the endpoint's region.
   *
   * @default - the key of the bucket, if it has one; otherwise the account's key for Amazon S3
   */
  readonly encryptionKey?: kms.IKey;
}

/** What CloudFormation calls CoreDumpConfig, which the lowest aws-cdk-lib has no type for. */
export interface CoreDumpConfig {
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
}

/**
 * Finds fault with where a variant is asked to write core dumps.
 *
 * @param scope something in the region of the endpoint, such as the model
 * @param at what stands before `coreDump`: "variants[0]."
 */
export function checkCoreDump(coreDump: CoreDump, scope: IConstruct, at: string): Violation[] {
  return checkDirectory(
    { bucket: `${at}coreDump.bucket`, prefix: `${at}coreDump.prefix`, encryptionKey: `${at}coreDump.encryptionKey` }, directoryOf(coreDump), scope,
  );
}

/** What CloudFormation is told, by its own names. */
export function renderCoreDump(coreDump: CoreDump): CoreDumpConfig {
  const directory = directoryOf(coreDump);
  const keyId = keyIdOf(directory);
  return { DestinationS3Uri: s3Uri(directory), ...keyId === undefined ? {} : { KmsKeyId: keyId } };
}

/** What the model's role must be allowed. */
export function coreDumpStatements(coreDump: CoreDump): iam.PolicyStatement[] {
  return writeStatements(directoryOf(coreDump));
}

function directoryOf({ bucket, prefix, encryptionKey }: CoreDump): S3Directory {
  return { bucket, prefix: prefix ?? 'core-dumps', encryptionKey };
}
