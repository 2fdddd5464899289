import { fromBase64 } from './base64';

/** A value of a request, as TensorFlow Serving's reader sees it: whole numbers are bigints, others numbers. */
export type JsonValue = null | boolean | number | bigint | string | Uint8Array | JsonValue[] | JsonObject;

/** An object of a request, without a prototype whose members could be taken for its own. */
export interface JsonObject {
  [name: string]: JsonValue;
}

const BLANK = /[ \t\r\n]*/y;
const NUMBER = /-?(?:Infinity|(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const WORDS: readonly (readonly [string, JsonValue])[] = [['true', true], ['false', false], ['null', null], ['NaN', NaN]];

/**
 * Reads JSON as TensorFlow Serving does: whole numbers and others are not the same, NaN and infinities are words,
 * `{"b64": ...}` is bytes, and what comes after the first value is left alone.
 *
 * @throws SyntaxError that says where the text is wrong
 */
export function readRequestJson(text: string): JsonValue {
  let at = 0;

  const fail = (what: string): never => {
    throw new SyntaxError(`JSON Parse error: ${what} at offset: ${at}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at += match?.[0].length ?? 0;
    return match;
  };
  const taken = (token: string): boolean => {
    take(BLANK);
    const isThere = text.startsWith(token, at);
    at += isThere ? token.length : 0;
    return isThere;
  };
  const list = (close: string, item: () => void): void => {
    if (taken(close)) {
      return;
    }
    do {
      item();
    } while (taken(','));
    if (!taken(close)) {
      fail(`Missing a comma or ${close}`);
    }
  };
  const string = (): string | undefined => {
    take(BLANK);
    const match = take(STRING);
    try {
      return match !== null ? JSON.parse(match[0]) as string : undefined;
    } catch {
      return fail('Invalid string');
    }
  };
  const value = (): JsonValue => {
    if (taken('[')) {
      const items: JsonValue[] = [];
      list(']', () => items.push(value()));
      return items;
    }
    if (taken('{')) {
      const object: JsonObject = Object.create(null);
      list('}', () => {
        const name = string() ?? fail('Missing a name for object member.');
        if (!taken(':')) {
          fail('Missing a colon after a name of object member.');
        }
        object[name] = value();
      });
      return bytesOf(object) ?? object;
    }
    const word = WORDS.find(([name]) => taken(name));
    if (word !== undefined) {
      return word[1];
    }
    const number = take(NUMBER);
    if (number !== null) {
      return number[1] === undefined && number[2] === undefined && /\d/.test(number[0]) ? BigInt(number[0]) : Number(number[0]);
    }
    return string() ?? fail('Invalid value.');
  };
  return value();
}

function bytesOf(object: JsonObject): Uint8Array | undefined {
  if (Object.keys(object).join() !== 'b64' || typeof object.b64 !== 'string') {
    return undefined;
  }
  try {
    return fromBase64(object.b64);
  } catch {
    throw new SyntaxError('Unable to base64 decode');
  }
}
