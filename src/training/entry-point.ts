import type { Violation } from '../private/errors';

/** What the container takes for the path of a script; others could mean something to a shell. */
const SAFE = /^[A-Za-z0-9._][A-Za-z0-9._+-]*(?:\/[A-Za-z0-9._+-]+)*$/;

/** Finds fault with the path of a script in an archive. */
export function checkEntryPoint(property: string, entryPoint: string): Violation[] {
  const fault = (rule: string, remedy?: string) => [{ property, rule, got: entryPoint, remedy }];
  if (/^(?:[/\\]|[A-Za-z]:)/.test(entryPoint)) {
    return fault('must be relative to the directory with the code', 'give the path in it, such as train.py');
  }
  if (entryPoint.includes('\\')) {
    return fault('must have slashes, not backslashes', `write ${entryPoint.replace(/\\/g, '/')}`);
  }
  const segments = entryPoint.split('/');
  if (segments.includes('..')) {
    return fault('must not leave the directory with the code', 'give the directory that the script is in, or the script to TrainingCode.fromFile');
  }
  if (segments.includes('.') || (segments.includes('') && entryPoint !== '')) {
    return fault('must have no part that says nothing', `write ${segments.filter((part) => part !== '.' && part !== '').join('/')}`);
  }
  if (!/\.(?:py|sh)$/.test(entryPoint)) {
    return fault('must end in .py or .sh', 'give a Python script, or a shell script that starts the program');
  }
  return SAFE.test(entryPoint) ? [] : fault('must have only letters, digits and ._+-, which mean nothing to a shell', 'rename the script');
}

/** Whether a script is for the shell, which does all the rest by itself. */
export function isShellScript(entryPoint: string): boolean {
  return entryPoint.endsWith('.sh');
}
