import * as path from 'node:path';
import { ModelArtifact, ModelFromArtifact, TensorFlowVersion } from '../../src';
import { filesOf, tarGzOf } from '../support/archives';
import { temporaryDirectory, type Tree } from '../support/disk';
import { newStack, validTemplate } from '../support/synthesis';

/*
 * Several models in one archive, all of which the container loads: it names each after its directory, and answers
 * requests that name none with the one that its file system lists first, unless it is told which.
 */

const archive = (...paths: string[]) => ModelArtifact.fromArchive(
  path.join(temporaryDirectory({ 'model.tar.gz': tarGzOf(...filesOf(Object.fromEntries(paths.map((found) => [`${found}/saved_model.pb`, 'x'])))) }), 'model.tar.gz'));

function defaultOf(artifact: ModelArtifact, defaultModelName?: string): string | undefined {
  const stack = newStack();
  new ModelFromArtifact(stack, 'Model', { artifact, version: TensorFlowVersion.V2_19, defaultModelName });
  const [model] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
  return model.Properties.PrimaryContainer.Environment?.SAGEMAKER_TFS_DEFAULT_MODEL_NAME;
}

test('the first in byte order answers requests that name none, wherever it is in the archive', () => {
  expect(defaultOf(archive('b/3', 'deep/down/a/1', 'B/1'))).toBe('B');
  expect(defaultOf(archive('b/3', '1'))).toBe('b'); // of which one has no directory
  expect(defaultOf(archive('z/3', '1'))).toBe('model');
});

test('one model needs no default, however many versions it has', () => {
  expect(defaultOf(archive('a/1', 'a/2'))).toBeUndefined();
});

test('any of them can be the default, by the name of its directory', () => {
  expect(defaultOf(archive('x/a/1', 'b/1'), 'b')).toBe('b');
  expect(defaultOf(archive('x/a/1', 'b/1'), 'a')).toBe('a');
  expect(() => defaultOf(archive('x/a/1', 'b/1'), 'x')).toThrow(
    new Error('[Stack/Model] `defaultModelName` must be a model of the artifact, which has a, b, got: "x"'));
});

test.each<[string, () => ModelArtifact]>([
  ['an archive', () => archive('x/m/1', 'y/m/1')],
  ['a directory', () => {
    const tree: Tree = { x: { m: { 1: { 'saved_model.pb': 'x' } } }, y: { m: { 1: { 'saved_model.pb': 'x' } } } };
    return ModelArtifact.fromSavedModel(temporaryDirectory(tree));
  }],
])('two of one name in %s are refused, also where another one is the default', (_, artifact) => {
  expect(() => defaultOf(artifact())).toThrow(/two models named '?m'?/);
  expect(() => defaultOf(artifact(), 'm')).toThrow(/two models named '?m'?/);
});
