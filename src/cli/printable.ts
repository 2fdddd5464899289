/** Control characters but for line breaks, and marks that change the direction of text. */
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text without what could steer a terminal: names in a model are somebody else's. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escape);
}

/** JSON that a terminal shows as it is. */
export function printableJson(value: unknown): string {
  // within JSON, all control characters below 0x20 are escaped already
  return JSON.stringify(value, undefined, 2).replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
