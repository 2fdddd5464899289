import { CfnParameter, Lazy } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { InferenceCode, ModelArtifact } from '../../src';
import { type BoundArtifact, provide } from '../support/artifacts';
import { newStack } from '../support/synthesis';

const stack = newStack();
const bucket: IBucket = Bucket.fromBucketName(stack, 'Bucket', 'models');
const NOTHING_KNOWN = { hasInferenceCode: undefined, hasRequirements: undefined, needsNetwork: undefined };

function bind(artifact: ModelArtifact): BoundArtifact {
  return provide(artifact, stack);
}

test('an archive is where it is said to be', () => {
  expect(bind(ModelArtifact.fromBucket(bucket, 'models/7/model.tar.gz'))).toEqual({
    bucket, key: 'models/7/model.tar.gz', compressed: true, revision: undefined, ...NOTHING_KNOWN,
  });
});

test('files are under their prefix, up to a slash', () => {
  const expected = { bucket, key: 'models/7/', compressed: false, revision: undefined, ...NOTHING_KNOWN };
  expect(bind(ModelArtifact.fromBucketPrefix(bucket, 'models/7/'))).toEqual(expected);
  expect(bind(ModelArtifact.fromBucketPrefix(bucket, 'models/7'))).toEqual(expected);
});

test('a revision is handed on', () => {
  expect(bind(ModelArtifact.fromBucket(bucket, 'model.tar.gz', { revision: 'v1' })).revision).toBe('v1');
  expect(bind(ModelArtifact.fromBucketPrefix(bucket, 'm/', { revision: 'v2' })).revision).toBe('v2');
});

test('tokens are left to CloudFormation', () => {
  const parameter = new CfnParameter(stack, 'Key').valueAsString;
  expect(bind(ModelArtifact.fromBucket(bucket, parameter, { revision: parameter }))).toMatchObject({ key: parameter, revision: parameter });
  expect(bind(ModelArtifact.fromBucket(bucket, `/${parameter}/model`)).key).toBe(`/${parameter}/model`);
  expect(bind(ModelArtifact.fromBucketPrefix(bucket, parameter)).key).toBe(parameter);
  expect(bind(ModelArtifact.fromBucketPrefix(bucket, `${parameter}/`)).key).toBe(`${parameter}/`);
});

describe('an address', () => {
  const unnamed = new Bucket(stack, 'Unnamed');

  test.each([
    ['of 1024 characters', bucket, 1024 - 's3://models/'.length],
    ['of 1024 characters with the shortest name that an unknown bucket may have', unnamed, 1024 - 's3://abc/'.length],
  ])('%s is taken, and one character more refused', (_, place, length) => {
    const key = `${'k'.repeat(length - '.tar.gz'.length)}.tar.gz`;
    expect(bind(ModelArtifact.fromBucket(place, key)).key).toBe(key);
    expect(() => bind(ModelArtifact.fromBucket(place, `k${key}`))).toThrow(new Error(
      `[Stack] \`artifact.key\` must make an address (s3://BUCKET/KEY) of at most 1024 characters, but makes one of 1025, got: "${'k'.repeat(199)}...`));
    const prefix = `${'k'.repeat(length - 1)}/`;
    expect(bind(ModelArtifact.fromBucketPrefix(place, prefix)).key).toBe(prefix);
    expect(() => bind(ModelArtifact.fromBucketPrefix(place, `k${prefix}`))).toThrow(new Error(
      `[Stack] \`artifact.prefix\` must make an address (s3://BUCKET/KEY) of at most 1024 characters, but makes one of 1025, got: "${'k'.repeat(199)}...`));
    // the slash that is added counts
    expect(() => bind(ModelArtifact.fromBucketPrefix(place, 'k'.repeat(length)))).toThrow('but makes one of 1025');
  });
});

describe('is refused with', () => {
  test.each([
    ['no key', '', 'must not be empty; put the model under a key or prefix of its own'],
    ['a prefix', 'models/7/', 'must be the key of an archive, not a prefix, got: "models/7/"; give a prefix to ModelArtifact.fromBucketPrefix'],
    ['another suffix', 'model.zip', 'must end in .tar.gz, got: "model.zip"; pack the model with `tar -czf`, or give the prefix of its files to ModelArtifact.fromBucketPrefix'],
    ['the suffix in capitals', 'model.TAR.GZ',
      'must end in .tar.gz, got: "model.TAR.GZ"; pack the model with `tar -czf`, or give the prefix of its files to ModelArtifact.fromBucketPrefix'],
    ['a slash in front', '/model.tar.gz', 'must not begin with a slash, got: "/model.tar.gz"; remove it'],
    ['an address', 's3://models/model.tar.gz', 'must be without the scheme and the bucket, got: "s3://models/model.tar.gz"; give what follows the bucket\'s name'],
  ])('%s for a key', (_, key, message) => {
    expect(() => bind(ModelArtifact.fromBucket(bucket, key))).toThrow(new Error(`[Stack] \`artifact.key\` ${message}`));
  });

  test.each([
    ['no prefix', '', 'must not be empty; put the model under a key or prefix of its own'],
    ['an archive', 'm/model.tar.gz', 'must be the prefix of files, not an archive, got: "m/model.tar.gz"; give an archive to ModelArtifact.fromBucket'],
    ['a slash in front', '/m', 'must not begin with a slash, got: "/m"; remove it'],
    ['nothing but a slash', '/', 'must not begin with a slash, got: "/"; remove it'],
    ['an address', 's3://models/m/', 'must be without the scheme and the bucket, got: "s3://models/m/"; give what follows the bucket\'s name'],
  ])('%s for a prefix', (_, prefix, message) => {
    expect(() => bind(ModelArtifact.fromBucketPrefix(bucket, prefix))).toThrow(new Error(`[Stack] \`artifact.prefix\` ${message}`));
  });

  test('an empty or too long revision', () => {
    expect(bind(ModelArtifact.fromBucket(bucket, 'a.tar.gz', { revision: 'r'.repeat(1024) })).revision).toHaveLength(1024);
    expect(() => bind(ModelArtifact.fromBucket(bucket, 'a.tar.gz', { revision: '' })))
      .toThrow(new Error('[Stack] `artifact.revision` must have from 1 to 1024 characters, got: 0'));
    expect(() => bind(ModelArtifact.fromBucketPrefix(bucket, 'a/', { revision: 'r'.repeat(1025) })))
      .toThrow(new Error('[Stack] `artifact.revision` must have from 1 to 1024 characters, got: 1025'));
  });

  test('several mistakes at once', () => {
    expect(() => bind(ModelArtifact.fromBucket(bucket, '/models/', { revision: '' }))).toThrow(new Error([
      '[Stack] 3 values are invalid:',
      '  - `artifact.key` must not begin with a slash, got: "/models/"; remove it',
      '  - `artifact.key` must be the key of an archive, not a prefix, got: "/models/"; give a prefix to ModelArtifact.fromBucketPrefix',
      '  - `artifact.revision` must have from 1 to 1024 characters, got: 0',
    ].join('\n')));
  });

  test('code for files', () => {
    expect(() => provide(ModelArtifact.fromBucketPrefix(bucket, 'm/'), stack, { code: InferenceCode.fromDirectory('anywhere') })).toThrow(new Error(
      '[Stack] `code` cannot be added to files that are in a bucket; put it there below code/, or give an archive to ModelArtifact.fromBucket'));
  });
});

test('a lazy key is not asked for', () => {
  const key = Lazy.string({ produce: () => { throw new Error('asked'); } });
  expect(bind(ModelArtifact.fromBucket(bucket, key)).key).toBe(key);
});

test('a bucket of another region is refused', () => {
  const other = Bucket.fromBucketAttributes(stack, 'Other', { bucketName: 'others', region: 'eu-west-1' });
  expect(() => bind(ModelArtifact.fromBucket(other, 'model.tar.gz'))).toThrow(new Error(
    '[Stack] `artifact.bucket` must be in us-east-1, the region of the model, from which alone SageMaker reads it, got: "eu-west-1"; '
    + 'copy the artifact to a bucket there',
  ));
});

test.each(['models/*/model.tar.gz', 'models/?/model.tar.gz'])('the key %s would be a right to other objects', (key) => {
  expect(() => bind(ModelArtifact.fromBucket(bucket, key))).toThrow(new Error(
    `[Stack] \`artifact.key\` must have no * and no ?, got: "${key}"; rename the object`,
  ));
});

test('a key or prefix that is not set is an error', () => {
  expect(() => ModelArtifact.fromBucket(bucket, undefined as never)).toThrow('[ModelArtifact.fromBucket] `key` must be a text, not undefined');
  expect(() => ModelArtifact.fromBucketPrefix(bucket, undefined as never)).toThrow('[ModelArtifact.fromBucketPrefix] `prefix` must be a text, not undefined');
});
