import * as path from 'node:path';
import { compareBytes } from './byte-order';
import { SavedModelError } from './errors';
import { checkIsDirectory, few, isVersionNumber, noSavedModelAmong, SAVED_MODEL_FILE } from './missing';
import { type Location, scan, type Tree } from './scan';

/** A model to be served, with at least one version. */
export interface FoundModel {
  /** The name that requests choose it by. */
  readonly name: string;
  /** By number. */
  readonly versions: readonly FoundVersion[];
}

/** A SavedModel that is a version of a model. */
export interface FoundVersion {
  /** The name that its directory has, or has to have below the model's: `00000123`. */
  readonly directoryName: string;
  /** The number, without leading zeros: `123`. */
  readonly version: string;
  /** The directory of the SavedModel, beginning with the path that was given. */
  readonly path: string;
}

/** How models are looked for. */
export interface FindOptions {
  /**
   * The name of the model; for a path that holds one model only.
   *
   * @default - the name of the directory that holds the versions
   */
  readonly modelName?: string;
}

/** The name of a model whose directory has none, as the container names those at the top of an archive. */
const NAME_OF_THE_NAMELESS = 'model';

/** What a SavedModel is that is given without a version. */
const FIRST_VERSION = '1';

/** TensorFlow Serving keeps version numbers in 64 bits. */
const MAX_VERSION = 2n ** 63n - 1n;

/**
 * Finds the SavedModels in a directory by the rules of the SageMaker TensorFlow Serving container: each `saved_model.pb`
 * in a directory with a whole number for a name is a version of the model that the directory above is named after.
 *
 * The path may lead to the versions of one model (`1`, `00000123`), or to several models at any depth (`a/1`, `b/3`,
 * `export/Servo/1612345678`). It may also be a SavedModel itself; that is version 1, or what its name says where that is
 * a number, of a model named after it or, where its name is the version, after the directory above. Names that begin
 * with a dot are left out.
 *
 * Only the layout is looked at; `readSavedModel` looks into the files.
 *
 * @returns the models by name, byte by byte
 * @throws SavedModelError where nothing is found, or something that the container would leave out or fail at
 */
export function findSavedModels(given: string, options: FindOptions = {}): FoundModel[] {
  checkIsDirectory(given, 'the directory of a SavedModel, or one that holds SavedModels');
  const tree = scan(given);
  const { savedModels } = tree;
  if (savedModels.length === 0) {
    throw noSavedModelAmong(given, tree.paths, 'give a directory in one of the layouts expected', layouts(given, tree));
  }
  const nested = nestedIn(savedModels);
  refuseNestedVersions(given, nested);
  const models = savedModels[0].length === 0 ? [bareModel(given)] : versionedModels(given, tree, nested);
  return options.modelName !== undefined ? [renamed(given, models, options.modelName)] : models;
}

function bareModel(given: string): FoundModel {
  const { name, parent } = namesOf(given);
  const isVersion = isVersionNumber(name);
  const directoryName = isVersion ? name : FIRST_VERSION;
  return {
    name: modelName(isVersion ? parent : name),
    versions: [{ directoryName, version: versionNumber(given, directoryName), path: given }],
  };
}

function versionedModels(given: string, tree: Tree, nested: ReadonlySet<Location>): FoundModel[] {
  const outermost = tree.savedModels.filter((location) => !nested.has(location));
  const unversioned = outermost.filter((location) => !isVersionNumber(lastOf(location)));
  if (unversioned.length > 0) {
    throw new SavedModelError(given, `holds SavedModels in directories that are no versions: ${few(unversioned.map(shown))}`,
      'rename each to the number of a version, or give it alone', layouts(given, tree));
  }

  const models = new Map<string, { readonly base: Location; readonly model: FoundModel; readonly versions: FoundVersion[] }>();
  for (const location of outermost) {
    const base = location.slice(0, -1);
    const key = shown(base);
    const versions = models.get(key)?.versions ?? [];
    const directory = path.join(given, ...location);
    versions.push({ directoryName: lastOf(location), version: versionNumber(directory, lastOf(location)), path: directory });
    const name = base.length > 0 ? lastOf(base) : modelName(namesOf(given).name);
    models.set(key, { base, model: { name, versions }, versions });
  }

  for (const { base, versions } of models.values()) {
    versions.sort((a, b) => compareNumbers(a.version, b.version));
    refuseSameVersions(given, base, versions, tree);
    refuseVacant(given, base, tree);
  }
  const found = [...models.values()].sort((a, b) => compareBytes(a.model.name, b.model.name));
  const twin = found.findIndex(({ model }, index) => model.name === found[index + 1]?.model.name);
  if (twin >= 0) {
    const [a, b] = found.slice(twin, twin + 2).map(({ base }) => path.join(given, ...base));
    throw new SavedModelError(given, `holds two models named '${found[twin].model.name}', ${a} and ${b}`,
      'rename one of the directories: the container names a model after its directory', layouts(given, tree));
  }
  return found.map(({ model }) => model);
}

/** A SavedModel inside of another one may be one of its assets; as a version, the container takes it for another model. */
function refuseNestedVersions(given: string, nested: ReadonlySet<Location>): void {
  const versions = [...nested].filter((location) => isVersionNumber(lastOf(location)));
  if (versions.length > 0) {
    throw new SavedModelError(given, `holds SavedModels inside of a SavedModel: ${few(versions.map(shown))}`,
      'move them out: the container would take them for further models');
  }
}

function refuseSameVersions(given: string, base: Location, versions: readonly FoundVersion[], tree: Tree): void {
  const twin = versions.findIndex(({ version }, index) => version === versions[index + 1]?.version);
  if (twin >= 0) {
    const [a, b] = versions.slice(twin, twin + 2);
    throw new SavedModelError(path.join(given, ...base), `holds version ${a.version} twice, as ${a.directoryName} and ${b.directoryName}`,
      'remove or rename one of them', layouts(given, tree));
  }
}

/** The container asks TensorFlow Serving for every version that has a directory, whether it holds a SavedModel or not. */
function refuseVacant(given: string, base: Location, tree: Tree): void {
  const vacant = tree.vacant.find((location) => shown(location.slice(0, -1)) === shown(base));
  if (vacant !== undefined) {
    const prefix = `${shown(vacant)}/`;
    const inside = tree.paths.filter((found) => found.startsWith(prefix)).map((found) => found.slice(prefix.length)).filter((found) => found !== '');
    const { path: where, problem, remedy } = noSavedModelAmong(path.join(given, ...vacant), inside, 'copy the SavedModel here');
    throw new SavedModelError(where, `${problem}, but other versions stand beside it`, `${remedy}, or remove this version`);
  }
}

function renamed(given: string, models: readonly FoundModel[], name: string): FoundModel {
  if (models.length > 1) {
    throw new SavedModelError(given, `holds ${models.length} models (${few(models.map((model) => model.name))})`,
      `leave out the name '${name}', or give the directory of one model`);
  }
  return { ...models[0], name };
}

function versionNumber(directory: string, name: string): string {
  const version = BigInt(name);
  if (version > MAX_VERSION) {
    throw new SavedModelError(directory, `has a version number above ${MAX_VERSION}`, 'give it a smaller one');
  }
  return String(version);
}

/** The layout that was found and the one that was expected, as lines. */
function layouts(given: string, tree: Tree): string[] {
  const savedModels = tree.savedModels.map((location) => [...location, SAVED_MODEL_FILE].join('/'));
  const found = savedModels.length > 0 ? savedModels : tree.paths;
  const name = modelName(namesOf(given).name);
  return [
    `  found in ${given}:`,
    ...found.length > 0 ? list(found) : ['    nothing'],
    '  expected:',
    `    <version>/${SAVED_MODEL_FILE}, for the model '${name}'; or`,
    `    <name>/<version>/${SAVED_MODEL_FILE}, for one or more models; or`,
    `    ${SAVED_MODEL_FILE}, for a single version`,
    '    where <version> is a whole number, such as 1 or 00000123',
  ];
}

function list(paths: readonly string[]): string[] {
  const most = 10;
  return [
    ...paths.slice(0, most).map((found) => `    ${found}`),
    ...paths.length > most ? [`    and ${paths.length - most} more`] : [],
  ];
}

function namesOf(given: string): { readonly name: string; readonly parent: string } {
  const absolute = path.resolve(given);
  return { name: path.basename(absolute), parent: path.basename(path.dirname(absolute)) };
}

function modelName(directoryName: string): string {
  return directoryName !== '' ? directoryName : NAME_OF_THE_NAMELESS;
}

/** The SavedModels that are inside of others. */
function nestedIn(savedModels: readonly Location[]): ReadonlySet<Location> {
  const known = new Set(savedModels.map(shown));
  return new Set(savedModels.filter((location) => location.some((_, depth) => known.has(shown(location.slice(0, depth))))));
}

function lastOf(location: Location): string {
  return location[location.length - 1];
}

function shown(location: Location): string {
  return location.join('/');
}

function compareNumbers(a: string, b: string): number {
  return a.length !== b.length ? a.length - b.length : compareBytes(a, b);
}
