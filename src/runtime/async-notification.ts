import { fromBase64 } from './base64';
import { InvalidRequestError, shown } from './errors';
import { isPlainObject } from './tensor-values';

/** What a notification of an asynchronous endpoint says. */
export interface AsyncNotification {
  /** The id of the request. */
  readonly inferenceId: string;
  /** What became of the request: `Completed`, `Failed` or `Expired`. */
  readonly invocationStatus: string;
  /** The endpoint that the request went to. */
  readonly endpointName?: string;
  /** The object with the request, where it was in one. */
  readonly inputLocation?: string;
  /** The object with the answer. */
  readonly outputLocation?: string;
  /** The object with the model's error. */
  readonly failureLocation?: string;
  /** Why there is no answer. */
  readonly failureReason?: string;
  /** The answer, or the model's error, where the endpoint includes it and it is small enough. */
  readonly body?: Uint8Array;
}

/** Notifications come in at most so many envelopes: of SNS in one of SQS in an event of Lambda. */
const MAX_ENVELOPES = 4;

/**
 * Reads a notification of an asynchronous endpoint, as text or as an object.
 *
 * It may be in the envelopes of SNS, SQS and Lambda, such as an event of a function that subscribes to the topic; an
 * event with several records must be read record by record. Notifications can come twice, and in any order. Whether a message is
 * SageMaker's is not known from it: verify the signature of one that came over HTTP.
 *
 * @throws InvalidRequestError where it is none; SageMaker sends some too when an endpoint is made, which are about no request
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html
 */
export function readNotification(message: unknown): AsyncNotification {
  const content = unwrapped(message, MAX_ENVELOPES);
  const { inferenceId, invocationStatus, failureReason, responseBody } = content;
  const request = membersOf(content.requestParameters);
  const response = membersOf(content.responseParameters);
  if (typeof inferenceId !== 'string' || typeof invocationStatus !== 'string') {
    return refuse('must be about a request to an asynchronous endpoint, and has no `inferenceId` or no `invocationStatus`', shown(message));
  }
  return {
    inferenceId,
    invocationStatus,
    endpointName: text(request.endpointName),
    inputLocation: text(request.inputLocation),
    outputLocation: text(response.outputLocation),
    failureLocation: text(response.failureLocation) ?? text(content.failureLocation),
    failureReason: text(failureReason),
    body: bodyOf(responseBody),
  };
}

function unwrapped(message: unknown, levels: number): Record<string, unknown> {
  let value = message;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      refuse('must be JSON', shown(message));
    }
  }
  if (!isPlainObject(value) || levels === 0) {
    return refuse('must be a notification of SageMaker\'s', shown(message));
  }
  const { Records, Sns, Message, body } = value;
  if (Array.isArray(Records)) {
    return Records.length === 1 ? unwrapped(Records[0], levels - 1) : refuse('must have one record', String(Records.length), 'give them one by one');
  }
  const inner = Sns ?? Message ?? body;
  return inner !== undefined && value.invocationStatus === undefined ? unwrapped(inner, levels - 1) : value;
}

/** The body in a notification, which says how it is written; what is written in an unknown way is left to the object. */
function bodyOf(responseBody: unknown): Uint8Array | undefined {
  const { content = responseBody, encoding } = membersOf(responseBody);
  if (typeof content !== 'string') {
    return undefined;
  }
  if (/^base64$/i.test(String(encoding)) || encoding === undefined && !/^\s*\{/.test(content)) {
    try {
      return fromBase64(content);
    } catch {
      return undefined;
    }
  }
  return new TextEncoder().encode(content);
}

function membersOf(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function refuse(rule: string, got: string, remedy?: string): never {
  throw new InvalidRequestError(undefined, { property: 'message', rule, got, remedy });
}
