import { TransformS3DataType } from '../../src/transform/transform-data-source';
import { transformDefinition } from '../../src/transform/transform-definition';

const REQUEST = {
  parameters: {
    ModelName: 'model',
    TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix' } }, ContentType: 'text/csv' },
    TransformOutput: { Accept: 'application/json' },
    BatchStrategy: 'MultiRecord',
  },
  dataType: TransformS3DataType.PREFIX,
  outputUri: 's3://results/scores',
};
const MANIFESTS = { ...REQUEST, dataType: TransformS3DataType.MANIFEST };
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:topic';

function definition(more: Partial<Parameters<typeof transformDefinition>[0]> = {}): any {
  return transformDefinition({
    request: REQUEST, bucketName: 'data', path: 'incoming/', isOnArrival: false, transformJobNamePrefix: 'stack-nightly', partition: 'aws', capacityRetries: 0, ...more,
  });
}

/** The states that a state goes on to. */
function nextOf({ Next, Default, Choices = [], Catch = [] }: any): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((each: any) => each.Next)].filter((name) => name !== undefined);
}

const NAME = 'States.Format(\'{}-{}\', $.name, $.attempt.number)';
const OUTPUT = 'States.Format(\'{}/{}-{}\', $.output, $.name, $.attempt.number)';

const begin = (input: object) => ({
  Type: 'Pass',
  Parameters: { 'name.$': 'States.Format(\'stack-nightly-{}\', States.UUID())', 'attempt': { number: 1 }, ...input, 'output': 's3://results/scores' },
  Next: 'Transform',
});
const wrong = (what: string) => ({ Type: 'Fail', Error: 'WrongInput', Cause: `the input of the execution must have ${what}` });

test('a run that nobody is told of has no more states than it needs', () => {
  const call = (action: string, next: string, ended: object) => ({
    Type: 'Task',
    Resource: `arn:aws:states:::aws-sdk:sagemaker:${action}`,
    Parameters: { 'TransformJobName.$': NAME },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
    ...ended,
    Next: next,
  });
  const pass = (text: string, next: string) => ({ Type: 'Pass', Parameters: { 'text.$': text }, ResultPath: '$.reason', Next: next });
  const status = (name: string) => ({ Variable: '$.job.TransformJobStatus', StringEquals: name });
  expect(definition()).toEqual({
    Comment: 'Runs a SageMaker transform job',
    StartAt: 'What is scored?',
    States: {
      'What is scored?': {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.prefix', IsPresent: true }, { Variable: '$.prefix', IsString: true }, { Variable: '$.prefix', StringMatches: 'incoming/*' },
            ],
            Next: 'Begin with input',
          },
          { Variable: '$.prefix', IsPresent: true, Next: 'Wrong input' },
        ],
        Default: 'Begin',
      },
      'Begin': begin({ input: 's3://data/incoming/' }),
      'Begin with input': begin({ 'input.$': 'States.Format(\'s3://data/{}\', $.prefix)' }),
      'Wrong input': wrong('a `prefix` that begins with incoming/'),
      'Transform': {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync',
        Parameters: {
          'TransformJobName.$': NAME,
          'ModelName': 'model',
          'BatchStrategy': 'MultiRecord',
          'TransformInput': { ContentType: 'text/csv', DataSource: { S3DataSource: { 'S3DataType': 'S3Prefix', 'S3Uri.$': '$.input' } } },
          'TransformOutput': { 'Accept': 'application/json', 'S3OutputPath.$': OUTPUT },
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
      'Describe': call('describeTransformJob', 'How has it ended?', {
        ResultPath: '$.job', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.job', Next: 'Not created' }],
      }),
      'How has it ended?': {
        Type: 'Choice',
        Choices: [
          { ...status('Completed'), Next: 'Done' },
          { And: [{ Variable: '$.job.FailureReason', IsPresent: true }, { Variable: '$.job.FailureReason', IsString: true }], Next: 'Job failed' },
          { Or: [status('Stopped'), status('Failed')], Next: 'Job stopped' },
        ],
        Default: 'Lost track',
      },
      'Job failed': pass(
        'States.Format(\'{}; transform job {}, log group /aws/sagemaker/TransformJobs\', $.job.FailureReason, $.job.TransformJobName)', 'Failed',
      ),
      'Job stopped': pass('States.Format(\'transform job {} was stopped; log group /aws/sagemaker/TransformJobs\', $.job.TransformJobName)', 'Failed'),
      'Not created': pass('States.Format(\'{} ({})\', $.error.Cause, $.error.Error)', 'Failed'),
      'Lost track': pass('States.Format(\'{} ({})\', $.error.Cause, $.error.Error)', 'Stop'),
      'Stop': call('stopTransformJob', 'Failed', { ResultPath: null, Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Failed' }] }),
      'Done': { Type: 'Succeed', OutputPath: '$.job' },
      'Failed': { Type: 'Fail', Error: 'TransformFailed', CausePath: '$.reason.text' },
    },
  });
});

describe('from each state a run goes on to states that there are, and through all of them', () => {
  const variants = [0, 1, 20].flatMap((capacityRetries) => [undefined, TOPIC].flatMap((topicArn) => [REQUEST, MANIFESTS].flatMap((request) =>
    [true, false].map((isOnArrival) => ({ capacityRetries, topicArn, request, isOnArrival })))));
  test.each(variants)('%#', (variant) => {
    const { StartAt, States } = definition(variant);
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

test('a certain manifest cannot be chosen', () => {
  const { StartAt, States } = definition({ request: MANIFESTS, path: 'today.manifest' });
  expect(StartAt).toBe('Begin');
  expect(States.Begin).toEqual(begin({ input: 's3://data/today.manifest' }));
  expect(Object.keys(States)).not.toContain('Wrong input');
});

test.each([
  ['prefix', REQUEST, 'a `prefix`'], ['manifest', MANIFESTS, 'the key of a `manifest`'],
])('on arrival a run must have a %s', (field, request, what) => {
  const { StartAt, States } = definition({ isOnArrival: true, request });
  expect(StartAt).toBe('What is scored?');
  expect(States['What is scored?']).toEqual({
    Type: 'Choice',
    Choices: [{
      And: [
        { Variable: `$.${field}`, IsPresent: true }, { Variable: `$.${field}`, IsString: true }, { Variable: `$.${field}`, StringMatches: 'incoming/*' },
      ],
      Next: 'Begin with input',
    }],
    Default: 'Wrong input',
  });
  expect(States.Begin).toBeUndefined();
  expect(States['Begin with input']).toEqual(begin({ 'input.$': `States.Format('s3://data/{}', $.${field})` }));
  expect(States['Wrong input']).toEqual(wrong(`${what} that begins with incoming/`));
});

test('of a whole bucket any prefix can be chosen', () => {
  const { States } = definition({ path: '' });
  expect(States['What is scored?'].Choices[0].And).toEqual([{ Variable: '$.prefix', IsPresent: true }, { Variable: '$.prefix', IsString: true }]);
  expect(States['Wrong input']).toEqual(wrong('a `prefix`'));
  expect(States.Begin.Parameters.input).toBe('s3://data/');
});

test('what stands for other characters in a pattern stands for itself', () => {
  const { States } = definition({ path: 'a\\b*c/' });
  expect(States['What is scored?'].Choices[0].And[2]).toEqual({ Variable: '$.prefix', StringMatches: 'a\\\\b\\*c/*' });
});

test('each attempt waits twice as long as the one before, but at most an hour', () => {
  const { States } = definition({ capacityRetries: 7 });
  expect(States['Next attempt']).toEqual({
    Type: 'Pass',
    Parameters: {
      'number.$': 'States.MathAdd($.attempt.number, 1)',
      'delay.$': 'States.ArrayGetItem(States.Array(120, 240, 480, 960, 1920, 3600, 3600), States.MathAdd($.attempt.number, -1))',
    },
    ResultPath: '$.attempt',
    Next: 'Wait for capacity',
  });
  const reasonIs = (pattern: string) => ({ Variable: '$.reason.text', StringMatches: pattern });
  expect(States['Lacks capacity?']).toEqual({
    Type: 'Choice',
    Choices: [{
      And: [
        { Variable: '$.attempt.number', NumericLessThanEquals: 7 },
        { Not: reasonIs('AlgorithmError*') },
        { Not: reasonIs('* is 0 Instances*') },
        { Or: [reasonIs('*CapacityError*'), reasonIs('*nsufficient capacity*'), reasonIs('*ResourceLimitExceeded*')] },
      ],
      Next: 'Next attempt',
    }],
    Default: 'Failed',
  });
  expect(States['Wait for capacity']).toEqual({ Type: 'Wait', SecondsPath: '$.attempt.delay', Next: 'Transform' });
});

test('a topic is told how a run has ended, again and again, and how it has ended does not depend on that', () => {
  const { States } = definition({ topicArn: TOPIC });
  const tell = (Subject: string, message: object, next: string) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Parameters: { TopicArn: TOPIC, Subject, Message: { 'transformJobName.$': NAME, 'input.$': '$.input', 'output.$': OUTPUT, ...message } },
    ResultPath: null,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: next }],
    Next: next,
  });
  expect(States['Tell of success']).toEqual(tell('A batch transform has completed', { status: 'Completed' }, 'Done'));
  expect(States['Tell of failure']).toEqual(tell('A batch transform has failed', { 'status': 'Failed', 'reason.$': '$.reason.text' }, 'Failed'));
  expect(States['How has it ended?'].Choices[0].Next).toBe('Tell of success');
  expect(States['Job failed'].Next).toBe('Tell of failure');
});

test('the partition is that of the stack', () => {
  const resources = Object.values<any>(definition({ partition: 'aws-cn', capacityRetries: 1, topicArn: TOPIC }).States).flatMap(({ Resource }) => Resource ?? []);
  expect(resources).toHaveLength(5);
  expect(resources.every((resource: string) => resource.startsWith('arn:aws-cn:states:::'))).toBe(true);
});
