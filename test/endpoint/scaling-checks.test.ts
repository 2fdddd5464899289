import { CfnParameter, Duration, Lazy, Token } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type CapacityLimits, checkCapacity, checkMetric, checkPositive, checkSchedule, checkTracking } from '../../src/endpoint/scaling-checks';
import { newStack } from '../support/synthesis';

const number = Token.asNumber({ Ref: 'Number' });
const ASYNC: CapacityLimits = { least: 0 };
const REAL_TIME: CapacityLimits = { least: 1, because: 'it must answer', remedy: 'let it queue' };
const SERVERLESS: CapacityLimits = { least: 1, most: 20, mostBy: 'the `maxConcurrency` of blue' };

describe('capacity', () => {
  test.each<[object, CapacityLimits]>([
    [{ maxCapacity: 1 }, REAL_TIME],
    [{ minCapacity: 1, maxCapacity: 1 }, REAL_TIME],
    [{ minCapacity: 2, maxCapacity: 1000 }, REAL_TIME],
    [{ minCapacity: 0, maxCapacity: 1 }, ASYNC],
    [{ minCapacity: 1, maxCapacity: 20 }, SERVERLESS],
    [{ minCapacity: 20, maxCapacity: 20 }, SERVERLESS],
    [{ minCapacity: number, maxCapacity: 1 }, REAL_TIME],
    [{ minCapacity: 7, maxCapacity: number }, REAL_TIME],
    [{ minCapacity: number, maxCapacity: number }, SERVERLESS],
    [{ maxCapacity: 30 }, { least: 1, most: number, mostBy: 'x' }],
  ])('%j is right', (capacity, limits) => {
    expect(checkCapacity(capacity, limits)).toEqual([]);
  });

  test.each<[object, CapacityLimits, object[]]>([
    [{ minCapacity: 0, maxCapacity: 2 }, REAL_TIME, [
      { property: 'minCapacity', got: 0, rule: 'must be at least 1, because it must answer', remedy: 'let it queue' },
    ]],
    [{ minCapacity: -1, maxCapacity: 2 }, REAL_TIME, [{ property: 'minCapacity', got: -1, rule: 'must be a whole number of at least 1' }]],
    [{ minCapacity: 1.5, maxCapacity: 2 }, REAL_TIME, [{ property: 'minCapacity', got: 1.5, rule: 'must be a whole number of at least 1' }]],
    [{ minCapacity: -1, maxCapacity: 2 }, ASYNC, [{ property: 'minCapacity', got: -1, rule: 'must be a whole number of at least 0' }]],
    [{ minCapacity: 0, maxCapacity: 2 }, SERVERLESS, [{ property: 'minCapacity', got: 0, rule: 'must be a whole number of at least 1' }]],
    [{ maxCapacity: 0 }, ASYNC, [{ property: 'maxCapacity', got: 0, rule: 'must be a whole number of at least 1' }]],
    [{ maxCapacity: 2.5 }, REAL_TIME, [{ property: 'maxCapacity', got: 2.5, rule: 'must be a whole number of at least 1' }]],
    [{ minCapacity: 3, maxCapacity: 2 }, REAL_TIME, [{ property: 'maxCapacity', got: 2, rule: 'must be at least `minCapacity`, 3' }]],
    [{ maxCapacity: 21 }, SERVERLESS, [{ property: 'maxCapacity', got: 21, rule: 'must be at most the `maxConcurrency` of blue, 20' }]],
    [{ minCapacity: 21, maxCapacity: number }, SERVERLESS, [
      { property: 'minCapacity', got: 21, rule: 'must be at most the `maxConcurrency` of blue, 20' },
    ]],
  ])('fails on %j', (capacity, limits, violations) => {
    expect(checkCapacity(capacity, limits)).toEqual(violations);
  });
});

describe('a schedule', () => {
  const schedule = Schedule.cron({ hour: '8' });

  test.each<[string, object, CapacityLimits]>([
    ['Night', { minCapacity: 1 }, REAL_TIME],
    ['at night (UTC)', { maxCapacity: 1 }, REAL_TIME],
    ['a'.repeat(256), { minCapacity: 2, maxCapacity: 2 }, REAL_TIME],
    ['Off', { minCapacity: 0, maxCapacity: 0 }, ASYNC],
    ['Day', { minCapacity: 20 }, SERVERLESS],
    ['Token', { minCapacity: number, maxCapacity: number }, REAL_TIME],
  ])('%s is right', (id, capacity, limits) => {
    expect(checkSchedule(id, { schedule, ...capacity }, limits)).toEqual([]);
  });

  test.each(['', 'a'.repeat(257), 'a:b', 'a/b', 'a|b', 'a\tb', ' a', 'a ', '\u0085'])('fails on the id %j', (id) => {
    expect(checkSchedule(id, { schedule, minCapacity: 1 }, REAL_TIME)).toEqual([
      { property: 'id', got: id, rule: 'must be 1 to 256 characters other than : / | with no space first or last' },
    ]);
  });

  test.each<[object, CapacityLimits, object[]]>([
    [{}, REAL_TIME, [{ property: 'minCapacity', rule: 'or `maxCapacity` must be given' }]],
    [{ minCapacity: 0, maxCapacity: 0 }, REAL_TIME, ['minCapacity', 'maxCapacity'].map((property) => (
      { property, got: 0, rule: 'must be at least 1, because it must answer', remedy: 'let it queue' }))],
    [{ maxCapacity: 1.5 }, ASYNC, [{ property: 'maxCapacity', got: 1.5, rule: 'must be a whole number of at least 0' }]],
    [{ minCapacity: 3, maxCapacity: 2 }, ASYNC, [{ property: 'maxCapacity', got: 2, rule: 'must be at least `minCapacity`, 3' }]],
    [{ minCapacity: 21 }, SERVERLESS, [{ property: 'minCapacity', got: 21, rule: 'must be at most the `maxConcurrency` of blue, 20' }]],
    [{ maxCapacity: 21 }, SERVERLESS, [{ property: 'maxCapacity', got: 21, rule: 'must be at most the `maxConcurrency` of blue, 20' }]],
  ])('fails on %j', (capacity, limits, violations) => {
    expect(checkSchedule('Night', { schedule, ...capacity }, limits)).toEqual(violations);
  });
});

describe('how a target is tracked', () => {
  test.each([
    {},
    { policyName: 'a', scaleInCooldown: Duration.seconds(0), scaleOutCooldown: Duration.hours(1), disableScaleIn: true },
    { policyName: '~'.repeat(256) },
    { policyName: Token.asString({ Ref: 'Name' }), scaleInCooldown: Duration.seconds(number), scaleOutCooldown: Duration.seconds(Lazy.number({ produce: () => 1 })) },
  ])('%j is right', (options) => {
    expect(checkTracking(options)).toEqual([]);
  });

  test('all that is wrong is found', () => {
    expect(checkTracking({ policyName: '', scaleInCooldown: Duration.millis(500), scaleOutCooldown: Duration.millis(1500) })).toEqual([
      { property: 'policyName', got: '', rule: 'must be 1 to 256 printable characters' },
      { property: 'scaleInCooldown', got: 0.5, rule: 'must be a whole number of at least 0 seconds' },
      { property: 'scaleOutCooldown', got: 1.5, rule: 'must be a whole number of at least 0 seconds' },
    ]);
  });

  test.each(['~'.repeat(257), 'a\nb', 'ä'])('fails on the name %j', (policyName) => {
    expect(checkTracking({ policyName })).toEqual([{ property: 'policyName', got: policyName, rule: 'must be 1 to 256 printable characters' }]);
  });
});

describe('a target', () => {
  test.each([[0.001, undefined], [1e6, undefined], [100, 100], [0.5, 1], [number, undefined], [number, 1]])('%p is right, with %p as the most', (value, most) => {
    expect(checkPositive('value', value, most)).toEqual([]);
  });

  test.each([0, -1, NaN, Infinity])('fails on %p', (value) => {
    expect(checkPositive('value', value)).toEqual([{ property: 'value', got: value, rule: 'must be a number greater than 0' }]);
  });

  test.each([0, 100.1])('fails on %p where 100 is the most', (value) => {
    expect(checkPositive('value', value, 100)).toEqual([{ property: 'value', got: value, rule: 'must be a number greater than 0 and at most 100' }]);
  });
});

describe('a metric', () => {
  test.each(['Average', 'avg', 'Sum', 'Minimum', 'Maximum', 'SampleCount', 'n'])('can have the statistic %s', (statistic) => {
    expect(checkMetric(new Metric({ namespace: 'Mine', metricName: 'Load', statistic }))).toEqual([]);
  });

  test.each(['p99', 'tm90', 'IQM'])('fails on the statistic %s', (statistic) => {
    const metric = new Metric({ namespace: 'Mine', metricName: 'Load', statistic });
    expect(checkMetric(metric)).toEqual([{
      property: 'metric',
      got: expect.stringMatching(new RegExp(`^${statistic}$`, 'i')),
      rule: 'must have one of the statistics Average, Minimum, Maximum, SampleCount, Sum',
      remedy: 'use scaleOnMetric for others',
    }]);
  });

  test('fails on a math expression', () => {
    const load = new Metric({ namespace: 'Mine', metricName: 'Load' });
    expect(checkMetric(new MathExpression({ expression: 'load / 4', usingMetrics: { load } }))).toEqual([{
      property: 'metric', got: 'load / 4', rule: 'must be a metric and no math expression', remedy: 'use scaleOnMetric for that',
    }]);
  });
});

test('what is only known when the stack is deployed is left to CloudFormation', () => {
  const parameter = new CfnParameter(newStack(), 'Max', { type: 'Number' });
  expect(checkCapacity({ minCapacity: 0, maxCapacity: parameter.valueAsNumber }, ASYNC)).toEqual([]);
  expect(checkPositive('value', parameter.valueAsNumber, 1)).toEqual([]);
});
