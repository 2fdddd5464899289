import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ALARM_KINDS } from './alarm-facts';
import { AlarmKind } from './alarm-kind';
import type { AlarmPlan } from './alarm-plan';
import type { TensorFlowServingEndpointBase } from './endpoint-base';
import { inMetric } from './metric-scale';
import { validationError, type Violation } from '../private/errors';

/** Who is told of alarms. */
export interface AlarmActions {
  readonly alarmActions: readonly cloudwatch.IAlarmAction[];
  readonly okActions: readonly cloudwatch.IAlarmAction[];
}

interface PlannedAlarm {
  readonly plan: AlarmPlan;
  readonly alarm: cloudwatch.Alarm;
}

/**
 * The alarms of an endpoint, as `endpoint.monitoring.alarms()` makes them.
 *
 * Each is about one thing and one variant, or about the queue of an asynchronous endpoint.
 */
export class EndpointAlarms extends Construct {
  /** @internal */
  public static _make(endpoint: TensorFlowServingEndpointBase, id: string, plans: readonly AlarmPlan[], actions: AlarmActions): EndpointAlarms {
    return new EndpointAlarms(endpoint, id, plans, actions);
  }

  /** The endpoint that they are about. @internal */
  public readonly _endpoint: TensorFlowServingEndpointBase;

  private readonly planned: readonly PlannedAlarm[];

  private constructor(endpoint: TensorFlowServingEndpointBase, id: string, plans: readonly AlarmPlan[], actions: AlarmActions) {
    super(endpoint, id);
    this._endpoint = endpoint;
    this.planned = plans.map((plan) => ({ plan, alarm: this.make(plan, actions) }));
  }

  /** All alarms. */
  public get alarms(): cloudwatch.Alarm[] {
    return this.planned.map(({ alarm }) => alarm);
  }

  /**
   * The alarms of a kind: one for each variant that has such an alarm. There may be none.
   *
   * @param kind what they are about
   */
  public ofKind(kind: AlarmKind): cloudwatch.Alarm[] {
    return this.find(kind).map(({ alarm }) => alarm);
  }

  /**
   * An alarm that is known to be there; an error if it is not.
   *
   * @param kind what it is about
   * @param variantName the variant that it is about, if several have such an alarm
   */
  public alarm(kind: AlarmKind, variantName?: string): cloudwatch.Alarm {
    const found = this.find(kind);
    const [first, ...others] = found.filter(({ plan }) => variantName === undefined || plan.variantName === variantName);
    if (first === undefined || others.length > 0) {
      throw validationError(this, this.notFound(kind, variantName, found.flatMap(({ plan }) => plan.variantName ?? [])));
    }
    return first.alarm;
  }

  /** The plan of an alarm, if there is one. @internal */
  public _plan(kind: AlarmKind, variantName: string | undefined): AlarmPlan | undefined {
    return this.find(kind).find(({ plan }) => plan.variantName === variantName)?.plan;
  }

  private find(kind: AlarmKind): PlannedAlarm[] {
    return this.planned.filter(({ plan }) => plan.kind === kind);
  }

  private notFound(kind: AlarmKind, variantName: string | undefined, variantNames: string[]): Violation {
    const kinds = [...new Set(this.planned.map(({ plan }) => plan.kind))];
    return !kinds.includes(kind)
      ? { property: 'kind', got: kind, rule: 'must be one that the endpoint has an alarm of', remedy: `it has ${kinds.join(', ')}` }
      : variantNames.length === 0
        ? { property: 'variantName', got: variantName, rule: `cannot be given for ${kind}, which is about the whole endpoint`, remedy: 'leave it out' }
        : { property: 'variantName', got: variantName, rule: `must say which alarm is meant, that of ${variantNames.join(' or ')}` };
  }

  private make(plan: AlarmPlan, actions: AlarmActions): cloudwatch.Alarm {
    const { kind, variantName, threshold, scale } = plan;
    const { metricName, statistic, period, comparison = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD } = ALARM_KINDS[kind];
    const isSilence = kind === AlarmKind.NO_DATA;
    const metric = this._endpoint._metricOf(variantName, metricName, { statistic, period: Duration.seconds(period) });
    const alarm = new cloudwatch.Alarm(this, `${variantName ?? ''}${kind}`, {
      metric,
      threshold: inMetric(scale, threshold),
      comparisonOperator: comparison,
      treatMissingData: isSilence ? cloudwatch.TreatMissingData.BREACHING : cloudwatch.TreatMissingData.NOT_BREACHING,
      evaluationPeriods: plan.evaluationPeriods,
      datapointsToAlarm: plan.datapointsToAlarm,
      alarmDescription: describe(plan, this._endpoint.node.path),
    });
    alarm.addAlarmAction(...actions.alarmActions);
    alarm.addOkAction(...actions.okActions);
    if (isSilence) {
      // until the endpoint is there, nothing can be published
      alarm.node.addDependency(this._endpoint.node.defaultChild!);
    }
    return alarm;
  }
}

function describe({ kind, variantName, threshold, scale }: AlarmPlan, path: string): string {
  const { event, remedy } = ALARM_KINDS[kind];
  const shown = [Tokenization.stringifyNumber(threshold), scale.unit].filter((part) => part !== '').join(' ');
  return `${variantName === undefined ? path : `Variant ${variantName} of ${path}`}: ${event(shown)}. ${remedy}`;
}
