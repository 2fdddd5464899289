/* eslint-disable no-bitwise -- a checksum is made of bits */
import * as zlib from 'node:zlib';

/** The CRC-32 of all bytes so far, from the one before this chunk. */
export function crc32(chunk: Uint8Array, before: number): number {
  // Node before 20.15 has none
  return zlib.crc32 !== undefined ? zlib.crc32(chunk, before) : crc32ByTable(chunk, before);
}

/** The same without help from Node. */
export function crc32ByTable(chunk: Uint8Array, before: number): number {
  table ??= makeTable();
  let crc = ~before;
  for (let i = 0; i < chunk.length; i++) {
    crc = table[(crc ^ chunk[i]) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

let table: Int32Array | undefined;

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return crc;
  });
}
