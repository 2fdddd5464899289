import { Token } from 'aws-cdk-lib/core';
import type { Range } from './checks';
import type { Violation } from './errors';

/** Finds fault with a list that has too few or too many entries, and with its entries; a token is left to CloudFormation. */
export function checkEntries<T>(
  property: string, values: readonly T[] | undefined, count: Required<Range>, checkEntry: (property: string, value: T) => Violation[],
): Violation[] {
  if (values === undefined || Token.isUnresolved(values)) {
    return [];
  }
  return [
    ...values.length < count.min || values.length > count.max
      ? [{ property, rule: `must have ${count.min} to ${count.max} entries`, got: values.length }]
      : [],
    ...values.flatMap((value, index) => checkEntry(`${property}[${index}]`, value)),
  ];
}

/** Finds fault with a list that has an entry twice. */
export function checkDistinct<T>(property: string, values: readonly T[] | undefined): Violation[] {
  return values === undefined || new Set(values).size === values.length ? [] : [{ property, rule: 'must name each only once', got: values }];
}
