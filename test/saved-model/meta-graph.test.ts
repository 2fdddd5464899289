import { damageOf, field, integerField, shapeField } from './support';
import { META_GRAPH_DEF } from '../../src/saved-model/descriptors';
import { readMetaGraph } from '../../src/saved-model/meta-graph';
import { decode } from '../../src/saved-model/wire';

const FLOAT = 1;
const STRING = 7;

function read(...parts: Buffer[]) {
  return readMetaGraph(decode(META_GRAPH_DEF, Buffer.concat(parts)));
}

function tensorInfo(name: string, dtype: number, shape?: readonly number[] | null): Buffer {
  return Buffer.concat([field(1, name), integerField(2, dtype), shape !== undefined ? shapeField(3, shape) : Buffer.alloc(0)]);
}

/** A signature with one input, or with more of them. */
function signature(name: string, inputs: Record<string, Buffer>, outputs: Record<string, Buffer> = {}): Buffer {
  const tensors = (number: number, infos: Record<string, Buffer>) => Object.entries(infos)
    .map(([key, info]) => field(number, field(1, key), field(2, info)));
  return field(5, field(1, name), field(2, ...tensors(1, inputs), ...tensors(2, outputs), field(3, 'tensorflow/serving/predict')));
}

function inputOf(info: Buffer, ...rest: Buffer[]) {
  return read(signature('s', { x: info }), ...rest).metaGraph.signatures[0].inputs[0];
}

function graph(...nodes: Buffer[]): Buffer {
  return field(2, ...nodes.map((each) => field(1, each)));
}

function node(name: string, op: string, dtype?: number): Buffer {
  return Buffer.concat([field(1, name), field(2, op), dtype !== undefined ? field(5, field(1, 'dtype'), field(2, integerField(6, dtype))) : Buffer.alloc(0)]);
}

test('an empty meta graph has nothing', () => {
  expect(read()).toEqual({ metaGraph: { tags: [], signatures: [], assets: [], operations: [] }, restoresVariables: false });
});

test('tags are sorted and come once', () => {
  expect(read(field(1, field(4, 'serve'), field(4, 'gpu'), field(4, 'serve'))).metaGraph.tags).toEqual(['gpu', 'serve']);
});

test('the version of TensorFlow is told', () => {
  expect(read(field(1, field(5, '1.15.0'))).metaGraph.tensorFlowVersion).toBe('1.15.0');
});

test('signatures and their tensors are sorted by name, byte by byte', () => {
  const { signatures } = read(
    signature('b', { z: tensorInfo('z:0', FLOAT), Y: tensorInfo('y:0', FLOAT) }, { 2: tensorInfo('b:0', FLOAT), 10: tensorInfo('a:0', FLOAT) }),
    signature('a', {}), signature('B', {}),
  ).metaGraph;
  expect(signatures.map(({ name }) => name)).toEqual(['B', 'a', 'b']);
  expect(signatures[2].inputs.map(({ name }) => name)).toEqual(['Y', 'z']);
  expect(signatures[2].outputs.map(({ name }) => name)).toEqual(['10', '2']);
});

test('signatures that TensorFlow itself runs are left out', () => {
  expect(read(signature('__saved_model_init_op', {}), signature('__saved_model_train_op', {}), signature('__proto__', {}))
    .metaGraph.signatures.map(({ name }) => name)).toEqual(['__proto__']);
});

describe('a tensor', () => {
  test.each<[string, readonly number[] | null | undefined, readonly number[] | null]>([
    ['with dimensions', [-1, 32, 3], [-1, 32, 3]],
    ['that is a scalar', [], []],
    ['of any rank', null, null],
    ['whose shape is not stated', undefined, null],
  ])('%s has its shape', (_, stated, shape) => {
    expect(inputOf(tensorInfo('x:0', FLOAT, stated))).toEqual({ name: 'x', dtype: 'DT_FLOAT', shape, tensorName: 'x:0' });
  });

  test.each([[FLOAT, 'DT_FLOAT'], [101, 'DT_FLOAT'], [107, 'DT_STRING'], [77, 'DT_77'], [0, 'DT_INVALID']])('of type %d has %s', (number, dtype) => {
    expect(inputOf(tensorInfo('x:0', number, [])).dtype).toBe(dtype);
  });

  test('that is sparse has the names of its parts', () => {
    const sparse = Buffer.concat([integerField(2, FLOAT), shapeField(3, [-1, 4]), field(4, field(1, 'v:0'), field(2, 'i:0'), field(3, 's:0'))]);
    expect(inputOf(sparse)).toEqual({
      name: 'x', dtype: 'DT_FLOAT', shape: [-1, 4], tensorName: '', componentTensorNames: ['v:0', 'i:0', 's:0'],
    });
  });

  test('that is composite has the names of its parts', () => {
    const composite = Buffer.concat([integerField(2, FLOAT), shapeField(3, null), field(5, field(2, field(1, 'v:0')), field(2, field(1, 'r:0')))]);
    expect(inputOf(composite)).toEqual({
      name: 'x', dtype: 'DT_FLOAT', shape: null, tensorName: '', componentTensorNames: ['v:0', 'r:0'],
    });
  });

  test.each([
    ['Placeholder', STRING, 'DT_STRING'],
    ['PlaceholderV2', STRING, 'DT_STRING'],
    ['PlaceholderWithDefault', STRING, 'DT_STRING'],
    ['Placeholder', FLOAT, undefined],
    ['Identity', STRING, undefined],
    ['Placeholder', undefined, undefined],
  ])('that is declared as float and fed to a %s of type %s has %s as its placeholder\'s type', (op, dtype, placeholderDtype) => {
    expect(inputOf(tensorInfo('x:0', FLOAT), graph(node('y', 'Placeholder', 3), node('x', op, dtype))).placeholderDtype).toBe(placeholderDtype);
  });

  test.each(['x:1', 'x', 'scope/x:0'])('named %s is not the placeholder x', (tensorName) => {
    expect(inputOf(tensorInfo(tensorName, FLOAT), graph(node('x', 'Placeholder', STRING))).placeholderDtype).toBeUndefined();
  });

  test('that comes out has no placeholder\'s type', () => {
    const { outputs } = read(signature('s', {}, { y: tensorInfo('x:0', FLOAT) }), graph(node('x', 'Placeholder', STRING))).metaGraph.signatures[0];
    expect(outputs).toEqual([{ name: 'y', dtype: 'DT_FLOAT', shape: null, tensorName: 'x:0' }]);
  });

  test('has no dimension below -1', () => {
    expect(damageOf(() => inputOf(tensorInfo('x:0', FLOAT, [-2]))).message).toBe("tensor 'x' of signature 's' has a dimension of size -2");
  });
});

test('operations are those of the graph and of its functions, each once', () => {
  const library = field(2, field(1, field(3, node('a', 'Relu')), field(3, node('b', 'AddV2'))));
  expect(read(field(2, field(1, node('x', 'Placeholder')), field(1, node('y', 'Relu')), library)).metaGraph.operations)
    .toEqual(['AddV2', 'Placeholder', 'Relu']);
});

test('assets are those of TensorFlow 2 and those of TensorFlow 1, each once', () => {
  const any = (name: string) => field(1, field(1, 'type.googleapis.com/tensorflow.AssetFileDef'), field(2, field(2, name)));
  expect(read(
    field(6, field(2, 'words.txt')), field(6, field(2, 'a.txt')),
    field(4, field(1, 'saved_model_assets'), field(2, field(5, any('old.txt'), any('a.txt')))),
    field(4, field(1, 'saved_model_main_op'), field(2, field(5, any('no asset')))),
  ).metaGraph.assets).toEqual(['a.txt', 'old.txt', 'words.txt']);
});

describe('variables are restored', () => {
  const saver = field(3, field(3, 'save/restore_all'));

  test.each(['VarHandleOp', 'VariableV2', 'Variable'])('where there is a %s and a saver', (op) => {
    expect(read(graph(node('v', op)), saver).restoresVariables).toBe(true);
  });

  test.each<[string, Buffer[]]>([
    ['variables without a saver', [graph(node('v', 'VariableV2'))]],
    ['variables with a saver that restores nothing', [graph(node('v', 'VariableV2')), field(3, field(1, 'save/Const:0'))]],
    ['a saver without variables', [graph(node('c', 'Const')), saver]],
  ])('but not where there are %s', (_, parts) => {
    expect(read(...parts).restoresVariables).toBe(false);
  });
});
