import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { Duration, Token } from 'aws-cdk-lib/core';
import { CapacitySize } from './capacity-size';
import { excluded, type Feature } from './mode-features';
import { whyUnguarded } from './variant-checks';
import type { VariantFacts, VariantWarning } from './variant-source';
import { checkSeconds } from '../private/checks';
import { throwIfAny, type Violation } from '../private/errors';

/** How a deployment with a second fleet ends. */
export interface BlueGreenDeploymentOptions {
  /**
   * How long the old instances are kept when all requests go to the new ones, 0 to 3600 whole seconds.
   *
   * It is the last time in which the alarms are watched, and so in which an update can be undone.
   *
   * @default Duration.minutes(5)
   */
  readonly terminationWait?: Duration;

  /**
   * How long the whole deployment may take before SageMaker gives it up, 600 to 28800 whole seconds.
   *
   * It must be more than the time that the deployment waits, and leave enough for the new instances to start.
   *
   * @default - SageMaker's own limit
   */
  readonly maximumExecutionTimeout?: Duration;
}

/** A deployment that tries the new instances out on some of the requests. */
export interface CanaryDeploymentOptions extends BlueGreenDeploymentOptions {
  /**
   * The part of the new instances that is tried out, at most half of them.
   *
   * @default CapacitySize.percent(10)
   */
  readonly canarySize?: CapacitySize;

  /**
   * How long they are tried out, 0 to 3600 whole seconds. The alarms are watched meanwhile.
   *
   * @default Duration.minutes(5)
   */
  readonly waitInterval?: Duration;
}

/** A deployment that moves requests in equal steps. */
export interface LinearDeploymentOptions extends BlueGreenDeploymentOptions {
  /**
   * The part of the instances by which the requests move with each step, 10 to 50 percent.
   *
   * @default CapacitySize.percent(25)
   */
  readonly linearStepSize?: CapacitySize;

  /**
   * How long it waits after each step, 0 to 3600 whole seconds. The alarms are watched meanwhile.
   *
   * @default Duration.minutes(5)
   */
  readonly waitInterval?: Duration;
}

/** A deployment that replaces the instances in batches. */
export interface RollingDeploymentOptions {
  /**
   * The part of the instances that is replaced at a time, 5 to 50 percent.
   *
   * @default CapacitySize.percent(25)
   */
  readonly maximumBatchSize?: CapacitySize;

  /**
   * How long it waits after each batch, 0 to 3600 whole seconds. The alarms are watched meanwhile.
   *
   * @default Duration.minutes(5)
   */
  readonly waitInterval?: Duration;

  /**
   * The part of the instances that is brought back at a time when an update is undone.
   *
   * @default - all of them at once, which is quickest and needs most instances
   */
  readonly rollbackMaximumBatchSize?: CapacitySize;

  /**
   * How long the whole deployment may take before SageMaker gives it up, 600 to 28800 whole seconds.
   *
   * It must be more than the time that the deployment waits, and leave enough for the new instances to start.
   *
   * @default - SageMaker's own limit
   */
  readonly maximumExecutionTimeout?: Duration;
}

/**
 * How an update moves an endpoint's requests from its old instances to the new ones.
 *
 * While the new instances are tried out, SageMaker watches the `rollbackAlarms` of the endpoint. If one goes off, all
 * requests go to the old instances again. CloudFormation then reports the update as failed, and rolls the stack back.
 *
 * - `allAtOnce` is the quickest. A bad model reaches all requests, until an alarm goes off.
 * - `canary` lets a bad model reach a small part of the requests only. It suits most endpoints in production.
 * - `linear` shows in between how the new instances do with more and more requests. It takes the longest.
 * - `rolling` is for large endpoints, and for instances that are hard to get. It is only for endpoints with one variant.
 *
 * The first three start a second set of all instances beside the old one, which is paid for, and counted by the
 * account's quotas, until `terminationWait` is over. `rolling` needs only one more batch. With all but `allAtOnce` a
 * variant should have 2 instances or more, because at most half of them are moved at first.
 *
 * SageMaker wants the names of the variants to stay the same in an update by any of them; `unguarded` is for one that
 * changes them.
 *
 * There is none for serverless variants, nor for Inferentia 1 and Elastic Inference.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
 */
export class DeploymentStrategy {
  /**
   * Moves all requests in one step.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-all-at-once.html
   */
  public static allAtOnce(options: BlueGreenDeploymentOptions = {}): DeploymentStrategy {
    return new DeploymentStrategy('DeploymentStrategy.allAtOnce', {
      type: 'ALL_AT_ONCE',
      waitInterval: Duration.seconds(0),
      terminationWait: options.terminationWait ?? DEFAULT_WAIT,
      maximumExecutionTimeout: options.maximumExecutionTimeout,
    });
  }

  /**
   * Moves some of the requests, and the others later.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
   */
  public static canary(options: CanaryDeploymentOptions = {}): DeploymentStrategy {
    return new DeploymentStrategy('DeploymentStrategy.canary', {
      type: 'CANARY',
      part: { property: 'canarySize', size: options.canarySize ?? CapacitySize.percent(10), percent: { min: 0, max: 50 } },
      waitInterval: options.waitInterval ?? DEFAULT_WAIT,
      terminationWait: options.terminationWait ?? DEFAULT_WAIT,
      maximumExecutionTimeout: options.maximumExecutionTimeout,
    });
  }

  /**
   * Moves the requests in equal steps.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-linear.html
   */
  public static linear(options: LinearDeploymentOptions = {}): DeploymentStrategy {
    return new DeploymentStrategy('DeploymentStrategy.linear', {
      type: 'LINEAR',
      part: { property: 'linearStepSize', size: options.linearStepSize ?? CapacitySize.percent(25), percent: { min: 10, max: 50 } },
      waitInterval: options.waitInterval ?? DEFAULT_WAIT,
      terminationWait: options.terminationWait ?? DEFAULT_WAIT,
      maximumExecutionTimeout: options.maximumExecutionTimeout,
    });
  }

  /**
   * Replaces the instances in batches.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
   */
  public static rolling(options: RollingDeploymentOptions = {}): DeploymentStrategy {
    return new DeploymentStrategy('DeploymentStrategy.rolling', {
      type: 'ROLLING',
      part: { property: 'maximumBatchSize', size: options.maximumBatchSize ?? CapacitySize.percent(25), percent: { min: 5, max: 50 } },
      waitInterval: options.waitInterval ?? DEFAULT_WAIT,
      terminationWait: Duration.seconds(0),
      maximumExecutionTimeout: options.maximumExecutionTimeout,
      rollbackMaximumBatchSize: options.rollbackMaximumBatchSize,
    });
  }

  /**
   * Leaves it to SageMaker, which moves all requests at once, watches no alarms, and keeps no old instances.
   *
   * It is what an update needs that adds, renames or removes variants: every other strategy wants their names to stay.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
   */
  public static unguarded(): DeploymentStrategy {
    return new DeploymentStrategy('DeploymentStrategy.unguarded', { type: 'UNGUARDED', waitInterval: Duration.seconds(0), terminationWait: Duration.seconds(0) });
  }

  private constructor(place: string, private readonly plan: Plan) {
    const { part } = plan;
    throwIfAny(place, [
      ...part?.size._checkPercent(part.property, { ...part.percent, min: Math.max(1, part.percent.min) }) ?? [],
      ...checkSeconds('waitInterval', plan.waitInterval, { min: 0, max: 3600 }),
      ...checkSeconds('terminationWait', plan.terminationWait, { min: 0, max: 3600 }),
      ...checkSeconds('maximumExecutionTimeout', plan.maximumExecutionTimeout, { min: 600, max: 28800 }),
      ...checkTimeout('maximumExecutionTimeout', plan, FEWEST_PARTS),
    ]);
  }

  /** The longest time in a row in which the alarms are watched, in seconds; undefined where that cannot be known. @internal */
  public get _longestBaking(): number | undefined {
    const { waitInterval, terminationWait } = this.plan;
    return waitInterval.isUnresolved() || terminationWait.isUnresolved() ? undefined : Math.max(secondsOf(waitInterval), secondsOf(terminationWait));
  }

  /** Whether there is any time in which the alarms are watched. @internal */
  public get _hasBaking(): boolean {
    return this._longestBaking !== 0;
  }

  /**
   * What is wrong with it for these variants.
   *
   * @param at the property that holds the strategy
   * @internal
   */
  public _check(at: string, variants: readonly DeployedVariant[], options: { readonly hasShadow: boolean }): Violation[] {
    const { plan } = this;
    const { part } = plan;
    const onInstances = variants.filter((variant) => !variant._facts.isServerless);
    const parts = onInstances.map(({ _facts: { initialInstanceCount } }) => part?.size._partsOf(initialInstanceCount));
    return plan.type === 'UNGUARDED' ? [] : [
      ...checkGuarded(at, this.feature, variants),
      ...plan.type === 'ROLLING' && (variants.length > 1 || options.hasShadow) ? [{
        property: at,
        rule: `cannot be rolling for several variants, because ${excluded('rolling', 'severalVariants')}`,
        got: options.hasShadow ? 'a variant and its shadow' : `${variants.length} variants`,
        remedy: 'use DeploymentStrategy.canary or another one',
      }] : [],
      ...part === undefined ? [] : onInstances.flatMap(({ variantName, _facts: { initialInstanceCount } }) =>
        part.size._checkInstances(`${at}.${part.property}`, part.percent, initialInstanceCount, variantName)),
      ...checkTimeout(`${at}.maximumExecutionTimeout`, plan, Math.max(0, ...parts.map((number) => number ?? 0))),
    ];
  }

  /** What will probably not work for these variants. @internal */
  public _warnings(variants: readonly DeployedVariant[]): VariantWarning[] {
    const single = variants.filter(({ _facts }) => _facts.initialInstanceCount === 1).map(({ variantName }) => variantName);
    return this.plan.part === undefined || single.length === 0 ? [] : [{
      id: 'deploymentNeedsInstances',
      message: `\`deployment\` moves at most half of a variant's instances at first, and a single one cannot be divided (${single.join(', ')}); `
        + 'start with 2 instances or more, or use DeploymentStrategy.allAtOnce',
    }];
  }

  /** What will probably not work with any number of instances that a variant is scaled to. @internal */
  public _warningsWhenScaled(variantName: string, { min, max }: { readonly min: number; readonly max: number }): VariantWarning[] {
    const { part } = this.plan;
    if (part === undefined) {
      return [];
    }
    const fits = [min, max].filter((count) => !Token.isUnresolved(count))
      .every((count) => count > 1 && part.size._checkInstances(part.property, part.percent, count, variantName).length === 0);
    return fits ? [] : [{
      id: 'deploymentSizeMayNotFit',
      message: `\`deployment\` moves ${part.size} at first, from ${part.percent.min} to ${part.percent.max} percent of a variant's instances, `
        + `which some numbers of instances of ${variantName} do not allow, as it is scaled; use CapacitySize.percent and a \`minCapacity\` of 2 or more`,
    }];
  }

  /** The endpoint's configuration for updates. @internal */
  public _render(alarmNames: string[]): CfnEndpoint.DeploymentConfigProperty | undefined {
    const { plan } = this;
    return plan.type === 'UNGUARDED' ? undefined : {
      ...plan.type === 'ROLLING' ? { rollingUpdatePolicy: rollingUpdatePolicy(plan) } : { blueGreenUpdatePolicy: blueGreenUpdatePolicy(plan) },
      autoRollbackConfiguration: alarmNames.length > 0 ? { alarms: alarmNames.map((alarmName) => ({ alarmName })) } : undefined,
    };
  }

  private get feature(): Feature {
    return this.plan.type === 'ROLLING' ? 'rolling' : 'blueGreen';
  }
}

/** A variant whose instances are replaced. */
export interface DeployedVariant {
  readonly variantName: string;
  readonly _facts: VariantFacts;
}

/** What a deployment does. */
interface Plan {
  readonly type: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR' | 'ROLLING' | 'UNGUARDED';
  readonly part?: {
    readonly property: string;
    readonly size: CapacitySize;
    readonly percent: { readonly min: number; readonly max: number };
  };
  readonly waitInterval: Duration;
  readonly terminationWait: Duration;
  readonly maximumExecutionTimeout?: Duration;
  readonly rollbackMaximumBatchSize?: CapacitySize;
}

/** Long enough for the recommended alarms to go off. */
const DEFAULT_WAIT = Duration.minutes(5);

/** No part is more than a half. */
const FEWEST_PARTS = 2;

function secondsOf(duration: Duration): number {
  return duration.toMilliseconds() / 1000;
}

/** Finds fault with variants that SageMaker updates in its own way. */
function checkGuarded(at: string, feature: Feature, variants: readonly DeployedVariant[]): Violation[] {
  const byReason = new Map<string, string[]>();
  for (const { variantName, _facts: facts } of variants) {
    const reason = whyUnguarded(feature, facts);
    if (reason !== undefined) {
      byReason.set(reason, [...byReason.get(reason) ?? [], variantName]);
    }
  }
  return [...byReason].map(([reason, names]) => ({
    property: at, rule: `cannot be used for ${names.join(', ')}, because ${reason}`, remedy: 'leave it out',
  }));
}

/** Finds fault with a limit that leaves no time besides waiting, if the requests are moved in so many parts. */
function checkTimeout(property: string, plan: Plan, parts: number): Violation[] {
  const { waitInterval, terminationWait, maximumExecutionTimeout } = plan;
  if (maximumExecutionTimeout === undefined || [waitInterval, terminationWait, maximumExecutionTimeout].some((duration) => duration.isUnresolved())) {
    return [];
  }
  const intervals = { UNGUARDED: 0, ALL_AT_ONCE: 0, CANARY: 1, LINEAR: Math.max(0, parts - 1), ROLLING: parts }[plan.type];
  const waiting = intervals * secondsOf(waitInterval) + secondsOf(terminationWait);
  return secondsOf(maximumExecutionTimeout) > waiting ? [] : [{
    property,
    got: secondsOf(maximumExecutionTimeout),
    rule: `must be more than the ${waiting} seconds that the deployment waits`,
    remedy: 'give it longer, or wait less',
  }];
}

function blueGreenUpdatePolicy(plan: Plan): CfnEndpoint.BlueGreenUpdatePolicyProperty {
  return {
    trafficRoutingConfiguration: {
      type: plan.type,
      ...plan.part !== undefined ? { [plan.part.property]: plan.part.size._render() } : {},
      waitIntervalInSeconds: plan.waitInterval.toSeconds(),
    },
    terminationWaitInSeconds: plan.terminationWait.toSeconds(),
    maximumExecutionTimeoutInSeconds: plan.maximumExecutionTimeout?.toSeconds(),
  };
}

function rollingUpdatePolicy(plan: Plan): CfnEndpoint.RollingUpdatePolicyProperty {
  return {
    maximumBatchSize: plan.part!.size._render(),
    waitIntervalInSeconds: plan.waitInterval.toSeconds(),
    maximumExecutionTimeoutInSeconds: plan.maximumExecutionTimeout?.toSeconds(),
    rollbackMaximumBatchSize: plan.rollbackMaximumBatchSize?._render(),
  };
}
