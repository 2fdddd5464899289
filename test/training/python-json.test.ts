import { CfnParameter, Fn, Lazy, Token } from 'aws-cdk-lib';
import type { Violation } from '../../src/private/errors';
import { pythonJson } from '../../src/training/python-json';
import { newStack } from '../support/synthesis';

function written(value: unknown): string {
  const violations: Violation[] = [];
  const text = pythonJson('value', value, violations);
  expect(violations).toEqual([]);
  return text;
}

function refused(value: unknown): Violation[] {
  const violations: Violation[] = [];
  pythonJson('value', value, violations);
  return violations;
}

// each is what Python's json.dumps writes
test.each([
  [10, '10'],
  [0, '0'],
  [-0, '-0.0'],
  [-3, '-3'],
  [0.001, '0.001'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [0.00012345, '0.00012345'],
  [0.000012345, '1.2345e-05'],
  [1e-7, '1e-07'],
  [-2.5e-7, '-2.5e-07'],
  [1e-100, '1e-100'],
  [5e-324, '5e-324'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1.5, '1.5'],
  [123456.789, '123456.789'],
  [2 ** 53, '9007199254740992'],
  [1e20, '100000000000000000000'],
  [1e21, '1e+21'],
  [1.5e300, '1.5e+300'],
  [12345678901234567890n, '12345678901234567890'],
  ['abc', '"abc"'],
  ['10', '"10"'],
  ['', '""'],
  ['a "b" \\ c', '"a \\"b\\" \\\\ c"'],
  ['\n\r\t\f\b\u0001\u007f', '"\\n\\r\\t\\f\\b\\u0001\\u007f"'],
  ['한글', '"\\ud55c\\uae00"'],
  ['\u{1f600}', '"\\ud83d\\ude00"'],
  [true, 'true'],
  [false, 'false'],
  [null, 'null'],
  [[], '[]'],
  [[1, 2], '[1, 2]'],
  [['a', [null, true]], '["a", [null, true]]'],
  [{}, '{}'],
  [{ a: 'b' }, '{"a": "b"}'],
  [{ b: 1, a: { c: [1.5] }, ü: 0 }, '{"b": 1, "a": {"c": [1.5]}, "\\u00fc": 0}'],
  [{ a: undefined, b: 1 }, '{"b": 1}'],
  [Object.assign(Object.create(null), { a: 1 }), '{"a": 1}'],
])('writes %p as %s', (value, text) => {
  expect(written(value)).toBe(text);
  expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(typeof value === 'bigint' ? Number(value) : value));
});

describe('a token takes the place of its value', () => {
  const stack = newStack();
  const text = new CfnParameter(stack, 'Text');
  const number = new CfnParameter(stack, 'Number', { type: 'Number' });
  const list = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' });

  test.each([
    ['a text', text.valueAsString, { 'Fn::Join': ['', ['"', { Ref: 'Text' }, '"']] }],
    ['a part of a text', `"${text.valueAsString}"`, { 'Fn::Join': ['', ['"\\"', { Ref: 'Text' }, '\\""']] }],
    ['a number', number.valueAsNumber, { Ref: 'Number' }],
    ['a number in a list', [1, number.valueAsNumber], { 'Fn::Join': ['', ['[1, ', { Ref: 'Number' }, ']']] }],
    ['a list of texts', list.valueAsList, { 'Fn::Join': ['', ['["', { 'Fn::Join': ['", "', { Ref: 'List' }] }, '"]']] }],
    ['any other', Fn.conditionIf('Some', 'a', 'b'), { 'Fn::Join': ['', ['"', { 'Fn::If': ['Some', 'a', 'b'] }, '"']] }],
    ['a value in a map', { a: text.valueAsString }, { 'Fn::Join': ['', ['{"a": "', { Ref: 'Text' }, '"}']] }],
    ['a value that is known in the end', Lazy.string({ produce: () => 'known' }), '"known"'],
  ])('of %s', (_, value, resolved) => {
    expect(stack.resolve(written(value))).toEqual(resolved);
  });

  test('of a number that is known in the end', () => {
    expect(stack.resolve(written(Token.asNumber(Lazy.any({ produce: () => 7 }))))).toBe('7');
  });
});

test.each([
  ['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity],
])('%s is in no JSON', (got, value) => {
  expect(refused({ a: [value] })).toEqual([{
    property: 'value.a[0]', rule: 'must be a finite number: JSON has no other', got: Number(got), remedy: 'give a text that the script converts',
  }]);
});

test.each([
  ['undefined', [undefined]], ['function', [() => 1]], ['symbol', [Symbol('a')]], ['Date', [new Date()]], ['Map', [new Map()]],
])('a list may have no %s', (name, value) => {
  expect(refused(value)).toEqual([{
    property: 'value[0]',
    rule: `must be a text, a number, a boolean, null, or a list or map of these, not ${name}`,
    remedy: 'convert it to one of them',
  }]);
});
