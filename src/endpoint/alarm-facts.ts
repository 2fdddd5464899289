import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmKind } from './alarm-kind';

/** What is the same for all alarms of a kind. */
export interface AlarmKindFacts {
  readonly metricName: string;
  readonly statistic: string;
  /** How long a period is, in seconds. */
  readonly period: number;
  /** How the metric and the threshold compare when it goes off, where it is not that the metric is at least as much. */
  readonly comparison?: ComparisonOperator;
  /** What has happened, for a threshold such as "90 %". */
  readonly event: (threshold: string) => string;
  /** What to do about it. */
  readonly remedy: string;
}

const MINUTE = 60;
const FIVE_MINUTES = 300;
const LOGS = 'the log group of the endpoint';

/** The alarms, by kind. Of those on failures, each one counts. */
export const ALARM_KINDS: { readonly [kind in AlarmKind]: AlarmKindFacts } = {
  [AlarmKind.SERVER_ERRORS]: {
    metricName: 'Invocation5XXErrors',
    statistic: 'Average',
    period: MINUTE,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    event: (threshold) => `more than ${threshold} of the requests are answered with a 5XX status`,
    remedy: `Look for errors in ${LOGS}, and go back to the model or the settings before if they have just changed.`,
  },
  [AlarmKind.MODEL_LATENCY]: {
    metricName: 'ModelLatency',
    statistic: 'p99',
    period: MINUTE,
    event: (threshold) => `the container takes ${threshold} or more for the slowest one in a hundred requests`,
    remedy: 'Look for large requests and for what the model does; where CPUs or GPUs are busy, add instances or take larger ones.',
  },
  [AlarmKind.OVERHEAD_LATENCY]: {
    metricName: 'OverheadLatency',
    statistic: 'Average',
    period: MINUTE,
    event: (threshold) => `SageMaker adds ${threshold} or more to a request`,
    remedy: 'Look for large requests and answers, and for a burst of them; if there are none, look at the AWS Health Dashboard.',
  },
  [AlarmKind.CPU_UTILIZATION]: {
    metricName: 'CPUUtilization',
    statistic: 'Average',
    period: FIVE_MINUTES,
    event: (threshold) => `${threshold} or more of the CPUs are in use`,
    remedy: 'Add instances, let them scale, or take larger ones.',
  },
  [AlarmKind.MEMORY_UTILIZATION]: {
    metricName: 'MemoryUtilization',
    statistic: 'Maximum',
    period: FIVE_MINUTES,
    event: (threshold) => `${threshold} or more of the memory is in use`,
    remedy: 'Take instances, or for a serverless variant a memory size, with more of it, or let the model answer smaller batches.',
  },
  [AlarmKind.DISK_UTILIZATION]: {
    metricName: 'DiskUtilization',
    statistic: 'Maximum',
    period: FIVE_MINUTES,
    event: (threshold) => `${threshold} or more of the disk is in use`,
    remedy: 'Give the variant a larger volume, and look for what the inference code writes and does not delete.',
  },
  [AlarmKind.GPU_UTILIZATION]: {
    metricName: 'GPUUtilization',
    statistic: 'Average',
    period: FIVE_MINUTES,
    event: (threshold) => `${threshold} or more of the GPUs are in use`,
    remedy: 'Add instances, let them scale, or gather requests in batches.',
  },
  [AlarmKind.GPU_MEMORY_UTILIZATION]: {
    metricName: 'GPUMemoryUtilization',
    statistic: 'Maximum',
    period: FIVE_MINUTES,
    event: (threshold) => `${threshold} or more of the GPU memory is in use`,
    remedy: 'Take instances with more of it, or let the model answer smaller batches.',
  },
  [AlarmKind.NO_DATA]: {
    metricName: 'CPUUtilization',
    statistic: 'SampleCount',
    period: FIVE_MINUTES,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    event: () => 'the instances publish no metrics',
    remedy: `Look at the state of the endpoint: it may have failed, or be gone; then look at ${LOGS}.`,
  },
  [AlarmKind.AGE_OF_OLDEST_REQUEST]: {
    metricName: 'ApproximateAgeOfOldestRequest',
    statistic: 'Maximum',
    period: MINUTE,
    event: (threshold) => `the oldest request came ${threshold} ago, or earlier`,
    remedy: `Add instances or let more of them start, and look in ${LOGS} for requests that fail again and again.`,
  },
  [AlarmKind.BACKLOG_WITHOUT_CAPACITY]: {
    metricName: 'HasBacklogWithoutCapacity',
    statistic: 'Maximum',
    period: MINUTE,
    event: () => 'requests wait, and there is no instance',
    remedy: 'Look at the scaling activities and the state of the endpoint: scaling from zero may be missing, or there is no capacity for the instance type.',
  },
  [AlarmKind.INVOCATION_FAILURES]: {
    metricName: 'InvocationFailures',
    statistic: 'Sum',
    period: FIVE_MINUTES,
    event: (threshold) => `requests failed, ${threshold} or more within 5 minutes`,
    remedy: `Look for their inference IDs in ${LOGS} and for what was written to the failure path, and send them again.`,
  },
  [AlarmKind.EXPIRED_REQUESTS]: {
    metricName: 'ExpiredRequests',
    statistic: 'Sum',
    period: FIVE_MINUTES,
    event: (threshold) => `requests waited longer than they may, ${threshold} or more within 5 minutes`,
    remedy: 'Add instances or let more of them start, give requests more time, and send these again.',
  },
  [AlarmKind.REQUEST_DOWNLOAD_FAILURES]: {
    metricName: 'RequestDownloadFailures',
    statistic: 'Sum',
    period: FIVE_MINUTES,
    event: (threshold) => `requests could not be read from S3, ${threshold} or more within 5 minutes`,
    remedy: "Look whether the objects are still there, and whether the model's role may read them and use their key.",
  },
  [AlarmKind.RESPONSE_UPLOAD_FAILURES]: {
    metricName: 'ResponseUploadFailures',
    statistic: 'Sum',
    period: FIVE_MINUTES,
    event: (threshold) => `answers could not be written to S3, ${threshold} or more within 5 minutes`,
    remedy: "Look whether the bucket is still there, and whether the model's role may write to it and use its key.",
  },
  [AlarmKind.NOTIFICATION_FAILURES]: {
    metricName: 'NotificationFailures',
    statistic: 'Sum',
    period: FIVE_MINUTES,
    event: (threshold) => `topics were not told of requests, ${threshold} or more within 5 minutes`,
    remedy: "Look whether the topics are still there, and whether the model's role may publish to them and use their keys.",
  },
  [AlarmKind.CONCURRENCY_UTILIZATION]: {
    metricName: 'ServerlessConcurrentExecutionsUtilization',
    statistic: 'Maximum',
    period: MINUTE,
    event: (threshold) => `${threshold} or more of the requests that it may answer at the same time are there`,
    remedy: 'Raise its maximum concurrency, as far as the quota of the account lets it, or slow down the callers.',
  },
  [AlarmKind.MODEL_LOADING]: {
    metricName: 'ModelLoadingWaitTime',
    statistic: 'Average',
    period: FIVE_MINUTES,
    event: (threshold) => `requests wait ${threshold} or more for their model to be loaded`,
    remedy: 'Take instances with more memory, so that more models stay loaded, or spread the models over several endpoints.',
  },
};
