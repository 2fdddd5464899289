import { fromBase64 } from './base64';
import { type ResponseValue } from './tensor-values';
import { MAX_DEPTH } from './walk';

/** What is more than JSON, outside of strings: an integer has many digits, and neither a fraction nor an exponent. */
const TOKENS = /NaN|-?Infinity|(?<![.\d])-?\d{16,}(?![.\deE])/g;

/** What a string begins with if it stands for something else; one that begins with it by itself gets it twice. */
const MARK = '\0';
const MARK_TEXT = '\\u0000';

/**
 * Reads the JSON that TensorFlow Serving writes, which `JSON.parse` cannot: NaN and infinities, integers beyond 2^53,
 * and bytes in `{"b64": ...}`. `mayHaveMore` tells whether there can be some of the latter two.
 *
 * @throws SyntaxError or DOMException where the text is not even that
 */
export function readJson(text: string, mayHaveMore = true): ResponseValue {
  try {
    const value = JSON.parse(text) as ResponseValue;
    if (!mayHaveMore) {
      return value;
    }
    const reviver = new Reviver(false);
    const revived = reviver.value(value, 0);
    if (!reviver.isLossy) {
      return revived;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    // perhaps because of NaN or an infinity
  }
  return new Reviver(true).value(JSON.parse(marked(text)) as ResponseValue, 0);
}

/** The text with strings, each with a mark, for what is more than JSON. */
function marked(text: string): string {
  const parts: string[] = [];
  let end = 0;
  for (;;) {
    const start = text.indexOf('"', end);
    parts.push(text.slice(end, start < 0 ? undefined : start).replace(TOKENS, mark));
    if (start < 0) {
      return parts.join('');
    }
    end = endOfString(text, start);
    parts.push(text.startsWith(MARK_TEXT, start + 1) ? `"${MARK_TEXT}${text.slice(start + 1, end)}` : text.slice(start, end));
  }
}

function mark(token: string): string {
  return /\d/.test(token) && Number.isSafeInteger(Number(token)) ? token : `"${MARK_TEXT}${token}"`;
}

/** The position after the quote that closes a string; that of the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') {
      escapes++;
    }
    if (escapes % 2 === 0) {
      return end + 1;
    }
  }
  return text.length;
}

/** Turns strings with a mark into what they stand for, and objects of `b64` into bytes; arrays and objects stay the same ones. */
class Reviver {
  /** Whether there are numbers that were perhaps integers before they lost digits. */
  public isLossy = false;

  public constructor(private readonly hasMarks: boolean) {}

  public value(value: ResponseValue, depth: number): ResponseValue {
    if (typeof value === 'string') {
      return this.hasMarks ? unmarked(value) : value;
    }
    if (typeof value === 'number') {
      this.isLossy ||= Math.abs(value) > Number.MAX_SAFE_INTEGER;
      return value;
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (depth >= MAX_DEPTH) {
      throw new SyntaxError(`nested in more than ${MAX_DEPTH} levels`);
    }
    if (Array.isArray(value)) {
      this.list(value, depth);
      return value;
    }
    return this.object(value as { [name: string]: ResponseValue }, depth);
  }

  private list(list: ResponseValue[], depth: number): void {
    for (let i = lengthOfSmallNumbers(list); i < list.length; i++) {
      const item = list[i];
      const revived = this.value(item, depth + 1);
      if (revived !== item) {
        list[i] = revived;
      }
    }
  }

  private object(object: { [name: string]: ResponseValue }, depth: number): ResponseValue {
    const names = Object.keys(object);
    // values have names only where there are several, so that an object of `b64` alone always is bytes
    if (names.length === 1 && names[0] === 'b64' && typeof object.b64 === 'string' && !object.b64.startsWith(MARK)) {
      return fromBase64(object.b64);
    }
    if (this.hasMarks || names.includes('__proto__')) {
      return Object.fromEntries(names.map((name) => [
        this.hasMarks && name.startsWith(MARK) ? name.slice(1) : name,
        this.value(object[name], depth + 1),
      ]));
    }
    for (const name of names) {
      const member = object[name];
      const revived = this.value(member, depth + 1);
      if (revived !== member) {
        object[name] = revived;
      }
    }
    return object;
  }
}

/** How many numbers a list begins with that are no larger than 2^53, which most lists have from end to end. */
function lengthOfSmallNumbers(list: readonly ResponseValue[]): number {
  let i = 0;
  for (; i < list.length; i++) {
    const item = list[i];
    if (typeof item !== 'number' || item > Number.MAX_SAFE_INTEGER || item < Number.MIN_SAFE_INTEGER) {
      break;
    }
  }
  return i;
}

function unmarked(text: string): ResponseValue {
  if (!text.startsWith(MARK)) {
    return text;
  }
  const meaning = text.slice(1);
  if (meaning.startsWith(MARK)) {
    return meaning;
  }
  return /\d/.test(meaning) ? BigInt(meaning) : Number(meaning);
}
