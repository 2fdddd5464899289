import * as path from 'node:path';
import { SavedModelError } from './errors';
import { namesIn, statOf } from './files';
import { findForeignFile, foreignName } from './foreign-files';

/** The file that makes a directory a SavedModel. */
export const SAVED_MODEL_FILE = 'saved_model.pb';

const SHOWN = 12;

/** A name that is the number of a version. */
export function isVersionNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

/**
 * Refuses a path that is no directory.
 *
 * @param wanted what the directory should be: "the directory of a SavedModel"
 * @throws SavedModelError
 */
export function checkIsDirectory(given: string, wanted: string): void {
  const stats = statOf(given);
  if (stats === undefined) {
    throw new SavedModelError(given, 'does not exist', `give ${wanted}`);
  }
  if (stats.isDirectory()) {
    return;
  }
  const name = path.basename(given);
  const foreign = foreignName(name);
  if (name === SAVED_MODEL_FILE) {
    throw new SavedModelError(given, 'is a file, not a directory', `give the directory that it is in, ${path.dirname(given)}`);
  }
  if (foreign !== undefined) {
    throw new SavedModelError(given, `is ${foreign.what}, not a SavedModel`, foreign.remedy);
  }
  throw new SavedModelError(given, 'is a file, not a directory', `give ${wanted}`);
}

/** The error for a directory that should be a SavedModel and is not. */
export function notASavedModel(directory: string): SavedModelError {
  const entries = namesIn(directory);
  if (entries.some(({ name }) => name === SAVED_MODEL_FILE)) {
    return new SavedModelError(path.join(directory, SAVED_MODEL_FILE), 'is a link to nothing', 'fetch or copy the file that it stands for');
  }
  const versions = entries
    .filter(({ name }) => isVersionNumber(name) && statOf(path.join(directory, name, SAVED_MODEL_FILE)) !== undefined)
    .map(({ name }) => name);
  if (versions.length > 0) {
    return new SavedModelError(directory, `is not a SavedModel but holds versions of one (${versions.join(', ')})`, 'give the directory of a version');
  }
  const paths = entries.map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`);
  return noSavedModelAmong(directory, paths, 'give the directory of a SavedModel');
}

/**
 * The error for a directory that has no SavedModel, with what it has instead.
 *
 * @param paths what there is, relative to the directory, with a slash after a directory
 * @param remedy what to do where what there is says nothing
 * @param details further lines, which show what there is
 */
export function noSavedModelAmong(directory: string, paths: readonly string[], remedy: string, details: readonly string[] = []): SavedModelError {
  if (paths.length === 0) {
    return new SavedModelError(directory, 'is empty', remedy, details);
  }
  const none = `has no ${SAVED_MODEL_FILE}`;
  const foreign = findForeignFile(paths);
  if (foreign !== undefined) {
    return new SavedModelError(directory, `${none} but ${foreign.path}, ${foreign.file.what}`, foreign.file.remedy, details);
  }
  const part = paths.find((found) => /(^|\/)variables\//.test(found));
  if (part !== undefined) {
    return new SavedModelError(directory, `${none} but ${part}, a part of a SavedModel`, 'copy the whole SavedModel', details);
  }
  return new SavedModelError(directory, details.length > 0 ? none : `${none} but ${few(paths)}`, remedy, details);
}

/** The first few of a list, as text. */
export function few(texts: readonly string[]): string {
  return texts.length > SHOWN ? `${texts.slice(0, SHOWN).join(', ')} and ${texts.length - SHOWN} more` : texts.join(', ');
}
