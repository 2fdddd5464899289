import * as fc from 'fast-check';
import { block, damageOf, type Entry, table, varint } from './support';
import { maskedCrc32c } from '../../src/saved-model/crc32c';
import { DamageError } from '../../src/saved-model/errors';
import { blockEntries, tableEntries } from '../../src/saved-model/table';

const ENTRIES: Entry[] = ['', 'a', 'apple', 'apricot', 'b'].map((key, index) => [key, Buffer.from(`value ${index}`)]);

/** A Snappy block with one literal of less than 61 bytes. */
const literal = [1, (contents: Buffer) => Buffer.concat([varint(contents.length), Buffer.from([(contents.length - 1) * 4]), contents])] as const;

function texts(entries: ReturnType<typeof tableEntries>): string[][] {
  return entries.map(({ key, value }) => [key.toString(), value.toString()]);
}

const EXPECTED = ENTRIES.map(([key, value]) => [key, value.toString()]);

describe('a table of', () => {
  test.each([
    ['one block', {}],
    ['several blocks', { entriesPerBlock: 2 }],
    ['keys in full', { restartInterval: 1 }],
    ['compressed blocks', { entriesPerBlock: 2, compression: literal }],
  ])('%s gives its entries in order', (_, options) => {
    expect(texts(tableEntries(table(ENTRIES, options)))).toEqual(EXPECTED);
  });

  test('no entries is empty', () => {
    expect(tableEntries(table([]))).toEqual([]);
  });

  test('any entries gives them', () => {
    const entries = fc.dictionary(fc.string(), fc.uint8Array({ maxLength: 30 }), { maxKeys: 60 }).map((values) => Object.entries(values)
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    fc.assert(fc.property(entries, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (written, entriesPerBlock, restartInterval) => {
      const read = tableEntries(table(written, { entriesPerBlock, restartInterval }));
      expect(read.map(({ key, value }) => [key.toString(), [...value]])).toEqual(written.map(([key, value]) => [key, [...value]]));
    }));
  });
});

describe('damage to a table is told:', () => {
  const good = table(ENTRIES, { entriesPerBlock: 3 });
  const firstBlock = block(ENTRIES.slice(0, 3)).length;

  /** The table with bytes replaced from a place on, counted from the end where it is negative. */
  const changed = (at: number, ...bytes: number[]) => {
    const copy = Buffer.from(good);
    copy.set(bytes, at < 0 ? copy.length + at : at);
    return copy;
  };

  test.each<[string, Buffer, string]>([
    ['too few bytes', good.subarray(0, 47), '47 bytes are too few for a table'],
    ['no mark at the end', changed(-1, 0), 'its last 8 bytes are not the mark of a table'],
    ['cut off at the end', good.subarray(0, -1), 'its last 8 bytes are not the mark of a table'],
    ['a flipped bit in a block', changed(3, good[3] + 1), 'the checksum of the block at 0 does not match'],
    ['a flipped bit in a compression', changed(firstBlock, 1), 'the checksum of the block at 0 does not match'],
    ['a flipped bit in a checksum', changed(firstBlock + 1, good[firstBlock + 1] + 1), 'the checksum of the block at 0 does not match'],
    ['an index far away', changed(-48, 0, 0, ...varint(2 ** 40), 9), `a block of 9 bytes at ${2 ** 40} runs past the end`],
    ['an index of a huge size', changed(-48, 0, 0, 0, ...varint(2 ** 40)), `a block of ${2 ** 40} bytes at 0 runs past the end`],
    ['an index at a negative place', changed(-48, 0, 0, ...varint(-9), 3), 'a block of 3 bytes at -9 runs past the end'],
    ['an index of a negative size', changed(-48, 0, 0, 9, ...varint(-3)), 'a block of -3 bytes at 9 runs past the end'],
    ['an index beyond all numbers', changed(-48, 0, 0, ...varint(2n ** 62n)), `the number ${2n ** 62n} is not possible`],
    ['an unknown compression', table(ENTRIES, { compression: [7, (contents) => contents] }),
      'the block at 0 is compressed in an unknown way (7)'],
    ['a compressed block that is none', table(ENTRIES, { compression: [1, () => Buffer.from([5])] }),
      'a compressed block stands for 0 bytes, not its 5'],
    ['keys out of order', table([['b', Buffer.alloc(1)], ['a', Buffer.alloc(1)]]), 'the keys in the block at 0 are out of order'],
    ['a key that comes twice', table([['a', Buffer.alloc(1)], ['a', Buffer.alloc(1)]]), 'the keys in the block at 0 are out of order'],
    ['keys out of order between blocks', table([['b', Buffer.alloc(1)], ['a', Buffer.alloc(1)]], { entriesPerBlock: 1 }),
      `the keys in the block at ${block([['b', Buffer.alloc(1)]]).length + 5} are out of order`],
    ['a block that is listed twice', twice(), 'the blocks at 0 and before it overlap'],
  ])('%s', (_, bytes, problem) => {
    expect(damageOf(() => tableEntries(bytes)).message).toBe(problem);
  });

  test('any flipped bit in a block', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: firstBlock + 4 }), fc.integer({ min: 1, max: 255 }), (at, difference) => {
      const copy = changed(at, (good[at] + difference) % 256);
      expect(damageOf(() => tableEntries(copy)).message).toBe('the checksum of the block at 0 does not match');
    }));
  });

  test('any bytes are a table or damage', () => {
    const mutations = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(mutations, (changes) => {
      const copy = Buffer.from(good);
      changes.forEach(([at, value]) => copy.set([value], at));
      try {
        tableEntries(copy);
      } catch (error) {
        expect(error).toBeInstanceOf(DamageError);
      }
    }), { numRuns: 500 });
  });

  /** An index that leads to its first block twice, as a small table that never ends would. */
  function twice(): Buffer {
    const contents = block([['a', Buffer.alloc(1)]]);
    const handle = Buffer.concat([varint(0), varint(contents.length)]);
    const index = block([['a', handle], ['b', handle]], 1);
    const parts = [contents, index].map((part) => {
      const checked = Buffer.concat([part, Buffer.from([0])]);
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32LE(maskedCrc32c(checked));
      return Buffer.concat([checked, checksum]);
    });
    const handles = Buffer.concat([varint(0), varint(0), varint(parts[0].length), varint(index.length)]);
    return Buffer.concat([...parts, handles, Buffer.alloc(40 - handles.length), good.subarray(-8)]);
  }
});

describe('damage to a block is told:', () => {
  const restarts = Buffer.from(Uint32Array.from([0, 1]).buffer);

  test.each<[string, Buffer, string]>([
    ['too few bytes', Buffer.alloc(3), '3 bytes are too few for a block'],
    ['more restarts than there is room for', Buffer.from([0, 0, 0, 1]), `a block of 4 bytes has no room for ${2 ** 24} restarts`],
    ['a first key that shares', Buffer.concat([Buffer.from([1, 0, 0]), restarts]), 'a key shares 1 bytes with one of 0'],
    ['a key that shares less than nothing', Buffer.concat([varint(-1), Buffer.from([0, 0]), restarts]), 'a key shares -1 bytes with one of 0'],
    ['a key beyond the end', Buffer.concat([Buffer.from([0, 9, 0]), restarts]), 'a length of 9 bytes runs past the end, 0 bytes away'],
    ['a value beyond the end', Buffer.concat([Buffer.from([0, 0, 9]), restarts]), 'a length of 9 bytes runs past the end, 0 bytes away'],
    ['a value of a negative size', Buffer.concat([Buffer.from([0, 0]), varint(-5), restarts]), 'a length of -5 bytes runs past the end, 0 bytes away'],
    ['an entry that is cut off', Buffer.concat([Buffer.from([0]), restarts]), 'the data ends within a number'],
  ])('%s', (_, contents, problem) => {
    expect(damageOf(() => blockEntries(contents)).message).toBe(problem);
  });

  test('keys that are far larger together than the block', () => {
    const long = Buffer.alloc(2000, 'k');
    const entries = Array.from({ length: 400 }, (_, index): Entry => [
      Buffer.concat([long, Buffer.from([index / 256, index % 256])]), Buffer.alloc(0),
    ]);
    expect(damageOf(() => blockEntries(block(entries, 400))).message).toBe('the keys of a block are far larger than the block');
  });

  test('any bytes are a block or damage', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        blockEntries(Buffer.concat([bytes, restarts]));
      } catch (error) {
        expect(error).toBeInstanceOf(DamageError);
      }
    }), { numRuns: 1000 });
  });
});
