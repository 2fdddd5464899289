import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { hardwareOf, headerOf } from './dashboard-header';
import { comparisonRow, queueRow, type Subject, variantRows } from './dashboard-rows';
import type { EndpointAlarms } from './endpoint-alarms';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';
import { checkPattern } from '../private/checks';
import { throwIfAny } from '../private/errors';

const DASHBOARD_NAME = /^[\w-]{1,255}$/;

/** CloudWatch shows no more alarms in one place. */
const MOST_ALARMS = 100;

const ALARMS_IN_A_ROW = 6;

/** An endpoint to be shown. */
export interface TensorFlowServingDashboardProps {
  /** The endpoint. */
  readonly endpoint: TensorFlowServingEndpoint;

  /**
   * Its alarms, whose states and thresholds are shown.
   *
   * @default - none are shown
   */
  readonly alarms?: EndpointAlarms;

  /**
   * The name of the dashboard: 1 to 255 letters, digits, hyphens and underscores.
   *
   * @default - CloudFormation makes one
   */
  readonly dashboardName?: string;

  /**
   * The time that is shown first, up to now.
   *
   * @default - CloudWatch's choice: 3 hours
   */
  readonly defaultInterval?: Duration;

  /**
   * The time that each value stands for.
   *
   * @default - a minute, or more where a long time is shown
   */
  readonly period?: Duration;
}

/**
 * A CloudWatch dashboard of an endpoint: what is asked of it, how it answers, and what it runs on.
 *
 * It shows what the endpoint publishes in its way of answering. Latencies are in milliseconds, and the use of CPUs and
 * GPUs in percent of a whole instance. Each variant has rows of its own, and so has a shadow variant.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
 */
export class TensorFlowServingDashboard extends Construct {
  /** The dashboard, to which more can be added. */
  public readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: TensorFlowServingDashboardProps) {
    super(scope, id);

    const { endpoint, alarms } = props;
    throwIfAny(this, [
      ...checkPattern('dashboardName', props.dashboardName, DASHBOARD_NAME, 'must be 1 to 255 letters, digits, hyphens and underscores'),
      ...alarms !== undefined && alarms._endpoint !== endpoint ? [{
        property: 'alarms', got: alarms.node.path, rule: `must be alarms of the endpoint, ${endpoint.node.path}`, remedy: 'take those of its `monitoring.alarms()`',
      }] : [],
    ]);

    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      defaultInterval: props.defaultInterval,
      periodOverride: props.period !== undefined ? cloudwatch.PeriodOverride.INHERIT : cloudwatch.PeriodOverride.AUTO,
    });
    this.add([header(endpoint)]);
    this.add(...alarms !== undefined ? statesOf(alarms.alarms) : []);
    this.addGraphs({ endpoint, alarms, period: props.period ?? Duration.minutes(1) });
  }

  private addGraphs(subject: Subject): void {
    const { _variants: variants, _shadow: shadow, _isAsync: isAsync } = subject.endpoint;
    const all = [...variants, ...shadow !== undefined ? [shadow] : []];
    this.add(...isAsync ? [[heading('Queue')], queueRow(subject)] : []);
    this.add(...all.length > 1 ? [[heading('All variants')], comparisonRow(subject, all)] : []);
    for (const variant of all) {
      this.add([heading(`${variant === shadow ? 'Shadow variant' : 'Variant'} ${variant.variantName}: ${hardwareOf(variant)}`)], ...variantRows(subject, variant));
    }
  }

  private add(...rows: cloudwatch.IWidget[][]): void {
    rows.forEach((row) => this.dashboard.addWidgets(...row));
  }
}

function header(endpoint: TensorFlowServingEndpoint): cloudwatch.TextWidget {
  const rows = endpoint._variants.length + (endpoint._shadow !== undefined ? 1 : 0);
  return new cloudwatch.TextWidget({ markdown: headerOf(endpoint), width: 24, height: 3 + Math.ceil(rows * 0.75) });
}

function heading(title: string): cloudwatch.TextWidget {
  return new cloudwatch.TextWidget({ markdown: `## ${title}`, width: 24, height: 1, background: cloudwatch.TextWidgetBackground.TRANSPARENT });
}

/** The states of the alarms, as many in one place as there can be. */
function statesOf(alarms: cloudwatch.IAlarm[]): cloudwatch.IWidget[][] {
  const [first, rest] = [alarms.slice(0, MOST_ALARMS), alarms.slice(MOST_ALARMS)];
  return first.length === 0 ? [] : [
    [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: first, width: 24, height: 1 + Math.ceil(first.length / ALARMS_IN_A_ROW) })],
    ...statesOf(rest),
  ];
}
