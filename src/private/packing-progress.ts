import * as fs from 'node:fs';
import type { ByteSink } from './packing-sinks';

/** What finishes sooner says nothing. */
const DELAY_MS = 1000;

/** How long a line stands before it is written anew. */
const INTERVAL_MS = 100;

const UNITS = [['GiB', 2 ** 30], ['MiB', 2 ** 20]] as const;

/** Where progress is shown. */
export interface Terminal {
  /** How many characters a line has. */
  readonly columns: number;
  /** Writes a text. */
  write(text: string): void;
  /** The time in milliseconds. */
  now(): number;
}

/** Says on a terminal how far a long piece of work is, on one line that is gone in the end. */
export class Progress implements ByteSink {
  private readonly started: number;
  private done = 0;
  private shownAt?: number;

  /**
   * @param what the work, such as "Packing half_plus_three"
   * @param total how many bytes it has
   * @param terminal where to show it; nowhere if there is none
   */
  constructor(private readonly what: string, private readonly total: number, private readonly terminal = terminalOfProcess()) {
    this.started = terminal?.now() ?? 0;
  }

  /** Counts the bytes as done. */
  public write(chunk: Uint8Array): void {
    this.done += chunk.length;
    if (this.terminal === undefined) {
      return;
    }
    const now = this.terminal.now();
    if (now >= (this.shownAt === undefined ? this.started + DELAY_MS : this.shownAt + INTERVAL_MS)) {
      this.shownAt = now;
      this.terminal.write(`\r${this.line().slice(0, this.terminal.columns - 1)}\u001b[K`);
    }
  }

  /** Takes the line away. */
  public end(): void {
    if (this.shownAt !== undefined) {
      this.terminal?.write('\r\u001b[K');
      this.shownAt = undefined;
    }
  }

  private line(): string {
    const done = Math.min(this.done, this.total);
    const [unit, size] = UNITS.find(([, bytes]) => this.total >= bytes) ?? UNITS[UNITS.length - 1];
    const percent = this.total === 0 ? 100 : Math.floor(100 * done / this.total);
    return `${this.what}: ${percent} % (${(done / size).toFixed(1)} of ${(this.total / size).toFixed(1)} ${unit})`;
  }
}

/** The terminal that the process writes its messages to; none where they go elsewhere, as in a build service. */
export function terminalOfProcess(
  stream: { readonly isTTY?: boolean; readonly columns?: number } = process.stderr, ci: string | undefined = process.env.CI,
): Terminal | undefined {
  if (stream.isTTY !== true || (ci !== undefined && ci !== '' && ci !== 'false')) {
    return undefined;
  }
  return {
    // some say that they have none
    columns: stream.columns !== undefined && stream.columns > 0 ? stream.columns : 80,
    now: () => Date.now(),
    write: (text) => {
      try {
        // not by the stream: it writes only once the program gives up control
        fs.writeSync(2, text);
      } catch {
        // a terminal that is busy or gone is no reason to stop
      }
    },
  };
}
