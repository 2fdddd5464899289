import { type InspectedModel, renderModels } from '../../src/cli/inspect-table';
import { type MetaGraph, type SavedModel, type SignatureTensor } from '../../src/saved-model';

const PLAIN = { stdout: { write: () => undefined }, env: {} };

function tensor(name: string, rest: Partial<SignatureTensor> = {}): SignatureTensor {
  return { name, dtype: 'DT_FLOAT', shape: [-1], tensorName: `${name}:0`, ...rest };
}

function model(serving: Partial<MetaGraph> = {}, savedModel: Partial<SavedModel> = {}, name = 'm'): InspectedModel {
  const metaGraph: MetaGraph = { tags: ['serve'], tensorFlowVersion: '2.19.1', signatures: [], assets: [], operations: [], ...serving };
  return {
    name,
    versions: [{
      directoryName: '1',
      version: '1',
      path: 'm/1',
      savedModel: {
        path: 'm/1', schemaVersion: 1, serving: metaGraph, metaGraphs: [metaGraph], variables: [], variableBytes: 0, ...savedModel,
      },
    }],
  };
}

function lines(...models: InspectedModel[]): string[] {
  return renderModels(models, PLAIN).split('\n');
}

function withInputs(...inputs: SignatureTensor[]): InspectedModel {
  return model({ signatures: [{ name: 's', method: 'tensorflow/serving/predict', inputs, outputs: [] }] });
}

test('a model with nothing says so', () => {
  expect(renderModels([model({ tensorFlowVersion: undefined })], PLAIN)).toBe(`Model m, version 1
  Directory   m/1
  TensorFlow  unknown
  Tags        serve
  Variables   none
  Assets      none
  Signatures  none: nothing can be asked
`);
});

test('meta graphs that are not served are mentioned', () => {
  const { savedModel } = model().versions[0];
  const other = (...tags: string[]): MetaGraph => ({ tags, signatures: [], assets: [], operations: [] });
  expect(lines(model({}, { serving: savedModel.serving, metaGraphs: [savedModel.serving, other('train'), other('gpu', 'serve')] })))
    .toContain('  Also has    {train}, {gpu, serve}');
});

test.each([
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB (1024 bytes)'],
  [5_003_440, '4.8 MiB (5003440 bytes)'],
  [3 * 1024 ** 3, '3.0 GiB (3221225472 bytes)'],
  [1024 ** 5, '1024.0 TiB (1125899906842624 bytes)'],
])('%d bytes of variables are shown as %s', (variableBytes, shown) => {
  expect(lines(model({}, { variables: [{ name: 'v', dtype: 'DT_INT8', shape: [variableBytes], bytes: variableBytes }], variableBytes })))
    .toContain(`  Variables   1, ${shown}`);
});

test('many assets take several lines', () => {
  const assets = Array.from({ length: 10 }, (_, index) => `vocabulary-${index}.txt`);
  expect(lines(model({ assets })).slice(5, 8)).toEqual([
    '  Assets      vocabulary-0.txt, vocabulary-1.txt, vocabulary-2.txt, vocabulary-3.txt,',
    '              vocabulary-4.txt, vocabulary-5.txt, vocabulary-6.txt, vocabulary-7.txt,',
    '              vocabulary-8.txt, vocabulary-9.txt',
  ]);
});

test('tensors are aligned, over all signatures of a version', () => {
  expect(lines(model({
    signatures: [
      { name: 'a', method: 'tensorflow/serving/predict', inputs: [tensor('x', { shape: [] })], outputs: [tensor('longer', { shape: null })] },
      { name: 'b', method: '', inputs: [tensor('y', { dtype: 'DT_STRING', shape: [-1, 2] })], outputs: [] },
    ],
  })).slice(7)).toEqual([
    '  Signature a',
    '    Method    tensorflow/serving/predict',
    '    Input     x       DT_FLOAT   []',
    '    Output    longer  DT_FLOAT   any rank',
    '',
    '  Signature b',
    '    Method    none',
    '    Input     y       DT_STRING  [-1, 2]',
    '',
  ]);
});

test('a name that is too long for its column has a line of its own', () => {
  expect(lines(withInputs(tensor('x'.repeat(36)), tensor('y'.repeat(37)))).slice(9, 12)).toEqual([
    `    Input     ${'x'.repeat(36)}  DT_FLOAT  [-1]`,
    `    Input     ${'y'.repeat(37)}`,
    `              ${' '.repeat(36)}  DT_FLOAT  [-1]`,
  ]);
});

test('a tensor that takes another type than declared, or is made of several, says so', () => {
  expect(lines(withInputs(tensor('x', { placeholderDtype: 'DT_STRING' }), tensor('y', { componentTensorNames: ['a:0', 'b:0', 'c:0'] }))).slice(9, 11)).toEqual([
    '    Input     x  DT_FLOAT  [-1]  (its placeholder takes DT_STRING)',
    '    Input     y  DT_FLOAT  [-1]  (made of 3 tensors)',
  ]);
});

test('names in a model cannot steer the terminal', () => {
  const shown = renderModels([model({ assets: ['\u001b[2J'] }, {}, 'm\u001b[31m\n')], PLAIN);
  expect(shown).toContain('  Assets      \\u001b[2J\n');
  expect(shown).not.toContain('\u001b');
});

describe('headings are bold', () => {
  const render = (isTTY: boolean | undefined, env: Record<string, string>) => renderModels([model()], { stdout: { ...PLAIN.stdout, isTTY }, env });

  test.each<[string, boolean | undefined, Record<string, string>]>([
    ['on a terminal', true, {}],
    ['on a terminal where NO_COLOR is empty', true, { NO_COLOR: '' }],
  ])('%s', (_, isTTY, env) => {
    expect(render(isTTY, env).split('\n')[0]).toBe('\u001b[1mModel m, version 1\u001b[22m');
  });

  test.each<[string, boolean | undefined, Record<string, string>]>([
    ['in a file', undefined, {}],
    ['where NO_COLOR is set', true, { NO_COLOR: '1' }],
    ['on a dumb terminal', true, { TERM: 'dumb' }],
  ])('but not %s', (_, isTTY, env) => {
    expect(render(isTTY, env).split('\n')[0]).toBe('Model m, version 1');
  });
});
