import { CfnParameter } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ShapBaseline } from '../../src/endpoint/shap-baseline';
import { sentences, statementsIn } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1';

const stack = newStack();
const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketArn: 'arn:aws:s3:::baselines' });
const parameter = new CfnParameter(stack, 'Parameter').valueAsString;

test('records can be in the configuration', () => {
  const baseline = ShapBaseline.inline('0,0\n1,1');
  expect(baseline._check('baseline', stack)).toEqual([]);
  expect(baseline._render()).toEqual({ shapBaseline: '0,0\n1,1' });
  expect(baseline._statements()).toEqual([]);
});

test('records can be in a bucket, from which the model may read them', () => {
  const baseline = ShapBaseline.fromBucket(bucket, 'baseline.csv');
  expect(baseline._check('baseline', stack)).toEqual([]);
  expect(baseline._render()).toEqual({ shapBaselineUri: 's3://baselines/baseline.csv' });
  expect(statementsIn(stack, baseline._statements())).toEqual([
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::baselines/baseline.csv' },
  ]);
});

test('records can be encrypted', () => {
  const encrypted = Bucket.fromBucketAttributes(stack, 'Encrypted', {
    bucketArn: 'arn:aws:s3:::baselines', encryptionKey: Key.fromKeyArn(stack, 'Key', KEY),
  });
  expect(statementsIn(stack, ShapBaseline.fromBucket(encrypted, 'baseline.csv')._statements())).toEqual([
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::baselines/baseline.csv' },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY },
  ]);
});

test.each([
  ['one character', ShapBaseline.inline('0')],
  ['4096 characters', ShapBaseline.inline('0'.repeat(4096))],
  ['what is known only later', ShapBaseline.inline(parameter)],
  ['a key that is known only later', ShapBaseline.fromBucket(bucket, `/${parameter}/`)],
  ['an address of 1024 characters', ShapBaseline.fromBucket(bucket, 'k'.repeat(1024 - 's3://baselines/'.length))],
])('%s is right', (_, baseline) => {
  expect(baseline._check('baseline', stack)).toEqual([]);
});

test.each([
  ['no character', ShapBaseline.inline(''), 'must have 1 to 4096 characters, got: "0 characters"; put more into a bucket, for ShapBaseline.fromBucket'],
  ['4097 characters', ShapBaseline.inline('0'.repeat(4097)),
    'must have 1 to 4096 characters, got: "4097 characters"; put more into a bucket, for ShapBaseline.fromBucket'],
  ['no key', ShapBaseline.fromBucket(bucket, ''), 'must have the key of an object, got: ""'],
  ['a prefix', ShapBaseline.fromBucket(bucket, 'baselines/'), 'must have the key of an object, got: "baselines/"'],
  ['a slash in front', ShapBaseline.fromBucket(bucket, '/b.csv'), 'must not begin with a slash, got: "/b.csv"; remove it'],
  ['an address of 1025 characters', ShapBaseline.fromBucket(bucket, 'k'.repeat(1025 - 's3://baselines/'.length)),
    `must make an address (s3://BUCKET/KEY) of at most 1024 characters, but makes one of 1025, got: "${'k'.repeat(199)}...`],
  ['another region', ShapBaseline.fromBucket(Bucket.fromBucketAttributes(stack, 'Abroad', { bucketName: 'abroad', region: 'eu-west-1' }), 'b.csv'),
    'must be in us-east-1, the region of the endpoint, got: "eu-west-1"'],
])('%s is wrong', (_, baseline, message) => {
  expect(sentences(baseline._check('baseline', stack))).toEqual([`\`baseline\` ${message}`]);
});
