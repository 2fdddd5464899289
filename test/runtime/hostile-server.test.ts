import * as http from 'node:http';
import * as net from 'node:net';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import {
  ConnectionError, InvalidRequestError, MalformedResponseError, ModelError, ModelNotReadyError, PayloadTooLargeError, RequestAbortedError,
  RequestTimeoutError, ServiceError, TensorFlowServingClient, type TensorFlowServingClientProps, TensorFlowServingError, ThrottledError,
} from '../../src/runtime';

/** A request that came, and how to answer it: with any bytes, or none. */
interface Exchange {
  readonly body: string;
  readonly socket: net.Socket;
}

type Behaviour = (exchange: Exchange) => void;

let server: net.Server;
let sagemaker: SageMakerRuntimeClient;
/** One that makes a connection for each request, because most answers here are the last of their connection. */
let unpooled: SageMakerRuntimeClient;
let received: string[];
let behave: Behaviour;
const sockets = new Set<net.Socket>();

beforeAll(async () => {
  server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const [head, ...rest] = text.split('\r\n\r\n');
      const body = rest.join('\r\n\r\n');
      if (rest.length > 0 && body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1])) {
        text = '';
        received.push(body);
        behave({ body, socket });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = {
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  sagemaker = new SageMakerRuntimeClient(config);
  unpooled = new SageMakerRuntimeClient({ ...config, requestHandler: { httpAgent: new http.Agent({ keepAlive: false }) } });
});

beforeEach(() => {
  received = [];
});

afterAll(async () => {
  sagemaker.destroy();
  unpooled.destroy();
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => server.close(resolve));
});

const client = (props: Partial<TensorFlowServingClientProps> = {}) =>
  new TensorFlowServingClient({ endpointName: 'my-endpoint', client: sagemaker, retry: { maxAttempts: 1 }, ...props });

/** An answer over HTTP; the headers given win over those that are right. */
function answer(status: number, body: string, headers: Record<string, string> = {}): string {
  const all: Record<string, string> = {
    'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), 'x-amzn-requestid': 'id-1', ...headers,
  };
  return `HTTP/1.1 ${status} Status\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

function serviceError(status: number, type: string, message: string, headers: Record<string, string> = {}): string {
  return answer(status, JSON.stringify({ Message: message }), { 'x-amzn-errortype': type, ...headers });
}

function modelErrorAnswer(status: number, message: string): string {
  return answer(424, JSON.stringify({
    Message: `Received error (${status})`, OriginalStatusCode: status, OriginalMessage: message,
  }), { 'x-amzn-errortype': 'ModelError' });
}

/** Says something on the connection, and no more on it. */
const says = (text: string): Behaviour => ({ socket }) => socket.end(text, 'latin1');

const CUT = answer(200, '{"predictions": [1', { 'content-length': '1000' });

describe('what goes wrong is an error that says so', () => {
  test.each<[string, Behaviour, new (...args: never[]) => TensorFlowServingError, string, boolean]>([
    ['a reset before the headers', ({ socket }) => socket.resetAndDestroy(), ConnectionError, 'the connection broke off: read ECONNRESET', true],
    ['an end before the headers', ({ socket }) => socket.end(), ConnectionError, 'the connection broke off: socket hang up', true],
    ['an end within the headers', says('HTTP/1.1 200 OK\r\ncontent-ty'), ConnectionError, 'the connection broke off: socket hang up', true],
    ['another protocol', says('hello there\r\n\r\n'), ConnectionError,
      'the connection broke off: Parse Error: Expected HTTP/, RTSP/ or ICE/', true],
    ['a content-length that is no number', says(answer(200, '{}', { 'content-length': 'x' })), ConnectionError,
      'the connection broke off: Parse Error: Invalid character in Content-Length', true],
    ['half a body', says(CUT), ConnectionError, 'the connection broke off: aborted', true],
    ['half a body in chunks', says('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"pre\r\n'), ConnectionError,
      'the connection broke off: aborted', true],
    ['half of an error', says(answer(424, '{"OriginalStatus', { 'content-length': '1000', 'x-amzn-errortype': 'ModelError' })), ConnectionError,
      'the connection broke off: aborted', true],
    ['a content-length that is too short', says(answer(200, '{"predictions": [1]}', { 'content-length': '8' })), MalformedResponseError,
      'the answer is not JSON: {"predic', false],
    ['JSON that ends early', says(answer(200, '{"predictions": [1')), MalformedResponseError, 'the answer is not JSON: {"predictions": [1', false],
    ['an empty body', says(answer(200, '')), MalformedResponseError, 'the answer is not JSON: an empty body', false],
    ['HTML with status 200', says(answer(200, '<html><h1>Welcome</h1></html>')), MalformedResponseError,
      'the answer is not JSON: <html><h1>Welcome</h1></html>', false],
    ['another answer', says(answer(200, '{"outputs": [1]}')), MalformedResponseError, 'the answer has no `predictions`: {"outputs": [1]}', false],
    ['bytes that are not UTF-8', says(answer(200, '{"predictions": ["\xff"]}', { 'content-length': '22' })), MalformedResponseError,
      'the answer is not UTF-8, which needs outputs of bytes to have names that end with `_bytes`: {"predictions": ["\ufffd"]}', false],
    ['an error with status 200', says(answer(200, '{ "error": "bad row" }')), ModelError, 'the model answered an error with status 200: bad row', false],
    ['an error of the model', says(modelErrorAnswer(400, '{"error": "bad row"}')), ModelError,
      'the model answered an error with status 400: bad row', false],
    ['a truncated error of the model', says(modelErrorAnswer(500, '{"title": "500", "description": "{\\"error\\": \\"too lo')), ModelError,
      'the model answered an error with status 500: too lo...', true],
    ['an error of the model in HTML', says(modelErrorAnswer(502, '<html><title>502 Bad Gateway</title>')), ModelError,
      'the model answered an error with status 502: 502 Bad Gateway', true],
    ['an error of the model that is no JSON', says(answer(424, '<html></html>', { 'x-amzn-errortype': 'ModelError' })), ModelError,
      'the model answered an error: Unexpected token \'<\', "<html></html>" is not valid JSON', false],
    ['throttling', says(serviceError(429, 'ThrottlingException', 'Rate exceeded')), ThrottledError,
      'the request was throttled: ThrottlingException: Rate exceeded (status 429)', true],
    ['throttling with no body', says(answer(429, '')), ThrottledError, 'the request was throttled: UnknownError (status 429)', true],
    ['a model that is loading', says(serviceError(429, 'ModelNotReadyException', 'wait')), ModelNotReadyError, 'the model is not ready: wait', true],
    ['503', says(serviceError(503, 'ServiceUnavailable', 'busy')), ServiceError, 'SageMaker failed: ServiceUnavailable: busy (status 503)', true],
    ['530', says(serviceError(530, 'InternalDependencyException', 'x')), ServiceError,
      'SageMaker failed: InternalDependencyException: x (status 530)', true],
    ['500 with no body', says(answer(500, '')), ServiceError, 'SageMaker failed: UnknownError (status 500)', true],
    ['503 in HTML', says(answer(503, '<html>busy</html>', { 'content-type': 'text/html' })), ServiceError,
      'SageMaker failed: SyntaxError: Unexpected token \'<\', "<html>busy</html>" is not valid JSON (status 503)', true],
    ['413', says(serviceError(413, '', 'HTTP content length exceeded 6291456 bytes.')), PayloadTooLargeError,
      'the request body has 17 bytes, but SageMaker does not take as many; send fewer instances in a request', false],
    ['silence', () => undefined, RequestTimeoutError, 'no answer came within 200 ms', true],
    ['silence after the headers', ({ socket }) => socket.write(CUT), RequestTimeoutError, 'no answer came within 200 ms', true],
    ['a body that drips', ({ socket }) => {
      socket.write(CUT);
      const timer = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(timer));
    }, RequestTimeoutError, 'no answer came within 200 ms', true],
  ])('%s', async (_, behaviour, type, message, isRetryable) => {
    behave = behaviour;
    const error = await client({ client: unpooled, attemptTimeout: 200 }).predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ message: `[my-endpoint] ${message}`, endpointName: 'my-endpoint', attempts: 1, isRetryable });
    expect(received).toHaveLength(1);
  });

  test('a port where nobody listens', async () => {
    const nobody = new SageMakerRuntimeClient({
      region: 'eu-west-1', endpoint: 'http://127.0.0.1:1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1,
    });
    const error = await client({ client: nobody }).predict({ instances: [1] }).catch((e) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      message: '[my-endpoint] the connection could not be made: connect ECONNREFUSED 127.0.0.1:1', mayHaveRun: false, isRetryable: true, attempts: 1,
    });
  });
});

test('a storm of throttling ends where the attempts do, and a lull within them is enough', async () => {
  let storm = Infinity;
  behave = ({ socket }) => socket.write(storm-- > 0 ? serviceError(429, 'ThrottlingException', 'Rate exceeded') : answer(200, '{"predictions": [3.5]}'));
  const patient = client({ retry: { maxAttempts: 4, baseDelay: 1 } });
  await expect(patient.predict({ instances: [1] }, { isStateless: false })).rejects.toMatchObject({ name: 'ThrottledError', attempts: 4 });
  expect(received).toHaveLength(4);
  storm = 3;
  await expect(patient.predict({ instances: [1] }, { isStateless: false })).resolves.toEqual({ predictions: [3.5] });
  expect(received).toHaveLength(8);
});

test('an answer that asks to wait is waited for', async () => {
  const times: number[] = [];
  behave = ({ socket }) => {
    times.push(performance.now());
    socket.write(times.length === 1 ? serviceError(503, 'ServiceUnavailable', 'busy', { 'retry-after': '1' }) : answer(200, '{"predictions": [1]}'));
  };
  await client({ retry: { baseDelay: 0 } }).predict({ instances: [1] });
  expect(times[1] - times[0]).toBeGreaterThan(950);
});

test('the whole call ends in time, whatever its attempts do', async () => {
  behave = () => undefined;
  const start = performance.now();
  await expect(client({ retry: { maxAttempts: 100, baseDelay: 10 } }).predict({ instances: [1] }, { timeout: 300, attemptTimeout: 100 }))
    .rejects.toMatchObject({ name: 'RequestTimeoutError' });
  expect(performance.now() - start).toBeLessThan(1000);
  expect(received.length).toBeGreaterThan(1);
});

describe('predictMany', () => {
  /** Numbers that come the same at each run. */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    };
  }

  const isBad = (instance: number) => instance % 97 === 13;

  /** Answers twice each instance, but refuses a request with a bad one, as TensorFlow Serving does. */
  const serve: Behaviour = ({ body, socket }) => {
    const { instances } = JSON.parse(body) as { instances: number[] };
    const bad = instances.findIndex(isBad);
    socket.write(bad >= 0
      ? modelErrorAnswer(400, `{"error": "Failed to process element: ${bad} of 'instances' list."}`)
      : answer(200, JSON.stringify({ predictions: instances.map((instance) => instance * 2) })));
  };

  test.each([1, 2])('of thousands of instances loses, doubles and swaps none, whatever the server does (seed %d)', async (seed) => {
    const next = random(seed);
    const hostile: Behaviour[] = [
      ({ socket }) => socket.resetAndDestroy(),
      ({ socket }) => socket.end(),
      ({ socket }) => socket.end(CUT),
      ({ socket }) => socket.write(CUT),
      () => undefined,
      ({ socket }) => socket.end(answer(200, '{"predictions": [1]}', { 'content-length': 'x' })),
      ({ socket }) => socket.write(answer(200, '{"predictions": [1')),
      ({ socket }) => socket.write(answer(200, '')),
      ({ socket }) => socket.write(answer(200, '<html></html>')),
      ({ socket }) => socket.write(answer(200, '{"predictions": []}')),
      ({ body, socket }) => socket.write(answer(200, JSON.stringify({ predictions: [...JSON.parse(body).instances, 0] }))),
      ({ socket }) => socket.write(answer(200, '{"error": "passed on"}')),
      ({ socket }) => socket.write(serviceError(429, 'ThrottlingException', 'Rate exceeded')),
      ({ socket }) => socket.write(serviceError(429, 'ModelNotReadyException', 'wait')),
      ({ socket }) => socket.write(serviceError(503, 'ServiceUnavailable', 'busy')),
      ({ socket }) => socket.write(answer(500, '<html>')),
      ({ socket }) => socket.write(modelErrorAnswer(500, '{"error": "cut he')),
      ({ socket }) => socket.write(modelErrorAnswer(503, '')),
    ];
    behave = (exchange) => next() < 0.25 ? hostile[Math.floor(next() * hostile.length)](exchange) : setTimeout(() => serve(exchange), next() * 5);
    const many = client({ attemptTimeout: 100, retry: { maxAttempts: 5, baseDelay: 1, maxDelay: 5, budget: 100_000 } });
    const instances = Array.from({ length: 1000 }, (_, i) => i);
    const results = [];
    for await (const result of many.predictMany(instances, { concurrency: 32, maxInstancesPerRequest: 1 + Math.floor(next() * 40) })) {
      results.push(result);
    }
    expect(results.map(({ index }) => index)).toEqual(instances);
    const failed = results.filter(({ error }) => error !== undefined);
    for (const { index, prediction, error } of results) {
      if (error === undefined) {
        expect([prediction, isBad(index)]).toEqual([index * 2, false]);
      }
    }
    expect(failed.filter(({ error }) => !(error instanceof TensorFlowServingError))).toEqual([]);
    // all bad ones are among them, and few others
    expect(failed.filter(({ index }) => isBad(index))).toHaveLength(instances.filter(isBad).length);
    expect(failed.length).toBeLessThan(instances.length / 5);
  }, 30_000);

  test('that is left early aborts what is under way', async () => {
    const before = sockets.size;
    behave = (exchange) => exchange.body.includes('[0,') ? serve(exchange) : undefined;
    const instances = Array.from({ length: 1000 }, (_, i) => i);
    for await (const { index, prediction } of client({ client: unpooled }).predictMany(instances, { maxInstancesPerRequest: 5 })) {
      expect([index, prediction]).toEqual([0, 0]);
      // the first has made room for one more than may be under way at a time
      while (received.length < 5) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(received).toHaveLength(5);
    expect(sockets.size).toBe(before);
  });

  test('ends with its signal', async () => {
    behave = () => undefined;
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const results = client().predictMany([1, 2, 3], { signal: controller.signal });
    const error = await results.next().catch((e) => e);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ name: 'AbortError', message: '[my-endpoint] the call was aborted', cause: new Error('enough') });
  });

  test('of what can\'t be sent sends the rest', async () => {
    behave = serve;
    const results = [];
    for await (const result of client().predictMany([1, Symbol('x') as never, 3])) {
      results.push(result);
    }
    expect(results).toEqual([{ index: 0, prediction: 2 }, { index: 1, error: expect.any(InvalidRequestError) }, { index: 2, prediction: 6 }]);
    expect(received).toEqual(['{"instances":[1,3]}']);
  });
});
