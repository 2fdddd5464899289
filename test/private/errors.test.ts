import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { throwIfAny, validationError } from '../../src/private/errors';

test('one violation is one line with place, property, rule, value and remedy', () => {
  const place = new Construct(new Stack(undefined, 'Stack'), 'Thing');
  expect(validationError(place, { property: 'count', rule: 'must be a whole number', got: 1.5, remedy: 'round it' }).message)
    .toBe('[Stack/Thing] `count` must be a whole number, got: 1.5; round it');
});

test('several violations are listed together', () => {
  expect(validationError('Factory.of', { property: 'a', rule: 'is required' }, { property: 'b', rule: 'must be short', got: 'long' }).message)
    .toBe('[Factory.of] 2 values are invalid:\n  - `a` is required\n  - `b` must be short, got: "long"');
});

test('nothing is thrown where nothing is wrong', () => {
  expect(() => throwIfAny('x', [])).not.toThrow();
  expect(() => throwIfAny('x', [{ property: 'a', rule: 'is required' }])).toThrow('[x] `a` is required');
});

test.each([
  ['a text', 'a "b"', '"a \\"b\\""'],
  ['zero', 0, '0'],
  ['false', false, 'false'],
  ['null', null, 'null'],
  ['a list', ['a', 1], '["a",1]'],
  ['not a number', NaN, 'NaN'],
  ['a large number', 12345678901234567890n, '12345678901234567890'],
  ['a plain object', { a: 1 }, '{"a":1}'],
  ['a long text', 'x'.repeat(300), `"${'x'.repeat(199)}...`],
])('a value is shown as %s', (_, got, shown) => {
  expect(validationError('x', { property: 'p', rule: 'r', got }).message).toBe(`[x] \`p\` r, got: ${shown}`);
});

test('a construct is shown, not dumped', () => {
  const bucket = new Bucket(new Stack(undefined, 'Stack'), 'Bucket');
  expect(validationError('x', { property: 'p', rule: 'r', got: bucket }).message).toBe('[x] `p` r, got: Stack/Bucket');
});
