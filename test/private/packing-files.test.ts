import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import * as path from 'node:path';
import { PackingError } from '../../src/private/packing-error';
import { isLeftBehind, listFiles } from '../../src/private/packing-files';
import { Link, temporaryDirectory, type Tree } from '../support/disk';

function list(tree: Tree): string[] {
  const root = temporaryDirectory(tree);
  return listFiles(root, { prefix: 'm/1', root }).map((file) => `${file.path} ${file.stats.size}`);
}

function failure(tree: Tree, prepare: (root: string) => void = () => {}): { rule: string; remedy?: string } {
  const root = temporaryDirectory(tree);
  prepare(root);
  try {
    listFiles(root, { prefix: '', root });
  } catch (error) {
    const { rule, remedy } = error as PackingError;
    return { rule: rule.replaceAll(root, 'ROOT'), remedy };
  }
  throw new Error('the files were listed');
}

test('lists the files of all directories in the order of their bytes', () => {
  expect(list({ 'b': 'bb', 'a': { z: 'z', c: { d: '' } }, 'a.b': 'x', 'A': '1', 'é': '2', '🙂': '3', '\ufb01': '4' })).toEqual([
    'm/1/A 1', 'm/1/a.b 1', 'm/1/a/c/d 0', 'm/1/a/z 1', 'm/1/b 2', 'm/1/é 1', 'm/1/\ufb01 1', 'm/1/🙂 1',
  ]);
});

test('has paths without a prefix where there is none', () => {
  const root = temporaryDirectory({ a: { b: '' } });
  expect(listFiles(root, { prefix: '', root }).map((file) => file.path)).toEqual(['a/b']);
});

test('says where each file is', () => {
  const root = temporaryDirectory({ a: { b: '' } });
  expect(listFiles(root, { prefix: 'm', root })[0].source).toBe(path.join(root, 'a', 'b'));
});

test('takes relative paths from the working directory', () => {
  const root = temporaryDirectory({ a: '' });
  const before = process.cwd();
  process.chdir(path.dirname(root));
  try {
    const relative = path.basename(root);
    expect(listFiles(relative, { prefix: 'm', root: relative }).map((file) => file.path)).toEqual(['m/a']);
  } finally {
    process.chdir(before);
  }
});

test('leaves out what systems and tools leave behind, wherever it is', () => {
  expect(list({
    '.DS_Store': '',
    'Thumbs.db': '',
    '__pycache__': { 'a.cpython-311.pyc': '' },
    'a.pyc': '',
    '.git': { HEAD: '' },
    '.ipynb_checkpoints': { a: '' },
    'below': { '.DS_Store': '', 'b.py': '' },
    '.hidden': '',
  })).toEqual(['m/1/.hidden 0', 'm/1/below/b.py 0']);
});

test.each([['.git', true], ['a.pyc', true], ['.gitignore', false], ['git', false], ['a.py', false]])('%s is left behind: %s', (name, expected) => {
  expect(isLeftBehind(name)).toBe(expected);
});

describe('links', () => {
  test('to files and directories inside are followed', () => {
    expect(list({ real: { f: 'abc' }, link: new Link('real'), a: { file: new Link('../real/f') } })).toEqual([
      'm/1/a/file 3', 'm/1/link/f 3', 'm/1/real/f 3',
    ]);
  });

  test('are followed from a root that is a link itself', () => {
    const root = temporaryDirectory({ real: { a: 'x', b: new Link('a') }, root: new Link('real') });
    expect(listFiles(path.join(root, 'root'), { prefix: '', root: path.join(root, 'root') }).map((file) => file.path)).toEqual(['a', 'b']);
  });

  test('may leave the directory that is listed, but not the root', () => {
    const root = temporaryDirectory({ 1: { weights: new Link('../shared/weights') }, shared: { weights: 'abc' } });
    expect(listFiles(path.join(root, '1'), { prefix: 'm/1', root }).map((file) => file.path)).toEqual(['m/1/weights']);
  });

  test('may lead to a directory whose name begins with dots', () => {
    expect(list({ '..data': { f: 'x' }, 'f': new Link('..data/f') })).toEqual(['m/1/..data/f 1', 'm/1/f 1']);
  });

  test('out of the root are refused', () => {
    const outside = temporaryDirectory({ secret: '' });
    expect(failure({ a: new Link(path.join(outside, 'secret')) })).toEqual({
      rule: `has a link that leaves it, ROOT/a -> ${outside}/secret`, remedy: 'put the file itself there',
    });
  });

  test('to a directory that begins with the same name are refused', () => {
    const parent = temporaryDirectory({ 'root': { a: new Link('../root-2') }, 'root-2': { f: '' } });
    const root = path.join(parent, 'root');
    expect(() => listFiles(root, { prefix: '', root })).toThrow(`has a link that leaves it, ${root}/a -> ${root}-2`);
  });

  test('to the directory above are refused', () => {
    const parent = temporaryDirectory({ root: { a: new Link('..') } });
    const root = path.join(parent, 'root');
    expect(() => listFiles(root, { prefix: '', root })).toThrow(`has a link that leaves it, ${root}/a -> ${parent}`);
  });

  test.each([
    ['to themselves', { a: new Link('a') }, 'has a link that leads nowhere, ROOT/a -> a'],
    ['to each other', { a: new Link('b'), b: new Link('a') }, 'has a link that leads nowhere, ROOT/a -> b'],
    ['to nothing', { a: new Link('gone') }, 'has a link that leads nowhere, ROOT/a -> gone'],
  ])('%s are refused', (_, tree, rule) => {
    expect(failure(tree)).toEqual({ rule, remedy: 'remove the link' });
  });

  test.each([
    ['the root', { a: new Link('.') }, 'ROOT/a'],
    ['a directory that they are in', { a: { b: { c: new Link('../../a') } } }, 'ROOT/a/b/c'],
    ['one another\'s directories', { a: { x: new Link('../b') }, b: { y: new Link('../a') } }, 'ROOT/a/x/y'],
  ])('to %s are refused', (_, tree, link) => {
    expect(failure(tree)).toEqual({ rule: `has a link to a directory that it is in, ${link}`, remedy: 'remove the link' });
  });
});

test('a named pipe is refused', () => {
  expect(failure({ d: {} }, (root) => execFileSync('mkfifo', [path.join(root, 'd', 'pipe')]))).toEqual({
    rule: 'has a named pipe, ROOT/d/pipe', remedy: 'remove it: only files can be packed',
  });
});

test.each([
  ['a socket', { isSocket: () => true }],
  ['a device', { isSocket: () => false }],
])('%s is refused', (kind, answers) => {
  const real = fs.lstatSync;
  const stat = jest.spyOn(fs, 'lstatSync').mockImplementation(((file: string) => path.basename(file) === 'special'
    ? { ...answers, isSymbolicLink: () => false, isDirectory: () => false, isFile: () => false, isFIFO: () => false }
    : real(file)) as typeof fs.lstatSync);
  try {
    expect(failure({ special: '' })).toEqual({ rule: `has ${kind}, ROOT/special`, remedy: 'remove it: only files can be packed' });
  } finally {
    stat.mockRestore();
  }
});

test('a name that is not UTF-8 is refused', () => {
  expect(failure({}, (root) => fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xe9])]), ''))).toEqual({
    rule: 'has a file whose name is not UTF-8, ROOT/a\ufffd', remedy: 'rename it',
  });
});

test.each([
  ['EACCES', 'permission denied', 'make it readable for the user who runs this'],
  ['EPERM', 'permission denied', 'make it readable for the user who runs this'],
  ['ENOENT', 'no such file', 'try again once nothing writes to it'],
  ['EIO', 'refused', 'try again'],
])('a directory that answers %s is refused with its path', (code, reason, remedy) => {
  const real = fs.readdirSync;
  const read = jest.spyOn(fs, 'readdirSync').mockImplementation(((directory: string, options: object) => {
    if (path.basename(directory) === 'locked') {
      throw Object.assign(new Error('refused'), { code });
    }
    return real(directory, options);
  }) as unknown as typeof fs.readdirSync);
  try {
    expect(failure({ locked: { f: '' } })).toEqual({
      rule: `has a file that cannot be read, ROOT/locked: ${reason}`, remedy,
    });
  } finally {
    read.mockRestore();
  }
});

describe('Git LFS pointers', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';

  test('are refused', () => {
    expect(failure({ variables: { data: pointer } })).toEqual({
      rule: 'has only the Git LFS pointer of a file, ROOT/variables/data', remedy: 'run `git lfs pull`',
    });
  });

  test('are no longer than 1023 bytes', () => {
    expect(list({ data: pointer.padEnd(1024) })).toEqual(['m/1/data 1024']);
    expect(failure({ data: pointer.padEnd(1023) }).rule).toBe('has only the Git LFS pointer of a file, ROOT/data');
  });
});
