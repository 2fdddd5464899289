import { CfnParameter, Duration, Fn, Stack, Tags } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { definitionOf, jobIn, resourcesOf } from './run-support';
import { bucketIn, warningsIn } from './training-support';
import {
  EndpointVariant, InferenceCode, InferencePipeline, InstanceType, ModelArtifact, ModelFromArtifact, MultiModel, PipelineContainer,
  TensorFlowImage, TensorFlowServingEndpoint, type TensorFlowServingEndpointProps, type TensorFlowTrainingJob, type TensorFlowTrainingJobProps,
  TensorFlowVersion, type TrainingJobDeployOptions,
} from '../../src';
import { TrainingRun } from '../../src/training/training-run';
import { cycleIn, waitsOf } from '../support/cycles';
import { temporaryDirectory } from '../support/disk';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const C5 = InstanceType.of('ml.c5.xlarge');
const GPU = InstanceType.of('ml.g5.xlarge');
const PREFIX = 'stack-training-0531f6c1';
const KEY = { 'Fn::GetAtt': [expect.stringMatching(/^TrainingRedeploymentServedModel/), 'Key'] };

const arn = (...rest: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...rest]] });
const named = (...resources: string[]) => resources.map((resource) => arn(`:sagemaker:us-east-1:123456789012:${resource}`));
const version = TensorFlowVersion.V2_19;

interface Redeploying {
  readonly job?: Partial<TensorFlowTrainingJobProps>;
  readonly deploy?: Partial<TrainingJobDeployOptions>;
}

/** A stack with an endpoint that gets the models of later runs. */
function redeploying({ job: more, deploy }: Redeploying = {}, stack = newStack()) {
  const job = jobIn(stack, more);
  const endpoint = job.deploy('Endpoint', { instanceType: C5, ...deploy });
  job.redeploys(endpoint);
  return { stack, job, endpoint };
}

/** An endpoint with variants of models that serve what a job makes. */
function endpointIn(stack: Stack, props: TensorFlowServingEndpointProps, id = 'Endpoint'): TensorFlowServingEndpoint {
  return new TensorFlowServingEndpoint(stack, id, props);
}

function modelOf(job: TensorFlowTrainingJob, id = 'Model', more = {}): ModelFromArtifact {
  return new ModelFromArtifact(Stack.of(job), id, { artifact: job.artifact, version, ...more });
}

function servedModel(template: Template): { [property: string]: any } {
  return resourcesOf(template, 'Custom::TensorFlowServedModel')[0][1].Properties;
}

/** The statements of the policies whose ids begin so. */
function statementsOf(template: Template, id: RegExp): any[] {
  return resourcesOf(template, 'AWS::IAM::Policy').filter(([logicalId]) => id.test(logicalId)).flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

describe('an endpoint that gets the models of later runs', () => {
  const { stack } = redeploying();
  const template = validTemplate(stack);
  const [[machine]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  const [[condition]] = resourcesOf(template, 'AWS::CloudFormation::WaitCondition');
  const [[endpointId, { Properties: endpoint }]] = resourcesOf(template, 'AWS::SageMaker::Endpoint');
  const handler = { 'Fn::GetAtt': [expect.stringMatching(/^TrainingRedeploymentHandlerFunction/), 'Arn'] };

  test('has the model that a custom resource names', () => {
    expect(resourcesOf(template, 'AWS::SageMaker::Model')[0][1].Properties).toMatchObject({
      PrimaryContainer: { ModelDataUrl: { 'Fn::Join': ['', ['s3://models/', KEY]] } },
      Tags: [{ Key: 'cdk-tensorflow-serving:revision', Value: servedModel(template).Revision }],
    });
    expect(servedModel(template)).toEqual({
      ServiceToken: handler,
      ServiceTimeout: '900',
      EndpointName: endpoint.EndpointName,
      Revision: expect.stringMatching(/^[0-9a-f]{32}$/),
      TrainingJobNamePrefix: PREFIX,
      OutputUri: 's3://models/training',
      DeployedKey: { 'Fn::Select': [3, { 'Fn::Split': ['"', { 'Fn::GetAtt': [condition, 'Data'] }] }] },
      Endpoint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('is updated by the state machine, which knows what the custom resource does', () => {
    const { Redeploy, 'Look at stack': look } = definitionOf(template).States;
    expect(Redeploy.Parameters.Payload.target).toEqual({
      stackId: 'aws::stackid',
      trainingJobNamePrefix: PREFIX,
      outputUri: 's3://models/training',
      revision: servedModel(template).Revision,
      endpointName: expect.stringMatching(/^Stack-Training-Endpoint-4542C7A6-/),
      variantNames: ['AllTraffic'],
    });
    expect(Redeploy.Parameters.FunctionName).toMatch(/TrainingRedeploymentHandlerFunction/);
    expect(look.Parameters).toEqual({ StackName: 'aws::stackid' });
    expect(statementsOf(template, /^TrainingStateMachineRole/)).toEqual(expect.arrayContaining([
      { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: handler },
      { Action: 'cloudformation:DescribeStacks', Effect: 'Allow', Resource: { Ref: 'AWS::StackId' } },
    ].map((statement) => expect.objectContaining(statement))));
  });

  test('lets the function look at endpoints and models, and delete its own', () => {
    expect(statementsOf(template, /^TrainingRedeploymentPolicy/)).toEqual([
      {
        Action: ['sagemaker:DescribeEndpoint', 'sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel', 'sagemaker:ListTags'],
        Effect: 'Allow',
        Resource: named('endpoint/*', 'endpoint-config/*', 'model/*'),
      },
      { Action: ['sagemaker:ListModels', 'sagemaker:ListEndpointConfigs'], Effect: 'Allow', Resource: '*' },
      {
        Action: ['sagemaker:DeleteModel', 'sagemaker:DeleteEndpointConfig'],
        Effect: 'Allow',
        Resource: named(`model/${PREFIX}-*`, `endpoint-config/${PREFIX}-*`),
      },
    ]);
  });

  test('lets the function update this endpoint to what it makes itself, and nothing else', () => {
    expect(statementsOf(template, /^TrainingEndpointRedeploy/)).toEqual([
      {
        Action: ['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig', 'sagemaker:AddTags'],
        Effect: 'Allow',
        Resource: named(`model/${PREFIX}-*`, `endpoint-config/${PREFIX}-*`),
      },
      { Action: 'sagemaker:UpdateEndpoint', Effect: 'Allow', Resource: [{ Ref: endpointId }, ...named(`endpoint-config/${PREFIX}-*`)] },
      {
        Action: 'iam:PassRole',
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^TrainingEndpointModelRole/), 'Arn'] },
      },
      { Action: 'states:DescribeStateMachine', Effect: 'Allow', Resource: { Ref: machine } },
    ]);
  });

  test('lets the model read what later runs leave', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 's3:GetObject', Effect: 'Allow', Resource: arn(`:s3:::models/training/${PREFIX}-*`) }] },
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainingEndpointModelRole') }],
    });
  });

  test('is asked only when the function may look, and the other way around on deletion', () => {
    const [[, { DependsOn }]] = resourcesOf(template, 'Custom::TensorFlowServedModel');
    expect(DependsOn).toEqual([expect.stringMatching(/^TrainingRedeploymentPolicy/)]);
  });

  test('has a function of its own for its job, as long as CloudFormation waits', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Gives an endpoint the models that later runs of a training job have made', MemorySize: 256, Timeout: 900, Runtime: 'nodejs24.x',
    });
  });

  test('makes no new run due', () => {
    const without = newStack();
    jobIn(without).deploy('Endpoint', { instanceType: C5 });
    const revisionIn = (of: Template) => resourcesOf(of, 'Custom::TensorFlowTrainingRun')[0][1].Properties.Revision;
    const plain = validTemplate(without);
    expect(revisionIn(template)).toBe(revisionIn(plain));
    expect(JSON.stringify(plain.toJSON())).not.toMatch(/[Rr]edeploy|ServedModel|cdk-tensorflow-serving:revision/);
  });
});

test('an endpoint with its own key of the volumes lets SageMaker have that from the function', () => {
  const stack = newStack();
  redeploying({ deploy: { encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef') } }, stack);
  const Resource = 'arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';
  expect(statementsOf(validTemplate(stack), /^TrainingEndpointRedeploy/)).toEqual(expect.arrayContaining([
    { Action: 'kms:CreateGrant', Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } }, Effect: 'Allow', Resource },
    { Action: 'kms:DescribeKey', Effect: 'Allow', Resource },
  ]));
});

test('models that are encrypted or not packed can be read', () => {
  const stack = newStack();
  redeploying({
    job: { compressOutput: false, outputEncryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/models') },
  }, stack);
  expect(statementsOf(validTemplate(stack), /^TrainingEndpointRights/)).toEqual([
    { Action: 's3:GetObject', Effect: 'Allow', Resource: arn(`:s3:::models/training/${PREFIX}-*`) },
    {
      Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': [`training/${PREFIX}-*`] } }, Effect: 'Allow', Resource: arn(':s3:::models'),
    },
    { Action: 'kms:Decrypt', Effect: 'Allow', Resource: 'arn:aws:kms:us-east-1:123456789012:key/models' },
  ]);
});

test('the key of the bucket is one that models are encrypted with', () => {
  const stack = newStack();
  const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/bucket');
  redeploying({ job: { outputBucket: Bucket.fromBucketAttributes(stack, 'Models', { bucketName: 'models', encryptionKey }) } }, stack);
  expect(statementsOf(validTemplate(stack), /^TrainingEndpointRights/)).toContainEqual(
    { Action: 'kms:Decrypt', Effect: 'Allow', Resource: 'arn:aws:kms:us-east-1:123456789012:key/bucket' },
  );
});

test('a role that cannot be changed is told of', () => {
  const stack = newStack();
  const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/mine', { mutable: false });
  redeploying({ deploy: { role } }, stack);
  expect(statementsOf(validTemplate(stack), /^TrainingEndpointRedeploy/)).toContainEqual(
    expect.objectContaining({ Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/mine' }),
  );
  expect(warningsIn(stack).join('\n')).toMatch(/The role Role cannot be given rights here; see to it that it is allowed s3:GetObject/);
});

test('an endpoint that keeps what scaling has set keeps it in these updates', () => {
  const { stack, endpoint } = redeploying();
  endpoint.autoScaleInstanceCount({ maxCapacity: 4 }).scaleOnInvocations('Requests', { invocationsPerInstance: 100 });
  const { target } = definitionOf(validTemplate(stack)).States.Redeploy.Parameters.Payload;
  expect(target.retainAllVariantProperties).toBe(true);
  expect(target).not.toHaveProperty('excludeRetainedVariantProperties');
});

test('weights that an endpoint does not keep in updates are not kept in these', () => {
  const stack = newStack();
  const job = jobIn(stack);
  const variants = ['a', 'b'].map((name) => EndpointVariant.onInstances(name, { model: modelOf(job, `Model${name}`), instanceType: C5 }));
  const endpoint = endpointIn(stack, { variants });
  endpoint.autoScaleInstanceCount({ variantName: 'a', maxCapacity: 4 });
  job.redeploys(endpoint);
  expect(definitionOf(validTemplate(stack)).States.Redeploy.Parameters.Payload.target).toMatchObject({
    retainAllVariantProperties: true, excludeRetainedVariantProperties: [{ variantPropertyType: 'DesiredWeight' }],
  });
});

test('only the variants that serve the job are named: with its models, or with a pipeline or pools that have them', () => {
  const stack = newStack();
  const job = jobIn(stack);
  const model = modelOf(job);
  const other = new ModelFromArtifact(stack, 'Other', { artifact: ModelArtifact.fromBucket(bucketIn(stack, 'other'), 'a.tar.gz'), version });
  const imported = ModelFromArtifact.fromModelName(stack, 'Imported', 'Mine');
  const champion = new ModelFromArtifact(stack, 'Champion', {
    artifact: ModelArtifact.fromBucket(job.outputBucket, `training/${PREFIX}-before/output/model.tar.gz`), version,
  });
  const pipeline = new InferencePipeline(stack, 'Pipeline', {
    containers: [
      PipelineContainer.ofImage(TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'prepare'), '7')),
      PipelineContainer.ofTensorFlow({ artifact: job.artifact, version }),
    ],
  });
  job.redeploys(endpointIn(stack, {
    variants: [
      EndpointVariant.onInstances('cpu', { model, instanceType: C5 }),
      EndpointVariant.onInstances('gpu', { model, instanceType: GPU }),
      EndpointVariant.onInstances('other', { model: other, instanceType: C5 }),
      EndpointVariant.onInstances('imported', { model: imported, instanceType: C5 }),
      EndpointVariant.onInstances('champion', { model: champion, instanceType: C5 }),
      EndpointVariant.onInstances('pipeline', { model: pipeline, instanceType: C5 }),
      EndpointVariant.onInstancePools('pools', { model: other, instancePools: [{ instanceType: C5 }, { instanceType: GPU, model }] }),
    ],
  }));
  const template = validTemplate(stack);
  const { target } = definitionOf(template).States.Redeploy.Parameters.Payload;
  expect(target.variantNames).toEqual(['cpu', 'gpu', 'pipeline', 'pools']);
  expect(resourcesOf(template, 'AWS::SageMaker::Model').filter(([, { Properties }]) => Properties.Tags !== undefined).map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
    'Model', 'ModelGpuResource', 'Pipeline',
  ]);
  expect(statementsOf(template, /^EndpointRedeploy/)).toContainEqual(expect.objectContaining({
    Action: 'iam:PassRole',
    Resource: [{ 'Fn::GetAtt': [expect.stringMatching(/^ModelRole/), 'Arn'] }, { 'Fn::GetAtt': [expect.stringMatching(/^PipelineRole/), 'Arn'] }],
  }));
  expect(cycleIn(waitsOf(template))).toEqual([]);
});

test('a shadow gets the model too', () => {
  const stack = newStack();
  const job = jobIn(stack);
  const other = new ModelFromArtifact(stack, 'Other', { artifact: ModelArtifact.fromBucket(bucketIn(stack, 'other'), 'a.tar.gz'), version });
  job.redeploys(endpointIn(stack, {
    variants: [EndpointVariant.onInstances('production', { model: other, instanceType: C5 })],
    shadow: EndpointVariant.onInstances('shadow', { model: modelOf(job), instanceType: C5 }),
  }));
  const template = validTemplate(stack);
  expect(definitionOf(template).States.Redeploy.Parameters.Payload.target.variantNames).toEqual(['shadow']);
  expect(cycleIn(waitsOf(template))).toEqual([]);
});

test('a serverless endpoint gets a name that is known beforehand, and another one than on instances', () => {
  const build = (variant: (model: ModelFromArtifact) => EndpointVariant, endpointName?: string) => {
    const stack = newStack();
    const job = jobIn(stack);
    job.redeploys(endpointIn(stack, { variants: [variant(modelOf(job))], endpointName }));
    const template = validTemplate(stack);
    const [[, { Properties }]] = resourcesOf(template, 'AWS::SageMaker::Endpoint');
    expect(servedModel(template).EndpointName).toEqual(Properties.EndpointName);
    expect(cycleIn(waitsOf(template))).toEqual([]);
    return Properties.EndpointName;
  };
  const serverless = (model: ModelFromArtifact) => EndpointVariant.serverless('v', { model });
  expect(build(serverless)['Fn::Join'][1][0]).toBe('Stack-Endpoint-7DC50680-serverless-');
  expect(build((model) => EndpointVariant.onInstances('v', { model, instanceType: C5 }))['Fn::Join'][1][0]).toBe('Stack-Endpoint-7DC50680-');
  expect(build(serverless, 'mine')).toBe('mine');
});

test('in a stack for anywhere, all has the region and account of the stack', () => {
  const { stack } = redeploying({}, agnosticStack());
  expect(statementsOf(validTemplate(stack), /^TrainingRedeploymentPolicy/)[0].Resource[0]).toEqual(
    arn(':sagemaker:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':endpoint/*'),
  );
});

describe('CloudFormation can make all of it', () => {
  const metric = new Metric({ namespace: 'Mine', metricName: 'Errors' });

  test.each<[string, (stack: Stack) => void]>([
    ['by schedule', (stack) => { redeploying({ job: { run: TrainingRun.onSchedule(ScheduleExpression.rate(Duration.days(1))) } }, stack); }],
    ['with buckets, keys and a VPC of its own', (stack) => {
      const encryptionKey = new Key(stack, 'Key');
      const vpc = new Vpc(stack, 'Vpc');
      redeploying({
        job: { vpc, outputBucket: undefined, outputEncryptionKey: encryptionKey, compressOutput: false }, deploy: { vpc, encryptionKey },
      }, stack);
    }],
    ['with a role of its own', (stack) => {
      redeploying({ deploy: { role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') }) } }, stack);
    }],
    ['with alarms and scaling', (stack) => {
      const { endpoint } = redeploying({}, stack);
      endpoint.addRollbackAlarm(new Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1 }));
      endpoint.addRollbackAlarm(endpoint.metricInvocations().createAlarm(stack, 'Own', { threshold: 1, evaluationPeriods: 1 }));
      endpoint.autoScaleInstanceCount({ maxCapacity: 4 }).scaleOnInvocations('Requests', { invocationsPerInstance: 100 });
    }],
    ['with answers in S3', (stack) => {
      const topic = new Topic(stack, 'Topic');
      redeploying({ deploy: { asyncInference: { outputBucket: new Bucket(stack, 'Answers'), successTopic: topic, errorTopic: topic } } }, stack);
    }],
    ['with an endpoint that waits for the job', (stack) => {
      const job = jobIn(stack);
      const endpoint = endpointIn(stack, { model: modelOf(job), instanceType: C5 });
      endpoint.node.addDependency(job);
      job.redeploys(endpoint);
    }],
    ['with two jobs for one endpoint', (stack) => {
      const [one, two] = [jobIn(stack, {}, 'One'), jobIn(stack, {}, 'Two')];
      const endpoint = endpointIn(stack, {
        variants: [
          EndpointVariant.onInstances('one', { model: modelOf(one, 'OneModel'), instanceType: C5 }),
          EndpointVariant.onInstances('two', { model: modelOf(two, 'TwoModel'), instanceType: C5 }),
        ],
      });
      one.redeploys(endpoint);
      two.redeploys(endpoint);
    }],
  ])('%s', (_what, build) => {
    const stack = newStack();
    build(stack);
    const waits = waitsOf(validTemplate(stack));
    expect(cycleIn(waits)).toEqual([]);
    expect(Object.keys(waits).some((id) => id.includes('ServedModel'))).toBe(true);
  });

  test('which is not so for resources that wait for each other', () => {
    expect(cycleIn({ a: ['b', 'd'], b: ['c'], c: ['a'], d: [] })).toEqual(['a', 'b', 'c', 'a']);
    const template = {
      toJSON: () => ({
        Resources: {
          A: { Properties: { x: [{ 'Fn::Sub': '${B.Arn}' }, { 'Fn::Sub': ['${C}', { C: { Ref: 'D' } }] }] }, DependsOn: 'B' },
          B: { Properties: { x: { 'Fn::GetAtt': 'C.Arn' }, y: { 'Fn::GetAtt': ['D', 'Arn'] } }, DependsOn: ['D'] },
          C: {},
          D: {},
        },
      }),
    };
    expect(waitsOf(template)).toEqual({ A: ['B', 'C', 'D'], B: ['C', 'D'], C: [], D: [] });
  });
});

describe('CloudFormation asks again', () => {
  const properties = (build: (stack: Stack) => void) => {
    const stack = newStack();
    build(stack);
    return servedModel(validTemplate(stack));
  };
  const deployed = (
    deploy: Partial<TrainingJobDeployOptions> = {},
    job: Partial<TensorFlowTrainingJobProps> = {},
    after: (of: ReturnType<typeof redeploying>) => void = () => {},
  ) => properties((stack) => { after(redeploying({ deploy, job }, stack)); });
  const before = deployed();

  test('not where nothing has changed', () => {
    expect(deployed()).toEqual(before);
    const { stack } = redeploying();
    const { stack: again } = redeploying();
    expect(validTemplate(again).toJSON()).toEqual(validTemplate(stack).toJSON());
  });

  test.each<[string, () => { [property: string]: any }]>([
    ['the type of the instances', () => deployed({ instanceType: InstanceType.of('ml.c5.2xlarge') })],
    ['their number', () => deployed({ initialInstanceCount: 2 })],
    ['a variable of the container', () => deployed({ environment: { A: '1' } })],
    ['the release that serves', () => deployed({ version: TensorFlowVersion.V2_18 })],
    ['the way of deployments', () => deployed({ retainAllVariantProperties: true })],
    ['a tag of the endpoint', () => deployed({}, {}, ({ endpoint }) => { Tags.of(endpoint).add('team', 'x'); })],
  ])('about %s, and it is the same artifact', (_what, change) => {
    const { Endpoint, ...others } = change();
    const { Endpoint: endpointBefore, ...othersBefore } = before;
    expect(Endpoint).not.toBe(endpointBefore);
    expect(others).toEqual(othersBefore);
  });

  test.each<[string, () => { [property: string]: any }]>([
    ['settings of the job that are not in its model', () => deployed({}, { maxWait: Duration.days(2), useSpotInstances: true, checkpointPrefix: 'x' })],
    ['something else in the stack', () => deployed({}, {}, ({ stack }) => { new Topic(stack, 'Topic'); })],
  ])('not about %s', (_what, change) => {
    expect(change().Endpoint).toBe(before.Endpoint);
  });

  test('about a new revision of the job, with the model of its run', () => {
    const after = deployed({}, { hyperparameters: { epochs: 2 } });
    expect(after.Revision).not.toBe(before.Revision);
    expect(after.DeployedKey).not.toEqual(before.DeployedKey);
    expect(after.Endpoint).toBe(before.Endpoint);
  });

  test('about the value of a parameter, which the template does not have', () => {
    const given = properties((stack) => {
      redeploying({ deploy: { environment: { A: new CfnParameter(stack, 'A').valueAsString } } }, stack);
      new CfnParameter(stack, 'B');
    });
    expect(given.Parameters).toEqual([{ Ref: 'A' }]);
    expect(before).not.toHaveProperty('Parameters');
  });

  test('about what a model of another job on the endpoint would be', () => {
    const other = (epochs: number) => properties((stack) => {
      const [one, two] = [jobIn(stack, {}, 'One'), jobIn(stack, { hyperparameters: { epochs } }, 'Two')];
      const endpoint = endpointIn(stack, {
        variants: [
          EndpointVariant.onInstances('one', { model: modelOf(one, 'OneModel'), instanceType: C5 }),
          EndpointVariant.onInstances('two', { model: modelOf(two, 'TwoModel'), instanceType: C5 }),
        ],
      });
      one.redeploys(endpoint);
      two.redeploys(endpoint);
    });
    expect(other(1)).toEqual(other(1));
    expect(other(2).Endpoint).not.toBe(other(1).Endpoint);
  });
});

describe('what cannot be', () => {
  test('a job that does not run when it is deployed', () => {
    const stack = newStack();
    const { endpoint } = redeploying({}, stack);
    expect(() => { jobIn(stack, { run: TrainingRun.onDemand() }, 'Other').redeploys(endpoint); }).toThrow(
      '[Stack/Other] `redeploys` needs a job that runs when it is deployed, whose model the endpoint serves until the next run; '
      + 'leave out `run`, or give it a schedule without `runOnDeploy: false`',
    );
  });

  test('two endpoints', () => {
    const { job, endpoint } = redeploying();
    expect(() => { job.redeploys(endpoint); }).toThrow(
      '[Stack/Training] `redeploys` must be called once: what a deployment keeps is the model that one endpoint serves, got: "Stack/Training/Endpoint"; '
      + 'make variants of that endpoint, or give the other one a job of its own',
    );
  });

  test('an endpoint in another stack', () => {
    const stack = newStack();
    const other = new Stack(stack.node.root as never, 'Other', { env: { account: '123456789012', region: 'us-east-1' } });
    const model = new ModelFromArtifact(other, 'Model', { artifact: ModelArtifact.fromBucket(bucketIn(other, 'other'), 'a.tar.gz'), version });
    expect(() => { jobIn(stack).redeploys(endpointIn(other, { model, instanceType: C5 })); }).toThrow(
      '[Stack/Training] `endpoint` must be in the stack of the job, whose deployments keep the model that it serves, got: "Other/Endpoint"; '
      + 'move the endpoint to that stack',
    );
  });

  test.each<[string, (stack: Stack, job: TensorFlowTrainingJob) => ModelFromArtifact]>([
    ['an endpoint with another model', (stack) => new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucket(bucketIn(stack, 'other'), 'a.tar.gz'), version,
    })],
    ['an endpoint with many models, of which one is the job\'s', (stack, job) => {
      const artifact = MultiModel.fromPrefix(new Bucket(stack, 'Many'), 'models/');
      artifact.addModel('trained', job.artifact);
      return new ModelFromArtifact(stack, 'Model', { artifact, version });
    }],
  ])('%s', (_what, build) => {
    const stack = newStack();
    const job = jobIn(stack);
    const endpoint = endpointIn(stack, { model: build(stack, job), instanceType: C5 });
    expect(() => { job.redeploys(endpoint); }).toThrow(
      '[Stack/Training] `endpoint` must have a variant that serves the `artifact` of the job, got: "Stack/Endpoint"; '
      + 'make the endpoint with `job.deploy`, or give it a ModelFromArtifact with `job.artifact`',
    );
  });

  test('code that a deployment adds to the archive', () => {
    const stack = newStack();
    const job = jobIn(stack);
    const directory = temporaryDirectory({ 'inference.py': 'def handler(data, context): pass' });
    const endpoint = job.deploy('Endpoint', { instanceType: C5, code: InferenceCode.fromDirectory(directory) });
    expect(() => { job.redeploys(endpoint); }).toThrow(
      '[Stack/Training] `endpoint` must have no variant whose model gets `code` in a deployment: the archives of later runs are served as they are, '
      + 'got: "AllTraffic"; let the training script save the code with its model, below `code/`',
    );
  });

  test('a token does not keep it from being', () => {
    const stack = newStack();
    redeploying({ job: { outputPrefix: Fn.importValue('Prefix') } }, stack);
    expect(servedModel(validTemplate(stack)).OutputUri).toEqual({ 'Fn::Join': ['', ['s3://models/', { 'Fn::ImportValue': 'Prefix' }]] });
  });
});
