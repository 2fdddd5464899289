import { TensorFlowServingError, shown } from './errors';
import { isBytes } from './tensor-values';

/** What this library needs of a `ReadableStream` of the web. */
export interface WebStream {
  /** The one that reads the stream from now on. */
  getReader(): {
    read(): Promise<{ done: boolean; value?: unknown }>;
    cancel(): Promise<void>;
  };
}

/**
 * Bytes, or text, at once or in parts of any size.
 *
 * It is what the AWS SDK's `GetObject` gives as its `Body`, in Node.js and in browsers: a `Readable` of Node.js, a
 * `ReadableStream` of the web or a `Blob`. Any other asynchronous iterable of bytes or strings will do as well. The
 * bytes are UTF-8.
 */
export type ByteSource = AsyncIterable<Uint8Array | string> | Uint8Array | string | WebStream | { stream(): WebStream };

/** Whether bytes can be read from a value. */
export function isByteSource(value: unknown): value is ByteSource {
  if (typeof value === 'string' || isBytes(value)) {
    return true;
  }
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || 'getReader' in value || 'stream' in value);
}

/** The bytes of a source as they come; a source that is not read to its end is closed. */
export async function* byteChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let half = ''; // of a character that does not fit in one UTF-16 unit
  for await (const part of partsOf(source)) {
    if (isBytes(part)) {
      yield part;
    } else if (typeof part === 'string') {
      const text = half + part;
      half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
      yield encoder.encode(text.slice(0, text.length - half.length));
    } else {
      throw new TensorFlowServingError(`[readTransformOutput] \`body\` must give bytes or strings, got: ${shown(part)}`, undefined);
    }
  }
  yield encoder.encode(half);
}

function partsOf(source: ByteSource): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof source === 'string' || isBytes(source)) {
    return [source];
  }
  if (Symbol.asyncIterator in source) {
    return source;
  }
  return readThrough('getReader' in source ? source : source.stream());
}

/** Reads a stream that cannot be iterated over, as in older browsers. */
async function* readThrough(stream: WebStream): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    while (!isDone) {
      const { done, value } = await reader.read();
      isDone = done;
      if (!done) {
        yield value;
      }
    }
  } finally {
    if (!isDone) {
      await reader.cancel();
    }
  }
}

/** Bytes that are put together from parts, in time that grows with their number alone. */
export class ByteBuffer {
  private bytes = new Uint8Array(0);
  private length = 0;

  public get isEmpty(): boolean {
    return this.length === 0;
  }

  public append(part: Uint8Array): void {
    const needed = this.length + part.length;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(part, this.length);
    this.length = needed;
  }

  /** What has been put together, until there is more to put together. */
  public take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}
