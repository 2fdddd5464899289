import * as fs from 'node:fs';
import { minizlib } from './bundled';
import { attempt, PackingError } from './packing-error';
import { isLfsPointer } from './packing-files';
import type { ByteSink } from './packing-sinks';

/** Few bytes can become a thousand times as many. */
const CHUNK_SIZE = 32 * 1024;

/** What a file is, by its first bytes. */
const KINDS: { readonly is: (start: Buffer) => boolean; readonly rule: string; readonly remedy: string }[] = [
  {
    is: (start) => start.length === 0,
    rule: 'is an empty file',
    remedy: 'pack the model again',
  },
  {
    is: isLfsPointer,
    rule: 'is only the Git LFS pointer of the archive',
    remedy: 'run `git lfs pull`',
  },
  {
    is: (start) => start.subarray(0, 2).toString('latin1') === 'PK',
    rule: 'is a zip file, which SageMaker does not unpack',
    remedy: 'unpack it and give the directory to ModelArtifact.fromSavedModel',
  },
  {
    is: (start) => start.subarray(257, 262).toString('latin1') === 'ustar',
    rule: 'is a tar archive that is not compressed',
    remedy: 'compress it with gzip',
  },
  {
    is: (start) => ['BZh', '\xfd7zXZ', '\x28\xb5\x2f\xfd'].some((magic) => start.toString('latin1').startsWith(magic)),
    rule: 'is compressed with something else than gzip, which SageMaker does not unpack',
    remedy: 'compress it with gzip',
  },
];

/** Gives the content of a gzip file to a sink; says why where it is none. */
export function gunzip(file: string, sink: ByteSink, compressed?: ByteSink): void {
  const descriptor = attempt(file, () => fs.openSync(file, 'r'));
  const inflate = new (minizlib().Gunzip)({});
  let failure: Error | undefined;
  inflate.on('error', (error) => { failure ??= error as Error; });
  inflate.on('data', (chunk: Buffer) => sink.write(chunk));
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
    let count = read(descriptor, file, buffer);
    checkMagic(buffer.subarray(0, count));
    for (; count > 0 && failure === undefined; count = read(descriptor, file, buffer)) {
      compressed?.write(buffer.subarray(0, count));
      inflate.write(buffer.subarray(0, count));
    }
    if (failure === undefined) {
      inflate.end();
    }
    if (failure !== undefined) {
      throw broken(failure);
    }
  } finally {
    inflate.close();
    fs.closeSync(descriptor);
  }
}

function checkMagic(start: Buffer): void {
  if (start[0] === 0x1f && start[1] === 0x8b) {
    return;
  }
  const kind = KINDS.find(({ is }) => is(start)) ?? { rule: 'is not compressed with gzip', remedy: 'pack the model with `tar -czf`' };
  throw new PackingError(kind.rule, kind.remedy);
}

function broken(failure: Error): PackingError {
  return failure.message.includes('unexpected end of file')
    ? new PackingError('is cut off: its compressed data ends too soon', 'copy or pack it again')
    : new PackingError(`is damaged: its compressed data cannot be read (${failure.message.replace(/^zlib: /, '')})`, 'copy or pack it again');
}

function read(descriptor: number, file: string, buffer: Buffer): number {
  return attempt(file, () => fs.readSync(descriptor, buffer, 0, buffer.length, null));
}
