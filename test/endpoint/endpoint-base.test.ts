import type { Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { asyncEndpointIn, endpointIn, variantOn } from './scaling-support';
import { type ITensorFlowServingEndpoint, TensorFlowServingEndpoint } from '../../src';
import { METRICS } from '../../src/endpoint/endpoint-metrics';
import { newStack, validTemplate } from '../support/synthesis';

type MetricMethod = Extract<keyof ITensorFlowServingEndpoint, `metric${string}`>;

const REQUESTS = 'AWS/SageMaker';
const INSTANCES = '/aws/sagemaker/Endpoints';

/** What CloudWatch is asked for. */
function asked(stack: Stack, metric: Metric): unknown {
  const { namespace, metricName, statistic, unitFilter, period, dimensions } = metric.toMetricConfig().metricStat!;
  return stack.resolve({ namespace, metricName, statistic, unit: unitFilter, seconds: period.toSeconds(), dimensions });
}

const OF_VARIANT = [{ name: 'EndpointName', value: 'My-Endpoint' }, { name: 'VariantName', value: 'AllTraffic' }];
const OF_ENDPOINT = [{ name: 'EndpointName', value: 'My-Endpoint' }];

const VARIANT_METRICS: [method: MetricMethod, namespace: string, metricName: string, statistic: string, unit: string | undefined][] = [
  ['metricInvocations', REQUESTS, 'Invocations', 'Sum', undefined],
  ['metricInvocationsPerInstance', REQUESTS, 'InvocationsPerInstance', 'Sum', undefined],
  ['metricConcurrentRequestsPerModel', REQUESTS, 'ConcurrentRequestsPerModel', 'Maximum', undefined],
  ['metricInvocation4xxErrors', REQUESTS, 'Invocation4XXErrors', 'Sum', undefined],
  ['metricInvocation5xxErrors', REQUESTS, 'Invocation5XXErrors', 'Sum', undefined],
  ['metricInvocationModelErrors', REQUESTS, 'InvocationModelErrors', 'Sum', undefined],
  ['metricModelLatency', REQUESTS, 'ModelLatency', 'Average', 'Microseconds'],
  ['metricOverheadLatency', REQUESTS, 'OverheadLatency', 'Average', 'Microseconds'],
  ['metricCpuUtilization', INSTANCES, 'CPUUtilization', 'Average', 'Percent'],
  ['metricMemoryUtilization', INSTANCES, 'MemoryUtilization', 'Average', 'Percent'],
  ['metricDiskUtilization', INSTANCES, 'DiskUtilization', 'Average', 'Percent'],
  ['metricGpuUtilization', INSTANCES, 'GPUUtilization', 'Average', 'Percent'],
  ['metricGpuMemoryUtilization', INSTANCES, 'GPUMemoryUtilization', 'Average', 'Percent'],
  ['metricInvocationsProcessed', REQUESTS, 'InvocationsProcessed', 'Sum', undefined],
  ['metricInvocationFailures', REQUESTS, 'InvocationFailures', 'Sum', undefined],
  ['metricExpiredRequests', REQUESTS, 'ExpiredRequests', 'Sum', undefined],
  ['metricRequestDownloadFailures', REQUESTS, 'RequestDownloadFailures', 'Sum', undefined],
  ['metricResponseUploadFailures', REQUESTS, 'ResponseUploadFailures', 'Sum', undefined],
  ['metricNotificationFailures', REQUESTS, 'NotificationFailures', 'Sum', undefined],
  ['metricRequestDownloadLatency', REQUESTS, 'RequestDownloadLatency', 'Average', 'Microseconds'],
  ['metricResponseUploadLatency', REQUESTS, 'ResponseUploadLatency', 'Average', 'Microseconds'],
  ['metricTimeInBacklog', REQUESTS, 'TimeInBacklog', 'Average', undefined],
  ['metricTotalProcessingTime', REQUESTS, 'TotalProcessingTime', 'Average', 'Milliseconds'],
  ['metricModelSetupTime', REQUESTS, 'ModelSetupTime', 'Average', 'Microseconds'],
  ['metricServerlessConcurrentExecutionsUtilization', REQUESTS, 'ServerlessConcurrentExecutionsUtilization', 'Maximum', undefined],
  ['metricServerlessProvisionedConcurrencyUtilization', REQUESTS, 'ServerlessProvisionedConcurrencyUtilization', 'Maximum', undefined],
  ['metricServerlessProvisionedConcurrencyInvocations', REQUESTS, 'ServerlessProvisionedConcurrencyInvocations', 'Sum', undefined],
  ['metricServerlessProvisionedConcurrencySpilloverInvocations', REQUESTS, 'ServerlessProvisionedConcurrencySpilloverInvocations', 'Sum', undefined],
  ['metricModelLoadingWaitTime', REQUESTS, 'ModelLoadingWaitTime', 'Average', 'Microseconds'],
  ['metricModelDownloadingTime', REQUESTS, 'ModelDownloadingTime', 'Average', 'Microseconds'],
  ['metricModelLoadingTime', REQUESTS, 'ModelLoadingTime', 'Average', 'Microseconds'],
  ['metricModelUnloadingTime', REQUESTS, 'ModelUnloadingTime', 'Average', 'Microseconds'],
  ['metricModelCacheHit', REQUESTS, 'ModelCacheHit', 'Average', undefined],
  ['metricLoadedModelCount', INSTANCES, 'LoadedModelCount', 'Average', undefined],
];

const ENDPOINT_METRICS: [method: MetricMethod, metricName: string, statistic: string, unit: string | undefined][] = [
  ['metricApproximateBacklogSize', 'ApproximateBacklogSize', 'Average', undefined],
  ['metricApproximateBacklogSizePerInstance', 'ApproximateBacklogSizePerInstance', 'Average', undefined],
  ['metricHasBacklogWithoutCapacity', 'HasBacklogWithoutCapacity', 'Maximum', undefined],
  ['metricApproximateAgeOfOldestRequest', 'ApproximateAgeOfOldestRequest', 'Maximum', 'Seconds'],
];

describe('a metric of a variant', () => {
  test.each(VARIANT_METRICS)('%s is %s %s', (method, namespace, metricName, statistic, unit) => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    const expected = { namespace, metricName, statistic, unit, seconds: 300, dimensions: OF_VARIANT };
    expect(asked(stack, (endpoint[method] as (props?: MetricOptions) => Metric).call(endpoint))).toEqual(expected);
    expect(asked(stack, endpoint.metric(metricName))).toEqual(expected);
  });

  test.each(VARIANT_METRICS)('%s takes a variant and options, which win', (method, namespace, metricName) => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large'), variantOn(stack, 'green', 'ml.c5.large')] });
    const metric = (endpoint[method] as ITensorFlowServingEndpoint['metricInvocations'])
      .call(endpoint, { variantName: 'green', statistic: 'p50', unit: Unit.NONE, period: Duration.minutes(1), label: 'mine' });
    expect(asked(stack, metric)).toEqual({
      namespace, metricName, statistic: 'p50', unit: 'None', seconds: 60, dimensions: [OF_ENDPOINT[0], { name: 'VariantName', value: 'green' }],
    });
    expect(metric.label).toBe('mine');
  });
});

describe('a metric of the queue', () => {
  test.each(ENDPOINT_METRICS)('%s is of the endpoint alone', (method, metricName, statistic, unit) => {
    const stack = newStack();
    const endpoint = asyncEndpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large'), variantOn(stack, 'green', 'ml.c5.large')] });
    const expected = { namespace: REQUESTS, metricName, statistic, unit, seconds: 300, dimensions: OF_ENDPOINT };
    expect(asked(stack, (endpoint[method] as () => Metric).call(endpoint))).toEqual(expected);
    expect(asked(stack, endpoint.metric(metricName))).toEqual(expected);
  });

  test.each(ENDPOINT_METRICS)('%s takes options, which win', (method) => {
    const stack = newStack();
    const endpoint = asyncEndpointIn(stack);
    const metric = (endpoint[method] as (props: MetricOptions) => Metric).call(endpoint, { statistic: 'Minimum', period: Duration.seconds(10) });
    expect(asked(stack, metric)).toMatchObject({ statistic: 'Minimum', seconds: 10 });
  });

  test('takes no variant', () => {
    expect(() => asyncEndpointIn(newStack()).metric('ApproximateBacklogSize', { variantName: 'AllTraffic' })).toThrow('[Stack/Endpoint] `variantName` '
      + 'cannot be given for ApproximateBacklogSize, which is a metric of the whole endpoint, got: "AllTraffic"; leave it out');
  });
});

test('every metric that is known has a method, but one that nobody watches', () => {
  const named = [...VARIANT_METRICS.map(([, , metricName]) => metricName), ...ENDPOINT_METRICS.map(([, metricName]) => metricName)];
  expect(Object.keys(METRICS).filter((metricName) => !named.includes(metricName))).toEqual(['ServerlessProvisionedConcurrencyExecutions']);
  const stack = newStack();
  expect(asked(stack, endpointIn(stack).metric('ServerlessProvisionedConcurrencyExecutions')))
    .toEqual({ namespace: REQUESTS, metricName: 'ServerlessProvisionedConcurrencyExecutions', statistic: 'Maximum', seconds: 300, dimensions: OF_VARIANT });
});

test('a metric that is not known is an average of a variant, about requests', () => {
  const stack = newStack();
  expect(asked(stack, endpointIn(stack).metric('SomethingNew')))
    .toEqual({ namespace: REQUESTS, metricName: 'SomethingNew', statistic: 'Average', seconds: 300, dimensions: OF_VARIANT });
});

test('a metric of several variants names one of them', () => {
  const stack = newStack();
  const endpoint = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large'), variantOn(stack, 'green', 'ml.c5.large')] });
  expect(() => endpoint.metricInvocations()).toThrow(new Error(
    '[Stack/Endpoint] `variantName` is required for a metric of an endpoint with several variants; give one of blue, green'));
  expect(() => endpoint.metricInvocations({ variantName: 'red' })).toThrow(new Error(
    '[Stack/Endpoint] `variantName` must be a variant of the endpoint, which has blue, green, got: "red"'));
});

test.each([
  ['grantInvoke', 'sagemaker:InvokeEndpoint'],
  ['grantInvokeAsync', 'sagemaker:InvokeEndpointAsync'],
  ['grantDescribe', 'sagemaker:DescribeEndpoint'],
] as const)('%s lets somebody do %s to the endpoint, and nothing else', (method, action) => {
  const stack = newStack();
  const endpoint = TensorFlowServingEndpoint.fromEndpointName(stack, 'Imported', 'My-Endpoint');
  const role = new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() });
  expect(endpoint[method](role).success).toBe(true);
  const [policy] = Object.values(validTemplate(stack).findResources('AWS::IAM::Policy'));
  expect(policy.Properties.PolicyDocument.Statement).toEqual([{ Effect: 'Allow', Action: action, Resource: stack.resolve(endpoint.endpointArn) }]);
  expect(endpoint.endpointRef).toEqual({ endpointArn: endpoint.endpointArn });
});

test('an imported endpoint has the metrics of its queue without knowing its variants', () => {
  const stack = newStack();
  const endpoint = TensorFlowServingEndpoint.fromEndpointName(stack, 'Imported', 'My-Endpoint');
  expect(asked(stack, endpoint.metricApproximateBacklogSize())).toMatchObject({ dimensions: OF_ENDPOINT });
  expect(() => endpoint.metricInvocationsProcessed()).toThrow('[Stack/Imported] `variantName` is required for a metric of an imported endpoint; '
    + 'give it here, or `variantNames` to fromEndpointAttributes');
});
