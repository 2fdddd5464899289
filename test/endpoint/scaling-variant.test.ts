import { App, CfnParameter, Duration, NestedStack, Stack, TimeZone } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { endpointIn, only, variantOn } from './scaling-support';
import { ScalableInstanceCount } from '../../src';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const PLACE = '[Stack/Endpoint/AllTrafficInstanceCount]';

const queue = new Metric({ namespace: 'Mine', metricName: 'QueuePerInstance', dimensionsMap: { Queue: 'jobs' } });

describe('the target', () => {
  test('is the variant, with the role that Application Auto Scaling has for itself, and waits for the endpoint', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    const scaling = endpoint.autoScaleInstanceCount({ minCapacity: 2, maxCapacity: 8 });
    const template = validTemplate(stack);
    expect(only(template.findResources(TARGET))).toEqual({
      ServiceNamespace: 'sagemaker',
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      ResourceId: { 'Fn::Join': ['', ['endpoint/', stack.resolve(endpoint.endpointName), '/variant/AllTraffic']] },
      MinCapacity: 2,
      MaxCapacity: 8,
      RoleARN: {
        'Fn::Join': ['', [
          'arn:', { Ref: 'AWS::Partition' },
          ':iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com'
          + '/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
        ]],
      },
    });
    expect(stack.resolve(endpoint.endpointName)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Endpoint/), 'EndpointName'] });
    template.resourceCountIs('AWS::IAM::Role', 0);
    expect(scaling.variantName).toBe('AllTraffic');
    expect(stack.resolve(scaling.scalableTarget.scalableTargetId)).toEqual({ Ref: Object.keys(template.findResources(TARGET))[0] });
  });

  test('is in the partition and the account that it turns out to be', () => {
    const stack = agnosticStack();
    endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 2 });
    expect(only(validTemplate(stack).findResources(TARGET))).toMatchObject({
      MinCapacity: 1,
      RoleARN: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, expect.stringMatching(/^:role\/aws-service-role\//)]] },
    });
  });

  test('takes what is only known when the stack is deployed', () => {
    const stack = newStack();
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const scaling = endpointIn(stack).autoScaleInstanceCount({ minCapacity: number, maxCapacity: number });
    scaling.scaleOnInvocations('Invocations', { invocationsPerInstance: number, scaleInCooldown: Duration.seconds(number) });
    const template = validTemplate(stack);
    expect(only(template.findResources(TARGET))).toMatchObject({ MinCapacity: { Ref: 'Number' }, MaxCapacity: { Ref: 'Number' } });
    expect(only(template.findResources(POLICY)).TargetTrackingScalingPolicyConfiguration).toMatchObject({
      TargetValue: { Ref: 'Number' }, ScaleInCooldown: { Ref: 'Number' },
    });
  });

  test('is there for each variant', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large'), variantOn(stack, 'green', 'ml.m5.large')] });
    endpoint.autoScaleInstanceCount({ variantName: 'blue', maxCapacity: 2 });
    endpoint.autoScaleInstanceCount({ variantName: 'green', maxCapacity: 3 });
    const targets = Object.values(validTemplate(stack).findResources(TARGET)).map(({ Properties }) => [Properties.ResourceId['Fn::Join'][1][2], Properties.MaxCapacity]);
    expect(targets).toEqual([['/variant/blue', 2], ['/variant/green', 3]]);
  });

  test('can be in another stack, which waits for that of the endpoint', () => {
    const app = new App();
    const [stack, other] = ['Stack', 'Other'].map((id) => new Stack(app, id));
    const endpoint = endpointIn(stack);
    new ScalableInstanceCount(other, 'Scaling', { endpoint, maxCapacity: 2 });
    const resourceId = only(validTemplate(other).findResources(TARGET)).ResourceId;
    expect(resourceId).toEqual({ 'Fn::Join': ['', ['endpoint/', { 'Fn::ImportValue': expect.stringMatching(/^Stack:ExportsOutputFnGetAttEndpoint/) }, '/variant/AllTraffic']] });
    expect(other.dependencies).toEqual([stack]);
  });

  test('can be outside of the nested stack that the endpoint is in, and waits for it', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    new ScalableInstanceCount(stack, 'Scaling', { endpoint: endpointIn(nested), maxCapacity: 2 });
    expect(only(validTemplate(stack).findResources(TARGET)).ResourceId).toEqual({
      'Fn::Join': ['', ['endpoint/', { 'Fn::GetAtt': [stack.getLogicalId(nested.nestedStackResource!), expect.stringMatching(/^Outputs\./)] }, '/variant/AllTraffic']],
    });
  });

  test('is in the nested stack that the endpoint is in', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    const endpoint = endpointIn(nested);
    endpoint.autoScaleInstanceCount({ maxCapacity: 2 });
    expect(only(Template.fromStack(nested).findResources(TARGET)).ResourceId).toEqual({
      'Fn::Join': ['', ['endpoint/', nested.resolve(endpoint.endpointName), '/variant/AllTraffic']],
    });
  });

  test('makes updates of the endpoint keep what scaling has set', () => {
    const stack = newStack();
    endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 2 });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Endpoint', { RetainAllVariantProperties: true });
  });
});

describe('a variant that cannot be scaled', () => {
  test('is one that is scaled already', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    endpoint.autoScaleInstanceCount({ maxCapacity: 2 });
    const twice = '`variantName` must be a variant that is not scaled yet, got: "AllTraffic"; add policies to what scales it already';
    expect(() => endpoint.autoScaleInstanceCount({ maxCapacity: 2 })).toThrow(new Error(`${PLACE} ${twice}`));
    expect(() => new ScalableInstanceCount(stack, 'Again', { endpoint, maxCapacity: 2 })).toThrow(new Error(`[Stack/Again] ${twice}`));
  });

  test('can be scaled rightly after an error', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    expect(() => endpoint.autoScaleInstanceCount({ maxCapacity: 0 })).toThrow(new Error(`${PLACE} \`maxCapacity\` must be a whole number of at least 1, got: 0`));
    endpoint.autoScaleInstanceCount({ maxCapacity: 1 });
    validTemplate(stack).resourceCountIs(TARGET, 1);
  });

  test('is the shadow of another', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large')], shadow: variantOn(stack, 'dark', 'ml.c5.large') });
    expect(() => new ScalableInstanceCount(stack, 'Scaling', { endpoint, variantName: 'dark', maxCapacity: 2 })).toThrow(new Error(
      '[Stack/Scaling] `variantName` must be a variant that answers requests, not the shadow of one, got: "dark"'));
    new ScalableInstanceCount(stack, 'Scaling', { endpoint, maxCapacity: 2 });
    expect(only(validTemplate(stack).findResources(TARGET))).toMatchObject({ ResourceId: { 'Fn::Join': ['', expect.arrayContaining(['/variant/blue'])] } });
  });

  test('has all that is wrong with it told at once', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.t2.medium')] });
    expect(() => endpoint.autoScaleInstanceCount({ minCapacity: -1, maxCapacity: 0 })).toThrow(new Error([
      '[Stack/Endpoint/blueInstanceCount] 3 values are invalid:',
      '  - `instanceType` of blue must not be burstable, because SageMaker does not scale such instances, got: "ml.t2.medium"; '
      + 'take a type such as ml.m5.large or ml.c7i.large',
      '  - `minCapacity` must be a whole number of at least 1, got: -1',
      '  - `maxCapacity` must be a whole number of at least 1, got: 0',
    ].join('\n')));
  });
});

describe('scaleToTrackMetric', () => {
  test('keeps any metric at a target', () => {
    const stack = newStack();
    const scaling = endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 2 });
    scaling.scaleToTrackMetric('Queue', { metric: queue, targetValue: 5 });
    const template = validTemplate(stack);
    expect(only(template.findResources(POLICY))).toEqual({
      PolicyName: expect.stringMatching(/^StackEndpointAllTrafficInstanceCountTargetQueue/),
      PolicyType: 'TargetTrackingScaling',
      ScalingTargetId: { Ref: Object.keys(template.findResources(TARGET))[0] },
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 5,
        CustomizedMetricSpecification: {
          Namespace: 'Mine', MetricName: 'QueuePerInstance', Dimensions: [{ Name: 'Queue', Value: 'jobs' }], Statistic: 'Average',
        },
      },
    });
  });

  test('takes a name, cooldowns, and no scaling in', () => {
    const stack = newStack();
    endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 2 }).scaleToTrackMetric('Queue', {
      metric: queue,
      targetValue: 0.5,
      policyName: 'By the queue',
      scaleInCooldown: Duration.minutes(10),
      scaleOutCooldown: Duration.seconds(0),
      disableScaleIn: true,
    });
    validTemplate(stack).hasResourceProperties(POLICY, {
      PolicyName: 'By the queue',
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 0.5, ScaleInCooldown: 600, ScaleOutCooldown: 0, DisableScaleIn: true },
    });
  });

  test('fails on all that is wrong, and then on nothing of it', () => {
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 2 });
    expect(() => scaling.scaleToTrackMetric('Queue', { metric: queue, targetValue: 0, policyName: '', scaleInCooldown: Duration.millis(1) }))
      .toThrow(new Error([
        `${PLACE} 3 values are invalid:`,
        '  - `targetValue` must be a number greater than 0, got: 0',
        '  - `policyName` must be 1 to 256 printable characters, got: ""',
        '  - `scaleInCooldown` must be a whole number of at least 0 seconds, got: 0.001',
      ].join('\n')));
    expect(() => scaling.scaleToTrackMetric('Queue', { metric: new MathExpression({ expression: 'q', usingMetrics: { q: queue } }), targetValue: 1 }))
      .toThrow(new Error(`${PLACE} \`metric\` must be a metric and no math expression, got: "q"; use scaleOnMetric for that`));
    scaling.scaleToTrackMetric('Queue', { metric: queue, targetValue: 1 });
  });

  test('fails on a metric that has a target', () => {
    const endpoint = endpointIn(newStack());
    const scaling = endpoint.autoScaleInstanceCount({ maxCapacity: 2 });
    scaling.scaleToTrackMetric('Queue', { metric: queue, targetValue: 5 });
    scaling.scaleToTrackMetric('Longest', { metric: queue.with({ statistic: 'Maximum' }), targetValue: 5 });
    scaling.scaleOnInvocations('Invocations', { invocationsPerInstance: 5 });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
    const again = (method: string, metric: string): Error => new Error(
      `${PLACE} \`${method}\` can keep a metric at one target only, got: "${metric}"; leave out one of the two policies`);
    expect(() => scaling.scaleToTrackMetric('Again', { metric: queue, targetValue: 6 })).toThrow(again('scaleToTrackMetric', 'QueuePerInstance'));
    expect(() => scaling.scaleOnInvocations('Again', { invocationsPerInstance: 5 }))
      .toThrow(again('scaleOnInvocations', 'SageMakerVariantInvocationsPerInstance'));
    expect(() => scaling.scaleToTrackMetric('Again', { metric: endpoint.metricCpuUtilization(), targetValue: 6 }))
      .toThrow(again('scaleToTrackMetric', 'CPUUtilization'));
  });
});

describe('scaleOnSchedule', () => {
  test('changes the numbers at times', () => {
    const stack = newStack();
    const scaling = endpointIn(stack).autoScaleInstanceCount({ maxCapacity: 8 });
    scaling.scaleOnSchedule('Night', {
      schedule: Schedule.cron({ hour: '20', minute: '0' }), minCapacity: 1, maxCapacity: 2, timeZone: TimeZone.EUROPE_BERLIN,
    });
    scaling.scaleOnSchedule('Day', { schedule: Schedule.cron({ hour: '8', minute: '0' }), minCapacity: 4 });
    expect(only(validTemplate(stack).findResources(TARGET)).ScheduledActions).toEqual([
      {
        ScheduledActionName: 'Night', Schedule: 'cron(0 20 * * ? *)', Timezone: 'Europe/Berlin', ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 },
      },
      { ScheduledActionName: 'Day', Schedule: 'cron(0 8 * * ? *)', ScalableTargetAction: { MinCapacity: 4 } },
    ]);
  });

  test('fails on two schedules with one name', () => {
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 8 });
    const schedule = Schedule.rate(Duration.days(1));
    scaling.scaleOnSchedule('Night', { schedule, minCapacity: 1 });
    expect(() => scaling.scaleOnSchedule('Night', { schedule, minCapacity: 1 })).toThrow(new Error(
      `${PLACE} \`id\` must be different for each schedule, got: "Night"`));
  });

  test('fails on one that changes nothing', () => {
    const scaling = endpointIn(newStack()).autoScaleInstanceCount({ maxCapacity: 8 });
    expect(() => scaling.scaleOnSchedule('Night', { schedule: Schedule.rate(Duration.days(1)) })).toThrow(new Error(
      `${PLACE} \`minCapacity\` or \`maxCapacity\` must be given`));
  });
});
