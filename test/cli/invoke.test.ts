import * as http from 'node:http';
import { type AddressInfo } from 'node:net';
import { run } from './support';

const USAGE = 'Usage: cdk-tensorflow-serving invoke --endpoint NAME [--body JSON | --body-file FILE] [OPTION...]\n';

interface Received {
  readonly method?: string;
  readonly url?: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

let server: http.Server;
let url: string;
let received: Received[];
let respond: (response: http.ServerResponse) => void;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method, url: path, headers } = incoming;
      received.push({ method, url: path, headers, body: Buffer.concat(chunks).toString() });
      respond(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  received = [];
  succeed('{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}');
  env = process.env;
  // what the AWS SDK could find on this machine
  process.env = { ...env, AWS_CONFIG_FILE: '/nowhere/config', AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials', AWS_EC2_METADATA_DISABLED: 'true' };
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) {
    delete process.env[name];
  }
});

afterEach(() => {
  process.env = env;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function succeed(body: string | Buffer): void {
  respond = (response) => response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-invoked-production-variant': 'AllTraffic' }).end(body);
}

function fail(status: number, type: string, body: object): void {
  respond = (response) => response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type }).end(JSON.stringify(body));
}

/** Runs the command against the server. */
const invoke = (argv: string[], options: Parameters<typeof run>[1] = {}) => run(['invoke', '--endpoint', 'half-plus-three', '--endpoint-url', url, ...argv], options);

test('a request goes as it was written, and its answer comes as it was written', async () => {
  expect(await invoke(['--body', '{"instances": [1.0, 2.0, 5.0]}'])).toEqual({
    stdout: '{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}\n', stderr: '', exitCode: 0,
  });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ method: 'POST', url: '/endpoints/half-plus-three/invocations', body: '{"instances": [1.0, 2.0, 5.0]}' });
  expect(received[0].headers).toMatchObject({ 'content-type': 'application/json', 'accept': 'application/json' });
  expect(Object.keys(received[0].headers).filter((name) => name.startsWith('x-amzn-'))).toEqual([]);
});

test('all options have their headers', async () => {
  const { exitCode } = await invoke([
    '--body', '{"examples": [{"x": 80.0}]}', '--method', 'regress', '--signature', 'tensorflow/serving/regress', '--variant', 'blue', '--target-model', 'a/m.tar.gz',
    '--model-name', 'half_plus_three', '--model-version', '00123', '--custom-attributes', 'trace=1', '--accept', 'text/plain', '--region', 'eu-west-3',
  ]);
  expect(exitCode).toBe(0);
  expect(received[0].headers).toMatchObject({
    'content-type': 'application/json',
    'accept': 'text/plain',
    'x-amzn-sagemaker-target-variant': 'blue',
    'x-amzn-sagemaker-target-model': 'a/m.tar.gz',
    'x-amzn-sagemaker-custom-attributes': 'trace=1,tfs-method=regress,tfs-model-name=half_plus_three,tfs-model-version=00123',
    'authorization': expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=local\/\d+\/eu-west-3\/sagemaker\//),
  });
  expect(received[0].body).toBe('{"signature_name": "tensorflow/serving/regress", "examples": [{"x": 80.0}]}');
});

test.each([['csv', 'text/csv'], ['jsonlines', 'application/jsonlines'], ['json', 'application/json'], ['application/x-npy', 'application/x-npy']])(
  'a body may be %s', async (type, header) => {
    async function* input() {
      yield Buffer.from('1.0,2.0\n');
    }
    expect((await invoke(['--content-type', type], { stdin: input() })).exitCode).toBe(0);
    expect(received[0]).toMatchObject({ headers: { 'content-type': header }, body: '1.0,2.0\n' });
  });

test.each([
  [{}, 'us-east-1'],
  [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1'],
  [{ AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
])('with %j the region is %s', async (given, region) => {
  await invoke(['--body', '1'], { env: given });
  expect(received[0].headers.authorization).toContain(`/${region}/sagemaker/`);
});

test('credentials that are there are used', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  await invoke(['--body', '1'], { env: process.env });
  expect(received[0].headers.authorization).toContain('Credential=AKIDEXAMPLE/');
});

describe('an answer', () => {
  test.each<[string, string | Buffer, boolean | undefined, string]>([
    ['that ends with a line has no more lines', '{}\n', undefined, '{}\n'],
    ['that is not JSON', '3.5,4.0', undefined, '3.5,4.0\n'],
    ['with an error beside its predictions', '{"predictions": [], "error": ""}', undefined, '{"predictions": [], "error": ""}\n'],
    ['that is not text comes as it is', Buffer.from([0xff, 0xfe]), undefined, '\u00ff\u00fe'],
    ['cannot steer a terminal', '{"a": "\u009b2J"}', true, '{"a": "\\u009b2J"}\n'],
    ['is not changed in a file', '{"a": "\u009b2J"}', false, '{"a": "\u009b2J"}\n'],
    ['that is empty', '', undefined, '\n'],
  ])('%s', async (_, body, isTTY, stdout) => {
    succeed(body);
    expect(await invoke(['--body', '{}'], { isTTY })).toEqual({ stdout, stderr: '', exitCode: 0 });
  });
});

describe('an error is told:', () => {
  test('the model\'s', async () => {
    fail(424, 'ModelError', { Message: 'Received client error (400)', OriginalStatusCode: 400, OriginalMessage: '{"error": "Missing \'inputs\' or \'instances\' key"}' });
    expect(await invoke(['--body', '{}', '--variant', 'blue'])).toEqual({
      stdout: '', stderr: '[half-plus-three/blue] the model answered an error with status 400: Missing \'inputs\' or \'instances\' key\n', exitCode: 1,
    });
    expect(received).toHaveLength(1);
  });

  test('one that an older container passes on as a success', async () => {
    succeed('{ "error": "Malformed request" }');
    expect(await invoke(['--body', '{}'])).toEqual({
      stdout: '', stderr: '[half-plus-three/AllTraffic] the model answered an error with status 200: Malformed request\n', exitCode: 1,
    });
  });

  test('SageMaker\'s, without another try', async () => {
    fail(503, 'ServiceUnavailable', { Message: 'busy' });
    expect(await invoke(['--body', '{}'])).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^\[half-plus-three\] .*busy.*\n$/), exitCode: 1 });
    expect(received).toHaveLength(1);
  });

  test('no answer in time', async () => {
    respond = () => {};
    expect(await invoke(['--body', '{}', '--timeout', '0.05'])).toEqual({ stdout: '', stderr: '[half-plus-three] no answer came within 50 ms\n', exitCode: 1 });
  });

  test('no connection', async () => {
    expect(await run(['invoke', '--endpoint', 'e', '--endpoint-url', 'http://127.0.0.1:1', '--body', '{}'])).toEqual({
      stdout: '', stderr: '[e] the connection could not be made: connect ECONNREFUSED 127.0.0.1:1\n', exitCode: 1,
    });
  });

  test('no region', async () => {
    expect(await run(['invoke', '--endpoint', 'e', '--body', '{}'])).toMatchObject({
      stdout: '', stderr: expect.stringMatching(/^\[e\] .*Region is missing.*; give --region, or set AWS_REGION\n$/), exitCode: 1,
    });
  });

  test('no credentials', async () => {
    expect(await run(['invoke', '--endpoint', 'e', '--body', '{}', '--region', 'eu-west-1'])).toMatchObject({
      stdout: '', stderr: expect.stringMatching(/^\[e\] .*Could not load credentials.*; set up credentials as for the AWS CLI\n$/), exitCode: 1,
    });
  });

  test.each<[string, Error, string | undefined]>([
    ['no AWS SDK', Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' }),
      'invoke needs the AWS SDK, which is not installed; run: npm install @aws-sdk/client-sagemaker-runtime\n'],
    ['an AWS SDK that does not load', new SyntaxError('bad'), undefined],
  ])('%s', async (_, error, stderr) => {
    jest.resetModules();
    jest.doMock('@aws-sdk/client-sagemaker-runtime', () => {
      throw error;
    });
    const fresh = jest.requireActual<typeof import('./support')>('./support');
    const running = fresh.run(['invoke', '--endpoint', 'e', '--body', '{}']);
    if (stderr === undefined) {
      await expect(running).rejects.toBe(error);
    } else {
      expect(await running).toEqual({ stdout: '', stderr, exitCode: 1 });
    }
    jest.dontMock('@aws-sdk/client-sagemaker-runtime');
  });
});

describe('wrong usage is told:', () => {
  test.each([
    [['--body', '{}'], '--endpoint NAME is missing'],
    [['--endpoint', 'e', 'x'], 'unexpected argument: x'],
    [['--endpoint', 'e'], 'there is no body: give --body or --body-file, or pipe it in'],
    [['--endpoint', 'e', '--body', '{}', '--body-file', 'f'], '--body and --body-file cannot go together'],
    [['--endpoint', 'e', '--method', 'train'], '--method must be predict, classify, regress, got: train'],
    [['--endpoint', 'e', '--timeout', '0'], '--timeout must be a number of seconds, got: 0'],
    [['--endpoint', 'e', '--timeout', 'x'], '--timeout must be a number of seconds, got: x'],
    [['--endpoint', 'e', '--timeout', '1000000'], '--timeout must be a number of seconds, got: 1000000'],
    [['--endpoint', 'e', '--content-type', 'xml'], '--content-type must be json, jsonlines, csv or a media type, got: xml'],
    [['--endpoint', 'e', '--accept', 'a\nb/c'], '--accept must be json, jsonlines, csv or a media type, got: a\nb/c'],
    [['--endpoint', 'e', '--endpoint-url', 'e:8080'], '--endpoint-url must be a URL that begins with http:// or https://, got: e:8080'],
    [['--endpoint', 'e', '--endpoint-url', 'x'], '--endpoint-url must be a URL that begins with http:// or https://, got: x'],
    [['--endpoint', 'e_'], '[e_] --endpoint must be 1 to 63 letters, digits and hyphens, with no hyphen at either end, got: "e_"'],
    [['--endpoint', 'e', '--model-version', 'x'], '[e] --model-version must be digits, got: "x"'],
    [['--endpoint', 'e', '--body', '[1]', '--signature', 's'], '--signature needs a body that is a JSON object, with instances, inputs or examples'],
    [['--nope'], "unknown option '--nope'"],
  ])('%j', async (argv, problem) => {
    expect(await run(['invoke', ...argv])).toEqual({ stdout: '', stderr: `cdk-tensorflow-serving invoke: ${problem}\n${USAGE}`, exitCode: 2 });
  });
});

test('the help fits a terminal', async () => {
  const { stdout, exitCode } = await run(['invoke', '--help']);
  expect(exitCode).toBe(0);
  expect(stdout.startsWith(`${USAGE}\nSends one request to a SageMaker endpoint`)).toBe(true);
  expect(stdout.split('\n').filter((line) => line.length > 92)).toEqual([USAGE.trimEnd()]);
});
