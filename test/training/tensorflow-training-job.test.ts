import { App, CfnParameter, Duration, Lazy, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { definitionOf, jobIn, resourcesOf } from './run-support';
import { bucketIn, statementsOf, warningsIn } from './training-support';
import { InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowImage, TensorFlowServingEndpoint, TensorFlowVersion } from '../../src';
import { TrainingRun } from '../../src/training/training-run';
import { temporaryDirectory } from '../support/disk';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const C5 = InstanceType.of('ml.c5.xlarge');
const DEPLOYMENT = ['AWS::CloudFormation::WaitConditionHandle', 'AWS::CloudFormation::WaitCondition', 'Custom::TensorFlowTrainingRun'];
const PREFIX = 'stack-training-0531f6c1';

const arn = (...rest: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...rest]] });

/** The key of the model, as the wait condition has it. */
const keyOf = (condition: string) => ({ 'Fn::Select': [3, { 'Fn::Split': ['"', { 'Fn::GetAtt': [condition, 'Data'] }] }] });

/** The rights to stop the runs of a state machine. */
const stopStatements = (machine: string) => [
  { Action: 'states:ListExecutions', Effect: 'Allow', Resource: { Ref: machine } },
  {
    Action: ['states:StopExecution', 'states:GetExecutionHistory'],
    Effect: 'Allow',
    Resource: arn(':states:us-east-1:123456789012:execution:', { 'Fn::GetAtt': [machine, 'Name'] }, ':*'),
  },
  {
    Action: ['sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'],
    Effect: 'Allow',
    Resource: arn(`:sagemaker:us-east-1:123456789012:training-job/${PREFIX}-*`),
  },
];

/** The ids of the resources that are the run of a deployment. */
function runOf(stack: Stack): string[] {
  const template = validTemplate(stack);
  return DEPLOYMENT.map((type) => resourcesOf(template, type)[0][0]);
}

describe('a job that runs when it is deployed', () => {
  const stack = newStack();
  const job = jobIn(stack);
  new ModelFromArtifact(stack, 'Model', { artifact: job.artifact, version: TensorFlowVersion.V2_19 });
  const template = validTemplate(stack);
  const [[handle], [condition, wait], [run, custom]] = DEPLOYMENT.map((type) => resourcesOf(template, type)[0]);
  const [[machine]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  const [[version, published]] = resourcesOf(template, 'AWS::StepFunctions::StateMachineVersion');

  test('has a run of its revision', () => {
    const { Revision } = custom.Properties;
    expect(Revision).toMatch(/^[0-9a-f]{16}$/);
    expect([handle, condition, run].map((id) => id.endsWith(Revision))).toEqual([true, true, true]);
    expect(custom.Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^TensorFlowTrainingRunnerRunFunction/), 'Arn'] },
      ServiceTimeout: '300',
      StateMachineArn: { Ref: machine },
      StateMachineVersionArn: { 'Fn::GetAtt': [version, 'Arn'] },
      Revision,
      TrainingJobNamePrefix: PREFIX,
      Attempts: 6,
      SignalUrl: { Ref: handle },
    });
  });

  test('waits for its run as long as CloudFormation can', () => {
    expect(wait.Properties).toEqual({ Handle: { Ref: handle }, Timeout: '43200', Count: 1 });
    expect(wait.DependsOn).toEqual([run]);
  });

  test('runs the definition that was deployed, and not the one before', () => {
    expect(published.Properties).toEqual({ StateMachineArn: { Ref: machine }, StateMachineRevisionId: { 'Fn::GetAtt': [machine, 'StateMachineRevisionId'] } });
  });

  test('runs only when all may do what they have to', () => {
    const policies = resourcesOf(template, 'AWS::IAM::Policy').map(([id]) => id).filter((id) => id.startsWith('Training'));
    expect(policies).toHaveLength(5);
    expect(custom.DependsOn).toEqual(expect.arrayContaining([...policies, version, machine]));
    expect(template.findResources('AWS::StepFunctions::StateMachine')[machine].DependsOn).toEqual(expect.arrayContaining(
      policies.filter((id) => /^TrainingPolicy|StateMachineRole/.test(id)),
    ));
  });

  test('gives its model to what waits for it', () => {
    template.hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { ModelDataUrl: { 'Fn::Join': ['', ['s3://models/', keyOf(condition)]] } },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([{ Action: 's3:GetObject', Effect: 'Allow', Resource: arn(':s3:::models/', keyOf(condition)) }]) },
      Roles: [{ Ref: Match.stringLikeRegexp('^ModelRole') }],
    });
  });

  test('lets its state machine do its jobs, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: [
              'sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob', 'sagemaker:AddTags', 'sagemaker:ListTags',
            ],
            Effect: 'Allow',
            Resource: arn(`:sagemaker:us-east-1:123456789012:training-job/${PREFIX}-*`),
          },
          {
            Action: 'iam:PassRole',
            Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainingRole'), 'Arn'] },
          },
          {
            Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
            Effect: 'Allow',
            Resource: arn(':events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule'),
          },
          {
            Action: 'lambda:InvokeFunction',
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TensorFlowTrainingRunnerSignalFunction'), 'Arn'] },
          },
          Match.objectLike({ Action: Match.arrayWith(['logs:CreateLogDelivery']), Resource: '*' }), // these take no resource
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainingStateMachineRole') }],
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          Effect: 'Allow',
          Principal: { Service: 'states.amazonaws.com' },
        }],
      },
    });
  });

  test('lets the function start and stop its runs, and nothing else', () => {
    const find = {
      Action: 's3:ListBucket',
      Condition: { StringLike: { 's3:prefix': [`training/${PREFIX}-*`] } },
      Effect: 'Allow',
      Resource: arn(':s3:::models'),
    };
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'states:StartExecution',
            Effect: 'Allow',
            Resource: [{ Ref: machine }, { 'Fn::GetAtt': [version, 'Arn'] }],
          },
          {
            Action: 'states:DescribeExecution',
            Effect: 'Allow',
            Resource: arn(':states:us-east-1:123456789012:execution:', { 'Fn::GetAtt': [machine, 'Name'] }, ':*'),
          },
          find,
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowTrainingRunnerRunRole') }],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: stopStatements(machine) }, Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowTrainingRunnerRunRole') }],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [find] }, Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowTrainingRunnerSignalRole') }],
    });
  });

  test('hears of runs that could not tell how they ended', () => {
    const [[rule, { Properties }]] = resourcesOf(template, 'AWS::Events::Rule');
    const signal = { 'Fn::GetAtt': [expect.stringMatching(/^TensorFlowTrainingRunnerSignalFunction/), 'Arn'] };
    expect(Properties).toEqual({
      EventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { stateMachineArn: [{ Ref: machine }], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      State: 'ENABLED',
      Targets: [{ Arn: signal, Id: 'Target0' }],
    });
    expect(resourcesOf(template, 'AWS::Lambda::Permission')[0][1].Properties).toEqual({
      Action: 'lambda:InvokeFunction', FunctionName: signal, Principal: 'events.amazonaws.com', SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    });
  });

  test('logs errors', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: true },
      TracingConfiguration: Match.absent(),
    });
  });

  test('has two small functions', () => {
    const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions).toMatchObject([{ MemorySize: 256, Timeout: 300, Runtime: 'nodejs24.x' }, { MemorySize: 256, Timeout: 300, Runtime: 'nodejs24.x' }]);
  });
});

describe('the revision', () => {
  const ids = (...of: Parameters<typeof jobIn> extends [any, ...infer More] ? More : never) => {
    const stack = newStack();
    jobIn(stack, ...of);
    return runOf(stack);
  };

  test('makes other resources of a changed job, and the same of the same', () => {
    const before = ids({ hyperparameters: { epochs: 1 } });
    expect(ids({ hyperparameters: { epochs: 1 } })).toEqual(before);
    const after = ids({ hyperparameters: { epochs: 2 } });
    expect(after.some((id) => before.includes(id))).toBe(false);
    expect(ids({ hyperparameters: { epochs: 2 }, dataRevision: 'today' })).not.toEqual(after);
  });

  test.each([{ capacityRetries: 0 }, { run: TrainingRun.onSchedule(ScheduleExpression.rate(Duration.days(1))) }])('is the same with %j', (more) => {
    expect(ids(more)).toEqual(ids());
  });

  test('is known only when all is there', () => {
    let epochs = 1;
    const stack = newStack();
    const job = jobIn(stack, { hyperparameters: { epochs: Lazy.uncachedNumber({ produce: () => epochs }) } });
    job.deploy('Endpoint', { instanceType: C5 });
    epochs = 2;
    expect(runOf(stack)).toEqual(ids({ hyperparameters: { epochs: 2 } }));
  });

  test('is the same with other tags, which are those of jobs all the same', () => {
    const stack = newStack();
    const job = jobIn(stack);
    Tags.of(job).add('team', 'vision');
    expect(runOf(stack)).toEqual(ids());
    expect(definitionOf(validTemplate(stack)).States.Train.Parameters.Tags).toEqual([{ Key: 'team', Value: 'vision' }]);
  });
});

describe('TrainingRun', () => {
  test('onSchedule runs on the schedule and on deploy', () => {
    const stack = newStack();
    jobIn(stack, { run: TrainingRun.onSchedule(ScheduleExpression.cron({ hour: '2', minute: '0' })) });
    const template = validTemplate(stack);
    const [[machine]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 2 * * ? *)', State: 'ENABLED', Target: { Arn: { Ref: machine } },
    });
    DEPLOYMENT.forEach((type) => template.resourceCountIs(type, 1));
  });

  test('onSchedule can leave deployments alone', () => {
    const stack = newStack();
    jobIn(stack, { run: TrainingRun.onSchedule(ScheduleExpression.rate(Duration.days(1)), { runOnDeploy: false }) });
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    DEPLOYMENT.forEach((type) => template.resourceCountIs(type, 0));
  });

  test('onDemand has a state machine, and what stops its runs', () => {
    const stack = newStack();
    const job = jobIn(stack, { run: TrainingRun.onDemand() });
    const template = validTemplate(stack);
    for (const type of [...DEPLOYMENT, 'AWS::Scheduler::Schedule', 'AWS::Events::Rule', 'AWS::StepFunctions::StateMachineVersion']) {
      template.resourceCountIs(type, 0);
    }
    expect(resourcesOf(template, 'AWS::Lambda::Function')).toMatchObject([[expect.stringMatching(/^TensorFlowTrainingRunnerRunFunction/), {}]]);
    expect(stack.resolve(job.stateMachine.stateMachineArn)).toEqual({ Ref: resourcesOf(template, 'AWS::StepFunctions::StateMachine')[0][0] });
    expect(definitionOf(template).States.Begin).toBeDefined();
  });

  test.each([
    TrainingRun.onDeploy(), TrainingRun.onDemand(), TrainingRun.onSchedule(ScheduleExpression.rate(Duration.days(1))),
  ])('the runs of a job are stopped when it is deleted, while there is all that it takes, and before new ones are started', (run) => {
    const stack = newStack();
    jobIn(stack, { run });
    const template = validTemplate(stack);
    const [[machine]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
    const [[id, { Properties, DependsOn }], ...others] = resourcesOf(template, 'Custom::TensorFlowTrainingRuns');
    expect(others).toEqual([]);
    expect(Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^TensorFlowTrainingRunnerRunFunction/), 'Arn'] },
      ServiceTimeout: '300',
      StateMachineArn: { Ref: machine },
    });
    const policies = Object.entries(template.findResources('AWS::IAM::Policy', { Properties: { PolicyDocument: { Statement: stopStatements(machine) } } }));
    expect(policies).toHaveLength(1);
    expect(DependsOn).toEqual(expect.arrayContaining([machine, policies[0][0]]));
    resourcesOf(template, 'AWS::Scheduler::Schedule').forEach(([, schedule]) => { expect(schedule.DependsOn).toContain(id); });
  });

  test.each([TrainingRun.onDemand(), TrainingRun.onSchedule(ScheduleExpression.rate(Duration.days(1)), { runOnDeploy: false })])(
    'without a run on deploy there is no artifact', (run) => {
      const stack = newStack();
      const job = jobIn(stack, { run });
      const message = '[Stack/Training] `artifact` exists only for a job that runs when it is deployed; '
        + 'leave out `run`, or serve a certain model with ModelArtifact.fromBucket(job.outputBucket, ...)';
      expect(() => job.artifact).toThrow(message);
      expect(() => ModelArtifact.fromTrainingJob(job)).toThrow(message);
      expect(() => job.deploy('Endpoint', { instanceType: C5 })).toThrow(message);
    });
});

describe('the names of its training jobs', () => {
  const prefixOf = (stack: Stack, id: string) => jobIn(stack, {}, id).trainingJobNamePrefix;

  test('begin with its own in lower case, as ARNs have it', () => {
    expect(prefixOf(newStack(), 'Training')).toBe(PREFIX);
  });

  test('are no longer than SageMaker takes, and begin as it takes them', () => {
    const app = new App();
    const stack = new Stack(new Stage(app, 'Production', { env: { account: '123456789012', region: 'us-east-1' } }), 'A'.repeat(100));
    const prefixes = ['Training', 'T'.repeat(200), '___', 'x-y.z'].map((id) => prefixOf(stack, id));
    for (const prefix of prefixes) {
      expect(`${prefix}-${'0'.repeat(36)}-21`).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
      expect(`${prefix}-0123456789abcdef-01234567-21`).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    }
    expect(new Set(prefixes).size).toBe(4);
  });

  test('are known in a stack that can be deployed anywhere', () => {
    const stack = agnosticStack();
    expect(prefixOf(stack, 'Training')).toBe(PREFIX);
    validTemplate(stack);
  });
});

describe('what it serves', () => {
  test('deploy makes a model and an endpoint, with the options of both', () => {
    const stack = newStack();
    const job = jobIn(stack, { version: TensorFlowVersion.V2_16 });
    const endpoint = job.deploy('Endpoint', {
      instanceType: C5, initialInstanceCount: 2, endpointName: 'half-plus-three', defaultModelName: 'm', environment: { A: 'b' }, networkIsolation: false,
    });
    expect(endpoint).toBeInstanceOf(TensorFlowServingEndpoint);
    expect(endpoint.node.path).toBe('Stack/Training/Endpoint');
    const template = validTemplate(stack);
    const [[condition]] = resourcesOf(template, 'AWS::CloudFormation::WaitCondition');
    template.hasResourceProperties('AWS::SageMaker::Model', {
      EnableNetworkIsolation: false,
      PrimaryContainer: {
        Environment: { A: 'b', SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'm' },
        // the release that trains is not the one that serves
        Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.16.1-cpu',
        ModelDataUrl: { 'Fn::Join': ['', ['s3://models/', keyOf(condition)]] },
      },
    });
    template.hasResourceProperties('AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ InitialInstanceCount: 2, InstanceType: 'ml.c5.xlarge' }] });
    template.hasResourceProperties('AWS::SageMaker::Endpoint', { EndpointName: 'half-plus-three' });
  });

  test('a job can be deployed twice, in other releases and images', () => {
    const stack = newStack();
    const job = jobIn(stack);
    job.deploy('One', { instanceType: C5, version: TensorFlowVersion.V2_18 });
    job.deploy('Two', { instanceType: C5, image: TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1') });
    const images = resourcesOf(validTemplate(stack), 'AWS::SageMaker::Model').map(([, { Properties }]) => JSON.stringify(Properties.PrimaryContainer.Image));
    expect(images).toEqual([expect.stringContaining('tensorflow-inference:2.18.0-cpu'), expect.stringContaining('own:1')]);
  });

  test('a job with an image of its own has to be told what serves', () => {
    const stack = newStack();
    const image = TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1');
    const job = jobIn(stack, { version: undefined, image });
    expect(() => job.deploy('Endpoint', { instanceType: C5 })).toThrow(
      '[Stack/Training] `version` must be given to `deploy`, because the job has an image of its own, of which the version is not known; '
      + 'give the release of TensorFlow that serves, or an `image`');
    job.deploy('Endpoint', { instanceType: C5, version: TensorFlowVersion.V2_19 });
    validTemplate(stack);
  });

  test('files that are not packed are served as they are', () => {
    const stack = newStack();
    jobIn(stack, { compressOutput: false }).deploy('Endpoint', { instanceType: C5 });
    const template = validTemplate(stack);
    const [[condition]] = resourcesOf(template, 'AWS::CloudFormation::WaitCondition');
    template.hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: {
        ModelDataSource: {
          S3DataSource: { S3Uri: { 'Fn::Join': ['', ['s3://models/', keyOf(condition)]] }, S3DataType: 'S3Prefix', CompressionType: 'None' },
        },
      },
    });
  });

  test('inference code is put into a copy of the archive when the job is done', () => {
    const stack = newStack();
    const directory = temporaryDirectory({ 'inference.py': 'def handler(data, context):\n    pass\n' });
    jobIn(stack).deploy('Endpoint', { instanceType: C5, code: InferenceCode.fromDirectory(directory) });
    const template = validTemplate(stack);
    const [[condition]] = resourcesOf(template, 'AWS::CloudFormation::WaitCondition');
    template.hasResourceProperties('Custom::ModelArchiveWithCode', { SourceBucket: 'models', SourceKey: keyOf(condition) });
  });

  test('the key of an encrypted model is the one that its user needs', () => {
    const stack = newStack();
    const outputEncryptionKey = new Key(stack, 'Key');
    jobIn(stack, { outputEncryptionKey }).deploy('Endpoint', { instanceType: C5 });
    const template = validTemplate(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } }]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainingEndpointModelRole') }],
    });
  });

  test('a model from another stack could never be replaced', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const job = jobIn(new Stack(app, 'Training', { env }), {}, 'Job');
    const other = new Stack(app, 'Serving', { env });
    const rule = '`artifact` must be that of a training job in the stack of what serves it, because a model from another stack could never be '
      + 'replaced by the next one, got: "Training/Job"; move the job, or what serves its model, to the other stack';
    expect(() => new ModelFromArtifact(other, 'Model', { artifact: job.artifact, version: TensorFlowVersion.V2_19 })).toThrow(`[Serving/Model] ${rule}`);
    const model = new ModelFromArtifact(Stack.of(job), 'Model', { artifact: job.artifact, version: TensorFlowVersion.V2_19 });
    expect(() => new TensorFlowServingEndpoint(other, 'Endpoint', { model, instanceType: C5 })).toThrow(rule);
  });
});

describe('what it needs', () => {
  test('a bucket of its own keeps the models', () => {
    const stack = newStack();
    const job = jobIn(stack, { outputBucket: undefined });
    validTemplate(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    expect(stack.resolve(job.outputBucket.bucketName)).toEqual({ Ref: expect.stringMatching(/^TrainingOutputBucket/) });
  });

  test.each([
    ['', `${PREFIX}-*`], ['a/b', `a/b/${PREFIX}-*`], ['a/b/', `a/b/${PREFIX}-*`],
  ])('models under the prefix %j are looked for under %s', (outputPrefix, pattern) => {
    const stack = newStack();
    jobIn(stack, { outputPrefix });
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Condition: { StringLike: { 's3:prefix': [pattern] } } })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowTrainingRunnerSignalRole') }],
    });
  });

  test('models under a prefix that is known later are looked for under all of it', () => {
    const stack = newStack();
    jobIn(stack, { outputPrefix: new CfnParameter(stack, 'Prefix').valueAsString });
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Condition: { StringLike: { 's3:prefix': [{ 'Fn::Join': ['', [{ Ref: 'Prefix' }, '*']] }] } } })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowTrainingRunnerSignalRole') }],
    });
  });

  test.each(['a"b', 'a\\b', 'ä', 'a\nb'])('a prefix that JSON writes in another way is an error: %j', (outputPrefix) => {
    const stack = newStack();
    expect(() => jobIn(stack, { outputPrefix })).toThrow(
      `[Stack/Training] \`outputPrefix\` must have only printable characters of ASCII, and neither quotes nor backslashes, got: ${JSON.stringify(outputPrefix)}`);
    jobIn(stack, { outputPrefix, run: TrainingRun.onDemand() }, 'OnDemand');
  });

  test.each([-1, 0.5, 21])('%s capacity retries are an error', (capacityRetries) => {
    expect(() => jobIn(newStack(), { capacityRetries })).toThrow(
      `[Stack/Training] \`capacityRetries\` must be a whole number from 0 to 20, got: ${capacityRetries}`);
  });

  test('capacity retries that are known later are an error', () => {
    const stack = newStack();
    expect(() => jobIn(stack, { capacityRetries: new CfnParameter(stack, 'Retries', { type: 'Number' }).valueAsNumber })).toThrow(
      '[Stack/Training] `capacityRetries` must be known at synthesis');
  });

  test.each([0, 20])('%s capacity retries are fine', (capacityRetries) => {
    const stack = newStack();
    jobIn(stack, { capacityRetries });
    validTemplate(stack);
  });

  test('all jobs of a stack share two functions', () => {
    const stack = newStack();
    jobIn(stack, {}, 'One');
    jobIn(stack, {}, 'Two');
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.resourceCountIs('Custom::TensorFlowTrainingRun', 2);
  });

  test('a role of one\'s own is the one that is passed', () => {
    const stack = newStack();
    const role = new Role(stack, 'Own', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    const job = jobIn(stack, { role });
    expect(job.role).toBe(role);
    expect(job.grantPrincipal).toBe(role);
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'iam:PassRole', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Own'), 'Arn'] } })]),
      },
    });
  });

  test('rights can be granted to it', () => {
    const stack = newStack();
    new Bucket(stack, 'More').grantRead(jobIn(stack));
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'] })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainingRole') }],
    });
  });

  test('a job in a VPC has connections, another has none', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const group = new SecurityGroup(stack, 'Group', { vpc });
    expect(jobIn(stack, { vpc, securityGroups: [group] }).connections.securityGroups).toEqual([group]);
    expect(() => jobIn(stack, {}, 'Outside').connections).toThrow('[Stack/Outside] `connections` exist only for a job in a VPC; give the job a `vpc`');
  });
});

describe('a job that may take longer than a deployment waits', () => {
  const warnings = (more: Parameters<typeof jobIn>[1]) => {
    const stack = newStack();
    jobIn(stack, more);
    return warningsIn(stack).filter((text) => text.includes('trainingOutlastsDeployment'));
  };

  test.each([
    { maxRuntime: Duration.seconds(12 * 3600 + 1) }, { maxRuntime: Duration.hours(1), maxWait: Duration.hours(13), useSpotInstances: true },
  ])('is warned of: %j', (more) => {
    expect(warnings(more)).toEqual([
      'The job may take longer than the 12 hours that a deployment waits for it, and then fails; let it train faster, or use TrainingRun.onDemand() '
      + '[ack: cdk-tensorflow-serving:trainingOutlastsDeployment]',
    ]);
  });

  test.each([{}, { maxRuntime: Duration.hours(12) }, { maxRuntime: Duration.hours(13), run: TrainingRun.onDemand() }])('is not %j', (more) => {
    expect(warnings(more)).toEqual([]);
  });
});

describe('what one can do with it', () => {
  test('grantStart lets somebody start runs', () => {
    const stack = newStack();
    const job = jobIn(stack);
    job.grantStart(new User(stack, 'User'));
    const template = validTemplate(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: resourcesOf(template, 'AWS::StepFunctions::StateMachine')[0][0] } }],
      },
      Users: [{ Ref: Match.stringLikeRegexp('^User') }],
    });
  });

  test('onStateChange hears of its training jobs, and of no others', () => {
    const stack = newStack();
    const job = jobIn(stack, { run: TrainingRun.onDemand() });
    job.onStateChange('Failed', {
      target: new SnsTopic(new Topic(stack, 'Topic')), description: 'It fails', eventPattern: { detail: { TrainingJobStatus: ['Failed'] } },
    });
    job.onStateChange('Any');
    const template = validTemplate(stack);
    const pattern = (more: object) => ({
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Training Job State Change'],
      'detail': { TrainingJobName: [{ prefix: `${PREFIX}-` }], ...more },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      Description: 'It fails', EventPattern: pattern({ TrainingJobStatus: ['Failed'] }), Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^Topic') } })],
    });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: pattern({}), Targets: Match.absent() });
  });

  test('metrics of runs are those of the state machine', () => {
    const stack = newStack();
    const job = jobIn(stack);
    const dimensions = { StateMachineArn: stack.resolve(job.stateMachine.stateMachineArn) };
    const shown = (metric: any) => ({ ...stack.resolve(metric.toMetricConfig().metricStat), dimensions: stack.resolve(metric.dimensions) });
    expect(shown(job.metricSucceeded())).toMatchObject({ namespace: 'AWS/States', metricName: 'ExecutionsSucceeded', statistic: 'Sum', dimensions });
    expect(shown(job.metricFailed({ period: Duration.hours(1) }))).toMatchObject({ metricName: 'ExecutionsFailed', dimensions });
    expect(shown(job.metricDuration())).toMatchObject({ metricName: 'ExecutionTime', statistic: 'Average', dimensions });
  });

  test.each([
    ['CPUUtilization', {}, 'Host', 'Average'],
    ['loss', { statistic: 'Minimum' }, 'TrainingJobName', 'Minimum'],
  ])('the metric %s of its training jobs is searched for', (name, options, dimension, statistic) => {
    expect(jobIn(newStack()).metric(name, options).toMetricConfig().searchExpression).toMatchObject({
      expression: `SEARCH('{"/aws/sagemaker/TrainingJobs",${dimension}} MetricName="${name}" stack training 0531f6c1', '${statistic}')`,
    });
  });

  test('a metric has a period and a label', () => {
    const { searchExpression, renderingProperties } = jobIn(newStack()).metric('loss', { period: Duration.minutes(1), label: 'Loss' }).toMetricConfig();
    expect(searchExpression).toMatchObject({ period: 60 });
    expect(renderingProperties).toMatchObject({ label: 'Loss' });
  });

  test('other stacks can start it', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const job = jobIn(new Stack(app, 'Stack', { env }), { run: TrainingRun.onDemand() });
    const other = new Stack(app, 'Other', { env });
    job.grantStart(new User(other, 'User'));
    validTemplate(other).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource: { 'Fn::ImportValue': Match.anyValue() } }] },
    });
  });
});

test('the bucket of the code may be the one of the models', () => {
  const stack = newStack();
  jobIn(stack, { outputBucket: bucketIn(stack, 'code') });
  validTemplate(stack);
});

test('a job with a training plan may use what the plan has reserved', () => {
  const stack = newStack();
  const plan = 'arn:aws:sagemaker:us-east-1:123456789012:training-plan/p';
  jobIn(stack, { instanceType: InstanceType.P5_48XLARGE, trainingPlanArn: plan });
  expect(statementsOf(validTemplate(stack), 'TrainingStateMachineRole')).toContainEqual({
    Effect: 'Allow',
    Action: 'sagemaker:CreateTrainingJob',
    Resource: [plan, { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:us-east-1:123456789012:reserved-capacity/*']] }],
  });
});
