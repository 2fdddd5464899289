import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { dashboardIn, type DashboardBody, titlesOf, type Widget, widgetsOf } from './dashboard-support';
import { asyncEndpointIn, endpointIn, modelIn, serverlessEndpointIn, variantOn } from './scaling-support';
import { modelWith } from './variant-support';
import { EndpointVariant, InstanceType, TensorFlowServingDashboard, type TensorFlowServingEndpoint } from '../../src';
import { AlarmKind } from '../../src/endpoint/alarm-kind';
import type { EndpointAlarmsOptions } from '../../src/endpoint/endpoint-monitoring';
import { agnosticStack, newStack } from '../support/synthesis';

/** A dashboard of an endpoint, with its alarms unless there are to be none. */
function drawn(endpoint: TensorFlowServingEndpoint, options: EndpointAlarmsOptions | undefined = {}): DashboardBody {
  const stack = endpoint.stack as Stack;
  new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint, alarms: endpoint.monitoring.alarms(options) });
  return dashboardIn(stack).body;
}

function only(body: DashboardBody, title: string): Widget {
  const widgets = widgetsOf(body, title);
  expect(widgets).toHaveLength(1);
  return widgets[0];
}

const RED = '#d62728';
const ORANGE = '#ff7f0e';
const BLUE = '#1f77b4';
const GREEN = '#2ca02c';
const PURPLE = '#9467bd';
const BROWN = '#8c564b';

/** A line as CloudWatch has it; those of 5 minutes and of averages are left out there. */
function line(namespace: string, metricName: string, options: Record<string, unknown>, variant: string | undefined = 'AllTraffic'): unknown[] {
  return [namespace, metricName, 'EndpointName', 'My-Endpoint', ...variant === undefined ? [] : ['VariantName', variant], { period: 60, ...options }];
}

const requests = (metricName: string, options: Record<string, unknown>, variant?: string): unknown[] => line('AWS/SageMaker', metricName, options, variant);
const instances = (metricName: string, options: Record<string, unknown>, variant?: string): unknown[] => (
  line('/aws/sagemaker/Endpoints', metricName, options, variant));
const queue = (metricName: string, options: Record<string, unknown>): unknown[] => (
  ['AWS/SageMaker', metricName, 'EndpointName', 'My-Endpoint', { period: 60, ...options }]);

/** A line of metric math, and the metric that it is made of. */
function math(expression: string, label: string, color: string, metric: unknown[]): unknown[][] {
  const id = /m\d/.exec(expression)![0];
  const options = metric[metric.length - 1] as Record<string, unknown>;
  return [
    [{ label, color, expression, period: 60 }],
    [...metric.slice(0, -1), { ...options, visible: false, id }],
  ];
}

/** The properties of a graph. */
function graph(title: string, unit: string | undefined, metrics: unknown[][], further: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    view: 'timeSeries',
    title,
    region: '<AWS::Region>',
    metrics,
    yAxis: { left: { min: 0, ...unit === undefined ? {} : { label: unit }, showUnits: false } },
    legend: { position: 'bottom' },
    ...further,
  };
}

function threshold(value: number, label: string): Record<string, unknown> {
  return { annotations: { horizontal: [{ value, label, color: RED, yAxis: 'left' }] } };
}

const ofHundred = { yAxis: { left: { min: 0, max: 100, label: '%', showUnits: false } } };

describe('a real-time endpoint', () => {
  test('has a row for requests, latency and instances each, over the whole width', () => {
    const body = drawn(endpointIn(newStack()));
    expect(titlesOf(body)).toEqual([
      ['# <EndpointEEF1FD8F.EndpointName>'],
      ['Alarms'],
      ['## Variant AllTraffic: ml.c5.xlarge, 1 at first'],
      ['Invocations', 'Error rate', 'Errors'],
      ['Model latency', 'Overhead latency'],
      ['CPU', 'Memory', 'Disk', 'Instances'],
    ]);
    expect(body.widgets.map(({ type, x, y, width, height }) => [type, x, y, width, height])).toEqual([
      ['text', 0, 0, 24, 4],
      ['alarm', 0, 4, 24, 3],
      ['text', 0, 7, 24, 1],
      ['metric', 0, 8, 8, 6], ['metric', 8, 8, 8, 6], ['metric', 16, 8, 8, 6],
      ['metric', 0, 14, 12, 6], ['metric', 12, 14, 12, 6],
      ['metric', 0, 20, 6, 6], ['metric', 6, 20, 6, 6], ['metric', 12, 20, 6, 6], ['metric', 18, 20, 6, 6],
    ]);
  });

  test.each([
    graph('Invocations', undefined, [
      requests('Invocations', { stat: 'Sum', label: 'requests', color: BLUE }),
      requests('InvocationsPerInstance', { stat: 'Sum', label: 'requests for each instance', color: GREEN }),
    ]),
    graph('Error rate', '%', [
      ...math('m1*100', '5XX', RED, requests('Invocation5XXErrors', {})),
      ...math('m2*100', '4XX', ORANGE, requests('Invocation4XXErrors', {})),
      ...math('m3*100', 'by the model', PURPLE, requests('InvocationModelErrors', {})),
    ], threshold(1, 'alarm at 1 %')),
    graph('Errors', undefined, [
      requests('Invocation5XXErrors', { stat: 'Sum', label: '5XX', color: RED }),
      requests('Invocation4XXErrors', { stat: 'Sum', label: '4XX', color: ORANGE }),
      requests('InvocationModelErrors', { stat: 'Sum', label: 'by the model', color: PURPLE }),
    ]),
    graph('Model latency', 'ms', [
      ...math('m1/1000', 'p50', BLUE, requests('ModelLatency', { stat: 'p50' })),
      ...math('m2/1000', 'p90', GREEN, requests('ModelLatency', { stat: 'p90' })),
      ...math('m3/1000', 'p99', ORANGE, requests('ModelLatency', { stat: 'p99' })),
    ], threshold(1000, 'alarm at 1000 ms')),
    graph('Overhead latency', 'ms', [
      ...math('m1/1000', 'average', BLUE, requests('OverheadLatency', {})),
      ...math('m2/1000', 'longest', ORANGE, requests('OverheadLatency', { stat: 'Maximum' })),
    ], threshold(1000, 'alarm at 1000 ms')),
    graph('CPU', '%', [
      ...math('m1/4', 'average', BLUE, instances('CPUUtilization', {})),
      ...math('m2/4', 'busiest instance', ORANGE, instances('CPUUtilization', { stat: 'Maximum' })),
    ], { ...ofHundred, ...threshold(90, 'alarm at 90 %') }),
    graph('Memory', '%', [
      instances('MemoryUtilization', { label: 'average', color: BLUE }),
      instances('MemoryUtilization', { stat: 'Maximum', label: 'fullest instance', color: ORANGE }),
    ], { ...ofHundred, ...threshold(90, 'alarm at 90 %') }),
    graph('Disk', '%', [
      instances('DiskUtilization', { label: 'average', color: BLUE }),
      instances('DiskUtilization', { stat: 'Maximum', label: 'fullest instance', color: ORANGE }),
    ], { ...ofHundred, ...threshold(85, 'alarm at 85 %') }),
    graph('Instances', undefined, math('m1*60/PERIOD(m1)', 'running', BLUE, instances('CPUUtilization', { stat: 'SampleCount' }))),
  ])('draws $title', (expected) => {
    expect(only(drawn(endpointIn(newStack())), expected.title as string).properties).toEqual(expected);
  });

  test('shows the states of its alarms', () => {
    const stack = newStack();
    const { widgets } = drawn(endpointIn(stack), { exclude: [AlarmKind.NO_DATA] });
    expect(widgets[1]).toEqual({
      type: 'alarm',
      x: 0,
      y: 4,
      width: 24,
      height: 2,
      properties: { title: 'Alarms', alarms: expect.any(Array) },
    });
    expect(widgets[1].properties.alarms!.map((arn) => arn.replace(/[0-9A-F]{8}\.Arn>/, ''))).toEqual(
      ['ServerErrors', 'ModelLatency', 'OverheadLatency', 'CpuUtilization', 'MemoryUtilization', 'DiskUtilization'].map((kind) => `<EndpointAlarmsAllTraffic${kind}`));
  });

  test('is drawn without thresholds where there are no alarms', () => {
    const stack = newStack();
    new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: endpointIn(stack) });
    const { body } = dashboardIn(stack);
    expect(titlesOf(body)[1]).toEqual(['## Variant AllTraffic: ml.c5.xlarge, 1 at first']);
    expect(body.widgets.filter(({ properties }) => properties.annotations !== undefined)).toEqual([]);
    expect(body.widgets).toHaveLength(11);
  });

  test('is drawn without the thresholds of alarms that were left out, and without states where there is none', () => {
    const body = drawn(endpointIn(newStack()), { exclude: Object.values(AlarmKind) });
    expect(titlesOf(body)[1]).toEqual(['## Variant AllTraffic: ml.c5.xlarge, 1 at first']);
    expect(body.widgets.filter(({ properties }) => properties.annotations !== undefined)).toEqual([]);
  });

  test('counts instances by how often they publish', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { metricPublishFrequency: Duration.seconds(10) });
    expect(only(drawn(endpoint), 'Instances').properties.metrics![0]).toEqual([expect.objectContaining({ expression: 'm1*10/PERIOD(m1)' })]);
  });

  test('on instances whose number of CPUs is not known draws what is published', () => {
    const stack = newStack();
    const instanceType = InstanceType.of(Lazy.string({ produce: () => 'ml.c5.large' }));
    const body = drawn(endpointIn(stack, { variants: [EndpointVariant.onInstances('blue', { model: modelIn(stack), instanceType })] }));
    expect(only(body, 'CPU, 100 % for each').properties).toEqual(graph('CPU, 100 % for each', '%', [
      instances('CPUUtilization', { label: 'average', color: BLUE }, 'blue'),
      instances('CPUUtilization', { stat: 'Maximum', label: 'busiest instance', color: ORANGE }, 'blue'),
    ]));
    expect(titlesOf(body).at(-1)).toEqual(['GPU, 100 % for each', 'GPU memory, 100 % for each']);
  });
});

describe('an endpoint on GPUs', () => {
  const body = (): DashboardBody => {
    const stack = newStack();
    return drawn(endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.g5.12xlarge')] }), { gpuMemoryUtilization: 97 });
  };

  test.each([
    graph('GPU', '%', [
      ...math('m1/4', 'average', BLUE, instances('GPUUtilization', {}, 'blue')),
      ...math('m2/4', 'busiest instance', ORANGE, instances('GPUUtilization', { stat: 'Maximum' }, 'blue')),
    ], { ...ofHundred, ...threshold(90, 'alarm at 90 %') }),
    graph('GPU memory', '%', [
      ...math('m1/4', 'average', BLUE, instances('GPUMemoryUtilization', {}, 'blue')),
      ...math('m2/4', 'fullest instance', ORANGE, instances('GPUMemoryUtilization', { stat: 'Maximum' }, 'blue')),
    ], { ...ofHundred, ...threshold(97, 'alarm at 97 %') }),
  ])('draws $title', (expected) => {
    expect(only(body(), expected.title as string).properties).toEqual(expected);
  });

  test('has a row for them', () => {
    expect(titlesOf(body()).at(-1)).toEqual(['GPU', 'GPU memory']);
  });
});

describe('an asynchronous endpoint', () => {
  test('has a row for the queue, and none of what it does not publish', () => {
    const body = drawn(asyncEndpointIn(newStack()));
    expect(titlesOf(body)).toEqual([
      ['# <EndpointEEF1FD8F.EndpointName>'],
      ['Alarms'],
      ['## Queue'],
      ['Backlog', 'Age of the oldest request', 'Backlog without an instance'],
      ['## Variant AllTraffic: ml.c5.xlarge, 1 at first'],
      ['Requests worked off', 'Failures', 'Error rate'],
      ['Errors', 'Model latency', 'Time of a request, average', 'Transfer from and to S3, average'],
      ['CPU', 'Memory', 'Disk', 'Instances'],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/"(Invocations|InvocationsPerInstance|InvocationModelErrors|OverheadLatency)"/);
  });

  test.each([
    graph('Backlog', undefined, [
      queue('ApproximateBacklogSize', { label: 'requests', color: BLUE }),
      queue('ApproximateBacklogSizePerInstance', { label: 'requests for each instance', color: GREEN }),
    ]),
    graph('Age of the oldest request', 'min',
      math('m1/60', 'oldest request', ORANGE, queue('ApproximateAgeOfOldestRequest', { stat: 'Maximum' })), threshold(60, 'alarm at 60 min')),
    graph('Backlog without an instance', undefined,
      [queue('HasBacklogWithoutCapacity', { stat: 'Maximum', label: '1 while requests wait and there is no instance', color: RED })],
      { yAxis: { left: { min: 0, max: 1, showUnits: false } } }),
    graph('Requests worked off', undefined, [requests('InvocationsProcessed', { stat: 'Sum', label: 'requests', color: BLUE })]),
    graph('Failures', undefined, [
      requests('InvocationFailures', { stat: 'Sum', label: 'all', color: RED }),
      requests('RequestDownloadFailures', { stat: 'Sum', label: 'reading from S3', color: ORANGE }),
      requests('ResponseUploadFailures', { stat: 'Sum', label: 'writing to S3', color: PURPLE }),
      requests('NotificationFailures', { stat: 'Sum', label: 'notification', color: BLUE }),
      requests('ExpiredRequests', { stat: 'Sum', label: 'expired', color: BROWN }),
    ], threshold(1, 'alarm at 1')),
    graph('Error rate', '%', [
      ...math('m1*100', '5XX', RED, requests('Invocation5XXErrors', {})),
      ...math('m2*100', '4XX', ORANGE, requests('Invocation4XXErrors', {})),
    ], threshold(1, 'alarm at 1 %')),
    graph('Time of a request, average', 's', [
      ...math('m1/1000', 'in the backlog', BLUE, requests('TimeInBacklog', {})),
      ...math('m2/1000', 'in all', GREEN, requests('TotalProcessingTime', {})),
    ]),
    graph('Transfer from and to S3, average', 'ms', [
      ...math('m1/1000', 'request', BLUE, requests('RequestDownloadLatency', {})),
      ...math('m2/1000', 'answer', GREEN, requests('ResponseUploadLatency', {})),
    ]),
  ])('draws $title', (expected) => {
    expect(only(drawn(asyncEndpointIn(newStack())), expected.title as string).properties).toEqual(expected);
  });
});

describe('a serverless endpoint', () => {
  test('has no instances, and no metrics of them', () => {
    const body = drawn(serverlessEndpointIn(newStack(), { maxConcurrency: 20 }));
    expect(titlesOf(body).slice(2)).toEqual([
      ['## Variant blue: serverless, up to 20 at a time'],
      ['Invocations', 'Error rate', 'Errors'],
      ['Model latency', 'Overhead latency', 'Cold starts'],
      ['Concurrency, of the maximum', 'Memory'],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/InvocationsPerInstance|InvocationModelErrors|CPUUtilization|DiskUtilization|GPU|Provisioned/);
  });

  test('shows its cold starts, how long they take and how many there are', () => {
    const { properties } = only(drawn(serverlessEndpointIn(newStack(), {})), 'Cold starts');
    expect(properties.yAxis).toEqual({ left: { min: 0, label: 's', showUnits: false }, right: { min: 0, label: 'starts', showUnits: false } });
    expect(properties.metrics).toEqual([
      [{ label: 'average', color: BLUE, expression: 'm1/1000000', period: 60 }],
      expect.arrayContaining(['ModelSetupTime', { period: 60, visible: false, id: 'm1' }]),
      [{ label: 'longest', color: ORANGE, expression: 'm2/1000000', period: 60 }],
      expect.arrayContaining(['ModelSetupTime', { stat: 'Maximum', period: 60, visible: false, id: 'm2' }]),
      expect.arrayContaining(['ModelSetupTime', { stat: 'SampleCount', period: 60, label: 'starts', color: PURPLE, yAxis: 'right' }]),
    ]);
  });

  test('shows how much of its concurrency is in use', () => {
    const { properties } = only(drawn(serverlessEndpointIn(newStack(), {})), 'Concurrency, of the maximum');
    expect(properties.metrics).toEqual([
      [{ label: 'in use', color: BLUE, expression: 'm1*100', period: 60 }],
      expect.arrayContaining(['ServerlessConcurrentExecutionsUtilization', { stat: 'Maximum', period: 60, visible: false, id: 'm1' }]),
    ]);
    expect(properties).toMatchObject({ ...ofHundred, ...threshold(80, 'alarm at 80 %') });
  });

  test('shows its provisioned concurrency, if it has some', () => {
    const body = drawn(serverlessEndpointIn(newStack(), { maxConcurrency: 20, provisionedConcurrency: 5 }));
    expect(titlesOf(body).at(-1)).toEqual(['Concurrency, of the maximum', 'Provisioned concurrency', 'Memory']);
    const { properties } = only(body, 'Provisioned concurrency');
    expect(properties.yAxis).toEqual({ left: { min: 0, label: '%', showUnits: false }, right: { min: 0, label: 'requests', showUnits: false } });
    expect(properties.metrics).toEqual([
      [{ label: 'in use', color: BLUE, expression: 'm1*100', period: 60 }],
      expect.arrayContaining(['ServerlessProvisionedConcurrencyUtilization', { stat: 'Maximum', period: 60, visible: false, id: 'm1' }]),
      expect.arrayContaining(['ServerlessProvisionedConcurrencyInvocations',
        { stat: 'Sum', period: 60, label: 'requests in it', color: GREEN, yAxis: 'right' }]),
      expect.arrayContaining(['ServerlessProvisionedConcurrencySpilloverInvocations',
        { stat: 'Sum', period: 60, label: 'requests beyond it', color: ORANGE, yAxis: 'right' }]),
    ]);
  });

  test('calls what is full a container', () => {
    const { properties } = only(drawn(serverlessEndpointIn(newStack(), {})), 'Memory');
    expect(properties.metrics!.map((metric) => (metric.at(-1) as { label: string }).label)).toEqual(['average', 'fullest container']);
  });
});

describe('an endpoint with many models', () => {
  const body = (): DashboardBody => {
    const stack = newStack();
    return drawn(endpointIn(stack, { model: modelWith(stack, { isMultiModel: true }), instanceType: InstanceType.of('ml.c5.xlarge') }));
  };

  test('has a row for their loading', () => {
    expect(titlesOf(body()).slice(-2)).toEqual([
      ['CPU', 'Memory', 'Disk', 'Instances'],
      ['Loading of models, average', 'Requests that found their model loaded', 'Loaded models for each instance'],
    ]);
  });

  test.each([
    graph('Loading of models, average', 's', [
      ...math('m1/1000000', 'wait of requests', ORANGE, requests('ModelLoadingWaitTime', {})),
      ...math('m2/1000000', 'download', BLUE, requests('ModelDownloadingTime', {})),
      ...math('m3/1000000', 'loading', GREEN, requests('ModelLoadingTime', {})),
      ...math('m4/1000000', 'unloading', PURPLE, requests('ModelUnloadingTime', {})),
    ], threshold(30, 'alarm at 30 s')),
    graph('Requests that found their model loaded', '%', math('m1*100', 'found', BLUE, requests('ModelCacheHit', {})), ofHundred),
    graph('Loaded models for each instance', undefined, [
      instances('LoadedModelCount', { label: 'average', color: BLUE }),
      instances('LoadedModelCount', { stat: 'Maximum', label: 'most', color: ORANGE }),
    ]),
  ])('draws $title', (expected) => {
    expect(only(body(), expected.title as string).properties).toEqual(expected);
  });
});

describe('several variants', () => {
  test('are compared, and have rows of their own, each with its thresholds', () => {
    const stack = newStack();
    const body = drawn(endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.g5.12xlarge'), variantOn(stack, 'green', 'ml.c5.large')] }));
    expect(titlesOf(body)).toEqual([
      ['# <EndpointEEF1FD8F.EndpointName>'],
      ['Alarms'],
      ['## All variants'],
      ['Requests by variant', '5XX errors by variant', 'Model latency by variant, p99'],
      ['## Variant blue: ml.g5.12xlarge, 1 at first'],
      ['Invocations', 'Error rate', 'Errors'],
      ['Model latency', 'Overhead latency'],
      ['CPU', 'Memory', 'Disk', 'Instances'],
      ['GPU', 'GPU memory'],
      ['## Variant green: ml.c5.large, 1 at first'],
      ['Invocations', 'Error rate', 'Errors'],
      ['Model latency', 'Overhead latency'],
      ['CPU', 'Memory', 'Disk', 'Instances'],
    ]);
    expect(only(body, 'Requests by variant').properties).toEqual(graph('Requests by variant', undefined,
      ['blue', 'green'].map((name) => requests('Invocations', { stat: 'Sum', label: name }, name)), { stacked: true }));
    expect(only(body, '5XX errors by variant').properties.metrics).toEqual([
      [{ label: 'blue', expression: 'm1*100', period: 60 }], requests('Invocation5XXErrors', { visible: false, id: 'm1' }, 'blue'),
      [{ label: 'green', expression: 'm2*100', period: 60 }], requests('Invocation5XXErrors', { visible: false, id: 'm2' }, 'green'),
    ]);
    expect(only(body, 'Model latency by variant, p99').properties.metrics).toEqual([
      [{ label: 'blue', expression: 'm1/1000', period: 60 }], requests('ModelLatency', { stat: 'p99', visible: false, id: 'm1' }, 'blue'),
      [{ label: 'green', expression: 'm2/1000', period: 60 }], requests('ModelLatency', { stat: 'p99', visible: false, id: 'm2' }, 'green'),
    ]);
    expect(widgetsOf(body, 'CPU').map(({ properties }) => properties.metrics![0])).toEqual([
      [{ label: 'average', color: BLUE, expression: 'm1/48', period: 60 }],
      [{ label: 'average', color: BLUE, expression: 'm1/2', period: 60 }],
    ]);
    expect(widgetsOf(body, 'CPU').map(({ properties }) => properties.annotations)).toEqual([threshold(90, 'alarm at 90 %'), threshold(90, 'alarm at 90 %')]
      .map(({ annotations }) => annotations));
  });

  test('of an asynchronous endpoint are compared by what they worked off', () => {
    const stack = newStack();
    const body = drawn(asyncEndpointIn(stack, { variants: ['blue', 'green'].map((name) => variantOn(stack, name, 'ml.c5.large')) }));
    expect(only(body, 'Requests by variant').properties.metrics)
      .toEqual(['blue', 'green'].map((name) => requests('InvocationsProcessed', { stat: 'Sum', label: name }, name)));
    expect(titlesOf(body).slice(2, 5)).toEqual([
      ['## Queue'], ['Backlog', 'Age of the oldest request', 'Backlog without an instance'], ['## All variants'],
    ]);
  });

  test('can be one and its shadow, which has no alarms', () => {
    const stack = newStack();
    const body = drawn(endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large')], shadow: variantOn(stack, 'dark', 'ml.c5.large') }));
    expect(body.widgets[0].height).toBe(5);
    expect(titlesOf(body)[2]).toEqual(['## All variants']);
    expect(titlesOf(body).at(-4)).toEqual(['## Shadow variant dark: ml.c5.large, 1 at first']);
    const [, ofShadow] = widgetsOf(body, 'Memory');
    expect(ofShadow.properties.metrics![0]).toEqual(instances('MemoryUtilization', { label: 'average', color: BLUE }, 'dark'));
    expect(ofShadow.properties.annotations).toBeUndefined();
  });

  test('can have more alarms than CloudWatch shows in one place', () => {
    const stack = newStack();
    const variants = Array.from({ length: 10 }, (_, index) => variantOn(stack, `variant-${index}`, 'ml.g5.12xlarge'));
    const { widgets } = drawn(asyncEndpointIn(stack, { variants }), {
      modelLatency: Duration.minutes(1), cpuUtilization: 99, gpuUtilization: 99, gpuMemoryUtilization: 97,
    });
    const states = widgets.filter(({ type }) => type === 'alarm');
    // 2 for the queue, and 12 for each variant
    expect(states.map(({ y, height, properties }) => [y, height, properties.alarms!.length])).toEqual([[11, 18, 100], [29, 5, 22]]);
  });
});

describe('the dashboard', () => {
  test('has a name of its own, adapts to the time that is shown, and says so', () => {
    const stack = newStack();
    new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: endpointIn(stack) });
    const { name, body } = dashboardIn(stack);
    expect(name).toBeUndefined();
    expect(body.start).toBeUndefined();
    expect(body.periodOverride).toBe('auto');
  });

  test('takes a name, a time and a period', () => {
    const stack = newStack();
    new TensorFlowServingDashboard(stack, 'Dashboard', {
      endpoint: endpointIn(stack), dashboardName: 'My_Dashboard-1', defaultInterval: Duration.days(7), period: Duration.minutes(5),
    });
    const { name, body } = dashboardIn(stack);
    expect(name).toBe('My_Dashboard-1');
    expect(body.start).toBe('-P7D');
    expect(body.periodOverride).toBe('inherit');
    // 5 minutes is what CloudWatch takes where nothing is said
    expect(only(body, 'Memory').properties.metrics![0]).toEqual(['/aws/sagemaker/Endpoints', 'MemoryUtilization', 'EndpointName', 'My-Endpoint',
      'VariantName', 'AllTraffic', { label: 'average', color: BLUE }]);
  });

  test('takes more widgets', () => {
    const stack = newStack();
    new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: endpointIn(stack) }).dashboard.addWidgets(new TextWidget({ markdown: 'mine' }));
    expect(titlesOf(dashboardIn(stack).body).at(-1)).toEqual(['mine']);
  });

  test('can be in another stack', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { endpointName: undefined });
    const other = new Stack(stack.node.root, 'Other', { env: { account: '123456789012', region: 'us-east-1' } });
    new TensorFlowServingDashboard(other, 'Dashboard', { endpoint, alarms: endpoint.monitoring.alarms() });
    expect(only(dashboardIn(other).body, 'Memory').properties.metrics![0]).toEqual(expect.arrayContaining([expect.stringMatching(/^<Stack:ExportsOutput.*EndpointName/)]));
  });

  test('can be in a stack that is deployed anywhere', () => {
    const stack = agnosticStack();
    new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: endpointIn(stack) });
    expect(dashboardIn(stack).body.widgets).toHaveLength(11);
  });

  test.each(['', 'with space', 'a'.repeat(256)])('fails for the name "%s"', (dashboardName) => {
    const stack = newStack();
    expect(() => new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: endpointIn(stack), dashboardName })).toThrow(
      /^\[Stack\/Dashboard\] `dashboardName` must be 1 to 255 letters, digits, hyphens and underscores, got: "/);
  });

  test('takes the longest name, and one that is not known yet', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint, dashboardName: 'a'.repeat(255) });
    expect(() => new TensorFlowServingDashboard(stack, 'Other', { endpoint, dashboardName: Lazy.string({ produce: () => 'later' }) })).not.toThrow();
  });

  test('fails for the alarms of another endpoint', () => {
    const stack = newStack();
    const other = endpointIn(new Stack(stack.node.root, 'Other'));
    expect(() => new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: endpointIn(stack), alarms: other.monitoring.alarms() })).toThrow(new Error(
      '[Stack/Dashboard] `alarms` must be alarms of the endpoint, Stack/Endpoint, got: "Other/Endpoint/Alarms"; take those of its `monitoring.alarms()`'));
  });
});
