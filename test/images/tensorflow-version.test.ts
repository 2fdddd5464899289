import { CfnParameter, Stack } from 'aws-cdk-lib';
import { SCOPES } from '../../src/images/image-facts';
import { TensorFlowVersion } from '../../src/images/tensorflow-version';

const CONSTANTS = [
  ['V1_15', '1.15.5', '1.15.5', undefined],
  ['V2_0', '2.0.4', '2.0.4', undefined],
  ['V2_1', '2.1.3', '2.1.3', undefined],
  ['V2_2', '2.2.2', '2.2.2', undefined],
  ['V2_3', '2.3.2', '2.3.2', undefined],
  ['V2_4', '2.4.3', '2.4.3', undefined],
  ['V2_5', '2.5.1', '2.5.1', undefined],
  ['V2_6', '2.6.3', '2.6.3', undefined],
  ['V2_7', '2.7.1', '2.7.0', undefined],
  ['V2_8', '2.8.0', '2.8.4', undefined],
  ['V2_9', '2.9.2', '2.9.3', '2.9.1'],
  ['V2_10', '2.10.1', '2.10.1', undefined],
  ['V2_11', '2.11.0', '2.11.1', undefined],
  ['V2_12', '2.12.0', '2.12.1', '2.12.1'],
  ['V2_13', '2.13.0', '2.13.0', '2.13.0'],
  ['V2_14', '2.14.1', '2.14.1', '2.14.1'],
  ['V2_16', '2.16.2', '2.16.1', '2.16.1'],
  ['V2_18', '2.18.0', '2.18.0', undefined],
  ['V2_19', '2.19.0', '2.19.0', undefined],
  ['V2_20', undefined, '2.20.0', undefined],
  ['V2_21', '2.21.0', '2.20.0', undefined],
] as const;

describe('the constants', () => {
  test('are these, and none for a release without images', () => {
    const all = Object.entries(TensorFlowVersion).filter(([, value]) => value instanceof TensorFlowVersion).map(([name]) => name);
    expect(all).toEqual(CONSTANTS.map(([name]) => name));
  });

  test.each(CONSTANTS)('%s trains with %s, serves with %s and with %s on Graviton, in full', (name, training, serving, graviton) => {
    const version = TensorFlowVersion[name];
    expect(version.toString()).toBe(name.slice(1).replace('_', '.'));
    expect(version.trainingVersion).toBe(training);
    expect(version.servingVersion).toBe(serving);
    expect(version._imageIn(SCOPES.training)?.tagVersion).toBe(training);
    expect(version._serving()._imageIn(SCOPES.inference)?.tagVersion).toBe(serving);
    expect(version._serving()._imageIn(SCOPES.graviton)?.tagVersion).toBe(graviton);
  });
});

describe('of', () => {
  test.each(['2.19.0', '2.19', '1.4.1', '1.15', '2.10.1', '0.12.1', '10.0', '2.22.0'])('takes %s as it is', (version) => {
    expect(TensorFlowVersion.of(version).toString()).toBe(version);
  });

  test.each([
    '', '2', '2.', '.19', '2.19.', '2.19.0.1', 'v2.19', '2.19.0-rc1', '2.19.x', 'latest', ' 2.19', '2.19 ', '2.19\n', '02.19', '2.019', '2,19', '-2.19', '2.19.0-gpu',
  ])('fails on %j', (version) => {
    expect(() => TensorFlowVersion.of(version)).toThrow(new Error(
      `[TensorFlowVersion.of] \`version\` must be a full version such as 2.19.0 or a short one such as 2.19, got: ${JSON.stringify(version)}`));
  });

  test('fails on a token', () => {
    const version = new CfnParameter(new Stack(), 'Version').valueAsString;
    expect(() => TensorFlowVersion.of(version)).toThrow(new Error('[TensorFlowVersion.of] `version` must be known at synthesis, '
      + 'because it decides which image is used; give an image whose address is a token with TensorFlowImage.fromUri'));
  });

  test.each([
    ['2.19.0', '2.19.0', '2.19.0'],
    ['2.19', '2.19.0', '2.19'],
    ['2.8', '2.8.4', '2.8'],
    ['2.8.0', '2.8.0', '2.8.0'],
    ['1.15', '1.15.5', '1.15'],
    ['2.1', '2.1.3', '2.1'],
  ])('%s stands for the image %s, with %s in its tag', (given, fullVersion, tagVersion) => {
    expect(TensorFlowVersion.of(given)._imageIn(SCOPES.inference)).toEqual({ fullVersion, tagVersion });
  });

  test.each(['2.15', '2.17', '2.15.0', '2.5.0', '2.22.0', '2.1.4'])('%s stands for no image that serves', (given) => {
    expect(TensorFlowVersion.of(given)._imageIn(SCOPES.inference)).toBeUndefined();
  });
});

describe('what serves', () => {
  test.each([
    ['1.13.1', '1.13.0'],
    ['2.5.0', '2.5.1'],
    ['2.6.2', '2.6.3'],
    ['2.7.1', '2.7.0'],
    ['2.12.0', '2.12.1'],
    ['2.16.2', '2.16.1'],
    ['2.21.0', '2.20.0'],
  ])('%s is served by %s', (trained, serving) => {
    expect(TensorFlowVersion.of(trained)._serving().toString()).toBe(serving);
    expect(TensorFlowVersion.of(trained).servingVersion).toBe(serving);
    expect(TensorFlowVersion.of(trained).trainingVersion).toBe(trained);
  });

  test('a short version is mapped to a short one', () => {
    expect(TensorFlowVersion.of('2.21')._serving()._imageIn(SCOPES.inference)).toEqual({ fullVersion: '2.20.0', tagVersion: '2.20' });
  });

  test.each(['2.19.0', '2.19', '2.8.0', '2.16.1', '2.22.0'])('%s stays as it is', (version) => {
    expect(TensorFlowVersion.of(version)._serving().toString()).toBe(version);
  });

  test('every version that trains has one that serves', () => {
    for (const [version] of SCOPES.training.releases) {
      expect([version, TensorFlowVersion.of(version).servingVersion]).toEqual([version, expect.any(String)]);
    }
  });
});

test.each([
  ['1.15', false], ['2.19', false], ['2.19.1', false], ['2.20', true], ['2.20.0', true], ['2.21', true], ['2.21.0', true], ['3.0', true],
])('whether the container of %s waits for answers as long as for models is %s', (version, waits) => {
  expect(TensorFlowVersion.of(version)._answersWithinWaitTime).toBe(waits);
});
