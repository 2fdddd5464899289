import {
  type ClassifySignatureName, type Inputs, type Instances, type Named, type Outputs, type Predictions, type RegressSignatureName,
  type Rows, type Signature, type SignatureName, type Signatures,
} from './signatures';
import { type Example } from './tensor-values';
import { type TypedExample } from './typed-example';

/**
 * A predict request in row format: the inputs of each instance together.
 * @see https://www.tensorflow.org/tfx/serving/api_rest#specifying_input_tensors_in_row_format
 */
export type RowRequest<M extends Signatures<M>, N extends SignatureName<M>> = Named<N, SignatureName<M>> & {
  readonly instances: Instances<M[N]>;
};

/**
 * A predict request in columnar format: all instances of each input together. Only this one can hold scalars, and
 * inputs whose first dimension is not the batch.
 * @see https://www.tensorflow.org/tfx/serving/api_rest#specifying_input_tensors_in_column_format
 */
export type ColumnarRequest<M extends Signatures<M>, N extends SignatureName<M>> = Named<N, SignatureName<M>> & {
  readonly inputs: Inputs<M[N]>;
};

/** Examples, and the features that all of them have. */
export interface Examples<E = Example, C = Example> {
  /** The features of each example. */
  readonly examples: Rows<E>;

  /**
   * The features that all examples have, which their own must not repeat.
   * @default - none
   */
  readonly context?: C;
}

/** Examples for a signature. With a context, each of them may leave out what the context has. */
export type TypedExamples<S extends Signature> = string extends keyof TypedExample<S>
  ? Examples
  : Examples<TypedExample<S>, undefined> | Examples<Partial<TypedExample<S>>, Partial<TypedExample<S>>> & { readonly context: unknown };

/**
 * A classify request.
 * @see https://www.tensorflow.org/tfx/serving/api_rest#classify_and_regress_api
 */
export type ClassifyRequest<M extends Signatures<M>, N extends ClassifySignatureName<M>> = Named<N, ClassifySignatureName<M>>
  & TypedExamples<M[N]>;

/**
 * A regress request.
 * @see https://www.tensorflow.org/tfx/serving/api_rest#classify_and_regress_api
 */
export type RegressRequest<M extends Signatures<M>, N extends RegressSignatureName<M>> = Named<N, RegressSignatureName<M>>
  & TypedExamples<M[N]>;

/** The answer to a predict request in row format. */
export interface RowResponse<M extends Signatures<M>, N extends SignatureName<M>> {
  readonly predictions: Predictions<M[N]>;
}

/** The answer to a predict request in columnar format. */
export interface ColumnarResponse<M extends Signatures<M>, N extends SignatureName<M>> {
  readonly outputs: Outputs<M[N]>;
}

/** The answer to a classify request: for each example its classes' labels and scores; labels are empty if the model gives none. */
export interface ClassifyResponse {
  readonly results: [label: string, score: number][][];
}

/** The answer to a regress request: for each example a number. */
export interface RegressResponse {
  readonly results: number[];
}
