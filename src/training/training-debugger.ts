import { Token } from 'aws-cdk-lib/core';
import type { DebuggerHook, TensorCollection } from './debugger-hook';
import type { DebuggerRule } from './debugger-rule';
import type { Distribution } from './distribution';
import type { Profiler } from './profiler';
import { isCluster, type Instances } from './training-instances';
import { type OutputOptions, keepsCheckpoints, type Outputs } from './training-outputs';
import { compareVersions } from '../images/version-numbers';
import { checkGibibytes } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkEntries } from '../private/list-checks';
import { s3Uri } from '../private/s3-directory';

/** Regions without SageMaker Debugger. */
const WITHOUT_DEBUGGER = [
  'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'eu-central-2', 'eu-south-2', 'me-central-1', 'us-gov-east-1', 'us-iso-east-1', 'us-isob-east-1',
];

/** The first release whose image does not profile TensorFlow itself. */
const FIRST_WITHOUT_PROFILING = '2.12';

const INTERVALS = [100, 200, 500, 1000, 5000, 60_000];
const LONGEST = 256;

/** What a job is watched by. */
export interface DebuggerOptions extends OutputOptions, Instances {
  readonly debuggerHook?: DebuggerHook;
  readonly profiler?: Profiler;
  readonly distribution?: Distribution;
}

/** What is known of a job that is watched. */
export interface DebuggerUse {
  /** The region; undefined where only the deployment decides. */
  readonly region?: string;
  /** The full version of TensorFlow; undefined where it is not known. */
  readonly version?: string;
}

/** Finds fault with what a job is watched by. */
export function checkDebugger(options: DebuggerOptions, use: DebuggerUse): Violation[] {
  const { debuggerHook, profiler } = options;
  return [
    ...debuggerHook === undefined ? [] : [
      ...checkDebuggerRegion('debuggerHook', use),
      ...checkHookPlace(options),
      ...checkMap('debuggerHook.hookParameters', debuggerHook.hookParameters, 20),
      ...checkEntries('debuggerHook.collections', debuggerHook.collections, { min: 0, max: 20 }, checkCollection),
      ...checkEntries('debuggerHook.rules', debuggerHook.rules, { min: 0, max: 20 }, checkRule),
    ],
    ...profiler === undefined ? [] : [
      ...checkDebuggerRegion('profiler', use),
      ...checkInterval(profiler),
      ...checkProfiling(profiler, use),
      ...checkMap('profiler.parameters', profiler.parameters, 20),
      ...checkEntries('profiler.rules', profiler.rules, { min: 0, max: 20 }, checkRule),
    ],
  ];
}

/** What a job is told of its watchers. */
export function renderDebugger({ debuggerHook, profiler }: DebuggerOptions, outputs: Outputs, { region }: DebuggerUse): { [name: string]: unknown } {
  return {
    DebugHookConfig: debuggerHook === undefined ? undefined : {
      S3OutputPath: s3Uri(outputs.debugger!),
      LocalPath: debuggerHook.localPath,
      HookParameters: debuggerHook.hookParameters,
      CollectionConfigurations: debuggerHook.collections?.map(({ name, parameters }) => ({ CollectionName: name, CollectionParameters: parameters })),
    },
    DebugRuleConfigurations: debuggerHook?.rules?.map(renderRule),
    ProfilerConfig: profiler !== undefined ? {
      S3OutputPath: s3Uri(outputs.profiler!),
      DisableProfiler: false,
      ProfilingIntervalInMilliseconds: profiler.interval?.toMilliseconds(),
      ProfilingParameters: profiler.parameters,
    } : region !== undefined && WITHOUT_DEBUGGER.includes(region) ? undefined : { DisableProfiler: true },
    ProfilerRuleConfigurations: profiler?.rules?.map(renderRule),
  };
}

function renderRule({ name, evaluatorImageUri, instanceType, volumeSize, parameters }: DebuggerRule): { [name: string]: unknown } {
  return {
    RuleConfigurationName: name,
    RuleEvaluatorImage: evaluatorImageUri,
    InstanceType: instanceType?.toString(),
    VolumeSizeInGB: volumeSize?.toGibibytes(),
    RuleParameters: parameters,
  };
}

function checkDebuggerRegion(property: string, { region }: DebuggerUse): Violation[] {
  return region !== undefined && WITHOUT_DEBUGGER.includes(region)
    ? [{ property, rule: `needs SageMaker Debugger, which is not in ${region}`, remedy: 'leave it out' }]
    : [];
}

/** The hook writes to files that other processes of the job write to as well. */
function checkHookPlace(options: DebuggerOptions): Violation[] {
  const property = 'debuggerHook';
  const remedy = 'leave it out';
  if (options.distribution?._isParameterServer === true) {
    return [{ property, rule: 'cannot be used with parameter servers', remedy }];
  }
  return keepsCheckpoints(options) && (options.distribution !== undefined || isCluster(options)) ? [{
    property, rule: 'cannot be used in distributed training that keeps checkpoints', remedy: 'leave it out, or the checkpoints',
  }] : [];
}

function checkInterval({ interval }: Profiler): Violation[] {
  if (interval === undefined || interval.isUnresolved() || INTERVALS.includes(interval.toMilliseconds())) {
    return [];
  }
  return [{ property: 'profiler.interval', rule: `must be one of ${INTERVALS.join(', ')} milliseconds`, got: interval.toMilliseconds() }];
}

function checkProfiling({ parameters }: Profiler, { version }: DebuggerUse): Violation[] {
  return parameters !== undefined && version !== undefined && compareVersions(version, FIRST_WITHOUT_PROFILING) >= 0 ? [{
    property: 'profiler.parameters',
    rule: `needs TensorFlow before ${FIRST_WITHOUT_PROFILING}: later images do not profile TensorFlow itself`,
    got: version,
    remedy: 'leave it out, and use TensorFlow\'s own profiler with `tensorBoardOutput`',
  }] : [];
}

function checkCollection(at: string, { name, parameters }: TensorCollection): Violation[] {
  return [...checkLength(`${at}.name`, name, 1), ...checkMap(`${at}.parameters`, parameters, 20)];
}

function checkRule(at: string, { name, evaluatorImageUri, parameters, volumeSize }: DebuggerRule): Violation[] {
  return [
    ...checkLength(`${at}.name`, name, 1),
    ...checkLength(`${at}.evaluatorImageUri`, evaluatorImageUri, 1, 255),
    ...checkMap(`${at}.parameters`, parameters, 100),
    ...checkGibibytes(`${at}.volumeSize`, volumeSize, { min: 1 }),
  ];
}

function checkMap(property: string, values: { readonly [name: string]: string } | undefined, most: number): Violation[] {
  const entries = Object.entries(values ?? {});
  return [
    ...entries.length > most ? [{ property, rule: `must have at most ${most} entries`, got: entries.length }] : [],
    ...entries.flatMap(([name, value]) => [
      ...checkLength(property, name, 1),
      ...checkNoPath(property, name),
      ...checkLength(`${property}.${name}`, value, 0),
    ]),
  ];
}

/** Step Functions takes the value of such a name for a path in its own data. */
function checkNoPath(property: string, name: string): Violation[] {
  return name.endsWith('.$') ? [{ property, rule: 'must have no name that ends in .$, whose value Step Functions would evaluate', got: name }] : [];
}

function checkLength(property: string, text: string, least: number, most = LONGEST): Violation[] {
  return Token.isUnresolved(text) || (text.length >= least && text.length <= most)
    ? []
    : [{ property, rule: `must have from ${least} to ${most} characters`, got: text.length }];
}
