import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isArchive, withUnpacked } from '../../src/cli/archive';
import { CommandError } from '../../src/cli/command';
import { SavedModelError } from '../../src/saved-model';

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'archive-test-'));
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

/** An archive of files. */
function archive(name: string, files: Record<string, string>, ...options: string[]): string {
  const directory = fs.mkdtempSync(path.join(temporary, 'content-'));
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    fs.writeFileSync(path.join(directory, file), content);
  }
  const target = path.join(temporary, name);
  execFileSync('tar', ['-czf', target, ...options, '-C', directory, '.']);
  return target;
}

function contentOf(directory: string): Record<string, string> {
  return Object.fromEntries(fs.readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .map((file) => [path.relative(directory, file), fs.readFileSync(file, 'latin1')]));
}

test('what is read has its content, and other files their size', () => {
  const long = 'x'.repeat(1025);
  const files = {
    '1/saved_model.pb': long,
    '1/variables/variables.index': long,
    '1/variables/variables.data-00000-of-00001': long,
    '1/assets/short.txt': 'x'.repeat(1024),
    '1/assets/empty': '',
  };
  expect(withUnpacked(archive('a.tar.gz', files), contentOf)).toEqual({ ...files, '1/variables/variables.data-00000-of-00001': '\0'.repeat(1025) });
});

test.each([['half_plus.tar.gz', 'half_plus'], ['a.b.TGZ', 'a.b'], ['.tar.gz', 'model']])('%s is unpacked as %s, and nothing is left of it', (name, unpacked) => {
  const directory = withUnpacked(archive(name, { a: 'a' }), (given) => {
    expect(fs.existsSync(path.join(given, 'a'))).toBe(true);
    return given;
  });
  expect(path.basename(directory)).toBe(unpacked);
  expect(fs.existsSync(path.dirname(directory))).toBe(false);
});

test('links are left out', () => {
  const directory = fs.mkdtempSync(path.join(temporary, 'links-'));
  fs.writeFileSync(path.join(directory, 'a'), 'a');
  fs.symlinkSync('/', path.join(directory, 'b'));
  fs.linkSync(path.join(directory, 'a'), path.join(directory, 'c'));
  const file = path.join(temporary, 'links.tar.gz');
  execFileSync('tar', ['-czf', file, '-C', directory, 'a', 'b', 'c']);
  expect(withUnpacked(file, (given) => fs.readdirSync(given))).toEqual(['a']);
});

test('errors name the archive', () => {
  const file = archive('m.tar.gz', { a: 'a' });
  expect(() => withUnpacked(file, (directory) => {
    throw new SavedModelError(path.join(directory, 'a'), `is like ${directory}`, 'look');
  })).toThrow(new CommandError(`${file}/a is like ${file}; look`));
  expect(() => withUnpacked(file, () => {
    throw new TypeError('ours');
  })).toThrow(new TypeError('ours'));
});

test('an archive that cannot be unpacked', () => {
  const file = archive('twice.tar.gz', { a: 'a' }, '--transform=s/^a$/a\\/b/', '-C', temporary);
  fs.writeFileSync(path.join(temporary, 'x'), '');
  const clash = path.join(temporary, 'clash.tar.gz');
  execFileSync('sh', ['-c', 'cd "$0" && mkdir d && echo 1 > d/f && echo 2 > a && tar -cf - --transform=s/^d.f/a\\\\/b/ a d/f | gzip > clash.tar.gz', temporary]);
  expect(() => withUnpacked(clash, () => undefined)).toThrow(new CommandError(`${clash} cannot be unpacked at a/b (EEXIST); pack it again`));
  fs.writeFileSync(file, fs.readFileSync(file).subarray(0, 40));
  expect(() => withUnpacked(file, () => undefined)).toThrow(new CommandError(`${file} is cut off: its compressed data ends too soon; copy or pack it again`));
});

test.each<[string, boolean]>([['b.tar.gz', true], ['b.TGZ', true], ['b.zip', false], ['d.tar.gz', false], ['nothing.tgz', false]])('%s is an archive: %s', (name, is) => {
  fs.mkdirSync(path.join(temporary, 'd.tar.gz'), { recursive: true });
  if (name.startsWith('b')) {
    fs.writeFileSync(path.join(temporary, name), '');
  }
  expect(isArchive(path.join(temporary, name))).toBe(is);
});
