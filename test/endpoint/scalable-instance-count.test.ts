import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { AdjustmentType, Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { asyncEndpointIn, endpointIn, modelIn, only, serverlessEndpointIn, variantOn } from './scaling-support';
import { EndpointVariant, InstanceType, type ScalableInstanceCount } from '../../src';
import { ruledOut } from '../../src/endpoint/mode-features';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const ALARM = 'AWS::CloudWatch::Alarm';
const PLACE = '[Stack/Endpoint/AllTrafficInstanceCount]';

const daily = Schedule.rate(Duration.days(1));

function onInstances(stack: Stack, ...instanceTypes: string[]): ScalableInstanceCount {
  const [first] = instanceTypes;
  const variant = instanceTypes.length === 1 ? variantOn(stack, 'AllTraffic', first) : EndpointVariant.onInstancePools('AllTraffic', {
    model: modelIn(stack), instancePools: instanceTypes.map((type) => ({ instanceType: InstanceType.of(type) })),
  });
  return endpointIn(stack, { variants: [variant] }).autoScaleInstanceCount({ maxCapacity: 4 });
}

/** The configuration of the only policy that keeps a metric at a target. */
function tracking(template: Template): unknown {
  const policies = template.findResources(POLICY, { Properties: { PolicyType: 'TargetTrackingScaling' } });
  const { ScalingTargetId, TargetTrackingScalingPolicyConfiguration } = only(policies);
  expect(ScalingTargetId).toEqual({ Ref: Object.keys(template.findResources(TARGET))[0] });
  return TargetTrackingScalingPolicyConfiguration;
}

function warnings(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('nothingScalesFromZero')).map(({ id, entry }) => `${id} ${String(entry.data)}`);
}

describe('real-time endpoints', () => {
  test('are scaled by the number of requests', () => {
    const stack = newStack();
    endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 4 }).scaleOnInvocations('Invocations', {
      invocationsPerInstance: 600, scaleInCooldown: Duration.minutes(10), scaleOutCooldown: Duration.minutes(1), disableScaleIn: false, policyName: 'mine',
    });
    const template = validTemplate(stack);
    expect(tracking(template)).toEqual({
      TargetValue: 600,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      ScaleInCooldown: 600,
      ScaleOutCooldown: 60,
      DisableScaleIn: false,
    });
    template.hasResourceProperties(POLICY, { PolicyName: 'mine' });
  });

  test('are scaled by the number of requests at the same time', () => {
    const stack = newStack();
    endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 4 }).scaleOnConcurrentRequests('Concurrency', { concurrentRequestsPerInstance: 2.5 });
    expect(tracking(validTemplate(stack))).toEqual({
      TargetValue: 2.5,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution' },
    });
  });

  test('can have several policies', () => {
    const stack = newStack();
    const scaling = endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 4 });
    scaling.scaleOnInvocations('Invocations', { invocationsPerInstance: 600 });
    scaling.scaleOnConcurrentRequests('Concurrency', { concurrentRequestsPerInstance: 2 });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80 });
    validTemplate(stack).resourceCountIs(POLICY, 4);
  });

  test.each([0, -1])('fail on a number of requests of %d', (value) => {
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 4 });
    expect(() => scaling.scaleOnInvocations('Invocations', { invocationsPerInstance: value })).toThrow(new Error(
      `${PLACE} \`invocationsPerInstance\` must be a number greater than 0, got: ${value}`));
    expect(() => scaling.scaleOnConcurrentRequests('Concurrency', { concurrentRequestsPerInstance: value })).toThrow(new Error(
      `${PLACE} \`concurrentRequestsPerInstance\` must be a number greater than 0, got: ${value}`));
  });

  test('have no queue', () => {
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 4 });
    expect(() => scaling.scaleOnBacklog('Backlog', { backlogPerInstance: 5 })).toThrow(new Error(
      `${PLACE} \`scaleOnBacklog\` is for asynchronous endpoints, which have a queue; use scaleOnInvocations or scaleOnConcurrentRequests`));
  });

  test('do not scale to zero', () => {
    const message = `must be at least 1, because ${ruledOut('real-time', 'scaleToZero')}, got: 0; make the endpoint asynchronous with \`asyncInference\``;
    expect(() => endpointIn(newStack()).autoScaleInstanceCount({ minCapacity: 0, maxCapacity: 4 })).toThrow(new Error(
      `${PLACE} \`minCapacity\` ${message}`));
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 4 });
    expect(() => scaling.scaleOnSchedule('Night', { schedule: daily, maxCapacity: 0 })).toThrow(new Error(`${PLACE} \`maxCapacity\` ${message}`));
  });
});

describe('the use of instances', () => {
  const cpu = 'scaleOnCpuUtilization';
  const memory = 'scaleOnMemoryUtilization';
  const gpu = 'scaleOnGpuUtilization';
  const gpuMemory = 'scaleOnGpuMemoryUtilization';
  type Method = typeof cpu | typeof memory | typeof gpu | typeof gpuMemory;

  test.each<[Method, string, number, string, number]>([
    [cpu, 'ml.c8g.medium', 70, 'CPUUtilization', 70],
    [cpu, 'ml.c5.large', 70, 'CPUUtilization', 140],
    [cpu, 'ml.c5.xlarge', 50, 'CPUUtilization', 200],
    [cpu, 'ml.c4.8xlarge', 100, 'CPUUtilization', 3600],
    [cpu, 'ml.g5.12xlarge', 60, 'CPUUtilization', 2880],
    [memory, 'ml.c5.xlarge', 80, 'MemoryUtilization', 80],
    [memory, 'ml.m5.large', 100, 'MemoryUtilization', 100],
    [gpu, 'ml.g5.xlarge', 60, 'GPUUtilization', 60],
    [gpu, 'ml.g5.12xlarge', 60, 'GPUUtilization', 240],
    [gpu, 'ml.p4d.24xlarge', 1, 'GPUUtilization', 8],
    [gpuMemory, 'ml.g6.xlarge', 90, 'GPUMemoryUtilization', 90],
    [gpuMemory, 'ml.g6.48xlarge', 50, 'GPUMemoryUtilization', 400],
  ])('%s on %s keeps %d percent of the whole instance', (method, instanceType, percent, metric, target) => {
    const stack = newStack();
    const scaling = onInstances(stack, instanceType);
    scaling[method]('Use', { targetUtilizationPercent: percent });
    expect(tracking(validTemplate(stack))).toEqual({
      TargetValue: target,
      CustomizedMetricSpecification: {
        Namespace: '/aws/sagemaker/Endpoints',
        MetricName: metric,
        Dimensions: [{ Name: 'EndpointName', Value: 'My-Endpoint' }, { Name: 'VariantName', Value: 'AllTraffic' }],
        Statistic: 'Average',
        Unit: 'Percent',
      },
    });
  });

  test('is of the variant that is scaled', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large'), variantOn(stack, 'green', 'ml.c5.xlarge')] });
    endpoint.autoScaleInstanceCount({ variantName: 'green', maxCapacity: 2 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
    expect(tracking(validTemplate(stack))).toMatchObject({
      TargetValue: 280,
      CustomizedMetricSpecification: { Dimensions: [{ Name: 'EndpointName' }, { Name: 'VariantName', Value: 'green' }] },
    });
  });

  test('is counted where all instances of pools have the same', () => {
    const stack = newStack();
    onInstances(stack, 'ml.g5.2xlarge', 'ml.g6.2xlarge').scaleOnGpuUtilization('Gpu', { targetUtilizationPercent: 70 });
    expect(tracking(validTemplate(stack))).toMatchObject({ TargetValue: 70 });
  });

  test.each<[Method, string[], string]>([
    [gpu, ['ml.c5.xlarge'], 'needs instances with GPUs, got: "ml.c5.xlarge"; use scaleOnCpuUtilization, or scaleToTrackMetric for another metric'],
    [gpuMemory, ['ml.inf2.xlarge'], 'needs instances with GPUs, got: "ml.inf2.xlarge"; use scaleOnCpuUtilization, or scaleToTrackMetric for another metric'],
    [gpu, ['ml.g99.xlarge'], 'needs instances whose number of GPUs is known, got: "ml.g99.xlarge"; use scaleToTrackMetric, with 100 percent for each of them'],
    [cpu, ['ml.c5.metal'], 'needs instances whose number of vCPUs is known, got: "ml.c5.metal"; use scaleToTrackMetric, with 100 percent for each of them'],
    [cpu, ['ml.c5.large', 'ml.c5.xlarge'], 'needs instances that all have the same number of vCPUs, got: "ml.c5.large, ml.c5.xlarge"; '
      + 'use scaleToTrackMetric for the metric of one type, or scaleOnMetric for a math expression over all of them'],
  ])('%s fails on %j', (method, instanceTypes, message) => {
    const scaling = onInstances(newStack(), ...instanceTypes);
    expect(() => scaling[method]('Use', { targetUtilizationPercent: 70 })).toThrow(new Error(`${PLACE} \`${method}\` ${message}`));
  });

  test.each([
    [0, 'got: 0'],
    [0.5, 'got: 0.5; write 50 for a half'],
    [100.5, 'got: 100.5'],
  ])('fails on %d percent', (targetUtilizationPercent, got) => {
    const scaling = onInstances(newStack(), 'ml.g5.xlarge');
    for (const method of [cpu, memory, gpu, gpuMemory] as const) {
      expect(() => scaling[method]('Use', { targetUtilizationPercent })).toThrow(new Error(
        `${PLACE} \`targetUtilizationPercent\` must be a number from 1 to 100 percent, ${got}`));
    }
  });

  test('can be a token where it is not multiplied', () => {
    const stack = newStack();
    const percent = new CfnParameter(stack, 'Percent', { type: 'Number' }).valueAsNumber;
    const scaling = onInstances(stack, 'ml.g5.xlarge');
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: percent });
    scaling.scaleOnGpuUtilization('Gpu', { targetUtilizationPercent: percent });
    expect(() => scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: percent })).toThrow(new Error(
      `${PLACE} \`targetUtilizationPercent\` must be known when the app is synthesized, because it is multiplied by the number of vCPUs; `
      + 'use scaleToTrackMetric, whose `targetValue` is taken as it is'));
    const targets = Object.values(validTemplate(stack).findResources(POLICY))
      .map(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration.TargetValue);
    expect(targets).toEqual([{ Ref: 'Percent' }, { Ref: 'Percent' }]);
  });
});

describe('asynchronous endpoints', () => {
  const backlog = {
    TargetValue: 5,
    CustomizedMetricSpecification: {
      Namespace: 'AWS/SageMaker',
      MetricName: 'ApproximateBacklogSizePerInstance',
      Dimensions: [{ Name: 'EndpointName', Value: 'My-Endpoint' }],
      Statistic: 'Average',
    },
  };

  test('are scaled by their queue', () => {
    const stack = newStack();
    asyncEndpointIn(stack).autoScaleInstanceCount({ minCapacity: 1, maxCapacity: 4 }).scaleOnBacklog('Backlog', { backlogPerInstance: 5 });
    const template = validTemplate(stack);
    expect(tracking(template)).toEqual(backlog);
    template.resourceCountIs(POLICY, 1);
    template.resourceCountIs(ALARM, 0);
  });

  test.each([['a', newStack], ['an agnostic', agnosticStack]])('in %s stack an alarm adds the first instance where there may be none', (_, make) => {
    const stack = make();
    asyncEndpointIn(stack).autoScaleInstanceCount({ minCapacity: 0, maxCapacity: 4 })
      .scaleOnBacklog('Backlog', { backlogPerInstance: 5, scaleOutCooldown: Duration.minutes(2), policyName: 'mine' });
    const template = validTemplate(stack);
    expect(tracking(template)).toEqual({ ...backlog, ScaleOutCooldown: 120 });
    const [targetId] = Object.keys(template.findResources(TARGET));
    const steps = template.findResources(POLICY, { Properties: { PolicyType: 'StepScaling' } });
    expect(only(steps)).toEqual({
      PolicyName: expect.stringMatching(/^StackEndpointAllTrafficInstanceCountTargetBacklogFromZero/),
      PolicyType: 'StepScaling',
      ScalingTargetId: { Ref: targetId },
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 120,
        MetricAggregationType: 'Average',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    });
    expect(only(template.findResources(ALARM))).toEqual({
      AlarmDescription: 'Requests wait, and there is no instance to answer them',
      AlarmActions: [{ Ref: Object.keys(steps)[0] }],
      Namespace: 'AWS/SageMaker',
      MetricName: 'HasBacklogWithoutCapacity',
      Dimensions: [{ Name: 'EndpointName', Value: 'My-Endpoint' }],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(only(template.findResources(TARGET))).toMatchObject({ MinCapacity: 0, MaxCapacity: 4 });
    expect(warnings(stack)).toEqual([]);
  });

  test.each<[string, (scaling: ScalableInstanceCount) => void]>([
    ['before', (scaling) => {
      scaling.scaleOnSchedule('Night', { schedule: daily, minCapacity: 0, maxCapacity: 0 });
      scaling.scaleOnBacklog('Backlog', { backlogPerInstance: 5 });
    }],
    ['after', (scaling) => {
      scaling.scaleOnBacklog('Backlog', { backlogPerInstance: 5 });
      scaling.scaleOnSchedule('Night', { schedule: daily, maxCapacity: 0 });
      scaling.scaleOnSchedule('Weekend', { schedule: daily, minCapacity: 0 });
    }],
  ])('the alarm is there for a schedule that takes all instances away, given %s the queue', (_, scale) => {
    const stack = newStack();
    scale(asyncEndpointIn(stack).autoScaleInstanceCount({ maxCapacity: 4 }));
    const template = validTemplate(stack);
    template.resourceCountIs(ALARM, 1);
    template.resourceCountIs(POLICY, 2);
    expect(warnings(stack)).toEqual([]);
  });

  test('the alarm is there where it turns out later whether there may be no instance', () => {
    const stack = newStack();
    const minCapacity = new CfnParameter(stack, 'Min', { type: 'Number' }).valueAsNumber;
    asyncEndpointIn(stack).autoScaleInstanceCount({ minCapacity, maxCapacity: 4 }).scaleOnBacklog('Backlog', { backlogPerInstance: 5 });
    validTemplate(stack).resourceCountIs(ALARM, 1);
  });

  test.each([0, -5])('fail on a queue of %d', (backlogPerInstance) => {
    const scaling = asyncEndpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 4 });
    expect(() => scaling.scaleOnBacklog('Backlog', { backlogPerInstance })).toThrow(new Error(
      `${PLACE} \`backlogPerInstance\` must be a number greater than 0, got: ${backlogPerInstance}`));
  });

  test('do not publish how many requests there are', () => {
    const scaling = asyncEndpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 4 });
    const message = 'is for real-time endpoints: those that are asynchronous do not publish its metric; use scaleOnBacklog';
    expect(() => scaling.scaleOnInvocations('Invocations', { invocationsPerInstance: 5 })).toThrow(new Error(`${PLACE} \`scaleOnInvocations\` ${message}`));
    expect(() => scaling.scaleOnConcurrentRequests('Concurrency', { concurrentRequestsPerInstance: 5 }))
      .toThrow(new Error(`${PLACE} \`scaleOnConcurrentRequests\` ${message}`));
  });

  test('publish what is used of their instances', () => {
    const stack = newStack();
    asyncEndpointIn(stack).autoScaleInstanceCount({ maxCapacity: 4 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
    expect(tracking(validTemplate(stack))).toMatchObject({ TargetValue: 280 });
  });
});

describe('without a way back from zero there is a warning', () => {
  const warning = '/Stack/Endpoint/AllTrafficInstanceCount AllTraffic may be left without instances, and then nothing adds one when requests come; '
    + 'add scaleOnBacklog, a step policy with scaleOnMetric, or a schedule with a `minCapacity` of at least 1 '
    + '[ack: cdk-tensorflow-serving:nothingScalesFromZero]';

  test.each<[string, number | undefined, (scaling: ScalableInstanceCount) => void]>([
    ['by no policy', 0, () => {}],
    ['by a policy that an idle variant does not meet', 0, (scaling) => scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 })],
    ['by schedules that only take away', 1, (scaling) => scaling.scaleOnSchedule('Night', { schedule: daily, minCapacity: 0 })],
    ['by a schedule with a new maximum', 0, (scaling) => scaling.scaleOnSchedule('Day', { schedule: daily, maxCapacity: 2 })],
  ])('%s', (_, minCapacity, scale) => {
    const stack = newStack();
    scale(asyncEndpointIn(stack).autoScaleInstanceCount({ minCapacity, maxCapacity: 4 }));
    expect(warnings(stack)).toEqual([warning]);
  });

  test.each<[string, number | undefined, (scaling: ScalableInstanceCount) => void]>([
    ['where an instance is left', 1, () => {}],
    ['with a schedule that brings it back', 0, (scaling) => scaling.scaleOnSchedule('Day', { schedule: daily, minCapacity: 1 })],
    ['with steps', 0, (scaling) => scaling.scaleOnMetric('Steps', {
      metric: new Metric({ namespace: 'Mine', metricName: 'Jobs' }), scalingSteps: [{ lower: 1, change: 1 }, { lower: 10, change: 2 }],
    })],
  ])('but not %s', (_, minCapacity, scale) => {
    const stack = newStack();
    scale(asyncEndpointIn(stack).autoScaleInstanceCount({ minCapacity, maxCapacity: 4 }));
    expect(warnings(stack)).toEqual([]);
  });
});

test('there is no such warning where it turns out later', () => {
  const stack = newStack();
  const minCapacity = new CfnParameter(stack, 'Min', { type: 'Number' }).valueAsNumber;
  asyncEndpointIn(stack).autoScaleInstanceCount({ minCapacity, maxCapacity: 4 });
  expect(warnings(stack)).toEqual([]);
});

describe('steps', () => {
  const jobs = new Metric({ namespace: 'Mine', metricName: 'Jobs' });

  test('add and remove instances by a metric', () => {
    const stack = newStack();
    endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 4 }).scaleOnMetric('Jobs', {
      metric: jobs,
      scalingSteps: [{ upper: 10, change: -1 }, { lower: 50, change: 1 }, { lower: 100, change: 2 }],
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: Duration.minutes(3),
    });
    const template = validTemplate(stack);
    template.resourceCountIs(ALARM, 2);
    const steps = Object.values(template.findResources(POLICY)).map(({ Properties }) => Properties);
    expect(steps.map(({ ScalingTargetId }) => ScalingTargetId)).toEqual([1, 2].map(() => ({ Ref: Object.keys(template.findResources(TARGET))[0] })));
    expect(steps.map(({ StepScalingPolicyConfiguration: { Cooldown, StepAdjustments } }) => [Cooldown, StepAdjustments])).toEqual([
      [180, [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }]],
      [180, [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 50, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 50, ScalingAdjustment: 2 },
      ]],
    ]);
  });

  test('fail on a cooldown of parts of a second', () => {
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 4 });
    expect(() => scaling.scaleOnMetric('Jobs', { metric: jobs, scalingSteps: [], cooldown: Duration.millis(1500) })).toThrow(new Error(
      `${PLACE} \`cooldown\` must be a whole number of at least 0 seconds, got: 1.5`));
  });
});

describe('what has no instances to scale', () => {
  test('is a serverless variant', () => {
    expect(() => serverlessEndpointIn(newStack(), {}).autoScaleInstanceCount({ maxCapacity: 4 })).toThrow(new Error(
      '[Stack/Endpoint/blueInstanceCount] `variantName` must be a variant on instances, because serverless variants have no instances, got: "blue"; '
      + 'use autoScaleProvisionedConcurrency'));
  });

  test.each(['ml.t2.medium', 'ml.t2.2xlarge', 'ml.t3.large'])('is a variant on %s', (type) => {
    expect(() => onInstances(newStack(), type)).toThrow(new Error(
      `${PLACE} \`instanceType\` of AllTraffic must not be burstable, because SageMaker does not scale such instances, got: "${type}"; `
      + 'take a type such as ml.m5.large or ml.c7i.large'));
  });

  test('is a variant with a pool of burstable instances', () => {
    expect(() => onInstances(newStack(), 'ml.m5.large', 'ml.t2.large')).toThrow(new Error(
      `${PLACE} \`instanceType\` of AllTraffic must not be burstable, because SageMaker does not scale such instances, got: "ml.t2.large"; `
      + 'take a type such as ml.m5.large or ml.c7i.large'));
  });
});
