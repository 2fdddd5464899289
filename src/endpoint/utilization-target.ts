import { Token } from 'aws-cdk-lib/core';
import type { Tracking } from './scaling-variant';
import type { InstanceType } from '../images/instance-type';
import { checkPercent } from '../private/checks';
import type { Violation } from '../private/errors';

/** What SageMaker counts 100 percent for each of. */
export interface Counted {
  readonly what: string;
  readonly count: (instanceType: InstanceType) => number | undefined;
}

export const CPUS: Counted = { what: 'vCPUs', count: (instanceType) => instanceType._cpuCount };
export const GPUS: Counted = { what: 'GPUs', count: (instanceType) => instanceType._gpuCount };

/**
 * What a metric is kept at, so that so much of each whole instance is used.
 *
 * @param method what the user has called
 * @param counted what the metric adds up, if it does
 */
export function utilizationTarget(
  method: string, percent: number, instanceTypes: readonly InstanceType[], counted: Counted | undefined,
): Pick<Tracking, 'targetValue' | 'faults'> {
  const counts = counted !== undefined ? [...new Set(instanceTypes.map(counted.count))] : [1];
  return {
    targetValue: counts[0] === 1 ? percent : percent * counts[0]!,
    faults: [
      ...checkPercent('targetUtilizationPercent', percent),
      ...counted !== undefined ? checkCounts(method, counted.what, instanceTypes, counts) : [],
      ...(counts[0] !== 1 && Token.isUnresolved(percent) ? [{
        property: 'targetUtilizationPercent',
        rule: `must be known when the app is synthesized, because it is multiplied by the number of ${counted!.what}`,
        remedy: 'use scaleToTrackMetric, whose `targetValue` is taken as it is',
      }] : []),
    ],
  };
}

/** Finds fault with instances that do not have one known number of them. */
function checkCounts(method: string, what: string, types: readonly InstanceType[], counts: (number | undefined)[]): Violation[] {
  const fault = { property: method, got: types.join(', ') };
  if (counts.includes(undefined)) {
    return [{
      ...fault,
      rule: `needs instances whose number of ${what} is known`,
      remedy: 'use scaleToTrackMetric, with 100 percent for each of them',
    }];
  }
  if (counts.includes(0)) {
    return [{ ...fault, rule: `needs instances with ${what}`, remedy: 'use scaleOnCpuUtilization, or scaleToTrackMetric for another metric' }];
  }
  return counts.length === 1 ? [] : [{
    ...fault,
    rule: `needs instances that all have the same number of ${what}`,
    remedy: 'use scaleToTrackMetric for the metric of one type, or scaleOnMetric for a math expression over all of them',
  }];
}
