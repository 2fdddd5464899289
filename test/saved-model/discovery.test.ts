import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { makeTree, MODELS, savedModelErrorOf, temporaryDirectory } from './support';
import { findSavedModels, SavedModelError } from '../../src/saved-model';

const root = temporaryDirectory();
let count = 0;

/** A new directory named `export` with these files; a path that is only a directory's, without a slash, is a SavedModel. */
function tree(...paths: string[]): string {
  const directory = path.join(root, String(count++), 'export');
  fs.mkdirSync(directory, { recursive: true });
  return makeTree(directory, ...paths);
}

function saved(...directories: string[]): string {
  return tree(...directories.map((directory) => `${directory}/saved_model.pb`));
}

/** What is found, in short: the name, and for each version its directory, number and path below the tree. */
function found(directory: string, modelName?: string): Record<string, string[]> {
  return Object.fromEntries(findSavedModels(directory, { modelName }).map(({ name, versions }) => [
    name, versions.map((version) => `${version.directoryName} ${version.version} ${path.relative(directory, version.path)}`),
  ]));
}

function messageFor(directory: string, modelName?: string): string {
  return savedModelErrorOf(() => findSavedModels(directory, { modelName })).message;
}

const EXPECTED = [
  '  expected:',
  "    <version>/saved_model.pb, for the model 'export'; or",
  '    <name>/<version>/saved_model.pb, for one or more models; or',
  '    saved_model.pb, for a single version',
  '    where <version> is a whole number, such as 1 or 00000123',
];

/** The lines that show a layout. */
function layout(directory: string, ...paths: string[]): string {
  return [`  found in ${directory}:`, ...paths.map((line) => `    ${line}`), ...EXPECTED].join('\n');
}

describe('found are', () => {
  test.each<[string, string[], Record<string, string[]>]>([
    ['the versions of one model', ['1', '00000123'], { export: ['1 1 1', '00000123 123 00000123'] }],
    ['a model with a version', ['half_plus_three/00000123'], { half_plus_three: ['00000123 123 half_plus_three/00000123'] }],
    ['several models', ['b/3', 'a/1', 'a/2'], { a: ['1 1 a/1', '2 2 a/2'], b: ['3 3 b/3'] }],
    ['an export of an estimator', ['export/Servo/1612345678'], { Servo: ['1612345678 1612345678 export/Servo/1612345678'] }],
    ['models at different depths', ['1', 'deep/er/m/2'], { export: ['1 1 1'], m: ['2 2 deep/er/m/2'] }],
    ['versions in the order of their numbers', ['10', '9', '0', '0011'], { export: ['0 0 0', '9 9 9', '10 10 10', '0011 11 0011'] }],
    ['models in byte order', ['b/1', 'a/1', 'B/1', '2024/1'], { 2024: ['1 1 2024/1'], B: ['1 1 B/1'], a: ['1 1 a/1'], b: ['1 1 b/1'] }],
    ['versions beyond 2^53, exactly', ['9007199254740993', '9007199254740992'],
      { export: ['9007199254740992 9007199254740992 9007199254740992', '9007199254740993 9007199254740993 9007199254740993'] }],
    ['the largest version', [`${2n ** 63n - 1n}`], { export: [`${2n ** 63n - 1n} ${2n ** 63n - 1n} ${2n ** 63n - 1n}`] }],
    ['no hidden directories', ['1', '.00000111', '.git/2', 'm/.3', 'm/4'], { export: ['1 1 1'], m: ['4 4 m/4'] }],
    ['no SavedModels among the assets of another', ['1', '1/assets/tokenizer'], { export: ['1 1 1'] }],
  ])('%s', (_, directories, models) => {
    expect(found(saved(...directories))).toEqual(models);
  });

  test('the files around a model are left alone', () => {
    expect(found(tree('m/1/saved_model.pb', 'm/1/saved_model.pbtxt', 'm/readme.md', 'code/inference.py', 'm/latest/')))
      .toEqual({ m: ['1 1 m/1'] });
  });

  test('paths begin as the path that was given', () => {
    const relative = path.relative('.', path.join(MODELS, 'versions'));
    expect(findSavedModels(relative).flatMap(({ versions }) => versions.map((version) => version.path))).toEqual([`${relative}/1`, `${relative}/2`]);
    expect(findSavedModels(path.join(relative, '1'))[0].versions[0].path).toBe(path.join(relative, '1'));
  });

  test('the models that TensorFlow made', () => {
    expect(Object.keys(found(MODELS))).toEqual(['census', 'cnn', 'dense', 'embedding', 'half_plus_three', 'lstm', 'multi', 'reviews', 'versions']);
  });
});

describe('a SavedModel itself', () => {
  test('is version 1 of a model with its name', () => {
    expect(found(saved('.'))).toEqual({ export: ['1 1 '] });
  });

  test('is the version that its name says, of the model above', () => {
    expect(found(path.join(saved('m/00000123'), 'm', '00000123'))).toEqual({ m: ['00000123 123 '] });
  });

  test('is named by its whole path, however that is written', () => {
    const directory = saved('m/7');
    expect(found(`${directory}/m/7/`)).toEqual({ m: ['7 7 '] });
    expect(found(`${directory}/m/../m/7/.`)).toEqual({ m: ['7 7 '] });
  });

  test('may hold another one as an asset', () => {
    expect(found(saved('.', 'assets/tokenizer'))).toEqual({ export: ['1 1 '] });
  });

  test('without a number that TensorFlow Serving takes is refused', () => {
    const directory = path.join(saved(`m/${2n ** 63n}`), 'm', `${2n ** 63n}`);
    expect(messageFor(directory)).toBe(`${directory} has a version number above ${2n ** 63n - 1n}; give it a smaller one`);
  });
});

describe('a name of one\'s own', () => {
  test.each([['.'], ['1'], ['m/1']])('is given to a model in %s', (directory) => {
    expect(Object.keys(found(saved(directory), 'other'))).toEqual(['other']);
  });

  test('is refused for several models', () => {
    const directory = saved('a/1', 'b/1');
    expect(messageFor(directory, 'other'))
      .toBe(`${directory} holds 2 models (a, b); leave out the name 'other', or give the directory of one model`);
  });
});

describe('refused is', () => {
  const LAYOUTS = 'give a directory in one of the layouts expected';

  test('what does not exist', () => {
    expect(messageFor('/nothing/here'))
      .toBe('/nothing/here does not exist; give the directory of a SavedModel, or one that holds SavedModels');
  });

  test('a file', () => {
    const directory = tree('model.tar.gz', 'notes.txt');
    expect(messageFor(`${directory}/model.tar.gz`)).toBe(`${directory}/model.tar.gz is an archive, not a SavedModel; `
      + 'give an archive to `ModelArtifact.fromArchive`, or unpack it and give the directory');
    expect(messageFor(`${directory}/notes.txt`))
      .toBe(`${directory}/notes.txt is a file, not a directory; give the directory of a SavedModel, or one that holds SavedModels`);
  });

  test.each<[string, string[], string, string, string[]]>([
    ['nothing', [], 'is empty', LAYOUTS, ['nothing']],
    ['hidden files alone', ['.git/config'], 'is empty', LAYOUTS, ['nothing']],
    ['other files', ['b/x.txt', 'a/'], 'has no saved_model.pb', LAYOUTS, ['a/', 'b/x.txt']],
    ['a Keras file', ['m/model.h5', 'x.txt'], 'has no saved_model.pb but m/model.h5, a Keras file',
      'export the model as a SavedModel, with `keras.models.load_model(file).export(directory)`', ['m/model.h5', 'x.txt']],
    ['a SavedModel in text form', ['1/saved_model.pbtxt'], 'has no saved_model.pb but 1/saved_model.pbtxt, a SavedModel in text form, which the container ignores',
      'write it in binary form, with `as_text=False`', ['1/saved_model.pbtxt']],
    ['variables alone', ['1/variables/variables.index'], 'has no saved_model.pb but 1/variables/variables.index, a part of a SavedModel',
      'copy the whole SavedModel', ['1/variables/variables.index']],
    ['much', Array.from({ length: 12 }, (_, index) => `${10 + index}.txt`), 'has no saved_model.pb', LAYOUTS,
      [...Array.from({ length: 10 }, (_, index) => `${10 + index}.txt`), 'and 2 more']],
  ])('a directory with %s', (_, paths, problem, remedy, shown) => {
    const directory = tree(...paths);
    expect(messageFor(directory)).toBe(`${directory} ${problem}; ${remedy}\n${layout(directory, ...shown)}`);
  });

  test('a version that is no number', () => {
    const directory = saved('m/v1', 'm/2', 'n/latest');
    expect(messageFor(directory)).toBe([
      `${directory} holds SavedModels in directories that are no versions: m/v1, n/latest; rename each to the number of a version, or give it alone`,
      layout(directory, 'm/2/saved_model.pb', 'm/v1/saved_model.pb', 'n/latest/saved_model.pb'),
    ].join('\n'));
  });

  test.each(['+1', '1.0', '-1', '1e3', '0x1', '١', 'temp-1612345678'])('the version %s', (name) => {
    expect(messageFor(saved(`m/${name}`))).toContain(` holds SavedModels in directories that are no versions: m/${name}; `);
  });

  test.each([
    ['1', '001', '001', '1'],
    ['7', '07', '07', '7'],
  ])('versions %s and %s of the same number', (a, b, first, second) => {
    const directory = saved(`m/${a}`, `m/${b}`);
    expect(messageFor(directory)).toBe([
      `${directory}/m holds version ${second} twice, as ${first} and ${second}; remove or rename one of them`,
      layout(directory, `m/${first}/saved_model.pb`, `m/${second}/saved_model.pb`),
    ].join('\n'));
  });

  test('two models of the same name', () => {
    const directory = saved('x/m/1', 'y/m/2', 'z/n/1');
    expect(messageFor(directory)).toBe([
      `${directory} holds two models named 'm', ${directory}/x/m and ${directory}/y/m; rename one of the directories: the container names a model after its directory`,
      layout(directory, 'x/m/1/saved_model.pb', 'y/m/2/saved_model.pb', 'z/n/1/saved_model.pb'),
    ].join('\n'));
  });

  test('two models of the same name, one of which is at the top', () => {
    const directory = saved('1', 'x/export/1');
    expect(messageFor(directory)).toContain(`holds two models named 'export', ${directory} and ${directory}/x/export; `);
  });

  test('a version number that TensorFlow Serving does not take', () => {
    const directory = saved(`m/${2n ** 63n}`);
    expect(messageFor(directory)).toBe(`${directory}/m/${2n ** 63n} has a version number above ${2n ** 63n - 1n}; give it a smaller one`);
  });

  test.each<[string, string[], string]>([
    ['an empty one', ['m/2/'], 'is empty, but other versions stand beside it; copy the SavedModel here, or remove this version'],
    ['one with other files', ['m/2/a.txt'],
      'has no saved_model.pb but a.txt, but other versions stand beside it; copy the SavedModel here, or remove this version'],
    ['one with variables alone', ['m/2/variables/variables.index'], 'has no saved_model.pb but variables/variables.index, a part of a SavedModel, '
      + 'but other versions stand beside it; copy the whole SavedModel, or remove this version'],
  ])('a version without a SavedModel beside one that has one: %s', (_, paths, message) => {
    const directory = tree('m/1/saved_model.pb', ...paths);
    expect(messageFor(directory)).toBe(`${directory}/m/2 ${message}`);
  });

  test.each([
    [['1', '1/2'], '1/2'],
    [['.', '1'], '1'],
    [['m/1', 'm/1/assets/3', 'm/1/x/y/4'], 'm/1/assets/3, m/1/x/y/4'],
  ])('a version inside of a SavedModel: %j', (directories, nested) => {
    const directory = saved(...directories);
    expect(messageFor(directory)).toBe(
      `${directory} holds SavedModels inside of a SavedModel: ${nested}; move them out: the container would take them for further models`);
  });
});

test('numbered directories that are no versions are left alone', () => {
  expect(found(saved('2021/m/1', '2022/n/1'))).toEqual({ m: ['1 1 2021/m/1'], n: ['1 1 2022/n/1'] });
});

test('any tree gives models or an error, the same in whatever order it was made', () => {
  const name = fc.constantFrom('1', '01', '2', 'a', 'b', 'v1', '.h', 'variables', 'assets');
  const file = fc.constantFrom('saved_model.pb', 'saved_model.pbtxt', 'x.h5', 'readme.md');
  const anyPath = fc.tuple(fc.array(name, { maxLength: 4 }), file).map(([directories, last]) => [...directories, last].join('/'));
  const outcome = (paths: string[]) => {
    const directory = tree(...paths);
    try {
      return JSON.stringify(findSavedModels(directory)).replaceAll(directory, '');
    } catch (error) {
      expect(error).toBeInstanceOf(SavedModelError);
      return (error as Error).message.replaceAll(directory, '');
    }
  };
  fc.assert(fc.property(fc.array(anyPath, { maxLength: 6 }), (paths) => {
    expect(outcome([...paths].reverse())).toBe(outcome(paths));
  }), { numRuns: 200 });
});
