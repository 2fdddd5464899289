import type { Fault } from './code-layout';
import type { Violation } from '../private/errors';

/** What requests may choose a model by. */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

/** TensorFlow Serving keeps version numbers in 64 bits. */
const LARGEST_VERSION = 2n ** 63n - 1n;

/** The directory that the container takes handlers from. */
export const CODE_DIRECTORY = 'code';

/** Whether a path is the directory of inference code or below it. */
export function isCode(path: string): boolean {
  return path === CODE_DIRECTORY || path.startsWith(`${CODE_DIRECTORY}/`);
}

/** What the name of a model must be. */
export const RULE_FOR_NAMES = 'must have from 1 to 255 letters, digits, dots, underscores and hyphens, begin with a letter or digit, '
  + `and not be "${CODE_DIRECTORY}"`;

/** Finds fault with the name of a model. */
export function checkModelName(name: string): Fault[] {
  return MODEL_NAME.test(name) && name !== CODE_DIRECTORY ? [] : [{
    rule: `has a model named ${JSON.stringify(name)}, and the name ${RULE_FOR_NAMES}`, remedy: 'rename its directory',
  }];
}

/** Whether a text is a version that TensorFlow Serving can load. */
export function isVersion(text: string): boolean {
  return /^[0-9]+$/.test(text) && BigInt(text) <= LARGEST_VERSION;
}

/** Finds fault with what should be on disk and is given by an address. */
export function checkOnDisk(path: string): Violation[] {
  return /^[a-z][a-z0-9]+:\/\//i.test(path) ? [{
    property: 'artifact', got: path, rule: 'must be a path on disk, not an address', remedy: 'give what is in S3 to ModelArtifact.fromBucket',
  }] : [];
}
