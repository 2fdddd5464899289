import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runInNewContext } from 'node:vm';
import * as runtime from '../../src/runtime';

/** The module that the code makes with all it imports, but for the AWS SDK. */
function bundle(code: string, format: 'cjs' | 'esm'): string {
  // esbuild's program, whether its installation made it a script or the binary itself
  const [program, ...script] = isBinary(ESBUILD) ? [ESBUILD] : [process.execPath, ESBUILD];
  return execFileSync(
    program,
    [...script, '--bundle', '--minify', '--platform=neutral', '--target=es2022', '--external:@aws-sdk/*', `--format=${format}`],
    { cwd: path.join(__dirname, '..', '..', 'src', 'runtime'), input: code, encoding: 'utf-8' },
  );
}

const ESBUILD = require.resolve('esbuild/bin/esbuild');

function isBinary(file: string): boolean {
  return !fs.readFileSync(file).subarray(0, 2).equals(Buffer.from('#!'));
}

test('what is exported', () => {
  expect(Object.keys(runtime).sort()).toEqual([
    'AccessDeniedError', 'AsyncInferenceError', 'ConnectionError', 'EndpointNotFoundError', 'FakeTensorFlowServing', 'InvalidRequestError',
    'MalformedResponseError', 'MalformedTransformOutputError', 'ModelError', 'ModelNotReadyError', 'PayloadTooLargeError', 'RequestAbortedError', 'RequestRefusedError',
    'RequestTimeoutError', 'SdkError', 'ServiceError', 'Tensor', 'TensorFlowServingClient', 'TensorFlowServingError', 'ThrottledError',
    'asyncInference', 'gathering', 'readNotification', 'readTransformOutput', 's3ObjectStore', 'tensor',
  ]);
});

test('nothing but the AWS SDK is imported, and a bundle leaves out what is not used', () => {
  expect(bundle('import "./index"', 'esm')).toMatch(/^(?:import\{[^}]*\}from"@aws-sdk\/client-sagemaker-runtime";)+\s*$/);
});

test('a bundle has less than 40 kB, and runs where only the web\'s own globals are', async () => {
  const code = bundle('export { TensorFlowServingClient } from "./index"', 'cjs');
  class InvokeEndpointCommand {
    public constructor(public readonly input: { Body: Uint8Array }) {}
  }
  const bundled = { exports: {} as typeof runtime };
  const required: string[] = [];
  const require = (name: string) => {
    required.push(name);
    return { InvokeEndpointCommand };
  };
  const web = { TextEncoder, TextDecoder, atob, btoa, AbortController, setTimeout, clearTimeout, performance };
  runInNewContext(code, { module: bundled, require, ...web });
  expect(new Set(required)).toEqual(new Set(['@aws-sdk/client-sagemaker-runtime']));
  const send = async (command: InvokeEndpointCommand) => {
    expect(Buffer.from(command.input.Body).toString()).toBe('{"inputs":[{"b64":"//4A"},0.1,NaN]}');
    return { Body: Buffer.from('{"outputs": [{"b64": "//4A"}, 9007199254740993, NaN]}') };
  };
  const client = new bundled.exports.TensorFlowServingClient({ endpointName: 'my-endpoint', client: { send: send as never } });
  const { outputs } = await client.predict({ inputs: [Uint8Array.of(255, 254, 0), 0.1, NaN] });
  const [bytes, integer, float] = outputs as [Uint8Array, bigint, number];
  expect([...bytes]).toEqual([255, 254, 0]);
  expect([integer, float]).toEqual([9007199254740993n, NaN]);
  // the aim is 20 kB, which it had before it knew the types of models
  expect(code.length).toBeLessThan(40_000);
});
