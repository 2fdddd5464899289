/** The names that a generated module exports. */
export interface ModuleNames {
  /** The interface: `HalfPlusThree`. */
  readonly type: string;
  /** The constant: `halfPlusThree`. */
  readonly value: string;
}

/** What no constant can be named, in a module of either kind, and what a generated module imports. */
const RESERVED = new Set([
  'arguments', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum', 'eval',
  'export', 'exports', 'extends', 'false', 'finally', 'for', 'function', 'globalThis', 'if', 'implements', 'import', 'in', 'instanceof',
  'interface', 'let', 'module', 'new', 'null', 'package', 'private', 'protected', 'public', 'require', 'return', 'static', 'super', 'switch',
  'this', 'throw', 'true', 'try', 'typeof', 'undefined', 'var', 'void', 'while', 'with', 'yield', 'modelTypes',
]);

/** Letters and digits that every version of TypeScript takes for such; those that Unicode got later, only some do. */
const KNOWN = '(?=[\\u0000-\\u052f\\u05d0-\\u05ea\\u0620-\\u064a\\u0900-\\u097f\\u0e00-\\u0e7f\\u1e00-\\u1fff\\u3040-\\u30ff\\u4e00-\\u9fa5\\uac00-\\ud7a3])\\p{ID_Continue}';
const PARTS = new RegExp(`(?:(?!_)${KNOWN})+`, 'gu');
const ONE = new RegExp(`^${KNOWN}$`, 'u');

/**
 * The names for a model: its own, with a capital letter for each part, as `half_plus_three` becomes `HalfPlusThree`.
 *
 * What cannot be in a name separates its parts. A name that begins with a digit, or that TypeScript keeps for itself, has
 * `model` before or after it.
 *
 * @param version is put behind the name, for modules with several versions of a model
 * @returns undefined where nothing of the name can be in one
 */
export function moduleNames(modelName: string, version?: string): ModuleNames | undefined {
  const parts = modelName.normalize('NFKC').match(PARTS);
  if (parts === null) {
    return undefined;
  }
  const [first, ...rest] = /^\p{ID_Start}/u.test(parts[0]) ? parts : ['model', ...parts];
  const tail = `${rest.map(capitalized).join('')}${version !== undefined ? `V${version}` : ''}`;
  const value = `${uncapitalized(first)}${tail}`;
  const suffix = RESERVED.has(value) ? 'Model' : '';
  return { type: `${capitalized(first)}${tail}${suffix}`, value: `${value}${suffix}` };
}

function capitalized(part: string): string {
  return withFirst(part, part.charAt(0).toUpperCase());
}

/** A part that is all capitals and digits is an abbreviation. */
function uncapitalized(part: string): string {
  return part === part.toUpperCase() ? part.toLowerCase() : withFirst(part, part.charAt(0).toLowerCase());
}

/** Some letters have no single one of the other case, or have got it late. */
function withFirst(part: string, first: string): string {
  return ONE.test(first) ? first + part.slice(1) : part;
}
