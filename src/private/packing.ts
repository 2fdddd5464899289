import * as fs from 'node:fs';
import { GzipSink } from './gzip';
import { attempt, PackingError } from './packing-error';
import type { PackedFile } from './packing-files';
import { Progress } from './packing-progress';
import { type ByteSink, CHUNK_SIZE, HashSink, TeeSink, writeAtomically } from './packing-sinks';
import { remember } from './packing-stamps';
import { TarWriter } from './tar-writer';

/** Part of each hash: another one where the same files would become other bytes than before. */
const FORMAT = 'tar.gz 1';

/** What goes into an archive; written once to be hashed, and again to be packed. */
export interface ArchiveContent {
  /** The name to show while it is worked on. */
  readonly name: string;
  /** About how many bytes the archive has. */
  readonly size: number;
  /** Writes everything but the archive's end. */
  writeTo(tar: TarWriter): void;
}

/** The files that an archive is made of. */
export interface FileContent extends ArchiveContent {
  readonly files: readonly PackedFile[];
}

/** An archive of files on disk. */
export function contentOfFiles(name: string, files: readonly PackedFile[]): FileContent {
  return { name, files, size: sizeOf(files), writeTo: (tar) => writeFiles(tar, files) };
}

/** How many bytes files have. */
export function sizeOf(files: readonly PackedFile[]): number {
  return files.reduce((sum, { stats }) => sum + stats.size, 0);
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
export function hashContent(content: FileContent): string {
  const places = content.files.map((file) => [file.path, file.source]);
  return remember(JSON.stringify(places), content.files.map(({ stats }) => stats), () => {
    const hash = newHash();
    writeTar(content, hash, `Reading ${content.name}`);
    return hash.digest();
  });
}

/**
 * Writes an archive as `.tar.gz`.
 *
 * @param expected the hash that the content had before; if it has another one now, nothing is written
 */
export function packContent(content: ArchiveContent, target: string, expected?: string): void {
  writeAtomically(target, (sink) => {
    const hash = newHash();
    const gzip = new GzipSink(sink);
    writeTar(content, new TeeSink(hash, gzip), `Packing ${content.name}`);
    gzip.end();
    if (expected !== undefined && hash.digest() !== expected) {
      throw changed();
    }
  });
}

/**
 * Copies a file as it is.
 *
 * @param expected the hash that it had before; if it has another one now, nothing is written
 */
export function copyContent(source: string, target: string, expected: string): void {
  writeAtomically(target, (sink) => {
    const hash = new HashSink();
    readFile(source, new TeeSink(hash, sink));
    if (hash.digest() !== expected) {
      throw changed();
    }
  });
}

/** The error for files that are not what they were when they were looked at. */
export function changed(file?: string): PackingError {
  return new PackingError(
    file !== undefined ? `has a file that changed while it was packed, ${file}` : 'changed while it was packed',
    'try again once nothing writes to it',
  );
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

function newHash(): HashSink {
  const hash = new HashSink();
  hash.write(Buffer.from(`${FORMAT}\n`));
  return hash;
}

function writeFile(tar: TarWriter, file: PackedFile, buffer: Buffer): void {
  let left = file.stats.size;
  tar.file(file.path, left);
  readFile(file.source, {
    write: (chunk) => {
      left -= chunk.length;
      if (left < 0) {
        throw changed(file.source);
      }
      tar.write(chunk);
    },
  }, buffer);
  if (left > 0) {
    throw changed(file.source);
  }
}

function readFile(file: string, sink: ByteSink, buffer: Buffer = Buffer.allocUnsafe(CHUNK_SIZE)): void {
  const descriptor = attempt(file, () => fs.openSync(file, 'r'));
  const read = () => attempt(file, () => fs.readSync(descriptor, buffer, 0, buffer.length, null));
  try {
    for (let count = read(); count > 0; count = read()) {
      sink.write(buffer.subarray(0, count));
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
