import { compareBytes } from './byte-order';
import { dataType } from './data-types';
import { ASSET_FILE_DEF, FUNCTION_DEF, META_GRAPH_DEF, NODE, NODE_ATTRIBUTES, TENSOR_INFO } from './descriptors';
import { DamageError } from './errors';
import { featuresOf, type SignatureFeature } from './features';
import { Graph } from './graph';
import { PARSING_OPERATIONS } from './parsing-node';
import { decode, type Message } from './wire';

/** A tensor that a signature takes or gives. */
export interface SignatureTensor {
  /** The name that requests and responses use. */
  readonly name: string;
  /**
   * The data type as the signature declares it, such as `DT_FLOAT`; `DT_<number>` for one that is not known here. For a
   * reference to a variable (`DT_FLOAT_REF`) this is the type of the variable's value, which is what callers see.
   */
  readonly dtype: string;
  /**
   * The data type of the placeholder that an input is fed to, where it differs from `dtype`: signatures of old exports
   * may declare something else. It is the type that the model takes.
   *
   * @default - the same as `dtype`, or not a placeholder
   */
  readonly placeholderDtype?: string;
  /** The size of each dimension, -1 for one of any size; null for any number of dimensions, or where none is stated. */
  readonly shape: readonly number[] | null;
  /** The tensor in the graph, such as `serving_default_x:0`; empty for a sparse or composite tensor. */
  readonly tensorName: string;
  /**
   * The tensors in the graph that a sparse tensor (values, indices, dense shape) or a composite tensor is made of.
   *
   * @default - an ordinary tensor
   */
  readonly componentTensorNames?: readonly string[];
}

/** A function of the model that can be called. */
export interface Signature {
  readonly name: string;
  /** Such as `tensorflow/serving/predict`. */
  readonly method: string;
  /** By name, byte by byte. */
  readonly inputs: readonly SignatureTensor[];
  /** By name, byte by byte. */
  readonly outputs: readonly SignatureTensor[];
  /**
   * The features that it reads from examples, where its only input is a tensor of serialized `tf.Example`s. By name, byte
   * by byte.
   *
   * @default - it takes no examples, or the graph does not tell what it reads from them
   */
  readonly features?: readonly SignatureFeature[];
}

/** A graph for one purpose, and what can be called in it. */
export interface MetaGraph {
  /** What the graph is for, such as `serve`; in byte order. */
  readonly tags: readonly string[];
  /**
   * The version of TensorFlow that wrote it.
   *
   * @default - it does not say
   */
  readonly tensorFlowVersion?: string;
  /** By name, byte by byte, without those that TensorFlow itself runs when it loads the model (`__saved_model_init_op`). */
  readonly signatures: readonly Signature[];
  /** The files in the directory `assets` that the graph needs, in byte order. */
  readonly assets: readonly string[];
  /** The names of all operations in the graph and its functions, in byte order. */
  readonly operations: readonly string[];
}

type MetaGraphDef = typeof META_GRAPH_DEF extends Message<infer T> ? T : never;
type TensorInfo = typeof TENSOR_INFO extends Message<infer T> ? T : never;

const INTERNAL_SIGNATURES = ['__saved_model_init_op', '__saved_model_train_op'];
const VARIABLE_OPERATIONS = ['VarHandleOp', 'VariableV2', 'Variable'];
const PLACEHOLDER_OPERATIONS = ['Placeholder', 'PlaceholderV2', 'PlaceholderWithDefault'];
const ASSETS_COLLECTION = 'saved_model_assets';

/**
 * What a meta graph says, and whether it has variables whose values are restored from a checkpoint.
 *
 * @throws DamageError
 */
export function readMetaGraph(definition: MetaGraphDef): { readonly metaGraph: MetaGraph; readonly restoresVariables: boolean } {
  const operations = new Set<string>();
  const placeholders = new Map<string, Buffer>();
  for (const bytes of definition.graphDef?.node ?? []) {
    const { name, op } = decode(NODE, bytes);
    operations.add(op);
    if (PLACEHOLDER_OPERATIONS.includes(op)) {
      placeholders.set(name, bytes);
    }
  }
  const functions = definition.graphDef?.library?.function ?? [];
  for (const bytes of functions) {
    decode(FUNCTION_DEF, bytes).nodeDef.forEach(({ op }) => operations.add(op));
  }

  const graph = PARSING_OPERATIONS.some((operation) => operations.has(operation)) ? new Graph(definition.graphDef?.node ?? [], functions) : undefined;
  const signatures = [...definition.signatureDef]
    .filter(([name]) => !INTERNAL_SIGNATURES.includes(name))
    .map(([name, { methodName, inputs, outputs }]): Signature => {
      const inputTensors = tensors(name, inputs, placeholders);
      const features = graph !== undefined ? featuresOfInputs(graph, inputTensors) : undefined;
      return {
        name,
        method: methodName,
        inputs: inputTensors,
        outputs: tensors(name, outputs, new Map()),
        ...features !== undefined ? { features } : {},
      };
    });

  const restores = definition.saverDef !== undefined && definition.saverDef.restoreOpName !== '';
  const tensorFlowVersion = definition.metaInfoDef?.tensorflowVersion ?? '';
  return {
    metaGraph: {
      tags: unique(definition.metaInfoDef?.tags ?? []),
      ...tensorFlowVersion !== '' ? { tensorFlowVersion } : {},
      signatures: signatures.sort((a, b) => compareBytes(a.name, b.name)),
      assets: assets(definition),
      operations: unique(operations),
    },
    restoresVariables: restores && VARIABLE_OPERATIONS.some((operation) => operations.has(operation)),
  };
}

function tensors(signature: string, infos: ReadonlyMap<string, TensorInfo>, placeholders: ReadonlyMap<string, Buffer>): SignatureTensor[] {
  return [...infos].map(([name, info]): SignatureTensor => {
    const { name: dtype } = dataType(info.dtype);
    const placeholder = info.name.endsWith(':0') ? placeholders.get(info.name.slice(0, -2)) : undefined;
    const placeholderType = placeholder !== undefined ? decode(NODE_ATTRIBUTES, placeholder).attr.get('dtype')?.type : undefined;
    const placeholderDtype = placeholderType !== undefined ? dataType(placeholderType).name : dtype;
    const sparse = info.cooSparse;
    const componentTensorNames = sparse !== undefined
      ? [sparse.valuesTensorName, sparse.indicesTensorName, sparse.denseShapeTensorName]
      : info.compositeTensor?.components.map((component) => component.name);
    return {
      name,
      dtype,
      ...placeholderDtype !== dtype ? { placeholderDtype } : {},
      shape: shape(`tensor '${name}' of signature '${signature}'`, info.tensorShape),
      tensorName: info.name,
      ...componentTensorNames !== undefined ? { componentTensorNames } : {},
    };
  }).sort((a, b) => compareBytes(a.name, b.name));
}

/** Examples are in one tensor of strings, and nothing is beside them. */
function featuresOfInputs(graph: Graph, inputs: readonly SignatureTensor[]): SignatureFeature[] | undefined {
  const [input] = inputs;
  return inputs.length === 1 && (input.placeholderDtype ?? input.dtype) === 'DT_STRING' ? featuresOf(graph, input.tensorName) : undefined;
}

function shape(what: string, definition: TensorInfo['tensorShape']): number[] | null {
  // scalars have an empty shape; the oldest exports state none at all, whatever the tensor takes
  if (definition === undefined || definition.unknownRank) {
    return null;
  }
  return definition.dim.map(({ size }) => {
    if (size < -1) {
      throw new DamageError(`${what} has a dimension of size ${size}`);
    }
    return size;
  });
}

/** TensorFlow 2 has a field for assets, TensorFlow 1 had a collection. */
function assets(definition: MetaGraphDef): string[] {
  const inCollection = definition.collectionDef.get(ASSETS_COLLECTION)?.anyList?.value ?? [];
  return unique([
    ...definition.assetFileDef.map(({ filename }) => filename),
    ...inCollection.map(({ value }) => value !== undefined ? decode(ASSET_FILE_DEF, value).filename : ''),
  ]);
}

function unique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort(compareBytes);
}
