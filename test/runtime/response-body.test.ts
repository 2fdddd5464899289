import { MalformedResponseError, ModelError } from '../../src/runtime/errors';
import { type SignatureTypes } from '../../src/runtime/model-types';
import { type ResponseKey } from '../../src/runtime/request-body';
import { readResponse } from '../../src/runtime/response-body';

function read(body: string | Uint8Array, responseKey: ResponseKey = 'predictions') {
  return readResponse({ endpointName: 'my-endpoint', variant: 'blue', body: typeof body === 'string' ? Buffer.from(body) : body }, responseKey);
}

/** The error that reading fails with. */
function failure(body: string | Uint8Array, responseKey?: ResponseKey): unknown {
  try {
    return read(body, responseKey);
  } catch (error) {
    return error;
  }
}

test.each<[ResponseKey, string, object]>([
  ['predictions', '{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}', { predictions: [3.5, 4, 5.5] }],
  ['predictions', '{"predictions": []}', { predictions: [] }],
  ['outputs', '{"outputs": {"a": NaN, "b_bytes": {"b64": "AA=="}}}', { outputs: { a: NaN, b_bytes: Uint8Array.of(0) } }],
  ['results', '{"results": [[["", 12.0]]\n    ]\n}', { results: [[['', 12]]] }],
  ['results', '{"results": [3.5, 4.0], "more": 1}', { results: [3.5, 4], more: 1 }],
  ['predictions', '{"predictions": ["café 𝄞"], "error": "a word of warning"}', { predictions: ['café 𝄞'], error: 'a word of warning' }],
])('%s are read from %s', (responseKey, body, value) => {
  expect(read(body, responseKey)).toEqual(value);
});

test('an error that comes as a success is a model error', () => {
  const body = '{\n    "error": "Malformed request: \\"x\\""\n}';
  const error = failure(body);
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({
    message: '[my-endpoint/blue] the model answered an error with status 200: Malformed request: "x"',
    variant: 'blue',
    originalStatusCode: 200,
    originalMessage: body,
    modelMessage: 'Malformed request: "x"',
  });
});

test.each<[string | Uint8Array, string]>([
  ['', 'is not JSON: an empty body'],
  ['{"predictions": [1', 'is not JSON: {"predictions": [1'],
  ['<html></html>', 'is not JSON: <html></html>'],
  ['{"outputs": 1}', 'has no `predictions`: {"outputs": 1}'],
  ['[1, 2]', 'has no `predictions`: [1, 2]'],
  ['["predictions"]', 'has no `predictions`: ["predictions"]'],
  ['null', 'has no `predictions`: null'],
  ['{"b64": "AA=="}', 'has no `predictions`: {"b64": "AA=="}'],
  ['{"predictions": [{"b64": "?"}]}', 'is not JSON: {"predictions": [{"b64": "?"}]}'],
  [Uint8Array.from([...Buffer.from('{"predictions": ["'), 0xff, ...Buffer.from('"]}')]),
    'is not UTF-8, which needs outputs of bytes to have names that end with `_bytes`: {"predictions": ["\ufffd"]}'],
])('%p is malformed', (body, problem) => {
  const error = failure(body);
  expect(error).toBeInstanceOf(MalformedResponseError);
  expect((error as Error).message).toBe(`[my-endpoint/blue] the answer ${problem}`);
});

test('the cause of a malformed response says more', () => {
  expect((failure('{') as Error).cause).toMatchObject({ name: 'SyntaxError' });
  expect((failure(Uint8Array.of(0xff)) as Error).cause).toMatchObject({ name: 'TypeError' });
});

describe('with the types of the signature', () => {
  const types = (...outputs: [name: string, dtype: string, shape: number[] | null][]): SignatureTypes => ({
    method: 'tensorflow/serving/predict', inputs: {}, outputs: Object.fromEntries(outputs.map(([name, dtype, shape]) => [name, { dtype, shape }])),
  });
  const typed = (body: string, responseKey: ResponseKey, of: SignatureTypes, count?: number) =>
    readResponse({ endpointName: 'my-endpoint', body: Buffer.from(body) }, responseKey, of, count);
  const y = types(['y', 'DT_FLOAT', [-1]]);
  const two = types(['y', 'DT_FLOAT', [-1]], ['s_bytes', 'DT_STRING', [-1, 2]]);

  test.each<[string, ResponseKey, SignatureTypes, number | undefined, object]>([
    ['{"predictions": [1.0, NaN]}', 'predictions', y, 2, { predictions: [1, NaN] }],
    ['{"predictions": [1.0]}', 'predictions', y, undefined, { predictions: [1] }],
    ['{"predictions": [1.0]}', 'predictions', types(['y', 'DT_FLOAT', [1]]), 2, { predictions: [1] }],
    ['{"predictions": [1.0]}', 'predictions', types(['y', 'DT_FLOAT', null]), 2, { predictions: [1] }],
    ['{"predictions": [9007199254740993]}', 'predictions', types(['y', 'DT_INT64', [-1]]), 1, { predictions: [9007199254740993n] }],
    ['{"predictions": [{"y": 1.0, "s_bytes": [{"b64": "AA=="}]}]}', 'predictions', two, 1, { predictions: [{ y: 1, s_bytes: [Uint8Array.of(0)] }] }],
    ['{"outputs": 1e+300}', 'outputs', types(['y', 'DT_DOUBLE', []]), undefined, { outputs: 1e300 }],
    ['{"outputs": {"y": [1.0], "s_bytes": []}}', 'outputs', two, undefined, { outputs: { y: [1], s_bytes: [] } }],
    ['{"results": [1.0]}', 'results', y, 1, { results: [1] }],
    ['{"results": [[["", 1.0]]]}', 'results', two, 1, { results: [[['', 1]]] }],
  ])('%s is read', (body, responseKey, of, count, value) => {
    expect(typed(body, responseKey, of, count)).toEqual(value);
  });

  test.each<[string, ResponseKey, SignatureTypes, number, string]>([
    ['{"predictions": [1.0]}', 'predictions', y, 2, 'has 1 `predictions`, and the request has 2 instances'],
    ['{"predictions": 1.0}', 'predictions', y, 1, 'has no list of `predictions`'],
    ['{"predictions": [{"y": 1.0, "s_bytes": []}, {"y": 1.0}]}', 'predictions', two, 2, 'has no output `s_bytes` in `predictions[1]`'],
    ['{"predictions": [1.0]}', 'predictions', two, 1, 'has no output `y` in `predictions[0]`'],
    ['{"outputs": {"y": 1.0}}', 'outputs', two, 1, 'has no output `s_bytes` in `outputs`'],
    ['{"outputs": [1.0]}', 'outputs', two, 1, 'has no output `y` in `outputs`'],
    ['{"results": [1.0]}', 'results', y, 2, 'has 1 `results`, and the request has 2 examples'],
    ['{"results": {}}', 'results', y, 1, 'has no list of `results`'],
  ])('%s is malformed', (body, responseKey, of, count, problem) => {
    let error: unknown;
    try {
      typed(body, responseKey, of, count);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(MalformedResponseError);
    expect((error as Error).message).toBe(`[my-endpoint] the answer ${problem}: ${body}`);
  });
});
