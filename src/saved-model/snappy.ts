import { DamageError } from './errors';
import { Reader } from './wire';

/** No three compressed bytes stand for more than 64. */
const MAX_EXPANSION = 22;

/**
 * What a Snappy block stands for.
 *
 * @throws DamageError
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function uncompressSnappy(compressed: Buffer): Buffer {
  const reader = new Reader(compressed);
  const length = reader.varint();
  if (length < 0 || length > compressed.length * MAX_EXPANSION) {
    throw new DamageError(`a compressed block cannot stand for ${length} bytes`);
  }
  const output = Buffer.alloc(length);
  let position = 0;
  const room = (count: number) => {
    if (count > length - position) {
      throw new DamageError(`a compressed block stands for more than its ${length} bytes`);
    }
  };
  while (!reader.atEnd) {
    const tag = reader.byte();
    const rest = Math.floor(tag / 4);
    if (tag % 4 === 0) {
      // up to 59 the length is in the tag, above in the one to four bytes that follow
      const size = rest < 60 ? rest + 1 : unsigned(reader, rest - 59) + 1;
      room(size);
      reader.take(size).copy(output, position);
      position += size;
      continue;
    }
    const size = tag % 4 === 1 ? rest % 8 + 4 : rest + 1;
    const distance = tag % 4 === 1 ? Math.floor(rest / 8) * 256 + unsigned(reader, 1) : unsigned(reader, tag % 4 === 2 ? 2 : 4);
    if (distance === 0 || distance > position) {
      throw new DamageError(`a compressed block copies from ${distance} bytes back, ${position} bytes after its start`);
    }
    room(size);
    // byte by byte, because a copy may reach into what it writes
    for (const end = position + size; position < end; position++) {
      output[position] = output[position - distance];
    }
  }
  if (position !== length) {
    throw new DamageError(`a compressed block stands for ${position} bytes, not its ${length}`);
  }
  return output;
}

function unsigned(reader: Reader, bytes: number): number {
  return reader.take(bytes).readUIntLE(0, bytes);
}
