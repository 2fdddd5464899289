import { InvokeEndpointAsyncCommand, InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { type HalfPlusThree } from './models';
import {
  AccessDeniedError, ConnectionError, EndpointNotFoundError, MalformedResponseError, ModelError, ModelNotReadyError, ServiceError, ThrottledError,
  TensorFlowServingClient, type TensorFlowServingClientProps,
} from '../../src/runtime';
import { type FakeFailure, type FakeTensorFlowServingProps, FakeTensorFlowServing } from '../../src/runtime/fake';
import { type ModelTypes } from '../../src/runtime/model-types';
import { asyncInference } from '../../src/runtime/plug-ins';

const half = (x: unknown) => Number(x) / 2 + 3;

/** A fake endpoint, and a client of it that does not try again. */
function faked(props: FakeTensorFlowServingProps = { onInstance: half }, more: Partial<TensorFlowServingClientProps> = {}) {
  const fake = new FakeTensorFlowServing(props);
  const client = new TensorFlowServingClient({ endpointName: 'my-endpoint', client: fake, retry: { maxAttempts: 1 }, ...more });
  /** Sends a body as it is, and gives the body of the answer. */
  const raw = async (body: string, attributes?: string) => {
    const command = new InvokeEndpointCommand({
      EndpointName: 'my-endpoint', ContentType: 'application/json', CustomAttributes: attributes, Body: new TextEncoder().encode(body),
    });
    return new TextDecoder().decode((await fake.send(command)).Body);
  };
  return { fake, client, raw };
}

/** What the container says of a body. */
const refusal = (promise: Promise<unknown>) => promise.then(() => undefined, ({ OriginalStatusCode, OriginalMessage }) =>
  [OriginalStatusCode, JSON.parse(OriginalMessage).error]);

describe('predict', () => {
  test('asks for a prediction of each instance', async () => {
    const { client, fake, raw } = faked();
    await expect(client.predict({ instances: [1.0, 2.0, 5.0] })).resolves.toEqual({ predictions: [3.5, 4, 5.5] });
    expect(fake.calls).toEqual([{
      endpointName: 'my-endpoint',
      method: 'predict',
      signatureName: 'serving_default',
      isAsync: false,
      body: '{"instances":[1,2,5]}',
      instances: [1, 2, 5],
    }]);
    await expect(raw('{"instances": [1.0, 2.0, 5.0]}')).resolves.toBe('{\n    "predictions": [3.5, 4.0, 5.5]\n}');
  });

  test('asks for the predictions of all instances, which may be a promise', async () => {
    const { client, fake } = faked({
      onPredict: async (instances, call) => {
        expect(call).toBe(fake.calls[0]);
        return instances.map((instance) => ({ sum: (instance as number[]).reduce((a, b) => a + b), text_bytes: 'é' }));
      },
    });
    await expect(client.predict({ instances: [[1, 2], [3, 4]], signatureName: 'sums' })).resolves.toEqual({
      predictions: [{ sum: 3, text_bytes: Uint8Array.of(0xc3, 0xa9) }, { sum: 7, text_bytes: Uint8Array.of(0xc3, 0xa9) }],
    });
    expect(fake.calls[0]).toMatchObject({ signatureName: 'sums', instances: [[1, 2], [3, 4]] });
  });

  test('gives what is more than JSON, and takes it', async () => {
    const { client, fake } = faked({ onInputs: (inputs) => inputs });
    const inputs = { a: NaN, b: -Infinity, c: 9007199254740993n, s: 'é', s_bytes: Uint8Array.of(255), t: [true, false] };
    await expect(client.predict({ inputs })).resolves.toEqual({ outputs: inputs });
    expect(fake.calls[0].inputs).toEqual(inputs);
  });

  test('takes typed arrays', async () => {
    const { client } = faked({ onPredict: (instances) => Float32Array.from(instances as number[]) });
    await expect(client.predict({ instances: [0.5, 2] })).resolves.toEqual({ predictions: [0.5, 2] });
  });

  test.each<[string, unknown, unknown, unknown[]]>([
    ['a column', [1, 2], [3.5, 4], [1, 2]],
    ['columns', { x: [1, 2], y: [[3], [4]] }, { z: [1, 2] }, [{ x: 1, y: [3] }, { x: 2, y: [4] }]],
  ])('turns %s into instances if it has only a function for them', async (_, inputs, outputs, expected) => {
    const seen: unknown[] = [];
    const { client } = faked({
      onInstance: (instance) => {
        seen.push(instance);
        return typeof instance === 'number' ? half(instance) : { z: (instance as { x: number }).x };
      },
    });
    await expect(client.predict({ inputs: inputs as never })).resolves.toEqual({ outputs });
    expect(seen).toEqual(expected);
  });

  test.each<[string, unknown[], unknown[]]>([
    ['values', [1, 2], [10, 20]],
    ['objects', [{ x: 1 }, { x: 2 }], [{ y: 10 }, { y: 20 }]],
  ])('turns instances that are %s into columns if it has only a function for them', async (_, instances, predictions) => {
    const { client } = faked({
      onInputs: (inputs) => Array.isArray(inputs) ? inputs.map((x) => Number(x) * 10) : { y: (inputs as { x: number[] }).x.map((x) => x * 10) },
    });
    await expect(client.predict({ instances: instances as never })).resolves.toEqual({ predictions });
  });

  test('reports all options', async () => {
    const { client, fake } = faked();
    await client.predict({ instances: [1] }, {
      modelName: 'm', modelVersion: 2, targetVariant: 'blue', targetModel: 'm.tar.gz', inferenceId: 'id', customAttributes: 'a=1, b',
    });
    expect(fake.calls[0]).toMatchObject({
      modelName: 'm', modelVersion: '2', targetVariant: 'blue', targetModel: 'm.tar.gz', inferenceId: 'id', customAttributes: 'a=1, b',
    });
  });
});

test('regress and classify get examples with their context', async () => {
  const { client, fake } = faked({
    onRegress: (examples) => examples.map(({ x }) => half(x)),
    onClassify: async (examples) => examples.map(({ x, n }) => [['neg', Number(x)], ['pos', Number(n)]] as const),
  });
  await expect(client.regress({ examples: [{ x: 1 }, { x: 2 }], context: { n: 3n } })).resolves.toEqual({ results: [3.5, 4] });
  await expect(client.classify({ examples: [{ x: 0.5 }], context: { n: 3n } })).resolves.toEqual({ results: [[['neg', 0.5], ['pos', 3]]] });
  expect(fake.calls).toMatchObject([
    { method: 'regress', examples: [{ x: 1, n: 3 }, { x: 2, n: 3 }] }, { method: 'classify', examples: [{ x: 0.5, n: 3 }] },
  ]);
});

describe('a request is refused', () => {
  test.each<[string, string]>([
    ['', 'JSON Parse error: Invalid value. at offset: 0'],
    ['[1]', 'Request body is not a JSON object: Is not object'],
    ['{}', 'Missing \'inputs\' or \'instances\' key'],
    ['{"instances": [1], "inputs": [1]}', 'Not formatted correctly expecting only one of \'inputs\' or \'instances\' keys to exist'],
    ['{"instances": 1}', 'Request data is expected to be list of \'instances\''],
    ['{"instances": []}', 'No values in \'instances\' array'],
    ['{"instances": [1], "signature_name": 1}', 'JSON object is not formatted correctly. \'signature_name\' key must be a string value.'],
    ['{"instances": [1, {"x": 1}]}', 'Expecting list or value but got something else at list index: 1'],
    ['{"instances": [{"x": 1}, 1]}', 'Expecting object but got something else at list index: 1'],
    ['{"instances": [[1], [1, 2]]}', 'Expecting shape [1] but got: [2]'],
    ['{"instances": [{"x": [1]}, {"x": 1}]}', 'Expecting shape [["x",[1]]] but got: [["x",[]]]'],
    ['{"instances": [[[1], []]]}',
      'Failed to process element: 0 of \'instances\' list. Error: Encountered list at unexpected size: 0 at level: 1 expected size: 1'],
  ])('whatever the model: %s', async (body, message) => {
    await expect(refusal(faked().raw(body))).resolves.toEqual([400, message]);
  });

  test.each<[string, string]>([
    ['{}', 'When method is classify, key \'examples\' is expected and was not found'],
    ['{"examples": []}', 'Example list is empty'],
    ['{"examples": [1]}', 'Example must be JSON object but got JSON type: Number'],
    ['{"examples": [{}], "context": 1}', 'Context must be JSON object'],
  ])('with examples: %s', async (body, message) => {
    await expect(refusal(faked({ onRegress: () => [1] }).raw(body, 'tfs-method=regress'))).resolves.toEqual([400, message]);
  });

  const spec = (dtype: string, shape: number[]) => ({ dtype, shape });
  const model: ModelTypes<never> = {
    signatures: {
      serving_default: { method: '', inputs: { x: spec('DT_FLOAT', [-1, 2]) }, outputs: { y: spec('DT_INT32', [-1]) } },
      two: { method: '', inputs: { x: spec('DT_FLOAT', [-1]), n: spec('DT_INT32', [-1]) }, outputs: { y: spec('DT_FLOAT', [-1]), n: spec('DT_INT32', [-1]) } },
      regress: {
        method: '',
        inputs: { inputs: spec('DT_STRING', [-1]) },
        outputs: { outputs: spec('DT_FLOAT', [-1]) },
        features: { x: { dtype: 'DT_FLOAT', shape: [1], isRequired: true } },
      },
    },
  } as never;

  test.each<[string, string, number?]>([
    ['{"instances": [1], "signature_name": "three"}', 'Serving signature name: "three" not found in signature def'],
    ['{"instances": [[1, 2, 3]]}',
      'Expects arg to have shape compatible with [-1,2], but had shape [1,3]'],
    ['{"inputs": [[1, 2, 3]]}', 'Expects arg to have shape compatible with [-1,2], but had shape [1,3]'],
    ['{"instances": [{"x": [1, 2], "z": 1}]}', 'Failed to process element: 0 key: z of \'instances\' list. Error: No such input'],
    ['{"instances": [[1, 2]], "signature_name": "two"}',
      'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map'],
    ['{"instances": [{"x": 1}], "signature_name": "two"}', 'Failed to process element: 0 of \'instances\' list. Error: Missing named input: n'],
    ['{"instances": [{"x": 1, "n": 1.0}], "signature_name": "two"}',
      'Failed to process element: 0 key: n of \'instances\' list. Error: JSON Value: 1 Type: Number is not of expected type: int32'],
    ['{"inputs": [1, 2], "signature_name": "two"}',
      'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map'],
    ['{"inputs": {"x": [1]}, "signature_name": "two"}', 'Missing named input: n in \'inputs\' object.'],
    ['{"inputs": ["a"]}', 'JSON Value: "a" Type: String is not of expected type: float'],
  ])('by its types: %s', async (body, message) => {
    await expect(refusal(faked({ model, onInputs: (inputs) => inputs }).raw(body))).resolves.toEqual([400, message]);
  });

  test('by its types, with examples', async () => {
    const { raw } = faked({ model, onRegress: () => [1] });
    await expect(raw('{"signature_name": "regress", "examples": [{"x": 1.0}]}', 'tfs-method=regress')).resolves.toBe('{\n    "results": [1.0]\n}');
    await expect(refusal(raw('{"signature_name": "regress", "examples": [{"x": 1}]}', 'tfs-method=regress'))).resolves.toEqual([
      400, 'Name: <unknown>, Key: x, Index: 0.  Data types don\'t match. Expected type: float',
    ]);
    await expect(refusal(raw('{"signature_name": "three", "examples": [{}]}', 'tfs-method=regress'))).resolves.toEqual([
      400, 'No signature was found with the name: three',
    ]);
  });

  test('and taken if it is as the types say, with answers in their types', async () => {
    const { raw, fake } = faked({ model, onPredict: (rows) => rows.map(() => 4), onInputs: () => ({ y: [1], n: [1] }) });
    await expect(raw('{"instances": [[1, 2.5]]}')).resolves.toBe('{\n    "predictions": [4]\n}');
    await expect(raw('{"instances": [{"x": [1, 2]}]}')).resolves.toBe('{\n    "predictions": [4]\n}');
    await expect(raw('{"inputs": {"x": [1], "n": [2], "more": 3}, "signature_name": "two"}')).resolves.toBe('{\n    "outputs": {"y": [1.0], "n": [1]}\n}');
    await expect(raw('{"inputs": [[1, 2]]}')).resolves.toBe('{\n    "outputs": {"y": [1], "n": [1.0]}\n}');
    expect(fake.calls.map(({ instances, inputs }) => instances ?? inputs)).toEqual([
      [[1, 2.5]], [{ x: [1, 2] }], { x: [1], n: [2] }, [[1, 2]],
    ]);
  });

  test('for its type', async () => {
    const { fake } = faked();
    await expect(refusal(fake.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: new Uint8Array(), ContentType: 'text/plain' })))).resolves.toEqual(
      [415, 'Unsupported Media Type: text/plain']);
    await expect(refusal(fake.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: new Uint8Array() })))).resolves.toEqual(
      [415, 'Unsupported Media Type: Unknown']);
  });
});

test('the model of a client can be that of the fake', async () => {
  const types = {
    signatures: { serving_default: { method: 'tensorflow/serving/predict', inputs: { x: { dtype: 'DT_FLOAT', shape: null } }, outputs: { y: { dtype: 'DT_FLOAT', shape: null } } } },
  } as unknown as ModelTypes<HalfPlusThree>;
  const fake = new FakeTensorFlowServing({ model: types as ModelTypes<never>, onInstance: half });
  const client = new TensorFlowServingClient<HalfPlusThree>({ endpointName: 'e', client: fake, model: types });
  await expect(client.predict({ instances: [1] })).resolves.toEqual({ predictions: [3.5] });
});

describe('a failure', () => {
  test.each<[FakeFailure, new (...args: never[]) => Error, string]>([
    ['throttled', ThrottledError, '[my-endpoint] the request was throttled: ThrottlingException: Rate exceeded (status 400)'],
    ['notReady', ModelNotReadyError, '[my-endpoint] the model is not ready: The model is not ready to serve requests'],
    ['unavailable', ServiceError, '[my-endpoint] SageMaker failed: ServiceUnavailable: The service is unavailable (status 503)'],
    ['notFound', EndpointNotFoundError, '[my-endpoint] there is no such endpoint: Endpoint fake of account 111122223333 not found.'],
    ['denied', AccessDeniedError,
      '[my-endpoint] access was denied: AccessDeniedException: The user is not authorized to perform: sagemaker:InvokeEndpoint (status 403)'],
    ['reset', ConnectionError, '[my-endpoint] the connection broke off: socket hang up'],
    [{ status: 400, body: '{"error": "bad"}' }, ModelError, '[my-endpoint] the model answered an error with status 400: bad'],
    [{ status: 500, body: '' }, ModelError, '[my-endpoint] the model answered an error with status 500 and an empty body'],
    [{ status: 200, body: '3.5' }, MalformedResponseError, '[my-endpoint/AllTraffic] the answer has no `predictions`: 3.5'],
  ])('%j is met once', async (failure, type, message) => {
    const { client, fake } = faked();
    fake.failNext(failure);
    const error = await client.predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(message);
    await expect(client.predict({ instances: [1] })).resolves.toEqual({ predictions: [3.5] });
  });

  test('can be any error, and come more than once', async () => {
    const { client, fake } = faked();
    const cause = new Error('mine');
    fake.failNext(cause, 2);
    fake.failNext('throttled');
    await expect(client.predict({ instances: [1] })).rejects.toMatchObject({ cause });
    await expect(client.predict({ instances: [1] })).rejects.toMatchObject({ cause });
    await expect(client.predict({ instances: [1] })).rejects.toBeInstanceOf(ThrottledError);
    await expect(client.predict({ instances: [1] })).resolves.toEqual({ predictions: [3.5] });
    expect(fake.calls).toHaveLength(4);
  });

  test('can be a delay, which the caller can end', async () => {
    const { client, fake } = faked();
    fake.failNext({ delay: 5 });
    const { signal } = new AbortController();
    const start = performance.now();
    await expect(client.predict({ instances: [1] }, { signal })).resolves.toEqual({ predictions: [3.5] });
    expect(performance.now() - start).toBeGreaterThan(3);
    fake.failNext({ delay: 60_000 });
    await expect(client.predict({ instances: [1] }, { attemptTimeout: 10 })).rejects.toMatchObject({ message: '[my-endpoint] no answer came within 10 ms' });
    fake.failNext({ delay: 1 });
    await expect(fake.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: new TextEncoder().encode('{"instances":[1]}'), ContentType: 'application/json' })))
      .resolves.toMatchObject({ InvokedProductionVariant: 'AllTraffic' });
  });

  test('of a call that was aborted before is its abortion', async () => {
    const { fake } = faked();
    const command = new InvokeEndpointCommand({ EndpointName: 'e', Body: new Uint8Array() });
    await expect(fake.send(command, { abortSignal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError', message: 'Request aborted' });
    expect(fake.calls).toEqual([]);
  });

  test('of a function is the container\'s', async () => {
    const { client } = faked({
      variant: 'blue',
      onInstance: (x) => {
        throw x === 1 ? new Error('out of memory') : 'text';
      },
    });
    await expect(client.predict({ instances: [1] })).rejects.toMatchObject({ message: '[my-endpoint] the model answered an error with status 500: out of memory' });
    await expect(client.predict({ instances: [2] })).rejects.toMatchObject({ message: '[my-endpoint] the model answered an error with status 500: text' });
  });

  test.each<[string, FakeTensorFlowServingProps, (client: TensorFlowServingClient) => Promise<unknown>, string]>([
    ['predict', {}, (client) => client.predict({ instances: [1] }), 'the fake model cannot predict; give it `onInstance`, `onPredict` or `onInputs`'],
    ['classify', {}, (client) => client.classify({ examples: [{}] }), 'the fake model cannot classify; give it `onClassify`'],
    ['regress', {}, (client) => client.regress({ examples: [{}] }), 'the fake model cannot regress; give it `onRegress`'],
    ['a scalar', { onInstance: half }, (client) => client.predict({ inputs: 1 }), 'a fake model whose inputs or outputs are no batch needs `onInputs`'],
    ['no list', { onPredict: () => 1 }, (client) => client.predict({ instances: [1] }), 'the fake model must give a list of predictions'],
  ])('of a fake that is not made for the request says so: %s', async (_, props, call, message) => {
    await expect(call(faked(props).client)).rejects.toMatchObject({ message: `[my-endpoint] the model answered an error with status 500: ${message}` });
  });
});

describe('asynchronous requests', () => {
  function asynchronous(props?: FakeTensorFlowServingProps, options: object = {}) {
    const fake = new FakeTensorFlowServing({ onInstance: half, ...props });
    const client = new TensorFlowServingClient({
      endpointName: 'my-endpoint', client: fake, asyncInference: asyncInference({ store: fake.store, inputPath: 's3://fake/input', ...options }),
    });
    return { fake, client };
  }

  test('have their answers at once', async () => {
    const { fake, client } = asynchronous();
    const prediction = await client.predictAsync({ instances: [1, 2] });
    await expect(prediction.result()).resolves.toEqual({ predictions: [3.5, 4] });
    expect(fake.calls).toMatchObject([{ isAsync: true, instances: [1, 2], body: '{"instances":[1,2]}' }]);
    expect([...fake.objects.keys()]).toEqual(['s3://fake/output/fake-1.out']);
    await expect(client.resultFromNotification(fake.notifications[0])).resolves.toEqual({ predictions: [3.5, 4] });
    expect(JSON.parse(fake.notifications[0])).toEqual({
      invocationStatus: 'Completed',
      requestParameters: { contentType: 'application/json', endpointName: 'my-endpoint' },
      responseParameters: { contentType: 'application/json', outputLocation: 's3://fake/output/fake-1.out' },
      inferenceId: 'fake-1',
      eventVersion: '1.0',
      eventSource: 'aws:sagemaker',
      eventName: 'InferenceResult',
    });
  });

  test('can be of all kinds', async () => {
    const { fake, client } = asynchronous({ onClassify: () => [[['positive', 0.5]]], onRegress: () => [3.5], onInputs: () => -1 });
    const predictions = [
      await client.predictAsync({ inputs: 1 }),
      await client.classifyAsync({ examples: [{ x: 1 }] }),
      await client.regressAsync({ examples: [{ x: 1 }], context: { n: 1n } }),
    ];
    await expect(Promise.all(predictions.map((prediction) => prediction.result()))).resolves.toEqual([
      { outputs: -1 }, { results: [[['positive', 0.5]]] }, { results: [3.5] },
    ]);
    expect(fake.calls.map(({ method, body }) => [method, body])).toEqual([
      ['predict', '{"inputs":1}'], ['classify', '{"examples":[{"x":1.0}]}'], ['regress', '{"context":{"n":1},"examples":[{"x":1.0}]}'],
    ]);
  });

  test('can be in objects, which can be deleted', async () => {
    const { fake, client } = asynchronous({}, { maxInlineBytes: 0 });
    const prediction = await client.predictAsync({ instances: [1] }, { inferenceId: 'mine' });
    await expect(prediction.result()).resolves.toEqual({ predictions: [3.5] });
    expect([...fake.objects.keys()]).toEqual([prediction.inputLocation, 's3://fake/output/mine.out']);
    await prediction.deleteInput();
    expect([...fake.objects.keys()]).toEqual(['s3://fake/output/mine.out']);
  });

  test('can be answered later', async () => {
    const { fake, client } = asynchronous({ asyncDelay: 20 });
    const prediction = await client.predictAsync({ instances: [1] });
    expect(fake.objects.size).toBe(0);
    await expect(prediction.result({ minDelay: 5 })).resolves.toEqual({ predictions: [3.5] });
  });

  test('that the model refuses have an error', async () => {
    const { fake, client } = asynchronous();
    fake.failNext({ status: 400, body: '{"error": "bad"}' });
    const prediction = await client.predictAsync({ instances: [1] });
    await expect(prediction.result()).rejects.toMatchObject({ message: '[my-endpoint] the model answered an error: bad' });
    await expect(prediction.fromNotification(fake.notifications[0])).rejects.toMatchObject({ message: '[my-endpoint] the model answered an error: bad' });
    expect(JSON.parse(fake.notifications[0])).toMatchObject({
      invocationStatus: 'Failed',
      failureReason: 'Received client error (400) from primary with message "{"error": "bad"}". '
        + 'See https://us-east-1.console.aws.amazon.com/cloudwatch/home in account 111122223333 for more information.',
      responseParameters: { failureLocation: 's3://fake/failure/fake-1-error.out' },
    });
    expect([...fake.objects.keys()]).toEqual(['s3://fake/failure/fake-1-error.out']);
  });

  test('can fail as others do, and be slow', async () => {
    const { fake, client } = asynchronous();
    fake.failNext('denied');
    await expect(client.predictAsync({ instances: [1] })).rejects.toBeInstanceOf(AccessDeniedError);
    fake.failNext({ delay: 1 });
    await expect((await client.predictAsync({ instances: [1] })).result()).resolves.toEqual({ predictions: [3.5] });
  });

  test('whose object is not there are empty', async () => {
    const { fake } = asynchronous();
    await fake.send(new InvokeEndpointAsyncCommand({ EndpointName: 'e', InputLocation: 's3://fake/none', ContentType: 'application/json' }));
    expect(fake.calls[0].body).toBe('');
    expect(new TextDecoder().decode(fake.objects.get('s3://fake/failure/fake-1-error.out'))).toContain('JSON Parse error');
  });
});
