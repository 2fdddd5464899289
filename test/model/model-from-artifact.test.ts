import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, CfnOutput, Duration, Lazy, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Grant, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import {
  EndpointVariant, InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, type ModelFromArtifactProps, TensorFlowImage,
  TensorFlowServingEndpoint, TensorFlowVersion,
} from '../../src';
import { temporaryDirectory } from '../support/disk';
import { agnosticStack, MODELS, newStack, validTemplate } from '../support/synthesis';

const CODE = path.join(__dirname, '..', '..', 'integ', 'inference');

function inBucket(stack: Stack, props: Partial<ModelFromArtifactProps> = {}): ModelFromArtifact {
  const bucket = Bucket.fromBucketName(stack, 'Bucket', 'models');
  return new ModelFromArtifact(stack, 'Model', {
    artifact: ModelArtifact.fromBucket(bucket, 'models/7/model.tar.gz'),
    version: props.image === undefined ? TensorFlowVersion.V2_19 : undefined,
    ...props,
  });
}

/** The ids of the policies that a construct has in a stack. */
function policiesOf(stack: Stack, id: string): string[] {
  return Object.keys(validTemplate(stack).findResources('AWS::IAM::Policy')).filter((policy) => policy.startsWith(id));
}

describe('a minimal model', () => {
  let stack: Stack;
  let template: Template;

  beforeEach(() => {
    stack = newStack();
    inBucket(stack);
    template = validTemplate(stack);
  });

  test('is one SageMaker model for the CPU, with no name of its own, cut off from the network', () => {
    template.resourceCountIs('AWS::SageMaker::Model', 1);
    const [model] = Object.values(template.findResources('AWS::SageMaker::Model'));
    expect(model.Properties).toEqual({
      ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ModelRole/), 'Arn'] },
      EnableNetworkIsolation: true,
      PrimaryContainer: {
        Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.19.0-cpu',
        ModelDataUrl: 's3://models/models/7/model.tar.gz',
      },
    });
  });

  test('has a role that only SageMaker can assume, for this account, with no managed policy', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'sagemaker.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        }],
      },
      ManagedPolicyArns: Match.absent(),
    });
  });

  test('may read the artifact, pull the image, and write its logs and metrics, and nothing else', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
      .map(({ Action, Resource, Condition }) => ({ actions: [Action].flat().sort(), resources: stack.resolve(Resource), condition: Condition }));
    const partition = { Ref: 'AWS::Partition' };
    expect(statements).toHaveLength(5);
    expect(statements).toEqual(expect.arrayContaining([
      {
        actions: ['s3:GetObject'],
        resources: { 'Fn::Join': ['', ['arn:', partition, ':s3:::models/models/7/model.tar.gz']] },
        condition: undefined,
      },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: { 'Fn::Join': ['', ['arn:', partition, ':logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/*']] },
        condition: undefined,
      },
      {
        actions: ['cloudwatch:PutMetricData'],
        resources: '*',
        condition: { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/Endpoints' } },
      },
      {
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: { 'Fn::Join': ['', ['arn:', partition, ':ecr:us-east-1:763104351884:repository/tensorflow-inference']] },
        condition: undefined,
      },
      { actions: ['ecr:GetAuthorizationToken'], resources: '*', condition: undefined },
    ]));
  });

  test('is made after its rights', () => {
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    const [model] = Object.values(template.findResources('AWS::SageMaker::Model'));
    expect(policies).toHaveLength(1);
    expect(model.DependsOn).toEqual(policies);
  });
});

test('a maximal model has all that was given', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'i', subnetType: SubnetType.PRIVATE_ISOLATED }] });
  const group = new SecurityGroup(stack, 'Group', { vpc });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
  const model = inBucket(stack, {
    version: TensorFlowVersion.of('2.16'),
    environment: { MINE: 'x' },
    maxBatchSize: 16,
    modelLoadTimeout: Duration.minutes(3),
    defaultModelName: 'half_plus_three',
    networkIsolation: false,
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroups: [group],
    role,
  });
  expect(model.role).toBe(role);
  expect(model.connections.securityGroups).toEqual([group]);

  const template = validTemplate(stack);
  template.resourceCountIs('AWS::IAM::Role', 1);
  template.hasResourceProperties('AWS::SageMaker::Model', {
    EnableNetworkIsolation: false,
    ExecutionRoleArn: stack.resolve(role.roleArn),
    PrimaryContainer: {
      Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.16-cpu',
      Environment: {
        MINE: 'x',
        SAGEMAKER_TFS_ENABLE_BATCHING: 'true',
        SAGEMAKER_TFS_MAX_BATCH_SIZE: '16',
        SAGEMAKER_TFS_WAIT_TIME_SECONDS: '180',
        SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'half_plus_three',
      },
    },
    VpcConfig: {
      SecurityGroupIds: [stack.resolve(group.securityGroupId)],
      Subnets: vpc.isolatedSubnets.map((subnet) => stack.resolve(subnet.subnetId)),
    },
  });
});

describe('in a VPC', () => {
  test('the model has a security group of its own in the private subnets, and the rights to its network interfaces', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const model = inBucket(stack, { vpc });
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::SageMaker::Model', {
      VpcConfig: { Subnets: vpc.privateSubnets.map((subnet) => stack.resolve(subnet.subnetId)) },
    });
    const arn = (resource: string, id: unknown, account: string) =>
      ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ec2:us-east-1:${account}:${resource}/`, id]] });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: [
              'ec2:CreateNetworkInterface', 'ec2:CreateNetworkInterfacePermission',
              'ec2:DeleteNetworkInterface', 'ec2:DeleteNetworkInterfacePermission',
            ],
            Effect: 'Allow',
            Resource: [
              { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:us-east-1:123456789012:network-interface/*']] },
              ...vpc.privateSubnets.map((subnet) => arn('subnet', stack.resolve(subnet.subnetId), '*')),
              arn('security-group', stack.resolve(model.connections.securityGroups[0].securityGroupId), '123456789012'),
            ],
          },
          {
            Action: [
              'ec2:DescribeDhcpOptions', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs',
            ],
            Effect: 'Allow',
            Resource: '*',
          },
        ]),
      },
    });
  });

  test('at most 5 security groups are taken', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
    const groups = (count: number) => Array.from({ length: count }, (_, i) => SecurityGroup.fromSecurityGroupId(stack, `G${count}${i}`, `sg-${i}`));
    expect(() => inBucket(stack, { vpc, vpcSubnets: { subnetType: SubnetType.PUBLIC }, securityGroups: groups(6) }))
      .toThrow('[Stack/Model] `securityGroups` must be at most 5 security groups, got: 6');
    expect(() => new ModelFromArtifact(stack, 'Other', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'B', 'models'), 'm.tar.gz'),
      version: TensorFlowVersion.V2_19,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      securityGroups: groups(5),
    })).not.toThrow();
  });

  test('at most 16 subnets are taken', () => {
    const vpcOf = (stack: Stack, count: number) => Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: Array.from({ length: count }, (_, i) => `us-east-1${String.fromCharCode(97 + i)}`),
      privateSubnetIds: Array.from({ length: count }, (_, i) => `subnet-${i}`),
    });
    const most = newStack();
    expect(() => inBucket(most, { vpc: vpcOf(most, 16) })).not.toThrow();
    const more = newStack();
    expect(() => inBucket(more, { vpc: vpcOf(more, 17) })).toThrow('[Stack/Model] `vpcSubnets` must be at most 16 subnets, got: 17');
  });

  test('inference code can reach it: the container is not cut off', () => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
      code: InferenceCode.fromDirectory(CODE),
      vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
    });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { EnableNetworkIsolation: false });
  });

  test('subnets and security groups need it', () => {
    const stack = newStack();
    expect(() => inBucket(stack, { vpcSubnets: {}, securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'G', 'sg-1')] })).toThrow(
      '[Stack/Model] 2 values are invalid:\n'
      + '  - `vpcSubnets` needs a VPC; give the `vpc` that they belong to\n'
      + '  - `securityGroups` needs a VPC; give the `vpc` that they belong to');
  });

  test('an empty list of security groups is refused', () => {
    const stack = newStack();
    expect(() => inBucket(stack, { vpc: new Vpc(stack, 'Vpc'), securityGroups: [] }))
      .toThrow('[Stack/Model] `securityGroups` must not be empty; leave it out for a new one');
  });

  test('outside of one there are no connections', () => {
    expect(() => inBucket(newStack()).connections)
      .toThrow('[Stack/Model] `connections` exist only for a model in a VPC; give the model a `vpc`');
  });
});

describe('a model from files', () => {
  test('is an archive named by its content, in the assets of the app', () => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')), version: TensorFlowVersion.V2_19,
    });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: {
        ModelDataUrl: Match.stringLikeRegexp('^s3://cdk-hnb659fds-assets-123456789012-us-east-1/[0-9a-f]{64}\\.tar\\.gz$'),
        Environment: Match.absent(),
      },
    });
  });

  test('may read that object alone', () => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')), version: TensorFlowVersion.V2_19,
    });
    const template = validTemplate(stack);
    const [model] = Object.values(template.findResources('AWS::SageMaker::Model'));
    const key = model.Properties.PrimaryContainer.ModelDataUrl.replace('s3://', '');
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 's3:GetObject', Effect: 'Allow', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${key}`]] } },
        ]),
      },
    });
  });

  test('of several models the first in byte order answers requests that name none', () => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromSavedModel(MODELS), version: TensorFlowVersion.V2_19 });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { Environment: { SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'census' } },
    });
  });

  test('another one can be chosen, by the option or by the variable', () => {
    for (const props of [{ defaultModelName: 'lstm' }, { environment: { SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'lstm' } }]) {
      const stack = newStack();
      new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromSavedModel(MODELS), version: TensorFlowVersion.V2_19, ...props });
      validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', {
        PrimaryContainer: { Environment: { SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'lstm' } },
      });
    }
  });

  test('a default that is not among them is refused', () => {
    expect(() => new ModelFromArtifact(newStack(), 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'versions')), version: TensorFlowVersion.V2_19, defaultModelName: 'nope',
    })).toThrow('[Stack/Model] `defaultModelName` must be a model of the artifact, which has versions, got: "nope"');
  });
});

describe('uncompressed data in a bucket', () => {
  test('is a data source, whose prefix alone may be listed and read', () => {
    const stack = newStack();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'models');
    new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromBucketPrefix(bucket, 'models/7/'), version: TensorFlowVersion.V2_19 });
    const template = validTemplate(stack);
    template.hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: {
        ModelDataUrl: Match.absent(),
        ModelDataSource: { S3DataSource: { S3Uri: 's3://models/models/7/', S3DataType: 'S3Prefix', CompressionType: 'None' } },
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 's3:GetObject', Effect: 'Allow', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::models/models/7/*']] } },
          {
            Action: 's3:ListBucket',
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::models']] },
            Condition: { StringLike: { 's3:prefix': ['models/7/*'] } },
          },
        ]),
      },
    });
  });
});

test('the key of the bucket may be used to decrypt the artifact', () => {
  const stack = newStack();
  const encryptionKey = new Key(stack, 'Key');
  const bucket = new Bucket(stack, 'Bucket', { encryptionKey });
  new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromBucket(bucket, 'model.tar.gz'), version: TensorFlowVersion.V2_19 });
  validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: stack.resolve(encryptionKey.keyArn) }]) },
  });
});

test('a new revision of the same object is a new model', () => {
  const models = ['1', '2'].map((revision) => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'model.tar.gz', { revision }),
      version: TensorFlowVersion.V2_19,
    });
    return Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'))[0].Properties.PrimaryContainer;
  });
  expect(models[0]).toMatchObject({ Environment: { MODEL_ARTIFACT_REVISION: '1' } });
  expect(models[1]).toMatchObject({ Environment: { MODEL_ARTIFACT_REVISION: '2' } });
});

describe('rights of their own, which take nothing from the instances that are there, come with', () => {
  const rightsOf = (props: (stack: Stack) => Partial<ModelFromArtifactProps>): string[] => {
    const stack = newStack();
    inBucket(stack, props(stack));
    return Object.keys(validTemplate(stack).findResources('AWS::IAM::Policy')).filter((id) => id.startsWith('ModelRights'));
  };
  const code = (content: string) => InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': `def handler(data, context): ${content}` }));
  const role = (stack: Stack) => new Role(stack, 'Own', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
  const subnets = (stack: Stack, subnetType: SubnetType) => ({ vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }), vpcSubnets: { subnetType } });

  test.each<[string, (stack: Stack) => Partial<ModelFromArtifactProps>, (stack: Stack) => Partial<ModelFromArtifactProps>]>([
    ['other code for an archive in a bucket', () => ({ code: code('pass') }), () => ({ code: code('return') })],
    ['another role', () => ({}), (stack) => ({ role: role(stack) })],
    ['other subnets', (stack) => subnets(stack, SubnetType.PUBLIC), (stack) => subnets(stack, SubnetType.PRIVATE_WITH_EGRESS)],
    ['another image', () => ({ version: TensorFlowVersion.of('1.12.0') }), () => ({ version: TensorFlowVersion.V2_19 })],
  ])('%s', (_, before, after) => {
    const [one, other] = [rightsOf(before), rightsOf(after)];
    expect([one.length, other.length]).toEqual([1, 1]);
    expect(one).not.toEqual(other);
  });
});

test('a changed artifact has rights of its own, so that the old instances can read the old one until they are gone', () => {
  const policies = [['models', 'a.tar.gz'], ['models', 'b.tar.gz'], ['others', 'a.tar.gz']].map(([bucket, key]) => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Bucket', bucket), key), version: TensorFlowVersion.V2_19,
    });
    return Object.keys(validTemplate(stack).findResources('AWS::IAM::Policy'));
  });
  expect(policies.map((ids) => ids.length)).toEqual([1, 1, 1]);
  expect(new Set(policies.flat()).size).toBe(3);
});

describe('one model on several processors', () => {
  const on = (stack: Stack, id: string, model: ModelFromArtifact, type: string) =>
    new TensorFlowServingEndpoint(stack, id, { model, instanceType: InstanceType.of(type) });
  const images = (stack: Stack) => Object.fromEntries(Object.entries(validTemplate(stack).findResources('AWS::SageMaker::Model'))
    .map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), Properties.PrimaryContainer.Image.split(':').pop()]));

  test('is one SageMaker model for each image, whatever the order', () => {
    for (const types of [['ml.c5.large', 'ml.g5.xlarge', 'ml.c6g.large'], ['ml.c6g.large', 'ml.g5.xlarge', 'ml.c5.large']]) {
      const stack = newStack();
      const model = inBucket(stack, { version: TensorFlowVersion.V2_16 });
      types.forEach((type, index) => on(stack, `Endpoint${index}`, model, type));
      expect(images(stack)).toEqual({
        Model: '2.16.1-cpu', // as the construct itself
        ModelGpuResource: '2.16.1-gpu',
        ModelGravitonResource: '2.16.1-cpu-py310-ubuntu20.04-sagemaker',
      });
    }
  });

  test('makes none for the CPU if nothing runs on it', () => {
    const stack = newStack();
    on(stack, 'Endpoint', inBucket(stack), 'ml.g5.xlarge');
    expect(images(stack)).toEqual({ ModelGpuResource: '2.19.0-gpu' });
  });

  test('shares the one of a processor', () => {
    const stack = newStack();
    const model = inBucket(stack);
    on(stack, 'One', model, 'ml.c5.large');
    on(stack, 'Two', model, 'ml.m5.xlarge');
    expect(images(stack)).toEqual({ Model: '2.19.0-cpu' });
  });

  test('has the name of the only one', () => {
    const stack = newStack();
    const model = inBucket(stack);
    const { modelName, modelArn } = model; // before it is known which one that is
    on(stack, 'Endpoint', model, 'ml.g5.xlarge');
    const [gpu, ...others] = Object.keys(validTemplate(stack).findResources('AWS::SageMaker::Model'));
    expect(others).toEqual([]);
    expect(stack.resolve(modelName)).toEqual({ 'Fn::GetAtt': [gpu, 'ModelName'] });
    expect(stack.resolve(modelArn)).toEqual({ Ref: gpu });
  });

  test('has the name of the one for the CPU, if it is several', () => {
    const stack = newStack();
    const model = inBucket(stack);
    on(stack, 'Gpu', model, 'ml.g5.xlarge');
    on(stack, 'Cpu', model, 'ml.c5.xlarge');
    const cpu = Object.keys(validTemplate(stack).findResources('AWS::SageMaker::Model')).filter((id) => !id.includes('Gpu'))[0];
    expect(stack.resolve(model.modelName)).toEqual({ 'Fn::GetAtt': [cpu, 'ModelName'] });
  });

  test('has a name in its stack though only another stack serves it', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [models, endpoints] = [new Stack(app, 'Models', { env }), new Stack(app, 'Endpoints', { env })];
    const model = inBucket(models);
    on(endpoints, 'Endpoint', model, 'ml.c5.large');
    new CfnOutput(models, 'Name', { value: model.modelName });
    validTemplate(models).resourceCountIs('AWS::SageMaker::Model', 1);
  });

  test('is made in the stack of its user, so that no export ever has to change', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [models, endpoints] = [new Stack(app, 'Models', { env }), new Stack(app, 'Endpoints', { env })];
    on(endpoints, 'Endpoint', inBucket(models), 'ml.c5.large');
    validTemplate(models).resourceCountIs('AWS::SageMaker::Model', 0);
    validTemplate(endpoints).resourceCountIs('AWS::SageMaker::Model', 1);
    const exported = Object.values(validTemplate(models).findOutputs('*')).map((output) => JSON.stringify(output.Value));
    expect(exported).toHaveLength(2);
    expect(exported.filter((value) => !value.includes('ModelRole'))).toEqual([]); // its name and its ARN, which stay
  });

  test('is one for all endpoints of another stack', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [models, endpoints] = [new Stack(app, 'Models', { env }), new Stack(app, 'Endpoints', { env })];
    const model = inBucket(models);
    on(endpoints, 'One', model, 'ml.c5.large');
    on(endpoints, 'Two', model, 'ml.c5.large');
    validTemplate(endpoints).resourceCountIs('AWS::SageMaker::Model', 1);
    expect(policiesOf(endpoints, 'TensorFlowModel')).toHaveLength(1);
  });

  test('has the name of the one for the CPU, which is made with its rights and tags, if it is on several others', () => {
    const stack = newStack();
    Tags.of(stack).add('team', 'ml');
    const model = inBucket(stack, { version: TensorFlowVersion.V2_16 });
    on(stack, 'Gpu', model, 'ml.g5.xlarge');
    on(stack, 'Graviton', model, 'ml.c6g.large');
    new CfnOutput(stack, 'Name', { value: model.modelName });
    const made = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
    expect(made).toHaveLength(3);
    expect(made.map(({ DependsOn, Properties }) => [DependsOn.length, Properties.Tags])).toEqual(Array(3).fill([1, [{ Key: 'team', Value: 'ml' }]]));
  });

  test('has no name that was first asked for when the app is synthesized', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [models, endpoints] = [new Stack(app, 'Models', { env }), new Stack(app, 'Endpoints', { env })];
    const model = inBucket(models);
    on(endpoints, 'Endpoint', model, 'ml.c5.large');
    new CfnOutput(models, 'Name', { value: Lazy.string({ produce: () => model.modelName }) });
    expect(() => app.synth()).toThrow('[Models/Model] `modelName` must be read before the app is synthesized');
  });

  test('two models of another stack can be variants of one endpoint', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [models, endpoints] = [new Stack(app, 'Models', { env }), new Stack(app, 'Endpoints', { env })];
    const bucket = Bucket.fromBucketName(models, 'Bucket', 'models');
    new TensorFlowServingEndpoint(endpoints, 'Endpoint', {
      variants: ['blue', 'green'].map((name) => EndpointVariant.onInstances(name, {
        model: new ModelFromArtifact(models, name, { artifact: ModelArtifact.fromBucket(bucket, `${name}.tar.gz`), version: TensorFlowVersion.V2_19 }),
        instanceType: InstanceType.of('ml.c5.large'),
      })),
    });
    expect(Object.values(validTemplate(endpoints).findResources('AWS::SageMaker::Model')).map(({ Properties }) => Properties.PrimaryContainer.ModelDataUrl))
      .toEqual(['s3://models/blue.tar.gz', 's3://models/green.tar.gz']);
  });

  test('in another stack takes its files and its rights along, and leaves nothing that would have to change behind', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [models, endpoints] = [new Stack(app, 'Models', { env }), new Stack(app, 'Endpoints', { env })];
    on(endpoints, 'Endpoint', new ModelFromArtifact(models, 'Model', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(models, 'Bucket', 'models'), 'model.tar.gz'),
      version: TensorFlowVersion.V2_19,
      code: InferenceCode.fromDirectory(CODE),
    }), 'ml.c5.large');
    expect(Object.values(validTemplate(models).toJSON().Resources).map(({ Type }: any) => Type)).toEqual(['AWS::IAM::Role']);
    const exported = Object.values(validTemplate(models).findOutputs('*')).map((output) => JSON.stringify(output.Value));
    expect(exported.filter((value) => !value.includes('ModelRole'))).toEqual([]);
    validTemplate(endpoints).resourceCountIs('Custom::ModelArchiveWithCode', 1);
    const assets = (stack: Stack) => Object.keys(JSON.parse(fs.readFileSync(path.join(app.synth().directory, `${stack.stackName}.assets.json`), 'utf-8')).files);
    expect(assets(models)).toHaveLength(1); // the template
    expect(assets(endpoints)).toHaveLength(3);
  });

  test('may use a role of another stack, and a VPC and a key of its own', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const [roles, stack] = [new Stack(app, 'Roles', { env }), new Stack(app, 'Stack', { env })];
    inBucket(stack, {
      artifact: ModelArtifact.fromBucket(new Bucket(stack, 'Encrypted', { encryptionKey: new Key(stack, 'Key') }), 'model.tar.gz'),
      role: new Role(roles, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') }),
      vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
    });
    validTemplate(stack).resourceCountIs('AWS::SageMaker::Model', 1);
    validTemplate(roles).resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('may call the endpoint that it is on', () => {
    const stack = newStack();
    const model = inBucket(stack);
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') }).grantInvoke(model);
    expect(policiesOf(stack, 'Model')).toHaveLength(2); // the schema finds circles
  });

  test('is made in the stack of its user where the region is only known when it is deployed', () => {
    const app = new App();
    const [models, endpoints] = [new Stack(app, 'Models'), new Stack(app, 'Endpoints')];
    on(endpoints, 'Endpoint', inBucket(models), 'ml.c5.large');
    for (const stack of [models, endpoints]) {
      const used = JSON.stringify(validTemplate(stack).toJSON()).match(/"Fn::FindInMap":\["(\w+)"/)?.[1];
      expect(Object.keys(validTemplate(stack).findMappings('*'))).toEqual([used]);
    }
  });

  test('cannot be used in another region', () => {
    const app = new App();
    const models = new Stack(app, 'Models', { env: { account: '123456789012', region: 'us-east-1' } });
    const endpoints = new Stack(app, 'Endpoints', { env: { account: '123456789012', region: 'eu-west-1' } });
    expect(() => on(endpoints, 'Endpoint', inBucket(models), 'ml.c5.large')).toThrow(
      '[Endpoints/Endpoint] `model` must be in the account and region of what uses it: it is in aws://123456789012/us-east-1, '
      + 'its user in aws://123456789012/eu-west-1, got: Models/Model; make a model in the stack that uses it');
  });
});

describe('network isolation', () => {
  test.each([[undefined, true], [true, true], [false, false]])('given as %s is %s without code', (networkIsolation, isolated) => {
    const stack = newStack();
    inBucket(stack, { networkIsolation });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { EnableNetworkIsolation: isolated });
  });

  test('stays on for code that needs no network', () => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
      code: InferenceCode.fromDirectory(CODE),
    });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { EnableNetworkIsolation: true });
  });
});

describe('the image', () => {
  test('may be one of one\'s own, whatever the processor', () => {
    const stack = newStack();
    const image = TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:7');
    const model = inBucket(stack, { image });
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.g5.xlarge') });
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::SageMaker::Model', 1);
    template.hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:7' },
    });
  });

  test('may be in a repository of another account, which lets the role pull it', () => {
    const app = new App();
    const images = new Stack(app, 'Images', { env: { account: '210987654321', region: 'us-east-1' } });
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
    inBucket(stack, { image: TensorFlowImage.fromEcrRepository(new Repository(images, 'Repository', { repositoryName: 'mine' }), '7') });
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage']) })]) },
    });
    validTemplate(images).hasResourceProperties('AWS::ECR::Repository', {
      RepositoryPolicyText: { Statement: [Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage']) })] },
    });
  });

  describe('in a registry that is not Amazon ECR', () => {
    const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:credentials';
    const URI = 'registry.example.com/team/serving:7';

    test('is reached through the VPC', () => {
      const stack = newStack();
      inBucket(stack, { image: TensorFlowImage.fromPrivateRegistry(URI), vpc: new Vpc(stack, 'Vpc') });
      const [model] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
      expect(model.Properties.PrimaryContainer).toEqual({
        Image: URI, ImageConfig: { RepositoryAccessMode: 'Vpc' }, ModelDataUrl: 's3://models/models/7/model.tar.gz',
      });
    });

    test('may want credentials, which every model may ask for', () => {
      const stack = newStack();
      const credentialsProvider = LambdaFunction.fromFunctionArn(stack, 'Function', FUNCTION);
      const vpc = new Vpc(stack, 'Vpc');
      for (const id of ['One', 'Two']) {
        new ModelFromArtifact(stack, id, {
          artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, `${id}Bucket`, 'models'), 'model.tar.gz'),
          image: TensorFlowImage.fromPrivateRegistry(URI, { credentialsProvider }),
          vpc,
        });
      }
      const template = validTemplate(stack);
      const containers = Object.values(template.findResources('AWS::SageMaker::Model')).map(({ Properties }) => Properties.PrimaryContainer);
      expect(containers.map(({ ImageConfig }) => ImageConfig)).toEqual(Array(2).fill({
        RepositoryAccessMode: 'Vpc', RepositoryAuthConfig: { RepositoryCredentialsProviderArn: FUNCTION },
      }));
      const statements = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties.PolicyDocument.Statement);
      expect(statements).toEqual(Array(2).fill(expect.arrayContaining([{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: FUNCTION }])));
      expect(JSON.stringify(statements)).not.toContain('ecr:');
    });

    test('needs a VPC', () => {
      expect(() => inBucket(newStack(), { image: TensorFlowImage.fromPrivateRegistry(URI) })).toThrow(new Error(
        '[Stack/Model] `vpc` is required for an image in a private registry, which SageMaker reaches through it; give the VPC that reaches the registry'));
    });
  });

  test('and the version exclude each other', () => {
    expect(() => inBucket(newStack(), { image: TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:7'), version: TensorFlowVersion.of('2.19.0') }))
      .toThrow('[Stack/Model] `version` and `image` exclude each other, got: "2.19.0"; give one of them');
  });

  test('or the version is required', () => {
    const stack = newStack();
    expect(() => new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'model.tar.gz'),
    })).toThrow('[Stack/Model] `version` or `image` is required; give the release that serves the model, such as TensorFlowVersion.V2_19');
  });

  test('of a release that only trains is the one that serves its models', () => {
    const stack = newStack();
    inBucket(stack, { version: TensorFlowVersion.V2_21 });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { Image: Match.stringLikeRegexp('/tensorflow-inference:2\\.20\\.0-cpu') },
    });
  });
});

test('all that is wrong is said at once', () => {
  expect(() => inBucket(newStack(), { maxBatchSize: 0, environment: { SAGEMAKER_TFS_ENABLE_BATCHING: 'maybe' } })).toThrow(
    '[Stack/Model] 3 values are invalid:\n'
    + '  - `maxBatchSize` must be a whole number from 1 to 2147483647, got: 0\n'
    + '  - `environment.SAGEMAKER_TFS_ENABLE_BATCHING` must be true or false, or the container does not start, got: "maybe"\n'
    + '  - `environment.SAGEMAKER_TFS_ENABLE_BATCHING` contradicts the typed option that sets it to "true", got: "maybe"; give one of them');
});

test('a variable that looks like one of the container is warned of', () => {
  const stack = newStack();
  inBucket(stack, { environment: { SAGEMAKER_TFS_MAX_BATCHSIZE: '8' } });
  Annotations.fromStack(stack).hasWarning('/Stack/Model', Match.stringLikeRegexp(
    'does not read SAGEMAKER_TFS_MAX_BATCHSIZE: it knows no variable of this name'));
});

test('a variable that is not set is an error', () => {
  expect(() => inBucket(newStack(), { environment: { A: process.env.CDK_TENSORFLOW_SERVING_NOT_SET! } }))
    .toThrow('[Stack/Model] `environment.A` must be a text, not undefined');
});

describe('a model that a newer TensorFlow wrote', () => {
  const served = (version: TensorFlowVersion) => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')), version });
    return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
  };

  test.each([TensorFlowVersion.V2_18, TensorFlowVersion.of('2.16.1'), TensorFlowVersion.V1_15])('than %s is warned of', (version) => {
    expect(served(version)).toEqual([expect.stringContaining(
      `A model that TensorFlow 2.19.1 wrote is served by ${version}, which may not know all of its operations; serve it with TensorFlow 2.19 or later`)]);
  });

  test.each([TensorFlowVersion.V2_19, TensorFlowVersion.of('2.19.0'), TensorFlowVersion.V2_20, TensorFlowVersion.V2_21])('than %s is none', (version) => {
    expect(served(version)).toEqual([]);
  });
});

test('a variable that the container does not read is warned of', () => {
  const stack = newStack();
  inBucket(stack, { environment: { SAGEMAKER_PROGRAM: 'main.py' } });
  Annotations.fromStack(stack).hasWarning('/Stack/Model', Match.stringLikeRegexp(
    'TensorFlow\'s serving container does not read SAGEMAKER_PROGRAM: the entry point is always inference\\.py.*cdk-tensorflow-serving:variableNotRead'));
});

test('further rights can be given to the code', () => {
  const stack = newStack();
  inBucket(stack).addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['arn:aws:dynamodb:::table/t'] }));
  validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([{ Action: 'dynamodb:GetItem', Effect: 'Allow', Resource: 'arn:aws:dynamodb:::table/t' }]) },
  });
});

test('stacks with constructs of the same names can share a role: their policies differ', () => {
  const names = ['One', 'Two'].map((id) => {
    const stack = new Stack(new App(), id, { env: { account: '123456789012', region: 'us-east-1' } });
    inBucket(stack, { role: Role.fromRoleName(stack, 'Role', 'shared') });
    return Object.values(validTemplate(stack).findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties.PolicyName);
  });
  expect(names.flat()).toHaveLength(2);
  expect(names[0]).not.toEqual(names[1]);
});

test('stacks for any region can share a role: their policies have the region in their names', () => {
  const stack = agnosticStack();
  inBucket(stack, { role: Role.fromRoleName(stack, 'Role', 'shared') });
  validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', { PolicyName: { 'Fn::Join': ['', [Match.stringLikeRegexp('^StackModel.*-$'), { Ref: 'AWS::Region' }]] } });
});

test('the default child is the first model that was made', () => {
  const stack = newStack();
  const model = inBucket(stack);
  expect(model.node.defaultChild).toBeUndefined();
  new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.g5.xlarge') });
  (model.node.defaultChild as CfnModel).addPropertyOverride('EnableNetworkIsolation', false);
  validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { EnableNetworkIsolation: false });
});

test('the revision and the default model count among the variables', () => {
  const environment = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`V${i}`, 'x']));
  const artifact = (stack: Stack) => ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'B', 'models'), 'm.tar.gz', { revision: '1' });
  const stack = newStack();
  expect(() => inBucket(stack, { artifact: artifact(stack), environment })).toThrow('[Stack/Model] `environment` must have at most 100 entries, got: 101');
  const other = newStack();
  expect(() => inBucket(other, { artifact: artifact(other), environment: { MODEL_ARTIFACT_REVISION: '2' } }))
    .toThrow('[Stack/Model] `environment.MODEL_ARTIFACT_REVISION` contradicts the typed option that sets it to "1", got: "2"; give one of them');
});

test('requirements cannot be installed in isolation', () => {
  expect(() => inBucket(newStack(), {
    artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')),
    code: InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': 'def handler(data, context): pass', 'requirements.txt': 'numpy' })),
    networkIsolation: true,
  })).toThrow('[Stack/Model] `networkIsolation` would keep the container from installing requirements.txt, without which it does not start, got: true; '
    + 'put the packages under lib/ instead of requirements.txt, or leave out `networkIsolation`');
});

test('requirements end the isolation', () => {
  const stack = newStack();
  inBucket(stack, {
    artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')),
    code: InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': 'def handler(data, context): pass', 'requirements.txt': 'numpy' })),
  });
  validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { EnableNetworkIsolation: false });
});

test('a role that cannot be changed is left alone', () => {
  const stack = newStack();
  inBucket(stack, { role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/r', { mutable: false }) });
  const template = validTemplate(stack);
  template.resourceCountIs('AWS::IAM::Policy', 0);
  template.hasResourceProperties('AWS::SageMaker::Model', { ExecutionRoleArn: 'arn:aws:iam::123456789012:role/r' });
});

test('tags reach the model', () => {
  const stack = newStack();
  Tags.of(inBucket(stack)).add('team', 'ml');
  validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { Tags: [{ Key: 'team', Value: 'ml' }] });
});

test('a stack for any region finds the account of the image in a mapping', () => {
  const stack = agnosticStack();
  inBucket(stack);
  const template = validTemplate(stack);
  const [[name, regions]] = Object.entries(template.findMappings('*'));
  template.hasResourceProperties('AWS::SageMaker::Model', {
    PrimaryContainer: {
      Image: {
        'Fn::Join': ['', [
          { 'Fn::FindInMap': [name, { Ref: 'AWS::Region' }, Match.anyValue()] },
          '.dkr.ecr.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/tensorflow-inference:2.19.0-cpu',
        ]],
      },
    },
  });
  expect(Object.values((regions as any)['eu-west-1'])).toEqual(['763104351884']);
  expect(Object.values((regions as any)['af-south-1'])).toEqual(['626614931356']);
});

test('what is only known when the stack is deployed is passed on', () => {
  const stack = newStack();
  const later = Lazy.string({ produce: () => 'later' });
  const bucket = Bucket.fromBucketName(stack, 'Bucket', later);
  new ModelFromArtifact(stack, 'Model', {
    artifact: ModelArtifact.fromBucket(bucket, `${later}/model.tar.gz`), version: TensorFlowVersion.V2_19, environment: { A: later },
  });
  validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', {
    PrimaryContainer: { ModelDataUrl: 's3://later/later/model.tar.gz', Environment: { A: 'later' } },
  });
});

describe('an imported model', () => {
  test('by name has the ARN of the stack\'s account and region', () => {
    const stack = newStack();
    const model = ModelFromArtifact.fromModelName(stack, 'Model', 'mine');
    expect(model.modelName).toBe('mine');
    expect(stack.resolve(model.modelArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:us-east-1:123456789012:model/mine']],
    });
  });

  test('by ARN has its name and its environment', () => {
    const model = ModelFromArtifact.fromModelArn(newStack(), 'Model', 'arn:aws:sagemaker:eu-west-1:210987654321:model/mine');
    expect(model.modelName).toBe('mine');
    expect(model.env).toEqual({ account: '210987654321', region: 'eu-west-1' });
  });

  test('by an ARN that is only known when the stack is deployed works too', () => {
    const stack = newStack();
    const arn = Lazy.string({ produce: () => 'arn:aws:sagemaker:eu-west-1:210987654321:model/mine' });
    expect(JSON.stringify(stack.resolve(ModelFromArtifact.fromModelArn(stack, 'Model', arn).modelName))).toContain('Fn::Select');
  });

  test.each(['arn:aws:sagemaker:eu-west-1:210987654321:model', 'arn:aws:sagemaker:eu-west-1:210987654321:endpoint/x', 'mine'])('by %s is refused', (arn) => {
    expect(() => ModelFromArtifact.fromModelArn(newStack(), 'Model', arn))
      .toThrow(`[Stack/Model] \`modelArn\` must have the form arn:aws:sagemaker:REGION:ACCOUNT:model/NAME, got: "${arn}"`);
  });

  test.each(['arn:aws:sagemaker:eu-west-1:210987654321:model/x', '', '-a', 'x'.repeat(64)])('by the name %j is refused', (name) => {
    expect(() => ModelFromArtifact.fromModelName(newStack(), 'Model', name)).toThrow(
      `[Stack/Model] \`modelName\` must be 1 to 63 letters, digits and hyphens, got: "${name}"; give an ARN to fromModelArn`);
  });

  test('has no connections and no principal that rights could be given to', () => {
    const stack = newStack();
    const model = ModelFromArtifact.fromModelName(stack, 'Model', 'mine');
    expect(() => model.connections).toThrow('[Stack/Model] `connections` are not known of a model that was imported; use the security group itself');
    Grant.addToPrincipal({ grantee: model, actions: ['s3:GetObject'], resourceArns: ['*'] });
    Annotations.fromStack(stack).hasWarning('/Stack/Model', Match.stringLikeRegexp('Add statement to this resource\'s role'));
  });

  test('can be served', () => {
    const stack = newStack();
    new TensorFlowServingEndpoint(stack, 'Endpoint', {
      model: ModelFromArtifact.fromModelName(stack, 'Model', 'mine'), instanceType: InstanceType.of('ml.c5.large'),
    });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ ModelName: 'mine' }] });
  });
});
