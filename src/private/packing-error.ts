import { type HasPath, validationError } from './errors';

/** What is wrong with the files to pack, for the construct that was given them to report. */
export class PackingError extends Error {
  /**
   * @param rule what is wrong, such as "has a link that leaves it"
   * @param remedy what to do about it
   */
  constructor(readonly rule: string, readonly remedy?: string) {
    super(remedy !== undefined ? `${rule}; ${remedy}` : rule);
    this.name = 'PackingError';
  }
}

/** Does something with files; what is wrong with them is an error of the property that they were given as. */
export function reporting<T>(where: HasPath, given: { readonly property: string; readonly got: unknown }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof PackingError ? validationError(where, { ...given, rule: error.rule, remedy: error.remedy }) : error;
  }
}

/** Reads something from disk; says which file where the system refuses. */
export function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { reason, remedy } = REFUSALS[code ?? ''] ?? { reason: message, remedy: 'try again' };
    throw new PackingError(`has a file that cannot be read, ${path}: ${reason}`, remedy);
  }
}

const DENIED = { reason: 'permission denied', remedy: 'make it readable for the user who runs this' };
const CHANGED = 'try again once nothing writes to it';

const REFUSALS: { readonly [code: string]: { readonly reason: string; readonly remedy: string } } = {
  EACCES: DENIED,
  EPERM: DENIED,
  ENOENT: { reason: 'no such file', remedy: CHANGED },
  EISDIR: { reason: 'it is a directory', remedy: CHANGED },
};
