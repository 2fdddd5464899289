import { App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { arn, bucketIn, errorsOf, parametersIn, requestIn, statementsOf, warningsOf } from './training-support';
import { Distribution } from '../../src/training/distribution';
import { InputMode } from '../../src/training/input-mode';
import { TrainingCode } from '../../src/training/training-code';
import { TrainingFileSystem } from '../../src/training/training-file-system';
import { TrainingInput } from '../../src/training/training-input';
import { TrainingLogLevel } from '../../src/training/training-log-level';
import { temporaryDirectory } from '../support/disk';
import { newStack, validTemplate } from '../support/synthesis';

describe('code', () => {
  test('is packed with the app', () => {
    const stack = newStack();
    const directory = temporaryDirectory({ 'train.py': 'SM_MODEL_DIR' });
    const { HyperParameters } = parametersIn(stack, { code: TrainingCode.fromDirectory(directory, { entryPoint: 'train.py' }) });
    expect(HyperParameters.sagemaker_submit_directory).toMatch(/^"s3:\/\/cdk-hnb659fds-assets-123456789012-us-east-1\/[0-9a-f]{64}\.tar\.gz"$/);
    expect(statementsOf(validTemplate(stack))[0]).toEqual({
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: arn(`s3:::${HyperParameters.sagemaker_submit_directory.slice('"s3://'.length, -1)}`),
    });
  });

  test('is found fault with together with all else', () => {
    expect(errorsOf({ code: TrainingCode.fromDirectory('no/such', { entryPoint: 'train.py' }), retryAttempts: 0 })).toEqual([
      '`retryAttempts` must be a whole number from 1 to 30, got: 0', expect.stringMatching(/^`code` does not exist/),
    ]);
  });

  test('comes through a channel where there is no network', () => {
    const stack = newStack();
    const parameters = parametersIn(stack, { networkIsolation: true, inputMode: InputMode.PIPE });
    expect(parameters.EnableNetworkIsolation).toBe(true);
    expect(parameters.InputDataConfig[0]).toEqual({
      ChannelName: 'code',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://code/tf/sourcedir.tar.gz', S3DataDistributionType: 'FullyReplicated' } },
      InputMode: 'File',
    });
    expect(parameters.HyperParameters.sagemaker_submit_directory).toBe('"/opt/ml/input/data/code/sourcedir.tar.gz"');
    expect(statementsOf(validTemplate(stack)).slice(0, 2)).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: arn('s3:::code/tf/sourcedir.tar.gz') },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn('s3:::code'), Condition: { StringLike: { 's3:prefix': ['tf/sourcedir.tar.gz*'] } } },
    ]);
  });

  test('has the name of its object in the channel', () => {
    const directory = temporaryDirectory({ 'train.py': 'SM_MODEL_DIR' });
    const { HyperParameters } = parametersIn(newStack(), { networkIsolation: true, code: TrainingCode.fromDirectory(directory, { entryPoint: 'train.py' }) });
    expect(HyperParameters.sagemaker_submit_directory).toMatch(/^"\/opt\/ml\/input\/data\/code\/[0-9a-f]{64}\.tar\.gz"$/);
  });

  test('in a bucket with a key is decrypted', () => {
    const stack = newStack();
    const key = new Key(stack, 'Key');
    const bucket = new Bucket(stack, 'Encrypted', { encryptionKey: key });
    requestIn(stack, { code: TrainingCode.fromBucket(bucket, 'a.tar.gz', { entryPoint: 'train.py' }) });
    expect(statementsOf(validTemplate(stack))[1]).toEqual({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: stack.resolve(key.keyArn) });
  });

  test('that may not do what is meant is told of', () => {
    const directory = temporaryDirectory({ 'train.py': 'pass' });
    expect(warningsOf({ code: TrainingCode.fromDirectory(directory, { entryPoint: 'train.py' }) })).toEqual([
      expect.stringContaining('[ack: cdk-tensorflow-serving:noModelDirectory]'),
    ]);
  });
});

describe('hyperparameters', () => {
  test('are those of the user, of the distribution and of the container', () => {
    expect(parametersIn(newStack(), {
      hyperparameters: { 'epochs': 10, 'learning-rate': 0.001, 'optimizer': 'adam', 'shuffle': true },
      distribution: Distribution.mpi({ processesPerHost: 4, customMpiOptions: '--NCCL_DEBUG WARN' }),
      logLevel: TrainingLogLevel.WARNING,
      modelDir: '/opt/ml/model/x',
    }).HyperParameters).toEqual({
      'epochs': '10',
      'learning-rate': '0.001',
      'optimizer': '"adam"',
      'shuffle': 'true',
      'sagemaker_submit_directory': '"s3://code/tf/sourcedir.tar.gz"',
      'sagemaker_program': '"train.py"',
      'sagemaker_container_log_level': '30',
      'sagemaker_region': '"us-east-1"',
      'sagemaker_mpi_enabled': 'true',
      'sagemaker_mpi_num_of_processes_per_host': '4',
      'sagemaker_mpi_custom_mpi_options': '"--NCCL_DEBUG WARN"',
      'model_dir': '"/opt/ml/model/x"',
    });
  });

  test.each([
    [TrainingLogLevel.DEBUG, '10'], [TrainingLogLevel.INFO, '20'], [TrainingLogLevel.WARNING, '30'], [TrainingLogLevel.ERROR, '40'],
    [TrainingLogLevel.CRITICAL, '50'],
  ])('say that the level is %s', (logLevel, number) => {
    expect(parametersIn(newStack(), { logLevel }).HyperParameters.sagemaker_container_log_level).toBe(number);
  });

  test('leave place for those of the container, and for the name of the job', () => {
    const many = (count: number) => ({ hyperparameters: Object.fromEntries([...Array(count).keys()].map((index) => [`p${index}`, index])) });
    expect(errorsOf(many(94))).toEqual([]);
    expect(errorsOf(many(95))).toEqual([expect.stringMatching(/^`hyperparameters` must be at most 94, because 6 of the 100/)]);
    expect(errorsOf({ ...many(93), distribution: Distribution.mpi() })).toEqual([expect.stringMatching(/^`hyperparameters` must be at most 92/)]);
  });

  test('that a shell changes are told of', () => {
    const hyperparameters = { epochs: 1, layers: [1, 2], text: 'a b' };
    expect(warningsOf({ hyperparameters })).toEqual([
      'The script may not get layers, text as given: many releases of the training container pass arguments through a shell, which splits or changes '
      + 'empty texts, spaces and special characters. Read them from the variable SM_HPS, which has all hyperparameters as JSON '
      + '[ack: cdk-tensorflow-serving:hyperparameterThroughShell]',
    ]);
    expect(warningsOf({ hyperparameters, containerEntryPoint: ['/run'] })).toEqual([]);
  });

  test('may be tokens', () => {
    const stack = newStack();
    const { HyperParameters } = parametersIn(stack, {
      hyperparameters: {
        text: new CfnParameter(stack, 'Text').valueAsString,
        number: new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber,
        bucket: Fn.importValue('bucket'),
      },
    });
    expect(HyperParameters).toMatchObject({
      text: { 'Fn::Join': ['', ['"', { Ref: 'Text' }, '"']] }, number: { Ref: 'Number' }, bucket: { 'Fn::Join': ['', ['"', { 'Fn::ImportValue': 'bucket' }, '"']] },
    });
  });
});

describe('inputs', () => {
  const input = (stack: Stack) => TrainingInput.fromBucket(bucketIn(stack, 'data'), '');
  const many = (stack: Stack, count: number) => Object.fromEntries([...Array(count).keys()].map((index) => [`c${index}`, input(stack)]));

  test('are in the order of their names', () => {
    const stack = newStack();
    const { InputDataConfig } = parametersIn(stack, { inputs: { val: input(stack), train: input(stack) } });
    expect(InputDataConfig.map(({ ChannelName }: any) => ChannelName)).toEqual(['train', 'val']);
  });

  test('may be none', () => {
    expect(parametersIn(newStack(), { inputs: undefined })).not.toHaveProperty('InputDataConfig');
    expect(parametersIn(newStack(), { inputs: {} })).not.toHaveProperty('InputDataConfig');
  });

  test('are at most 20', () => {
    expect(errorsOf((stack) => ({ inputs: many(stack, 20) }))).toEqual([]);
    expect(errorsOf((stack) => ({ inputs: many(stack, 21) }))).toEqual(['`inputs` must be at most 20, got: 21']);
    expect(errorsOf((stack) => ({ inputs: many(stack, 19), networkIsolation: true, pretrainedModel: input(stack) }))).toEqual([
      '`inputs` must be at most 18, because channels are taken for code and model, got: 19',
    ]);
  });

  test.each(['', 'a b', 'ü', 'x'.repeat(65)])('have names, not "%s"', (name) => {
    expect(errorsOf((stack) => ({ inputs: { [name]: input(stack) } }))).toEqual([
      `\`inputs\` must have names of 1 to 64 letters, digits, dots, underscores and hyphens, got: ${JSON.stringify(name)}`,
    ]);
  });

  test('have names that are not taken', () => {
    const inputs = (stack: Stack) => ({ code: input(stack), model: input(stack), ['x'.repeat(64)]: input(stack) });
    expect(errorsOf((stack) => ({ inputs: inputs(stack) }))).toEqual([]);
    expect(errorsOf((stack) => ({ inputs: inputs(stack), networkIsolation: true, pretrainedModel: input(stack) }))).toEqual([
      '`inputs.code` must have another name: with `networkIsolation` this channel is taken',
      '`inputs.model` must have another name: with `pretrainedModel` this channel is taken',
    ]);
  });

  test('are found fault with, each by its name', () => {
    expect(errorsOf((stack) => ({
      inputs: { train: TrainingInput.fromBucket(bucketIn(stack, 'data'), '/a') }, pretrainedModel: TrainingInput.fromBucket(bucketIn(stack, 'data'), '/b'),
    }))).toEqual([
      '`inputs.train.prefix` must not begin with a slash, got: "/a"; remove it',
      '`pretrainedModel.prefix` must not begin with a slash, got: "/b"; remove it',
    ]);
  });

  test('have a model to go on from', () => {
    const stack = newStack();
    expect(parametersIn(stack, {
      inputMode: InputMode.PIPE, inputs: {}, pretrainedModel: TrainingInput.fromBucket(bucketIn(stack, 'models'), 'old/model.tar.gz'),
    }).InputDataConfig).toEqual([{
      ChannelName: 'model',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://models/old/model.tar.gz', S3DataDistributionType: 'FullyReplicated' } },
      ContentType: 'application/x-sagemaker-model',
      InputMode: 'File',
    }]);
  });

  test('of one bucket share their rights, and are decrypted', () => {
    const stack = newStack();
    const [bucketKey, objectKey] = [new Key(stack, 'BucketKey'), new Key(stack, 'ObjectKey')];
    const bucket = new Bucket(stack, 'Encrypted', { encryption: BucketEncryption.KMS, encryptionKey: bucketKey });
    requestIn(stack, {
      inputs: {
        a: TrainingInput.fromBucket(bucket, 'a/'),
        b: TrainingInput.fromBucket(bucket, 'b/'),
        c: TrainingInput.fromBucket(bucketIn(stack, 'data'), 'c', { encryptionKey: objectKey }),
        d: TrainingInput.fromBucket(bucket, 'a/'),
      },
    });
    const bucketArn = stack.resolve(bucket.bucketArn);
    expect(statementsOf(validTemplate(stack)).slice(1, 5)).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: [{ 'Fn::Join': ['', [bucketArn, '/a/*']] }, { 'Fn::Join': ['', [bucketArn, '/b/*']] }, arn('s3:::data/c*')],
      },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArn, Condition: { StringLike: { 's3:prefix': ['a/*', 'b/*'] } } },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn('s3:::data'), Condition: { StringLike: { 's3:prefix': ['c*'] } } },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: [stack.resolve(bucketKey.keyArn), stack.resolve(objectKey.keyArn)] },
    ]);
  });

  test('in a file system are reached by the instances, with rules in the stack of the job', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const network = new Stack(app, 'Network', { env });
    const vpc = new Vpc(network, 'Vpc');
    const fileSystem = new FileSystem(network, 'Efs', { vpc });
    const stack = new Stack(app, 'Stack', { env });
    const request = requestIn(stack, {
      vpc,
      inputs: {
        a: TrainingInput.fromFileSystem(TrainingFileSystem.efs(fileSystem), '/a'), b: TrainingInput.fromFileSystem(TrainingFileSystem.efs(fileSystem), '/b'),
      },
    });
    expect(request.connections?.securityGroups).toHaveLength(1);
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049, ToPort: 2049, Description: 'Training data' });
    expect(statementsOf(template).filter(({ Action }) => Action === 'elasticfilesystem:DescribeMountTargets').length).toBeGreaterThan(0);
  });
});
