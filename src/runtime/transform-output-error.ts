import { TensorFlowServingError } from './errors';

/** The beginning of a document that an error shows. */
const SHOWN_BYTES = 200;

/** A document or row in the output of a batch transform, and where it begins. */
export interface TransformDocument {
  /** Its bytes, until the next one is asked for. */
  readonly bytes: Uint8Array;

  /** Whether something behind it says that it is all there. */
  readonly isEnded: boolean;

  /** The bytes in front of it. */
  readonly offset: number;

  /** Its line, from 1. */
  readonly line: number;

  /** Its number among all documents, from 1. */
  readonly number: number;
}

/**
 * The output of a batch transform cannot be read on: it is damaged or was cut off, or there is an error of the model
 * in place of a prediction.
 *
 * All predictions in front of it have been given.
 */
export class MalformedTransformOutputError extends TensorFlowServingError {
  public override readonly name = 'MalformedTransformOutputError';

  /** The number of bytes in front of the document that cannot be read. */
  public readonly offset: number;

  /** The line that it begins in, from 1. */
  public readonly line: number;

  /** Its number, from 1. In CSV each row is one, and in JSON each value; one value can hold many predictions. */
  public readonly document: number;

  /** What the model says went wrong, where the document is an error of the model. */
  public readonly modelMessage?: string;

  public constructor(document: TransformDocument, problem: string, options?: ErrorOptions & { readonly modelMessage?: string }) {
    const { number, line, offset } = document;
    super(`[readTransformOutput] document ${number} (line ${line}, byte ${offset}) ${problem}`, undefined, options);
    this.offset = offset;
    this.line = line;
    this.document = number;
    this.modelMessage = options?.modelMessage;
  }
}

/** The beginning of a document, for an error to show. */
export function beginningOf({ bytes }: TransformDocument): string {
  const text = new TextDecoder().decode(bytes.subarray(0, SHOWN_BYTES));
  return bytes.length > SHOWN_BYTES ? `${text}...` : text;
}
