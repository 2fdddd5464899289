import { Duration } from 'aws-cdk-lib/core';
import { ALARM_KINDS } from './alarm-facts';
import { AlarmKind } from './alarm-kind';
import { METRICS } from './endpoint-metrics';
import type { EndpointAlarmsOptions } from './endpoint-monitoring';
import type { EndpointVariant } from './endpoint-variant';
import { COUNT, type MetricScale, MILLISECONDS, MINUTES, PERCENT, percentOf, SECONDS, SHARE } from './metric-scale';
import { cpuCountOf, gpuCountOf, modesOfVariant } from './variant-hardware';

/** An alarm before it is made. */
export interface AlarmPlan {
  readonly kind: AlarmKind;
  /** The variant that it is about; undefined where it is about the whole endpoint. */
  readonly variantName?: string;
  /** The threshold as people see it. */
  readonly threshold: number;
  readonly scale: MetricScale;
  /** How many periods are looked at. */
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
}

/** An alarm that is left out, because it is not known how many processors an instance has. */
export interface UnknownHardware {
  readonly kind: AlarmKind;
  readonly variantName: string;
}

/** How many periods the level of something is looked at, unless told otherwise. */
export const USUAL_PERIODS = 3;

/** The alarms for the queue of an asynchronous endpoint, and those for each variant, without the ones that are not wanted. */
export function planAlarms(
  variants: readonly EndpointVariant[], isAsync: boolean, options: EndpointAlarmsOptions,
): { readonly plans: AlarmPlan[]; readonly unknown: UnknownHardware[] } {
  const wanted = [
    ...isAsync ? planQueue(options) : [],
    ...variants.flatMap((variant) => planVariant(variant, isAsync, options)),
  ].filter(({ kind }) => options.exclude?.includes(kind) !== true);
  return {
    plans: wanted.flatMap(({ scale, ...plan }) => scale === undefined ? [] : [{ ...plan, scale }]),
    unknown: wanted.flatMap(({ scale, kind, variantName }) => scale === undefined ? [{ kind, variantName: variantName! }] : []),
  };
}

/** An alarm whose scale is not known if the hardware is not. */
type Draft = Omit<AlarmPlan, 'scale'> & { readonly scale: MetricScale | undefined };

function planQueue(options: EndpointAlarmsOptions): Draft[] {
  const age = options.ageOfOldestRequest ?? Duration.hours(1);
  const minutes = options.backlogWithoutCapacity ?? Duration.minutes(15);
  return [
    { kind: AlarmKind.AGE_OF_OLDEST_REQUEST, threshold: age.toMinutes({ integral: false }), scale: MINUTES, ...levels(options) },
    { kind: AlarmKind.BACKLOG_WITHOUT_CAPACITY, threshold: 1, scale: COUNT, evaluationPeriods: minutes.toMinutes() },
  ];
}

function planVariant(variant: EndpointVariant, isAsync: boolean, options: EndpointAlarmsOptions): Draft[] {
  const { variantName, _facts: facts } = variant;
  const modes = modesOfVariant(facts, isAsync);
  const gpus = gpuCountOf(facts);
  const busy = isAsync ? undefined : 90;
  const second = (wanted: boolean): Duration | undefined => wanted ? Duration.seconds(1) : undefined;
  const level = (kind: AlarmKind, threshold: number | undefined, scale: MetricScale | undefined) => ({ kind, threshold, scale, ...levels(options) });
  const failures = (kind: AlarmKind) => ({ kind, threshold: options.asyncFailures ?? 1, scale: COUNT, evaluationPeriods: 1 });
  const ofGpus = (threshold: number | undefined): number | undefined => gpus === 0 ? undefined : threshold;
  const drafts = [
    level(AlarmKind.SERVER_ERRORS, percent(options.serverErrorRate ?? 0.01), SHARE),
    level(AlarmKind.MODEL_LATENCY, millis(options.modelLatency ?? second(!isAsync)), MILLISECONDS),
    level(AlarmKind.OVERHEAD_LATENCY, millis(options.overheadLatency ?? second(!facts.isServerless)), MILLISECONDS),
    level(AlarmKind.CPU_UTILIZATION, options.cpuUtilization ?? busy, scaleOf(cpuCountOf(facts))),
    level(AlarmKind.MEMORY_UTILIZATION, options.memoryUtilization ?? 90, PERCENT),
    level(AlarmKind.DISK_UTILIZATION, options.diskUtilization ?? (modes.includes('multi-model') ? undefined : 85), PERCENT),
    level(AlarmKind.GPU_UTILIZATION, ofGpus(options.gpuUtilization ?? busy), scaleOf(gpus)),
    level(AlarmKind.GPU_MEMORY_UTILIZATION, ofGpus(options.gpuMemoryUtilization), scaleOf(gpus)),
    level(AlarmKind.NO_DATA, isAsync ? undefined : 1, COUNT),
    failures(AlarmKind.INVOCATION_FAILURES),
    failures(AlarmKind.EXPIRED_REQUESTS),
    failures(AlarmKind.REQUEST_DOWNLOAD_FAILURES),
    failures(AlarmKind.RESPONSE_UPLOAD_FAILURES),
    failures(AlarmKind.NOTIFICATION_FAILURES),
    level(AlarmKind.CONCURRENCY_UTILIZATION, options.concurrencyUtilization ?? 80, SHARE),
    level(AlarmKind.MODEL_LOADING, (options.modelLoading ?? Duration.seconds(30)).toSeconds({ integral: false }), SECONDS),
  ];
  return drafts.flatMap(({ threshold, ...draft }) => threshold !== undefined && isPublished(draft.kind, modes)
    ? [{ ...draft, threshold, variantName }] : []);
}

/** Whether there is anything to go by. */
function isPublished(kind: AlarmKind, modes: readonly string[]): boolean {
  return METRICS[ALARM_KINDS[kind].metricName].modes.some((mode) => modes.includes(mode));
}

function levels({ evaluationPeriods, datapointsToAlarm }: EndpointAlarmsOptions): Pick<AlarmPlan, 'evaluationPeriods' | 'datapointsToAlarm'> {
  return { evaluationPeriods: evaluationPeriods ?? USUAL_PERIODS, datapointsToAlarm };
}

function scaleOf(count: number | undefined): MetricScale | undefined {
  return count === undefined ? undefined : percentOf(count);
}

function millis(duration: Duration | undefined): number | undefined {
  return duration?.toMilliseconds({ integral: false });
}

function percent(share: number): number {
  return Number((share * 100).toPrecision(12));
}
