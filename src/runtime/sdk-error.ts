import {
  type ErrorDetails, AccessDeniedError, ConnectionError, EndpointNotFoundError, ModelError, ModelNotReadyError, PayloadTooLargeError,
  RequestAbortedError, RequestRefusedError, RequestTimeoutError, SdkError, ServiceError, TensorFlowServingError, ThrottledError, place,
} from './errors';
import { modelMessage } from './model-message';

/** What the AWS SDK's errors, and those of the runtime below it, can have. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
  readonly LogStreamArn?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
  readonly $response?: { readonly headers?: Record<string, string | undefined> };
}

/** The request that failed. */
export interface FailedRequest {
  readonly endpointName: string;
  readonly targetVariant?: string;
  readonly payloadBytes: number;
}

const ACCESS = /AccessDenied|Credentials|Token|Signature|UnrecognizedClient|RequestExpired|RequestTimeTooSkewed|NotAuthorized/;
const THROTTLING = /Throttl|SlowDown|TooManyRequests|LimitExceeded/;
const FAILURE = /^(?:Internal|ServiceUnavailable)/;
const TOO_LARGE = /content length exceeded|payload .*(?:exceed|too large)/i;
const NOT_FOUND = /\b(?:endpoint|inference component)\b.*\b(?:not found|not find|not exist)/i;
/** The code, which a wrapper around the error can have lost, and the message after it. */
const CONNECTION = /\b(?:E(?:CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_)|HPE_|UND_ERR_|ERR_(?:HTTP2_|STREAM_))|socket hang up|: aborted$|: Parse Error/;
const NOT_CONNECTED = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_|UND_ERR_CONNECT|connect E|getaddrinfo|did not establish a connection)/;
/** What browsers and Node say where `fetch` could not do it; they have no codes. */
const FETCH = /fetch|network|load failed|internet connection/i;

/**
 * What the AWS SDK threw, as the error of ours that says what it means.
 *
 * Errors are told apart by what they hold, because the client can come from another copy of the SDK, which has
 * classes of its own.
 */
export function servingError(error: unknown, request: FailedRequest): TensorFlowServingError {
  if (error instanceof TensorFlowServingError) {
    return error;
  }
  const thrown: Thrown = Object(error);
  const { endpointName } = request;
  const { httpStatusCode: statusCode, requestId } = thrown.$metadata ?? {};
  const { name = '', code = '', $response } = thrown;
  // the SDK adds where else to look, and puts errors of another realm, such as a test runner has, into one of its own
  const message = (thrown.message ?? String(error)).split('\n  Deserialization error')[0].replace(/^AWS SDK error wrapper for (?:\w+: )?/, '');
  const variant = $response?.headers?.['x-amzn-invoked-production-variant'] ?? request.targetVariant;
  const details: ErrorDetails = { variant, statusCode, requestId, cause: error };
  const named = ['', 'Error', 'Unknown', 'UnknownError', message].includes(name) ? '' : `${name}: `;
  const text = `${named}${message}${statusCode !== undefined ? ` (status ${statusCode})` : ''}`;
  const say = (what: string, said = text) => `[${place(endpointName, variant)}] ${what}: ${said}`;
  const broken = (isSent: boolean) =>
    new ConnectionError(say(`the connection ${isSent ? 'broke off' : 'could not be made'}`, message), endpointName, isSent, details);
  const isTimeout = name === 'TimeoutError' && code === '' || code === 'ETIMEDOUT' && thrown.syscall === undefined;
  const codeAndMessage = `${code}: ${message}`;

  if (name === 'AbortError') {
    return new RequestAbortedError(endpointName, true, error);
  }
  if (NOT_CONNECTED.test(codeAndMessage)) {
    return broken(false);
  }
  if (!isTimeout && CONNECTION.test(codeAndMessage)) {
    return broken(true);
  }
  if (isTimeout) {
    return new RequestTimeoutError(say('no answer came in time', message), endpointName, details);
  }
  if (name === 'ModelError' || statusCode === 424) {
    return modelError(thrown, message, endpointName, details);
  }
  if (statusCode === 413 || TOO_LARGE.test(message)) {
    return new PayloadTooLargeError(endpointName, request.payloadBytes, undefined, details);
  }
  if (name === 'ModelNotReadyException') {
    return new ModelNotReadyError(say('the model is not ready', message), endpointName, details);
  }
  if (statusCode === 429 || THROTTLING.test(name)) {
    return new ThrottledError(say('the request was throttled'), endpointName, details);
  }
  if (/^(?:Validation|ResourceNotFound)/.test(name) && NOT_FOUND.test(message)) {
    return new EndpointNotFoundError(say('there is no such endpoint', message), endpointName, details);
  }
  if (statusCode === 401 || statusCode === 403 || ACCESS.test(name)) {
    return new AccessDeniedError(say('access was denied'), endpointName, details);
  }
  if (statusCode !== undefined && statusCode >= 500 || FAILURE.test(name)) {
    return new ServiceError(say('SageMaker failed'), endpointName, details);
  }
  if (statusCode !== undefined && statusCode >= 300 || /^Validation/.test(name)) {
    return new RequestRefusedError(say('SageMaker refused the request'), endpointName, details);
  }
  return statusCode !== undefined || name === 'TypeError' && FETCH.test(message)
    ? broken(true)
    : new SdkError(say('the AWS SDK failed'), endpointName, details);
}

/** How often the AWS SDK's client sent the request by itself. */
export function sdkAttempts(error: TensorFlowServingError): number {
  return (error.cause as Thrown | undefined)?.$metadata?.attempts ?? 1;
}

/** How long the answer asks to wait, in milliseconds, where it does. */
export function retryAfter(error: TensorFlowServingError): number | undefined {
  const headers = (error.cause as Thrown | undefined)?.$response?.headers;
  const seconds = headers?.['retry-after'];
  if (seconds === undefined) {
    return undefined;
  }
  const wait = /^\d+$/.test(seconds) ? Number(seconds) * 1000 : Date.parse(seconds) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** The container's own message is in a member of the error, or else in SageMaker's sentence around it. */
function modelError(thrown: Thrown, message: string, endpointName: string, details: ErrorDetails): ModelError {
  const originalMessage = thrown.OriginalMessage ?? messageInSentence(message) ?? message;
  return new ModelError({
    ...details,
    endpointName,
    originalStatusCode: thrown.OriginalStatusCode ?? statusInSentence(message),
    originalMessage,
    modelMessage: modelMessage(originalMessage),
    logStreamArn: thrown.LogStreamArn,
  });
}

/** SageMaker's own message: `Received client error (400) from primary with message "...". See https://...`. */
function messageInSentence(sentence: string): string | undefined {
  return /^Received .*? with message "([^]*)"\. See /.exec(sentence)?.[1];
}

function statusInSentence(sentence: string): number | undefined {
  const status = /^Received (?:client|server) error \((\d{3})\)/.exec(sentence)?.[1];
  return status !== undefined ? Number(status) : undefined;
}
