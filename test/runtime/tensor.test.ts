import { InvalidRequestError } from '../../src/runtime/errors';
import { type TensorElements, Tensor, tensor } from '../../src/runtime/tensor';

test.each<[TensorElements, number[], number[]]>([
  [[1, 2, 3, 4], [2, 2], [2, 2]],
  [new Float32Array(6), [-1, 3], [2, 3]],
  [new Uint8Array(4), [2, -1, 2], [2, 1, 2]],
  [new BigInt64Array(2), [2], [2]],
  [['a'], [], []],
  [[], [0, 3], [0, 3]],
  [[], [-1, 3], [0, 3]],
  [[], [-1, 0], [0, 0]],
])('%p has room in %p', (values, shape, sizes) => {
  const one = tensor(values, shape);
  expect(one).toBeInstanceOf(Tensor);
  expect(one.values).toBe(values);
  expect(one.shape).toEqual(sizes);
});

test.each<[unknown, unknown, string]>([
  ['abc', [3], '`values` must be an array or a typed array, got: "abc"'],
  [new DataView(new ArrayBuffer(1)), [1], '`values` must be an array or a typed array, got: [object DataView]'],
  [[1], 1, '`shape` must be sizes of dimensions, of which one may be -1, got: 1'],
  [[1], [0.5], '`shape` must be sizes of dimensions, of which one may be -1, got: [0.5]'],
  [[1], [-2], '`shape` must be sizes of dimensions, of which one may be -1, got: [-2]'],
  [[1], [-1, -1], '`shape` must be sizes of dimensions, of which one may be -1, got: [-1, -1]'],
  [[1, 2, 3], [2], '`shape` must have room for 3 elements, got: [2]'],
  [[1, 2, 3], [2, -1], '`shape` must have room for 3 elements, got: [2, -1]'],
  [[1, 2, 3], [-1, 0], '`shape` must have room for 3 elements, got: [-1, 0]'],
  [[1, 2], [], '`shape` must have room for 2 elements, got: []'],
])('%p in %p is refused', (values, shape, problem) => {
  const make = () => new Tensor(values as number[], shape as number[]);
  expect(make).toThrow(InvalidRequestError);
  expect(make).toThrow(new Error(`[TensorFlowServingClient] ${problem}`));
});
