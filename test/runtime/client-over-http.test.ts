import * as http from 'node:http';
import { type AddressInfo } from 'node:net';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type HalfPlusThree } from './models';
import { MalformedResponseError, ModelError, RequestAbortedError, TensorFlowServingClient } from '../../src/runtime';

interface Received {
  readonly method?: string;
  readonly url?: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

let server: http.Server;
let sagemaker: SageMakerRuntimeClient;
let received: Received[];
let respond: (request: Received, response: http.ServerResponse) => void;

beforeAll(async () => {
  server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method, url, headers } = incoming;
      received.push({ method, url, headers, body: Buffer.concat(chunks) });
      respond(received[received.length - 1], response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sagemaker = new SageMakerRuntimeClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});

beforeEach(() => {
  received = [];
});

afterAll(async () => {
  sagemaker.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const client = () => new TensorFlowServingClient<HalfPlusThree>({
  endpointName: 'half-plus-three', client: sagemaker, retry: { maxAttempts: 1 },
});

/** Answers as SageMaker does when the container answered with success. */
function succeed(body: string | Buffer): void {
  respond = (_, response) => response.writeHead(200, {
    'content-type': 'application/json', 'x-amzn-invoked-production-variant': 'AllTraffic', 'x-amzn-requestid': '1',
  }).end(body);
}

/** Answers as SageMaker does when something went wrong. */
function fail(status: number, type: string, body: object, headers: Record<string, string> = {}): void {
  respond = (_, response) => response.writeHead(status, {
    'content-type': 'application/json', 'x-amzn-errortype': type, 'x-amzn-requestid': '1', ...headers,
  }).end(JSON.stringify(body));
}

/** The body with which SageMaker passes on what the container answered. */
function modelErrorBody(status: number, message: string): object {
  return {
    ErrorCode: status < 500 ? 'CLIENT_ERROR_FROM_MODEL' : 'SERVER_ERROR_FROM_MODEL',
    LogStreamArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/sagemaker/Endpoints/half-plus-three',
    Message: `Received ${status < 500 ? 'client' : 'server'} error (${status}) from primary with message "${message}". See https://eu-west-1.console.aws.amazon.com/ in account 111122223333 for more information.`,
    OriginalMessage: message.slice(0, 2048),
    OriginalStatusCode: status,
  };
}

test('a predict request has the path, headers and bytes that the container takes', async () => {
  succeed('{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}');
  await expect(client().predict({ instances: [1.0, 2.0, 5.0] })).resolves.toEqual({ predictions: [3.5, 4.0, 5.5] });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ method: 'POST', url: '/endpoints/half-plus-three/invocations' });
  expect(received[0].headers).toMatchObject({ 'content-type': 'application/json', 'accept': 'application/json', 'content-length': '21' });
  expect(Object.keys(received[0].headers).filter((name) => name.startsWith('x-amzn-'))).toEqual([]);
  expect(received[0].body.toString('latin1')).toBe('{"instances":[1,2,5]}');
});

test('a regress request with all options has all headers', async () => {
  succeed('{"results": [3.5, 4.0]}');
  await expect(client().regress(
    { signatureName: 'tensorflow/serving/regress', examples: [{ x: 1.0 }, { x: 2.0 }] },
    {
      modelName: 'half_plus_three',
      modelVersion: '00000123',
      targetVariant: 'blue',
      targetModel: 'a b/m.tar.gz',
      targetContainerHostname: 'second',
      inferenceComponent: 'component-1',
      inferenceId: 'id-1',
      customAttributes: 'trace-id=1, note=two words',
    },
  )).resolves.toEqual({ results: [3.5, 4] });
  expect(received[0].headers).toMatchObject({
    'content-type': 'application/json',
    'accept': 'application/json',
    'x-amzn-sagemaker-custom-attributes':
      'trace-id=1, note=two words,tfs-method=regress,tfs-model-name=half_plus_three,tfs-model-version=00000123',
    'x-amzn-sagemaker-target-variant': 'blue',
    'x-amzn-sagemaker-target-model': 'a b/m.tar.gz',
    'x-amzn-sagemaker-target-container-hostname': 'second',
    'x-amzn-sagemaker-inference-component': 'component-1',
    'x-amzn-sagemaker-inference-id': 'id-1',
  });
  expect(received[0].body.toString()).toBe('{"signature_name":"tensorflow/serving/regress","examples":[{"x":1.0},{"x":2.0}]}');
});

test('what is more than JSON goes and comes', async () => {
  succeed(Buffer.from('{\n    "outputs": {\n        "text": "café 𝄞",\n        "text_bytes": {\n            "b64": "//4A"\n        },\n'
    + '        "serial": 9007199254740993,\n        "score": [NaN, -Infinity, 0.333333343]\n    }\n}'));
  const untyped = new TensorFlowServingClient({ endpointName: 'half-plus-three', client: sagemaker });
  await expect(untyped.predict({ inputs: { text: 'café 𝄞', data: Uint8Array.of(255, 254, 0), serial: 9007199254740993n, score: [NaN, new Float32Array([0.1])] } }))
    .resolves.toEqual({
      outputs: { text: 'café 𝄞', text_bytes: Uint8Array.of(255, 254, 0), serial: 9007199254740993n, score: [NaN, -Infinity, 0.333333343] },
    });
  expect(received[0].body.toString()).toBe('{"inputs":{"text":"café 𝄞","data":{"b64":"//4A"},"serial":9007199254740993,"score":[NaN,[0.1]]}}');
});

test.each([
  ['TensorFlow Serving', 400, '{\n    "error": "Missing \'inputs\' or \'instances\' key"\n}', 'Missing \'inputs\' or \'instances\' key'],
  ['falcon', 400, '{"title": "400 Bad Request", "description": "{\\n    \\"error\\": \\"JSON Value: \\\\\\"a\\\\\\" Type: String\\"\\n}"}', 'JSON Value: "a" Type: String'],
  ['inference code', 500, '{"error": "division by zero"}', 'division by zero'],
  ['a multi-model endpoint', 507, 'Memory exhausted: not enough memory to start TFS instance', 'Memory exhausted: not enough memory to start TFS instance'],
  ['nginx', 502, '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n</body>\r\n</html>\r\n', '502 Bad Gateway'],
  ['a cut body', 400, `{"error": "${'x'.repeat(3000)}"}`, `${'x'.repeat(2037)}...`],
])('a model error from %s', async (_, status, body, message) => {
  fail(424, 'ModelError:http://internal.amazon.com/coral/com.amazonaws.sagemaker/', modelErrorBody(status, body));
  const error = await client().predict({ instances: [1] }, { targetVariant: 'blue' }).catch((e) => e);
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({
    message: `[half-plus-three/blue] the model answered an error with status ${status}: ${message}`,
    endpointName: 'half-plus-three',
    variant: 'blue',
    originalStatusCode: status,
    originalMessage: body.slice(0, 2048),
    modelMessage: message,
    logStreamArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/sagemaker/Endpoints/half-plus-three',
    statusCode: 424,
    requestId: '1',
  });
  expect(error.cause).toMatchObject({ name: 'ModelError', $metadata: { httpStatusCode: 424 } });
});

test('a model error with an empty body names the variant that answered', async () => {
  fail(424, 'ModelError', modelErrorBody(400, ''), { 'x-amzn-invoked-production-variant': 'green' });
  await expect(client().predict({ instances: [1] })).rejects.toMatchObject({
    name: 'ModelError', message: '[half-plus-three/green] the model answered an error with status 400 and an empty body', variant: 'green',
  });
});

test('an error that an older container passes on as a success is a model error', async () => {
  succeed('{ "error": "Malformed request: POST /v1/models/m:predict" }');
  const error = await client().predict({ instances: [1] }).catch((e) => e);
  expect(error).toBeInstanceOf(ModelError);
  expect(error.message).toBe('[half-plus-three/AllTraffic] the model answered an error with status 200: Malformed request: POST /v1/models/m:predict');
});

test('an answer in another form is malformed', async () => {
  succeed('3.5,4.0');
  const error = await client().predict({ instances: [1] }).catch((e) => e);
  expect(error).toBeInstanceOf(MalformedResponseError);
  expect(error.message).toBe('[half-plus-three/AllTraffic] the answer is not JSON: 3.5,4.0');
});

test('a signal aborts the call', async () => {
  const controller = new AbortController();
  respond = () => controller.abort('enough');
  const error = await client().predict({ instances: [1] }, { signal: controller.signal }).catch((e) => e);
  expect(error).toBeInstanceOf(RequestAbortedError);
  expect(error).toMatchObject({
    name: 'AbortError', message: '[half-plus-three] the call was aborted', cause: 'enough', attempts: 1, mayHaveRun: true, isRetryable: false,
  });
  expect(received).toHaveLength(1);
  await expect(client().predict({ instances: [1] }, { signal: controller.signal }))
    .rejects.toMatchObject({ name: 'AbortError', cause: 'enough', attempts: 0, mayHaveRun: false });
  expect(received).toHaveLength(1);
});

test('the client that is made takes its configuration', async () => {
  succeed('{"predictions": [3.5]}');
  const own = new TensorFlowServingClient<HalfPlusThree>({
    endpointName: 'half-plus-three',
    clientConfig: {
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      requestHandler: { httpAgent: new http.Agent({ keepAlive: false }) },
    },
  });
  await expect(own.predict({ instances: [1] })).resolves.toEqual({ predictions: [3.5] });
});
