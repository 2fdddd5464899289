import { JsonOutput } from '../../src/runtime/json-output';

const written = (write: (out: JsonOutput) => void) => {
  const out = new JsonOutput();
  write(out);
  write(out);
  const text = out.takeText();
  write(out);
  write(out);
  expect(Buffer.from(out.toBytes()).toString() === text).toBe(true);
  return text.slice(0, text.length / 2);
};

test.each<[string, (out: JsonOutput) => void, string]>([
  ['nothing', () => {}, ''],
  ['text', (out) => out.text('é𝄞'), 'é𝄞'],
  ['a number', (out) => out.float(0.1, false), '0.1'],
  ['a number with a point', (out) => out.float(80, true), '80.0'],
  ['text, numbers and text', (out) => {
    out.text('[');
    out.float(1, false);
    out.text(',');
    out.floats([9, 0.5, NaN, 9], 1, 3, false);
    out.text(']');
  }, '[1,[0.5,NaN]]'],
  ['text beyond ASCII before numbers', (out) => {
    out.text(`{"${'e'.repeat(20)}é":`);
    out.floats(new Float32Array([1, 2]), 0, 2, true);
    out.text('}');
  }, `{"${'e'.repeat(20)}é":[1.0,2.0]}`],
  ['short text beyond ASCII before numbers', (out) => {
    out.text('𝄞');
    out.float(1, false);
  }, '𝄞1'],
  ['no numbers', (out) => out.floats([], 0, 0, false), '[]'],
  ['more numbers than there was room for', (out) => out.floats(new Float64Array(1000).fill(-1e20), 0, 1000, true), `[${Array(1000).fill('-100000000000000000000.0').join(',')}]`],
  ['expected numbers', (out) => {
    out.expect(1000);
    out.floats(new Float32Array(1000).fill(0.5), 0, 1000, false);
  }, `[${Array(1000).fill('0.5').join(',')}]`],
])('%s', (_, write, text) => {
  expect(written(write)).toBe(text);
});
