import type { ArchiveListing } from './archive-layout';
import { isCode } from './model-names';
import { isLfsPointer, LFS_POINTER_SIZE } from '../private/packing-files';
import type { TarEntry, TarVisitor } from '../private/tar-reader';

/** A longer file was not written by hand, and is not looked into. */
const LONGEST_PYTHON = 1024 * 1024;

/** Takes down what is in an archive while it is read. */
export class ListingVisitor implements TarVisitor {
  private readonly entries: TarEntry[] = [];
  private readonly python = new Map<string, Uint8Array>();
  private readonly pointers: string[] = [];
  private kept: Buffer[] | undefined;

  /** What was in it so far. */
  public get listing(): ArchiveListing {
    return { entries: this.entries, python: this.python, pointers: this.pointers };
  }

  public entry(entry: TarEntry): void {
    this.entries.push(entry);
    const isPython = isCode(entry.path) && entry.path.endsWith('.py') && entry.size <= LONGEST_PYTHON;
    this.kept = entry.type === 'file' && (isPython || entry.size < LFS_POINTER_SIZE) ? [] : undefined;
  }

  public data(chunk: Uint8Array): void {
    this.kept?.push(Buffer.from(chunk));
  }

  public endEntry(): void {
    if (this.kept === undefined) {
      return;
    }
    const { path } = this.entries[this.entries.length - 1];
    const content = Buffer.concat(this.kept);
    if (isLfsPointer(content)) {
      this.pointers.push(path);
    }
    if (isCode(path) && path.endsWith('.py')) {
      this.python.set(path, content);
    }
  }
}
