import { bodyOf, encodeInstances, examplesBody, predictBody } from '../../src/runtime/request-body';
import { Tensor } from '../../src/runtime/tensor';

const plain = ({ bytes, ...rest }: ReturnType<typeof predictBody>) => ({ text: Buffer.from(bytes).toString(), ...rest });


describe('a predict request', () => {
  test.each<[unknown, string, string]>([
    [{ instances: [1.0, 2.0, 5.0] }, '{"instances":[1,2,5]}', 'predictions'],
    [{ instances: [{ x: [1], s: 'a' }] }, '{"instances":[{"x":[1],"s":"a"}]}', 'predictions'],
    [{ instances: new Float32Array([0.1, 2]) }, '{"instances":[0.1,2]}', 'predictions'],
    [{ instances: [2n], signatureName: undefined }, '{"instances":[2]}', 'predictions'],
    [{ instances: new Set([1, NaN]) }, '{"instances":[1,NaN]}', 'predictions'],
    [{ instances: new Tensor(new Float32Array([1, 2]), [1, 2]) }, '{"instances":[[1,2]]}', 'predictions'],
    [{ instances: [new Uint8Array([1])], inputs: undefined }, '{"instances":[{"b64":"AQ=="}]}', 'predictions'],
    [{ inputs: -6.5 }, '{"inputs":-6.5}', 'outputs'],
    [{ inputs: { x: [NaN, 1n] } }, '{"inputs":{"x":[NaN,1]}}', 'outputs'],
    [{ inputs: new Uint8Array([1]) }, '{"inputs":{"b64":"AQ=="}}', 'outputs'],
    [{ inputs: [[1]], signatureName: 'tensorflow/serving/"predict"' }, '{"signature_name":"tensorflow/serving/\\"predict\\"","inputs":[[1]]}', 'outputs'],
    [{ instances: [[1]], signatureName: 'serve' }, '{"signature_name":"serve","instances":[[1]]}', 'predictions'],
  ])('%p is %s', (request, text, responseKey) => {
    const count = responseKey === 'predictions' ? 'count' : 'none';
    expect(plain(predictBody('my-endpoint', request))).toEqual({ text, responseKey, count: count === 'none' ? undefined : expect.any(Number) });
  });

  test.each<[unknown, string]>([
    [undefined, '`request` must be an object, got: undefined'],
    [[1, 2], '`request` must be an object, got: [object Array]'],
    [{}, '`request` must have either `instances` or `inputs`, got: neither'],
    [{ instances: [1], inputs: [1] }, '`request` must have either `instances` or `inputs`, got: both'],
    [{ instances: 1 }, '`instances` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: 1'],
    [{ instances: { x: 1 } }, '`instances` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: [object Object]'],
    [{ instances: new Uint8Array(1) }, '`instances` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: [object Uint8Array]'],
    [{ instances: [] }, '`instances` must not be empty'],
    [{ instances: new Tensor([], [0]) }, '`instances` must not be empty'],
    [{ instances: new Tensor([1], []) }, '`instances` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: [object Tensor]'],
    [{ instances: 'abc' }, '`instances` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: "abc"'],
    [{ instances: [1], signatureName: 5 }, '`signatureName` must be a string, got: 5'],
    [{ instances: [1], signature_name: 'x' }, '`signature_name` is none of the request\'s members, `instances`, `inputs`, `signatureName`'],
    [{ instances: [1, undefined] },
      '`instances[1]` must be a number, bigint, boolean, string, array, typed array, Tensor, iterable, plain object or null, got: undefined'],
    [{ inputs: { x: () => 1 } },
      '`inputs.x` must be a number, bigint, boolean, string, array, typed array, Tensor, iterable, plain object or null, got: [object Function]'],
  ])('%p is refused', (request, problem) => {
    expect(() => predictBody('my-endpoint', request)).toThrow(new Error(`[my-endpoint] ${problem}`));
  });
});

describe('a request with examples', () => {
  test.each<[unknown, string]>([
    [{ examples: [{ x: 1.0 }, { x: 2.0 }], signatureName: 'tensorflow/serving/regress' },
      '{"signature_name":"tensorflow/serving/regress","examples":[{"x":1.0},{"x":2.0}]}'],
    [{ examples: [{}, { x: 80 }], context: { y: 0.5, n: 3n } }, '{"context":{"y":0.5,"n":3},"examples":[{},{"x":80.0}]}'],
    [{ examples: [{}], context: undefined }, '{"examples":[{}]}'],
  ])('%p is %s', (request, text) => {
    expect(plain(examplesBody('my-endpoint', request))).toEqual({ text, responseKey: 'results', count: (request as { examples: unknown[] }).examples.length });
  });

  test.each<[unknown, string]>([
    [null, '`request` must be an object, got: null'],
    [{}, '`examples` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: undefined'],
    [{ examples: [] }, '`examples` must not be empty'],
    [{ examples: { x: 1 } }, '`examples` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: [object Object]'],
    [{ examples: [1] }, '`examples[0]` must be an object of features, got: 1'],
    [{ examples: [{}], context: [1] }, '`context` must be an object of features, got: [object Array]'],
    [{ examples: [{}], context: { y: null } },
      '`context.y` must be a number, bigint, boolean, string or Uint8Array, or a flat list of them, got: null'],
    [{ examples: [{}], signatureName: null }, '`signatureName` must be a string, got: null'],
    [{ examples: [{}], instances: [], inputs: [] }, '2 values are invalid:\n'
      + '  - `instances` is none of the request\'s members, `examples`, `context`, `signatureName`\n'
      + '  - `inputs` is none of the request\'s members, `examples`, `context`, `signatureName`'],
  ])('%p is refused', (request, problem) => {
    expect(() => examplesBody('my-endpoint', request)).toThrow(new Error(`[my-endpoint] ${problem}`));
  });
});

describe('rows one by one', () => {
  test.each<[object, object]>([
    [{ instances: [1, NaN, [2n]], signatureName: 's' },
      { prefix: '{"signature_name":"s","instances":[', rows: ['1', 'NaN', '[2]'], suffix: ']}', responseKey: 'predictions' }],
    [{ instances: new Set() }, { prefix: '{"instances":[', rows: [], suffix: ']}', responseKey: 'predictions' }],
    [{ instances: new Float32Array([0.1, 2]) }, { prefix: '{"instances":[', rows: ['0.1', '2'], suffix: ']}', responseKey: 'predictions' }],
    [{ instances: new Tensor([1, 2, 3, 4], [2, 2]) }, { prefix: '{"instances":[', rows: ['[1,2]', '[3,4]'], suffix: ']}', responseKey: 'predictions' }],
    [{ instances: new Tensor([1, 2], [2]) }, { prefix: '{"instances":[', rows: ['1', '2'], suffix: ']}', responseKey: 'predictions' }],
    [{ instances: [new Float32Array([0.1]), new Float32Array([0.2])] },
      { prefix: '{"instances":[', rows: ['[0.1]', '[0.2]'], suffix: ']}', responseKey: 'predictions' }],
    [{ examples: [{ x: 80 }, {}], context: { c: 'é' } },
      { prefix: '{"context":{"c":"é"},"examples":[', rows: ['{"x":80.0}', '{}'], suffix: ']}', responseKey: 'results' }],
  ])('%p is %p', (request, encoded) => {
    expect(encodeInstances('my-endpoint', request)).toEqual(encoded);
  });

  test('are put together again', () => {
    const encoded = encodeInstances('my-endpoint', { instances: ['é', 2, 3] });
    expect(plain(bodyOf(encoded, encoded.rows.slice(0, 2)))).toEqual({ text: '{"instances":["é",2]}', responseKey: 'predictions', count: 2 });
  });

  test.each<[unknown, string]>([
    [{ inputs: [1] }, '`inputs` cannot be taken apart: only `instances` and `examples` can'],
    [{ instances: [1, undefined] },
      '`instances[8]` must be a number, bigint, boolean, string, array, typed array, Tensor, iterable, plain object or null, got: undefined'],
    [{ examples: [{ x: null }] }, '`examples[7].x` must be a number, bigint, boolean, string or Uint8Array, or a flat list of them, got: null'],
  ])('%p is refused', (request, problem) => {
    expect(() => encodeInstances('my-endpoint', request, undefined, 7)).toThrow(new Error(`[my-endpoint] ${problem}`));
  });
});
