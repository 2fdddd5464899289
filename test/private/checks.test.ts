import { Duration, Lazy, Size } from 'aws-cdk-lib';
import { checkGibibytes, checkInteger, checkNumber, checkPattern, checkPercent, checkSeconds, checkShare } from '../../src/private/checks';

const range = { min: 1, max: 10 };

test.each([1, 10])('a whole number on the edge of its range (%s) is right', (value) => {
  expect(checkInteger('p', value, range)).toEqual([]);
});

test.each([0, 11, 1.5, NaN, Infinity])('%s is no whole number from 1 to 10', (value) => {
  expect(checkInteger('p', value, range, 'count')).toEqual([
    { property: 'p', rule: 'must be a whole number from 1 to 10', got: value, remedy: 'count' },
  ]);
});

test.each([0, 0.5, 1])('a number in its range (%s) is right', (value) => {
  expect(checkNumber('p', value, { min: 0, max: 1 })).toEqual([]);
});

test.each([-0.1, 1.1, NaN])('%s is no number from 0 to 1', (value) => {
  expect(checkNumber('p', value, { min: 0, max: 1 })).toMatchObject([{ rule: 'must be a number from 0 to 1', got: value }]);
});

test('a range may have no end', () => {
  expect(checkInteger('p', 1e9, { min: 1 })).toEqual([]);
  expect(checkInteger('p', 0, { min: 1 })).toMatchObject([{ rule: 'must be a whole number of at least 1' }]);
});

test.each([1, 1.5, 100])('%s percent is right', (value) => {
  expect(checkPercent('p', value)).toEqual([]);
});

test.each([
  [0, undefined],
  [0.001, 'write 50 for a half'],
  [0.999, 'write 50 for a half'],
  [100.1, undefined],
  [-1, undefined],
  [NaN, undefined],
])('%s percent is wrong', (value, remedy) => {
  expect(checkPercent('p', value)).toEqual([{ property: 'p', rule: 'must be a number from 1 to 100 percent', got: value, remedy }]);
});

test.each([0, 0.5, 0.999])('a share of %s is right', (value) => {
  expect(checkShare('p', value)).toEqual([]);
});

test.each([
  [-0.001, undefined],
  [1, 'write 0.01 for one in a hundred'],
  [5, 'write 0.01 for one in a hundred'],
  [NaN, undefined],
])('a share of %s is wrong', (value, remedy) => {
  expect(checkShare('p', value)).toEqual([{ property: 'p', rule: 'must be a number of at least 0 and less than 1', got: value, remedy }]);
});

test.each([Duration.seconds(60), Duration.hours(1)])('a duration on the edge of its range is right', (value) => {
  expect(checkSeconds('p', value, { min: 60, max: 3600 })).toEqual([]);
});

test.each([Duration.seconds(59), Duration.seconds(3601), Duration.millis(60_500)])('a duration outside, or of part seconds, is wrong', (value) => {
  expect(checkSeconds('p', value, { min: 60, max: 3600 })).toMatchObject([
    { rule: 'must be a whole number from 60 to 3600 seconds', got: value.toMilliseconds() / 1000 },
  ]);
});

test.each([Size.gibibytes(1), Size.gibibytes(512), Size.mebibytes(2048)])('a size on the edge of its range is right', (value) => {
  expect(checkGibibytes('p', value, { min: 1, max: 512 })).toEqual([]);
});

test.each([Size.gibibytes(513), Size.mebibytes(512), Size.mebibytes(1500)])('a size outside, or of part GiB, is wrong', (value) => {
  expect(checkGibibytes('p', value, { min: 1, max: 512 })).toMatchObject([{ rule: 'must be a whole number from 1 to 512 GiB' }]);
});

test('a text must match', () => {
  expect(checkPattern('p', 'abc', /^[a-c]+$/, 'must be abc')).toEqual([]);
  expect(checkPattern('p', 'abd', /^[a-c]+$/, 'must be abc')).toEqual([{ property: 'p', rule: 'must be abc', got: 'abd', remedy: undefined }]);
});

test('what is left out or only known later is not judged', () => {
  expect(checkInteger('p', undefined, range)).toEqual([]);
  expect(checkInteger('p', Lazy.number({ produce: () => 99 }), range)).toEqual([]);
  expect(checkSeconds('p', undefined, range)).toEqual([]);
  expect(checkSeconds('p', Duration.seconds(Lazy.number({ produce: () => 99 })), range)).toEqual([]);
  expect(checkGibibytes('p', Size.gibibytes(Lazy.number({ produce: () => 99 })), range)).toEqual([]);
  expect(checkPercent('p', undefined)).toEqual([]);
  expect(checkPercent('p', Lazy.number({ produce: () => 0 }))).toEqual([]);
  expect(checkShare('p', undefined)).toEqual([]);
  expect(checkShare('p', Lazy.number({ produce: () => 2 }))).toEqual([]);
  expect(checkPattern('p', Lazy.string({ produce: () => 'x' }), /^a$/, 'must be a')).toEqual([]);
});
