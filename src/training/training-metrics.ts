import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib/core';
import { LOG_GROUP } from './training-definition';

/** How a metric of training jobs is shown. */
export interface TrainingMetricOptions {
  /**
   * The statistic, such as `Average` or `Maximum`.
   *
   * @default 'Average'
   */
  readonly statistic?: string;

  /**
   * The time that one value stands for.
   *
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * The label of the lines, before that of the job.
   *
   * @default - only that of the job
   */
  readonly label?: string;
}

/** The namespace has the name of the log group. */
const NAMESPACE = LOG_GROUP;

/** The metrics of instances; all others are those of a job. */
const OF_INSTANCES = ['CPUUtilization', 'MemoryUtilization', 'GPUUtilization', 'GPUMemoryUtilization', 'DiskUtilization'];

/** Searches for a metric of all training jobs whose names begin alike. */
export function searchOfJobs(trainingJobNamePrefix: string, metricName: string, options: TrainingMetricOptions): cloudwatch.SearchExpression {
  const dimension = OF_INSTANCES.includes(metricName) ? 'Host' : 'TrainingJobName';
  // the terms of a search are whole words, without punctuation
  const terms = trainingJobNamePrefix.split('-').join(' ');
  return new cloudwatch.SearchExpression({
    expression: `SEARCH('{"${NAMESPACE}",${dimension}} MetricName="${metricName}" ${terms}', '${options.statistic ?? 'Average'}')`,
    period: options.period,
    label: options.label ?? '',
  });
}
