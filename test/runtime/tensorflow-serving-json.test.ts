import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { type ServedOutputs, type ServedTensor, parseJson, readExamples, readPredict, writeAnswer } from './tensorflow-serving-json';
import { InvalidRequestError } from '../../src/runtime/errors';
import { type FeatureSpec, type SignatureTypes } from '../../src/runtime/model-types';
import { bodyOf, encodeInstances, examplesBody, predictBody } from '../../src/runtime/request-body';
import { readResponse } from '../../src/runtime/response-body';
import { type TensorSpec } from '../../src/runtime/signatures';
import { type TensorElements, Tensor } from '../../src/runtime/tensor';

/** How many cases all properties have together; `CODEC_CASES=100000` makes it the long run. */
const CASES = Number(process.env.CODEC_CASES ?? 10_000);

const numRuns = (share: number) => ({ numRuns: Math.ceil(CASES * share) });

type Element = number | bigint | boolean | string | Uint8Array;

interface Case {
  readonly spec: TensorSpec;
  readonly shape: readonly number[];
  readonly values: readonly Element[];
}

const INTEGERS: { readonly [dtype: string]: readonly [bigint, bigint] } = {
  DT_INT8: [-(2n ** 7n), 2n ** 7n - 1n],
  DT_INT16: [-(2n ** 15n), 2n ** 15n - 1n],
  DT_INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  DT_INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  DT_UINT8: [0n, 2n ** 8n - 1n],
  DT_UINT32: [0n, 2n ** 32n - 1n],
  DT_UINT64: [0n, 2n ** 64n - 1n],
};

const tricky = fc.constantFrom('\0', '"', '\\', 'NaN', 'Infinity', 'u0000', '9007199254740993', ']', '\n');
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: tricky }));

/** The elements of a type, in the ways that they can be given. */
const ELEMENTS: { readonly [dtype: string]: fc.Arbitrary<Element> } = {
  DT_FLOAT: fc.oneof(
    fc.float(), fc.double({ min: -3.4e38, max: 3.4e38 }), fc.integer(), fc.integer({ min: -1e5, max: 1e5 }).map((value) => value / 100),
  ),
  DT_DOUBLE: fc.oneof(fc.double({ min: -1e307, max: 1e307 }), fc.float(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 5e-324)),
  DT_BOOL: fc.boolean(),
  DT_STRING: fc.oneof(text, fc.uint8Array({ maxLength: 20 })),
  ...Object.fromEntries(Object.entries(INTEGERS).map(([dtype, [min, max]]) => [
    dtype, fc.tuple(fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max)), fc.boolean())
      .map(([value, isBigint]) => isBigint || !Number.isSafeInteger(Number(value)) ? value : Number(value)),
  ])),
};

const size = fc.integer({ min: 1, max: 4 });

/** A tensor and its specification: `batch` is its first dimension if it is given. */
function tensorCase(dtypes: readonly string[], batch?: number): fc.Arbitrary<Case> {
  return fc.record({
    dtype: fc.constantFrom(...dtypes),
    rest: fc.array(fc.tuple(size, fc.boolean()), { maxLength: 3 }),
    isOpen: fc.boolean(),
    isRankUnknown: fc.boolean(),
  }).chain(({ dtype, rest, isOpen, isRankUnknown }) => {
    const shape = [...batch !== undefined ? [batch] : [], ...rest.map(([length]) => length)];
    const sizes = [...batch !== undefined ? [isOpen ? -1 : batch] : [], ...rest.map(([length, isAny]) => isAny ? -1 : length)];
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    return fc.array(ELEMENTS[dtype], { minLength: length, maxLength: length })
      .map((values) => ({ spec: { dtype, shape: isRankUnknown ? null : sizes }, shape, values }));
  });
}

/** The typed array that holds the elements, where there is one. */
function typedArray({ spec: { dtype }, values }: Case): TensorElements | undefined {
  const array = {
    DT_FLOAT: Float32Array,
    DT_DOUBLE: Float64Array,
    DT_INT8: Int8Array,
    DT_INT16: Int16Array,
    DT_INT32: Int32Array,
    DT_UINT8: Uint8Array,
    DT_UINT32: Uint32Array,
  }[dtype];
  if (array !== undefined) {
    return array.from(values.map(Number));
  }
  const long = { DT_INT64: BigInt64Array, DT_UINT64: BigUint64Array }[dtype];
  return long?.from(values.map((value) => BigInt(value as number)));
}

/** The ways to give a tensor: nested arrays, iterables, typed arrays in arrays, a tensor of an array or typed array. */
const FORMS = ['nested', 'iterables', 'typed rows', 'tensor', 'typed tensor'] as const;
type Form = typeof FORMS[number];

function given(one: Case, form: Form, shape = one.shape, values: TensorElements = one.values): unknown {
  if (form === 'tensor') {
    return new Tensor(values, shape);
  }
  if (form === 'typed tensor') {
    return new Tensor(values === one.values ? typedArray(one) ?? values : values, shape);
  }
  if (shape.length === 0) {
    return values[0];
  }
  if (form === 'typed rows' && shape.length === 1) {
    return values === one.values ? typedArray(one) ?? values : values;
  }
  const all = form === 'typed rows' && values === one.values ? typedArray(one) ?? values : values;
  const step = all.length / shape[0];
  const items = Array.from({ length: shape[0] }, (_, i) => given(one, form, shape.slice(1), all.slice(i * step, (i + 1) * step) as TensorElements));
  return form === 'iterables' ? (function* () {
    yield* items;
  })() : items;
}

/** What TensorFlow gets of an element. */
function served(dtype: string, value: Element): number | bigint | boolean | number[] {
  if (typeof value === 'string') {
    return [...Buffer.from(value)];
  }
  if (value instanceof Uint8Array) {
    return [...value];
  }
  if (dtype === 'DT_INT64' || dtype === 'DT_UINT64') {
    return BigInt(value);
  }
  if (typeof value === 'boolean') {
    return value;
  }
  return dtype === 'DT_FLOAT' ? Math.fround(Number(value)) : Number(value);
}

const plain = ({ shape, values }: ServedTensor) => ({ shape, values: values.map((value) => value instanceof Uint8Array ? [...value] : value) });
const expected = ({ spec: { dtype }, shape, values }: Case) => {
  const elements = values.map((value) => served(dtype, value));
  return { shape, values: dtype.includes('INT') ? elements.map((value) => value === 0 ? 0 : value) : elements };
};

/** Jest is slow to find that nothing is wrong. */
function expectSame(got: unknown, want: unknown): void {
  if (!isDeepStrictEqual(got, want)) {
    expect(got).toStrictEqual(want);
  }
}

const signature = (inputs: SignatureTypes['inputs'], outputs: SignatureTypes['outputs'] = {}): SignatureTypes =>
  ({ method: 'tensorflow/serving/predict', inputs, outputs });
const DTYPES = Object.keys(ELEMENTS);

describe('a tensor is what TensorFlow Serving gets', () => {
  test('in columnar format, of every type and shape, in every form', () => {
    fc.assert(fc.property(tensorCase(DTYPES), fc.constantFrom(...FORMS), fc.boolean(), (one, form, hasName) => {
      const value = given(one, form);
      const { bytes } = predictBody('e', { inputs: hasName ? { x: value } : value }, signature({ x: one.spec }));
      const { tensors, isRow } = readPredict(bytes, { x: one.spec }, true);
      expect(isRow).toBe(false);
      expectSame(plain(tensors.x), expected(one));
    }), numRuns(0.25));
  });

  test('in row format, of every type and shape, in every form, whole or in parts', () => {
    const batch = fc.integer({ min: 1, max: 5 }).chain((count) => tensorCase(DTYPES, count));
    fc.assert(fc.property(batch, fc.constantFrom(...FORMS), fc.boolean(), (one, form, isWhole) => {
      const types = signature({ x: one.spec });
      const request = { instances: given(one, form), signatureName: 's' };
      const body = isWhole ? predictBody('e', request, types) : inParts(request, types);
      expect(body.count).toBe(one.shape[0]);
      const { tensors, isRow, signatureName } = readPredict(body.bytes, { x: one.spec }, true);
      expect([isRow, signatureName]).toEqual([true, 's']);
      expectSame(plain(tensors.x), expected(one));
    }), numRuns(0.25));
  });

  test('among several, in both formats', () => {
    const cases = fc.integer({ min: 1, max: 4 })
      .chain((count) => fc.tuple(fc.constant(count), fc.array(tensorCase(DTYPES, count), { minLength: 2, maxLength: 4 })));
    fc.assert(fc.property(cases, fc.constantFrom(...FORMS), fc.constantFrom('rows', 'parts', 'columns'), ([count, all], form, format) => {
      const inputs = Object.fromEntries(all.map(({ spec }, i) => [`input ${i}`, spec]));
      const types = signature(inputs);
      const rows = Array.from({ length: count }, (_, i) => Object.fromEntries(all.map((one, j) => {
        const step = one.values.length / count;
        const row = { ...one, shape: one.shape.slice(1), values: one.values.slice(i * step, (i + 1) * step) };
        return [`input ${j}`, given(row, form)];
      })));
      const columns = Object.fromEntries(all.map((one, i) => [`input ${i}`, given(one, form)]));
      const { bytes } = format === 'columns' ? predictBody('e', { inputs: columns }, types)
        : format === 'rows' ? predictBody('e', { instances: rows }, types) : inParts({ instances: rows }, types);
      const { tensors } = readPredict(bytes, inputs, true);
      all.forEach((one, i) => expectSame(plain(tensors[`input ${i}`]), expected(one)));
    }), numRuns(0.1));
  });

  test('without types, where a value tells its own: only a zero among plain numbers loses its sign', () => {
    const dtypes = DTYPES.filter((dtype) => dtype !== 'DT_UINT8');
    fc.assert(fc.property(tensorCase(dtypes), fc.constantFrom(...FORMS), (one, form) => {
      const { bytes } = predictBody('e', { inputs: given(one, form) });
      const { tensors } = readPredict(bytes, { x: one.spec }, true);
      const positive = ({ shape, values }: { shape: readonly number[]; values: readonly unknown[] }) =>
        ({ shape, values: values.map((value) => value === 0 ? 0 : value) });
      expectSame(positive(plain(tensors.x)), positive(expected(one)));
    }), numRuns(0.1));
  });

  test('of doubles, with what RapidJSON\'s fast way leaves of 17 digits: it is at most 3 units in the last place off', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, min: 1e-290, max: 1e290 }), (value) => {
      const { bytes } = predictBody('e', { inputs: value }, signature({ x: { dtype: 'DT_DOUBLE', shape: [] } }));
      const { tensors } = readPredict(bytes, { x: { dtype: 'DT_DOUBLE' } });
      expect(Math.abs(tensors.x.values[0] as number - value)).toBeLessThanOrEqual(3 * value * Number.EPSILON);
    }), numRuns(0.02));
  });
});

/** The body of rows that were encoded one by one. */
function inParts(request: object, types: SignatureTypes) {
  const encoded = encodeInstances('e', request, types);
  return bodyOf(encoded, encoded.rows);
}

test('whatever is given for a type is refused with a place, or is a tensor of that type and shape', () => {
  const odd = fc.constantFrom(null, undefined, {}, new Uint8Array(2), new Float32Array(2), new Tensor([1, 2], [2]), { b64: 'AA==' }, '\ud800');
  const leaf = fc.oneof(...Object.values(ELEMENTS), odd);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({ tree: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('tree'), { maxLength: 3 })) }));
  const spec = fc.record({
    dtype: fc.constantFrom(...DTYPES, 'DT_HALF', 'DT_UINT16', 'DT_COMPLEX64'),
    shape: fc.option(fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 3 }), { nil: null }),
  });
  fc.assert(fc.property(tree, spec, fc.constantFrom('inputs', 'instances', 'typed instances'), (value, x, key) => {
    let bytes: Uint8Array;
    try {
      const request = key === 'inputs' ? { inputs: value } : key === 'instances' ? { instances: value } : { instances: [value, value] };
      ({ bytes } = predictBody('e', request, signature({ x })));
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect((error as Error).message).toMatch(/^\[e\] `(?:request|inputs|instances)[^`]*` (?:must|cannot) /);
      return;
    }
    const { tensors } = readPredict(bytes, { x });
    expect(x.shape?.every((dimension, i) => dimension === -1 || dimension === tensors.x.shape[i])).not.toBe(false);
    expect(x.shape?.length ?? tensors.x.shape.length).toBe(tensors.x.shape.length);
  }), numRuns(0.06));
});

const FEATURES: { readonly [dtype: string]: fc.Arbitrary<Element> } = {
  DT_FLOAT: ELEMENTS.DT_FLOAT, DT_INT64: fc.oneof(ELEMENTS.DT_INT64, fc.boolean()), DT_STRING: ELEMENTS.DT_STRING,
};

test('examples have features of the kinds that the signature reads', () => {
  const kinds = fc.record({
    dtype: fc.constantFrom(...Object.keys(FEATURES)), count: fc.integer({ min: 0, max: 4 }), isAny: fc.boolean(), isList: fc.boolean(),
  });
  const feature = kinds.chain(({ dtype, count, isAny, isList }) => fc.array(FEATURES[dtype], { minLength: count, maxLength: count }).map((values) => {
    const spec: FeatureSpec = { dtype, shape: isAny ? null : [count], isRequired: true };
    return { spec, value: isList || count !== 1 ? values : values[0], values };
  }));
  fc.assert(fc.property(fc.dictionary(text, feature, { maxKeys: 4 }), fc.boolean(), fc.boolean(), (all, isContext, isWhole) => {
    const features = Object.fromEntries(Object.entries(all).map(([name, { spec }]) => [name, spec]));
    const types = { ...signature({ inputs: { dtype: 'DT_STRING', shape: [-1] } }), features };
    const example = Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));
    const request = isContext ? { context: example, examples: [{}, {}] } : { examples: [example, example] };
    const { bytes, count } = isWhole ? examplesBody('e', request, types) : inParts(request, types);
    expect(count).toBe(2);
    for (const read of readExamples(bytes)) {
      expect(Object.keys(read).sort()).toEqual(Object.keys(all).sort());
      for (const [name, { spec: { dtype }, values }] of Object.entries(all)) {
        const kind = values.length === 0 ? undefined : { DT_FLOAT: 'float', DT_INT64: 'int64', DT_STRING: 'bytes' }[dtype];
        const elements = values.map((value) => dtype === 'DT_INT64' ? BigInt(value as number) : served(dtype, value));
        expectSame({ kind: read[name].kind, values: plain({ shape: [], values: read[name].values }).values }, { kind, values: elements });
      }
    }
  }), numRuns(0.08));
});

const OUTPUTS: { readonly [dtype: string]: fc.Arbitrary<number | bigint | boolean | Uint8Array> } = {
  ...ELEMENTS as Record<string, fc.Arbitrary<number>>,
  DT_FLOAT: fc.float(),
  DT_DOUBLE: fc.oneof(fc.double(), fc.constantFrom(9007199254740993, 1e300, -0)),
  DT_STRING: text.map((value) => new Uint8Array(Buffer.from(value))),
  bytes: fc.uint8Array({ maxLength: 10 }),
};

test('answers are read with every value that TensorFlow Serving wrote', () => {
  const cases = fc.integer({ min: 0, max: 3 }).chain((batch) => fc.tuple(fc.constant(batch), fc.array(fc.record({
    dtype: fc.constantFrom(...Object.keys(OUTPUTS)), rest: fc.array(size, { maxLength: 2 }),
  }).chain(({ dtype, rest }) => {
    const shape = [batch, ...rest];
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    return fc.array(OUTPUTS[dtype], { minLength: length, maxLength: length }).map((values) => ({ dtype, shape, values }));
  }), { minLength: 1, maxLength: 3 })));
  fc.assert(fc.property(cases, fc.boolean(), fc.boolean(), ([batch, all], isRow, isTyped) => {
    const name = (dtype: string, i: number) => `output${i}${dtype === 'bytes' ? '_bytes' : ''}`;
    const outputs: ServedOutputs = Object.fromEntries(all.map((one, i) =>
      [name(one.dtype, i), { ...one, dtype: one.dtype === 'bytes' ? 'DT_STRING' : one.dtype }]));
    const specs = Object.fromEntries(Object.entries(outputs).map(([key, { dtype, shape }]) => [key, { dtype, shape: [-1, ...shape.slice(1)] }]));
    const key = isRow ? 'predictions' : 'outputs';
    const answer = { endpointName: 'e', body: Buffer.from(writeAnswer(outputs, isRow)) };
    const { [key]: read } = isTyped ? readResponse(answer, key, signature({}, specs), isRow ? batch : undefined) : readResponse(answer, key);
    const names = Object.keys(outputs);
    for (const each of names) {
      const values = isRow
        ? (read as unknown[]).map((row) => names.length === 1 ? row : (row as Record<string, unknown>)[each])
        : names.length === 1 ? read : (read as Record<string, unknown>)[each];
      const { dtype, shape, values: elements } = outputs[each];
      const flat = (values as unknown[]).flat(shape.length - 1 as 1);
      expectSame(flat.map((value) => readElement(dtype, value)), elements.map((value) => wanted(each, dtype, value)));
    }
  }), numRuns(0.14));
});

/** A read element, as the float32 that it is or as the bigint. */
function readElement(dtype: string, value: unknown): unknown {
  if (dtype === 'DT_FLOAT') {
    return Math.fround(value as number);
  }
  return value instanceof Uint8Array ? [...value] : value;
}

function wanted(name: string, dtype: string, value: number | bigint | boolean | Uint8Array): unknown {
  if (value instanceof Uint8Array) {
    return name.endsWith('_bytes') ? [...value] : Buffer.from(value).toString('utf-8');
  }
  if (dtype.includes('INT')) {
    return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
  }
  return value;
}

describe('the other side', () => {
  test.each<[string, unknown]>([
    ['{"inputs": 1.0}', 'is not of expected type'],
    ['{"inputs": 2147483648}', 'is not of expected type'],
    ['{"inputs": [[1], [2, 3]]}', 'Encountered list at unexpected size'],
    ['{"inputs": [1, [2]]}', 'Encountered list at unexpected level'],
    ['{"inputs": [[1], 2]}', 'found at incorrect level'],
    ['{"instances": []}', 'No values in \'instances\' array'],
    ['{"instances": [{"y": 1}]}', 'Failed to process element'],
    ['{"instances": [1, {"x": 1}]}', 'mixes'],
    ['{"instances": [[1], [1, 2]]}', 'Expecting tensor size'],
    ['{"instances": [[[1, 2]], [[1], [2]]]}', 'Expecting shape'],
    ['{"inputs": true}', 'is not of expected type'],
    ['{"inputs": nan}', 'Expected null'],
    ['{"inputs": +1}', 'Invalid value'],
    ['{"inputs": 1.}', 'Missing fraction'],
    ['{"inputs": 1, "instances": [1]}', 'Missing \'inputs\' or \'instances\' key'],
    ['{"signature_name": 1, "inputs": 1}', 'must be a string value'],
    ['{"inputs": {"y": 1}}', 'Missing named input'],
  ])('refuses %s', (body, problem) => {
    expect(() => readPredict(Buffer.from(body), { x: { dtype: 'DT_INT32' } })).toThrow(problem as string);
  });

  test('writes as TensorFlow Serving does', () => {
    const write = (dtype: string, ...values: number[]) => writeAnswer({ y: { dtype, shape: [values.length], values } }, true);
    expect(write('DT_FLOAT', 3.5, 4, 5.5)).toBe('{\n    "predictions": [3.5, 4.0, 5.5\n    ]\n}');
    expect(write('DT_FLOAT', 9e6, 999999, Math.fround(3e-5), Math.fround(1 / 3), 16777216, -0))
      .toContain('[9e+06, 999999.0, 3e-05, 0.333333343, 16777216.0, -0.0');
    expect(write('DT_DOUBLE', 1 / 3)).toContain('[0.33333333333333331');
  });

  test('stops at the end of the first document', () => {
    expect(parseJson(Buffer.from('{"a":[]}{'))).toEqual(new Map([['a', []]]));
  });
});
