import * as fc from 'fast-check';
import { lineDifference } from '../../src/cli/line-difference';

const text = (lines: string) => lines.split('').join('\n');

test.each([
  ['abc', 'abc', []],
  ['', '', []],
  ['abc', 'axc', ['  a', '- b', '+ x', '  c']],
  ['abc', 'ac', ['  a', '- b', '  c']],
  ['ac', 'abc', ['  a', '+ b', '  c']],
  ['abcdefgh', 'abcdXfgh', ['...', '  c', '  d', '- e', '+ X', '  f', '  g']],
  ['abcdefghij', 'Xbcdefghiy', ['- a', '+ X', '  b', '  c', '...', '  h', '  i', '- j', '+ y']],
  ['abcd', 'bxcd', ['- a', '  b', '+ x', '  c', '  d']],
  ['aab', 'aaab', ['  a', '  a', '+ a', '  b']],
  ['ab', 'ba', ['- a', '  b', '+ a']],
])('%j and %j', (before, after, lines) => {
  expect(lineDifference(text(before), text(after))).toEqual(lines);
});

test('an empty line has no space after its mark', () => {
  expect(lineDifference('a\n', 'a\n\n')).toEqual(['  a', '', '+'].map((line) => line));
});

test('without looking at what is the same, where there is too much', () => {
  const before = Array.from({ length: 2001 }, (_, index) => `${index}`);
  const after = before.map((line) => line === '1000' ? line : `${line}x`);
  const lines = lineDifference(before.join('\n'), after.join('\n'));
  expect(lines).toHaveLength(4002);
  expect(lines.slice(0, 2)).toEqual(['- 0', '- 1']);
});

test('what is removed and added makes one text the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(lines, lines, (before, after) => {
    const marked = lineDifference(before.join('\n'), after.join('\n'));
    const count = (all: readonly string[], line: string) => all.filter((each) => each === line).length;
    for (const line of ['a', 'b', 'c']) {
      expect(count(before, line) - count(marked, `- ${line}`) + count(marked, `+ ${line}`)).toBe(count(after, line));
    }
    expect(marked.length === 0).toBe(before.join() === after.join());
  }));
});
