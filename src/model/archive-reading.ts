import * as path from 'node:path';
import type { ArchiveListing } from './archive-layout';
import { ListingVisitor } from './archive-listing';
import { gunzip } from '../private/gunzip';
import { Progress } from '../private/packing-progress';
import { HashSink, TeeSink } from '../private/packing-sinks';
import { TarReader } from '../private/tar-reader';

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
  const visitor = new ListingVisitor();
  const tar = new TarReader(visitor);
  const hash = new HashSink();
  const progress = new Progress(`Reading ${path.basename(file)}`, size);
  try {
    gunzip(file, tar, new TeeSink(hash, progress));
  } finally {
    progress.end();
  }
  tar.end();
  return { listing: visitor.listing, hash: hash.digest() };
}
