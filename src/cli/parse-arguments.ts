import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './command';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** The options by name, and the other arguments. */
export type ParsedArguments<O extends OptionsConfig> = ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: O }>>;

/**
 * The options and other arguments of a command.
 *
 * @throws UsageError for options that it does not have, and for values that are missing
 */
export function parseArguments<O extends OptionsConfig>(args: string[], options: O): ParsedArguments<O> {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    // the first sentence says what is wrong, the others are about Node.js
    const [problem] = (error as Error).message.split('. ');
    throw new UsageError(problem.charAt(0).toLowerCase() + problem.slice(1));
  }
}

/** The only argument that is no option. */
export function onlyPositional(positionals: readonly string[], name: string): string {
  if (positionals.length !== 1) {
    throw new UsageError(positionals.length === 0
      ? `${name} is missing`
      : `expected one ${name}, got ${positionals.length}: ${positionals.join(' ')}`);
  }
  return positionals[0];
}
