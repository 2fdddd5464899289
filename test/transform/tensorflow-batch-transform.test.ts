import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { arn, bucketIn, definitionOf, modelIn, resourcesOf, statementsOf, transformIn, warningsIn } from './transform-support';
import {
  InferencePipeline, InstanceType, ModelArtifact, ModelFromArtifact, PipelineContainer, TensorFlowServingEndpoint, TensorFlowTrainingJob,
  TensorFlowVersion, TrainingCode,
} from '../../src';
import { TransformInput } from '../../src/transform/transform-input';
import { TransformOutput } from '../../src/transform/transform-output';
import { TransformRun } from '../../src/transform/transform-run';
import { newStack, validTemplate } from '../support/synthesis';

const PREFIX = 'stack-tnsform-fe943ff3';

/** The variables of a container that waits so many seconds. */
const waitingFor = (seconds: string) => ({ SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: seconds, SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: seconds });

describe('a batch transform', () => {
  const stack = newStack();
  const transform = transformIn(stack);
  const template = validTemplate(stack);

  test('has names of jobs with room for a UUID and an attempt', () => {
    expect(transform.transformJobNamePrefix).toBe(PREFIX);
    expect(`${PREFIX}-00000000-0000-0000-0000-000000000000-21`.length).toBeLessThanOrEqual(63);
    expect(definitionOf(template).States.Begin.Parameters['name.$']).toBe(`States.Format('${PREFIX}-{}', States.UUID())`);
  });

  test('lets its state machine run its jobs, hear of them, and nothing else', () => {
    expect(statementsOf(template, 'TransformStateMachineRole')).toEqual([
      {
        Action: [
          'sagemaker:CreateTransformJob', 'sagemaker:DescribeTransformJob', 'sagemaker:StopTransformJob', 'sagemaker:AddTags', 'sagemaker:ListTags',
        ],
        Effect: 'Allow',
        Resource: arn(`sagemaker:us-east-1:123456789012:transform-job/${PREFIX}-*`),
      },
      {
        Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        Effect: 'Allow',
        Resource: arn('events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTransformJobsRule'),
      },
      expect.objectContaining({ Action: expect.arrayContaining(['logs:CreateLogDelivery']), Resource: '*' }), // these take no resource
    ]);
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

  test('lets its model read its input, write its results, logs and metrics, and nothing else', () => {
    const logs = 'logs:us-east-1:123456789012:log-group:/aws/sagemaker/TransformJobs';
    expect(statementsOf(template, 'TransformRights')).toEqual([
      { Action: 's3:GetObject', Effect: 'Allow', Resource: arn('s3:::data/incoming/*') },
      { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn('s3:::data'), Condition: { StringLike: { 's3:prefix': ['incoming/*'] } } },
      { Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Effect: 'Allow', Resource: arn('s3:::results/scores/*') },
      {
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Effect: 'Allow',
        Resource: [arn(logs), arn(`${logs}:*`)],
      },
      {
        Action: 'cloudwatch:PutMetricData',
        Effect: 'Allow',
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/TransformJobs' } },
      },
    ]);
    const [[, { Properties }]] = resourcesOf(template, 'AWS::IAM::Policy').filter(([id]) => id.startsWith('TransformRights'));
    expect(Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^ModelRole/) }]);
  });

  test('has its rights before it runs', () => {
    const [[, { DependsOn }]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
    const [[policy]] = resourcesOf(template, 'AWS::IAM::Policy').filter(([id]) => id.startsWith('TransformRights'));
    expect(DependsOn).toContain(policy);
  });

  test('has a model whose container waits as long as SageMaker does', () => {
    const [[, { Properties }], ...others] = resourcesOf(template, 'AWS::SageMaker::Model');
    expect(others).toEqual([]);
    expect(Properties.PrimaryContainer.Environment).toEqual(waitingFor('600'));
  });

  test('logs errors, and runs when somebody wants it to', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: true },
      TracingConfiguration: Match.absent(),
    });
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::Events::Rule', 'AWS::Lambda::Function']) {
      template.resourceCountIs(type, 0);
    }
    expect(stack.resolve(transform.stateMachine.stateMachineArn)).toEqual({ Ref: resourcesOf(template, 'AWS::StepFunctions::StateMachine')[0][0] });
  });
});

describe('rights', () => {
  test('are those to keys where there are some', () => {
    const stack = newStack();
    const keys = ['Data', 'Results', 'Captured', 'Volume'].map((id) => new Key(stack, id));
    transformIn(stack, {
      input: TransformInput.fromBucket(new Bucket(stack, 'Input', { encryptionKey: keys[0] }), 'in/'),
      output: TransformOutput.toBucket(bucketIn(stack, 'results'), '', { encryptionKey: keys[1] }),
      dataCapture: { bucket: bucketIn(stack, 'captured'), encryptionKey: keys[2] },
      volumeEncryptionKey: keys[3],
    });
    const template = validTemplate(stack);
    const key = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(`^${id}[0-9A-F]{8}$`), 'Arn'] });
    const grant = { Action: 'kms:CreateGrant', Effect: 'Allow', Resource: key('Volume'), Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } };
    const describeKey = { Action: 'kms:DescribeKey', Effect: 'Allow', Resource: key('Volume') };
    const ofModel = statementsOf(template, 'TransformRights');
    expect(ofModel.filter(({ Action }) => JSON.stringify(Action).includes('kms:'))).toEqual([
      { Action: 'kms:Decrypt', Effect: 'Allow', Resource: key('Data') },
      { Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: [key('Results'), key('Captured')] },
      grant,
      describeKey,
    ]);
    expect(ofModel.filter(({ Action }) => Action.includes('s3:PutObject'))).toEqual([{
      Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Effect: 'Allow', Resource: [arn('s3:::results/*'), arn('s3:::captured/data-capture/*')],
    }]);
    expect(statementsOf(template, 'TransformStateMachineRole')).toEqual(expect.arrayContaining([grant, describeKey]));
  });

  test('are those to a manifest, and to what it may list', () => {
    const stack = newStack();
    transformIn(stack, {
      input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'lists/today.manifest', { dataBucket: bucketIn(stack, 'others'), dataPrefix: 'a/' }),
    });
    expect(statementsOf(validTemplate(stack), 'TransformRights').slice(0, 2)).toEqual([
      { Action: 's3:GetObject', Effect: 'Allow', Resource: [arn('s3:::data/lists/today.manifest'), arn('s3:::others/a/*')] },
      { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn('s3:::others'), Condition: { StringLike: { 's3:prefix': ['a/*'] } } },
    ]);
  });

  test('are those to the whole bucket of a manifest where nothing else is said', () => {
    const stack = newStack();
    transformIn(stack, { input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'today.manifest') });
    expect(statementsOf(validTemplate(stack), 'TransformRights')[0].Resource).toEqual([arn('s3:::data/today.manifest'), arn('s3:::data/*')]);
  });

  test.each([
    ['nothing else', {}, ['data/incoming/*']], ['a prefix', { dataPrefix: 'a/' }, ['data/incoming/*', 'data/a/*']],
    ['a bucket', { dataBucket: true }, ['data/incoming/*', 'others/*']], ['both', { dataBucket: true, dataPrefix: 'a/' }, ['data/incoming/*', 'others/a/*']],
  ])('are those to what manifests may list that arrive: %s', (_what, { dataBucket, dataPrefix }: { dataBucket?: boolean; dataPrefix?: string }, objects) => {
    const stack = newStack();
    transformIn(stack, { run: TransformRun.onManifest('.manifest', { dataPrefix, dataBucket: dataBucket ? bucketIn(stack, 'others') : undefined }) });
    expect([statementsOf(validTemplate(stack), 'TransformRights')[0].Resource].flat()).toEqual(objects.map((each) => arn(`s3:::${each}`)));
  });

  const MISSING = 'cannot be given rights here; see to it that it is allowed cloudwatch:PutMetricData, logs:CreateLogGroup, logs:CreateLogStream, '
    + 'logs:DescribeLogStreams, logs:PutLogEvents, s3:AbortMultipartUpload, s3:GetObject, s3:ListBucket, s3:PutObject [ack: cdk-tensorflow-serving:rightsNotGranted]';

  test('of an imported model are up to whoever has it', () => {
    const stack = newStack();
    transformIn(stack, { model: ModelFromArtifact.fromModelName(stack, 'Imported', 'model-1') });
    expect(statementsOf(validTemplate(stack), 'TransformRights')).toEqual([]);
    expect(warningsIn(stack)).toEqual([`The role of the imported model Imported ${MISSING}`]);
  });

  test('of a role that cannot be changed are up to whoever has it', () => {
    const stack = newStack();
    const role = Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::123456789012:role/theirs', { mutable: false });
    transformIn(stack, { model: modelIn(stack, { role }) });
    expect(statementsOf(validTemplate(stack), 'TransformRights')).toEqual([]);
    expect(warningsIn(stack)).toContain(`The role Theirs ${MISSING}`);
  });

  test('are in a policy of another name where they are others, which jobs that run still need', () => {
    const policyOf = (prefix: string) => {
      const stack = newStack();
      transformIn(stack, { output: TransformOutput.toBucket(bucketIn(stack, 'results'), prefix) });
      return resourcesOf(validTemplate(stack), 'AWS::IAM::Policy').map(([id]) => id).find((id) => id.startsWith('TransformRights'));
    };
    expect(policyOf('a')).not.toBe(policyOf('b'));
    expect(policyOf('a')).toBe(policyOf('a'));
  });
});

describe('a model', () => {
  test('is made for the instances, in the stack that needs it', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const stack = new Stack(app, 'Models', { env });
    const user = new Stack(app, 'Stack', { env });
    transformIn(user, { model: modelIn(stack), instanceType: InstanceType.G4DN_XLARGE });
    const [[, { Properties }]] = resourcesOf(validTemplate(user), 'AWS::SageMaker::Model');
    expect(JSON.stringify(Properties.PrimaryContainer.Image)).toContain('2.19.0-gpu');
  });

  test('is one of its own beside that of a real-time endpoint, whose requests take less long', () => {
    const stack = newStack();
    const model = modelIn(stack);
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.C5_XLARGE });
    transformIn(stack, { model });
    validTemplate(stack).resourceCountIs('AWS::SageMaker::Model', 2);
  });

  test('waits as long as a request may take', () => {
    const stack = newStack();
    transformIn(stack, { invocationTimeout: Duration.minutes(5) });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { Environment: waitingFor('300') },
    });
  });

  test('can be several containers, or a model package', () => {
    const stack = newStack();
    const pipeline = new InferencePipeline(stack, 'Pipeline', {
      containers: ['one', 'other'].map((name) => PipelineContainer.ofTensorFlow({
        artifact: ModelArtifact.fromBucket(bucketIn(stack, 'models'), `${name}.tar.gz`), version: TensorFlowVersion.V2_19,
      })),
    });
    const arnOfPackage = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1';
    const registered = new ModelFromArtifact(stack, 'Registered', {
      artifact: ModelArtifact.fromModelPackage(arnOfPackage, { dataBucket: bucketIn(stack, 'models') }),
    });
    [pipeline, registered].forEach((model, index) => transformIn(stack, { model }, `Transform${index}`));
    const models = resourcesOf(validTemplate(stack), 'AWS::SageMaker::Model').map(([, { Properties }]) => Properties);
    expect(models).toMatchObject([{ Containers: [{}, {}] }, { PrimaryContainer: { ModelPackageName: arnOfPackage } }]);
    expect(warningsIn(stack)).toEqual([]);
  });

  test('can be what a job has trained, which it waits for', () => {
    const stack = newStack();
    const job = new TensorFlowTrainingJob(stack, 'Training', {
      version: TensorFlowVersion.V2_19,
      code: TrainingCode.fromBucket(bucketIn(stack, 'code'), 'sourcedir.tar.gz', { entryPoint: 'train.py' }),
      instanceType: InstanceType.C5_XLARGE,
      outputBucket: bucketIn(stack, 'trained'),
    });
    transformIn(stack, { model: new ModelFromArtifact(stack, 'Trained', { artifact: job.artifact, version: TensorFlowVersion.V2_19 }) });
    const template = validTemplate(stack);
    const [[model, { Properties }]] = resourcesOf(template, 'AWS::SageMaker::Model');
    const [[condition]] = resourcesOf(template, 'AWS::CloudFormation::WaitCondition');
    expect(JSON.stringify(Properties.PrimaryContainer.ModelDataUrl)).toContain(JSON.stringify({ 'Fn::GetAtt': [condition, 'Data'] }));
    const [, { Properties: { DefinitionString } }] = resourcesOf(template, 'AWS::StepFunctions::StateMachine').find(([id]) => id.startsWith('Transform'))!;
    expect(DefinitionString['Fn::Join'][1]).toContainEqual({ 'Fn::GetAtt': [model, 'ModelName'] });
  });
});

test('onSchedule runs on the schedule', () => {
  const stack = newStack();
  transformIn(stack, { run: TransformRun.onSchedule(ScheduleExpression.cron({ hour: '2', minute: '0' })) });
  const template = validTemplate(stack);
  const [[machine]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 2 * * ? *)', State: 'ENABLED', Target: { Arn: { Ref: machine } },
  });
});

describe('a topic', () => {
  const stack = newStack();
  const topic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') });
  transformIn(stack, { topic });
  const template = validTemplate(stack);

  test('is told how runs end', () => {
    const { States } = definitionOf(template);
    expect([States['Tell of success'], States['Tell of failure']].map(({ Parameters }) => Parameters.TopicArn))
      .toEqual([expect.stringMatching(/:Topic[0-9A-F]{8}$/), expect.stringMatching(/:Topic[0-9A-F]{8}$/)]);
  });

  test('takes the right to tell it, and to its key', () => {
    expect(statementsOf(template, 'TransformStateMachineRole').slice(2, 4)).toEqual([
      { Action: 'sns:Publish', Effect: 'Allow', Resource: { Ref: expect.stringMatching(/^Topic/) } },
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } },
    ]);
  });

  test('that is not encrypted takes no key', () => {
    const plain = newStack();
    transformIn(plain, { topic: new Topic(plain, 'Topic') });
    expect(JSON.stringify(statementsOf(validTemplate(plain), 'TransformStateMachineRole'))).not.toContain('kms:');
  });
});

describe('what happens to jobs', () => {
  const stack = newStack();
  const transform = transformIn(stack);
  const target = new SnsTopic(new Topic(stack, 'Topic'));
  transform.onStateChange('Any', { target });
  transform.onSuccess('Success', { target });
  transform.onFailure('Failure', { target });
  transform.onFailure('Untold');
  const template = validTemplate(stack);

  test.each([
    ['Any', {}], ['Success', { TransformJobStatus: ['Completed'] }], ['Failure', { TransformJobStatus: ['Failed', 'Stopped'] }],
  ])('is told by rules: %s', (id, status) => {
    const [[, { Properties }]] = resourcesOf(template, 'AWS::Events::Rule').filter(([logicalId]) => logicalId.startsWith(`Transform${id}`));
    expect(Properties).toEqual({
      EventPattern: {
        'source': ['aws.sagemaker'],
        'detail-type': ['SageMaker Transform Job State Change'],
        'detail': { TransformJobName: [{ prefix: `${PREFIX}-` }], ...status },
      },
      State: 'ENABLED',
      Targets: [{ Arn: { Ref: expect.stringMatching(/^Topic/) }, Id: 'Target0' }],
    });
  });

  test('may be told to nobody yet', () => {
    const [[, { Properties }]] = resourcesOf(template, 'AWS::Events::Rule').filter(([logicalId]) => logicalId.startsWith('TransformUntold'));
    expect(Properties.Targets).toBeUndefined();
  });
});

test('grantStart lets a principal start runs', () => {
  const stack = newStack();
  const user = new User(stack, 'User');
  const [machine] = [transformIn(stack)].map((transform) => {
    transform.grantStart(user);
    return transform.stateMachine;
  });
  expect(statementsOf(validTemplate(stack), 'UserDefaultPolicy'))
    .toEqual([{ Action: 'states:StartExecution', Effect: 'Allow', Resource: stack.resolve(machine.stateMachineArn) }]);
});

test('metrics are those of runs', () => {
  const stack = newStack();
  const transform = transformIn(stack);
  const dimensions = { StateMachineArn: transform.stateMachine.stateMachineArn };
  expect([transform.metricSucceeded(), transform.metricFailed({ period: Duration.hours(1) }), transform.metricDuration()]).toMatchObject([
    { namespace: 'AWS/States', metricName: 'ExecutionsSucceeded', statistic: 'Sum', dimensions },
    { namespace: 'AWS/States', metricName: 'ExecutionsFailed', statistic: 'Sum', dimensions, period: Duration.hours(1) },
    { namespace: 'AWS/States', metricName: 'ExecutionTime', statistic: 'Average', dimensions },
  ]);
});

test('several in one stack are told apart', () => {
  const stack = newStack();
  const model = modelIn(stack);
  const [one, other] = ['One', 'Other'].map((id) => transformIn(stack, { model }, id));
  expect(one.transformJobNamePrefix).not.toBe(other.transformJobNamePrefix);
  validTemplate(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 2);
});

test('a role of a model may be that of others too', () => {
  const stack = newStack();
  const role = new Role(stack, 'Shared', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
  transformIn(stack, { model: modelIn(stack, { role }) });
  const [[, { Properties }]] = resourcesOf(validTemplate(stack), 'AWS::IAM::Policy').filter(([id]) => id.startsWith('TransformRights'));
  expect(Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^Shared/) }]);
});
