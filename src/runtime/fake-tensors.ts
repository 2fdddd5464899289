import { toBase64 } from './base64';
import { type JsonObject, type JsonValue } from './fake-json';
import { type FeatureSpec } from './model-types';
import { type TensorSpec } from './signatures';
import { type ResponseValue, isBytes, isNumberOrBigIntArray } from './tensor-values';

/** TensorFlow Serving refuses a request. */
export class Refusal extends Error {
  public constructor(message: string, public readonly status = 400) {
    super(message);
  }
}

/** How integers are checked: TensorFlow Serving has no narrower check for the small types. */
const INTEGERS: { readonly [dtype: string]: readonly [isSigned: boolean, bits: number] } = {
  DT_INT8: [true, 32],
  DT_INT16: [true, 32],
  DT_INT32: [true, 32],
  DT_INT64: [true, 64],
  DT_UINT8: [true, 32],
  DT_UINT32: [false, 32],
  DT_UINT64: [false, 64],
};

/** What the kinds of features are as tensors. */
const KINDS: { readonly [kind: string]: string } = { float: 'DT_FLOAT', int64: 'DT_INT64', bytes: 'DT_STRING' };

/** What a model gets for a value of a request: a tensor, whose elements are as its type says, if that is known. */
export function decodeTensor(value: JsonValue, dtype: string | undefined): ResponseValue {
  checkElements(value, shapeOf(value), 0);
  return decodeElements(value, dtype);
}

/** TensorFlow itself refuses a tensor of another shape than the model's, if that is known. */
export function checkShape(shape: readonly number[], spec: TensorSpec | undefined): void {
  const wanted = spec?.shape ?? shape;
  if (!(wanted.length === shape.length && wanted.every((size, i) => size === -1 || size === shape[i]))) {
    throw new Refusal(`Expects arg to have shape compatible with [${wanted}], but had shape [${shape}]`);
  }
}

/** The sizes of a tensor's dimensions, by the first element of each. */
export function shapeOf(value: JsonValue | ResponseValue): number[] {
  return Array.isArray(value) ? [value.length, ...value.length > 0 ? shapeOf(value[0]) : []] : [];
}

/** The features of an example, in the types that they have by how they are written. */
export function decodeExample(example: JsonValue, features: { readonly [name: string]: FeatureSpec } | undefined): Record<string, ResponseValue> {
  if (!isObject(example)) {
    throw new Refusal('Example must be JSON object but got JSON type: ' + typeName(example));
  }
  for (const [name, { dtype, isRequired }] of Object.entries(features ?? {})) {
    if (isRequired && example[name] === undefined) {
      throw new Refusal(`Name: <unknown>, Feature: ${name} (data type: ${shortName(dtype)}) is required but could not be found.`);
    }
  }
  return Object.fromEntries(Object.entries(example).map(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    const kinds = values.map((item) => kindOf(name, item));
    if (kinds.some((kind) => kind !== kinds[0])) {
      throw new Refusal(`Unexpected element type in feature: ${name} expecting type: ${kinds[0]}`);
    }
    const wanted = features !== undefined && Object.hasOwn(features, name) ? features[name].dtype : undefined;
    if (wanted !== undefined && kinds.length > 0 && KINDS[kinds[0]] !== wanted) {
      throw new Refusal(`Name: <unknown>, Key: ${name}, Index: 0.  Data types don't match. Expected type: ${shortName(wanted)}`);
    }
    const decoded = values.map((item) => decodeElements(typeof item === 'boolean' ? BigInt(item) : item, KINDS[kinds[0]]));
    return [name, Array.isArray(value) ? decoded : decoded[0]];
  }));
}

/**
 * A value of an answer as TensorFlow Serving writes it: bytes only where the output's name ends with `_bytes`.
 *
 * @throws TypeError where the value is none that a tensor of the type could have
 */
export function encodeTensor(value: unknown, dtype: string | undefined, name: string): string {
  if (Array.isArray(value) || isNumberOrBigIntArray(value)) {
    return `[${Array.from<unknown, string>(value, (item) => encodeTensor(item, dtype, name)).join(', ')}]`;
  }
  if (dtype !== undefined && !isOf(value, dtype)) {
    throw new TypeError(`the fake model gave ${typeof value} ${String(value)} for \`${name}\`, which is ${shortName(dtype)}`);
  }
  switch (typeof value) {
    case 'number':
      return dtype !== undefined && Object.hasOwn(INTEGERS, dtype) ? String(value) : floatText(value, dtype === 'DT_FLOAT');
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'string':
      return name.endsWith('_bytes') ? `{"b64": "${toBase64(new TextEncoder().encode(value))}"}` : JSON.stringify(value);
    default:
      if (!isBytes(value)) {
        throw new TypeError(`the fake model gave ${typeof value} ${String(value)} for \`${name}\`, which no tensor can have`);
      }
      return name.endsWith('_bytes') ? `{"b64": "${toBase64(value)}"}` : JSON.stringify(decodeUtf8(value, name));
  }
}

/** Whether a value is an object of named values. */
export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value);
}

/** TensorFlow Serving itself would write such bytes into the answer as they are, which no client can read. */
function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TypeError(`the fake model gave bytes for \`${name}\` that are no UTF-8; only outputs whose names end with \`_bytes\` can have them`);
  }
}

function checkElements(value: JsonValue, shape: readonly number[], level: number): void {
  if (!Array.isArray(value)) {
    if (level < shape.length) {
      throw new Refusal(`JSON Value: ${excerpt(value)} found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${shape.length}`);
    }
    return;
  }
  if (level >= shape.length) {
    throw new Refusal(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
  }
  if (value.length !== shape[level]) {
    throw new Refusal(`Encountered list at unexpected size: ${value.length} at level: ${level} expected size: ${shape[level]}`);
  }
  value.forEach((item) => checkElements(item, shape, level + 1));
}

function decodeElements(value: JsonValue, dtype: string | undefined): ResponseValue {
  if (Array.isArray(value)) {
    return value.map((item) => decodeElements(item, dtype));
  }
  const refuse = () => new Refusal(`JSON Value: ${excerpt(value)} Type: ${typeName(value)} is not of expected type: ${shortName(dtype!)}`);
  switch (dtype) {
    case undefined:
      return typeof value === 'bigint' ? simple(value) : value as ResponseValue;
    case 'DT_FLOAT':
    case 'DT_DOUBLE':
      if (typeof value !== 'number' && typeof value !== 'bigint') {
        throw refuse();
      }
      return dtype === 'DT_FLOAT' ? Math.fround(Number(value)) : Number(value);
    case 'DT_BOOL':
      if (typeof value !== 'boolean') {
        throw refuse();
      }
      return value;
    case 'DT_STRING':
      if (typeof value !== 'string' && !isBytes(value)) {
        throw refuse();
      }
      return value;
    default:
      if (!Object.hasOwn(INTEGERS, dtype)) {
        throw new Refusal(`Conversion of JSON Value: ${excerpt(value)} to type: ${shortName(dtype)}`, 501);
      }
      if (typeof value !== 'bigint' || !isInteger(value, dtype)) {
        throw refuse();
      }
      return simple(value);
  }
}

function isInteger(value: bigint, dtype: string): boolean {
  const [isSigned, bits] = INTEGERS[dtype];
  return (isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value;
}

function isOf(value: unknown, dtype: string): boolean {
  switch (dtype) {
    case 'DT_FLOAT':
    case 'DT_DOUBLE':
      return typeof value === 'number';
    case 'DT_BOOL':
      return typeof value === 'boolean';
    case 'DT_STRING':
      return typeof value === 'string' || isBytes(value);
    default:
      return Object.hasOwn(INTEGERS, dtype) && (typeof value === 'bigint' || Number.isInteger(value)) && isInteger(BigInt(value as number), dtype);
  }
}

function kindOf(feature: string, value: JsonValue): string {
  switch (typeof value) {
    case 'number':
      return 'float';
    case 'boolean':
      return 'int64';
    case 'bigint':
      if (!isInteger(value, 'DT_INT64')) {
        throw new Refusal(`Feature: ${feature} has uint64_t element. Only int64_t is supported.`);
      }
      return 'int64';
    case 'string':
      return 'bytes';
    default:
      if (!isBytes(value)) {
        throw new Refusal(`Feature: ${feature} has element with unexpected JSON type: ${typeName(value)}`);
      }
      return 'bytes';
  }
}

/** A number with as many digits as TensorFlow Serving gives it, and as a float. */
function floatText(value: number, isFloat32: boolean): string {
  const number = isFloat32 ? Math.fround(value) : value;
  if (!Number.isFinite(number)) {
    return String(number);
  }
  const short = general(number, 6);
  const parsed = isFloat32 ? Math.fround(Number(short)) : Number(short);
  const text = parsed === number ? short : general(number, isFloat32 ? 9 : 17);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** What C's `%g` makes of a number with a precision. */
function general(value: number, precision: number): string {
  const [digits, exponent] = value.toExponential(precision - 1).split('e');
  const power = Number(exponent);
  const sign = Object.is(value, -0) ? '-' : '';
  if (power < -4 || power >= precision) {
    return `${trimmed(digits)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return sign + trimmed(value.toFixed(precision - 1 - power));
}

function trimmed(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

function simple(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function shortName(dtype: string): string {
  return dtype.replace('DT_', '').toLowerCase();
}

function typeName(value: JsonValue): string {
  if (value === null) {
    return 'Null';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value === 'object') {
    return Array.isArray(value) ? 'Array' : 'Object';
  }
  return typeof value === 'string' ? 'String' : 'Number';
}

function excerpt(value: JsonValue): string {
  return (JSON.stringify(value, (_, item: unknown) => typeof item === 'bigint' ? String(item) : item)).slice(0, 256);
}
