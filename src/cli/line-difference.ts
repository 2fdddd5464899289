/** Lines that are the same on both sides, and stand around those that are not. */
const CONTEXT = 2;

/** With more lines than this on both sides, comparing each with each takes too long to be worth it. */
const MAX_COMPARISONS = 4_000_000;

/** A line on one side or on both, as a difference shows it. */
interface MarkedLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * What makes one text another, line by line: `-` for lines that are only in the first, `+` for lines that are only in
 * the second, and a few around them. Nothing where they are the same.
 */
export function lineDifference(before: string, after: string): string[] {
  const lines = marked(before.split('\n'), after.split('\n'));
  const isNear = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' '));
  return lines.flatMap(({ mark, text }, index) => [
    ...isNear[index] && index > 0 && !isNear[index - 1] ? ['...'] : [],
    ...isNear[index] ? [`${mark} ${text}`.trimEnd()] : [],
  ]);
}

function marked(before: readonly string[], after: readonly string[]): MarkedLine[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) {
    start++;
  }
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) {
    end++;
  }
  const same = (text: string): MarkedLine => ({ mark: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...changed(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** The lines of both, with as many as possible that are the same. */
function changed(before: readonly string[], after: readonly string[]): MarkedLine[] {
  const removed = (text: string): MarkedLine => ({ mark: '-', text });
  const added = (text: string): MarkedLine => ({ mark: '+', text });
  if (before.length * after.length > MAX_COMPARISONS) {
    return [...before.map(removed), ...after.map(added)];
  }
  // how many lines are the same at most, from each place in both on
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j]
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const lines: MarkedLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i] });
      i++;
      j++;
    } else if (j === after.length || (i < before.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      lines.push(removed(before[i++]));
    } else {
      lines.push(added(after[j++]));
    }
  }
  return lines;
}
