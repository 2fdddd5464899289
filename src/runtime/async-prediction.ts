import { AsyncInferenceError } from './async-error';
import { type AsyncNotification, readNotification } from './async-notification';
import { type AsyncRequest, type AsyncResultOptions, checkAsyncResultOptions } from './async-options';
import { InvalidRequestError, MalformedResponseError, ModelError, RequestTimeoutError, throwIfAny } from './errors';
import { type SignatureTypes } from './model-types';
import { type ObjectStore } from './object-store';
import { type RequestBody, type ResponseKey } from './request-body';
import { readResponse } from './response-body';
import { limited } from './retry';
import { servingError } from './sdk-error';
import { isBytes } from './tensor-values';

/** What is known of an answer before it is there. */
export interface Expected extends Partial<Pick<RequestBody, 'responseKey' | 'count'>> {
  readonly types?: SignatureTypes;
}

const RESULT_TIMEOUT = 900_000;
const MIN_DELAY = 500;
const MAX_DELAY = 15_000;

const NOT_THERE = 'is not there';

/** What S3 says with the status of an object that is not there, but which no waiting mends. */
const LASTING: readonly unknown[] = ['NoSuchBucket', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed'];

/** A request that an asynchronous endpoint has taken in, and its answer. */
export class AsyncPrediction<T = unknown> implements AsyncRequest {
  public readonly inferenceId: string;
  public readonly outputLocation: string;
  public readonly failureLocation?: string;
  public readonly inputLocation?: string;

  /** The answer, once a notification brought it. */
  private readonly notified: Promise<T>;
  private notify!: (result: Promise<T>) => void;

  /** @internal */
  public constructor(
    private readonly endpointName: string,
    private readonly store: ObjectStore | undefined,
    request: AsyncRequest,
    private readonly expected: Expected,
  ) {
    this.inferenceId = request.inferenceId;
    this.outputLocation = request.outputLocation;
    this.failureLocation = request.failureLocation;
    this.inputLocation = request.inputLocation;
    this.notified = new Promise((resolve) => {
      this.notify = resolve;
    });
    this.notified.catch(() => {}); // who waits for it gets the error as well
  }

  /**
   * Waits for the answer: looks for the objects with it and with the error again and again, with growing pauses.
   *
   * It can be called more than once, and again after it has failed. A notification that comes in the meantime ends it.
   *
   * @throws ModelError with what the model said; `AsyncInferenceError`; `RequestTimeoutError`, which says what was found in
   * place of the objects; an `AbortError`; what the store throws, but for errors with the statuses 403 and 404
   */
  public async result(options: AsyncResultOptions = {}): Promise<T> {
    const { endpointName, store } = this;
    throwIfAny(endpointName, checkAsyncResultOptions(options));
    if (store === undefined) {
      throw new InvalidRequestError(endpointName, {
        property: 'asyncInference.store', rule: 'must be given to wait for answers', remedy: 'or take them from notifications',
      });
    }
    const { signal, timeout = RESULT_TIMEOUT } = options;
    const missing = new Map<string, string>();
    try {
      return await limited(timeout, { endpointName, signal, attemptTimeout: timeout, isStateless: true }, async (stop) => {
        const done = new AbortController();
        const stopped = new Promise<never>((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
        try {
          return await Promise.race([stopped, this.notified, poll<T>(this, endpointName, store, this.expected, options, done.signal, missing)]);
        } finally {
          done.abort();
        }
      });
    } catch (error) {
      if (!(error instanceof RequestTimeoutError)) {
        throw error;
      }
      const found = Array.from(missing, ([uri, why]) => `${uri} ${why}`).join(', ');
      throw new RequestTimeoutError(
        `[${endpointName}] the asynchronous request ${this.inferenceId} had no answer within ${timeout} ms: `
        + (found !== '' ? found : 'the store did not answer'),
        endpointName,
      );
    }
  }

  /**
   * Takes the answer from a notification, as `readNotification` reads it, and ends all waiting for it.
   *
   * If the notification does not hold the answer itself, it is read from its object.
   *
   * @throws InvalidRequestError where it is none, or of another request; otherwise as `result` does
   */
  public async fromNotification(message: unknown): Promise<T> {
    const notification = readNotification(message);
    if (notification.inferenceId !== this.inferenceId) {
      throw new InvalidRequestError(this.endpointName, {
        property: 'message', rule: `must be about the request ${this.inferenceId}`, got: notification.inferenceId,
      });
    }
    const { endpointName, outputLocation, failureLocation } = this;
    const result = notifiedResult<T>({ ...notification, endpointName, outputLocation, failureLocation }, this.store, this.expected);
    // an object that could not be read can still be waited for
    result.then(() => this.notify(result), (error) => isFinal(error) && this.notify(result));
    return result;
  }

  /**
   * Deletes the object with the request, if it was put into one. The model must have read it: wait for the answer first.
   *
   * @throws InvalidRequestError where the store cannot delete
   */
  public async deleteInput(): Promise<void> {
    if (this.inputLocation === undefined) {
      return;
    }
    if (this.store?.delete === undefined) {
      throw new InvalidRequestError(this.endpointName, { property: 'asyncInference.store', rule: 'must be able to delete to delete requests' });
    }
    await this.store.delete(this.inputLocation);
  }
}

/** The answer that a notification holds or names; what the client does not know of the request is taken from the answer. */
export async function notifiedResult<T>(notification: AsyncNotification, store: ObjectStore | undefined, expected: Expected): Promise<T> {
  const { inferenceId, invocationStatus, endpointName = '', failureReason = '' } = notification;
  const isCompleted = invocationStatus === 'Completed';
  const location = isCompleted ? notification.outputLocation : notification.failureLocation;
  const body = notification.body ?? (location !== undefined ? await store?.get(location).catch(whyMissing) : undefined);
  if (isCompleted) {
    if (isBytes(body)) {
      return readAnswer(endpointName, body, expected) as T;
    }
    if (store === undefined) {
      throw new InvalidRequestError(endpointName, {
        property: 'asyncInference.store', rule: 'must be given to read answers that notifications do not hold',
      });
    }
    throw new AsyncInferenceError(endpointName, inferenceId, invocationStatus, `${location ?? 'the answer'} ${body ?? NOT_THERE}`);
  }
  if (isBytes(body)) {
    throw failure(endpointName, new TextDecoder().decode(body));
  }
  throw /^Received (?:client|server) error \(/.test(failureReason)
    ? failure(endpointName, failureReason)
    : new AsyncInferenceError(endpointName, inferenceId, invocationStatus, failureReason);
}

/** Looks for the answer and for the error until one is there, or the signal ends it. */
async function poll<T>(
  { outputLocation, failureLocation }: AsyncRequest, endpointName: string, store: ObjectStore, expected: Expected,
  { minDelay = MIN_DELAY, maxDelay = MAX_DELAY }: AsyncResultOptions, stop: AbortSignal, missing: Map<string, string>): Promise<T> {
  const look = async (uri: string) => {
    const found = await store.get(uri, stop).catch(whyMissing);
    missing.set(uri, typeof found === 'string' ? found : NOT_THERE);
    return typeof found === 'string' ? undefined : found;
  };
  for (let delay = minDelay; !stop.aborted; delay *= 2) {
    const answer = await look(outputLocation);
    if (answer !== undefined) {
      return readAnswer(endpointName, answer, expected) as T;
    }
    const error = failureLocation !== undefined ? await look(failureLocation) : undefined;
    if (error !== undefined) {
      throw failure(endpointName, new TextDecoder().decode(error));
    }
    await pause(Math.min(delay, maxDelay) * (0.5 + Math.random() / 2), stop);
  }
  throw stop.reason;
}

/** Waits, or until the signal ends it. */
function pause(delay: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delay);
    stop.addEventListener('abort', done);
    if (stop.aborted) { // while the store was asked
      done();
    }
  });
}

/** Why an object is not there, of what a store throws in place of it; S3 says 403 where it may not say 404. */
function whyMissing(error: unknown): string {
  const { name, message, $metadata } = Object(error) as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (LASTING.includes(name) || status !== 403 && status !== 404) {
    throw error;
  }
  return status === 404
    ? NOT_THERE
    : `cannot be read (${name}: ${message}), which without the right to s3:ListBucket can also mean that it is not there`;
}

function readAnswer(endpointName: string, body: Uint8Array, { responseKey, types, count }: Expected): unknown {
  return readResponse({ endpointName, body }, responseKey ?? keyOf(body), types, count);
}

/** The key that an answer begins with. */
function keyOf(body: Uint8Array): ResponseKey {
  return (/^\s*\{\s*"(outputs|results)"/.exec(new TextDecoder().decode(body.subarray(0, 100)))?.[1] ?? 'predictions') as ResponseKey;
}

/** What the model said, in the words that SageMaker leaves behind or reports. */
function failure(endpointName: string, text: string): Error {
  return servingError(Object.assign(new Error(text), { name: 'ModelError' }), { endpointName, payloadBytes: 0 });
}

/** Whether a result stays as it is; an object that was not there can still come. */
function isFinal(error: unknown): boolean {
  return error instanceof ModelError || error instanceof MalformedResponseError
    || error instanceof AsyncInferenceError && error.invocationStatus !== 'Completed';
}
