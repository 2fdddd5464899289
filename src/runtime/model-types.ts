import { type Signatures, type TensorSpec } from './signatures';

/**
 * What the client knows of a model at run time; `cdk-tensorflow-serving generate-types` writes it.
 *
 * With it the client writes each value as its tensor's type wants it, and finds what TensorFlow Serving would refuse.
 */
export interface ModelTypes<M = Signatures> {
  /** The signatures of the model, by name. */
  readonly signatures: { readonly [N in keyof M]: M[N] & SignatureTypes };
}

/** What the client knows of a signature at run time. */
export interface SignatureTypes {
  /** The method that the SavedModel names, such as `tensorflow/serving/predict`. */
  readonly method: string;
  /** The tensors that go in, by name. */
  readonly inputs: { readonly [name: string]: TensorSpec };
  /** The tensors that come out, by name. */
  readonly outputs: { readonly [name: string]: TensorSpec };
  /**
   * The features that the signature reads from examples, by name.
   * @default - not known
   */
  readonly features?: { readonly [name: string]: FeatureSpec };
}

/** A feature that a signature reads from examples. */
export interface FeatureSpec {
  /** `DT_FLOAT`, `DT_INT64` or `DT_STRING`. */
  readonly dtype: string;
  /** The shape of the feature's values; null for any number of values. */
  readonly shape: readonly number[] | null;
  /** Whether each example must have it, because there is no value to take its place. */
  readonly isRequired: boolean;
}
