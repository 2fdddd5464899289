import { LONGEST_FLOAT32, writeFloat32 } from './float32-text';

const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Where JSON is written to: text, and numbers of 32 bits, which are faster to make as bytes at once. */
export class JsonOutput {
  private bytes: Uint8Array | undefined;
  private end = 0;
  /** Text that comes after the bytes, and is not yet among them. */
  private pending = '';

  /** Writes text. */
  public text(text: string): void {
    this.pending += text;
  }

  /** Makes room for more numbers, if they are many, in one go. */
  public expect(numbers: number): void {
    this.reserve(numbers * 12);
  }

  /** Writes a number as a float32; `hasPoint` tells that whole ones are to look like floats, too. */
  public float(number: number, hasPoint: boolean): void {
    this.flush();
    const bytes = this.reserve(LONGEST_FLOAT32);
    this.end = writeFloat32(number, bytes, this.end, hasPoint);
  }

  /** Writes a list of the numbers from `start` to before `end` as float32s. */
  public floats(numbers: ArrayLike<number>, start: number, end: number, hasPoint: boolean): void {
    this.flush();
    let bytes = this.reserve(2);
    if (start === end) {
      bytes[this.end++] = OPEN;
    }
    let at = this.end;
    for (let i = start; i < end; i++) {
      if (at + LONGEST_FLOAT32 + 2 > bytes.length) {
        this.end = at;
        bytes = this.reserve(LONGEST_FLOAT32 + 2);
      }
      bytes[at] = i === start ? OPEN : COMMA;
      at = writeFloat32(numbers[i], bytes, at + 1, hasPoint);
    }
    bytes[at] = CLOSE;
    this.end = at + 1;
  }

  /** What has been written since the beginning or the last call, as text. */
  public takeText(): string {
    const text = this.end > 0 ? new TextDecoder().decode(this.bytes!.subarray(0, this.end)) + this.pending : this.pending;
    this.end = 0;
    this.pending = '';
    return text;
  }

  /** All that has been written, as bytes; nothing can be written after that. */
  public toBytes(): Uint8Array {
    if (this.end === 0) {
      return new TextEncoder().encode(this.pending);
    }
    this.flush();
    return this.bytes!.subarray(0, this.end);
  }

  private flush(): void {
    const { pending } = this;
    // UTF-8 has at most three bytes for what is one character here
    const bytes = this.reserve(pending.length * 3);
    let i = 0;
    for (; i < pending.length && i < 16; i++) {
      const code = pending.charCodeAt(i);
      if (code > 0x7f) {
        break;
      }
      bytes[this.end++] = code;
    }
    if (i < pending.length) {
      this.end += new TextEncoder().encodeInto(pending.slice(i), bytes.subarray(this.end)).written;
    }
    this.pending = '';
  }

  /** The bytes, with room for some more. */
  private reserve(length: number): Uint8Array {
    const { bytes } = this;
    if (bytes !== undefined && this.end + length <= bytes.length) {
      return bytes;
    }
    this.bytes = new Uint8Array(Math.max((bytes?.length ?? 0) * 2, this.end + length, 256));
    if (bytes !== undefined) {
      this.bytes.set(bytes.subarray(0, this.end));
    }
    return this.bytes;
  }
}
