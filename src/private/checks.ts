import { type Duration, type Size, Token } from 'aws-cdk-lib/core';
import { validationError, type Violation } from './errors';

/** The bounds of a number, both included. */
export interface Range {
  readonly min: number;
  readonly max?: number;
}

/** Finds fault with a whole number outside of its range; a token is left to CloudFormation. */
export function checkInteger(property: string, value: number | undefined, range: Range, remedy?: string): Violation[] {
  return check(property, value, (v) => Number.isInteger(v) && inside(v, range), `must be a whole number ${rangeText(range)}`, remedy);
}

/** Finds fault with a number outside of its range; a token is left to CloudFormation. */
export function checkNumber(property: string, value: number | undefined, range: Range, remedy?: string): Violation[] {
  return check(property, value, (v) => Number.isFinite(v) && inside(v, range), `must be a number ${rangeText(range)}`, remedy);
}

/** Finds fault with a percentage outside of 1 to 100, below which a share of 1 is probably meant; a token is left to CloudFormation. */
export function checkPercent(property: string, value: number | undefined): Violation[] {
  const isShare = value !== undefined && value > 0 && value < 1;
  return checkNumber(property, value, { min: 1, max: 100 }, isShare ? 'write 50 for a half' : undefined)
    .map((v) => ({ ...v, rule: `${v.rule} percent` }));
}

/** Finds fault with a share that something is over, of at least 0 and less than 1; a token is left to CloudFormation. */
export function checkShare(property: string, value: number | undefined): Violation[] {
  const remedy = value !== undefined && value >= 1 ? 'write 0.01 for one in a hundred' : undefined;
  return check(property, value, (v) => v >= 0 && v < 1, 'must be a number of at least 0 and less than 1', remedy);
}

/** Finds fault with a duration that is no whole number of seconds in its range; a token is left to CloudFormation. */
export function checkSeconds(property: string, value: Duration | undefined, range: Range, remedy?: string): Violation[] {
  const seconds = value === undefined || value.isUnresolved() ? undefined : value.toMilliseconds() / 1000;
  return checkInteger(property, seconds, range, remedy).map((v) => ({ ...v, rule: `${v.rule} seconds` }));
}

/** Finds fault with a size that is no whole number of GiB in its range; a token is left to CloudFormation. */
export function checkGibibytes(property: string, value: Size | undefined, range: Range, remedy?: string): Violation[] {
  const gibibytes = value === undefined || value.isUnresolved() ? undefined : value.toBytes() / 2 ** 30;
  return checkInteger(property, gibibytes, range, remedy).map((v) => ({ ...v, rule: `${v.rule} GiB` }));
}

/** Throws where something that must be a text is none, as of a variable that is not set. */
export function requireText(place: string, property: string, value: string): void {
  if (typeof value !== 'string') {
    throw validationError(place, { property, rule: `must be a text, not ${value}` });
  }
}

/** Finds fault with a text that does not match; a token is left to CloudFormation. */
export function checkPattern(property: string, value: string | undefined, pattern: RegExp, rule: string, remedy?: string): Violation[] {
  return check(property, value, (v) => pattern.test(v), rule, remedy);
}

function check<T>(property: string, value: T | undefined, ok: (value: T) => boolean, rule: string, remedy?: string): Violation[] {
  if (value === undefined || Token.isUnresolved(value) || ok(value)) {
    return [];
  }
  return [{ property, rule, got: value, remedy }];
}

function inside(value: number, range: Range): boolean {
  return value >= range.min && (range.max === undefined || value <= range.max);
}

function rangeText(range: Range): string {
  return range.max === undefined ? `of at least ${range.min}` : `from ${range.min} to ${range.max}`;
}
