import { TENSOR_SHAPE } from './descriptors';
import { BYTES, INT32, map, message, repeated, single, STRING } from './wire';

/*
 * The parts of a graph that say which examples it parses, with TensorFlow's own names in camel case.
 *
 * See https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework
 */

/** A node without its attributes, which make up most of a graph. */
export const WIRED_NODE = message('NodeDef', { name: single(1, STRING, ''), op: single(2, STRING, ''), input: repeated(3, STRING) });

export const CONSTANT = message('TensorProto', {
  dtype: single(1, INT32, 0),
  tensorShape: single(2, TENSOR_SHAPE, undefined),
  stringVal: repeated(8, BYTES),
});

const LIST_VALUE = message('ListValue', { s: repeated(2, BYTES), type: repeated(6, INT32), shape: repeated(7, TENSOR_SHAPE) });

const NAME_ATTR_LIST = message('NameAttrList', { name: single(1, STRING, '') });

export const PARSING_ATTRIBUTE = message('AttrValue', {
  list: single(1, LIST_VALUE, undefined),
  tensor: single(8, CONSTANT, undefined),
  func: single(10, NAME_ATTR_LIST, undefined),
});

/** The attributes of a node. */
export const PARSING_ATTRIBUTES = message('NodeDef', { attr: map(5, PARSING_ATTRIBUTE) });

/** A parameter of a function; one that stands for several tensors has one of the attributes. */
const PARAMETER = message('ArgDef', { name: single(1, STRING, ''), numberAttr: single(5, STRING, ''), typeListAttr: single(6, STRING, '') });

const FUNCTION_SIGNATURE = message('OpDef', { name: single(1, STRING, ''), inputArg: repeated(2, PARAMETER) });

const RETURNED = message('RetEntry', { key: single(1, STRING, ''), value: single(2, STRING, '') });

export const WIRED_FUNCTION = message('FunctionDef', {
  signature: single(1, FUNCTION_SIGNATURE, undefined),
  nodeDef: repeated(3, BYTES),
  ret: repeated(4, RETURNED),
});
