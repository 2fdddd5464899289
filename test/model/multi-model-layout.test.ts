import type { ArchiveListing } from '../../src/model/archive-layout';
import { checkSharedArchive } from '../../src/model/multi-model-layout';
import type { TarEntry } from '../../src/private/tar-reader';

const file = (path: string, size = 1): TarEntry => ({ path, type: 'file', size, target: '' });
const directory = (path: string): TarEntry => ({ path, type: 'directory', size: 0, target: '' });
const symbolic = (path: string, target: string): TarEntry => ({ path, type: 'symbolicLink', size: 0, target });
const hard = (path: string, target: string): TarEntry => ({ path, type: 'hardLink', size: 0, target });

const HANDLER = Buffer.from('def handler(data, context):\n    return data.read(), "application/json"\n');

function listing(...entries: TarEntry[]): ArchiveListing {
  return { entries, python: new Map([['code/inference.py', HANDLER]]), pointers: [] };
}

/** Where the entries go; those that are left out have none. */
function placed(entries: TarEntry[], replacesCode = false): Record<string, string | undefined> {
  const shared = checkSharedArchive(listing(...entries), replacesCode);
  expect(shared.faults).toEqual([]);
  return Object.fromEntries(entries.map(({ path }) => [path, shared.place(path)]));
}

function faults(entries: TarEntry[], replacesCode = false): string[] {
  return checkSharedArchive(listing(...entries), replacesCode).faults.map(({ rule, remedy }) => `${rule}; ${remedy}`);
}

describe('the versions of the one model', () => {
  test.each<[string, string]>([['m', 'm/'], ['export/Servo', 'export/Servo/'], ['7', '7/'], ['no name for a request', 'no name for a request/']])(
    'go from %s to the root', (_, prefix) => {
      expect(placed([file(`${prefix}1/saved_model.pb`), file(`${prefix}1/assets/v.txt`), file(`${prefix}00000123/saved_model.pb`)])).toEqual({
        [`${prefix}1/saved_model.pb`]: '1/saved_model.pb',
        [`${prefix}1/assets/v.txt`]: '1/assets/v.txt',
        [`${prefix}00000123/saved_model.pb`]: '00000123/saved_model.pb',
      });
    },
  );

  test('leave no directory behind that would be empty, and one that is not empty', () => {
    expect(placed([
      directory(''), directory('export'), directory('export/m'), directory('export/m/1'), file('export/m/1/saved_model.pb'), file('export/m/notes.txt'),
      file('README'), directory('exported'),
    ])).toEqual({
      '': undefined,
      'export': undefined,
      'export/m': undefined,
      'export/m/1': '1',
      'export/m/1/saved_model.pb': '1/saved_model.pb',
      'export/m/notes.txt': 'export/m/notes.txt',
      'README': 'README',
      'exported': 'exported',
    });
  });

  test('may be there already', () => {
    const entries = [file('1/saved_model.pb'), file('code/inference.py')];
    expect(placed(entries)).toEqual({ '1/saved_model.pb': '1/saved_model.pb', 'code/inference.py': 'code/inference.py' });
    expect(checkSharedArchive(listing(...entries), false).isReady).toBe(true);
    expect(checkSharedArchive(listing(...entries), true).isReady).toBe(false);
    expect(checkSharedArchive(listing(file('m/1/saved_model.pb')), false).isReady).toBe(false);
  });

  test('may have links among them', () => {
    expect(placed([
      file('m/1/saved_model.pb'), symbolic('m/1/assets', '../2/assets'), symbolic('m/1/self', './saved_model.pb'), file('m/2/saved_model.pb'),
      file('m/2/assets/v.txt'), symbolic('m/3', '2'), hard('m/4/saved_model.pb', 'm/1/saved_model.pb'),
    ])).toMatchObject({ 'm/1/assets': '1/assets', 'm/3': '3', 'm/4/saved_model.pb': '4/saved_model.pb' });
  });
});

test('the code stays where it is, unless other code takes its place', () => {
  const entries = [file('m/1/saved_model.pb'), file('code/inference.py'), directory('code')];
  expect(placed(entries)).toMatchObject({ 'code/inference.py': 'code/inference.py', 'code': 'code' });
  expect(placed(entries, true)).toMatchObject({ 'code/inference.py': undefined, 'code': undefined, 'm/1/saved_model.pb': '1/saved_model.pb' });
});

describe('it is a fault', () => {
  test('to hold several models', () => {
    expect(faults([file('b/1/saved_model.pb'), file('a/1/saved_model.pb')])).toEqual([
      'holds 2 models (a/, b/), and one that shares its container with others must be alone; add each of them by itself',
    ]);
    expect(faults(['', 'a/', 'b/', 'c/', 'd/', 'e/'].map((prefix) => file(`${prefix}1/saved_model.pb`)))).toEqual([
      'holds 6 models (./, a/, b/, c/, d/, ...), and one that shares its container with others must be alone; add each of them by itself',
    ]);
  });

  test('to hold none', () => {
    expect(faults([file('m/saved_model.pb')])).toEqual([
      'has no version of a model, and m/saved_model.pb where the container does not look; '
      + 'put it into a directory that is named by its version, as in my_model/1/saved_model.pb',
    ]);
  });

  test('to have requirements.txt in its code, which does not matter where other code takes its place', () => {
    const entries = [file('m/1/saved_model.pb'), file('code/inference.py'), file('code/requirements.txt')];
    expect(faults(entries)).toEqual([
      'must have no requirements.txt, which the container does not install for one model of many; put the packages under lib/ instead',
    ]);
    expect(faults(entries, true)).toEqual([]);
  });

  test.each([[file('7')], [file('7/notes.txt')], [directory('7')]])('to have something at the root that looks like a version: %j', (entry) => {
    expect(faults([file('m/1/saved_model.pb'), entry, file('8')])).toEqual([
      `has ${entry.path} where the container would take it for a version, beside those of m/; pack it without that`,
    ]);
  });

  test('to have files beside its versions in a directory that would look like one', () => {
    expect(faults([file('7/m/1/saved_model.pb'), file('7/notes.txt')])).toEqual([
      'has 7/notes.txt where the container would take it for a version, beside those of 7/m/; pack it without that',
    ]);
  });

  test.each([
    ['out of its versions', symbolic('m/1/shared', '../shared')],
    ['to the directory of its versions', symbolic('m/1/up', '..')],
    ['to its versions', symbolic('latest', 'm/1')],
    ['of a version', symbolic('m/2', '../elsewhere')],
  ])('to have a link %s, which would lead elsewhere', (_, link) => {
    expect(faults([file('m/1/saved_model.pb'), file('m/shared'), file('elsewhere/saved_model.pb'), link])).toContain(
      `has a link that leads elsewhere once the versions are at the root, ${link.path} -> ${link.target}; pack the file itself, as with \`tar -h\``,
    );
  });
});
