import * as fs from 'node:fs';
import { GzipSink } from './gzip';
import { PackingError, unreadable } from './packing-error';
import type { PackedFile } from './packing-files';
import { Progress } from './packing-progress';
import { type ByteSink, CHUNK_SIZE, HashSink, TeeSink, writeAtomically } from './packing-sinks';
import { TarWriter } from './tar-writer';

/** Part of each hash: another one where the same files would become other bytes than before. */
const FORMAT = 'tar.gz 1';

/** What goes into an archive; written once to be hashed, and again to be packed. */
export interface ArchiveContent {
  /** The name to show while it is worked on. */
  readonly name: string;
  /** How many bytes the files have. */
  readonly size: number;
  /** Writes everything but the archive's end. */
  writeTo(tar: TarWriter): void;
}

/** An archive of files on disk. */
export function contentOfFiles(name: string, files: readonly PackedFile[]): ArchiveContent {
  return { name, size: files.reduce((sum, file) => sum + file.size, 0), writeTo: (tar) => writeFiles(tar, files) };
}

/** Adds files and the directories that they are in, in the order of their paths' bytes. */
export function writeFiles(tar: TarWriter, files: readonly PackedFile[]): void {
  const entries = new Map<string, PackedFile | undefined>();
  for (const file of files) {
    for (let slash = file.path.indexOf('/'); slash !== -1; slash = file.path.indexOf('/', slash + 1)) {
      entries.set(file.path.slice(0, slash + 1), undefined);
    }
    entries.set(file.path, file);
  }
  const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
  const sorted = [...entries].map(([path, file]) => ({ path, file, bytes: Buffer.from(path) }));
  for (const { path, file } of sorted.sort((a, b) => Buffer.compare(a.bytes, b.bytes))) {
    if (file === undefined) {
      tar.directory(path.slice(0, -1));
    } else {
      writeFile(tar, file, buffer);
    }
  }
}

/** The hash of an archive's content; it depends on nothing else. */
export function hashContent(content: ArchiveContent): string {
  const hash = new HashSink();
  hash.write(Buffer.from(`${FORMAT}\n`));
  writeTar(content, hash, `Reading ${content.name}`);
  return hash.digest();
}

/**
 * Writes an archive as `.tar.gz`.
 *
 * @param expected the hash that the content had before; if it has another one now, nothing is written
 */
export function packContent(content: ArchiveContent, target: string, expected: string): void {
  writeAtomically(target, (sink) => {
    const hash = new HashSink();
    hash.write(Buffer.from(`${FORMAT}\n`));
    const gzip = new GzipSink(sink);
    writeTar(content, new TeeSink(hash, gzip), `Packing ${content.name}`);
    gzip.end();
    if (hash.digest() !== expected) {
      throw new PackingError('changed while it was packed', 'try again once nothing writes to it');
    }
  });
}

function writeTar(content: ArchiveContent, sink: ByteSink, what: string): void {
  const progress = new Progress(what, content.size);
  try {
    const tar = new TarWriter(new TeeSink(sink, progress));
    content.writeTo(tar);
    tar.end();
  } finally {
    progress.end();
  }
}

function writeFile(tar: TarWriter, file: PackedFile, buffer: Buffer): void {
  const changed = () => new PackingError(`has a file that changed while it was packed, ${file.source}`, 'try again once nothing writes to it');
  tar.file(file.path, file.size);
  let descriptor: number;
  try {
    descriptor = fs.openSync(file.source, 'r');
  } catch (error) {
    throw unreadable(file.source, error);
  }
  try {
    let left = file.size;
    for (let count = read(descriptor, file, buffer); count > 0; count = read(descriptor, file, buffer)) {
      if (count > left) {
        throw changed();
      }
      left -= count;
      tar.write(buffer.subarray(0, count));
    }
    if (left > 0) {
      throw changed();
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function read(descriptor: number, file: PackedFile, buffer: Buffer): number {
  try {
    return fs.readSync(descriptor, buffer, 0, buffer.length, null);
  } catch (error) {
    throw unreadable(file.source, error);
  }
}
