import {
  InvalidRequestError, MalformedResponseError, ModelError, PayloadTooLargeError, TensorFlowServingError, shown, throwIfAny,
} from '../../src/runtime/errors';

test('each error has its class, its name and the endpoint', () => {
  const errors = [
    new TensorFlowServingError('text', 'my-endpoint'),
    new InvalidRequestError('my-endpoint', { property: 'x', rule: 'must be y' }),
    new PayloadTooLargeError('my-endpoint', 2, 1),
    new ModelError({ endpointName: 'my-endpoint', originalMessage: '', modelMessage: '' }),
    new MalformedResponseError('my-endpoint', undefined, 'is bad', ''),
  ];
  expect(errors.map((error) => error.name)).toEqual([
    'TensorFlowServingError', 'InvalidRequestError', 'PayloadTooLargeError', 'ModelError', 'MalformedResponseError',
  ]);
  for (const error of errors) {
    expect(error).toBeInstanceOf(TensorFlowServingError);
    expect(error).toBeInstanceOf(Error);
    expect(error.endpointName).toBe('my-endpoint');
    expect(error.stack).toContain(error.message);
  }
});

test('one violation is one sentence', () => {
  expect(new InvalidRequestError('my-endpoint', { property: 'x', rule: 'must be y', got: '5', remedy: 'give y' }).message)
    .toBe('[my-endpoint] `x` must be y, got: 5; give y');
});

test('several violations are listed together', () => {
  expect(new InvalidRequestError('my-endpoint', { property: 'x', rule: 'must be y' }, { property: 'z', rule: 'must be 0', got: '1' }).message)
    .toBe('[my-endpoint] 2 values are invalid:\n  - `x` must be y\n  - `z` must be 0, got: 1');
});

test('without an endpoint the client is the place', () => {
  const error = new InvalidRequestError(undefined, { property: 'x', rule: 'must be y' });
  expect(error.message).toBe('[TensorFlowServingClient] `x` must be y');
  expect(error.endpointName).toBeUndefined();
});

test('no violation is no error', () => {
  expect(() => throwIfAny('my-endpoint', [])).not.toThrow();
});

test('a payload that is too large says how large, and how large it may be', () => {
  const error = new PayloadTooLargeError('my-endpoint', 6291457, 6291456);
  expect(error.message).toBe(
    '[my-endpoint] the request body has 6291457 bytes, but `maxPayloadBytes` is 6291456; send fewer instances in a request');
  expect(error.payloadBytes).toBe(6291457);
  expect(error.maxPayloadBytes).toBe(6291456);
});

describe('a model error', () => {
  test('says where it is from, the status, and what the container said', () => {
    const cause = new Error('sdk');
    const error = new ModelError({
      endpointName: 'my-endpoint',
      variant: 'blue',
      originalStatusCode: 400,
      originalMessage: '{"error":"bad"}',
      modelMessage: 'bad',
      logStreamArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/sagemaker/Endpoints/my-endpoint',
      cause,
    });
    expect(error.message).toBe('[my-endpoint/blue] the model answered an error with status 400: bad');
    expect(error).toMatchObject({
      variant: 'blue',
      originalStatusCode: 400,
      originalMessage: '{"error":"bad"}',
      modelMessage: 'bad',
      logStreamArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/sagemaker/Endpoints/my-endpoint',
    });
    expect(error.cause).toBe(cause);
  });

  test('does without what is not known', () => {
    const error = new ModelError({ endpointName: 'my-endpoint', originalMessage: ' ', modelMessage: '' });
    expect(error.message).toBe('[my-endpoint] the model answered an error and an empty body');
    expect('cause' in error).toBe(false);
  });
});

describe('a malformed response', () => {
  test('shows what came', () => {
    const error = new MalformedResponseError('my-endpoint', 'blue', 'is not JSON', 'hello', { cause: 'c' });
    expect(error.message).toBe('[my-endpoint/blue] the answer is not JSON: hello');
    expect(error).toMatchObject({ variant: 'blue', responseBody: 'hello', cause: 'c' });
  });

  test.each([[200, 'x'.repeat(200)], [201, `${'x'.repeat(200)}...`]])('of %d characters shows as many as 200', (length, excerpt) => {
    const error = new MalformedResponseError('my-endpoint', undefined, 'is not JSON', 'x'.repeat(length));
    expect(error.message).toBe(`[my-endpoint] the answer is not JSON: ${excerpt}`);
    expect(error.responseBody.length).toBe(length);
  });

  test('that is empty says so', () => {
    expect(new MalformedResponseError('my-endpoint', undefined, 'is not JSON', '').message).toBe('[my-endpoint] the answer is not JSON: an empty body');
  });
});

test.each<[unknown, string]>([
  ['a "b"', '"a \\"b\\""'],
  ['x'.repeat(300), `"${'x'.repeat(199)}...`],
  [5, '5'],
  [5n, '5n'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [[1], '[object Array]'],
  [{}, '[object Object]'],
  [Object.create(null), '[object Object]'],
  [() => 1, '[object Function]'],
])('%p is shown as %s', (value, text) => {
  expect(shown(value)).toBe(text);
});
