import { DescribeTrainingJobCommand, SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { Callbacks } from './callbacks';
import type { AllRunsEvent } from '../../src/training/all-runs';
import { handler } from '../../src/training/training-run.lambda';

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const sfn = mockClient(SFNClient);
const sageMaker = mockClient(SageMakerClient);
let callbacks: Callbacks;

beforeEach(async () => {
  [sfn, sageMaker].forEach((mock) => mock.reset());
  callbacks = new Callbacks();
  await callbacks.listen();
});

afterEach(() => {
  callbacks.close();
});

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Training';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Training';

async function call(given: Partial<AllRunsEvent>): Promise<object> {
  await handler({
    RequestType: 'Delete',
    ResponseURL: callbacks.at('/answer'),
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Runs',
    PhysicalResourceId: ARN,
    ResourceProperties: { StateMachineArn: ARN },
    ...given,
  }, { getRemainingTimeInMillis: () => 300_000 });
  return callbacks.received[0];
}

const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const stopped = () => sfn.commandCalls(StopExecutionCommand).map(({ args }) => args[0].input);
const stoppedJobs = () => sageMaker.commandCalls(StopTrainingJobCommand).map(({ args }) => args[0].input.TrainingJobName);

/** The executions that are listed as running, each time that they are listed. */
function running(...lists: string[][]): void {
  const command = sfn.on(ListExecutionsCommand, { stateMachineArn: ARN, statusFilter: 'RUNNING' });
  lists.forEach((names) => { command.resolvesOnce({ executions: names.map((name) => ({ name }) as never) }); });
  command.resolves({ executions: [] });
  sageMaker.on(DescribeTrainingJobCommand).resolves({ TrainingJobStatus: 'InProgress' });
}

/** The jobs that an execution has asked for, on pages of its history. */
function history(execution: string, ...pages: string[][]): void {
  const command = sfn.on(GetExecutionHistoryCommand, { executionArn: `${EXECUTION}:${execution}`, includeExecutionData: true });
  pages.forEach((jobs, index) => {
    const events = jobs.map((TrainingJobName) => ({
      type: 'TaskScheduled', taskScheduledEventDetails: { resource: 'createTrainingJob.sync', parameters: JSON.stringify({ TrainingJobName }) },
    }));
    const others = [
      { type: 'PassStateEntered' },
      { type: 'TaskScheduled', taskScheduledEventDetails: { resource: 'describeTrainingJob', parameters: '{"TrainingJobName":"described"}' } },
    ];
    command.resolvesOnce({ events: [...others, ...events] as never, nextToken: index < pages.length - 1 ? 'more' : undefined });
  });
}

test.each(['Create', 'Update'] as const)('%s does nothing, and is the state machine', async (RequestType) => {
  const answer = await call({ RequestType, PhysicalResourceId: RequestType === 'Update' ? 'another state machine' : undefined });
  expect(answer).toEqual({
    path: '/answer', method: 'PUT', type: '', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Runs', Status: 'SUCCESS', PhysicalResourceId: ARN,
  });
  expect([...sfn.calls(), ...sageMaker.calls()]).toEqual([]);
});

test('Delete stops all runs and their jobs, whoever has started them', async () => {
  running(['0123456789abcdef-00000000', 'nightly.1'], ['nightly.1']);
  history('0123456789abcdef-00000000', ['job-1-1']);
  history('nightly.1', ['job-2-1', 'job-2-2'], ['job-2-3']);
  sageMaker.on(DescribeTrainingJobCommand, { TrainingJobName: 'job-2-1' }).resolves({ TrainingJobStatus: 'Failed' });
  sageMaker.on(DescribeTrainingJobCommand, { TrainingJobName: 'job-2-2' }).rejects(named('ValidationException', 'Requested resource not found.'));
  expect(await call({})).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ARN });
  const cause = { error: 'TrainingStopped', cause: 'the training job that it is a run of has been deleted' };
  expect(stopped()).toEqual([
    { executionArn: `${EXECUTION}:0123456789abcdef-00000000`, ...cause },
    { executionArn: `${EXECUTION}:nightly.1`, ...cause },
  ]);
  expect(stoppedJobs()).toEqual(['job-1-1', 'job-2-3']);
});

test('Delete stops a run before it looks for the jobs, so that there is no further one', async () => {
  running(['nightly']);
  history('nightly', ['job-1']);
  await call({});
  expect(sfn.calls().map(({ args }) => args[0].constructor.name)).toEqual([
    'ListExecutionsCommand', 'StopExecutionCommand', 'GetExecutionHistoryCommand', 'ListExecutionsCommand',
  ]);
});

test('Delete stops a run that is started meanwhile', async () => {
  running(['first'], ['second', 'first']);
  history('first', []);
  history('second', ['job-2']);
  await call({});
  expect(stopped().map(({ executionArn }) => executionArn)).toEqual([`${EXECUTION}:first`, `${EXECUTION}:second`]);
  expect(stoppedJobs()).toEqual(['job-2']);
});

test('Delete of what was never created does no harm', async () => {
  running();
  expect(await call({ PhysicalResourceId: undefined })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'Runs' });
  expect(sfn.calls()).toHaveLength(1);
});

test.each([
  ['state machine', () => { sfn.on(ListExecutionsCommand).rejects(named('StateMachineDoesNotExist')); }],
  ['execution', () => {
    running(['gone']);
    sfn.on(StopExecutionCommand).rejects(named('ExecutionDoesNotExist'));
    sfn.on(GetExecutionHistoryCommand).rejects(named('ExecutionDoesNotExist'));
  }],
])('Delete does not mind that there is no %s', async (_what, given) => {
  given();
  expect(await call({})).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ARN });
});

test.each([
  ['stopped', () => { sfn.on(StopExecutionCommand, { executionArn: `${EXECUTION}:first` }).rejects(named('AccessDeniedException', 'not you')); }],
  ['looked at', () => {
    sfn.on(GetExecutionHistoryCommand, { executionArn: `${EXECUTION}:first` }).rejects(named('AccessDeniedException', 'not you'));
  }],
])('Delete stops the other runs where one cannot be %s, and fails', async (_what, given) => {
  running(['first', 'second']);
  history('first', ['job-1']);
  history('second', ['job-2']);
  given();
  expect(await call({})).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ARN, Reason: 'not you' });
  expect(stoppedJobs()).toEqual(['job-2']);
});
