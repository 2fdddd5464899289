import * as path from 'node:path';
import { App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { definitionOf, jobIn, resourcesOf } from './run-support';
import { arn, statementsOf } from './training-support';
import { InstanceType, ServingLogLevel, TensorFlowImage, TensorFlowVersion } from '../../src';
import { ModelApprovalStatus } from '../../src/training/model-approval-status';
import { ModelRegistration } from '../../src/training/model-registration';
import type { ModelRegistrationOptions } from '../../src/training/model-registration-options';
import type { TensorFlowTrainingJobProps } from '../../src/training/tensorflow-training-job';
import { TrainingRun } from '../../src/training/training-run';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

type Props = Partial<TensorFlowTrainingJobProps>;

const PREFIX = 'training/stack-training-0531f6c1-*';
const OWN = '123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1';

/** The state that registers, and the states around it. */
function statesOf(options: ModelRegistrationOptions, more: Props = {}): any {
  const stack = newStack();
  jobIn(stack, { registerIn: ModelRegistration.inGroupNamed('half-plus-three', options), ...more });
  return definitionOf(validTemplate(stack)).States;
}

/** What is asked of SageMaker. */
const requestOf = (options: ModelRegistrationOptions, more: Props = {}) => statesOf(options, more).Register.Parameters;

/** What is said of wrong options. */
function faultsOf(options: ModelRegistrationOptions, more: Props = {}, group = 'half-plus-three'): string[] {
  try {
    jobIn(newStack(), { registerIn: ModelRegistration.inGroupNamed(group, options), ...more });
    return [];
  } catch (error) {
    const [first, ...others] = (error as Error).message.replace('[Stack/Training] ', '').split('\n');
    return others.length === 0 ? [first] : others.map((line) => line.replace(/^ {2}- /, ''));
  }
}

/** The statements that registering takes, of those that the state machine's role has. */
function rightsIn(stack: Stack): any[] {
  return statementsOf(validTemplate(stack), 'TrainingStateMachineRole')
    .filter(({ Action }) => /^(sagemaker:CreateModelPackage$|ecr|s3|kms)/.test([Action].flat()[0]));
}

describe('a model that is registered', () => {
  test('by itself', () => {
    expect(statesOf({}).Register).toEqual({
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:sagemaker:createModelPackage',
      Parameters: {
        'ClientToken.$': 'States.Hash($.job.TrainingJobName, \'MD5\')',
        'ModelPackageGroupName': 'half-plus-three',
        'ModelApprovalStatus': 'PendingManualApproval',
        'InferenceSpecification': {
          Containers: [{
            'Image': '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.19.0-cpu',
            'Framework': 'TENSORFLOW',
            'FrameworkVersion': '2.19.0',
            'ModelDataUrl.$': '$.job.ModelArtifacts.S3ModelArtifacts',
          }],
          SupportedContentTypes: ['application/json', 'application/jsonlines', 'text/csv'],
        },
        'MetadataProperties': { 'GeneratedBy.$': '$.job.TrainingJobArn' },
      },
      ResultPath: '$.registration',
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Not registered' }],
      Next: 'Registered',
    });
  });

  test('with all that can be said of it', () => {
    expect(requestOf({
      approvalStatus: ModelApprovalStatus.APPROVED,
      description: 'Half of it, and three',
      realtimeInstanceTypes: [InstanceType.of('ml.g5.xlarge'), InstanceType.of('ml.g4dn.xlarge')],
      transformInstanceTypes: [InstanceType.of('ml.p3.2xlarge')],
      supportedContentTypes: ['application/json'],
      metadata: { team: 'vision' },
      sourceUri: 'https://example.com/commit/1',
      environment: { A: 'b' },
      logLevel: ServingLogLevel.WARN,
      version: TensorFlowVersion.V2_18,
    })).toMatchObject({
      ModelPackageDescription: 'Half of it, and three',
      ModelApprovalStatus: 'Approved',
      CustomerMetadataProperties: { team: 'vision' },
      SourceUri: 'https://example.com/commit/1',
      InferenceSpecification: {
        Containers: [{
          Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.18.0-gpu',
          FrameworkVersion: '2.18.0',
          Environment: { A: 'b', SAGEMAKER_TFS_NGINX_LOGLEVEL: 'warn', SAGEMAKER_GUNICORN_LOGLEVEL: 'warning' },
        }],
        SupportedContentTypes: ['application/json'],
        SupportedRealtimeInferenceInstanceTypes: ['ml.g5.xlarge', 'ml.g4dn.xlarge'],
        SupportedTransformInstanceTypes: ['ml.p3.2xlarge'],
      },
    });
  });

  test('has the release that serves what the job trains', () => {
    expect(requestOf({}, { version: TensorFlowVersion.V2_16 }).InferenceSpecification.Containers[0].FrameworkVersion).toBe('2.16.1');
  });

  test('has the image of Graviton where that is what it is for', () => {
    expect(requestOf({ realtimeInstanceTypes: [InstanceType.of('ml.c7g.large')] }, { version: TensorFlowVersion.V2_16 }).InferenceSpecification.Containers[0].Image)
      .toContain('tensorflow-inference-graviton:');
  });

  test('with an image of one\'s own is not said to be of a release', () => {
    const { Containers: [container] } = requestOf({ image: TensorFlowImage.fromUri(OWN) }).InferenceSpecification;
    expect(container).toEqual({ 'Image': OWN, 'ModelDataUrl.$': '$.job.ModelArtifacts.S3ModelArtifacts' });
  });

  test('of a job with an image of its own has a release that is given', () => {
    const { Containers: [container] } = requestOf({ version: TensorFlowVersion.V2_19 }, { version: undefined, image: TensorFlowImage.fromUri(OWN) })
      .InferenceSpecification;
    expect(container.Image).toContain('tensorflow-inference:2.19.0-cpu');
  });

  test('as files has their address with one slash at its end', () => {
    const states = statesOf({}, { compressOutput: false });
    expect(states['How has it ended?'].Choices.filter(({ Next }: any) => Next === 'Ends in a slash?')).toHaveLength(2);
    expect(states.Register.Parameters.InferenceSpecification.Containers[0]).toMatchObject({
      ModelDataSource: { S3DataSource: { 'S3Uri.$': '$.model.address', 'S3DataType': 'S3Prefix', 'CompressionType': 'None' } },
    });
    const address = '$.job.ModelArtifacts.S3ModelArtifacts';
    const pass = (value: string) => ({ Type: 'Pass', Parameters: { 'address.$': value }, ResultPath: '$.model', Next: 'Register' });
    expect([states['Ends in a slash?'], states['With its slash'], states['With a slash']]).toEqual([
      { Type: 'Choice', Choices: [{ Variable: address, StringMatches: '*/', Next: 'With its slash' }], Default: 'With a slash' },
      pass(address),
      pass(`States.Format('{}/', ${address})`),
    ]);
  });
});

describe('a run', () => {
  test.each([
    [TrainingRun.onDeploy(), 'Is success waited for?', 'Is failure waited for?'], [TrainingRun.onDemand(), 'Done', 'Failed'],
  ])('registers when its job is done, and has failed where it cannot', (run, done, failed) => {
    const states = statesOf({}, { run });
    expect(states['How has it ended?'].Choices.filter(({ Next }: any) => Next === 'Register')).toHaveLength(2);
    expect(states.Registered).toEqual({
      Type: 'Pass', InputPath: '$.registration.ModelPackageArn', ResultPath: '$.job.OutputModelPackageArn', Next: done,
    });
    expect(states['Not registered']).toEqual({
      Type: 'Pass',
      Parameters: {
        'text.$': 'States.Format(\'the model of training job {} could not be registered: {} ({})\', '
          + '$.job.TrainingJobName, $.error.Cause, $.error.Error)',
      },
      ResultPath: '$.reason',
      Next: failed,
    });
  });

  test('is not due because its model is to be registered', () => {
    const runOf = (props: Props) => {
      const stack = newStack();
      jobIn(stack, props);
      return resourcesOf(validTemplate(stack), 'Custom::TensorFlowTrainingRun')[0][0];
    };
    expect(runOf({ registerIn: ModelRegistration.inGroupNamed('group') })).toBe(runOf({}));
  });
});

describe('the state machine', () => {
  const models = [
    { Action: 's3:GetObject', Effect: 'Allow', Resource: arn(`s3:::models/${PREFIX}`) },
    { Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': [PREFIX] } }, Effect: 'Allow', Resource: arn('s3:::models') },
  ];
  const image = {
    Action: ['ecr:BatchGetImage', 'ecr:DescribeImages'], Effect: 'Allow', Resource: arn('ecr:us-east-1:763104351884:repository/tensorflow-inference'),
  };

  test('may register in a named group, and look at what it registers', () => {
    const stack = newStack();
    jobIn(stack, { registerIn: ModelRegistration.inGroupNamed('half-plus-three') });
    expect(rightsIn(stack)).toEqual([
      {
        Action: 'sagemaker:CreateModelPackage',
        Effect: 'Allow',
        Resource: [
          arn('sagemaker:us-east-1:123456789012:model-package-group/half-plus-three'), arn('sagemaker:us-east-1:123456789012:model-package/half-plus-three/*'),
        ],
      },
      image,
      ...models,
    ]);
  });

  test('may register in a group of the app', () => {
    const stack = newStack();
    const group = new CfnModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'half-plus-three' });
    jobIn(stack, { registerIn: ModelRegistration.inGroup(group) });
    expect(definitionOf(validTemplate(stack)).States.Register.Parameters.ModelPackageGroupName).toBe('group');
    const name = { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Group' }] }] }] }] };
    expect(rightsIn(stack)[0].Resource).toEqual([
      { Ref: 'Group' }, { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:us-east-1:123456789012:model-package/', name, '/*']] },
    ]);
  });

  test('may register in a group of another account', () => {
    const stack = newStack();
    const group = 'arn:aws:sagemaker:us-east-1:210987654321:model-package-group/half-plus-three';
    jobIn(stack, { registerIn: ModelRegistration.inGroupNamed(group) });
    expect(definitionOf(validTemplate(stack)).States.Register.Parameters.ModelPackageGroupName).toBe(group);
    expect(rightsIn(stack)[0].Resource).toEqual([group, arn('sagemaker:us-east-1:210987654321:model-package/half-plus-three/*')]);
  });

  test.each([
    [{}, 'Bucket'], [{ outputEncryptionKey: 'Given' }, 'Given'],
  ])('may decrypt models: %j', ({ outputEncryptionKey }: { outputEncryptionKey?: string }, id) => {
    const stack = newStack();
    const outputBucket = new Bucket(stack, 'Models', { encryptionKey: new Key(stack, 'Bucket') });
    jobIn(stack, {
      outputBucket,
      outputEncryptionKey: outputEncryptionKey === undefined ? undefined : new Key(stack, outputEncryptionKey),
      registerIn: ModelRegistration.inGroupNamed('group'),
    });
    expect(rightsIn(stack).at(-1)).toEqual({
      Action: 'kms:Decrypt', Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringMatching(`^${id}[0-9A-F]{8}$`), 'Arn'] },
    });
  });

  test('may look at an image of one\'s own', () => {
    const stack = newStack();
    const repository = new Repository(stack, 'Repository');
    jobIn(stack, { registerIn: ModelRegistration.inGroupNamed('group', { image: TensorFlowImage.fromEcrRepository(repository, '1') }) });
    expect(rightsIn(stack)[1]).toEqual({ ...image, Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Repository/), 'Arn'] } });
  });

  test('may look at an image that is built with the app', () => {
    const stack = newStack();
    const directory = path.join(__dirname, '..', 'fixtures');
    jobIn(stack, { registerIn: ModelRegistration.inGroupNamed('group', { image: TensorFlowImage.fromAsset(directory, { file: 'make_models.py' }) }) });
    expect(JSON.stringify(rightsIn(stack)[1].Resource)).toContain(':repository/cdk-hnb659fds-container-assets-123456789012-us-east-1');
  });

  test('may do so in a stack that can be deployed anywhere', () => {
    const stack = agnosticStack();
    jobIn(stack, { registerIn: ModelRegistration.inGroupNamed('group') });
    expect(rightsIn(stack)[0].Resource[1]).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':model-package/group/*']],
    });
  });
});

describe('what SageMaker would not take is an error', () => {
  test.each<[string, ModelRegistrationOptions, Props, string[]]>([
    ['an image beside a version', { version: TensorFlowVersion.V2_19, image: TensorFlowImage.fromUri(OWN) }, {}, [
      '`registerIn.version` and `image` exclude each other, got: "2.19"; give one of them',
    ]],
    ['no image', {}, { version: undefined, image: TensorFlowImage.fromUri(OWN) }, [
      '`registerIn.version` must be given, because the job has an image of its own, of which the version is not known; '
      + 'give the release of TensorFlow that serves, or an `image`',
    ]],
    ['an image in a private registry', { image: TensorFlowImage.fromPrivateRegistry('registry.example.com/own:1') }, {}, [
      '`registerIn.image` must be in Amazon ECR: a model package can name no other registry; copy the image to Amazon ECR',
    ]],
    ['a long description', { description: 'x'.repeat(1025) }, {}, [
      `\`registerIn.description\` must be at most 1024 characters, without line breaks, got: "${'x'.repeat(199)}...`,
    ]],
    ['a line break', { description: 'a\nb' }, {}, ['`registerIn.description` must be at most 1024 characters, without line breaks, got: "a\\nb"']],
    ['a symbol', { sourceUri: 'a|b' }, {}, ['`registerIn.sourceUri` must be at most 1024 letters, digits, spaces and punctuation marks, got: "a|b"']],
    ['no content type', { supportedContentTypes: [] }, {}, ['`registerIn.supportedContentTypes` must name at least one; leave it out']],
    ['an empty content type', { supportedContentTypes: ['text/csv', ''] }, {}, [
      '`registerIn.supportedContentTypes[1]` must be 1 to 256 characters, got: ""',
    ]],
    ['no types of instances', { realtimeInstanceTypes: [], transformInstanceTypes: [] }, {}, [
      '`registerIn.realtimeInstanceTypes` must name at least one; leave it out', '`registerIn.transformInstanceTypes` must name at least one; leave it out',
    ]],
    ['two processors', { realtimeInstanceTypes: [InstanceType.of('ml.c5.large'), InstanceType.of('ml.g5.xlarge')] }, {}, [
      '`registerIn.realtimeInstanceTypes` must have the processor of ml.c5.large: a version has one image, got: "ml.g5.xlarge"; '
      + 'name types with one processor only',
    ]],
    ['a processor for batches only', {
      realtimeInstanceTypes: [InstanceType.of('ml.c5.large')], transformInstanceTypes: [InstanceType.of('ml.g5.xlarge')],
    }, {}, [
      '`registerIn.transformInstanceTypes` must have the processor of ml.c5.large: a version has one image, got: "ml.g5.xlarge"; '
      + 'name types with one processor only',
    ]],
    ['no metadata', { metadata: {} }, {}, ['`registerIn.metadata` must have 1 to 50 entries, got: 0']],
    ['much metadata', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) }, {}, [
      '`registerIn.metadata` must have 1 to 50 entries, got: 51',
    ]],
    ['metadata that is no text', { metadata: { 'a#b': 'c', 'd': '' } }, {}, [
      '`registerIn.metadata` must have keys of 1 to 128 letters, digits, spaces and _.:/=+-@, got: "a#b"',
      '`registerIn.metadata.d` must be 1 to 256 letters, digits, spaces and _.:/=+-@, got: ""',
    ]],
    ['options of the container', { maxBatchSize: 0, environment: { 1: 'x' } }, {}, [
      '`registerIn.maxBatchSize` must be a whole number from 1 to 2147483647, got: 0',
      '`registerIn.environment` must have keys of at most 1024 letters, digits and _, the first no digit, got: "1"',
    ]],
  ])('%s', (_what, options, more, faults) => {
    expect(faultsOf(options, more)).toEqual(faults.map((fault) => typeof fault === 'string' && fault.endsWith('...') ? expect.stringContaining(fault) : fault));
  });

  test.each(['', '-a', 'a'.repeat(64), 'a_b', 'arn:aws:sagemaker:us-east-1:123456789012:model-package/a/1'])('the group %j', (group) => {
    expect(faultsOf({}, {}, group)).toEqual([
      '`registerIn.modelPackageGroupName` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, '
      + `got: ${JSON.stringify(group)}`,
    ]);
  });

  test('a group in another region', () => {
    expect(faultsOf({}, {}, 'arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/a')).toEqual([
      '`registerIn.modelPackageGroupName` must be in us-east-1, the region of the training job, got: "eu-west-1"',
    ]);
    const app = new App();
    const group = new CfnModelPackageGroup(new Stack(app, 'Other', { env: { account: '123456789012', region: 'eu-west-1' } }), 'Group', {
      modelPackageGroupName: 'a',
    });
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
    expect(() => jobIn(stack, { registerIn: ModelRegistration.inGroup(group) })).toThrow(
      '[Stack/Training] `registerIn.group` must be in us-east-1, the region of the training job, got: "eu-west-1"');
  });
});

test('what is at the limits, or known later, is fine', () => {
  const stack = newStack();
  const text = new CfnParameter(stack, 'Text').valueAsString;
  jobIn(stack, {
    registerIn: ModelRegistration.inGroupNamed('a'.repeat(63), {
      description: 'x'.repeat(1024),
      sourceUri: 'x'.repeat(1024),
      metadata: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}`.padStart(128, 'k'), 'v'.repeat(256)])),
      supportedContentTypes: ['x'.repeat(256)],
    }),
  }, 'AtLimits');
  jobIn(stack, {
    registerIn: ModelRegistration.inGroupNamed(text, {
      description: text, sourceUri: text, metadata: { a: text }, supportedContentTypes: Fn.split(',', text), environment: { A: text },
    }),
  }, 'KnownLater');
  validTemplate(stack);
});
