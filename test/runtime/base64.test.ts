import * as fc from 'fast-check';
import { fromBase64, toBase64 } from '../../src/runtime/base64';

test.each([
  [[], ''],
  [[0], 'AA=='],
  [[255, 254, 0], '//4A'],
  [[1, 2, 3, 4], 'AQIDBA=='],
])('%j is %j', (bytes, text) => {
  expect(toBase64(Uint8Array.from(bytes))).toBe(text);
  expect([...fromBase64(text)]).toEqual(bytes);
});

test('bytes are what Node itself makes of them, however many there are', () => {
  for (const length of [0x1fff, 0x2000, 0x2001, 300_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 31 + Math.floor(i / 8));
    const text = toBase64(bytes);
    expect(text === Buffer.from(bytes).toString('base64')).toBe(true);
    expect(Buffer.compare(fromBase64(text), bytes)).toBe(0);
  }
});

test('a part of a buffer is that part alone', () => {
  expect(toBase64(new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4))).toBe('AQID');
});

test('every array of bytes comes back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }));
});

test('what is no base64 is an error', () => {
  expect(() => fromBase64('a')).toThrow(expect.objectContaining({ name: 'InvalidCharacterError' }));
});
