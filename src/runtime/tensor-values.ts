import { type Tensor } from './tensor';

/** A typed array whose elements are sent as numbers; `Uint8Array` is not among them, because it is sent as bytes. */
export type NumberArray = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8ClampedArray | Uint16Array | Uint32Array;

/** A typed array whose elements are sent as integers of 64 bits. */
export type BigIntArray = BigInt64Array | BigUint64Array;

/**
 * What can be sent to predict.
 *
 * Where the client has the model's types, each value is checked against its input's type and shape, and written for it:
 * float32s have no more digits than they need, and a `Uint8Array` is the elements of a tensor of numbers, or bytes for
 * one of strings.
 *
 * Without them, numbers are written as they are, so 1.0 is sent as `1`, which tensors of every numeric type take. NaN and
 * infinities are for tensors of floating-point numbers; a zero keeps its sign in a `Float32Array` or `Float64Array`. A
 * bigint is written as its digits, and is the only exact way to send an integer beyond 2^53. A `Uint8Array` is sent as
 * bytes, `{"b64": ...}`, for string tensors; give the elements of a `uint8` tensor in an array, a `Uint8ClampedArray` or
 * a `Tensor`.
 *
 * Of an iterable, all that it gives is a list; a `Map` is none.
 */
export type TensorValue =
  | number | bigint | boolean | string | null | Uint8Array | NumberArray | BigIntArray | Tensor
  | readonly TensorValue[]
  | Iterable<TensorValue>
  | { readonly [name: string]: TensorValue };

/**
 * What comes back: JSON, and more than JSON.
 *
 * An integer beyond 2^53 is a bigint, and one within it a number, in the same tensor. NaN and infinities are numbers.
 * `{"b64": ...}`, which TensorFlow Serving writes for string outputs whose names end with `_bytes`, is a `Uint8Array`.
 */
export type ResponseValue = number | bigint | boolean | string | null | Uint8Array | ResponseValue[] | { [name: string]: ResponseValue };

/**
 * A value in an example.
 *
 * Where the client has the model's types, it is written as the signature reads the feature. Without them, it is of a
 * float feature if it is a number, whether it is whole or not, of an int64 feature if it is a bigint or boolean, and of a
 * bytes feature if it is a string or a `Uint8Array`.
 */
export type FeatureValue = number | bigint | boolean | string | Uint8Array;

/**
 * A feature in an example: a value, or a flat list of values of one kind, which without the model's types the first one
 * tells. Typed arrays of integers are int64 features then, and a `Tensor` is its elements.
 */
export type Feature = FeatureValue | Iterable<number> | Iterable<bigint | boolean> | Iterable<string | Uint8Array>
  | NumberArray | BigIntArray | Tensor;

/** The features of one example, by name. */
export interface Example {
  readonly [feature: string]: Feature;
}

/** Whether a value is sent as bytes; realms have classes of their own, so the class is not compared. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array';
}

/** Whether a value is a typed array that is sent as numbers. */
export function isNumberOrBigIntArray(value: unknown): value is NumberArray | BigIntArray {
  return ArrayBuffer.isView(value) && !['Uint8Array', 'DataView'].includes(tagOf(value));
}

/** Whether a typed array holds floating-point numbers. */
export function isFloatArray(value: NumberArray | BigIntArray): value is Float32Array | Float64Array {
  return tagOf(value).startsWith('Float');
}

/** Whether a typed array holds floating-point numbers of 32 bits. */
export function isFloat32Array(value: NumberArray | BigIntArray): value is Float32Array {
  return tagOf(value) === 'Float32Array';
}

/** Whether a value is an object of named values, and no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The name that a typed array or `DataView` has in every realm. */
function tagOf(view: ArrayBufferView): string {
  return (view as NumberArray)[Symbol.toStringTag];
}
