import { CfnParameter } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { keyIdOf, listStatements, overlap, readStatements, type S3Directory, s3Uri, writeStatements } from '../../src/private/s3-directory';
import { statementsIn } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const BUCKET_KEY = 'arn:aws:kms:us-east-1:123456789012:key/bucket';
const OWN_KEY = 'arn:aws:kms:us-east-1:123456789012:key/own';

const stack = newStack();
const bucket: IBucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketArn: 'arn:aws:s3:::plain' });
const other: IBucket = Bucket.fromBucketAttributes(stack, 'Other', { bucketArn: 'arn:aws:s3:::other' });
const encrypted: IBucket = Bucket.fromBucketAttributes(stack, 'Encrypted', {
  bucketArn: 'arn:aws:s3:::secret', encryptionKey: Key.fromKeyArn(stack, 'BucketKey', BUCKET_KEY),
});
const ownKey = Key.fromKeyArn(stack, 'OwnKey', OWN_KEY);
const parameter = new CfnParameter(stack, 'Prefix').valueAsString;

describe('the address of a directory', () => {
  test.each([
    ['a/b', 's3://plain/a/b'],
    ['a/b/', 's3://plain/a/b'],
    ['', 's3://plain'],
    [parameter, `s3://plain/${parameter}`],
    [`${parameter}/`, `s3://plain/${parameter}`],
  ])('of the prefix %p is %p', (prefix, uri) => {
    expect(s3Uri({ bucket, prefix })).toBe(uri);
  });
});

describe('directories', () => {
  test.each([
    ['a', 'a', true],
    ['a', 'a/', true],
    ['a', 'a/b', true],
    ['a/b', 'a', true],
    ['', 'a', true],
    ['a', 'ab', false],
    ['a/b', 'a/c', false],
    ['a', parameter, false],
    [parameter, 'a', false],
  ])('%p and %p of one bucket overlap: %p', (one, two, expected) => {
    expect(overlap({ bucket, prefix: one }, { bucket, prefix: two })).toBe(expected);
  });

  test('of different buckets do not overlap', () => {
    expect(overlap({ bucket, prefix: 'a' }, { bucket: other, prefix: 'a' })).toBe(false);
  });
});

test('what is written is encrypted with the key given, or else with that of the bucket', () => {
  expect(keyIdOf({ bucket, prefix: 'a' })).toBeUndefined();
  expect(keyIdOf({ bucket: encrypted, prefix: 'a' })).toBe(BUCKET_KEY);
  expect(keyIdOf({ bucket: encrypted, prefix: 'a', encryptionKey: ownKey })).toBe(OWN_KEY);
});

describe('rights', () => {
  test.each<[string, S3Directory, string]>([
    ['the directory', { bucket, prefix: 'a/b' }, 'arn:aws:s3:::plain/a/b/*'],
    ['the directory, whose slash was given', { bucket, prefix: 'a/b/' }, 'arn:aws:s3:::plain/a/b/*'],
    ['the bucket', { bucket, prefix: '' }, 'arn:aws:s3:::plain/*'],
  ])('reach no further than %s', (_, directory, resource) => {
    expect(statementsIn(stack, readStatements(directory))).toEqual([{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }]);
    expect(statementsIn(stack, writeStatements(directory))).toEqual([
      { Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: resource },
    ]);
  });

  test('to a prefix that is known only later include its own objects', () => {
    expect(statementsIn(stack, readStatements({ bucket, prefix: parameter }))).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', ['arn:aws:s3:::plain/', { Ref: 'Prefix' }, '*']] } },
    ]);
  });

  test('include the keys, each once', () => {
    const directories: S3Directory[] = [{ bucket: encrypted, prefix: 'a', encryptionKey: ownKey }, { bucket: encrypted, prefix: 'b' }, { bucket, prefix: 'a' }];
    const resources = ['arn:aws:s3:::secret/a/*', 'arn:aws:s3:::secret/b/*', 'arn:aws:s3:::plain/a/*'];
    expect(statementsIn(stack, readStatements(...directories))).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: resources },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: [OWN_KEY, BUCKET_KEY] },
    ]);
    expect(statementsIn(stack, writeStatements(...directories))).toEqual([
      { Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: resources },
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], Resource: [OWN_KEY, BUCKET_KEY] },
    ]);
  });

  test('to list are for one bucket each, and for no more than the directories in it', () => {
    expect(statementsIn(stack, listStatements({ bucket, prefix: 'a' }, { bucket, prefix: 'b/' }, { bucket: other, prefix: '' }))).toEqual([
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::plain', Condition: { StringLike: { 's3:prefix': ['a/*', 'b/*'] } } },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::other', Condition: { StringLike: { 's3:prefix': ['*'] } } },
    ]);
  });
});
