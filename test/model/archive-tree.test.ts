import { ArchiveTree } from '../../src/model/archive-tree';
import type { TarEntry } from '../../src/private/tar-reader';

const file = (path: string): TarEntry => ({ path, type: 'file', size: 1, target: '' });
const link = (path: string, target: string): TarEntry => ({ path, type: 'symbolicLink', size: 0, target });
const hardLink = (path: string, target: string): TarEntry => ({ path, type: 'hardLink', size: 0, target });
const directory = (path: string): TarEntry => ({ path, type: 'directory', size: 0, target: '' });

const faults = (...entries: TarEntry[]) => new ArchiveTree(entries).faults.map(({ rule }) => rule);

test('has all files and links in the order of their bytes', () => {
  expect(new ArchiveTree([directory(''), file('b'), directory('d'), file('a/c'), link('B', 'b')]).files).toEqual(['B', 'a/c', 'b']);
});

test('has what came last under a path', () => {
  const tree = new ArchiveTree([file('a'), { ...file('a'), size: 2 }]);
  expect(tree.at('a')?.size).toBe(2);
  expect(tree.faults).toEqual([]);
});

test.each<[string, TarEntry[], string[]]>([
  ['at its path', [file('m/f')], ['m/f']],
  ['by a link to its directory', [file('m/f'), link('n', 'm')], ['m/f', 'n/f']],
  ['by a link to a link', [file('m/f'), link('n', 'm'), link('o', 'n')], ['m/f', 'n/f', 'o/f']],
  ['by a link to itself under that name', [file('m/g'), link('f', 'm/g')], ['f']],
  ['by a link through a link', [file('a/b/f'), link('c', 'a'), link('d', 'c/b')], ['a/b/f', 'c/b/f', 'd/f']],
  ['by a link up and down', [file('a/b/f'), link('c/d/e', '../../a/./b')], ['a/b/f', 'c/d/e/f']],
  ['by the root', [file('a/f'), link('a/up', '..')], ['a/f']],
  ['not by links in circles', [file('a/f'), link('b', 'c'), link('c', 'b'), link('d', 'd')], ['a/f']],
  ['not by a link to nothing', [file('a/f'), link('b', 'c/f')], ['a/f']],
  ['not by a link to the outside', [file('a/f'), link('b', '/a')], ['a/f']],
])('finds a file %s', (_, entries, paths) => {
  expect(new ArchiveTree(entries).pathsTo('f')).toEqual(paths);
});

test('follows 40 links and no more', () => {
  const chain = (length: number) => [file('m/f'), ...Array.from({ length }, (_, i) => link(`l${i}`, i === 0 ? 'm' : `l${i - 1}`))];
  expect(new ArchiveTree(chain(50)).pathsTo('f')).toHaveLength(1 + 40);
});

test('comes to an end where links multiply the directories', () => {
  const layers = Array.from({ length: 40 }, (_, i) => [link(`d${i}/a`, `../d${i + 1}`), link(`d${i}/b`, `../d${i + 1}`)]).flat();
  expect(new ArchiveTree([...layers, file('d40/x')]).pathsTo('f')).toEqual([]);
});

test('comes to an end where links multiply the links', () => {
  const links = Array.from({ length: 60 }, (_, i) => link(`l${i}`, `l${i + 1}/l${i + 1}`));
  expect(new ArchiveTree([...links, file('m/f')]).pathsTo('f')).toEqual(['m/f']);
});

test.each<[string, TarEntry[], string[]]>([
  ['a file in it', [link('a/b', '../c')], []],
  ['its root', [link('a/b', '..')], []],
  ['above its root', [link('a/b', '../..')], ['has a link that leaves it, a/b -> ../..']],
  ['the root of the system', [link('a', '/')], ['has a link that leaves it, a -> /']],
  ['above its root by way of a link to the root', [link('a/b/root', '../..'), link('a/b/c', 'root/../x')], ['has a link that leaves it, a/b/c -> root/../x']],
  ['inside by way of a link, though it looks as if it left', [directory('a/b'), link('deep', 'a/b'), link('c', 'deep/../x')], []],
  ['the outside by way of another link', [link('a', '/etc'), link('b', 'a/passwd')], ['has a link that leaves it, a -> /etc', 'has a link that leaves it, b -> a/passwd']],
  ['nowhere', [link('a', 'a')], []],
])('knows whether a link to %s leaves it', (_, entries, expected) => {
  expect(faults(...entries)).toEqual(expected);
});

test.each<[string, TarEntry[], string[]]>([
  ['a file before it', [file('a'), hardLink('b', './a')], []],
  ['a file behind it', [hardLink('b', 'a'), file('a')], ['has a link to a file that is not in it before, b -> a']],
  ['a path upwards', [file('a'), hardLink('d/b', '../a')], ['has a link to a file that is not in it before, d/b -> ../a']],
  ['nothing', [hardLink('b', '')], ['has a link to a file that is not in it before, b -> ']],
])('knows whether a hard link to %s can be made', (_, entries, expected) => {
  expect(faults(...entries)).toEqual(expected);
});

test('names the directories in a directory, by way of links too', () => {
  const tree = new ArchiveTree([file('m/1/f'), directory('m/2'), file('m/g'), link('m/3', '1'), link('m/4', 'g'), link('n', 'm'), link('m/5', 'gone')]);
  expect(tree.directoriesIn('m')).toEqual(['1', '2', '3']);
  expect(tree.directoriesIn('n')).toEqual(['1', '2', '3']);
  expect(tree.directoriesIn('m/g')).toEqual([]);
  expect(tree.directoriesIn('gone')).toEqual([]);
});
