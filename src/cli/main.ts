import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Command, CommandError, type Terminal, UsageError } from './command';
import { GENERATE_TYPES } from './generate-types';
import { INSPECT } from './inspect';
import { INVOKE } from './invoke';
import { printable } from './printable';

const PROGRAM = 'cdk-tensorflow-serving';

/** Every command: a file beside this one, and a line here. */
const COMMANDS: readonly Command[] = [
  INSPECT,
  GENERATE_TYPES,
  INVOKE,
];

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/**
 * Runs the command line and sets the exit code of the process: 0 for success, 1 for a failure, 2 for wrong usage. The
 * process is left to end by itself, when everything is written.
 *
 * @param argv the arguments, without the program
 */
export async function main(argv: string[], terminal: Terminal = processTerminal()): Promise<void> {
  try {
    await run(argv, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      process.exitCode = EXIT_USAGE;
    } else if (error instanceof CommandError) {
      process.exitCode = EXIT_FAILURE;
    } else {
      throw error;
    }
    terminal.stderr.write(`${printable(error.message)}\n`);
  }
}

async function run([name, ...rest]: string[], terminal: Terminal): Promise<void> {
  switch (name) {
    case undefined:
      throw new UsageError(help());
    case '--version':
      terminal.stdout.write(`${version()}\n`);
      return;
    case 'help':
    case '--help':
    case '-h':
      terminal.stdout.write(`${rest[0] === undefined ? help() : commandHelp(commandNamed(rest[0]))}\n`);
      return;
    default:
      await runCommand(commandNamed(name), rest, terminal);
  }
}

async function runCommand(command: Command, argv: string[], terminal: Terminal): Promise<void> {
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (options.includes('--help') || options.includes('-h')) {
    terminal.stdout.write(`${commandHelp(command)}\n`);
    return;
  }
  try {
    await command.run(argv, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      throw new UsageError(`${PROGRAM} ${command.name}: ${error.message}\nUsage: ${usage(command)}`);
    }
    throw error;
  }
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw new UsageError(`${PROGRAM}: there is no command '${name}'\n\n${commandList()}`);
  }
  return command;
}

function help(): string {
  return [
    `Usage: ${PROGRAM} COMMAND [ARGUMENT...]`,
    '',
    commandList(),
    '',
    'Options:',
    '  --help, -h   show this help, or that of a command',
    '  --version    show the version',
  ].join('\n');
}

function commandList(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length), 'help'.length);
  return [
    'Commands:',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`),
    `  ${'help'.padEnd(width)}   show this help, or that of a command`,
  ].join('\n');
}

function commandHelp(command: Command): string {
  return `Usage: ${usage(command)}\n\n${command.description}`;
}

function usage({ name, synopsis }: Command): string {
  return `${PROGRAM} ${name} ${synopsis}`;
}

function version(): string {
  return JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8')).version;
}

function processTerminal(): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // whoever reads the output may have had enough of it, as `head` has
    if (error.code !== 'EPIPE') {
      process.exitCode = EXIT_FAILURE;
      process.stderr.write(`${PROGRAM}: cannot write the output: ${error.message}\n`);
    }
  });
  // there is nowhere left to tell of it
  process.stderr.on('error', () => undefined);
  return process;
}
