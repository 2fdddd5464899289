import { Names } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A name of 63 characters has room for it, a UUID, the number of an attempt, and the hyphens between them. */
const LONGEST_PREFIX = 23;

/**
 * What the names of the jobs of a construct begin with, up to a hyphen. ARNs, and so what IAM compares, have names in lower case.
 */
export function jobNamePrefixOf(construct: Construct): string {
  return Names.uniqueResourceName(construct, { maxLength: LONGEST_PREFIX, separator: '-', allowedSpecialCharacters: '-' }).toLowerCase();
}
