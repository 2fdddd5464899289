import { InvokeEndpointAsyncCommand, SageMakerRuntimeServiceException } from '@aws-sdk/client-sagemaker-runtime';
import { InvalidRequestError, MalformedResponseError, PayloadTooLargeError, ServiceError, ThrottledError } from '../../src/runtime';
import { type AsyncInferenceOptions, type AsyncInvocationOptions } from '../../src/runtime/async-options';
import { type InvocationDefaults, type Method, invocation } from '../../src/runtime/invocation';
import { AsyncSender } from '../../src/runtime/predict-async';
import { examplesBody, predictBody } from '../../src/runtime/request-body';
import { RetryPolicy } from '../../src/runtime/retry';

const TAKEN = { InferenceId: 'id-1', OutputLocation: 's3://b/output/id-1.out', FailureLocation: 's3://b/failure/id-1-error.out' };

/** Sends to an endpoint whose client and store answer so. */
function sending(options: AsyncInferenceOptions = {}, answer: () => unknown = () => TAKEN) {
  const objects = new Map<string, string>();
  const store = {
    put: jest.fn(async (uri: string, body: Uint8Array) => void objects.set(uri, new TextDecoder().decode(body))),
    get: async (uri: string) => objects.has(uri) ? new TextEncoder().encode(objects.get(uri)) : undefined,
  };
  const send = jest.fn().mockImplementation(async () => answer());
  const sender = new AsyncSender('my-endpoint', () => ({ send }), new RetryPolicy({ baseDelay: 0 }), { store, ...options });
  const predict = (instances: unknown, callOptions: AsyncInvocationOptions = {}, defaults: InvocationDefaults = {}, method: Method = 'predict') => sender.send({
    method,
    invocation: invocation('my-endpoint', method, defaults, callOptions),
    request: method === 'predict' ? predictBody('my-endpoint', { instances }) : examplesBody('my-endpoint', { examples: instances }),
  }, callOptions);
  const inputs = () => send.mock.calls.map(([command]) => {
    expect(command).toBeInstanceOf(InvokeEndpointAsyncCommand);
    const { Body, ...input } = command.input;
    return Body !== undefined ? { ...input, Body: new TextDecoder().decode(Body) } : input;
  });
  return { sender, predict, send, inputs, store, objects };
}

const JSON_TYPES = { EndpointName: 'my-endpoint', ContentType: 'application/json', Accept: 'application/json' };

describe('a request', () => {
  test('that is small goes without an object', async () => {
    const { predict, inputs, objects } = sending({ store: undefined });
    const prediction = await predict([1, 2, 5]);
    expect(inputs()).toEqual([{ ...JSON_TYPES, Body: '{"instances":[1,2,5]}' }]);
    expect(objects.size).toBe(0);
    expect({ ...prediction }).toMatchObject({
      inferenceId: 'id-1', outputLocation: 's3://b/output/id-1.out', failureLocation: 's3://b/failure/id-1-error.out', inputLocation: undefined,
    });
  });

  test('takes all options', async () => {
    const { predict, inputs } = sending();
    await predict([{ x: 1 }], {
      inferenceId: 'mine',
      modelName: 'm',
      customAttributes: 'a=1',
      outputPathExtension: 'today',
      outputFilename: 'x.out',
      requestTtlSeconds: 60,
      invocationTimeoutSeconds: 3600,
    }, {}, 'regress');
    expect(inputs()).toEqual([{
      ...JSON_TYPES,
      CustomAttributes: 'a=1,tfs-method=regress,tfs-model-name=m',
      InferenceId: 'mine',
      S3OutputPathExtension: 'today',
      Filename: 'x.out',
      RequestTTLSeconds: 60,
      InvocationTimeoutSeconds: 3600,
      Body: '{"examples":[{"x":1.0}]}',
    }]);
  });

  // {"instances":["..."]} takes 18 bytes around the text
  test.each([[127982, true], [127983, false]])('with %d more bytes goes without an object: %s', async (length, isInline) => {
    const { predict, inputs, objects } = sending({ inputPath: 's3://b/input' });
    const { inputLocation } = await predict(['x'.repeat(length)]);
    expect([...objects.keys()]).toEqual(isInline ? [] : [inputLocation]);
    expect(inputs()[0].InputLocation).toBe(inputLocation);
    expect(inputs()[0].Body).toBe(isInline ? `{"instances":["${'x'.repeat(length)}"]}` : undefined);
  });

  test.each(['s3://b/input', 's3://b/input/'])('is put below %s if that is wanted', async (inputPath) => {
    const { predict, inputs, store, objects } = sending({ inputPath, maxInlineBytes: 0 });
    const { inputLocation } = await predict([1]);
    expect(inputLocation).toMatch(/^s3:\/\/b\/input\/[\da-f-]{36}\.json$/);
    expect(objects.get(inputLocation!)).toBe('{"instances":[1]}');
    expect(store.put).toHaveBeenCalledWith(inputLocation, expect.anything(), 'application/json', expect.any(AbortSignal));
    expect(inputs()).toEqual([{ ...JSON_TYPES, InputLocation: inputLocation }]);
    const another = await predict([1]);
    expect(another.inputLocation).not.toBe(inputLocation);
  });

  test('is put where it is told', async () => {
    const { predict, inputs, objects } = sending();
    await predict([1], { inputLocation: 's3://b/mine.json' });
    expect([...objects]).toEqual([['s3://b/mine.json', '{"instances":[1]}']]);
    expect(inputs()).toEqual([{ ...JSON_TYPES, InputLocation: 's3://b/mine.json' }]);
  });

  test('that cannot be put anywhere is an error', async () => {
    const { predict, send } = sending({ maxInlineBytes: 10 });
    const error = await predict([1]).catch((e) => e);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error.message).toBe('[my-endpoint] `asyncInference.inputPath` must be given for request bodies of more than 10 bytes, '
      + 'got: a body of 17 bytes; or give `inputLocation` with the request');
    await expect(sending({ store: undefined }).predict([1], { inputLocation: 's3://b/k' })).rejects.toThrow(new Error(
      '[my-endpoint] `asyncInference.store` must be given to put requests into objects'));
    expect(send).not.toHaveBeenCalled();
  });

  test('may have as many bytes as it says and no more, whatever the client says of other calls', async () => {
    const { predict } = sending();
    await predict([1], { maxPayloadBytes: 17 }, { maxPayloadBytes: 1 });
    const error = await predict([1], { maxPayloadBytes: 16 }).catch((e) => e);
    expect(error).toBeInstanceOf(PayloadTooLargeError);
    expect(error.message).toBe('[my-endpoint] the request body has 17 bytes, but `maxPayloadBytes` is 16; send fewer instances in a request');
  });

  test('may have more bytes than one that is answered at once', async () => {
    const { predict, inputs } = sending({ inputPath: 's3://b/input' });
    await predict(['x'.repeat(7_000_000)]);
    expect(inputs()).toHaveLength(1);
  });

  test('with options that are none of InvokeEndpointAsync\'s or are wrong is not sent', async () => {
    const { predict, send } = sending();
    await expect(predict([1], { requestTtlSeconds: 1 }, {
      targetVariant: 'blue', targetModel: 'm', targetContainerHostname: 'c', inferenceComponent: 'i',
    })).rejects.toThrow(new Error([
      '[my-endpoint] 5 values are invalid:',
      '  - `requestTtlSeconds` must be a whole number of seconds from 60 to 21600, got: 1',
      '  - `targetVariant` cannot go with an asynchronous request, got: "blue"',
      '  - `targetModel` cannot go with an asynchronous request, got: "m"',
      '  - `targetContainerHostname` cannot go with an asynchronous request, got: "c"',
      '  - `inferenceComponent` cannot go with an asynchronous request, got: "i"',
    ].join('\n')));
    expect(send).not.toHaveBeenCalled();
  });
});

describe('an error', () => {
  const serviceError = (name: string, httpStatusCode: number) =>
    new SageMakerRuntimeServiceException({ name, $fault: 'server', $metadata: { httpStatusCode }, message: 'no' });

  test('that passes is tried again', async () => {
    const answers: unknown[] = [serviceError('ThrottlingException', 400), serviceError('ServiceUnavailable', 503), TAKEN];
    const { predict, send } = sending({}, () => {
      const answer = answers.shift();
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    });
    await expect(predict([1])).resolves.toMatchObject({ inferenceId: 'id-1' });
    expect(send).toHaveBeenCalledTimes(3);
  });

  test.each([
    ['ThrottlingException', 400, ThrottledError, '[my-endpoint] the request was throttled: ThrottlingException: no (status 400)'],
    ['ServiceUnavailable', 503, ServiceError, '[my-endpoint] SageMaker failed: ServiceUnavailable: no (status 503)'],
  ])('of SageMaker is one of ours: %s', async (name, status, type, message) => {
    const cause = serviceError(name, status);
    const { predict } = sending({}, () => {
      throw cause;
    });
    const error = await predict([1]).catch((e) => e);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ message, cause, attempts: 3 });
  });

  test('of the store is passed on, and nothing is sent', async () => {
    const error = new Error('no bucket');
    const { predict, send, store } = sending({ inputPath: 's3://b', maxInlineBytes: 0 });
    store.put.mockRejectedValue(error);
    await expect(predict([1])).rejects.toBe(error);
    expect(send).not.toHaveBeenCalled();
  });

  test.each([[{}, '{}'], [{ InferenceId: 'id-1' }, '{"inferenceId":"id-1"}']])('is an answer without locations: %j', async (answer, shown) => {
    const { predict } = sending({}, () => answer);
    const error = await predict([1]).catch((e) => e);
    expect(error).toBeInstanceOf(MalformedResponseError);
    expect(error.message).toBe(`[my-endpoint] the answer has no \`InferenceId\` or no \`OutputLocation\`: ${shown}`);
  });
});

describe('a signal', () => {
  test('aborts the upload', async () => {
    const { predict, store, send } = sending({ inputPath: 's3://b', maxInlineBytes: 0 });
    const controller = new AbortController();
    store.put.mockImplementation(async () => {
      controller.abort();
      await new Promise(() => {});
    });
    await expect(predict([1], { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError', message: '[my-endpoint] the call was aborted' });
    expect(send).not.toHaveBeenCalled();
  });

  test('aborts the request', async () => {
    const controller = new AbortController();
    const { predict } = sending({}, () => {
      controller.abort();
      return new Promise(() => {});
    });
    await expect(predict([1], { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('the upload has the limits of the call', async () => {
  const { predict, store } = sending({ inputPath: 's3://b', maxInlineBytes: 0 });
  store.put.mockImplementation(() => new Promise(() => {}));
  await expect(predict([1], { timeout: 5 })).rejects.toThrow(new Error('[my-endpoint] no answer came within 5 ms'));
  await expect(predict([1], { attemptTimeout: 6 })).rejects.toThrow(new Error('[my-endpoint] no answer came within 6 ms'));
});

test('a request that was kept can be waited for again', async () => {
  const { sender, objects } = sending();
  objects.set('s3://b/output/7.out', '{"results": [1]}');
  await expect(sender.resume({ inferenceId: '7', outputLocation: 's3://b/output/7.out' }).result()).resolves.toEqual({ results: [1] });
});

test('a notification gives the answer to any request', async () => {
  const { sender, objects } = sending();
  objects.set('s3://b/output/7.out', '{"outputs": 1}');
  const message = { inferenceId: '7', invocationStatus: 'Completed', responseParameters: { outputLocation: 's3://b/output/7.out' } };
  await expect(sender.resultFromNotification(message)).resolves.toEqual({ outputs: 1 });
  await expect(sender.resultFromNotification({})).rejects.toBeInstanceOf(InvalidRequestError);
  await expect(sender.resultFromNotification({ ...message, responseParameters: {} })).rejects.toThrow(new Error(
    '[my-endpoint] the asynchronous request 7 ended as Completed: the answer is not there'));
  await expect(sender.resultFromNotification({ ...message, invocationStatus: 'Expired' })).rejects.toThrow(new Error(
    '[my-endpoint] the asynchronous request 7 ended as Expired: SageMaker gives no reason'));
});
