import { type JsonValue, readRequestJson } from '../../src/runtime/fake-json';
import { Refusal, checkShape, decodeExample, decodeTensor, encodeTensor } from '../../src/runtime/fake-tensors';

const read = (text: string): JsonValue => readRequestJson(text);

describe('a tensor of a request', () => {
  test.each<[string, string | undefined, unknown]>([
    ['[1, 2.5, NaN]', undefined, [1, 2.5, NaN]],
    ['9223372036854775807', undefined, 9223372036854775807n],
    ['{"b64": "AQ=="}', undefined, Uint8Array.of(1)],
    ['[0.1, 1, -Infinity]', 'DT_FLOAT', [Math.fround(0.1), 1, -Infinity]],
    ['[0.1, 1]', 'DT_DOUBLE', [0.1, 1]],
    ['[127, -2147483648]', 'DT_INT8', [127, -2147483648]],
    ['2147483647', 'DT_INT32', 2147483647],
    ['[9223372036854775807, 1]', 'DT_INT64', [9223372036854775807n, 1]],
    ['4294967295', 'DT_UINT32', 4294967295],
    ['18446744073709551615', 'DT_UINT64', 18446744073709551615n],
    ['[true]', 'DT_BOOL', [true]],
    ['["a", {"b64": "AQ=="}]', 'DT_STRING', ['a', Uint8Array.of(1)]],
    ['[[], []]', 'DT_FLOAT', [[], []]],
  ])('%s of %s is read', (text, dtype, value) => {
    expect(decodeTensor(read(text), dtype)).toEqual(value);
  });

  test.each<[string, string, string, number?]>([
    ['"a"', 'DT_FLOAT', 'JSON Value: "a" Type: String is not of expected type: float'],
    ['true', 'DT_DOUBLE', 'JSON Value: true Type: True is not of expected type: double'],
    ['1.0', 'DT_INT32', 'JSON Value: 1 Type: Number is not of expected type: int32'],
    ['2147483648', 'DT_INT8', 'JSON Value: "2147483648" Type: Number is not of expected type: int8'],
    ['-1', 'DT_UINT64', 'JSON Value: "-1" Type: Number is not of expected type: uint64'],
    ['1', 'DT_BOOL', 'JSON Value: "1" Type: Number is not of expected type: bool'],
    ['null', 'DT_STRING', 'JSON Value: null Type: Null is not of expected type: string'],
    ['false', 'DT_STRING', 'JSON Value: false Type: False is not of expected type: string'],
    ['{"a": 1}', 'DT_INT64', 'JSON Value: {"a":"1"} Type: Object is not of expected type: int64'],
    ['1', 'DT_HALF', 'Conversion of JSON Value: "1" to type: half', 501],
  ])('%s of %s is refused', (text, dtype, message, status = 400) => {
    const error = thrown(() => decodeTensor(read(text), dtype));
    expect(error).toMatchObject({ message, status });
    expect(error).toBeInstanceOf(Refusal);
  });

  test.each([
    ['[[1], [1, 2]]', 'Encountered list at unexpected size: 2 at level: 1 expected size: 1'],
    ['[1, [2]]', 'Encountered list at unexpected level: 1 expected < 1'],
    ['[[1], 2]', 'JSON Value: "2" found at incorrect level: 2 in the JSON DOM. Expected at level: 2'],
  ])('%s is no tensor', (text, message) => {
    expect(() => decodeTensor(read(text), undefined)).toThrow(new Refusal(message));
  });

  test.each<[number[], number[] | null | undefined, string?]>([
    [[2], [-1]],
    [[2, 3], [-1, 3]],
    [[2], null],
    [[2], undefined],
    [[], []],
    [[2], [3], 'Expects arg to have shape compatible with [3], but had shape [2]'],
    [[2, 2], [-1, 3], 'Expects arg to have shape compatible with [-1,3], but had shape [2,2]'],
    [[], [-1], 'Expects arg to have shape compatible with [-1], but had shape []'],
  ])('of the shape %j for %j is taken, or refused', (shape, wanted, message = undefined) => {
    const check = () => checkShape(shape, wanted !== undefined ? { dtype: 'DT_FLOAT', shape: wanted } : undefined);
    if (message === undefined) {
      expect(check).not.toThrow();
    } else {
      expect(check).toThrow(new Refusal(message));
    }
  });
});

describe('an example', () => {
  const feature = (dtype: string, isRequired = true) => ({ dtype, shape: null, isRequired });

  test('has features of the types that they look like', () => {
    expect(decodeExample(read('{"f": 80.0, "i": 80, "b": true, "s": ["a", {"b64": "AQ=="}], "l": 9223372036854775807, "e": [], "n": [NaN, 1.5]}'), undefined))
      .toEqual({ f: 80, i: 80, b: 1, s: ['a', Uint8Array.of(1)], l: 9223372036854775807n, e: [], n: [NaN, 1.5] });
  });

  test.each<[string, string]>([
    ['1', 'Example must be JSON object but got JSON type: Number'],
    ['[]', 'Example must be JSON object but got JSON type: Array'],
    ['{"f": [1.5, 1]}', 'Unexpected element type in feature: f expecting type: float'],
    ['{"f": [1, 1.5]}', 'Unexpected element type in feature: f expecting type: int64'],
    ['{"f": null}', 'Feature: f has element with unexpected JSON type: Null'],
    ['{"f": [[1]]}', 'Feature: f has element with unexpected JSON type: Array'],
    ['{"f": {"a": 1}}', 'Feature: f has element with unexpected JSON type: Object'],
    ['{"f": 9223372036854775808}', 'Feature: f has uint64_t element. Only int64_t is supported.'],
  ])('%s is refused', (text, message) => {
    expect(() => decodeExample(read(text), undefined)).toThrow(new Refusal(message));
  });

  test('must be as the types say', () => {
    const features = { x: feature('DT_FLOAT'), n: feature('DT_INT64', false), s: feature('DT_STRING', false) };
    expect(decodeExample(read('{"x": 1.0, "n": [1], "s": [], "other": 5}'), features)).toEqual({ x: 1, n: [1], s: [], other: 5 });
    expect(() => decodeExample(read('{"x": 1}'), features)).toThrow(new Refusal(
      'Name: <unknown>, Key: x, Index: 0.  Data types don\'t match. Expected type: float'));
    expect(() => decodeExample(read('{"n": 1}'), features)).toThrow(new Refusal(
      'Name: <unknown>, Feature: x (data type: float) is required but could not be found.'));
  });
});

describe('a tensor of an answer', () => {
  test.each<[unknown, string | undefined, string]>([
    [[3.5, 4, -0], 'DT_FLOAT', '[3.5, 4.0, -0.0]'],
    [[9000000, 999999, 3e-5, 1e-4, 16777216], 'DT_FLOAT', '[9e+06, 999999.0, 3e-05, 0.0001, 16777216.0]'],
    [1 / 3, 'DT_FLOAT', '0.333333343'],
    [1 / 3, 'DT_DOUBLE', '0.33333333333333331'],
    [1 / 3, undefined, '0.33333333333333331'],
    [[NaN, Infinity, -Infinity], 'DT_FLOAT', '[NaN, Infinity, -Infinity]'],
    [-1.5e-10, 'DT_DOUBLE', '-1.5e-10'],
    [0, 'DT_DOUBLE', '0.0'],
    [1e100, 'DT_DOUBLE', '1e+100'],
    [new Float32Array([0.1, 2]), 'DT_FLOAT', '[0.1, 2.0]'],
    [[1, -2], 'DT_INT32', '[1, -2]'],
    [[1, 9223372036854775807n], 'DT_INT64', '[1, 9223372036854775807]'],
    [new BigInt64Array([-5n]), 'DT_INT64', '[-5]'],
    [5n, undefined, '5'],
    [true, 'DT_BOOL', 'true'],
    ['é"', 'DT_STRING', '"é\\""'],
    [new TextEncoder().encode('é'), 'DT_STRING', '"é"'],
  ])('%p of %s is %s', (value, dtype, text) => {
    expect(encodeTensor(value, dtype, 'y')).toBe(text);
  });

  test('is bytes only where the name says so', () => {
    expect(encodeTensor(['a', Uint8Array.of(255)], 'DT_STRING', 'y_bytes')).toBe('[{"b64": "YQ=="}, {"b64": "/w=="}]');
    expect(() => encodeTensor(Uint8Array.of(255), 'DT_STRING', 'y')).toThrow(new TypeError(
      'the fake model gave bytes for `y` that are no UTF-8; only outputs whose names end with `_bytes` can have them'));
  });

  test.each<[unknown, string | undefined, string]>([
    ['a', 'DT_FLOAT', 'the fake model gave string a for `y`, which is float'],
    [1.5, 'DT_INT32', 'the fake model gave number 1.5 for `y`, which is int32'],
    [2n ** 63n, 'DT_INT64', 'the fake model gave bigint 9223372036854775808 for `y`, which is int64'],
    [1, 'DT_BOOL', 'the fake model gave number 1 for `y`, which is bool'],
    [1, 'DT_STRING', 'the fake model gave number 1 for `y`, which is string'],
    [1, 'DT_HALF', 'the fake model gave number 1 for `y`, which is half'],
    [undefined, undefined, 'the fake model gave undefined undefined for `y`, which no tensor can have'],
    [null, undefined, 'the fake model gave object null for `y`, which no tensor can have'],
  ])('%p of %s is none', (value, dtype, message) => {
    expect(() => encodeTensor(value, dtype, 'y')).toThrow(new TypeError(message));
  });
});

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
