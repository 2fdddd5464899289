import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { DebuggerRule } from './debugger-rule';

/**
 * What SageMaker Debugger records of the instances while the job runs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html
 */
export interface Profiler {
  /**
   * The bucket that records are written to, in the region of the job.
   *
   * @default - the bucket that the model is written to
   */
  readonly bucket?: s3.IBucket;

  /**
   * The prefix, as of a directory; each job has a directory of its own under it.
   *
   * @default 'profiler'
   */
  readonly prefix?: string;

  /**
   * How often the instances are looked at: 100, 200 or 500 milliseconds, 1 second, 5 seconds or 1 minute.
   *
   * @default Duration.millis(500)
   */
  readonly interval?: Duration;

  /**
   * How TensorFlow itself is profiled, by `DetailedProfilingConfig`, `DataloaderProfilingConfig` and the like: at most 20.
   *
   * Images from TensorFlow 2.12 on cannot do that.
   *
   * @default - only the instances are looked at
   */
  readonly parameters?: { readonly [name: string]: string };

  /**
   * The rules that look at the records, at most 20.
   *
   * @default - none
   */
  readonly rules?: DebuggerRule[];
}
