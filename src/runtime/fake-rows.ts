import { type JsonObject, type JsonValue, readRequestJson } from './fake-json';
import { Refusal, checkShape, decodeTensor, encodeTensor, isObject, shapeOf } from './fake-tensors';
import { type SignatureTypes } from './model-types';
import { type TensorSpec } from './signatures';
import { type ResponseValue, isNumberOrBigIntArray, isPlainObject } from './tensor-values';

/** The object that a request is. */
export function parsedRequest(body: string): JsonObject {
  let value: JsonValue;
  try {
    value = readRequestJson(body);
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
  if (!isObject(value)) {
    throw new Refusal('Request body is not a JSON object: Is not object');
  }
  return value;
}

/** The instances of a request in row format: the first says whether all of them have names. */
export function decodeRows(instances: JsonValue, types: SignatureTypes | undefined): ResponseValue[] {
  if (!Array.isArray(instances)) {
    throw new Refusal('Request data is expected to be list of \'instances\'');
  }
  if (instances.length === 0) {
    throw new Refusal('No values in \'instances\' array');
  }
  const hasNames = isObject(instances[0]);
  const names = types !== undefined ? Object.keys(types.inputs) : undefined;
  if (!hasNames && names !== undefined && names.length !== 1) {
    throw new Refusal('instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map');
  }
  const rows = instances.map((instance, index) => {
    const within = <T>(name: string | undefined, read: () => T): T => {
      try {
        return read();
      } catch (error) {
        const { message, status } = error as Refusal;
        const key = name !== undefined ? ` key: ${name}` : '';
        throw new Refusal(`Failed to process element: ${index}${key} of 'instances' list. Error: ${message}`, status);
      }
    };
    if (isObject(instance) !== hasNames) {
      throw new Refusal(`Expecting ${hasNames ? 'object' : 'list or value'} but got something else at list index: ${index}`);
    }
    if (!isObject(instance)) {
      return within(undefined, () => decodeTensor(instance, names !== undefined ? types!.inputs[names[0]].dtype : undefined));
    }
    const missing = names?.find((name) => instance[name] === undefined);
    if (missing !== undefined) {
      throw new Refusal(`Failed to process element: ${index} of 'instances' list. Error: Missing named input: ${missing}`);
    }
    return Object.fromEntries(Object.entries(instance).map(([name, value]) => [name, within(name, () => {
      if (names !== undefined && !names.includes(name)) {
        throw new Refusal('No such input');
      }
      return decodeTensor(value, types?.inputs[name].dtype);
    })]));
  });
  shapesMatch(rows);
  for (const [name, spec] of Object.entries<TensorSpec>(types?.inputs ?? {})) {
    const first = hasNames ? (rows[0] as Record<string, ResponseValue>)[name] : rows[0];
    checkShape([rows.length, ...shapeOf(first)], spec);
  }
  return rows;
}

/** The inputs of a request in columnar format, of which those that the signature does not have are left out. */
export function decodeColumns(inputs: JsonValue, types: SignatureTypes | undefined): ResponseValue {
  const specs = Object.entries<TensorSpec>(types?.inputs ?? {});
  if (!isObject(inputs)) {
    if (specs.length > 1) {
      throw new Refusal('inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map');
    }
    return decodeColumn(inputs, specs[0]?.[1]);
  }
  if (types === undefined) {
    return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, decodeColumn(value, undefined)]));
  }
  return Object.fromEntries(specs.map(([name, spec]) => {
    if (inputs[name] === undefined) {
      throw new Refusal(`Missing named input: ${name} in 'inputs' object.`);
    }
    return [name, decodeColumn(inputs[name], spec)];
  }));
}

function decodeColumn(value: JsonValue, spec: TensorSpec | undefined): ResponseValue {
  const column = decodeTensor(value, spec?.dtype);
  checkShape(shapeOf(column), spec);
  return column;
}

/** Predictions as TensorFlow Serving writes them: values, or objects of values where there are several outputs. */
export function encodeRows(predictions: unknown, types: SignatureTypes | undefined): string {
  if (!Array.isArray(predictions) && !isNumberOrBigIntArray(predictions)) {
    throw new TypeError('the fake model must give a list of predictions');
  }
  return `[${Array.from<unknown, string>(predictions, (prediction) => encodeOutputs(prediction, types)).join(', ')}]`;
}

/** An output, or outputs by their names, as TensorFlow Serving writes them. */
export function encodeOutputs(outputs: unknown, types: SignatureTypes | undefined): string {
  const specs = types?.outputs ?? {};
  if (!isPlainObject(outputs)) {
    const [name = ''] = Object.keys(specs);
    return encodeTensor(outputs, specs[name]?.dtype, name);
  }
  const named = Object.entries(outputs).map(([name, value]) => `${JSON.stringify(name)}: ${encodeTensor(value, specs[name]?.dtype, name)}`);
  return `{${named.join(', ')}}`;
}

/** The answer with a value under a key, as TensorFlow Serving lays it out. */
export function wrapped(key: string, text: string): string {
  return `{\n    "${key}": ${text}\n}`;
}

/** The rows of a column, or of columns by their names. */
export function rowsOf(columns: unknown): ResponseValue[] {
  if (Array.isArray(columns) || isNumberOrBigIntArray(columns)) {
    return Array.from<unknown, ResponseValue>(columns, (item) => item as ResponseValue);
  }
  if (!isPlainObject(columns)) {
    throw new TypeError('a fake model whose inputs or outputs are no batch needs `onInputs`');
  }
  const rows = Object.entries(columns).map(([name, column]) => rowsOf(column).map((value): [string, ResponseValue] => [name, value]));
  const count = Math.min(...rows.map(({ length }) => length));
  return Array.from({ length: count }, (_, index) => Object.fromEntries(rows.map((column) => column[index])));
}

/** The column of rows, or their columns by name. */
export function columnsOf(rows: readonly ResponseValue[]): ResponseValue {
  const [first] = rows;
  if (!isPlainObject(first)) {
    return [...rows];
  }
  return Object.fromEntries(Object.keys(first).map((name) => [name, rows.map((row) => (row as Record<string, ResponseValue>)[name])]));
}

/** Rows make one tensor, so that all of them have the same shape. */
function shapesMatch(rows: readonly ResponseValue[]): void {
  const sizes = rows.map((row) => JSON.stringify(isPlainObject(row)
    ? Object.entries(row as Record<string, ResponseValue>).map(([name, value]) => [name, shapeOf(value)]).sort()
    : shapeOf(row)));
  const different = sizes.find((size) => size !== sizes[0]);
  if (different !== undefined) {
    throw new Refusal(`Expecting shape ${sizes[0]} but got: ${different}`);
  }
}
