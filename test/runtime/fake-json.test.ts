import { type JsonValue, readRequestJson } from '../../src/runtime/fake-json';

test.each<[string, JsonValue]>([
  ['1', 1n],
  ['-0', 0n],
  ['9223372036854775807', 9223372036854775807n],
  ['1.0', 1],
  ['-1.5e+3', -1500],
  ['1E2', 100],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['true', true],
  [' \n\tfalse', false],
  ['null', null],
  ['"a\\"\\u00e9\\n"', 'a"é\n'],
  ['[]', []],
  ['[ 1 , [2.5] ]', [1n, [2.5]]],
  ['{}', {}],
  ['{"a": 1, "b": {"c": []}}', { a: 1n, b: { c: [] } }],
  ['{"b64": "AQI="}', Uint8Array.of(1, 2)],
  ['{"b64": 1}', { b64: 1n }],
  ['{"b64": "AQI=", "x": 1}', { b64: 'AQI=', x: 1n }],
  ['{"__proto__": 1}', JSON.parse('{"__proto__": 0}', () => 1) && Object.defineProperty({}, '__proto__', { value: 1n, enumerable: true })],
  ['[1] trailing', [1n]],
])('%s is read', (text, value) => {
  expect(JSON.stringify(readRequestJson(text), marked)).toBe(JSON.stringify(value, marked));
});

/** Tells apart what JSON has no form for. */
function marked(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

test.each([
  ['', 'JSON Parse error: Invalid value. at offset: 0'],
  ['nul', 'JSON Parse error: Invalid value. at offset: 0'],
  ['[1', 'JSON Parse error: Missing a comma or ] at offset: 2'],
  ['[1 2]', 'JSON Parse error: Missing a comma or ] at offset: 3'],
  ['{1: 2}', 'JSON Parse error: Missing a name for object member. at offset: 1'],
  ['{"a" 1}', 'JSON Parse error: Missing a colon after a name of object member. at offset: 5'],
  ['{"a": 1', 'JSON Parse error: Missing a comma or } at offset: 7'],
  ['"\\x"', 'JSON Parse error: Invalid string at offset: 4'],
  ['{"b64": "%"}', 'Unable to base64 decode'],
])('%s is refused', (text, message) => {
  expect(() => readRequestJson(text)).toThrow(new SyntaxError(message));
});
