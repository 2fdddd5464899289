import { type FeatureSpec, type SignatureTypes } from '../../src/runtime/model-types';
import { encodeInstances, examplesBody } from '../../src/runtime/request-body';
import { Tensor } from '../../src/runtime/tensor';

const feature = (dtype: string, shape: number[] | null = null, isRequired = false): FeatureSpec => ({ dtype, shape, isRequired });
const TYPES: SignatureTypes = {
  method: 'tensorflow/serving/regress',
  inputs: { inputs: { dtype: 'DT_STRING', shape: [-1] } },
  outputs: { outputs: { dtype: 'DT_FLOAT', shape: [-1, 1] } },
  features: {
    x: feature('DT_FLOAT', [1], true),
    n: feature('DT_INT64'),
    s: feature('DT_STRING'),
    m: feature('DT_FLOAT', [2, 2]),
    t: feature('DT_FLOAT', [-1, 2]),
  },
};
const textOf = (request: object) => Buffer.from(examplesBody('my-endpoint', request, TYPES).bytes).toString();

test.each<[object, string]>([
  [{ x: 80 }, '{"x":80.0}'],
  [{ x: [-0] }, '{"x":[-0.0]}'],
  [{ x: new Int32Array([5]) }, '{"x":[5.0]}'],
  [{ x: 1, n: 80 }, '{"x":1.0,"n":80}'],
  [{ x: 1, n: [80, 81n, true, -0] }, '{"x":1.0,"n":[80,81,true,-0]}'],
  [{ x: 1, n: new Float32Array([5, 6]) }, '{"x":1.0,"n":[5,6]}'],
  [{ x: 1, n: new BigInt64Array([5n]) }, '{"x":1.0,"n":[5]}'],
  [{ x: 1, n: [], s: [] }, '{"x":1.0,"n":[],"s":[]}'],
  [{ x: 1, s: 'a' }, '{"x":1.0,"s":"a"}'],
  [{ x: 1, s: ['a', new Uint8Array([1])] }, '{"x":1.0,"s":["a",{"b64":"AQ=="}]}'],
  [{ x: 1, m: [1, 2, 3, 4] }, '{"x":1.0,"m":[1.0,2.0,3.0,4.0]}'],
  [{ x: 1, m: new Tensor(new Float32Array([1, 2, 3, 4]), [2, 2]) }, '{"x":1.0,"m":[1.0,2.0,3.0,4.0]}'],
  [{ x: 1, t: [1, 2, 3, 4] }, '{"x":1.0,"t":[1.0,2.0,3.0,4.0]}'],
  [{ x: 1, t: new Set([NaN, 2]) }, '{"x":1.0,"t":[NaN,2.0]}'],
])('%p is written by its types', (example, text) => {
  expect(textOf({ examples: [example] })).toBe(`{"examples":[${text}]}`);
});

test('what the context has, examples need not have', () => {
  expect(textOf({ context: { x: 1 }, examples: [{}, { n: 2 }] })).toBe('{"context":{"x":1.0},"examples":[{},{"n":2}]}');
  expect(textOf({ context: { n: 1 }, examples: [{ x: 2 }] })).toBe('{"context":{"n":1},"examples":[{"x":2.0}]}');
});

test('of a signature whose features are not known, each is written by what it is', () => {
  const body = examplesBody('my-endpoint', { examples: [{ y: 1, n: 2n }] }, { ...TYPES, features: undefined });
  expect(Buffer.from(body.bytes).toString()).toBe('{"examples":[{"y":1.0,"n":2}]}');
});

const INT64 = 'must be a whole number from -9223372036854775808 to 9223372036854775807, and a bigint if it is beyond 2^53';

test.each<[object, string]>([
  [{ n: 1 }, '`examples[0]` must have `x`, for which the model has no default'],
  [{ x: 1, y: 2 }, '`examples[0].y` must be one of the features that the signature reads, `x`, `n`, `s`, `m`, `t`'],
  [{ x: [] }, '`examples[0].x` must have 1 values, as its shape is [1], got: 0'],
  [{ x: 1, m: [1, 2] }, '`examples[0].m` must have 4 values, as its shape is [2, 2], got: 2'],
  [{ x: 1, m: 1 }, '`examples[0].m` must have 4 values, as its shape is [2, 2], got: 1'],
  [{ x: 1, t: [1, 2, 3] }, '`examples[0].t` must have a multiple of 2 values, as its shape is [-1, 2], got: 3'],
  [{ x: '1' }, '`examples[0].x` must be a number that a float32 has room for, as the feature is DT_FLOAT, got: "1"'],
  [{ x: 1n }, '`examples[0].x` must be a number that a float32 has room for, as the feature is DT_FLOAT, got: 1n'],
  [{ x: 1, n: [1, 0.5] }, `\`examples[0].n[1]\` ${INT64}, as the feature is DT_INT64, got: 0.5`],
  [{ x: 1, n: 9007199254740992 }, `\`examples[0].n\` ${INT64}, as the feature is DT_INT64, got: 9007199254740992`],
  [{ x: 1, s: 5 }, '`examples[0].s` must be a string of well-formed Unicode, or bytes as a Uint8Array, as the feature is DT_STRING, got: 5'],
  [{ x: 1, s: '\ud800' }, '`examples[0].s` must be well-formed Unicode, and holds half of a surrogate pair, got: "\\ud800"; give bytes as a Uint8Array'],
  [{ x: [[1]] }, '`examples[0].x[0]` must be a number, bigint, boolean, string or Uint8Array, or a flat list of them, got: [object Array]'],
])('%p is refused', (example, problem) => {
  expect(() => textOf({ examples: [example] })).toThrow(new Error(`[my-endpoint] ${problem}`));
  const inParts = () => encodeInstances('my-endpoint', { examples: [example] }, TYPES);
  expect(inParts).toThrow(new Error(`[my-endpoint] ${problem}`));
});

test('a context is refused as an example is', () => {
  expect(() => textOf({ context: { x: '1' }, examples: [{}] })).toThrow(
    new Error('[my-endpoint] `context.x` must be a number that a float32 has room for, as the feature is DT_FLOAT, got: "1"'));
});
