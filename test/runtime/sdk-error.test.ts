import {
  InternalDependencyException, InternalFailure, ModelError as SdkModelError, ModelNotReadyException, ServiceUnavailable, ValidationError,
} from '@aws-sdk/client-sagemaker-runtime';
import {
  AccessDeniedError, ConnectionError, EndpointNotFoundError, InvalidRequestError, ModelError, ModelNotReadyError, PayloadTooLargeError,
  RequestAbortedError, RequestRefusedError, RequestTimeoutError, SdkError, ServiceError, type TensorFlowServingError, ThrottledError,
} from '../../src/runtime/errors';
import { retryAfter, sdkAttempts, servingError } from '../../src/runtime/sdk-error';

const request = { endpointName: 'my-endpoint', payloadBytes: 17 };
const metadata = { $metadata: { httpStatusCode: 424 } };
const SENTENCE = 'Received client error (400) from primary with message "{ "error": "bad "thing"" }". See https://eu-west-1.console.aws.amazon.com/cloudwatch/home in account 111122223333 for more information.';

/** An error as the AWS SDK or the runtime below it makes it. */
function thrown(message: string, members: object = {}): Error {
  return Object.assign(new Error(message), members);
}

const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

describe('a model error', () => {
  test('has the container\'s message, and the SDK\'s error as its cause', () => {
    const cause = new SdkModelError({
      $metadata: { httpStatusCode: 424, requestId: 'id-1' },
      message: SENTENCE,
      OriginalStatusCode: 400,
      OriginalMessage: '{"error": "bad"}',
      LogStreamArn: 'arn:aws:logs:::x',
    });
    const error = servingError(cause, request);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      message: '[my-endpoint] the model answered an error with status 400: bad',
      endpointName: 'my-endpoint',
      originalStatusCode: 400,
      originalMessage: '{"error": "bad"}',
      modelMessage: 'bad',
      logStreamArn: 'arn:aws:logs:::x',
      statusCode: 424,
      requestId: 'id-1',
      isRetryable: false,
      mayHaveRun: true,
    });
    expect(error.variant).toBeUndefined();
    expect(error.cause).toBe(cause);
  });

  test('has the variant that answered, or else the one that was asked for', () => {
    const cause = new SdkModelError({ ...metadata, message: '', OriginalStatusCode: 500, OriginalMessage: 'x' });
    expect(servingError(cause, { ...request, targetVariant: 'blue' })).toMatchObject({
      variant: 'blue', message: '[my-endpoint/blue] the model answered an error with status 500: x',
    });
    Object.assign(cause, { $response: { headers: { 'x-amzn-invoked-production-variant': 'green' } } });
    expect(servingError(cause, { ...request, targetVariant: 'blue' })).toMatchObject({ variant: 'green' });
  });

  test('with an empty body has an empty message', () => {
    const cause = new SdkModelError({ ...metadata, message: SENTENCE, OriginalStatusCode: 400, OriginalMessage: '' });
    expect(servingError(cause, request)).toMatchObject({
      message: '[my-endpoint] the model answered an error with status 400 and an empty body', originalMessage: '', modelMessage: '',
    });
  });

  test.each([
    [SENTENCE, 400, '{ "error": "bad "thing"" }', 'bad'],
    ['Received server error (502) from primary with message "<html><head><title>502 Bad Gateway</title></head></html>". See https://x', 502,
      '<html><head><title>502 Bad Gateway</title></head></html>', '502 Bad Gateway'],
    ['Received client error (415) from primary with message "". See https://x', 415, '', ''],
    ['The model is unwell', undefined, 'The model is unwell', 'The model is unwell'],
  ])('has status and message from SageMaker\'s sentence where they are nowhere else: %s', (sentence, originalStatusCode, originalMessage, message) => {
    expect(servingError(new SdkModelError({ ...metadata, message: sentence }), request))
      .toMatchObject({ originalStatusCode, originalMessage, modelMessage: message });
  });

  test.each([[400, false], [404, false], [429, false], [499, false], [500, true], [501, false], [502, true], [503, true], [504, true], [507, false]])(
    'with status %d can be retried: %s', (originalStatusCode, isRetryable) => {
      expect(servingError(new SdkModelError({ ...metadata, message: '', OriginalStatusCode: originalStatusCode }), request).isRetryable).toBe(isRetryable);
    });
});

describe('what the AWS SDK throws', () => {
  test.each<[string, unknown, new (...args: never[]) => TensorFlowServingError, string, isRetryable: boolean, mayHaveRun: boolean]>([
    ['no endpoint', new ValidationError({ ...status(400), message: 'Endpoint my-endpoint of account 111122223333 not found.' }), EndpointNotFoundError,
      'there is no such endpoint: Endpoint my-endpoint of account 111122223333 not found.', false, false],
    ['no inference component', thrown('Inference Component c not found.', { ...status(400), name: 'ValidationError' }), EndpointNotFoundError,
      'there is no such endpoint: Inference Component c not found.', false, false],
    ['no variant', new ValidationError({ ...status(400), message: 'Could not find variant "x".' }), RequestRefusedError,
      'SageMaker refused the request: ValidationError: Could not find variant "x". (status 400)', false, false],
    ['a bad value with no status', new ValidationError({ $metadata: {}, message: 'no' }), RequestRefusedError,
      'SageMaker refused the request: ValidationError: no', false, false],
    ['an unknown refusal', thrown('UnknownError', { ...status(405), name: 'Unknown' }), RequestRefusedError,
      'SageMaker refused the request: UnknownError (status 405)', false, false],
    ['another place', thrown('UnknownError', { ...status(302), name: 'Unknown' }), RequestRefusedError,
      'SageMaker refused the request: UnknownError (status 302)', false, false],
    ['no right', thrown('User: x is not authorized', { ...status(403), name: 'AccessDeniedException' }), AccessDeniedError,
      'access was denied: AccessDeniedException: User: x is not authorized (status 403)', false, false],
    ['an expired token', thrown('expired', { ...status(400), name: 'ExpiredTokenException' }), AccessDeniedError,
      'access was denied: ExpiredTokenException: expired (status 400)', false, false],
    ['no credentials', thrown('Could not load credentials from any providers', { name: 'CredentialsProviderError' }), AccessDeniedError,
      'access was denied: CredentialsProviderError: Could not load credentials from any providers', false, false],
    ['throttling', thrown('Rate exceeded', { ...status(400), name: 'ThrottlingException' }), ThrottledError,
      'the request was throttled: ThrottlingException: Rate exceeded (status 400)', true, false],
    ['too many requests', thrown('slow', status(429)), ThrottledError, 'the request was throttled: slow (status 429)', true, false],
    ['a model that loads', new ModelNotReadyException({ ...status(429), message: 'wait' }), ModelNotReadyError,
      'the model is not ready: wait', true, false],
    ['a failure', new InternalFailure({ ...status(500), message: 'x' }), ServiceError, 'SageMaker failed: InternalFailure: x (status 500)', true, true],
    ['a failure with no status', new InternalDependencyException({ $metadata: {}, message: 'x' }), ServiceError,
      'SageMaker failed: InternalDependencyException: x', true, true],
    ['no instance', new ServiceUnavailable({ ...status(503), message: 'x' }), ServiceError,
      'SageMaker failed: ServiceUnavailable: x (status 503)', true, true],
    ['a body that is too large', thrown('HTTP content length exceeded 6291456 bytes.', status(413)), PayloadTooLargeError,
      'the request body has 17 bytes, but SageMaker does not take as many; send fewer instances in a request', false, false],
    ['the same with another status', thrown('Payload size exceeds the limit', { ...status(400), name: 'ValidationError' }), PayloadTooLargeError,
      'the request body has 17 bytes, but SageMaker does not take as many; send fewer instances in a request', false, false],
    ['nobody there', thrown('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED', syscall: 'connect' }), ConnectionError,
      'the connection could not be made: connect ECONNREFUSED 127.0.0.1:1', true, false],
    ['nobody there at all addresses', thrown('', { code: 'ECONNREFUSED' }), ConnectionError, 'the connection could not be made: ', true, false],
    ['no such name', thrown('getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), ConnectionError,
      'the connection could not be made: getaddrinfo ENOTFOUND x', true, false],
    ['a slow connection', thrown('connect ETIMEDOUT 10.0.0.1:443', { name: 'TimeoutError', code: 'ETIMEDOUT', syscall: 'connect' }), ConnectionError,
      'the connection could not be made: connect ETIMEDOUT 10.0.0.1:443', true, false],
    ['the SDK\'s limit for a connection', thrown('the request socket did not establish a connection with the server', { name: 'TimeoutError' }),
      ConnectionError, 'the connection could not be made: the request socket did not establish a connection with the server', true, false],
    ['a reset', thrown('read ECONNRESET', { name: 'TimeoutError', code: 'ECONNRESET', syscall: 'read' }), ConnectionError,
      'the connection broke off: read ECONNRESET', true, true],
    ['a broken pipe', thrown('write EPIPE', { name: 'TimeoutError', code: 'EPIPE', syscall: 'write' }), ConnectionError,
      'the connection broke off: write EPIPE', true, true],
    ['half a body', thrown('aborted\n  Deserialization error: to see the raw response, look elsewhere', { code: 'ECONNRESET', ...status(200) }),
      ConnectionError, 'the connection broke off: aborted', true, true],
    ['an error of another realm', thrown('AWS SDK error wrapper for TimeoutError: read ECONNRESET'), ConnectionError,
      'the connection broke off: read ECONNRESET', true, true],
    ['an answer that can\'t be read', thrown('odd', status(200)), ConnectionError, 'the connection broke off: odd', true, true],
    ['a browser without a network', Object.assign(new TypeError('Failed to fetch')), ConnectionError,
      'the connection broke off: Failed to fetch', true, true],
    ['the SDK\'s limit for a socket', thrown('the request socket timed out after 300 ms of inactivity', { name: 'TimeoutError' }), RequestTimeoutError,
      'no answer came in time: the request socket timed out after 300 ms of inactivity', true, true],
    ['the SDK\'s limit for a request', thrown('a request has exceeded', { name: 'TimeoutError', code: 'ETIMEDOUT' }), RequestTimeoutError,
      'no answer came in time: a request has exceeded', true, true],
    ['an abort', thrown('Request aborted', { name: 'AbortError' }), RequestAbortedError, 'the call was aborted', false, true],
    ['no region', thrown('Region is missing'), SdkError, 'the AWS SDK failed: Region is missing', false, false],
    ['a bug', new TypeError('x is not a function'), SdkError, 'the AWS SDK failed: TypeError: x is not a function', false, false],
    ['text', 'text', SdkError, 'the AWS SDK failed: text', false, false],
    ['nothing', undefined, SdkError, 'the AWS SDK failed: undefined', false, false],
  ])('%s', (_, cause, type, message, isRetryable, mayHaveRun) => {
    const error = servingError(cause, request);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ message: `[my-endpoint] ${message}`, endpointName: 'my-endpoint', isRetryable, mayHaveRun });
    expect(error.cause).toBe(cause);
  });

  test('is left alone if it is ours', () => {
    const error = new InvalidRequestError('my-endpoint');
    expect(servingError(error, request)).toBe(error);
  });
});

test('how often the SDK tried is in its error', () => {
  expect(sdkAttempts(servingError(thrown('x', { $metadata: { attempts: 3 } }), request))).toBe(3);
  expect(sdkAttempts(servingError(thrown('x'), request))).toBe(1);
  expect(sdkAttempts(new InvalidRequestError('my-endpoint'))).toBe(1);
});

describe('how long to wait is in the answer\'s headers', () => {
  const after = (value?: string) => retryAfter(servingError(thrown('x', { ...status(503), $response: { headers: { 'retry-after': value } } }), request));

  test('in seconds', () => {
    expect(after('2')).toBe(2000);
    expect(after('0')).toBe(0);
  });

  test('as a date', () => {
    const wait = after(new Date(Date.now() + 5000).toUTCString())!;
    expect(wait).toBeGreaterThan(3000);
    expect(wait).toBeLessThanOrEqual(5000);
    expect(after('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0);
  });

  test('or not', () => {
    expect(after()).toBeUndefined();
    expect(after('soon')).toBeUndefined();
    expect(retryAfter(new InvalidRequestError('my-endpoint'))).toBeUndefined();
  });
});
