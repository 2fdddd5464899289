import { fromBase64 } from './base64';
import { type ByteSource, byteChunks, isByteSource } from './byte-chunks';
import { csvRow } from './csv-row';
import { TensorFlowServingError, shown } from './errors';
import { readJson } from './json-reader';
import { type ResponseValue, isPlainObject } from './tensor-values';
import { type TransformOutputFormat, transformDocuments, withFormat } from './transform-documents';
import { type TransformDocument, MalformedTransformOutputError, beginningOf } from './transform-output-error';

const LINE_END_REMEDY = '; if it is whole, set `requiresLineEnd` to false';

/** A prediction of a batch transform. */
export interface TransformRecord<P = ResponseValue, I = ResponseValue> {
  /** Its place among all predictions of the output, from 0. */
  readonly index: number;

  /**
   * What the model predicts.
   *
   * It is an element of `predictions`, or of `results` of classify and regress; all of `outputs`, which say nothing of
   * records; or, where the output is not TensorFlow Serving's, a whole document or row.
   */
  readonly prediction: P;

  /**
   * What it was predicted from, where the job joins its input to the output.
   *
   * It is the record of the input, or of a record that was a batch the instance.
   */
  readonly input?: I;

  /** The number, from 1, of the document that it is in; many predictions can be in one. */
  readonly document: number;
}

/** How to read the output of a batch transform, where that cannot be told from it. */
export interface ReadTransformOutputOptions {
  /**
   * What the output is written in: JSON in any arrangement, or rows of CSV, which only inference code can make.
   *
   * CSV of one column that is text, or whose first field begins with `{` or `[`, is not known as such by itself.
   * @default - `csv` if a comma follows the first value of the first line, or with `inputColumns`; else `json`
   */
  readonly format?: TransformOutputFormat;

  /**
   * The number of columns of the input that stand in front of the prediction in a row of CSV, as they do where the job
   * joins its input to the output.
   *
   * It must be a whole number of at least 0.
   * @default 0
   */
  readonly inputColumns?: number;

  /**
   * Whether a number or row of CSV at the end of the output must have a line end, as it has with `AssembleWith` `Line`.
   *
   * Where it has none, it can be the beginning of a longer one that was cut off. So can a string or word that is alone in the output,
   * if `format` is not given.
   * @default true
   */
  readonly requiresLineEnd?: boolean;
}

/**
 * Reads what a batch transform has written, an `.out` object, prediction by prediction in the order of the input.
 *
 * It takes JSON Lines, JSON values with white space between them or without, a single JSON value, each of them joined
 * with the input or filtered, and CSV. Numbers, infinities, integers beyond 2^53 and bytes come as from
 * `TensorFlowServingClient`. There is never more in memory than a document of the output, which is the answer to one
 * request, and what the source gives at a time. What is compressed must be decompressed before.
 *
 * The iterator fails with a `MalformedTransformOutputError` at what cannot be read, after all predictions before it,
 * and at an error of the model; and with what the source fails with. An output that was cut off between documents
 * looks like a whole one. A column is a value, and several are an array of them.
 *
 * The type parameters are for the caller to say what comes; nothing checks it.
 *
 * ```ts nofixture
 * import { readTransformOutput } from 'cdk-tensorflow-serving/runtime';
 *
 * async function sum(output: AsyncIterable<Uint8Array>) {
 *   let total = 0;
 *   for await (const { prediction } of readTransformOutput<number>(output)) {
 *     total += prediction;
 *   }
 *   return total;
 * }
 * ```
 *
 * @param body the `Body` that the AWS SDK's GetObject gives, or other bytes or text
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
 */
export function readTransformOutput<P = ResponseValue, I = ResponseValue>(
  body: ByteSource | undefined, options: ReadTransformOutputOptions = {},
): AsyncGenerator<TransformRecord<P, I>, void, undefined> {
  checkArguments(body, options);
  return records(body, options) as AsyncGenerator<TransformRecord<P, I>, void, undefined>;
}

function checkArguments(body: ByteSource | undefined, { format, inputColumns }: ReadTransformOutputOptions): asserts body is ByteSource {
  const fail = (property: string, rule: string, got: unknown) => {
    throw new TensorFlowServingError(`[readTransformOutput] \`${property}\` must be ${rule}, got: ${shown(got)}`, undefined);
  };
  if (!isByteSource(body)) {
    fail('body', 'bytes, a string, or a stream of them', body);
  }
  if (format !== undefined && format !== 'json' && format !== 'csv') {
    fail('format', '"json" or "csv"', format);
  }
  if (inputColumns !== undefined && !(Number.isSafeInteger(inputColumns) && inputColumns >= 0)) {
    fail('inputColumns', 'a whole number of at least 0', inputColumns);
  }
  if (inputColumns !== undefined && format === 'json') {
    fail('inputColumns', 'left out where `format` is "json"', inputColumns);
  }
}

async function* records(body: ByteSource, options: ReadTransformOutputOptions): AsyncGenerator<TransformRecord, void, undefined> {
  const given = options.format ?? (options.inputColumns !== undefined ? 'csv' : undefined);
  const { format, chunks } = given !== undefined ? { format: given, chunks: byteChunks(body) } : await withFormat(byteChunks(body));
  const requiresLineEnd = options.requiresLineEnd ?? true;
  const reading = { requiresLineEnd, inputColumns: options.inputColumns ?? 0, isFormatGiven: given !== undefined };
  const predictedIn = format === 'csv' ? predictedInRow : predictedInJson;
  let index = 0;
  for await (const document of transformDocuments(chunks, format ?? 'json')) {
    if (isGzip(document)) {
      throw new MalformedTransformOutputError(document, 'is compressed with gzip; decompress it first');
    }
    if (format === undefined && requiresLineEnd) {
      throw cutOff(document, LINE_END_REMEDY); // it can be the first field of a row
    }
    for (const [prediction, input] of predictedIn(document, reading)) {
      yield { index: index++, prediction, ...input !== undefined ? { input } : undefined, document: document.number };
    }
  }
}

interface Reading {
  readonly requiresLineEnd: boolean;
  readonly inputColumns: number;
  readonly isFormatGiven: boolean;
}

type Predicted = readonly [prediction: ResponseValue, input?: ResponseValue];

function predictedInRow(document: TransformDocument, { requiresLineEnd, inputColumns }: Reading): Predicted[] {
  if (!document.isEnded && requiresLineEnd) {
    throw cutOff(document, LINE_END_REMEDY);
  }
  const row = csvRow(textOf(document).replace(/\r$/, ''));
  if (row === undefined) {
    throw new MalformedTransformOutputError(document, `is not a row of CSV: ${beginningOf(document)}`);
  }
  if (row.length <= inputColumns) {
    const columns = `${row.length} column${row.length === 1 ? '' : 's'}`;
    throw new MalformedTransformOutputError(document, `has ${columns}, but \`inputColumns\` is ${inputColumns}: ${beginningOf(document)}`);
  }
  const prediction = columnsOf(row.slice(inputColumns));
  return [inputColumns > 0 ? [prediction, columnsOf(row.slice(0, inputColumns))] : [prediction]];
}

/** As the container has it: a column is a value, and several are an array of them. */
function columnsOf(columns: ResponseValue[]): ResponseValue {
  return columns.length === 1 ? columns[0] : columns;
}

function predictedInJson(document: TransformDocument, { requiresLineEnd, isFormatGiven }: Reading): Predicted[] {
  if (!document.isEnded) {
    const beginning = new TextDecoder().decode(document.bytes.subarray(0, 10));
    const isNumber = /^-?\d/.test(beginning);
    if (isNumber ? requiresLineEnd : !/^(?:true|false|null|NaN|-?Infinity)$/.test(beginning)) {
      throw cutOff(document, isNumber ? LINE_END_REMEDY : '');
    }
  }
  const text = textOf(document);
  let answer: ResponseValue;
  let input: ResponseValue | undefined;
  try {
    ({ answer, input } = taken(readJson(text)));
  } catch (cause) {
    const remedy = isFormatGiven ? '' : '; if it is CSV, set `format`';
    throw new MalformedTransformOutputError(document, `is not JSON: ${beginningOf(document)}${remedy}`, { cause });
  }
  const predictions = predictionsIn(document, answer);
  const instances = instancesIn(input);
  return predictions.map((prediction, i) => [prediction, instances?.length === predictions.length ? instances[i] : input]);
}

/** A document in parts: what the model has answered, and what the job has joined that to. */
function taken(value: ResponseValue): { answer: ResponseValue; input?: ResponseValue } {
  if (!isObject(value) || !Object.hasOwn(value, 'SageMakerOutput')) {
    return { answer: value };
  }
  const { SageMakerOutput: answer, ...rest } = value;
  const names = Object.keys(rest);
  if (names.length !== 1) {
    return names.length > 0 ? { answer, input: rest } : { answer };
  }
  if (names[0] === 'b64' && typeof rest.b64 === 'string') {
    return { answer, input: fromBase64(rest.b64) }; // of which the reader of JSON could not know
  }
  // SageMaker makes this member for an input that is no object
  return { answer, input: names[0] === 'SageMakerInput' ? rest.SageMakerInput : rest };
}

/** The predictions in what the model has answered; what is not as TensorFlow Serving answers is one by itself. */
function predictionsIn(document: TransformDocument, answer: ResponseValue): ResponseValue[] {
  if (!isObject(answer) || Object.keys(answer).length !== 1) {
    return [answer];
  }
  const [[name, content]] = Object.entries(answer);
  if (name === 'error' && typeof content === 'string') {
    throw new MalformedTransformOutputError(document, `is an error of the model: ${content}`, { modelMessage: content });
  }
  if ((name === 'predictions' || name === 'results') && Array.isArray(content)) {
    return content;
  }
  return [name === 'outputs' ? content : answer];
}

/** The instances in a record of the input that the container takes for a batch. */
function instancesIn(input: ResponseValue | undefined): ResponseValue[] | undefined {
  if (isObject(input) && Object.keys(input).every((name) => name === 'instances' || name === 'signature_name')) {
    return Array.isArray(input.instances) ? input.instances : undefined;
  }
  return Array.isArray(input) && Array.isArray(input[0]) ? input : undefined;
}

function isObject(value: ResponseValue | undefined): value is Record<string, ResponseValue> {
  return isPlainObject(value);
}

/** The text of a document. */
function textOf(document: TransformDocument): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(document.bytes);
  } catch (cause) {
    const problem = 'is not UTF-8, which needs outputs of bytes to have names that end with `_bytes`';
    throw new MalformedTransformOutputError(document, `${problem}: ${beginningOf(document)}`, { cause });
  }
}

function isGzip({ number, bytes }: TransformDocument): boolean {
  return number === 1 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function cutOff(document: TransformDocument, remedy = ''): MalformedTransformOutputError {
  return new MalformedTransformOutputError(document, `is cut off after ${document.bytes.length} bytes: ${beginningOf(document)}${remedy}`);
}
