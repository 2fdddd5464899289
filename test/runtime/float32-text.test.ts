import * as fc from 'fast-check';
import { LONGEST_FLOAT32, writeFloat32 } from '../../src/runtime/float32-text';

function textOf(number: number, hasPoint = false): string {
  const bytes = new Uint8Array(LONGEST_FLOAT32 + 3).fill(0x78);
  const end = writeFloat32(number, bytes, 1, hasPoint);
  // what is around the room for it is left alone
  expect([bytes[0], ...bytes.subarray(LONGEST_FLOAT32 + 1)]).toEqual([0x78, 0x78, 0x78]);
  return Buffer.from(bytes.subarray(1, end)).toString();
}

test.each<[number, string, string]>([
  [0, '0', '0.0'],
  [-0, '-0.0', '-0.0'],
  [1, '1', '1.0'],
  [-2, '-2', '-2.0'],
  [10, '10', '10.0'],
  [16777216, '16777216', '16777216.0'],
  [16777218, '16777218', '16777218.0'],
  [16777216.5, '16777216', '16777216.0'],
  [1445916.9375, '1445917', '1445917.0'],
  [999999936, '999999940', '999999940.0'],
  [1e9, '1000000000', '1000000000.0'],
  [1e10, '10000000000', '10000000000.0'],
  [-1e20, '-100000000000000000000', '-100000000000000000000.0'],
  [1e21, '1e+21', '1e+21'],
  [-999999984306749400000, '-999999950000000000000', '-999999950000000000000.0'],
  [3.4028234663852886e38, '3.4028235e+38', '3.4028235e+38'],
  [0.1, '0.1', '0.1'],
  [0.5, '0.5', '0.5'],
  [0.30000000000000004, '0.3', '0.3'],
  [1 / 3, '0.33333334', '0.33333334'],
  [-0.7575025, '-0.7575025', '-0.7575025'],
  [9.7, '9.7', '9.7'],
  [100.5, '100.5', '100.5'],
  [1234.5678, '1234.5677', '1234.5677'],
  [12345.678, '12345.678', '12345.678'],
  [0.99999994, '0.99999994', '0.99999994'],
  [0.015625, '0.015625', '0.015625'],
  [0.00001, '0.00001', '0.00001'],
  [0.000001, '0.000001', '0.000001'],
  [-0.00000123456789, '-0.0000012345679', '-0.0000012345679'],
  [1e-7, '1e-7', '1e-7'],
  [-1.1754943508222875e-38, '-1.1754944e-38', '-1.1754944e-38'],
  [1e-45, '1.401298e-45', '1.401298e-45'],
  [1e-60, '0', '0.0'],
  [NaN, 'NaN', 'NaN'],
  [Infinity, 'Infinity', 'Infinity'],
  [-Infinity, '-Infinity', '-Infinity'],
])('%p is %s, and %s with a point', (number, text, withPoint) => {
  expect(textOf(number)).toBe(text);
  expect(textOf(number, true)).toBe(withPoint);
});

test('every number comes back as the same float32', () => {
  fc.assert(fc.property(fc.oneof(fc.float({ noNaN: true }), fc.double({ noNaN: true }), fc.integer()), fc.boolean(), (number, hasPoint) => {
    expect(Math.fround(Number(textOf(number, hasPoint)))).toBe(Math.fround(number));
  }), { numRuns: 3000 });
});

test('every number that is no infinity is one of JSON', () => {
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (number) => {
    expect(textOf(number)).toMatch(/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?$/);
  }), { numRuns: 1000 });
});

test('numbers have at most nine digits', () => {
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (number) => {
    const [mantissa] = textOf(number).replace('-', '').split('e');
    expect(mantissa.replace('.', '').replace(/^0+|0+$/g, '').length).toBeLessThanOrEqual(9);
  }), { numRuns: 1000 });
});
