import { BOOL, BYTES, FIXED32, INT32, INT64, map, message, repeated, single, STRING } from './wire';

/*
 * The parts of TensorFlow's messages that are read here, with its own names in camel case. What nobody reads is left out
 * and stepped over; what is read only now and then is left as bytes.
 *
 * See https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf and .../core/framework
 */

const DIM = message('Dim', { size: single(1, INT64, 0) });

export const TENSOR_SHAPE = message('TensorShapeProto', {
  dim: repeated(2, DIM),
  unknownRank: single(3, BOOL, false),
});

/** The parts of a composite tensor that are looked at; composite tensors in composite tensors are left out. */
const COMPONENT = message('TensorInfo', { name: single(1, STRING, '') });

const COMPOSITE_TENSOR = message('CompositeTensor', { components: repeated(2, COMPONENT) });

const COO_SPARSE = message('CooSparse', {
  valuesTensorName: single(1, STRING, ''),
  indicesTensorName: single(2, STRING, ''),
  denseShapeTensorName: single(3, STRING, ''),
});

export const TENSOR_INFO = message('TensorInfo', {
  name: single(1, STRING, ''),
  dtype: single(2, INT32, 0),
  tensorShape: single(3, TENSOR_SHAPE, undefined),
  cooSparse: single(4, COO_SPARSE, undefined),
  compositeTensor: single(5, COMPOSITE_TENSOR, undefined),
});

const SIGNATURE_DEF = message('SignatureDef', {
  inputs: map(1, TENSOR_INFO),
  outputs: map(2, TENSOR_INFO),
  methodName: single(3, STRING, ''),
});

/** An asset's tensor is of no interest: only its file has to be there. */
export const ASSET_FILE_DEF = message('AssetFileDef', { filename: single(2, STRING, '') });

const ANY = message('Any', { typeUrl: single(1, STRING, ''), value: single(2, BYTES, undefined) });

const ANY_LIST = message('AnyList', { value: repeated(1, ANY) });

const COLLECTION_DEF = message('CollectionDef', { anyList: single(5, ANY_LIST, undefined) });

const ATTR_VALUE = message('AttrValue', { type: single(6, INT32, undefined) });

/** A node without its attributes, which make up most of a graph. */
export const NODE = message('NodeDef', { name: single(1, STRING, ''), op: single(2, STRING, '') });

/** The attributes of a node. */
export const NODE_ATTRIBUTES = message('NodeDef', { attr: map(5, ATTR_VALUE) });

/** A node of a function, of which nobody asks more than what it does. */
const FUNCTION_NODE = message('NodeDef', { op: single(2, STRING, '') });

export const FUNCTION_DEF = message('FunctionDef', { nodeDef: repeated(3, FUNCTION_NODE) });

const FUNCTION_DEF_LIBRARY = message('FunctionDefLibrary', { function: repeated(1, BYTES) });

const GRAPH_DEF = message('GraphDef', {
  node: repeated(1, BYTES),
  library: single(2, FUNCTION_DEF_LIBRARY, undefined),
});

const META_INFO_DEF = message('MetaInfoDef', {
  tags: repeated(4, STRING),
  tensorflowVersion: single(5, STRING, ''),
});

const SAVER_DEF = message('SaverDef', { restoreOpName: single(3, STRING, '') });

export const META_GRAPH_DEF = message('MetaGraphDef', {
  metaInfoDef: single(1, META_INFO_DEF, undefined),
  graphDef: single(2, GRAPH_DEF, undefined),
  saverDef: single(3, SAVER_DEF, undefined),
  collectionDef: map(4, COLLECTION_DEF),
  signatureDef: map(5, SIGNATURE_DEF),
  assetFileDef: repeated(6, ASSET_FILE_DEF),
});

export const SAVED_MODEL = message('SavedModel', {
  savedModelSchemaVersion: single(1, INT64, 0),
  metaGraphs: repeated(2, META_GRAPH_DEF),
});

const VERSION_DEF = message('VersionDef', { minConsumer: single(2, INT32, 0) });

export const BUNDLE_HEADER = message('BundleHeaderProto', {
  numShards: single(1, INT32, 0),
  endianness: single(2, INT32, 0),
  version: single(3, VERSION_DEF, undefined),
});

/** Where a slice lies is of no interest: only that there are slices, and how many. */
const TENSOR_SLICE = message('TensorSliceProto', {});

export const BUNDLE_ENTRY = message('BundleEntryProto', {
  dtype: single(1, INT32, 0),
  shape: single(2, TENSOR_SHAPE, undefined),
  shardId: single(3, INT32, 0),
  offset: single(4, INT64, 0),
  size: single(5, INT64, 0),
  crc32c: single(6, FIXED32, 0),
  slices: repeated(7, TENSOR_SLICE),
});
