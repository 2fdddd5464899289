import { printable, printableJson } from '../../src/cli/printable';

test.each([
  ['plain text, ünd 日本語 😀\nin lines', 'plain text, ünd 日本語 😀\nin lines'],
  ['\u001b[31mred\u0007', '\\u001b[31mred\\u0007'],
  ['a\rb\tc\u0000', 'a\\u000db\\u0009c\\u0000'],
  ['\u009b2J\u007f', '\\u009b2J\\u007f'],
  ['gnp.\u202etxt\u2066', 'gnp.\\u202etxt\\u2066'],
])('%j is printed as %j', (text, printed) => {
  expect(printable(text)).toBe(printed);
});

test('JSON is printable, and stays what it was', () => {
  const value = { 'a\u001b': ['\u009b', '\u202e', '\u007f', 'ü\n'] };
  const printed = printableJson(value);
  expect(JSON.parse(printed)).toEqual(value);
  expect(printed).toBe('{\n  "a\\u001b": [\n    "\\u009b",\n    "\\u202e",\n    "\\u007f",\n    "ü\\n"\n  ]\n}');
});
