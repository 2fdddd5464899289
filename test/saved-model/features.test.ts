import { damageOf, field, integerField, shapeField } from './support';
import { featuresOf } from '../../src/saved-model/features';
import { Graph } from '../../src/saved-model/graph';

const FLOAT = 1;
const INT32 = 3;
const STRING = 7;
const INT64 = 9;

type Attributes = Record<string, Buffer>;

function node(op: string, name: string, inputs: readonly string[] = [], attributes: Attributes = {}): Buffer {
  return Buffer.concat([
    field(1, name), field(2, op), ...inputs.map((input) => field(3, input)),
    ...Object.entries(attributes).map(([key, value]) => field(5, field(1, key), field(2, value))),
  ]);
}

const types = (...all: number[]) => field(1, ...all.map((type) => integerField(6, type)));
const shapes = (...all: (number[] | null)[]) => field(1, ...all.map((shape) => shapeField(7, shape)));
const keys = (...names: (string | Buffer)[]) => field(1, ...names.map((name) => field(2, name)));
const functionNamed = (name: string) => field(10, field(1, name));

/** A constant of texts, which is a vector unless its shape is given. */
function texts(name: string, values: readonly (string | Buffer)[], shape: number[] = [values.length]): Buffer {
  return node('Const', name, [], { value: field(8, integerField(1, STRING), shapeField(2, shape), ...values.map((value) => field(8, value))) });
}

/** A constant of numbers, of which only the shape counts. */
function numbers(name: string, shape?: number[]): Buffer {
  return node('Const', name, [], { value: field(8, integerField(1, FLOAT), shape !== undefined ? shapeField(2, shape) : Buffer.alloc(0)) });
}

function definition(name: string, parameters: readonly (string | Buffer)[], nodes: readonly Buffer[], returned: readonly string[] = []): Buffer {
  return Buffer.concat([
    field(1, field(1, name), ...parameters.map((parameter) => field(2, typeof parameter === 'string' ? field(1, parameter) : parameter))),
    ...nodes.map((each) => field(3, each)),
    ...returned.map((tensor, index) => field(4, field(1, `out${index}`), field(2, tensor))),
  ]);
}

function featuresIn(nodes: readonly Buffer[], functions: readonly Buffer[] = []) {
  return featuresOf(new Graph(nodes, functions), 'examples:0');
}

/** ParseExampleV2 of one dense float feature; the names of its inputs can be others. */
function parse(name: string, { serialized = 'examples', denseKeys = 'keys', standIn = 'none' } = {}): Buffer {
  return node('ParseExampleV2', name, [serialized, 'names', 'nothing', denseKeys, 'nothing', standIn], {
    Tdense: types(FLOAT), dense_shapes: shapes([1]), sparse_types: field(1), ragged_value_types: field(1),
  });
}

const CONSTANTS = [texts('names', []), texts('nothing', []), texts('keys', ['x']), numbers('none', [0]), numbers('one', [1])];
const X = { name: 'x', kind: 'dense', dtype: 'DT_FLOAT', shape: [1], isRequired: true };

describe('ParseExampleV2', () => {
  const all = node('ParseExampleV2', 'parse', ['examples', 'names', 'sparse', 'dense', 'ragged', 'none', 'one', 'none'], {
    Tdense: types(FLOAT, INT64, STRING), dense_shapes: shapes([2, 3], [], [-1]), sparse_types: types(INT64), ragged_value_types: types(FLOAT, STRING),
  });

  test('tells features of all kinds, by name', () => {
    expect(featuresIn([
      ...CONSTANTS, texts('sparse', ['s']), texts('dense', ['c', 'a', 'b']), texts('ragged', ['é', 'r']), all,
    ])).toEqual([
      { name: 'a', kind: 'dense', dtype: 'DT_INT64', shape: [], isRequired: false },
      { name: 'b', kind: 'dense', dtype: 'DT_STRING', shape: [-1], isRequired: false },
      { name: 'c', kind: 'dense', dtype: 'DT_FLOAT', shape: [2, 3], isRequired: true },
      { name: 'r', kind: 'ragged', dtype: 'DT_STRING', shape: null, isRequired: false },
      { name: 's', kind: 'sparse', dtype: 'DT_INT64', shape: null, isRequired: false },
      { name: 'é', kind: 'ragged', dtype: 'DT_FLOAT', shape: null, isRequired: false },
    ]);
  });

  test.each<[string, Buffer[]]>([
    ['the keys are not constant', [texts('sparse', ['s']), node('StringJoin', 'dense'), texts('ragged', ['é', 'r'])]],
    ['there are other numbers of keys and types', [texts('sparse', ['s']), texts('dense', ['c', 'a']), texts('ragged', ['é', 'r'])]],
    ['there are too many sparse keys', [texts('sparse', ['s', 't']), texts('dense', ['c', 'a', 'b']), texts('ragged', ['é', 'r'])]],
    ['there are too many ragged keys', [texts('sparse', ['s']), texts('dense', ['c', 'a', 'b']), texts('ragged', ['é', 'r', 'o'])]],
    ['a key is not text', [texts('sparse', ['s']), texts('dense', ['c', 'a', Buffer.from([0xff])]), texts('ragged', ['é', 'r'])]],
    ['keys are left out because they repeat', [texts('sparse', ['s']), texts('dense', ['c'], [3]), texts('ragged', ['é', 'r'])]],
    ['keys are no strings', [texts('sparse', ['s']), numbers('dense', [3]), texts('ragged', ['é', 'r'])]],
    ['a constant has no value', [texts('sparse', ['s']), node('Const', 'dense'), texts('ragged', ['é', 'r'])]],
  ])('tells nothing where %s', (_, constants) => {
    expect(featuresIn([...CONSTANTS, ...constants, all])).toBeUndefined();
  });

  test.each<[string, Attributes]>([
    ['a type is none of a feature', { Tdense: types(INT32), dense_shapes: shapes([1]) }],
    ['a shape is missing', { Tdense: types(FLOAT) }],
    ['there are no types at all', {}],
  ])('tells nothing where %s', (_, attributes) => {
    expect(featuresIn([...CONSTANTS, node('ParseExampleV2', 'parse', ['examples', 'names', 'nothing', 'keys', 'nothing', 'none'], attributes)])).toBeUndefined();
  });

  test('of a shape of any rank tells that', () => {
    const attributes = { Tdense: types(FLOAT), dense_shapes: shapes(null) };
    expect(featuresIn([...CONSTANTS, node('ParseExampleV2', 'parse', ['examples', 'names', 'nothing', 'keys', 'nothing', 'none'], attributes)]))
      .toEqual([{ ...X, shape: null, isRequired: false }]);
  });

  test.each<[string, Buffer[], boolean]>([
    ['empty', [numbers('value', [0])], true],
    ['empty in several dimensions', [numbers('value', [2, 0])], true],
    ['there', [numbers('value', [1])], false],
    ['a scalar', [numbers('value', [])], false],
    ['of a shape that is not written', [numbers('value')], false],
    ['computed', [node('RandomUniform', 'value')], false],
    ['reshaped', [numbers('before', [0]), node('Reshape', 'value', ['before', 'one'])], true],
    ['missing', [], false],
  ])('whose stand-in is %s', (_, constants, isRequired) => {
    expect(featuresIn([...CONSTANTS, ...constants, parse('parse', { standIn: 'value' })])).toEqual([{ ...X, isRequired }]);
  });
});

describe('ParseExample', () => {
  const nodes = [
    ...CONSTANTS, texts('k0', ['s'], []), texts('k1', ['t'], []), texts('k2', ['x'], []), texts('k3', ['y'], []),
    node('ParseExample', 'parse', ['examples', 'names', 'k0', 'k1', 'k2', 'k3', 'none', 'one', '^one'], {
      Tdense: types(FLOAT, STRING), dense_shapes: shapes([1], [2]), sparse_types: types(STRING, INT64),
    }),
  ];

  test('has a constant for each key', () => {
    expect(featuresIn(nodes)).toEqual([
      { name: 's', kind: 'sparse', dtype: 'DT_STRING', shape: null, isRequired: false },
      { name: 't', kind: 'sparse', dtype: 'DT_INT64', shape: null, isRequired: false },
      X,
      { name: 'y', kind: 'dense', dtype: 'DT_STRING', shape: [2], isRequired: false },
    ]);
  });

  test.each([[6], [8]])('tells nothing without the constant %#', (missing) => {
    expect(featuresIn(nodes.filter((_, index) => index !== missing))).toBeUndefined();
  });
});

describe('ParseSingleExample', () => {
  const single = (dense: Buffer, sparse: Buffer) => node('ParseSingleExample', 'parse', ['examples', 'none'], {
    Tdense: types(FLOAT), dense_shapes: shapes([1]), sparse_types: types(INT64), dense_keys: dense, sparse_keys: sparse,
  });

  test('has its keys as attributes', () => {
    expect(featuresIn([...CONSTANTS, single(keys('x'), keys('s'))]))
      .toEqual([{ name: 's', kind: 'sparse', dtype: 'DT_INT64', shape: null, isRequired: false }, X]);
  });

  test.each([
    [keys(Buffer.from([0xff])), keys('s')],
    [keys('x'), keys(Buffer.from([0xff]))],
    [field(1), keys('s')],
    [keys('x'), Buffer.alloc(0)],
  ])('tells nothing without all keys (%#)', (dense, sparse) => {
    expect(featuresIn([...CONSTANTS, single(dense, sparse)])).toBeUndefined();
  });
});

describe('the tensor of examples', () => {
  test.each<[string, Buffer[]]>([
    ['Identity', [node('Identity', 'same', ['examples:0']), parse('parse', { serialized: 'same' })]],
    ['IdentityN', [node('IdentityN', 'same', ['names', 'examples']), parse('parse', { serialized: 'same:1' })]],
    ['Reshape', [node('Reshape', 'same', ['examples', 'one']), parse('parse', { serialized: 'same:0' })]],
    ['something that reads no features beside', [node('Shape', 'shape', ['examples']), parse('parse')]],
    ['something that only waits for it beside', [node('Unknown', 'later', ['^examples']), parse('parse')]],
  ])('is followed through %s', (_, nodes) => {
    expect(featuresIn([...CONSTANTS, ...nodes])).toEqual([X]);
  });

  test.each<[string, Buffer[]]>([
    ['nothing takes it', []],
    ['only its shape is asked for', [node('Shape', 'shape', ['examples'])]],
    ['it also goes to something else', [parse('parse'), node('DecodeRaw', 'raw', ['examples'])]],
    ['it is the shape that something gets', [node('Reshape', 'other', ['names', 'examples'])]],
    ['it is parsed as something else', [node('ParseExampleV2', 'parse', ['names', 'examples', 'nothing', 'keys', 'nothing', 'none'])]],
    ['another tensor of the node is parsed', [parse('parse', { serialized: 'examples:1' })]],
    ['it goes in circles', [node('Identity', 'a', ['examples', 'b']), node('IdentityN', 'b', ['a', 'c']), node('IdentityN', 'c', ['b:0', 'b:1']), node('IdentityN', 'd', ['e', 'b']), node('IdentityN', 'e', ['e', 'd:1', 'e:1']), node('Identity', 'e2', ['e:1'])]],
  ])('tells nothing where %s', (_, nodes) => {
    expect(featuresIn([...CONSTANTS, ...nodes])).toBeUndefined();
  });

  test('that goes in circles does not go on forever', () => {
    expect(featuresIn([...CONSTANTS, parse('parse'), node('Identity', 'a', ['examples']), node('IdentityN', 'a2', ['a', 'a2'])])).toEqual([X]);
    expect(featuresIn([...CONSTANTS, parse('parse'), node('Identity', 'a', ['examples']), node('IdentityN', 'b', ['a']), node('Identity', 'a', ['b'])])).toBeUndefined();
  });
});

describe('several nodes that parse', () => {
  const other = (kind: 'dense' | 'sparse', type: number, shape: number[], standIn: string, name = 'x') => [
    texts('more', [name]),
    kind === 'dense'
      ? node('ParseExampleV2', 'other', ['examples', 'names', 'nothing', 'more', 'nothing', standIn], { Tdense: types(type), dense_shapes: shapes(shape) })
      : node('ParseExampleV2', 'other', ['examples', 'names', 'more', 'nothing', 'nothing'], { sparse_types: types(type) }),
  ];

  test.each<[string, Buffer[], unknown]>([
    ['other features', other('dense', INT64, [], 'one', 'y'), [X, { name: 'y', kind: 'dense', dtype: 'DT_INT64', shape: [], isRequired: false }]],
    ['the same feature with a stand-in', other('dense', FLOAT, [1], 'one'), [X]],
    ['the same feature as a sparse one', other('sparse', FLOAT, [], 'one'), [X]],
    ['another shape for it', other('dense', FLOAT, [2], 'one'), undefined],
    ['another type for it', other('sparse', STRING, [], 'one'), undefined],
  ])('tell what all of them want: %s', (_, nodes, features) => {
    expect(featuresIn([...CONSTANTS, parse('parse'), ...nodes])).toEqual(features);
    expect(featuresIn([...CONSTANTS, ...nodes, parse('parse')])).toEqual(features);
  });

  test('keep a sparse feature that is sparse for all', () => {
    const again = node('ParseExampleV2', 'again', ['examples', 'names', 'more', 'nothing', 'nothing'], { sparse_types: types(FLOAT) });
    expect(featuresIn([...CONSTANTS, ...other('sparse', FLOAT, [], 'one'), again]))
      .toEqual([{ name: 'x', kind: 'sparse', dtype: 'DT_FLOAT', shape: null, isRequired: false }]);
  });
});

describe('functions', () => {
  const call = (op: string, name: string, inputs: readonly string[], called: string) => node(op, name, inputs, { f: functionNamed(called) });
  const inner = definition('inner', ['first', 'second', 'texts'], [
    texts('names', []), texts('nothing', []), numbers('none', [0]),
    node('ParseExampleV2', 'parse', ['second', 'names:output:0', 'nothing:output:0', 'texts', 'nothing:output:0', 'none:output:0'], {
      Tdense: types(FLOAT), dense_shapes: shapes([1]),
    }),
    node('Identity', 'result', ['parse:dense_values:0']),
  ], ['result:output:0']);
  const outer = definition('outer', ['serialized', 'texts'], [
    node('Identity', 'same', ['serialized']), node('IdentityN', 'both', ['same:output:0', 'texts']),
    call('StatefulPartitionedCall', 'call', ['same:output:0', 'same:output:0', 'both:output:1'], 'inner'),
  ], ['call:output:0']);

  test.each(['PartitionedCall', 'StatefulPartitionedCall', 'BatchFunction'])('are followed, with constants from outside: %s', (op) => {
    expect(featuresIn([...CONSTANTS, call(op, 'call', ['examples', 'keys'], 'outer')], [inner, outer])).toEqual([X]);
  });

  test('are followed where the operation is the function', () => {
    expect(featuresIn([...CONSTANTS, node('outer', 'call', ['examples', 'keys'])], [inner, outer])).toEqual([X]);
  });

  test('are read once for several calls', () => {
    expect(featuresIn([...CONSTANTS, node('outer', 'call', ['examples', 'keys']), node('outer', 'again', ['examples', 'keys'])], [inner, outer])).toEqual([X]);
  });

  test.each<[string, Buffer[], Buffer[]]>([
    ['the function is missing', [call('PartitionedCall', 'call', ['examples', 'keys'], 'nope')], [inner, outer]],
    ['the call names no function', [node('PartitionedCall', 'call', ['examples', 'keys'])], [inner, outer]],
    ['the function has fewer parameters', [call('PartitionedCall', 'call', ['keys', 'keys', 'examples'], 'outer')], [inner, outer]],
    ['the keys are not given', [call('PartitionedCall', 'call', ['examples'], 'outer')], [inner, outer]],
    ['the function has no signature', [call('PartitionedCall', 'call', ['examples'], '')], [field(3, parse('parse'))]],
    ['a parameter stands for a number of tensors', [call('PartitionedCall', 'call', ['examples'], 'list')],
      [definition('list', [Buffer.concat([field(1, 'all'), field(5, 'N')])], [...CONSTANTS, parse('parse', { serialized: 'all' })])]],
    ['a parameter stands for a list of tensors', [call('PartitionedCall', 'call', ['examples'], 'list')],
      [definition('list', [Buffer.concat([field(1, 'all'), field(6, 'T')])], [...CONSTANTS, parse('parse', { serialized: 'all' })])]],
    ['the function gives the examples back', [parse('parse'), call('PartitionedCall', 'call', ['examples'], 'back')],
      [definition('back', ['given'], [], ['given'])]],
    ['the function calls itself', [call('PartitionedCall', 'call', ['examples'], 'loop')],
      [definition('loop', ['given'], [call('PartitionedCall', 'call', ['given'], 'loop')])]],
    ['the keys come from nowhere', [parse('parse', { denseKeys: 'nowhere' })], []],
  ])('tell nothing where %s', (_, nodes, functions) => {
    expect(featuresIn([...CONSTANTS, ...nodes], functions)).toBeUndefined();
  });

  test('that call each other many times do not take forever', () => {
    const functions = Array.from({ length: 40 }, (_, index) => definition(`f${index}`, ['given'], [
      call('PartitionedCall', 'a', ['given'], `f${index + 1}`), call('PartitionedCall', 'b', ['given'], `f${index + 1}`),
    ]));
    expect(featuresIn([...CONSTANTS, node('f0', 'call', ['examples'])], [...functions, definition('f40', ['given'], [])])).toBeUndefined();
  });
});

test('damage is not hidden', () => {
  expect(damageOf(() => featuresIn([...CONSTANTS, node('f', 'call', ['examples'])], [field(1, field(1, Buffer.from([0xff])))])).message).toBe('a text is not UTF-8');
});
