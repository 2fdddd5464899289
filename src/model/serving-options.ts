import type { Duration } from 'aws-cdk-lib/core';

/** How much the serving container writes to its log. */
export enum ServingLogLevel {
  /** Everything. */
  DEBUG = 'debug',
  /** Each request and what it did. */
  INFO = 'info',
  /** Warnings. */
  WARN = 'warn',
  /** Errors. */
  ERROR = 'error',
  /** Errors that stop the container from serving. */
  CRIT = 'crit',
}

/** The kind of worker that runs `inference.py`. */
export enum GunicornWorkerClass {
  /** One request at a time. */
  SYNC = 'sync',
  /** Green threads of eventlet. */
  EVENTLET = 'eventlet',
  /** Green threads of gevent. */
  GEVENT = 'gevent',
  /** Tornado's event loop. */
  TORNADO = 'tornado',
  /** Threads of the operating system. */
  GTHREAD = 'gthread',
}

/**
 * How the serving container runs a model: each option is one of the variables that the container reads.
 *
 * @see https://github.com/aws/deep-learning-containers
 */
export interface TensorFlowServingOptions {
  /**
   * The model that answers requests which name none. It must be one of the models in the artifact.
   *
   * @default - the only model of the artifact; of several known ones the first in byte order
   */
  readonly defaultModelName?: string;

  /**
   * Whether TensorFlow Serving gathers requests that arrive together into one run of the model.
   *
   * The model's inputs and outputs must then have a batch as their first dimension.
   *
   * @default - true if one of the other options for batches is given, otherwise false
   */
  readonly enableBatching?: boolean;

  /**
   * How many examples one batch holds at most.
   *
   * @default 8
   */
  readonly maxBatchSize?: number;

  /**
   * How many microseconds a batch waits to fill.
   *
   * @default 1000
   */
  readonly batchTimeoutMicros?: number;

  /**
   * How many batches run at the same time.
   *
   * @default - the number of the instance's CPUs
   */
  readonly numBatchThreads?: number;

  /**
   * How many batches wait for a thread before requests are refused.
   *
   * @default - the number of the instance's CPUs; in a batch transform no limit
   */
  readonly maxEnqueuedBatches?: number;

  /**
   * How many processes of TensorFlow Serving share an instance. Each loads the model.
   *
   * @default 1
   */
  readonly servingProcessCount?: number;

  /**
   * The part of a GPU's memory that is left free where several processes share it, from 0 to 1.
   *
   * @default 0.2
   */
  readonly gpuMemoryMargin?: number;

  /**
   * How many operations of a model run at the same time.
   *
   * @default - TensorFlow decides
   */
  readonly interOpParallelism?: number;

  /**
   * How many threads one operation uses.
   *
   * @default - TensorFlow decides
   */
  readonly intraOpParallelism?: number;

  /**
   * How many threads OpenMP uses, in whole numbers of at least 1.
   *
   * @default 1
   */
  readonly openMpThreads?: number;

  /**
   * How long a model may take to load, in whole seconds up to an hour.
   *
   * The endpoint's health check waits as long, and a minute more for the container itself.
   *
   * @default - what the container's release gives a model: about a minute; with TensorFlow 2.20 and later on an
   * asynchronous endpoint as long as that gives a request, because the container waits for answers no longer
   */
  readonly modelLoadTimeout?: Duration;

  /**
   * How long one request may take, in whole seconds from 30: the worker of `inference.py` gets as long to start.
   *
   * A real-time endpoint gives a request 60 seconds, whatever is set here. TensorFlow Serving's own REST interface
   * gives up after 30 seconds, so that more than that helps only an `inference.py` that does work of its own.
   *
   * @default - 30 seconds for `inference.py`, 60 seconds for the container; on an asynchronous endpoint as long as that
   * gives a request, if it is more
   */
  readonly invocationTimeout?: Duration;

  /**
   * How many processes run `inference.py`.
   *
   * @default 1
   */
  readonly gunicornWorkers?: number;

  /**
   * How many threads each process that runs `inference.py` has.
   *
   * @default 1
   */
  readonly gunicornThreads?: number;

  /**
   * The kind of worker that runs `inference.py`.
   *
   * @default GunicornWorkerClass.GEVENT
   */
  readonly gunicornWorkerClass?: GunicornWorkerClass;

  /**
   * How much the container's front end and the worker of `inference.py` write to the log.
   *
   * @default - errors of the front end, info of the worker
   */
  readonly logLevel?: ServingLogLevel;
}
