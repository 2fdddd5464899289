import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { run } from './support';

const MODELS = path.relative('.', path.join(__dirname, '..', 'fixtures', 'models'));
const ANSWERS = path.join(__dirname, '..', 'fixtures', 'answers');
const USAGE = 'Usage: cdk-tensorflow-serving inspect PATH [--json]\n';

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'inspect-test-'));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

describe('as a table', () => {
  test('shows the model, what it holds and what it can be asked', async () => {
    expect(await run(['inspect', path.join(MODELS, 'half_plus_three')])).toEqual({
      stdout: `Model half_plus_three, version 123
  Directory   ${MODELS}/half_plus_three/00000123
  TensorFlow  2.19.1
  Tags        serve
  Variables   2, 8 bytes
  Assets      foo.txt

  Signature classify_scores
    Method    tensorflow/serving/classify
    Input     inputs   DT_STRING  [-1]
    Feature   x        DT_FLOAT   [1]
    Output    scores   DT_FLOAT   [-1, 2]

  Signature serving_default
    Method    tensorflow/serving/predict
    Input     x        DT_FLOAT   any rank
    Output    y        DT_FLOAT   any rank

  Signature tensorflow/serving/classify
    Method    tensorflow/serving/classify
    Input     inputs   DT_STRING  [-1]
    Feature   x        DT_FLOAT   [1]
    Output    classes  DT_STRING  [-1, 2]
    Output    scores   DT_FLOAT   [-1, 2]

  Signature tensorflow/serving/predict
    Method    tensorflow/serving/predict
    Input     x        DT_FLOAT   [-1, 1]
    Output    y        DT_FLOAT   [-1, 1]

  Signature tensorflow/serving/regress
    Method    tensorflow/serving/regress
    Input     inputs   DT_STRING  [-1]
    Feature   x        DT_FLOAT   [1]
    Output    outputs  DT_FLOAT   [-1, 1]
`,
      stderr: '',
      exitCode: 0,
    });
  });

  test('shows the features of examples', async () => {
    const { stdout } = await run(['inspect', path.join(MODELS, 'reviews')]);
    expect(stdout).toContain(`
  Signature serving_default
    Method    tensorflow/serving/regress
    Input     inputs    DT_STRING  [-1]
    Feature   counts    DT_INT64   [-1]  (may be missing)
    Feature   length    DT_INT64   []
    Feature   scores    DT_FLOAT   any size  (ragged, may be missing)
    Feature   tags      DT_STRING  any size  (sparse, may be missing)
    Feature   title     DT_STRING  []  (may be missing)
    Output    outputs   DT_FLOAT   [-1]
`);
  });

  test('shows every version of every model', async () => {
    const { stdout } = await run(['inspect', MODELS]);
    expect(stdout.match(/^Model .*$/gm)).toEqual([
      'Model census, version 1', 'Model cnn, version 1', 'Model dense, version 1', 'Model embedding, version 1', 'Model half_plus_three, version 123', 'Model lstm, version 1',
      'Model multi, version 1', 'Model reviews, version 1', 'Model versions, version 1', 'Model versions, version 2',
    ]);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});

describe('as JSON', () => {
  interface Tensors { [name: string]: { name: string; dtype: string; shape: number[] | null } }

  test.each(fs.readdirSync(ANSWERS))('shows what TensorFlow says: %s', async (file) => {
    const answers = JSON.parse(fs.readFileSync(path.join(ANSWERS, file), 'utf8'));
    const directory = path.join(MODELS, answers.model, answers.version);
    const { stdout, stderr, exitCode } = await run(['inspect', directory, '--json']);
    expect([stderr, exitCode]).toEqual(['', 0]);
    const { __saved_model_init_op: _, ...signatures } = answers.signatures as Record<string, {
      method: string; inputs: Tensors; outputs: Tensors; features?: Record<string, unknown>;
    }>;
    const tensors = (infos: Tensors) => Object.fromEntries(Object.entries(infos)
      .map(([name, { dtype, shape, name: tensorName }]) => [name, { dtype, shape, tensorName }]));
    const entries = (answers.entries as Array<{ name: string; dtype: string; shape: number[]; bytes: number }>)
      .filter(({ name }) => name !== '_CHECKPOINTABLE_OBJECT_GRAPH')
      .map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }));
    expect(JSON.parse(stdout)).toEqual({
      models: [{
        name: answers.model,
        versions: [{
          version: String(Number(answers.version)),
          directory: answers.version,
          path: directory,
          tensorflowVersion: answers.tensorflow_version,
          schemaVersion: 1,
          tags: answers.tags,
          otherTags: [],
          signatures: Object.fromEntries(Object.entries(signatures).map(([name, { method, inputs, outputs, features }]) => [
            name, { method, inputs: tensors(inputs), outputs: tensors(outputs), ...features !== undefined ? { features } : {} },
          ])),
          assets: answers.assets,
          operations: answers.ops,
          variables: { count: entries.length, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), entries },
        }],
      }],
    });
  });

  test('has its keys in the same order each time', async () => {
    const { stdout } = await run(['inspect', '--json', path.join(MODELS, 'versions', '2')]);
    expect(stdout.match(/^ {10}"\w+"/gm)?.map((key) => key.trim())).toEqual([
      '"version"', '"directory"', '"path"', '"tensorflowVersion"', '"schemaVersion"', '"tags"', '"otherTags"', '"signatures"', '"assets"', '"operations"', '"variables"',
    ]);
  });

  test('keeps the path as it was given', async () => {
    const { stdout } = await run(['inspect', `./${MODELS}/versions/2`, '--json']);
    expect(JSON.parse(stdout).models[0].versions[0].path).toBe(`./${MODELS}/versions/2`);
  });
});

describe('wrong usage is told:', () => {
  test.each([
    [[], 'PATH is missing'],
    [['--json'], 'PATH is missing'],
    [['a', 'b'], 'expected one PATH, got 2: a b'],
    [['a', '--nope'], "unknown option '--nope'"],
    [['a', '-x'], "unknown option '-x'"],
    [['a', '--json=yes'], "option '--json' does not take an argument"],
  ])('%j', async (argv, problem) => {
    expect(await run(['inspect', ...argv])).toEqual({ stdout: '', stderr: `cdk-tensorflow-serving inspect: ${problem}\n${USAGE}`, exitCode: 2 });
  });
});

test.each([[['help', 'inspect']], [['inspect', '--help']], [['inspect', 'a', '-h', '--nope']]])('%j shows the help', async (argv) => {
  const { stdout, stderr, exitCode } = await run(argv);
  expect([stderr, exitCode]).toEqual(['', 0]);
  expect(stdout.startsWith(`${USAGE}\nShows what TensorFlow Serving would load from PATH`)).toBe(true);
  expect(stdout.split('\n').filter((line) => line.length > 88)).toEqual([]);
});

test('after --, a PATH may look like an option', async () => {
  expect(await run(['inspect', '--', '--help'])).toEqual({
    stdout: '', stderr: '--help does not exist; give the directory of a SavedModel, or one that holds SavedModels\n', exitCode: 1,
  });
});

test('a model that cannot be served is told, without anything else', async () => {
  expect(await run(['inspect', ANSWERS, '--json'])).toEqual({
    stdout: '', stderr: expect.stringMatching(/^\S*answers has no saved_model\.pb; give a directory in one of the layouts expected\n {2}found in /), exitCode: 1,
  });
});

test('all versions that cannot be served are told at once', async () => {
  for (const version of ['1', '2', '3']) {
    fs.cpSync(path.join(MODELS, 'versions', '1'), path.join(temporary, 'm', version), { recursive: true });
  }
  fs.writeFileSync(path.join(temporary, 'm', '1', 'saved_model.pb'), '');
  fs.rmSync(path.join(temporary, 'm', '3', 'variables'), { recursive: true });
  expect(await run(['inspect', temporary])).toEqual({
    stdout: '',
    stderr: `${temporary}/m/1/saved_model.pb is empty; copy or export the model again
${temporary}/m/3 has no directory \`variables\`, but its graph has variables; copy the whole SavedModel
`,
    exitCode: 1,
  });
});

test('an error that is nobody\'s fault but ours is not hidden', async () => {
  const spy = jest.spyOn(JSON, 'stringify').mockImplementation(() => {
    throw new TypeError('ours');
  });
  await expect(run(['inspect', path.join(MODELS, 'dense'), '--json'])).rejects.toThrow(new TypeError('ours'));
  spy.mockRestore();
});
