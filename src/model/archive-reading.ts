import * as path from 'node:path';
import type { ArchiveListing } from './archive-layout';
import { isCode } from './model-names';
import { gunzip } from '../private/gunzip';
import { isLfsPointer, LFS_POINTER_SIZE } from '../private/packing-files';
import { Progress } from '../private/packing-progress';
import { HashSink, TeeSink } from '../private/packing-sinks';
import { type TarEntry, TarReader } from '../private/tar-reader';

/** A longer file was not written by hand, and is not looked into. */
const LONGEST_PYTHON = 1024 * 1024;

/** An archive that was read from its beginning to its end. */
export interface ReadArchive {
  readonly listing: ArchiveListing;
  /** The hash of the file. */
  readonly hash: string;
}

/**
 * Reads an archive once: what is in it, and its hash.
 *
 * @param size how many bytes the file has
 */
export function readArchive(file: string, size: number): ReadArchive {
  const entries: TarEntry[] = [];
  const python = new Map<string, Uint8Array>();
  const pointers: string[] = [];
  let kept: Buffer[] | undefined;

  const tar = new TarReader({
    entry: (entry) => {
      entries.push(entry);
      const isPython = isCode(entry.path) && entry.path.endsWith('.py') && entry.size <= LONGEST_PYTHON;
      kept = entry.type === 'file' && (isPython || entry.size < LFS_POINTER_SIZE) ? [] : undefined;
    },
    data: (chunk) => { kept?.push(Buffer.from(chunk)); },
    endEntry: () => {
      const entry = entries[entries.length - 1];
      if (kept === undefined) {
        return;
      }
      const content = Buffer.concat(kept);
      if (isLfsPointer(content)) {
        pointers.push(entry.path);
      }
      if (isCode(entry.path) && entry.path.endsWith('.py')) {
        python.set(entry.path, content);
      }
    },
  });

  const hash = new HashSink();
  const progress = new Progress(`Reading ${path.basename(file)}`, size);
  try {
    gunzip(file, tar, new TeeSink(hash, progress));
  } finally {
    progress.end();
  }
  tar.end();
  return { listing: { entries, python, pointers }, hash: hash.digest() };
}
