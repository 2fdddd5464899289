import {
  InvokeEndpointAsyncCommand, InvokeEndpointCommand, ModelError as SdkModelError, SageMakerRuntimeClient, ServiceUnavailable, ValidationError,
} from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { type HalfPlusThree } from './models';
import {
  type Attempt, type ClientMiddleware, EndpointNotFoundError, InvalidRequestError, MalformedResponseError, ModelError, PayloadTooLargeError,
  TensorFlowServingClient, type TensorFlowServingClientProps, asyncInference, gathering,
} from '../../src/runtime';

const sagemaker = mockClient(SageMakerRuntimeClient);

beforeEach(() => {
  sagemaker.reset();
});

afterAll(() => {
  sagemaker.restore();
});

/** Lets the endpoint answer with a body. */
function answer(body: string, more: object = {}): void {
  sagemaker.on(InvokeEndpointCommand).resolves({ Body: Buffer.from(body) as never, ...more });
}

/** The only request that was sent, with its body as text. */
function request(): Record<string, unknown> {
  const calls = sagemaker.commandCalls(InvokeEndpointCommand);
  expect(calls).toHaveLength(1);
  const { Body, ...input } = calls[0].args[0].input;
  return { ...input, Body: Buffer.from(Body as Uint8Array).toString() };
}

const client = (props: Partial<TensorFlowServingClientProps<HalfPlusThree>> = {}) =>
  new TensorFlowServingClient<HalfPlusThree>({ endpointName: 'half-plus-three', clientConfig: { region: 'eu-west-1' }, ...props });

describe('predict', () => {
  test('in row format gives predictions', async () => {
    answer('{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}');
    await expect(client().predict({ instances: [1.0, 2.0, 5.0] })).resolves.toEqual({ predictions: [3.5, 4.0, 5.5] });
    expect(request()).toEqual({
      EndpointName: 'half-plus-three', ContentType: 'application/json', Accept: 'application/json', Body: '{"instances":[1,2,5]}',
    });
  });

  test('in columnar format gives outputs', async () => {
    answer('{"outputs": 0.0}');
    await expect(client().predict({ inputs: -6 })).resolves.toEqual({ outputs: 0 });
    expect(request()).toEqual({
      EndpointName: 'half-plus-three', ContentType: 'application/json', Accept: 'application/json', Body: '{"inputs":-6}',
    });
  });

  test('takes a signature and all options', async () => {
    answer('{"predictions": [[3.35]]}');
    await client({ modelName: 'm', customAttributes: 'a=1' }).predict(
      { instances: [[0.7]], signatureName: 'tensorflow/serving/predict' },
      { modelVersion: 123, targetVariant: 'blue', targetModel: 'm.tar.gz', inferenceId: 'id', customAttributes: 'b=2' },
    );
    expect(request()).toEqual({
      EndpointName: 'half-plus-three',
      ContentType: 'application/json',
      Accept: 'application/json',
      CustomAttributes: 'a=1,b=2,tfs-model-name=m,tfs-model-version=123',
      TargetVariant: 'blue',
      TargetModel: 'm.tar.gz',
      InferenceId: 'id',
      Body: '{"signature_name":"tensorflow/serving/predict","instances":[[0.7]]}',
    });
  });
});

test('classify gives labels and scores', async () => {
  answer('{\n    "results": [[["negative", 0.25], ["positive", 0.75]]\n    ]\n}');
  await expect(client().classify({ signatureName: 'tensorflow/serving/classify', examples: [{ x: 80 }], context: { n: 80n } }))
    .resolves.toEqual({ results: [[['negative', 0.25], ['positive', 0.75]]] });
  expect(request()).toEqual({
    EndpointName: 'half-plus-three',
    ContentType: 'application/json',
    Accept: 'application/json',
    CustomAttributes: 'tfs-method=classify',
    Body: '{"signature_name":"tensorflow/serving/classify","context":{"n":80},"examples":[{"x":80.0}]}',
  });
});

test('regress gives numbers', async () => {
  answer('{\n    "results": [3.5, 4.0]\n}');
  await expect(client({ modelName: 'm', modelVersion: '2' }).regress({ signatureName: 'tensorflow/serving/regress', examples: [{ x: 1.0 }, { x: 2.0 }] }))
    .resolves.toEqual({ results: [3.5, 4] });
  expect(request()).toEqual({
    EndpointName: 'half-plus-three',
    ContentType: 'application/json',
    Accept: 'application/json',
    CustomAttributes: 'tfs-method=regress,tfs-model-name=m,tfs-model-version=2',
    Body: '{"signature_name":"tensorflow/serving/regress","examples":[{"x":1.0},{"x":2.0}]}',
  });
});

describe('the SDK\'s client', () => {
  test('is made at the first call, once, with its configuration', async () => {
    answer('{"predictions": []}');
    const unconfigured = client({ clientConfig: undefined });
    expect(unconfigured.endpointName).toBe('half-plus-three');
    const configured = client({ clientConfig: { region: 'ap-south-2' } });
    await configured.predict({ instances: [1] });
    await configured.predict({ instances: [2] });
    const [first, second] = sagemaker.commandCalls(InvokeEndpointCommand).map((call) => call.thisValue as SageMakerRuntimeClient);
    expect(second).toBe(first);
    await expect(first.config.region()).resolves.toBe('ap-south-2');
    await expect(first.config.maxAttempts()).resolves.toBe(1);
    const { configProvider } = first.config.requestHandler as unknown as { configProvider: Promise<object> };
    await expect(configProvider).resolves.toMatchObject({ requestTimeout: 70000, socketTimeout: 70000, throwOnRequestTimeout: true });
  });

  test('can be any that sends', async () => {
    const send = jest.fn().mockResolvedValue({ Body: Buffer.from('{"outputs": 1}') });
    await expect(client({ client: { send }, clientConfig: undefined }).predict({ inputs: 1 })).resolves.toEqual({ outputs: 1 });
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith(expect.any(InvokeEndpointCommand), undefined);
    await client({ client: { send }, clientConfig: undefined }).predict({ inputs: 1 }, { attemptTimeout: 1000 });
    expect(send).toHaveBeenLastCalledWith(expect.any(InvokeEndpointCommand), { abortSignal: expect.any(AbortSignal) });
  });

  test('can be the SDK\'s own', async () => {
    answer('{"outputs": 1}');
    const own = new SageMakerRuntimeClient({ region: 'eu-west-1' });
    await client({ client: own, clientConfig: undefined }).predict({ inputs: 1 });
    expect(sagemaker.commandCalls(InvokeEndpointCommand)[0].thisValue).toBe(own);
  });
});

describe('the payload', () => {
  // {"inputs":"..."} takes 13 bytes around the text
  const untyped = (maxPayloadBytes?: number) =>
    new TensorFlowServingClient({ endpointName: 'my-endpoint', clientConfig: { region: 'eu-west-1' }, maxPayloadBytes });

  test('may have 6291456 bytes and no more', async () => {
    answer('{"outputs": 1}');
    await untyped().predict({ inputs: 'x'.repeat(6291456 - 13) });
    expect((request().Body as string).length).toBe(6291456);
    const error = await untyped().predict({ inputs: 'x'.repeat(6291456 - 12) }).catch((e) => e);
    expect(error).toBeInstanceOf(PayloadTooLargeError);
    expect(error.message).toBe('[my-endpoint] the request body has 6291457 bytes, but `maxPayloadBytes` is 6291456; send fewer instances in a request');
    expect(error).toMatchObject({ endpointName: 'my-endpoint', payloadBytes: 6291457, maxPayloadBytes: 6291456 });
    expect(sagemaker.calls()).toHaveLength(1);
  });

  test('is counted in bytes, not in characters', async () => {
    answer('{"outputs": 1}');
    await untyped(17).predict({ inputs: 'é𝄞'.slice(0, 1) + 'ab' });
    await expect(untyped(17).predict({ inputs: 'é𝄞' })).rejects.toThrow(new Error(
      '[my-endpoint] the request body has 19 bytes, but `maxPayloadBytes` is 17; send fewer instances in a request'));
  });

  test('has the limit of the call, if it has one', async () => {
    answer('{"outputs": 1}');
    await untyped(1).predict({ inputs: 1 }, { maxPayloadBytes: 12 });
    await expect(untyped(12).predict({ inputs: 1 }, { maxPayloadBytes: 11 })).rejects.toThrow(new Error(
      '[my-endpoint] the request body has 12 bytes, but `maxPayloadBytes` is 11; send fewer instances in a request'));
  });
});

describe('middleware', () => {
  test('stands around each attempt, the first outermost, and sees what came of it', async () => {
    sagemaker.on(InvokeEndpointCommand)
      .rejectsOnce(new ServiceUnavailable({ $metadata: { httpStatusCode: 503 }, message: 'busy' }))
      .resolves({
        Body: Buffer.from('{"results": [3.5]}') as never, InvokedProductionVariant: 'green', $metadata: { requestId: 'id-2' },
      });
    const seen: unknown[] = [];
    const watch = (name: string): ClientMiddleware => async (attempt, next) => {
      seen.push([name, attempt]);
      try {
        const result = await next();
        seen.push([name, result]);
        return result;
      } catch (error) {
        seen.push([name, (error as Error).name]);
        throw error;
      }
    };
    await expect(client({ middleware: [watch('outer'), watch('inner')], targetVariant: 'blue', retry: { baseDelay: 0 } })
      .regress({ signatureName: 'tensorflow/serving/regress', examples: [{ x: 1 }] })).resolves.toEqual({ results: [3.5] });
    const attempt = (number: number): Attempt => ({
      endpointName: 'half-plus-three',
      method: 'regress',
      signatureName: 'tensorflow/serving/regress',
      targetVariant: 'blue',
      attempt: number,
      payloadBytes: 70,
    });
    const result = { response: { results: [3.5] }, variant: 'green', requestId: 'id-2', responseBytes: 18 };
    expect(seen).toEqual([
      ['outer', attempt(1)], ['inner', attempt(1)], ['inner', 'ServiceError'], ['outer', 'ServiceError'],
      ['outer', attempt(2)], ['inner', attempt(2)], ['inner', result], ['outer', result],
    ]);
  });

  test('may answer itself', async () => {
    const middleware: ClientMiddleware[] = [async () => ({ response: { predictions: [7] }, responseBytes: 0 })];
    await expect(client({ middleware }).predict({ instances: [1] })).resolves.toEqual({ predictions: [7] });
    expect(sagemaker.calls()).toHaveLength(0);
  });

  test('may fail with an error of its own, and nothing is sent again', async () => {
    const error = new Error('the circuit is open');
    const middleware = [jest.fn().mockRejectedValue(error)];
    await expect(client({ middleware }).predict({ instances: [1] })).rejects.toBe(error);
    expect(middleware[0]).toHaveBeenCalledTimes(1);
  });
});

describe('an attempt that fails', () => {
  const busy = new ServiceUnavailable({ $metadata: { httpStatusCode: 503 }, message: 'busy' });

  test('is made again by default, since models are stateless', async () => {
    sagemaker.on(InvokeEndpointCommand).rejectsOnce(busy).resolves({ Body: Buffer.from('{"predictions": [3.5]}') as never });
    await expect(client().predict({ instances: [1] })).resolves.toEqual({ predictions: [3.5] });
    expect(sagemaker.calls()).toHaveLength(2);
  });

  test('is not if the model is not', async () => {
    sagemaker.on(InvokeEndpointCommand).rejects(busy);
    await expect(client({ isStateless: false }).predict({ instances: [1] })).rejects.toMatchObject({ name: 'ServiceError', attempts: 1 });
    await expect(client().predict({ instances: [1] }, { isStateless: false })).rejects.toMatchObject({ name: 'ServiceError', attempts: 1 });
    expect(sagemaker.calls()).toHaveLength(2);
  });
});

test('with the model\'s types its signatures are checked before anything is sent', async () => {
  const tensor = (dtype: string) => ({ dtype, shape: null });
  const typed = new TensorFlowServingClient({
    endpointName: 'half-plus-three',
    model: {
      signatures: {
        serving_default: { method: 'tensorflow/serving/predict', inputs: { x: tensor('DT_FLOAT') }, outputs: { y: tensor('DT_FLOAT') } },
      },
    },
  }) as unknown as TensorFlowServingClient;
  const none = 'and the model has none, got: "serving_default"';
  await expect(typed.predict({ instances: [1], signatureName: 'x' })).rejects.toThrow(new Error(
    '[half-plus-three] `signatureName` must be a signature of the model, one of "serving_default", got: "x"'));
  await expect(typed.classify({ examples: [{ x: 1 }] })).rejects.toThrow(new Error(
    `[half-plus-three] \`signatureName\` must be a signature that classify can call, ${none}`));
  await expect(typed.regress({ examples: [{ x: 1 }] })).rejects.toThrow(new Error(
    `[half-plus-three] \`signatureName\` must be a signature that regress can call, ${none}`));
  await expect(typed.predictMany([1], { signatureName: 'x' }).next()).rejects.toBeInstanceOf(InvalidRequestError);
  expect(sagemaker.calls()).toHaveLength(0);
});

describe('gathered calls', () => {
  test('are one request, and each gets its own', async () => {
    answer('{"predictions": [3.5, 4.0, 5.5]}');
    const gathers = client({ gather: gathering({ maxWait: 1 }) });
    await expect(Promise.all([gathers.predict({ instances: [1, 2] }), gathers.predict({ instances: [5] })]))
      .resolves.toEqual([{ predictions: [3.5, 4] }, { predictions: [5.5] }]);
    expect(request().Body).toBe('{"instances":[1,2,5]}');
  });

  test('in columnar format are requests of their own', async () => {
    answer('{"outputs": 1}');
    const gathers = client({ gather: gathering() });
    await Promise.all([gathers.predict({ inputs: 1 }), gathers.predict({ inputs: 2 })]);
    expect(sagemaker.calls()).toHaveLength(2);
  });

  test('must have one answer for each instance or example', async () => {
    answer('{"results": [3.5]}');
    const gathers = client({ gather: gathering({ maxWait: 1 }) });
    const call = { signatureName: 'tensorflow/serving/regress', examples: [{ x: 1 }] } as const;
    const problem = 'the answer does not have one result for each of 2 instances: {"results": [3.5]}';
    const errors = await Promise.all([gathers.regress(call), gathers.regress(call)].map((promise) => promise.catch((e) => e)));
    expect(errors.map((error) => [error.constructor, error.message])).toEqual(Array(2).fill([MalformedResponseError, `[half-plus-three] ${problem}`]));
  });

  test('need instances', async () => {
    await expect(client({ gather: gathering() }).predict({ instances: [] })).rejects.toThrow(new Error(
      '[half-plus-three] `instances` must not be empty'));
    await expect(client({ gather: gathering() }).predict(undefined as never)).rejects.toThrow(new Error(
      '[half-plus-three] `request` must be an object, got: undefined'));
  });
});

describe('an asynchronous call', () => {
  const taken = { InferenceId: 'id-1', OutputLocation: 's3://bucket/out/id-1.out', FailureLocation: 's3://bucket/failed/id-1.out' };
  const store = { put: jest.fn(), get: jest.fn(), delete: jest.fn() };

  test('is sent, and its answer read where it will be', async () => {
    sagemaker.on(InvokeEndpointAsyncCommand).resolves(taken);
    store.get.mockResolvedValue(Buffer.from('{"predictions": [3.5]}'));
    const prediction = await client({ asyncInference: asyncInference({ store }) }).predictAsync({ instances: [1] }, { outputFilename: 'x' });
    expect(prediction).toMatchObject({ inferenceId: 'id-1', outputLocation: 's3://bucket/out/id-1.out' });
    await expect(prediction.result()).resolves.toEqual({ predictions: [3.5] });
    const [{ args: [{ input: { Body, ...input } }] }] = sagemaker.commandCalls(InvokeEndpointAsyncCommand);
    expect(Buffer.from(Body as Uint8Array).toString()).toBe('{"instances":[1]}');
    expect(input).toMatchObject({ EndpointName: 'half-plus-three', ContentType: 'application/json', Filename: 'x' });
    await expect(client({ asyncInference: asyncInference({ store }) }).predictAsync({ inputs: 1 })).resolves.toMatchObject({ inferenceId: 'id-1' });
  });

  test('can be one of examples, too', async () => {
    sagemaker.on(InvokeEndpointAsyncCommand).resolves(taken);
    store.get.mockResolvedValue(Buffer.from('{"results": [3.5]}'));
    const asynchronous = client({ asyncInference: asyncInference({ store }) });
    const regression = await asynchronous.regressAsync({ signatureName: 'tensorflow/serving/regress', examples: [{ x: 1 }] });
    await expect(regression.result()).resolves.toEqual({ results: [3.5] });
    await asynchronous.classifyAsync({ signatureName: 'tensorflow/serving/classify', examples: [{ x: 1 }] });
    expect(sagemaker.commandCalls(InvokeEndpointAsyncCommand).map(({ args: [{ input: { CustomAttributes, Body } }] }) =>
      [CustomAttributes, Buffer.from(Body as Uint8Array).toString()])).toEqual([
      ['tfs-method=regress', '{"signature_name":"tensorflow/serving/regress","examples":[{"x":1.0}]}'],
      ['tfs-method=classify', '{"signature_name":"tensorflow/serving/classify","examples":[{"x":1.0}]}'],
    ]);
  });

  test('that was sent elsewhere can be waited for', async () => {
    store.get.mockResolvedValue(Buffer.from('{"predictions": [3.5]}'));
    const prediction = client({ asyncInference: asyncInference({ store }) }).asyncPrediction({ inferenceId: 'id-1', outputLocation: 's3://bucket/out/id-1.out' });
    await expect(prediction.result()).resolves.toEqual({ predictions: [3.5] });
  });

  test('needs a client that is set up for it', async () => {
    const message = '[half-plus-three] `asyncInference` must be given to the client for asynchronous requests';
    await expect(client().predictAsync({ instances: [1] })).rejects.toThrow(new Error(message));
    await expect(client().resultFromNotification({})).rejects.toThrow(new Error(message));
    expect(() => client().asyncPrediction({ inferenceId: 'id-1', outputLocation: 's3://b/k' })).toThrow(new Error(message));
    // without anything more, requests are small ones
    sagemaker.on(InvokeEndpointAsyncCommand).resolves(taken);
    await expect(client({ asyncInference: asyncInference() }).predictAsync({ instances: [1] })).resolves.toMatchObject({ inferenceId: 'id-1' });
  });

  test('has its answer in a notification', async () => {
    store.get.mockResolvedValue(Buffer.from('{"predictions": [3.5]}'));
    await expect(client({ asyncInference: asyncInference({ store }) }).resultFromNotification({
      invocationStatus: 'Completed',
      inferenceId: 'id-1',
      requestParameters: { endpointName: 'half-plus-three' },
      responseParameters: { outputLocation: 's3://bucket/out/id-1.out' },
    })).resolves.toEqual({ predictions: [3.5] });
  });
});

describe('bad input', () => {
  test('to the constructor is an error', () => {
    expect(() => client({ endpointName: undefined })).toThrow(new Error('[TensorFlowServingClient] `endpointName` must be given'));
    expect(() => client({ endpointName: 'my_endpoint', modelName: '/', client: { send: jest.fn() } })).toThrow(new Error([
      '[my_endpoint] 3 values are invalid:',
      '  - `endpointName` must be 1 to 63 letters, digits and hyphens, with no hyphen at either end, got: "my_endpoint"',
      '  - `modelName` must start with a letter or digit and have only those, `.`, `_` and `-`, at most 255, got: "/"',
      '  - `clientConfig` cannot go with `client`; configure the client that you give',
    ].join('\n')));
    expect(() => client({ retry: { maxAttempts: 0 } })).toThrow(new Error(
      '[half-plus-three] `retry.maxAttempts` must be a whole number of at least 1, got: 0'));
    expect(() => gathering({ maxInstances: 0 })).toThrow(new Error(
      '[TensorFlowServingClient] `gather.maxInstances` must be a whole number of at least 1, got: 0'));
    expect(() => asyncInference({ maxInlineBytes: -1 })).toThrow(new Error(
      '[TensorFlowServingClient] `asyncInference.maxInlineBytes` must be a whole number from 0 to 128000, got: -1'));
  });

  test('to a call rejects, and nothing is sent', async () => {
    const bad = client();
    const rejected = await Promise.all([
      bad.predict({} as never),
      bad.predict({ instances: [() => 1] } as never),
      bad.classify({ examples: 5 } as never),
      bad.regress({ examples: [{ x: {} }] } as never),
      bad.predict({ instances: [1] }, { inferenceId: '' }),
    ].map((promise) => promise.catch((error: unknown) => error)));
    expect(rejected.map((error) => error instanceof InvalidRequestError && error.message)).toEqual([
      '[half-plus-three] `request` must have either `instances` or `inputs`, got: neither',
      '[half-plus-three] `instances[0]` must be a number, bigint, boolean, string, array, typed array, Tensor, iterable, plain object or null, got: [object Function]',
      '[half-plus-three] `examples` must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable, got: 5',
      '[half-plus-three] `examples[0].x` must be a number, bigint, boolean, string or Uint8Array, or a flat list of them, got: [object Object]',
      '[half-plus-three] `inferenceId` must be 1 to 64 printable ASCII characters, the first no space, got: ""',
    ]);
    expect(sagemaker.calls()).toHaveLength(0);
  });
});

describe('an error', () => {
  test('of the model has the container\'s message', async () => {
    const cause = new SdkModelError({
      $metadata: {}, message: 'Received client error', OriginalStatusCode: 404, OriginalMessage: '{"error": "Servable not found for request: Latest(m)"}',
    });
    sagemaker.on(InvokeEndpointCommand).rejects(cause);
    const error = await client({ targetVariant: 'blue' }).predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      message: '[half-plus-three/blue] the model answered an error with status 404: Servable not found for request: Latest(m)',
      endpointName: 'half-plus-three',
      variant: 'blue',
      originalStatusCode: 404,
      modelMessage: 'Servable not found for request: Latest(m)',
    });
    expect(error.cause).toBe(cause);
  });

  test('that comes as a success is one of the model', async () => {
    answer('{ "error": "Malformed request" }', { InvokedProductionVariant: 'green' });
    const error = await client({ targetVariant: 'blue' }).predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toBe('[half-plus-three/green] the model answered an error with status 200: Malformed request');
  });

  test('of another kind has the class that says what it is', async () => {
    const cause = new ValidationError({ $metadata: { httpStatusCode: 400, requestId: 'id-1' }, message: 'Endpoint half-plus-three of account 111122223333 not found.' });
    sagemaker.on(InvokeEndpointCommand).rejects(cause);
    const error = await client().predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(EndpointNotFoundError);
    expect(error).toMatchObject({
      message: '[half-plus-three] there is no such endpoint: Endpoint half-plus-three of account 111122223333 not found.',
      statusCode: 400,
      requestId: 'id-1',
      attempts: 1,
    });
    expect(error.cause).toBe(cause);
    expect(sagemaker.calls()).toHaveLength(1);
  });

  test('in the answer is one of the response', async () => {
    answer('{"outputs": [1]}');
    const error = await client().predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(MalformedResponseError);
    expect(error).toMatchObject({ message: '[half-plus-three] the answer has no `predictions`: {"outputs": [1]}', responseBody: '{"outputs": [1]}' });
    expect(error.variant).toBeUndefined();
  });

  test('is there too if no body came', async () => {
    sagemaker.on(InvokeEndpointCommand).resolves({});
    await expect(client().predict({ instances: [1] })).rejects.toMatchObject({
      name: 'MalformedResponseError', message: '[half-plus-three] the answer is not JSON: an empty body',
    });
  });
});
