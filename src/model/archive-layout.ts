import { ArchiveTree } from './archive-tree';
import { checkCode, type CodeFindings, type Fault } from './code-layout';
import { checkModelName, CODE_DIRECTORY, isCode, isVersion } from './model-names';
import type { TarEntry } from '../private/tar-reader';

/** What an archive holds. */
export interface ArchiveListing {
  /** Its entries, in its order. */
  readonly entries: readonly TarEntry[];
  /** The content of the Python files below code/, by path. */
  readonly python: ReadonlyMap<string, Uint8Array>;
  /** Files that are Git LFS pointers. */
  readonly pointers: readonly string[];
}

/** What the container will make of an archive. */
export interface ArchiveFindings {
  readonly faults: Fault[];
  /** The models' names, in the order of their bytes. */
  readonly modelNames: string[];
  /** The directories that hold the models' versions. */
  readonly directories: string[];
  /** What there is below code/; undefined if there is nothing. */
  readonly code?: CodeFindings;
}

const SAVED_MODEL = 'saved_model.pb';

/** The name that the container gives to versions at the root. */
const NAME_OF_THE_ROOT = 'model';

/** What a model is that was not saved as a SavedModel. */
const OTHER_MODELS = /\.(keras|h5|hdf5|pbtxt|tflite|onnx|ckpt|meta|pt|pth|safetensors)$/i;

const IS_NUMBER = /^[0-9]+$/;

const EXPECTED = 'put it into a directory that is named by its version, as in my_model/1/saved_model.pb';

/**
 * Finds what the container would refuse, ignore or take for something else.
 *
 * @param replacesCode whether other code takes the place of what there is below code/
 * @param namesModels whether requests choose a model by the name of its directory
 */
export function checkArchive(listing: ArchiveListing, replacesCode: boolean, namesModels = true): ArchiveFindings {
  const tree = new ArchiveTree(listing.entries);
  const { files } = tree;
  const bundles = findBundles(tree);
  const code = replacesCode ? undefined : findCode(tree, listing);
  return {
    faults: [
      ...tree.faults,
      ...listing.pointers.filter((path) => !(replacesCode && isCode(path)))
        .map((path) => ({ rule: `has only the Git LFS pointer of ${path}`, remedy: 'run `git lfs pull` and pack it again' })),
      ...replacesCode ? linksIntoCode(tree) : [],
      ...bundles.size === 0 ? [missingBundle(files)] : [],
      ...namesModels ? checkNames([...bundles.keys()]) : [],
      ...[...bundles].flatMap(([base, versions]) => checkBundle(tree, base, versions)),
      ...replacesCode ? [] : nestedCode(files),
      ...code?.faults ?? [],
    ],
    modelNames: [...new Set([...bundles.keys()].map(nameOf))].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    directories: [...bundles.keys()],
    code,
  };
}

/** The versions of each model, by the model's directory. */
function findBundles(tree: ArchiveTree): Map<string, string[]> {
  const bundles = new Map<string, string[]>();
  for (const path of tree.pathsTo(SAVED_MODEL).filter((found) => !isCode(found))) {
    const parts = path.split('/');
    const version = parts[parts.length - 2];
    if (version !== undefined && IS_NUMBER.test(version)) {
      const base = parts.slice(0, -2).join('/');
      bundles.set(base, [...bundles.get(base) ?? [], version]);
    }
  }
  return bundles;
}

function checkBundle(tree: ArchiveTree, base: string, versions: string[]): Fault[] {
  const path = (version: string) => `${base === '' ? '' : `${base}/`}${version}`;
  // the container asks TensorFlow Serving for every version that has a directory
  const vacant = tree.directoriesIn(base).filter((name) => IS_NUMBER.test(name) && !versions.includes(name));
  const twins = versions.filter((version, i) => versions.some((other, j) => j < i && BigInt(other) === BigInt(version)));
  return [
    ...versions.filter((version) => !isVersion(version)).map((version) => ({
      rule: `has a version above ${2n ** 63n - 1n}, ${path(version)}`, remedy: 'give it a smaller number',
    })),
    ...vacant.map((version) => ({ rule: `has no ${SAVED_MODEL} in ${path(version)}, beside other versions`, remedy: 'remove that directory' })),
    ...twins.map((version) => ({ rule: `has the version ${BigInt(version)} of ${nameOf(base)} twice`, remedy: `remove or rename ${path(version)}` })),
    ...versions.filter((version) => tree.at(`${path(version)}/${SAVED_MODEL}`)?.type === 'file' && tree.at(`${path(version)}/${SAVED_MODEL}`)?.size === 0)
      .map((version) => ({ rule: `has an empty ${path(version)}/${SAVED_MODEL}`, remedy: 'export the model again' })),
  ];
}

function checkNames(bases: string[]): Fault[] {
  const twins = bases.filter((base, i) => bases.findIndex((other) => nameOf(other) === nameOf(base)) < i);
  return [
    ...bases.flatMap((base) => checkModelName(nameOf(base))),
    ...twins.map((base) => ({
      rule: `has two models named ${nameOf(base)}, ${shown(bases.find((other) => nameOf(other) === nameOf(base))!)} and ${shown(base)}`,
      remedy: 'rename one of the directories: the container names a model after its directory',
    })),
  ];
}

function missingBundle(files: string[]): Fault {
  const misplaced = files.find((path) => path === SAVED_MODEL || path.endsWith(`/${SAVED_MODEL}`));
  if (misplaced !== undefined) {
    return { rule: `has no version of a model, and ${misplaced} where the container does not look`, remedy: EXPECTED };
  }
  const other = files.find((path) => OTHER_MODELS.test(path));
  if (other !== undefined) {
    return { rule: `has no ${SAVED_MODEL}, but ${other}, which the container does not load`, remedy: 'export the model as a SavedModel, and pack that' };
  }
  return { rule: `has no ${SAVED_MODEL}, but ${few(files)}`, remedy: EXPECTED };
}

/** Code that is packed one directory too deep, or without its directory. */
function nestedCode(files: string[]): Fault[] {
  if (files.includes(`${CODE_DIRECTORY}/inference.py`)) {
    return [];
  }
  const found = files.find((path) => path === 'inference.py' || (!isCode(path) && /\/code\/(inference\.py|requirements\.txt)$/.test(path)));
  return found === undefined ? [] : [{
    rule: `has ${found} where the container does not look`,
    remedy: found === 'inference.py' ? 'move it to code/inference.py' : `move ${found.slice(0, found.lastIndexOf('/'))}/ to code/ at the root`,
  }];
}

function findCode(tree: ArchiveTree, listing: ArchiveListing): CodeFindings | undefined {
  const prefix = `${CODE_DIRECTORY}/`;
  const paths = tree.files.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return paths.length === 0 ? undefined : checkCode({
    shownBelow: prefix,
    paths,
    read: (path) => tree.at(prefix + path)?.type === 'file' ? listing.python.get(prefix + path) : undefined,
  });
}

function linksIntoCode(tree: ArchiveTree): Fault[] {
  return tree.files.filter((path) => !isCode(path) && tree.leadsInto(tree.at(path)!, CODE_DIRECTORY)).map((path) => ({
    rule: `has a link into the code that is replaced, ${path} -> ${tree.at(path)!.target}`, remedy: 'pack the file itself, as with `tar -h`',
  }));
}

function nameOf(base: string): string {
  return base === '' ? NAME_OF_THE_ROOT : base.slice(base.lastIndexOf('/') + 1);
}

function shown(base: string): string {
  return base === '' ? 'the one at the root' : `${base}/`;
}

function few(files: string[]): string {
  const most = 5;
  return files.length === 0 ? 'nothing' : files.length > most ? `${files.slice(0, most).join(', ')} and ${files.length - most} more` : files.join(', ');
}
