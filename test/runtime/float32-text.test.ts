import * as fc from 'fast-check';
import { float32Text } from '../../src/runtime/float32-text';

test.each([
  [[], ''],
  [[0], '0'],
  [[-0], '-0'],
  [[1, -2, 5], '1,-2,5'],
  [[0.1], '0.1'],
  [[1 / 3], '0.33333334'],
  [[-0.7575025], '-0.7575025'],
  [[3.05, 100.5, 0.25], '3.05,100.5,0.25'],
  [[16777216, 999999, 9000000], '16777216,999999,9000000'],
  [[999999936, 1e9], '999999936,1000000000'],
  [[0.0001, 0.00001], '0.0001,0.00001'],
  [[0.000001, -0.00000123456789], '0.000001,-0.0000012345679'],
  [[0.015625], '0.015625'],
  [[NaN, Infinity, -Infinity], 'NaN,Infinity,-Infinity'],
])('%j is written as %j', (numbers, text) => {
  expect(float32Text(Float32Array.from(numbers))).toBe(text);
});

test('a number too small or too large for few digits has all that JavaScript gives it', () => {
  expect(float32Text(Float32Array.of(1e-7, 1e10, -1.1754943508222875e-38))).toBe('1.0000000116860974e-7,10000000000,-1.1754943508222875e-38');
});

test('the room grows with the digits', () => {
  const long = new Float32Array(1000).fill(-1.1754943508222875e-38);
  expect(float32Text(long)).toBe(Array(1000).fill('-1.1754943508222875e-38').join(','));
});

test('every float32 comes back the same from text of JSON numbers', () => {
  fc.assert(fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (numbers) => {
    const read = JSON.parse(`[${float32Text(numbers)}]`) as number[];
    expect(read.length).toBe(numbers.length);
    expect(read.map(Math.fround).every((number, i) => Object.is(number, numbers[i]))).toBe(true);
  }), { numRuns: 500 });
});

test('numbers of usual size have at most nine digits', () => {
  fc.assert(fc.property(fc.float({ min: Math.fround(1e-6), max: Math.fround(9e8), noNaN: true }), (number) => {
    expect(float32Text(Float32Array.of(number)).replace(/^0\.0*|\./, '').length).toBeLessThanOrEqual(9);
  }), { numRuns: 500 });
});
