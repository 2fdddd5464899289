import { isBytesObject, namesText } from './dtypes';
import { InvalidRequestError, shown, throwIfAny } from './errors';
import { checkFeatures } from './feature-check';
import { JsonOutput } from './json-output';
import { JsonWriter } from './json-writer';
import { type SignatureTypes } from './model-types';
import { type TensorSpec } from './signatures';
import { Tensor } from './tensor';
import { TensorCheck } from './tensor-check';
import { isFloat32Array, isPlainObject } from './tensor-values';
import { checkValue } from './value-check';
import { Walk } from './walk';

/** The key under which TensorFlow Serving answers. */
export type ResponseKey = 'predictions' | 'outputs' | 'results';

/** A request as TensorFlow Serving takes it, and where the answer to it will be. */
export interface RequestBody {
  /** The JSON, in UTF-8. */
  readonly bytes: Uint8Array;
  readonly responseKey: ResponseKey;
  /** The number of instances or examples; undefined in columnar format, which need not have a batch. */
  readonly count?: number;
}

/** The instances of a predict request in row format, or the examples, one by one, and what is around them in a body. */
export interface EncodedInstances {
  /** What comes before the rows: requests with the same one, and the same suffix, can be made one. */
  readonly prefix: string;
  /** The text of each instance or example. */
  readonly rows: readonly string[];
  /** What comes after the rows. */
  readonly suffix: string;
  readonly responseKey: ResponseKey;
}

/** How values of one kind are checked, and then written. */
interface Format {
  check(value: unknown, depth: number): void;
  write(writer: JsonWriter, value: unknown): void;
}

/** The body of a predict request. Where the types of its signature are known, what they do not allow is refused. */
export function predictBody(endpointName: string, request: unknown, types?: SignatureTypes): RequestBody {
  const { walk, out, writer, property, value } = begin(endpointName, request, types, false);
  if (property === 'inputs') {
    writeWhole(writer, value, formatOf(walk, value, types, false));
    return end(out, 'outputs');
  }
  // without names, the instances are one tensor, whose first dimension they are
  const rows = value instanceof Tensor && value.shape.length > 0 ? undefined : rowsOf(walk, value, types);
  const count = rows?.length ?? (value as Tensor).shape[0];
  const isNamed = types !== undefined && rows !== undefined && hasNames(rows[0], types.inputs);
  checkCount(walk, count);
  if (isNamed) {
    writeRows(walk, out, writer, rows, formatOf(walk, rows[0], types, true));
  } else {
    writeWhole(writer, value, formatOf(walk, rows?.[0], types, false));
  }
  return end(out, 'predictions', count);
}

/** The body of a classify or regress request. Where the features of its signature are known, each is written as its type. */
export function examplesBody(endpointName: string, request: unknown, types?: SignatureTypes): RequestBody {
  const { walk, out, writer, value, context } = begin(endpointName, request, types, true);
  const rows = rowsOf(walk, value, undefined);
  checkCount(walk, rows.length);
  writeRows(walk, out, writer, rows, exampleFormat(walk, context, types));
  return end(out, 'results', rows.length);
}

/**
 * The instances or examples of a request, from an array, a typed array, a `Tensor` or any iterable.
 *
 * Together they need at least one row to be a request; here they may have none. `firstIndex` is the number of the first
 * row in error texts, for a request that is read in parts.
 */
export function encodeInstances(endpointName: string, request: unknown, types?: SignatureTypes, firstIndex = 0): EncodedInstances {
  const isExamples = isPlainObject(request) && request.examples !== undefined;
  const { walk, out, writer, property, value, context } = begin(endpointName, request, types, isExamples);
  if (property === 'inputs') {
    walk.refuse(0, 'cannot be taken apart: only `instances` and `examples` can');
  }
  const prefix = `${out.takeText()}[`;
  // an element of a typed array does not tell by itself that it has 32 bits
  const isFloats = ArrayBuffer.isView(value) && isFloat32Array(value as Float32Array);
  const rows = rowsOf(walk, isFloats ? new Tensor(value as Float32Array, [-1]) : value, isExamples ? undefined : types);
  const format = isExamples ? exampleFormat(walk, context, types) : formatOf(walk, rows[0], types, true);
  return {
    prefix,
    rows: Array.from(rows, (row, i) => {
      walk.isJson = true;
      walk.steps[1] = firstIndex + i;
      format.check(row, 1);
      format.write(writer, row);
      return out.takeText();
    }),
    suffix: ']}',
    responseKey: isExamples ? 'results' : 'predictions',
  };
}

/** The body of a request with some of the rows. Its size is that of the prefix, the suffix, the rows and a comma between each two. */
export function bodyOf({ prefix, suffix, responseKey }: EncodedInstances, rows: readonly string[]): RequestBody {
  return { bytes: new TextEncoder().encode(`${prefix}${rows.join(',')}${suffix}`), responseKey, count: rows.length };
}

/** Writes a request up to its values, which are under one property. */
function begin(endpointName: string, request: unknown, types: SignatureTypes | undefined, isExamples: boolean) {
  const refuse = (property: string, rule: string, got: string) => new InvalidRequestError(endpointName, { property, rule, got });
  const known = isExamples ? ['examples', 'context', 'signatureName'] : ['instances', 'inputs', 'signatureName'];
  if (!isPlainObject(request)) {
    throw refuse('request', 'must be an object', shown(request));
  }
  throwIfAny(endpointName, Object.keys(request).filter((name) => !known.includes(name)).map((name) => ({
    property: name, rule: `is none of the request's members, ${namesText(known)}`,
  })));
  const { signatureName, context } = request;
  if (signatureName !== undefined && typeof signatureName !== 'string') {
    throw refuse('signatureName', 'must be a string', shown(signatureName));
  }
  const isColumnar = request.inputs !== undefined;
  if (!isExamples && isColumnar === (request.instances !== undefined)) {
    throw refuse('request', 'must have either `instances` or `inputs`', isColumnar ? 'both' : 'neither');
  }
  const walk = new Walk(endpointName);
  const out = new JsonOutput();
  const writer = new JsonWriter(walk, out);
  out.text(signatureName !== undefined ? `{"signature_name":${JSON.stringify(signatureName)},` : '{');
  if (context !== undefined) {
    walk.steps[0] = 'context';
    checkFeatures(walk, context, 0, types?.features);
    out.text('"context":');
    writer.features(context as Record<string, unknown>, types?.features);
    out.text(',');
  }
  const property = isExamples ? 'examples' : isColumnar ? 'inputs' : 'instances';
  walk.steps[0] = property;
  out.text(`"${property}":`);
  return { walk, out, writer, property, value: request[property], context };
}

function end(out: JsonOutput, responseKey: ResponseKey, count?: number): RequestBody {
  out.text('}');
  return { bytes: out.toBytes(), responseKey, count };
}

function writeWhole(writer: JsonWriter, value: unknown, format: Format): void {
  format.check(value, 0);
  format.write(writer, value);
}

function writeRows(walk: Walk, out: JsonOutput, writer: JsonWriter, rows: ArrayLike<unknown>, format: Format): void {
  for (let i = 0; i < rows.length; i++) {
    walk.steps[1] = i;
    format.check(rows[i], 1);
  }
  if (walk.isJson) {
    out.text(JSON.stringify(rows));
    return;
  }
  for (let i = 0; i < rows.length; i++) {
    out.text(i === 0 ? '[' : ',');
    format.write(writer, rows[i]);
  }
  out.text(']');
}

/** The format of a value for the inputs, or of an instance if `isRow`; whether it has names decides it. */
function formatOf(walk: Walk, value: unknown, types: SignatureTypes | undefined, isRow: boolean): Format {
  if (types === undefined) {
    return { check: (any, depth) => checkValue(walk, any, depth), write: (writer, any) => writer.value(any) };
  }
  const { inputs } = types;
  const names = Object.keys(inputs);
  if (!hasNames(value, inputs)) {
    if (names.length !== 1) {
      walk.refuse(0, `must have values by the names of the inputs, ${namesText(names)}`, shown(value));
    }
    return tensorFormat(walk, names[0], inputs[names[0]], isRow);
  }
  const formats = names.map((name) => tensorFormat(walk, name, inputs[name], isRow));
  // an object of `b64` alone would be read as bytes
  const isConfusable = names.join() === 'b64';
  return {
    check: (row, depth) => {
      checkNames(walk, row, depth, names);
      for (let i = 0; i < names.length; i++) {
        walk.steps[depth + 1] = names[i];
        formats[i].check(row[names[i]], depth + 1);
      }
      walk.isJson &&= !isConfusable;
    },
    write: (writer, row) => isConfusable
      ? formats[0].write(writer, (row as { readonly b64: unknown }).b64)
      : writer.object(row as Record<string, unknown>, (item, name) => formats[names.indexOf(name)].write(writer, item)),
  };
}

function tensorFormat(walk: Walk, name: string, spec: TensorSpec, isRow: boolean): Format {
  if (walk.steps[0] === 'instances' && spec.shape?.length === 0) {
    walk.refuse(0, `cannot have \`${name}\`, a scalar, which has no dimension for the instances`, undefined, 'use `inputs`');
  }
  const tensor = new TensorCheck(walk, name, spec, isRow);
  return { check: (value, depth) => tensor.check(value, depth), write: (writer, value) => writer.value(value, tensor.dtype) };
}

function exampleFormat(walk: Walk, context: unknown, types: SignatureTypes | undefined): Format {
  return {
    check: (row, depth) => checkFeatures(walk, row, depth, types?.features, context ?? {}),
    write: (writer, row) => writer.features(row as Record<string, unknown>, types?.features),
  };
}

/** Whether a value is an object that has values by the names of inputs. */
function hasNames(value: unknown, inputs: SignatureTypes['inputs']): boolean {
  return isPlainObject(value) && (!isBytesObject(value) || Object.keys(inputs).join() === 'b64');
}

function checkNames(walk: Walk, row: unknown, depth: number, names: readonly string[]): asserts row is Record<string, unknown> {
  const given = isPlainObject(row) ? Object.keys(row) : undefined;
  if (given?.length !== names.length || !given.every((name, i) => name === names[i] || names.includes(name))) {
    walk.refuse(depth, `must be an object of ${namesText(names)} and nothing else`, given !== undefined ? namesText(given) : shown(row));
  }
}

/** The rows of a request, one by one. */
function rowsOf(walk: Walk, rows: unknown, types: SignatureTypes | undefined): ArrayLike<unknown> {
  if (rows instanceof Tensor && rows.shape.length > 0) {
    const [count, ...shape] = rows.shape;
    const values = rows.values as Uint8Array;
    const size = values.length / count;
    return Array.from({ length: count }, (_, i) => new Tensor(values.slice(i * size, (i + 1) * size), shape));
  }
  const isOfNumbers = types !== undefined && Object.values(types.inputs).every(({ dtype }) => dtype !== 'DT_STRING');
  return walk.listOf(rows, isOfNumbers)
    ?? walk.refuse(0, 'must be an array, a typed array other than a Uint8Array, a Tensor with a dimension or an iterable', shown(rows));
}

function checkCount(walk: Walk, count: number): void {
  if (count === 0) {
    walk.refuse(0, 'must not be empty');
  }
}
