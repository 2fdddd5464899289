import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CommandError } from './command';
import { gunzip } from '../private/gunzip';
import { PackingError } from '../private/packing-error';
import { type TarEntry, TarReader, type TarVisitor } from '../private/tar-reader';
import { SavedModelError } from '../saved-model';

const ARCHIVE = /\.(tar\.gz|tgz)$/i;

/** What is read of a SavedModel beyond the sizes of its files. */
const READ = /(^|\/)(saved_model\.pb|[^/]*\.index)$/;

/** Files up to this size are unpacked whatever they are: they may be pointers of Git LFS. */
const SMALL = 1024;

/** Whether a path leads to an archive. */
export function isArchive(given: string): boolean {
  return ARCHIVE.test(given) && fs.statSync(given, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * Does something with the SavedModels of an archive, in a directory that is named after the archive and is gone
 * afterwards. Files that nobody looks into, such as weights, are there in their size, but without their content; links
 * are left out.
 *
 * @throws CommandError where the archive cannot be read
 */
export function withUnpacked<T>(archive: string, use: (directory: string) => T): T {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-tensorflow-serving-types-'));
  const directory = path.join(temporary, path.basename(archive).replace(ARCHIVE, '') || 'model');
  try {
    fs.mkdirSync(directory);
    const tar = new TarReader(new Unpacker(directory));
    gunzip(archive, tar);
    tar.end();
    return use(directory);
  } catch (error) {
    if (error instanceof PackingError) {
      throw new CommandError(`${archive} ${error.message}`);
    }
    if (error instanceof SavedModelError) {
      throw new CommandError(error.message.replaceAll(directory, archive));
    }
    throw error;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

class Unpacker implements TarVisitor {
  private descriptor?: number;

  constructor(private readonly directory: string) {}

  public entry({ path: entryPath, type, size }: TarEntry): void {
    this.descriptor = undefined;
    const target = path.join(this.directory, entryPath);
    if (type === 'directory') {
      this.make(() => fs.mkdirSync(target, { recursive: true }), entryPath);
    } else if (type === 'file') {
      this.make(() => {
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.writeFileSync(target, '');
        if (READ.test(entryPath) || size <= SMALL) {
          this.descriptor = fs.openSync(target, 'w');
        } else {
          fs.truncateSync(target, size);
        }
      }, entryPath);
    }
  }

  public data(chunk: Uint8Array): void {
    if (this.descriptor !== undefined) {
      fs.writeSync(this.descriptor, chunk);
    }
  }

  public endEntry(): void {
    if (this.descriptor !== undefined) {
      fs.closeSync(this.descriptor);
      this.descriptor = undefined;
    }
  }

  private make(action: () => void, entryPath: string): void {
    try {
      action();
    } catch (error) {
      throw new PackingError(`cannot be unpacked at ${entryPath} (${(error as NodeJS.ErrnoException).code})`, 'pack it again');
    }
  }
}
