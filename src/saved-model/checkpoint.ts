import * as path from 'node:path';
import { type Bundle, readBundle } from './bundle';
import { DamageError, SavedModelError } from './errors';
import { namesIn, readWhole, sizeOfContent, statOf } from './files';

/** A tensor in the checkpoint of a SavedModel. */
export interface Variable {
  /** The name in the checkpoint, such as `a/.ATTRIBUTES/VARIABLE_VALUE` or, from TensorFlow 1, `a`. */
  readonly name: string;
  /** Such as `DT_FLOAT`; `DT_<number>` for one that is not known here. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The bytes it takes in the checkpoint; for strings with their lengths and a checksum. */
  readonly bytes: number;
  /**
   * In how many parts it is stored, for a partitioned variable.
   *
   * @default - it is stored as a whole
   */
  readonly slices?: number;
}

/** What TensorFlow keeps in a checkpoint for itself: descriptions of Python objects. */
const INTERNAL_TENSORS = /^_CHECKPOINTABLE_OBJECT_GRAPH$|\/\.ATTRIBUTES\/OBJECT_CONFIG_JSON$/;

const VARIABLES = 'variables';

/**
 * The variables in the checkpoint of a SavedModel, in the order of their names. Their values are not read: only that the
 * files which hold them are there and large enough is checked.
 *
 * @param isNeeded whether the model has variables, so that it must have a checkpoint
 * @throws SavedModelError
 */
export function readVariables(savedModel: string, isNeeded: boolean): Variable[] {
  const directory = path.join(savedModel, VARIABLES);
  const indexPath = path.join(directory, `${VARIABLES}.index`);
  if (statOf(indexPath) === undefined) {
    if (isNeeded) {
      throw missingIndex(savedModel, directory, indexPath);
    }
    return [];
  }
  const bundle = decodeIndex(indexPath);
  checkShards(directory, bundle);
  return bundle.tensors.filter(({ name }) => !INTERNAL_TENSORS.test(name)).map(({ name, dtype, shape, extents, isSliced }) => ({
    name,
    dtype,
    shape,
    bytes: extents.reduce((sum, { size }) => sum + size, 0),
    ...isSliced ? { slices: extents.length } : {},
  }));
}

function missingIndex(savedModel: string, directory: string, indexPath: string): SavedModelError {
  if (statOf(directory)?.isDirectory() !== true) {
    return new SavedModelError(savedModel, `has no directory \`${VARIABLES}\`, but its graph has variables`, 'copy the whole SavedModel');
  }
  const names = namesIn(directory).map(({ name }) => name);
  const found = names.length === 0 ? 'the directory is empty' : `there is ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`;
  return new SavedModelError(indexPath, `is not there, but the graph has variables (${found})`, 'copy the whole SavedModel');
}

function decodeIndex(indexPath: string): Bundle {
  const bytes = readWhole(indexPath);
  try {
    return readBundle(bytes);
  } catch (error) {
    if (error instanceof DamageError) {
      throw new SavedModelError(indexPath, `is not the index of a checkpoint, or is damaged: ${error.message}`, 'copy or export the model again');
    }
    throw error;
  }
}

function checkShards(directory: string, { shardCount, tensors }: Bundle): void {
  const needs = new Map<number, { readonly bytes: number; readonly name: string }>();
  for (const { name, extents } of tensors) {
    for (const { shardId, offset, size } of extents) {
      const bytes = offset + size;
      if (bytes >= (needs.get(shardId)?.bytes ?? 0)) {
        needs.set(shardId, { bytes, name });
      }
    }
  }
  for (const [shardId, { bytes, name }] of [...needs].sort(([a], [b]) => a - b)) {
    const shard = path.join(directory, `${VARIABLES}.data-${number(shardId)}-of-${number(shardCount)}`);
    if (statOf(shard) === undefined) {
      throw new SavedModelError(shard, `is not there, but holds tensor '${name}'`, 'copy the whole SavedModel');
    }
    const size = sizeOfContent(shard);
    if (size < bytes) {
      throw new SavedModelError(shard, `has ${size} bytes, but tensor '${name}' ends at ${bytes}`, 'copy or export the model again: the file is cut off');
    }
  }
}

function number(value: number): string {
  return String(value).padStart(5, '0');
}
