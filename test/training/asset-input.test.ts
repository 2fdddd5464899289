import fs from 'node:fs';
import * as path from 'node:path';
import {
  App, BootstraplessSynthesizer, CfnParameter, DefaultStackSynthesizer, type FileAssetLocation, type FileAssetSource, Stack,
} from 'aws-cdk-lib';
import { BUNDLING_STACKS, DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { InputMode } from '../../src/training/input-mode';
import { TrainingInput } from '../../src/training/training-input';
import { InputCompression } from '../../src/training/training-input-options';
import type { BoundInput, InputUse } from '../../src/training/training-input-source';
import { temporaryDirectory } from '../support/disk';
import { sentences } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const USE: InputUse = { inputMode: InputMode.FILE, isInVpc: false };
const TREE = { 'a.csv': '1,2', 'deep': { 'b.tar.gz': 'x', 'noextension': 'y' }, '.DS_Store': '' };

const errors = (input: TrainingInput) => sentences(input._check(newStack(), 'inputs.train', USE));

function bind(input: TrainingInput, stack: Stack): BoundInput {
  expect(input._check(stack, 'inputs.train', USE)).toEqual([]);
  return input._bind(stack, USE);
}

/** The keys that files are uploaded to, with the content of each. */
function uploads(stack: Stack): { [key: string]: string } {
  const { directory } = (stack.node.root as App).synth();
  const manifest = JSON.parse(fs.readFileSync(path.join(directory, `${stack.artifactId}.assets.json`), 'utf8'));
  const files = Object.values<any>(manifest.files).filter(({ source }) => !source.path.endsWith('.template.json'));
  return Object.fromEntries(files.flatMap(({ source, destinations }) =>
    Object.values<any>(destinations).map(({ objectKey }) => [objectKey, fs.readFileSync(path.resolve(directory, source.path), 'utf8')])));
}

test('a directory is uploaded file by file, under one prefix and with the names that scripts look for', () => {
  const stack = newStack();
  const bound = bind(TrainingInput.fromAsset(temporaryDirectory(TREE)), stack);
  const [{ prefix }] = bound.reads;
  expect(prefix).toMatch(/^[0-9a-f]{64}\/$/);
  expect(uploads(stack)).toEqual({ [`${prefix}a.csv`]: '1,2', [`${prefix}deep/b.tar.gz`]: 'x', [`${prefix}deep/noextension`]: 'y' });
  expect(stack.resolve(bound.channel)).toEqual({
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix',
        S3Uri: `s3://cdk-hnb659fds-assets-123456789012-us-east-1/${prefix}`,
        S3DataDistributionType: 'FullyReplicated',
      },
    },
  });
  expect(stack.resolve(bound.reads[0].bucket.bucketName)).toBe('cdk-hnb659fds-assets-123456789012-us-east-1');
  expect(bound).toMatchObject({ statements: [], peers: [] });
});

test.each(['data.csv', 'data', 'data.tar.gz', '.hidden'])('a file keeps its name: %s', (name) => {
  const stack = newStack();
  const [{ prefix }] = bind(TrainingInput.fromAsset(path.join(temporaryDirectory({ [name]: 'x' }), name)), stack).reads;
  expect(uploads(stack)).toEqual({ [`${prefix}${name}`]: 'x' });
});

test('the same files are the same objects, and other files are others', () => {
  const prefix = (tree: { [name: string]: string }) => bind(TrainingInput.fromAsset(temporaryDirectory(tree)), newStack()).reads[0].prefix;
  expect(prefix({ a: '1' })).toBe(prefix({ a: '1' }));
  expect(prefix({ a: '2' })).not.toBe(prefix({ a: '1' }));
  expect(prefix({ b: '1' })).not.toBe(prefix({ a: '1' }));
});

test('files that are in the output already are not copied again', () => {
  const directory = temporaryDirectory({ a: '1' });
  const outdir = temporaryDirectory();
  const synthesize = () => {
    const stack = newStack(undefined, { outdir });
    bind(TrainingInput.fromAsset(directory), stack);
    return uploads(stack);
  };
  const first = synthesize();
  const copy = jest.spyOn(fs, 'copyFileSync');
  expect(synthesize()).toEqual(first);
  expect(copy).not.toHaveBeenCalled();
  copy.mockRestore();
});

test('files are not copied where the app wants that', () => {
  const directory = temporaryDirectory({ 'a.csv': '1', 'b': '2' });
  const stack = newStack(undefined, { context: { [DISABLE_ASSET_STAGING_CONTEXT]: true } });
  const [{ prefix }] = bind(TrainingInput.fromAsset(directory), stack).reads;
  expect(uploads(stack)).toEqual({ [`${prefix}a.csv`]: '1', [`${prefix}b`]: '2' });
});

test('files are not read where nobody wants the assets', () => {
  const directory = temporaryDirectory({ 'a.csv': '1' });
  const read = jest.spyOn(fs, 'openSync');
  bind(TrainingInput.fromAsset(directory), newStack(undefined, { context: { [BUNDLING_STACKS]: [] } }));
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
});

test('the bucket and its key are those of the synthesizer', () => {
  class WithKey extends DefaultStackSynthesizer {
    public addFileAsset(asset: FileAssetSource): FileAssetLocation {
      return { ...super.addFileAsset(asset), kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1' };
    }
  }
  const stack = newStack({
    env: { account: '123456789012', region: 'us-east-1' }, synthesizer: new WithKey({ fileAssetsBucketName: 'assets', bucketPrefix: 'team/' }),
  });
  const [{ prefix, bucket }] = bind(TrainingInput.fromAsset(temporaryDirectory({ a: '1' })), stack).reads;
  expect(prefix).toMatch(/^team\/[0-9a-f]{64}\/$/);
  expect(bucket.encryptionKey?.keyArn).toBe('arn:aws:kms:us-east-1:123456789012:key/1');
});

test.each([
  ['other names', () => 'flat.csv', '"flat.csv"'],
  ['names that only the deployment knows', (stack: Stack) => new CfnParameter(stack, 'Key').valueAsString, expect.anything()],
])('a synthesizer that gives %s is of no use', (_, objectKey) => {
  const synthesizer = new DefaultStackSynthesizer();
  const stack = newStack({ synthesizer });
  jest.spyOn(synthesizer, 'addFileAsset').mockReturnValue({ bucketName: 'b', objectKey: objectKey(stack) } as never);
  expect(() => bind(TrainingInput.fromAsset(temporaryDirectory({ 'a.csv': '1' })), stack)).toThrow(
    /^\[Stack\/Asset\] `inputs` must be uploaded under the names of the files, and the stack's synthesizer chose other ones, got: .*; use the default synthesizer, or upload the files yourself and give TrainingInput\.fromBucket$/,
  );
});

test('a synthesizer without assets says so', () => {
  const stack = new Stack(new App(), 'Stack', { synthesizer: new BootstraplessSynthesizer() });
  expect(() => bind(TrainingInput.fromAsset(temporaryDirectory({ a: '1' })), stack)).toThrow(/asset/i);
});

test('takes the options of objects', () => {
  const directory = temporaryDirectory({ a: '1' });
  expect(errors(TrainingInput.fromAsset(directory, { compression: InputCompression.GZIP }))).toEqual([
    '`inputs.train.compression` must not be GZIP in File mode; give `inputMode` as InputMode.PIPE',
  ]);
  expect(bind(TrainingInput.fromAsset(directory, { inputMode: InputMode.FAST_FILE, contentType: 'text/csv' }), newStack()).channel)
    .toMatchObject({ InputMode: 'FastFile', ContentType: 'text/csv' });
});

test('must exist, and have files', () => {
  expect(errors(TrainingInput.fromAsset('no/such'))).toEqual([
    `\`inputs.train.path\` does not exist, got: "no/such"; there is no ${path.resolve('no/such')}`,
  ]);
  const empty = temporaryDirectory({ '.DS_Store': '' });
  expect(errors(TrainingInput.fromAsset(empty))).toEqual([`\`inputs.train.path\` must have a file in it, got: "${empty}"`]);
});

test('has not too many files', () => {
  const files = (count: number) => temporaryDirectory(Object.fromEntries([...Array(count).keys()].map((index) => [`f${index}`, ''])));
  expect(errors(TrainingInput.fromAsset(files(1000)))).toEqual([]);
  expect(errors(TrainingInput.fromAsset(files(1001)))).toEqual([
    '`inputs.train.path` must have at most 1000 files, got: 1001; put the files into a bucket, and give it to TrainingInput.fromBucket',
  ]);
});

test('must be a file or a directory', () => {
  expect(() => errors(TrainingInput.fromAsset('/dev/null'))).toThrow(
    '[Stack] `inputs.train` must be a file or a directory, got: "/dev/null"',
  );
});

test('is no text that is not set', () => {
  expect(() => TrainingInput.fromAsset(undefined as unknown as string)).toThrow('[TrainingInput.fromAsset] `path` must be a text, not undefined');
});
