import { InvalidRequestError } from '../../src/runtime/errors';
import { type SignatureTypes } from '../../src/runtime/model-types';
import { encodeInstances, predictBody } from '../../src/runtime/request-body';
import { type TensorSpec } from '../../src/runtime/signatures';
import { Tensor } from '../../src/runtime/tensor';

const types = (inputs: SignatureTypes['inputs']): SignatureTypes => ({ method: 'tensorflow/serving/predict', inputs, outputs: {} });
const spec = (dtype: string, shape: number[] | null = [-1]): TensorSpec => ({ dtype, shape });
const textOf = (request: object, inputs: SignatureTypes['inputs']) => Buffer.from(predictBody('my-endpoint', request, types(inputs)).bytes).toString();

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    return (error as Error).message.replace(/^\[my-endpoint\] /, '');
  }
  throw new Error('nothing was thrown');
}

test.each<[string, unknown, string]>([
  ['DT_FLOAT', [0.1, 1, Math.fround(0.1), 0.1 + 0.2], '[0.1,1,0.10000000149011612,0.30000000000000004]'],
  ['DT_FLOAT', Array(16).fill(Math.fround(0.1)), `[${Array(16).fill('0.1').join(',')}]`],
  ['DT_FLOAT', [-0, Math.fround(0.1), 3], '[-0.0,0.1,3]'],
  ['DT_FLOAT', new Float64Array([0.1 + 0.2, Infinity]), '[0.3,Infinity]'],
  ['DT_FLOAT', new Int32Array([5, 0]), '[5,0]'],
  ['DT_FLOAT', new Uint8Array([255, 0]), '[255,0]'],
  ['DT_FLOAT', [3.4028234663852886e38, -Infinity, NaN], '[3.4028235e+38,-Infinity,NaN]'],
  ['DT_DOUBLE', new Float32Array([0.1, -0]), '[0.10000000149011612,-0.0]'],
  ['DT_DOUBLE', new Float32Array([0.1]), '[0.10000000149011612]'],
  ['DT_DOUBLE', [-0, 0.1, 1e300], '[-0.0,0.1,1e+300]'],
  ['DT_INT8', [-128, 127, -0, 5n], '[-128,127,0,5]'],
  ['DT_INT8', new Int8Array([-128, 127]), '[-128,127]'],
  ['DT_INT16', [-32768, 32767], '[-32768,32767]'],
  ['DT_INT32', new Float32Array([-0, 5]), '[0,5]'],
  ['DT_INT32', [-2147483648, 2147483647], '[-2147483648,2147483647]'],
  ['DT_INT64', [-9223372036854775808n, 9223372036854775807n, 9007199254740991], '[-9223372036854775808,9223372036854775807,9007199254740991]'],
  ['DT_INT64', new BigInt64Array([-1n]), '[-1]'],
  ['DT_UINT8', [0, 255], '[0,255]'],
  ['DT_UINT8', new Uint8Array([0, 255]), '[0,255]'],
  ['DT_UINT8', new Tensor(new Uint8Array([1, 2]), [2]), '[1,2]'],
  ['DT_UINT32', [0, 4294967295], '[0,4294967295]'],
  ['DT_UINT64', [0, 18446744073709551615n], '[0,18446744073709551615]'],
  ['DT_BOOL', [true, false], '[true,false]'],
  ['DT_STRING', ['a', new Uint8Array([1]), { b64: 'AA==' }], '["a",{"b64":"AQ=="},{"b64":"AA=="}]'],
])('elements of %s: %p', (dtype, value, text) => {
  expect(textOf({ inputs: { x: value } }, { x: spec(dtype) })).toBe(`{"inputs":{"x":${text}}}`);
});

const BIG = 'and a bigint if it is beyond 2^53';

test.each<[string, unknown, string, string]>([
  ['DT_FLOAT', '1', 'must be a number that a float32 has room for', '"1"'],
  ['DT_FLOAT', 1n, 'must be a number that a float32 has room for', '1n'],
  ['DT_FLOAT', 3.5e38, 'must be a number that a float32 has room for', '3.5e+38'],
  ['DT_FLOAT', null, 'must be a number that a float32 has room for', 'null'],
  ['DT_FLOAT', [1], 'must be a number that a float32 has room for', '[object Array]'],
  ['DT_DOUBLE', true, 'must be a number', 'true'],
  ['DT_INT8', -129, 'must be a whole number from -128 to 127', '-129'],
  ['DT_INT8', 128n, 'must be a whole number from -128 to 127', '128n'],
  ['DT_INT8', 0.5, 'must be a whole number from -128 to 127', '0.5'],
  ['DT_INT16', 32768, 'must be a whole number from -32768 to 32767', '32768'],
  ['DT_INT32', 2147483648, 'must be a whole number from -2147483648 to 2147483647', '2147483648'],
  ['DT_INT32', NaN, 'must be a whole number from -2147483648 to 2147483647', 'NaN'],
  ['DT_INT64', 9007199254740992, `must be a whole number from -9223372036854775808 to 9223372036854775807, ${BIG}`, '9007199254740992'],
  ['DT_INT64', 9223372036854775808n, `must be a whole number from -9223372036854775808 to 9223372036854775807, ${BIG}`, '9223372036854775808n'],
  ['DT_INT64', -9223372036854775809n, `must be a whole number from -9223372036854775808 to 9223372036854775807, ${BIG}`, '-9223372036854775809n'],
  ['DT_UINT8', 256, 'must be a whole number from 0 to 255', '256'],
  ['DT_UINT8', -1, 'must be a whole number from 0 to 255', '-1'],
  ['DT_UINT32', 4294967296, 'must be a whole number from 0 to 4294967295', '4294967296'],
  ['DT_UINT64', 18446744073709551616n, `must be a whole number from 0 to 18446744073709551615, ${BIG}`, '18446744073709551616n'],
  ['DT_UINT64', -1n, `must be a whole number from 0 to 18446744073709551615, ${BIG}`, '-1n'],
  ['DT_BOOL', 1, 'must be true or false', '1'],
  ['DT_STRING', 1, 'must be a string of well-formed Unicode, or bytes as a Uint8Array', '1'],
  ['DT_STRING', '\ud800', 'must be a string of well-formed Unicode, or bytes as a Uint8Array', '"\\ud800"'],
  ['DT_STRING', { b64: 1 }, 'must be a string of well-formed Unicode, or bytes as a Uint8Array', '[object Object]'],
  ['DT_STRING', { b64: 'AA==', x: 1 }, 'must be a string of well-formed Unicode, or bytes as a Uint8Array', '[object Object]'],
])('an element of %s cannot be %p', (dtype, element, rule, got) => {
  const place = `as \`x\` is ${dtype} of shape [-1], got: ${got}`;
  expect(failure(() => textOf({ inputs: { x: [element] } }, { x: spec(dtype) }))).toBe(`\`inputs.x[0]\` ${rule}, ${place}`);
  expect(failure(() => textOf({ instances: [{ x: element }] }, { x: spec(dtype) }))).toBe(`\`instances[0].x\` ${rule}, ${place}`);
});

test.each(['DT_HALF', 'DT_BFLOAT16', 'DT_UINT16', 'DT_COMPLEX64', 'DT_QINT8', 'DT_INVALID'])('nothing can be sent for %s', (dtype) => {
  expect(failure(() => textOf({ instances: [1] }, { x: spec(dtype) }))).toBe(
    `\`instances\` cannot be sent: \`x\` is ${dtype}, which TensorFlow Serving does not read from JSON; `
    + 'export the model with a signature that takes another type and casts it');
});

describe('a shape', () => {
  test.each<[number[] | null, unknown, string]>([
    [[], 5, '5'],
    [[], new Tensor([5], []), '5'],
    [null, 5, '5'],
    [null, [[1], [2]], '[[1],[2]]'],
    [null, new Tensor([1, 2], [2, 1]), '[[1],[2]]'],
    [null, [], '[]'],
    [[-1], [], '[]'],
    [[2, -1], [[1, 2], [3, 4]], '[[1,2],[3,4]]'],
    [[2, -1], [new Set([1, 2]), new Float32Array([3, 4])], '[[1,2],[3,4]]'],
    [[2, -1], [new Tensor([1, 2], [2]), [3, 4]], '[[1,2],[3,4]]'],
    [[2, -1], new Set([[1, 2], [3, 4]]), '[[1,2],[3,4]]'],
  ])('%j can be had by %p', (shape, value, text) => {
    expect(textOf({ inputs: value }, { x: spec('DT_DOUBLE', shape) })).toBe(`{"inputs":${text}}`);
  });

  const ragged = 'TensorFlow Serving takes no lists of differing lengths';
  test.each<[number[] | null, unknown, string]>([
    [[2], [1, 2, 3], '`inputs` must have 2 elements, as `x` is DT_FLOAT of shape [2], got: 3; '],
    [[-1, 2], [[1, 2], [1]], '`inputs[1]` must have 2 elements, as `x` is DT_FLOAT of shape [-1, 2], got: 1; '],
    [[-1, -1], [[1, 2], [1]], '`inputs[1]` must have 2 elements, as `x` is DT_FLOAT of shape [-1, -1], got: 1; '],
    [null, [[1, 2], [1]], '`inputs[1]` must have 2 elements, as `x` is DT_FLOAT, got: 1; '],
    [[-1, 2], new Tensor([1, 2, 3], [1, 3]), '`inputs` must have 2 elements, as `x` is DT_FLOAT of shape [-1, 2], got: 3; '],
  ])('%j cannot be had by %p, which has another size', (shape, value, problem) => {
    expect(failure(() => textOf({ inputs: value }, { x: spec('DT_FLOAT', shape) }))).toBe(`${problem}${ragged}`);
  });

  test.each<[number[] | null, unknown, string]>([
    [[-1], 5, '`inputs` must be a list, as `x` is DT_FLOAT of shape [-1], got: 5'],
    [[-1], 'abc', '`inputs` must be a list, as `x` is DT_FLOAT of shape [-1], got: "abc"'],
    [[-1, 2], 5, '`inputs` must be lists in 2 levels, as `x` is DT_FLOAT of shape [-1, 2], got: 5'],
    [[-1, 2], [1, 2], '`inputs[0]` must be a list, as `x` is DT_FLOAT of shape [-1, 2], got: 1'],
    [[], [1], '`inputs` must be a number that a float32 has room for, as `x` is DT_FLOAT of shape [], got: [object Array]'],
    [null, [[1], 2], '`inputs[1]` must be a list, as `x` is DT_FLOAT, got: 2'],
    [null, [1, [2]], '`inputs[1]` must be a number that a float32 has room for, as `x` is DT_FLOAT, got: [object Array]'],
    [[-1, 2], new Tensor([1, 2], [2]), '`inputs` must have 2 dimensions, as `x` is DT_FLOAT of shape [-1, 2], got: [2]'],
    [[-1, 2], [], '`inputs` must not be empty, because JSON cannot tell the dimensions that come after it, as `x` is DT_FLOAT of shape [-1, 2]'],
    [[-1, 2], new Tensor([], [0, 2]),
      '`inputs` must not be empty, because JSON cannot tell the dimensions that come after it, as `x` is DT_FLOAT of shape [-1, 2]'],
    [[-1], new Tensor([1, 'a'], [2]), '`inputs[1]` must be a number that a float32 has room for, as `x` is DT_FLOAT of shape [-1], got: "a"'],
    [[-1], new Map([[1, 2]]), '`inputs` must be a list, as `x` is DT_FLOAT of shape [-1], got: [object Map]'],
  ])('%j cannot be had by %p', (shape, value, problem) => {
    expect(failure(() => textOf({ inputs: value }, { x: spec('DT_FLOAT', shape) }))).toBe(problem);
  });

  test('of no known rank can have 300 dimensions and no more', () => {
    let value: unknown = 1;
    for (let i = 0; i < 300; i++) {
      value = [value];
    }
    expect(textOf({ inputs: value }, { x: spec('DT_FLOAT', null) })).toBe(`{"inputs":${'['.repeat(300)}1${']'.repeat(300)}}`);
    expect(failure(() => textOf({ inputs: [value] }, { x: spec('DT_FLOAT', null) })))
      .toBe(`\`inputs${'[0]'.repeat(300)}\` must not be nested in more than 300 levels`);
    const list: unknown[] = [];
    list.push(list);
    expect(failure(() => textOf({ inputs: list }, { x: spec('DT_FLOAT', null) }))).toBe('`inputs[0]` must not contain itself');
  });
});

describe('instances', () => {
  const x = { x: spec('DT_FLOAT', [-1, 2]) };
  const xs = { x: spec('DT_FLOAT', [-1, 2]), s: spec('DT_STRING') };

  test.each<[SignatureTypes['inputs'], unknown, string]>([
    [x, [[1, 2], [3, 4]], '[[1,2],[3,4]]'],
    [x, [{ x: [1, 2] }], '[{"x":[1,2]}]'],
    [x, new Tensor(new Float32Array([0.1, 2]), [-1, 2]), '[[0.1,2]]'],
    [x, [new Float32Array([0.1, 2])], '[[0.1,2]]'],
    [x, new Set([[1, 2]]), '[[1,2]]'],
    [{ x: spec('DT_FLOAT', [2]) }, [1, 2], '[1,2]'],
    [{ x: spec('DT_UINT8') }, new Uint8Array([1, 2]), '[1,2]'],
    [{ x: spec('DT_STRING') }, [{ b64: 'AA==' }, 'a'], '[{"b64":"AA=="},"a"]'],
    [{ b64: spec('DT_STRING') }, [{ b64: 'a' }, { b64: new Uint8Array([1]) }], '["a",{"b64":"AQ=="}]'],
    [{ b64: spec('DT_STRING') }, ['a'], '["a"]'],
    [xs, [{ x: [1, 2], s: 'a' }, { s: 'b', x: [3, 4] }], '[{"x":[1,2],"s":"a"},{"s":"b","x":[3,4]}]'],
    [xs, [{ x: [1, -0], s: new Uint8Array([1]) }], '[{"x":[1,-0.0],"s":{"b64":"AQ=="}}]'],
    [xs, [{ x: new Tensor([1, 2], [2]), s: 'é' }], '[{"x":[1,2],"s":"é"}]'],
  ])('for %j can be %p', (inputs, instances, text) => {
    expect(textOf({ instances }, inputs)).toBe(`{"instances":${text}}`);
    const { prefix, rows, suffix } = encodeInstances('my-endpoint', { instances: typeof instances === 'object' ? instances : [] }, types(inputs));
    expect(`${prefix}${rows.join(',')}${suffix}`).toBe(`{"instances":${text}}`);
  });

  const names = 'must be an object of `x`, `s` and nothing else';
  test.each<[SignatureTypes['inputs'], unknown, string]>([
    [xs, [{ x: [1, 2], s: 'a' }, { x: [1, 2] }], `\`instances[1]\` ${names}, got: \`x\``],
    [xs, [{ x: [1, 2], y: 'a' }], `\`instances[0]\` ${names}, got: \`x\`, \`y\``],
    [xs, [{ x: [1, 2], s: 'a', y: 1 }], `\`instances[0]\` ${names}, got: \`x\`, \`s\`, \`y\``],
    [xs, [{ x: [1, 2], s: 'a' }, 5], `\`instances[1]\` ${names}, got: 5`],
    [xs, [[1, 2]], '`instances` must have values by the names of the inputs, `x`, `s`, got: [object Array]'],
    [xs, new Tensor([1], [1]), '`instances` must have values by the names of the inputs, `x`, `s`, got: undefined'],
    [x, [[1, 2], { x: [1, 2] }], '`instances[1]` must be a list, as `x` is DT_FLOAT of shape [-1, 2], got: [object Object]'],
    [{ x: spec('DT_FLOAT', []) }, [1], '`instances` cannot have `x`, a scalar, which has no dimension for the instances; use `inputs`'],
    [{ x: spec('DT_FLOAT', [2]) }, [1],
      '`instances` must have 2 elements, as `x` is DT_FLOAT of shape [2], got: 1; TensorFlow Serving takes no lists of differing lengths'],
    [{ x: spec('DT_STRING') }, new Uint8Array(1),
      '`instances` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: [object Uint8Array]'],
    [{ x: spec('DT_FLOAT', [-1, -1]), s: spec('DT_STRING') }, [{ x: [1, 2], s: 'a' }, { x: [1], s: 'a' }],
      '`instances[1].x` must have 2 elements, as `x` is DT_FLOAT of shape [-1, -1], got: 1; TensorFlow Serving takes no lists of differing lengths'],
  ])('for %j cannot be %p', (inputs, instances, problem) => {
    expect(failure(() => textOf({ instances }, inputs))).toBe(problem);
  });
});

describe('inputs', () => {
  const xs = { x: spec('DT_FLOAT', [-1, 2]), s: spec('DT_STRING', []) };

  test.each<[SignatureTypes['inputs'], unknown, string]>([
    [xs, { x: [[1, 2]], s: 'a' }, '{"x":[[1,2]],"s":"a"}'],
    [{ b64: spec('DT_STRING', []) }, { b64: 'a' }, '"a"'],
    [{ x: spec('DT_STRING', []) }, { b64: 'AA==' }, '{"b64":"AA=="}'],
    [{ x: spec('DT_STRING', []) }, { x: new Uint8Array([1]) }, '{"x":{"b64":"AQ=="}}'],
  ])('for %j can be %p', (inputs, value, text) => {
    expect(textOf({ inputs: value }, inputs)).toBe(`{"inputs":${text}}`);
  });

  test.each<[unknown, string]>([
    [{ x: [[1, 2]] }, '`inputs` must be an object of `x`, `s` and nothing else, got: `x`'],
    [[[1, 2]], '`inputs` must have values by the names of the inputs, `x`, `s`, got: [object Array]'],
    [{ x: [[1, 2]], s: ['a'] },
      '`inputs.s` must be a string of well-formed Unicode, or bytes as a Uint8Array, as `s` is DT_STRING of shape [], got: [object Array]'],
  ])('cannot be %p', (value, problem) => {
    expect(failure(() => textOf({ inputs: value }, xs))).toBe(problem);
  });
});

test('text is looked at where JavaScript itself cannot tell whether it is well-formed', () => {
  const { isWellFormed } = String.prototype as { isWellFormed?: unknown };
  Object.assign(String.prototype, { isWellFormed: undefined });
  try {
    expect(textOf({ inputs: '𝄞' }, { x: spec('DT_STRING', []) })).toBe('{"inputs":"𝄞"}');
    expect(failure(() => textOf({ inputs: '\ud834' }, { x: spec('DT_STRING', []) }))).toContain('well-formed');
  } finally {
    Object.assign(String.prototype, { isWellFormed });
  }
});
