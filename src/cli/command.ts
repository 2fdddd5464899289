/** Where text goes. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string | Uint8Array): unknown;
}

/** Where text or bytes come from. */
export interface Input extends AsyncIterable<string | Uint8Array> {
  readonly isTTY?: boolean;
}

/** What a command can see of the world: the parts of `process` that it needs. */
export interface Terminal {
  /**
   * What is typed or piped in.
   * @default - nothing
   */
  readonly stdin?: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** What follows the name: `PATH [--json]`. */
  readonly synopsis: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** The rest of its help. */
  readonly description: string;
  /**
   * Runs the command.
   *
   * @param argv what follows the name
   * @throws UsageError for arguments that it does not take
   * @throws CommandError where it cannot do what it was asked for
   */
  run(argv: string[], terminal: Terminal): void | Promise<void>;
}

/** Arguments that a command does not take. */
export class UsageError extends Error {}

/** A failure that is told in full by its message. */
export class CommandError extends Error {}
