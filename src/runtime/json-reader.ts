import { fromBase64 } from './base64';
import { type ResponseValue, isPlainObject } from './tensor-values';

/** Tensors have at most 254 dimensions: beyond this, something has gone wrong, and the stack would be the next to. */
const MAX_DEPTH = 300;

/** A run of digits that can be an integer beyond 2^53, but for those in a fraction, which every float64 has. */
const LONG_INTEGER = /(?:^|[^.\d])\d{16,}(?![.\deE])/;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

const WORDS: readonly (readonly [string, ResponseValue])[] = [
  ['true', true], ['false', false], ['null', null], ['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity],
];

/**
 * Reads the JSON that TensorFlow Serving writes, which `JSON.parse` cannot: NaN and infinities, integers beyond 2^53,
 * and bytes in `{"b64": ...}`.
 *
 * @throws SyntaxError where the text is not even that
 */
export function readJson(text: string): ResponseValue {
  const value = parse(text);
  return text.includes('"b64"') ? withBytes(value, 0) : value;
}

function parse(text: string): ResponseValue {
  if (!LONG_INTEGER.test(text)) {
    try {
      return JSON.parse(text) as ResponseValue;
    } catch {
      // the reader below knows more words, and says better what is wrong
    }
  }
  return new JsonReader(text).read();
}

class JsonReader {
  private position = 0;

  public constructor(private readonly text: string) {}

  public read(): ResponseValue {
    const value = this.value(0);
    if (this.next() !== undefined) {
      this.fail();
    }
    return value;
  }

  private value(depth: number): ResponseValue {
    checkDepth(depth);
    switch (this.next()) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      default:
        return this.number() ?? this.word();
    }
  }

  private object(depth: number): ResponseValue {
    const object: { [name: string]: ResponseValue } = {};
    this.members('}', () => {
      if (this.next() !== '"') {
        this.fail();
      }
      const name = this.string();
      this.take(':');
      set(object, name, this.value(depth + 1));
    });
    return object;
  }

  private array(depth: number): ResponseValue {
    const array: ResponseValue[] = [];
    this.members(']', () => array.push(this.value(depth + 1)));
    return array;
  }

  /** Reads what is between brackets and separated by commas. */
  private members(closing: string, read: () => void): void {
    this.position++;
    if (this.next() !== closing) {
      read();
      while (this.next() === ',') {
        this.position++;
        read();
      }
    }
    this.take(closing);
  }

  private string(): string {
    const start = this.position;
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end === -1) {
        this.position = this.text.length;
        this.fail();
      }
    } while (this.isEscaped(end));
    try {
      const string = JSON.parse(this.text.slice(start, end + 1)) as string;
      this.position = end + 1;
      return string;
    } catch {
      return this.fail('characters in the string');
    }
  }

  private isEscaped(quote: number): boolean {
    let start = quote;
    while (this.text[start - 1] === '\\') {
      start--;
    }
    return (quote - start) % 2 === 1;
  }

  private number(): number | bigint | undefined {
    NUMBER.lastIndex = this.position;
    const found = NUMBER.exec(this.text);
    if (found === null) {
      return undefined;
    }
    this.position = NUMBER.lastIndex;
    const [digits, fraction, exponent] = found;
    const number = Number(digits);
    return fraction === undefined && exponent === undefined && !Number.isSafeInteger(number) ? BigInt(digits) : number;
  }

  private word(): ResponseValue {
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.position)) {
        this.position += word.length;
        return value;
      }
    }
    return this.fail();
  }

  private take(character: string): void {
    if (this.next() !== character) {
      this.fail();
    }
    this.position++;
  }

  /** The next character that is no white space, or undefined at the end. */
  private next(): string | undefined {
    while (' \n\r\t'.includes(this.text[this.position] ?? '?')) {
      this.position++;
    }
    return this.text[this.position];
  }

  private fail(what = JSON.stringify(this.text[this.position])): never {
    throw new SyntaxError(this.position < this.text.length ? `unexpected ${what} at position ${this.position}` : 'unexpected end');
  }
}

/** TensorFlow Serving names values only where there are several, so that an object with `b64` alone always is bytes. */
function withBytes(value: ResponseValue, depth: number): ResponseValue {
  checkDepth(depth);
  if (Array.isArray(value)) {
    return value.map((item) => withBytes(item, depth + 1));
  }
  if (!isPlainObject(value)) {
    return value;
  }
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === 'b64' && typeof entries[0][1] === 'string') {
    return bytes(entries[0][1]);
  }
  const object: { [name: string]: ResponseValue } = {};
  for (const [name, item] of entries) {
    set(object, name, withBytes(item as ResponseValue, depth + 1));
  }
  return object;
}

function bytes(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch {
    throw new SyntaxError(`${JSON.stringify(base64.slice(0, 40))} is no base64`);
  }
}

/** Sets a member as `JSON.parse` does: one that is called `__proto__` is not the prototype. */
function set(object: { [name: string]: ResponseValue }, name: string, value: ResponseValue): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[name] = value;
  }
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new SyntaxError(`nested in more than ${MAX_DEPTH} levels`);
  }
}
