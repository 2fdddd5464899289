import * as path from 'node:path';
import { SavedModelError } from './errors';
import { namesIn, realPathOf, statOf } from './files';
import { isVersionNumber, SAVED_MODEL_FILE } from './missing';

/** A tree of so many directories is no export of models but, say, a home directory. */
const MAX_DIRECTORIES = 10_000;

/** As much as errors can show. */
const MAX_PATHS = 1000;

/** A directory in a tree, as the names that lead to it from the root. */
export type Location = readonly string[];

/** What there is in a tree of directories. */
export interface Tree {
  /** The directories with a `saved_model.pb`, in byte order. */
  readonly savedModels: readonly Location[];
  /** The directories with the number of a version for a name, but no `saved_model.pb`, in byte order. */
  readonly vacant: readonly Location[];
  /** Files, and directories without any (with a slash after them), relative to the root: no more than errors can show. */
  readonly paths: readonly string[];
}

/**
 * Looks for SavedModels in a tree. Names that begin with a dot are left out. A link to a directory is followed where it
 * leads out of the tree, and to another part of the tree where its name is that of a version.
 *
 * @param maxDirectories how many directories are looked at before the path is taken for a mistake
 * @throws SavedModelError
 */
export function scan(root: string, maxDirectories = MAX_DIRECTORIES): Tree {
  const savedModels: Location[] = [];
  const vacant: Location[] = [];
  const paths: string[] = [];
  const visited = new Set<string>();
  const realRoot = realPathOf(root);

  const visit = (location: Location, realPath: string) => {
    const entries = namesIn(path.join(root, ...location)).filter(({ name }) => !name.startsWith('.'));
    const isSavedModel = entries.some((entry) => entry.name === SAVED_MODEL_FILE && !entry.isDirectory());
    if (isSavedModel) {
      savedModels.push(location);
    } else if (location.length > 0 && isVersionNumber(location[location.length - 1])) {
      vacant.push(location);
    }
    if (visited.has(realPath)) {
      return;
    }
    visited.add(realPath);
    if (visited.size > maxDirectories) {
      throw new SavedModelError(root, `holds more than ${maxDirectories} directories`, 'give the directory of the model itself');
    }
    if (entries.length === 0 && location.length > 0) {
      paths.push(`${location.join('/')}/`);
    }
    for (const entry of entries) {
      const below = [...location, entry.name];
      const realBelow = path.join(realPath, entry.name);
      const directory = entry.isDirectory() ? realBelow : entry.isSymbolicLink() ? followed(realBelow, entry.name, realRoot) : undefined;
      if (directory !== undefined) {
        visit(below, directory);
      } else if (paths.length < MAX_PATHS) {
        paths.push(below.join('/'));
      }
    }
  };
  visit([], realRoot);
  return { savedModels, vacant, paths };
}

/** The directory that a link leads to; undefined for one to a file, or to what is looked at anyway. */
function followed(link: string, name: string, realRoot: string): string | undefined {
  if (statOf(link)?.isDirectory() !== true) {
    return undefined;
  }
  const target = realPathOf(link);
  const isInTree = target === realRoot || target.startsWith(realRoot + path.sep);
  const isAboveTree = realRoot.startsWith(target + path.sep);
  return isAboveTree || (isInTree && !isVersionNumber(name)) ? undefined : target;
}
