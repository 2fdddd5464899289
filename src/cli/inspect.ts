import {
  findSavedModels, readSavedModel, type SavedModel, SavedModelError, type Signature, type SignatureFeature, type SignatureTensor,
} from '../saved-model';
import { type Command, CommandError, type Terminal } from './command';
import { type InspectedModel, renderModels } from './inspect-table';
import { onlyPositional, parseArguments } from './parse-arguments';
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

In shapes, -1 is a dimension of any size. Features are what a signature reads from the
examples that classify and regress take, where its graph tells that.

Options:
  --json       write JSON
  --help, -h   show this help

JSON:
  { "models": [{
      "name", "versions": [{
        "version": "123", "directory": "00000123", "path",
        "tensorflowVersion", "schemaVersion", "tags", "otherTags",
        "signatures": { NAME: { "method", "inputs": TENSORS, "outputs": TENSORS,
                                "features": FEATURES } },
        "assets", "operations",
        "variables": { "count", "bytes", "entries": [{
          "name", "dtype", "shape", "bytes", "slices" }] } }] }] }
  where TENSORS is
    { NAME: { "dtype", "shape", "tensorName",
              "placeholderDtype", "componentTensorNames" } }
  and FEATURES is
    { NAME: { "kind", "dtype", "shape", "isRequired" } }

  tensorflowVersion       null where the model does not say
  otherTags               the tags of each meta graph that is not served
  features                only where they are known
  kind                    dense, or for any number of values sparse or ragged
  shape                   null for any number of dimensions, or where none is stated
  placeholderDtype        only where the graph takes another type than dtype says
  componentTensorNames    only for a sparse or composite tensor, with tensorName ""
  slices                  only for a variable that is stored in several parts`,
  run,
};

function run(argv: string[], terminal: Terminal): void {
  const { values, positionals } = parseArguments(argv, { json: { type: 'boolean', default: false } });
  const models = inspect(onlyPositional(positionals, 'PATH'));
  terminal.stdout.write(values.json ? `${printableJson({ models: models.map(modelJson) })}\n` : renderModels(models, terminal));
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
    signatures: byName(serving.signatures, ({ method, inputs, outputs, features }) => ({
      method,
      inputs: byName(inputs, ({ name: _, ...tensor }) => tensor),
      outputs: byName(outputs, ({ name: _, ...tensor }) => tensor),
      ...features !== undefined ? { features: byName(features, ({ name: _, ...feature }) => feature) } : {},
    })),
    assets: serving.assets,
    operations: serving.operations,
    variables: { count: variables.length, bytes: variableBytes, entries: variables },
  };
}

function byName<T extends Signature | SignatureTensor | SignatureFeature>(items: readonly T[], json: (item: T) => unknown) {
  return Object.fromEntries(items.map((item) => [item.name, json(item)]));
}
