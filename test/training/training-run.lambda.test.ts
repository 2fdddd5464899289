import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeTrainingJobCommand, SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { Callbacks } from './callbacks';
import { decide, handler, type TrainingRunEvent } from '../../src/training/training-run.lambda';

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const sfn = mockClient(SFNClient);
const sageMaker = mockClient(SageMakerClient);
const s3 = mockClient(S3Client);
let callbacks: Callbacks;

beforeEach(async () => {
  [sfn, sageMaker, s3].forEach((mock) => mock.reset());
  callbacks = new Callbacks();
  await callbacks.listen();
});

afterEach(() => {
  callbacks.close();
});

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Training';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Training';
const REVISION = '0123456789abcdef';
/** The run that a creation with the request `request` starts. */
const RUN = `${REVISION}-1f58b914`;
const MODEL = { bucket: 'models', key: 'training/job-1/output/model.tar.gz' };

function event(given: Partial<TrainingRunEvent> = {}): TrainingRunEvent {
  return {
    RequestType: 'Create',
    ResponseURL: callbacks?.at('/answer'),
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Run',
    ResourceProperties: {
      StateMachineArn: ARN,
      StateMachineVersionArn: `${ARN}:3`,
      Revision: REVISION,
      TrainingJobNamePrefix: 'stack-training-01234567',
      Attempts: '3',
      SignalUrl: callbacks?.at('/signal'),
    },
    ...given,
  };
}

const call = (given: Partial<TrainingRunEvent> = {}) => handler(event(given), { getRemainingTimeInMillis: () => 300_000 });
const remove = (given: Partial<TrainingRunEvent> = {}) => call({ RequestType: 'Delete', PhysicalResourceId: RUN, ...given });
const answers = () => callbacks.received.filter(({ path }) => path === '/answer');
const signals = () => callbacks.received.filter(({ path }) => path === '/signal');
const named = (name: string, message = name) => Object.assign(new Error(message), { name });

/** The executions that there are, by their statuses. */
function executions(byStatus: { readonly RUNNING?: string[]; readonly SUCCEEDED?: string[] }): void {
  for (const status of ['RUNNING', 'SUCCEEDED'] as const) {
    sfn.on(ListExecutionsCommand, { stateMachineArn: ARN, statusFilter: status })
      .resolves({ executions: (byStatus[status] ?? []).map((name) => ({ name }) as never) });
  }
}

/** What a run has made. */
function output(name: string, uri: string | undefined): void {
  sfn.on(DescribeExecutionCommand, { executionArn: `${EXECUTION}:${name}` })
    .resolves({ output: uri === undefined ? undefined : JSON.stringify({ TrainingJobName: 'job-1', ModelArtifacts: { S3ModelArtifacts: uri } }) });
}

describe('what there is to do', () => {
  test('a new revision is started, and told where to signal and what its job is called', () => {
    const { ResourceProperties: { SignalUrl } } = event();
    expect(decide(event(), { running: [] })).toEqual({
      step: 'start', id: RUN, input: { signalUrl: SignalUrl, trainingJobName: `stack-training-01234567-${RUN}` },
    });
  });

  test('the name of a job has room for the number of an attempt', () => {
    const step = decide(event(), { running: [] });
    expect(step.step === 'start' && step.input.trainingJobName.length <= 63 - '-21'.length).toBe(true);
  });

  test('another request is another run', () => {
    expect(decide(event({ RequestId: 'another' }), { running: [] }).id).not.toBe(RUN);
  });

  test('a run that goes on for the same request is left alone', () => {
    expect(decide(event(), { running: [RUN] })).toEqual({ step: 'none', id: RUN });
  });

  test('a run that goes on for another request is another one', () => {
    expect(decide(event(), { running: [`${REVISION}-00000000`] })).toMatchObject({ step: 'start', id: RUN });
  });

  test.each([[[]], [[RUN]]])('a run that has succeeded is taken, whatever else goes on: %j', (running) => {
    const run = { name: `${REVISION}-00000000`, model: MODEL };
    expect(decide(event(), { running, finished: run })).toEqual({ step: 'reuse', id: RUN, run });
  });

  test('Update does nothing', () => {
    expect(decide(event({ RequestType: 'Update', PhysicalResourceId: 'before' }), { running: [RUN] })).toEqual({ step: 'none', id: 'before' });
  });

  test('Delete stops what goes on', () => {
    expect(decide(event({ RequestType: 'Delete', PhysicalResourceId: RUN }), { running: [RUN, `${REVISION}-00000000`] })).toEqual({
      step: 'stop', id: RUN, names: [RUN, `${REVISION}-00000000`],
    });
  });

  test('Delete of what was never created does nothing', () => {
    expect(decide(event({ RequestType: 'Delete' }), { running: [] })).toMatchObject({ step: 'none', id: 'Run' });
  });
});

describe('Create', () => {
  test('starts an execution of the version, and answers at once', async () => {
    executions({ SUCCEEDED: ['nightly', 'fedcba9876543210-00000000'] });
    sfn.on(StartExecutionCommand).resolves({});
    await call();
    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([{
      stateMachineArn: `${ARN}:3`,
      name: RUN,
      input: JSON.stringify({ signalUrl: callbacks.at('/signal'), trainingJobName: `stack-training-01234567-${RUN}` }),
    }]);
    expect(sfn.commandCalls(DescribeExecutionCommand)).toEqual([]);
    expect(callbacks.received).toEqual([{
      path: '/answer', method: 'PUT', type: '', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Run', Status: 'SUCCESS', PhysicalResourceId: RUN,
    }]);
  });

  test('that comes again when its run has ended starts nothing', async () => {
    executions({});
    sfn.on(StartExecutionCommand).rejects(named('ExecutionAlreadyExists'));
    await call();
    expect(answers()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: RUN }]);
  });

  test('of a run that is there already signals its model, and starts nothing', async () => {
    executions({ SUCCEEDED: [`${REVISION}-00000000`] });
    output(`${REVISION}-00000000`, `s3://models/${MODEL.key}`);
    s3.on(ListObjectsV2Command, { Bucket: 'models', Prefix: MODEL.key, MaxKeys: 1 }).resolves({ KeyCount: 1 });
    await call();
    expect(signals()).toEqual([{
      path: '/signal',
      method: 'PUT',
      type: '',
      Status: 'SUCCESS',
      Reason: `execution ${REVISION}-00000000 has trained this revision before`,
      UniqueId: 'artifact',
      Data: MODEL.key,
    }]);
    expect(answers()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: RUN }]);
    expect(sfn.commandCalls(StartExecutionCommand)).toEqual([]);
  });

  test('takes the newest run whose model is there', async () => {
    executions({ SUCCEEDED: [`${REVISION}-3`, `${REVISION}-2`, `${REVISION}-1`] });
    output(`${REVISION}-3`, 's3://models/3/output/model.tar.gz');
    output(`${REVISION}-2`, undefined);
    output(`${REVISION}-1`, 's3://models/1/output/model');
    s3.on(ListObjectsV2Command, { Prefix: '3/output/model.tar.gz' }).resolves({ KeyCount: 0 });
    s3.on(ListObjectsV2Command, { Prefix: '1/output/model/' }).resolves({ KeyCount: 1 });
    await call();
    expect(signals()).toMatchObject([{ Data: '1/output/model/' }]);
  });

  test('trusts a model that it may not look for', async () => {
    executions({ SUCCEEDED: [`${REVISION}-1`] });
    output(`${REVISION}-1`, `s3://models/${MODEL.key}`);
    s3.on(ListObjectsV2Command).rejects(named('AccessDenied'));
    await call();
    expect(signals()).toMatchObject([{ Status: 'SUCCESS', Data: MODEL.key }]);
  });

  test('looks through all pages of executions', async () => {
    executions({});
    sfn.on(ListExecutionsCommand, { statusFilter: 'SUCCEEDED' })
      .resolvesOnce({ executions: [{ name: 'nightly' } as never], nextToken: 'more' })
      .resolvesOnce({ executions: [{ name: `${REVISION}-1` } as never] });
    output(`${REVISION}-1`, `s3://models/${MODEL.key}`);
    s3.on(ListObjectsV2Command).resolves({ KeyCount: 1 });
    await call();
    expect(signals()).toMatchObject([{ Data: MODEL.key }]);
  });

  test('that cannot start fails with the reason', async () => {
    executions({});
    sfn.on(StartExecutionCommand).rejects(named('AccessDeniedException', 'not authorized to perform: states:StartExecution'));
    await call();
    expect(answers()).toMatchObject([{ Status: 'FAILED', PhysicalResourceId: 'Run', Reason: 'not authorized to perform: states:StartExecution' }]);
  });

  test('whose signal is not taken at first gives it again', async () => {
    executions({ SUCCEEDED: [`${REVISION}-1`] });
    output(`${REVISION}-1`, `s3://models/${MODEL.key}`);
    s3.on(ListObjectsV2Command).resolves({ KeyCount: 1 });
    callbacks.refusals = 1;
    await call();
    expect(signals()).toHaveLength(2);
    expect(signals()[1]).toEqual(signals()[0]);
    expect(answers()).toMatchObject([{ Status: 'SUCCESS' }]);
  });
});

test('Update asks for nothing and keeps the id', async () => {
  await call({ RequestType: 'Update', PhysicalResourceId: 'before' });
  expect(sfn.calls()).toEqual([]);
  expect(answers()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'before' }]);
});

describe('Delete', () => {
  /** The jobs that there are, by their names without the prefix. */
  function jobs(statuses: { readonly [name: string]: string }): void {
    sageMaker.on(DescribeTrainingJobCommand).rejects(named('ValidationException', 'Requested resource not found.'));
    for (const [name, status] of Object.entries(statuses)) {
      sageMaker.on(DescribeTrainingJobCommand, { TrainingJobName: `stack-training-01234567-${name}` }).resolves({ TrainingJobStatus: status as never });
    }
  }
  const stopped = () => sfn.commandCalls(StopExecutionCommand).map(({ args }) => args[0].input);
  const stoppedJobs = () => sageMaker.commandCalls(StopTrainingJobCommand).map(({ args }) => args[0].input.TrainingJobName);

  test('stops the runs of the revision and their jobs, and no other', async () => {
    executions({ RUNNING: [RUN, 'nightly', `${REVISION}0-1`] });
    jobs({ [`${RUN}-1`]: 'Failed', [`${RUN}-2`]: 'InProgress' });
    await remove();
    expect(stopped()).toEqual([{
      executionArn: `${EXECUTION}:${RUN}`, error: 'TrainingStopped', cause: 'the deployment that has started it has been undone',
    }]);
    expect(stoppedJobs()).toEqual([`stack-training-01234567-${RUN}-2`]);
    expect(answers()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: RUN }]);
  });

  test('stops the job of an attempt after one that has never had a job', async () => {
    executions({ RUNNING: [RUN] });
    jobs({ [`${RUN}-3`]: 'InProgress' });
    await remove();
    expect(stoppedJobs()).toEqual([`stack-training-01234567-${RUN}-3`]);
    expect(answers()).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('looks for the jobs of all attempts, and for no more', async () => {
    executions({ RUNNING: [RUN] });
    jobs({});
    await remove();
    expect(sageMaker.commandCalls(DescribeTrainingJobCommand).map(({ args }) => args[0].input.TrainingJobName))
      .toEqual([1, 2, 3].map((attempt) => `stack-training-01234567-${RUN}-${attempt}`));
  });

  test('stops the other jobs where one cannot be stopped, and fails', async () => {
    executions({ RUNNING: [RUN] });
    jobs({ [`${RUN}-2`]: 'InProgress' });
    sageMaker.on(DescribeTrainingJobCommand, { TrainingJobName: `stack-training-01234567-${RUN}-1` }).rejects(named('ThrottlingException', 'too fast'));
    await remove();
    expect(stoppedJobs()).toEqual([`stack-training-01234567-${RUN}-2`]);
    expect(answers()).toMatchObject([{ Status: 'FAILED', Reason: 'too fast' }]);
  });

  test.each(['Completed', 'Failed', 'Stopping', 'Stopped'])('leaves a job alone that is %s', async (status) => {
    executions({ RUNNING: [RUN] });
    jobs({ [`${RUN}-1`]: status });
    await remove();
    expect(stoppedJobs()).toEqual([]);
    expect(answers()).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('does nothing where nothing goes on', async () => {
    executions({ SUCCEEDED: [RUN] });
    await remove();
    expect(sfn.calls()).toHaveLength(1);
    expect(sageMaker.calls()).toEqual([]);
    expect(answers()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: RUN }]);
  });

  test.each([
    ['state machine', () => { sfn.on(ListExecutionsCommand).rejects(named('StateMachineDoesNotExist')); }],
    ['execution', () => {
      executions({ RUNNING: [RUN] });
      sfn.on(StopExecutionCommand).rejects(named('ExecutionDoesNotExist'));
      jobs({});
    }],
    ['job by now', () => {
      executions({ RUNNING: [RUN] });
      jobs({ [`${RUN}-1`]: 'InProgress' });
      sageMaker.on(StopTrainingJobCommand).rejects(named('ValidationException', 'The request was rejected because the training job is in status Stopped.'));
    }],
    ['job at all', () => {
      executions({ RUNNING: [RUN] });
      sageMaker.on(DescribeTrainingJobCommand).rejects(named('ResourceNotFound'));
    }],
  ])('does not mind that there is no %s', async (_what, given) => {
    given();
    await remove();
    expect(answers()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: RUN }]);
  });

  test.each([
    ['look for runs', () => { sfn.on(ListExecutionsCommand).rejects(named('AccessDeniedException', 'not you')); }],
    ['stop a run', () => {
      executions({ RUNNING: [RUN] });
      sfn.on(StopExecutionCommand).rejects(named('AccessDeniedException', 'not you'));
    }],
    ['stop a job', () => {
      executions({ RUNNING: [RUN] });
      jobs({ [`${RUN}-1`]: 'InProgress' });
      sageMaker.on(StopTrainingJobCommand).rejects(named('AccessDeniedException', 'not you'));
    }],
    ['say what went wrong', () => { sfn.on(ListExecutionsCommand).callsFake(() => { throw 'not you'; }); }],
  ])('fails where it cannot %s, which would cost money', async (_what, given) => {
    given();
    await remove();
    expect(answers()).toMatchObject([{ Status: 'FAILED', PhysicalResourceId: RUN, Reason: 'not you' }]);
  });
});
