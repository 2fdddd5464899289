import { CfnParameter } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { checkCoreDump, type CoreDump, coreDumpStatements, renderCoreDump } from '../../src/endpoint/core-dump';
import { configProperties, sentences, statementsIn } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const stack = newStack();
const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketArn: 'arn:aws:s3:::dumps' });

test('minimal core dumps are under a prefix of their own', () => {
  const own = newStack();
  expect(checkCoreDump({ bucket }, stack, '')).toEqual([]);
  expect(renderCoreDump({ bucket })).toStrictEqual({ DestinationS3Uri: 's3://dumps/core-dumps' });
  const config = configProperties(own, {}, { 'ProductionVariants.0.CoreDumpConfig': renderCoreDump({ bucket }) });
  expect(config.ProductionVariants[0].CoreDumpConfig).toEqual({ DestinationS3Uri: 's3://dumps/core-dumps' });
  expect(statementsIn(stack, coreDumpStatements({ bucket }))).toEqual([
    { Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: 'arn:aws:s3:::dumps/core-dumps/*' },
  ]);
});

test('maximal core dumps have all that was given', () => {
  const own = newStack();
  const coreDump: CoreDump = { bucket: new Bucket(own, 'Dumps'), prefix: 'crashes', encryptionKey: new Key(own, 'Key') };
  const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key[0-9A-F]{8}$/), 'Arn'] };
  const dumps = expect.stringMatching(/^Dumps[0-9A-F]{8}$/);
  expect(checkCoreDump(coreDump, own, '')).toEqual([]);
  const config = configProperties(own, {}, { 'ProductionVariants.0.CoreDumpConfig': renderCoreDump(coreDump) });
  expect(config.ProductionVariants[0].CoreDumpConfig).toEqual({
    DestinationS3Uri: { 'Fn::Join': ['', ['s3://', { Ref: dumps }, '/crashes']] },
    KmsKeyId: key,
  });
  expect(statementsIn(own, coreDumpStatements(coreDump))).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [dumps, 'Arn'] }, '/crashes/*']] },
    },
    { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], Resource: key },
  ]);
});

test('without a key, that of the bucket encrypts core dumps', () => {
  const encrypted = new Bucket(stack, 'Encrypted', { encryption: BucketEncryption.KMS });
  expect(renderCoreDump({ bucket: encrypted })).toMatchObject({ KmsKeyId: encrypted.encryptionKey!.keyArn });
});

test('the whole bucket has no prefix, and a prefix can be known only later', () => {
  const parameter = new CfnParameter(stack, 'Prefix').valueAsString;
  expect(renderCoreDump({ bucket, prefix: '' })).toEqual({ DestinationS3Uri: 's3://dumps' });
  expect(checkCoreDump({ bucket, prefix: parameter }, stack, '')).toEqual([]);
  expect(renderCoreDump({ bucket, prefix: parameter })).toEqual({ DestinationS3Uri: `s3://dumps/${parameter}` });
});

test('what is wrong is told by the variant', () => {
  expect(sentences(checkCoreDump({
    bucket: Bucket.fromBucketAttributes(stack, 'Abroad', { bucketName: 'abroad', region: 'eu-west-1' }),
    prefix: '/dumps',
    encryptionKey: Key.fromKeyArn(stack, 'KeyAbroad', 'arn:aws:kms:eu-west-1:123456789012:key/abroad'),
  }, stack, 'variants[1].'))).toEqual([
    '`variants[1].coreDump.bucket` must be in us-east-1, the region of the endpoint, got: "eu-west-1"',
    '`variants[1].coreDump.prefix` must not begin with a slash, got: "/dumps"; remove it',
    '`variants[1].coreDump.encryptionKey` must be in us-east-1, the region of the endpoint, got: "eu-west-1"',
  ]);
});

test('an address has at most 512 characters', () => {
  const prefix = 'k'.repeat(512 - 's3://dumps/'.length);
  expect(checkCoreDump({ bucket, prefix }, stack, '')).toEqual([]);
  expect(checkCoreDump({ bucket, prefix: `${prefix}k` }, stack, '')).toMatchObject([{ property: 'coreDump.prefix' }]);
});
