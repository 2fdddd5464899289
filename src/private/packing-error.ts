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

/** The error for a file that the system doesn't let us read. */
export function unreadable(path: string, error: unknown): PackingError {
  return new PackingError(`has a file that can't be read, ${path}: ${reason(error)}`, 'allow reading it');
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
