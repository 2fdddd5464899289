import { type Method } from './invocation';
import { type ResponseValue } from './tensor-values';

/** One attempt to call an endpoint, as a middleware sees it. */
export interface Attempt {
  readonly endpointName: string;
  readonly method: Method;
  /** The signature that is called; undefined for the default one. */
  readonly signatureName?: string;
  /** The production variant, where one is asked for. */
  readonly targetVariant?: string;
  /** The number of the attempt in its call: 1 for the first, more where it is sent again. */
  readonly attempt: number;
  /** The size of the request body. */
  readonly payloadBytes: number;
}

/** What came of an attempt. */
export interface AttemptResult {
  /** The answer, read. */
  readonly response: Record<string, ResponseValue>;
  /** The production variant that answered, or else the one that was asked for, where that is known. */
  readonly variant?: string;
  /** SageMaker's id of the request. */
  readonly requestId?: string;
  /** The size of the response body. */
  readonly responseBytes: number;
}

/**
 * Stands around each attempt to call an endpoint: to trace, to measure, to hold back.
 *
 * It calls `next` once, and gives what that gives; `next` rejects with a `TensorFlowServingError`, which decides whether
 * there is another attempt. An error of the middleware's own leaves the client as it is, and nothing is sent again.
 *
 * ```ts nofixture
 * import { type ClientMiddleware, TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
 *
 * const timed: ClientMiddleware = async (attempt, next) => {
 *   const start = performance.now();
 *   try {
 *     return await next();
 *   } finally {
 *     console.log(`${attempt.method} #${attempt.attempt}: ${attempt.payloadBytes} bytes, ${performance.now() - start} ms`);
 *   }
 * };
 * const client = new TensorFlowServingClient({ endpointName: 'half-plus-three', middleware: [timed] });
 * ```
 *
 * Headers are the AWS SDK's: add them with the middleware of the client that you give.
 */
export type ClientMiddleware = (attempt: Attempt, next: () => Promise<AttemptResult>) => Promise<AttemptResult>;

/** Makes an attempt within all middleware; the first is outermost. */
export function withMiddleware(
  middleware: readonly ClientMiddleware[], attempt: Attempt, exchange: () => Promise<AttemptResult>): Promise<AttemptResult> {
  return middleware.reduceRight<() => Promise<AttemptResult>>((next, outer) => () => outer(attempt, next), exchange)();
}
