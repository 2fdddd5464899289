import * as path from 'node:path';
import { readVariables, type Variable } from './checkpoint';
import { SAVED_MODEL } from './descriptors';
import { DamageError, SavedModelError } from './errors';
import { readWhole, statOf } from './files';
import { type MetaGraph, readMetaGraph } from './meta-graph';
import { checkIsDirectory, few, notASavedModel, SAVED_MODEL_FILE } from './missing';
import { decode } from './wire';

/** The directory with the files that the graph needs. */
const ASSETS = 'assets';

/** What TensorFlow Serving asks for when it loads a model. */
const SERVE = 'serve';

/** The first byte of a GraphDef: its first field is a node. */
const FIRST_BYTE_OF_GRAPH = 0x0a;

/** What a SavedModel says of itself. */
export interface SavedModel {
  /** Its directory, as it was given. */
  readonly path: string;
  /** The version of the format. */
  readonly schemaVersion: number;
  /** The meta graph that TensorFlow Serving loads: the one whose only tag is `serve`. */
  readonly serving: MetaGraph;
  /** All meta graphs, in the order of the file. */
  readonly metaGraphs: readonly MetaGraph[];
  /**
   * The tensors in the checkpoint, by name, byte by byte, without those that TensorFlow keeps for itself
   * (`_CHECKPOINTABLE_OBJECT_GRAPH`).
   */
  readonly variables: readonly Variable[];
  /** The bytes that these take together. */
  readonly variableBytes: number;
}

/**
 * Reads what a SavedModel says of itself: its signatures, variables and assets, but no values of variables.
 *
 * What TensorFlow Serving could not load is an error: a model without a meta graph for serving, or with a file that is
 * missing, cut off or damaged, as far as that shows without reading the weights.
 *
 * @param directory the directory that holds `saved_model.pb`
 * @throws SavedModelError
 * @see https://www.tensorflow.org/guide/saved_model#the_savedmodel_format_on_disk
 */
export function readSavedModel(directory: string): SavedModel {
  checkIsDirectory(directory, 'the directory of a SavedModel');
  const file = path.join(directory, SAVED_MODEL_FILE);
  if (statOf(file) === undefined) {
    throw notASavedModel(directory);
  }
  const { schemaVersion, metaGraphs } = decodeSavedModel(file);
  const { metaGraph: serving, restoresVariables } = servingMetaGraph(file, metaGraphs);
  checkAssets(directory, serving.assets);
  const variables = readVariables(directory, restoresVariables);
  return {
    path: directory,
    schemaVersion,
    serving,
    metaGraphs: metaGraphs.map(({ metaGraph }) => metaGraph),
    variables,
    variableBytes: variables.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

type ReadMetaGraph = ReturnType<typeof readMetaGraph>;

function decodeSavedModel(file: string): { readonly schemaVersion: number; readonly metaGraphs: readonly ReadMetaGraph[] } {
  const bytes = readWhole(file);
  try {
    const { savedModelSchemaVersion, metaGraphs } = decode(SAVED_MODEL, bytes);
    return { schemaVersion: savedModelSchemaVersion, metaGraphs: metaGraphs.map(readMetaGraph) };
  } catch (error) {
    if (!(error instanceof DamageError)) {
      throw error;
    }
    if (bytes[0] === FIRST_BYTE_OF_GRAPH) {
      throw new SavedModelError(file, 'is not a SavedModel but looks like a frozen graph',
        'export the model as a SavedModel, with `tf.saved_model.save(model, directory)`');
    }
    const place = error.position !== undefined ? ` (byte ${error.position - bytes.byteOffset})` : '';
    throw new SavedModelError(file, `is damaged or cut off: ${error.message}${place}`, 'copy or export the model again');
  }
}

function servingMetaGraph(file: string, metaGraphs: readonly ReadMetaGraph[]): ReadMetaGraph {
  if (metaGraphs.length === 0) {
    throw new SavedModelError(file, 'has no meta graph', 'copy or export the model again');
  }
  const found = metaGraphs.find(({ metaGraph: { tags } }) => tags.length === 1 && tags[0] === SERVE);
  if (found === undefined) {
    const tagSets = metaGraphs.map(({ metaGraph: { tags } }) => `{${tags.join(', ')}}`);
    throw new SavedModelError(file, `has no meta graph with the tag {${SERVE}} alone, which TensorFlow Serving loads, but ${few(tagSets)}`,
      'export the model for serving');
  }
  return found;
}

function checkAssets(directory: string, assets: readonly string[]): void {
  const file = path.join(directory, SAVED_MODEL_FILE);
  for (const asset of assets) {
    if (asset === '' || asset.includes('\0') || asset.split(/[\\/]/).includes('..')) {
      throw new SavedModelError(file, `names an asset outside of \`${ASSETS}\`: ${JSON.stringify(asset)}`, 'export the model again');
    }
    const assetPath = path.join(directory, ASSETS, asset);
    if (statOf(assetPath) === undefined) {
      throw new SavedModelError(assetPath, 'is not there, but the graph needs this asset', 'copy the whole SavedModel');
    }
  }
}
