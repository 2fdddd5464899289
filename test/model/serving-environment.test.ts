import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { checkEnvironment, checkServingOptions, ignoredVariables, servingEnvironment } from '../../src/model/serving-environment';
import { GunicornWorkerClass, ServingLogLevel, type TensorFlowServingOptions } from '../../src/model/serving-options';

test('a number that is only known when the stack is deployed stays one', () => {
  const later = Lazy.number({ produce: () => 7 });
  const environment = servingEnvironment({ maxBatchSize: later, modelLoadTimeout: Duration.seconds(later) });
  expect(new Stack().resolve(environment)).toEqual({
    SAGEMAKER_TFS_ENABLE_BATCHING: 'true',
    SAGEMAKER_TFS_MAX_BATCH_SIZE: '7',
    SAGEMAKER_TFS_WAIT_TIME_SECONDS: '7',
  });
});

test('no option, no variable', () => {
  expect(servingEnvironment({})).toEqual({});
});

test('every option is one of the variables that the container reads', () => {
  expect(servingEnvironment({
    defaultModelName: 'half_plus_three',
    enableBatching: true,
    maxBatchSize: 32,
    batchTimeoutMicros: 500,
    numBatchThreads: 4,
    maxEnqueuedBatches: 100,
    servingProcessCount: 2,
    gpuMemoryMargin: 0.1,
    interOpParallelism: 2,
    intraOpParallelism: 8,
    openMpThreads: 3,
    modelLoadTimeout: Duration.minutes(5),
    invocationTimeout: Duration.seconds(45),
    gunicornWorkers: 2,
    gunicornThreads: 5,
    gunicornWorkerClass: GunicornWorkerClass.GTHREAD,
    logLevel: ServingLogLevel.WARN,
  })).toEqual({
    SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'half_plus_three',
    SAGEMAKER_TFS_ENABLE_BATCHING: 'true',
    SAGEMAKER_TFS_MAX_BATCH_SIZE: '32',
    SAGEMAKER_TFS_BATCH_TIMEOUT_MICROS: '500',
    SAGEMAKER_TFS_NUM_BATCH_THREADS: '4',
    SAGEMAKER_TFS_MAX_ENQUEUED_BATCHES: '100',
    SAGEMAKER_TFS_INSTANCE_COUNT: '2',
    SAGEMAKER_TFS_FRACTIONAL_GPU_MEM_MARGIN: '0.1',
    SAGEMAKER_TFS_INTER_OP_PARALLELISM: '2',
    SAGEMAKER_TFS_INTRA_OP_PARALLELISM: '8',
    OMP_NUM_THREADS: '3',
    SAGEMAKER_TFS_WAIT_TIME_SECONDS: '300',
    SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '45',
    SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '45',
    SAGEMAKER_GUNICORN_WORKERS: '2',
    SAGEMAKER_GUNICORN_THREADS: '5',
    SAGEMAKER_GUNICORN_WORKER_CLASS: 'gthread',
    SAGEMAKER_TFS_NGINX_LOGLEVEL: 'warn',
    SAGEMAKER_GUNICORN_LOGLEVEL: 'warning',
  });
});

test.each([
  [ServingLogLevel.DEBUG, 'debug', 'debug'],
  [ServingLogLevel.INFO, 'info', 'info'],
  [ServingLogLevel.ERROR, 'error', 'error'],
  [ServingLogLevel.CRIT, 'crit', 'critical'],
])('log level %s is %s for nginx and %s for gunicorn', (logLevel, nginx, gunicorn) => {
  expect(servingEnvironment({ logLevel })).toEqual({ SAGEMAKER_TFS_NGINX_LOGLEVEL: nginx, SAGEMAKER_GUNICORN_LOGLEVEL: gunicorn });
});

test.each<TensorFlowServingOptions>([{ maxBatchSize: 1 }, { batchTimeoutMicros: 0 }, { numBatchThreads: 1 }, { maxEnqueuedBatches: 1 }])(
  'an option for batches switches batching on: %j', (options) => {
    expect(servingEnvironment(options)).toMatchObject({ SAGEMAKER_TFS_ENABLE_BATCHING: 'true' });
  });

test('zero and false are values', () => {
  expect(servingEnvironment({ enableBatching: false, interOpParallelism: 0, intraOpParallelism: 0, gpuMemoryMargin: 0 })).toEqual({
    SAGEMAKER_TFS_ENABLE_BATCHING: 'false',
    SAGEMAKER_TFS_INTER_OP_PARALLELISM: '0',
    SAGEMAKER_TFS_INTRA_OP_PARALLELISM: '0',
    SAGEMAKER_TFS_FRACTIONAL_GPU_MEM_MARGIN: '0',
  });
});

test.each<[TensorFlowServingOptions, TensorFlowServingOptions, string]>([
  [{ maxBatchSize: 1 }, { maxBatchSize: 0 }, 'must be a whole number from 1 to 2147483647'],
  [{ batchTimeoutMicros: 0 }, { batchTimeoutMicros: -1 }, 'must be a whole number from 0 to 2147483647'],
  [{ numBatchThreads: 1 }, { numBatchThreads: 1.5 }, 'must be a whole number from 1 to 2147483647'],
  [{ maxEnqueuedBatches: 1 }, { maxEnqueuedBatches: 0 }, 'must be a whole number from 1 to 2147483647'],
  [{ servingProcessCount: 1 }, { servingProcessCount: 0 }, 'must be a whole number from 1 to 2147483647'],
  [{ gpuMemoryMargin: 1 }, { gpuMemoryMargin: 1.01 }, 'must be a number from 0 to 1'],
  [{ interOpParallelism: 0 }, { interOpParallelism: -1 }, 'must be a whole number from 0 to 2147483647'],
  [{ intraOpParallelism: 0 }, { intraOpParallelism: -1 }, 'must be a whole number from 0 to 2147483647'],
  [{ openMpThreads: 1 }, { openMpThreads: 0 }, 'must be a whole number from 1 to 2147483647'],
  [{ gunicornWorkers: 1 }, { gunicornWorkers: 0 }, 'must be a whole number from 1 to 2147483647'],
  [{ gunicornThreads: 1 }, { gunicornThreads: 0 }, 'must be a whole number from 1 to 2147483647'],
  [{ modelLoadTimeout: Duration.seconds(1) }, { modelLoadTimeout: Duration.seconds(0) }, 'must be a whole number from 1 to 3600 seconds'],
  [{ modelLoadTimeout: Duration.hours(1) }, { modelLoadTimeout: Duration.seconds(3601) }, 'must be a whole number from 1 to 3600 seconds'],
  [{ invocationTimeout: Duration.seconds(30) }, { invocationTimeout: Duration.seconds(29) }, 'must be a whole number from 30 to 3600 seconds'],
  [{ invocationTimeout: Duration.hours(1) }, { invocationTimeout: Duration.millis(30_500) }, 'must be a whole number from 30 to 3600 seconds'],
])('%j is right, %j is not', (right, wrong, rule) => {
  expect(checkServingOptions(right)).toEqual([]);
  expect(checkServingOptions(wrong)).toMatchObject([{ property: Object.keys(wrong)[0], rule }]);
});

test('options for batches that are switched off are no silent loss', () => {
  expect(checkServingOptions({ enableBatching: false, maxBatchSize: 8, numBatchThreads: 2 })).toEqual(['maxBatchSize', 'numBatchThreads'].map(
    (property, index) => ({
      property,
      got: [8, 2][index],
      rule: 'has no effect while `enableBatching` is false',
      remedy: 'leave out `enableBatching`, or this option',
    })));
});

test.each([
  ['SAGEMAKER_TFS_ENABLE_BATCHING', 'TRUE', 'yes', 'must be true or false'],
  ['SAGEMAKER_TFS_MAX_BATCH_SIZE', '8', '0', 'must be a whole number of at least 1'],
  ['SAGEMAKER_TFS_BATCH_TIMEOUT_MICROS', '0', '1.5', 'must be a whole number'],
  ['SAGEMAKER_TFS_INSTANCE_COUNT', '2', 'two', 'must be a whole number of at least 1'],
  ['SAGEMAKER_TFS_FRACTIONAL_GPU_MEM_MARGIN', '0.25', '1.5', 'must be a number from 0 to 1'],
  ['SAGEMAKER_TFS_NGINX_LOGLEVEL', 'notice', 'warning', 'must be one of debug, info, notice, warn, error, crit, alert, emerg'],
  ['SAGEMAKER_GUNICORN_LOGLEVEL', 'warning', 'warn', 'must be one of debug, info, warning, error, critical'],
  ['SAGEMAKER_GUNICORN_WORKER_CLASS', 'sync', 'threads', 'must be one of sync, eventlet, gevent, tornado, gthread'],
  ['SAGEMAKER_MULTI_MODEL', 'False', '0', 'must be true or false'],
  ['SAGEMAKER_TFS_WAIT_TIME_SECONDS', '60', '', 'must be a whole number of at least 1'],
])('%s may be %j, not %j', (variable, right, wrong, rule) => {
  expect(checkEnvironment({ [variable]: right }, {})).toEqual([]);
  expect(checkEnvironment({ [variable]: wrong }, {})).toEqual([
    { property: `environment.${variable}`, rule: `${rule}, or the container does not start`, got: wrong },
  ]);
});

test('the environment has 100 entries, not 101', () => {
  const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, 'x']));
  expect(checkEnvironment(entries(100), {})).toEqual([]);
  expect(checkEnvironment(entries(100), { OMP_NUM_THREADS: '1' })).toEqual([
    { property: 'environment', rule: 'must have at most 100 entries', got: 101 },
  ]);
});

test('a value has 1024 characters, not 1025', () => {
  expect(checkEnvironment({ A: 'x'.repeat(1024) }, {})).toEqual([]);
  expect(checkEnvironment({ A: 'x'.repeat(1025) }, {})).toEqual([
    { property: 'environment.A', rule: 'must be at most 1024 characters long', got: 1025 },
  ]);
});

test('all keys and values are 32 KiB, not more', () => {
  const values = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`K${String(i).padStart(3, '0')}`, 'x'.repeat(1020)]));
  expect(checkEnvironment(values, {})).toEqual([]);
  expect(checkEnvironment({ ...values, A: '' }, {})).toEqual([
    { property: 'environment', rule: 'must be at most 32768 characters in all keys and values', got: 32769 },
  ]);
});

test.each([
  ['a digit first', '1A'], ['a hyphen', 'A-B'], ['a space', 'A B'], ['nothing', ''], ['an umlaut', 'Ä'], ['1025 letters', 'A'.repeat(1025)],
])('a key with %s is refused', (_, key) => {
  expect(checkEnvironment({ [key]: 'x' }, {})).toEqual([{
    property: 'environment', got: key, rule: 'must have keys of at most 1024 letters, digits and _, the first no digit',
  }]);
});

test('a variable that contradicts a typed option is refused, one that repeats it is not', () => {
  const options = { SAGEMAKER_TFS_MAX_BATCH_SIZE: '8' };
  expect(checkEnvironment({ SAGEMAKER_TFS_MAX_BATCH_SIZE: '8' }, options)).toEqual([]);
  expect(checkEnvironment({ SAGEMAKER_TFS_MAX_BATCH_SIZE: '9' }, options)).toEqual([{
    property: 'environment.SAGEMAKER_TFS_MAX_BATCH_SIZE',
    rule: 'contradicts the typed option that sets it to "8"',
    got: '9',
    remedy: 'give one of them',
  }]);
});

test('what is only known when the stack is deployed is not judged', () => {
  expect(checkEnvironment({ SAGEMAKER_TFS_MAX_BATCH_SIZE: Lazy.string({ produce: () => 'x' }) }, {})).toEqual([]);
});

test('variables of other containers are told apart', () => {
  expect(ignoredVariables({ SAGEMAKER_PROGRAM: 'x', MINE: 'y' })).toEqual([
    { variable: 'SAGEMAKER_PROGRAM', remedy: 'the entry point is always inference.py' },
  ]);
});
