import { type Dtype, dtypeOf } from './dtypes';
import { shown } from './errors';
import { type TensorSpec } from './signatures';
import { Tensor } from './tensor';
import { isFloat32Array } from './tensor-values';
import { type Walk } from './walk';

/** So many numbers of 32 bits in a list are written faster than `JSON.stringify` writes them. */
const LONG_LIST = 16;

/** Finds fault with the values for an input: its elements, its dimensions, and that all of its lists have the same length. */
export class TensorCheck {
  public readonly dtype: Dtype;

  /** The sizes of the dimensions as far as they are known, at first from the specification; undefined before anything is. */
  private sizes: (number | undefined)[] | undefined;

  /** `isRow` tells that values are those of single instances, which have no first dimension. */
  public constructor(private readonly walk: Walk, private readonly name: string, private readonly spec: TensorSpec, isRow: boolean) {
    const { dtype, shape } = spec;
    this.dtype = dtypeOf(dtype) ?? walk.refuse(
      0, `cannot be sent: \`${name}\` is ${dtype}, which TensorFlow Serving does not read from JSON`, undefined,
      'export the model with a signature that takes another type and casts it',
    );
    this.sizes = shape?.slice(isRow ? 1 : 0).map((size) => size === -1 ? undefined : size);
  }

  public check(value: unknown, depth: number): void {
    if (this.sizes?.length === 0 && this.dtype.isJson(value) === true) {
      return;
    }
    this.sizes ??= this.dimensionsOf(value, depth);
    this.level(value, depth, 0, this.sizes);
  }

  private level(value: unknown, depth: number, level: number, sizes: (number | undefined)[]): void {
    const { walk } = this;
    if (value instanceof Tensor) {
      const { shape, values } = value;
      if (shape.length !== sizes.length - level) {
        this.refuse(depth, `must have ${sizes.length - level} dimensions`, `[${shape.join(', ')}]`);
      }
      shape.forEach((size, i) => this.size(size, depth, level + i, sizes));
      walk.isJson = false;
      this.elements(values, depth);
      return;
    }
    if (level === sizes.length) {
      this.element(value, depth);
      return;
    }
    const list = this.listOf(value);
    if (list === undefined) {
      this.refuse(depth, sizes.length - level === 1 ? 'must be a list' : `must be lists in ${sizes.length - level} levels`, shown(value));
    }
    this.size(list.length, depth, level, sizes);
    const isLast = level === sizes.length - 1;
    if (list !== value || !Array.isArray(list) || isLast && this.dtype.name === 'DT_FLOAT' && list.length >= LONG_LIST) {
      walk.isJson = false;
    }
    if (isLast) {
      this.elements(list, depth);
      return;
    }
    for (let i = 0; i < list.length; i++) {
      walk.steps[depth + 1] = i;
      this.level(list[i], depth + 1, level + 1, sizes);
    }
  }

  private size(got: number, depth: number, level: number, sizes: (number | undefined)[]): void {
    const size = sizes[level] ??= got;
    if (got !== size) {
      this.refuse(depth, `must have ${size} elements`, String(got), 'TensorFlow Serving takes no lists of differing lengths');
    }
    if (got === 0 && level < sizes.length - 1) {
      this.refuse(depth, 'must not be empty, because JSON cannot tell the dimensions that come after it');
    }
  }

  private elements(list: ArrayLike<unknown>, depth: number): void {
    const { walk, dtype: { isFloat, isJson } } = this;
    if (isFloat && isFloat32Array(list as Float32Array)) {
      return;
    }
    for (let i = 0; i < list.length; i++) {
      if (isJson(list[i]) !== true) {
        walk.steps[depth + 1] = i;
        this.element(list[i], depth + 1);
      }
    }
  }

  private element(value: unknown, depth: number): void {
    const { walk, dtype: { isJson, rule } } = this;
    walk.isJson = (isJson(value) ?? this.refuse(depth, rule, shown(value))) && walk.isJson;
  }

  /** The dimensions of a value as TensorFlow Serving finds them, by what is first in each list; all have open sizes. */
  private dimensionsOf(value: unknown, depth: number): undefined[] {
    if (value instanceof Tensor) {
      return value.shape.map(() => undefined);
    }
    const list = this.listOf(value);
    if (list === undefined) {
      return [];
    }
    this.walk.enter(value, depth);
    this.walk.steps[depth + 1] = 0;
    return [undefined, ...list.length > 0 ? this.dimensionsOf(list[0], depth + 1) : []];
  }

  private listOf(value: unknown): ArrayLike<unknown> | undefined {
    return this.walk.listOf(value, !this.dtype.isString);
  }

  private refuse(depth: number, rule: string, got?: string, remedy?: string): never {
    const { dtype, shape } = this.spec;
    this.walk.refuse(depth, `${rule}, as \`${this.name}\` is ${dtype}${shape !== null ? ` of shape [${shape.join(', ')}]` : ''}`, got, remedy);
  }
}
