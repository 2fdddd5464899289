import * as path from 'node:path';
import { type ArchiveFindings, type ArchiveListing, checkArchive } from './archive-layout';
import type { Fault } from './code-layout';
import { isCode } from './model-names';
import type { TarEntry } from '../private/tar-reader';

/** What becomes of the archive of a model that shares its container with others. */
export interface SharedArchive extends ArchiveFindings {
  /** Whether its versions are at its root already. */
  readonly isReady: boolean;
  /** Where an entry goes, by its path; undefined where it is left out. */
  place(entryPath: string): string | undefined;
}

/** What to do about a requirements.txt. */
export const NO_REQUIREMENTS: Fault = {
  rule: 'must have no requirements.txt, which the container does not install for one model of many', remedy: 'put the packages under lib/ instead',
};

/** The fault of what holds several models and may hold only one. */
export function severalModels(names: readonly string[]): Fault {
  const most = 5;
  const shown = [...names.slice(0, most), ...names.length > most ? ['...'] : []].join(', ');
  return { rule: `holds ${names.length} models (${shown}), and one that shares its container with others must be alone`, remedy: 'add each of them by itself' };
}

/**
 * Finds what the container would refuse, ignore or take for something else, once the versions of the one model are at
 * the root: with many models, that is the only place where it looks for them.
 *
 * @param replacesCode whether other code takes the place of what there is below code/
 */
export function checkSharedArchive(listing: ArchiveListing, replacesCode: boolean): SharedArchive {
  const findings = checkArchive(listing, replacesCode, false);
  const [directory = ''] = findings.directories;
  const place = (entryPath: string) => entryPath === '' || (replacesCode && isCode(entryPath)) ? undefined : moved(entryPath, directory);
  return {
    ...findings,
    faults: [
      ...findings.faults,
      ...findings.directories.length > 1 ? [severalModels(findings.directories.map((found) => `${found === '' ? '.' : found}/`))] : [],
      ...findings.code?.hasRequirements === true ? [NO_REQUIREMENTS] : [],
      ...findings.directories.length === 1 && directory !== '' ? checkMove(listing.entries, directory, place) : [],
    ],
    isReady: directory === '' && !replacesCode,
    place,
  };
}

/** Where an entry goes when the versions that a directory holds are put at the root. */
function moved(entryPath: string, directory: string): string | undefined {
  if (directory === '') {
    return entryPath;
  }
  if (directory === entryPath || directory.startsWith(`${entryPath}/`)) {
    return undefined; // what else is in there brings it back
  }
  const inside = entryPath.startsWith(`${directory}/`) ? entryPath.slice(directory.length + 1) : '';
  return isNumber(inside.split('/')[0]) ? inside : entryPath;
}

function checkMove(entries: readonly TarEntry[], directory: string, place: SharedArchive['place']): Fault[] {
  const stays = entries.filter((entry) => place(entry.path) === entry.path);
  return [
    ...stays.filter((entry) => isNumber(entry.path.split('/')[0])).slice(0, 1).map((entry) => ({
      rule: `has ${entry.path} where the container would take it for a version, beside those of ${directory}/`, remedy: 'pack it without that',
    })),
    ...entries.filter((entry) => entry.type === 'symbolicLink' && leadsElsewhere(entry, place)).map((entry) => ({
      rule: `has a link that leads elsewhere once the versions are at the root, ${entry.path} -> ${entry.target}`,
      remedy: 'pack the file itself, as with `tar -h`',
    })),
  ];
}

function leadsElsewhere({ path: entryPath, target }: TarEntry, place: SharedArchive['place']): boolean {
  const from = place(entryPath);
  const led = (link: string) => path.posix.join(path.posix.dirname(link), target);
  return from !== undefined && led(from) !== (place(led(entryPath)) ?? led(entryPath));
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
