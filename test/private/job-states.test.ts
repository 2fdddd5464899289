import { addressOfJob, delays, format, jobStates, type JobStatesProps, nameOfJob } from '../../src/private/job-states';

const PROPS: JobStatesProps = {
  kind: 'TrainingJob',
  task: 'Train',
  noun: 'training job',
  logGroup: '/aws/sagemaker/TrainingJobs',
  partition: 'aws',
  parameters: { 'TrainingJobName.$': nameOfJob() },
  capacityRetries: 2,
  success: 'Done',
  failure: 'Failed',
};

test('jobs of another kind can have more than most', () => {
  const ending = { Variable: '$.job.SecondaryStatus', StringEquals: 'MaxRuntimeExceeded', Next: 'Done' };
  const states: any = jobStates({
    ...PROPS,
    variations: {
      task: { TimeoutSecondsPath: '$.attempt.limit' },
      endings: [ending],
      unknown: 'Is there a job?',
      unclear: 'Took too long?',
      stopped: { template: ': {}', values: ', $.job.SecondaryStatus' },
      attempt: { 'limit.$': 'States.ArrayGetItem($.limits, $.attempt.number)' },
    },
  });
  expect(states.Train).toMatchObject({
    Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync', TimeoutSecondsPath: '$.attempt.limit', Parameters: PROPS.parameters,
  });
  expect(states['How has it ended?'].Choices.map(({ Next }: any) => Next)).toEqual(['Done', 'Done', 'Job failed', 'Job stopped']);
  expect(states['How has it ended?'].Choices[1]).toBe(ending);
  expect(states['How has it ended?'].Default).toBe('Took too long?');
  expect(states.Describe.Catch[0].Next).toBe('Is there a job?');
  expect(states['Job stopped'].Parameters).toEqual({
    'text.$': 'States.Format(\'training job {} was stopped: {}; log group /aws/sagemaker/TrainingJobs\', $.job.TrainingJobName, $.job.SecondaryStatus)',
  });
  expect(states['Next attempt'].Parameters).toEqual({
    'number.$': 'States.MathAdd($.attempt.number, 1)',
    'limit.$': 'States.ArrayGetItem($.limits, $.attempt.number)',
    'delay.$': 'States.ArrayGetItem(States.Array(120, 240), States.MathAdd($.attempt.number, -1))',
  });
});

test.each([[2, 'Lacks capacity?'], [0, 'Failed']])('with %d other jobs to try, a job that failed goes on to "%s"', (capacityRetries, next) => {
  const states: any = jobStates({ ...PROPS, capacityRetries });
  expect([states['Job failed'].Next, states['Not created'].Next, states['Job stopped'].Next]).toEqual([next, next, 'Failed']);
  expect('Wait for capacity' in states).toBe(capacityRetries > 0);
});

test('texts have values in them', () => {
  expect(format('{} of {}', '$.a, $.b')).toBe('States.Format(\'{} of {}\', $.a, $.b)');
  expect(addressOfJob('$.output')).toBe('States.Format(\'{}/{}-{}\', $.output, $.name, $.attempt.number)');
});

test('delays are each twice as long as the one before, up to an hour', () => {
  expect(delays(0)).toEqual([]);
  expect(delays(7)).toEqual([120, 240, 480, 960, 1920, 3600, 3600]);
});
