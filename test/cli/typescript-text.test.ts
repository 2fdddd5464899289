import * as fc from 'fast-check';
import * as ts from 'typescript';
import { commentText, literal, propertyOfObject, propertyOfType } from '../../src/cli/typescript-text';

test.each([
  ['plain', "'plain'"],
  ['it\'s "quoted"', "'it\\'s \"quoted\"'"],
  ['a\\b', "'a\\\\b'"],
  ['a\nb\r\tc\0', "'a\\nb\\r\\tc\\u0000'"],
  ['\u2028\u2029', "'\\u2028\\u2029'"],
  ['\u202egnp', "'\\u202egnp'"],
  ['\ud800x', "'\\ud800x'"],
  ['日本語 😀', "'日本語 😀'"],
  ['`${x}`', "'`${x}`'"],
])('%j is written as %s', (text, written) => {
  expect(literal(text)).toBe(written);
});

test.each([
  ['it\'s */ an end', 'it\'s *\\/ an end'],
  ['a\nb\u2028', 'a\\nb\\u2028'],
  ['**//', '**\\//'],
])('in a comment, %j is written as %j', (text, written) => {
  expect(commentText(text)).toBe(written);
});

test.each([
  ['x', 'x', 'x'],
  ['_$1', '_$1', '_$1'],
  ['class', 'class', 'class'],
  ['1x', "'1x'", "'1x'"],
  ['tensorflow/serving/predict', "'tensorflow/serving/predict'", "'tensorflow/serving/predict'"],
  ['', "''", "''"],
  ['ä', "'ä'", "'ä'"],
  ['__proto__', "'__proto__'", "['__proto__']"],
])('the property %j is %s in a type and %s in an object', (name, inType, inObject) => {
  expect([propertyOfType(name), propertyOfObject(name)]).toEqual([inType, inObject]);
});

test('whatever a text is, the literal and the property are that text, on one line of plain characters', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('__proto__', 'constructor', '\'', '\\', '*/', '\ud800', '\n')), (text) => {
    const code = `({ ${propertyOfObject(text)}: ${literal(text)} /* ${commentText(text)} */ })`;
    expect(code).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
    const { outputText, diagnostics } = ts.transpileModule(code, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
    // eslint-disable-next-line no-eval -- what the code is worth
    const value = (0, eval)(outputText);
    expect(Object.keys(value)).toEqual([text]);
    expect(value[text]).toBe(text);
  }), { numRuns: 500 });
});
