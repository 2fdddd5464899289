import * as path from 'node:path';
import type { TarVisitor } from '../private/tar-reader';
import type { TarWriter } from '../private/tar-writer';

/**
 * Copies the entries of an archive into another one.
 *
 * @param place where an entry goes, by its path; undefined leaves it out, which nothing that stays may be a link to
 */
export function copyEntries(tar: TarWriter, place: (entryPath: string) => string | undefined): TarVisitor {
  let copies = false;
  return {
    entry: ({ path: entryPath, type, size, target }) => {
      const placed = place(entryPath);
      copies = placed !== undefined;
      if (placed === undefined) {
        return;
      }
      switch (type) {
        case 'file': tar.file(placed, size); break;
        case 'directory': tar.directory(placed); break;
        case 'symbolicLink': tar.symbolicLink(placed, target); break;
        case 'hardLink': tar.hardLink(placed, place(path.posix.normalize(target))!); break;
      }
    },
    data: (chunk) => {
      if (copies) {
        tar.write(chunk);
      }
    },
    endEntry: () => {},
  };
}
