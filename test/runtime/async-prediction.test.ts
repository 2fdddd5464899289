import { InvalidRequestError, MalformedResponseError, ModelError, RequestTimeoutError } from '../../src/runtime';
import { AsyncInferenceError } from '../../src/runtime/async-error';
import { AsyncPrediction } from '../../src/runtime/async-prediction';
import { type ObjectStore } from '../../src/runtime/object-store';

const OUTPUT = 's3://b/output/7.out';
const FAILURE = 's3://b/failure/7-error.out';
const INPUT = 's3://b/input/7.json';

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(1);
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** What S3 answers where there is no object. */
const s3Error = (name: string, httpStatusCode: number) => Object.assign(new Error(`${name} it is`), { name, $metadata: { httpStatusCode } });

/** A prediction, and a store in which an object is text, or an error. */
function waiting(
  { failureLocation = FAILURE, ...more }: { failureLocation?: string | null; inputLocation?: string; noStore?: boolean } = {},
  responseKey?: 'predictions',
) {
  const objects = new Map<string, string | Error>();
  const gets: [string, number][] = [];
  const start = Date.now();
  const store: Required<ObjectStore> = {
    put: jest.fn(),
    delete: jest.fn(),
    get: async (uri) => {
      gets.push([uri, Date.now() - start]);
      const object = objects.get(uri);
      if (object instanceof Error) {
        throw object;
      }
      return object !== undefined ? new TextEncoder().encode(object) : undefined;
    },
  };
  const request = { inferenceId: '7', outputLocation: OUTPUT, failureLocation: failureLocation ?? undefined, inputLocation: more.inputLocation };
  const prediction = new AsyncPrediction<any>('my-endpoint', more.noStore === true ? undefined : store, request, { responseKey });
  return { prediction, objects, gets, store };
}

/** What comes of a promise while time runs: the value, or the error. */
async function outcome<T>(promise: Promise<T>): Promise<T> {
  const settled = promise.catch((error: unknown) => error);
  await jest.runAllTimersAsync();
  return await settled as T;
}

const completed = (more: object = {}) => ({ inferenceId: '7', invocationStatus: 'Completed', responseParameters: { outputLocation: OUTPUT }, ...more });
const failed = (more: object = {}) => ({ inferenceId: '7', invocationStatus: 'Failed', ...more });

describe('waiting', () => {
  test('gives an answer that is there at once', async () => {
    const { prediction, objects, gets } = waiting();
    objects.set(OUTPUT, '{\n    "predictions": [3.5, NaN]\n}');
    await expect(prediction.result()).resolves.toEqual({ predictions: [3.5, NaN] });
    expect(gets).toEqual([[OUTPUT, 0]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test.each(['predictions', 'outputs', 'results'])('finds out that the answer has %s', async (key) => {
    const { prediction, objects } = waiting();
    objects.set(OUTPUT, ` {\n "${key}": ["outputs"]}`);
    await expect(prediction.result()).resolves.toEqual({ [key]: ['outputs'] });
  });

  test('looks again after pauses that grow', async () => {
    const { prediction, objects, gets } = waiting();
    const result = prediction.result({ minDelay: 100, maxDelay: 300 });
    await jest.advanceTimersByTimeAsync(700);
    objects.set(OUTPUT, '{"predictions": [1]}');
    await expect(outcome(result)).resolves.toEqual({ predictions: [1] });
    expect(gets.filter(([uri]) => uri === OUTPUT).map(([, at]) => at)).toEqual([0, 100, 300, 600, 900]);
    expect(gets.filter(([uri]) => uri === FAILURE).map(([, at]) => at)).toEqual([0, 100, 300, 600]);
  });

  test('begins with half a second and ends with 15, or half of that at random', async () => {
    const { prediction, gets } = waiting({ failureLocation: null });
    void prediction.result().catch(() => {});
    await jest.advanceTimersByTimeAsync(46_000);
    expect(gets.map(([, at]) => at)).toEqual([0, 500, 1500, 3500, 7500, 15_500, 30_500, 45_500]);
    (Math.random as jest.Mock).mockReturnValue(0);
    const another = waiting({ failureLocation: null });
    void another.prediction.result().catch(() => {});
    await jest.advanceTimersByTimeAsync(1000);
    expect(another.gets.map(([, at]) => at)).toEqual([0, 250, 750]);
  });

  test.each<[string, string, string, number | undefined]>([
    ['TensorFlow Serving\'s', '{\n    "error": "bad instance"\n}', 'the model answered an error: bad instance', undefined],
    ['SageMaker\'s', 'Received client error (400) from primary with message "{"error": "bad instance"}". See https://x for more information.',
      'the model answered an error with status 400: bad instance', 400],
    ['an empty one', '', 'the model answered an error and an empty body', undefined],
  ])('throws the error if its object is there: %s', async (_, text, message, status) => {
    const { prediction, objects } = waiting();
    objects.set(FAILURE, text);
    const error: ModelError = await prediction.result().catch((e) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toBe(`[my-endpoint] ${message}`);
    expect(error.originalStatusCode).toBe(status);
  });

  test('throws if the answer is none', async () => {
    const { prediction, objects } = waiting({}, 'predictions');
    objects.set(OUTPUT, '{"outputs": [1]}');
    const error = await prediction.result().catch((e) => e);
    expect(error).toBeInstanceOf(MalformedResponseError);
    expect(error.message).toBe('[my-endpoint] the answer has no `predictions`: {"outputs": [1]}');
  });

  test.each<[Error | undefined, string]>([
    [undefined, 'is not there'],
    [s3Error('NoSuchKey', 404), 'is not there'],
    [s3Error('NotFound', 404), 'is not there'],
    [s3Error('AccessDenied', 403),
      'cannot be read (AccessDenied: AccessDenied it is), which without the right to s3:ListBucket can also mean that it is not there'],
  ])('ends with the timeout, and says what was there instead: %p', async (found, said) => {
    const { prediction, objects } = waiting();
    if (found !== undefined) {
      objects.set(OUTPUT, found);
    }
    const error = await outcome(prediction.result({ timeout: 1000 }));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect((error as Error).message).toBe(
      `[my-endpoint] the asynchronous request 7 had no answer within 1000 ms: ${OUTPUT} ${said}, ${FAILURE} is not there`);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('ends with the timeout even if the store never answers', async () => {
    const { prediction, store } = waiting();
    let signal: AbortSignal | undefined;
    store.get = (_, given) => {
      signal = given;
      return new Promise(() => {});
    };
    const error = await outcome(prediction.result());
    expect((error as Error).message).toBe('[my-endpoint] the asynchronous request 7 had no answer within 900000 ms: the store did not answer');
    expect(signal!.aborted).toBe(true);
  });

  test('can be begun again, and finds an answer that came late', async () => {
    const { prediction, objects } = waiting();
    await expect(outcome(prediction.result({ timeout: 1 }))).resolves.toBeInstanceOf(RequestTimeoutError);
    objects.set(OUTPUT, '{"predictions": [1]}');
    await expect(prediction.result()).resolves.toEqual({ predictions: [1] });
    await expect(prediction.result()).resolves.toEqual({ predictions: [1] });
  });

  test.each([
    s3Error('NoSuchBucket', 404), s3Error('InvalidAccessKeyId', 403), s3Error('SignatureDoesNotMatch', 403), s3Error('RequestTimeTooSkewed', 403),
    s3Error('InternalError', 500), new Error('no credentials'),
  ])('ends with an error that no waiting mends: %p', async (error) => {
    const { prediction, objects } = waiting();
    objects.set(OUTPUT, error);
    await expect(prediction.result()).rejects.toBe(error);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is aborted by a signal', async () => {
    const { prediction, gets } = waiting();
    const controller = new AbortController();
    const result = prediction.result({ signal: controller.signal }).catch((e) => e);
    await jest.advanceTimersByTimeAsync(600);
    controller.abort();
    await expect(result).resolves.toMatchObject({ name: 'AbortError', message: '[my-endpoint] the call was aborted' });
    expect(jest.getTimerCount()).toBe(0);
    const count = gets.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(gets).toHaveLength(count);
    await expect(prediction.result({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that is over does not go on once a slow store answers', async () => {
    const { prediction, gets, store } = waiting();
    let answer!: () => void;
    const { get } = store;
    store.get = async (uri) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return get(uri);
    };
    await expect(outcome(prediction.result({ timeout: 10 }))).resolves.toBeInstanceOf(RequestTimeoutError);
    store.get = get;
    answer();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(gets.map(([uri]) => uri)).toEqual([OUTPUT, FAILURE]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('needs a store and good options', async () => {
    const { prediction } = waiting({ noStore: true });
    await expect(prediction.result()).rejects.toThrow(new Error(
      '[my-endpoint] `asyncInference.store` must be given to wait for answers; or take them from notifications'));
    await expect(prediction.result({ timeout: 0 })).rejects.toThrow(new Error(
      '[my-endpoint] `timeout` must be a whole number of milliseconds from 1 to 999999999, got: 0'));
  });
});

describe('a notification', () => {
  test('brings the answer in itself', async () => {
    const { prediction, gets } = waiting({ noStore: true });
    await expect(prediction.fromNotification(completed({ responseBody: { content: btoa('{"predictions": [1]}'), encoding: 'BASE64' } })))
      .resolves.toEqual({ predictions: [1] });
    expect(gets).toEqual([]);
  });

  test('lets the answer be read, where the request said that it would be', async () => {
    const { prediction, objects, gets } = waiting();
    objects.set(OUTPUT, '{"predictions": [1]}');
    await expect(prediction.fromNotification(JSON.stringify(completed({ responseParameters: { outputLocation: 's3://elsewhere/k' } }))))
      .resolves.toEqual({ predictions: [1] });
    expect(gets.map(([uri]) => uri)).toEqual([OUTPUT]);
  });

  test('ends the waiting for it, also with an error, and then nothing is looked for any more', async () => {
    for (const [message, expected] of [
      [completed({ responseBody: '{"predictions": [1]}' }), { predictions: [1] }],
      [failed({ responseBody: '{"error": "bad"}' }), { message: '[my-endpoint] the model answered an error: bad' }],
      [failed({ invocationStatus: 'Expired' }), { message: '[my-endpoint] the asynchronous request 7 ended as Expired: SageMaker gives no reason' }],
    ] as const) {
      const { prediction, gets } = waiting();
      const result = prediction.result().catch((e) => e);
      await jest.advanceTimersByTimeAsync(100);
      const notified = prediction.fromNotification(message).catch((e) => e);
      await expect(result).resolves.toMatchObject(expected);
      await expect(notified).resolves.toMatchObject(expected);
      expect(jest.getTimerCount()).toBe(0);
      const count = gets.length;
      await jest.advanceTimersByTimeAsync(60_000);
      expect(gets).toHaveLength(count);
    }
  });

  test('can come twice', async () => {
    const { prediction } = waiting();
    const message = completed({ responseBody: '{"predictions": [1]}' });
    const results = [prediction.fromNotification(message), prediction.fromNotification(message), prediction.result()];
    await expect(Promise.all(results)).resolves.toEqual([{ predictions: [1] }, { predictions: [1] }, { predictions: [1] }]);
  });

  test('of an answer that cannot be read does not end the waiting', async () => {
    const { prediction, objects } = waiting();
    const result = prediction.result();
    const early = await prediction.fromNotification(completed()).catch((e) => e);
    expect(early).toBeInstanceOf(AsyncInferenceError);
    expect(early.message).toBe(`[my-endpoint] the asynchronous request 7 ended as Completed: ${OUTPUT} is not there`);
    objects.set(OUTPUT, s3Error('AccessDenied', 403));
    await expect(prediction.fromNotification(completed())).rejects.toThrow(`ended as Completed: ${OUTPUT} cannot be read (AccessDenied: AccessDenied it is), which`);
    const gone = s3Error('InternalError', 500);
    objects.set(OUTPUT, gone);
    await expect(prediction.fromNotification(completed())).rejects.toBe(gone);
    objects.set(OUTPUT, '{"predictions": [1]}');
    await expect(outcome(result)).resolves.toEqual({ predictions: [1] });
  });

  test('of a failure brings the model\'s error from its object', async () => {
    const { prediction, objects } = waiting();
    objects.set(FAILURE, '{"error": "bad"}');
    const error = await prediction.fromNotification(failed({ failureReason: 'ClientError' })).catch((e) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toBe('[my-endpoint] the model answered an error: bad');
  });

  test('of a failure of the model without an object brings what it says itself', async () => {
    const { prediction } = waiting({ failureLocation: null });
    const error = await prediction.fromNotification(failed({
      failureReason: 'Received server error (500) from primary with message "{"error": "oom"}". See https://x for more information.',
    })).catch((e) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ message: '[my-endpoint] the model answered an error with status 500: oom', originalStatusCode: 500 });
  });

  test('of a failure of SageMaker has its reason', async () => {
    const { prediction } = waiting();
    const error = await prediction.fromNotification(failed({ failureReason: 'ClientError: cannot download the input' })).catch((e) => e);
    expect(error).toBeInstanceOf(AsyncInferenceError);
    expect(error).toMatchObject({
      name: 'AsyncInferenceError',
      message: '[my-endpoint] the asynchronous request 7 ended as Failed: ClientError: cannot download the input',
      endpointName: 'my-endpoint',
      invocationStatus: 'Failed',
      failureReason: 'ClientError: cannot download the input',
    });
  });

  test('of another request or of none is refused', async () => {
    const { prediction } = waiting();
    const error = await prediction.fromNotification(completed({ inferenceId: '8' })).catch((e) => e);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error.message).toBe('[my-endpoint] `message` must be about the request 7, got: 8');
    await expect(prediction.fromNotification('hello')).rejects.toThrow(new Error('[TensorFlowServingClient] `message` must be JSON, got: "hello"'));
  });

  test('without the answer needs a store', async () => {
    const { prediction } = waiting({ noStore: true });
    await expect(prediction.fromNotification(completed())).rejects.toThrow(new Error(
      '[my-endpoint] `asyncInference.store` must be given to read answers that notifications do not hold'));
  });
});

describe('the object with the request', () => {
  test('is deleted on demand', async () => {
    const { prediction, store } = waiting({ inputLocation: INPUT });
    await prediction.deleteInput();
    expect(store.delete).toHaveBeenCalledTimes(1);
    expect(store.delete).toHaveBeenCalledWith(INPUT);
  });

  test('need not be there', async () => {
    const { prediction, store } = waiting();
    await prediction.deleteInput();
    expect(store.delete).not.toHaveBeenCalled();
  });

  test('cannot be deleted by a store that cannot', async () => {
    const { prediction, store } = waiting({ inputLocation: INPUT });
    (store as Partial<ObjectStore> as { delete?: unknown }).delete = undefined;
    await expect(prediction.deleteInput()).rejects.toThrow(new Error('[my-endpoint] `asyncInference.store` must be able to delete to delete requests'));
  });
});
