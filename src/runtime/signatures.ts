import { type FeatureSpec } from './model-types';
import { type Tensor } from './tensor';
import { type BigIntArray, type NumberArray, type ResponseValue, type TensorValue } from './tensor-values';

/** A tensor of a signature: its type by TensorFlow's name, such as `DT_FLOAT`, and its shape. */
export interface TensorSpec {
  readonly dtype: string;
  /** The sizes of the dimensions, where -1 is any size; null if not even their number is fixed. */
  readonly shape: readonly number[] | null;
}

/** A signature of a SavedModel: what it takes and what it gives, by name. */
export interface Signature {
  readonly inputs: { readonly [name: string]: TensorSpec };
  readonly outputs: { readonly [name: string]: TensorSpec };
  /**
   * The features that it reads from examples, by name.
   * @default - not known, and an example may have any
   */
  readonly features?: { readonly [name: string]: FeatureSpec };
}

/**
 * The signatures of a SavedModel, by name: what the type parameter of the client is. They exist for the compiler only.
 *
 * ```ts nofixture
 * interface HalfPlusThree {
 *   serving_default: {
 *     inputs: { x: { dtype: 'DT_FLOAT'; shape: null } };
 *     outputs: { y: { dtype: 'DT_FLOAT'; shape: null } };
 *   };
 * }
 * ```
 */
export type Signatures<M = { readonly [name: string]: Signature }> = { readonly [N in keyof M]: Signature };

/** The names of a model's signatures. */
export type SignatureName<M> = keyof M & string;

/** The names of the signatures that classify can call: examples in, classes or scores out. */
export type ClassifySignatureName<M> = NameOf<M, { readonly classes: TensorSpec } | { readonly scores: TensorSpec }>;

/** The names of the signatures that regress can call: examples in, one number for each out. */
export type RegressSignatureName<M> = NameOf<M, { readonly outputs: TensorSpec }>;

/** The names, of some signatures' names, that need not be given. */
export type DefaultSignatureName<Names extends string> = Names & 'serving_default';

/** The name of a signature in a request, which may be left out for `serving_default`. */
export type Named<N extends string, Names extends string> = 'serving_default' extends Names
  ? { readonly signatureName?: N }
  : { readonly signatureName: N };

/** The `instances` of a request in row format: for each a value, or an object of values by name. */
export type Instances<S extends Signature> = string extends keyof S['inputs']
  ? readonly TensorValue[] | NumberArray | BigIntArray | Tensor | OtherIterable<TensorValue>
  : Rows<{ readonly [K in keyof S['inputs']]: InputRow<S['inputs'][K]> }> | InputBatch<Single<S['inputs']>>;

/** The `inputs` of a request in columnar format: one tensor, or an object of tensors by name. */
export type Inputs<S extends Signature> = string extends keyof S['inputs']
  ? TensorValue
  : { readonly [K in keyof S['inputs']]: InputTensor<S['inputs'][K]> } | InputTensor<Single<S['inputs']>>;

/** The `predictions` of an answer in row format: for each instance a value, or an object of values if there are several outputs. */
export type Predictions<S extends Signature> = string extends keyof S['outputs']
  ? ResponseValue[]
  : IsSingle<S['outputs']> extends true
    ? OutputRow<Single<S['outputs']>, keyof S['outputs']>[]
    : { [K in keyof S['outputs']]: OutputRow<S['outputs'][K], K> }[];

/** The `outputs` of an answer in columnar format: a tensor, or an object of tensors by name if there are several. */
export type Outputs<S extends Signature> = string extends keyof S['outputs']
  ? ResponseValue
  : IsSingle<S['outputs']> extends true
    ? OutputTensor<Single<S['outputs']>, keyof S['outputs']>
    : { [K in keyof S['outputs']]: OutputTensor<S['outputs'][K], K> };

/** Values one after the other: an array, or anything else that can be iterated. */
export type Rows<E> = readonly E[] | OtherIterable<E>;

/** What can be iterated and is no array; an array must be checked as one, or it could have members that nobody knows. */
export interface OtherIterable<E> extends Iterable<E> {
  readonly length?: never;
}

type NameOf<M, Out> = string extends keyof M ? string : {
  [N in SignatureName<M>]: M[N] extends { readonly inputs: SerializedExamples; readonly outputs: Out } ? N : never
}[SignatureName<M>];

interface SerializedExamples {
  readonly inputs: { readonly dtype: 'DT_STRING' };
}

type InputTensor<T extends TensorSpec> = T extends TensorSpec ? Nested<InputElement<T['dtype']>, T['shape']> : never;

type InputRow<T extends TensorSpec> = Nested<InputElement<T['dtype']>, ShapeOfRow<T['shape']>>;

type InputBatch<T extends TensorSpec> = T extends TensorSpec
  ? T['shape'] extends readonly [] ? never
    : (null extends T['shape'] ? Exclude<InputTensor<T>, InputElement<T['dtype']>> : InputTensor<T>) | OtherIterable<InputRow<T>>
  : never;

type OutputTensor<T extends TensorSpec, Name> = NestedOutput<OutputElement<T['dtype'], Name>, T['shape']>;

type OutputRow<T extends TensorSpec, Name> = NestedOutput<OutputElement<T['dtype'], Name>, ShapeOfRow<T['shape']>>;

/** The shape without its first dimension; a scalar has none to take away, and cannot be in a row. */
type ShapeOfRow<S> = S extends readonly [number, ...infer Rest] ? Rest : S extends readonly [] ? never : null;

type Nested<E, S> = S extends readonly [] ? E | TensorOf<E>
  : S extends readonly [number] ? Flat<E> | TensorOf<E>
    : S extends readonly [number, ...infer Rest] ? readonly Nested<E, Rest>[] | TensorOf<E>
      : AnyRank<E>;

type AnyRank<E> = E | Flat<E> | TensorOf<E> | readonly AnyRank<E>[];

type Flat<E> = readonly E[] | (number extends E ? NumberArray : never) | (bigint extends E ? BigIntArray : never);

/** A tensor of elements of a type, whose shape is only known when it is sent; a `Uint8Array` holds numbers there. */
type TensorOf<E> = [E] extends [number | bigint | boolean | string | Uint8Array]
  ? Tensor<Flat<E> | (number extends E ? Uint8Array : never)>
  : Tensor;

type NestedOutput<E, S> = S extends readonly [] ? E
  : S extends readonly [number, ...infer Rest] ? NestedOutput<E, Rest>[]
    : AnyRankOutput<E>;

type AnyRankOutput<E> = E | AnyRankOutput<E>[];

type InputElement<D extends string> = D extends 'DT_STRING' ? string | Uint8Array : D extends keyof Elements ? Elements[D] : TensorValue;

type OutputElement<D extends string, Name> = D extends 'DT_STRING' ? (Name extends `${string}_bytes` ? Uint8Array : string)
  : D extends keyof Elements ? Elements[D] : ResponseValue;

interface Elements {
  DT_FLOAT: number;
  DT_DOUBLE: number;
  DT_INT8: number;
  DT_INT16: number;
  DT_INT32: number;
  DT_INT64: number | bigint;
  DT_UINT8: number;
  DT_UINT16: number;
  DT_UINT32: number;
  DT_UINT64: number | bigint;
  DT_BOOL: boolean;
}

/** The only member of an object; never if there are several. */
type Single<T> = { [K in keyof T]: [Exclude<keyof T, K>] extends [never] ? T[K] : never }[keyof T];

type IsSingle<T> = [Single<T>] extends [never] ? false : true;
