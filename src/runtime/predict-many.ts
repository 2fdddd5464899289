import {
  InvalidRequestError, MalformedResponseError, ModelError, PayloadTooLargeError, RequestAbortedError, TensorFlowServingError, shown,
} from './errors';
import { type InvocationOptions } from './invocation';
import { type EncodedInstances, type RequestBody, bodyOf } from './request-body';
import { type Instances, type Predictions, type Signature } from './signatures';
import { type ResponseValue } from './tensor-values';

/** What can be set for the requests of `predictMany`; what is left out is as the client has it. */
export interface PredictManyOptions extends Omit<InvocationOptions, 'inferenceId'> {
  /**
   * How many requests may be under way at a time: at least 1.
   *
   * At most as many are made ahead of the results that were taken.
   * @default 4
   */
  readonly concurrency?: number;

  /**
   * How many instances a request may have: at least 1. It has fewer where they would have more than `maxPayloadBytes`.
   * @default 128
   */
  readonly maxInstancesPerRequest?: number;
}

/** What one instance is, of those that a signature takes. */
export type Instance<S extends Signature> = ElementOf<Instances<S>>;

/** What came of one instance: a prediction, or else an error. */
export type PredictionResult<P = ResponseValue> = Predicted<P> | Failed;

/** An instance that has a prediction. */
export interface Predicted<P> {
  /** The number of the instance in the source: 0 for the first. */
  readonly index: number;
  readonly prediction: P;
  readonly error?: undefined;
}

/** An instance that has none. */
export interface Failed {
  /** The number of the instance in the source: 0 for the first. */
  readonly index: number;
  readonly prediction?: undefined;
  readonly error: TensorFlowServingError;
}

/** What came of one instance of a signature. */
export type PredictionResultOf<S extends Signature> = PredictionResult<ElementOf<Predictions<S>>>;

type ElementOf<T> = T extends { readonly [i: number]: infer E } ? E : never;

/** Where instances come from. */
export type InstanceSource<I> = Iterable<I> | AsyncIterable<I>;

/** How the requests are made. */
export interface ManyCalls {
  readonly endpointName: string;
  readonly maxPayloadBytes: number;
  readonly maxInstances: number;
  readonly concurrency: number;
  readonly isStateless: boolean;
  readonly signal?: AbortSignal;
  /** Writes one instance. */
  encode(instance: unknown, index: number): EncodedInstances;
  /** Gets an answer that has one prediction for each instance. */
  send(request: RequestBody, signal: AbortSignal): Promise<Record<string, ResponseValue>>;
}

/** An instance on its way. */
interface Slot {
  readonly index: number;
  /** The text of the instance; undefined where it can't be sent. */
  readonly encoded?: EncodedInstances;
  result?: PredictionResult;
}

/** The instances of a request, and of those that it is taken apart into. */
interface Job {
  readonly slots: readonly Slot[];
  /** Each has its own, because runtimes warn of many listeners to one signal. */
  readonly controller: AbortController;
  isDone: boolean;
  failure?: { readonly error: unknown };
}

/**
 * After so many refusals with no success between them, requests are not taken apart any more: it is not some of the
 * instances that are at fault.
 */
const MAX_REFUSALS = 64;

/** Predicts for each instance of a source, in its order, in as few requests as they fit. */
export async function* predictMany(source: unknown, calls: ManyCalls): AsyncGenerator<PredictionResult, void, undefined> {
  const reader = new SlotReader(source, calls);
  const { concurrency, signal } = calls;
  const jobs: Job[] = [];
  const refusals = { count: 0 };
  let isPulling = false;
  let isOver = false;
  let wake = () => {};

  const start = (slots: readonly Slot[]): Job => {
    const job: Job = { slots, controller: new AbortController(), isDone: false };
    settle(slots.filter(({ result }) => result === undefined), calls, job.controller.signal, refusals)
      .catch((error: unknown) => {
        job.failure = { error };
      })
      .finally(() => {
        job.isDone = true;
        wake();
      });
    return job;
  };
  const pull = () => {
    if (isPulling || reader.isDone || jobs.length >= concurrency || isOver) {
      return;
    }
    isPulling = true;
    void reader.take().then((slots) => {
      isPulling = false;
      if (slots.length > 0 && !isOver) {
        jobs.push(start(slots));
      }
      pull();
      wake();
    });
  };
  const stop = () => {
    isOver = true;
    jobs.forEach(({ controller }) => controller.abort(signal?.reason));
    wake();
  };
  signal?.addEventListener('abort', stop);

  try {
    for (;;) {
      if (signal?.aborted === true) {
        throw new RequestAbortedError(calls.endpointName, jobs.length > 0, signal.reason);
      }
      const job = jobs[0];
      if (job?.isDone === true) {
        jobs.shift();
        if (job.failure !== undefined) {
          throw job.failure.error;
        }
        pull();
        yield* job.slots.map(({ result }) => result!);
      } else {
        pull();
        if (job === undefined && !isPulling) {
          break;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    if (reader.failure !== undefined) {
      throw reader.failure.error;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
    const closing = reader.close();
    if (!isPulling) {
      await closing;
    }
  }
}

/** Gives each of some instances its result: of one request, or where some are at fault, of requests for either half. */
async function settle(slots: readonly Slot[], calls: ManyCalls, signal: AbortSignal, refusals: { count: number }): Promise<void> {
  if (slots.length === 0) {
    return;
  }
  const rows = slots.map(({ encoded }) => encoded!.rows[0]);
  try {
    const { predictions } = await calls.send(bodyOf(slots[0].encoded!, rows), signal);
    refusals.count = 0;
    slots.forEach((slot, i) => {
      slot.result = { index: slot.index, prediction: (predictions as ResponseValue[])[i] };
    });
  } catch (error) {
    if (!(error instanceof TensorFlowServingError) || isFatal(error)) {
      throw error;
    }
    const isRefusal = isOfInstances(error, calls.isStateless);
    refusals.count += isRefusal ? 1 : 0;
    if (!isRefusal || slots.length === 1 || refusals.count > MAX_REFUSALS) {
      return fail(slots, error);
    }
    const middle = Math.floor(slots.length / 2);
    await settle(slots.slice(0, middle), calls, signal, refusals);
    await settle(slots.slice(middle), calls, signal, refusals);
  }
}

function fail(slots: readonly Slot[], error: TensorFlowServingError): void {
  for (const slot of slots) {
    slot.result = { index: slot.index, error };
  }
}

/** Whether no request of the client will fare better. */
function isFatal(error: TensorFlowServingError): boolean {
  return error instanceof RequestAbortedError || !error.isRetryable && !error.mayHaveRun && !(error instanceof PayloadTooLargeError);
}

/**
 * Whether some of the instances can be what a request failed for.
 *
 * Inference code answers 500 for what it can't take, or leaves it out; and what is not UTF-8 in one prediction spoils
 * the whole answer. But in these cases the model may have run.
 */
function isOfInstances(error: TensorFlowServingError, isStateless: boolean): boolean {
  if (error instanceof ModelError) {
    const status = error.originalStatusCode ?? 400;
    return status === 500 ? isStateless : status === 200 || status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status);
  }
  return error instanceof PayloadTooLargeError || error instanceof MalformedResponseError && isStateless;
}

/** Reads a source, as many instances at a time as fit a request. */
class SlotReader {
  public isDone = false;
  /** What the source threw at its end. */
  public failure?: { readonly error: unknown };

  private readonly iterator: Iterator<unknown> | AsyncIterator<unknown>;
  private readonly isAsync: boolean;
  private index = 0;
  private waiting?: Slot;

  public constructor(source: unknown, private readonly calls: ManyCalls) {
    const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = Object(source) as AsyncIterable<unknown> & Iterable<unknown>;
    this.isAsync = asyncIterator !== undefined;
    if (asyncIterator === undefined && iterator === undefined || typeof source === 'string') {
      throw new InvalidRequestError(calls.endpointName, {
        property: 'instances', rule: 'must be an iterable or an async iterable', got: shown(source),
      });
    }
    this.iterator = (asyncIterator ?? iterator).call(source);
  }

  /** The next instances; none at the end. It never rejects. */
  public async take(): Promise<readonly Slot[]> {
    const { maxInstances, maxPayloadBytes } = this.calls;
    const slots: Slot[] = [];
    let bytes = 0;
    try {
      while (slots.length < maxInstances) {
        const slot = this.waiting ?? await this.read();
        this.waiting = undefined;
        if (slot === undefined) {
          break;
        }
        if (slot.encoded !== undefined) {
          const size = byteLength(slot.encoded.rows[0]);
          const around = byteLength(slot.encoded.prefix) + byteLength(slot.encoded.suffix);
          if (size + around > maxPayloadBytes) {
            slot.result = { index: slot.index, error: new PayloadTooLargeError(this.calls.endpointName, size + around, maxPayloadBytes) };
          } else if (bytes > 0 && bytes + 1 + size > maxPayloadBytes) {
            this.waiting = slot;
            break;
          } else {
            bytes += size + (bytes === 0 ? around : 1);
          }
        }
        slots.push(slot);
      }
    } catch (error) {
      this.isDone = true;
      this.failure = { error };
    }
    return slots;
  }

  /** Tells the source that no more is wanted of it. */
  public async close(): Promise<void> {
    if (!this.isDone) {
      this.isDone = true;
      await this.iterator.return?.();
    }
  }

  private async read(): Promise<Slot | undefined> {
    const step = this.iterator.next();
    const { done, value } = this.isAsync ? await step : step as IteratorResult<unknown>;
    if (done === true) {
      this.isDone = true;
      return undefined;
    }
    const index = this.index++;
    try {
      return { index, encoded: this.calls.encode(value, index) };
    } catch (error) {
      if (!(error instanceof TensorFlowServingError)) {
        throw error;
      }
      return { index, result: { index, error } };
    }
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
