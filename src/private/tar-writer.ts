import { tarHeader, tarPax } from './bundled';
import type { ByteSink } from './packing-sinks';

const BLOCK_SIZE = 512;

/** The largest size that a plain header holds. */
const PLAIN_SIZE = 8 * 2 ** 30 - 1;

/** Modes are the same on every system, whatever the files have. */
const MODES = { File: 0o644, Directory: 0o755, SymbolicLink: 0o777, Link: 0o644 };

/** Every entry has the same time, so that the same files make the same archive. */
const TIME = new Date(0);

/** Writes a tar archive that is the same for the same files: no owners, no times, no modes of theirs. */
export class TarWriter implements ByteSink {
  private left = 0;
  private padding = 0;

  constructor(private readonly sink: ByteSink) {}

  /** Adds a directory. */
  public directory(path: string): void {
    this.header({ type: 'Directory', path: `${path}/`, size: 0 });
  }

  /** Adds a file, whose bytes are to be written next. */
  public file(path: string, size: number): void {
    this.header({ type: 'File', path, size });
  }

  /** Adds a link that says where to look, relative to itself. */
  public symbolicLink(path: string, target: string): void {
    this.header({ type: 'SymbolicLink', path, size: 0, linkpath: target });
  }

  /** Adds another name of a file that was added before. */
  public hardLink(path: string, target: string): void {
    this.header({ type: 'Link', path, size: 0, linkpath: target });
  }

  /** Writes bytes of the file that was added last. */
  public write(chunk: Uint8Array): void {
    if (chunk.length > this.left) {
      throw new Error(`the file has ${chunk.length - this.left} bytes more than its header says`);
    }
    this.left -= chunk.length;
    this.sink.write(chunk);
  }

  /** Ends the archive. */
  public end(): void {
    this.endFile();
    this.sink.write(Buffer.alloc(2 * BLOCK_SIZE));
  }

  private header(entry: { type: keyof typeof MODES; path: string; size: number; linkpath?: string }): void {
    this.endFile();
    const header = new (tarHeader().Header)({
      ...entry, mode: MODES[entry.type], uid: 0, gid: 0, mtime: TIME, uname: '', gname: '', devmaj: 0, devmin: 0,
    });
    if (header.encode()) {
      const { path, linkpath, size } = entry;
      this.sink.write(new (tarPax().Pax)({ path, linkpath, size: size > PLAIN_SIZE ? size : undefined }).encode());
    }
    this.sink.write(header.block!);
    this.left = entry.size;
    this.padding = (BLOCK_SIZE - entry.size % BLOCK_SIZE) % BLOCK_SIZE;
  }

  private endFile(): void {
    if (this.left > 0) {
      throw new Error(`the file has ${this.left} bytes less than its header says`);
    }
    if (this.padding > 0) {
      this.sink.write(Buffer.alloc(this.padding));
      this.padding = 0;
    }
  }
}
