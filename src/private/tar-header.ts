/** Everything in a tar archive takes a multiple of this. */
export const BLOCK_SIZE = 512;

/** What a header says. */
export interface HeaderFields {
  /** The path as bytes. */
  readonly path: Buffer;
  /** The target of a link as bytes. */
  readonly target: Buffer;
  /** The letter of its type; empty for the oldest archives. */
  readonly flag: string;
  /** How many bytes follow. */
  readonly size: number;
  /** Whether programs disagree about what its path is. */
  readonly ambiguous: boolean;
}

/** Reads a header; undefined where it is none. */
export function readHeader(block: Buffer): HeaderFields | undefined {
  const size = readNumber(block.subarray(124, 136));
  if (size === undefined || !hasChecksum(block)) {
    return undefined;
  }
  const name = text(block, 0, 100);
  const prefix = text(block, 345, 155);
  const posix = block.subarray(257, 263).toString('latin1') === 'ustar\0';
  return {
    path: posix && prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    target: text(block, 157, 100),
    flag: text(block, 156, 1).toString('latin1'),
    size,
    // GNU tar has times here, which Python and others take for the beginning of the path
    ambiguous: !posix && prefix.length > 0,
  };
}

function hasChecksum(block: Buffer): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK_SIZE; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : block[i];
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte; // as some old programs did
  }
  const checksum = readNumber(block.subarray(148, 156));
  return checksum === unsigned || checksum === signed;
}

/** Octal digits, or, where the first bit is set, a binary number; undefined where it is neither. */
function readNumber(field: Buffer): number | undefined {
  if (field[0] === 0x80) {
    const number = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  const digits = text(field, 0, field.length).toString('latin1').trim();
  return /^[0-7]*$/.test(digits) ? parseInt(digits === '' ? '0' : digits, 8) : undefined;
}

function text(block: Buffer, from: number, size: number): Buffer {
  const field = block.subarray(from, from + size);
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end));
}
