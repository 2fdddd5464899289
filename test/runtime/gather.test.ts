import { InvalidRequestError, ModelError, PayloadTooLargeError, RequestAbortedError } from '../../src/runtime';
import { type Bodiless, type GatherOptions, Gatherer, checkGatherOptions } from '../../src/runtime/gather';
import { type InvocationOptions, type Method, invocation } from '../../src/runtime/invocation';
import { encodeInstances } from '../../src/runtime/request-body';
import { type Call } from '../../src/runtime/sender';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

type Respond = (rows: number[], call: Call) => unknown;

/** A gatherer over a model that answers each instance, and what was sent. */
function gathering(options?: GatherOptions, respond: Respond = (rows) => rows.map((x) => x / 2 + 3)) {
  const sent: Call[] = [];
  const gatherer = new Gatherer({
    send: async (call) => {
      sent.push(call);
      const body = JSON.parse(new TextDecoder().decode(call.request.bytes));
      const rows: number[] = body.instances ?? body.examples.map(({ x }: { x: number }) => x);
      return { [call.request.responseKey]: await respond(rows, call) } as never;
    },
  }, options);
  const predict = (instances: number[], callOptions: InvocationOptions = {}, signatureName?: string) =>
    gatherer.send(bodiless('predict', callOptions), encodeInstances('my-endpoint', { instances, signatureName }));
  return { gatherer, predict, sent, bodies: () => sent.map(({ request }) => new TextDecoder().decode(request.bytes)) };
}

const bodiless = (method: Method, options: InvocationOptions): Bodiless => ({ method, invocation: invocation('my-endpoint', method, {}, options) });

const modelError = (originalStatusCode: number | undefined) =>
  new ModelError({ endpointName: 'my-endpoint', originalStatusCode, originalMessage: 'bad', modelMessage: 'bad' });

/** What came of each promise: what it gave, or its error's message. */
async function outcomes(promises: Promise<unknown>[]): Promise<unknown[]> {
  const settled = Promise.all(promises.map((promise) => promise.catch((error: unknown) => (error as Error).message)));
  await jest.runAllTimersAsync();
  return settled;
}

test('concurrent calls are one request, and each gets its own answers', async () => {
  const { predict, bodies, sent } = gathering();
  await expect(outcomes([predict([1]), predict([2, 5]), predict([-6])])).resolves.toEqual([
    { predictions: [3.5] }, { predictions: [4, 5.5] }, { predictions: [0] },
  ]);
  expect(bodies()).toEqual(['{"instances":[1,2,5,-6]}']);
  expect(sent[0]).toMatchObject({ method: 'predict', isOneForOne: true, request: { responseKey: 'predictions', count: 4 } });
});

test('a call that nobody joins is sent as it is', async () => {
  const { predict, sent, bodies } = gathering();
  await expect(outcomes([predict([1, 2])])).resolves.toEqual([{ predictions: [3.5, 4] }]);
  expect(bodies()).toEqual(['{"instances":[1,2]}']);
  expect(sent[0].isOneForOne).toBe(false);
});

test('other members of an answer are given to all', async () => {
  const gatherer = new Gatherer({ send: async () => ({ predictions: [1, 2], model: 'm' }) });
  const call = () => gatherer.send(bodiless('predict', {}), encodeInstances('my-endpoint', { instances: [0] }));
  await expect(outcomes([call(), call()])).resolves.toEqual([{ predictions: [1], model: 'm' }, { predictions: [2], model: 'm' }]);
});

test.each<[string, GatherOptions | undefined, number]>([['5', undefined, 5], ['20', { maxWait: 20 }, 20], ['0', { maxWait: 0 }, 0]])(
  'the first call waits for %s ms', async (_, options, wait) => {
    const { predict, bodies } = gathering(options);
    const first = predict([1]);
    if (wait > 0) {
      await jest.advanceTimersByTimeAsync(wait - 1);
      expect(bodies()).toEqual([]);
      void predict([2]);
    }
    await jest.advanceTimersByTimeAsync(1);
    expect(bodies()).toEqual([wait > 0 ? '{"instances":[1,2]}' : '{"instances":[1]}']);
    await expect(first).resolves.toEqual({ predictions: [3.5] });
  });

test('a full request goes at once, and the next call waits anew', async () => {
  const { predict, bodies } = gathering({ maxInstances: 3 });
  const calls = [predict([1]), predict([2, 3]), predict([4])];
  expect(bodies()).toEqual(['{"instances":[1,2,3]}']);
  await outcomes(calls);
  expect(bodies()).toEqual(['{"instances":[1,2,3]}', '{"instances":[4]}']);
});

test('64 instances are full by default', async () => {
  const { predict, bodies } = gathering();
  const calls = Array.from({ length: 63 }, (_, x) => predict([x]));
  expect(bodies()).toHaveLength(0);
  calls.push(predict([63]));
  expect(bodies()).toHaveLength(1);
  await outcomes(calls);
});

test('a call that does not fit lets those before it go', async () => {
  const { predict, bodies } = gathering({ maxInstances: 3 });
  await outcomes([predict([1, 2]), predict([3, 4])]);
  expect(bodies()).toEqual(['{"instances":[1,2]}', '{"instances":[3,4]}']);
});

test('a large call goes alone, after those before it, and is not taken apart', async () => {
  const { predict, bodies, sent } = gathering({ maxInstances: 3 });
  const calls = [predict([1]), predict([2, 3, 4, 5])];
  expect(bodies()).toEqual(['{"instances":[1]}', '{"instances":[2,3,4,5]}']);
  expect(sent[1].isOneForOne).toBe(false);
  await outcomes(calls);
});

test('a call without instances goes alone', async () => {
  const { predict, bodies } = gathering();
  await outcomes([predict([1]), predict([]), predict([2])]);
  expect(bodies()).toEqual(['{"instances":[]}', '{"instances":[1,2]}']);
});

// {"instances":["é","é"]} has 25 bytes, and {"instances":["é"]} 20
test.each([[25, ['{"instances":["é","é"]}']], [24, ['{"instances":["é"]}', '{"instances":["é"]}']]])(
  'a request has at most %d bytes', async (maxPayloadBytes, expected) => {
    const { predict, bodies } = gathering(undefined, (rows) => rows);
    await outcomes([predict(['é'] as never, { maxPayloadBytes }), predict(['é'] as never, { maxPayloadBytes })]);
    expect(bodies()).toEqual(expected);
  });

test.each<[string, InvocationOptions]>([
  ['targetVariant', { targetVariant: 'blue' }],
  ['targetModel', { targetModel: 'm.tar.gz' }],
  ['customAttributes', { customAttributes: 'a=1' }],
  ['inferenceId', { inferenceId: 'id' }],
  ['modelName', { modelName: 'm' }],
  ['modelVersion', { modelVersion: 2 }],
  ['maxPayloadBytes', { maxPayloadBytes: 1000 }],
  ['timeout', { timeout: 1000 }],
  ['attemptTimeout', { attemptTimeout: 1000 }],
  ['isStateless', { isStateless: false }],
])('calls that differ in %s are not gathered', async (_, options) => {
  const { predict, bodies } = gathering();
  await outcomes([predict([1]), predict([2], options), predict([3]), predict([4], options)]);
  expect(bodies()).toEqual(['{"instances":[1,3]}', '{"instances":[2,4]}']);
});

test('calls of different signatures are not gathered', async () => {
  const { predict, bodies } = gathering();
  await outcomes([predict([1]), predict([2], {}, 'other'), predict([3])]);
  expect(bodies()).toEqual(['{"instances":[1,3]}', '{"signature_name":"other","instances":[2]}']);
});

test('examples are gathered if method and context are equal', async () => {
  const { gatherer, bodies } = gathering(undefined, (rows) => rows);
  const call = (method: Method, x: number, context?: object) =>
    gatherer.send(bodiless(method, {}), encodeInstances('my-endpoint', { examples: [{ x }], context }));
  await expect(outcomes([
    call('regress', 1), call('classify', 2), call('regress', 3, { y: 1n }), call('regress', 4), call('regress', 5, { y: 1n }), call('regress', 6, { y: 2n }),
  ])).resolves.toEqual([1, 2, 3, 4, 5, 6].map((x) => ({ results: [x] })));
  expect(bodies()).toEqual([
    '{"examples":[{"x":1.0},{"x":4.0}]}', '{"examples":[{"x":2.0}]}', '{"context":{"y":1},"examples":[{"x":3.0},{"x":5.0}]}',
    '{"context":{"y":2},"examples":[{"x":6.0}]}',
  ]);
});

describe('a signal', () => {
  test('that is aborted already lets nothing be sent', async () => {
    const { predict, bodies } = gathering();
    const reason = new Error('enough');
    const error = await predict([1], { signal: AbortSignal.abort(reason) }).catch((e) => e);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ message: '[my-endpoint] the call was aborted', cause: reason, mayHaveRun: false });
    await jest.runAllTimersAsync();
    expect(bodies()).toEqual([]);
  });

  test('takes its call out of the request before it goes', async () => {
    const { predict, bodies } = gathering({ maxInstances: 4 });
    const controller = new AbortController();
    const gone = predict([1, 2], { signal: controller.signal }).catch((e) => e);
    const calls = [predict([3])];
    controller.abort();
    calls.push(predict([4, 5])); // there is room again
    await expect(outcomes(calls)).resolves.toEqual([{ predictions: [4.5] }, { predictions: [5, 5.5] }]);
    expect(bodies()).toEqual(['{"instances":[3,4,5]}']);
    await expect(gone).resolves.toMatchObject({ name: 'AbortError', mayHaveRun: false });
  });

  test('of the last call that waits leaves nothing behind', async () => {
    const { predict, bodies } = gathering();
    const controller = new AbortController();
    const gone = predict([1], { signal: controller.signal }).catch((e) => e);
    controller.abort();
    expect(jest.getTimerCount()).toBe(0);
    await expect(gone).resolves.toMatchObject({ name: 'AbortError' });
    await outcomes([predict([2])]);
    expect(bodies()).toEqual(['{"instances":[2]}']);
  });

  test('takes its call out of a request under way, which the others wait for', async () => {
    let answer!: (values: number[]) => void;
    const { predict, sent } = gathering(undefined, () => new Promise((resolve) => {
      answer = resolve;
    }));
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [predict([1], { signal: first.signal }).catch((e) => e), predict([2], { signal: second.signal })];
    await jest.runAllTimersAsync();
    first.abort();
    await expect(calls[0]).resolves.toMatchObject({ name: 'AbortError', mayHaveRun: true });
    expect(sent[0].invocation.limits.signal?.aborted).toBe(false);
    answer([10, 20]);
    await expect(calls[1]).resolves.toEqual({ predictions: [20] });
    second.abort(); // too late to matter
    expect(sent[0].invocation.limits.signal?.aborted).toBe(false);
  });

  test('of all calls aborts the request', async () => {
    const { predict, sent } = gathering(undefined, (_, call) => new Promise((__, reject) => {
      call.invocation.limits.signal!.addEventListener('abort', () => reject(new RequestAbortedError('my-endpoint', true)));
    }));
    const controller = new AbortController();
    const calls = [1, 2].map((x) => predict([x], { signal: controller.signal }).catch((e) => e));
    await jest.runAllTimersAsync();
    controller.abort();
    expect(sent[0].invocation.limits.signal?.aborted).toBe(true);
    await expect(Promise.all(calls)).resolves.toMatchObject([{ name: 'AbortError' }, { name: 'AbortError' }]);
    expect(sent).toHaveLength(1);
  });
});

describe('a request that fails', () => {
  const refusing = (error: unknown) => gathering(undefined, (rows) => {
    if (rows.some((x) => x < 0)) {
      throw error;
    }
    return rows;
  });

  test.each([400, 422, 200, undefined, 500])('with status %p is sent again in halves', async (status) => {
    const { predict, bodies } = refusing(modelError(status));
    const failed = `[my-endpoint] the model answered an error${status !== undefined ? ` with status ${status}` : ''}: bad`;
    await expect(outcomes([1, 2, -3, 4, 5].map((x) => predict([x])))).resolves.toEqual([
      { predictions: [1] }, { predictions: [2] }, failed, { predictions: [4] }, { predictions: [5] },
    ]);
    expect(bodies().sort()).toEqual([
      '{"instances":[-3,4,5]}', '{"instances":[-3]}', '{"instances":[1,2,-3,4,5]}', '{"instances":[1,2]}', '{"instances":[4,5]}',
    ]);
  });

  test('because it is too large is sent again in halves', async () => {
    const { predict, bodies } = gathering(undefined, (rows) => {
      if (rows.length > 1) {
        throw new PayloadTooLargeError('my-endpoint', 2);
      }
      return rows;
    });
    await expect(outcomes([predict([1]), predict([2])])).resolves.toEqual([{ predictions: [1] }, { predictions: [2] }]);
    expect(bodies()).toEqual(['{"instances":[1,2]}', '{"instances":[1]}', '{"instances":[2]}']);
  });

  test.each<[Error, InvocationOptions?]>([
    [modelError(401)], [modelError(403)], [modelError(404)], [modelError(408)], [modelError(415)], [modelError(429)], [modelError(499)],
    [modelError(502)], [modelError(503)], [modelError(504)], [modelError(500), { isStateless: false }],
    [new InvalidRequestError('my-endpoint', { property: 'x', rule: 'must be y' })],
    [new Error('of the SDK')],
  ])('for another reason fails all its calls: %p', async (error, options = {}) => {
    const { predict, bodies } = refusing(error);
    const failed = error.message;
    await expect(outcomes([predict([1], options), predict([-2], options)])).resolves.toEqual([failed, failed]);
    expect(bodies()).toEqual(['{"instances":[1,-2]}']);
  });

  test('is not sent again for calls that have left it', async () => {
    let fail!: () => void;
    const { predict, bodies } = gathering(undefined, (rows) => rows.length < 3 ? rows : new Promise((_, reject) => {
      fail = () => reject(modelError(400));
    }));
    const controller = new AbortController();
    const calls = [predict([1], { signal: controller.signal }).catch(() => 'gone'), predict([2]), predict([3])];
    await jest.runAllTimersAsync();
    controller.abort();
    fail();
    await expect(Promise.all(calls)).resolves.toEqual(['gone', { predictions: [2] }, { predictions: [3] }]);
    expect(bodies()).toEqual(['{"instances":[1,2,3]}', '{"instances":[2,3]}']);
  });
});

test.each<[GatherOptions | undefined]>([
  [undefined], [{}], [{ maxInstances: 1, maxWait: 0 }], [{ maxInstances: 1e6, maxWait: 60000 }], [{ maxWait: 0.5 }],
])('options may be %j', (options) => {
  expect(checkGatherOptions(options)).toEqual([]);
});

test.each<[object, string, string, string]>([
  [{ maxInstances: 0 }, 'gather.maxInstances', 'must be a whole number of at least 1', '0'],
  [{ maxInstances: 1.5 }, 'gather.maxInstances', 'must be a whole number of at least 1', '1.5'],
  [{ maxInstances: '5' }, 'gather.maxInstances', 'must be a whole number of at least 1', '"5"'],
  [{ maxWait: -1 }, 'gather.maxWait', 'must be 0 to 60000 milliseconds', '-1'],
  [{ maxWait: 60001 }, 'gather.maxWait', 'must be 0 to 60000 milliseconds', '60001'],
  [{ maxWait: NaN }, 'gather.maxWait', 'must be 0 to 60000 milliseconds', 'NaN'],
  [{ maxWait: '5' }, 'gather.maxWait', 'must be 0 to 60000 milliseconds', '"5"'],
])('options may not be %j', (options, property, rule, got) => {
  expect(checkGatherOptions(options)).toEqual([{ property, rule, got }]);
});
