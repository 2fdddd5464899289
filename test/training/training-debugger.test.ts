import { CfnParameter, Duration, Size } from 'aws-cdk-lib';
import { arn, bucketIn, errorsIn, parametersIn, requestIn, statementsOf } from './training-support';
import { InstanceType, TensorFlowVersion } from '../../src';
import type { DebuggerRule } from '../../src/training/debugger-rule';
import { Distribution } from '../../src/training/distribution';
import type { TensorFlowTrainingOptions } from '../../src/training/training-options';
import { newStack, validTemplate } from '../support/synthesis';

const RULE: DebuggerRule = { name: 'vanishing', evaluatorImageUri: '503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest' };
const ELSEWHERE = { env: { account: '123456789012', region: 'ap-southeast-4' } };

const errors = (more: Partial<TensorFlowTrainingOptions>) => errorsIn(newStack(), more);
const map = (count: number) => Object.fromEntries([...Array(count).keys()].map((index) => [`k${index}`, '']));

describe('by default', () => {
  test('nothing is collected', () => {
    const parameters = parametersIn(newStack());
    expect(parameters).not.toHaveProperty('DebugHookConfig');
    expect(parameters.ProfilerConfig).toEqual({ DisableProfiler: true });
  });

  test('nothing is said of the profiler where there is none', () => {
    expect(parametersIn(newStack(ELSEWHERE))).not.toHaveProperty('ProfilerConfig');
  });
});

describe('the hook', () => {
  test('has what it needs', () => {
    const stack = newStack();
    expect(parametersIn(stack, { debuggerHook: {} }).DebugHookConfig).toEqual({ S3OutputPath: 's3://models/debugger' });
    expect(statementsOf(validTemplate(stack))[3].Resource).toHaveLength(2);
  });

  test('has all options', () => {
    const stack = newStack();
    const parameters = parametersIn(stack, {
      debuggerHook: {
        bucket: bucketIn(stack, 'tensors'),
        prefix: 'd/',
        localPath: '/opt/ml/tensors',
        hookParameters: { save_interval: '100' },
        collections: [{ name: 'losses', parameters: { save_interval: '10' } }, { name: 'weights' }],
        rules: [{
          ...RULE, parameters: { rule_to_invoke: 'VanishingGradient' }, instanceType: InstanceType.of('ml.t3.medium'), volumeSize: Size.gibibytes(10),
        }],
      },
    });
    expect(parameters.DebugHookConfig).toEqual({
      S3OutputPath: 's3://tensors/d',
      LocalPath: '/opt/ml/tensors',
      HookParameters: { save_interval: '100' },
      CollectionConfigurations: [{ CollectionName: 'losses', CollectionParameters: { save_interval: '10' } }, { CollectionName: 'weights' }],
    });
    expect(parameters.DebugRuleConfigurations).toEqual([{
      RuleConfigurationName: 'vanishing',
      RuleEvaluatorImage: RULE.evaluatorImageUri,
      RuleParameters: { rule_to_invoke: 'VanishingGradient' },
      InstanceType: 'ml.t3.medium',
      VolumeSizeInGB: 10,
    }]);
  });

  test('is not in all regions', () => {
    expect(errorsIn(newStack(ELSEWHERE), { debuggerHook: {}, profiler: {} })).toEqual([
      '`debuggerHook` needs SageMaker Debugger, which is not in ap-southeast-4; leave it out',
      '`profiler` needs SageMaker Debugger, which is not in ap-southeast-4; leave it out',
    ]);
  });

  test('is not for parameter servers', () => {
    expect(errors({ debuggerHook: {}, distribution: Distribution.parameterServer(), instanceCount: 2 })).toEqual([
      '`debuggerHook` cannot be used with parameter servers; leave it out',
    ]);
  });

  test.each<[string, Partial<TensorFlowTrainingOptions>, boolean]>([
    ['one instance', {}, true],
    ['several instances', { instanceCount: 2 }, false],
    ['a distribution', { distribution: Distribution.mpi() }, false],
  ])('with checkpoints is for one process: %s', (_, more, ok) => {
    expect(errors({ debuggerHook: {}, checkpointPrefix: 'c', ...more })).toEqual(ok ? [] : [
      '`debuggerHook` cannot be used in distributed training that keeps checkpoints; leave it out, or the checkpoints',
    ]);
    expect(errors({ debuggerHook: {}, ...more })).toEqual([]);
  });

  test('has limits', () => {
    expect(errors({
      debuggerHook: {
        hookParameters: map(20),
        collections: Array(20).fill({ name: 'x'.repeat(256), parameters: map(20) }),
        rules: Array(20).fill({ ...RULE, name: 'x', parameters: { ...map(99), ['x'.repeat(256)]: 'x'.repeat(256) } }),
      },
    })).toEqual([]);
    expect(errors({ debuggerHook: { hookParameters: map(21), collections: Array(21).fill({ name: 'a' }), rules: Array(21).fill(RULE) } })).toEqual([
      '`debuggerHook.hookParameters` must have at most 20 entries, got: 21',
      '`debuggerHook.collections` must have 0 to 20 entries, got: 21',
      '`debuggerHook.rules` must have 0 to 20 entries, got: 21',
    ]);
    expect(errors({
      debuggerHook: {
        hookParameters: { '': '', 'a': 'x'.repeat(257) },
        collections: [{ name: '', parameters: map(21) }],
        rules: [{ name: 'x'.repeat(257), evaluatorImageUri: 'x'.repeat(256), parameters: map(101), volumeSize: Size.gibibytes(0) }],
      },
    })).toEqual([
      '`debuggerHook.hookParameters` must have from 1 to 256 characters, got: 0',
      '`debuggerHook.hookParameters.a` must have from 0 to 256 characters, got: 257',
      '`debuggerHook.collections[0].name` must have from 1 to 256 characters, got: 0',
      '`debuggerHook.collections[0].parameters` must have at most 20 entries, got: 21',
      '`debuggerHook.rules[0].name` must have from 1 to 256 characters, got: 257',
      '`debuggerHook.rules[0].evaluatorImageUri` must have from 1 to 255 characters, got: 256',
      '`debuggerHook.rules[0].parameters` must have at most 100 entries, got: 101',
      '`debuggerHook.rules[0].volumeSize` must be a whole number of at least 1 GiB, got: 0',
    ]);
  });
});

describe('the profiler', () => {
  test('has what it needs', () => {
    expect(parametersIn(newStack(), { profiler: {} }).ProfilerConfig).toEqual({ S3OutputPath: 's3://models/profiler', DisableProfiler: false });
  });

  test('has all options', () => {
    const stack = newStack();
    const parameters = parametersIn(stack, {
      version: TensorFlowVersion.V2_11,
      profiler: {
        bucket: bucketIn(stack, 'records'), prefix: 'p', interval: Duration.minutes(1), parameters: { DetailedProfilingConfig: '{}' }, rules: [RULE],
      },
    });
    expect(parameters.ProfilerConfig).toEqual({
      S3OutputPath: 's3://records/p',
      DisableProfiler: false,
      ProfilingIntervalInMilliseconds: 60000,
      ProfilingParameters: { DetailedProfilingConfig: '{}' },
    });
    expect(parameters.ProfilerRuleConfigurations).toEqual([{ RuleConfigurationName: 'vanishing', RuleEvaluatorImage: RULE.evaluatorImageUri }]);
  });

  test.each([[99, false], [100, true], [200, true], [500, true], [1000, true], [5000, true], [60000, true], [60001, false]])('looks every %d ms', (ms, ok) => {
    expect(errors({ profiler: { interval: Duration.millis(ms) } })).toEqual(ok ? [] : [
      `\`profiler.interval\` must be one of 100, 200, 500, 1000, 5000, 60000 milliseconds, got: ${ms}`,
    ]);
  });

  test('does not look into TensorFlow from 2.12 on', () => {
    const profiler = { parameters: { DetailedProfilingConfig: '{}' } };
    expect(errors({ profiler, version: TensorFlowVersion.V2_11 })).toEqual([]);
    expect(errors({ profiler, version: TensorFlowVersion.V2_12 })).toEqual([
      '`profiler.parameters` needs TensorFlow before 2.12: later images do not profile TensorFlow itself, got: "2.12.0"; '
      + 'leave it out, and use TensorFlow\'s own profiler with `tensorBoardOutput`',
    ]);
  });

  test('has limits', () => {
    expect(errors({ version: TensorFlowVersion.V2_11, profiler: { parameters: map(21), rules: Array(21).fill(RULE) } })).toEqual([
      '`profiler.parameters` must have at most 20 entries, got: 21', '`profiler.rules` must have 0 to 20 entries, got: 21',
    ]);
  });
});

test('what only the deployment knows is left alone', () => {
  const stack = newStack();
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  expect(() => requestIn(stack, {
    debuggerHook: {
      prefix: text,
      localPath: text,
      hookParameters: { a: text },
      rules: [{ name: text, evaluatorImageUri: text, volumeSize: Size.gibibytes(number) }],
    },
    profiler: { interval: Duration.millis(number) },
  })).not.toThrow();
});

test('no name is one that Step Functions would evaluate', () => {
  const parameters = { 'a.$': '$.x', 'b$': '', '.$c': '' };
  const rule = (property: string) =>
    `\`${property}\` must have no name that ends in .$, whose value Step Functions would evaluate, got: "a.$"`;
  expect(errors({
    version: TensorFlowVersion.V2_11,
    debuggerHook: { hookParameters: parameters, collections: [{ name: 'a', parameters }], rules: [{ ...RULE, parameters }] },
    profiler: { parameters, rules: [{ ...RULE, parameters }] },
  })).toEqual([
    'debuggerHook.hookParameters', 'debuggerHook.collections[0].parameters', 'debuggerHook.rules[0].parameters', 'profiler.parameters',
    'profiler.rules[0].parameters',
  ].map(rule));
});

describe('rules', () => {
  const LOGS = ['ProcessingJobs', 'ProcessingJobs:*'].map((name) => arn(`logs:us-east-1:123456789012:log-group:/aws/sagemaker/${name}`));
  const statements = (more: Partial<TensorFlowTrainingOptions>) => {
    const stack = newStack();
    requestIn(stack, more);
    return statementsOf(validTemplate(stack));
  };

  test.each([
    ['debugger', { debuggerHook: { rules: [RULE] } }], ['profiler', { profiler: { rules: [RULE] } }],
  ])('may read what they look at, and write their logs: those of the %s', (prefix, more) => {
    expect(statements(more)).toEqual(expect.arrayContaining([
      {
        Effect: 'Allow', Action: 's3:ListBucket', Resource: arn('s3:::models'), Condition: { StringLike: { 's3:prefix': [prefix, `${prefix}/*`] } },
      },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: arn(`s3:::models/${prefix}/*`) },
      {
        Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], Resource: LOGS,
      },
    ]));
  });

  test.each([
    [{ debuggerHook: {}, profiler: {} }], [{ debuggerHook: { rules: [] }, profiler: { rules: [] } }],
  ])('that there are none of need no rights: %j', (more) => {
    expect(JSON.stringify(statements(more))).not.toMatch(/ProcessingJobs/);
  });
});
