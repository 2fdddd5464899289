import * as fc from 'fast-check';
import { damageOf, varint } from './support';
import { DamageError } from '../../src/saved-model/errors';
import { uncompressSnappy } from '../../src/saved-model/snappy';

/** A literal, with its length in the tag where that is possible, else in so many bytes. */
function literal(content: Uint8Array, lengthBytes = content.length <= 60 ? 0 : content.length <= 256 ? 1 : 2): Buffer {
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes > 0) {
    length.writeUIntLE(content.length - 1, 0, lengthBytes);
  }
  return Buffer.concat([Buffer.from([lengthBytes === 0 ? (content.length - 1) * 4 : (59 + lengthBytes) * 4]), length, content]);
}

/** A copy from `distance` bytes back, with the distance in 1 (and a part of the tag), 2 or 4 bytes. */
function copy(length: number, distance: number, distanceBytes: 1 | 2 | 4): Buffer {
  if (distanceBytes === 1) {
    return Buffer.from([Math.floor(distance / 256) * 32 + (length - 4) * 4 + 1, distance % 256]);
  }
  const bytes = Buffer.alloc(1 + distanceBytes);
  bytes[0] = (length - 1) * 4 + (distanceBytes === 2 ? 2 : 3);
  bytes.writeUIntLE(distance, 1, distanceBytes);
  return bytes;
}

function compressed(length: number, ...parts: Buffer[]): Buffer {
  return Buffer.concat([varint(length), ...parts]);
}

const ABC = Buffer.from('abc');

describe('a block of', () => {
  test.each<[string, Buffer, string]>([
    ['nothing', compressed(0), ''],
    ['a literal', compressed(3, literal(ABC)), 'abc'],
    ['the longest literal with its length in the tag', compressed(60, literal(Buffer.alloc(60, 'x'))), 'x'.repeat(60)],
    ['a literal with its length in one byte', compressed(61, literal(Buffer.alloc(61, 'x'))), 'x'.repeat(61)],
    ['a literal with its length in two bytes', compressed(300, literal(Buffer.alloc(300, 'x'))), 'x'.repeat(300)],
    ['a literal with its length in three bytes', compressed(3, literal(ABC, 3)), 'abc'],
    ['a literal with its length in four bytes', compressed(3, literal(ABC, 4)), 'abc'],
    ['a copy into itself', compressed(12, literal(ABC), copy(9, 3, 1)), 'abcabcabcabc'],
    ['a near copy', compressed(7, literal(ABC), copy(4, 2, 1)), 'abcbcbc'],
    ['a near copy from as far as possible', compressed(2051, literal(ABC), literal(Buffer.alloc(2044, 'x')), copy(4, 2047, 1)),
      `abc${'x'.repeat(2044)}abcx`],
    ['a copy with its distance in two bytes', compressed(5, literal(ABC), copy(2, 3, 2)), 'abcab'],
    ['the longest copy', compressed(67, literal(ABC), copy(64, 3, 2)), `${'abc'.repeat(22)}a`],
    ['a copy with its distance in four bytes', compressed(4, literal(ABC), copy(1, 2, 4)), 'abcb'],
  ])('%s is uncompressed', (_, bytes, text) => {
    expect(uncompressSnappy(bytes).toString()).toBe(text);
  });
});

test('literals and copies of every kind give what they stand for', () => {
  const part = fc.oneof(
    fc.record({ content: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
    fc.record({ length: fc.integer({ min: 4, max: 11 }), distance: fc.integer({ min: 1, max: 2047 }), bytes: fc.constant(1 as const) }),
    fc.record({
      length: fc.integer({ min: 1, max: 64 }),
      distance: fc.integer({ min: 1, max: 5000 }),
      bytes: fc.constantFrom(2 as const, 4 as const),
    }),
  );
  fc.assert(fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
    const expected: number[] = [];
    const pieces = parts.map((piece) => {
      if ('content' in piece) {
        expected.push(...piece.content);
        return literal(piece.content);
      }
      if (expected.length === 0) {
        return Buffer.alloc(0);
      }
      const distance = Math.min(piece.distance, expected.length);
      for (let count = 0; count < piece.length; count++) {
        expected.push(expected[expected.length - distance]);
      }
      return copy(piece.length, distance, piece.bytes);
    });
    expect([...uncompressSnappy(compressed(expected.length, ...pieces))]).toEqual(expected);
  }));
});

describe('damage is', () => {
  test.each<[string, Buffer, string]>([
    ['no length', Buffer.alloc(0), 'the data ends within a number'],
    ['a length that no block can stand for', compressed(1000, literal(ABC)), 'a compressed block cannot stand for 1000 bytes'],
    ['a length beyond all memory', compressed(2 ** 52, literal(ABC)), `a compressed block cannot stand for ${2 ** 52} bytes`],
    ['a negative length', Buffer.concat([varint(-1), literal(ABC)]), 'a compressed block cannot stand for -1 bytes'],
    ['less than the length', compressed(4, literal(ABC)), 'a compressed block stands for 3 bytes, not its 4'],
    ['more than the length in a literal', compressed(2, literal(ABC)), 'a compressed block stands for more than its 2 bytes'],
    ['more than the length in a copy', compressed(6, literal(ABC), copy(4, 3, 1)), 'a compressed block stands for more than its 6 bytes'],
    ['a literal that is cut off', compressed(3, Buffer.from([8, 97])), 'a length of 3 bytes runs past the end, 1 bytes away'],
    ['a length that is cut off', compressed(3, Buffer.from([61 * 4, 2])), 'a length of 2 bytes runs past the end, 1 bytes away'],
    ['a distance that is cut off', compressed(5, literal(ABC), Buffer.from([6, 3])), 'a length of 2 bytes runs past the end, 1 bytes away'],
    ['a copy from before the start', compressed(7, literal(ABC), copy(4, 4, 1)),
      'a compressed block copies from 4 bytes back, 3 bytes after its start'],
    ['a copy from nowhere', compressed(7, literal(ABC), copy(4, 0, 1)),
      'a compressed block copies from 0 bytes back, 3 bytes after its start'],
  ])('%s', (_, bytes, problem) => {
    expect(damageOf(() => uncompressSnappy(bytes)).message).toBe(problem);
  });

  test('told of any bytes that are no block', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        uncompressSnappy(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(DamageError);
      }
    }), { numRuns: 1000 });
  });
});
