import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Mode } from './mode-features';

/** Where SageMaker publishes a metric, and how its values are read. */
export interface MetricFacts {
  readonly namespace: string;
  /** Whether it belongs to the endpoint and not to one of its variants. */
  readonly isOfEndpoint?: boolean;
  /** The statistic that says most about it. */
  readonly statistic: string;
  /** The unit; left out where it is a mere count or a ratio, or where SageMaker's own pages do not agree on it. */
  readonly unit?: 'MICROSECONDS' | 'MILLISECONDS' | 'SECONDS' | 'PERCENT';
  /** The ways of answering in which it is published. */
  readonly modes: readonly Mode[];
}

/** About requests. */
const REQUESTS = { namespace: 'AWS/SageMaker' } as const;
/** About the queue of an asynchronous endpoint, which all variants share. */
const QUEUE = { namespace: 'AWS/SageMaker', isOfEndpoint: true, modes: ['asynchronous'] } as const;
/** About instances. */
const INSTANCES = { namespace: '/aws/sagemaker/Endpoints' } as const;

const EVERYWHERE: readonly Mode[] = ['real-time', 'asynchronous', 'serverless'];
const SYNCHRONOUS: readonly Mode[] = ['real-time', 'serverless'];
const ON_INSTANCES: readonly Mode[] = ['real-time', 'asynchronous'];

/**
 * The metrics of endpoints. What a variant with many models publishes beyond the others is said to be of the mode multi-model.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
 */
export const METRICS: Readonly<Record<string, MetricFacts>> = {
  Invocations: { ...REQUESTS, statistic: 'Sum', modes: SYNCHRONOUS },
  InvocationsPerInstance: { ...REQUESTS, statistic: 'Sum', modes: ['real-time'] },
  ConcurrentRequestsPerModel: { ...REQUESTS, statistic: 'Maximum', modes: ['real-time'] },
  Invocation4XXErrors: { ...REQUESTS, statistic: 'Sum', modes: EVERYWHERE },
  Invocation5XXErrors: { ...REQUESTS, statistic: 'Sum', modes: EVERYWHERE },
  InvocationModelErrors: { ...REQUESTS, statistic: 'Sum', modes: ['real-time'] },
  ModelLatency: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: EVERYWHERE },
  OverheadLatency: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: SYNCHRONOUS },

  CPUUtilization: { ...INSTANCES, statistic: 'Average', unit: 'PERCENT', modes: ON_INSTANCES },
  MemoryUtilization: { ...INSTANCES, statistic: 'Average', unit: 'PERCENT', modes: EVERYWHERE },
  DiskUtilization: { ...INSTANCES, statistic: 'Average', unit: 'PERCENT', modes: ON_INSTANCES },
  GPUUtilization: { ...INSTANCES, statistic: 'Average', unit: 'PERCENT', modes: ON_INSTANCES },
  GPUMemoryUtilization: { ...INSTANCES, statistic: 'Average', unit: 'PERCENT', modes: ON_INSTANCES },

  ApproximateBacklogSize: { ...QUEUE, statistic: 'Average' },
  ApproximateBacklogSizePerInstance: { ...QUEUE, statistic: 'Average' },
  HasBacklogWithoutCapacity: { ...QUEUE, statistic: 'Maximum' },
  ApproximateAgeOfOldestRequest: { ...QUEUE, statistic: 'Maximum', unit: 'SECONDS' },

  // the developer guide writes it with three s; what is published has two
  InvocationsProcessed: { ...REQUESTS, statistic: 'Sum', modes: ['asynchronous'] },
  InvocationFailures: { ...REQUESTS, statistic: 'Sum', modes: ['asynchronous'] },
  ExpiredRequests: { ...REQUESTS, statistic: 'Sum', modes: ['asynchronous'] },
  RequestDownloadFailures: { ...REQUESTS, statistic: 'Sum', modes: ['asynchronous'] },
  ResponseUploadFailures: { ...REQUESTS, statistic: 'Sum', modes: ['asynchronous'] },
  NotificationFailures: { ...REQUESTS, statistic: 'Sum', modes: ['asynchronous'] },
  RequestDownloadLatency: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['asynchronous'] },
  ResponseUploadLatency: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['asynchronous'] },
  // milliseconds by some pages and microseconds by others, so that a filter by unit could find nothing
  TimeInBacklog: { ...REQUESTS, statistic: 'Average', modes: ['asynchronous'] },
  TotalProcessingTime: { ...REQUESTS, statistic: 'Average', unit: 'MILLISECONDS', modes: ['asynchronous'] },

  ModelSetupTime: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['serverless'] },
  ServerlessConcurrentExecutionsUtilization: { ...REQUESTS, statistic: 'Maximum', modes: ['serverless'] },
  ServerlessProvisionedConcurrencyExecutions: { ...REQUESTS, statistic: 'Maximum', modes: ['serverless'] },
  ServerlessProvisionedConcurrencyUtilization: { ...REQUESTS, statistic: 'Maximum', modes: ['serverless'] },
  ServerlessProvisionedConcurrencyInvocations: { ...REQUESTS, statistic: 'Sum', modes: ['serverless'] },
  ServerlessProvisionedConcurrencySpilloverInvocations: { ...REQUESTS, statistic: 'Sum', modes: ['serverless'] },

  ModelLoadingWaitTime: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['multi-model'] },
  ModelDownloadingTime: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['multi-model'] },
  ModelLoadingTime: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['multi-model'] },
  ModelUnloadingTime: { ...REQUESTS, statistic: 'Average', unit: 'MICROSECONDS', modes: ['multi-model'] },
  ModelCacheHit: { ...REQUESTS, statistic: 'Average', modes: ['multi-model'] },
  LoadedModelCount: { ...INSTANCES, statistic: 'Average', modes: ['multi-model'] },
};

/** Whether a metric belongs to the whole endpoint; of an unknown one that is not assumed. */
export function isOfEndpoint(metricName: string): boolean {
  return METRICS[metricName]?.isOfEndpoint === true;
}

/**
 * A metric of an endpoint or of one of its variants.
 *
 * @param dimensionsMap what it is published for
 * @param options what is to be different from what suits the metric
 */
export function endpointMetric(
  metricName: string, dimensionsMap: cloudwatch.DimensionsMap, options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  const { namespace, statistic, unit }: Pick<MetricFacts, 'namespace'> & Partial<MetricFacts> = METRICS[metricName] ?? REQUESTS;
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap,
    statistic,
    unit: unit !== undefined ? cloudwatch.Unit[unit] : undefined,
    ...options,
  });
}
