import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Construct } from 'constructs';
import { checkEntryPoint } from './entry-point';
import { checkLayout, warningsOf } from './training-code-layout';
import type { CheckedCode, CodeSource, CodeUse } from './training-code-source';
import { locationOf, ModelAsset } from '../model/model-asset';
import type { Violation } from '../private/errors';
import { contentOfFiles } from '../private/packing';
import { attempt, PackingError, reporting } from '../private/packing-error';
import { isLeftBehind, listFiles, type PackedFile } from '../private/packing-files';

/** Directories that hold credentials, wherever they are. */
const CREDENTIALS = ['.aws', '.ssh', '.kube', '.docker', '.gnupg', '.credentials'];

/** Directories of the system, and of the user's programs. */
const SYSTEM = ['/etc', '/var/lib', '/opt/ml/metadata', path.join(os.homedir(), '.config')];

/** Something on disk that goes into the archive. */
interface Given {
  /** The property that it was given as. */
  readonly property: string;
  /** The path as its user wrote it. */
  readonly path: string;
  /** What it is called in the archive; the empty text is the archive's root. */
  readonly name: string;
}

/** A directory, and what goes beside its files. */
export function directoryCode(directory: string, entryPoint: string, dependencies: string[]): CodeSource {
  const given = { property: 'code', path: directory, name: '' };
  return {
    check: (scope, use) => checked(scope, use, {
      given: [given, ...dependencies.map(dependency)],
      entryPoint,
      violations: [...checkEntryPoint('code.entryPoint', entryPoint), ...checkKind(given, 'directory')],
    }),
  };
}

/** A script, and what goes beside it. */
export function fileCode(file: string, dependencies: string[]): CodeSource {
  const entryPoint = path.basename(file);
  const given = { property: 'code', path: file, name: entryPoint };
  return {
    check: (scope, use) => checked(scope, use, {
      given: [given, ...dependencies.map(dependency)],
      entryPoint,
      violations: [...checkEntryPoint('code', entryPoint), ...checkKind(given, 'file')],
    }),
  };
}

function checked(
  scope: Construct, use: CodeUse, { given, entryPoint, violations }: { given: Given[]; entryPoint: string; violations: Violation[] },
): CheckedCode {
  const faults = [...violations, ...given.flatMap(checkPlace), ...given.slice(1).flatMap(checkExists)];
  const groups = faults.length > 0 ? [] : given.map((one) => reporting(scope, { property: one.property, got: one.path }, () => filesOf(one)));
  const files = groups.flat();
  const paths = files.map((file) => file.path);
  const read = (name: string) => fs.readFileSync(files.find((file) => file.path === name)!.source);
  return {
    entryPoint,
    violations: faults.length > 0 ? faults : [
      ...given.flatMap((one, index) => checkSecrets(one, groups[index])),
      ...checkDuplicates(given, groups),
      ...checkLayout({ paths, entryPoint, use }),
    ],
    warnings: faults.length > 0 ? [] : warningsOf({ paths, entryPoint, use, read }),
    provideIn: (host) => reporting(scope, { property: 'code', got: given[0].path }, () => locationOf(
      ModelAsset.ofFiles(new Construct(host, 'Code'), contentOfFiles('training code', files)),
    )),
  };
}

function dependency(given: string, index: number): Given {
  return { property: `code.dependencies[${index}]`, path: given, name: path.basename(path.resolve(given)) };
}

function checkExists({ property, path: given }: Given): Violation[] {
  return fs.existsSync(given) ? [] : [{ property, rule: 'does not exist', got: given, remedy: `there is no ${path.resolve(given)}` }];
}

function checkKind(given: Given, kind: 'directory' | 'file'): Violation[] {
  const stats = fs.statSync(given.path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return checkExists(given);
  }
  return stats.isDirectory() === (kind === 'directory') ? [] : [{
    property: given.property,
    rule: kind === 'directory' ? 'must be a directory' : 'must be a file',
    got: given.path,
    remedy: kind === 'directory' ? 'give a script to TrainingCode.fromFile' : 'give a directory to TrainingCode.fromDirectory',
  }];
}

/** What a user would not want to be uploaded. */
function checkPlace({ property, path: given }: Given): Violation[] {
  if (!fs.existsSync(given)) {
    return [];
  }
  const real = fs.realpathSync(given);
  const forbidden = real.split(path.sep).find((part) => CREDENTIALS.includes(part))
    ?? SYSTEM.find((directory) => real === directory || real.startsWith(`${directory}${path.sep}`));
  return forbidden === undefined && real !== path.parse(real).root ? [] : [{
    property,
    rule: `must not be ${forbidden === undefined ? 'the root of the file system' : `in ${forbidden}`}, which is not for others`,
    got: given,
    remedy: 'copy what the script needs to a directory of its own',
  }];
}

function checkSecrets({ property, path: given }: Given, files: PackedFile[]): Violation[] {
  const secret = files.find((file) => file.path.split('/').some((part) => CREDENTIALS.includes(part)));
  return secret === undefined ? [] : [{
    property, rule: `has ${secret.path}, which is not for others`, got: given, remedy: 'copy what the script needs to a directory of its own',
  }];
}

function filesOf(given: Given): PackedFile[] {
  const source = path.resolve(given.path);
  const stats = attempt(source, () => fs.statSync(source));
  if (stats.isDirectory()) {
    return listFiles(source, { prefix: given.name, root: source });
  }
  if (isLeftBehind(given.name)) {
    throw new PackingError('has a name that is never packed', 'rename it');
  }
  return [{ path: given.name, source, stats }];
}

/** Two files cannot have one name, and a directory is that of one of them only. */
function checkDuplicates(given: Given[], groups: PackedFile[][]): Violation[] {
  const taken = new Map<string, string>();
  return given.flatMap((one, index) => {
    const names = [...new Set(groups[index].map((file) => file.path.split('/')[0]))];
    const violations = names.filter((name) => taken.has(name)).map((name) => ({
      property: one.property,
      rule: `must not be called ${name}, as something in \`${taken.get(name)}\` is`,
      got: one.path,
      remedy: 'rename one of them',
    }));
    names.forEach((name) => taken.set(name, taken.get(name) ?? one.property));
    return violations;
  });
}
