import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { readJson } from '../../src/runtime/json-reader';
import { predictBody } from '../../src/runtime/request-body';

const write = (value: unknown) => Buffer.from(predictBody('my-endpoint', { inputs: value }).bytes).toString().slice('{"inputs":'.length, -1);

test.each<[string, unknown]>([
  ['{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}', { predictions: [3.5, 4, 5.5] }],
  ['{    "predictions": [3.5, 4.0, 5.5    ]}', { predictions: [3.5, 4, 5.5] }],
  ['{"predictions": [NaN, Infinity, -Infinity, 1.0]}', { predictions: [NaN, Infinity, -Infinity, 1] }],
  ['{"outputs": NaN}', { outputs: NaN }],
  ['{"outputs": [-0.0, 9e+06, 3e-05, 0.33333333333333331]}', { outputs: [-0, 9e6, 3e-5, 1 / 3] }],
  ['[9007199254740991, -9007199254740991]', [9007199254740991, -9007199254740991]],
  ['[9007199254740992, -9007199254740992]', [9007199254740992n, -9007199254740992n]],
  ['[9007199254740993,1,18446744073709551615]', [9007199254740993n, 1, 18446744073709551615n]],
  ['-9223372036854775808', -9223372036854775808n],
  ['[12345678901234567890.0, 1234567890123456789e3, 0.1234567890123456789]', [12345678901234567890, 1.234567890123456789e21, 0.12345678901234568]],
  ['{"a":9007199254740993,"b":0.12345678901234567,"c":"9007199254740993 NaN","d":NaN}',
    { a: 9007199254740993n, b: 0.12345678901234567, c: '9007199254740993 NaN', d: NaN }],
  ['{"NaN": NaN, "say \\"NaN\\"": "a \\\\", "x": Infinity}', { 'NaN': NaN, 'say "NaN"': 'a \\', 'x': Infinity }],
  ['{"\\u0000NaN":"\\u0000NaN","\\u0000\\u0000":["\\u0000","\\u00000",NaN]}', { '\0NaN': '\0NaN', '\0\0': ['\0', '\x000', NaN] }],
  ['"\\u0000NaN"', '\0NaN'],
  ['{"outputs": {"b64": "//4A"}}', { outputs: Uint8Array.of(255, 254, 0) }],
  ['{"predictions": [{"b64": "AA=="}, {"b64": ""}]}', { predictions: [Uint8Array.of(0), new Uint8Array()] }],
  ['{"predictions": [{"text_bytes": {"b64": "AQ=="}, "y": NaN, "serial": 9007199254740993}]}',
    { predictions: [{ text_bytes: Uint8Array.of(1), y: NaN, serial: 9007199254740993n }] }],
  ['{"predictions": [{"b64": "AA==", "y": 1}, {"b64": 5}, {"b64": null}]}', { predictions: [{ b64: 'AA==', y: 1 }, { b64: 5 }, { b64: null }] }],
  ['{"predictions": [{"b64": NaN}]}', { predictions: [{ b64: NaN }] }],
  ['[true,false,null,"",{},[]]', [true, false, null, '', {}, []]],
])('%s', (text, value) => {
  expect(readJson(text)).toStrictEqual(value);
});

test.each([true, false])('a member called __proto__ is a member (with NaN: %j)', (hasNaN) => {
  const value = readJson(`{"__proto__": {"b64": "AA=="}, "x": ${hasNaN ? 'NaN' : '1'}}`) as object;
  expect(Object.keys(value)).toEqual(['__proto__', 'x']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('of equal names the last one counts', () => {
  expect(readJson('{"a":1,"a":NaN}')).toEqual({ a: NaN });
});

test.each(['', '{"predictions": [1', '<html></html>', '[NaN', '[1 NaN]', '[-NaN]', '{"a" NaN}', 'nan', '[NaN]]', '["NaN]', '[1,]', '[9007199254740993 1]'])(
  'what is no JSON is an error: %j', (text) => {
    expect(() => readJson(text)).toThrow(SyntaxError);
  });

test('bytes that are no base64 are an error', () => {
  expect(() => readJson('[{"b64":"?"}]')).toThrow(expect.objectContaining({ name: 'InvalidCharacterError' }));
});

test('what is looked through may be nested in 300 levels and no more', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}NaN${']'.repeat(levels)}`;
  expect(([readJson(nested(300))] as unknown[]).flat(300 as number)).toEqual([NaN]);
  expect(() => readJson(nested(301))).toThrow(new SyntaxError('nested in more than 300 levels'));
});

test('strings with millions of escapes are read', () => {
  const text = '\n'.repeat(5_000_000);
  expect((readJson(`[NaN,${JSON.stringify(text)}]`) as string[])[1] === text).toBe(true);
});

// a whole number beyond 2^53 is written with its digits too, and read as a bigint
const number = fc.oneof(
  fc.double().filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
  fc.integer(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 2 ** 53 - 1),
);
const wellFormed = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\0', '"', '\\', 'NaN', 'u0000', '9007199254740993') }));
const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'medium' }, tie('leaf'), fc.array(tie('tree')), fc.array(number), fc.dictionary(wellFormed, tie('tree'))),
  leaf: fc.oneof(
    number, wellFormed, fc.boolean(), fc.constant(null), fc.uint8Array(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((value) => !Number.isSafeInteger(Number(value))),
  ),
}));

test('what was written is read back the same', () => {
  fc.assert(fc.property(tree, (value) => {
    fc.pre(!JSON.stringify(value, (_, item) => typeof item === 'bigint' ? 0 : item)?.includes('"b64"'));
    expect(withBytesAsLists(readJson(write(value)))).toStrictEqual(withBytesAsLists(value));
  }), { numRuns: 300 });
});

test('what is JSON is read as JSON.parse reads it, but for large integers and bytes', () => {
  fc.assert(fc.property(fc.json(), fc.boolean(), (text, hasNaN) => {
    fc.pre(!/\d{16}|b64/.test(text));
    expect(readJson(hasNaN ? `[${text},NaN]` : `[${text},0]`)).toStrictEqual([JSON.parse(text), hasNaN ? NaN : 0]);
  }), { numRuns: 300 });
});

/** The value with its bytes in arrays, and without null prototypes, so that values of any class compare. */
function withBytesAsLists(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return ['bytes', ...value];
  }
  if (Array.isArray(value)) {
    return value.map(withBytesAsLists);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBytesAsLists(item)]))
    : value;
}

describe('TensorFlow\'s own answers', () => {
  const directory = path.join(__dirname, '..', 'fixtures', 'answers');
  const cases = fs.readdirSync(directory).flatMap((file) => {
    const answers = JSON.parse(fs.readFileSync(path.join(directory, file), 'utf-8')) as { model: string; cases: { request_json: string; response_json: string }[] };
    return answers.cases.map((one, i) => [`${answers.model} ${i}`, one.request_json, one.response_json]);
  });

  test.each(cases)('to %s are read, and what is read is written again with all its digits', (_, request, response) => {
    for (const text of [request, response]) {
      const written = write(readJson(text));
      expect(digits(written)).toEqual(digits(text));
    }
  });

  /** The text's tokens, with floating-point numbers as numbers, and integers as their digits. */
  function digits(text: string): unknown[] {
    return text.match(/"[^"]*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^\s,]/g)!.map((token) =>
      /^-?\d/.test(token) && (token.length < 16 || /[.eE]/.test(token)) ? Number(token) : token);
  }
});
