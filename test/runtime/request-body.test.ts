import { examplesBody, predictBody } from '../../src/runtime/request-body';

describe('a predict request', () => {
  test.each<[unknown, string, string]>([
    [{ instances: [1.0, 2.0, 5.0] }, '{"instances":[1,2,5]}', 'predictions'],
    [{ instances: [{ x: [1], s: 'a' }] }, '{"instances":[{"x":[1],"s":"a"}]}', 'predictions'],
    [{ instances: new Float32Array([0.1, 2]) }, '{"instances":[0.1,2]}', 'predictions'],
    [{ instances: [], signatureName: undefined }, '{"instances":[]}', 'predictions'],
    [{ instances: [new Uint8Array([1])], inputs: undefined }, '{"instances":[{"b64":"AQ=="}]}', 'predictions'],
    [{ inputs: -6.5 }, '{"inputs":-6.5}', 'outputs'],
    [{ inputs: { x: [NaN, 1n] } }, '{"inputs":{"x":[NaN,1]}}', 'outputs'],
    [{ inputs: new Uint8Array([1]) }, '{"inputs":{"b64":"AQ=="}}', 'outputs'],
    [{ inputs: [[1]], signatureName: 'tensorflow/serving/"predict"' }, '{"signature_name":"tensorflow/serving/\\"predict\\"","inputs":[[1]]}', 'outputs'],
    [{ instances: [[1]], signatureName: 'serve' }, '{"signature_name":"serve","instances":[[1]]}', 'predictions'],
  ])('%p is %s', (request, text, responseKey) => {
    expect(predictBody('my-endpoint', request)).toEqual({ text, responseKey });
  });

  test.each<[unknown, string]>([
    [undefined, '`request` must be an object, got: undefined'],
    [[1, 2], '`request` must be an object, got: [object Array]'],
    [{}, '`request` must have either `instances` or `inputs`, got: neither'],
    [{ instances: [1], inputs: [1] }, '`request` must have either `instances` or `inputs`, got: both'],
    [{ instances: 1 }, '`instances` must be an array, or a typed array other than a Uint8Array, got: 1'],
    [{ instances: { x: 1 } }, '`instances` must be an array, or a typed array other than a Uint8Array, got: [object Object]'],
    [{ instances: new Uint8Array(1) }, '`instances` must be an array, or a typed array other than a Uint8Array, got: [object Uint8Array]'],
    [{ instances: [1], signatureName: 5 }, '`signatureName` must be a string, got: 5'],
    [{ instances: [1], signature_name: 'x' }, '`signature_name` is none of the request\'s members, `instances`, `inputs`, `signatureName`'],
    [{ instances: [1, undefined] },
      '`instances[1]` must be a number, bigint, boolean, string, array, typed array, plain object or null, got: undefined'],
    [{ inputs: { x: () => 1 } },
      '`inputs.x` must be a number, bigint, boolean, string, array, typed array, plain object or null, got: [object Function]'],
  ])('%p is refused', (request, problem) => {
    expect(() => predictBody('my-endpoint', request)).toThrow(new Error(`[my-endpoint] ${problem}`));
  });
});

describe('a request with examples', () => {
  test.each<[unknown, string]>([
    [{ examples: [{ x: 1.0 }, { x: 2.0 }], signatureName: 'tensorflow/serving/regress' },
      '{"signature_name":"tensorflow/serving/regress","examples":[{"x":1.0},{"x":2.0}]}'],
    [{ examples: [{}, { x: 80 }], context: { y: 0.5, n: 3n } }, '{"context":{"y":0.5,"n":3},"examples":[{},{"x":80.0}]}'],
    [{ examples: [], context: undefined }, '{"examples":[]}'],
  ])('%p is %s', (request, text) => {
    expect(examplesBody('my-endpoint', request)).toEqual({ text, responseKey: 'results' });
  });

  test.each<[unknown, string]>([
    [null, '`request` must be an object, got: null'],
    [{}, '`examples` must be an array of objects of features, got: undefined'],
    [{ examples: { x: 1 } }, '`examples` must be an array of objects of features, got: [object Object]'],
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
