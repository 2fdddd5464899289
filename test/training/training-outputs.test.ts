import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { arn, bucketIn, errorsOf, parametersIn, requestIn, statementsOf } from './training-support';
import { TensorFlowVersion } from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

describe('the output', () => {
  test('is written to a bucket of the job, which stays', () => {
    const stack = newStack();
    const request = requestIn(stack, { outputBucket: undefined, outputPrefix: 'a/', compressOutput: false });
    const Ref = stack.getLogicalId(request.outputBucket.node.defaultChild as never);
    expect(stack.resolve(request.parameters.OutputDataConfig)).toEqual({
      S3OutputPath: { 'Fn::Join': ['', ['s3://', { Ref }, '/a']] }, CompressionType: 'NONE',
    });
    expect(request).toMatchObject({ outputPrefix: 'a/', isCompressed: false });
    validTemplate(stack).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: { Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }] },
      },
    });
  });

  test('is encrypted with a key', () => {
    const stack = newStack();
    const key = new Key(stack, 'Key');
    const request = requestIn(stack, { outputBucket: undefined, outputEncryptionKey: key });
    const KmsKeyId = stack.resolve(key.keyArn);
    expect(stack.resolve(request.parameters.OutputDataConfig)).toMatchObject({ KmsKeyId });
    expect(request.outputEncryptionKey).toBe(key);
    const template = validTemplate(stack);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KmsKeyId } }] },
    });
    expect(statementsOf(template)).toContainEqual({ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], Resource: KmsKeyId });
  });

  test('is encrypted with the key of its bucket', () => {
    const stack = newStack();
    const bucket = new Bucket(stack, 'Encrypted', { encryption: BucketEncryption.KMS });
    expect(parametersIn(stack, { outputBucket: bucket }).OutputDataConfig.KmsKeyId).toEqual(stack.resolve(bucket.encryptionKey!.keyArn));
  });

  test('goes to places in the region, with addresses and paths', () => {
    const far = (stack: Stack) => bucketIn(stack, 'far', 'eu-west-1');
    const place = (property: string) => `\`${property}\` must be in us-east-1, the region of the training job, got: "eu-west-1"`;
    const slash = (property: string) => `\`${property}\` must not begin with a slash, got: "/a"; remove it`;
    const absolute = (property: string) => `\`${property}\` must be an absolute path of at most 4096 characters, got: "a"`;
    expect(errorsOf((stack) => ({
      version: TensorFlowVersion.V2_11,
      outputBucket: far(stack),
      outputPrefix: '/a',
      outputEncryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1'),
      checkpointBucket: far(stack),
      checkpointPrefix: '/a',
      checkpointLocalPath: 'a',
      tensorBoardOutput: { bucket: far(stack), prefix: '/a', localPath: 'a' },
      debuggerHook: { bucket: far(stack), prefix: '/a', localPath: 'a' },
      profiler: { bucket: far(stack), prefix: '/a' },
    }))).toEqual([
      place('outputBucket'), slash('outputPrefix'), place('outputEncryptionKey'),
      place('checkpointBucket'), slash('checkpointPrefix'), absolute('checkpointLocalPath'),
      place('tensorBoardOutput.bucket'), slash('tensorBoardOutput.prefix'), absolute('tensorBoardOutput.localPath'),
      place('debuggerHook.bucket'), slash('debuggerHook.prefix'), absolute('debuggerHook.localPath'),
      place('profiler.bucket'), slash('profiler.prefix'),
    ]);
  });

  test.each([[1015, true], [1016, false]])('has an address of at most 1024 characters: a prefix of %d', (length, ok) => {
    const outputPrefix = 'x'.repeat(length);
    expect(errorsOf({ outputBucket: undefined, outputPrefix })).toHaveLength(ok ? 0 : 1);
  });

  test.each([[4096, true], [4097, false]])('has paths of at most 4096 characters: %d', (length, ok) => {
    expect(errorsOf({ checkpointLocalPath: `/${'x'.repeat(length - 1)}` })).toHaveLength(ok ? 0 : 1);
  });

  test('for TensorBoard is written too', () => {
    const stack = newStack();
    expect(parametersIn(stack, { tensorBoardOutput: {} }).TensorBoardOutputConfig).toEqual({ S3OutputPath: 's3://models/tensorboard' });
    expect(statementsOf(validTemplate(stack))).toContainEqual({
      Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: [arn('s3:::models/training/*'), arn('s3:::models/tensorboard/*')],
    });
  });
});

describe('checkpoints', () => {
  test('are not kept by themselves', () => {
    expect(parametersIn(newStack())).not.toHaveProperty('CheckpointConfig');
  });

  test.each([
    ['spot instances', { useSpotInstances: true, maxWait: Duration.days(2) }, { S3Uri: 's3://models/checkpoints' }],
    ['a path', { checkpointLocalPath: '/opt/ml/c' }, { S3Uri: 's3://models/checkpoints', LocalPath: '/opt/ml/c' }],
  ])('of each job are kept with %s', (_, more, config) => {
    const stack = newStack();
    const request = requestIn(stack, more);
    expect(stack.resolve(request.parameters.CheckpointConfig)).toEqual(config);
    expect(request.addressesOfEachJob).toEqual([['CheckpointConfig', 'S3Uri']]);
  });

  test('of each job are kept in a bucket', () => {
    const stack = newStack();
    const request = requestIn(stack, { checkpointBucket: bucketIn(stack, 'checkpoints') });
    expect(request.parameters.CheckpointConfig).toEqual({ S3Uri: 's3://checkpoints/checkpoints' });
    expect(request.addressesOfEachJob).toHaveLength(1);
  });

  test('under a prefix are those of all jobs', () => {
    const stack = newStack();
    const request = requestIn(stack, { checkpointPrefix: 'run/' });
    expect(request.parameters.CheckpointConfig).toEqual({ S3Uri: 's3://models/run' });
    expect(request.addressesOfEachJob).toEqual([]);
    const statements = statementsOf(validTemplate(stack));
    expect(statements).toContainEqual({
      Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: [arn('s3:::models/training/*'), arn('s3:::models/run/*')],
    });
    expect(statements).toContainEqual({ Effect: 'Allow', Action: 's3:GetObject', Resource: arn('s3:::models/run/*') });
    expect(statements).toContainEqual({
      Effect: 'Allow', Action: 's3:ListBucket', Resource: arn('s3:::models'), Condition: { StringLike: { 's3:prefix': ['run', 'run/*'] } },
    });
  });

  test.each([
    ['a whole bucket', () => '', ['*']],
    ['a directory', () => 'run', ['run', 'run/*']],
    ['a directory that only the deployment knows', (stack: Stack) => new CfnParameter(stack, 'Prefix').valueAsString, [{ 'Fn::Join': ['', [{ Ref: 'Prefix' }, '*']] }]],
  ])('are found in %s', (_, prefix, patterns) => {
    const stack = newStack();
    requestIn(stack, { checkpointBucket: bucketIn(stack, 'checkpoints'), checkpointPrefix: prefix(stack) });
    expect(statementsOf(validTemplate(stack))).toContainEqual({
      Effect: 'Allow', Action: 's3:ListBucket', Resource: arn('s3:::checkpoints'), Condition: { StringLike: { 's3:prefix': patterns } },
    });
  });
});
