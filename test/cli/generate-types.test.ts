import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { run } from './support';

const MODELS = path.relative('.', path.join(__dirname, '..', 'fixtures', 'models'));
const VERSIONS = path.join(MODELS, 'versions');
const USAGE = 'Usage: cdk-tensorflow-serving generate-types PATH [--out FILE [--check]] [--name NAME] [--version NUMBER]...\n';

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'generate-types-test-'));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

let files = 0;
const newFile = () => path.join(temporary, `file-${files++}.ts`);

/** The module for `versions`, with what a run can change. */
function versionsModule(options: string, ...names: [type: string, value: string, comment: string][]): string {
  return [
    '/* eslint-disable */',
    '// Made by cdk-tensorflow-serving generate-types; do not edit. To make it again:',
    `//   npx cdk-tensorflow-serving generate-types SAVED_MODEL ${options}--out THIS_FILE`,
    "import type { ModelTypes } from 'cdk-tensorflow-serving/runtime';",
    ...names.map(([type, value, comment]) => `
/** The signatures of the model ${comment}. */
export interface ${type} {
  serving_default: {
    inputs: {
      x: { dtype: 'DT_FLOAT'; shape: readonly [-1] };
    };
    outputs: {
      y: { dtype: 'DT_FLOAT'; shape: readonly [-1] };
    };
  };
}

/** What the client knows of it: \`new TensorFlowServingClient({ endpointName, model: ${value} })\`. */
export const ${value}: ModelTypes<${type}> = {
  signatures: {
    serving_default: {
      method: 'tensorflow/serving/predict',
      inputs: {
        x: { dtype: 'DT_FLOAT', shape: [-1] },
      },
      outputs: {
        y: { dtype: 'DT_FLOAT', shape: [-1] },
      },
    },
  },
};`),
    '',
  ].join('\n');
}

const MODULE = versionsModule('', ['Versions', 'versions', 'versions']);

/** An archive, made by a program that is not ours. */
function archive(name: string, directory: string, ...entries: string[]): string {
  const file = path.join(temporary, name);
  execFileSync('tar', ['-czf', file, '-C', directory, ...entries]);
  return file;
}

describe('the module', () => {
  test.each<[string, string[], string]>([
    ['of a directory of versions', [VERSIONS], MODULE],
    ['of a SavedModel', [path.join(VERSIONS, '1')], MODULE],
    ['with another name', [path.join(VERSIONS, '1'), '--name', 'half-plus'], versionsModule('--name half-plus ', ['HalfPlus', 'halfPlus', 'half-plus'])],
    ['with a name that shells would not take', [VERSIONS, '--name', 'half plus\n'], versionsModule("--name 'half plus\\n' ", ['HalfPlus', 'halfPlus', 'half plus\\n'])],
    ['of one version', [VERSIONS, '--version', '01'], versionsModule('--version 1 ', ['Versions', 'versions', 'versions, version 1'])],
    ['of several versions', [VERSIONS, '--version', '2', '--version=1', '--version', '2'],
      versionsModule('--version 2 --version 1 ', ['VersionsV2', 'versionsV2', 'versions, version 2'], ['VersionsV1', 'versionsV1', 'versions, version 1'])],
  ])('%s goes to the standard output', async (_, argv, stdout) => {
    expect(await run(['generate-types', ...argv])).toEqual({ stdout, stderr: '', exitCode: 0 });
  });

  test('of an archive has the name in it', async () => {
    expect((await run(['generate-types', archive('model.tar.gz', MODELS, 'versions')])).stdout).toBe(MODULE);
  });

  test('of an archive without a name has the archive\'s', async () => {
    expect((await run(['generate-types', archive('versions.TGZ', VERSIONS, '1', '2')])).stdout).toBe(MODULE);
  });

  test('is the same wherever the model is', async () => {
    fs.cpSync(VERSIONS, path.join(temporary, 'elsewhere', 'versions'), { recursive: true });
    expect((await run(['generate-types', path.join(temporary, 'elsewhere', 'versions')])).stdout).toBe(MODULE);
  });

  test('has features', async () => {
    expect((await run(['generate-types', path.join(MODELS, 'census')])).stdout).toContain(`
    features: {
      age: { dtype: 'DT_FLOAT'; shape: readonly [1]; isRequired: true };
      capital: { dtype: 'DT_FLOAT'; shape: readonly [2]; isRequired: false };
      education: { dtype: 'DT_STRING'; shape: null; isRequired: false };
      hours: { dtype: 'DT_INT64'; shape: readonly []; isRequired: false };
      state: { dtype: 'DT_STRING'; shape: readonly []; isRequired: true };
      years: { dtype: 'DT_INT64'; shape: null; isRequired: false };
    };
`);
  });
});

describe('a file', () => {
  test('is written', async () => {
    const file = newFile();
    expect(await run(['generate-types', VERSIONS, '--out', file])).toEqual({ stdout: `${file} is written\n`, stderr: '', exitCode: 0 });
    expect(fs.readFileSync(file, 'utf8')).toBe(MODULE);
  });

  test.each([['that was made', `// ${'cdk-tensorflow-serving generate-types'}`], ['that is empty', ' \n']])('%s is written over', async (_, before) => {
    const file = newFile();
    fs.writeFileSync(file, before);
    expect((await run(['generate-types', VERSIONS, '--out', file])).stdout).toBe(`${file} is written\n`);
    expect(fs.readFileSync(file, 'utf8')).toBe(MODULE);
  });

  test.each([['', MODULE], [', whatever its lines end with', MODULE.replaceAll('\n', '\r\n')]])('that is up to date is left as it is%s', async (_, before) => {
    const file = newFile();
    fs.writeFileSync(file, before);
    fs.utimesSync(file, 1, 1);
    expect(await run(['generate-types', VERSIONS, '--out', file])).toEqual({ stdout: `${file} is up to date\n`, stderr: '', exitCode: 0 });
    expect(fs.statSync(file).mtimeMs).toBe(1000);
  });

  test('that somebody wrote is left as it is', async () => {
    const file = newFile();
    fs.writeFileSync(file, 'export {};\n');
    expect(await run(['generate-types', VERSIONS, '--out', file])).toEqual({
      stdout: '', stderr: `${file} was not made by \`generate-types\`, and is left as it is; give another file, or remove it\n`, exitCode: 1,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('export {};\n');
  });

  test('that cannot be written', async () => {
    const file = path.join(temporary, 'nowhere', 'file.ts');
    expect(await run(['generate-types', VERSIONS, '--out', file])).toEqual({
      stdout: '', stderr: `${file} cannot be written (ENOENT); give the path of a file that can\n`, exitCode: 1,
    });
  });

  test('that is a directory', async () => {
    expect(await run(['generate-types', VERSIONS, '--out', temporary])).toEqual({
      stdout: '', stderr: `${temporary} cannot be read (EISDIR); give the path of a file that can\n`, exitCode: 1,
    });
  });
});

describe('--check', () => {
  test.each([['', MODULE], [', whatever the lines end with', MODULE.replaceAll('\n', '\r\n')]])('passes where nothing changed%s', async (_, content) => {
    const file = newFile();
    fs.writeFileSync(file, content);
    expect(await run(['generate-types', VERSIONS, '--check', '--out', file])).toEqual({ stdout: `${file} is up to date\n`, stderr: '', exitCode: 0 });
  });

  test('fails where something changed, shows what, and writes nothing', async () => {
    const file = newFile();
    const before = MODULE.replace('shape: readonly [-1] };\n    };\n    outputs', 'shape: readonly [-1, 2] };\n    };\n    outputs');
    fs.writeFileSync(file, before);
    expect(await run(['generate-types', VERSIONS, '--check', '--out', file])).toEqual({
      stdout: '',
      stderr: `${file} is not what the model makes it (- is in the file, + is in the model); make it again, without --check
  ...
      serving_default: {
        inputs: {
  -       x: { dtype: 'DT_FLOAT'; shape: readonly [-1, 2] };
  +       x: { dtype: 'DT_FLOAT'; shape: readonly [-1] };
        };
        outputs: {
`,
      exitCode: 1,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe(before);
  });

  test('fails where the file is missing, and does not make it', async () => {
    const file = newFile();
    expect(await run(['generate-types', VERSIONS, '--check', '--out', file])).toEqual({
      stdout: '', stderr: `${file} does not exist; make it with \`generate-types\`, without --check\n`, exitCode: 1,
    });
    expect(fs.existsSync(file)).toBe(false);
  });
});

describe('wrong usage is told:', () => {
  test.each([
    [[], 'PATH is missing'],
    [['a', 'b'], 'expected one PATH, got 2: a b'],
    [['a', '--check'], '--check needs --out FILE, the file to check'],
    [['a', '--out', ''], '--out must name a file'],
    [['a', '--out'], "option '--out <value>' argument missing"],
    [['a', '--name', '_'], '--name must have a letter or digit, got: _'],
    [['a', '--version', 'x'], '--version must be a number, got: x'],
    [['a', '--nope'], "unknown option '--nope'"],
  ])('%j', async (argv, problem) => {
    expect(await run(['generate-types', ...argv])).toEqual({ stdout: '', stderr: `cdk-tensorflow-serving generate-types: ${problem}\n${USAGE}`, exitCode: 2 });
  });
});

test('the help fits a terminal', async () => {
  const { stdout, exitCode } = await run(['help', 'generate-types']);
  expect(exitCode).toBe(0);
  expect(stdout.startsWith(`${USAGE}\nMakes a TypeScript module of what the signatures of a SavedModel take and give`)).toBe(true);
  expect(stdout.split('\n').filter((line) => line.length > 88)).toEqual([USAGE.trimEnd()]);
});

describe('a model is refused', () => {
  test.each<[string, string[], string]>([
    ['that does not exist', ['nowhere'], 'nowhere does not exist; give the directory of a SavedModel, or one that holds SavedModels\n'],
    ['that is an archive and does not exist', ['nowhere.tar.gz'], 'nowhere.tar.gz does not exist; give the directory of a SavedModel, or one that holds SavedModels\n'],
    ['that is one of several', [MODELS],
      `${MODELS} holds 9 models (census, cnn, dense, embedding, half_plus_three, lstm, multi, reviews, versions); give the directory of one\n`],
    ['without the version', [VERSIONS, '--version', '3'], `${VERSIONS} has no version 3; give one of 1, 2\n`],
  ])('%s', async (_, argv, stderr) => {
    expect(await run(['generate-types', ...argv])).toEqual({ stdout: '', stderr, exitCode: 1 });
  });

  test('whose name has no letter', async () => {
    const directory = path.join(temporary, '---');
    fs.cpSync(path.join(VERSIONS, '1'), directory, { recursive: true });
    expect((await run(['generate-types', directory])).stderr).toBe(`${directory} has no letter or digit in the model's name, ---; give a --name\n`);
    expect((await run(['generate-types', directory, '--name', 'versions'])).stdout).toContain('export interface Versions {');
  });

  test('without signatures', async () => {
    const directory = path.join(temporary, 'empty');
    fs.mkdirSync(directory);
    fs.writeFileSync(path.join(directory, 'saved_model.pb'), Buffer.from('12090a0722057365727665', 'hex'));
    expect((await run(['generate-types', directory])).stderr)
      .toBe(`${directory} has no signatures in version 1, so that nothing can be asked; export the model with signatures\n`);
  });

  test('in an archive, in the archive\'s name', async () => {
    const directory = path.join(temporary, 'broken');
    fs.cpSync(VERSIONS, path.join(directory, 'm'), { recursive: true });
    fs.writeFileSync(path.join(directory, 'm', '2', 'saved_model.pb'), '');
    const file = archive('broken.tar.gz', directory, 'm');
    expect(await run(['generate-types', file])).toEqual({
      stdout: '', stderr: `${file}/m/2/saved_model.pb is empty; copy or export the model again\n`, exitCode: 1,
    });
  });

  test('that is no archive', async () => {
    const file = path.join(temporary, 'text.tar.gz');
    fs.writeFileSync(file, 'text');
    expect(await run(['generate-types', file])).toEqual({ stdout: '', stderr: `${file} is not compressed with gzip; pack the model with \`tar -czf\`\n`, exitCode: 1 });
  });
});
