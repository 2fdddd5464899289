import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CommandError, type Input, UsageError } from '../../src/cli/command';
import { readBody, withSignature } from '../../src/cli/request-body';

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'request-body-test-'));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

/** What is piped in. */
function piped(isTTY: boolean | undefined, ...chunks: (string | Uint8Array)[]): Input {
  return {
    isTTY,
    async* [Symbol.asyncIterator]() {
      yield* chunks;
    },
  };
}

const withFile = (content: string | Uint8Array) => {
  const file = path.join(temporary, 'body');
  fs.writeFileSync(file, content);
  return file;
};

test.each<[string, () => Parameters<typeof readBody>, string]>([
  ['an option', () => [{ body: '{"a": 80.0}' }, { stdin: piped(undefined, 'not this') }], '{"a": 80.0}'],
  ['an empty option', () => [{ body: '' }, {}], ''],
  ['a file', () => [{ bodyFile: withFile(Buffer.from([0xff, 0, 10])) }, {}], '\u00ff\0\n'],
  ['what is piped in', () => [{}, { stdin: piped(undefined, 'é', Buffer.from([0xff]), '1\n') }], '\u00c3\u00a9\u00ff1\n'],
  ['nothing that is piped in', () => [{}, { stdin: piped(false) }], ''],
])('the body comes from %s, byte by byte', async (_, given, body) => {
  expect(Buffer.from(await readBody(...given())).toString('latin1')).toBe(body);
});

test.each<[string, Parameters<typeof readBody>, Error]>([
  ['two places', [{ body: '', bodyFile: 'a' }, {}], new UsageError('--body and --body-file cannot go together')],
  ['a terminal', [{}, { stdin: piped(true, 'typed') }], new UsageError('there is no body: give --body or --body-file, or pipe it in')],
  ['nowhere', [{}, {}], new UsageError('there is no body: give --body or --body-file, or pipe it in')],
  ['a file that is not there', [{ bodyFile: '/nowhere/a' }, {}], new CommandError('/nowhere/a cannot be read (ENOENT); give the path of a file that can')],
])('the body cannot come from %s', async (_, given, error) => {
  await expect(readBody(...given)).rejects.toThrow(error);
  await expect(readBody(...given)).rejects.toBeInstanceOf(error.constructor);
});

test.each([
  ['{"instances": [80.0, 1e3, NaN, 9007199254740993]}', '{"signature_name": "a\\"b", "instances": [80.0, 1e3, NaN, 9007199254740993]}'],
  [' \n{ }', ' \n{"signature_name": "a\\"b" }'],
  ['{"é": "\\u00e9"}', '{"signature_name": "a\\"b", "é": "\\u00e9"}'],
])('%j with a signature is %j', (body, text) => {
  expect(Buffer.from(withSignature(Buffer.from(body), 'a"b')).toString()).toBe(text);
});

test.each([
  ['[1]', '--signature needs a body that is a JSON object, with instances, inputs or examples'],
  ['1,2', '--signature needs a body that is a JSON object, with instances, inputs or examples'],
  ['{"signature_name": "b", "inputs": 1}', '--signature cannot go with a body that has a signature_name'],
])('%j takes no signature', (body, message) => {
  expect(() => withSignature(Buffer.from(body), 'a')).toThrow(new UsageError(message));
});
