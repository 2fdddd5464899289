import { type BigIntArray, type NumberArray, type ResponseValue, type TensorValue } from './tensor-values';

/** A tensor of a signature: the name of its type in TensorFlow, and its shape. */
export interface TensorSpec {
  /** The type, such as `DT_FLOAT`. */
  readonly dtype: string;

  /** The sizes of the dimensions, -1 for any size; null if not even their number is fixed. */
  readonly shape: readonly number[] | null;
}

/** A signature of a SavedModel: what it takes and what it gives, by name. */
export interface Signature {
  readonly inputs: { readonly [name: string]: TensorSpec };
  readonly outputs: { readonly [name: string]: TensorSpec };
}

/**
 * The signatures of a SavedModel, by name: the type parameter of the client. It exists for the compiler only.
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

/** The name of the signature that is used if none is named; never, if the model has no such signature. */
export type DefaultSignatureName<M> = SignatureName<M> & 'serving_default';

/** The names of the signatures that classify can call. */
export type ClassifySignatureName<M> = NameOf<M, ExampleInputs, { readonly classes: TensorSpec } | { readonly scores: TensorSpec }>;

/** The names of the signatures that regress can call. */
export type RegressSignatureName<M> = NameOf<M, ExampleInputs, { readonly outputs: TensorSpec }>;

interface ExampleInputs {
  readonly inputs: { readonly dtype: 'DT_STRING'; readonly shape: readonly number[] | null };
}

type NameOf<M, I, O> = string extends keyof M
  ? string
  : { [N in SignatureName<M>]: M[N] extends { readonly inputs: infer I2; readonly outputs: infer O2 } ? (I2 extends I ? (O2 extends O ? N : never) : never) : never }[SignatureName<M>];

/** What a predict request in row format takes: one value, or one object of values by name, for each instance. */
export type Instances<S extends Signature> = string extends keyof S['inputs']
  ? readonly TensorValue[] | NumberArray | BigIntArray
  : readonly RowOf<S['inputs']>[] | InputOf<Only<S['inputs']>>;

/** What a predict request in columnar format takes: the input, or an object of the inputs by name. */
export type Inputs<S extends Signature> = string extends keyof S['inputs']
  ? TensorValue
  : { readonly [K in keyof S['inputs']]: InputOf<S['inputs'][K]> } | InputOf<Only<S['inputs']>>;

/** What the answer in row format holds: one value, or one object of values by name, for each instance. */
export type Predictions<S extends Signature> = string extends keyof S['outputs']
  ? ResponseValue[]
  : [Only<S['outputs']>] extends [never] ? OutputRow<S['outputs']>[] : OutputOf<Only<S['outputs']>, keyof S['outputs']>;
