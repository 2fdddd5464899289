import { compareVersions, minorOf, nearestVersions } from '../../src/images/version-numbers';

test.each([
  ['2.9.3', '2.10.0', -1],
  ['1.15.5', '2.0.0', -1],
  ['2.19.0', '2.19', 0],
  ['2.19', '2.19.0', 0],
  ['2.8.4', '2.8.0', 1],
  ['2.20.0', '2.19.9', 1],
])('%s against %s is ordered by its numbers', (left, right, sign) => {
  expect(Math.sign(compareVersions(left, right))).toBe(sign);
});

test.each([['2.19.0', '2.19'], ['2.19', '2.19'], ['1.4.1', '1.4'], ['2.10.1', '2.10']])('the minor release of %s is %s', (version, minor) => {
  expect(minorOf(version)).toBe(minor);
});

test.each([
  ['the same release first', ['2.9.1', '2.12.1', '2.13.0'], '2.9.2', ['2.9.1', '2.12.1', '2.13.0']],
  ['the newer of two that are as near', ['2.14.1', '2.16.1'], '2.15.0', ['2.16.1', '2.14.1']],
  ['the nearer one even if it is older', ['2.9.1', '2.12.1'], '2.10', ['2.9.1', '2.12.1']],
  ['the newest patch of a release', ['2.8.0', '2.8.4'], '2.7', ['2.8.4', '2.8.0']],
  ['any in the same major version before those of another', ['1.15.5', '2.14.1'], '2.0', ['2.14.1', '1.15.5']],
])('nearest versions: %s', (_, versions, wanted, sorted) => {
  expect(nearestVersions(versions, wanted)).toEqual(sorted);
});

test('nearest versions leave the list that they are given alone', () => {
  const versions = ['1.15.5', '2.19.0'];
  nearestVersions(versions, '2.18.0');
  expect(versions).toEqual(['1.15.5', '2.19.0']);
});
