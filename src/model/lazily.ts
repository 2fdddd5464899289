/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: an app pays only for the artifacts that it has */

/** Archives on disk. */
export function archiveArtifact(): typeof import('./archive-artifact') {
  return require('./archive-artifact');
}

/** Archives in a bucket that get inference code; they take a function. */
export function archiveWithCode(): typeof import('./archive-with-code') {
  return require('./archive-with-code');
}

/** Objects in a bucket. */
export function bucketArtifact(): typeof import('./bucket-artifact') {
  return require('./bucket-artifact');
}

/** What inference code must look like. */
export function codeLayout(): typeof import('./code-layout') {
  return require('./code-layout');
}

/** Model packages. */
export function modelPackage(): typeof import('./model-package') {
  return require('./model-package');
}

/** Copies of archives for many models; they take a function. */
export function multiModelCopies(): typeof import('./multi-model-copies') {
  return require('./multi-model-copies');
}

/** Many models behind one endpoint. */
export function multiModelSource(): typeof import('./multi-model-source') {
  return require('./multi-model-source');
}

/** SavedModels on disk. */
export function savedModelArtifact(): typeof import('./saved-model-artifact') {
  return require('./saved-model-artifact');
}
