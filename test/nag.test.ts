import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  InferenceCode, InferencePipeline, InstanceType, ModelArtifact, ModelFromArtifact, MultiModel, PipelineContainer, TensorFlowImage,
  TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';
import { MODELS, validTemplate } from './support/synthesis';

const mockApps: App[] = [];

// the examples make an app each, and keep it for themselves
jest.mock('aws-cdk-lib', () => {
  const actual = jest.requireActual<typeof import('aws-cdk-lib')>('aws-cdk-lib');
  class ListedApp extends actual.App {
    constructor(props?: AppProps) {
      super(props);
      mockApps.push(this);
    }
  }
  return Object.create(actual, { App: { value: ListedApp } });
});

/** The stacks of an example. */
function example(name: string): Stack[] {
  jest.requireActual(`../examples/${name}/app`);
  return mockApps.pop()!.node.children as Stack[];
}

/** What AwsSolutions finds in a stack, which CloudFormation's schemas find no fault with. */
function findingsIn(stack: Stack): string[] {
  validTemplate(stack); // which also synthesizes, so that the aspects have been there
  return new AwsSolutionsChecks().validateScope(stack).violations
    .flatMap((violation) => violation.violatingResources.map((r) => `${violation.ruleName} at ${r.constructPath ?? r.resourceLogicalId}`))
    .map((finding) => finding.replace(/(Redeploy|Rights|TensorFlowModels)[0-9a-f]{8}/, '$1').replace('<AWS::Region>:<AWS::AccountId>', 'us-east-1:123456789012')
      .replace(/\/[0-9a-f]{64}\//, '/HASH/'))
    .sort();
}

/** What it finds in a stack for us-east-1. */
function findings(build: (stack: Stack) => void): string[] {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  build(stack);
  return findingsIn(stack);
}

/** What the roles of a stack may do with everything. */
function actionsOnEverything(stack: Stack): string[] {
  const policies = Object.values(validTemplate(stack).findResources('AWS::IAM::Policy'));
  const statements: { Action: string | string[]; Resource: unknown }[] = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return statements.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(({ Action }) => Action);
}

/** Why each wildcard is there. */
const REASONS = {
  // The log group has the name of the endpoint, which is made after the model and its role.
  LOGS: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/*]',
  // ecr:GetAuthorizationToken, cloudwatch:PutMetricData (kept to one namespace) and ec2:Describe* take no resource.
  NO_RESOURCE: 'AwsSolutions-IAM5[Resource::*]',
  // Network interfaces get their ids when the container starts; they are kept to the model's subnets and groups.
  NETWORK_INTERFACES: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:us-east-1:123456789012:network-interface/*]',
  // The function writes, and later takes away, a copy for each archive and code that the stack has had.
  COPIES: 'AwsSolutions-IAM5[Resource::<TensorFlowModelArchivePackerBucket78053490.Arn>/*]',
  // Access logs would need a bucket of their own, for copies that only the stack's function and models can reach.
  NO_ACCESS_LOGS: 'AwsSolutions-S1',
  // A subnet that another account shares is in that account.
  SHARED_SUBNETS: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:us-east-1:*:subnet/subnet-12345678]',
  // Uncompressed data is all objects under its prefix.
  PREFIX: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::models/7/*]',
  // So are many models: others may add some at any time.
  MODELS: 'AwsSolutions-IAM5[Resource::<Bucket83908E77.Arn>/models/*]',
  // The function writes, and later takes away, an archive for each model that the stack has had.
  ARCHIVES: 'AwsSolutions-IAM5[Resource::<Bucket83908E77.Arn>/models/*.tar.gz]',
  // The one who sends an asynchronous request has given its data a key, SageMaker gives one to the answer.
  ASYNC_INPUT: 'AwsSolutions-IAM5[Resource::<Bucket83908E77.Arn>/async-inference/input/*]',
  ASYNC_OUTPUT: 'AwsSolutions-IAM5[Resource::<Bucket83908E77.Arn>/async-inference/output/*]',
  ASYNC_FAILURE: 'AwsSolutions-IAM5[Resource::<Bucket83908E77.Arn>/async-inference/failure/*]',
  // All jobs of a run write to one log group, in streams of theirs.
  TRAINING_LOGS: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:*]',
  // Each run is a job of its own name, which begins with the construct's.
  jobs: (prefix: string) => `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sagemaker:us-east-1:123456789012:training-job/${prefix}-*]`,
  // A run that is no longer wanted is stopped, whatever its name.
  EXECUTIONS: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:us-east-1:123456789012:execution:<TrainingStateMachine8350BA52.Name>:*]',
  // Each job writes its model, and its checkpoints, below its own name.
  outputs: (bucket: string, prefix: string) => `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/${prefix}/*]`,
  // What an endpoint serves is asked before CloudFormation makes it, or under its last name, and CloudFormation names its configuration and models.
  served: (kind: string) => `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sagemaker:us-east-1:123456789012:${kind}/*]`,
  // Each run that redeploys makes a model and a configuration of names that begin with the construct's, and deletes those before.
  copies: (kind: string, prefix: string) => `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sagemaker:us-east-1:123456789012:${kind}/${prefix}-*]`,
  // The files of an input are objects below the hash of their content.
  INPUT: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/HASH/*]',
  // Executions log their errors; all events would log the data that they are started with.
  ONLY_ERRORS_LOGGED: 'AwsSolutions-SF1',
  // A job takes hours, of which X-Ray would show one line.
  NO_TRACES: 'AwsSolutions-SF2',
};

const at = (place: string, ...reasons: string[]) => reasons.map((reason) => `${reason} at ${place}`).sort();

/** What any model has. */
const OF_MODEL = [REASONS.NO_RESOURCE, REASONS.LOGS];

/** What any training job has. */
function ofTraining(job: string, prefix: string): string[] {
  return [
    ...at(`${job}/Policy/Resource`, REASONS.NO_RESOURCE, REASONS.TRAINING_LOGS, REASONS.INPUT),
    ...at(`${job}/StateMachine/Role/DefaultPolicy/Resource`, REASONS.NO_RESOURCE, REASONS.jobs(prefix)),
    ...at(`${job}/RunPolicy/Resource`, REASONS.EXECUTIONS),
    ...at(`${job}/Runs/Policy/Resource`, REASONS.jobs(prefix), REASONS.EXECUTIONS),
    ...at(`${job}/StateMachine/Resource/Resource`, REASONS.ONLY_ERRORS_LOGGED, REASONS.NO_TRACES),
  ];
}

/** What a job has whose later runs an endpoint gets. */
function ofRedeployment(job: string, prefix: string, bucket: string): string[] {
  const copies = ['model', 'endpoint-config'].map((kind) => REASONS.copies(kind, prefix));
  return [
    ...at(`${job}/Redeployment/Policy/Resource`, REASONS.NO_RESOURCE, ...['endpoint', 'endpoint-config', 'model'].map(REASONS.served), ...copies),
    ...at(`${job}/Endpoint/Redeploy/Resource`, ...copies),
    ...at(`${job}/EndpointModel/Rights/Resource`, ...OF_MODEL),
    ...at(`${job}/Endpoint/Rights/Resource`, REASONS.outputs(bucket, 'training').replace('/*]', `/${prefix}-*]`)),
  ];
}

/** What a container needs of services that know no resources for it. */
const OF_CONTAINERS = ['cloudwatch:PutMetricData', 'ecr:GetAuthorizationToken'];

/** What Step Functions needs to log. */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies', 'logs:GetLogDelivery',
  'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:UpdateLogDelivery',
];

/** What finds the models and configurations that were made for endpoints. */
const LIST_COPIES = ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'];

/** What is found in the examples. They are about endpoints: none logs who reads from its bucket. */
const EXAMPLES = {
  'serve-saved-model': [
    ...at('ServeSavedModel/Model/Rights/Resource', ...OF_MODEL),
    ...at('ServeSavedModelAnywhere/Model/Rights/Resource', ...OF_MODEL),
  ],
  'canary': at('Canary/Model/Rights/Resource', ...OF_MODEL),
  'async-to-zero': [
    ...at('AsyncToZero/Model/Rights/Resource', ...OF_MODEL),
    ...at('AsyncToZero/Endpoint/Rights/Resource', REASONS.ASYNC_INPUT, REASONS.ASYNC_OUTPUT, REASONS.ASYNC_FAILURE),
    ...at('AsyncToZero/Bucket/Resource', REASONS.NO_ACCESS_LOGS),
  ],
  'serverless': at('Serverless/Model/Rights/Resource', ...OF_MODEL),
  'two-processors': [
    ...at('TwoProcessors/Model/Rights/Resource', ...OF_MODEL),
    ...at('TwoProcessors/Model/GpuRights/Resource', ...OF_MODEL),
  ],
  'many-models': [
    ...at('ManyModels/Models/Rights/Resource', ...OF_MODEL, REASONS.MODELS),
    ...at('ManyModels/TensorFlowModels/Rights/Resource', REASONS.ARCHIVES),
    ...at('ManyModels/Bucket/Resource', REASONS.NO_ACCESS_LOGS),
  ],
  'train-and-serve': [
    ...at('TrainAndServe/Training/EndpointModel/Rights/Resource', ...OF_MODEL),
    ...ofTraining('TrainAndServe/Training', 'trainanaining-b86ab0e5'),
    ...at('TrainAndServe/Training/Policy/Resource', REASONS.outputs('TrainingOutputBucketD42020DC', 'training')),
    ...at('TrainAndServe/Training/OutputBucket/Resource', REASONS.NO_ACCESS_LOGS),
  ],
  'retrain-nightly': [
    ...ofTraining('RetrainNightly/Training', 'retrainaining-ef3cbce1'),
    ...ofRedeployment('RetrainNightly/Training', 'retrainaining-ef3cbce1', 'ModelsC55D3500'),
    ...at('RetrainNightly/Training/Policy/Resource', REASONS.outputs('ModelsC55D3500', 'training'), REASONS.outputs('ModelsC55D3500', 'checkpoints')),
    ...at('RetrainNightly/Models/Resource', REASONS.NO_ACCESS_LOGS),
  ],
};

/** What roles may do with everything, because there is no narrower right. */
const ON_EVERYTHING: { readonly [example: string]: string[] } = {
  'train-and-serve': [...OF_CONTAINERS, ...LOG_DELIVERY],
  'retrain-nightly': [...OF_CONTAINERS, ...LOG_DELIVERY, ...LIST_COPIES].sort(),
};

/** The policies of a model are named by what is in them. */
const MODEL_RIGHTS = 'Stack/Model/Rights/Resource';

test('all examples are here', () => {
  const examples = fs.readdirSync(path.join(__dirname, '..', 'examples'), { withFileTypes: true });
  expect(examples.filter((entry) => entry.isDirectory() && entry.name !== 'models').map(({ name }) => name).sort()).toEqual(Object.keys(EXAMPLES).sort());
});

test.each(Object.entries(EXAMPLES))('the example %s has only what it has a reason for', (name, expected) => {
  const stacks = example(name);
  expect(stacks.flatMap(findingsIn).sort()).toEqual([...expected].sort());
  expect([...new Set(stacks.flatMap(actionsOnEverything))].sort()).toEqual(ON_EVERYTHING[name] ?? OF_CONTAINERS);
});

test('a SavedModel on an endpoint has only wildcards that cannot be narrower', () => {
  expect(findings((stack) => {
    const model = new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')), version: TensorFlowVersion.V2_19,
    });
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });
  })).toEqual(at(MODEL_RIGHTS, REASONS.NO_RESOURCE, REASONS.LOGS));
});

test('uncompressed data adds its prefix', () => {
  expect(findings((stack) => {
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucketPrefix(Bucket.fromBucketName(stack, 'Bucket', 'models'), '7/'), version: TensorFlowVersion.V2_19,
    });
  })).toEqual(at(MODEL_RIGHTS, REASONS.NO_RESOURCE, REASONS.LOGS, REASONS.PREFIX));
});

test('an archive that gets code adds the bucket that it is copied into', () => {
  expect(findings((stack) => {
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'model.tar.gz'),
      version: TensorFlowVersion.V2_19,
      code: InferenceCode.fromDirectory(path.join(__dirname, '..', 'integ', 'inference')),
    });
  }).filter((finding) => !finding.includes('Stack/Model/'))).toEqual([
    ...at('Stack/TensorFlowModelArchivePacker/Role/DefaultPolicy/Resource', REASONS.COPIES),
    ...at('Stack/TensorFlowModelArchivePacker/Bucket/Resource', REASONS.NO_ACCESS_LOGS),
  ]);
});

test('a VPC adds the network interfaces', () => {
  expect(findings((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678', availabilityZones: ['us-east-1a'], isolatedSubnetIds: ['subnet-12345678'],
    });
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
  })).toEqual(at(MODEL_RIGHTS, REASONS.NO_RESOURCE, REASONS.NETWORK_INTERFACES, REASONS.SHARED_SUBNETS, REASONS.LOGS));
});

test('an inference pipeline adds nothing to its containers', () => {
  expect(findings((stack) => {
    const model = new InferencePipeline(stack, 'Model', {
      containers: [
        PipelineContainer.ofImage(TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'prepare'), '7')),
        PipelineContainer.ofTensorFlow({
          artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')), version: TensorFlowVersion.V2_19,
        }),
      ],
    });
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });
  })).toEqual(at(MODEL_RIGHTS, ...OF_MODEL));
});

test('a model package adds nothing', () => {
  expect(findings((stack) => {
    const arn = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/half-plus-three/7';
    const model = new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromModelPackage(arn) });
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });
  })).toEqual(at(MODEL_RIGHTS, ...OF_MODEL));
});

test('a model that is in a bucket, added to many, adds only itself to the rights of the function that copies it', () => {
  expect(findings((stack) => {
    const artifact = MultiModel.fromPrefix(new Bucket(stack, 'Bucket'), 'models/');
    artifact.addModel('north', ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Source', 'sources'), 'north.tar.gz'), {
      code: InferenceCode.fromDirectory(path.join(__dirname, '..', 'integ', 'inference')),
    });
    new ModelFromArtifact(stack, 'Model', { artifact, version: TensorFlowVersion.V2_19 });
  }).filter((finding) => !finding.includes('Stack/Bucket/'))).toEqual([
    ...at(MODEL_RIGHTS, ...OF_MODEL, REASONS.MODELS),
    ...at('Stack/TensorFlowModels/Rights/Resource', REASONS.ARCHIVES),
  ].sort());
});
