import type { Deflate } from 'fflate';
import { fflate } from './bundled';
import { crc32 } from './crc32';
import type { ByteSink } from './packing-sinks';

/** What is looked at, at once, to decide whether to deflate it. */
const PIECE_SIZE = 256 * 1024;

/** How much of a piece is deflated to find out: two parts of this size. */
const SAMPLE_SIZE = 4 * 1024;

/** A piece whose sample shrinks by less is stored as it is: what it would save isn't worth the time. */
const LEAST_SAVING = 0.1;

/** The level of tools that are asked for none. */
const LEVEL = 6;

/** As much memory as makes the fewest collisions; given, so that no formula of the library chooses it. */
const MEMORY = 8;

/** A stored block's length has 16 bits. */
const BLOCK_SIZE = 0xffff;

/** A single member without name and time: RFC 1952. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

/** An empty stored block that says it is the last one: RFC 1951. */
const LAST_BLOCK = Uint8Array.of(1, 0, 0, 0xff, 0xff);

/**
 * Compresses with gzip, to the same bytes on every machine.
 *
 * What hardly shrinks, such as the weights of a network, is stored, which is as fast as the disk.
 */
export class GzipSink implements ByteSink {
  private readonly piece = new Uint8Array(PIECE_SIZE);
  private readonly sample = new Uint8Array(2 * SAMPLE_SIZE);
  private used = 0;
  private crc = 0;
  private size = 0;
  private deflate?: Deflate;

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
    this.endDeflate();
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
    if (this.shrinks(piece)) {
      this.deflate ??= new (fflate().Deflate)({ level: LEVEL, mem: MEMORY }, (deflated) => this.sink.write(deflated));
      this.deflate.push(piece);
    } else {
      this.endDeflate();
      this.store(piece);
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
    return fflate().deflateSync(sample, { level: 1, mem: 0 }).length < sample.length * (1 - LEAST_SAVING);
  }

  private endDeflate(): void {
    // up to a byte's end, where a stored block can follow
    this.deflate?.flush(true);
    this.deflate = undefined;
  }

  private store(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; from += BLOCK_SIZE) {
      const block = piece.subarray(from, from + BLOCK_SIZE);
      const header = Buffer.alloc(5);
      header.writeUInt16LE(block.length, 1);
      header.writeUInt16LE(BLOCK_SIZE - block.length, 3);
      this.sink.write(header);
      this.sink.write(block);
    }
  }
}
