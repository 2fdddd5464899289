import * as fc from 'fast-check';
import { PackingError } from '../../src/private/packing-error';
import { type TarEntry, TarReader } from '../../src/private/tar-reader';
import { TarWriter } from '../../src/private/tar-writer';
import { blocksOf, type MadeEntry, tarOf } from '../support/archives';

interface ReadEntry extends TarEntry {
  readonly content: string;
}

function read(archive: Uint8Array, chunkSize = 65_536): ReadEntry[] {
  const entries: ReadEntry[] = [];
  let content: Buffer[] = [];
  const reader = new TarReader({
    entry: (entry) => {
      entries.push({ ...entry, content: '' });
      content = [];
    },
    data: (chunk) => { content.push(Buffer.from(chunk)); },
    endEntry: () => { entries.push({ ...entries.pop()!, content: Buffer.concat(content).toString('latin1') }); },
  });
  for (let from = 0; from < archive.length; from += chunkSize) {
    reader.write(archive.subarray(from, from + chunkSize));
  }
  reader.end();
  return entries;
}

function failure(archive: Uint8Array): { rule: string; remedy?: string } {
  try {
    read(archive);
  } catch (error) {
    expect(error).toBeInstanceOf(PackingError);
    const { rule, remedy } = error as PackingError;
    return { rule, remedy };
  }
  throw new Error('it was read');
}

const file = (path: string, content: string): ReadEntry => ({ path, type: 'file', size: content.length, target: '', content });

test.each([1, 7, 511, 512, 513, 65_536])('reads files, directories and links in pieces of %d bytes', (chunkSize) => {
  expect(read(tarOf(
    { path: 'm/', type: 'Directory' },
    { path: 'm/1/saved_model.pb', content: 'x'.repeat(700) },
    { path: 'm/empty', content: '' },
    { path: 'm/2', type: 'SymbolicLink', linkpath: '1' },
    { path: 'm/other', type: 'Link', linkpath: 'm/empty' },
  ), chunkSize)).toEqual([
    { path: 'm', type: 'directory', size: 0, target: '', content: '' },
    file('m/1/saved_model.pb', 'x'.repeat(700)),
    file('m/empty', ''),
    { path: 'm/2', type: 'symbolicLink', size: 0, target: '1', content: '' },
    { path: 'm/other', type: 'hardLink', size: 0, target: 'm/empty', content: '' },
  ]);
});

test.each([
  ['./a/b', 'a/b'],
  ['././a//b/./c', 'a/b/c'],
  ['a/..b', 'a/..b'],
  ['a b', 'a b'],
  ['größe', 'größe'],
])('takes %j for %j', (path, expected) => {
  expect(read(tarOf({ path, content: 'x' }))).toEqual([file(expected, 'x')]);
});

test.each(['./', '.'])('takes %j for the root', (path) => {
  expect(read(tarOf({ path, type: 'Directory' }, { path: 'a', content: 'x' }))).toEqual([
    { path: '', type: 'directory', size: 0, target: '', content: '' }, file('a', 'x'),
  ]);
});

test('takes a file whose name ends in a slash for a directory, as before POSIX', () => {
  expect(read(tarOf({ path: 'm/', type: 'OldFile' }))).toEqual([{ path: 'm', type: 'directory', size: 0, target: '', content: '' }]);
});

test('needs no empty blocks at the end', () => {
  expect(read(Buffer.concat(blocksOf({ path: 'a', content: 'x' })))).toEqual([file('a', 'x')]);
});

test('takes more empty blocks at the end', () => {
  expect(read(Buffer.concat([tarOf({ path: 'a', content: 'x' }), Buffer.alloc(8192)]))).toEqual([file('a', 'x')]);
});

test('takes the size that some programs give directories and links for none', () => {
  expect(read(tarOf(
    { path: 'm/', type: 'Directory', size: 4096 },
    { path: 'l', type: 'SymbolicLink', linkpath: 'm', size: 1 },
    { path: 'a', content: 'x' },
  )).map(({ path, size }) => `${path} ${size}`)).toEqual(['m 0', 'l 0', 'a 1']);
});

describe('long names', () => {
  const long = `${'d'.repeat(200)}/${'f'.repeat(200)}`;

  test('in POSIX headers', () => {
    expect(read(tarOf({ path: long, content: 'x' }, { path: 'after', content: 'y' }))).toEqual([file(long, 'x'), file('after', 'y')]);
  });

  test('in a prefix', () => {
    const path = `${'d'.repeat(120)}/${'f'.repeat(90)}`;
    expect(read(tarOf({ path, content: 'x' }))).toEqual([file(path, 'x')]);
  });

  test('in GNU headers', () => {
    expect(read(tarOf(
      { path: '././@LongLink', type: 'NextFileHasLongPath', content: `${long}\0` },
      { path: 'cut', content: 'x' },
      { path: 'after', content: 'y' },
    ))).toEqual([file(long, 'x'), file('after', 'y')]);
  });

  test('of links', () => {
    expect(read(tarOf({ path: 'a', type: 'SymbolicLink', linkpath: long }))[0].target).toBe(long);
    expect(read(tarOf(
      { path: '././@LongLink', type: 'NextFileHasLongLinkpath', content: `${long}\0` },
      { path: '././@LongLink', type: 'NextFileHasLongPath', content: `${long}\0` },
      { path: 'cut', type: 'SymbolicLink', linkpath: 'cut' },
    ))[0]).toMatchObject({ path: long, target: long });
  });

  test('with a line break in them', () => {
    expect(read(tarOf({ path: 'a', content: 'x', pax: { path: 'one\ntwo\n12 path=three' } }))).toEqual([file('one\ntwo\n12 path=three', 'x')]);
  });

  test('give way to nothing shorter that is in the header', () => {
    expect(read(tarOf({ path: 'harmless', content: 'x', pax: { path: 'm/1/saved_model.pb' } }))).toEqual([file('m/1/saved_model.pb', 'x')]);
  });

  test.each([
    ['../outside', 'has an entry that leaves the archive, ../outside'],
    ['/absolute', 'has an entry with an absolute path, /absolute'],
    ['a/../../b', 'has an entry that leaves the archive, a/../../b'],
    [`${'d'.repeat(300)}/../b`, `has an entry that leaves the archive, ${'d'.repeat(200)}...`],
  ])('hide nothing: %s', (path, rule) => {
    const refused = { rule, remedy: 'pack it with paths relative to the model, as with `tar -C`' };
    expect(failure(tarOf({ path: 'a', content: 'x', pax: { path } }))).toEqual(refused);
    expect(failure(tarOf({ path: 'L', type: 'NextFileHasLongPath', content: `${path}\0` }, { path: 'a', content: 'x' }))).toEqual(refused);
    expect(failure(tarOf({ path, content: 'x' }))).toEqual(refused);
  });
});

test('other records of POSIX headers are left alone', () => {
  expect(read(tarOf({ path: 'a', content: 'x', pax: { mtime: new Date(1.5), uname: 'me', comment: 'path=b' } }))).toEqual([file('a', 'x')]);
});

test('a size of a POSIX header goes before the one that is cut off', () => {
  expect(read(tarOf({ path: 'a', content: 'xyz', size: 0, pax: { size: 3 } }, { path: 'b', content: '' }))).toEqual([file('a', 'xyz'), file('b', '')]);
});

test('a comment for the whole archive is left alone, as git writes it', () => {
  expect(read(tarOf({ path: 'pax_global_header', type: 'GlobalExtendedHeader', content: '19 comment=abcdefg\n' }, { path: 'a', content: 'x' })))
    .toEqual([file('a', 'x')]);
});

describe('refuses', () => {
  const pax = (records: string): MadeEntry => ({ path: 'PaxHeader', type: 'ExtendedHeader', content: records });
  const afterFirst = (...entries: MadeEntry[]) => tarOf({ path: 'first', content: 'x' }, ...entries);
  const anotherTar = 'pack it with GNU tar or Python';

  test.each<[string, Uint8Array, string, string]>([
    ['what is no tar archive', Buffer.from('hello'.repeat(1000)), 'is compressed with gzip, but holds no tar archive', 'pack the model with `tar -czf`'],
    ['less than a block', Buffer.from('hello'), 'is compressed with gzip, but holds no tar archive', 'pack the model with `tar -czf`'],
    ['nothing', Buffer.alloc(0), 'is compressed with gzip, but holds no tar archive', 'pack the model with `tar -czf`'],
    ['a wrong checksum', (() => {
      const bytes = afterFirst({ path: 'a' });
      bytes[1024 + 3] = 1;
      return bytes;
    })(), 'is damaged after first: what follows is no tar header', 'copy or pack it again'],
    ['a file that is cut off', afterFirst({ path: 'a', content: 'x'.repeat(2000) }).subarray(0, 2048), 'is cut off after a', 'copy or pack it again'],
    ['a header that is cut off', afterFirst({ path: 'a' }).subarray(0, 1200), 'is cut off after first', 'copy or pack it again'],
    ['a name without its entry', Buffer.concat([...blocksOf({ path: 'first', content: 'x' }), ...blocksOf(pax('9 path=a\n'))]),
      'is cut off after first', 'copy or pack it again'],
    ['entries behind the end', Buffer.concat([afterFirst(), tarOf({ path: 'hidden' })]), 'has entries behind its end after first, which are not unpacked',
      'pack it as one archive, not several one after the other'],
    ['entries behind one empty block', Buffer.concat([...blocksOf({ path: 'first' }), Buffer.alloc(512), ...blocksOf({ path: 'hidden' })]),
      'has entries behind its end after first, which are not unpacked', 'pack it as one archive, not several one after the other'],
    ['a device', tarOf({ path: 'null', type: 'CharacterDevice' }), 'has a device, null', 'pack only files, directories and links'],
    ['a block device', tarOf({ path: 'sda', type: 'BlockDevice' }), 'has a device, sda', 'pack only files, directories and links'],
    ['a named pipe', tarOf({ path: 'pipe', type: 'FIFO' }), 'has a named pipe, pipe', 'pack only files, directories and links'],
    ['a sparse file of GNU', tarOf({ path: 'a', type: 'SparseFile' }), 'has a sparse file, a', 'pack only files, directories and links'],
    ['a sparse file of POSIX', tarOf(pax('22 GNU.sparse.major=1\n'), { path: 'a' }), 'has a sparse file, which not every program unpacks',
      'pack it without --sparse'],
    ['a type that nobody knows', tarOf({ path: 'a', patch: { 156: Buffer.from('Z') } }), 'has an entry of the unknown type "Z", a',
      'pack only files, directories and links'],
    ['two extended headers for one file', tarOf(pax('9 path=a\n'), pax('9 path=b\n'), { path: 'c' }), 'has an entry with two names', anotherTar],
    ['two kinds of long names for one file', tarOf(pax('9 path=a\n'), { path: 'L', type: 'NextFileHasLongPath', content: 'b' }, { path: 'c' }),
      'has an entry with two names', anotherTar],
    ['a name for all files that follow', afterFirst({ path: 'g', type: 'GlobalExtendedHeader', content: '9 path=a\n' }, { path: 'b' }),
      'has a global header after first that renames what follows', anotherTar],
    ['a name that readers disagree about', tarOf({ path: 'name', patch: { 257: Buffer.from('ustar  \0'), 345: Buffer.from('prefix') } }),
      'has an entry whose name depends on who reads it, name', anotherTar],
    ['a name that is not UTF-8', tarOf({ path: 'a', patch: { 1: Buffer.from([0xe9]) } }), 'has an entry whose name is not UTF-8, a\ufffd', 'rename it'],
    ['a name with a zero in it', tarOf(pax('12 path=a\0b\n'), { path: 'c' }), 'has an entry whose name is not UTF-8, a\\u0000b', 'rename it'],
    ['a file without a name', afterFirst({ path: './', type: 'File', content: 'x', patch: { 1: Buffer.alloc(1) } }),
      'has an entry without a name after first', 'pack it again'],
    ['a size that is no number', tarOf({ path: 'a', patch: { 124: Buffer.from('zzz') } }), 'is compressed with gzip, but holds no tar archive',
      'pack the model with `tar -czf`'],
    ['a size below zero', afterFirst({ path: 'a', patch: { 124: Buffer.alloc(12, 0xff) } }), 'is damaged after first: what follows is no tar header',
      'copy or pack it again'],
    ['a size beyond all disks', afterFirst({ path: 'a', patch: { 124: Buffer.from([0x80, ...new Array(11).fill(0xff)]) } }),
      'is damaged after first: what follows is no tar header', 'copy or pack it again'],
    ['a name of megabytes', tarOf({ path: 'L', type: 'NextFileHasLongPath', content: Buffer.alloc(1024 * 1024 + 1, 'a') }, { path: 'a' }),
      'is damaged: a name has 1048577 bytes', 'copy or pack it again'],
    ...[
      ['without a length', 'path=a\n'], ['with a length of zero', '0 path=a\n'], ['with a length that is too small', '5 path=a\n'],
      ['with a length that is too large', '99 path=a\n'], ['without a line break', '8 path=a'], ['without a value', '5 abc\n'],
      ['with a size of letters', '10 size=x\n'], ['with a size of too many digits', '30 size=12345678901234567890 \n'],
    ].map(([what, records]): [string, Uint8Array, string, string] => [
      `a record ${what}`, tarOf(pax(records), { path: 'a' }), 'is damaged: an extended header cannot be read', 'copy or pack it again',
    ]),
  ])('%s', (_, archive, rule, remedy) => {
    expect(failure(archive)).toEqual({ rule, remedy });
  });
});

test('reads a checksum of signed bytes, as old programs wrote it', () => {
  const archive = tarOf({ path: '__', content: 'x' });
  archive.write('ä', 0);
  archive.fill(' ', 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + (byte > 127 ? byte - 256 : byte), 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  expect(read(archive)).toEqual([file('ä', 'x')]);
});

test('reads a size in binary', () => {
  const archive = tarOf({ path: 'a', content: 'xyz', patch: { 124: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]) } });
  expect(read(archive)).toEqual([file('a', 'xyz')]);
});

describe('for any archive', () => {
  const names = fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' })
    .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..' && Buffer.from(name).toString() === name);
  const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const files = fc.array(fc.record({ path: paths, content: fc.string({ unit: 'binary-ascii', maxLength: 1500 }) }), { maxLength: 6 });

  function written(entries: { path: string; content: string }[]): Buffer {
    const chunks: Buffer[] = [];
    const writer = new TarWriter({ write: (chunk) => { chunks.push(Buffer.from(chunk)); } });
    for (const { path, content } of entries) {
      writer.file(path, content.length);
      writer.write(Buffer.from(content, 'latin1'));
    }
    writer.end();
    return Buffer.concat(chunks);
  }

  test('what was written is what is read', () => {
    fc.assert(fc.property(files, fc.integer({ min: 1, max: 3000 }), (entries, chunkSize) => {
      expect(read(written(entries), chunkSize)).toEqual(entries.map(({ path, content }) => file(path, content)));
    }));
  });

  test('that was cut off or changed, there is a clear error or a result', () => {
    const change = fc.record({ position: fc.nat(), byte: fc.nat(255) });
    fc.assert(fc.property(files, fc.array(change, { maxLength: 3 }), fc.option(fc.nat()), (entries, changes, cut) => {
      const archive = written(entries);
      changes.forEach(({ position, byte }) => { archive[position % archive.length] = byte; });
      try {
        for (const { path } of read(cut === null ? archive : archive.subarray(0, cut % archive.length))) {
          expect(path.split('/')).not.toContain('..');
        }
      } catch (error) {
        expect(error).toBeInstanceOf(PackingError);
      }
    }), { numRuns: 500 });
  });
});
