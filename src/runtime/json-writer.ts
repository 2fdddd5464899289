import { toBase64 } from './base64';
import { type Dtype, isJsonNumber } from './dtypes';
import { type FeatureSpecs, featureDtype, featureList } from './feature-check';
import { type JsonOutput } from './json-output';
import { Tensor } from './tensor';
import { type BigIntArray, type NumberArray, isBytes, isFloat32Array, isFloatArray } from './tensor-values';
import { type Walk } from './walk';

/**
 * Writes the JSON that TensorFlow Serving reads, which `JSON.stringify` cannot: NaN and infinities, integers of 64
 * bits, bytes, typed arrays. What is written must have been checked on the same walk.
 */
export class JsonWriter {
  public constructor(private readonly walk: Walk, private readonly out: JsonOutput) {}

  /**
   * Writes a value as predict takes it.
   *
   * Where no type is known, numbers are written as they are, because tensors of integers refuse `1.0` and all take `1`.
   */
  public value(value: unknown, dtype?: Dtype): void {
    const { out } = this;
    if (this.walk.isJson) {
      out.text(JSON.stringify(value));
    } else if (typeof value === 'number') {
      if (dtype?.name === 'DT_FLOAT') {
        out.float(value, false);
      } else {
        out.text(numberText(value, dtype?.isFloat));
      }
    } else if (typeof value === 'string') {
      out.text(JSON.stringify(value));
    } else if (typeof value !== 'object' || value === null) {
      out.text(String(value));
    } else if (value instanceof Tensor) {
      this.tensor(value, dtype);
    } else if (isBytes(value) && dtype?.isString !== false) {
      out.text(`{"b64":"${toBase64(value)}"}`);
    } else {
      const list = this.walk.listOf(value, true);
      if (list !== undefined) {
        this.list(list, 0, list.length, dtype);
      } else {
        this.object(value as Record<string, unknown>, (item) => this.value(item));
      }
    }
  }

  /** Writes an example or a context as classify and regress take it: `80` is of an int64 feature, and `80.0` of a float one. */
  public features(example: Record<string, unknown>, specs: FeatureSpecs | undefined): void {
    this.object(example, (feature, name) => {
      const list = featureList(this.walk, feature);
      if ((specs?.[name].dtype ?? featureDtype(feature, list)) === 'DT_FLOAT') {
        if (list === undefined) {
          this.out.float(feature as number, true);
        } else {
          this.out.floats(list as ArrayLike<number>, 0, list.length, true);
        }
      } else if (list === undefined) {
        this.value(feature);
      } else {
        this.list(list, 0, list.length);
      }
    });
  }

  /** Writes an object whose members are written by a function. */
  public object(object: Record<string, unknown>, write: (item: unknown, name: string) => void): void {
    let separator = '{';
    for (const name of Object.keys(object)) {
      this.out.text(`${separator}${JSON.stringify(name)}:`);
      write(object[name], name);
      separator = ',';
    }
    this.out.text(separator === '{' ? '{}' : '}');
  }

  private tensor({ values, shape }: Tensor, dtype: Dtype | undefined): void {
    if (shape.length === 0) {
      const isFloat32 = dtype === undefined && isFloat32Array(values as Float32Array);
      if (isFloat32) {
        this.out.float(values[0] as number, false);
      } else {
        this.value(values[0], dtype);
      }
      return;
    }
    this.out.expect(values.length);
    const write = (dimension: number, start: number, end: number) => {
      if (dimension === shape.length - 1) {
        this.list(values, start, end, dtype);
        return;
      }
      const step = (end - start) / shape[dimension];
      let separator = '[';
      for (let i = 0; i < shape[dimension]; i++) {
        this.out.text(separator);
        write(dimension + 1, start + i * step, start + (i + 1) * step);
        separator = ',';
      }
      this.out.text(separator === '[' ? '[]' : ']');
    };
    write(0, 0, values.length);
  }

  /** Writes what is from `start` to before `end`. */
  private list(list: ArrayLike<unknown>, start: number, end: number, dtype?: Dtype): void {
    const { out } = this;
    const first = list[start];
    if (dtype?.name === 'DT_FLOAT' ? typeof first === 'number' : dtype === undefined && isFloat32Array(list as Float32Array)) {
      out.floats(list as ArrayLike<number>, start, end, false);
    } else if (ArrayBuffer.isView(list)) {
      out.text(arrayText((list as Float64Array).subarray(start, end), dtype));
    } else if (typeof first === 'number' && isPlainNumbers(list, start, end)) {
      out.text(JSON.stringify(end - start === list.length ? list : (list as unknown[]).slice(start, end)));
    } else {
      let separator = '[';
      for (let i = start; i < end; i++) {
        out.text(separator);
        this.value(list[i], dtype);
        separator = ',';
      }
      out.text(separator === '[' ? '[]' : ']');
    }
  }
}

/** NaN and infinities are bare words. A zero keeps its sign only with a point, which tensors of integers refuse. */
function numberText(number: number, isFloat: boolean | undefined): string {
  if (number !== 0 || !Object.is(number, -0)) {
    return String(number);
  }
  return isFloat === true ? '-0.0' : isFloat === undefined ? '-0' : '0';
}

function arrayText(array: NumberArray | BigIntArray | Uint8Array, dtype: Dtype | undefined): string {
  if (isBytes(array) || !isFloatArray(array)) {
    return `[${array.join(',')}]`;
  }
  const isFloat = dtype?.isFloat !== false;
  return isPlainNumbers(array, 0, array.length)
    ? JSON.stringify(Array.from(array))
    : `[${Array.from(array, (number) => numberText(number, isFloat)).join(',')}]`;
}

/** Whether `JSON.stringify`, which is the fastest, writes the numbers as they are. */
function isPlainNumbers(values: ArrayLike<unknown>, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !isJsonNumber(value)) {
      return false;
    }
  }
  return true;
}
