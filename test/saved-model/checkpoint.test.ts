import * as fs from 'node:fs';
import * as path from 'node:path';
import { bundleEntry, bundleIndex, type Entry, field, integerField, makeTree, savedModelErrorOf, SMALL_MODEL, temporaryDirectory } from './support';
import { readVariables } from '../../src/saved-model/checkpoint';

const FLOAT = 1;
const STRING = 7;
const AGAIN = 'copy or export the model again';
const WHOLE = 'copy the whole SavedModel';

const root = temporaryDirectory();
let count = 0;

/** A SavedModel with an index and a data file of so many bytes; its graph is of no interest. */
function model(index: string | Uint8Array | undefined, ...shards: ReadonlyArray<readonly [name: string, content: number | string]>): string {
  const directory = makeTree(path.join(root, String(count++)), 'variables/');
  if (index !== undefined) {
    fs.writeFileSync(path.join(directory, 'variables', 'variables.index'), index);
  }
  for (const [name, content] of shards) {
    fs.writeFileSync(path.join(directory, 'variables', name), typeof content === 'string' ? content : Buffer.alloc(content));
  }
  return directory;
}

const TWO: Entry[] = [['a', bundleEntry(FLOAT, [], { size: 4 })], ['b', bundleEntry(FLOAT, [2], { offset: 4, size: 8 })]];
const SHARD = 'variables.data-00000-of-00001';

function messageFor(directory: string): string {
  return savedModelErrorOf(() => readVariables(directory, true)).message;
}

test('variables are told with the bytes that they take', () => {
  expect(readVariables(model(bundleIndex(TWO), [SHARD, 12]), true)).toEqual([
    { name: 'a', dtype: 'DT_FLOAT', shape: [], bytes: 4 },
    { name: 'b', dtype: 'DT_FLOAT', shape: [2], bytes: 8 },
  ]);
});

test('what TensorFlow keeps for itself is left out', () => {
  const index = bundleIndex([
    ['_CHECKPOINTABLE_OBJECT_GRAPH', bundleEntry(STRING, [], { size: 9 })],
    ['layer/.ATTRIBUTES/OBJECT_CONFIG_JSON', bundleEntry(STRING, [], { offset: 9, size: 9 })],
    ['layer/.ATTRIBUTES/VARIABLE_VALUE', bundleEntry(STRING, [], { offset: 18, size: 9 })],
  ]);
  expect(readVariables(model(index, [SHARD, 27]), true).map(({ name }) => name)).toEqual(['layer/.ATTRIBUTES/VARIABLE_VALUE']);
});

test('a partitioned variable is told with the number of its slices', () => {
  const slice = (start: number) => Buffer.from([0, 119, 0, 1, 1, 1, 128 + start, 129]);
  const index = bundleIndex([
    [slice(0), bundleEntry(FLOAT, [1], { size: 4 })],
    [slice(1), bundleEntry(FLOAT, [1], { shard: 1, size: 4 })],
    ['w', Buffer.concat([bundleEntry(FLOAT, [2], { size: 0 }), field(7), field(7)])],
  ], integerField(1, 2));
  const directory = model(index, ['variables.data-00000-of-00002', 4], ['variables.data-00001-of-00002', 4]);
  expect(readVariables(directory, true)).toEqual([{ name: 'w', dtype: 'DT_FLOAT', shape: [2], bytes: 8, slices: 2 }]);
});

test('a shard that holds nothing need not be there', () => {
  expect(readVariables(model(bundleIndex(TWO, integerField(1, 3)), ['variables.data-00000-of-00003', 12]), true)).toHaveLength(2);
});

test('weights may look like anything', () => {
  expect(readVariables(model(bundleIndex([TWO[0]]), [SHARD, '{"a": 1}']), true)).toHaveLength(1);
});

describe('a model without a checkpoint', () => {
  test.each([undefined, 'not there'])('is fine when its graph has no variables', (index) => {
    const directory = index === undefined ? model(undefined) : path.join(root, index);
    expect(readVariables(directory, false)).toEqual([]);
  });

  test('is refused when its graph has variables', () => {
    const directory = path.join(root, 'empty');
    fs.mkdirSync(directory);
    expect(messageFor(directory)).toBe(`${directory} has no directory \`variables\`, but its graph has variables; ${WHOLE}`);
  });

  test('is refused when its index is missing', () => {
    const empty = model(undefined);
    expect(messageFor(empty)).toBe(`${empty}/variables/variables.index is not there, but the graph has variables (the directory is empty); ${WHOLE}`);
    const some = model(undefined, ...['f', 'e', 'd', 'c', 'b', 'a'].map((name) => [name, 1] as const));
    expect(messageFor(some))
      .toBe(`${some}/variables/variables.index is not there, but the graph has variables (there is a, b, c, d, e, ...); ${WHOLE}`);
  });
});

describe('an index is refused that is', () => {
  const good = fs.readFileSync(path.join(SMALL_MODEL, 'variables', 'variables.index'));
  const flipped = Buffer.from(good);
  flipped[10] += 1;

  test.each<[string, string | Uint8Array, string, string]>([
    ['empty', '', 'is empty', AGAIN],
    ['garbage', Buffer.alloc(100), 'is not the index of a checkpoint, or is damaged: its last 8 bytes are not the mark of a table', AGAIN],
    ['cut off', good.subarray(0, -1), 'is not the index of a checkpoint, or is damaged: its last 8 bytes are not the mark of a table', AGAIN],
    ['cut off to nearly nothing', good.subarray(0, 5), 'is not the index of a checkpoint, or is damaged: 5 bytes are too few for a table', AGAIN],
    ['changed in one bit', flipped, 'is not the index of a checkpoint, or is damaged: the checksum of the block at 0 does not match', AGAIN],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', 'is a Git LFS pointer, not the file itself',
      'fetch the file with `git lfs pull`'],
    ['text', 'hello', 'is text, not a protocol buffer', 'export the model as a SavedModel, with `tf.saved_model.save(model, directory)`'],
  ])('%s', (_, index, problem, remedy) => {
    const directory = model(index, [SHARD, 100]);
    expect(messageFor(directory)).toBe(`${directory}/variables/variables.index ${problem}; ${remedy}`);
  });

  test('a directory', () => {
    const directory = makeTree(model(undefined), 'variables/variables.index/');
    expect(messageFor(directory)).toBe(`${directory}/variables/variables.index is a directory, not a file; ${AGAIN}`);
  });
});

describe('a data file is refused that is', () => {
  test.each<[string, Array<readonly [string, number | string]>, string]>([
    ['missing', [], `is not there, but holds tensor 'b'; ${WHOLE}`],
    ['one byte short', [[SHARD, 11]], `has 11 bytes, but tensor 'b' ends at 12; ${AGAIN}: the file is cut off`],
    ['empty', [[SHARD, 0]], `has 0 bytes, but tensor 'b' ends at 12; ${AGAIN}: the file is cut off`],
    ['a Git LFS pointer', [[SHARD, 'version https://git-lfs.github.com/spec/v1\n']],
      'is a Git LFS pointer, not the file itself; fetch the file with `git lfs pull`'],
  ])('%s', (_, shards, message) => {
    const directory = model(bundleIndex(TWO), ...shards);
    expect(messageFor(directory)).toBe(`${directory}/variables/${SHARD} ${message}`);
  });

  test.each([12, 13])('but %d bytes are enough', (size) => {
    expect(readVariables(model(bundleIndex(TWO), [SHARD, size]), true)).toHaveLength(2);
  });

  test('one of several', () => {
    const index = bundleIndex([['a', bundleEntry(FLOAT, [], { size: 4 })], ['b', bundleEntry(FLOAT, [], { shard: 1, size: 4 })]], integerField(1, 2));
    const directory = model(index, ['variables.data-00000-of-00002', 4]);
    expect(messageFor(directory)).toBe(`${directory}/variables/variables.data-00001-of-00002 is not there, but holds tensor 'b'; ${WHOLE}`);
  });
});
