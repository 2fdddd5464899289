import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct, IDependable } from 'constructs';
import type { InputMode } from './input-mode';
import type { Violation } from '../private/errors';

/** The job that an input is for. */
export interface InputUse {
  /** How the job gets data where an input says nothing else. */
  readonly inputMode: InputMode;
  /** The names of the job's groups of instances; undefined for a cluster of one type. */
  readonly instanceGroups?: readonly string[];
  readonly isInVpc: boolean;
}

/** Objects that the job reads: all whose keys begin like this. */
export interface ReadObjects {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  /** The key that they are encrypted with, if it is not the bucket's. */
  readonly encryptionKey?: kms.IKey;
}

/** An input, as a job has it. */
export interface BoundInput {
  /** The channel, without its name. */
  readonly channel: { readonly [name: string]: unknown };
  /** What the job reads from S3. */
  readonly reads: ReadObjects[];
  /** What else the job's role must be allowed. */
  readonly statements: iam.PolicyStatement[];
  /** What the job's instances connect to. */
  readonly peers: ec2.IConnectable[];
  /** What has to be there before a job is started, beside what it refers to. */
  readonly dependable?: IDependable;
}

/** Where an input is taken from. */
export interface InputSource {
  /** What its user says has to change whenever the data does. */
  readonly revision?: string;
  /** Finds fault with it; `at` is the property that it was given as. */
  check(scope: Construct, at: string, use: InputUse): Violation[];
  /** Provides it, with what that takes in the scope. */
  bind(scope: Construct, use: InputUse): BoundInput;
}
