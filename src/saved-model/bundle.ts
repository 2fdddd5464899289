import { dataType } from './data-types';
import { BUNDLE_ENTRY, BUNDLE_HEADER } from './descriptors';
import { DamageError } from './errors';
import { tableEntries } from './table';
import { decode } from './wire';

/*
 * The index of a TensorBundle, the format of TensorFlow's checkpoints: a LevelDB table of the tensors by name, whose
 * bytes are in shards beside it.
 *
 * See https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/tensor_bundle/tensor_bundle.h
 */

/** The version of the format that this reads; a bundle says which version its readers need at least. */
const VERSION = 1;

/** Keys of slices start with this byte, which no tensor's name does. */
const SLICE_KEY = 0;

/** Where the bytes of a tensor, or of one slice of it, are. */
export interface Extent {
  readonly shardId: number;
  readonly offset: number;
  readonly size: number;
  /** The masked CRC-32C of the bytes. */
  readonly crc32c: number;
}

/** One tensor of a bundle. */
export interface BundleTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** One for a tensor that is stored as a whole, else one for each slice. */
  readonly extents: readonly Extent[];
  /** Whether the tensor is stored in slices, as partitioned variables are. */
  readonly isSliced: boolean;
}

/** What the index of a bundle says. */
export interface Bundle {
  readonly shardCount: number;
  /** In the order of their names, byte by byte. */
  readonly tensors: readonly BundleTensor[];
}

/**
 * Reads the index of a bundle.
 *
 * @throws DamageError
 */
export function readBundle(index: Buffer): Bundle {
  const [header, ...rest] = tableEntries(index);
  if (header === undefined || header.key.length > 0) {
    throw new DamageError('it has no header');
  }
  const { numShards, endianness, version } = decode(BUNDLE_HEADER, header.value);
  if (numShards < 1) {
    throw new DamageError(`it has ${numShards} shards`);
  }
  if (endianness !== 0) {
    throw new DamageError('its numbers are big-endian, which nearly no machine reads');
  }
  if (version !== undefined && version.minConsumer > VERSION) {
    throw new DamageError(`it is in version ${version.minConsumer} of the format, where ${VERSION} is known`);
  }

  const slices = new Map<string, Extent[]>();
  const wholes = rest.filter(({ key, value }) => {
    if (key[0] !== SLICE_KEY) {
      return true;
    }
    const name = nameInSliceKey(key);
    const { shardId, offset, size, crc32c } = decode(BUNDLE_ENTRY, value);
    const extent = checkedExtent(`a slice of tensor '${name}'`, { shardId, offset, size, crc32c }, numShards);
    const extents = slices.get(name);
    if (extents === undefined) {
      slices.set(name, [extent]);
    } else {
      extents.push(extent);
    }
    return false;
  });
  const tensors = wholes.map(({ key, value }) => bundleTensor(key.toString('utf8'), value, numShards, slices));
  return { shardCount: numShards, tensors };
}

function bundleTensor(name: string, value: Buffer, shardCount: number, slices: ReadonlyMap<string, readonly Extent[]>): BundleTensor {
  const entry = decode(BUNDLE_ENTRY, value);
  const { name: dtype, size: elementBytes } = dataType(entry.dtype);
  const shape = entry.shape?.dim.map(({ size }) => size) ?? [];
  if (entry.shape?.unknownRank === true || shape.some((size) => size < 0)) {
    throw new DamageError(`tensor '${name}' has no definite shape`);
  }
  const isSliced = entry.slices.length > 0;
  const extents = isSliced ? slices.get(name) ?? [] : [checkedExtent(`tensor '${name}'`, entry, shardCount)];
  if (isSliced && extents.length !== entry.slices.length) {
    throw new DamageError(`tensor '${name}' is stored in ${entry.slices.length} slices, of which it has ${extents.length}`);
  }
  const expected = elementBytes !== undefined ? shape.reduce((product, size) => product * size, elementBytes) : undefined;
  const actual = extents.reduce((sum, { size }) => sum + size, 0);
  if (expected !== undefined && actual !== expected) {
    throw new DamageError(`tensor '${name}' (${dtype} [${shape.join(', ')}]) takes ${actual} bytes, where it should take ${expected}`);
  }
  return { name, dtype, shape, extents, isSliced };
}

function checkedExtent(what: string, { shardId, offset, size, crc32c }: Extent, shardCount: number): Extent {
  if (shardId < 0 || shardId >= shardCount) {
    throw new DamageError(`${what} is in shard ${shardId} of ${shardCount}`);
  }
  if (offset < 0 || size < 0 || !Number.isSafeInteger(offset + size)) {
    throw new DamageError(`${what} takes ${size} bytes at ${offset}`);
  }
  return { shardId, offset, size, crc32c };
}

/** The name of the tensor in the key of a slice, where 00 ff stands for 00, ff 00 for ff, and 00 01 ends it. */
function nameInSliceKey(key: Buffer): string {
  const name: number[] = [];
  for (let at = 1; at + 1 < key.length; at++) {
    const byte = key[at];
    if (byte !== 0 && byte !== 255) {
      name.push(byte);
      continue;
    }
    at++;
    if (byte === 0 && key[at] === 1) {
      return Buffer.from(name).toString('utf8');
    }
    name.push(byte);
  }
  throw new DamageError('the name of a sliced tensor has no end');
}
