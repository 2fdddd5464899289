import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { Callbacks } from './callbacks';
import { decide, handler, runEndOf } from '../../src/training/training-signal.lambda';

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const s3 = mockClient(S3Client);
let callbacks: Callbacks;

beforeEach(async () => {
  s3.reset();
  callbacks = new Callbacks();
  await callbacks.listen();
});

afterEach(() => {
  callbacks.close();
});

const KEY = 'training/job-1/output/model.tar.gz';
const JOB = { TrainingJobName: 'job-1', ModelArtifacts: { S3ModelArtifacts: `s3://models/${KEY}` } };
const NO_MODEL = 'training job job-1 has left no model: save it where the variable SM_MODEL_DIR says, which is /opt/ml/model';

const jobAt = (uri: string) => ({ ...JOB, ModelArtifacts: { S3ModelArtifacts: uri } });
const ended = (more: object = {}) => ({ detail: { name: 'run', status: 'ABORTED', input: JSON.stringify({ signalUrl: callbacks?.at('/signal') }), ...more } });

describe('what to tell', () => {
  test('a job with a model has succeeded', () => {
    expect(decide({ signalUrl: '', job: JOB }, true)).toEqual({ Status: 'SUCCESS', Reason: 'training job job-1 has completed', Data: KEY });
  });

  test.each([
    [`s3://models/${KEY}`, KEY],
    ['s3://models/job-1/output/model', 'job-1/output/model/'],
    ['s3://models/job-1/output/model/', 'job-1/output/model/'],
  ])('the model at %s is %s', (uri, key) => {
    expect(decide({ signalUrl: '', job: jobAt(uri) }, true)).toMatchObject({ Data: key });
  });

  test.each([
    [JOB, false], [jobAt(''), true], [{ TrainingJobName: 'job-1' }, true], [{ TrainingJobName: 'job-1', ModelArtifacts: {} }, true],
  ])('a job without a model has failed: %j, %s', (job, isThere) => {
    expect(decide({ signalUrl: '', job }, isThere)).toEqual({ Status: 'FAILURE', Reason: NO_MODEL });
  });

  test('a reason is a failure', () => {
    expect(decide({ signalUrl: '', reason: 'AlgorithmError' }, false)).toEqual({ Status: 'FAILURE', Reason: 'AlgorithmError' });
    expect(decide({ signalUrl: '' }, false)).toEqual({ Status: 'FAILURE', Reason: 'the run has failed' });
  });
});

test('a model is looked for and told of', async () => {
  s3.on(ListObjectsV2Command, { Bucket: 'models', Prefix: KEY, MaxKeys: 1 }).resolves({ KeyCount: 1 });
  expect(await handler({ signalUrl: callbacks.at('/signal'), job: JOB })).toEqual({ failure: null });
  expect(callbacks.received).toEqual([{
    path: '/signal', method: 'PUT', type: '', Status: 'SUCCESS', Reason: 'training job job-1 has completed', UniqueId: 'artifact', Data: KEY,
  }]);
});

test('what CloudFormation makes of the signal has the key at the place where the template looks for it', async () => {
  s3.on(ListObjectsV2Command).resolves({ KeyCount: 1 });
  await handler({ signalUrl: callbacks.at('/signal'), job: JOB });
  const [{ UniqueId, Data }] = callbacks.received;
  expect(JSON.stringify({ [UniqueId]: Data }).split('"')[3]).toBe(KEY);
});

test('a model that is not there is a failure, which the run hears of too', async () => {
  s3.on(ListObjectsV2Command).resolves({ KeyCount: 0 });
  expect(await handler({ signalUrl: callbacks.at('/signal'), job: JOB })).toEqual({ failure: NO_MODEL });
  expect(callbacks.received).toMatchObject([{ Status: 'FAILURE', Reason: NO_MODEL, Data: '' }]);
});

test('a model that cannot be looked for is taken to be there', async () => {
  s3.on(ListObjectsV2Command).rejects(new Error('AccessDenied'));
  expect(await handler({ signalUrl: callbacks.at('/signal'), job: JOB })).toEqual({ failure: null });
});

test('a failure is told with its reason', async () => {
  expect(await handler({ signalUrl: callbacks.at('/signal'), reason: 'AlgorithmError: KeyError' })).toEqual({ failure: 'AlgorithmError: KeyError' });
  expect(callbacks.received).toMatchObject([{ Status: 'FAILURE', Reason: 'AlgorithmError: KeyError' }]);
});

test.each([[1000], [1001], [5000]])('of %d characters, the first and the last are told', async (length) => {
  const reason = `first${'x'.repeat(length - 9)}last`;
  await handler({ signalUrl: callbacks.at('/signal'), reason });
  const [{ Reason }] = callbacks.received;
  expect(Reason).toHaveLength(1000);
  expect(Reason).toMatch(/^first.*last$/);
  expect(Reason.includes(' ... ')).toBe(length > 1000);
});

test('a signal that is not taken at first is given again', async () => {
  callbacks.refusals = 2;
  await handler({ signalUrl: callbacks.at('/signal'), reason: 'why' });
  expect(callbacks.received).toHaveLength(3);
}, 20_000);

test('a signal that is never taken is an error of the function, which the state machine calls again', async () => {
  callbacks.refusals = 3;
  await expect(handler({ signalUrl: callbacks.at('/signal'), reason: 'why' })).rejects.toThrow('CloudFormation did not take the signal: 500');
}, 20_000);

describe('an execution that ended before it could tell', () => {
  test('is told of with what it says', async () => {
    expect(await handler(ended({ status: 'FAILED', cause: 'States.Runtime' }))).toEqual({ failure: null });
    expect(callbacks.received).toMatchObject([{ Status: 'FAILURE', Reason: 'States.Runtime' }]);
  });

  test.each([undefined, null, ''])('is told of where it says nothing: %j', async (cause) => {
    await handler(ended({ cause }));
    expect(callbacks.received).toMatchObject([{ Status: 'FAILURE', Reason: 'execution run of the state machine has ended: ABORTED' }]);
  });

  test.each([undefined, null, '{}', '[]', 'null', '{"signalUrl":1}', 'no JSON'])('is nobody\'s business with the input %j', async (input) => {
    expect(runEndOf(ended({ input }))).toBeUndefined();
    expect(await handler(ended({ input }))).toEqual({ failure: null });
    expect(callbacks.received).toEqual([]);
  });

  test('does not mind that nobody waits any more', async () => {
    callbacks.refusals = 3;
    expect(await handler(ended())).toEqual({ failure: null });
  }, 20_000);
});
