import * as fs from 'node:fs';
import { isArchive, withUnpacked } from './archive';
import { type Command, CommandError, type Terminal, UsageError } from './command';
import { lineDifference } from './line-difference';
import { onlyPositional, parseArguments } from './parse-arguments';
import { MARK, type ModuleModel, typescriptModule } from './typescript-module';
import { moduleNames } from './typescript-names';
import { commentText } from './typescript-text';
import { findSavedModels, type FoundModel, type FoundVersion, readSavedModel, SavedModelError } from '../saved-model';

/** `generate-types`: the types of a model's signatures for the client. */
export const GENERATE_TYPES: Command = {
  name: 'generate-types',
  synopsis: 'PATH [--out FILE [--check]] [--name NAME] [--version NUMBER]...',
  summary: 'make TypeScript types of a SavedModel\'s signatures, for the client',
  description: `Makes a TypeScript module of what the signatures of a SavedModel take and give, for
cdk-tensorflow-serving/runtime:

  import { TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
  import { halfPlusThree } from './half-plus-three';

  const client = new TensorFlowServingClient({ endpointName, model: halfPlusThree });

With the constant the client also writes and checks values by their types. With the
interface alone, TensorFlowServingClient<HalfPlusThree>, only the compiler knows them.

PATH is a SavedModel (a directory with saved_model.pb), a directory of versions of
one (1/, 00000123/), or an archive of either (model.tar.gz). TensorFlow is not needed,
and no weights are read.

Options:
  --out FILE         write FILE, and not the standard output
  --check            write nothing, and fail where FILE is not what would be written
  --name NAME        what the types are named after: half_plus_three makes HalfPlusThree
                     and halfPlusThree; the model's directory is the default
  --version NUMBER   the version that is taken, and not the newest one; given several
                     times, the names of each version's types end with its number
  --help, -h         show this help`,
  run,
};

interface Options {
  readonly path: string;
  readonly out?: string;
  readonly check: boolean;
  readonly name?: string;
  readonly versions: readonly string[];
}

function run(argv: string[], terminal: Terminal): void {
  const options = parse(argv);
  const text = isArchive(options.path)
    ? withUnpacked(options.path, (directory) => generate(directory, options))
    : reading(() => generate(options.path, options));
  if (options.out === undefined) {
    terminal.stdout.write(text);
  } else if (options.check) {
    checkFile(options.out, text);
    terminal.stdout.write(`${options.out} is up to date\n`);
  } else {
    const isChanged = writeFile(options.out, text);
    terminal.stdout.write(`${options.out} ${isChanged ? 'is written' : 'is up to date'}\n`);
  }
}

function parse(argv: string[]): Options {
  const { values, positionals } = parseArguments(argv, {
    out: { type: 'string' },
    check: { type: 'boolean', default: false },
    name: { type: 'string' },
    version: { type: 'string', multiple: true, default: [] },
  });
  const { out, check, name } = values;
  if (check && out === undefined) {
    throw new UsageError('--check needs --out FILE, the file to check');
  }
  if (out === '') {
    throw new UsageError('--out must name a file');
  }
  if (name !== undefined && moduleNames(name) === undefined) {
    throw new UsageError(`--name must have a letter or digit, got: ${name}`);
  }
  const wrong = values.version.find((version) => !/^\d+$/.test(version));
  if (wrong !== undefined) {
    throw new UsageError(`--version must be a number, got: ${wrong}`);
  }
  const versions = [...new Set(values.version.map((version) => String(BigInt(version))))];
  return { path: onlyPositional(positionals, 'PATH'), out, check, name, versions };
}

function generate(directory: string, { path, name, versions }: Options): string {
  const model = onlyModel(path, findSavedModels(directory));
  const chosen = versions.length > 0 ? versions.map((version) => versionOf(path, model, version)) : model.versions.slice(-1);
  return typescriptModule(chosen.map((found) => moduleModel(path, model, found, { name, versions })), [
    ...name !== undefined ? ['--name', shellWord(name)] : [],
    ...versions.map((version) => `--version ${version}`),
  ]);
}

function onlyModel(path: string, models: readonly FoundModel[]): FoundModel {
  if (models.length > 1) {
    const names = models.map(({ name }) => name).join(', ');
    throw new CommandError(`${path} holds ${models.length} models (${names}); give the directory of one`);
  }
  return models[0];
}

function versionOf(path: string, { versions }: FoundModel, wanted: string): FoundVersion {
  const found = versions.find(({ version }) => version === wanted);
  if (found === undefined) {
    throw new CommandError(`${path} has no version ${wanted}; give one of ${versions.map(({ version }) => version).join(', ')}`);
  }
  return found;
}

function moduleModel(
  path: string, model: FoundModel, { path: directory, version }: FoundVersion, { name, versions }: Pick<Options, 'name' | 'versions'>,
): ModuleModel {
  const names = moduleNames(name ?? model.name, versions.length > 1 ? version : undefined);
  if (names === undefined) {
    throw new CommandError(`${path} has no letter or digit in the model's name, ${model.name}; give a --name`);
  }
  const { signatures } = readSavedModel(directory).serving;
  if (signatures.length === 0) {
    throw new CommandError(`${path} has no signatures in version ${version}, so that nothing can be asked; export the model with signatures`);
  }
  return { names, modelName: name ?? model.name, version: versions.length > 0 ? version : undefined, signatures };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SavedModelError ? new CommandError(error.message) : error;
  }
}

/** A word for a shell, as far as it is one that people type. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_.-]+$/.test(text) ? text : `'${commentText(text)}'`;
}

/** The text of a file, whose lines may have been made to end as Windows has it; undefined where there is none. */
function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return undefined;
    }
    throw new CommandError(`${file} cannot be read (${code}); give the path of a file that can`);
  }
}

function checkFile(file: string, expected: string): void {
  const found = textOf(file);
  if (found === undefined) {
    throw new CommandError(`${file} does not exist; make it with \`generate-types\`, without --check`);
  }
  if (found !== expected) {
    throw new CommandError([
      `${file} is not what the model makes it (- is in the file, + is in the model); make it again, without --check`,
      ...lineDifference(found, expected).map((line) => `  ${line}`),
    ].join('\n'));
  }
}

/** Whether the file was not the same before. */
function writeFile(file: string, text: string): boolean {
  const found = textOf(file);
  if (found === text) {
    return false;
  }
  if (found !== undefined && found.trim() !== '' && !found.includes(MARK)) {
    throw new CommandError(`${file} was not made by \`generate-types\`, and is left as it is; give another file, or remove it`);
  }
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}); give the path of a file that can`);
  }
  return true;
}
