import { type Terminal } from '../../src/cli/command';
import { main } from '../../src/cli/main';

/** What a run of the command line wrote, and its exit code. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs the command line; its terminal is no TTY unless that is said. */
export async function run(argv: string[], options: { isTTY?: boolean; env?: Terminal['env']; stdin?: Terminal['stdin'] } = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    isTTY: options.isTTY,
    write: (text: string | Uint8Array) => {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
  });
  const before = process.exitCode;
  try {
    process.exitCode = undefined;
    await main(argv, { stdout: output('stdout'), stderr: output('stderr'), env: options.env ?? {}, stdin: options.stdin });
    return { ...written, exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = before;
  }
}
