import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, Lazy, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DeploymentStrategy } from './deployment-strategy';
import { endpointMetric } from './endpoint-metrics';
import { DESCRIBE_ALARMS } from './endpoint-permissions';
import type { VariantWarning } from './variant-source';
import { checkInteger, checkShare } from '../private/checks';
import { throwIfAny, type Violation } from '../private/errors';

/** What is too much of the new instances of an endpoint. */
export interface RecommendedRollbackAlarmsOptions {
  /**
   * The share of the requests that may fail with a 5XX status, at least 0 and less than 1.
   *
   * @default 0.01
   */
  readonly serverErrorRate?: number;

  /**
   * The share of the requests that may fail with a 4XX status, at least 0 and less than 1.
   *
   * TensorFlow Serving answers with 400 where a request does not suit the model's signature. So an alarm finds a model
   * whose signature has changed, but it also finds callers who send nonsense.
   *
   * @default - no such alarm
   */
  readonly clientErrorRate?: number;

  /**
   * The time that the container may take to answer, at least 1 whole millisecond. It is one minute at most, or one hour
   * for an asynchronous endpoint.
   *
   * Give a longer one than the default to a model that has more time for its requests, and a shorter one to a model whose
   * callers do not wait that long.
   *
   * @default - 15 seconds, half of what TensorFlow Serving's REST interface gives a request; for an asynchronous endpoint,
   *   which may take an hour, no such alarm
   */
  readonly modelLatency?: Duration;

  /**
   * How the times of many requests become one, such as `Average`, `Maximum` or `p90`.
   *
   * With few requests a high percentile is that of the slowest one.
   *
   * @default 'Average'
   */
  readonly modelLatencyStatistic?: string;

  /**
   * How many minutes of requests are looked at together, 1 to 60 whole ones.
   *
   * @default Duration.minutes(1)
   */
  readonly period?: Duration;

  /**
   * How many of the last periods count, at least 1. Together they are no longer than a day.
   *
   * @default 3
   */
  readonly evaluationPeriods?: number;

  /**
   * In how many of these periods there must be too much, 1 to all of them.
   *
   * @default 2 - or 1, if there is only one period
   */
  readonly datapointsToAlarm?: number;

  /**
   * More alarms that undo an update. There can be 10 altogether.
   *
   * @default - none
   */
  readonly additionalAlarms?: cloudwatch.IAlarm[];
}

/**
 * The alarms that make SageMaker undo an update.
 *
 * SageMaker watches them only while the deployment waits: for `waitInterval` after each step, and for `terminationWait`
 * at the end. It looks at them with the roles of the models.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
 */
export class RollbackAlarms {
  /**
   * Alarms for failed and for slow requests.
   *
   * They look only at requests to the new instances. So errors of a canary are not outweighed by those requests that
   * still go to the old instances, and old instances that fail do not keep an update from mending them. Where there are
   * no requests, there is no alarm.
   *
   * By default an alarm goes off within 4 minutes: after 2 minutes with too many errors, which start at most 1 minute
   * later than the requests, and a further minute until CloudWatch knows of them. That is less than the 5 minutes that a
   * deployment waits by default.
   */
  public static recommended(options: RecommendedRollbackAlarmsOptions = {}): RollbackAlarms {
    throwIfAny('RollbackAlarms.recommended', checkOptions(options));
    return new RollbackAlarms(options.additionalAlarms ?? [], options);
  }

  /**
   * Alarms of your own, 1 to 10, in the account and the region of the endpoint.
   *
   * An alarm for one of the endpoint's own metrics is made after the endpoint, and added to it with `addRollbackAlarm`. It
   * looks at the old instances too, unlike the recommended ones.
   */
  public static of(...alarms: cloudwatch.IAlarm[]): RollbackAlarms {
    throwIfAny('RollbackAlarms.of', alarms.length > 0 ? checkCount('alarms', alarms.length) : [{
      property: 'alarms', rule: `must be 1 to ${MOST_ALARMS} alarms`, got: 0, remedy: 'use RollbackAlarms.none',
    }]);
    return new RollbackAlarms(alarms);
  }

  /** No alarms: an update fails only where its new instances do not start. */
  public static none(): RollbackAlarms {
    return new RollbackAlarms([]);
  }

  private constructor(private readonly alarms: cloudwatch.IAlarm[], private readonly options?: RecommendedRollbackAlarmsOptions) {}

  /** What will probably not work with the strategy. @internal */
  public _warnings(strategy: DeploymentStrategy): VariantWarning[] {
    if (this.alarms.length === 0 && this.options === undefined) {
      return [];
    }
    if (!strategy._hasBaking) {
      return [{
        id: 'rollbackAlarmsNotWatched',
        message: '`rollbackAlarms` are watched only while the deployment waits, which this one never does; '
          + 'give `deployment` a `waitInterval` or a `terminationWait`, or use RollbackAlarms.none',
      }];
    }
    const needed = this.options === undefined ? undefined : secondsToGoOff(this.options);
    const watched = strategy._longestBaking;
    return needed === undefined || watched === undefined || needed <= watched ? [] : [{
      id: 'rollbackAlarmsTooSlow',
      message: `\`rollbackAlarms\` need up to ${needed} seconds to go off, but \`deployment\` waits for no more than ${watched} at a time; `
        + 'give it a longer `waitInterval` or `terminationWait`, or the alarms a shorter `period` or fewer `datapointsToAlarm`',
    }];
  }

  /** Makes the alarms that are not there yet. @internal */
  public _bind(target: RollbackTarget): cloudwatch.IAlarm[] {
    const { options } = this;
    const watched = options === undefined ? [] : watchedMetrics(options, target.isAsync);
    const given = [...new Set(this.alarms)];
    throwIfAny(target.scope, [
      ...checkCount('rollbackAlarms', watched.length + given.length),
      ...options !== undefined && !target.isAsync ? checkMilliseconds('rollbackAlarms.modelLatency', options.modelLatency, REAL_TIME_LIMIT) : [],
    ]);
    return [...watched.map((metric) => newAlarm(target, metric, options!)), ...given];
  }
}

/** The endpoint whose updates the alarms undo. */
export interface RollbackTarget {
  readonly scope: Construct;
  /** The name of the endpoint. It must not refer to the endpoint, which waits for its alarms. */
  readonly endpointName: string;
  readonly endpointConfigName: string;
  readonly variantNames: string[];
  readonly isAsync: boolean;
}

/**
 * What lets SageMaker look at the alarms, with the role of a model.
 *
 * @param alarms at least one; alarms that are added to it later count too
 */
export function describeAlarmsStatement(alarms: readonly cloudwatch.IAlarm[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: DESCRIBE_ALARMS,
    // CloudWatch describes composite alarms only to who may describe all alarms
    resources: Lazy.list({
      produce: () => alarms.some((alarm) => alarm instanceof cloudwatch.CompositeAlarm) ? ['*'] : alarms.map(({ alarmArn }) => alarmArn),
    }),
  });
}

/** A metric that has a limit. */
interface WatchedMetric {
  readonly id: string;
  readonly metricName: string;
  readonly statistic: string;
  readonly threshold: number;
  readonly description: string;
}

/** SageMaker takes no more alarms than these. */
export const MOST_ALARMS = 10;

/** A request to an endpoint gets no more time. */
const REAL_TIME_LIMIT = Duration.minutes(1);
const ASYNC_LIMIT = Duration.hours(1);

/** What is allowed for metrics to get to CloudWatch, in seconds. */
const DELAY = 60;

const MINUTES_OF_DAY = 24 * 60;

const UNKNOWN = 'must be known when the template is made, and cannot be a token';

const MICROSECONDS_PER_MILLISECOND = 1000;

function periodOf(options: RecommendedRollbackAlarmsOptions): Duration {
  return options.period ?? Duration.minutes(1);
}

function evaluationPeriodsOf(options: RecommendedRollbackAlarmsOptions): number {
  return options.evaluationPeriods ?? 3;
}

function datapointsToAlarmOf(options: RecommendedRollbackAlarmsOptions): number {
  const periods = evaluationPeriodsOf(options);
  return options.datapointsToAlarm ?? (Token.isUnresolved(periods) ? periods : Math.min(2, periods));
}

/** How long it takes until an alarm goes off: its periods, one that is over in part, and the delay. */
function secondsToGoOff(options: RecommendedRollbackAlarmsOptions): number | undefined {
  const datapoints = datapointsToAlarmOf(options);
  return Token.isUnresolved(datapoints) ? undefined : periodOf(options).toSeconds() * (datapoints + 1) + DELAY;
}

function watchedMetrics(options: RecommendedRollbackAlarmsOptions, isAsync: boolean): WatchedMetric[] {
  const modelLatency = options.modelLatency ?? (isAsync ? undefined : Duration.seconds(15));
  return [
    // SageMaker publishes 0 or 1 for each request, so that the average is the share of the requests
    {
      id: 'ServerErrorsRollbackAlarm',
      metricName: 'Invocation5XXErrors',
      statistic: cloudwatch.Stats.AVERAGE,
      threshold: options.serverErrorRate ?? 0.01,
      description: 'Undoes an update of the endpoint if too many requests to its new instances fail with a 5XX status',
    },
    ...options.clientErrorRate === undefined ? [] : [{
      id: 'ClientErrorsRollbackAlarm',
      metricName: 'Invocation4XXErrors',
      statistic: cloudwatch.Stats.AVERAGE,
      threshold: options.clientErrorRate,
      description: 'Undoes an update of the endpoint if too many requests to its new instances fail with a 4XX status',
    }],
    ...modelLatency === undefined ? [] : [{
      id: 'ModelLatencyRollbackAlarm',
      metricName: 'ModelLatency',
      statistic: options.modelLatencyStatistic ?? cloudwatch.Stats.AVERAGE,
      threshold: modelLatency.toMilliseconds() * MICROSECONDS_PER_MILLISECOND,
      description: 'Undoes an update of the endpoint if the container takes too long to answer requests to its new instances',
    }],
  ];
}

function newAlarm(target: RollbackTarget, watched: WatchedMetric, options: RecommendedRollbackAlarmsOptions): cloudwatch.Alarm {
  return new cloudwatch.Alarm(target.scope, watched.id, {
    alarmDescription: watched.description,
    metric: worstOf(target, watched, periodOf(options)),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: watched.threshold,
    evaluationPeriods: evaluationPeriodsOf(options),
    datapointsToAlarm: datapointsToAlarmOf(options),
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

/** The metric of the variant that does worst, of its new instances only. */
function worstOf({ endpointName, endpointConfigName, variantNames }: RollbackTarget, watched: WatchedMetric, period: Duration): cloudwatch.IMetric {
  const metrics = variantNames.map((variantName) => endpointMetric(watched.metricName, {
    EndpointName: endpointName,
    VariantName: variantName,
    // the metrics of the old and the new instances together lack this dimension
    EndpointConfigName: endpointConfigName,
  }, { statistic: watched.statistic, period }));
  return metrics.length === 1 ? metrics[0] : new cloudwatch.MathExpression({
    expression: `MAX([${metrics.map((_, index) => `m${index}`).join(', ')}])`,
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    label: `Highest ${watched.metricName}`,
    period,
  });
}

function checkOptions(options: RecommendedRollbackAlarmsOptions): Violation[] {
  const period = periodOf(options);
  const evaluationPeriods = evaluationPeriodsOf(options);
  const wrongPeriod = checkPeriod('period', period);
  const minutes = wrongPeriod.length > 0 ? 1 : period.toMinutes();
  return [
    ...checkShare('serverErrorRate', options.serverErrorRate),
    ...checkShare('clientErrorRate', options.clientErrorRate),
    ...checkMilliseconds('modelLatency', options.modelLatency, ASYNC_LIMIT),
    ...wrongPeriod,
    ...checkInteger('evaluationPeriods', options.evaluationPeriods, { min: 1, max: Math.floor(MINUTES_OF_DAY / minutes) },
      'CloudWatch looks back for a day at most'),
    ...checkInteger('datapointsToAlarm', options.datapointsToAlarm, {
      min: 1, max: Token.isUnresolved(evaluationPeriods) ? MINUTES_OF_DAY : Math.max(1, evaluationPeriods),
    }, 'give no more than there are `evaluationPeriods`'),
  ];
}

function checkMilliseconds(property: string, latency: Duration | undefined, limit: Duration): Violation[] {
  if (latency?.isUnresolved()) {
    return [{ property, rule: UNKNOWN }];
  }
  return checkInteger(property, latency?.toMilliseconds({ integral: false }), { min: 1, max: limit.toMilliseconds() })
    .map((violation) => ({ ...violation, rule: `${violation.rule} milliseconds` }));
}

function checkPeriod(property: string, period: Duration): Violation[] {
  if (period.isUnresolved()) {
    return [{ property, rule: UNKNOWN }];
  }
  return checkInteger(property, period.toMilliseconds({ integral: false }) / 60_000, { min: 1, max: 60 })
    .map((violation) => ({ ...violation, rule: `${violation.rule} minutes` }));
}

function checkCount(property: string, count: number): Violation[] {
  return count <= MOST_ALARMS ? [] : [{
    property, rule: `must be at most ${MOST_ALARMS} alarms`, got: count, remedy: 'let one alarm watch several metrics, with a MathExpression',
  }];
}
