import type { Stack } from 'aws-cdk-lib';
import { validTemplate } from '../support/synthesis';

/** A widget of a dashboard. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: unknown[][];
    readonly annotations?: { readonly horizontal: unknown[] };
    readonly yAxis?: Record<string, unknown>;
    readonly alarms?: string[];
    readonly [property: string]: unknown;
  };
}

/** What a dashboard says. */
export interface DashboardBody {
  readonly start?: string;
  readonly periodOverride?: string;
  readonly widgets: Widget[];
}

/** The only dashboard of a stack, with whatever CloudFormation fills in as `<Ref>` or `<Id.Attribute>`. */
export function dashboardIn(stack: Stack): { readonly name: unknown; readonly body: DashboardBody } {
  const dashboards = Object.values(validTemplate(stack).findResources('AWS::CloudWatch::Dashboard'));
  expect(dashboards).toHaveLength(1);
  const { DashboardName: name, DashboardBody: body } = dashboards[0].Properties;
  return { name, body: JSON.parse(textOf(body)) };
}

/** A text, with whatever CloudFormation fills in as `<Ref>` or `<Id.Attribute>`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const [[call, args]] = Object.entries(value as Record<string, unknown>);
  return call === 'Fn::Join' ? (args as [string, unknown[]])[1].map(textOf).join((args as [string, unknown[]])[0]) : `<${[args].flat().join('.')}>`;
}

/** The titles of the widgets, row by row; a text is its first line. */
export function titlesOf({ widgets }: DashboardBody): string[][] {
  const rows = new Map<number, Widget[]>();
  widgets.forEach((widget) => rows.set(widget.y, [...rows.get(widget.y) ?? [], widget]));
  return [...rows.values()].map((row) => row.map(({ properties: { title, markdown } }) => title ?? markdown!.split('\n')[0]));
}

/** The widgets with a title. */
export function widgetsOf({ widgets }: DashboardBody, title: string): Widget[] {
  return widgets.filter(({ properties }) => properties.title === title);
}
