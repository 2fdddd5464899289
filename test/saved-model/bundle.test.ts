import * as fc from 'fast-check';
import { bundleEntry, bundleIndex, damageOf, type Entry, field, integerField, table } from './support';
import { readBundle } from '../../src/saved-model/bundle';
import { DamageError } from '../../src/saved-model/errors';

const FLOAT = 1;
const STRING = 7;

/** The key of a slice of a two-dimensional tensor, which starts at a row and has all columns. */
function sliceKey(name: Buffer, start: number): Buffer {
  const escaped = [...name].flatMap((byte) => byte === 0 ? [0, 255] : byte === 255 ? [255, 0] : [byte]);
  return Buffer.from([0, ...escaped, 0, 1, 1, 2, 128 + start, 129, 128, 127]);
}

/** What stands for a tensor that is stored in so many slices. */
function slicedEntry(dtype: number, shape: number[], slices: number): Buffer {
  return Buffer.concat([integerField(1, dtype), bundleEntry(dtype, shape, { size: 0 }), ...Array.from({ length: slices }, () => field(7, field(1)))]);
}

function tensors(...entries: Entry[]) {
  return readBundle(bundleIndex(entries)).tensors.map(({ extents, ...tensor }) => ({ ...tensor, sizes: extents.map(({ size }) => size) }));
}

describe('the index of a bundle', () => {
  test('gives each tensor with its place', () => {
    expect(readBundle(bundleIndex([
      ['a', bundleEntry(FLOAT, [2, 3], { offset: 8, size: 24 })],
      ['b', bundleEntry(9, [], { shard: 1, size: 8 })],
    ], integerField(1, 2)))).toEqual({
      shardCount: 2,
      tensors: [
        { name: 'a', dtype: 'DT_FLOAT', shape: [2, 3], isSliced: false, extents: [{ shardId: 0, offset: 8, size: 24, crc32c: 0x12345678 }] },
        { name: 'b', dtype: 'DT_INT64', shape: [], isSliced: false, extents: [{ shardId: 1, offset: 0, size: 8, crc32c: 0x12345678 }] },
      ],
    });
  });

  test('gives tensors of strings, whose size depends on the strings', () => {
    expect(tensors(['s', bundleEntry(STRING, [2], { size: 15 })])).toEqual([{ name: 's', dtype: 'DT_STRING', shape: [2], isSliced: false, sizes: [15] }]);
  });

  test('gives tensors of types that are not known', () => {
    expect(tensors(['s', bundleEntry(99, [2], { size: 3 })])).toEqual([{ name: 's', dtype: 'DT_99', shape: [2], isSliced: false, sizes: [3] }]);
  });

  test('gives tensors without elements', () => {
    expect(tensors(['e', bundleEntry(FLOAT, [0, 7], { size: 0 })])).toEqual([{ name: 'e', dtype: 'DT_FLOAT', shape: [0, 7], isSliced: false, sizes: [0] }]);
  });

  test.each([Buffer.from('w'), Buffer.from('a\0b'), Buffer.from('\u00ff')])('gives a partitioned variable named %j once, with its slices', (name) => {
    expect(tensors(
      [sliceKey(name, 0), bundleEntry(FLOAT, [3, 3], { size: 36 })],
      [sliceKey(name, 3), bundleEntry(FLOAT, [2, 3], { offset: 36, size: 24 })],
      [name, slicedEntry(FLOAT, [5, 3], 2)],
    )).toEqual([{ name: name.toString(), dtype: 'DT_FLOAT', shape: [5, 3], isSliced: true, sizes: [36, 24] }]);
  });

  test('is read as TensorFlow writes it, with a partitioned variable', () => {
    // tf.compat.v1.train.Saver of: w, float32 [5, 3] in two parts; b, int64 [3]; s, string [2]
    const index = 'AAAGCAEaAggBAAoVAHcAAQECgIOAgwgBEggSAggDEgIIAyAhKCQ1MML4kAYEFYOCgIMIARIIEgIIAhICCAMgRSgYNeC++xgAAQ9iCAkSBBICCAMoGDXP9F98'
      + 'AAERcwgHEgQSAggCIBgoCTXVMNhfAAEidwgBEggSAggFEgIIAzoICgIQAwoCEAM6CgoECAMQAgoCEAMAAAAAAQAAAABle4zlAAAAAAEAAAAAwPKhsAABA3gA'
      + 'nQEAAAAAAQAAAABC2aOCogEIrwEPAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFf7gIskdUfb';
    expect(readBundle(Buffer.from(index, 'base64'))).toEqual({
      shardCount: 1,
      tensors: [
        { name: 'b', dtype: 'DT_INT64', shape: [3], isSliced: false, extents: [{ shardId: 0, offset: 0, size: 24, crc32c: 0x7c5ff4cf }] },
        { name: 's', dtype: 'DT_STRING', shape: [2], isSliced: false, extents: [{ shardId: 0, offset: 24, size: 9, crc32c: 0x5fd830d5 }] },
        {
          name: 'w',
          dtype: 'DT_FLOAT',
          shape: [5, 3],
          isSliced: true,
          extents: [
            { shardId: 0, offset: 33, size: 36, crc32c: 0x90f8c230 },
            { shardId: 0, offset: 69, size: 24, crc32c: 0x18fbbee0 },
          ],
        },
      ],
    });
  });
});

describe('damage to an index is told:', () => {
  const one = (entry: Buffer) => bundleIndex([['v', entry]]);

  test.each<[string, Buffer, string]>([
    ['no shards', bundleIndex([], integerField(1, 0)), 'it has 0 shards'],
    ['big-endian numbers', bundleIndex([], Buffer.concat([integerField(1, 1), integerField(2, 1)])),
      'its numbers are big-endian, which nearly no machine reads'],
    ['a newer version of the format', bundleIndex([], Buffer.concat([integerField(1, 1), field(3, integerField(1, 3), integerField(2, 2))])),
      'it is in version 2 of the format, where 1 is known'],
    ['a shard beyond the last', one(bundleEntry(FLOAT, [], { shard: 1, size: 4 })), "tensor 'v' is in shard 1 of 1"],
    ['a negative shard', one(bundleEntry(FLOAT, [], { shard: -1, size: 4 })), "tensor 'v' is in shard -1 of 1"],
    ['a negative offset', one(bundleEntry(FLOAT, [], { offset: -4, size: 4 })), "tensor 'v' takes 4 bytes at -4"],
    ['a negative size', one(bundleEntry(FLOAT, [], { size: -4 })), "tensor 'v' takes -4 bytes at 0"],
    ['an end beyond 2^53', one(bundleEntry(STRING, [], { offset: 2 ** 53 - 1, size: 1 })), `tensor 'v' takes 1 bytes at ${2 ** 53 - 1}`],
    ['an offset beyond 2^53', one(bundleEntry(STRING, [], { offset: 2n ** 62n, size: 1 })), `the number ${2n ** 62n} is not possible`],
    ['a size that does not go with the shape', one(bundleEntry(FLOAT, [2, 3], { size: 23 })),
      "tensor 'v' (DT_FLOAT [2, 3]) takes 23 bytes, where it should take 24"],
    ['a shape beyond all numbers', one(bundleEntry(FLOAT, [2 ** 52, 2 ** 52, 2 ** 52], { size: 4 })),
      `tensor 'v' (DT_FLOAT [${2 ** 52}, ${2 ** 52}, ${2 ** 52}]) takes 4 bytes, where it should take ${4 * 2 ** 156}`],
    ['an unknown dimension', one(bundleEntry(FLOAT, [-1], { size: 4 })), "tensor 'v' has no definite shape"],
    ['an unknown rank', one(bundleEntry(FLOAT, null, { size: 4 })), "tensor 'v' has no definite shape"],
    ['an entry that is none', one(field(1, 'x')), 'field BundleEntryProto.dtype has wire type 2, not 0'],
    ['a slice that is missing', bundleIndex([
      [sliceKey(Buffer.from('v'), 0), bundleEntry(FLOAT, [1, 1], { size: 4 })],
      ['v', slicedEntry(FLOAT, [2, 1], 2)],
    ]), "tensor 'v' is stored in 2 slices, of which it has 1"],
    ['all slices missing', one(slicedEntry(FLOAT, [2, 1], 2)), "tensor 'v' is stored in 2 slices, of which it has 0"],
    ['a slice in a shard beyond the last', bundleIndex([[sliceKey(Buffer.from('v'), 0), bundleEntry(FLOAT, [1], { shard: 5, size: 4 })]]),
      "a slice of tensor 'v' is in shard 5 of 1"],
    ['a slice with an endless name', bundleIndex([[Buffer.from([0, 97, 98]), bundleEntry(FLOAT, [1], { size: 4 })]]),
      'the name of a sliced tensor has no end'],
  ])('%s', (_, index, problem) => {
    expect(damageOf(() => readBundle(index)).message).toBe(problem);
  });

  test.each<[string, Entry[]]>([['entries', [['k', integerField(1, 1)]]], ['none', []]])('no header but %s', (_, entries) => {
    expect(damageOf(() => readBundle(table(entries))).message).toBe('it has no header');
  });

  test('any entry is a tensor or damage', () => {
    const entry = bundleEntry(FLOAT, [2, 3], { size: 24 });
    const mutations = fc.array(fc.tuple(fc.nat(entry.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(mutations, fc.boolean(), (changes, isSlice) => {
      const copy = Buffer.from(entry);
      changes.forEach(([at, value]) => copy.set([value], at));
      try {
        readBundle(bundleIndex([[isSlice ? sliceKey(Buffer.from('v'), 0) : 'v', copy]]));
      } catch (error) {
        expect(error).toBeInstanceOf(DamageError);
      }
    }), { numRuns: 1000 });
  });
});
