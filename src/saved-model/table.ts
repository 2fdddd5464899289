import { maskedCrc32c } from './crc32c';
import { DamageError } from './errors';
import { uncompressSnappy } from './snappy';
import { Reader } from './wire';

/*
 * A LevelDB table: blocks of sorted entries, of which the last but the footer is an index of the others.
 *
 * See https://github.com/google/leveldb/blob/main/doc/table_format.md
 */

const FOOTER_BYTES = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');

/** A byte for the compression and a checksum follow on each block. */
const TRAILER_BYTES = 5;
const UNCOMPRESSED = 0;
const SNAPPY = 1;

/** TensorFlow repeats a key in full after at most 16 entries; keys that take up far more than the block are no honest ones. */
const MAX_KEY_EXPANSION = 64;

/** A key and its value. */
export interface TableEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/**
 * The entries of a table, in the order of their keys.
 *
 * @throws DamageError
 */
export function tableEntries(table: Buffer): TableEntry[] {
  if (table.length < FOOTER_BYTES) {
    throw new DamageError(`${table.length} bytes are too few for a table`);
  }
  if (!table.subarray(-MAGIC.length).equals(MAGIC)) {
    throw new DamageError('its last 8 bytes are not the mark of a table');
  }
  const footer = new Reader(table.subarray(-FOOTER_BYTES, -MAGIC.length));
  blockHandle(footer); // of metadata, which nobody writes
  const index = blockEntries(block(table, blockHandle(footer)));

  const entries: TableEntry[] = [];
  let end = 0;
  for (const { value } of index) {
    const handle = blockHandle(new Reader(value));
    // a block that is listed twice would be a small table without an end
    if (handle.offset < end) {
      throw new DamageError(`the blocks at ${handle.offset} and before it overlap`);
    }
    end = handle.offset + handle.size;
    for (const entry of blockEntries(block(table, handle))) {
      const before = entries.at(-1);
      if (before !== undefined && before.key.compare(entry.key) >= 0) {
        throw new DamageError(`the keys in the block at ${handle.offset} are out of order`);
      }
      entries.push(entry);
    }
  }
  return entries;
}

/**
 * The entries of a block, whose keys leave out what they have in common with the key before.
 *
 * @throws DamageError
 */
export function blockEntries(contents: Buffer): TableEntry[] {
  if (contents.length < 4) {
    throw new DamageError(`${contents.length} bytes are too few for a block`);
  }
  // the places where keys are in full serve a search; here everything is read
  const restarts = contents.readUInt32LE(contents.length - 4);
  const end = contents.length - 4 - 4 * restarts;
  if (end < 0) {
    throw new DamageError(`a block of ${contents.length} bytes has no room for ${restarts} restarts`);
  }
  const reader = new Reader(contents.subarray(0, end));
  const entries: TableEntry[] = [];
  let key: Buffer = Buffer.alloc(0);
  let room = (contents.length + 1024) * MAX_KEY_EXPANSION;
  while (!reader.atEnd) {
    const shared = reader.varint();
    const unshared = reader.varint();
    const size = reader.varint();
    if (shared < 0 || shared > key.length) {
      throw new DamageError(`a key shares ${shared} bytes with one of ${key.length}`);
    }
    key = Buffer.concat([key.subarray(0, shared), reader.take(unshared)]);
    room -= key.length;
    if (room < 0) {
      throw new DamageError('the keys of a block are far larger than the block');
    }
    entries.push({ key, value: reader.take(size) });
  }
  return entries;
}

function blockHandle(reader: Reader): BlockHandle {
  return { offset: reader.varint(), size: reader.varint() };
}

function block(table: Buffer, { offset, size }: BlockHandle): Buffer {
  const end = offset + size;
  if (offset < 0 || size < 0 || end + TRAILER_BYTES > table.length - FOOTER_BYTES) {
    throw new DamageError(`a block of ${size} bytes at ${offset} runs past the end`);
  }
  const checked = table.subarray(offset, end + 1);
  if (maskedCrc32c(checked) !== table.readUInt32LE(end + 1)) {
    throw new DamageError(`the checksum of the block at ${offset} does not match`);
  }
  const contents = table.subarray(offset, end);
  switch (table[end]) {
    case UNCOMPRESSED:
      return contents;
    case SNAPPY:
      return uncompressSnappy(contents);
    default:
      throw new DamageError(`the block at ${offset} is compressed in an unknown way (${table[end]})`);
  }
}
