import * as fc from 'fast-check';
import { damageOf, field, fixed32Field, integerField, varint } from './support';
import { DamageError } from '../../src/saved-model/errors';
import { BOOL, BYTES, decode, FIXED32, INT32, INT64, map, message, repeated, single, STRING } from '../../src/saved-model/wire';

const INNER = message('Inner', { number: single(1, INT64, 0), text: single(2, STRING, 'none') });

const OUTER = message('Outer', {
  number: single(1, INT64, 0),
  small: single(2, INT32, -7),
  flag: single(3, BOOL, false),
  text: single(4, STRING, ''),
  bytes: single(5, BYTES, undefined),
  checksum: single(6, FIXED32, 0),
  inner: single(7, INNER, undefined),
  numbers: repeated(8, INT64),
  texts: repeated(9, STRING),
  byName: map(10, INNER),
});

const ABSENT = {
  number: 0, small: -7, flag: false, text: '', bytes: undefined, checksum: 0, inner: undefined, numbers: [], texts: [], byName: new Map(),
};

describe('fields', () => {
  test('that are absent have their absent values', () => {
    expect(decode(OUTER, Buffer.alloc(0))).toEqual(ABSENT);
  });

  test('of every kind are read', () => {
    const bytes = Buffer.concat([
      integerField(1, 300), integerField(2, 5), integerField(3, 1), field(4, 'grün €'), field(5, Buffer.from([1, 2])),
      fixed32Field(6, 0xfedcba98), field(7, integerField(1, 1)), integerField(8, 1), integerField(8, 2), field(9, 'a'), field(9, ''),
      field(10, field(1, 'k'), field(2, field(2, 'v'))),
    ]);
    expect(decode(OUTER, bytes)).toEqual({
      number: 300,
      small: 5,
      flag: true,
      text: 'grün €',
      bytes: Buffer.from([1, 2]),
      checksum: 0xfedcba98,
      inner: { number: 1, text: 'none' },
      numbers: [1, 2],
      texts: ['a', ''],
      byName: new Map([['k', { number: 0, text: 'v' }]]),
    });
  });

  test('of one value keep the last of several', () => {
    expect(decode(OUTER, Buffer.concat([integerField(1, 1), integerField(1, 2)])).number).toBe(2);
  });

  test('of a map keep the last value for a key, and may lack key or value', () => {
    const bytes = Buffer.concat([
      field(10, field(1, 'a'), field(2, integerField(1, 1))), field(10, field(1, 'a'), field(2, integerField(1, 2))), field(10),
    ]);
    expect(decode(OUTER, bytes).byName).toEqual(new Map([['a', { number: 2, text: 'none' }], ['', { number: 0, text: 'none' }]]));
  });

  test('of several numbers may be packed', () => {
    expect(decode(OUTER, Buffer.concat([field(8, varint(1), varint(-1)), integerField(8, 3)])).numbers).toEqual([1, -1, 3]);
  });

  test('that nobody asks for are stepped over, whatever their wire type and value', () => {
    const bytes = Buffer.concat([
      integerField(100, 2n ** 64n - 1n), varint(100 * 8 + 1), Buffer.alloc(8), field(100, 'text'), fixed32Field(100, 1), integerField(1, 9),
    ]);
    expect(decode(OUTER, bytes)).toEqual({ ...ABSENT, number: 9 });
  });

  test('with a text that holds U+FFFD itself are text', () => {
    expect(decode(OUTER, field(4, '\ufffd')).text).toBe('\ufffd');
  });
});

describe('64-bit numbers', () => {
  test.each([
    0, 1, 127, 128, 2 ** 31, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1, -1, -2, -(2 ** 31), -(2 ** 53) + 1,
  ])('%d is exact', (value) => {
    expect(decode(OUTER, integerField(1, value)).number).toBe(value);
  });

  test.each([2n ** 53n, 2n ** 63n - 1n, -(2n ** 53n), -(2n ** 63n)])('%d, which a number cannot hold, is damage', (value) => {
    expect(damageOf(() => decode(OUTER, integerField(1, value))).message).toBe(`the number ${value} is not possible`);
  });

  test('of all those that fit a number are read as they were written', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => decode(OUTER, integerField(1, value)).number === value));
  });
});

describe('damage is told with its place:', () => {
  test.each<[string, Buffer, string, number]>([
    ['a length beyond the end', Buffer.concat([varint(34), varint(10), Buffer.from('abc')]), 'a length of 10 bytes runs past the end, 3 bytes away', 2],
    ['a huge length', Buffer.concat([varint(34), varint(2 ** 50)]), `a length of ${2 ** 50} bytes runs past the end, 0 bytes away`, 9],
    ['a length beyond 2^53', Buffer.concat([varint(34), varint(2n ** 60n)]), `the number ${2n ** 60n} is not possible`, 1],
    ['a negative length', Buffer.concat([varint(34), varint(-1)]), 'a length of -1 bytes runs past the end, 0 bytes away', 11],
    ['a length beyond the message around it', Buffer.concat([field(7, varint(18), varint(3)), Buffer.from('abc')]),
      'a length of 3 bytes runs past the end, 0 bytes away', 4],
    ['a number without an end', Buffer.from([8, 128]), 'the data ends within a number', 2],
    ['a number of eleven bytes', Buffer.from([8, ...Array<number>(10).fill(128), 1]), 'a number takes more than ten bytes', 1],
    ['a number of eleven bytes that nobody asks for', Buffer.from([160, 6, ...Array<number>(10).fill(128), 1]),
      'a number takes more than ten bytes', 2],
    ['a checksum without an end', Buffer.concat([varint(53), Buffer.alloc(3)]), 'a length of 4 bytes runs past the end, 3 bytes away', 1],
    ['another wire type than the field has', field(1, 'a'), 'field Outer.number has wire type 2, not 0', 1],
    ['a group', varint(100 * 8 + 3), '3 is not a wire type', 2],
    ['field number 0', Buffer.from([0, 0]), '0 is not a field number', 1],
    ['a field number beyond the largest', varint(2 ** 32), `${2 ** 29} is not a field number`, 5],
    ['a negative tag', varint(-8), '-1 is not a field number', 10],
    ['a text that is not UTF-8', field(4, Buffer.from([0x61, 0xff])), 'a text is not UTF-8', 4],
    ['an int32 above 2^31-1', integerField(2, 2 ** 31), `the number ${2 ** 31} is not possible`, 6],
    ['an int32 below -2^31', integerField(2, -(2 ** 31) - 1), `the number ${-(2 ** 31) - 1} is not possible`, 11],
  ])('%s', (_, bytes, problem, position) => {
    const error = damageOf(() => decode(OUTER, bytes));
    expect([error.message, error.position! - bytes.byteOffset]).toEqual([problem, position]);
  });

  test.each([-(2 ** 31), 2 ** 31 - 1])('but %d is an int32', (value) => {
    expect(decode(OUTER, integerField(2, value)).small).toBe(value);
  });

  test('any bytes are a message or damage', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decode(OUTER, Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(DamageError);
      }
    }), { numRuns: 2000 });
  });
});
