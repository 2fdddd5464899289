import { type FeatureSpec } from './model-types';
import { type OtherIterable, type Signature } from './signatures';
import { type Tensor } from './tensor';
import { type BigIntArray, type Example, type Feature } from './tensor-values';

/**
 * An example for a signature: the features that it reads, of which those without a stand-in must be there. An example
 * for a signature whose features are not known may have any.
 *
 * A number for an `int64` feature needs a client that has the `model`; others write it as a float, and take bigints there.
 */
export type TypedExample<S extends Signature> = S extends { readonly features: infer F extends FeatureSpecs }
  ? string extends keyof F ? Example : Features<F>
  : Example;

interface FeatureSpecs {
  readonly [name: string]: FeatureSpec;
}

type Features<F extends FeatureSpecs> = Simplified<
  { readonly [K in keyof F as F[K]['isRequired'] extends true ? K : never]: TypedFeature<F[K]> }
  & { readonly [K in keyof F as F[K]['isRequired'] extends true ? never : K]?: TypedFeature<F[K]> }
>;

/** One object type in the place of two, which reads better in errors. */
type Simplified<T> = { [K in keyof T]: T[K] };

type TypedFeature<T extends FeatureSpec> = T['dtype'] extends keyof FeatureKinds
  ? ListOf<FeatureKinds[T['dtype']]> | (IsPlural<T['shape']> extends true ? never : FeatureKinds[T['dtype']]['value'])
  : Feature;

type ListOf<K extends FeatureKinds[keyof FeatureKinds]> = K['list'] | Tensor<K['list']> | OtherIterable<K['value']>;

/** Whether a feature must have several values, or none: a shape with a size that is neither 1 nor open. */
type IsPlural<S> = S extends readonly (1 | -1)[] | null ? false : number[] extends S ? false : true;

/** Typed arrays tell what kind of feature they are. */
interface FeatureKinds {
  DT_FLOAT: { value: number; list: readonly number[] | Float32Array | Float64Array };
  DT_INT64: {
    value: number | bigint | boolean;
    list: readonly number[] | readonly (bigint | boolean)[] | BigIntArray | Int8Array | Int16Array | Int32Array | Uint8ClampedArray
    | Uint16Array | Uint32Array;
  };
  DT_STRING: { value: string | Uint8Array; list: readonly (string | Uint8Array)[] };
}
