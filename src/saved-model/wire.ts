import { isUtf8 } from 'node:buffer';
import { DamageError } from './errors';

/** The wire types of protocol buffers; groups (3 and 4) do not occur in TensorFlow's files. */
export const enum WireType {
  VARINT = 0,
  FIXED64 = 1,
  LENGTH_DELIMITED = 2,
  FIXED32 = 5,
}

/** How one value is read. */
export interface Codec<T> {
  readonly wireType: WireType;
  read(reader: Reader): T;
}

/** A codec for messages. */
export interface Message<T> extends Codec<T> {
  /** Reads fields up to the end of the reader. */
  readFields(reader: Reader): T;
}

/** One field of a message. */
export interface Field<T> {
  readonly number: number;
  readonly codec: Codec<unknown>;
  /** Whether several values may come in one occurrence without their tags. */
  readonly packable: boolean;
  /** The value when there is no occurrence. */
  absent(): T;
  /** The value after one more occurrence. */
  next(before: T, reader: Reader): T;
}

/** What a message with these fields is read as. */
export type Decoded<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Reads the primitives of protocol buffers, and never beyond its end. */
export class Reader {
  private position = 0;
  private end: number;

  constructor(private readonly bytes: Buffer) {
    this.end = bytes.length;
  }

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  /** What `read` gives when the reader ends after the next `length` bytes, which must be there. */
  within<T>(length: number, read: () => T): T {
    const outerEnd = this.end;
    const end = this.position + length;
    this.end = end;
    const value = read();
    this.position = end;
    this.end = outerEnd;
    return value;
  }

  /** The next byte. */
  byte(): number {
    if (this.atEnd) {
      this.fail('the data ends within a number');
    }
    return this.bytes[this.position++];
  }

  /** The next bytes, not copied. */
  take(length: number): Buffer {
    const start = this.advance(length);
    return this.bytes.subarray(start, this.position);
  }

  /** The next bytes as text. */
  text(length: number): string {
    const start = this.advance(length);
    const text = this.bytes.toString('utf8', start, this.position);
    // looking at the bytes themselves is only worth it where they may have been replaced
    return text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, this.position)) ? this.fail('a text is not UTF-8') : text;
  }

  /** The length of what comes next. */
  length(): number {
    const length = this.varint();
    this.require(length);
    return length;
  }

  /** An int64; one that a number cannot hold exactly is damage. */
  varint(): number {
    const start = this.position;
    let value = 0;
    let scale = 1;
    // seven groups of seven bits are exact in a number
    for (let count = 0; count < 7; count++) {
      const byte = this.byte();
      if (byte < 128) {
        return value + byte * scale;
      }
      value += (byte - 128) * scale;
      scale *= 128;
    }
    let bits = BigInt(value);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      bits += BigInt(byte % 128) * 2n ** shift;
      if (byte < 128) {
        const signed = BigInt.asIntN(64, bits);
        return Number.isSafeInteger(Number(signed)) ? Number(signed) : this.fail(`the number ${signed} is not possible`, start);
      }
    }
    return this.fail('a number takes more than ten bytes', start);
  }

  /** Steps over a value. */
  skip(wireType: number): void {
    switch (wireType) {
      case WireType.VARINT:
        this.skipVarint();
        break;
      case WireType.FIXED64:
        this.advance(8);
        break;
      case WireType.LENGTH_DELIMITED:
        this.advance(this.length());
        break;
      case WireType.FIXED32:
        this.advance(4);
        break;
      default:
        this.fail(`${wireType} is not a wire type`);
    }
  }

  fail(problem: string, position = this.position): never {
    throw new DamageError(problem, this.bytes.byteOffset + position);
  }

  /** Steps over bytes, and gives the place where they start. */
  private advance(length: number): number {
    this.require(length);
    const start = this.position;
    this.position += length;
    return start;
  }

  private require(length: number): void {
    const left = this.end - this.position;
    if (length < 0 || length > left) {
      this.fail(`a length of ${length} bytes runs past the end, ${left} bytes away`);
    }
  }

  // a number that nobody asks for may have any 64 bits
  private skipVarint(): void {
    const start = this.position;
    for (let count = 0; count < 10; count++) {
      if (this.byte() < 128) {
        return;
      }
    }
    this.fail('a number takes more than ten bytes', start);
  }
}

/** `int64`; a number beyond 2^53 is damage, because none of those that are read here can be as large. */
export const INT64: Codec<number> = {
  wireType: WireType.VARINT,
  read: (reader) => reader.varint(),
};

/** `int32` and enumerations. */
export const INT32: Codec<number> = {
  wireType: WireType.VARINT,
  read: (reader) => {
    const value = reader.varint();
    return value >= -(2 ** 31) && value < 2 ** 31 ? value : reader.fail(`the number ${value} is not possible`);
  },
};

/** `bool` */
export const BOOL: Codec<boolean> = {
  wireType: WireType.VARINT,
  read: (reader) => reader.varint() !== 0,
};

/** `fixed32` */
export const FIXED32: Codec<number> = {
  wireType: WireType.FIXED32,
  read: (reader) => reader.take(4).readUInt32LE(),
};

/** `bytes`, not copied. */
export const BYTES: Codec<Buffer> = {
  wireType: WireType.LENGTH_DELIMITED,
  read: (reader) => reader.take(reader.length()),
};

/** `string`; text that is not UTF-8 is damage, as it is to TensorFlow. */
export const STRING: Codec<string> = {
  wireType: WireType.LENGTH_DELIMITED,
  read: (reader) => reader.text(reader.length()),
};

/** A field with one value; of several occurrences the last one counts. */
export function single<T, A>(number: number, codec: Codec<T>, absent: A): Field<T | A> {
  return { number, codec, packable: false, absent: () => absent, next: (_, reader) => codec.read(reader) };
}

/** A field with any number of values. */
export function repeated<T>(number: number, codec: Codec<T>): Field<T[]> {
  return {
    number,
    codec,
    packable: codec.wireType !== WireType.LENGTH_DELIMITED,
    absent: () => [],
    next: (before, reader) => {
      before.push(codec.read(reader));
      return before;
    },
  };
}

/** A field that maps texts to messages; of several values for a key the last one counts. */
export function map<T>(number: number, codec: Message<T>): Field<Map<string, T>> {
  const entry = message('entry', { key: single(1, STRING, ''), value: single(2, codec, undefined) });
  return {
    number,
    codec: entry,
    packable: false,
    absent: () => new Map(),
    next: (before, reader) => {
      const { key, value } = entry.read(reader);
      return before.set(key, value ?? decode(codec, Buffer.alloc(0)));
    },
  };
}

/** A message with these fields; others in the data are stepped over. */
export function message<F extends Record<string, Field<any>>>(name: string, fields: F): Message<Decoded<F>> {
  const keys = Object.keys(fields);
  const byNumber = new Map(keys.map((key) => [fields[key].number, key]));
  const readFields = (reader: Reader): Decoded<F> => {
    const decoded: Record<string, unknown> = {};
    for (const key of keys) {
      decoded[key] = fields[key].absent();
    }
    while (!reader.atEnd) {
      const tag = reader.varint();
      const wireType = tag % 8;
      const number = (tag - wireType) / 8;
      if (number < 1 || number >= 2 ** 29) {
        reader.fail(`${number} is not a field number`);
      }
      const key = byNumber.get(number);
      if (key === undefined) {
        reader.skip(wireType);
        continue;
      }
      const field = fields[key];
      if (wireType === field.codec.wireType) {
        decoded[key] = field.next(decoded[key], reader);
      } else if (field.packable && wireType === WireType.LENGTH_DELIMITED) {
        reader.within(reader.length(), () => {
          while (!reader.atEnd) {
            decoded[key] = field.next(decoded[key], reader);
          }
        });
      } else {
        reader.fail(`field ${name}.${key} has wire type ${wireType}, not ${field.codec.wireType}`);
      }
    }
    return decoded as Decoded<F>;
  };
  return {
    wireType: WireType.LENGTH_DELIMITED,
    read: (reader) => reader.within(reader.length(), () => readFields(reader)),
    readFields,
  };
}

/**
 * A message from bytes that hold it alone.
 *
 * How deep messages nest is given by their descriptors, never by the data.
 *
 * @throws DamageError
 */
export function decode<T>(type: Message<T>, bytes: Buffer): T {
  return type.readFields(new Reader(bytes));
}
