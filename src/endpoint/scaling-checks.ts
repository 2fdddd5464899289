import type { ScalingSchedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Token } from 'aws-cdk-lib/core';
import type { TargetTrackingOptions } from './scaling-options';
import { checkInteger, checkPattern, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';

/** Between which numbers a variant can be scaled. */
export interface Capacity {
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
}

/** What the numbers have to keep to. */
export interface CapacityLimits {
  /** The fewest that there can be, and why it is not less. */
  readonly least: number;
  readonly because?: string;
  readonly remedy?: string;
  /** The most that there can be, and what says so. */
  readonly most?: number;
  readonly mostBy?: string;
}

/** What Application Auto Scaling can aggregate a metric of ours by. */
const STATISTICS = ['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum'];

/** Finds fault with the numbers that a variant is scaled between. */
export function checkCapacity(capacity: Capacity, limits: CapacityLimits): Violation[] {
  const { minCapacity, maxCapacity } = capacity;
  return [
    ...checkLeast('minCapacity', minCapacity, limits),
    ...checkMost('minCapacity', minCapacity, limits),
    ...checkInteger('maxCapacity', maxCapacity, { min: 1 }),
    ...checkMost('maxCapacity', maxCapacity, limits),
    ...checkOrder(capacity),
  ];
}

/** Finds fault with what a schedule changes these numbers to. */
export function checkSchedule(id: string, schedule: ScalingSchedule, limits: CapacityLimits): Violation[] {
  const { minCapacity, maxCapacity } = schedule;
  return [
    ...checkPattern('id', id, /^(?! )[^:/|\p{Cc}]{1,256}(?<! )$/u, 'must be 1 to 256 characters other than : / | with no space first or last'),
    ...(minCapacity === undefined && maxCapacity === undefined ? [{ property: 'minCapacity', rule: 'or `maxCapacity` must be given' }] : []),
    ...checkLeast('minCapacity', minCapacity, limits),
    ...checkMost('minCapacity', minCapacity, limits),
    ...checkLeast('maxCapacity', maxCapacity, limits),
    ...checkMost('maxCapacity', maxCapacity, limits),
    ...checkOrder(schedule),
  ];
}

/** Finds fault with how a policy keeps a metric at its target. */
export function checkTracking(options: TargetTrackingOptions): Violation[] {
  return [
    ...checkPattern('policyName', options.policyName, /^[ -~]{1,256}$/, 'must be 1 to 256 printable characters'),
    ...checkSeconds('scaleInCooldown', options.scaleInCooldown, { min: 0 }),
    ...checkSeconds('scaleOutCooldown', options.scaleOutCooldown, { min: 0 }),
  ];
}

/** Finds fault with a number that is not greater than 0, or greater than the most; a token is left to CloudFormation. */
export function checkPositive(property: string, value: number, most?: number): Violation[] {
  if (Token.isUnresolved(value) || (Number.isFinite(value) && value > 0 && value <= (most ?? Infinity))) {
    return [];
  }
  return [{ property, got: value, rule: `must be a number greater than 0${most !== undefined ? ` and at most ${most}` : ''}` }];
}

/** Finds fault with a metric that Application Auto Scaling cannot keep at a target. */
export function checkMetric(metric: IMetric): Violation[] {
  const { metricStat } = metric.toMetricConfig();
  if (metricStat === undefined) {
    return [{ property: 'metric', got: String(metric), rule: 'must be a metric and no math expression', remedy: 'use scaleOnMetric for that' }];
  }
  return STATISTICS.includes(metricStat.statistic)
    ? []
    : [{ property: 'metric', got: metricStat.statistic, rule: `must have one of the statistics ${STATISTICS.join(', ')}`, remedy: 'use scaleOnMetric for others' }];
}

function checkLeast(property: string, value: number | undefined, { least, because, remedy }: CapacityLimits): Violation[] {
  return because !== undefined && value === 0
    ? [{ property, got: value, rule: `must be at least ${least}, because ${because}`, remedy }]
    : checkInteger(property, value, { min: least });
}

function checkMost(property: string, value: number | undefined, { most, mostBy }: CapacityLimits): Violation[] {
  return value !== undefined && most !== undefined && !Token.isUnresolved(value) && !Token.isUnresolved(most) && value > most
    ? [{ property, got: value, rule: `must be at most ${mostBy}, ${most}` }]
    : [];
}

function checkOrder({ minCapacity, maxCapacity }: Capacity): Violation[] {
  return minCapacity !== undefined && maxCapacity !== undefined && !Token.isUnresolved(minCapacity) && !Token.isUnresolved(maxCapacity)
    && minCapacity > maxCapacity
    ? [{ property: 'maxCapacity', got: maxCapacity, rule: `must be at least \`minCapacity\`, ${minCapacity}` }]
    : [];
}
