/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: most programs that load the library pack nothing */

/** Writes the headers of tar archives. */
export function tarHeader(): typeof import('tar/header') {
  return require('tar/header');
}

/** Writes the headers of what doesn't fit into a plain one. */
export function tarPax(): typeof import('tar/pax') {
  return require('tar/pax');
}

/** Deflates in plain JavaScript: the same bytes on every machine, which zlib doesn't promise. */
export function fflate(): typeof import('fflate') {
  return require('fflate');
}

/** Inflates piece by piece without giving up control, which node:zlib cannot. */
export function minizlib(): typeof import('minizlib') {
  return require('minizlib');
}
