import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Pack, Parser, type ReadEntry } from 'tar';

/**
 * Copies a model.tar.gz with other inference code in it: whatever the archive had under `code/` goes, and the entries
 * of the code's archive come. It streams: memory does not grow with the model. An archive without a SavedModel where the
 * serving container looks for one is an error.
 *
 * @param archive the model.tar.gz
 * @param code an archive whose entries are all under `code/`
 * @param target takes the new archive
 */
export async function repack(archive: Readable, code: Readable, target: PassThrough): Promise<void> {
  let servable = false;
  const pack = new Pack({ gzip: { level: 1 }, portable: true, mtime: new Date(0) }); // weights hardly compress, and the clock is running
  pack.pipe(target);
  try {
    await copy(archive, pack, (path) => {
      servable ||= /(^|\/)\d+\/saved_model\.pb$/.test(path);
      return !/^code(\/|$)/.test(path);
    });
    if (!servable) {
      throw new Error('it has no SavedModel where the serving container looks for one: NAME/VERSION/saved_model.pb, with a number as VERSION');
    }
    await copy(code, pack, () => true);
    pack.end();
  } catch (error) {
    target.destroy(); // half an archive must not look like a whole one
    throw error;
  }
}

async function copy(source: Readable, pack: Pack, wanted: (path: string) => boolean): Promise<void> {
  const parser = new Parser({
    strict: true, // a damaged archive is an error, not a warning
    onReadEntry: (entry: ReadEntry) => {
      if (wanted(entry.path.replace(/^(\.?\/)+/, ''))) {
        pack.add(entry);
      } else {
        entry.resume();
      }
    },
  });
  await pipeline(source, parser as unknown as NodeJS.WritableStream);
}
