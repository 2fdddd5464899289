import * as zlib from 'node:zlib';
import { fflate } from './bundled';
import { crc32 } from './crc32';
import type { ByteSink } from './packing-sinks';

/** As much as the library is sure to make a single block of. */
const BLOCK_SIZE = 21_000;

/** What is looked at, at once, to decide whether to deflate it. */
const PIECE_SIZE = 12 * BLOCK_SIZE;

/** How much of a piece is deflated to find out: two parts of this size. */
const SAMPLE_SIZE = 4 * 1024;

/** A piece whose sample shrinks by less is stored as it is: what it would save isn't worth the time. */
const LEAST_SAVING = 0.1;

/** The level of tools that are asked for none. */
const LEVEL = 6;

/** Enough for a block; given, so that it does not depend on how the library computes it. */
const MEMORY = 2;

/** A stored block's length has 16 bits. */
const STORED_SIZE = 0xffff;

/** A single member without name and time: RFC 1952. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

/** An empty stored block that says it is the last one: RFC 1951. */
const LAST_BLOCK = Uint8Array.of(1, 0, 0, 0xff, 0xff);

/** An empty stored block whose first bits are in the byte before, or need one of their own. */
const ALIGNMENTS = [Uint8Array.of(0, 0, 0xff, 0xff), Uint8Array.of(0, 0, 0, 0xff, 0xff)];

/**
 * Compresses with gzip, to the same bytes on every machine.
 *
 * What hardly shrinks, such as the weights of a network, is stored, which is as fast as the disk.
 */
export class GzipSink implements ByteSink {
  private readonly sample = new Uint8Array(2 * SAMPLE_SIZE);
  private piece = Buffer.alloc(PIECE_SIZE);
  private spare = Buffer.alloc(PIECE_SIZE);
  private used = 0;
  private crc = 0;
  private size = 0;
  private last?: { readonly piece: Buffer; readonly deflated: readonly Uint8Array[] };

  constructor(private readonly sink: ByteSink) {
    sink.write(HEADER);
  }

  public write(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + PIECE_SIZE - this.used);
      this.piece.set(part, this.used);
      this.used += part.length;
      from += part.length;
      if (this.used === PIECE_SIZE) {
        this.writePiece();
      }
    }
  }

  /** Writes what is left; nothing can be written after it. */
  public end(): void {
    if (this.used > 0) {
      this.writePiece();
    }
    this.sink.write(LAST_BLOCK);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.crc, 0);
    trailer.writeUInt32LE(this.size % 2 ** 32, 4);
    this.sink.write(trailer);
  }

  private writePiece(): void {
    const piece = this.piece.subarray(0, this.used);
    this.used = 0;
    this.crc = crc32(piece, this.crc);
    this.size += piece.length;
    if (this.last?.piece.equals(piece)) {
      // nothing but zeros, as a rule
      this.last.deflated.forEach((block) => this.sink.write(block));
    } else if (this.shrinks(piece)) {
      this.last = { piece, deflated: deflate(piece) };
      this.last.deflated.forEach((block) => this.sink.write(block));
      [this.piece, this.spare] = [this.spare, this.piece];
    } else {
      store(piece).forEach((block) => this.sink.write(block));
    }
  }

  private shrinks(piece: Uint8Array): boolean {
    let sample = piece;
    if (piece.length > this.sample.length) {
      const between = Math.floor((piece.length - 2 * SAMPLE_SIZE) / 3);
      this.sample.set(piece.subarray(between, between + SAMPLE_SIZE));
      this.sample.set(piece.subarray(piece.length - between - SAMPLE_SIZE, piece.length - between), SAMPLE_SIZE);
      sample = this.sample;
    }
    return fflate().deflateSync(sample, { level: 1, mem: MEMORY }).length < sample.length * (1 - LEAST_SAVING);
  }
}

function deflate(piece: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < piece.length; from += BLOCK_SIZE) {
    const content = piece.subarray(from, from + BLOCK_SIZE);
    blocks.push(...deflateBlock(content) ?? store(content));
  }
  return blocks;
}

/**
 * A block that another one can follow; undefined where the library's makes none.
 *
 * The library's own streams, which should give this, are at times damaged. What it makes of a whole text is not, but ends
 * the stream: its first bit says so, and where its last bit is only shows when it is inflated.
 */
function deflateBlock(content: Uint8Array): Uint8Array[] | undefined {
  const block = fflate().deflateSync(content, { level: LEVEL, mem: MEMORY });
  block[0] -= block[0] % 2;
  return ALIGNMENTS.map((alignment) => [block, alignment]).find((blocks) => inflatesTo(blocks, content));
}

function inflatesTo(blocks: Uint8Array[], content: Uint8Array): boolean {
  try {
    // the first byte of what follows shows that the stream goes on
    const inflated = zlib.inflateRawSync(Buffer.concat([...blocks, ...store(content.subarray(0, 1)), LAST_BLOCK]));
    return inflated.length === content.length + 1 && inflated[content.length] === content[0] && inflated.subarray(0, -1).equals(content);
  } catch {
    return false;
  }
}

function store(content: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < content.length; from += STORED_SIZE) {
    const part = content.subarray(from, from + STORED_SIZE);
    const header = Buffer.alloc(5);
    header.writeUInt16LE(part.length, 1);
    header.writeUInt16LE(STORED_SIZE - part.length, 3);
    blocks.push(header, part);
  }
  return blocks;
}
