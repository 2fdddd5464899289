import { type InvokeEndpointCommand, ModelError as SdkModelError, ServiceUnavailable, ValidationError } from '@aws-sdk/client-sagemaker-runtime';
import { type HalfPlusThree } from './models';
import {
  EndpointNotFoundError, InvalidRequestError, MalformedResponseError, ModelError, PayloadTooLargeError, type PredictManyOptions,
  type PredictionResult, RequestAbortedError, ServiceError, TensorFlowServingClient, type TensorFlowServingClientProps,
} from '../../src/runtime';

type Answer = (instances: any[], body: string, signal: AbortSignal) => unknown;

/** What the model says of a request that it refuses. */
const refusal = (status: number, message = '{"error": "bad"}') => new SdkModelError({
  $metadata: { httpStatusCode: 424 }, message: '', OriginalStatusCode: status, OriginalMessage: message,
});

/** The model: half of the number, plus three. It refuses what is no number. */
const halfPlusThree: Answer = (instances) => {
  if (instances.some((instance) => typeof instance !== 'number')) {
    throw refusal(400);
  }
  return instances.map((instance) => instance / 2 + 3);
};

/** A client for a model, and the instances of each request to it. */
function serving(answer: Answer = halfPlusThree, props: Partial<TensorFlowServingClientProps> = {}) {
  const requests: unknown[][] = [];
  const state = { active: 0, mostActive: 0 };
  const send = async (command: InvokeEndpointCommand, { abortSignal }: { abortSignal: AbortSignal }) => {
    const body = Buffer.from(command.input.Body as Uint8Array).toString();
    const { instances } = JSON.parse(body);
    requests.push(instances);
    state.mostActive = Math.max(state.mostActive, ++state.active);
    try {
      const predictions = await answer(instances, body, abortSignal);
      return { Body: Buffer.from(typeof predictions === 'string' ? predictions : JSON.stringify({ predictions })), InvokedProductionVariant: 'blue' };
    } finally {
      state.active--;
    }
  };
  const client = new TensorFlowServingClient({
    endpointName: 'my-endpoint', client: { send: send as never }, retry: { maxAttempts: 2, baseDelay: 0 }, ...props,
  });
  return { client, requests, state };
}

async function all(results: AsyncIterable<PredictionResult>): Promise<PredictionResult[]> {
  const list = [];
  for await (const result of results) {
    list.push(result);
  }
  return list;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** What each result has, for short: its prediction, or its error's name. */
const outcomes = (results: readonly PredictionResult[]) => results.map(({ prediction, error }) => error?.name ?? prediction);

describe('instances', () => {
  test('have their predictions in their order, whatever the order of the answers', async () => {
    const { client, requests, state } = serving(async (instances, ...rest) => {
      await pause(instances[0] % 3 === 0 ? 15 : 1);
      return halfPlusThree(instances, ...rest);
    });
    const results = await all(client.predictMany(range(100), { concurrency: 5, maxInstancesPerRequest: 3 }));
    expect(results).toEqual(range(100).map((index) => ({ index, prediction: index / 2 + 3 })));
    expect(requests).toHaveLength(34);
    expect(state.mostActive).toBe(5);
  });

  test('may be of any iterable', async () => {
    const { client } = serving();
    async function* later() {
      for (const instance of [1, 2, 5]) {
        await pause(1);
        yield instance;
      }
    }
    const expected = [3.5, 4, 5.5];
    expect(outcomes(await all(client.predictMany([1, 2, 5])))).toEqual(expected);
    expect(outcomes(await all(client.predictMany(new Set([1, 2, 5]))))).toEqual(expected);
    expect(outcomes(await all(client.predictMany(Float32Array.of(1, 2, 5))))).toEqual(expected);
    expect(outcomes(await all(client.predictMany(later())))).toEqual(expected);
    expect(await all(client.predictMany([]))).toEqual([]);
  });

  test('are typed', async () => {
    const { client } = serving();
    const typed = client as unknown as TensorFlowServingClient<HalfPlusThree>;
    for await (const result of typed.predictMany([[1]], { signatureName: 'tensorflow/serving/predict' })) {
      if (result.error === undefined) {
        const prediction: number[] = result.prediction;
        expect(prediction).toBeDefined();
      }
    }
    // @ts-expect-error a string is no number
    await all(typed.predictMany([['1']], { signatureName: 'tensorflow/serving/predict' }));
    // @ts-expect-error there is no such signature
    await all(typed.predictMany([[1]], { signatureName: 'x' }));
  });

  test('are 128 in a request by default, 4 requests at a time', async () => {
    const { client, requests, state } = serving(async (...args) => {
      await pause(2);
      return halfPlusThree(...args);
    });
    await all(client.predictMany(range(1000)));
    expect(requests.map(({ length }) => length)).toEqual([128, 128, 128, 128, 128, 128, 128, 104]);
    expect(state.mostActive).toBe(4);
  });

  test('are as many in a request as its size lets them be', async () => {
    const bodies: string[] = [];
    const { client } = serving((instances, body) => {
      bodies.push(body);
      return instances;
    });
    // {"instances":[]} has 16 bytes, "é" has 4
    const results = await all(client.predictMany(['é', 'é', 'é', 'é', 'é'], { maxPayloadBytes: 25 }));
    expect(outcomes(results)).toEqual(['é', 'é', 'é', 'é', 'é']);
    expect(bodies).toEqual(['{"instances":["é","é"]}', '{"instances":["é","é"]}', '{"instances":["é"]}']);
    bodies.length = 0;
    await all(client.predictMany(['é', 'é', 'é', 'é', 'é'], { maxPayloadBytes: 24 }));
    expect(bodies).toHaveLength(5);
  });

  test('are read only as far ahead as requests may be under way', async () => {
    let read = 0;
    function* source() {
      for (;;) {
        yield read++;
      }
    }
    const { client } = serving();
    const results = client.predictMany(source(), { concurrency: 3, maxInstancesPerRequest: 10 });
    await pause(5);
    expect(read).toBe(0);
    await results.next();
    await pause(5);
    // the request whose results are being taken, and three more
    expect(read).toBe(40);
    for (let i = 0; i < 9; i++) {
      await results.next();
    }
    await pause(5);
    expect(read).toBe(40);
    await results.return();
  });

  test('go with all options', async () => {
    const inputs: object[] = [];
    const send = async ({ input: { Body, ...input } }: InvokeEndpointCommand) => {
      inputs.push({ ...input, Body: Buffer.from(Body as Uint8Array).toString() });
      return { Body: Buffer.from('{"predictions": [1]}') };
    };
    const client = new TensorFlowServingClient({ endpointName: 'my-endpoint', client: { send: send as never }, modelName: 'm' });
    await all(client.predictMany([1], { signatureName: 's', targetVariant: 'blue', inferenceComponent: 'c' }));
    expect(inputs).toEqual([{
      EndpointName: 'my-endpoint',
      ContentType: 'application/json',
      Accept: 'application/json',
      CustomAttributes: 'tfs-model-name=m',
      TargetVariant: 'blue',
      InferenceComponentName: 'c',
      Body: '{"signature_name":"s","instances":[1]}',
    }]);
  });

  test('that come late hold no results back', async () => {
    let release = () => {};
    async function* source() {
      yield 1;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield 2;
    }
    const { client } = serving();
    const results = client.predictMany(source(), { maxInstancesPerRequest: 1 });
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 0, prediction: 3.5 } });
    release();
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 1, prediction: 4 } });
    await expect(results.next()).resolves.toEqual({ done: true });
  });
});

describe('a bad instance', () => {
  test.each([[[0]], [[5]], [[15]], [[3, 4]], [[0, 7, 15]], [range(16)]])('at each of %j is found, and sinks no other', async (bad) => {
    const { client } = serving();
    const results = await all(client.predictMany(range(16).map((i) => bad.includes(i) ? 'bad' : i)));
    expect(outcomes(results)).toEqual(range(16).map((i) => bad.includes(i) ? 'ModelError' : i / 2 + 3));
    expect(results.map(({ index }) => index)).toEqual(range(16));
    expect(results[bad[0]].error).toMatchObject({ message: '[my-endpoint] the model answered an error with status 400: bad', attempts: 1 });
  });

  test('costs two requests for each halving', async () => {
    const { client, requests } = serving();
    await all(client.predictMany(range(128).map((i) => i === 77 ? 'bad' : i)));
    expect(requests).toHaveLength(1 + 2 * 7);
  });

  test.each([
    ['a 500 of inference code', () => {
      throw refusal(500, '{"error": "could not convert"}');
    }, ModelError],
    ['an error with status 200', () => '{"error": "bad"}', ModelError],
    ['an error with no status', () => {
      throw new SdkModelError({ $metadata: {}, message: 'odd' });
    }, ModelError],
    ['an answer that is no JSON', () => '<html>', MalformedResponseError],
    ['an answer without its prediction', (instances: unknown[]) => instances.slice(1), MalformedResponseError],
    ['an answer with one too many', (instances: unknown[]) => [...instances, 0], MalformedResponseError],
    ['an answer that is a string', (instances: unknown[]) => `{"predictions": "${'x'.repeat(instances.length)}"}`, MalformedResponseError],
    ['a 413', () => {
      throw Object.assign(new Error('too large'), { $metadata: { httpStatusCode: 413 } });
    }, PayloadTooLargeError],
  ])('can be found by %s', async (_, answer, type) => {
    const { client } = serving((instances) => instances.includes(5) ? answer(instances) : instances);
    const results = await all(client.predictMany(range(8)));
    expect(results.map(({ prediction, error }) => error?.constructor ?? prediction)).toEqual([0, 1, 2, 3, 4, type, 6, 7]);
  });

  test('can be found with a stateful model only where the model refused it', async () => {
    const outcome = async (answer: Answer) => {
      const { client, requests } = serving((instances, ...rest) => instances.includes(1) ? answer(instances, ...rest) : instances);
      return [outcomes(await all(client.predictMany([0, 1], { isStateless: false }))), requests.length];
    };
    await expect(outcome(() => {
      throw refusal(400);
    })).resolves.toEqual([[0, 'ModelError'], 3]);
    await expect(outcome(() => {
      throw refusal(500);
    })).resolves.toEqual([['ModelError', 'ModelError'], 1]);
    await expect(outcome(() => '<html>')).resolves.toEqual([['MalformedResponseError', 'MalformedResponseError'], 1]);
  });

  test('that can\'t be written is not sent', async () => {
    const { client, requests } = serving();
    const results = await all(client.predictMany([1, undefined as never, 2]));
    expect(results).toEqual([{ index: 0, prediction: 3.5 }, { index: 1, error: expect.any(InvalidRequestError) }, { index: 2, prediction: 4 }]);
    expect(results[1].error?.message).toContain('`instances[1]`');
    expect(requests).toEqual([[1, 2]]);
    expect(outcomes(await all(client.predictMany([undefined as never])))).toEqual(['InvalidRequestError']);
    expect(requests).toHaveLength(1);
  });

  test('that is too large by itself is not sent', async () => {
    const { client, requests } = serving((instances) => instances);
    const results = await all(client.predictMany(['a', 'x'.repeat(10), 'b'], { maxPayloadBytes: 27 }));
    expect(outcomes(results)).toEqual(['a', 'PayloadTooLargeError', 'b']);
    expect(results[1].error).toMatchObject({ payloadBytes: 28, maxPayloadBytes: 27 });
    expect(requests).toEqual([['a', 'b']]);
    expect(outcomes(await all(client.predictMany(['x'.repeat(9)], { maxPayloadBytes: 27 })))).toEqual(['xxxxxxxxx']);
  });

  test('is not looked for any more where all are refused', async () => {
    const { client, requests } = serving(() => {
      throw refusal(400);
    });
    const results = await all(client.predictMany(range(2560), { concurrency: 1 }));
    expect(outcomes(results)).toEqual(range(2560).map(() => 'ModelError'));
    // 64 refusals, at most as many halves as were still to come, and one for each other request
    expect(requests.length).toBeLessThan(64 + 8 + 20);
  });
});

describe('a request that fails', () => {
  test('is sent again, as any other', async () => {
    const failures = [new ServiceUnavailable({ $metadata: { httpStatusCode: 503 }, message: 'busy' })];
    const { client, requests } = serving((...args) => {
      if (failures.length > 0) {
        throw failures.pop()!;
      }
      return halfPlusThree(...args);
    });
    expect(outcomes(await all(client.predictMany([1, 2])))).toEqual([3.5, 4]);
    expect(requests).toEqual([[1, 2], [1, 2]]);
  });

  test('for good is the error of all its instances, and no others', async () => {
    const { client, requests } = serving((instances, ...rest) => {
      if (instances.includes(3)) {
        throw new ServiceUnavailable({ $metadata: { httpStatusCode: 503 }, message: 'busy' });
      }
      return halfPlusThree(instances, ...rest);
    });
    const results = await all(client.predictMany(range(6), { maxInstancesPerRequest: 2, concurrency: 1 }));
    expect(outcomes(results)).toEqual([3, 3.5, 'ServiceError', 'ServiceError', 5, 5.5]);
    expect(results[2].error).toBeInstanceOf(ServiceError);
    expect(requests).toEqual([[0, 1], [2, 3], [2, 3], [4, 5]]);
  });

  test.each([[404], [429], [503]])('with status %d of the model is not taken apart', async (status) => {
    const { client, requests } = serving(() => {
      throw refusal(status);
    });
    expect(outcomes(await all(client.predictMany([1, 2])))).toEqual(['ModelError', 'ModelError']);
    expect(new Set(requests.map(({ length }) => length))).toEqual(new Set([2]));
  });

  test('as all others will ends it, after the results of those before', async () => {
    const { client, requests } = serving((instances, ...rest) => {
      if (instances.includes(2)) {
        throw new ValidationError({ $metadata: { httpStatusCode: 400 }, message: 'Endpoint my-endpoint of account 1 not found.' });
      }
      return halfPlusThree(instances, ...rest);
    });
    const results = client.predictMany(range(100), { maxInstancesPerRequest: 2, concurrency: 2 });
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 0, prediction: 3 } });
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 1, prediction: 3.5 } });
    await expect(results.next()).rejects.toBeInstanceOf(EndpointNotFoundError);
    await expect(results.next()).resolves.toEqual({ done: true });
    expect(requests.length).toBeLessThan(5);
  });

  test('in a middleware ends it with the middleware\'s own error', async () => {
    const error = new Error('the circuit is open');
    const { client } = serving(halfPlusThree, { middleware: [() => Promise.reject(error)] });
    await expect(all(client.predictMany([1]))).rejects.toBe(error);
  });
});

describe('the end', () => {
  /** A source that tells whether it was left. */
  function counted() {
    const source = { isLeft: false, read: 0 };
    function* numbers() {
      try {
        for (;;) {
          yield source.read++;
        }
      } finally {
        source.isLeft = true;
      }
    }
    return { source, instances: numbers() };
  }

  /** Never answers, unless it is aborted. */
  const silence: Answer = (_instances, _body, signal) => new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

  test('that comes early leaves the source and aborts what is under way', async () => {
    const { source, instances } = counted();
    const { client, state } = serving((rows, ...rest) => rows[0] === 0 ? halfPlusThree(rows, ...rest) : silence(rows, ...rest));
    for await (const { index } of client.predictMany(instances, { maxInstancesPerRequest: 2 })) {
      expect(index).toBe(0);
      break;
    }
    expect(source).toEqual({ isLeft: true, read: 10 });
    await pause(1);
    expect(state).toEqual({ active: 0, mostActive: 4 });
  });

  test('of a source with an error comes after the results of what it gave before', async () => {
    const error = new Error('the file ends early');
    function* source() {
      yield 1;
      yield 2;
      throw error;
    }
    const { client } = serving();
    const results = client.predictMany(source());
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 0, prediction: 3.5 } });
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 1, prediction: 4 } });
    await expect(results.next()).rejects.toBe(error);
  });

  test('of an instance whose own code fails is that of the source', async () => {
    const error = new Error('not loaded');
    const instance = {
      get x() {
        throw error;
      },
    };
    const { client } = serving();
    const results = client.predictMany([1, instance as never]);
    await expect(results.next()).resolves.toEqual({ done: false, value: { index: 0, prediction: 3.5 } });
    await expect(results.next()).rejects.toBe(error);
  });

  test('by the signal aborts what is under way, and does not wait for the source', async () => {
    const controller = new AbortController();
    const { client, state } = serving(silence);
    async function* source() {
      yield 1;
      yield 2;
      await new Promise(() => undefined);
    }
    setTimeout(() => controller.abort('enough'), 10);
    const error = await all(client.predictMany(source(), { signal: controller.signal, maxInstancesPerRequest: 1 })).catch((e) => e);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ name: 'AbortError', cause: 'enough', mayHaveRun: true });
    await pause(1);
    expect(state).toEqual({ active: 0, mostActive: 2 });
  });

  test('by a signal that has aborted comes before anything is read', async () => {
    const { source, instances } = counted();
    const { client, requests } = serving();
    await expect(all(client.predictMany(instances, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError', mayHaveRun: false });
    expect([source.read, requests]).toEqual([0, []]);
  });

  test('that comes while the source is waited for does not wait, and what the source then gives is not sent', async () => {
    const controller = new AbortController();
    let release = () => {};
    async function* source() {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield 1;
    }
    const { client, requests } = serving();
    const next = client.predictMany(source(), { signal: controller.signal }).next();
    setTimeout(() => controller.abort(), 5);
    await expect(next).rejects.toMatchObject({ name: 'AbortError', mayHaveRun: false });
    release();
    await pause(5);
    expect(requests).toEqual([]);
  });
});

describe('bad input', () => {
  test.each([
    [undefined, {}, '`instances` must be an iterable or an async iterable, got: undefined'],
    [5, {}, '`instances` must be an iterable or an async iterable, got: 5'],
    ['text', {}, '`instances` must be an iterable or an async iterable, got: "text"'],
    [{}, {}, '`instances` must be an iterable or an async iterable, got: [object Object]'],
    [[1], { concurrency: 0 }, '`concurrency` must be a whole number of at least 1, got: 0'],
    [[1], { maxInstancesPerRequest: 0 }, '`maxInstancesPerRequest` must be a whole number of at least 1, got: 0'],
  ])('%p with %p is an error at the first result', async (instances, options: PredictManyOptions, message) => {
    const { client } = serving();
    const results = client.predictMany(instances as never, options);
    await expect(results.next()).rejects.toThrow(new Error(`[my-endpoint] ${message}`));
  });
});
