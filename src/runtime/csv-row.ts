/** What Python writes for numbers that are none, and what JavaScript and TensorFlow Serving do. */
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN], ['nan', NaN], ['Infinity', Infinity], ['inf', Infinity], ['-Infinity', -Infinity], ['-inf', -Infinity],
]);

/**
 * The fields of a row of CSV.
 *
 * What has no quotes and is a number as JSON has it, with spaces around it or without, is a number, or a bigint if it
 * is an integer beyond 2^53; `nan` and `inf` are as Python writes them. All else is a string.
 *
 * @returns undefined where a quote is not closed, or more than a comma follows one
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function csvRow(text: string): (number | bigint | string)[] | undefined {
  const row: (number | bigint | string)[] = [];
  for (let at = 0; at <= text.length;) {
    const isQuoted = text[at] === '"';
    const end = isQuoted ? endOfQuoted(text, at) : endOfBare(text, at);
    if (end !== text.length && text[end] !== ',') {
      return undefined;
    }
    row.push(isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : meaning(text.slice(at, end)));
    at = end + 1;
  }
  return row;
}

/** Where a quoted field ends: behind its second quote, or behind the text if there is none. */
function endOfQuoted(text: string, begin: number): number {
  let quote = text.indexOf('"', begin + 1);
  while (quote !== -1 && text[quote + 1] === '"') {
    quote = text.indexOf('"', quote + 2);
  }
  return quote === -1 ? text.length + 1 : quote + 1;
}

function endOfBare(text: string, begin: number): number {
  const comma = text.indexOf(',', begin);
  return comma === -1 ? text.length : comma;
}

function meaning(text: string): number | bigint | string {
  const token = text.trim();
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(token)) {
    return NOT_FINITE.get(token) ?? text;
  }
  const number = Number(token);
  return /[.eE]/.test(token) || Number.isSafeInteger(number) ? number : BigInt(token);
}
