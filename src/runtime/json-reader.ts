import { fromBase64 } from './base64';
import { type ResponseValue, isBytes } from './tensor-values';

/** Tensors have at most 254 dimensions: beyond this, something has gone wrong, and the stack would be the next to. */
const MAX_DEPTH = 300;

/** Digits that can be an integer beyond 2^53; those of a fraction, which many a number has, are left out. */
const LONG_INTEGER = /(?:^|[^.\d])\d{16,}(?![.\deE])/;

/** The tokens that can be more than JSON, and what tells whether they are in a string. */
const TOKENS = /"(?:\\u0000)?|\\.|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** What a string begins with if it stands for something else; one that begins with it by itself gets it twice. */
const MARK = '\0';

/**
 * Reads the JSON that TensorFlow Serving writes, which `JSON.parse` cannot: NaN and infinities, integers beyond 2^53,
 * and bytes in `{"b64": ...}`.
 *
 * @throws SyntaxError or DOMException where the text is not even that
 */
export function readJson(text: string): ResponseValue {
  if (!LONG_INTEGER.test(text)) {
    try {
      const value = JSON.parse(text) as ResponseValue;
      return text.includes('"b64"') ? revived(value, false, 0) : value;
    } catch {
      // perhaps because of NaN or an infinity
    }
  }
  return revived(JSON.parse(marked(text)) as ResponseValue, true, 0);
}

/** The text with strings, each with a mark, for what is more than JSON. */
function marked(text: string): string {
  let isInString = false;
  return text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) {
      isInString = !isInString;
      return token === '"' ? token : `${token}\\u0000`;
    }
    return isInString || /[.eE]/.test(token) || Number.isSafeInteger(Number(token)) ? token : `"\\u0000${token}"`;
  });
}

/** Turns strings with a mark into what they stand for, and objects of `b64` into bytes. */
function revived(value: ResponseValue, hasMarks: boolean, depth: number): ResponseValue {
  if (depth > MAX_DEPTH) {
    throw new SyntaxError(`nested in more than ${MAX_DEPTH} levels`);
  }
  if (typeof value === 'string') {
    return hasMarks ? unmarked(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => revived(item, hasMarks, depth + 1));
  }
  if (typeof value !== 'object' || value === null || isBytes(value)) {
    return value;
  }
  const object = Object.fromEntries(Object.entries(value).map(([name, item]) => [
    hasMarks && name.startsWith(MARK) ? name.slice(1) : name,
    revived(item, hasMarks, depth + 1),
  ]));
  // values have names only where there are several, so that an object of `b64` alone always is bytes
  return Object.keys(object).join() === 'b64' && typeof object.b64 === 'string' ? fromBase64(object.b64) : object;
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
