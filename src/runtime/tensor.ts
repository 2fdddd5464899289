import { InvalidRequestError, shown } from './errors';
import { type BigIntArray, type NumberArray, isBytes, isNumberOrBigIntArray } from './tensor-values';

/** The elements of a tensor, one after the other; a `Uint8Array` is numbers here, and bytes are elements of an array. */
export type TensorElements = NumberArray | BigIntArray | Uint8Array | readonly (number | bigint | boolean | string | Uint8Array)[];

/**
 * A tensor as its elements in row-major order and its shape: what a typed array needs to have several dimensions.
 *
 * ```ts nofixture
 * import { tensor, TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
 *
 * async function classifyImages(client: TensorFlowServingClient, pixels: Float32Array) {
 *   return client.predict({ instances: tensor(pixels, [-1, 28, 28, 1]) });
 * }
 * ```
 */
export class Tensor<E extends TensorElements = TensorElements> {
  /** The elements, in row-major order. */
  public readonly values: E;

  /** The sizes of the dimensions; none for a scalar. */
  public readonly shape: readonly number[];

  /**
   * One size may be -1: it is what the number of elements makes it.
   *
   * @throws InvalidRequestError where the elements are not as many as the shape has
   */
  public constructor(values: E, shape: readonly number[]) {
    if (!Array.isArray(values) && !isNumberOrBigIntArray(values) && !isBytes(values)) {
      throw new InvalidRequestError(undefined, { property: 'values', rule: 'must be an array or a typed array', got: shown(values) });
    }
    const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= -1)
      && shape.filter((size) => size === -1).length <= 1;
    if (!isShape) {
      throw new InvalidRequestError(undefined, {
        property: 'shape', rule: 'must be sizes of dimensions, of which one may be -1', got: Array.isArray(shape) ? `[${shape.join(', ')}]` : shown(shape),
      });
    }
    const known = shape.reduce((size, dimension) => dimension === -1 ? size : size * dimension, 1);
    const open = known === 0 ? 0 : values.length / known;
    const sizes = shape.map((size) => size === -1 ? open : size);
    if (!Number.isInteger(open) || sizes.reduce((size, dimension) => size * dimension, 1) !== values.length) {
      throw new InvalidRequestError(undefined, { property: 'shape', rule: `must have room for ${values.length} elements`, got: `[${shape.join(', ')}]` });
    }
    this.values = values;
    this.shape = sizes;
  }
}

/**
 * A tensor of elements in row-major order, to go wherever nested arrays can go. One size may be -1.
 *
 * @throws InvalidRequestError where the elements are not as many as the shape has
 */
export function tensor<E extends TensorElements>(values: E, shape: readonly number[]): Tensor<E> {
  return new Tensor(values, shape);
}
