import { Fn, type IResolvable, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Violation } from '../private/errors';

/**
 * A value as Python's `json.dumps` writes it, character by character.
 *
 * A token takes the place that its value will have: a number's is bare, any other is taken for a text and put into
 * quotes.
 *
 * @param property the property that the value was given as
 * @param violations gets what cannot be written
 */
export function pythonJson(property: string, value: unknown, violations: Violation[]): string {
  switch (typeof value) {
    case 'string':
      return quoted(value); // the marker of a token has no character that would be escaped
    case 'number':
      return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : numberText(property, value, violations);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : structured(property, value, violations);
  }
}

function structured(property: string, value: unknown, violations: Violation[]): string {
  if (Array.isArray(value)) {
    return Token.isUnresolved(value)
      ? `["${Fn.join('", "', value as string[])}"]`
      : `[${value.map((item, index) => pythonJson(`${property}[${index}]`, item, violations)).join(', ')}]`;
  }
  if (Token.isUnresolved(value)) {
    return quoted(Token.asString(value as IResolvable));
  }
  if (isPlain(value)) {
    return `{${Object.entries(value).filter(([, item]) => item !== undefined)
      .map(([name, item]) => `${quoted(name)}: ${pythonJson(`${property}.${name}`, item, violations)}`).join(', ')}}`;
  }
  violations.push({
    property,
    rule: `must be a text, a number, a boolean, null, or a list or map of these, not ${nameOf(value)}`,
    remedy: 'convert it to one of them',
  });
  return '';
}

function numberText(property: string, value: number, violations: Violation[]): string {
  if (!Number.isFinite(value)) {
    violations.push({ property, rule: 'must be a finite number: JSON has no other', got: value, remedy: 'give a text that the script converts' });
    return '';
  }
  if (Number.isInteger(value)) {
    return Object.is(value, -0) ? '-0.0' : Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
  }
  const [mantissa, exponent] = value.toExponential().split('e-');
  return exponent !== undefined && Number(exponent) > 4 ? `${mantissa}e-${exponent.padStart(2, '0')}` : String(value);
}

const SHORT_ESCAPES: { readonly [character: string]: string } = {
  '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f', '\b': '\\b',
};

function quoted(text: string): string {
  return `"${text.replace(/["\\]|[^ -~]/g, (character) =>
    SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

function isPlain(value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOf(value: unknown): string {
  return typeof value === 'object' ? (value as object).constructor.name : typeof value;
}
