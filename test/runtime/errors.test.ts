import {
  AccessDeniedError, ConnectionError, EndpointNotFoundError, InvalidRequestError, MalformedResponseError, ModelError, ModelNotReadyError,
  PayloadTooLargeError, RequestAbortedError, RequestRefusedError, RequestTimeoutError, SdkError, ServiceError, TensorFlowServingError,
  ThrottledError, shown, throwIfAny,
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

describe('the errors of what was sent', () => {
  const details = { variant: 'blue', statusCode: 429, requestId: 'id-1', originalStatusCode: 400, cause: 'c' };

  test.each([
    [new EndpointNotFoundError('text', 'my-endpoint', details), 'EndpointNotFoundError', false, false],
    [new AccessDeniedError('text', 'my-endpoint', details), 'AccessDeniedError', false, false],
    [new RequestRefusedError('text', 'my-endpoint', details), 'RequestRefusedError', false, false],
    [new SdkError('text', 'my-endpoint', details), 'SdkError', false, false],
    [new ThrottledError('text', 'my-endpoint', details), 'ThrottledError', true, false],
    [new ModelNotReadyError('text', 'my-endpoint', details), 'ModelNotReadyError', true, false],
    [new ServiceError('text', 'my-endpoint', details), 'ServiceError', true, true],
    [new RequestTimeoutError('text', 'my-endpoint', details), 'RequestTimeoutError', true, true],
    [new ConnectionError('text', 'my-endpoint', false, details), 'ConnectionError', true, false],
    [new ConnectionError('text', 'my-endpoint', true, details), 'ConnectionError', true, true],
  ])('%s as %s', (error, name, isRetryable, mayHaveRun) => {
    expect(error).toBeInstanceOf(TensorFlowServingError);
    expect(error).toMatchObject({ ...details, name, message: 'text', endpointName: 'my-endpoint', isRetryable, mayHaveRun, attempts: 0 });
  });

  test('an abort has the name that the web\'s own have', () => {
    const error = new RequestAbortedError('my-endpoint', true, 'why');
    expect(error).toBeInstanceOf(TensorFlowServingError);
    expect(error).toMatchObject({ name: 'AbortError', message: '[my-endpoint] the call was aborted', cause: 'why', mayHaveRun: true, isRetryable: false });
  });

  test('a payload can be too large for SageMaker, too', () => {
    const error = new PayloadTooLargeError('my-endpoint', 5, undefined, details);
    expect(error.message).toBe(
      '[my-endpoint/blue] the request body has 5 bytes, but SageMaker does not take as many; send fewer instances in a request');
    expect(error).toMatchObject({ ...details, payloadBytes: 5 });
    expect(error.maxPayloadBytes).toBeUndefined();
  });
});
