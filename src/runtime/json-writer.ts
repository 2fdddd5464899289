import { toBase64 } from './base64';
import { InvalidRequestError, shown } from './errors';
import { float32Text } from './float32-text';
import {
  type BigIntArray, type NumberArray, isBytes, isFloat32Array, isFloatArray, isNumberOrBigIntArray, isPlainObject,
} from './tensor-values';

/** Tensors have at most 254 dimensions: beyond this, something has gone wrong, and the stack would be the next to. */
const MAX_DEPTH = 300;

/** What TensorFlow Serving makes of a value in an example. */
type FeatureKind = 'float' | 'int64' | 'bytes';

/**
 * Writes the JSON that TensorFlow Serving reads, which `JSON.stringify` cannot: NaN and infinities, integers of 64
 * bits, bytes, typed arrays. What has no form there is an error that names its place, and is never left out.
 */
export class JsonWriter {
  /** The way from the request down to the value that is being written. */
  private readonly path: (string | number)[] = [];
  private readonly ancestors: object[] = [];

  public constructor(private readonly endpointName: string) {}

  /** A value as predict takes it: numbers as they are, because tensors of integers refuse `1.0` and all take `1`. */
  public tensor(property: string, value: unknown): string {
    return this.at(property, value, () => this.value(value));
  }

  /** A context as classify and regress take it. */
  public example(property: string, example: unknown): string {
    return this.at(property, example, () => this.features(example));
  }

  /** Examples as classify and regress take them. */
  public examples(property: string, examples: readonly unknown[]): string {
    return this.at(property, examples, () => this.list(examples, (example) => this.features(example)));
  }

  private value(value: unknown): string {
    if (typeof value === 'number') {
      return numberText(value);
    }
    if (typeof value === 'string') {
      return this.string(value);
    }
    if (typeof value === 'bigint' || typeof value === 'boolean' || value === null) {
      return String(value);
    }
    if (Array.isArray(value)) {
      return isPlainNumbers(value) ? JSON.stringify(value) : this.list(value, (item) => this.value(item));
    }
    if (isBytes(value)) {
      return bytesText(value);
    }
    if (isNumberOrBigIntArray(value)) {
      return numbersText(value);
    }
    if (isPlainObject(value)) {
      return this.object(value, (item) => this.value(item));
    }
    return this.refuse('must be a number, bigint, boolean, string, array, typed array, plain object or null', shown(value));
  }

  private features(example: unknown): string {
    return isPlainObject(example)
      ? this.object(example, (feature) => this.feature(feature))
      : this.refuse('must be an object of features', shown(example));
  }

  private feature(feature: unknown): string {
    if (isNumberOrBigIntArray(feature)) {
      const isFloat = isFloatArray(feature);
      return this.featureList(Array.from<number | bigint, number | bigint>(feature, (item) => isFloat ? item : BigInt(item)));
    }
    return Array.isArray(feature) ? this.featureList(feature) : this.featureValue(feature);
  }

  private featureList(values: readonly unknown[]): string {
    const text = this.list(values, (value) => this.featureValue(value));
    const kinds = new Set(values.map(featureKind));
    if (kinds.size > 1) {
      this.refuse(
        'must hold values of one kind: numbers are float, bigints and booleans int64, strings and Uint8Arrays bytes',
        [...kinds].join(' and '),
        'write the whole numbers of an int64 feature as bigints, such as 80n',
      );
    }
    return text;
  }

  /** TensorFlow Serving knows the kind of a feature by how its values are written: `80` is int64, and `80.0` is float. */
  private featureValue(value: unknown): string {
    switch (featureKind(value)) {
      case 'float':
        return floatText(value as number);
      case 'int64':
        if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
          this.refuse('must be an integer of 64 bits', shown(value));
        }
        return String(value);
      case 'bytes':
        return this.value(value);
      case undefined:
        return this.refuse('must be a number, bigint, boolean, string or Uint8Array, or a flat list of them', shown(value));
    }
  }

  private list(values: readonly unknown[], write: (value: unknown) => string): string {
    // unlike map(), from() does not leave holes alone
    return `[${Array.from(values, (value, i) => this.at(i, value, () => write(value))).join(',')}]`;
  }

  private object(value: Record<string, unknown>, write: (item: unknown) => string): string {
    const members = Object.keys(value).map((key) => this.at(key, value[key], () => `${this.string(key)}:${write(value[key])}`));
    return `{${members.join(',')}}`;
  }

  private string(text: string): string {
    if (/\p{Surrogate}/u.test(text)) {
      this.refuse('must be well-formed Unicode, and holds half of a surrogate pair', shown(text), 'give bytes as a Uint8Array');
    }
    return JSON.stringify(text);
  }

  /** Writes what is one step further down. */
  private at(step: string | number, value: unknown, write: () => string): string {
    this.path.push(step);
    const isParent = typeof value === 'object' && value !== null;
    if (isParent) {
      if (this.ancestors.includes(value)) {
        this.refuse('must not contain itself');
      }
      if (this.ancestors.length === MAX_DEPTH) {
        this.refuse(`must not be nested in more than ${MAX_DEPTH} levels`);
      }
      this.ancestors.push(value);
    }
    const text = write();
    if (isParent) {
      this.ancestors.pop();
    }
    this.path.pop();
    return text;
  }

  private refuse(rule: string, got?: string, remedy?: string): never {
    const [property, ...steps] = this.path;
    throw new InvalidRequestError(this.endpointName, { property: `${property}${steps.map(stepText).join('')}`, rule, got, remedy });
  }
}

function featureKind(value: unknown): FeatureKind | undefined {
  switch (typeof value) {
    case 'number':
      return 'float';
    case 'bigint':
    case 'boolean':
      return 'int64';
    case 'string':
      return 'bytes';
    default:
      return isBytes(value) ? 'bytes' : undefined;
  }
}

/** NaN and infinities are bare words; a negative zero keeps its sign, which `String` alone would drop. */
function numberText(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}

function floatText(number: number): string {
  const text = numberText(number);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function bytesText(bytes: Uint8Array): string {
  return `{"b64":"${toBase64(bytes)}"}`;
}

function numbersText(numbers: NumberArray | BigIntArray): string {
  if (isFloat32Array(numbers)) {
    return `[${float32Text(numbers)}]`;
  }
  const texts = Array.from<number | bigint, string>(numbers, (item) => typeof item === 'number' ? numberText(item) : String(item));
  return `[${texts.join(',')}]`;
}

/** Whether `JSON.stringify`, which is the fastest, writes the numbers as they are. */
function isPlainNumbers(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]) || Object.is(values[i], -0)) {
      return false;
    }
  }
  return true;
}

function stepText(step: string | number): string {
  if (typeof step === 'number') {
    return `[${step}]`;
  }
  return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
