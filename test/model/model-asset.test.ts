import { createHash } from 'node:crypto';
import fs from 'node:fs';
import * as path from 'node:path';
import {
  App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, type FileAssetSource, LegacyStackSynthesizer, Stack, Stage, type StackProps, Token,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ModelAsset, type ModelAssetOptions } from '../../src/model/model-asset';
import { contentOfFiles } from '../../src/private/packing';
import { listFiles } from '../../src/private/packing-files';
import { unpackedFiles } from '../support/archives';
import { temporaryDirectory } from '../support/disk';
import { newStack } from '../support/synthesis';

const HASH_OF_CONTENT = createHash('sha256').update('content').digest('hex');

function options(more: Partial<ModelAssetOptions> = {}): ModelAssetOptions & { write: jest.Mock } {
  return { contentHash: () => 'content', ...more, write: jest.fn((target: string) => fs.writeFileSync(target, 'archive')) };
}

function stackWith(props: StackProps): Stack {
  return newStack({ env: { account: '123456789012', region: 'us-east-1' }, ...props });
}

test('is a file of the cloud assembly, under a key that ends in .tar.gz', () => {
  const stack = newStack();
  const given = options();
  const asset = ModelAsset.of(new Construct(stack, 'Model'), given);
  expect(asset.assetHash).toBe(HASH_OF_CONTENT);
  expect(asset.objectKey).toBe(`${HASH_OF_CONTENT}.tar.gz`);
  expect(stack.resolve(asset.bucket.bucketName)).toBe('cdk-hnb659fds-assets-123456789012-us-east-1');
  expect(asset.bucket.encryptionKey).toBeUndefined();

  const assembly = App.of(stack)!.synth();
  expect(given.write).toHaveBeenCalledWith(path.join(assembly.directory, `asset.${HASH_OF_CONTENT}.tar.gz`), 'content');
  const { files } = JSON.parse(fs.readFileSync(path.join(assembly.directory, 'Stack.assets.json'), 'utf8'));
  const { destinations, ...file } = files[`${HASH_OF_CONTENT}.tar`];
  expect(file).toEqual({
    displayName: `Model/Asset${HASH_OF_CONTENT.slice(0, 8)}`, source: { path: `asset.${HASH_OF_CONTENT}.tar.gz`, packaging: 'file' },
  });
  expect(Object.values(destinations)).toEqual([{
    bucketName: 'cdk-hnb659fds-assets-123456789012-us-east-1',
    objectKey: `${HASH_OF_CONTENT}.tar.gz`,
    region: 'us-east-1',
    assumeRoleArn: 'arn:${AWS::Partition}:iam::123456789012:role/cdk-hnb659fds-file-publishing-role-123456789012-us-east-1',
  }]);
});

test.each<[string, StackProps, string]>([
  ['a prefix', { synthesizer: new DefaultStackSynthesizer({ bucketPrefix: 'models/' }) }, `models/${HASH_OF_CONTENT}.tar.gz`],
  ['the credentials of the command line', { synthesizer: new CliCredentialsStackSynthesizer() }, `${HASH_OF_CONTENT}.tar.gz`],
])('has the key that a synthesizer with %s gives', (_, props, key) => {
  expect(ModelAsset.of(stackWith(props), options()).objectKey).toBe(key);
});

test('takes a token for a key', () => {
  const { objectKey } = ModelAsset.of(stackWith({ synthesizer: new LegacyStackSynthesizer() }), options());
  expect(Token.isUnresolved(objectKey)).toBe(true);
});

test('refuses a key with another suffix', () => {
  class Renaming extends DefaultStackSynthesizer {
    public addFileAsset(asset: FileAssetSource) {
      return { ...super.addFileAsset(asset), objectKey: 'model.gz' };
    }
  }
  expect(() => ModelAsset.of(stackWith({ synthesizer: new Renaming() }), options())).toThrow(new Error(
    '[Stack] `artifact` must be uploaded to a key that ends in .tar.gz, and the stack\'s synthesizer chose another one, got: "model.gz"; '
    + 'use the default synthesizer, or upload the archive yourself and give ModelArtifact.fromBucket'));
});

test('knows the key that the bucket is encrypted with', () => {
  class Encrypting extends DefaultStackSynthesizer {
    public addFileAsset(asset: FileAssetSource) {
      return { ...super.addFileAsset(asset), kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/abc' };
    }
  }
  expect(ModelAsset.of(stackWith({ synthesizer: new Encrypting() }), options()).bucket.encryptionKey?.keyArn).toBe('arn:aws:kms:us-east-1:123456789012:key/abc');
});

test('is not written where it is already', () => {
  const outdir = temporaryDirectory({ [`asset.${HASH_OF_CONTENT}.tar.gz`]: 'of the last time' });
  const given = options();
  ModelAsset.of(newStack(undefined, { outdir }), given);
  expect(given.write).not.toHaveBeenCalled();
  expect(fs.readFileSync(path.join(outdir, `asset.${HASH_OF_CONTENT}.tar.gz`), 'utf8')).toBe('of the last time');
});

test('is written to a directory that is not there yet', () => {
  const stack = newStack(undefined, { outdir: path.join(temporaryDirectory(), 'cdk.out') });
  fs.rmSync(App.of(stack)!.assetOutdir, { recursive: true });
  ModelAsset.of(stack, options());
  expect(fs.readdirSync(App.of(stack)!.assetOutdir)).toEqual([`asset.${HASH_OF_CONTENT}.tar.gz`]);
});

test('is made once in a scope', () => {
  const stack = newStack();
  expect(ModelAsset.of(stack, options())).toBe(ModelAsset.of(stack, options()));
  expect(ModelAsset.of(stack, options({ contentHash: () => 'other' }))).not.toBe(ModelAsset.of(stack, options()));
});

test('of a stack in a stage is in the directory of the app', () => {
  const app = new App();
  const stack = new Stack(new Stage(app, 'Stage'), 'Stack');
  const asset = ModelAsset.of(stack, options());
  const assembly = app.synth();
  const nested = assembly.getNestedAssembly('assembly-Stage');
  const { files } = JSON.parse(fs.readFileSync(path.join(nested.directory, `${stack.artifactId}.assets.json`), 'utf8'));
  const { source } = files[`${asset.assetHash}.tar`];
  expect(source.path).toBe(`../asset.${HASH_OF_CONTENT}.tar.gz`);
  expect(fs.readFileSync(path.resolve(nested.directory, source.path), 'utf8')).toBe('archive');
});

describe('where assets are not to be staged', () => {
  const context = { 'aws:cdk:disable-asset-staging': true };
  const sourceOf = (stack: Stack) => {
    const { directory } = App.of(stack)!.synth();
    return JSON.parse(fs.readFileSync(path.join(directory, 'Stack.assets.json'), 'utf8')).files[`${HASH_OF_CONTENT}.tar`].source.path;
  };

  test('a file that is there is used where it is', () => {
    const stack = newStack(undefined, { context });
    const original = path.join(temporaryDirectory({ 'model.tar.gz': 'archive' }), 'model.tar.gz');
    const given = options({ original });
    expect(ModelAsset.of(stack, given).objectKey).toBe(`${HASH_OF_CONTENT}.tar.gz`);
    expect(given.write).not.toHaveBeenCalled();
    expect(sourceOf(stack)).toBe(original);
  });

  test('what has to be packed is packed', () => {
    const stack = newStack(undefined, { context });
    const given = options();
    ModelAsset.of(stack, given);
    expect(given.write).toHaveBeenCalledTimes(1);
    expect(sourceOf(stack)).toBe(path.join(App.of(stack)!.assetOutdir, `asset.${HASH_OF_CONTENT}.tar.gz`));
  });
});

test('is neither read nor packed for a stack that is not deployed', () => {
  const stack = newStack(undefined, { context: { 'aws:cdk:bundling-stacks': ['Other'] } });
  const contentHash = jest.fn(() => 'content');
  const given = options({ contentHash });
  const asset = ModelAsset.of(stack, given);
  expect(contentHash).not.toHaveBeenCalled();
  expect(given.write).not.toHaveBeenCalled();
  expect(asset.objectKey).toMatch(/^[0-9a-f]{64}\.tar\.gz$/);
  expect(App.of(stack)!.synth().stacks).toHaveLength(1);
});

test('can be made of files', () => {
  const root = temporaryDirectory({ 'inference.py': 'code' });
  const stack = newStack();
  const asset = ModelAsset.ofFiles(stack, contentOfFiles('code', listFiles(root, { prefix: 'code', root })));
  expect(unpackedFiles(fs.readFileSync(path.join(App.of(stack)!.assetOutdir, `asset.${asset.assetHash}.tar.gz`)))).toEqual({ 'code/inference.py': 'code' });
});
