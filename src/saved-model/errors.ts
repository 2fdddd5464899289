/**
 * A model that cannot be read or served: where, what is wrong, and what to do about it.
 *
 * The message is one sentence, `<path> <problem>; <remedy>`, with further lines where a layout is shown.
 */
export class SavedModelError extends Error {
  /**
   * @param path the file or directory, written as its user gave it
   * @param problem what is wrong with it, to be read after the path: "is a Git LFS pointer, not the model"
   * @param remedy what to do about it: "fetch the file with `git lfs pull`"
   * @param details further lines, such as the layout found and the layout expected
   */
  constructor(readonly path: string, readonly problem: string, readonly remedy: string, readonly details: readonly string[] = []) {
    super([`${path === '' ? '""' : path} ${problem}; ${remedy}`, ...details].join('\n'));
    this.name = 'SavedModelError';
  }
}

/**
 * Bytes that are not what they should be. Decoders throw it; whoever knows which file the bytes are from turns it into
 * a `SavedModelError`.
 */
export class DamageError extends Error {
  /**
   * @param message what is wrong, without the place
   * @param position the place, counted in bytes from the start of the underlying memory
   */
  constructor(message: string, readonly position?: number) {
    super(message);
    this.name = 'DamageError';
  }
}
