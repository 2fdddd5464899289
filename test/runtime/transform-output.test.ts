import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { type ReadTransformOutputOptions, type TransformRecord, readTransformOutput } from '../../src/runtime/transform-output';

/** A value as TensorFlow Serving writes it, but for digits and white space. */
function write(value: unknown): string {
  if (typeof value === 'number' && !(Number.isFinite(value) && !Object.is(value, -0))) {
    return Object.is(value, -0) ? '-0.0' : String(value);
  }
  if (value instanceof Uint8Array) {
    return `{"b64": "${Buffer.from(value).toString('base64')}"}`;
  }
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

/** What comes of an output, and the error that it ends with if it does. */
async function read(body: Parameters<typeof readTransformOutput>[0], options?: ReadTransformOutputOptions) {
  const records: TransformRecord[] = [];
  try {
    for await (const record of readTransformOutput(body, options)) {
      records.push(record);
    }
  } catch (error) {
    return { records, error: error as Error };
  }
  return { records };
}

/** What comes of an output that is whole. */
async function all(...of: Parameters<typeof read>): Promise<TransformRecord[]> {
  const { records, error } = await read(...of);
  expect(error).toBeUndefined();
  return records;
}

/** The predictions, and where there are inputs those in front of them. */
const pairs = (records: TransformRecord[]) => records.map(({ prediction, input }) => input !== undefined ? [input, prediction] : [prediction]);

/** An output as it comes in chunks of some bytes each. */
async function* chunked(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.slice(at, at + size);
  }
}

const MULTI_LINE = '{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}';
const MULTI_LINE_OBJECTS = '{\n    "predictions": [\n        {\n            "y": [1.0, 2.0]\n        }\n    ]\n}';

describe('each arrangement of JSON', () => {
  test.each<[string, string, unknown[][]]>([
    ['lines of several predictions each', '{"predictions": [3.5, 4.0]}\n{"predictions": [5.5]}\n', [[3.5], [4], [5.5]]],
    ['lines as the container strips them', '{    "predictions": [3.5, 4.0, 5.5    ]}\n{    "predictions": [1.0    ]}\n', [[3.5], [4], [5.5], [1]]],
    ['lines that end as on Windows', '{"predictions": [3.5]}\r\n\r\n{"predictions": [4.0]}\r\n', [[3.5], [4]]],
    ['a last line without an end', '{"predictions": [3.5]}\n{"predictions": [4.0]}', [[3.5], [4]]],
    ['values without anything between', '{"predictions": [3.5]}{"predictions": [4.0, 5.5]}', [[3.5], [4], [5.5]]],
    ['values of many lines, one behind the other', MULTI_LINE + MULTI_LINE_OBJECTS, [[3.5], [4], [5.5], [{ y: [1, 2] }]]],
    ['values of many lines, with line ends between', `${MULTI_LINE}\n${MULTI_LINE}\n`, [[3.5], [4], [5.5], [3.5], [4], [5.5]]],
    ['a single value', MULTI_LINE_OBJECTS, [[{ y: [1, 2] }]]],
    ['nothing', '', []],
    ['blank lines', '\n \r\n\t', []],
    ['predictions of no record', '{"predictions": []}\n{"predictions": [1.0]}', [[1]]],
    ['outputs by column, which are one prediction a request', '{"outputs": {"a": [1.0, 2.0], "b": 3}}\n{"outputs": [4.0]}', [[{ a: [1, 2], b: 3 }], [[4]]]],
    ['an output that is null', '{"outputs": null}', [[null]]],
    ['results of regress and classify', '{"results": [3.5, 4.0]}{"results": [[["", 12.0]]]}', [[3.5], [4], [[['', 12]]]]],
    ['numbers that JSON has not', '{"predictions": [NaN, -Infinity, 9007199254740993, {"b64": "//4A"}]}',
      [[NaN], [-Infinity], [9007199254740993n], [Uint8Array.of(255, 254, 0)]]],
    ['strings with anything in them', '{"predictions": ["]}", "\\"{[", "\\\\", "a,b", "é€𝄞", "\\n\\u2028"]}["\\\\"]"}"',
      [[']}'], ['"{['], ['\\'], ['a,b'], ['é€𝄞'], ['\n\u2028'], [['\\']], ['}']]],
    ['a member called __proto__', '{"__proto__": 1, "SageMakerOutput": 2}', [[JSON.parse('{"__proto__": 1}'), 2]]],
  ])('%s', async (_, text, expected) => {
    expect(pairs(await all(text))).toStrictEqual(expected);
    expect(pairs(await all(chunked(text, 1)))).toStrictEqual(expected);
    expect(pairs(await all(text, { format: 'json' }))).toStrictEqual(expected);
  });

  test.each<[string, string, unknown[][]]>([
    ['values as the filter leaves them', '[3.5]\n[4.0, 5.5]\n', [[[3.5]], [[4, 5.5]]]],
    ['numbers on lines', '3.5\n-4e+06\n0\nNaN\n', [[3.5], [-4e6], [0], [NaN]]],
    ['strings with commas, the first of them', '"\\"a\\", b"\n"c"\n', [['"a", b'], ['c']]],
    ['a word at the end', 'true\nInfinity', [[true], [Infinity]]],
    ['values of all kinds without anything between', 'true[1]null{"a":1}"b""c"-1.5"d"', [[true], [[1]], [null], [{ a: 1 }], ['b'], ['c'], [-1.5], ['d']]],
    ['objects with more in them than TensorFlow Serving writes', '{"predictions": [1, 2], "model": "a"}{"predictions": 5}{"error": 0.5}{"error": "", "y": 1}{}',
      [[{ predictions: [1, 2], model: 'a' }], [{ predictions: 5 }], [{ error: 0.5 }], [{ error: '', y: 1 }], [{}]]],
  ])('%s', async (_, text, expected) => {
    expect(pairs(await all(text))).toStrictEqual(expected);
    expect(pairs(await all(chunked(text, 1)))).toStrictEqual(expected);
  });
});

describe('what a job joins', () => {
  test.each<[string, string, unknown[][]]>([
    ['to objects', '{"id": 7, "x": [1.0], "SageMakerOutput": {"predictions": [3.5]}}\n{"id": 8, "SageMakerOutput": {"predictions": [4.0]}}\n',
      [[{ id: 7, x: [1] }, 3.5], [{ id: 8 }, 4]]],
    ['to what is no object', '{"SageMakerInput": [1.0, 2.0, 5.0], "SageMakerOutput": {"predictions": [[3.5, 4.0, 5.5]]}}', [[[1, 2, 5], [3.5, 4, 5.5]]]],
    ['to null', '{"SageMakerInput": null, "SageMakerOutput": 1}', [[null, 1]]],
    ['to objects that have a member of that name', '{"SageMakerInput": 1, "id": 2, "SageMakerOutput": 3}', [[{ SageMakerInput: 1, id: 2 }, 3]]],
    ['to bytes', '{"b64": "//4A", "SageMakerOutput": {"predictions": [1.0]}}', [[Uint8Array.of(255, 254, 0), 1]]],
    ['to a member b64 that is none', '{"b64": 5, "SageMakerOutput": 1}', [[{ b64: 5 }, 1]]],
    ['to nothing that is left', '{"SageMakerOutput": {"predictions": [3.5]}}', [[3.5]]],
    ['with what is not TensorFlow Serving\'s', '{"id": 7, "SageMakerOutput": "cat"}', [[{ id: 7 }, 'cat']]],
    ['with outputs by column', '{"id": 7, "SageMakerOutput": {"outputs": {"y": 1.0}}}', [[{ id: 7 }, { y: 1 }]]],
    ['to a request', '{"instances": [1.0, 2.0], "signature_name": "serve", "SageMakerOutput": {"predictions": [3.5, 4.0]}}', [[1, 3.5], [2, 4]]],
    ['to a list of lists', '{"SageMakerInput": [[1.0], [2.0]], "SageMakerOutput": {"predictions": [3.5, 4.0]}}', [[[1], 3.5], [[2], 4]]],
    ['to records that have several predictions each', '{"x": [1, 2], "SageMakerOutput": {"predictions": [3.5, 4.0]}}', [[{ x: [1, 2] }, 3.5], [{ x: [1, 2] }, 4]]],
    ['to a list that is one instance', '{"SageMakerInput": [1, 2], "SageMakerOutput": {"predictions": [3.5, 4.0]}}', [[[1, 2], 3.5], [[1, 2], 4]]],
    ['to a request of another number of instances', '{"instances": [1.0], "SageMakerOutput": {"predictions": [3.5, 4.0]}}',
      [[{ instances: [1] }, 3.5], [{ instances: [1] }, 4]]],
    ['to a request with more in it', '{"instances": [1.0], "id": 7, "SageMakerOutput": {"predictions": [3.5]}}', [[{ instances: [1], id: 7 }, 3.5]]],
    ['to an object whose instances are no list', '{"instances": 2, "SageMakerOutput": {"predictions": [3.5]}}', [[{ instances: 2 }, 3.5]]],
  ])('%s', async (_, text, expected) => {
    expect(pairs(await all(text))).toStrictEqual(expected);
  });
});

describe('CSV', () => {
  test.each<[string, string, ReadTransformOutputOptions | undefined, unknown[][]]>([
    ['of several columns', '0.9,0.1\r\n0.2, 0.8\n', undefined, [[[0.9, 0.1]], [[0.2, 0.8]]]],
    ['joined', '1.0,2.0,cat,0.9\n3.0,4.0,dog,0.8\n', { inputColumns: 2 }, [[[1, 2], ['cat', 0.9]], [[3, 4], ['dog', 0.8]]]],
    ['joined, of one column each', '7,0.9\n8,0.8\n', { inputColumns: 1 }, [[7, 0.9], [8, 0.8]]],
    ['of no input', '7,0.9\n', { inputColumns: 0 }, [[[7, 0.9]]]],
    ['of numbers and text', '007,-1.5e3,nan,-inf,9007199254740993,"1", a b ,,true\n', undefined,
      [[['007', -1500, NaN, -Infinity, 9007199254740993n, '1', ' a b ', '', 'true']]]],
    ['with quotes', '"say ""hi""",1\n"a,b",2\n', undefined, [[['say "hi"', 1]], [['a,b', 2]]]],
    ['that is known by the comma behind a string', '"a","b"\n', undefined, [[['a', 'b']]]],
    ['of one column of text', 'cat\ndog\n', { format: 'csv' }, [['cat'], ['dog']]],
    ['with blank lines', '\n1,2\n\r\n\n3,4\n', undefined, [[[1, 2]], [[3, 4]]]],
    ['that looks like JSON', '{"a",1}\n', { format: 'csv' }, [[['{"a"', '1}']]]],
    ['without an end of the last line', '1,2\n3,4', { requiresLineEnd: false }, [[[1, 2]], [[3, 4]]]],
  ])('%s', async (_, text, options, expected) => {
    expect(pairs(await all(text, options))).toStrictEqual(expected);
    expect(pairs(await all(chunked(text, 1), options))).toStrictEqual(expected);
  });
});

test('predictions are numbered, and so are the documents that they are in', async () => {
  expect(await all('{"predictions": [3.5, 4.0]}\n{"predictions": []}\n{"id": 7, "SageMakerOutput": {"predictions": [5.5]}}')).toStrictEqual([
    { index: 0, prediction: 3.5, document: 1 },
    { index: 1, prediction: 4, document: 1 },
    { index: 2, prediction: 5.5, input: { id: 7 }, document: 3 },
  ]);
});

test('a number at the end may lack a line end where the caller says so', async () => {
  expect(pairs(await all('3.5\n42', { requiresLineEnd: false }))).toEqual([[3.5], [42]]);
});

describe('what cannot be read is told with its place, after what can', () => {
  const good = '{"predictions": [1.0, 2.0]}\n';
  test.each<[string, string | Uint8Array, ReadTransformOutputOptions | undefined, object, string]>([
    ['JSON that is cut off', `${good}\n{"predictions": [3.0`, undefined, { document: 2, line: 3, offset: 29 },
      'is cut off after 20 bytes: {"predictions": [3.0'],
    ['a string that is cut off', `${good}"a\\"`, undefined, { document: 2, line: 2, offset: 28 }, 'is cut off after 4 bytes: "a\\"'],
    ['a character that is cut off', Buffer.from(`${good}"é`).subarray(0, -1), undefined, { document: 2, line: 2, offset: 28 },
      'is cut off after 2 bytes: "\ufffd'],
    ['a word that is cut off', `${good}tru`, undefined, { document: 2, line: 2, offset: 28 }, 'is cut off after 3 bytes: tru'],
    ['a minus at the end', `${good}-`, undefined, { document: 2, line: 2, offset: 28 }, 'is cut off after 1 bytes: -'],
    ['a number that can be cut off', `${good}12`, undefined, { document: 2, line: 2, offset: 28 },
      'is cut off after 2 bytes: 12; if it is whole, set `requiresLineEnd` to false'],
    ['a number that is cut off anyway', `${good}12.`, { requiresLineEnd: false }, { document: 2, line: 2, offset: 28 },
      'is not JSON: 12.; if it is CSV, set `format`'],
    ['damaged JSON', `${MULTI_LINE}{"predictions": 1,}`, undefined, { document: 2, line: 4, offset: MULTI_LINE.length },
      'is not JSON: {"predictions": 1,}; if it is CSV, set `format`'],
    ['damaged JSON that is said to be JSON', `${good}{"predictions": 1]`, { format: 'json' }, { document: 2, line: 2, offset: 28 },
      'is not JSON: {"predictions": 1]'],
    ['text', `${good}cat\n`, undefined, { document: 2, line: 2, offset: 28 }, 'is not JSON: cat; if it is CSV, set `format`'],
    ['a comma', `${good},{}`, undefined, { document: 2, line: 2, offset: 28 }, 'is not JSON: ,; if it is CSV, set `format`'],
    ['what is long', `${good}{${'é'.repeat(200)}}`, undefined, { document: 2, line: 2, offset: 28 },
      `is not JSON: {${'é'.repeat(99)}\ufffd...; if it is CSV, set \`format\``],
    ['bytes that are no base64', `${good}{"b64": "?", "SageMakerOutput": 1}`, { format: 'json' }, { document: 2, line: 2, offset: 28 },
      'is not JSON: {"b64": "?", "SageMakerOutput": 1}'],
    ['what is not UTF-8', Buffer.from([...Buffer.from(`${good}["`), 0xff, ...Buffer.from('"]')]), undefined, { document: 2, line: 2, offset: 28 },
      'is not UTF-8, which needs outputs of bytes to have names that end with `_bytes`: ["\ufffd"]'],
    ['an error of the model', `${good}{\n    "error": "Malformed request: \\"x\\""\n}`, undefined,
      { document: 2, line: 2, offset: 28, modelMessage: 'Malformed request: "x"' }, 'is an error of the model: Malformed request: "x"'],
    ['an error of the model that is joined', `${good}{"id": 7, "SageMakerOutput": {"error": "no"}}`, undefined,
      { document: 2, line: 2, offset: 28, modelMessage: 'no' }, 'is an error of the model: no'],
  ])('%s', async (_, text, options, place, problem) => {
    const { document, line, offset } = place as { document: number; line: number; offset: number };
    for (const body of [text, chunked(text, 1), chunked(text, 7)]) {
      const { records, error } = await read(body, options);
      expect(records.map(({ prediction }) => prediction)).toEqual(document === 2 && line === 4 ? [3.5, 4, 5.5] : [1, 2]);
      expect(error).toMatchObject({
        name: 'MalformedTransformOutputError',
        endpointName: undefined,
        message: `[readTransformOutput] document ${document} (line ${line}, byte ${offset}) ${problem}`,
        ...place,
      });
    }
  });

  test.each(['"a"', 'true', '"a""b"', '12'])('%s alone can be the beginning of a row, if nobody says what it is', async (text) => {
    const remedy = '; if it is whole, set `requiresLineEnd` to false';
    const { records, error } = await read(text);
    expect(records).toEqual([]);
    expect(error?.message).toMatch(/^\[readTransformOutput\] document 1 \(line 1, byte 0\) is cut off after \d bytes: /);
    expect(error?.message.endsWith(remedy)).toBe(true);
    expect((await all(text, { requiresLineEnd: false }))[0].prediction).toEqual(JSON.parse(text.replace('""b', '')));
    expect((await read(text, { format: 'json' })).records.length).toBe(text === '12' ? 0 : text.split('""').length);
  });

  test.each<[string, string, ReadTransformOutputOptions | undefined, string]>([
    ['a row that can be cut off', '1,2\n3,4', undefined, 'is cut off after 3 bytes: 3,4; if it is whole, set `requiresLineEnd` to false'],
    ['a quote that is not closed', '1,2\n"3,4\n', undefined, 'is not a row of CSV: "3,4'],
    ['text behind a quote', '1,2\n"3"4,\n', undefined, 'is not a row of CSV: "3"4,'],
    ['too few columns', '1,2\n3\n', { inputColumns: 1 }, 'has 1 column, but `inputColumns` is 1: 3'],
    ['too few columns of many', '1,2,3,4\n3,4\n', { inputColumns: 3 }, 'has 2 columns, but `inputColumns` is 3: 3,4'],
  ])('%s', async (_, text, options, problem) => {
    const { records, error } = await read(text, options);
    const first = text.indexOf('\n') + 1;
    expect(records).toHaveLength(1);
    expect(error).toMatchObject({
      name: 'MalformedTransformOutputError',
      message: `[readTransformOutput] document 2 (line 2, byte ${first}) ${problem}`,
      document: 2,
      line: 2,
      offset: first,
      modelMessage: undefined,
    });
  });

  test.each(['{"predictions": [1.0]}', '1,2\n'])('what is compressed: %j', async (text) => {
    const { gzipSync } = jest.requireActual<typeof import('node:zlib')>('node:zlib');
    const { records, error } = await read(gzipSync(text));
    expect(records).toEqual([]);
    expect(error?.message).toBe('[readTransformOutput] document 1 (line 1, byte 0) is compressed with gzip; decompress it first');
  });

  test('the reader\'s own error is the cause', async () => {
    expect((await read('[1,]')).error?.cause).toBeInstanceOf(SyntaxError);
    expect((await read('{"SageMakerOutput": 1, "b64": "?"}')).error?.cause).toMatchObject({ name: 'InvalidCharacterError' });
    expect((await read(Uint8Array.of(0x22, 0xff, 0x22, 0x0a))).error?.cause).toMatchObject({ name: 'TypeError' });
  });
});

describe('sources', () => {
  const text = '{"predictions": ["é€𝄞"]}\n{"predictions": [2.0]}\n';
  const bytes = new TextEncoder().encode(text);
  const expected = [['é€𝄞'], [2]];

  /** A stream of the web that cannot be iterated over, as in older browsers. */
  function older(parts: unknown[]) {
    const calls: string[] = [];
    const rest = [...parts];
    const reader = {
      read: async () => rest.length > 0 ? { done: false, value: rest.shift() } : { done: true },
      cancel: async () => { calls.push('cancel'); },
    };
    return { calls, getReader: () => reader };
  }

  test.each<[string, () => Parameters<typeof readTransformOutput>[0]]>([
    ['a string', () => text],
    ['bytes', () => bytes],
    ['a buffer', () => Buffer.from(bytes)],
    ['a Readable of bytes', () => Readable.from([bytes.subarray(0, 18), bytes.subarray(18)])],
    ['a Readable of strings', () => Readable.from([text])],
    ['strings that are cut in a character', () => Readable.from([...Array(text.length).keys()].map((i) => text[i]))],
    ['strings and bytes', () => Readable.from([text.slice(0, 3), bytes.subarray(3)])],
    ['a ReadableStream', () => new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 18));
        controller.enqueue(bytes.subarray(18));
        controller.close();
      },
    })],
    ['a Blob', () => new Blob([bytes])],
    ['an older ReadableStream', () => older([bytes.subarray(0, 18), bytes.subarray(18)])],
    ['an older Blob', () => ({ stream: () => older([bytes]) })],
    ['what the AWS SDK gives', () => Readable.from([bytes]) as unknown as GetObjectCommandOutput['Body']],
  ])('%s', async (_, body) => {
    expect(pairs(await all(body()))).toEqual(expected);
  });

  test('half a character at the end of the text is not left out', async () => {
    expect(pairs(await all('a,\ud834', { format: 'csv', requiresLineEnd: false }))).toEqual([[['a', '\ufffd']]]);
  });

  test.each([undefined, null, 5, {}])('%p is none', (body) => {
    expect(() => readTransformOutput(body as never)).toThrow(expect.objectContaining({
      name: 'TensorFlowServingError',
      message: `[readTransformOutput] \`body\` must be bytes, a string, or a stream of them, got: ${body === Object(body) ? '[object Object]' : body}`,
    }));
  });

  test('a stream of something else is an error', async () => {
    const { records, error } = await read(Readable.from([text, 5]) as never);
    expect(pairs(records)).toEqual(expected);
    expect(error).toMatchObject({ name: 'TensorFlowServingError', message: '[readTransformOutput] `body` must give bytes or strings, got: 5' });
  });

  test('what the source fails with comes after what it gave', async () => {
    async function* failing() {
      yield text;
      throw new Error('aborted');
    }
    const { records, error } = await read(failing());
    expect(pairs(records)).toEqual(expected);
    expect(error?.message).toBe('aborted');
  });

  test('a source is closed when no more is wanted, in whatever state', async () => {
    for (const options of [undefined, { format: 'json' } as const]) {
      const readable = Readable.from([bytes, bytes]);
      for await (const { prediction } of readTransformOutput(readable, options)) {
        expect(prediction).toBe('é€𝄞');
        break;
      }
      expect(readable.destroyed).toBe(true);
      const stream = older([bytes, bytes]);
      for await (const { prediction } of readTransformOutput(stream, options)) {
        expect(prediction).toBe('é€𝄞');
        break;
      }
      expect(stream.calls).toEqual(['cancel']);
    }
    const whole = older([bytes]);
    await all(whole);
    expect(whole.calls).toEqual([]);
  });
});

test.each<[object, string]>([
  [{ format: 'xml' }, '`format` must be "json" or "csv", got: "xml"'],
  [{ inputColumns: -1 }, '`inputColumns` must be a whole number of at least 0, got: -1'],
  [{ inputColumns: 1.5, format: 'csv' }, '`inputColumns` must be a whole number of at least 0, got: 1.5'],
  [{ inputColumns: 1, format: 'json' }, '`inputColumns` must be left out where `format` is "json", got: 1'],
])('options %j are refused', (options, message) => {
  expect(() => readTransformOutput('', options)).toThrow(expect.objectContaining({ name: 'TensorFlowServingError', message: `[readTransformOutput] ${message}` }));
});

test('the types are those that the caller names', async () => {
  for await (const { prediction, input } of readTransformOutput<number, { id: string }>('{"id": "a", "SageMakerOutput": 1.5}')) {
    expect(`${prediction.toFixed(2)} ${input?.id.toUpperCase()}`).toBe('1.50 A');
  }
});

// Any documents, in any arrangement and any chunks ------------------------------------------------------------------

const leaf = fc.oneof(
  fc.double().filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
  fc.integer(), fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('"', '\\', '{', ']', ',', '\n', 'é', '𝄞') }), fc.boolean(), fc.constant(null),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), fc.uint8Array(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 }, leaf, fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }).filter((object) => !('b64' in object)),
  ),
}));
const request = fc.oneof(
  fc.array(tree, { maxLength: 4 }).map((predictions) => ({ value: { predictions }, expected: predictions.map((prediction) => [prediction]) })),
  fc.tuple(tree, tree).map(([x, prediction]) => ({ value: { x, SageMakerOutput: { predictions: [prediction] } }, expected: [[{ x }, prediction]] })),
  fc.array(tree, { maxLength: 3 }).map((list) => ({ value: [list], expected: [[[list]]] })),
  tree.map((outputs) => ({ value: { outputs }, expected: [[outputs]] })),
);
const arrangement = fc.record({ separator: fc.constantFrom('', '\n', '\r\n', ' \n\n'), indent: fc.constantFrom('', '\n', '\r\n    ') });

/** JSON, with white space wherever there may be some, if it is wanted. */
function spread(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return `[${indent}${value.map((item) => spread(item, indent)).join(`,${indent}`)}${indent}]`;
  }
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
    ? `{${Object.entries(value).map(([name, item]) => `${indent}${write(name)}: ${spread(item, indent)}`).join(',')}${indent}}`
    : write(value);
}

/** Cuts bytes at any places. */
async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let begin = 0;
  for (const end of ends) {
    yield bytes.subarray(begin, end);
    begin = end;
  }
}

/** The value with its bytes in arrays, so that those of any class compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return ['bytes', ...value];
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)])) : value;
}

test('a chunk may end within an escape', async () => {
  expect(pairs(await all(Readable.from(['["\\', '""]["a"]["\\', '\\"]', '"b"'])))).toEqual([[['"']], [['a']], [['\\']], ['b']]);
});

test('any documents in any chunks come out as they went in', async () => {
  const documents = fc.array(request, { maxLength: 6 });
  await fc.assert(fc.asyncProperty(documents, arrangement, fc.array(fc.nat()), async (requests, { separator, indent }, places) => {
    const bytes = new TextEncoder().encode(requests.map(({ value }) => spread(value, indent) + separator).join(''));
    expect(plain(pairs(await all(cut(bytes, places))))).toStrictEqual(plain(requests.flatMap(({ expected }) => expected)));
  }), { numRuns: 300 });
});

test('an output that is cut off at any byte gives no wrong prediction, none twice, and an error but between documents', async () => {
  await fc.assert(fc.asyncProperty(fc.array(request, { maxLength: 3 }), arrangement, async (requests, { separator, indent }) => {
    const texts = requests.map(({ value }) => spread(value, indent) + separator);
    const bytes = new TextEncoder().encode(texts.join(''));
    const expected = plain(requests.flatMap(({ expected: one }) => one)) as unknown[];
    const whole = new Set([0]);
    texts.reduce((length, text) => {
      const document = new TextEncoder().encode(text.trimEnd()).length;
      for (let at = document; at <= document + separator.length; at++) {
        whole.add(length + at);
      }
      return length + new TextEncoder().encode(text).length;
    }, 0);
    for (let length = 0; length <= bytes.length; length++) {
      const { records, error } = await read(bytes.subarray(0, length));
      expect(plain(pairs(records))).toStrictEqual(expected.slice(0, records.length));
      expect(error?.name).toBe(whole.has(length) ? undefined : 'MalformedTransformOutputError');
    }
  }), { numRuns: 30 });
}, 60_000);

test('numbers, words and rows that are cut off are not taken for others', async () => {
  const value = fc.oneof(fc.double().map(write), fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String), fc.constantFrom('true', 'null', 'NaN', '-Infinity', '"a\\\\"', '""'));
  const row = fc.array(fc.oneof(fc.double().map(write), fc.constantFrom('"a,""b"', 'text', '"a"', 'trueish', '')), { minLength: 2, maxLength: 5 }).map((fields) => fields.join());
  await fc.assert(fc.asyncProperty(fc.oneof(fc.array(value), fc.array(row)), async (lines) => {
    const text = lines.map((line) => `${line}\r\n`).join('');
    const expected = await all(text);
    expect(expected).toHaveLength(lines.length);
    for (let length = 0; length < text.length; length++) {
      const { records } = await read(text.slice(0, length));
      expect(records).toStrictEqual(expected.slice(0, records.length));
    }
  }), { numRuns: 50 });
}, 60_000);

test('fields may be long', async () => {
  const field = 'a""'.repeat(5_000_000);
  const [{ prediction }] = await all(`"${field}",1,"${field}"\n`);
  expect((prediction as string[])[2] === field.replaceAll('""', '"')).toBe(true);
});

test('rows of CSV come out as they went in', async () => {
  const quote = (field: number | string) => typeof field === 'number' ? write(field) : `"${field.replaceAll('"', '""')}"`;
  const field = fc.oneof(fc.double().filter((value) => Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))),
    fc.string({ unit: fc.constantFrom('"', ',', 'a', ' ', 'é', '\\') }));
  await fc.assert(fc.asyncProperty(fc.array(fc.array(field, { minLength: 2 })), fc.array(fc.nat()), async (rows, places) => {
    const bytes = new TextEncoder().encode(rows.map((row) => `${row.map(quote).join()}\n`).join(''));
    expect(pairs(await all(cut(bytes, places), { format: 'csv' }))).toStrictEqual(rows.map((row) => [row]));
  }), { numRuns: 200 });
});

describe('time grows with the size alone', () => {
  /** The milliseconds that reading takes. */
  async function timed(body: AsyncIterable<Uint8Array>, count: number): Promise<number> {
    const started = performance.now();
    let records = 0;
    for await (const { index } of readTransformOutput(body)) {
      records = index + 1;
    }
    expect(records).toBe(count);
    return performance.now() - started;
  }

  test.each<[string, (n: number) => [AsyncIterable<Uint8Array>, number]]>([
    ['one document in tiny chunks', (n) => [chunked(JSON.stringify({ outputs: Array(n).fill(1.5) }), 3), 1]],
    ['many documents in tiny chunks', (n) => [chunked('{"outputs": 1}\n'.repeat(n / 8), 3), n / 8]],
    ['many documents in one chunk', (n) => [chunked('{"outputs": 1}\n'.repeat(n / 8), 1e9), n / 8]],
    ['one line of CSV in tiny chunks', (n) => [chunked(`${'1.5,'.repeat(n)}\n`, 3), 1]],
    ['one string in tiny chunks', (n) => [chunked(`${JSON.stringify('x'.repeat(n))}\n`, 3), 1]],
  ])('%s', async (_, make) => {
    await timed(...make(8_000)); // warms up
    const small = await timed(...make(16_000));
    const large = await timed(...make(128_000));
    expect(large).toBeLessThan(40 * Math.max(small, 5)); // eight times as much; a square would be 64
  }, 60_000);
});

test('no more is read ahead than the predictions need', async () => {
  const text = '{"predictions": [1.0, 2.0]}\n';
  let given = 0;
  async function* lines() {
    for (; given < 3;) {
      given++;
      yield text;
    }
  }
  const seen: number[] = [];
  for await (const { index } of readTransformOutput(lines())) {
    seen[index] = given;
  }
  expect(seen).toEqual([1, 1, 2, 2, 3, 3]);
});
