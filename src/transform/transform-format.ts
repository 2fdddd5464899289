import {
  TransformAssembly, TransformBatchStrategy, type TransformDocumentOptions, type TransformFormatOptions, type TransformLineOptions,
  TransformSplitType,
} from './transform-format-options';

/**
 * How objects become requests to the container, and its answers become objects.
 *
 * The container answers each request with one JSON document, such as `{"predictions": [...]}`, however many records are in it. It never
 * answers in CSV.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
 */
export class TransformFormat {
  /**
   * JSON Lines: each line is a record, and the answer to each request is a line of the results.
   *
   * By default each line is a request of its own, so that there is a line of results for each line of the input. A line is an instance,
   * such as `[1.0, 2.0]` or `{"x": [1.0, 2.0]}`, or a whole request, such as `{"instances": [[1.0, 2.0]], "signature_name": "f"}`. Write an
   * instance that is a list of lists by the name of its input, as in `{"x": [[1.0], [2.0]]}`: `[[1.0], [2.0]]` alone is two instances.
   *
   * With `TransformBatchStrategy.MULTI_RECORD` there is a line of results for each request, whose `predictions` are in the order of
   * the records. Then each line must be an instance, and one that is a list or an object: of several lines with `instances`, all but
   * the first are lost, and numbers alone are refused.
   */
  public static jsonLines(options: TransformLineOptions = {}): TransformFormat {
    return lines('application/jsonlines', options.batchStrategy ?? TransformBatchStrategy.SINGLE_RECORD);
  }

  /**
   * CSV: each line is a record, and the answer to each request is a line of JSON in the results.
   *
   * A line with one column is a number or a text, one with several is a list of them. There must be no line of headers, which would be
   * a record too, and no line breaks in fields. By default a request has as many lines as there is room for in `maxPayload`: its
   * `predictions` are in their order.
   */
  public static csv(options: TransformLineOptions = {}): TransformFormat {
    return lines('text/csv', options.batchStrategy ?? TransformBatchStrategy.MULTI_RECORD);
  }

  /**
   * JSON documents: each object is one request, such as `{"instances": [...]}`, and its results are one document.
   *
   * An object is at most as large as `maxPayload`. It must be one document: of several, all but the first are lost or refused.
   */
  public static json(options: TransformDocumentOptions = {}): TransformFormat {
    return new TransformFormat({
      contentType: 'application/json',
      splitType: TransformSplitType.NONE,
      accept: options.accept ?? 'application/json',
      assembleWith: TransformAssembly.NONE,
    });
  }

  /**
   * Any other format, such as TFRecord for inference code that reads it.
   *
   * Combinations of which the container without inference code is known to lose or to garble data are errors.
   */
  public static of(options: TransformFormatOptions): TransformFormat {
    return new TransformFormat({ ...options });
  }

  /** @internal */
  public readonly _options: TransformFormatOptions;

  private constructor(options: TransformFormatOptions) {
    this._options = options;
  }
}

/** Each line is a record, and each answer is one. */
function lines(contentType: string, batchStrategy: TransformBatchStrategy): TransformFormat {
  return TransformFormat.of({
    contentType,
    splitType: TransformSplitType.LINE,
    batchStrategy,
    accept: 'application/jsonlines',
    assembleWith: TransformAssembly.LINE,
  });
}
