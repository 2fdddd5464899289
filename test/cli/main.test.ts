import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from './support';
import { main } from '../../src/cli/main';

const COMMANDS = `Commands:
  inspect          show what is in a SavedModel: versions, signatures, variables, assets
  generate-types   make TypeScript types of a SavedModel's signatures, for the client
  invoke           send a request to an endpoint, and show the answer
  help             show this help, or that of a command
`;

const HELP = `Usage: cdk-tensorflow-serving COMMAND [ARGUMENT...]

${COMMANDS}
Options:
  --help, -h   show this help, or that of a command
  --version    show the version
`;

test.each([['--help'], ['-h'], ['help']])('%s shows the commands', async (argument) => {
  expect(await run([argument])).toEqual({ stdout: HELP, stderr: '', exitCode: 0 });
});

test('no command shows the commands as an error', async () => {
  expect(await run([])).toEqual({ stdout: '', stderr: HELP, exitCode: 2 });
});

test('--version shows the version of the package', async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8'));
  expect(await run(['--version'])).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });
});

test.each([[['nope']], [['help', 'nope']], [['--nope']]])('fails for an unknown command: %j', async (argv) => {
  const name = argv[argv.length - 1];
  expect(await run(argv)).toEqual({ stdout: '', stderr: `cdk-tensorflow-serving: there is no command '${name}'\n\n${COMMANDS}`, exitCode: 2 });
});

test('an unknown command cannot steer the terminal', async () => {
  expect((await run(['\u001b[2J'])).stderr).toContain("there is no command '\\u001b[2J'");
});

describe('the output of the process', () => {
  const error = (code: string) => Object.assign(new Error(`write ${code}`), { code });
  const streams = [process.stdout, process.stderr];
  let written: string[];
  let exitCode: typeof process.exitCode;
  let listeners: Function[][];

  beforeEach(async () => {
    written = [];
    exitCode = process.exitCode;
    listeners = streams.map((stream) => stream.listeners('error'));
    for (const stream of streams) {
      jest.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    }
    await main(['--version']);
  });

  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = exitCode;
    streams.forEach((stream, index) => stream.listeners('error').filter((listener) => !listeners[index].includes(listener))
      .forEach((listener) => stream.off('error', listener as () => void)));
  });

  test('is written to', () => {
    expect(written).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });

  test('may be closed by its reader', () => {
    process.stdout.emit('error', error('EPIPE'));
    process.stderr.emit('error', error('EPIPE'));
    expect(written).toHaveLength(1);
    expect(process.exitCode).toBe(exitCode);
  });

  test('may not fail otherwise', () => {
    process.stdout.emit('error', error('ENOSPC'));
    expect(written[1]).toBe('cdk-tensorflow-serving: cannot write the output: write ENOSPC\n');
    expect(process.exitCode).toBe(1);
  });
});
