import * as fs from 'node:fs';
import { SavedModelError } from './errors';
import { foreignContent, gitLfsPointer, SNIFFED_BYTES } from './foreign-files';

/** No protocol buffer is larger. */
const MAX_BYTES = 2 ** 31 - 1;

const COPY_AGAIN = 'copy or export the model again';

/** What is at a path; undefined where there is nothing. */
export function statOf(path: string): fs.Stats | undefined {
  return attempt(path, () => fs.statSync(path, { throwIfNoEntry: false }));
}

/** A path without links. */
export function realPathOf(path: string): string {
  return attempt(path, () => fs.realpathSync(path));
}

/** The names in a directory and what they are, in byte order. */
export function namesIn(directory: string): fs.Dirent[] {
  return attempt(directory, () => fs.readdirSync(directory, { withFileTypes: true }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/**
 * The content of a file that is to be decoded.
 *
 * @throws SavedModelError where it is no file, is empty, too large or unreadable, or obviously holds something else
 */
export function readWhole(path: string): Buffer {
  const size = sizeOfFile(path);
  if (size === 0) {
    throw new SavedModelError(path, 'is empty', COPY_AGAIN);
  }
  if (size > MAX_BYTES) {
    throw new SavedModelError(path, `has ${size} bytes, more than a protocol buffer may have (${MAX_BYTES})`, COPY_AGAIN);
  }
  const bytes = attempt(path, () => fs.readFileSync(path));
  const foreign = foreignContent(bytes.subarray(0, SNIFFED_BYTES));
  if (foreign !== undefined) {
    throw new SavedModelError(path, `is ${foreign.what}`, foreign.remedy);
  }
  return bytes;
}

/**
 * The size of a file whose content is none of our business, which may be gigabytes.
 *
 * @throws SavedModelError where it is no file, or a Git LFS pointer
 */
export function sizeOfContent(path: string): number {
  const size = sizeOfFile(path);
  // pointers have about 130 bytes; weights are left alone
  if (size > 0 && size <= SNIFFED_BYTES) {
    const pointer = gitLfsPointer(attempt(path, () => fs.readFileSync(path)));
    if (pointer !== undefined) {
      throw new SavedModelError(path, `is ${pointer.what}`, pointer.remedy);
    }
  }
  return size;
}

function sizeOfFile(path: string): number {
  const stats = statOf(path);
  if (stats === undefined) {
    throw new SavedModelError(path, 'is not there', COPY_AGAIN);
  }
  if (!stats.isFile()) {
    throw new SavedModelError(path, stats.isDirectory() ? 'is a directory, not a file' : 'is not a regular file', COPY_AGAIN);
  }
  return stats.size;
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SavedModelError(path, `cannot be read (${code ?? message})`, 'make it readable for the user who runs this');
  }
}
