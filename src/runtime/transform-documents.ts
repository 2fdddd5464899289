import { ByteBuffer } from './byte-chunks';
import { type TransformDocument } from './transform-output-error';

/** What the output of a batch transform is written in. */
export type TransformOutputFormat = 'json' | 'csv';

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const BEHIND_SCALARS = [QUOTE, COMMA, COLON, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE];

/** Finds where a document ends, however it is cut into chunks. */
interface Scanner {
  /** Whether a byte between documents belongs to none. */
  isBetween(byte: number): boolean;

  /** Where the document ends that begins, or goes on, at an index: an index again, or -1 where it goes on in the next chunk. */
  endIn(chunk: Uint8Array, from: number): number;
}

/** JSON values one after another, with white space between them or without. */
class JsonScanner implements Scanner {
  private isInside = false;
  private isScalar = false;
  private isInString = false;
  private isEscaped = false;
  private depth = 0;

  public isBetween(byte: number): boolean {
    return isWhiteSpace(byte);
  }

  public endIn(chunk: Uint8Array, from: number): number {
    let at = from;
    if (!this.isInside) {
      this.isInside = true;
      const byte = chunk[at++];
      this.isInString = byte === QUOTE;
      this.isEscaped = false;
      this.depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
      this.isScalar = !this.isInString && this.depth === 0;
    }
    const end = this.isScalar ? endOfScalar(chunk, at) : this.endOfNested(chunk, at);
    this.isInside = end === -1;
    return end;
  }

  private endOfNested(chunk: Uint8Array, from: number): number {
    let { isInString, isEscaped, depth } = this;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (isEscaped) {
        isEscaped = false;
      } else if (byte === QUOTE) {
        isInString = !isInString;
      } else if (isInString) {
        isEscaped = byte === BACKSLASH;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--;
      }
      if (depth === 0 && !isInString) {
        return at + 1;
      }
    }
    this.isInString = isInString;
    this.isEscaped = isEscaped;
    this.depth = depth;
    return -1;
  }
}

/** Where a number or word ends, which is in front of what cannot belong to it. */
function endOfScalar(chunk: Uint8Array, from: number): number {
  for (let at = from; at < chunk.length; at++) {
    if (isWhiteSpace(chunk[at]) || BEHIND_SCALARS.includes(chunk[at])) {
      return at;
    }
  }
  return -1;
}

/** Lines, of which empty ones do not count. */
const LINES: Scanner = {
  isBetween: (byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN,
  endIn: (chunk, from) => chunk.indexOf(LINE_FEED, from),
};

/** The documents in chunks of bytes. */
export async function* transformDocuments(
  chunks: AsyncIterable<Uint8Array>, format: TransformOutputFormat,
): AsyncGenerator<TransformDocument> {
  const scanner = format === 'csv' ? LINES : new JsonScanner();
  const begun = new ByteBuffer();
  let [base, offset, line, beginning, number] = [0, 0, 1, 1, 0];
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      if (begun.isEmpty) {
        while (at < chunk.length && scanner.isBetween(chunk[at])) {
          line += chunk[at++] === LINE_FEED ? 1 : 0;
        }
        if (at === chunk.length) {
          break;
        }
        offset = base + at;
        beginning = line;
        number++;
      }
      const end = scanner.endIn(chunk, at);
      const part = chunk.subarray(at, end === -1 ? chunk.length : end);
      line += lineFeedsIn(part);
      at += part.length;
      if (end === -1 || !begun.isEmpty) {
        begun.append(part);
      }
      if (end !== -1) {
        yield { bytes: begun.isEmpty ? part : begun.take(), isEnded: true, offset, line: beginning, number };
      }
    }
    base += chunk.length;
  }
  if (!begun.isEmpty) {
    yield { bytes: begun.take(), isEnded: false, offset, line: beginning, number };
  }
}

function lineFeedsIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count++;
  }
  return count;
}

/**
 * Which format chunks of bytes are in, and the same bytes again.
 *
 * It is CSV if in the first line a comma follows something other than an object or array, and cannot be told from JSON if there
 * is less than that line.
 */
export async function withFormat(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ readonly format: TransformOutputFormat | undefined; readonly chunks: AsyncIterable<Uint8Array> }> {
  const seen: Uint8Array[] = [];
  let isInString = false;
  let isEscaped = false;
  let isBlank = true;
  const decided = (chunk: Uint8Array): TransformOutputFormat | undefined => {
    for (const byte of chunk) {
      if (isEscaped) {
        isEscaped = false;
      } else if (byte === QUOTE) {
        isInString = !isInString;
      } else if (isInString) {
        isEscaped = byte === BACKSLASH;
      } else if (byte === COMMA) {
        return 'csv';
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        return 'json';
      }
      if (byte === LINE_FEED && !isBlank) {
        return 'json';
      }
      isBlank &&= isWhiteSpace(byte);
    }
    return undefined;
  };
  let format: TransformOutputFormat | undefined;
  while (format === undefined) {
    const { done, value } = await chunks.next();
    if (done === true) {
      break;
    }
    seen.push(value);
    format = decided(value);
  }
  return { format, chunks: chained(seen, chunks) };
}

async function* chained(first: Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function isWhiteSpace(byte: number): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}
