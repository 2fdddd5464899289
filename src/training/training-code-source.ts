import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Violation } from '../private/errors';

/** What code is run with. */
export interface CodeUse {
  /** The full version of TensorFlow in AWS's image; undefined in an image that is not known. */
  readonly version?: string;
  /** Whether the container has no network. */
  readonly networkIsolation: boolean;
  /** Whether the container's own program starts the script, and installs packages before. */
  readonly isStartedByContainer: boolean;
}

/** Where an archive of code is. */
export interface CodeLocation {
  readonly bucket: s3.IBucket;
  readonly key: string;
  readonly encryptionKey?: kms.IKey;
}

/** Something to tell a user that is no error. */
export interface CodeWarning {
  readonly id: string;
  readonly message: string;
}

/** Code that was looked through. */
export interface CheckedCode {
  readonly violations: Violation[];
  readonly warnings: CodeWarning[];
  readonly entryPoint: string;
  /** What its user says has to change whenever the archive is overwritten. */
  readonly revision?: string;
  /** Provides it in S3, with what that takes in the scope. */
  provideIn(scope: Construct): CodeLocation;
}

/** Where code is taken from. */
export interface CodeSource {
  check(scope: Construct, use: CodeUse): CheckedCode;
}

/** The name that an object has in a channel of its own; undefined where only the deployment knows it. */
export function nameInChannel(key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return Token.isUnresolved(name) ? undefined : name;
}
