import { isUtf8 } from 'node:buffer';
import { dataType } from './data-types';
import type { SignatureFeature } from './features';
import type { GraphNode } from './graph';
import { CONSTANT, PARSING_ATTRIBUTE } from './graph-descriptors';
import type { Message } from './wire';

type Of<M> = M extends Message<infer T> ? T : never;
type Constant = Of<typeof CONSTANT>;
type Shape = Of<typeof PARSING_ATTRIBUTE>['list'] extends infer L ? L extends { readonly shape: ReadonlyArray<infer S> } ? S : never : never;

/** The constants that a node takes, by the place of the input; undefined where a tensor is computed. */
export interface Constants {
  at(index: number): Constant | undefined;
  /** One that may have had another shape, but had as many elements. */
  withElementsOf(index: number): Constant | undefined;
}

/** The names of the features that a node parses, and where its values for dense features that are missing begin. */
interface Keys {
  readonly dense: readonly string[];
  readonly sparse: readonly string[];
  readonly ragged: readonly string[];
  readonly defaultsAt: number;
}

/** What an operation's attributes say of the features, without their names. */
interface Types {
  readonly dense: readonly number[];
  readonly denseShapes: readonly Shape[];
  readonly sparse: readonly number[];
  readonly ragged: readonly number[];
}

type KeyReader = (node: GraphNode, types: Types, constants: Constants) => Keys | undefined;

/** Operations that parse examples, which are their first input. */
const PARSERS: ReadonlyMap<string, KeyReader> = new Map<string, KeyReader>([
  ['ParseExample', keysOfParseExample],
  ['ParseExampleV2', keysOfParseExampleV2],
  ['ParseSingleExample', keysOfParseSingleExample],
]);

/** The names of operations that parse examples. */
export const PARSING_OPERATIONS: readonly string[] = [...PARSERS.keys()];

/** What a feature can hold. */
const FEATURE_TYPES = ['DT_FLOAT', 'DT_INT64', 'DT_STRING'];

/** Whether a node parses examples. */
export function isParsing({ op }: GraphNode): boolean {
  return PARSERS.has(op);
}

/**
 * The features that a node parses; undefined where the node does not tell.
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/ParseExampleV2
 */
export function parsedFeatures(node: GraphNode, constants: Constants): SignatureFeature[] | undefined {
  const types = typesOf(node);
  const keys = PARSERS.get(node.op)!(node, types, constants);
  if (keys === undefined || keys.dense.length !== types.dense.length || types.denseShapes.length !== types.dense.length
    || keys.sparse.length !== types.sparse.length || keys.ragged.length !== types.ragged.length) {
    return undefined;
  }
  const features = [
    ...keys.dense.map((name, index) =>
      denseFeature(name, types.dense[index], types.denseShapes[index], constants.withElementsOf(keys.defaultsAt + index))),
    ...keys.sparse.map((name, index) => looseFeature(name, 'sparse', types.sparse[index])),
    ...keys.ragged.map((name, index) => looseFeature(name, 'ragged', types.ragged[index])),
  ];
  return features.every(({ dtype }) => FEATURE_TYPES.includes(dtype)) ? features : undefined;
}

function typesOf(node: GraphNode): Types {
  const attributes = node.attributes();
  // an empty list may be written as nothing at all
  const list = (name: string) => attributes.get(name)?.list;
  return {
    dense: list('Tdense')?.type ?? [],
    denseShapes: list('dense_shapes')?.shape ?? [],
    sparse: list('sparse_types')?.type ?? [],
    ragged: list('ragged_value_types')?.type ?? [],
  };
}

function denseFeature(name: string, type: number, definition: Shape, standIn: Constant | undefined): SignatureFeature {
  const shape = definition.unknownRank ? null : definition.dim.map(({ size }) => size);
  // one of any length is empty where it is missing
  const isRequired = shape !== null && !shape.includes(-1) && standIn !== undefined && elementCount(standIn) === 0;
  return { name, kind: 'dense', dtype: dataType(type).name, shape, isRequired };
}

function looseFeature(name: string, kind: 'sparse' | 'ragged', type: number): SignatureFeature {
  return { name, kind, dtype: dataType(type).name, shape: null, isRequired: false };
}

/** `serialized`, `names`, a key for each sparse feature and for each dense one, and the stand-ins. */
function keysOfParseExample(_: GraphNode, types: Types, constants: Constants): Keys | undefined {
  const keys = (from: number, count: number) => together(Array.from({ length: count }, (__, index) => textsOf(constants.at(from + index))));
  const sparse = keys(2, types.sparse.length);
  const dense = keys(2 + types.sparse.length, types.dense.length);
  return sparse !== undefined && dense !== undefined
    ? { dense, sparse, ragged: [], defaultsAt: 2 + types.sparse.length + types.dense.length }
    : undefined;
}

/** `serialized`, `names`, the keys of all sparse, dense and ragged features, and the stand-ins. */
function keysOfParseExampleV2(_: GraphNode, __: Types, constants: Constants): Keys | undefined {
  const [sparse, dense, ragged] = [2, 3, 4].map((index) => textsOf(constants.at(index)));
  return sparse !== undefined && dense !== undefined && ragged !== undefined ? { dense, sparse, ragged, defaultsAt: 5 } : undefined;
}

/** `serialized` and the stand-ins; the keys are attributes. */
function keysOfParseSingleExample(node: GraphNode): Keys | undefined {
  const attributes = node.attributes();
  const [dense, sparse] = ['dense_keys', 'sparse_keys'].map((name) => together((attributes.get(name)?.list?.s ?? []).map(textOf)));
  return dense !== undefined && sparse !== undefined ? { dense, sparse, ragged: [], defaultsAt: 1 } : undefined;
}

/** The texts in a constant; undefined if it holds something else. */
function textsOf(constant: Constant | undefined): string[] | undefined {
  if (constant === undefined || dataType(constant.dtype).name !== 'DT_STRING') {
    return undefined;
  }
  // names are all different, so that none are left out because they repeat the last one
  return constant.stringVal.length === elementCount(constant) ? together(constant.stringVal.map(textOf)) : undefined;
}

function textOf(bytes: Buffer): string[] | undefined {
  return isUtf8(bytes) ? [bytes.toString('utf8')] : undefined;
}

/** All texts in one list; undefined if some are not known. */
function together(lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  return lists.includes(undefined) ? undefined : (lists as readonly (readonly string[])[]).flat();
}

function elementCount({ tensorShape }: Constant): number {
  return tensorShape?.dim.reduce((product, { size }) => product * size, 1) ?? 1;
}
