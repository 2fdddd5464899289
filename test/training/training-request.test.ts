import { CfnParameter, Duration, Lazy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { plainValue } from './plain-values';
import { MATRIX } from './request-matrix';
import { arn, bucketIn, errorsIn, errorsOf, type Options, optionsIn, parametersIn, requestIn, statementsOf, warningsIn } from './training-support';
import { InstanceType, TensorFlowVersion } from '../../src';
import { TrainingCode } from '../../src/training/training-code';
import { TrainingFileSystem } from '../../src/training/training-file-system';
import { TrainingInput } from '../../src/training/training-input';
import { TrainingLogLevel } from '../../src/training/training-log-level';
import { trainingRequest } from '../../src/training/training-request';
import { temporaryDirectory } from '../support/disk';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

describe('a minimal request', () => {
  const stack = newStack();
  const request = requestIn(stack);

  test('has all that CreateTrainingJob needs but the name', () => {
    const roleId = stack.getLogicalId(request.role.node.defaultChild as never);
    expect(stack.resolve(request.parameters)).toEqual({
      AlgorithmSpecification: {
        TrainingImage: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-training:2.19.0-cpu-py312',
        TrainingInputMode: 'File',
        EnableSageMakerMetricsTimeSeries: true,
      },
      RoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
      HyperParameters: {
        sagemaker_submit_directory: '"s3://code/tf/sourcedir.tar.gz"',
        sagemaker_program: '"train.py"',
        sagemaker_container_log_level: '20',
        sagemaker_region: '"us-east-1"',
        model_dir: '"/opt/ml/model"',
      },
      InputDataConfig: [{
        ChannelName: 'training',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/', S3DataDistributionType: 'FullyReplicated' } },
      }],
      OutputDataConfig: { S3OutputPath: 's3://models/training' },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 86400 },
      ProfilerConfig: { DisableProfiler: true },
      Tags: [],
    });
  });

  test('says where the model is written', () => {
    expect(request).toMatchObject({ outputPrefix: 'training', isCompressed: true, addressesOfEachJob: [] });
    expect(request.outputBucket.bucketName).toBe('models');
    expect(request.outputEncryptionKey).toBeUndefined();
    expect(request.connections).toBeUndefined();
  });

  test('has a role with only the rights that it needs', () => {
    const template = validTemplate(stack);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'sagemaker.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        }],
      },
    });
    expect(statementsOf(template)).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: arn('s3:::code/tf/sourcedir.tar.gz') },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: arn('s3:::data/train/*') },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn('s3:::data'), Condition: { StringLike: { 's3:prefix': ['train/*'] } } },
      { Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: arn('s3:::models/training/*') },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: arn('ecr:us-east-1:763104351884:repository/tensorflow-training'),
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: [
          arn('logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs'),
          arn('logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:*'),
        ],
      },
      {
        Effect: 'Allow',
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs' } },
      },
    ]);
  });

  test('has nothing to tell', () => {
    expect(warningsIn(stack)).toEqual([]);
  });
});

test('a request in a stack that can be deployed anywhere finds the image and the region there', () => {
  const stack = agnosticStack();
  const { HyperParameters, AlgorithmSpecification } = parametersIn(stack, { instanceType: InstanceType.G5_XLARGE });
  expect(HyperParameters.sagemaker_region).toEqual({ 'Fn::Join': ['', ['"', { Ref: 'AWS::Region' }, '"']] });
  expect(AlgorithmSpecification.TrainingImage).toEqual({
    'Fn::Join': ['', [
      { 'Fn::FindInMap': ['TensorFlowOpenRegistries', { Ref: 'AWS::Region' }, 'account'] }, '.dkr.ecr.', { Ref: 'AWS::Region' }, '.',
      { Ref: 'AWS::URLSuffix' }, '/tensorflow-training:2.19.0-gpu-py312',
    ]],
  });
  validTemplate(stack);
});

describe.each(Object.keys(MATRIX))('the request with %s', (name) => {
  test('is made, in a template that CloudFormation takes', () => {
    const stack = newStack();
    const request = requestIn(stack, MATRIX[name](stack));
    validTemplate(stack);
    expect(plainValue(stack, request.parameters)).toMatchObject({ RoleArn: expect.stringMatching(/^arn:aws:iam::123456789012:role\//) });
  });
});

test('the matrix is large, and each of it that may change the model is another job', () => {
  const revisions = Object.values(MATRIX).map((more) => {
    const stack = newStack();
    return stack.resolve(requestIn(stack, more(stack)).revision);
  });
  expect(revisions.length).toBeGreaterThan(50);
  // these have something that does not change the model
  const same = Object.keys(MATRIX).filter((_, index) => revisions.indexOf(revisions[index]) !== index);
  expect(same).toEqual([
    'instances that are kept', 'instances that are not kept', 'a VPC with groups', 'metrics', 'TensorBoard', 'TensorBoard by default', 'Debugger',
    'Debugger by default', 'the profiler', 'all that is on or off', 'an experiment', 'tags', 'a role of its own',
  ]);
});

describe('the network', () => {
  test('of a VPC has subnets and groups', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const request = requestIn(stack, { vpc });
    const [group] = request.connections!.securityGroups;
    expect(stack.resolve(request.parameters.VpcConfig)).toEqual({
      Subnets: stack.resolve(vpc.privateSubnets.map(({ subnetId }) => subnetId)), SecurityGroupIds: [stack.resolve(group.securityGroupId)],
    });
    const template = validTemplate(stack);
    expect(statementsOf(template).slice(-2).map(({ Action }) => Action)).toEqual([
      [
        'ec2:CreateNetworkInterface', 'ec2:CreateNetworkInterfacePermission', 'ec2:DeleteNetworkInterface', 'ec2:DeleteNetworkInterfacePermission',
      ],
      ['ec2:DescribeDhcpOptions', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test.each([
    ['several instances', { instanceCount: 2 }, 1],
    ['instances of a number that is not known', { instanceCount: Lazy.number({ produce: () => 2 }) }, 1],
    ['groups', { instanceGroups: [{ name: 'a', instanceType: InstanceType.M5_XLARGE }, { name: 'b', instanceType: InstanceType.M5_XLARGE }] }, 1],
    ['a group of several', { instanceGroups: [{ name: 'a', instanceType: InstanceType.M5_XLARGE, instanceCount: 2 }] }, 1],
    ['a group of one', { instanceGroups: [{ name: 'a', instanceType: InstanceType.M5_XLARGE, instanceCount: 1 }] }, 0],
  ])('of a VPC lets %s reach each other', (_, more, count) => {
    const stack = newStack();
    requestIn(stack, { vpc: new Vpc(stack, 'Vpc'), ...more });
    validTemplate(stack).resourcePropertiesCountIs('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1' }, count);
  });

  test('has the groups of its user as they are', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const group = new SecurityGroup(stack, 'Group', { vpc });
    const request = requestIn(stack, { vpc, securityGroups: [group], vpcSubnets: { subnetType: SubnetType.PUBLIC }, instanceCount: 2 });
    expect(request.connections?.securityGroups).toEqual([group]);
    expect(stack.resolve(request.parameters.VpcConfig)).toMatchObject({ Subnets: stack.resolve(vpc.publicSubnets.map(({ subnetId }) => subnetId)) });
    validTemplate(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('needs a VPC for its parts', () => {
    expect(errorsOf((stack) => ({ vpcSubnets: {}, securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')] }))).toEqual([
      '`vpcSubnets` needs a VPC; give the `vpc` that they belong to', '`securityGroups` needs a VPC; give the `vpc` that they belong to',
    ]);
  });

  test.each([[0, false], [1, true], [5, true], [6, false]])('has %d groups', (count, ok) => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const securityGroups = [...Array(count).keys()].map((index) => SecurityGroup.fromSecurityGroupId(stack, `Group${index}`, `sg-${index}`));
    expect(errorsIn(stack, { vpc, securityGroups })).toEqual(ok ? [] : [count === 0
      ? '`securityGroups` must not be empty; leave it out for a new one'
      : '`securityGroups` must have 0 to 5 entries, got: 6']);
  });

  test.each([[16, true], [17, false]])('has %d subnets', (count, ok) => {
    const stack = newStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: [...Array(count).keys()].map((index) => `subnet-${index}`),
    });
    expect(errorsIn(stack, { vpc })).toEqual(ok ? [] : ['`vpcSubnets` must have 1 to 16 entries, got: 17']);
  });

  test('is encrypted between instances', () => {
    expect(parametersIn(newStack(), { encryptInterContainerTraffic: true })).toMatchObject({ EnableInterContainerTrafficEncryption: true });
  });
});

describe('the role', () => {
  test('may be one that is there', () => {
    const stack = newStack();
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/training');
    const request = requestIn(stack, { role });
    expect(request.role).toBe(role);
    expect(request.parameters.RoleArn).toBe('arn:aws:iam::123456789012:role/training');
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::IAM::Role', 0);
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: ['training'], PolicyName: Match.stringLikeRegexp('^StackTraining[0-9A-F]{8}Training$') });
  });

  test('that is there has policies of its own name in each region', () => {
    const stack = agnosticStack();
    requestIn(stack, { role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/training') });
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: { 'Fn::Join': ['', [Match.stringLikeRegexp('^StackTraining.*Training-$'), { Ref: 'AWS::Region' }]] },
    });
  });

  test('that cannot be changed is left alone', () => {
    const stack = newStack();
    requestIn(stack, {
      outputBucket: undefined, role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/training', { mutable: false }),
    });
    validTemplate(stack).resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('takes the tags of a session where these are chained', () => {
    const stack = newStack();
    expect(parametersIn(stack, { sessionTagChaining: true }).SessionChainingConfig).toEqual({ EnableSessionTagChaining: true });
    validTemplate(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Principal: { Service: 'sagemaker.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        }],
      },
    });
  });

  test('may let in who debugs', () => {
    const stack = newStack();
    expect(parametersIn(stack, { remoteDebug: true }).RemoteDebugConfig).toEqual({ EnableRemoteDebug: true });
    expect(statementsOf(validTemplate(stack))).toContainEqual({
      Effect: 'Allow',
      Action: [
        'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
      ],
      Resource: '*',
    });
  });

  test('has its rights before a job is started', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const request = requestIn(stack, { vpc });
    const user = new Bucket(stack, 'User');
    user.node.addDependency(request.dependable);
    const { DependsOn } = validTemplate(stack).findResources('AWS::S3::Bucket')[stack.getLogicalId(user.node.defaultChild as never)];
    expect(DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^TrainingPolicy/), expect.stringMatching(/^VpcPrivateSubnet/)]));
  });
});

test('a job is not started before it can connect to its file systems', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const fileSystem = new FileSystem(stack, 'Efs', { vpc });
  const request = requestIn(stack, { vpc, inputs: { training: TrainingInput.fromFileSystem(TrainingFileSystem.efs(fileSystem), '/') } });
  const user = new Bucket(stack, 'User');
  user.node.addDependency(request.dependable);
  const { DependsOn } = validTemplate(stack).findResources('AWS::S3::Bucket')[stack.getLogicalId(user.node.defaultChild as never)];
  expect(DependsOn).toEqual(expect.arrayContaining([
    expect.stringMatching(/^EfsEfsMountTarget1/), expect.stringMatching(/^EfsEfsMountTarget2/), expect.stringMatching(/^EfsEfsSecurityGroupfrom/),
    expect.stringMatching(/^TrainingSecurityGroup/),
  ]));
});

test('a job has the tags of its construct', () => {
  const stack = newStack();
  const scope = new Construct(stack, 'Training');
  const request = trainingRequest(scope, optionsIn(stack));
  Tags.of(stack).add('team', 'ml');
  Tags.of(scope).add('stage', 'test');
  validTemplate(stack);
  expect(stack.resolve(request.parameters.Tags)).toEqual([{ Key: 'stage', Value: 'test' }, { Key: 'team', Value: 'ml' }]);
});

test('a job has the tags of its stack, unless it has another value itself', () => {
  const stack = new Stack(undefined, 'Stack', { env: { account: '123456789012', region: 'us-east-1' }, tags: { team: 'ml', cost: '1' } });
  const scope = new Construct(stack, 'Training');
  const request = trainingRequest(scope, optionsIn(stack));
  Tags.of(scope).add('cost', '2');
  Template.fromStack(stack);
  expect(stack.resolve(request.parameters.Tags)).toEqual([{ Key: 'cost', Value: '2' }, { Key: 'team', Value: 'ml' }]);
});

describe('the tags of a job', () => {
  const faults = (tags: { readonly [key: string]: string }) => {
    const stack = newStack();
    const request = new Construct(stack, 'Training');
    trainingRequest(request, optionsIn(stack));
    Object.entries(tags).forEach(([key, value]) => Tags.of(request).add(key, value, { includeResourceTypes: ['AWS::SageMaker::TrainingJob'] }));
    try {
      Template.fromStack(stack);
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').slice(1).map((line) => line.replace(/^.*?\] /, ''));
    }
  };
  const many = (count: number) => Object.fromEntries([...Array(count).keys()].map((index) => [`k${index}`, '']));

  test.each([[50, []], [51, ['`tags` of a training job must be at most 50, got: 51']]])('may be 50: %d', (count, expected) => {
    expect(faults(many(count))).toEqual(expected);
  });

  test.each([
    ['x'.repeat(128)], ['ü 1_.:/=+-@'], [Lazy.string({ produce: () => '*' })],
  ])('may be %s', (text) => {
    expect(faults({ [text]: text })).toEqual([]);
  });

  test.each([
    ['x'.repeat(129)], ['a*'],
  ])('may not have the key %s', (key) => {
    expect(faults({ [key]: '' })).toEqual([
      `\`tags\` of a training job must have keys of 1 to 128 letters, digits, spaces and _.:/=+-@, got: "${key}"`,
    ]);
  });

  test.each(['aws:a', 'AWS:a'])('may not be those of AWS: %s', (key) => {
    expect(faults({ [key]: '' })).toEqual([`\`tags\` of a training job must not begin with aws:, which AWS keeps for itself, got: "${key}"`]);
  });

  test.each([['x'.repeat(256), true], ['x'.repeat(257), false], ['a*', false]])('have short and plain values: %s', (value, ok) => {
    expect(faults({ a: value })).toEqual(ok ? [] : [
      `\`tags.a\` of a training job must be at most 256 letters, digits, spaces and _.:/=+-@, got: "${value}"`,
    ]);
  });
});

describe('the revision', () => {
  const revision = (more: (stack: Stack) => Options = () => ({}), change?: (stack: Stack) => void) => {
    const stack = newStack();
    const request = requestIn(stack, more(stack));
    change?.(stack);
    validTemplate(stack);
    return stack.resolve(request.revision);
  };
  const usual = revision();

  test('is the same for the same job', () => {
    expect(usual).toMatch(/^[0-9a-f]{32}$/);
    expect(revision()).toBe(usual);
  });

  test('does not change with the order of what is given, nor with tags', () => {
    expect(revision(() => ({ hyperparameters: { a: 1, b: 2 } }))).toBe(revision(() => ({ hyperparameters: { b: 2, a: 1 } })));
    const input = (stack: Stack) => TrainingInput.fromBucket(bucketIn(stack, 'data'), '');
    expect(revision((stack) => ({ inputs: { a: input(stack), b: input(stack) } })))
      .toBe(revision((stack) => ({ inputs: { b: input(stack), a: input(stack) } })));
    expect(revision(() => ({}), (stack) => Tags.of(stack).add('team', 'ml'))).toBe(usual);
  });

  test('does not change with a setting that is given as it is by default', () => {
    expect(revision(() => ({ maxRuntime: Duration.hours(24), instanceCount: 1 }))).toBe(usual);
  });

  test.each<[string, (stack: Stack) => Options]>([
    ['the instances', () => ({ instanceCount: 2 })],
    ['variables', () => ({ environment: { A: '1' } })],
    ['isolation', () => ({ networkIsolation: true })],
    ['where the model goes', () => ({ outputPrefix: 'elsewhere' })],
    ['checkpoints', () => ({ checkpointPrefix: 'run' })],
    ['spot instances', () => ({ useSpotInstances: true, maxWait: Duration.days(2) })],
    ['the program', () => ({ containerArguments: ['a'] })],
    ['the longest time, at which a job leaves the model that it has', () => ({ maxRuntime: Duration.hours(1) })],
    ['hyperparameters', () => ({ hyperparameters: { a: 1 } })],
    ['the version', () => ({ version: TensorFlowVersion.V2_18 })],
    ['the code', () => ({ code: TrainingCode.fromFile(`${temporaryDirectory({ 'train.py': 'SM_MODEL_DIR' })}/train.py`) })],
    ['the revision of the code', (stack) => ({
      code: TrainingCode.fromBucket(bucketIn(stack, 'code'), 'tf/sourcedir.tar.gz', { entryPoint: 'train.py', revision: '2' }),
    })],
    ['the revision of an input', (stack) => ({ inputs: { training: TrainingInput.fromBucket(bucketIn(stack, 'data'), 'train/', { revision: '2' }) } })],
    ['the revision of all data', () => ({ dataRevision: '2' })],
  ])('changes with %s', (_, more) => {
    expect(revision(more)).not.toBe(usual);
    expect(revision(more)).toBe(revision(more));
  });

  test.each<[string, (stack: Stack) => Options]>([
    ['the time that instances are kept', () => ({ keepAlivePeriod: Duration.hours(1) })],
    ['retries', () => ({ retryAttempts: 3 })],
    ['the longest time to wait', () => ({ maxPendingTime: Duration.hours(1) })],
    ['the level of the log', () => ({ logLevel: TrainingLogLevel.DEBUG })],
    ['a shell', () => ({ remoteDebug: true })],
    ['tests of instances', () => ({ infraCheck: true })],
    ['tags of sessions', () => ({ sessionTagChaining: true })],
    ['metrics', () => ({ metricDefinitions: [{ name: 'loss', regex: 'loss: (.*)' }] })],
    ['metrics over time', () => ({ enableSageMakerMetrics: false })],
    ['a VPC', (stack) => ({ vpc: new Vpc(stack, 'Vpc') })],
    ['a role', (stack) => ({ role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/training') })],
    ['the profiler', () => ({ profiler: { rules: [{ name: 'a', evaluatorImageUri: 'b' }] } })],
    ['the debugger', () => ({ debuggerHook: { rules: [{ name: 'a', evaluatorImageUri: 'b' }] } })],
    ['TensorBoard', () => ({ tensorBoardOutput: {} })],
    ['an experiment', () => ({ experiment: { experimentName: 'e' } })],
  ])('does not change with %s, which the job has nonetheless', (_, more) => {
    expect(revision(more)).toBe(usual);
    expect(parametersIn(newStack())).not.toEqual((() => {
      const stack = newStack();
      return parametersIn(stack, more(stack));
    })());
  });

  test('does not change with the longest time on spot instances', () => {
    const withWait = (days: number) => revision(() => ({ useSpotInstances: true, maxWait: Duration.days(days) }));
    expect(withWait(3)).toBe(withWait(2));
  });

  test('is known at synthesis', () => {
    const late = Lazy.string({ produce: () => '1' });
    const error = (property: string) =>
      `\`${property}\` must be known when the app is synthesized, to tell one run from another; give a text, such as a date`;
    expect(errorsOf((stack) => ({
      dataRevision: late,
      code: TrainingCode.fromBucket(bucketIn(stack, 'code'), 'tf/sourcedir.tar.gz', { entryPoint: 'train.py', revision: late }),
      inputs: { training: TrainingInput.fromBucket(bucketIn(stack, 'data'), '', { revision: new CfnParameter(stack, 'Revision').valueAsString }) },
      pretrainedModel: TrainingInput.fromBucket(bucketIn(stack, 'models'), 'old/model.tar.gz', { revision: late }),
    }))).toEqual([error('inputs.training.revision'), error('pretrainedModel.revision'), error('dataRevision'), error('code.revision')]);
  });

  test('changes with the content of inputs', () => {
    const withData = (content: string) => revision(() => ({ inputs: { training: TrainingInput.fromAsset(temporaryDirectory({ 'a.csv': content })) } }));
    expect(withData('1')).toBe(withData('1'));
    expect(withData('2')).not.toBe(withData('1'));
  });
});
