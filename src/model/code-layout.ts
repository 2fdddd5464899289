import { decodePython, type PythonModule, readPython } from './python-source';

/** Something that is wrong with files, and what to do about it. */
export interface Fault {
  readonly rule: string;
  readonly remedy?: string;
}

/** The files of inference code, wherever they are. */
export interface CodeFiles {
  /** What goes before the paths where they are named, such as `code/`. */
  readonly shownBelow: string;
  /** The paths of all files, relative to the directory that becomes `code/`. */
  readonly paths: readonly string[];
  /** The content of a Python file; undefined where it cannot be looked into. */
  read(path: string): Uint8Array | undefined;
}

/** What the container will make of inference code. */
export interface CodeFindings {
  readonly faults: Fault[];
  /** Handlers that are defined, but never called. */
  readonly ignoredHandlers: string[];
  readonly hasRequirements: boolean;
  readonly needsNetwork: boolean;
}

const ENTRY = 'inference.py';
const REQUIREMENTS = 'requirements.txt';
const LIBRARIES = 'lib';

/** Handlers of SageMaker's other containers, which this one never calls. */
const FOREIGN_HANDLERS = ['model_fn', 'input_fn', 'predict_fn', 'output_fn', 'transform_fn'];

/** Clients of AWS, which do nothing in a container without a network. */
const CLIENTS = ['boto3', 'botocore', 'aioboto3', 'aiobotocore', 's3fs', 'sagemaker'];

/** Finds what the container would ignore, stumble over or take for something else. */
export function checkCode(files: CodeFiles): CodeFindings {
  const hasRequirements = files.paths.includes(REQUIREMENTS);
  const entry = files.paths.includes(ENTRY) ? files.read(ENTRY) : undefined;
  const handlers = entry !== undefined ? moduleIn(entry) : undefined;
  return {
    faults: [
      ...!files.paths.includes(ENTRY) ? [missingEntry(files)] : [],
      ...entry !== undefined && handlers === undefined ? [{
        rule: `has ${shown(files, ENTRY)} in an encoding that Python does not read`, remedy: 'save it as UTF-8',
      }] : [],
      ...handlers !== undefined ? missingHandlers(files, handlers) : [],
      ...misplaced(files, hasRequirements),
    ],
    ignoredHandlers: handlers?.defined.has('handler') ? ['input_handler', 'output_handler'].filter((name) => handlers.defined.has(name)) : [],
    hasRequirements,
    needsNetwork: hasRequirements || files.paths.some((path) => path.endsWith('.py') && importsClient(files.read(path))),
  };
}

function missingEntry(files: CodeFiles): Fault {
  const rule = files.shownBelow === '' ? 'must hold inference.py at its root' : `must hold ${shown(files, ENTRY)}`;
  const deeper = files.paths.find((path) => path.endsWith(`/${ENTRY}`) && !path.startsWith(`${LIBRARIES}/`));
  if (deeper !== undefined) {
    return {
      rule: `${rule}, and has it only as ${shown(files, deeper)}`,
      remedy: files.shownBelow === '' ? 'give that directory itself' : `move it to ${shown(files, ENTRY)}`,
    };
  }
  const scripts = files.paths.filter((path) => /^[^/]+\.py$/i.test(path) && path !== '__init__.py');
  const named = scripts.find((path) => hasHandlers(moduleIn(files.read(path)))) ?? (scripts.length === 1 ? scripts[0] : undefined);
  if (named !== undefined) {
    return { rule: `${rule}, the only name that the container looks for`, remedy: `rename ${shown(files, named)} to inference.py` };
  }
  if (files.paths.some((path) => path === REQUIREMENTS || path.startsWith(`${LIBRARIES}/`))) {
    return {
      rule: `${rule}: with packages alone the container stops converting CSV, JSON Lines and bare lists for TensorFlow Serving`,
      remedy: 'add inference.py, or leave out the packages',
    };
  }
  return { rule, remedy: 'add it, with a `handler`, or with an `input_handler` and an `output_handler`' };
}

function missingHandlers(files: CodeFiles, entry: PythonModule): Fault[] {
  if (entry.definesMore || hasHandlers(entry)) {
    return [];
  }
  const found = ['input_handler', 'output_handler', ...FOREIGN_HANDLERS].filter((name) => entry.defined.has(name));
  const pair = ['input_handler', 'output_handler'].filter((name) => !entry.defined.has(name));
  return [{
    rule: 'must define `handler`, or both `input_handler` and `output_handler`, '
      + `in ${shown(files, ENTRY)}${found.length > 0 ? `, which has only ${quoted(found)}` : ''}`,
    remedy: pair.length === 1 ? `add ${quoted(pair)}` : 'the container calls no others',
  }];
}

function misplaced(files: CodeFiles, hasRequirements: boolean): Fault[] {
  const has = (path: string) => files.paths.includes(path);
  const hasBelow = (directory: string) => files.paths.some((path) => path.startsWith(`${directory}/`));
  const model = files.paths.find((path) => /(^|\/)\d+\/saved_model\.pb$/.test(path));
  return [
    ...hasRequirements && (has(LIBRARIES) || hasBelow(LIBRARIES)) ? [{
      rule: `has both ${shown(files, REQUIREMENTS)} and ${shown(files, 'lib/')}, and the container ignores the requirements then`,
      remedy: 'give the packages in one of the two ways',
    }] : [],
    ...has(`${LIBRARIES}/${REQUIREMENTS}`) ? [{
      rule: `has ${shown(files, 'lib/requirements.txt')}, which the container does not install`,
      remedy: `move it to ${shown(files, REQUIREMENTS)} and leave out lib/`,
    }] : [],
    ...hasBelow(`${LIBRARIES}/${LIBRARIES}`) ? [{
      rule: `has ${shown(files, 'lib/lib/')}, which is not on the path that Python imports from`,
      remedy: `move what is in it to ${shown(files, 'lib/')}`,
    }] : [],
    ...hasBelow('code') && !has('code/__init__.py') ? [{
      rule: `has a directory ${shown(files, 'code/')}, and it becomes code/code/, where the container does not look`,
      remedy: files.shownBelow === '' ? 'move what is in it one up, or give that directory itself' : 'move what is in it one up',
    }] : [],
    ...model !== undefined ? [{
      rule: `has ${shown(files, model)}, which the container would serve as a model`,
      remedy: 'put the model into the artifact, outside of the code',
    }] : [],
  ];
}

function hasHandlers(module: PythonModule | undefined): boolean {
  return module !== undefined
    && (module.defined.has('handler') || (module.defined.has('input_handler') && module.defined.has('output_handler')));
}

function importsClient(source: Uint8Array | undefined): boolean {
  // packages of others can have thousands of files, of which few name a client at all
  if (source === undefined || !CLIENTS.some((client) => Buffer.from(source.buffer, source.byteOffset, source.length).includes(client))) {
    return false;
  }
  const module = moduleIn(source);
  return module !== undefined && CLIENTS.some((client) => module.imported.has(client));
}

function moduleIn(source: Uint8Array | undefined): PythonModule | undefined {
  const text = source !== undefined ? decodePython(source) : undefined;
  return text !== undefined ? readPython(text) : undefined;
}

function shown(files: CodeFiles, path: string): string {
  return `${files.shownBelow}${path}`;
}

function quoted(names: string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
