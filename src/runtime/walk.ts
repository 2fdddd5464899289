import { InvalidRequestError } from './errors';
import { Tensor } from './tensor';
import { isBytes, isNumberOrBigIntArray } from './tensor-values';

/** Tensors have at most 254 dimensions: beyond this, something has gone wrong, and the stack would be the next to. */
export const MAX_DEPTH = 300;

/** The way through the values of a request, for errors to name the place, and what was found on it. */
export class Walk {
  /** The steps from the request down to the value that is looked at; how many of them count is said by its depth. */
  public readonly steps: (string | number)[] = [];
  /** The values that hold the one that is looked at. */
  public readonly parents: unknown[] = [];
  /** Whether `JSON.stringify` writes what was looked at as TensorFlow Serving reads it. */
  public isJson = true;

  private readonly lists = new Map<object, readonly unknown[]>();

  public constructor(private readonly endpointName: string) {}

  /** The elements of an array, of a typed array that is no bytes, or of an iterable, which is read once; undefined for all else. */
  public listOf(value: unknown, isBytesList = false): ArrayLike<unknown> | undefined {
    if (Array.isArray(value)) {
      return value;
    }
    if (typeof value !== 'object' || value === null || value instanceof Tensor) {
      return undefined;
    }
    if (ArrayBuffer.isView(value)) {
      return isNumberOrBigIntArray(value) || isBytesList && isBytes(value) ? value : undefined;
    }
    // the pairs of a map are no list of values
    if (!(Symbol.iterator in value) || Object.prototype.toString.call(value) === '[object Map]') {
      return undefined;
    }
    let list = this.lists.get(value);
    if (list === undefined) {
      list = [...value as Iterable<unknown>];
      this.lists.set(value, list);
    }
    return list;
  }

  /** Goes into a value that holds others. */
  public enter(value: unknown, depth: number): void {
    this.parents[depth] = value;
    if (depth < MAX_DEPTH) {
      return;
    }
    const again = this.parents.findIndex((parent, i) => this.parents.indexOf(parent) < i);
    if (again >= 0) {
      this.refuse(again, 'must not contain itself');
    }
    this.refuse(depth, `must not be nested in more than ${MAX_DEPTH} levels`);
  }

  public refuse(depth: number, rule: string, got?: string, remedy?: string): never {
    const [property, ...steps] = this.steps.slice(0, depth + 1);
    throw new InvalidRequestError(this.endpointName, { property: `${property}${steps.map(stepText).join('')}`, rule, got, remedy });
  }
}

function stepText(step: string | number): string {
  if (typeof step === 'number') {
    return `[${step}]`;
  }
  return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
