import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import fflate from 'fflate';
import { GzipSink } from '../../src/private/gzip';

const NOISE = Buffer.concat(Array.from({ length: 22_000 }, (_, i) => createHash('sha256').update(String(i)).digest()));

/** Bytes that look random and are the same each time. */
function noise(size: number): Buffer {
  return NOISE.subarray(0, size);
}

function gzip(content: Uint8Array, chunkSize = content.length): Buffer {
  const chunks: Buffer[] = [];
  const sink = new GzipSink({ write: (chunk) => { chunks.push(Buffer.from(chunk)); } });
  for (let from = 0; from < content.length; from += chunkSize) {
    sink.write(content.subarray(from, from + chunkSize));
  }
  sink.end();
  return Buffer.concat(chunks);
}

const text = Buffer.from('the same again and again, '.repeat(40_000));

test('says no name and no time, and that it is from Unix', () => {
  expect(gzip(Buffer.from('abc')).subarray(0, 10)).toEqual(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from([7])],
  ['text', text],
  ['noise', noise(600_000)],
  ['exactly one piece of noise', noise(252_000)],
  ['exactly one piece of text', text.subarray(0, 252_000)],
  ['a block of text and a byte', text.subarray(0, 21_001)],
  ['a byte more than a piece', Buffer.concat([noise(252_000), Buffer.from('x')])],
  ['noise, text and noise', Buffer.concat([noise(300_000), text, noise(700_000)])],
  ['text, noise and text', Buffer.concat([text, noise(300_000), text])],
])('%s can be unpacked', (_, content) => {
  expect(zlib.gunzipSync(gzip(content)).equals(content)).toBe(true);
});

test('what shrinks is deflated', () => {
  expect(gzip(text).length).toBeLessThan(text.length / 50);
});

test('what does not shrink is stored, with 5 bytes for each block of 65535 of a piece', () => {
  const content = noise(252_000);
  expect(gzip(content)).toHaveLength(10 + content.length + 4 * 5 + 5 + 8);
});

test('what repeats itself is deflated once', () => {
  const deflate = jest.spyOn(fflate, 'deflateSync');
  expect(zlib.gunzipSync(gzip(Buffer.alloc(4 * 252_000, 'a'))).equals(Buffer.alloc(4 * 252_000, 'a'))).toBe(true);
  expect(deflate).toHaveBeenCalledTimes(1 + 12);
  deflate.mockRestore();
});

test.each([
  ['is cut off', (block: Uint8Array) => block.subarray(0, -1)],
  ['is of something else', (_: Uint8Array, real: typeof fflate.deflateSync) => real(Buffer.alloc(21_000, 'b'))],
  ['is of too little', (_: Uint8Array, real: typeof fflate.deflateSync) => real(text.subarray(0, 20_999))],
  ['has several blocks', (_: Uint8Array, real: typeof fflate.deflateSync) => real(noise(100_000).map((byte) => byte % 100))],
])('what the library deflates wrongly is stored, where it %s', (_, spoil) => {
  const real = fflate.deflateSync;
  const deflate = jest.spyOn(fflate, 'deflateSync').mockImplementation((content, options) => {
    const block = real(content, options);
    return options?.level === 6 ? Uint8Array.from(spoil(block, real)) : block;
  });
  try {
    const packed = gzip(text);
    expect(packed.length).toBeGreaterThan(text.length);
    expect(zlib.gunzipSync(packed).equals(text)).toBe(true);
  } finally {
    deflate.mockRestore();
  }
});

test('what shrinks by less than a tenth is stored, as the weights of a network are', () => {
  // one byte in four has half as many values: a saving of 3 %
  const weights = noise(252_000).map((byte, i) => i % 4 === 3 ? byte % 128 : byte);
  expect(gzip(weights).length).toBeGreaterThan(weights.length);
});

test('what shrinks by more is deflated', () => {
  const bytes = noise(252_000).map((byte) => byte % 128);
  expect(gzip(bytes).length).toBeLessThan(bytes.length * 0.9);
});

test('is the same however the content comes in', () => {
  const content = Buffer.concat([noise(300_000), text.subarray(0, 300_000), noise(10_000)]);
  const whole = gzip(content);
  for (const chunkSize of [1000, 65_536, 262_144, 299_999]) {
    expect(gzip(content, chunkSize).equals(whole)).toBe(true);
  }
});

test('is the same on every machine and with every Node', () => {
  const content = Buffer.concat([noise(300_000), text, noise(5000)]);
  expect(createHash('sha256').update(gzip(content)).digest('hex')).toBe('e863533704121ad2625efc7efac82ddb44bb04f3ec7bda3ec5ccf15a415e0086');
});

test('any mixture of content can be unpacked', () => {
  const run = fc.tuple(fc.constantFrom('noise', 'text', 'zeros'), fc.integer({ min: 0, max: 400_000 }));
  fc.assert(fc.property(fc.array(run, { maxLength: 5 }), fc.integer({ min: 1000, max: 300_000 }), (runs, chunkSize) => {
    const content = Buffer.concat(runs.map(([kind, size]) => kind === 'noise' ? noise(size) : kind === 'text' ? text.subarray(0, size) : Buffer.alloc(size)));
    expect(zlib.gunzipSync(gzip(content, chunkSize)).equals(content)).toBe(true);
  }), { numRuns: 30 });
});
