import type { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { copyEntries } from './archive-copying';
import { ListingVisitor } from './archive-listing';
import { checkSharedArchive, type SharedArchive } from './multi-model-layout';
import { PackingError } from '../private/packing-error';
import { TarReader } from '../private/tar-reader';
import { TarWriter } from '../private/tar-writer';

/**
 * Reads an archive that is to share its container with others; an error says what is wrong with it.
 *
 * @param replacesCode whether other code takes the place of what there is below code/
 */
export async function readForSharing(archive: Readable, replacesCode: boolean): Promise<SharedArchive> {
  const visitor = new ListingVisitor();
  const reader = new TarReader(visitor);
  await pipeline(archive, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      reader.write(chunk);
    }
  });
  reader.end();
  const shared = checkSharedArchive(visitor.listing, replacesCode);
  if (shared.faults.length > 0) {
    throw new Error(`it ${shared.faults.map(({ rule, remedy }) => new PackingError(rule, remedy).message).join('. It ')}`);
  }
  return shared;
}

/**
 * Packs an archive again. It streams: memory does not grow with the model.
 *
 * @param place where its entries go; undefined leaves them out
 * @param code an archive whose entries come with it
 * @param target takes the new archive
 */
export async function packForSharing(archive: Readable, place: SharedArchive['place'], code: Readable | undefined, target: PassThrough): Promise<void> {
  let written: Uint8Array[] = [];
  const tar = new TarWriter({ write: (chunk) => { written.push(chunk); } });
  const taken = () => {
    const chunks = written;
    written = [];
    return chunks;
  };

  async function* copied(source: Readable, placeOf: SharedArchive['place']): AsyncGenerator<Uint8Array> {
    const reader = new TarReader(copyEntries(tar, placeOf));
    const gunzip = createGunzip();
    source.on('error', (error) => { gunzip.destroy(error); });
    try {
      for await (const chunk of source.pipe(gunzip)) {
        reader.write(chunk);
        yield* taken();
      }
    } finally {
      source.destroy();
    }
    reader.end();
  }

  await pipeline(
    async function* () {
      yield* copied(archive, place);
      if (code !== undefined) {
        yield* copied(code, (entryPath) => entryPath);
      }
      tar.end();
      yield* taken();
    },
    createGzip({ level: 1 }), // weights hardly compress, and the clock is running
    target,
  );
}
