import { GROUPS, REGISTRIES, suffixOf } from './published-images';
import { type ImageScope, REGIONS, SCOPES, TRAINING_TO_SERVING } from '../../src/images/image-facts';
import { dnsSuffix, registryAccount } from '../../src/images/registry';
import { compareVersions } from '../../src/images/version-numbers';

test('the regions are these 42', () => {
  expect(Object.keys(REGIONS)).toEqual(REGISTRIES.map(([region]) => region));
  expect(REGISTRIES).toHaveLength(42);
});

test.each(REGISTRIES)('%s has the registries of %s and %s, the latter with the groups %s', (region, legacy, account, groups) => {
  expect(registryAccount(region, 'Legacy')).toBe(legacy);
  GROUPS.forEach((group, index) => {
    expect([group, registryAccount(region, group)]).toEqual([group, groups[index] === 'y' ? account : undefined]);
  });
  expect(dnsSuffix(region)).toBe(suffixOf(region));
});

test.each([['Legacy', 25], ['Early', 35], ['Broad', 40], ['All', 42], ['Open', 38]] as const)('the images of %s are in %d regions', (group, count) => {
  expect(Object.keys(REGIONS).filter((region) => registryAccount(region, group) !== undefined)).toHaveLength(count);
});

describe.each(Object.keys(SCOPES) as ImageScope[])('the images for %s', (scope) => {
  const { series, releases } = SCOPES[scope];

  test('are sorted from old to new, without doubles', () => {
    for (const list of [series.map(({ from }) => from), releases.map(([version]) => version)]) {
      list.slice(1).forEach((version, index) => {
        expect([version, compareVersions(version, list[index]) > 0]).toEqual([version, true]);
      });
    }
  });

  test('have full versions and Python versions like py312', () => {
    for (const [version, ...pythonVersions] of releases) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(pythonVersions.join(' ')).toMatch(/^(?:py\d+(?: py\d+)*)?$/);
    }
  });

  test('belong to a series, each of which starts with one of them', () => {
    expect(series[0].from).toBe(releases[0][0]);
    const versions: readonly string[] = releases.map(([version]) => version);
    expect(series.filter(({ from }) => !versions.includes(from))).toEqual([]);
  });
});

test('what serves a version that only trains does serve', () => {
  const training: readonly string[] = SCOPES.training.releases.map(([version]) => version);
  const inference: readonly string[] = SCOPES.inference.releases.map(([version]) => version);
  const full = Object.entries(TRAINING_TO_SERVING).filter(([version]) => version.split('.').length === 3);
  expect(full.filter(([trained, serving]) => !training.includes(trained) || inference.includes(trained) || !inference.includes(serving))).toEqual([]);
});
