import { ModelNotReadyError, RequestAbortedError, RequestTimeoutError, TensorFlowServingError, ThrottledError } from './errors';
import { retryAfter, sdkAttempts } from './sdk-error';

/** How requests that failed are sent again. */
export interface RetryOptions {
  /**
   * How many times a request may be sent: at least 1, which never sends again.
   * @default 3
   */
  readonly maxAttempts?: number;

  /**
   * What the first wait is at most, in milliseconds; it doubles with each attempt, and the wait is anything below it.
   *
   * It is five times as much after throttling, and where the model is not ready.
   * @default 100
   */
  readonly baseDelay?: number;

  /**
   * What any wait is at most, in milliseconds. An answer that asks to wait for longer is not waited for, but fails.
   * @default 20000
   */
  readonly maxDelay?: number;

  /**
   * How many retries the client has in reserve, for all calls together.
   *
   * Each retry takes one. A retry that succeeds gives it back, and any other success a fifth, so that retries can't
   * multiply the load on an endpoint that is down.
   * @default 100
   */
  readonly budget?: number;
}

/** What limits one call. */
export interface CallLimits {
  readonly endpointName: string;
  /** For the call with its retries, in milliseconds. */
  readonly timeout?: number;
  /** For each attempt, in milliseconds. */
  readonly attemptTimeout?: number;
  readonly signal?: AbortSignal;
  /** Whether the model may run the same request twice. */
  readonly isStateless: boolean;
}

/** Decides whether and when to send again, and keeps the budget of a client. */
export class RetryPolicy {
  private readonly maxAttempts: number;
  private readonly baseDelay: number;
  private readonly maxDelay: number;
  private readonly budget: number;
  private reserve: number;

  public constructor(options: RetryOptions = {}) {
    this.maxAttempts = options.maxAttempts ?? 3;
    this.baseDelay = options.baseDelay ?? 100;
    this.maxDelay = options.maxDelay ?? 20_000;
    this.budget = this.reserve = options.budget ?? 100;
  }

  /** How long to wait before the next attempt, in milliseconds; undefined where there is none. */
  public delayAfter(error: TensorFlowServingError, attempt: number, isStateless: boolean): number | undefined {
    // what the SDK's client has tried again by itself is not multiplied
    if (!error.isRetryable || error.mayHaveRun && !isStateless || attempt >= this.maxAttempts || sdkAttempts(error) > 1) {
      return undefined;
    }
    const base = error instanceof ThrottledError || error instanceof ModelNotReadyError ? this.baseDelay * 5 : this.baseDelay;
    const delay = Math.max(Math.random() * Math.min(this.maxDelay, base * 2 ** (attempt - 1)), retryAfter(error) ?? 0);
    if (delay > this.maxDelay || this.reserve < 1) {
      return undefined;
    }
    this.reserve--;
    return delay;
  }

  /** Takes note of a success. */
  public succeeded(attempt: number): void {
    this.reserve = Math.min(this.budget, this.reserve + (attempt > 1 ? 1 : 0.2));
  }
}

/**
 * Makes attempts until one succeeds, or fails for good.
 *
 * @param attempt makes the attempt of a number, which counts from 1, within a time in milliseconds, which may be infinite
 */
export async function retrying<T>(policy: RetryPolicy, limits: CallLimits, attempt: (number: number, timeout: number) => Promise<T>): Promise<T> {
  const { signal, timeout = Infinity, attemptTimeout = Infinity } = limits;
  const end = performance.now() + timeout;
  let attempts = 0;
  for (let number = 1; ; number++) {
    if (signal?.aborted === true) {
      throw withAttempts(new RequestAbortedError(limits.endpointName, false, signal.reason), attempts);
    }
    try {
      const result = await attempt(number, Math.max(1, Math.min(attemptTimeout, end - performance.now())));
      policy.succeeded(number);
      return result;
    } catch (error) {
      if (!(error instanceof TensorFlowServingError)) {
        throw error;
      }
      attempts += sdkAttempts(error);
      withAttempts(error, attempts);
      const delay = policy.delayAfter(error, number, limits.isStateless);
      // to wait beyond the end is no use
      if (delay === undefined || performance.now() + delay >= end) {
        throw error;
      }
      await wait(delay, limits, error);
    }
  }
}

/** What runs, until it ends, the caller aborts it, or its time in milliseconds, if it has one, is up. */
export function limited<T>(
  timeout: number | undefined, { endpointName, signal }: CallLimits, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const stop = (error: Error) => {
      clearTimeout(timer); // what runs may never end
      reject(error);
      controller.abort(error);
    };
    const onAbort = () => stop(new RequestAbortedError(endpointName, true, signal?.reason));
    if (signal?.aborted === true) {
      return reject(new RequestAbortedError(endpointName, false, signal.reason));
    }
    const onTimeout = () => stop(new RequestTimeoutError(`[${endpointName}] no answer came within ${Math.round(timeout!)} ms`, endpointName));
    const timer = timeout !== undefined && timeout !== Infinity ? setTimeout(onTimeout, timeout) : undefined;
    signal?.addEventListener('abort', onAbort);
    run(controller.signal).then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    });
  });
}

async function wait(delay: number, { endpointName, signal }: CallLimits, after: TensorFlowServingError): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(withAttempts(new RequestAbortedError(endpointName, after.mayHaveRun, signal?.reason), after.attempts));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delay);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function withAttempts(error: TensorFlowServingError, attempts: number): TensorFlowServingError {
  return Object.assign(error, { attempts });
}
