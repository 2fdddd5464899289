/**
 * How the objects of an input are cut into records.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html
 */
export enum TransformSplitType {
  /** Not at all: one object is one request. */
  NONE = 'None',
  /** At the end of each line. */
  LINE = 'Line',
  /** As RecordIO, a binary format of MXNet. */
  RECORD_IO = 'RecordIO',
  /** As TFRecord, a binary format of TensorFlow. */
  TF_RECORD = 'TFRecord',
}

/** How many records are in a request. */
export enum TransformBatchStrategy {
  /** As many as there is room for in `maxPayload`. */
  MULTI_RECORD = 'MultiRecord',
  /** One. */
  SINGLE_RECORD = 'SingleRecord',
}

/** What is put between the answers of an object's requests. */
export enum TransformAssembly {
  /** Nothing. */
  NONE = 'None',
  /** The end of a line. */
  LINE = 'Line',
}

/** What remains free of a format whose records are lines. */
export interface TransformLineOptions {
  /**
   * How many lines are in a request.
   *
   * @default - one line of JSON, or as many lines of CSV as there is room for
   */
  readonly batchStrategy?: TransformBatchStrategy;
}

/** What remains free of a format whose objects are documents. */
export interface TransformDocumentOptions {
  /**
   * What the answer is asked for in, at most 256 characters. Of the container's own, only `application/json` and `application/jsonlines` are
   * in one line.
   *
   * @default 'application/json'
   */
  readonly accept?: string;
}

/** A format, setting by setting. */
export interface TransformFormatOptions {
  /**
   * The MIME type that requests have, at most 256 characters. Without inference code, the container takes `application/json`,
   * `application/jsonlines`, `application/jsons` and `text/csv`.
   */
  readonly contentType: string;

  /**
   * How objects are cut into records.
   *
   * @default TransformSplitType.NONE
   */
  readonly splitType?: TransformSplitType;

  /**
   * How many records are in a request. It is for objects that are cut.
   *
   * @default - SageMaker's choice
   */
  readonly batchStrategy?: TransformBatchStrategy;

  /**
   * The MIME type that answers are asked for in, at most 256 characters. Without inference code, the container answers in JSON only,
   * which is in one line where this is `application/json` or `application/jsonlines`.
   *
   * @default - none
   */
  readonly accept?: string;

  /**
   * What is put between the answers of one object's requests.
   *
   * @default TransformAssembly.NONE
   */
  readonly assembleWith?: TransformAssembly;
}
