import fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { contentOfFiles, copyContent, hashContent, packContent, sizeOf } from '../../src/private/packing';
import { PackingError } from '../../src/private/packing-error';
import { listFiles, type PackedFile } from '../../src/private/packing-files';
import { unpacked, unpackedFiles } from '../support/archives';
import { temporaryDirectory, type Tree, writeTree } from '../support/disk';

function filesIn(root: string, prefix = 'm/1'): PackedFile[] {
  return listFiles(root, { prefix, root });
}

function pack(files: PackedFile[]): { hash: string; archive: Buffer } {
  const content = contentOfFiles('m', files);
  const hash = hashContent(content);
  const target = path.join(temporaryDirectory(), 'model.tar.gz');
  packContent(content, target, hash);
  return { hash, archive: fs.readFileSync(target) };
}

const TREE: Tree = { 'saved_model.pb': 'graph', 'variables': { 'variables.index': 'index', 'variables.data-00000-of-00001': 'weights' } };

test('packs files and the directories that they are in, in the order of their bytes', () => {
  const { archive } = pack([...filesIn(temporaryDirectory({ ...TREE, empty: {} })), ...filesIn(temporaryDirectory({ 'inference.py': 'code' }), 'code')]);
  expect([...unpacked(archive)].map(([name, { type, mode, content }]) => `${name} ${type} ${mode?.toString(8)} ${content.length}`)).toEqual([
    'code/ Directory 755 0',
    'code/inference.py File 644 4',
    'm/ Directory 755 0',
    'm/1/ Directory 755 0',
    'm/1/saved_model.pb File 644 5',
    'm/1/variables/ Directory 755 0',
    'm/1/variables/variables.data-00000-of-00001 File 644 7',
    'm/1/variables/variables.index File 644 5',
  ]);
});

test('puts directories where their names with a slash belong', () => {
  const { archive } = pack(filesIn(temporaryDirectory({ 'a': { x: '' }, 'a.b': '', 'a0': '' }), 'm'));
  expect([...unpacked(archive).keys()]).toEqual(['m/', 'm/a.b', 'm/a/', 'm/a/x', 'm/a0']);
});

test('the same files make the same archive, wherever, whenever and by whomever they were written', () => {
  const first = temporaryDirectory(TREE);
  const second = temporaryDirectory();
  writeTree(second, { variables: { 'variables.data-00000-of-00001': 'weights', 'variables.index': 'index' } });
  writeTree(second, { '.DS_Store': 'junk', 'empty': {}, 'saved_model.pb': 'graph' });
  fs.chmodSync(path.join(second, 'saved_model.pb'), 0o777);
  fs.chmodSync(path.join(second, 'variables'), 0o700);
  fs.utimesSync(path.join(second, 'saved_model.pb'), 1, 1);

  const [a, b] = [pack(filesIn(first)), pack(filesIn(second))];
  expect(b.hash).toBe(a.hash);
  expect(b.archive.equals(a.archive)).toBe(true);
});

test('the hash is the same on every machine', () => {
  expect(pack(filesIn(temporaryDirectory(TREE))).hash).toBe('8b437d66f5b2aa2a7812f5574e43485ef58623a2941935cdf4e11b8abd08cdf2');
});

test.each<[string, Tree]>([
  ['the content', { ...TREE, 'saved_model.pb': 'Graph' }],
  ['a name', { ...TREE, 'saved_model.pb': {}, 'Saved_model.pb': 'graph' }],
  ['one file more', { ...TREE, a: '' }],
])('the hash changes with %s', (_, tree) => {
  expect(hashContent(contentOfFiles('m', filesIn(temporaryDirectory(tree))))).not.toBe(hashContent(contentOfFiles('m', filesIn(temporaryDirectory(TREE)))));
});

test('the hash changes with the place in the archive', () => {
  const root = temporaryDirectory(TREE);
  expect(hashContent(contentOfFiles('m', filesIn(root, 'm/1')))).not.toBe(hashContent(contentOfFiles('m', filesIn(root, 'm/2'))));
});

test('the hash of files that were left alone is computed once', () => {
  const root = temporaryDirectory(TREE);
  const long = Date.now() / 1000 - 3600;
  const settled = filesIn(root).map((file) => ({ ...file, stats: Object.assign(file.stats, { mtimeMs: long * 1000, ctimeMs: long * 1000 }) }));
  const hash = hashContent(contentOfFiles('m', settled));
  const open = jest.spyOn(fs, 'openSync');
  expect(hashContent(contentOfFiles('m', settled))).toBe(hash);
  expect(open).not.toHaveBeenCalled();
  open.mockRestore();
});

test('paths of more than 255 bytes and empty files come out as they went in', () => {
  const deep = Array.from({ length: 10 }, (_, i) => `${String(i).repeat(30)}ü`).join('/');
  const { archive } = pack(filesIn(temporaryDirectory({ [deep]: { 'empty': '', 'full.txt': 'x' } })));
  expect(unpackedFiles(archive)).toEqual({ [`m/1/${deep}/empty`]: '', [`m/1/${deep}/full.txt`]: 'x' });
});

test('a large file is read and written in pieces of 1 MiB', () => {
  const root = temporaryDirectory();
  const data = path.join(root, 'weights');
  fs.writeFileSync(data, '');
  fs.truncateSync(data, 70 * 1024 * 1024 + 1);
  const target = path.join(root, 'out');
  const content = contentOfFiles('m', filesIn(root));
  const sizes = { read: [] as number[], written: [] as number[] };
  const [read, write] = [fs.readSync, fs.writeSync];
  const spies = [
    jest.spyOn(fs, 'readSync').mockImplementation(((fd: number, buffer: Buffer, ...rest: [number, number, null]) => {
      sizes.read.push(buffer.length);
      return read(fd, buffer, ...rest);
    }) as typeof fs.readSync),
    jest.spyOn(fs, 'writeSync').mockImplementation(((fd: number, buffer: Buffer, ...rest: [number, number]) => {
      sizes.written.push(rest[1]);
      return write(fd, buffer, ...rest);
    }) as typeof fs.writeSync),
  ];
  try {
    packContent(content, target, hashContent(content));
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
  expect(new Set(sizes.read)).toEqual(new Set([1024 * 1024]));
  expect(sizes.read).toHaveLength(2 * (71 + 1));
  expect(Math.max(...sizes.written)).toBeLessThanOrEqual(1024 * 1024);
  expect(unpacked(fs.readFileSync(target)).get('m/1/weights')?.content).toHaveLength(70 * 1024 * 1024 + 1);
});

test('the size of files is their sum', () => {
  expect(sizeOf(filesIn(temporaryDirectory(TREE)))).toBe('graphindexweights'.length);
});

describe('a file that changes', () => {
  function failure(change: (file: string) => void): { rule: string; remedy?: string; left: string[] } {
    const root = temporaryDirectory({ f: 'content' });
    const target = temporaryDirectory();
    const content = contentOfFiles('m', filesIn(root));
    const hash = hashContent(content);
    change(path.join(root, 'f'));
    try {
      packContent(content, path.join(target, 'out'), hash);
    } catch (error) {
      const { rule, remedy } = error as PackingError;
      return { rule: rule.replace(root, 'ROOT'), remedy, left: fs.readdirSync(target) };
    }
    throw new Error('it was packed');
  }

  test.each([
    ['gets longer', 'content and more', 'has a file that changed while it was packed, ROOT/f'],
    ['gets shorter', 'con', 'has a file that changed while it was packed, ROOT/f'],
    ['gets another content', 'CONTENT', 'changed while it was packed'],
  ])('and %s while it is packed is an error, and leaves nothing', (_, after, rule) => {
    expect(failure((file) => fs.writeFileSync(file, after))).toEqual({ rule, remedy: 'try again once nothing writes to it', left: [] });
  });

  test('and is gone when it is packed is an error, and leaves nothing', () => {
    expect(failure((file) => fs.rmSync(file))).toEqual({
      rule: 'has a file that cannot be read, ROOT/f: no such file', remedy: 'try again once nothing writes to it', left: [],
    });
  });

  test('and becomes a directory is an error, and leaves nothing', () => {
    expect(failure((file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
    })).toEqual({
      rule: 'has a file that cannot be read, ROOT/f: it is a directory', remedy: 'try again once nothing writes to it', left: [],
    });
  });
});

test('an error of the disk that is written to is not blamed on what is read', () => {
  const root = temporaryDirectory({ f: 'x' });
  const content = contentOfFiles('m', filesIn(root));
  const write = jest.spyOn(fs, 'writeSync').mockImplementation(() => { throw new Error('ENOSPC: no space left on device, write'); });
  try {
    expect(() => packContent(content, path.join(root, 'out'))).toThrow(/^ENOSPC: no space left on device, write$/);
  } finally {
    write.mockRestore();
  }
});

describe('copying', () => {
  const HASH_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  test('makes the same file', () => {
    const root = temporaryDirectory({ a: 'abc' });
    copyContent(path.join(root, 'a'), path.join(root, 'b'), HASH_OF_ABC);
    expect(fs.readFileSync(path.join(root, 'b'), 'utf8')).toBe('abc');
  });

  test('is an error where the file is no longer what it was, and leaves nothing', () => {
    const root = temporaryDirectory({ a: 'abd' });
    expect(() => copyContent(path.join(root, 'a'), path.join(root, 'b'), HASH_OF_ABC))
      .toThrow('changed while it was packed; try again once nothing writes to it');
    expect(fs.readdirSync(root)).toEqual(['a']);
  });
});

test('any tree comes out as it went in, and makes the same archive again', () => {
  const name = fc.stringMatching(/^[a-z0-9 ._\-äß模🙂]{1,80}$/u)
    .filter((text) => !/^\.+$/.test(text) && !text.endsWith('.pyc') && Buffer.byteLength(text) < 256);
  const content = fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.nat(40_000).map((size) => new Uint8Array(size)));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.dictionary(name, fc.oneof({ depthSize: 'small' }, content, tie('tree')), { maxKeys: 5, noNullPrototype: true }),
  }));
  fc.assert(fc.property(tree, (files) => {
    const root = temporaryDirectory({ ...files, 'saved_model.pb': 'graph' });
    const expected: { [path: string]: string } = {};
    const collect = (below: string, part: Tree): void => Object.entries(part).forEach(([key, value]) => {
      if (value instanceof Uint8Array) {
        expected[`${below}/${key}`] = Buffer.from(value).toString('latin1');
      } else {
        collect(`${below}/${key}`, value as Tree);
      }
    });
    collect('m/1', { ...files, 'saved_model.pb': Buffer.from('graph') });
    const { archive } = pack(filesIn(root));
    expect(unpackedFiles(archive)).toEqual(expected);
    expect(pack(filesIn(root)).archive.equals(archive)).toBe(true);
    fs.rmSync(root, { recursive: true });
  }), { numRuns: 60 });
});
