import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Annotations, type Duration, Token } from 'aws-cdk-lib/core';
import type { AlarmKind } from './alarm-kind';
import { planAlarms, USUAL_PERIODS } from './alarm-plan';
import { EndpointAlarms } from './endpoint-alarms';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';
import { checkInteger, checkPercent, checkShare } from '../private/checks';
import { throwIfAny, type Violation } from '../private/errors';

const USUAL_ID = 'Alarms';

/** The most periods of 5 minutes that an alarm can look at: a day. */
const MOST_PERIODS = 288;

const MINUTES_OF_A_DAY = 1440;

const PERCENTS = [
  'cpuUtilization', 'memoryUtilization', 'diskUtilization', 'gpuUtilization', 'gpuMemoryUtilization', 'concurrencyUtilization',
] as const;

/** What the metric has in another unit. */
const CONVERTED = ['serverErrorRate', 'cpuUtilization', 'gpuUtilization', 'gpuMemoryUtilization', 'concurrencyUtilization'] as const;

const DURATIONS = ['modelLatency', 'overheadLatency', 'ageOfOldestRequest', 'modelLoading'] as const;

/** When the alarms of an endpoint go off, and who is told. */
export interface EndpointAlarmsOptions {
  /**
   * The id of the set of alarms. A second set for the same endpoint, such as one that wakes somebody up, needs its own.
   *
   * @default 'Alarms'
   */
  readonly id?: string;

  /**
   * The topic that is told when an alarm goes off, and when it is over.
   *
   * @default - none
   */
  readonly topic?: sns.ITopic;

  /**
   * What else is done when an alarm goes off.
   *
   * @default - nothing
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * What else is done when an alarm is over.
   *
   * @default - nothing
   */
  readonly okActions?: cloudwatch.IAlarmAction[];

  /**
   * The alarms that are not made.
   *
   * @default - all are made that suit the endpoint
   */
  readonly exclude?: AlarmKind[];

  /**
   * How many periods the level of something is looked at, 1 to 288: minutes for requests, 5 minutes each for instances.
   *
   * An alarm on failures of asynchronous requests looks at one period of 5 minutes, because each failure counts.
   *
   * @default 3
   */
  readonly evaluationPeriods?: number;

  /**
   * How many of the `evaluationPeriods` must be over the threshold.
   *
   * @default - all of them
   */
  readonly datapointsToAlarm?: number;

  /**
   * The share of the requests that may fail with a 5XX status, at least 0 and less than 1. The alarm goes off above it.
   *
   * @default 0.01
   */
  readonly serverErrorRate?: number;

  /**
   * How long the container takes for the slowest one in a hundred requests.
   *
   * @default Duration.seconds(1) - many times what TensorFlow Serving needs for most models; for an asynchronous
   * endpoint, whose requests take as long as they do, there is no such alarm
   */
  readonly modelLatency?: Duration;

  /**
   * How long SageMaker takes for a request beside the container, on average.
   *
   * @default Duration.seconds(1) - it adds milliseconds to most requests; for a serverless variant, where it includes the
   * starts of containers, there is no such alarm
   */
  readonly overheadLatency?: Duration;

  /**
   * How much of all CPUs of an instance is used, on average over the instances, 1 to 100 percent.
   *
   * There is no such alarm where the number of CPUs is not known, or different for the instances of a variant.
   *
   * @default 90 - requests begin to wait; for an asynchronous endpoint, which works as hard as it can, there is no such alarm
   */
  readonly cpuUtilization?: number;

  /**
   * How much memory the fullest instance uses, 1 to 100 percent. It is about serverless variants, too.
   *
   * @default 90 - at 100 the container is stopped
   */
  readonly memoryUtilization?: number;

  /**
   * How much disk the fullest instance uses, 1 to 100 percent.
   *
   * @default 85 - there is time left to make room; for a multi-model, which keeps on the disk what it can, there is no such alarm
   */
  readonly diskUtilization?: number;

  /**
   * How much of all GPUs of an instance is used, on average over the instances, 1 to 100 percent.
   *
   * There is no such alarm where the number of GPUs is not known, or different for the instances of a variant.
   *
   * @default 90 - requests begin to wait; for an asynchronous endpoint, which works as hard as it can, there is no such alarm
   */
  readonly gpuUtilization?: number;

  /**
   * How much GPU memory the fullest instance uses, 1 to 100 percent.
   *
   * There is no such alarm where the number of GPUs is not known, or different for the instances of a variant.
   *
   * @default - no such alarm: TensorFlow takes nearly all of it from the start, however little the model needs
   */
  readonly gpuMemoryUtilization?: number;

  /**
   * How old the oldest request to an asynchronous endpoint is.
   *
   * @default Duration.hours(1) - none may take longer once it is being answered, and few may wait longer than 6 hours
   */
  readonly ageOfOldestRequest?: Duration;

  /**
   * How long requests wait at an asynchronous endpoint that has no instance, 1 to 1440 whole minutes.
   *
   * @default Duration.minutes(15) - more than it takes to start an instance
   */
  readonly backlogWithoutCapacity?: Duration;

  /**
   * How many asynchronous requests fail within 5 minutes, in each of the ways that they can, at least 1.
   *
   * @default 1 - nobody sends them again
   */
  readonly asyncFailures?: number;

  /**
   * How much of its `maxConcurrency` a serverless variant uses, 1 to 100 percent.
   *
   * @default 80 - at 100 requests are refused
   */
  readonly concurrencyUtilization?: number;

  /**
   * How long requests to a multi-model wait for the model that they name to be downloaded and loaded, on average.
   *
   * @default Duration.seconds(30) - half of what a request may take
   */
  readonly modelLoading?: Duration;
}

/**
 * What watches over an endpoint.
 *
 * An endpoint has it as `endpoint.monitoring`.
 */
export class EndpointMonitoring {
  /** What watches over the endpoint, which makes it itself. @internal */
  public static _of(endpoint: TensorFlowServingEndpoint): EndpointMonitoring {
    return new EndpointMonitoring(endpoint);
  }

  private constructor(private readonly endpoint: TensorFlowServingEndpoint) {}

  /**
   * Makes the alarms that the endpoint should have: for each variant, and for the queue of an asynchronous endpoint.
   *
   * There is no alarm on what the endpoint does not publish, and none for a shadow variant, whose answers nobody waits
   * for. Updates are better undone by the alarms of `RollbackAlarms.recommended`, which look at new instances only.
   */
  public alarms(options: EndpointAlarmsOptions = {}): EndpointAlarms {
    const { endpoint } = this;
    const id = options.id ?? USUAL_ID;
    throwIfAny(endpoint, [
      ...endpoint.node.tryFindChild(id) === undefined ? [] : [{
        property: 'id', got: id, rule: 'must be different for each set of alarms', remedy: 'give this set another one',
      }],
      ...checkOptions(options),
    ]);
    const { plans, unknown } = planAlarms(endpoint._variants, endpoint._isAsync, options);
    if (unknown.length > 0) {
      Annotations.of(endpoint).addWarningV2('cdk-tensorflow-serving:alarmsLeftOut',
        `There is no alarm for ${unknown.map(({ kind, variantName }) => `${kind} of ${variantName}`).join(', ')}, because it is not known how many `
        + 'processors each instance has, or they have different numbers of them; make it from the metric, and `exclude` it here');
    }
    const told = options.topic !== undefined ? [tell(options.topic)] : [];
    return EndpointAlarms._make(endpoint, id, plans, {
      alarmActions: [...told, ...options.alarmActions ?? []],
      okActions: [...told, ...options.okActions ?? []],
    });
  }
}

function tell(topic: sns.ITopic): cloudwatch.IAlarmAction {
  return { bind: () => ({ alarmActionArn: topic.topicArn }) };
}

function checkOptions(options: EndpointAlarmsOptions): Violation[] {
  const { evaluationPeriods, datapointsToAlarm } = options;
  return [
    ...checkInteger('evaluationPeriods', evaluationPeriods, { min: 1, max: MOST_PERIODS }),
    ...checkInteger('datapointsToAlarm', datapointsToAlarm, {
      min: 1, max: Token.isUnresolved(evaluationPeriods) ? MOST_PERIODS : evaluationPeriods ?? USUAL_PERIODS,
    }),
    ...checkInteger('asyncFailures', options.asyncFailures, { min: 1 }),
    ...checkShare('serverErrorRate', options.serverErrorRate),
    ...PERCENTS.flatMap((property) => checkPercent(property, options[property])),
    ...CONVERTED.filter((property) => Token.isUnresolved(options[property])).map(notKnown),
    ...DURATIONS.flatMap((property) => checkDuration(property, options[property], checkPositive)),
    ...checkDuration('backlogWithoutCapacity', options.backlogWithoutCapacity, checkMinutes),
  ];
}

function checkDuration(property: string, value: Duration | undefined, checkKnown: (property: string, value: Duration) => Violation[]): Violation[] {
  return value === undefined ? [] : value.isUnresolved() ? [notKnown(property)] : checkKnown(property, value);
}

function checkPositive(property: string, value: Duration): Violation[] {
  return value.toMilliseconds({ integral: false }) > 0 ? [] : [{ property, got: value.toHumanString(), rule: 'must be longer than nothing' }];
}

function checkMinutes(property: string, value: Duration): Violation[] {
  return checkInteger(property, value.toMinutes({ integral: false }), { min: 1, max: MINUTES_OF_A_DAY })
    .map((violation) => ({ ...violation, rule: `${violation.rule} minutes` }));
}

function notKnown(property: string): Violation {
  return { property, rule: 'must be known when the app is synthesized, because CloudFormation cannot convert it', remedy: 'make an alarm from the metric' };
}
