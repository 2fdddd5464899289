import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Tokenization } from 'aws-cdk-lib/core';
import type { AlarmPlan } from './alarm-plan';
import { type MetricScale, shownBy } from './metric-scale';

/** The height of a graph on a dashboard. */
const HEIGHT = 6;

/** Colours that mean the same all over the dashboard. */
export const COLORS = {
  main: '#1f77b4',
  second: '#2ca02c',
  third: '#9467bd',
  fourth: '#8c564b',
  worst: '#ff7f0e',
  error: '#d62728',
} as const;

/** A line of a graph. */
export interface Line {
  readonly metric: cloudwatch.Metric;
  readonly label: string;
  /** @default - CloudWatch's choice */
  readonly color?: string;
  /** Metric math of what is shown, instead of what the scale says. */
  readonly math?: (id: string) => string;
}

/** A graph of values of one unit. */
export interface Graph {
  readonly title: string;
  readonly scale: MetricScale;
  readonly lines: readonly Line[];
  /** Further lines with a scale of their own at the right. */
  readonly right?: readonly Line[];
  readonly rightLabel?: string;
  /** The top of the axis, where there is one. */
  readonly max?: number;
  readonly isStacked?: boolean;
  /** The alarms whose thresholds are drawn. */
  readonly alarms?: readonly (AlarmPlan | undefined)[];
}

/** A row of graphs that are as wide as the dashboard together. */
export function rowOf(graphs: readonly Graph[]): cloudwatch.IWidget[] {
  return graphs.map((graph) => widgetOf(graph, 24 / graphs.length));
}

function widgetOf(graph: Graph, width: number): cloudwatch.GraphWidget {
  const { scale, lines, right = [] } = graph;
  return new cloudwatch.GraphWidget({
    title: graph.title,
    width,
    height: HEIGHT,
    left: lines.map((line, index) => drawn(line, scale, `m${index + 1}`)),
    right: right.map(({ metric, label, color }) => metric.with({ label, color })),
    leftYAxis: { min: 0, max: graph.max, label: scale.unit !== '' ? scale.unit : undefined, showUnits: false },
    rightYAxis: right.length > 0 ? { min: 0, label: graph.rightLabel, showUnits: false } : undefined,
    stacked: graph.isStacked,
    leftAnnotations: graph.alarms?.flatMap((plan) => plan === undefined ? [] : [thresholdOf(plan)]),
    legendPosition: cloudwatch.LegendPosition.BOTTOM,
  });
}

function drawn({ metric, label, color, math }: Line, scale: MetricScale, id: string): cloudwatch.IMetric {
  const expression = math?.(id) ?? shownBy(scale, id);
  return expression === undefined
    ? metric.with({ label, color })
    : new cloudwatch.MathExpression({ expression, usingMetrics: { [id]: metric }, period: metric.period, label, color });
}

function thresholdOf({ threshold, scale }: AlarmPlan): cloudwatch.HorizontalAnnotation {
  const shown = [Tokenization.stringifyNumber(threshold), scale.unit].filter((part) => part !== '').join(' ');
  return { value: threshold, label: `alarm at ${shown}`, color: COLORS.error };
}
