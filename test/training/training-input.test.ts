import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { LustreDeploymentType, LustreFileSystem } from 'aws-cdk-lib/aws-fsx';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { InputMode } from '../../src/training/input-mode';
import { TrainingFileSystem } from '../../src/training/training-file-system';
import { TrainingInput } from '../../src/training/training-input';
import { FileSystemAccessMode, InputCompression, RecordWrapper, S3DataDistribution } from '../../src/training/training-input-options';
import type { BoundInput, InputUse } from '../../src/training/training-input-source';
import { sentences } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const USE: InputUse = { inputMode: InputMode.FILE, isInVpc: false };
const IN_VPC: InputUse = { ...USE, isInVpc: true };

const stack = newStack();
const bucket = bucketIn('data');

function bucketIn(name: string, region?: string): IBucket {
  return Bucket.fromBucketAttributes(stack, name, { bucketName: name, region });
}

function errors(input: TrainingInput, use: Partial<InputUse> = {}): string[] {
  return sentences(input._check(stack, 'inputs.train', { ...USE, ...use }));
}

function bind(input: TrainingInput, use: Partial<InputUse> = {}): BoundInput {
  expect(errors(input, use)).toEqual([]);
  return input._bind(stack, { ...USE, ...use });
}

/** The channel as it is sent: without what is undefined. */
function channel(input: TrainingInput, use: Partial<InputUse> = {}): unknown {
  return JSON.parse(JSON.stringify(stack.resolve(bind(input, use).channel)));
}


describe('a prefix in a bucket', () => {
  test('is all objects whose keys begin with it', () => {
    const input = TrainingInput.fromBucket(bucket, 'train/');
    expect(channel(input)).toEqual({
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/', S3DataDistributionType: 'FullyReplicated' } },
    });
    expect(bind(input)).toMatchObject({ reads: [{ bucket, prefix: 'train/' }], statements: [], peers: [] });
    expect(input._revision).toBeUndefined();
  });

  test('may be the whole bucket', () => {
    expect(channel(TrainingInput.fromBucket(bucket, ''))).toMatchObject({ DataSource: { S3DataSource: { S3Uri: 's3://data/' } } });
  });

  test('has all options', () => {
    const encryptionKey = new Key(stack, 'Key');
    const input = TrainingInput.fromBucket(bucket, 'train/', {
      inputMode: InputMode.PIPE,
      contentType: 'application/x-tfrecord',
      compression: InputCompression.GZIP,
      recordWrapper: RecordWrapper.RECORD_IO,
      distribution: S3DataDistribution.SHARDED_BY_S3_KEY,
      shuffleSeed: 0,
      instanceGroups: ['dnn'],
      encryptionKey,
      revision: '7',
    });
    expect(channel(input, { instanceGroups: ['data', 'dnn'] })).toEqual({
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix', S3Uri: 's3://data/train/', S3DataDistributionType: 'ShardedByS3Key', InstanceGroupNames: ['dnn'],
        },
      },
      ContentType: 'application/x-tfrecord',
      CompressionType: 'Gzip',
      RecordWrapperType: 'RecordIO',
      InputMode: 'Pipe',
      ShuffleConfig: { Seed: 0 },
    });
    expect(bind(input, { instanceGroups: ['dnn'] }).reads).toEqual([{ bucket, prefix: 'train/', encryptionKey }]);
    expect(input._revision).toBe('7');
  });

  test.each([
    ['/train', 'must not begin with a slash, got: "/train"; remove it'],
    ['s3://data/train', 'must be without the scheme and the bucket, got: "s3://data/train"; give what follows the bucket\'s name'],
    ['train/*', 'must have no * and no ?, which stand for other keys in a policy, got: "train/*"'],
  ])('is not %s', (prefix, error) => {
    expect(errors(TrainingInput.fromBucket(bucket, prefix))).toEqual([`\`inputs.train.prefix\` ${error}`]);
  });

  test('makes an address that is not too long', () => {
    expect(errors(TrainingInput.fromBucket(bucket, 'x'.repeat(1014)))).toEqual([]);
    expect(errors(TrainingInput.fromBucket(bucket, 'x'.repeat(1015)))).toEqual([
      expect.stringContaining('must make an address (s3://BUCKET/KEY) of at most 1024 characters, but makes one of 1025'),
    ]);
  });

  test('is in the region of the job', () => {
    expect(errors(TrainingInput.fromBucket(bucketIn('elsewhere', 'eu-west-1'), ''))).toEqual([
      '`inputs.train.bucket` must be in us-east-1, the region of the training job, got: "eu-west-1"',
    ]);
  });

  test('is no text that is not set', () => {
    expect(() => TrainingInput.fromBucket(bucket, undefined as unknown as string))
      .toThrow('[TrainingInput.fromBucket] `prefix` must be a text, not undefined');
  });
});

describe('what only Pipe mode does', () => {
  const gzip = TrainingInput.fromBucket(bucket, '', { compression: InputCompression.GZIP });
  const recordIo = TrainingInput.fromBucket(bucket, '', { recordWrapper: RecordWrapper.RECORD_IO });

  test.each([InputMode.FILE, InputMode.FAST_FILE])('is not done in %s mode', (inputMode) => {
    expect(errors(gzip, { inputMode })).toEqual([
      `\`inputs.train.compression\` must not be GZIP in ${inputMode} mode; give \`inputMode\` as InputMode.PIPE`,
    ]);
    expect(errors(recordIo, { inputMode })).toEqual([
      `\`inputs.train.recordWrapper\` must not be RECORD_IO in ${inputMode} mode; give \`inputMode\` as InputMode.PIPE`,
    ]);
  });

  test('is done in the Pipe mode of the job', () => {
    expect(errors(gzip, { inputMode: InputMode.PIPE })).toEqual([]);
    expect(errors(recordIo, { inputMode: InputMode.PIPE })).toEqual([]);
  });

  test('is not asked for by NONE', () => {
    expect(channel(TrainingInput.fromBucket(bucket, '', { compression: InputCompression.NONE, recordWrapper: RecordWrapper.NONE })))
      .toMatchObject({ CompressionType: 'None', RecordWrapperType: 'None' });
  });
});

test.each([[-1, false], [0, true], [Number.MAX_SAFE_INTEGER, true], [0.5, false]])('a seed of %d', (shuffleSeed, ok) => {
  expect(errors(TrainingInput.fromBucket(bucket, '', { shuffleSeed }))).toEqual(ok ? [] : [
    `\`inputs.train.shuffleSeed\` must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got: ${shuffleSeed}`,
  ]);
});

test.each([[256, true], [257, false]])('a MIME type of %d characters', (length, ok) => {
  const contentType = 'x'.repeat(length);
  const expected = ok ? [] : ['`inputs.train.contentType` must be at most 256 characters long, got: 257'];
  expect(errors(TrainingInput.fromBucket(bucket, '', { contentType }))).toEqual(expected);
  expect(errors(TrainingInput.fromFileSystem(TrainingFileSystem.efsById('fs-01234567'), '/', { contentType }), IN_VPC)).toEqual(expected);
});

test('groups are those of the job', () => {
  const input = (...instanceGroups: string[]) => TrainingInput.fromBucket(bucket, '', { instanceGroups });
  const groups = ['a', 'b', 'c', 'd', 'e'];
  expect(errors(input(...groups), { instanceGroups: groups })).toEqual([]);
  expect(errors(input('a'))).toEqual([
    '`inputs.train.instanceGroups` needs a job with `instanceGroups`, got: ["a"]; leave it out: all instances get the data',
  ]);
  expect(errors(input('x', 'a', 'a'), { instanceGroups: groups })).toEqual([
    '`inputs.train.instanceGroups[0]` must be one of the job\'s `instanceGroups`: a, b, c, d, e, got: "x"',
    '`inputs.train.instanceGroups` must name each only once, got: ["x","a","a"]',
  ]);
  expect(errors(input(), { instanceGroups: groups })).toEqual(['`inputs.train.instanceGroups` must have 1 to 5 entries, got: 0']);
});

test('what only the deployment knows is left alone', () => {
  const token = new CfnParameter(stack, 'Parameter').valueAsString;
  expect(errors(TrainingInput.fromBucket(bucket, token, { contentType: token, instanceGroups: [token] }), { instanceGroups: ['a'] })).toEqual([]);
  expect(errors(TrainingInput.fromBucket(bucket, '', { instanceGroups: ['a'] }), { instanceGroups: [token] })).toEqual([]);
  expect(errors(TrainingInput.fromManifest(bucket, token, { dataPrefix: token }))).toEqual([]);
  expect(errors(TrainingInput.fromAugmentedManifest(bucket, token, { attributeNames: [token] }))).toEqual([]);
  expect(errors(TrainingInput.fromFileSystem(TrainingFileSystem.fsxForLustreById(token, token), token), IN_VPC)).toEqual([]);
});

describe('a manifest', () => {
  test('lists the objects', () => {
    const input = TrainingInput.fromManifest(bucket, 'train.manifest');
    expect(channel(input)).toEqual({
      DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://data/train.manifest', S3DataDistributionType: 'FullyReplicated' } },
    });
    expect(bind(input).reads).toEqual([{ bucket, prefix: 'train.manifest' }, { bucket, prefix: '' }]);
  });

  test('may list objects of another bucket', () => {
    const dataBucket = bucketIn('images');
    expect(bind(TrainingInput.fromManifest(bucket, 'train.manifest', { dataBucket, dataPrefix: 'cats/', revision: '1' })).reads)
      .toEqual([{ bucket, prefix: 'train.manifest' }, { bucket: dataBucket, prefix: 'cats/' }]);
  });

  test.each(['', 'train/'])('has a key, not "%s"', (key) => {
    expect(errors(TrainingInput.fromManifest(bucket, key))).toEqual([
      `\`inputs.train.key\` must be the key of a manifest, not a prefix, got: "${key}"; give a prefix to TrainingInput.fromBucket`,
    ]);
  });

  test.each([InputMode.FILE, InputMode.PIPE])('is read in %s mode', (inputMode) => {
    expect(errors(TrainingInput.fromManifest(bucket, 'a', { inputMode }), { inputMode: InputMode.FAST_FILE, isInVpc: false })).toEqual([]);
  });

  test.each([
    ['of its own', { inputMode: InputMode.FAST_FILE }, InputMode.FILE], ['of the job', {}, InputMode.FAST_FILE],
  ])('is not read in a fast file mode %s', (_, options, inputMode) => {
    expect(errors(TrainingInput.fromManifest(bucket, 'a', options), { inputMode, isInVpc: false })).toEqual([
      '`inputs.train.inputMode` must not be FastFile for a manifest: that mode reads prefixes only; give `inputMode` as InputMode.FILE or InputMode.PIPE',
    ]);
  });

  test('lists objects that the job can read', () => {
    expect(errors(TrainingInput.fromManifest(bucket, 'a', { dataBucket: bucketIn('far', 'eu-west-1'), dataPrefix: '/x' }))).toEqual([
      '`inputs.train.dataBucket` must be in us-east-1, the region of the training job, got: "eu-west-1"',
      '`inputs.train.dataPrefix` must not begin with a slash, got: "/x"; remove it',
    ]);
  });

  test('is no text that is not set', () => {
    expect(() => TrainingInput.fromManifest(bucket, undefined as unknown as string))
      .toThrow('[TrainingInput.fromManifest] `key` must be a text, not undefined');
  });
});

describe('an augmented manifest', () => {
  test('is read in Pipe mode', () => {
    const input = TrainingInput.fromAugmentedManifest(bucket, 'a.manifest', { attributeNames: ['image-ref', 'label'] });
    expect(channel(input)).toEqual({
      DataSource: {
        S3DataSource: {
          S3DataType: 'AugmentedManifestFile',
          S3Uri: 's3://data/a.manifest',
          S3DataDistributionType: 'FullyReplicated',
          AttributeNames: ['image-ref', 'label'],
        },
      },
      InputMode: 'Pipe',
    });
    expect(bind(input).reads).toHaveLength(2);
  });

  test('may be wrapped, because it is read in Pipe mode', () => {
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames: ['a'], recordWrapper: RecordWrapper.RECORD_IO }))).toEqual([]);
  });

  test('is read in no other mode', () => {
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames: ['a'], inputMode: InputMode.PIPE }))).toEqual([]);
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames: ['a'] }), { inputMode: InputMode.FAST_FILE, isInVpc: false }))
      .toEqual([]);
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames: ['a'], inputMode: InputMode.FAST_FILE }))).toHaveLength(1);
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames: ['a'], inputMode: InputMode.FILE }))).toEqual([
      '`inputs.train.inputMode` must be InputMode.PIPE, the only way in which an augmented manifest is read, got: "File"; leave it out',
    ]);
  });

  test.each([[0, false], [1, true], [16, true], [17, false]])('has %d attributes', (count, ok) => {
    const attributeNames = [...Array(count).keys()].map((index) => `a${index}`);
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames }))).toEqual(ok ? [] : [
      `\`inputs.train.attributeNames\` must have 1 to 16 entries, got: ${count}`,
    ]);
  });

  test('has attributes with names', () => {
    expect(errors(TrainingInput.fromAugmentedManifest(bucket, 'a', { attributeNames: ['', 'x'.repeat(256), 'x'.repeat(257), ''] }))).toEqual([
      '`inputs.train.attributeNames[0]` must have from 1 to 256 characters, got: 0',
      '`inputs.train.attributeNames[2]` must have from 1 to 256 characters, got: 257',
      '`inputs.train.attributeNames[3]` must have from 1 to 256 characters, got: 0',
      expect.stringMatching(/^`inputs\.train\.attributeNames` must name each only once/),
    ]);
  });

  test('is no text that is not set', () => {
    expect(() => TrainingInput.fromAugmentedManifest(bucket, undefined as unknown as string, { attributeNames: ['a'] }))
      .toThrow('[TrainingInput.fromAugmentedManifest] `key` must be a text, not undefined');
  });
});

describe('a file system', () => {
  const vpc = new Vpc(new Stack(stack.node.root as never, 'Network', { env: { account: '123456789012', region: 'us-east-1' } }), 'Vpc');

  test('of EFS is mounted to be read', () => {
    const fileSystem = new FileSystem(stack, 'Efs', { vpc });
    const bound = bind(TrainingInput.fromFileSystem(TrainingFileSystem.efs(fileSystem), '/data'), IN_VPC);
    const Ref = stack.getLogicalId(fileSystem.node.defaultChild as never);
    expect(JSON.parse(JSON.stringify(stack.resolve(bound.channel)))).toEqual({
      DataSource: { FileSystemDataSource: { FileSystemId: { Ref }, FileSystemType: 'EFS', DirectoryPath: '/data', FileSystemAccessMode: 'ro' } },
    });
    expect(bound).toMatchObject({ reads: [], peers: [fileSystem] });
    expect(stack.resolve(bound.statements.map((statement) => statement.toStatementJson()))).toEqual([{
      Effect: 'Allow',
      Action: 'elasticfilesystem:DescribeMountTargets',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':elasticfilesystem:us-east-1:123456789012:file-system/', { Ref }]] },
    }]);
  });

  test('of EFS is known by its id too', () => {
    const input = TrainingInput.fromFileSystem(TrainingFileSystem.efsById('fs-0123456789abcdef0'), '/', {
      accessMode: FileSystemAccessMode.READ_WRITE, contentType: 'text/csv', revision: '1',
    });
    expect(channel(input, IN_VPC)).toEqual({
      DataSource: {
        FileSystemDataSource: { FileSystemId: 'fs-0123456789abcdef0', FileSystemType: 'EFS', DirectoryPath: '/', FileSystemAccessMode: 'rw' },
      },
      ContentType: 'text/csv',
    });
    expect(bind(input, IN_VPC).peers).toEqual([]);
    expect(input._revision).toBe('1');
  });

  test('of FSx for Lustre has the name that it is mounted by in its paths', () => {
    const fileSystem = new LustreFileSystem(stack, 'Lustre', {
      vpc, vpcSubnet: vpc.privateSubnets[0], storageCapacityGiB: 1200, lustreConfiguration: { deploymentType: LustreDeploymentType.SCRATCH_2 },
    });
    const bound = bind(TrainingInput.fromFileSystem(TrainingFileSystem.fsxForLustre(fileSystem), '/data'), IN_VPC);
    expect(stack.resolve(bound.channel)).toMatchObject({
      DataSource: {
        FileSystemDataSource: {
          FileSystemType: 'FSxLustre',
          DirectoryPath: { 'Fn::Join': ['', ['/', { 'Fn::GetAtt': [expect.stringMatching(/^Lustre/), 'LustreMountName'] }, '/data']] },
        },
      },
    });
    expect(bound.peers).toEqual([fileSystem]);
  });

  test('of FSx for Lustre is known by its id too', () => {
    const bound = bind(TrainingInput.fromFileSystem(TrainingFileSystem.fsxForLustreById('fs-0123456789abcdef0', 'fsx'), '/data'), IN_VPC);
    expect(bound.channel).toMatchObject({
      DataSource: { FileSystemDataSource: { FileSystemId: 'fs-0123456789abcdef0', FileSystemType: 'FSxLustre', DirectoryPath: '/fsx/data' } },
    });
    expect(bound.statements.map((statement) => stack.resolve(statement.toStatementJson()))).toEqual([
      { Effect: 'Allow', Action: 'fsx:DescribeFileSystems', Resource: '*' },
    ]);
  });

  test.each([InputMode.PIPE, InputMode.FAST_FILE])('is read as files in a job of %s mode', (inputMode) => {
    expect(channel(TrainingInput.fromFileSystem(TrainingFileSystem.efsById('fs-01234567'), '/'), { inputMode, isInVpc: true })).toMatchObject({ InputMode: 'File' });
  });

  test('needs a VPC, an id and an absolute path', () => {
    expect(errors(TrainingInput.fromFileSystem(TrainingFileSystem.efsById('efs-1'), 'data'))).toEqual([
      '`vpc` is required for `inputs.train`, a file system, which the job reaches through it; give the VPC of the file system',
      '`inputs.train.fileSystemId` must have the form fs-0123456789abcdef0, got: "efs-1"',
      '`inputs.train.directory` must begin with a slash, got: "data"; write /data',
    ]);
  });

  test.each([[4092, true], [4093, false]])('has paths that are not too long: %d characters and the name', (length, ok) => {
    const input = TrainingInput.fromFileSystem(TrainingFileSystem.fsxForLustreById('fs-01234567', 'fsx'), `/${'x'.repeat(length - 1)}`);
    expect(errors(input, IN_VPC)).toEqual(ok ? [] : ['`inputs.train.directory` must be at most 4096 characters long, got: 4097']);
  });

  test('is no text that is not set', () => {
    const missing = undefined as unknown as string;
    expect(() => TrainingFileSystem.efsById(missing)).toThrow('[TrainingFileSystem.efsById] `fileSystemId` must be a text, not undefined');
    expect(() => TrainingFileSystem.fsxForLustreById(missing, 'fsx')).toThrow('[TrainingFileSystem.fsxForLustreById] `fileSystemId` must be a text');
    expect(() => TrainingFileSystem.fsxForLustreById('fs-1', missing)).toThrow('[TrainingFileSystem.fsxForLustreById] `mountName` must be a text');
    expect(() => TrainingInput.fromFileSystem(TrainingFileSystem.efsById('fs-1'), missing))
      .toThrow('[TrainingInput.fromFileSystem] `directory` must be a text, not undefined');
  });
});
