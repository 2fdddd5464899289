import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeTree, savedModelErrorOf, temporaryDirectory } from './support';
import { scan } from '../../src/saved-model/scan';

const root = temporaryDirectory();
let count = 0;

function tree(...paths: string[]): string {
  return makeTree(path.join(root, String(count++)), './', ...paths);
}

function savedModelsIn(directory: string): string[] {
  return scan(directory).savedModels.map((location) => location.join('/'));
}

test('a tree gives SavedModels, numbered directories without one, and what else there is', () => {
  expect(scan(tree('saved_model.pb', 'm/1/saved_model.pb', 'm/2/', 'm/.3/x', 'a.txt', 'n/b.txt', '.c'))).toEqual({
    savedModels: [[], ['m', '1']],
    vacant: [['m', '2']],
    paths: ['a.txt', 'm/1/saved_model.pb', 'm/2/', 'n/b.txt', 'saved_model.pb'],
  });
});

test('a directory named saved_model.pb makes no SavedModel', () => {
  expect(savedModelsIn(tree('1/saved_model.pb/'))).toEqual([]);
});

test('of the files in a tree, only as many are kept as errors can show', () => {
  expect(scan(tree(...Array.from({ length: 1001 }, (_, index) => `${index}.txt`))).paths).toHaveLength(1000);
});

test('a tree of too many directories is refused', () => {
  const directory = tree('a/b/', 'c/');
  expect(savedModelErrorOf(() => scan(directory, 3)).message).toBe(`${directory} holds more than 3 directories; give the directory of the model itself`);
  expect(scan(directory, 4).paths).toEqual(['a/b/', 'c/']);
});

describe('links', () => {
  test('to a file are files', () => {
    const directory = tree('files/graph.pb', '1/');
    fs.symlinkSync('../files/graph.pb', path.join(directory, '1', 'saved_model.pb'));
    expect(savedModelsIn(directory)).toEqual(['1']);
  });

  test('to a directory outside are followed', () => {
    const directory = tree();
    fs.symlinkSync(tree('m/1/saved_model.pb'), path.join(directory, 'linked'));
    expect(savedModelsIn(directory)).toEqual(['linked/m/1']);
  });

  test('to another version are a version where they have a number, else nothing', () => {
    const directory = tree('m/1/saved_model.pb');
    fs.symlinkSync('1', path.join(directory, 'm', '2'));
    fs.symlinkSync('1', path.join(directory, 'm', 'latest'));
    expect(savedModelsIn(directory)).toEqual(['m/1', 'm/2']);
  });

  test.each(['loop', '7'])('back up, named %s, end', (name) => {
    const directory = tree('m/1/saved_model.pb');
    fs.symlinkSync('..', path.join(directory, 'm', name));
    fs.symlinkSync('../..', path.join(directory, 'm', `${name}0`));
    expect(savedModelsIn(directory)).toEqual(['m/1']);
  });

  test('that lead round in a circle outside end', () => {
    const outside = tree('a/1/saved_model.pb', 'b/');
    fs.symlinkSync('../b', path.join(outside, 'a', 'to-b'));
    fs.symlinkSync('../a', path.join(outside, 'b', 'to-a'));
    const directory = tree();
    fs.symlinkSync(outside, path.join(directory, 'linked'));
    expect(savedModelsIn(directory)).toEqual(['linked/a/1']);
  });

  test('to nothing are files that nobody can read', () => {
    const directory = tree();
    fs.symlinkSync('nowhere', path.join(directory, 'x'));
    expect(scan(directory)).toEqual({ savedModels: [], vacant: [], paths: ['x'] });
  });
});
