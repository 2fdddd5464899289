import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

/** How much is read, kept and written at once. */
export const CHUNK_SIZE = 1024 * 1024;

/** Takes bytes one chunk after the other. */
export interface ByteSink {
  /** Takes a chunk, which may be overwritten as soon as this returns. */
  write(chunk: Uint8Array): void;
}

/** Hashes what it is given. */
export class HashSink implements ByteSink {
  private readonly hash = createHash('sha256');

  public write(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  /** The SHA-256 of everything, in hexadecimal. */
  public digest(): string {
    return this.hash.digest('hex');
  }
}

/** Gives each chunk to several others. */
export class TeeSink implements ByteSink {
  private readonly sinks: ByteSink[];

  constructor(...sinks: ByteSink[]) {
    this.sinks = sinks;
  }

  public write(chunk: Uint8Array): void {
    for (const sink of this.sinks) {
      sink.write(chunk);
    }
  }
}

/**
 * Writes a file so that it is either complete or not there, even when the process is killed or another one writes the
 * same file.
 */
export function writeAtomically(target: string, fill: (sink: ByteSink) => void): void {
  const temporary = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  const descriptor = fs.openSync(temporary, 'wx');
  try {
    try {
      const sink = new FileSink(descriptor);
      fill(sink);
      sink.flush();
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

class FileSink implements ByteSink {
  private readonly buffer = Buffer.allocUnsafe(CHUNK_SIZE);
  private used = 0;

  constructor(private readonly descriptor: number) {}

  public write(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + this.buffer.length - this.used);
      this.buffer.set(part, this.used);
      this.used += part.length;
      from += part.length;
      if (this.used === this.buffer.length) {
        this.flush();
      }
    }
  }

  public flush(): void {
    for (let from = 0; from < this.used;) {
      from += fs.writeSync(this.descriptor, this.buffer, from, this.used - from);
    }
    this.used = 0;
  }
}
