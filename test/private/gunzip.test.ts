import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { gunzip } from '../../src/private/gunzip';
import { PackingError } from '../../src/private/packing-error';
import { tarOf } from '../support/archives';
import { temporaryDirectory } from '../support/disk';

function inflate(content: Uint8Array | string): Buffer {
  const file = path.join(temporaryDirectory({ 'model.tar.gz': content }), 'model.tar.gz');
  const chunks: Buffer[] = [];
  gunzip(file, { write: (chunk) => { chunks.push(Buffer.from(chunk)); } });
  return Buffer.concat(chunks);
}

function failure(content: Uint8Array | string): PackingError {
  try {
    inflate(content);
  } catch (error) {
    return error as PackingError;
  }
  throw new Error('it was inflated');
}

const text = Buffer.from('some text that goes on. '.repeat(50_000));
const zipped = zlib.gzipSync(text);

test.each([
  ['one member', zipped],
  ['a member without compression', zlib.gzipSync(text, { level: 0 })],
  ['several members', Buffer.concat([zlib.gzipSync(text.subarray(0, 1000)), zlib.gzipSync(text.subarray(1000))])],
  ['zeros after the end', Buffer.concat([zipped, Buffer.alloc(100)])],
])('inflates %s', (_, content) => {
  expect(inflate(content).equals(text)).toBe(true);
});

test('gives the compressed bytes too', () => {
  const file = path.join(temporaryDirectory({ f: zipped }), 'f');
  const chunks: Buffer[] = [];
  gunzip(file, { write: () => {} }, { write: (chunk) => { chunks.push(Buffer.from(chunk)); } });
  expect(Buffer.concat(chunks).equals(zipped)).toBe(true);
});

test('gives on what is inflated piece by piece, however much it grows', () => {
  const file = path.join(temporaryDirectory({ f: zlib.gzipSync(Buffer.alloc(100_000_000)) }), 'f');
  let [largest, sum] = [0, 0];
  gunzip(file, {
    write: (chunk) => {
      largest = Math.max(largest, chunk.length);
      sum += chunk.length;
    },
  });
  expect(sum).toBe(100_000_000);
  expect(largest).toBeLessThanOrEqual(64 * 1024);
});

test('lets an error of the sink through', () => {
  const file = path.join(temporaryDirectory({ f: zipped }), 'f');
  expect(() => gunzip(file, { write: () => { throw new PackingError('is no good'); } })).toThrow(new PackingError('is no good'));
});

test.each([
  ['an empty file', '', 'is an empty file', 'pack the model again'],
  [
    'a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
    'is only the Git LFS pointer of the archive', 'run `git lfs pull`',
  ],
  [
    'a zip file', 'PK\x03\x04....',
    'is a zip file, which SageMaker does not unpack', 'unpack it and give the directory to ModelArtifact.fromSavedModel',
  ],
  ['a tar archive', tarOf({ path: 'a' }), 'is a tar archive that is not compressed', 'compress it with gzip'],
  ['bzip2', 'BZh91AY', 'is compressed with something else than gzip, which SageMaker does not unpack', 'compress it with gzip'],
  [
    'xz', Buffer.from('fd377a585a00', 'hex'),
    'is compressed with something else than gzip, which SageMaker does not unpack', 'compress it with gzip',
  ],
  [
    'zstd', Buffer.from('28b52ffd', 'hex'),
    'is compressed with something else than gzip, which SageMaker does not unpack', 'compress it with gzip',
  ],
  ['anything else', 'hello', 'is not compressed with gzip', 'pack the model with `tar -czf`'],
  ['a single byte', '\x1f', 'is not compressed with gzip', 'pack the model with `tar -czf`'],
])('says of %s what it is', (_, content, rule, remedy) => {
  expect(failure(content)).toMatchObject({ rule, remedy });
});

test.each([1, 2, 3, 9, 10, 100, 1000, zipped.length - 9, zipped.length - 8, zipped.length - 1].filter((length) => length > 1))(
  'says of the first %d bytes that the rest is missing', (length) => {
    expect(failure(zipped.subarray(0, length))).toMatchObject({
      rule: 'is cut off: its compressed data ends too soon', remedy: 'copy or pack it again',
    });
  });

test.each([
  ['the checksum', zipped.length - 8, 'incorrect data check'],
  ['the length', zipped.length - 4, 'incorrect length check'],
  ['the method', 2, 'unknown compression method'],
])('says that %s does not fit', (_, position, reason) => {
  const content = Buffer.from(zipped);
  content[position] += 1;
  expect(failure(content)).toMatchObject({ rule: `is damaged: its compressed data cannot be read (${reason})`, remedy: 'copy or pack it again' });
});

test('says that something else follows', () => {
  expect(failure(Buffer.concat([zipped, Buffer.from('more')]))).toMatchObject({
    rule: 'is damaged: its compressed data cannot be read (incorrect header check)',
  });
});
