import * as fs from 'node:fs';
import * as path from 'node:path';
import { remember } from '../../src/private/packing-stamps';
import { temporaryDirectory } from '../support/disk';

const HOUR_AGO = Date.now() / 1000 - 3600;

function fileOf(content: string): string {
  return path.join(temporaryDirectory({ file: content }), 'file');
}

/** The state of a file that was left alone for a while. */
function settled(file: string): fs.Stats {
  fs.utimesSync(file, HOUR_AGO, HOUR_AGO);
  return Object.assign(fs.statSync(file), { ctimeMs: HOUR_AGO * 1000 });
}

test('computes once for a file that stays the same', () => {
  const file = fileOf('a');
  const compute = jest.fn(() => 'result');
  expect(remember(file, settled(file), compute)).toBe('result');
  expect(remember(file, settled(file), compute)).toBe('result');
  expect(compute).toHaveBeenCalledTimes(1);
});

test.each([
  ['size', { size: 2 }],
  ['time', { mtimeMs: 1 }],
  ['time of any change', { ctimeMs: 1 }],
  ['identity', { ino: 1 }],
  ['device', { dev: 1 }],
])('computes again where the %s of a file changed', (_, change) => {
  const file = fileOf('a');
  remember(file, settled(file), () => 'old');
  expect(remember(file, Object.assign(settled(file), change), () => 'new')).toBe('new');
});

test('does not trust a file that was just written', () => {
  const file = fileOf('a');
  remember(file, fs.statSync(file), () => 'old');
  expect(remember(file, fs.statSync(file), () => 'new')).toBe('new');
});

test('computes again where one of several files changed', () => {
  const [a, b] = [fileOf('a'), fileOf('b')];
  remember(a + b, [settled(a), settled(b)], () => 'old');
  expect(remember(a + b, [settled(a), settled(b)], () => 'new')).toBe('old');
  expect(remember(a + b, [settled(a), Object.assign(settled(b), { size: 9 })], () => 'new')).toBe('new');
});

test('remembers nothing of what failed', () => {
  const file = fileOf('a');
  expect(() => remember(file, settled(file), () => { throw new Error('failed'); })).toThrow('failed');
  expect(remember(file, settled(file), () => 'result')).toBe('result');
});
