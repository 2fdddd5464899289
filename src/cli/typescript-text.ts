/** Quotes, backslashes, and all that TypeScript, an editor or a terminal would not show, or not show as it is. */
const UNSAFE = /['\\\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff]|\p{Surrogate}/gu;

const ESCAPES: Readonly<Record<string, string>> = { '\'': '\\\'', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What can be the name of a property without quotes; `__proto__` would be none in an object. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z_$][A-Za-z0-9_$]*$/;

/** A text as a literal. */
export function literal(text: string): string {
  return `'${text.replace(UNSAFE, escape)}'`;
}

/** A text within a comment, which it cannot end. */
export function commentText(text: string): string {
  return text.replace(UNSAFE, (character) => character === '\'' ? character : escape(character)).replaceAll('*/', '*\\/');
}

/** The name of a property in a type. */
export function propertyOfType(name: string): string {
  return PLAIN_NAME.test(name) ? name : literal(name);
}

/** The name of a property in an object. */
export function propertyOfObject(name: string): string {
  return name === '__proto__' ? `[${literal(name)}]` : propertyOfType(name);
}

function escape(character: string): string {
  return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
