import { Alarm, AlarmRule, AlarmState, CompositeAlarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnEndpoint, CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { Duration, Lazy, type Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DeploymentStrategy } from '../../src/endpoint/deployment-strategy';
import { describeAlarmsStatement, type RecommendedRollbackAlarmsOptions, RollbackAlarms, type RollbackTarget } from '../../src/endpoint/rollback-alarms';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const TOKEN = Lazy.number({ produce: () => 2 });

const SERVER_ERRORS = 'Undoes an update of the endpoint if too many requests to its new instances fail with a 5XX status';
const CLIENT_ERRORS = 'Undoes an update of the endpoint if too many requests to its new instances fail with a 4XX status';
const LATENCY = 'Undoes an update of the endpoint if the container takes too long to answer requests to its new instances';

let stack: Stack;
let target: RollbackTarget;

beforeEach(() => {
  use(newStack());
});

function use(newOne: Stack): void {
  stack = newOne;
  const config = new CfnEndpointConfig(stack, 'Config', {
    productionVariants: [{ variantName: 'AllTraffic', modelName: 'model', instanceType: 'ml.c5.xlarge', initialInstanceCount: 2 }],
  });
  target = {
    scope: new Construct(stack, 'Endpoint'),
    endpointName: 'half-plus-three',
    endpointConfigName: config.attrEndpointConfigName,
    variantNames: ['AllTraffic'],
    isAsync: false,
  };
}

/** An alarm of someone's own. */
function ownAlarm(id = 'Own'): Alarm {
  return new Alarm(stack, id, { metric: new Metric({ namespace: 'Shop', metricName: 'Orders' }), threshold: 1, evaluationPeriods: 1 });
}

function importedAlarms(count: number): IAlarm[] {
  return Array.from({ length: count }, (_, index) => Alarm.fromAlarmName(stack, `Imported${index}`, `alarm-${index}`));
}

/** The alarms of the template, by their logical ids without hashes. */
function alarms(): { readonly [id: string]: unknown } {
  return Object.fromEntries(Object.entries(validTemplate(stack).findResources('AWS::CloudWatch::Alarm'))
    .map(([id, { Properties }]) => [id.replace(/^Endpoint|[0-9A-F]{8}$/g, ''), Properties]));
}

function dimensions(variantName = 'AllTraffic'): unknown[] {
  return [
    { Name: 'EndpointConfigName', Value: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] } },
    { Name: 'EndpointName', Value: 'half-plus-three' },
    { Name: 'VariantName', Value: variantName },
  ];
}

/** What all the alarms have in common. */
const COMMON = { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' };

function serverErrors(changes: object = {}): unknown {
  return {
    ...COMMON,
    AlarmDescription: SERVER_ERRORS,
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocation5XXErrors',
    Dimensions: dimensions(),
    Statistic: 'Average',
    Period: 60,
    Threshold: 0.01,
    ...changes,
  };
}

function latency(changes: object = {}): unknown {
  return {
    ...COMMON,
    AlarmDescription: LATENCY,
    Namespace: 'AWS/SageMaker',
    MetricName: 'ModelLatency',
    Dimensions: dimensions(),
    Statistic: 'Average',
    Unit: 'Microseconds',
    Period: 60,
    Threshold: 15_000_000,
    ...changes,
  };
}

describe('the recommended alarms', () => {
  test('watch errors and latency of the new instances', () => {
    const made = RollbackAlarms.recommended()._bind(target);

    expect(alarms()).toEqual({ ServerErrorsRollbackAlarm: serverErrors(), ModelLatencyRollbackAlarm: latency() });
    expect(made.map(({ node }) => node.path)).toEqual(['Stack/Endpoint/ServerErrorsRollbackAlarm', 'Stack/Endpoint/ModelLatencyRollbackAlarm']);
  });

  test('of a stack for any region are the same', () => {
    use(agnosticStack());

    RollbackAlarms.recommended()._bind(target);

    expect(alarms()).toEqual({ ServerErrorsRollbackAlarm: serverErrors(), ModelLatencyRollbackAlarm: latency() });
  });

  test('do not watch the latency of an asynchronous endpoint', () => {
    RollbackAlarms.recommended()._bind({ ...target, isAsync: true });

    expect(alarms()).toEqual({ ServerErrorsRollbackAlarm: serverErrors() });
  });

  test('watch the latency of an asynchronous endpoint if there is a limit', () => {
    RollbackAlarms.recommended({ modelLatency: Duration.hours(1) })._bind({ ...target, isAsync: true });

    expect(alarms()).toEqual({ ServerErrorsRollbackAlarm: serverErrors(), ModelLatencyRollbackAlarm: latency({ Threshold: 3_600_000_000 }) });
  });

  test('take every option, and more alarms', () => {
    const own = ownAlarm();
    const made = RollbackAlarms.recommended({
      serverErrorRate: 0,
      clientErrorRate: 0.2,
      modelLatency: Duration.millis(250),
      modelLatencyStatistic: 'p90',
      period: Duration.minutes(2),
      evaluationPeriods: 4,
      datapointsToAlarm: 3,
      additionalAlarms: [own, own],
    })._bind(target);

    const changes = { EvaluationPeriods: 4, DatapointsToAlarm: 3, Period: 120 };
    expect(alarms()).toEqual({
      ServerErrorsRollbackAlarm: serverErrors({ ...changes, Threshold: 0 }),
      ClientErrorsRollbackAlarm: serverErrors({ ...changes, AlarmDescription: CLIENT_ERRORS, MetricName: 'Invocation4XXErrors', Threshold: 0.2 }),
      ModelLatencyRollbackAlarm: latency({ ...changes, Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 250_000 }),
      Own: expect.anything(),
    });
    expect(made).toHaveLength(4);
    expect(made[3]).toBe(own);
  });

  test('watch the worst of several variants', () => {
    RollbackAlarms.recommended()._bind({ ...target, variantNames: ['blue', 'green'] });

    const metric = (index: number, name: string, unit?: string): unknown => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: 'AWS/SageMaker', MetricName: name, Dimensions: dimensions(['blue', 'green'][index]) },
        Period: 60,
        Stat: 'Average',
        ...unit !== undefined ? { Unit: unit } : {},
      },
      ReturnData: false,
    });
    const worst = (name: string): unknown => ({ Id: 'expr_1', Expression: 'MAX([m0, m1])', Label: `Highest ${name}`, ReturnData: true });
    expect(alarms()).toEqual({
      ServerErrorsRollbackAlarm: {
        ...COMMON,
        AlarmDescription: SERVER_ERRORS,
        Metrics: [worst('Invocation5XXErrors'), metric(0, 'Invocation5XXErrors'), metric(1, 'Invocation5XXErrors')],
        Threshold: 0.01,
      },
      ModelLatencyRollbackAlarm: {
        ...COMMON,
        AlarmDescription: LATENCY,
        Metrics: [worst('ModelLatency'), metric(0, 'ModelLatency', 'Microseconds'), metric(1, 'ModelLatency', 'Microseconds')],
        Threshold: 15_000_000,
      },
    });
  });

  test('are two for ten variants, with as many metrics as an alarm takes', () => {
    RollbackAlarms.recommended()._bind({ ...target, variantNames: Array.from({ length: 10 }, (_, index) => `variant-${index}`) });

    const made = Object.values(alarms()) as { readonly Metrics: { readonly MetricStat?: object }[] }[];
    expect(made.map(({ Metrics }) => Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length)).toEqual([10, 10]);
  });

  test('look at one period if there is only one', () => {
    RollbackAlarms.recommended({ evaluationPeriods: 1 })._bind(target);

    expect(alarms().ServerErrorsRollbackAlarm).toEqual(serverErrors({ EvaluationPeriods: 1, DatapointsToAlarm: 1 }));
  });

  test('take tokens', () => {
    RollbackAlarms.recommended({ serverErrorRate: TOKEN, evaluationPeriods: TOKEN })._bind(target);

    expect(alarms().ServerErrorsRollbackAlarm).toEqual(serverErrors({ Threshold: 2, EvaluationPeriods: 2, DatapointsToAlarm: 2 }));
  });

  test('can come before the endpoint that names them', () => {
    const made = RollbackAlarms.recommended()._bind(target);
    new CfnEndpoint(stack, 'Resource', {
      endpointName: target.endpointName,
      endpointConfigName: target.endpointConfigName,
      deploymentConfig: DeploymentStrategy.allAtOnce()._render(made.map(({ alarmName }) => alarmName)),
    });

    expect(validTemplate(stack).findResources('AWS::SageMaker::Endpoint').Resource.Properties.DeploymentConfig.AutoRollbackConfiguration).toEqual({
      Alarms: [
        { AlarmName: { Ref: expect.stringMatching(/^EndpointServerErrorsRollbackAlarm/) } },
        { AlarmName: { Ref: expect.stringMatching(/^EndpointModelLatencyRollbackAlarm/) } },
      ],
    });
  });
});

describe('limits', () => {
  const good: RecommendedRollbackAlarmsOptions[] = [
    { serverErrorRate: 0 },
    { serverErrorRate: 0.999 },
    { clientErrorRate: 0 },
    { clientErrorRate: 0.999 },
    { modelLatency: Duration.millis(1) },
    { modelLatency: Duration.hours(1) },
    { period: Duration.minutes(1) },
    { period: Duration.seconds(3600) },
    { evaluationPeriods: 1 },
    { evaluationPeriods: 1440 },
    { evaluationPeriods: 24, period: Duration.hours(1) },
    { datapointsToAlarm: 1 },
    { datapointsToAlarm: 3 },
    { datapointsToAlarm: 1440, evaluationPeriods: TOKEN },
    { datapointsToAlarm: TOKEN },
  ];

  test.each(good)('allow %p', (options) => {
    expect(RollbackAlarms.recommended(options)).toBeInstanceOf(RollbackAlarms);
  });

  const rate = 'must be a number of at least 0 and less than 1';
  const bad: [RecommendedRollbackAlarmsOptions, string][] = [
    [{ serverErrorRate: -0.1 }, `\`serverErrorRate\` ${rate}, got: -0.1`],
    [{ serverErrorRate: NaN }, `\`serverErrorRate\` ${rate}, got: NaN`],
    [{ serverErrorRate: 1 }, `\`serverErrorRate\` ${rate}, got: 1; write 0.01 for one in a hundred`],
    [{ clientErrorRate: -0.1 }, `\`clientErrorRate\` ${rate}, got: -0.1`],
    [{ clientErrorRate: 5 }, `\`clientErrorRate\` ${rate}, got: 5; write 0.01 for one in a hundred`],
    [{ modelLatency: Duration.millis(0) }, '`modelLatency` must be a whole number from 1 to 3600000 milliseconds, got: 0'],
    [{ modelLatency: Duration.seconds(0.0015) }, '`modelLatency` must be a whole number from 1 to 3600000 milliseconds, got: 1.5'],
    [{ modelLatency: Duration.millis(3_600_001) }, '`modelLatency` must be a whole number from 1 to 3600000 milliseconds, got: 3600001'],
    [{ modelLatency: Duration.seconds(TOKEN) }, '`modelLatency` must be known when the template is made, and cannot be a token'],
    [{ period: Duration.seconds(TOKEN) }, '`period` must be known when the template is made, and cannot be a token'],
    [{ period: Duration.seconds(0) }, '`period` must be a whole number from 1 to 60 minutes, got: 0'],
    [{ period: Duration.seconds(90) }, '`period` must be a whole number from 1 to 60 minutes, got: 1.5'],
    [{ period: Duration.minutes(61) }, '`period` must be a whole number from 1 to 60 minutes, got: 61'],
    [{ evaluationPeriods: 0 }, '`evaluationPeriods` must be a whole number from 1 to 1440, got: 0; CloudWatch looks back for a day at most'],
    [{ evaluationPeriods: 1441 }, '`evaluationPeriods` must be a whole number from 1 to 1440, got: 1441; CloudWatch looks back for a day at most'],
    [
      { evaluationPeriods: 25, period: Duration.hours(1) },
      '`evaluationPeriods` must be a whole number from 1 to 24, got: 25; CloudWatch looks back for a day at most',
    ],
    [{ datapointsToAlarm: 0 }, '`datapointsToAlarm` must be a whole number from 1 to 3, got: 0; give no more than there are `evaluationPeriods`'],
    [{ datapointsToAlarm: 4 }, '`datapointsToAlarm` must be a whole number from 1 to 3, got: 4; give no more than there are `evaluationPeriods`'],
  ];

  test.each(bad)('fail for %p', (options, message) => {
    expect(() => RollbackAlarms.recommended(options)).toThrow(new Error(`[RollbackAlarms.recommended] ${message}`));
  });

  test('that are broken are reported together', () => {
    expect(() => RollbackAlarms.recommended({ serverErrorRate: 2, period: Duration.seconds(30), evaluationPeriods: 0 })).toThrow(new Error([
      '[RollbackAlarms.recommended] 3 values are invalid:',
      `  - \`serverErrorRate\` ${rate}, got: 2; write 0.01 for one in a hundred`,
      '  - `period` must be a whole number from 1 to 60 minutes, got: 0.5',
      '  - `evaluationPeriods` must be a whole number from 1 to 1440, got: 0; CloudWatch looks back for a day at most',
    ].join('\n')));
  });

  test('let a request take a minute', () => {
    RollbackAlarms.recommended({ modelLatency: Duration.minutes(1) })._bind(target);

    expect(alarms().ModelLatencyRollbackAlarm).toEqual(latency({ Threshold: 60_000_000 }));
  });

  test('fail for more than a minute if the endpoint is not asynchronous', () => {
    expect(() => RollbackAlarms.recommended({ modelLatency: Duration.millis(60_001) })._bind(target)).toThrow(new Error(
      '[Stack/Endpoint] `rollbackAlarms.modelLatency` must be a whole number from 1 to 60000 milliseconds, got: 60001',
    ));
  });

  test.each([[8, false], [9, true]])('allow for %p more alarms, asynchronous: %p', (count, isAsync) => {
    expect(RollbackAlarms.recommended({ additionalAlarms: importedAlarms(count) })._bind({ ...target, isAsync })).toHaveLength(10);
  });

  test.each([[9, false], [10, true]])('fail for %p more alarms, asynchronous: %p', (count, isAsync) => {
    expect(() => RollbackAlarms.recommended({ additionalAlarms: importedAlarms(count) })._bind({ ...target, isAsync })).toThrow(new Error(
      '[Stack/Endpoint] `rollbackAlarms` must be at most 10 alarms, got: 11; let one alarm watch several metrics, with a MathExpression',
    ));
  });
});

describe('alarms of your own', () => {
  test.each([1, 10])('can be %p', (count) => {
    const given = importedAlarms(count);

    expect(RollbackAlarms.of(...given)._bind(target)).toEqual(given);
    expect(alarms()).toEqual({});
  });

  test('count once', () => {
    const own = ownAlarm();

    expect(RollbackAlarms.of(own, own)._bind(target)).toEqual([own]);
  });

  test('fail for none', () => {
    expect(() => RollbackAlarms.of()).toThrow(new Error('[RollbackAlarms.of] `alarms` must be 1 to 10 alarms, got: 0; use RollbackAlarms.none'));
  });

  test('fail for 11', () => {
    expect(() => RollbackAlarms.of(...importedAlarms(11))).toThrow(new Error(
      '[RollbackAlarms.of] `alarms` must be at most 10 alarms, got: 11; let one alarm watch several metrics, with a MathExpression',
    ));
  });
});

test('no alarms are made for none', () => {
  expect(RollbackAlarms.none()._bind(target)).toEqual([]);
  expect(alarms()).toEqual({});
});

describe('warnings', () => {
  const never = DeploymentStrategy.allAtOnce({ terminationWait: Duration.seconds(0) });

  test.each([
    ['allAtOnce', DeploymentStrategy.allAtOnce()],
    ['canary', DeploymentStrategy.canary()],
    ['linear', DeploymentStrategy.linear()],
    ['rolling', DeploymentStrategy.rolling()],
  ])('are not given for the defaults of %s', (_name, strategy) => {
    expect(RollbackAlarms.recommended()._warnings(strategy)).toEqual([]);
  });

  test.each([
    ['recommended', () => RollbackAlarms.recommended()],
    ['own', () => RollbackAlarms.of(ownAlarm())],
  ])('are given for %s alarms that are never watched', (_name, make) => {
    expect(make()._warnings(never)).toEqual([{
      id: 'rollbackAlarmsNotWatched',
      message: '`rollbackAlarms` are watched only while the deployment waits, which this one never does; '
        + 'give `deployment` a `waitInterval` or a `terminationWait`, or use RollbackAlarms.none',
    }]);
  });

  test('are not given for no alarms', () => {
    expect(RollbackAlarms.none()._warnings(never)).toEqual([]);
  });

  test('are given for alarms that are slower than the deployment', () => {
    expect(RollbackAlarms.recommended()._warnings(DeploymentStrategy.allAtOnce({ terminationWait: Duration.seconds(239) }))).toEqual([{
      id: 'rollbackAlarmsTooSlow',
      message: '`rollbackAlarms` need up to 240 seconds to go off, but `deployment` waits for no more than 239 at a time; '
        + 'give it a longer `waitInterval` or `terminationWait`, or the alarms a shorter `period` or fewer `datapointsToAlarm`',
    }]);
  });

  test.each([
    ['a deployment that waits just long enough', {}, Duration.seconds(240)],
    ['a deployment that waits for a token', {}, Duration.seconds(TOKEN)],
    ['datapoints that are a token', { datapointsToAlarm: TOKEN }, Duration.seconds(1)],
    ['periods that are a token', { evaluationPeriods: TOKEN }, Duration.seconds(1)],
  ])('are not given for %s', (_name, options: RecommendedRollbackAlarmsOptions, terminationWait) => {
    expect(RollbackAlarms.recommended(options)._warnings(DeploymentStrategy.allAtOnce({ terminationWait }))).toEqual([]);
  });

  test('are not given for alarms of your own, whose speed is not known', () => {
    expect(RollbackAlarms.of(ownAlarm())._warnings(DeploymentStrategy.allAtOnce({ terminationWait: Duration.seconds(1) }))).toEqual([]);
  });
});

describe('the right to look at alarms', () => {
  /** What a policy says when the template is made. */
  function statementOf(given: IAlarm[], ...later: IAlarm[]): unknown {
    const statement = describeAlarmsStatement(given);
    given.push(...later);
    new ManagedPolicy(stack, 'Policy', { statements: [statement] });
    return Object.values(validTemplate(stack).findResources('AWS::IAM::ManagedPolicy'))[0].Properties.PolicyDocument.Statement;
  }

  test('is for the alarms, and for those that are added later', () => {
    expect(statementOf([ownAlarm()], ownAlarm('Later'))).toEqual([{
      Effect: 'Allow',
      Action: 'cloudwatch:DescribeAlarms',
      Resource: [{ 'Fn::GetAtt': ['Own30425842', 'Arn'] }, { 'Fn::GetAtt': ['LaterC575820C', 'Arn'] }],
    }]);
  });

  test('is for all alarms if one is composite', () => {
    const own = ownAlarm();

    expect(statementOf([own, new CompositeAlarm(stack, 'Composite', { alarmRule: AlarmRule.fromAlarm(own, AlarmState.ALARM) })])).toEqual([{
      Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: ['*'],
    }]);
  });
});
