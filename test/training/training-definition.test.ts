import { trainingDefinition } from '../../src/training/training-definition';

const REQUEST = {
  parameters: {
    HyperParameters: { epochs: '10' },
    CheckpointConfig: { S3Uri: 's3://models/checkpoints', LocalPath: '/opt/ml/checkpoints' },
    OutputDataConfig: { S3OutputPath: 's3://models/training' },
  },
  addressesOfEachJob: [] as string[][],
};
const SIGNAL = 'arn:aws:lambda:us-east-1:123456789012:function:Signal';

function definition(more: Partial<Parameters<typeof trainingDefinition>[0]> = {}): any {
  return trainingDefinition({ request: REQUEST, trainingJobNamePrefix: 'stack-training', partition: 'aws', capacityRetries: 0, ...more });
}

/** The states that a state goes on to. */
function nextOf({ Next, Default, Choices = [], Catch = [] }: any): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((each: any) => each.Next)].filter((name) => name !== undefined);
}

const NAME = 'States.Format(\'{}-{}\', $.name, $.attempt.number)';

test('a run that nobody waits for has no more states than it needs', () => {
  const call = (action: string, next: string, ended: object) => ({
    Type: 'Task',
    Resource: `arn:aws:states:::aws-sdk:sagemaker:${action}`,
    Parameters: { 'TrainingJobName.$': NAME },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
    ...ended,
    Next: next,
  });
  const pass = (text: string, next: string) => ({ Type: 'Pass', Parameters: { 'text.$': text }, ResultPath: '$.reason', Next: next });
  const status = (name: string) => ({ Variable: '$.job.TrainingJobStatus', StringEquals: name });
  expect(definition()).toEqual({
    Comment: 'Runs a SageMaker training job',
    StartAt: 'Begin',
    States: {
      'Begin': {
        Type: 'Pass',
        Parameters: {
          'name.$': 'States.Format(\'stack-training-{}\', States.UUID())', 'attempt': { number: 1, limit: 99_999_999 }, 'limits': [99_999_999], 'addresses': [],
        },
        Next: 'Train',
      },
      'Train': {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
        Parameters: {
          'TrainingJobName.$': NAME,
          ...REQUEST.parameters,
          'HyperParameters': { 'epochs': '10', 'sagemaker_job_name.$': 'States.Format(\'"{}-{}"\', $.name, $.attempt.number)' },
        },
        ResultPath: '$.job',
        Retry: [{
          ErrorEquals: ['SageMaker.AmazonSageMakerException', 'SageMaker.SdkClientException', 'SageMaker.AccessDeniedException', 'States.Permissions'],
          IntervalSeconds: 5,
          MaxAttempts: 4,
          BackoffRate: 2,
        }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Describe' }],
        Next: 'How has it ended?',
      },
      'Describe': call('describeTrainingJob', 'How has it ended?', {
        ResultPath: '$.job', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.job', Next: 'Not created' }],
      }),
      'How has it ended?': {
        Type: 'Choice',
        Choices: [
          { ...status('Completed'), Next: 'Done' },
          { And: [status('Stopped'), { Variable: '$.job.SecondaryStatus', StringEquals: 'MaxRuntimeExceeded' }], Next: 'Done' },
          { And: [{ Variable: '$.job.FailureReason', IsPresent: true }, { Variable: '$.job.FailureReason', IsString: true }], Next: 'Job failed' },
          { Or: [status('Stopped'), status('Failed')], Next: 'Job stopped' },
        ],
        Default: 'Lost track',
      },
      'Job failed': pass(
        'States.Format(\'{}; training job {}, log group /aws/sagemaker/TrainingJobs\', $.job.FailureReason, $.job.TrainingJobName)', 'Failed',
      ),
      'Job stopped': pass(
        'States.Format(\'training job {} was stopped: {}; log group /aws/sagemaker/TrainingJobs\', $.job.TrainingJobName, $.job.SecondaryStatus)', 'Failed',
      ),
      'Not created': pass('States.Format(\'{} ({})\', $.error.Cause, $.error.Error)', 'Failed'),
      'Lost track': pass('States.Format(\'{} ({})\', $.error.Cause, $.error.Error)', 'Stop'),
      'Stop': call('stopTrainingJob', 'Failed', { ResultPath: null, Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Failed' }] }),
      'Done': { Type: 'Succeed', OutputPath: '$.job' },
      'Failed': { Type: 'Fail', Error: 'TrainingFailed', CausePath: '$.reason.text' },
    },
  });
});

describe.each([
  ['waited for', SIGNAL], ['not waited for', undefined],
])('a run that is %s', (_what, signalFunctionArn) => {
  test.each([0, 1, 5, 20])('goes with %d retries from each state to states that there are, and through all of them', (capacityRetries) => {
    const { StartAt, States } = definition({ capacityRetries, signalFunctionArn });
    const reached = new Set<string>();
    const visit = (name: string) => {
      expect(States[name]).toBeDefined();
      if (!reached.has(name)) {
        reached.add(name);
        nextOf(States[name]).forEach(visit);
      }
    };
    visit(StartAt);
    expect([...reached].sort()).toEqual(Object.keys(States).sort());
    const ends = Object.keys(States).filter((name) => nextOf(States[name]).length === 0);
    expect(ends.every((name) => ['Succeed', 'Fail'].includes(States[name].Type))).toBe(true);
  });
});

test('a run that is waited for has a name and a place to signal, and ends before CloudFormation does', () => {
  const { States, StartAt } = definition({ capacityRetries: 2, signalFunctionArn: SIGNAL });
  expect(StartAt).toBe('Is waited for?');
  expect(States['Begin for deployment'].Parameters).toEqual({
    'signalUrl.$': '$.signalUrl',
    'name.$': '$.trainingJobName',
    'attempt': { number: 1, limit: 42_300 },
    'limits': [42_300, 42_300 - 120 - 900, 42_300 - 120 - 240 - 1800],
    'addresses': [],
  });
  expect(States.Train.TimeoutSecondsPath).toBe('$.attempt.limit');
  expect(States['Took too long'].Parameters['text.$']).toMatch(/takes longer than CloudFormation waits, which is 12 hours/);
});

test('a job that took too long is stopped, though nobody can tell how it is', () => {
  const { States } = definition({ signalFunctionArn: SIGNAL });
  expect(States.Describe.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.job', Next: 'Is there a job?' }]);
  expect(States['Is there a job?']).toEqual({
    Type: 'Choice',
    Choices: [{ Variable: '$.error.Error', StringEquals: 'States.Timeout', Next: 'Took too long' }],
    Default: 'Not created',
  });
  expect(States['Took too long'].Next).toBe('Stop');
});

test('the time of a run never runs out before it begins', () => {
  const { limits } = definition({ capacityRetries: 20, signalFunctionArn: SIGNAL }).States['Begin for deployment'].Parameters;
  expect(limits).toHaveLength(21);
  expect(Math.min(...limits)).toBe(900);
});

test('each attempt waits twice as long as the one before, but at most an hour', () => {
  const { States } = definition({ capacityRetries: 7 });
  expect(States['Next attempt']).toEqual({
    Type: 'Pass',
    Parameters: {
      'number.$': 'States.MathAdd($.attempt.number, 1)',
      'limit.$': 'States.ArrayGetItem($.limits, $.attempt.number)',
      'delay.$': 'States.ArrayGetItem(States.Array(120, 240, 480, 960, 1920, 3600, 3600), States.MathAdd($.attempt.number, -1))',
    },
    ResultPath: '$.attempt',
    Next: 'Wait for capacity',
  });
  expect(States['Lacks capacity?'].Choices[0].And[0]).toEqual({ Variable: '$.attempt.number', NumericLessThanEquals: 7 });
});

test('how a run ended is told again and again, and a success stays one that nobody has heard of', () => {
  const { States } = definition({ signalFunctionArn: SIGNAL });
  const signal = (payload: object, next: string, otherwise: string) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: SIGNAL, Payload: { 'signalUrl.$': '$.signalUrl', ...payload } },
    ResultSelector: { 'failure.$': '$.Payload.failure' },
    ResultPath: '$.signal',
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: otherwise }],
    Next: next,
  });
  expect(States['Signal success']).toEqual(signal({ 'job.$': '$.job' }, 'Is there a model?', 'Done'));
  expect(States['Signal failure']).toEqual(signal({ 'reason.$': '$.reason.text' }, 'Failed', 'Failed'));
  expect(States['No model']).toEqual({ Type: 'Fail', Error: 'NoModel', CausePath: '$.signal.failure' });
});

test('addresses of each job end in its name, wherever they are in the request', () => {
  const request = { ...REQUEST, addressesOfEachJob: [['CheckpointConfig', 'S3Uri'], ['OutputDataConfig', 'S3OutputPath']] };
  const { Begin, Train } = definition({ request }).States;
  expect(Begin.Parameters.addresses).toEqual(['s3://models/checkpoints', 's3://models/training']);
  const address = (index: number) => `States.Format('{}/{}-{}', $.addresses[${index}], $.name, $.attempt.number)`;
  expect(Train.Parameters.CheckpointConfig).toEqual({ 'LocalPath': '/opt/ml/checkpoints', 'S3Uri.$': address(0) });
  expect(Train.Parameters.OutputDataConfig).toEqual({ 'S3OutputPath.$': address(1) });
  expect(REQUEST.parameters.CheckpointConfig.S3Uri).toBe('s3://models/checkpoints');
});

test('a request without hyperparameters has the name of the job', () => {
  const { HyperParameters, ...parameters } = REQUEST.parameters;
  expect(HyperParameters).toBeDefined();
  expect(Object.keys(definition({ request: { ...REQUEST, parameters } }).States.Train.Parameters.HyperParameters)).toEqual(['sagemaker_job_name.$']);
});

test('the partition is that of the stack', () => {
  const resources = Object.values<any>(definition({ partition: 'aws-cn', capacityRetries: 1, signalFunctionArn: SIGNAL }).States).flatMap(({ Resource }) => Resource ?? []);
  expect(resources.every((resource: string) => resource.startsWith('arn:aws-cn:states:::'))).toBe(true);
});
