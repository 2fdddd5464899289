import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { maskedCrc32c } from '../../src/saved-model/crc32c';
import { DamageError, SavedModelError } from '../../src/saved-model/errors';

/** The directory of the models that TensorFlow made. */
export const MODELS = path.join(__dirname, '..', 'fixtures', 'models');

/** One of these models in short: two variables, one signature. */
export const SMALL_MODEL = path.join(MODELS, 'versions', '1');

/** A directory that is removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'saved-model-test-'));
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Makes empty files, and directories where a path ends in a slash. */
export function makeTree(root: string, ...paths: string[]): string {
  for (const relative of paths) {
    const target = path.join(root, relative);
    fs.mkdirSync(relative.endsWith('/') ? target : path.dirname(target), { recursive: true });
    if (!relative.endsWith('/')) {
      fs.writeFileSync(target, '');
    }
  }
  return root;
}

/** The error that an action ends in, which must be one that tells its user what is wrong. */
export function savedModelErrorOf(action: () => unknown): SavedModelError {
  const error = errorOf(action);
  if (!(error instanceof SavedModelError)) {
    throw error;
  }
  return error;
}

/** The error that an action ends in, which must be one about its bytes. */
export function damageOf(action: () => unknown): DamageError {
  const error = errorOf(action);
  if (!(error instanceof DamageError)) {
    throw error;
  }
  return error;
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('there was no error');
}

// ----- protocol buffers ------------------------------------------------------------------------

export function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

export function integerField(number: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

export function fixed32Field(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return Buffer.concat([varint(number * 8 + 5), bytes]);
}

/** A text, bytes, or the fields of a message. */
export function field(number: number, ...parts: ReadonlyArray<string | Uint8Array>): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** A tensor's shape: null for any rank. */
export function shapeField(number: number, shape: readonly number[] | null): Buffer {
  return field(number, ...shape === null ? [integerField(3, 1)] : shape.map((size) => field(2, integerField(1, size))));
}

// ----- tables ----------------------------------------------------------------------------------

export type Entry = readonly [key: string | Uint8Array, value: Uint8Array];

export interface TableOptions {
  /** How many entries go into a block. */
  readonly entriesPerBlock?: number;
  /** How many entries share parts of their keys. */
  readonly restartInterval?: number;
  /** The compression, by its number, and how to compress. */
  readonly compression?: Compression;
}

type Compression = readonly [type: number, compress: (contents: Buffer) => Buffer];

const UNCOMPRESSED: Compression = [0, (contents) => contents];

/** Entries as in a block of a table, with shared parts of keys left out. */
export function block(entries: readonly Entry[], restartInterval = 16): Buffer {
  const parts: Buffer[] = [];
  const restarts: number[] = [];
  let before = Buffer.alloc(0);
  let length = 0;
  for (const [index, [rawKey, value]] of entries.entries()) {
    const key = Buffer.from(rawKey as Uint8Array);
    let shared = 0;
    if (index % restartInterval === 0) {
      restarts.push(length);
    } else {
      while (shared < Math.min(before.length, key.length) && before[shared] === key[shared]) {
        shared++;
      }
    }
    const part = Buffer.concat([varint(shared), varint(key.length - shared), varint(value.length), key.subarray(shared), value]);
    parts.push(part);
    length += part.length;
    before = key;
  }
  const numbers = Uint32Array.from([...restarts, restarts.length]);
  return Buffer.concat([...parts, Buffer.from(numbers.buffer)]);
}

/** A table as LevelDB writes it. */
export function table(entries: readonly Entry[], options: TableOptions = {}): Buffer {
  const { entriesPerBlock = 100, restartInterval, compression = UNCOMPRESSED } = options;
  const parts: Buffer[] = [];
  let length = 0;
  const append = (contents: Buffer, [type, compress]: Compression) => {
    const checked = Buffer.concat([compress(contents), Buffer.from([type])]);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(maskedCrc32c(checked));
    parts.push(checked, checksum);
    const handle = Buffer.concat([varint(length), varint(checked.length - 1)]);
    length += checked.length + 4;
    return handle;
  };
  const index: Entry[] = [];
  for (let start = 0; start < entries.length; start += entriesPerBlock) {
    const part = entries.slice(start, start + entriesPerBlock);
    index.push([part[part.length - 1][0], append(block(part, restartInterval), compression)]);
  }
  const handles = Buffer.concat([append(block([]), UNCOMPRESSED), append(block(index, 1), UNCOMPRESSED)]);
  return Buffer.concat([...parts, handles, Buffer.alloc(40 - handles.length), Buffer.from('57fb808b247547db', 'hex')]);
}

/** The index of a bundle with one shard, or whatever its header says. */
export function bundleIndex(entries: readonly Entry[], header: Uint8Array = integerField(1, 1), options: TableOptions = {}): Buffer {
  return table([['', header], ...entries], options);
}

/** The place and kind of a tensor, as the index of a bundle has it. */
export function bundleEntry(
  dtype: number, shape: readonly number[] | null, place: { shard?: number; offset?: number | bigint; size: number | bigint },
): Buffer {
  return Buffer.concat([
    integerField(1, dtype),
    shapeField(2, shape),
    integerField(3, place.shard ?? 0),
    integerField(4, place.offset ?? 0),
    integerField(5, place.size),
    fixed32Field(6, 0x12345678),
  ]);
}
