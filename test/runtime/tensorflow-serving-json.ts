/**
 * The JSON of TensorFlow Serving's REST API as its own server reads and writes it, independent of the client's codec: RapidJSON's parser with
 * `kParseNanAndInfFlag` and `kParseStopWhenDoneFlag`, and what `json_tensor.cc` makes of a document.
 * @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/util/json_tensor.cc
 */

/** A number of a document: RapidJSON keeps integers of up to 64 bits apart from all others, which are doubles. */
export class JsonNumber {
  public constructor(
    /** The value of an integer literal that fits 64 bits. */
    public readonly integer: bigint | undefined,
    /** The value as a double by RapidJSON's fast way, which can be some units in the last place off. */
    public readonly double: number,
    /** The nearest double to the text. */
    public readonly exact: number,
  ) {}
}

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | Map<string, JsonValue>;

/** A tensor: integers of 64 bits are bigints, strings are bytes. */
export interface ServedTensor {
  readonly shape: readonly number[];
  readonly values: readonly (number | bigint | boolean | Uint8Array)[];
}

export interface ServedSpec {
  readonly dtype: string;
}

export interface ServedFeature {
  readonly kind: 'float' | 'int64' | 'bytes';
  readonly values: readonly (number | bigint | Uint8Array)[];
}

/** The first document of a text; what comes after it is not looked at. */
export function parseJson(bytes: Uint8Array): JsonValue {
  return new Parser(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).document();
}

class Parser {
  private at = 0;

  public constructor(private readonly text: string) {}

  public document(): JsonValue {
    this.skipSpace();
    if (this.at === this.text.length) {
      throw new Error('The document is empty.');
    }
    return this.value();
  }

  private value(): JsonValue {
    this.skipSpace();
    const character = this.text[this.at];
    switch (character) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    this.expect(word);
    return value;
  }

  private object(): JsonValue {
    const object = new Map<string, JsonValue>();
    this.at++;
    this.skipSpace();
    if (this.take('}')) {
      return object;
    }
    do {
      this.skipSpace();
      if (this.text[this.at] !== '"') {
        throw new Error(`Missing a name for object member at ${this.at}`);
      }
      const name = this.string();
      this.skipSpace();
      this.expect(':');
      object.set(name, this.value());
      this.skipSpace();
    } while (this.take(','));
    this.expect('}');
    return object;
  }

  private array(): JsonValue {
    const array: JsonValue[] = [];
    this.at++;
    this.skipSpace();
    if (this.take(']')) {
      return array;
    }
    do {
      array.push(this.value());
      this.skipSpace();
    } while (this.take(','));
    this.expect(']');
    return array;
  }

  private string(): string {
    let value = '';
    for (this.at++; ;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code) || code < 0x20) {
        throw new Error(`Invalid character or end in string at ${this.at}`);
      }
      const character = this.text[this.at++];
      if (character === '"') {
        return value;
      }
      value += character !== '\\' ? character : this.escape();
    }
  }

  private escape(): string {
    const character = this.text[this.at++];
    if (character !== 'u') {
      const plain = { '"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t' }[character];
      if (plain === undefined) {
        throw new Error(`Invalid escape character in string at ${this.at}`);
      }
      return plain;
    }
    const high = this.hex();
    if (high < 0xd800 || high > 0xdfff) {
      return String.fromCharCode(high);
    }
    this.expect('\\u');
    const low = this.hex();
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) {
      throw new Error('The surrogate pair in string is invalid.');
    }
    return String.fromCharCode(high, low);
  }

  private hex(): number {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[\da-f]{4}$/i.test(digits)) {
      throw new Error('Incorrect hex digit after \\u escape in string.');
    }
    this.at += 4;
    return parseInt(digits, 16);
  }

  private number(): JsonNumber {
    const literal = /-?(?:(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|NaN|Inf(?:inity)?)/y;
    literal.lastIndex = this.at;
    const [token, whole, fraction, exponent] = literal.exec(this.text) ?? [];
    if (token === undefined) {
      throw new Error(`Invalid value at ${this.at}: ${this.text.slice(this.at, this.at + 20)}`);
    }
    this.at += token.length;
    const isNegative = token.startsWith('-');
    if (whole === undefined) {
      const value = token.endsWith('NaN') ? NaN : isNegative ? -Infinity : Infinity;
      return new JsonNumber(undefined, value, value);
    }
    if (this.text[this.at] === '.') {
      throw new Error('Missing fraction part in number.');
    }
    const magnitude = BigInt(whole);
    if (fraction === undefined && exponent === undefined && magnitude <= (isNegative ? 2n ** 63n : 2n ** 64n - 1n)) {
      const integer = isNegative ? -magnitude : magnitude;
      return new JsonNumber(integer, Number(integer), Number(integer));
    }
    const double = fastDouble(whole, fraction?.slice(1) ?? '', Number(exponent?.slice(1) ?? 0));
    if (double > Number.MAX_VALUE) {
      throw new Error('Number too big to be stored in double.');
    }
    return new JsonNumber(undefined, isNegative ? -double : double, Number(token));
  }

  private skipSpace(): void {
    while (' \n\r\t'.includes(this.text[this.at] ?? 'x')) {
      this.at++;
    }
  }

  private take(character: string): boolean {
    const isThere = this.text[this.at] === character;
    this.at += isThere ? 1 : 0;
    return isThere;
  }

  private expect(word: string): void {
    if (!this.text.startsWith(word, this.at)) {
      throw new Error(`Expected ${word} at ${this.at}`);
    }
    this.at += word.length;
  }
}

/** A double as RapidJSON makes it without `kParseFullPrecisionFlag`. */
function fastDouble(whole: string, fraction: string, exponent: number): number {
  const digits = whole + fraction;
  let integer = 0n;
  let taken = 0;
  // whole digits as long as 64 bits hold them, those of a fraction as long as 53 do
  while (taken < whole.length && integer * 10n + BigInt(digits[taken]) <= 2n ** 64n - 1n) {
    integer = integer * 10n + BigInt(digits[taken++]);
  }
  let value: number;
  let scale = 0;
  if (taken < whole.length) {
    value = Number(integer);
    for (; taken < whole.length; taken++) {
      value = value * 10 + Number(digits[taken]);
    }
  } else {
    let significant = String(integer).length;
    for (; taken < digits.length && integer <= 2n ** 53n - 1n; taken++) {
      integer = integer * 10n + BigInt(digits[taken]);
      scale--;
      significant += integer !== 0n ? 1 : 0;
    }
    value = Number(integer);
    for (; taken < digits.length && significant < 17; taken++) {
      value = value * 10 + Number(digits[taken]);
      scale--;
      significant += value > 0 ? 1 : 0;
    }
  }
  const power = exponent + scale;
  return power < -308 ? scaled(scaled(value, -308), power + 308) : scaled(value, power);
}

function scaled(value: number, power: number): number {
  if (power < -308) {
    return 0;
  }
  return power >= 0 ? value * Number(`1e${power}`) : value / Number(`1e${-power}`);
}

/** The tensors of a predict request to a signature with the inputs. */
export function readPredict(body: Uint8Array, inputs: { readonly [name: string]: ServedSpec }, isExact = false): {
  readonly signatureName: string; readonly isRow: boolean; readonly tensors: { readonly [name: string]: ServedTensor };
} {
  const request = parseJson(body);
  if (!(request instanceof Map)) {
    throw new Error('Request is not object');
  }
  const signatureName = request.get('signature_name') ?? 'serving_default';
  if (typeof signatureName !== 'string') {
    throw new Error('\'signature_name\' key must be a string value.');
  }
  const instances = request.get('instances');
  const columns = request.get('inputs');
  if ((instances === undefined) === (columns === undefined)) {
    throw new Error('Missing \'inputs\' or \'instances\' key');
  }
  const isRow = instances !== undefined;
  return { signatureName, isRow, tensors: isRow ? readRows(instances, inputs, isExact) : readColumns(columns!, inputs, isExact) };
}

function readRows(instances: JsonValue, inputs: { readonly [name: string]: ServedSpec }, isExact: boolean): { [name: string]: ServedTensor } {
  if (!Array.isArray(instances) || instances.length === 0) {
    throw new Error('No values in \'instances\' array');
  }
  const names = Object.keys(inputs);
  const isNamed = isObjectOfNames(instances[0]);
  if (!isNamed && names.length !== 1) {
    throw new Error(`instances is a plain list, but expecting list of objects as multiple input tensors required: ${names.join()}`);
  }
  const tensors: { [name: string]: ServedTensor[] } = Object.fromEntries(names.map((name) => [name, []]));
  for (const instance of instances) {
    if (isObjectOfNames(instance) !== isNamed) {
      throw new Error('instances mixes objects and values');
    }
    if (isNamed) {
      const object = instance as Map<string, JsonValue>;
      if (object.size !== names.length || names.some((name) => !object.has(name))) {
        throw new Error(`Failed to process element with keys: ${[...object.keys()].join()}`);
      }
      names.forEach((name) => tensors[name].push(readTensor(object.get(name)!, inputs[name].dtype, isExact)));
    } else {
      tensors[names[0]].push(readTensor(instance, inputs[names[0]].dtype, isExact));
    }
  }
  return Object.fromEntries(names.map((name) => {
    const [first] = tensors[name];
    for (const { shape, values } of tensors[name]) {
      if (values.length !== first.values.length) {
        throw new Error(`Expecting tensor size: ${first.values.length} but got: ${values.length}`);
      }
      if (shape.join() !== first.shape.join()) {
        throw new Error(`Expecting shape [${first.shape.join()}] but got: [${shape.join()}]`);
      }
    }
    return [name, { shape: [instances.length, ...first.shape], values: tensors[name].flatMap(({ values }) => values) }];
  }));
}

function readColumns(columns: JsonValue, inputs: { readonly [name: string]: ServedSpec }, isExact: boolean): { [name: string]: ServedTensor } {
  const names = Object.keys(inputs);
  if (!isObjectOfNames(columns)) {
    if (names.length !== 1) {
      throw new Error('inputs is a plain value/list, but expecting an object as multiple input tensors required');
    }
    return { [names[0]]: readTensor(columns, inputs[names[0]].dtype, isExact) };
  }
  const object = columns as Map<string, JsonValue>;
  return Object.fromEntries(names.map((name) => {
    if (!object.has(name)) {
      throw new Error(`Missing named input: ${name} in 'inputs' object.`);
    }
    return [name, readTensor(object.get(name)!, inputs[name].dtype, isExact)];
  }));
}

function isObjectOfNames(value: JsonValue): boolean {
  return value instanceof Map && !isBytes(value);
}

function isBytes(value: JsonValue): value is Map<string, string> {
  return value instanceof Map && value.size === 1 && typeof value.get('b64') === 'string';
}

function readTensor(value: JsonValue, dtype: string, isExact: boolean): ServedTensor {
  const shape: number[] = [];
  for (let first: JsonValue | undefined = value; Array.isArray(first); first = first[0]) {
    shape.push(first.length);
  }
  const values: (number | bigint | boolean | Uint8Array)[] = [];
  const fill = (item: JsonValue, level: number) => {
    if (!Array.isArray(item)) {
      if (level !== shape.length) {
        throw new Error(`JSON Value found at incorrect level: ${level} in the JSON DOM. Expected at level: ${shape.length}`);
      }
      values.push(readElement(item, dtype, isExact));
      return;
    }
    if (level >= shape.length) {
      throw new Error(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
    }
    if (item.length !== shape[level]) {
      throw new Error(`Encountered list at unexpected size: ${item.length} at level: ${level} expected size: ${shape[level]}`);
    }
    item.forEach((child) => fill(child, level + 1));
  };
  fill(value, 0);
  return { shape, values };
}

function readElement(value: JsonValue, dtype: string, isExact: boolean): number | bigint | boolean | Uint8Array {
  const integer = (min: bigint, max: bigint) => {
    if (!(value instanceof JsonNumber) || value.integer === undefined || value.integer < min || value.integer > max) {
      throw new Error(`JSON Value: ${String(value)} is not of expected type: ${dtype}`);
    }
    return value.integer;
  };
  switch (dtype) {
    case 'DT_FLOAT':
    case 'DT_DOUBLE':
      if (!(value instanceof JsonNumber)) {
        throw new Error(`JSON Value: ${String(value)} is not of expected type: ${dtype}`);
      }
      // the sign of a zero is lost in an integer literal
      return dtype === 'DT_FLOAT' ? Math.fround(value.double) : isExact ? value.exact : value.double;
    case 'DT_INT8':
      return Number(BigInt.asIntN(8, integer(-(2n ** 31n), 2n ** 31n - 1n)));
    case 'DT_INT16':
      return Number(BigInt.asIntN(16, integer(-(2n ** 31n), 2n ** 31n - 1n)));
    case 'DT_INT32':
      return Number(integer(-(2n ** 31n), 2n ** 31n - 1n));
    case 'DT_UINT8':
      return Number(BigInt.asUintN(8, integer(-(2n ** 31n), 2n ** 31n - 1n)));
    case 'DT_UINT32':
      return Number(integer(0n, 2n ** 32n - 1n));
    case 'DT_INT64':
      return integer(-(2n ** 63n), 2n ** 63n - 1n);
    case 'DT_UINT64':
      return integer(0n, 2n ** 64n - 1n);
    case 'DT_BOOL':
      if (typeof value !== 'boolean') {
        throw new Error(`JSON Value: ${String(value)} is not of expected type: bool`);
      }
      return value;
    case 'DT_STRING':
      return readBytes(value);
    default:
      throw new Error(`Conversion of JSON Value: ${String(value)} to type: ${dtype}`);
  }
}

function readBytes(value: JsonValue): Uint8Array {
  if (typeof value === 'string') {
    return new Uint8Array(Buffer.from(value, 'utf-8'));
  }
  if (!isBytes(value)) {
    throw new Error(`JSON Value: ${String(value)} is not of expected type: string`);
  }
  const text = value.get('b64')!;
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text)) {
    throw new Error('Unable to base64 decode');
  }
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** The examples of a classify or regress request, each with the features of the context. */
export function readExamples(body: Uint8Array): { readonly [name: string]: ServedFeature }[] {
  const request = parseJson(body);
  const examples = request instanceof Map ? request.get('examples') : undefined;
  if (!Array.isArray(examples) || examples.length === 0) {
    throw new Error('When method is classify, key \'examples\' is expected and was not found');
  }
  const context = (request as Map<string, JsonValue>).get('context');
  return examples.map((example) => ({ ...context !== undefined ? readExample(context) : {}, ...readExample(example) }));
}

function readExample(example: JsonValue): { [name: string]: ServedFeature } {
  if (!(example instanceof Map)) {
    throw new Error('Example must be JSON object');
  }
  return Object.fromEntries([...example].map(([name, feature]) => {
    const values = (Array.isArray(feature) ? feature : [feature]).map((value) => readFeatureValue(name, value));
    const kinds = new Set(values.map(({ kind }) => kind));
    if (kinds.size > 1) {
      throw new Error(`Unexpected element type in feature: ${name} expecting type: ${values[0].kind}`);
    }
    return [name, { kind: values[0]?.kind, values: values.map(({ value }) => value) }];
  }));
}

function readFeatureValue(
  name: string, value: JsonValue): { readonly kind: 'float' | 'int64' | 'bytes'; readonly value: number | bigint | Uint8Array } {
  if (value instanceof JsonNumber) {
    if (value.integer === undefined) {
      return { kind: 'float', value: Math.fround(value.double) };
    }
    if (value.integer > 2n ** 63n - 1n) {
      throw new Error(`Feature: ${name} has uint64_t element. Only int64_t is supported.`);
    }
    return { kind: 'int64', value: value.integer };
  }
  if (typeof value === 'boolean') {
    return { kind: 'int64', value: value ? 1n : 0n };
  }
  if (typeof value === 'string' || isBytes(value)) {
    return { kind: 'bytes', value: readBytes(value) };
  }
  throw new Error(`Feature: ${name} has element with unexpected JSON type: ${value === null ? 'Null' : 'Object'}`);
}

/** The outputs of a model by name. */
export interface ServedOutputs {
  readonly [name: string]: ServedTensor & { readonly dtype: string };
}

/** The answer to a predict request. */
export function writeAnswer(outputs: ServedOutputs, isRow: boolean): string {
  const names = Object.keys(outputs);
  if (!isRow) {
    const columns = names.map((name) => writeValues(name, outputs[name], outputs[name].shape, 0, outputs[name].values.length, '\n        '));
    const members = names.map((name, i) => `        ${JSON.stringify(name)}: ${columns[i]}`);
    const value = names.length === 1 ? columns[0] : `{\n${members.join(',\n')}\n    }`;
    return `{\n    "outputs": ${value}\n}`;
  }
  const [batch] = outputs[names[0]].shape;
  if (names.some((name) => outputs[name].shape[0] !== batch)) {
    throw new Error('inconsistent batch size');
  }
  const rows = Array.from({ length: batch }, (_, i) => {
    const row = (name: string) => {
      const { shape, values } = outputs[name];
      const size = values.length / batch;
      return writeValues(name, outputs[name], shape.slice(1), i * size, (i + 1) * size, ' ');
    };
    const members = names.map((name) => `            ${JSON.stringify(name)}: ${row(name)}`);
    return names.length === 1 ? row(names[0]) : `{\n${members.join(',\n')}\n        }`;
  });
  return `{\n    "predictions": [${rows.join(', ')}\n    ]\n}`;
}

function writeValues(
  name: string, { dtype, values }: ServedOutputs[string], shape: readonly number[], start: number, end: number, space: string): string {
  if (shape.length === 0) {
    return writeElement(name, dtype, values[start]);
  }
  const step = (end - start) / shape[0];
  const items = Array.from({ length: shape[0] }, (_, i) =>
    writeValues(name, { dtype, shape, values }, shape.slice(1), start + i * step, start + (i + 1) * step, space));
  return `[${items.join(`,${space}`)}]`;
}

function writeElement(name: string, dtype: string, value: number | bigint | boolean | Uint8Array): string {
  if (value instanceof Uint8Array) {
    return name.endsWith('_bytes')
      ? `{\n${' '.repeat(16)}"b64": "${Buffer.from(value).toString('base64')}"\n${' '.repeat(12)}}`
      : writeString(Buffer.from(value).toString('utf-8'));
  }
  return typeof value === 'number' && (dtype === 'DT_FLOAT' || dtype === 'DT_DOUBLE') ? writeFloat(value, dtype === 'DT_FLOAT') : String(value);
}

/** RapidJSON escapes control characters in capitals. */
function writeString(text: string): string {
  return JSON.stringify(text).replace(
    /(?<!\\)((?:\\\\)*)\\u([\da-f]{4})/g, (_, before: string, digits: string) => `${before}\\u${digits.toUpperCase()}`);
}

function writeFloat(value: number, isFloat: boolean): string {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  const short = printf(value, 6);
  const text = (isFloat ? Math.fround(Number(short)) : Number(short)) === value ? short : printf(value, isFloat ? 9 : 17);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** C's `%.<digits>g`. */
function printf(value: number, digits: number): string {
  if (value === 0) {
    return Object.is(value, -0) ? '-0' : '0';
  }
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= digits) {
    const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${short}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const fixed = value.toFixed(Math.max(digits - 1 - power, 0));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}
