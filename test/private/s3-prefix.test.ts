import { Lazy, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { checkS3Directory, keyIdOf, type S3Directory, s3Uri, writeStatements } from '../../src/private/s3-directory';
import { findStatements, isWithin, type S3Prefix } from '../../src/private/s3-prefix';
import { newStack } from '../support/synthesis';

const stack = newStack();
const bucket = Bucket.fromBucketName(stack, 'Bucket', 'data');
const other = Bucket.fromBucketName(stack, 'Other', 'others');
const token = Lazy.string({ produce: () => 'later' });

const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${rest}`]] });
const json = (statements: { toStatementJson(): unknown }[]) => stack.resolve(statements.map((statement) => statement.toStatementJson()));

test.each([
  ['', 's3://data'], ['a', 's3://data/a'], ['a/', 's3://data/a'], ['/', 's3://data//'],
])('the address of "%s" is %s as a directory', (prefix, directory) => {
  expect(s3Uri({ bucket, prefix })).toBe(directory);
});

test.each<[string, S3Directory, S3Prefix, boolean]>([
  ['the same', { bucket, prefix: 'a' }, { bucket, prefix: 'a/' }, true],
  ['below', { bucket, prefix: 'a/b/' }, { bucket, prefix: 'a/' }, true],
  ['in a whole bucket', { bucket, prefix: '' }, { bucket, prefix: '' }, true],
  ['with a name that begins alike', { bucket, prefix: 'ab' }, { bucket, prefix: 'a' }, true],
  ['above', { bucket, prefix: 'a' }, { bucket, prefix: 'a/b/' }, false],
  ['elsewhere', { bucket, prefix: 'b' }, { bucket, prefix: 'a/' }, false],
  ['in another bucket', { bucket: other, prefix: 'a' }, { bucket, prefix: 'a/' }, false],
  ['known later', { bucket, prefix: token }, { bucket, prefix: '' }, false],
  ['in what is known later', { bucket, prefix: 'a' }, { bucket, prefix: token }, false],
])('a directory is among objects: %s', (_what, directory, objects, expected) => {
  expect(isWithin(directory, objects)).toBe(expected);
});

describe('statements', () => {
  test('find and read objects, once each', () => {
    expect(json(findStatements([
      { bucket, prefix: 'a/' }, { bucket, prefix: 'a/' }, { bucket, prefix: 'b' }, { bucket: other, prefix: '' }, { bucket: other, prefix: 'm', isKey: true },
    ]))).toEqual([
      { Action: 's3:GetObject', Effect: 'Allow', Resource: [arn('data/a/*'), arn('data/b*'), arn('others/*'), arn('others/m')] },
      { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn('data'), Condition: { StringLike: { 's3:prefix': ['a/*', 'b*'] } } },
      { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn('others'), Condition: { StringLike: { 's3:prefix': ['*'] } } },
    ]);
  });

  test('read one object', () => {
    expect(json(findStatements([{ bucket, prefix: 'm', isKey: true }]))).toEqual([{ Action: 's3:GetObject', Effect: 'Allow', Resource: arn('data/m') }]);
  });

  test.each([['', 'data/*'], ['a', 'data/a/*'], ['a/', 'data/a/*']])('write under "%s"', (prefix, objects) => {
    expect(json(writeStatements({ bucket, prefix }))).toEqual([
      { Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Effect: 'Allow', Resource: arn(objects) },
    ]);
  });

  test('write under what is known later, which may end in a slash', () => {
    expect(json(writeStatements({ bucket, prefix: token }))).toEqual([
      { Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Effect: 'Allow', Resource: arn('data/later*') },
    ]);
  });

  test('use the keys of objects and of buckets, once each', () => {
    const own = newStack();
    const [one, two] = ['One', 'Two'].map((id) => new Key(own, id));
    const encrypted = new Bucket(own, 'Bucket', { encryptionKey: one });
    const key = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(`^${id}`), 'Arn'] });
    const statements = (all: { toStatementJson(): unknown }[]) => own.resolve(all.map((statement) => statement.toStatementJson()));
    const places = [{ bucket: encrypted, prefix: '' }, { bucket: encrypted, prefix: 'a', encryptionKey: two }];
    expect(statements(findStatements(places)).at(-1)).toEqual({ Action: 'kms:Decrypt', Effect: 'Allow', Resource: [key('One'), key('Two')] });
    expect(statements(writeStatements(...places)).at(-1)).toEqual({
      Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: [key('One'), key('Two')],
    });
    expect(own.resolve([keyIdOf(places[0]), keyIdOf(places[1])])).toEqual([key('One'), key('Two')]);
    expect(keyIdOf({ bucket, prefix: '' })).toBeUndefined();
  });
});

describe('a directory', () => {
  const faults = (place: (where: Stack) => Partial<S3Directory>) => {
    const where = newStack();
    const directory = { bucket: Bucket.fromBucketName(where, 'Bucket', 'data'), prefix: 'a', ...place(where) };
    return checkS3Directory(
      { bucket: 'output.bucket', prefix: 'output.prefix', encryptionKey: 'output.encryptionKey' }, directory, where, { user: 'job', longest: 13 },
    );
  };

  test('may be right', () => {
    expect(faults(() => ({}))).toEqual([]);
    expect(faults(() => ({ prefix: 'abc/' }))).toEqual([]);
    expect(faults(() => ({ prefix: token }))).toEqual([]);
  });

  test('may have a long address', () => {
    expect(faults(() => ({ prefix: 'abcd' }))).toEqual([
      { property: 'output.prefix', rule: 'must make an address (s3://BUCKET/KEY) of at most 13 characters, but makes one of 14', got: 'abcd' },
    ]);
  });

  test('may be in another region, and so may its key', () => {
    expect(faults((where) => ({ bucket: Bucket.fromBucketAttributes(where, 'Far', { bucketName: 'far', region: 'eu-west-1' }) }))).toEqual([
      { property: 'output.bucket', rule: 'must be in us-east-1, the region of the job', got: 'eu-west-1' },
    ]);
    expect(faults((where) => ({ encryptionKey: Key.fromKeyArn(where, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1') }))).toEqual([
      { property: 'output.encryptionKey', rule: 'must be in us-east-1, the region of the job', got: 'eu-west-1' },
    ]);
  });
});
