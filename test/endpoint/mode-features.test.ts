import * as fs from 'node:fs';
import * as path from 'node:path';
import { excluded, type Feature, FEATURES, featureTable, type Mode, MODES, ruledOut } from '../../src/endpoint/mode-features';

const ALL = [...Object.keys(FEATURES) as Feature[], 'asyncInference' as const];

test.each<[Mode, Feature[]]>([
  ['real-time', ['concurrencyScaling', 'scaleToZero']],
  ['asynchronous', ['inferentia1', 'elasticInference', 'concurrencyScaling', 'shadow', 'multiModel', 'explainer']],
  ['serverless', [
    'gpu', 'inferentia1', 'elasticInference', 'instancePools', 'capacityReservation', 'instanceScaling', 'routing', 'severalVariants', 'shadow',
    'multiModel', 'inferencePipeline', 'uncompressedData', 'privateRegistry', 'vpc', 'networkIsolation', 'dataCapture', 'blueGreen', 'rolling',
    'coreDump', 'ssmAccess', 'asyncInference',
  ]],
  ['multi-model', [
    'gpu', 'inferentia1', 'elasticInference', 'instancePools', 'concurrencyScaling', 'scaleToZero', 'shadow', 'inferencePipeline', 'uncompressedData',
    'asyncInference',
  ]],
])('what SageMaker does not have for %s endpoints', (mode, features) => {
  expect(ALL.filter((feature) => ruledOut(mode, feature) !== undefined)).toEqual(features);
});

test.each<[Mode, Feature, string]>([
  ['serverless', 'vpc', 'SageMaker does not offer it for serverless variants'],
  ['serverless', 'gpu', 'serverless variants have no instances'],
  ['serverless', 'severalVariants', 'a serverless variant is the only one of its endpoint'],
  ['asynchronous', 'elasticInference', 'SageMaker does not offer it for asynchronous endpoints'],
  ['asynchronous', 'multiModel', 'an asynchronous request cannot name the model that it is for'],
  ['multi-model', 'gpu', 'only Triton serves a multi-model on GPUs, and not the container of TensorFlow Serving'],
  ['multi-model', 'inferentia1', 'SageMaker runs a multi-model on CPUs, or on GPUs with Triton'],
  ['multi-model', 'inferencePipeline', 'this library puts only single models into pipelines'],
  ['multi-model', 'instancePools', 'SageMaker does not offer it for multi-models'],
  ['real-time', 'scaleToZero', 'SageMaker keeps an instance of a real-time variant, but for inference components, which this library does not make'],
  ['real-time', 'concurrencyScaling', 'only serverless variants have provisioned concurrency'],
  ['serverless', 'shadow', 'SageMaker copies only requests of real-time endpoints, and between single models'],
])('%s endpoints have no %s, and the reason is told', (mode, feature, reason) => {
  expect(ruledOut(mode, feature)).toBe(reason);
});

test.each<[Feature, Feature, string]>([
  ['shadow', 'severalVariants', 'SageMaker copies requests only where there is one variant beside the shadow'],
  ['shadow', 'inferencePipeline', 'SageMaker copies requests between single containers only'],
  ['shadow', 'inferentia1', 'SageMaker copies no requests to or from such instances'],
  ['shadow', 'elasticInference', 'SageMaker copies no requests to or from such instances'],
  ['blueGreen', 'inferentia1', 'SageMaker updates such instances all at once, without looking at alarms'],
  ['blueGreen', 'elasticInference', 'SageMaker updates such instances all at once, without looking at alarms'],
  ['rolling', 'inferentia1', 'SageMaker updates such instances all at once, without looking at alarms'],
  ['rolling', 'elasticInference', 'SageMaker updates such instances all at once, without looking at alarms'],
  ['rolling', 'severalVariants', 'SageMaker replaces instances in batches only where there is one variant'],
  ['ssmAccess', 'networkIsolation', 'Systems Manager does not reach a container that has no network'],
])('%s and %s exclude each other, and the reason is told', (feature, other, reason) => {
  expect(excluded(feature, other)).toBe(reason);
  expect(excluded(other, feature)).toBe(reason);
});

test('nothing else excludes each other', () => {
  expect(ALL.flatMap((feature) => ALL.filter((other) => excluded(feature, other) !== undefined))).toHaveLength(20);
});

describe('the table', () => {
  const [byMode, reasons, pairs] = featureTable().split('\n\n').map((part) => part.split('\n'));

  test('has a column for each mode and a row for each feature', () => {
    expect(byMode.slice(0, 2)).toEqual(['| | real-time | asynchronous | serverless | multi-model |', '|---|---|---|---|---|']);
    expect(byMode.slice(2).map((row) => row.split(' | ')[0])).toEqual(Object.values(FEATURES).map((label) => `| ${label}`));
  });

  test('says what there is, and why something is not', () => {
    expect(byMode).toContain('| an encryption key | yes | yes | yes | yes |');
    expect(byMode).toContain('| GPU instances | yes | yes | no <sup>1</sup> | no <sup>2</sup> |');
    expect(reasons.slice(0, 2)).toEqual([
      '1. serverless variants have no instances',
      '2. only Triton serves a multi-model on GPUs, and not the container of TensorFlow Serving',
    ]);
  });

  test('gives each reason once, in the order in which they are met', () => {
    const texts = Object.keys(FEATURES).flatMap((feature) => MODES.flatMap((mode) => ruledOut(mode, feature as Feature) ?? []));
    expect(reasons).toEqual([...new Set(texts)].map((text, index) => `${index + 1}. ${text}`));
  });

  test('goes on with what excludes each other', () => {
    expect(pairs).toEqual([
      '| not | together with | because |',
      '|---|---|---|',
      '| a shadow variant | Inferentia 1 instances or Elastic Inference | SageMaker copies no requests to or from such instances |',
      '| a shadow variant | several variants | SageMaker copies requests only where there is one variant beside the shadow |',
      '| a shadow variant | an inference pipeline | SageMaker copies requests between single containers only |',
      '| blue/green updates, undone by alarms | Inferentia 1 instances or Elastic Inference | SageMaker updates such instances all at once, '
      + 'without looking at alarms |',
      '| rolling updates, undone by alarms | Inferentia 1 instances or Elastic Inference | SageMaker updates such instances all at once, '
      + 'without looking at alarms |',
      '| rolling updates, undone by alarms | several variants | SageMaker replaces instances in batches only where there is one variant |',
      '| access through Systems Manager | network isolation | Systems Manager does not reach a container that has no network |',
    ]);
  });

  test('is in the README', () => {
    const readme = fs.readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf-8');
    const inReadme = /<!-- mode-features -->\n([\s\S]*)\n<!-- \/mode-features -->/.exec(readme)?.[1];
    expect(inReadme?.trim()).toBe(featureTable());
  });
});
