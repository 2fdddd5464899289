import { CfnParameter } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { checkDirectory } from '../../src/endpoint/s3-destination';
import { sentences } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const BUCKET_KEY = 'arn:aws:kms:us-east-1:123456789012:key/bucket';
const OWN_KEY = 'arn:aws:kms:us-east-1:123456789012:key/own';

const stack = newStack();
const bucket: IBucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketArn: 'arn:aws:s3:::plain' });
const encrypted: IBucket = Bucket.fromBucketAttributes(stack, 'Encrypted', {
  bucketArn: 'arn:aws:s3:::secret', encryptionKey: Key.fromKeyArn(stack, 'BucketKey', BUCKET_KEY),
});
const ownKey = Key.fromKeyArn(stack, 'OwnKey', OWN_KEY);
const parameter = new CfnParameter(stack, 'Prefix').valueAsString;

const names = { bucket: 'outputBucket', prefix: 'outputPrefix', encryptionKey: 'encryptionKey' };

describe('a directory', () => {
  test('is right with a bucket and a key in the region of the endpoint', () => {
    expect(checkDirectory(names, { bucket: encrypted, prefix: 'a', encryptionKey: ownKey }, stack)).toEqual([]);
    expect(checkDirectory(names, { bucket, prefix: '' }, stack)).toEqual([]);
    expect(checkDirectory(names, { bucket, prefix: parameter }, stack)).toEqual([]);
  });

  test('may have an address of 512 characters without the slash at its end', () => {
    const prefix = 'k'.repeat(512 - 's3://plain/'.length);
    expect(checkDirectory(names, { bucket, prefix }, stack)).toEqual([]);
    expect(checkDirectory(names, { bucket, prefix: `${prefix}/` }, stack)).toEqual([]);
    expect(sentences(checkDirectory(names, { bucket, prefix: `${prefix}k` }, stack))).toEqual([
      `\`outputPrefix\` must make an address (s3://BUCKET/KEY) of at most 512 characters, but makes one of 513, got: "${'k'.repeat(199)}...`,
    ]);
  });

  test('is wrong in several ways at once', () => {
    const abroad = Bucket.fromBucketAttributes(stack, 'Abroad', { bucketName: 'abroad', region: 'eu-west-1' });
    const keyAbroad = Key.fromKeyArn(stack, 'KeyAbroad', 'arn:aws:kms:eu-west-1:123456789012:key/abroad');
    expect(sentences(checkDirectory(names, { bucket: abroad, prefix: '/a*', encryptionKey: keyAbroad }, stack))).toEqual([
      '`outputBucket` must be in us-east-1, the region of the endpoint, got: "eu-west-1"',
      '`outputPrefix` must not begin with a slash, got: "/a*"; remove it',
      '`outputPrefix` must have no * and no ?, which stand for other keys in a policy, got: "/a*"',
      '`encryptionKey` must be in us-east-1, the region of the endpoint, got: "eu-west-1"',
    ]);
    expect(sentences(checkDirectory({ bucket: 'b', prefix: 'p' }, { bucket, prefix: '/', encryptionKey: keyAbroad }, stack))).toEqual([
      '`p` must not begin with a slash, got: "/"; remove it',
    ]);
  });
});
