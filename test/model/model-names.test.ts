import { checkOnDisk, checkModelName, isCode, isVersion } from '../../src/model/model-names';

test.each([
  ['m', true], ['half_plus_three', true], ['A.b-c_9', true], ['9', true], ['a'.repeat(255), true],
  ['', false], ['.m', false], ['-m', false], ['_m', false], ['a b', false], ['ä', false], ['a/b', false], ['a\n', false], ['a'.repeat(256), false], ['code', false],
])('the name %j is fit for a model: %s', (name, expected) => {
  expect(checkModelName(name).length === 0).toBe(expected);
});

test.each([
  ['0', true], ['1', true], ['00000123', true], ['9223372036854775807', true],
  ['9223372036854775808', false], ['', false], ['-1', false], ['1.5', false], ['1e3', false], ['٣', false], ['1\n', false],
])('%j is a version: %s', (text, expected) => {
  expect(isVersion(text)).toBe(expected);
});

test.each([['code', true], ['code/inference.py', true], ['codes', false], ['m/code', false], ['', false]])('%j is code: %s', (path, expected) => {
  expect(isCode(path)).toBe(expected);
});

test.each(['s3://models/model.tar.gz', 'S3://models/', 'https://example.com/model.tar.gz'])('%s is not on disk', (address) => {
  expect(checkOnDisk(address)).toEqual([{
    property: 'artifact', got: address, rule: 'must be a path on disk, not an address', remedy: 'give what is in S3 to ModelArtifact.fromBucket',
  }]);
});

test.each(['models/1', '/models', 'C:\\models', './s3:/x'])('%s is on disk', (path) => {
  expect(checkOnDisk(path)).toEqual([]);
});
