import { CfnParameter, Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { endpointIn, only, serverlessEndpointIn } from './scaling-support';
import { ScalableProvisionedConcurrency } from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const PLACE = '[Stack/Endpoint/blueProvisionedConcurrency]';

test('the target is the provisioned concurrency of the variant', () => {
  const stack = newStack();
  const endpoint = serverlessEndpointIn(stack, { maxConcurrency: 20, provisionedConcurrency: 1 });
  endpoint.autoScaleProvisionedConcurrency({ maxCapacity: 20 });
  expect(only(validTemplate(stack).findResources(TARGET))).toMatchObject({
    ServiceNamespace: 'sagemaker',
    ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
    ResourceId: { 'Fn::Join': ['', ['endpoint/', stack.resolve(endpoint.endpointName), '/variant/blue']] },
    MinCapacity: 1,
    MaxCapacity: 20,
  });
});

test('it can be made by itself', () => {
  const stack = newStack();
  const endpoint = serverlessEndpointIn(stack, { maxConcurrency: 20, provisionedConcurrency: 1 });
  const scaling = new ScalableProvisionedConcurrency(stack, 'Concurrency', { endpoint, minCapacity: 2, maxCapacity: 10 });
  expect(scaling.variantName).toBe('blue');
  expect(only(validTemplate(stack).findResources(TARGET))).toMatchObject({ MinCapacity: 2, MaxCapacity: 10 });
});

test.each([
  [undefined, 0.7],
  [{}, 0.7],
  [{ targetUtilization: 0.01 }, 0.01],
  [{ targetUtilization: 1 }, 1],
])('with %j its use is kept at %d', (options, targetValue) => {
  const stack = newStack();
  serverlessEndpointIn(stack, { provisionedConcurrency: 1 }).autoScaleProvisionedConcurrency({ maxCapacity: 5 }).scaleOnUtilization('Use', options);
  const template = validTemplate(stack);
  expect(only(template.findResources(POLICY))).toEqual({
    PolicyName: expect.stringMatching(/^StackEndpointblueProvisionedConcurrencyTargetUse/),
    PolicyType: 'TargetTrackingScaling',
    ScalingTargetId: { Ref: Object.keys(template.findResources(TARGET))[0] },
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: targetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantProvisionedConcurrencyUtilization' },
    },
  });
});

test('it can be kept at a target slowly, and be scheduled', () => {
  const stack = newStack();
  const endpoint = serverlessEndpointIn(stack, { maxConcurrency: 20, provisionedConcurrency: 1 });
  const scaling = endpoint.autoScaleProvisionedConcurrency({ maxCapacity: 20 });
  scaling.scaleOnUtilization('Use', { scaleInCooldown: Duration.minutes(10) });
  scaling.scaleOnSchedule('Morning', { schedule: Schedule.cron({ hour: '7', minute: '0' }), minCapacity: 20 });
  const template = validTemplate(stack);
  template.hasResourceProperties(POLICY, { TargetTrackingScalingPolicyConfiguration: { TargetValue: 0.7, ScaleInCooldown: 600 } });
  expect(only(template.findResources(TARGET)).ScheduledActions).toEqual([
    { ScheduledActionName: 'Morning', Schedule: 'cron(0 7 * * ? *)', ScalableTargetAction: { MinCapacity: 20 } },
  ]);
});

test.each([0, -0.5, 1.1, 70])('fails on a use of %d', (targetUtilization) => {
  const scaling = serverlessEndpointIn(newStack(), { provisionedConcurrency: 1 }).autoScaleProvisionedConcurrency({ maxCapacity: 5 });
  expect(() => scaling.scaleOnUtilization('Use', { targetUtilization })).toThrow(new Error(
    `${PLACE} \`targetUtilization\` must be a number greater than 0 and at most 1, got: ${targetUtilization}`));
});

test.each<[object, string]>([
  [{ minCapacity: 0, maxCapacity: 5 }, '`minCapacity` must be a whole number of at least 1, got: 0'],
  [{ maxCapacity: 6 }, '`maxCapacity` must be at most the `maxConcurrency` of blue, 5, got: 6'],
  [{ minCapacity: 4, maxCapacity: 3 }, '`maxCapacity` must be at least `minCapacity`, 4, got: 3'],
])('fails on %j', (options, message) => {
  const endpoint = serverlessEndpointIn(newStack(), { provisionedConcurrency: 1 });
  expect(() => endpoint.autoScaleProvisionedConcurrency({ maxCapacity: 5, ...options })).toThrow(new Error(`${PLACE} ${message}`));
});

test('fails on a schedule with more than the variant answers', () => {
  const scaling = serverlessEndpointIn(newStack(), { provisionedConcurrency: 1 }).autoScaleProvisionedConcurrency({ maxCapacity: 5 });
  expect(() => scaling.scaleOnSchedule('Day', { schedule: Schedule.rate(Duration.days(1)), maxCapacity: 6 })).toThrow(new Error(
    `${PLACE} \`maxCapacity\` must be at most the \`maxConcurrency\` of blue, 5, got: 6`));
});

test('fails on a variant without provisioned concurrency', () => {
  const endpoint = serverlessEndpointIn(newStack(), {});
  expect(() => endpoint.autoScaleProvisionedConcurrency({ maxCapacity: 5 })).toThrow(new Error(
    `${PLACE} \`variantName\` must be a variant with provisioned concurrency, got: "blue"; give it a \`provisionedConcurrency\``));
});

test('fails on a variant with instances', () => {
  const endpoint = endpointIn(newStack());
  expect(() => endpoint.autoScaleProvisionedConcurrency({ maxCapacity: 5 })).toThrow(new Error(
    '[Stack/Endpoint/AllTrafficProvisionedConcurrency] `variantName` must be a serverless variant, '
    + 'because only serverless variants have provisioned concurrency, got: "AllTraffic"; use autoScaleInstanceCount'));
});

test('takes what is only known when the stack is deployed', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const scaling = serverlessEndpointIn(stack, { maxConcurrency: number, provisionedConcurrency: number })
    .autoScaleProvisionedConcurrency({ minCapacity: number, maxCapacity: number });
  scaling.scaleOnUtilization('Use', { targetUtilization: number });
  const template = validTemplate(stack);
  expect(only(template.findResources(TARGET))).toMatchObject({ MinCapacity: { Ref: 'Number' }, MaxCapacity: { Ref: 'Number' } });
  expect(only(template.findResources(POLICY))).toMatchObject({ TargetTrackingScalingPolicyConfiguration: { TargetValue: { Ref: 'Number' } } });
});
