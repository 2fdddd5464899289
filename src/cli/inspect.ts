import { parseArgs } from 'node:util';
import { findSavedModels, readSavedModel, type SavedModel, SavedModelError, type SignatureTensor } from '../saved-model';
import { type Command, CommandError, type Terminal, UsageError } from './command';
import { type InspectedModel, renderModels } from './inspect-table';
import { printableJson } from './printable';

/** `inspect`: what SavedModels hold and can be asked. */
export const INSPECT: Command = {
  name: 'inspect',
  synopsis: 'PATH [--json]',
  summary: 'show what is in a SavedModel: versions, signatures, variables, assets',
  description: `Shows what TensorFlow Serving would load from PATH: models, their versions, and the
signatures of each. TensorFlow is not needed, and no weights are read.

PATH is a SavedModel (a directory with saved_model.pb), a directory of versions of
one (1/, 00000123/), or a directory of several models (a/1/, b/3/).

In shapes, -1 is a dimension of any size.

Options:
  --json       write JSON
  --help, -h   show this help

JSON:
  { "models": [{
      "name", "versions": [{
        "version": "123", "directory": "00000123", "path",
        "tensorflowVersion", "schemaVersion", "tags", "otherTags",
        "signatures": { NAME: { "method", "inputs": TENSORS, "outputs": TENSORS } },
        "assets", "operations",
        "variables": { "count", "bytes", "entries": [{
          "name", "dtype", "shape", "bytes", "slices" }] } }] }] }
  where TENSORS is
    { NAME: { "dtype", "shape", "tensorName",
              "placeholderDtype", "componentTensorNames" } }

  tensorflowVersion       null where the model does not say
  otherTags               the tags of each meta graph that is not served
  shape                   null for any number of dimensions, or where none is stated
  placeholderDtype        only where the graph takes another type than dtype says
  componentTensorNames    only for a sparse or composite tensor, with tensorName ""
  slices                  only for a variable that is stored in several parts`,
  run,
};

function run(argv: string[], terminal: Terminal): void {
  const { path, json } = parse(argv);
  const models = inspect(path);
  terminal.stdout.write(json ? `${printableJson({ models: models.map(modelJson) })}\n` : renderModels(models, terminal));
}

function parse(argv: string[]): { readonly path: string; readonly json: boolean } {
  const { values, positionals } = parseOptions(argv);
  if (positionals.length !== 1) {
    throw new UsageError(positionals.length === 0 ? 'PATH is missing' : `expected one PATH, got ${positionals.length}: ${positionals.join(' ')}`);
  }
  return { path: positionals[0], json: values.json };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
  } catch (error) {
    // the first sentence says what is wrong, the others are about Node.js
    const [problem] = (error as Error).message.split('. ');
    throw new UsageError(problem.charAt(0).toLowerCase() + problem.slice(1));
  }
}

/** Reads every version, so that all that is wrong is told at once. */
function inspect(path: string): InspectedModel[] {
  const errors: SavedModelError[] = [];
  const attempt = <T>(action: () => T): T[] => {
    try {
      return [action()];
    } catch (error) {
      if (!(error instanceof SavedModelError)) {
        throw error;
      }
      errors.push(error);
      return [];
    }
  };
  const models = attempt(() => findSavedModels(path)).flat().map(({ name, versions }) => ({
    name,
    versions: versions.flatMap((version) => attempt(() => ({ ...version, savedModel: readSavedModel(version.path) }))),
  }));
  if (errors.length > 0) {
    throw new CommandError(errors.map(({ message }) => message).join('\n'));
  }
  return models;
}

function modelJson({ name, versions }: InspectedModel) {
  return {
    name,
    versions: versions.map(({ version, directoryName, path, savedModel }) => ({
      version,
      directory: directoryName,
      path,
      ...savedModelJson(savedModel),
    })),
  };
}

function savedModelJson({ schemaVersion, serving, metaGraphs, variables, variableBytes }: SavedModel) {
  return {
    tensorflowVersion: serving.tensorFlowVersion ?? null,
    schemaVersion,
    tags: serving.tags,
    otherTags: metaGraphs.filter((metaGraph) => metaGraph !== serving).map(({ tags }) => tags),
    signatures: Object.fromEntries(serving.signatures.map(({ name, method, inputs, outputs }) => [name, {
      method,
      inputs: tensorsJson(inputs),
      outputs: tensorsJson(outputs),
    }])),
    assets: serving.assets,
    operations: serving.operations,
    variables: { count: variables.length, bytes: variableBytes, entries: variables },
  };
}

function tensorsJson(tensors: readonly SignatureTensor[]) {
  return Object.fromEntries(tensors.map(({ name, ...tensor }) => [name, tensor]));
}
