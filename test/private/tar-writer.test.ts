import * as zlib from 'node:zlib';
import { TarWriter } from '../../src/private/tar-writer';
import { unpacked } from '../support/archives';

function tar(fill: (writer: TarWriter) => void): Buffer {
  const chunks: Buffer[] = [];
  const writer = new TarWriter({ write: (chunk) => { chunks.push(Buffer.from(chunk)); } });
  fill(writer);
  writer.end();
  return Buffer.concat(chunks);
}

function addFile(writer: TarWriter, path: string, content: string): void {
  writer.file(path, Buffer.byteLength(content));
  writer.write(Buffer.from(content));
}

test('a file has the mode 0644, no owner, and the first second of 1970', () => {
  const header = tar((writer) => addFile(writer, 'm/1/saved_model.pb', 'abc')).subarray(0, 512).toString('latin1');
  expect(header.replace(/\0+/g, '|')).toBe('m/1/saved_model.pb|000644 |000000 |000000 |0000000003 |0000000000 |012217 |0|ustar|00|000000 |000000 |');
});

test('a directory has the mode 0755 and a slash at its end', () => {
  const header = tar((writer) => writer.directory('m/1')).subarray(0, 512).toString('latin1');
  expect(header.replace(/\0+/g, '|')).toBe('m/1/|000755 |000000 |000000 |0000000000 |0000000000 |007421 |5|ustar|00|000000 |000000 |');
});

test('files are filled up to blocks of 512 bytes, and two empty blocks end the archive', () => {
  expect(tar((writer) => addFile(writer, 'a', ''))).toHaveLength(512 + 1024);
  expect(tar((writer) => addFile(writer, 'a', 'x'))).toHaveLength(512 + 512 + 1024);
  expect(tar((writer) => addFile(writer, 'a', 'x'.repeat(512)))).toHaveLength(512 + 512 + 1024);
  expect(tar((writer) => addFile(writer, 'a', 'x'.repeat(513)))).toHaveLength(512 + 1024 + 1024);
  expect(tar(() => {}).equals(Buffer.alloc(1024))).toBe(true);
});

test.each([
  ['99 bytes', 'a'.repeat(99)],
  ['100 bytes', `${'b'.repeat(49)}/${'a'.repeat(50)}`],
  ['101 bytes without a slash', 'a'.repeat(101)],
  ['250 bytes with slashes', `${'b'.repeat(150)}/${'a'.repeat(99)}`],
  ['300 bytes', `${'c'.repeat(100)}/${'b'.repeat(100)}/${'a'.repeat(98)}`],
  ['1000 bytes', Array.from({ length: 10 }, (_, i) => String(i).repeat(99)).join('/')],
  ['other letters than ASCII', 'größe/модель/模型/🙂.pb'],
  ['100 characters of three bytes each', '模'.repeat(100)],
  ['a backslash', 'a\\b'],
  ['a space at its end', 'a '],
])('a path of %s is read as it was written', (_, path) => {
  const entries = unpacked(zlib.gzipSync(tar((writer) => {
    addFile(writer, path, 'content');
    writer.directory(`${path}.d`);
  })));
  expect([...entries].map(([name, { type }]) => [name.replace(/\/$/, ''), type])).toEqual([[path, 'File'], [`${path}.d`, 'Directory']]);
  expect(entries.get(path)?.content.toString()).toBe('content');
});

test('links are written with their targets, however long', () => {
  const target = `../${'t'.repeat(150)}/file`;
  const entries = unpacked(zlib.gzipSync(tar((writer) => {
    addFile(writer, 'a', 'content');
    writer.symbolicLink('m/link', target);
    writer.hardLink('m/other', 'a');
  })));
  expect(entries.get('m/link')).toMatchObject({ type: 'SymbolicLink', link: target, mode: 0o777 });
  expect(entries.get('m/other')).toMatchObject({ type: 'Link', link: 'a', mode: 0o644 });
});

test.each([
  ['8 GiB less one byte', 8 * 2 ** 30 - 1, undefined],
  ['8 GiB', 8 * 2 ** 30, '19 size=8589934592\n'],
  ['20 GiB', 20 * 2 ** 30, '20 size=21474836480\n'],
])('a size of %s is written as every program reads it', (_, size, expected) => {
  const chunks: Buffer[] = [];
  new TarWriter({ write: (chunk) => { chunks.push(Buffer.from(chunk)); } }).file('weights', size);
  const text = Buffer.concat(chunks).toString('latin1');
  expect(/\d+ size=\d+\n/.exec(text)?.[0]).toBe(expected);
  if (expected === undefined) {
    expect(text).toContain('77777777777');
  }
});

test('more bytes than announced are an error', () => {
  expect(() => tar((writer) => {
    writer.file('a', 2);
    writer.write(Buffer.from('abc'));
  })).toThrow('the file has 1 bytes more than its header says');
});

test.each([
  ['the end', () => {}],
  ['the next file', (writer: TarWriter) => writer.file('b', 0)],
])('less bytes than announced are an error at %s', (_, next) => {
  expect(() => tar((writer) => {
    writer.file('a', 2);
    writer.write(Buffer.from('a'));
    next(writer);
  })).toThrow('the file has 1 bytes less than its header says');
});
