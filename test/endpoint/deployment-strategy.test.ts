import { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import { CapacitySize } from '../../src/endpoint/capacity-size';
import { type DeployedVariant, DeploymentStrategy } from '../../src/endpoint/deployment-strategy';
import { excluded, ruledOut } from '../../src/endpoint/mode-features';
import type { VariantFacts } from '../../src/endpoint/variant-source';
import { InstanceType } from '../../src/images/instance-type';
import { validationError, type Violation } from '../../src/private/errors';
import { newStack, validTemplate } from '../support/synthesis';

const TOKEN = Lazy.number({ produce: () => 700 });
const NO_SHADOW = { hasShadow: false };

/** A variant on instances. */
function variant(initialInstanceCount: number, facts: Partial<VariantFacts> & { readonly variantName?: string } = {}): DeployedVariant {
  const { variantName = 'AllTraffic', ...others } = facts;
  return {
    variantName,
    _facts: {
      model: {} as VariantFacts['model'],
      models: [],
      isServerless: false,
      instanceTypes: [InstanceType.C5_XLARGE],
      hasElasticInference: false,
      initialInstanceCount,
      weight: 1,
      ...others,
    },
  };
}

const SERVERLESS = variant(0, { isServerless: true, instanceTypes: [] });

/** What a template says of the deployment. */
function rendered(strategy: DeploymentStrategy, alarmNames: string[] = []): unknown {
  const stack = newStack();
  new CfnEndpoint(stack, 'Endpoint', { endpointConfigName: 'config', deploymentConfig: strategy._render(alarmNames) });
  return validTemplate(stack).findResources('AWS::SageMaker::Endpoint').Endpoint.Properties.DeploymentConfig;
}

/** What is wrong, in words. */
function faults(strategy: DeploymentStrategy, variants: DeployedVariant[], options = NO_SHADOW): string[] {
  return strategy._check('deployment', variants, options).map((violation: Violation) => validationError('Stack/Endpoint', violation).message);
}

describe('all at once', () => {
  test('keeps the old instances for 5 minutes', () => {
    expect(rendered(DeploymentStrategy.allAtOnce())).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
        TerminationWaitInSeconds: 300,
      },
    });
  });

  test('takes every option, and alarms', () => {
    const strategy = DeploymentStrategy.allAtOnce({ terminationWait: Duration.minutes(10), maximumExecutionTimeout: Duration.minutes(30) });

    expect(rendered(strategy, ['errors', 'latency'])).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
        TerminationWaitInSeconds: 600,
        MaximumExecutionTimeoutInSeconds: 1800,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }, { AlarmName: 'latency' }] },
    });
  });
});

describe('canary', () => {
  test('tries a tenth of the new instances out for 5 minutes', () => {
    expect(rendered(DeploymentStrategy.canary())).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: { Type: 'CAPACITY_PERCENT', Value: 10 }, WaitIntervalInSeconds: 300 },
        TerminationWaitInSeconds: 300,
      },
    });
  });

  test('takes every option, and alarms', () => {
    const strategy = DeploymentStrategy.canary({
      canarySize: CapacitySize.instances(2),
      waitInterval: Duration.minutes(15),
      terminationWait: Duration.seconds(0),
      maximumExecutionTimeout: Duration.hours(1),
    });

    expect(rendered(strategy, ['errors'])).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 2 }, WaitIntervalInSeconds: 900 },
        TerminationWaitInSeconds: 0,
        MaximumExecutionTimeoutInSeconds: 3600,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    });
  });
});

describe('linear', () => {
  test('moves a quarter of the requests every 5 minutes', () => {
    expect(rendered(DeploymentStrategy.linear())).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'LINEAR', LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 25 }, WaitIntervalInSeconds: 300 },
        TerminationWaitInSeconds: 300,
      },
    });
  });

  test('takes every option, and alarms', () => {
    const strategy = DeploymentStrategy.linear({
      linearStepSize: CapacitySize.percent(20),
      waitInterval: Duration.minutes(10),
      terminationWait: Duration.minutes(1),
      maximumExecutionTimeout: Duration.hours(2),
    });

    expect(rendered(strategy, ['errors'])).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'LINEAR', LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 20 }, WaitIntervalInSeconds: 600 },
        TerminationWaitInSeconds: 60,
        MaximumExecutionTimeoutInSeconds: 7200,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    });
  });
});

describe('rolling', () => {
  test('replaces a quarter of the instances every 5 minutes', () => {
    expect(rendered(DeploymentStrategy.rolling())).toEqual({
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 25 }, WaitIntervalInSeconds: 300 },
    });
  });

  test('takes every option, and alarms', () => {
    const strategy = DeploymentStrategy.rolling({
      maximumBatchSize: CapacitySize.instances(1),
      waitInterval: Duration.minutes(2),
      rollbackMaximumBatchSize: CapacitySize.percent(100),
      maximumExecutionTimeout: Duration.hours(8),
    });

    expect(rendered(strategy, ['errors'])).toEqual({
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 },
        WaitIntervalInSeconds: 120,
        RollbackMaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 100 },
        MaximumExecutionTimeoutInSeconds: 28800,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    });
  });
});

describe('sizes', () => {
  test.each([
    ['canary', 1, (size: CapacitySize) => DeploymentStrategy.canary({ canarySize: size })],
    ['linear', 10, (size: CapacitySize) => DeploymentStrategy.linear({ linearStepSize: size })],
    ['rolling', 5, (size: CapacitySize) => DeploymentStrategy.rolling({ maximumBatchSize: size })],
  ])('of %s may be %p to 50 percent, a token, or any number of instances', (_name, least, make) => {
    const sizes = [CapacitySize.percent(least), CapacitySize.percent(50), CapacitySize.percent(TOKEN), CapacitySize.instances(1000)];

    expect(sizes.map(make)).toHaveLength(4);
  });

  test.each([
    ['canarySize', 51, 1, 'canary', () => DeploymentStrategy.canary({ canarySize: CapacitySize.percent(51) })],
    ['linearStepSize', 9, 10, 'linear', () => DeploymentStrategy.linear({ linearStepSize: CapacitySize.percent(9) })],
    ['linearStepSize', 51, 10, 'linear', () => DeploymentStrategy.linear({ linearStepSize: CapacitySize.percent(51) })],
    ['maximumBatchSize', 4, 5, 'rolling', () => DeploymentStrategy.rolling({ maximumBatchSize: CapacitySize.percent(4) })],
    ['maximumBatchSize', 51, 5, 'rolling', () => DeploymentStrategy.rolling({ maximumBatchSize: CapacitySize.percent(51) })],
  ])('fails for a %s of %p percent', (property, got, least, name, make) => {
    expect(make).toThrow(new Error(`[DeploymentStrategy.${name}] \`${property}\` must be a whole number from ${least} to 50 percent, got: ${got}`));
  });

  test.each([
    ['canary', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(2) }), 4],
    ['canary', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(2) }), 1000],
    ['linear', DeploymentStrategy.linear({ linearStepSize: CapacitySize.instances(2) }), 4],
    ['linear', DeploymentStrategy.linear({ linearStepSize: CapacitySize.instances(2) }), 20],
    ['rolling', DeploymentStrategy.rolling({ maximumBatchSize: CapacitySize.instances(2) }), 4],
    ['rolling', DeploymentStrategy.rolling({ maximumBatchSize: CapacitySize.instances(2) }), 40],
    ['canary', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(2) }), TOKEN],
    ['canary', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(TOKEN) }), 2],
    ['canary', DeploymentStrategy.canary(), 1],
  ])('of %s suit %#', (_name, strategy, count) => {
    expect(faults(strategy, [variant(count)])).toEqual([]);
  });

  test.each([
    ['canarySize', 'at most 50', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(2) }), 3],
    ['linearStepSize', 'from 10 to 50', DeploymentStrategy.linear({ linearStepSize: CapacitySize.instances(2) }), 3],
    ['linearStepSize', 'from 10 to 50', DeploymentStrategy.linear({ linearStepSize: CapacitySize.instances(2) }), 21],
    ['maximumBatchSize', 'from 5 to 50', DeploymentStrategy.rolling({ maximumBatchSize: CapacitySize.instances(2) }), 3],
    ['maximumBatchSize', 'from 5 to 50', DeploymentStrategy.rolling({ maximumBatchSize: CapacitySize.instances(2) }), 41],
  ])('fails for a %s that is not %s percent of the instances', (property, range, strategy, count) => {
    expect(faults(strategy, [variant(count)])).toEqual([
      `[Stack/Endpoint] \`deployment.${property}\` must be ${range} percent of the instances of each variant, `
      + `got: "2 of the ${count} instances of AllTraffic"; use CapacitySize.percent`,
    ]);
  });

  test('fails for each variant that has too few instances', () => {
    const variants = [variant(1, { variantName: 'blue' }), variant(4, { variantName: 'green' })];

    expect(faults(DeploymentStrategy.canary({ canarySize: CapacitySize.instances(1) }), variants)).toEqual([
      '[Stack/Endpoint] `deployment.canarySize` must be at most 50 percent of the instances of each variant, got: "1 of the 1 instances of blue"; '
      + 'start with 2 instances or more, or use DeploymentStrategy.allAtOnce',
    ]);
  });
});

describe('durations', () => {
  const make = {
    allAtOnce: (options: object) => DeploymentStrategy.allAtOnce(options),
    canary: (options: object) => DeploymentStrategy.canary(options),
    linear: (options: object) => DeploymentStrategy.linear(options),
    rolling: (options: object) => DeploymentStrategy.rolling(options),
  };
  const limits: [keyof typeof make, string, number, number][] = [
    ['allAtOnce', 'terminationWait', 0, 3600],
    ['allAtOnce', 'maximumExecutionTimeout', 600, 28800],
    ['canary', 'waitInterval', 0, 3600],
    ['canary', 'terminationWait', 0, 3600],
    ['canary', 'maximumExecutionTimeout', 601, 28800],
    ['linear', 'waitInterval', 0, 3600],
    ['linear', 'terminationWait', 0, 3600],
    ['linear', 'maximumExecutionTimeout', 601, 28800],
    ['rolling', 'waitInterval', 0, 3600],
    ['rolling', 'maximumExecutionTimeout', 601, 28800],
  ];

  test.each(limits)('of %s: %s may be %p to %p seconds, or a token', (name, property, least, most) => {
    const durations = [Duration.seconds(least), Duration.seconds(most), Duration.seconds(TOKEN)];

    expect(durations.map((duration) => make[name]({ [property]: duration }))).toHaveLength(3);
  });

  test.each(limits.flatMap(([name, property, least, most]) => [
    ...property === 'maximumExecutionTimeout' ? [] : [[name, property, 0.5, least, most] as const],
    [name, property, most + 1, least, most] as const,
  ]))('of %s: fails for a %s of %p seconds', (name, property, seconds, least, most) => {
    expect(() => make[name]({ [property]: Duration.millis(seconds * 1000) })).toThrow(new Error(
      `[DeploymentStrategy.${name}] \`${property}\` must be a whole number from ${least === 601 ? 600 : least} to ${most} seconds, got: ${seconds}`,
    ));
  });

  test.each(['allAtOnce', 'canary', 'linear', 'rolling'] as const)('of %s: fails for a maximumExecutionTimeout of 599 seconds', (name) => {
    const options = { terminationWait: Duration.seconds(0), waitInterval: Duration.seconds(0), maximumExecutionTimeout: Duration.seconds(599) };

    expect(() => make[name](options)).toThrow(new Error(
      `[DeploymentStrategy.${name}] \`maximumExecutionTimeout\` must be a whole number from 600 to 28800 seconds, got: 599`,
    ));
  });

  test('that are tokens are rendered', () => {
    const wait = Duration.seconds(TOKEN);

    expect(rendered(DeploymentStrategy.canary({ waitInterval: wait, terminationWait: wait, maximumExecutionTimeout: wait }))).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: { Type: 'CAPACITY_PERCENT', Value: 10 }, WaitIntervalInSeconds: 700 },
        TerminationWaitInSeconds: 700,
        MaximumExecutionTimeoutInSeconds: 700,
      },
    });
  });

  test('that are wrong are reported together', () => {
    expect(() => DeploymentStrategy.canary({
      canarySize: CapacitySize.percent(60),
      waitInterval: Duration.hours(2),
      terminationWait: Duration.seconds(0),
      maximumExecutionTimeout: Duration.hours(9),
    })).toThrow(new Error([
      '[DeploymentStrategy.canary] 3 values are invalid:',
      '  - `canarySize` must be a whole number from 1 to 50 percent, got: 60',
      '  - `waitInterval` must be a whole number from 0 to 3600 seconds, got: 7200',
      '  - `maximumExecutionTimeout` must be a whole number from 600 to 28800 seconds, got: 32400',
    ].join('\n')));
  });
});

describe('the limit of the whole deployment', () => {
  const tenMinutes = { waitInterval: Duration.minutes(10), terminationWait: Duration.minutes(10) };

  test.each([
    ['allAtOnce', 600, (maximumExecutionTimeout: Duration) => DeploymentStrategy.allAtOnce({ ...tenMinutes, maximumExecutionTimeout })],
    ['canary', 1200, (maximumExecutionTimeout: Duration) => DeploymentStrategy.canary({ ...tenMinutes, maximumExecutionTimeout })],
    ['linear', 1200, (maximumExecutionTimeout: Duration) => DeploymentStrategy.linear({ ...tenMinutes, maximumExecutionTimeout })],
    ['rolling', 1200, (maximumExecutionTimeout: Duration) => DeploymentStrategy.rolling({ waitInterval: Duration.minutes(10), maximumExecutionTimeout })],
  ])('of %s must be more than %p seconds, which it waits in any case', (name, waiting, make) => {
    expect(make(Duration.seconds(waiting + 1))).toBeInstanceOf(DeploymentStrategy);
    expect(() => make(Duration.seconds(waiting))).toThrow(new Error(
      `[DeploymentStrategy.${name}] \`maximumExecutionTimeout\` must be more than the ${waiting} seconds that the deployment waits, got: ${waiting}; `
      + 'give it longer, or wait less',
    ));
  });

  test.each([
    ['linear', 2400, (maximumExecutionTimeout: Duration) => DeploymentStrategy.linear({ ...tenMinutes, maximumExecutionTimeout })],
    ['linear', 2400, (maximumExecutionTimeout: Duration) =>
      DeploymentStrategy.linear({ ...tenMinutes, maximumExecutionTimeout, linearStepSize: CapacitySize.instances(1) })],
    ['rolling', 2400, (maximumExecutionTimeout: Duration) => DeploymentStrategy.rolling({ waitInterval: Duration.minutes(10), maximumExecutionTimeout })],
  ])('of %s must be more than %p seconds for 4 instances', (_name, waiting, make) => {
    expect(faults(make(Duration.seconds(waiting + 1)), [variant(4)])).toEqual([]);
    expect(faults(make(Duration.seconds(waiting)), [variant(4)])).toEqual([
      `[Stack/Endpoint] \`deployment.maximumExecutionTimeout\` must be more than the ${waiting} seconds that the deployment waits, got: ${waiting}; `
      + 'give it longer, or wait less',
    ]);
  });

  test('is not looked at for instances whose number is a token', () => {
    const strategy = DeploymentStrategy.linear({ ...tenMinutes, maximumExecutionTimeout: Duration.seconds(1201) });

    expect(faults(strategy, [variant(TOKEN)])).toEqual([]);
  });
});

describe('variants', () => {
  const all: [string, DeploymentStrategy][] = [
    ['allAtOnce', DeploymentStrategy.allAtOnce()],
    ['canary', DeploymentStrategy.canary()],
    ['linear', DeploymentStrategy.linear()],
    ['rolling', DeploymentStrategy.rolling()],
  ];

  test.each(all)('on instances suit %s', (_name, strategy) => {
    expect(faults(strategy, [variant(2)])).toEqual([]);
  });

  test.each(all)('that are serverless fail for %s', (_name, strategy) => {
    expect(faults(strategy, [SERVERLESS])).toEqual([
      `[Stack/Endpoint] \`deployment\` cannot be used for AllTraffic, because ${ruledOut('serverless', 'blueGreen')}; leave it out`,
    ]);
  });

  test.each(all)('on Inferentia 1 fail for %s', (_name, strategy) => {
    expect(faults(strategy, [variant(2, { instanceTypes: [InstanceType.C5_XLARGE, InstanceType.of('ml.inf1.xlarge')] })])).toEqual([
      `[Stack/Endpoint] \`deployment\` cannot be used for AllTraffic, because ${excluded('blueGreen', 'inferentia1')}; leave it out`,
    ]);
  });

  test.each(all)('with Elastic Inference fail for %s', (_name, strategy) => {
    expect(faults(strategy, [variant(2, { hasElasticInference: true })])).toEqual([
      `[Stack/Endpoint] \`deployment\` cannot be used for AllTraffic, because ${excluded('blueGreen', 'elasticInference')}; leave it out`,
    ]);
  });

  test('on Inferentia 2 or an unknown type suit a strategy', () => {
    const types = [InstanceType.of('ml.inf2.xlarge'), InstanceType.of(Lazy.string({ produce: () => 'ml.inf1.xlarge' }))];

    expect(faults(DeploymentStrategy.canary(), [variant(2, { instanceTypes: types })])).toEqual([]);
  });

  test('that fail for the same reason are named together', () => {
    const variants = [
      variant(2, { variantName: 'a', hasElasticInference: true }), variant(2, { variantName: 'b' }), variant(2, { variantName: 'c', hasElasticInference: true }),
    ];

    expect(faults(DeploymentStrategy.canary(), variants)).toEqual([
      `[Stack/Endpoint] \`deployment\` cannot be used for a, c, because ${excluded('blueGreen', 'elasticInference')}; leave it out`,
    ]);
  });

  test.each(all.slice(0, 3))('suit %s, several of them and with a shadow', (_name, strategy) => {
    expect(faults(strategy, [variant(2, { variantName: 'a' }), variant(2, { variantName: 'b' })])).toEqual([]);
    expect(faults(strategy, [variant(2)], { hasShadow: true })).toEqual([]);
  });

  test('fail for rolling if there are several', () => {
    expect(faults(DeploymentStrategy.rolling(), [variant(2, { variantName: 'a' }), variant(2, { variantName: 'b' })])).toEqual([
      `[Stack/Endpoint] \`deployment\` cannot be rolling for several variants, because ${excluded('rolling', 'severalVariants')}, `
      + 'got: "2 variants"; use DeploymentStrategy.canary or another one',
    ]);
  });

  test('fail for rolling if there is a shadow', () => {
    expect(faults(DeploymentStrategy.rolling(), [variant(2)], { hasShadow: true })).toEqual([
      `[Stack/Endpoint] \`deployment\` cannot be rolling for several variants, because ${excluded('rolling', 'severalVariants')}, `
      + 'got: "a variant and its shadow"; use DeploymentStrategy.canary or another one',
    ]);
  });

  test.each(all.slice(1))('with one instance are warned of for %s', (_name, strategy) => {
    const variants = [
      variant(1, { variantName: 'a' }), variant(2, { variantName: 'b' }), variant(TOKEN, { variantName: 'c' }), variant(1, { variantName: 'd' }), SERVERLESS,
    ];

    expect(strategy._warnings(variants)).toEqual([{
      id: 'deploymentNeedsInstances',
      message: '`deployment` moves at most half of a variant\'s instances at first, and a single one cannot be divided (a, d); '
        + 'start with 2 instances or more, or use DeploymentStrategy.allAtOnce',
    }]);
  });

  test('with two instances are not warned of', () => {
    expect(DeploymentStrategy.canary()._warnings([variant(2)])).toEqual([]);
  });

  test('with one instance suit allAtOnce', () => {
    expect(DeploymentStrategy.allAtOnce()._warnings([variant(1)])).toEqual([]);
  });
});

describe('the time in which alarms are watched', () => {
  test.each([
    ['allAtOnce', DeploymentStrategy.allAtOnce(), 300],
    ['allAtOnce', DeploymentStrategy.allAtOnce({ terminationWait: Duration.seconds(0) }), 0],
    ['canary', DeploymentStrategy.canary({ waitInterval: Duration.minutes(7) }), 420],
    ['canary', DeploymentStrategy.canary({ waitInterval: Duration.minutes(3) }), 300],
    ['canary', DeploymentStrategy.canary({ waitInterval: Duration.seconds(0), terminationWait: Duration.seconds(0) }), 0],
    ['canary', DeploymentStrategy.canary({ waitInterval: Duration.seconds(TOKEN) }), undefined],
    ['canary', DeploymentStrategy.canary({ terminationWait: Duration.seconds(TOKEN) }), undefined],
    ['linear', DeploymentStrategy.linear(), 300],
    ['rolling', DeploymentStrategy.rolling({ waitInterval: Duration.minutes(9) }), 540],
    ['rolling', DeploymentStrategy.rolling({ waitInterval: Duration.seconds(0) }), 0],
  ])('of %s, %#', (_name, strategy, seconds) => {
    expect(strategy._longestBaking).toBe(seconds);
    expect(strategy._hasBaking).toBe(seconds !== 0);
  });
});

describe('unguarded', () => {
  test('leaves updates to SageMaker, for any variants', () => {
    const strategy = DeploymentStrategy.unguarded();
    expect(strategy._render([])).toBeUndefined();
    expect(strategy._hasBaking).toBe(false);
    expect(strategy._check('deployment', [SERVERLESS, variant(1, { instanceTypes: [InstanceType.of('ml.inf1.xlarge')] })], NO_SHADOW)).toEqual([]);
    expect(strategy._warnings([variant(1)])).toEqual([]);
  });
});

describe('with scaling', () => {
  test.each<[string, DeploymentStrategy, number, number]>([
    ['percent fits', DeploymentStrategy.canary(), 2, 100],
    ['a number fits all', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(1) }), 2, 100],
    ['all at once moves no part', DeploymentStrategy.allAtOnce(), 0, 100],
    ['a number that is not known is left alone', DeploymentStrategy.canary(), TOKEN, 10],
  ])('%s', (_, strategy, min, max) => {
    expect(strategy._warningsWhenScaled('blue', { min, max })).toEqual([]);
  });

  test.each<[string, DeploymentStrategy, number, number, string]>([
    ['too many at the least', DeploymentStrategy.canary({ canarySize: CapacitySize.instances(2) }), 3, 20, '2 instances at first, from 0 to 50'],
    ['too few at the most', DeploymentStrategy.linear({ linearStepSize: CapacitySize.instances(1) }), 4, 11, '1 instances at first, from 10 to 50'],
    ['a single one', DeploymentStrategy.canary(), 1, 20, '10 percent at first, from 0 to 50'],
    ['none', DeploymentStrategy.rolling(), 0, 20, '25 percent at first, from 5 to 50'],
  ])('%s is warned of', (_, strategy, min, max, text) => {
    expect(strategy._warningsWhenScaled('blue', { min, max })).toEqual([{
      id: 'deploymentSizeMayNotFit',
      message: `\`deployment\` moves ${text} percent of a variant's instances, which some numbers of instances of blue do not allow, as it is scaled; `
        + 'use CapacitySize.percent and a `minCapacity` of 2 or more',
    }]);
  });
});
