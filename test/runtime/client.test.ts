import { InvokeEndpointCommand, ModelError as SdkModelError, SageMakerRuntimeClient, ValidationError } from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { type HalfPlusThree } from './models';
import {
  InvalidRequestError, MalformedResponseError, ModelError, PayloadTooLargeError, TensorFlowServingClient, type TensorFlowServingClientProps,
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

const client = (props: Partial<TensorFlowServingClientProps> = {}) =>
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
  });

  test('can be any that sends', async () => {
    const send = jest.fn().mockResolvedValue({ Body: Buffer.from('{"outputs": 1}') });
    const { signal } = new AbortController();
    await expect(client({ client: { send }, clientConfig: undefined }).predict({ inputs: 1 }, { signal })).resolves.toEqual({ outputs: 1 });
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith(expect.any(InvokeEndpointCommand), { abortSignal: signal });
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

describe('bad input', () => {
  test('to the constructor is an error', () => {
    expect(() => client({ endpointName: undefined })).toThrow(new Error('[TensorFlowServingClient] `endpointName` must be given'));
    expect(() => client({ endpointName: 'my_endpoint', modelName: '/', client: { send: jest.fn() } })).toThrow(new Error([
      '[my_endpoint] 3 values are invalid:',
      '  - `endpointName` must be 1 to 63 letters, digits and hyphens, with no hyphen at either end, got: "my_endpoint"',
      '  - `modelName` must start with a letter or digit and have only those, `.`, `_` and `-`, at most 255, got: "/"',
      '  - `clientConfig` cannot go with `client`; configure the client that you give',
    ].join('\n')));
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
      '[half-plus-three] `instances[0]` must be a number, bigint, boolean, string, array, typed array, plain object or null, got: [object Function]',
      '[half-plus-three] `examples` must be an array of objects of features, got: 5',
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

  test('of another kind is the SDK\'s own', async () => {
    const error = new ValidationError({ $metadata: {}, message: 'Endpoint half-plus-three of account 111122223333 not found.' });
    sagemaker.on(InvokeEndpointCommand).rejects(error);
    await expect(client().predict({ instances: [1] })).rejects.toBe(error);
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
