import { runInNewContext } from 'node:vm';
import { InvalidRequestError } from '../../src/runtime/errors';
import { examplesBody, predictBody } from '../../src/runtime/request-body';
import { Tensor } from '../../src/runtime/tensor';

const textOf = (bytes: Uint8Array, property: string) => Buffer.from(bytes).toString().slice(`{"${property}":`.length, -1);
const tensor = (value: unknown) => textOf(predictBody('my-endpoint', { inputs: value }).bytes, 'inputs');
const examples = (...values: unknown[]) => textOf(examplesBody('my-endpoint', { examples: values }).bytes, 'examples');

/** The error that writing fails with. */
function failure(write: () => unknown): string {
  try {
    write();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect((error as InvalidRequestError).endpointName).toBe('my-endpoint');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('a tensor', () => {
  test.each<[unknown, string]>([
    [1.0, '1'],
    [-2.5, '-2.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0, '0'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
    [9007199254740993n, '9007199254740993'],
    [-9223372036854775808n, '-9223372036854775808'],
    [18446744073709551615n, '18446744073709551615'],
    [true, 'true'],
    [false, 'false'],
    [null, 'null'],
    ['', '""'],
    ['a "quoted" \\ line\n\u0001 café 𝄞', '"a \\"quoted\\" \\\\ line\\n\\u0001 café 𝄞"'],
    [[], '[]'],
    [[1, 2.5, [3]], '[1,2.5,[3]]'],
    [[[1, NaN], [-0, 4]], '[[1,NaN],[-0,4]]'],
    [['a', true, 5n, null], '["a",true,5,null]'],
    [{}, '{}'],
    [{ 'x': 1, 'a "key"': [2] }, '{"x":1,"a \\"key\\"":[2]}'],
    [Object.assign(Object.create(null), { x: 1 }), '{"x":1}'],
    [JSON.parse('{"__proto__":[1]}'), '{"__proto__":[1]}'],
    [{ b64: 'AA==' }, '{"b64":"AA=="}'],
    [new Uint8Array([255, 254, 0]), '{"b64":"//4A"}'],
    [Buffer.from('hello'), '{"b64":"aGVsbG8="}'],
    [[new Uint8Array(), 'x'], '[{"b64":""},"x"]'],
    [new Float32Array([0.1, 1, -0, NaN, -Infinity]), '[0.1,1,-0.0,NaN,-Infinity]'],
    [new Float64Array([0.1, 1, -0, NaN, Infinity]), '[0.1,1,-0.0,NaN,Infinity]'],
    [new Float64Array([0.1, 1]), '[0.1,1]'],
    [new Int8Array([-128, 127]), '[-128,127]'],
    [new Uint8ClampedArray([0, 255]), '[0,255]'],
    [new Int16Array([-32768]), '[-32768]'],
    [new Uint16Array([65535]), '[65535]'],
    [new Int32Array([-2147483648]), '[-2147483648]'],
    [new Uint32Array([4294967295]), '[4294967295]'],
    [new BigInt64Array([-9223372036854775808n]), '[-9223372036854775808]'],
    [new BigUint64Array([18446744073709551615n]), '[18446744073709551615]'],
    [[new Float32Array([0.1]), new Float32Array([0.2])], '[[0.1],[0.2]]'],
    [new Float32Array(0), '[]'],
    [new Set([1, 'x']), '[1,"x"]'],
    [[new Set([1, 2]).values(), []], '[[1,2],[]]'],
    [{ x: new Set() }, '{"x":[]}'],
    [new Tensor(new Float32Array([0.1, 0.2, 3, 4]), [2, 2]), '[[0.1,0.2],[3,4]]'],
    [new Tensor(new Uint8Array([1, 2, 3]), [1, 3]), '[[1,2,3]]'],
    [new Tensor([0.5, -0, NaN, 4], [2, 1, 2]), '[[[0.5,-0]],[[NaN,4]]]'],
    [new Tensor([1, 2, 3, 4], [2, 2]), '[[1,2],[3,4]]'],
    [new Tensor(['a', new Uint8Array([1])], [2]), '["a",{"b64":"AQ=="}]'],
    [new Tensor([7n], []), '7'],
    [new Tensor([], [2, 0]), '[[],[]]'],
    [new Tensor([], [0, 2]), '[]'],
    [{ x: new Tensor([1], [1]), y: NaN }, '{"x":[1],"y":NaN}'],
  ])('%p is written as %s', (value, text) => {
    expect(tensor(value)).toBe(text);
  });

  test('of another realm is written the same', () => {
    const value = runInNewContext('({ a: [1, NaN], b: new Uint8Array([1]), c: new Float32Array([0.5]), d: {} })');
    expect(tensor(value)).toBe('{"a":[1,NaN],"b":{"b64":"AQ=="},"c":[0.5],"d":{}}');
  });

  test('may hold the same array several times', () => {
    const row = [1, 'x'];
    expect(tensor([row, row])).toBe('[[1,"x"],[1,"x"]]');
  });

  const rule = 'must be a number, bigint, boolean, string, array, typed array, Tensor, iterable, plain object or null';
  class Sample {}
  test.each<[string, unknown, string]>([
    ['a hole', [1, , 3], `\`inputs[1]\` ${rule}, got: undefined`],
    ['undefined in an object', { x: [{ y: undefined }] }, `\`inputs.x[0].y\` ${rule}, got: undefined`],
    ['a function', [[() => 1]], `\`inputs[0][0]\` ${rule}, got: [object Function]`],
    ['a symbol', { s: Symbol('a') }, `\`inputs.s\` ${rule}, got: Symbol(a)`],
    ['a date', { 'my key': new Date(0) }, `\`inputs["my key"]\` ${rule}, got: [object Date]`],
    ['a map', new Map(), `\`inputs\` ${rule}, got: [object Map]`],
    ['an instance of a class', [new Sample()], `\`inputs[0]\` ${rule}, got: [object Sample]`],
    ['a data view', new DataView(new ArrayBuffer(1)), `\`inputs\` ${rule}, got: [object DataView]`],
    ['a buffer', new ArrayBuffer(1), `\`inputs\` ${rule}, got: [object ArrayBuffer]`],
  ])('with %s is refused', (_, value, problem) => {
    expect(failure(() => tensor(value))).toBe(`[my-endpoint] ${problem}`);
  });

  test.each<[unknown, string]>([
    ['\ud800', '`inputs` must be well-formed Unicode, and holds half of a surrogate pair, got: "\\ud800"'],
    [['ok', 'a\udc00b'], '`inputs[1]` must be well-formed Unicode, and holds half of a surrogate pair, got: "a\\udc00b"'],
    [{ '\ud834': 1 }, '`inputs["\\ud834"]` must be well-formed Unicode, and holds half of a surrogate pair, got: "\\ud834"'],
  ])('with half of a surrogate pair is refused: %j', (value, problem) => {
    expect(failure(() => tensor(value))).toBe(`[my-endpoint] ${problem}; give bytes as a Uint8Array`);
  });

  test('that contains itself is refused', () => {
    const list: unknown[] = ['x'];
    list.push({ a: list });
    expect(failure(() => tensor({ list }))).toBe('[my-endpoint] `inputs.list[1].a` must not contain itself');
  });

  test('may be nested in 300 levels and no more', () => {
    const nested = (levels: number) => {
      let value: unknown = 'x';
      for (let i = 0; i < levels; i++) {
        value = [value];
      }
      return value;
    };
    expect(tensor(nested(300))).toBe(`${'['.repeat(300)}"x"${']'.repeat(300)}`);
    expect(failure(() => tensor(nested(301)))).toBe(`[my-endpoint] \`inputs${'[0]'.repeat(300)}\` must not be nested in more than 300 levels`);
  });
});

describe('examples', () => {
  test.each<[unknown, string]>([
    [{ x: 80 }, '{"x":80.0}'],
    [{ x: -1 }, '{"x":-1.0}'],
    [{ x: 0.5 }, '{"x":0.5}'],
    [{ x: 0.1 + 0.2 }, '{"x":0.3}'],
    [{ x: 16777217.5 }, '{"x":16777218.0}'],
    [{ n: new Tensor(new Uint8Array([1, 2]), [2, 1]) }, '{"n":[1,2]}'],
    [{ n: [2n, 3] }, '{"n":[2,3]}'],
    [{ s: new Set(['a', 'b']) }, '{"s":["a","b"]}'],
    [{ x: 0 }, '{"x":0.0}'],
    [{ x: -0 }, '{"x":-0.0}'],
    [{ x: 1e21 }, '{"x":1e+21}'],
    [{ x: 1e20 }, '{"x":100000000000000000000.0}'],
    [{ x: 1e-7 }, '{"x":1e-7}'],
    [{ x: [NaN, Infinity, -Infinity] }, '{"x":[NaN,Infinity,-Infinity]}'],
    [{ x: [1, 2.5] }, '{"x":[1.0,2.5]}'],
    [{ n: 80n }, '{"n":80}'],
    [{ n: [-9223372036854775808n, 9223372036854775807n] }, '{"n":[-9223372036854775808,9223372036854775807]}'],
    [{ f: true, g: [false, 1n] }, '{"f":true,"g":[false,1]}'],
    [{ s: 'café', t: ['a', new Uint8Array([1])] }, '{"s":"café","t":["a",{"b64":"AQ=="}]}'],
    [{ b: new Uint8Array([255]) }, '{"b":{"b64":"/w=="}}'],
    [{ x: new Float32Array([1, 0.5]) }, '{"x":[1.0,0.5]}'],
    [{ x: new Float64Array([2]) }, '{"x":[2.0]}'],
    [{ n: new Int32Array([80, -1]) }, '{"n":[80,-1]}'],
    [{ n: new BigInt64Array([80n]) }, '{"n":[80]}'],
    [{ x: [] }, '{"x":[]}'],
    [{}, '{}'],
  ])('%p is written as %s', (example, text) => {
    expect(examples(example)).toBe(`[${text}]`);
    expect(Buffer.from(examplesBody('my-endpoint', { context: example, examples: [{}] }).bytes).toString()).toBe(`{"context":${text},"examples":[{}]}`);
  });

  test('a float32 in a list survives', () => {
    const text = examples({ x: new Float32Array([0.1]) });
    expect(Math.fround(JSON.parse(text)[0].x[0])).toBe(Math.fround(0.1));
  });

  const rule = 'must be a number, bigint, boolean, string or Uint8Array, or a flat list of them';
  const first = 'as the feature is';
  const float = `must be a number that a float32 has room for, ${first} DT_FLOAT by its first value`;
  const hint = 'write the whole numbers of a DT_INT64 feature as bigints, such as 80n';
  const int64 = 'must be a whole number from -9223372036854775808 to 9223372036854775807, and a bigint if it is beyond 2^53';
  const bytes = 'must be a string of well-formed Unicode, or bytes as a Uint8Array';
  test.each<[string, unknown, string]>([
    ['null', { x: null }, `\`examples[1].x\` ${rule}, got: null`],
    ['undefined', { x: undefined }, `\`examples[1].x\` ${rule}, got: undefined`],
    ['a hole', { x: ['a', , 'c'] }, `\`examples[1].x[1]\` ${bytes}, ${first} DT_STRING by its first value, got: undefined`],
    ['a nested list', { x: [[1]] }, `\`examples[1].x[0]\` ${rule}, got: [object Array]`],
    ['an object', { x: { y: 1 } }, `\`examples[1].x\` ${rule}, got: [object Object]`],
    ['an integer over 64 bits', { x: 9223372036854775808n }, `\`examples[1].x\` ${int64}, ${first} DT_INT64 by its first value, got: 9223372036854775808n`],
    ['an integer under 64 bits', { x: [-9223372036854775809n] }, `\`examples[1].x[0]\` ${int64}, ${first} DT_INT64 by its first value, got: -9223372036854775809n`],
    ['an unsigned integer over 64 bits', { x: new BigUint64Array([2n ** 63n]) },
      `\`examples[1].x[0]\` ${int64}, ${first} DT_INT64 by its first value, got: 9223372036854775808n`],
    ['a number over 32 bits', { x: 3.5e38 }, `\`examples[1].x\` ${float}, got: 3.5e+38; ${hint}`],
    ['a bigint among numbers', { x: [1, 2n] }, `\`examples[1].x[1]\` ${float}, got: 2n; ${hint}`],
    ['a fraction among integers', { x: [true, 0.5] }, `\`examples[1].x[1]\` ${int64}, ${first} DT_INT64 by its first value, got: 0.5`],
    ['a number among strings', { x: ['a', 1] }, `\`examples[1].x[1]\` ${bytes}, ${first} DT_STRING by its first value, got: 1`],
    ['half of a surrogate pair', { x: ['\udc00'] },
      '`examples[1].x[0]` must be well-formed Unicode, and holds half of a surrogate pair, got: "\\udc00"; give bytes as a Uint8Array'],
    ['no object', 5, '`examples[1]` must be an object of features, got: 5'],
    ['a list', [1], '`examples[1]` must be an object of features, got: [object Array]'],
  ])('with %s are refused', (_, example, problem) => {
    expect(failure(() => examples({ x: 1 }, example))).toBe(`[my-endpoint] ${problem}`);
  });
});
