/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: an app pays only for the inputs that it has */

/** Inputs that are files on disk. */
export function assetInput(): typeof import('./asset-input') {
  return require('./asset-input');
}
