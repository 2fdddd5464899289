import type * as fs from 'node:fs';

/** A change within this time of the last one may leave no trace in a file's times. */
const SETTLED_MS = 2000;

const results = new Map<string, { readonly stamp: string; readonly result: unknown }>();

/**
 * What a function makes of a file, from memory where the file is the same as before: an app may use one model many times.
 *
 * @param key the file, or whatever else the result depends on beside its state
 * @param stats the state of the file, or of several
 */
export function remember<T>(key: string, stats: fs.Stats | readonly fs.Stats[], compute: () => T): T {
  const all = [stats].flat() as fs.Stats[];
  const stamp = all.map(({ dev, ino, size, mtimeMs, ctimeMs }) => [dev, ino, size, mtimeMs, ctimeMs].join(':')).join(' ');
  const known = results.get(key);
  if (known?.stamp === stamp) {
    return known.result as T;
  }
  const now = Date.now();
  const result = compute();
  if (all.every(({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs) < now - SETTLED_MS)) {
    results.set(key, { stamp, result });
  }
  return result;
}
