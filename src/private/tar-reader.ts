import { PackingError } from './packing-error';
import type { ByteSink } from './packing-sinks';
import { BLOCK_SIZE, HeaderFields, readHeader } from './tar-header';
import { type ExtendedFields, readExtended } from './tar-pax';

/** Names and other fields of an entry are no longer than this. */
const LARGEST_EXTENSION = 1024 * 1024;

/** Something in a tar archive. */
export interface TarEntry {
  /** Its path: no dot, no double slash, nothing in front; the empty text for the root. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symbolicLink' | 'hardLink';
  /** How many bytes follow; none but for files. */
  readonly size: number;
  /** Where a link points to, as the archive says. */
  readonly target: string;
}

/** Is told what is in an archive, in the archive's order. */
export interface TarVisitor {
  /** An entry begins. */
  entry(entry: TarEntry): void;
  /** Bytes of the entry that began last; to be used before this returns. */
  data(chunk: Uint8Array): void;
  /** The entry that began last is over. */
  endEntry(): void;
}

const TYPES: { readonly [flag: string]: TarEntry['type'] } = {
  '0': 'file', '': 'file', '7': 'file', '1': 'hardLink', '2': 'symbolicLink', '5': 'directory',
};

const REFUSED: { readonly [flag: string]: string } = {
  3: 'a device', 4: 'a device', 6: 'a named pipe', S: 'a sparse file', M: 'a part of a file', D: 'an incremental backup',
};

/**
 * Reads a tar archive, and refuses whatever two programs could understand differently: what was checked is what will
 * be unpacked.
 */
export class TarReader implements ByteSink {
  private readonly header = Buffer.alloc(BLOCK_SIZE);
  private headerUsed = 0;
  private left = 0;
  private padding = 0;
  private consume?: (chunk: Uint8Array) => void;
  private finish?: () => void;
  private extended: ExtendedFields = {};
  private ended = false;
  private last = '';
  private blocks = 0;

  constructor(private readonly visitor: TarVisitor) {}

  public write(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length;) {
      if (this.left > 0) {
        from += this.takeData(chunk.subarray(from, from + this.left));
      } else if (this.padding > 0) {
        const skipped = Math.min(this.padding, chunk.length - from);
        this.padding -= skipped;
        from += skipped;
      } else {
        const part = chunk.subarray(from, from + BLOCK_SIZE - this.headerUsed);
        this.header.set(part, this.headerUsed);
        this.headerUsed += part.length;
        from += part.length;
        if (this.headerUsed === BLOCK_SIZE) {
          this.headerUsed = 0;
          this.takeHeader();
        }
      }
    }
  }

  /** Says that nothing follows. */
  public end(): void {
    if (this.left > 0 || (this.headerUsed > 0 && this.blocks > 0) || Object.keys(this.extended).length > 0) {
      throw new PackingError(`is cut off${this.place()}`, 'copy or pack it again');
    }
    if (this.blocks === 0) {
      throw this.noTar();
    }
  }

  private takeData(chunk: Uint8Array): number {
    this.consume!(chunk);
    this.left -= chunk.length;
    if (this.left === 0) {
      this.finish!();
    }
    return chunk.length;
  }

  private takeHeader(): void {
    if (this.header.every((byte) => byte === 0)) {
      this.ended = true;
      this.blocks++;
      return;
    }
    if (this.ended) {
      throw new PackingError(`has entries behind its end${this.place()}, which are not unpacked`, 'pack it as one archive, not several one after the other');
    }
    const fields = readHeader(this.header);
    if (fields === undefined) {
      throw this.blocks === 0 ? this.noTar() : new PackingError(`is damaged${this.place()}: what follows is no tar header`, 'copy or pack it again');
    }
    this.blocks++;
    this.begin(fields);
  }

  private begin(fields: HeaderFields): void {
    switch (fields.flag) {
      case 'x': case 'L': case 'K':
        this.collect(fields, (bytes) => { this.extend(fields.flag, bytes); });
        break;
      case 'g':
        this.collect(fields, (bytes) => {
          const { path, target, size } = this.parse(bytes);
          if (path !== undefined || target !== undefined || size !== undefined) {
            throw new PackingError(`has a global header${this.place()} that renames what follows`, 'pack it with GNU tar or Python');
          }
        });
        break;
      default:
        this.beginEntry(fields);
    }
  }

  private collect(fields: HeaderFields, done: (bytes: Buffer) => void): void {
    if (fields.size > LARGEST_EXTENSION) {
      throw new PackingError(`is damaged${this.place()}: a name has ${fields.size} bytes`, 'copy or pack it again');
    }
    const chunks: Buffer[] = [];
    this.expect(fields.size, (chunk) => { chunks.push(Buffer.from(chunk)); }, () => done(Buffer.concat(chunks)));
  }

  private extend(flag: string, bytes: Buffer): void {
    const more: ExtendedFields = flag === 'x' ? this.parse(bytes) : { [flag === 'L' ? 'path' : 'target']: withoutEnd(bytes) };
    for (const key of Object.keys(more)) {
      if (key in this.extended) {
        throw new PackingError(`has an entry with two names${this.place()}`, 'pack it with GNU tar or Python');
      }
    }
    this.extended = { ...this.extended, ...more };
  }

  private parse(bytes: Buffer): ExtendedFields {
    const fields = readExtended(bytes);
    if (fields === undefined) {
      throw new PackingError(`is damaged${this.place()}: an extended header cannot be read`, 'copy or pack it again');
    }
    if (fields.sparse === true) {
      throw new PackingError(`has a sparse file${this.place()}, which not every program unpacks`, 'pack it without --sparse');
    }
    return fields;
  }

  private beginEntry(fields: HeaderFields): void {
    const extended = this.extended;
    this.extended = {};
    const rawPath = extended.path ?? fields.path;
    this.checkName(rawPath);
    const name = shown(rawPath);
    let type = TYPES[fields.flag];
    if (type === undefined) {
      throw new PackingError(`has ${REFUSED[fields.flag] ?? `an entry of the unknown type "${fields.flag}"`}, ${name}`, 'pack only files, directories and links');
    }
    if (fields.ambiguous && extended.path === undefined) {
      throw new PackingError(`has an entry whose name depends on who reads it, ${name}`, 'pack it with GNU tar or Python');
    }
    if (type === 'file' && rawPath[rawPath.length - 1] === SLASH) {
      type = 'directory'; // how archives before POSIX had it
    }
    const rawTarget = type === 'hardLink' || type === 'symbolicLink' ? extended.target ?? fields.target : Buffer.alloc(0);
    this.checkName(rawTarget);
    const entry = {
      path: cleanPath(rawPath, name),
      type,
      // some programs give links and directories the size of what they stand for
      size: type === 'file' ? extended.size ?? fields.size : 0,
      target: rawTarget.toString(),
    };
    if (entry.path === '' && entry.type !== 'directory') {
      throw new PackingError(`has an entry without a name${this.place()}`, 'pack it again');
    }
    this.last = entry.path;
    this.visitor.entry(entry);
    this.expect(entry.size, (chunk) => this.visitor.data(chunk), () => this.visitor.endEntry());
  }

  private checkName(raw: Buffer): void {
    if (raw.includes(0) || !Buffer.from(raw.toString()).equals(raw)) {
      throw new PackingError(`has an entry whose name is not UTF-8, ${shown(raw)}`, 'rename it');
    }
  }

  private expect(size: number, consume: (chunk: Uint8Array) => void, finish: () => void): void {
    this.left = size;
    this.padding = (BLOCK_SIZE - size % BLOCK_SIZE) % BLOCK_SIZE;
    this.consume = consume;
    this.finish = finish;
    if (size === 0) {
      finish();
    }
  }

  private noTar(): PackingError {
    return new PackingError('is compressed with gzip, but holds no tar archive', 'pack the model with `tar -czf`');
  }

  private place(): string {
    return this.last !== '' ? ` after ${this.last}` : '';
  }
}

const SLASH = '/'.charCodeAt(0);

function cleanPath(raw: Buffer, name: string): string {
  const text = raw.toString();
  if (text.startsWith('/')) {
    throw new PackingError(`has an entry with an absolute path, ${name}`, 'pack it with paths relative to the model, as with `tar -C`');
  }
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new PackingError(`has an entry that leaves the archive, ${name}`, 'pack it with paths relative to the model, as with `tar -C`');
  }
  return parts.join('/');
}

function withoutEnd(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

function shown(raw: Buffer): string {
  const text = JSON.stringify(raw.toString()).slice(1, -1);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
