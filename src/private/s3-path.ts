import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type IResource, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Violation } from './errors';

/** The shortest name that a bucket has, for one that is known only later. */
const SHORTEST_BUCKET_NAME = 3;

/**
 * Finds fault with a key or prefix that makes no address in S3; a token is left to CloudFormation.
 *
 * @param longest how many characters the address (s3://BUCKET/KEY) may have
 */
export function checkS3Path(property: string, path: string, bucket: IBucket, longest: number): Violation[] {
  if (Token.isUnresolved(path)) {
    return [];
  }
  const bucketLength = Token.isUnresolved(bucket.bucketName) ? SHORTEST_BUCKET_NAME : bucket.bucketName.length;
  const length = `s3:///${path}`.length + bucketLength;
  return [
    ...path.includes('://') ? [{
      property, rule: 'must be without the scheme and the bucket', got: path, remedy: 'give what follows the bucket\'s name',
    }] : path.startsWith('/') ? [{ property, rule: 'must not begin with a slash', got: path, remedy: 'remove it' }] : [],
    ...(/[*?]/.test(path) ? [{ property, rule: 'must have no * and no ?, which stand for other keys in a policy', got: path }] : []),
    ...length > longest ? [{
      property, rule: `must make an address (s3://BUCKET/KEY) of at most ${longest} characters, but makes one of ${length}`, got: path,
    }] : [],
  ];
}

/**
 * Finds fault with a resource that is in another region than what uses it; a region that is known only later is left to
 * CloudFormation.
 *
 * @param user what the scope is or belongs to: "endpoint" or "model"
 */
export function checkRegion(property: string, resource: IResource, scope: IConstruct, user: string): Violation[] {
  const [wanted, got] = [Stack.of(scope).region, resource.env.region];
  return Token.isUnresolved(wanted) || Token.isUnresolved(got) || wanted === got
    ? []
    : [{ property, rule: `must be in ${wanted}, the region of the ${user}`, got }];
}
