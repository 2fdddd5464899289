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

/** Reads something from disk; says which file where the system refuses. */
export function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new PackingError(`has a file that can't be read, ${path}: ${reason(error)}`, 'make it readable for the user who runs this');
  }
}

const REASONS: { readonly [code: string]: string } = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'no such file',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  EIO: 'the disk reported an error',
};

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && REASONS[code] !== undefined ? REASONS[code] : message;
}
