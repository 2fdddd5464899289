import {
  ConnectionError, InvalidRequestError, ModelError, ModelNotReadyError, RequestAbortedError, RequestTimeoutError, ServiceError,
  type TensorFlowServingError, ThrottledError,
} from '../../src/runtime/errors';
import { type CallLimits, type RetryOptions, RetryPolicy, limited, retrying } from '../../src/runtime/retry';

const limits: CallLimits = { endpointName: 'my-endpoint', attemptTimeout: 1000, isStateless: true };
const fast: RetryOptions = { baseDelay: 0 };

const throttled = (cause?: unknown) => new ThrottledError('throttled', 'my-endpoint', { cause });
const notReady = () => new ModelNotReadyError('not ready', 'my-endpoint');
const unconnected = () => new ConnectionError('no connection', 'my-endpoint', false);
const failed = () => new ServiceError('failed', 'my-endpoint');
const broken = () => new ConnectionError('broken', 'my-endpoint', true);
const late = () => new RequestTimeoutError('late', 'my-endpoint');
const ofModel = (originalStatusCode: number) => new ModelError({ endpointName: 'my-endpoint', originalStatusCode, originalMessage: '', modelMessage: '' });

/** Fails with each of some errors, and then succeeds. */
function failing(...errors: unknown[]) {
  const attempts: number[] = [];
  return {
    attempts,
    attempt: async (attempt: number) => {
      attempts.push(attempt);
      if (errors.length > 0) {
        throw errors.shift();
      }
      return 'done';
    },
  };
}

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('a request is sent again', () => {
  test.each<[string, TensorFlowServingError]>([
    ['throttling', throttled()], ['a model that is not ready', notReady()], ['a connection that was not made', unconnected()],
  ])('after %s, whether the model is stateless or not', async (_, error) => {
    const { attempts, attempt } = failing(error);
    await expect(retrying(new RetryPolicy(fast), { ...limits, isStateless: false }, attempt)).resolves.toBe('done');
    expect(attempts).toEqual([1, 2]);
  });

  test.each<[string, () => TensorFlowServingError]>([
    ['a failure', failed], ['a broken connection', broken], ['a timeout', late], ['an error of the model with 503', () => ofModel(503)],
  ])('after %s only if the model is stateless', async (_, error) => {
    const stateless = failing(error());
    await expect(retrying(new RetryPolicy(fast), limits, stateless.attempt)).resolves.toBe('done');
    expect(stateless.attempts).toEqual([1, 2]);
    const stateful = failing(error());
    await expect(retrying(new RetryPolicy(fast), { ...limits, isStateless: false }, stateful.attempt)).rejects.toMatchObject({ attempts: 1 });
    expect(stateful.attempts).toEqual([1]);
  });

  test('not if that can\'t help', async () => {
    for (const error of [ofModel(400), new InvalidRequestError('my-endpoint'), new TypeError('of a middleware'), 'text']) {
      const { attempts, attempt } = failing(error);
      await expect(retrying(new RetryPolicy(fast), limits, attempt)).rejects.toBe(error);
      expect(attempts).toEqual([1]);
    }
  });

  test('as often as there are attempts', async () => {
    const { attempts, attempt } = failing(throttled(), failed(), late(), failed());
    await expect(retrying(new RetryPolicy(fast), limits, attempt)).rejects.toMatchObject({ name: 'RequestTimeoutError', attempts: 3 });
    expect(attempts).toEqual([1, 2, 3]);
    const once = failing(throttled());
    await expect(retrying(new RetryPolicy({ maxAttempts: 1 }), limits, once.attempt)).rejects.toMatchObject({ attempts: 1 });
    expect(once.attempts).toEqual([1]);
  });

  test('not if the SDK\'s client has done so', async () => {
    const { attempts, attempt } = failing(throttled({ $metadata: { attempts: 3 } }));
    await expect(retrying(new RetryPolicy(fast), limits, attempt)).rejects.toMatchObject({ attempts: 3 });
    expect(attempts).toEqual([1]);
  });

  test('as long as the budget lasts, which successes fill', async () => {
    const policy = new RetryPolicy({ maxAttempts: 10, baseDelay: 0, budget: 2 });
    const storm = failing(...Array.from({ length: 10 }, throttled));
    await expect(retrying(policy, limits, storm.attempt)).rejects.toMatchObject({ attempts: 3 });
    await expect(retrying(policy, limits, failing(throttled()).attempt)).rejects.toMatchObject({ attempts: 1 });
    for (let i = 0; i < 4; i++) {
      await retrying(policy, limits, failing().attempt);
    }
    await expect(retrying(policy, limits, failing(throttled()).attempt)).rejects.toMatchObject({ attempts: 1 });
    await retrying(policy, limits, failing().attempt);
    // a retry that succeeds gives back what it took
    for (let i = 0; i < 3; i++) {
      await expect(retrying(policy, limits, failing(throttled()).attempt)).resolves.toBe('done');
    }
    // there is never more than the budget
    for (let i = 0; i < 100; i++) {
      await retrying(policy, limits, failing().attempt);
    }
    await expect(retrying(policy, limits, failing(...Array.from({ length: 10 }, throttled)).attempt)).rejects.toMatchObject({ attempts: 3 });
  });
});

describe('the wait', () => {
  const delays = (policy: RetryPolicy, error: TensorFlowServingError) => [1, 2, 3, 4].map((attempt) => policy.delayAfter(error, attempt, true));

  test('doubles up to its limit, and is more after throttling', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const policy = new RetryPolicy({ maxAttempts: 10, baseDelay: 100, maxDelay: 1000 });
    expect(delays(policy, failed())).toEqual([50, 100, 200, 400]);
    expect(delays(policy, throttled())).toEqual([250, 500, 500, 500]);
    expect(delays(policy, notReady())).toEqual([250, 500, 500, 500]);
    expect(new RetryPolicy().delayAfter(failed(), 1, true)).toBe(50);
    expect(new RetryPolicy({ maxAttempts: 20 }).delayAfter(failed(), 15, true)).toBe(10_000);
  });

  test('is anything below', () => {
    const policy = new RetryPolicy({ budget: 1000 });
    const waits = Array.from({ length: 200 }, () => policy.delayAfter(failed(), 1, true)!);
    expect(Math.min(...waits)).toBeLessThan(20);
    expect(Math.max(...waits)).toBeGreaterThan(80);
    expect(waits.every((wait) => wait >= 0 && wait < 100)).toBe(true);
  });

  test('is as long as the answer asks for, but not beyond the limit', () => {
    const policy = new RetryPolicy({ maxDelay: 2000 });
    const asking = (seconds: number) => throttled({ $response: { headers: { 'retry-after': String(seconds) } } });
    expect(policy.delayAfter(asking(2), 1, true)).toBe(2000);
    expect(policy.delayAfter(asking(3), 1, true)).toBeUndefined();
  });

  test('is not begun if the time would be up before it ends', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.99);
    const { attempts, attempt } = failing(failed());
    await expect(retrying(new RetryPolicy({ baseDelay: 1000 }), { ...limits, timeout: 500 }, attempt)).rejects.toMatchObject({ name: 'ServiceError' });
    expect(attempts).toEqual([1]);
  });

  test('ends where the signal aborts', async () => {
    const controller = new AbortController();
    jest.spyOn(Math, 'random').mockReturnValue(0.99);
    const { attempts, attempt } = failing(failed());
    setTimeout(() => controller.abort('enough'), 10);
    const error = await retrying(new RetryPolicy({ baseDelay: 10_000 }), { ...limits, signal: controller.signal }, attempt).catch((e) => e);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ cause: 'enough', attempts: 1, mayHaveRun: true });
    expect(attempts).toEqual([1]);
  });

  test('may be one for a signal that does not abort', async () => {
    const { signal } = new AbortController();
    const { attempts, attempt } = failing(failed());
    await expect(retrying(new RetryPolicy({ baseDelay: 1 }), { ...limits, signal }, attempt)).resolves.toBe('done');
    expect(attempts).toEqual([1, 2]);
  });
});

test('a signal that has aborted lets nothing be tried', async () => {
  const { attempts, attempt } = failing();
  await expect(retrying(new RetryPolicy(), { ...limits, signal: AbortSignal.abort('why') }, attempt))
    .rejects.toMatchObject({ name: 'AbortError', message: '[my-endpoint] the call was aborted', cause: 'why', attempts: 0, mayHaveRun: false });
  expect(attempts).toEqual([]);
});

test('an attempt has what is left of the time', async () => {
  const times: number[] = [];
  const attempt = async (_: number, time: number) => void times.push(time);
  await retrying(new RetryPolicy(), limits, attempt);
  await retrying(new RetryPolicy(), { ...limits, timeout: 500 }, attempt);
  await retrying(new RetryPolicy(), { ...limits, attemptTimeout: undefined }, attempt);
  expect(times[2]).toBe(Infinity);
  expect(times[0]).toBe(1000);
  expect(times[1]).toBeGreaterThan(400);
  expect(times[1]).toBeLessThanOrEqual(500);
});

describe('what is limited', () => {
  test('has no timer where it has no time limit', async () => {
    jest.useFakeTimers();
    for (const timeout of [undefined, Infinity]) {
      const result = limited(timeout, limits, async () => 5);
      expect(jest.getTimerCount()).toBe(0);
      await expect(result).resolves.toBe(5);
    }
  });

  test('gives what it gives', async () => {
    await expect(limited(1000, limits, async () => 5)).resolves.toBe(5);
    await expect(limited(1000, { ...limits, signal: new AbortController().signal }, async () => {
      throw new TypeError('x');
    })).rejects.toThrow(new TypeError('x'));
  });

  test('ends when its time is up, and is told to', async () => {
    let inner: AbortSignal | undefined;
    const error = await limited<Error>(20, limits, (signal) => {
      inner = signal;
      return new Promise(() => undefined);
    }).catch((e) => e);
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error.message).toBe('[my-endpoint] no answer came within 20 ms');
    expect(inner?.aborted).toBe(true);
    expect(inner?.reason).toBe(error);
  });

  test('is not begun for a signal that has aborted', async () => {
    const run = jest.fn();
    await expect(limited(1000, { ...limits, signal: AbortSignal.abort('why') }, run)).rejects.toMatchObject({ name: 'AbortError', cause: 'why', mayHaveRun: false });
    expect(run).not.toHaveBeenCalled();
  });

  test('leaves neither a timer nor a listener', async () => {
    jest.useFakeTimers();
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    await limited(1000, { ...limits, signal }, async () => 5);
    await Promise.resolve();
    expect(jest.getTimerCount()).toBe(0);
    expect(remove).toHaveBeenCalledTimes(1);
  });
});
