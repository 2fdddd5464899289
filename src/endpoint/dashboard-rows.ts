import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Tokenization } from 'aws-cdk-lib/core';
import { AlarmKind } from './alarm-kind';
import { COLORS, type Graph, type Line, rowOf } from './dashboard-graph';
import type { EndpointAlarms } from './endpoint-alarms';
import { METRICS } from './endpoint-metrics';
import type { EndpointVariant } from './endpoint-variant';
import { COUNT, MILLISECONDS, type MetricScale, MINUTES, PERCENT, percentOf, SECONDS, SECONDS_OF_MILLISECONDS, SHARE } from './metric-scale';
import type { Mode } from './mode-features';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';
import { cpuCountOf, gpuCountOf, modesOfVariant } from './variant-hardware';

/** What is drawn. */
export interface Subject {
  readonly endpoint: TensorFlowServingEndpoint;
  readonly alarms?: EndpointAlarms;
  readonly period: Duration;
}

type Row = cloudwatch.IWidget[];

/** What can be compared, where an endpoint has several variants. */
export function comparisonRow(subject: Subject, variants: readonly EndpointVariant[]): Row {
  const { endpoint, period } = subject;
  const each = (metricName: string, statistic: string): Line[] => variants.map(({ variantName }) => ({
    metric: endpoint._metricOf(variantName, metricName, { statistic, period }), label: variantName,
  }));
  return rowOf([
    { title: 'Requests by variant', scale: COUNT, lines: each(endpoint._isAsync ? 'InvocationsProcessed' : 'Invocations', 'Sum'), isStacked: true },
    { title: '5XX errors by variant', scale: SHARE, lines: each('Invocation5XXErrors', 'Average') },
    { title: 'Model latency by variant, p99', scale: MILLISECONDS, lines: each('ModelLatency', 'p99') },
  ]);
}

/** The queue of an asynchronous endpoint. */
export function queueRow({ endpoint, alarms, period }: Subject): Row {
  const line = (metricName: string, statistic: string, label: string, color: string): Line => ({
    metric: endpoint._metricOf(undefined, metricName, { statistic, period }), label, color,
  });
  return rowOf([
    {
      title: 'Backlog',
      scale: COUNT,
      lines: [
        line('ApproximateBacklogSize', 'Average', 'requests', COLORS.main),
        line('ApproximateBacklogSizePerInstance', 'Average', 'requests for each instance', COLORS.second),
      ],
    },
    {
      title: 'Age of the oldest request',
      scale: MINUTES,
      lines: [line('ApproximateAgeOfOldestRequest', 'Maximum', 'oldest request', COLORS.worst)],
      alarms: [alarms?._plan(AlarmKind.AGE_OF_OLDEST_REQUEST, undefined)],
    },
    {
      title: 'Backlog without an instance',
      scale: COUNT,
      max: 1,
      lines: [line('HasBacklogWithoutCapacity', 'Maximum', '1 while requests wait and there is no instance', COLORS.error)],
    },
  ]);
}

/** All about one variant. */
export function variantRows(subject: Subject, variant: EndpointVariant): Row[] {
  const on = new DrawnVariant(subject, variant);
  const [mode, ...more] = on.modes;
  return [
    ...mode === 'serverless' ? serverlessRows(on) : mode === 'asynchronous' ? asynchronousRows(on) : realTimeRows(on),
    ...more.length > 0 ? [multiModelRow(on)] : [],
  ].map(rowOf);
}

/** A variant whose metrics are drawn. */
class DrawnVariant {
  public readonly modes: readonly Mode[];

  constructor(public readonly subject: Subject, public readonly variant: EndpointVariant) {
    this.modes = modesOfVariant(variant._facts, subject.endpoint._isAsync);
  }

  public line(metricName: string, statistic: string, label: string, color?: string): Line {
    return { metric: this.metric(metricName, statistic), label, color };
  }

  /** Lines of those metrics that the variant publishes. */
  public lines(...lines: readonly (readonly [metricName: string, statistic: string, label: string, color: string])[]): Line[] {
    return lines.filter(([metricName]) => METRICS[metricName].modes.some((mode) => this.modes.includes(mode))).map((line) => this.line(...line));
  }

  public metric(metricName: string, statistic: string, period = this.subject.period): cloudwatch.Metric {
    return this.subject.endpoint._metricOf(this.variant.variantName, metricName, { statistic, period });
  }

  public plan(kind: AlarmKind): ReturnType<EndpointAlarms['_plan']> {
    return this.subject.alarms?._plan(kind, this.variant.variantName);
  }
}

function realTimeRows(on: DrawnVariant): Graph[][] {
  return [
    [invocations(on), errorRate(on), errors(on)],
    [modelLatency(on), overheadLatency(on)],
    ...instanceRows(on),
  ];
}

function asynchronousRows(on: DrawnVariant): Graph[][] {
  return [
    [{
      title: 'Requests worked off',
      scale: COUNT,
      lines: [on.line('InvocationsProcessed', 'Sum', 'requests', COLORS.main)],
    }, failures(on), errorRate(on)],
    [errors(on), modelLatency(on), {
      title: 'Time of a request, average',
      scale: SECONDS_OF_MILLISECONDS,
      lines: [
        on.line('TimeInBacklog', 'Average', 'in the backlog', COLORS.main),
        on.line('TotalProcessingTime', 'Average', 'in all', COLORS.second),
      ],
    }, {
      title: 'Transfer from and to S3, average',
      scale: MILLISECONDS,
      lines: [
        on.line('RequestDownloadLatency', 'Average', 'request', COLORS.main),
        on.line('ResponseUploadLatency', 'Average', 'answer', COLORS.second),
      ],
    }],
    ...instanceRows(on),
  ];
}

function serverlessRows(on: DrawnVariant): Graph[][] {
  const provisioned: Graph = {
    title: 'Provisioned concurrency',
    scale: SHARE,
    lines: [on.line('ServerlessProvisionedConcurrencyUtilization', 'Maximum', 'in use', COLORS.main)],
    right: [
      on.line('ServerlessProvisionedConcurrencyInvocations', 'Sum', 'requests in it', COLORS.second),
      on.line('ServerlessProvisionedConcurrencySpilloverInvocations', 'Sum', 'requests beyond it', COLORS.worst),
    ],
    rightLabel: 'requests',
  };
  return [
    [invocations(on), errorRate(on), errors(on)],
    [modelLatency(on), overheadLatency(on), {
      title: 'Cold starts',
      scale: SECONDS,
      lines: average(on, 'ModelSetupTime', 'longest'),
      right: [on.line('ModelSetupTime', 'SampleCount', 'starts', COLORS.third)],
      rightLabel: 'starts',
    }],
    [{
      title: 'Concurrency, of the maximum',
      scale: SHARE,
      max: 100,
      lines: [on.line('ServerlessConcurrentExecutionsUtilization', 'Maximum', 'in use', COLORS.main)],
      alarms: [on.plan(AlarmKind.CONCURRENCY_UTILIZATION)],
    }, ...on.variant._facts.provisionedConcurrency !== undefined ? [provisioned] : [], memory(on)],
  ];
}

function multiModelRow(on: DrawnVariant): Graph[] {
  return [{
    title: 'Loading of models, average',
    scale: SECONDS,
    lines: [
      on.line('ModelLoadingWaitTime', 'Average', 'wait of requests', COLORS.worst),
      on.line('ModelDownloadingTime', 'Average', 'download', COLORS.main),
      on.line('ModelLoadingTime', 'Average', 'loading', COLORS.second),
      on.line('ModelUnloadingTime', 'Average', 'unloading', COLORS.third),
    ],
    alarms: [on.plan(AlarmKind.MODEL_LOADING)],
  }, {
    title: 'Requests that found their model loaded',
    scale: SHARE,
    max: 100,
    lines: [on.line('ModelCacheHit', 'Average', 'found', COLORS.main)],
  }, {
    title: 'Loaded models for each instance',
    scale: COUNT,
    lines: average(on, 'LoadedModelCount', 'most'),
  }];
}

function instanceRows(on: DrawnVariant): Graph[][] {
  const facts = on.variant._facts;
  const gpus = gpuCountOf(facts);
  return [
    [{
      ...ofAll('CPU', cpuCountOf(facts)),
      lines: average(on, 'CPUUtilization', 'busiest instance'),
      alarms: [on.plan(AlarmKind.CPU_UTILIZATION)],
    }, memory(on), {
      title: 'Disk',
      scale: PERCENT,
      max: 100,
      lines: average(on, 'DiskUtilization', 'fullest instance'),
      alarms: [on.plan(AlarmKind.DISK_UTILIZATION)],
    }, instances(on)],
    ...gpus === 0 ? [] : [[{
      ...ofAll('GPU', gpus),
      lines: average(on, 'GPUUtilization', 'busiest instance'),
      alarms: [on.plan(AlarmKind.GPU_UTILIZATION)],
    }, {
      ...ofAll('GPU memory', gpus),
      lines: average(on, 'GPUMemoryUtilization', 'fullest instance'),
      alarms: [on.plan(AlarmKind.GPU_MEMORY_UTILIZATION)],
    }]],
  ];
}

/** In percent of all processors of an instance, or added up over them where their number is not known. */
function ofAll(title: string, count: number | undefined): { readonly title: string; readonly scale: MetricScale; readonly max?: number } {
  return count === undefined ? { title: `${title}, 100 % for each`, scale: PERCENT } : { title, scale: percentOf(count), max: 100 };
}

function invocations(on: DrawnVariant): Graph {
  return {
    title: 'Invocations',
    scale: COUNT,
    lines: on.lines(
      ['Invocations', 'Sum', 'requests', COLORS.main],
      ['InvocationsPerInstance', 'Sum', 'requests for each instance', COLORS.second],
    ),
  };
}

function errorRate(on: DrawnVariant): Graph {
  return { title: 'Error rate', scale: SHARE, lines: errorLines(on, 'Average'), alarms: [on.plan(AlarmKind.SERVER_ERRORS)] };
}

function errors(on: DrawnVariant): Graph {
  return { title: 'Errors', scale: COUNT, lines: errorLines(on, 'Sum') };
}

function errorLines(on: DrawnVariant, statistic: string): Line[] {
  return on.lines(
    ['Invocation5XXErrors', statistic, '5XX', COLORS.error],
    ['Invocation4XXErrors', statistic, '4XX', COLORS.worst],
    ['InvocationModelErrors', statistic, 'by the model', COLORS.third],
  );
}

function failures(on: DrawnVariant): Graph {
  return {
    title: 'Failures',
    scale: COUNT,
    lines: on.lines(
      ['InvocationFailures', 'Sum', 'all', COLORS.error],
      ['RequestDownloadFailures', 'Sum', 'reading from S3', COLORS.worst],
      ['ResponseUploadFailures', 'Sum', 'writing to S3', COLORS.third],
      ['NotificationFailures', 'Sum', 'notification', COLORS.main],
      ['ExpiredRequests', 'Sum', 'expired', COLORS.fourth],
    ),
    alarms: [on.plan(AlarmKind.INVOCATION_FAILURES)],
  };
}

function modelLatency(on: DrawnVariant): Graph {
  return {
    title: 'Model latency',
    scale: MILLISECONDS,
    lines: [
      on.line('ModelLatency', 'p50', 'p50', COLORS.main),
      on.line('ModelLatency', 'p90', 'p90', COLORS.second),
      on.line('ModelLatency', 'p99', 'p99', COLORS.worst),
    ],
    alarms: [on.plan(AlarmKind.MODEL_LATENCY)],
  };
}

function overheadLatency(on: DrawnVariant): Graph {
  return {
    title: 'Overhead latency',
    scale: MILLISECONDS,
    lines: average(on, 'OverheadLatency', 'longest'),
    alarms: [on.plan(AlarmKind.OVERHEAD_LATENCY)],
  };
}

function memory(on: DrawnVariant): Graph {
  return {
    title: 'Memory',
    scale: PERCENT,
    max: 100,
    lines: average(on, 'MemoryUtilization', on.variant._facts.isServerless ? 'fullest container' : 'fullest instance'),
    alarms: [on.plan(AlarmKind.MEMORY_UTILIZATION)],
  };
}

/** Each instance publishes one value each time, so that their number is how many came in how many such times. */
function instances(on: DrawnVariant): Graph {
  const frequency = on.subject.endpoint._metricPublishFrequency ?? Duration.minutes(1);
  return {
    title: 'Instances',
    scale: COUNT,
    lines: [{
      metric: on.metric('CPUUtilization', 'SampleCount'),
      label: 'running',
      color: COLORS.main,
      math: (id) => `${id}*${Tokenization.stringifyNumber(frequency.toSeconds())}/PERIOD(${id})`,
    }],
  };
}

function average(on: DrawnVariant, metricName: string, extreme: string): Line[] {
  return [
    on.line(metricName, 'Average', 'average', COLORS.main),
    on.line(metricName, 'Maximum', extreme, COLORS.worst),
  ];
}
