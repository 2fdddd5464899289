import fs from 'node:fs';
import * as path from 'node:path';
import { HashSink, TeeSink, writeAtomically } from '../../src/private/packing-sinks';
import { temporaryDirectory } from '../support/disk';

test('a hash is that of all chunks', () => {
  const hash = new HashSink();
  hash.write(Buffer.from('a'));
  hash.write(Buffer.from('bc'));
  expect(hash.digest()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a tee gives each chunk to all, in order', () => {
  const got: string[] = [];
  new TeeSink({ write: (chunk) => got.push(`1 ${chunk.length}`) }, { write: (chunk) => got.push(`2 ${chunk.length}`) }).write(new Uint8Array(3));
  expect(got).toEqual(['1 3', '2 3']);
});

describe('writing a file', () => {
  test.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3_000_000])('of %d bytes', (size) => {
    const target = path.join(temporaryDirectory(), 'file');
    const content = Buffer.alloc(size, 'abcdefghijk');
    writeAtomically(target, (sink) => {
      for (let from = 0; from < size; from += 700_000) {
        sink.write(content.subarray(from, from + 700_000));
      }
    });
    expect(fs.readFileSync(target).equals(content)).toBe(true);
    expect(fs.readdirSync(path.dirname(target))).toEqual(['file']);
  });

  test('takes its bytes at once, so that a buffer can be used again', () => {
    const target = path.join(temporaryDirectory(), 'file');
    writeAtomically(target, (sink) => {
      const buffer = Buffer.from('a');
      sink.write(buffer);
      buffer.fill('b');
      sink.write(buffer);
    });
    expect(fs.readFileSync(target, 'utf8')).toBe('ab');
  });

  test('is not there before it is complete', () => {
    const target = path.join(temporaryDirectory(), 'file');
    writeAtomically(target, (sink) => {
      sink.write(Buffer.alloc(2_000_000));
      expect(fs.existsSync(target)).toBe(false);
    });
    expect(fs.statSync(target).size).toBe(2_000_000);
  });

  test('leaves nothing where it fails', () => {
    const target = path.join(temporaryDirectory(), 'file');
    expect(() => writeAtomically(target, () => { throw new Error('no space left'); })).toThrow('no space left');
    expect(fs.readdirSync(path.dirname(target))).toEqual([]);
  });

  test('leaves the old file where it fails', () => {
    const target = path.join(temporaryDirectory({ file: 'old' }), 'file');
    expect(() => writeAtomically(target, () => { throw new Error('no space left'); })).toThrow('no space left');
    expect(fs.readFileSync(target, 'utf8')).toBe('old');
  });

  test('goes on where the system takes only a part', () => {
    const target = path.join(temporaryDirectory(), 'file');
    const real = fs.writeSync;
    const write = jest.spyOn(fs, 'writeSync').mockImplementation(((fd: number, buffer: Buffer, from: number, size: number) =>
      real(fd, buffer, from, Math.min(size, 1000))) as typeof fs.writeSync);
    try {
      writeAtomically(target, (sink) => sink.write(Buffer.alloc(2500, 'x')));
    } finally {
      write.mockRestore();
    }
    expect(fs.readFileSync(target, 'utf8')).toBe('x'.repeat(2500));
  });
});
