import { CfnParameter, Fn } from 'aws-cdk-lib';
import { checkDistinct, checkEntries } from '../../src/private/list-checks';
import { newStack } from '../support/synthesis';

const even = (property: string, value: number) => value % 2 === 0 ? [] : [{ property, rule: 'must be even', got: value }];

test.each([[[2, 4]], [[2, 4, 6]], [undefined]])('the list %p has the right number of right entries', (values) => {
  expect(checkEntries('p', values, { min: 2, max: 3 }, even)).toEqual([]);
});

test.each([[[2]], [[2, 4, 6, 8]], [[]]])('the list %p has not', (values) => {
  expect(checkEntries('p', values, { min: 2, max: 3 }, even)).toEqual([{ property: 'p', rule: 'must have 2 to 3 entries', got: values.length }]);
});

test('a wrong entry is told by its position', () => {
  expect(checkEntries('p', [2, 3, 5], { min: 2, max: 3 }, even)).toEqual([
    { property: 'p[1]', rule: 'must be even', got: 3 }, { property: 'p[2]', rule: 'must be even', got: 5 },
  ]);
});

test('a list that is known only later is left to CloudFormation', () => {
  const list = Fn.split(',', new CfnParameter(newStack(), 'List').valueAsString);
  expect(checkEntries('p', list, { min: 2, max: 3 }, (property) => [{ property, rule: 'was looked at' }])).toEqual([]);
});

test('a list must not have an entry twice', () => {
  expect(checkDistinct('p', undefined)).toEqual([]);
  expect(checkDistinct('p', ['a', 'b'])).toEqual([]);
  expect(checkDistinct('p', ['a', 'b', 'a'])).toEqual([{ property: 'p', rule: 'must name each only once', got: ['a', 'b', 'a'] }]);
});
