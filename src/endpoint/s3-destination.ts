import type { IConstruct } from 'constructs';
import type { Violation } from '../private/errors';
import { checkS3Directory, type S3Directory, type S3DirectoryNames } from '../private/s3-directory';

/** The longest address that an endpoint's configuration takes for objects to be written. */
const LONGEST_ADDRESS = 512;

/** Finds fault with a directory that the endpoint of a scope cannot write to. */
export function checkDirectory(names: S3DirectoryNames, directory: S3Directory, scope: IConstruct): Violation[] {
  return checkS3Directory(names, directory, scope, { user: 'endpoint', longest: LONGEST_ADDRESS });
}
