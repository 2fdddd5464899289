import { CfnParameter } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { checkRegion, checkS3Path } from '../../src/private/s3-path';
import { agnosticStack, newStack } from '../support/synthesis';

const stack = newStack();
const bucket: IBucket = Bucket.fromBucketName(stack, 'Bucket', 'models');

test.each(['', 'a', 'a/b', 'a/b/', 'a b+c'])('the path %p is right', (path) => {
  expect(checkS3Path('p', path, bucket, 512)).toEqual([]);
});

test.each([
  ['s3://models/a', 'must be without the scheme and the bucket', { remedy: 'give what follows the bucket\'s name' }],
  ['/a', 'must not begin with a slash', { remedy: 'remove it' }],
  ['/', 'must not begin with a slash', { remedy: 'remove it' }],
  ['a/*/b', 'must have no * and no ?, which stand for other keys in a policy', {}],
  ['a?', 'must have no * and no ?, which stand for other keys in a policy', {}],
])('the path %p is wrong', (path, rule, rest) => {
  expect(checkS3Path('p', path, bucket, 512)).toEqual([{ property: 'p', rule, got: path, ...rest }]);
});

test.each([
  ['with the name of the bucket', bucket, 'models'],
  ['with the shortest name, where it is not known', new Bucket(stack, 'Unnamed'), 'abc'],
])('an address is as long as it may be, %s', (_, place, name) => {
  const path = 'k'.repeat(512 - `s3://${name}/`.length);
  expect(checkS3Path('p', path, place, 512)).toEqual([]);
  expect(checkS3Path('p', `${path}k`, place, 512)).toEqual([{
    property: 'p', rule: 'must make an address (s3://BUCKET/KEY) of at most 512 characters, but makes one of 513', got: `${path}k`,
  }]);
});

test('a path that is known only later is left to CloudFormation', () => {
  expect(checkS3Path('p', `/${new CfnParameter(stack, 'Path').valueAsString}*`, bucket, 1)).toEqual([]);
});

test('a resource must be in the region of what uses it', () => {
  const abroad = Bucket.fromBucketAttributes(stack, 'Abroad', { bucketName: 'abroad', region: 'eu-west-1' });
  expect(checkRegion('p', bucket, stack, 'endpoint')).toEqual([]);
  expect(checkRegion('p', abroad, stack, 'endpoint')).toEqual([{ property: 'p', rule: 'must be in us-east-1, the region of the endpoint', got: 'eu-west-1' }]);
});

test('regions that are known only later are left to CloudFormation', () => {
  const anywhere = agnosticStack();
  expect(checkRegion('p', bucket, anywhere, 'endpoint')).toEqual([]);
  expect(checkRegion('p', Bucket.fromBucketName(anywhere, 'Bucket', 'models'), stack, 'endpoint')).toEqual([]);
});
