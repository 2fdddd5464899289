/** One thing that is wrong with what a user gave. */
export interface Violation {
  /** The property as its user wrote it, such as `variants[1].initialInstanceCount`. */
  readonly property: string;
  /** What the value must be: "must be a whole number from 1 to 100". */
  readonly rule: string;
  /** The value that breaks the rule; left out where showing it says nothing. */
  readonly got?: unknown;
  /** What to do about it: "give a smaller batch". */
  readonly remedy?: string;
}

/** Whatever has a place in the construct tree. */
export interface HasPath {
  readonly node: { readonly path: string };
}

/**
 * The error for everything that is wrong in one place, so that it can be mended in one go.
 *
 * @param where the construct that was given the values, or the name of a factory that has no construct yet
 */
export function validationError(where: HasPath | string, ...violations: Violation[]): Error {
  const place = typeof where === 'string' ? where : where.node.path;
  const lines = violations.map(sentence);
  return new Error(lines.length === 1
    ? `[${place}] ${lines[0]}`
    : [`[${place}] ${lines.length} values are invalid:`, ...lines.map((line) => `  - ${line}`)].join('\n'));
}

/** Throws one error for all violations, or does nothing where there is none. */
export function throwIfAny(where: HasPath | string, violations: Violation[]): void {
  if (violations.length > 0) {
    throw validationError(where, ...violations);
  }
}

function sentence(violation: Violation): string {
  const got = violation.got !== undefined ? `, got: ${shown(violation.got)}` : '';
  const remedy = violation.remedy !== undefined ? `; ${violation.remedy}` : '';
  return `\`${violation.property}\` ${violation.rule}${got}${remedy}`;
}

function shown(value: unknown): string {
  const plain = typeof value === 'string' || Array.isArray(value)
    || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  const text = plain ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
