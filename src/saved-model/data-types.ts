/** TensorFlow's data types by their numbers, with the bytes that an element takes where that is fixed. */
const DATA_TYPES: ReadonlyArray<readonly [name: string, size?: number]> = [
  ['DT_INVALID'], ['DT_FLOAT', 4], ['DT_DOUBLE', 8], ['DT_INT32', 4], ['DT_UINT8', 1], ['DT_INT16', 2], ['DT_INT8', 1],
  ['DT_STRING'], ['DT_COMPLEX64', 8], ['DT_INT64', 8], ['DT_BOOL', 1], ['DT_QINT8', 1], ['DT_QUINT8', 1], ['DT_QINT32', 4],
  ['DT_BFLOAT16', 2], ['DT_QINT16', 2], ['DT_QUINT16', 2], ['DT_UINT16', 2], ['DT_COMPLEX128', 16], ['DT_HALF', 2],
  ['DT_RESOURCE'], ['DT_VARIANT'], ['DT_UINT32', 4], ['DT_UINT64', 8], ['DT_FLOAT8_E5M2', 1], ['DT_FLOAT8_E4M3FN', 1],
  ['DT_FLOAT8_E4M3FNUZ', 1], ['DT_FLOAT8_E4M3B11FNUZ', 1], ['DT_FLOAT8_E5M2FNUZ', 1], ['DT_INT4', 1], ['DT_UINT4', 1],
];

/** What is added to a type's number for the reference to a variable of the type. */
const REFERENCE = 100;

/** A data type. */
export interface DataType {
  readonly name: string;
  /** The bytes that an element takes in a checkpoint; undefined where that depends on the value, or is not known. */
  readonly size?: number;
}

/**
 * The data type with a number, such as `DT_FLOAT` for both 1 (`DT_FLOAT`) and 101 (`DT_FLOAT_REF`). A number that is
 * not known, because TensorFlow added a type since, gives `DT_<number>`.
 */
export function dataType(number: number): DataType {
  const value = number > REFERENCE ? number - REFERENCE : number;
  const [name, size] = DATA_TYPES[value] ?? [`DT_${number}`];
  return { name, size };
}
