import { type Duration, Token, Tokenization } from 'aws-cdk-lib/core';
import type { TensorFlowServingOptions } from './serving-options';
import { checkInteger, checkNumber, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';

type Environment = { readonly [key: string]: string };

/** What a variable's value must look like, for those that the container reads. */
interface Rule {
  readonly pattern: RegExp;
  readonly rule: string;
}

const WHOLE: Rule = { pattern: /^\d+$/, rule: 'must be a whole number' };
const POSITIVE: Rule = { pattern: /^0*[1-9]\d*$/, rule: 'must be a whole number of at least 1' };
const BOOLEAN: Rule = { pattern: /^(true|false)$/i, rule: 'must be true or false' };
const oneOf = (...words: string[]): Rule => ({ pattern: new RegExp(`^(${words.join('|')})$`), rule: `must be one of ${words.join(', ')}` });

const RULES: { readonly [variable: string]: Rule } = {
  SAGEMAKER_TFS_ENABLE_BATCHING: BOOLEAN,
  SAGEMAKER_TFS_MAX_BATCH_SIZE: POSITIVE,
  SAGEMAKER_TFS_BATCH_TIMEOUT_MICROS: WHOLE,
  SAGEMAKER_TFS_NUM_BATCH_THREADS: POSITIVE,
  SAGEMAKER_TFS_MAX_ENQUEUED_BATCHES: POSITIVE,
  SAGEMAKER_TFS_INSTANCE_COUNT: POSITIVE,
  SAGEMAKER_TFS_FRACTIONAL_GPU_MEM_MARGIN: { pattern: /^(0(\.\d*)?|\.\d+|1(\.0*)?)$/, rule: 'must be a number from 0 to 1' },
  SAGEMAKER_TFS_INTER_OP_PARALLELISM: WHOLE,
  SAGEMAKER_TFS_INTRA_OP_PARALLELISM: WHOLE,
  SAGEMAKER_TFS_WAIT_TIME_SECONDS: POSITIVE,
  SAGEMAKER_TFS_NGINX_LOGLEVEL: oneOf('debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'),
  SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: POSITIVE,
  SAGEMAKER_GUNICORN_WORKERS: POSITIVE,
  SAGEMAKER_GUNICORN_THREADS: POSITIVE,
  SAGEMAKER_GUNICORN_WORKER_CLASS: oneOf('sync', 'eventlet', 'gevent', 'tornado', 'gthread'),
  SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: POSITIVE,
  SAGEMAKER_GUNICORN_LOGLEVEL: oneOf('debug', 'info', 'warning', 'error', 'critical'),
  SAGEMAKER_MULTI_MODEL: BOOLEAN,
  OMP_NUM_THREADS: POSITIVE,
};

/** How many seconds the container waits for a request by itself; the last is for TensorFlow Serving's answer, in some releases only. */
const OWN_TIMEOUTS = {
  SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: 30,
  SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: 60,
  SAGEMAKER_TFS_WAIT_TIME_SECONDS: 60,
};

/** Variables whose value can be any text. */
const READ_AS_GIVEN = ['SAGEMAKER_TFS_DEFAULT_MODEL_NAME', 'SAGEMAKER_TFS_VERSION'];

/** Variables that other SageMaker containers read and this one does not, with what to use instead. */
const NOT_READ: { readonly [variable: string]: string } = {
  SAGEMAKER_PROGRAM: 'the entry point is always inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: 'give the directory as `code`',
  SAGEMAKER_CONTAINER_LOG_LEVEL: 'use `logLevel`',
  SAGEMAKER_MODEL_SERVER_WORKERS: 'use `gunicornWorkers` or `servingProcessCount`',
  SAGEMAKER_MODEL_SERVER_TIMEOUT: 'use `invocationTimeout`',
  SAGEMAKER_MAX_PAYLOAD_IN_MB: 'the container has no limit of its own',
};

/** The variables that stand for the options. */
export function servingEnvironment(options: TensorFlowServingOptions): Environment {
  const batching = options.enableBatching
    ?? (batchOptions(options).some((option) => option.value !== undefined) ? true : undefined);
  const timeout = wholeSeconds(options.invocationTimeout);
  return withoutUndefined({
    SAGEMAKER_TFS_DEFAULT_MODEL_NAME: options.defaultModelName,
    SAGEMAKER_TFS_ENABLE_BATCHING: batching,
    SAGEMAKER_TFS_MAX_BATCH_SIZE: options.maxBatchSize,
    SAGEMAKER_TFS_BATCH_TIMEOUT_MICROS: options.batchTimeoutMicros,
    SAGEMAKER_TFS_NUM_BATCH_THREADS: options.numBatchThreads,
    SAGEMAKER_TFS_MAX_ENQUEUED_BATCHES: options.maxEnqueuedBatches,
    SAGEMAKER_TFS_INSTANCE_COUNT: options.servingProcessCount,
    SAGEMAKER_TFS_FRACTIONAL_GPU_MEM_MARGIN: options.gpuMemoryMargin,
    SAGEMAKER_TFS_INTER_OP_PARALLELISM: options.interOpParallelism,
    SAGEMAKER_TFS_INTRA_OP_PARALLELISM: options.intraOpParallelism,
    OMP_NUM_THREADS: options.openMpThreads,
    SAGEMAKER_TFS_WAIT_TIME_SECONDS: wholeSeconds(options.modelLoadTimeout),
    // a front end that gives up before the worker does would hide the worker's own answer
    SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: timeout,
    SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: timeout,
    SAGEMAKER_GUNICORN_WORKERS: options.gunicornWorkers,
    SAGEMAKER_GUNICORN_THREADS: options.gunicornThreads,
    SAGEMAKER_GUNICORN_WORKER_CLASS: options.gunicornWorkerClass,
    SAGEMAKER_TFS_NGINX_LOGLEVEL: options.logLevel,
    SAGEMAKER_GUNICORN_LOGLEVEL: options.logLevel === undefined ? undefined : gunicornLevel(options.logLevel),
  });
}

/**
 * The variables that let requests take their time, where the container would give up before.
 *
 * @param environment what is set already, which stays
 * @param waitsForLoading whether the time that a model has to load is also that of an answer of TensorFlow Serving
 */
export function longerTimeouts(environment: Environment, timeout: Duration, waitsForLoading: boolean): Environment {
  const seconds = timeout.toSeconds({ integral: false });
  return withoutUndefined(Object.fromEntries(Object.entries(OWN_TIMEOUTS)
    .filter(([variable, own]) => environment[variable] === undefined && (Token.isUnresolved(seconds) || seconds > own)
      && (variable !== 'SAGEMAKER_TFS_WAIT_TIME_SECONDS' || waitsForLoading))
    .map(([variable]) => [variable, seconds])));
}

/** What is wrong with the options. */
export function checkServingOptions(options: TensorFlowServingOptions): Violation[] {
  const count = { min: 1, max: 2 ** 31 - 1 };
  return [
    ...checkInteger('maxBatchSize', options.maxBatchSize, count),
    ...checkInteger('batchTimeoutMicros', options.batchTimeoutMicros, { min: 0, max: 2 ** 31 - 1 }),
    ...checkInteger('numBatchThreads', options.numBatchThreads, count),
    ...checkInteger('maxEnqueuedBatches', options.maxEnqueuedBatches, count),
    ...checkInteger('servingProcessCount', options.servingProcessCount, count),
    ...checkNumber('gpuMemoryMargin', options.gpuMemoryMargin, { min: 0, max: 1 }),
    ...checkInteger('interOpParallelism', options.interOpParallelism, { min: 0, max: 2 ** 31 - 1 }),
    ...checkInteger('intraOpParallelism', options.intraOpParallelism, { min: 0, max: 2 ** 31 - 1 }),
    ...checkInteger('openMpThreads', options.openMpThreads, count),
    ...checkSeconds('modelLoadTimeout', options.modelLoadTimeout, { min: 1, max: 3600 }),
    ...checkSeconds('invocationTimeout', options.invocationTimeout, { min: 30, max: 3600 }),
    ...checkInteger('gunicornWorkers', options.gunicornWorkers, count),
    ...checkInteger('gunicornThreads', options.gunicornThreads, count),
    ...(options.enableBatching === false ? batchOptions(options) : [])
      .filter((option) => option.value !== undefined)
      .map((option) => ({
        property: option.name,
        got: option.value,
        rule: 'has no effect while `enableBatching` is false',
        remedy: 'leave out `enableBatching`, or this option',
      })),
  ];
}

/** How many characters the variables of all containers of a model may have. */
export const LARGEST_ENVIRONMENT = 32 * 1024;

/** How many characters the variables have, as far as they are known. */
export function sizeOf(environment: Environment): number {
  const known = (value: unknown) => typeof value === 'string' && !Token.isUnresolved(value) ? value.length : 0;
  return Object.entries(environment).reduce((sum, [key, value]) => sum + key.length + known(value), 0);
}

/** What is wrong with the environment of a container that reads it in a way of its own. */
export function checkVariables(environment: Environment): Violation[] {
  return checkEnvironment(environment, {}, {});
}

/** What is wrong with the environment of a container of TensorFlow Serving. */
export function checkEnvironment(environment: Environment, fromOptions: Environment, rules = RULES): Violation[] {
  const violations: Violation[] = [];
  for (const [key, value] of Object.entries(environment)) {
    const property = `environment.${key}`;
    if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/.test(key)) {
      violations.push({ property: 'environment', got: key, rule: 'must have keys of at most 1024 letters, digits and _, the first no digit' });
    }
    if (Token.isUnresolved(value)) {
      continue;
    }
    if (typeof value !== 'string') { // as of process.env.ANY!
      violations.push({ property, rule: `must be a text, not ${value}` });
      continue;
    }
    if (value.length > 1024) {
      violations.push({ property, rule: 'must be at most 1024 characters long', got: value.length });
    }
    const rule = rules[key];
    if (rule !== undefined && !rule.pattern.test(value)) {
      violations.push({ property, rule: `${rule.rule}, or the container does not start`, got: value });
    }
    if (fromOptions[key] !== undefined && fromOptions[key] !== value) {
      violations.push({ property, rule: `contradicts the typed option that sets it to "${fromOptions[key]}"`, got: value, remedy: 'give one of them' });
    }
  }
  const all = { ...fromOptions, ...environment };
  const size = sizeOf(all);
  if (Object.keys(all).length > 100) {
    violations.push({ property: 'environment', rule: 'must have at most 100 entries', got: Object.keys(all).length });
  }
  if (size > LARGEST_ENVIRONMENT) {
    violations.push({ property: 'environment', rule: `must be at most ${LARGEST_ENVIRONMENT} characters in all keys and values`, got: size });
  }
  return violations;
}

/** The variables that the container does not read, each with what to do instead. */
export function ignoredVariables(environment: Environment): { readonly variable: string; readonly remedy: string }[] {
  return Object.keys(environment)
    .map((variable) => ({ variable, remedy: NOT_READ[variable] ?? (isMisspelt(variable) ? 'it knows no variable of this name' : undefined) }))
    .filter((ignored): ignored is { variable: string; remedy: string } => ignored.remedy !== undefined);
}

/** A variable that looks like one of the container's, and is none. */
function isMisspelt(variable: string): boolean {
  return /^SAGEMAKER_(TFS|GUNICORN|NGINX)_/.test(variable) && RULES[variable] === undefined && !READ_AS_GIVEN.includes(variable);
}

function batchOptions(options: TensorFlowServingOptions): { readonly name: string; readonly value: number | undefined }[] {
  return [
    { name: 'maxBatchSize', value: options.maxBatchSize },
    { name: 'batchTimeoutMicros', value: options.batchTimeoutMicros },
    { name: 'numBatchThreads', value: options.numBatchThreads },
    { name: 'maxEnqueuedBatches', value: options.maxEnqueuedBatches },
  ];
}

/** Part seconds are found fault with together with all else that is wrong. */
function wholeSeconds(duration: Duration | undefined): number | undefined {
  return duration?.toSeconds({ integral: false });
}

function gunicornLevel(level: string): string {
  return { warn: 'warning', crit: 'critical' }[level] ?? level;
}

function withoutUndefined(values: { readonly [key: string]: string | number | boolean | undefined }): Environment {
  return Object.fromEntries(Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === 'number' ? Tokenization.stringifyNumber(value) : String(value)]));
}
