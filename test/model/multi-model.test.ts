import fs from 'node:fs';
import * as path from 'node:path';
import { App, CfnParameter, CfnResource, LegacyStackSynthesizer, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type AddModelOptions, InferenceCode, ModelArtifact, ModelFromArtifact, MultiModel, type MultiModelOptions, TensorFlowVersion } from '../../src';
import { filesOf, type MadeEntry, tarGzOf, unpacked, unpackedFiles } from '../support/archives';
import { type BoundArtifact, provide } from '../support/artifacts';
import { temporaryDirectory, type Tree } from '../support/disk';
import { agnosticStack, MODELS, newStack, validTemplate } from '../support/synthesis';

const HALF_PLUS_THREE = path.join(MODELS, 'half_plus_three');
const HANDLER = 'def handler(data, context):\n    return data.read(), "application/json"\n';
const CODE: Tree = { 'inference.py': HANDLER, 'lib': { 'helper.py': 'x = 1' } };
const VERSION = TensorFlowVersion.V2_19;

function bucketIn(stack: Stack): IBucket {
  return stack.node.tryFindChild('Bucket') as IBucket | undefined ?? Bucket.fromBucketName(stack, 'Bucket', 'models');
}

function modelsIn(stack: Stack, options?: MultiModelOptions): MultiModel {
  return MultiModel.fromPrefix(bucketIn(stack), 'many/', options);
}

const codeOf = (tree: Tree) => InferenceCode.fromDirectory(temporaryDirectory(tree));
const halfPlusThree = () => ModelArtifact.fromSavedModel(HALF_PLUS_THREE);

function archive(...entries: MadeEntry[]): string {
  return path.join(temporaryDirectory({ 'model.tar.gz': tarGzOf(...entries) }), 'model.tar.gz');
}

/** A model that is one of many, and the only one that the app adds. */
function add(stack: Stack, artifact: ModelArtifact, options?: AddModelOptions): void {
  const models = modelsIn(stack);
  models.addModel('north', artifact, options);
  provide(models, stack);
}

/** The archive that the app puts under the prefix; of several, that of the one model. */
function packed(artifact: ModelArtifact, options?: AddModelOptions): Buffer {
  const stack = newStack();
  add(stack, artifact, options);
  return packedIn(stack);
}

function packedIn(stack: Stack, name = 'north'): Buffer {
  const copy = Object.values(validTemplate(stack).findResources('Custom::MultiModelArchive'))
    .find(({ Properties }) => Properties.TargetKey === `many/${name}.tar.gz`)!;
  return fs.readFileSync(path.join(App.of(stack)!.assetOutdir, `asset.${copy.Properties.SourceKey}`));
}

function failure(artifact: ModelArtifact, options?: AddModelOptions): string {
  try {
    add(newStack(), artifact, options);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

const FILES_OF_VERSION = ['assets/foo.txt', 'fingerprint.pb', 'saved_model.pb', 'variables/variables.data-00000-of-00001', 'variables/variables.index']
  .map((file) => `00000123/${file}`);

describe('a SavedModel', () => {
  test('has its versions at the root of its archive', () => {
    const result = packed(halfPlusThree());
    expect([...unpacked(result).keys()]).toEqual([
      '00000123/', '00000123/assets/', ...FILES_OF_VERSION.slice(0, 3), '00000123/variables/', ...FILES_OF_VERSION.slice(3),
    ]);
    expect(unpackedFiles(result)).toEqual(Object.fromEntries(FILES_OF_VERSION.map((file) => [
      file, fs.readFileSync(path.join(HALF_PLUS_THREE, file), 'latin1'),
    ])));
  });

  test('may be given as one version, with another number', () => {
    const names = Object.keys(unpackedFiles(packed(ModelArtifact.fromSavedModel(path.join(HALF_PLUS_THREE, '00000123'), { version: '7' }))));
    expect(names).toContain('7/saved_model.pb');
  });

  test('may have several versions', () => {
    const names = Object.keys(unpackedFiles(packed(ModelArtifact.fromSavedModel(path.join(MODELS, 'versions')))));
    expect(names.filter((name) => name.endsWith('saved_model.pb'))).toEqual(
      fs.readdirSync(path.join(MODELS, 'versions')).sort().map((version) => `${version}/saved_model.pb`));
  });

  test('needs no name that requests could have', () => {
    const directory = temporaryDirectory({ 'no name': {} });
    fs.cpSync(HALF_PLUS_THREE, path.join(directory, 'no name'), { recursive: true });
    expect(Object.keys(unpackedFiles(packed(ModelArtifact.fromSavedModel(path.join(directory, 'no name')))))).toEqual(FILES_OF_VERSION);
  });

  test('has its code beside its versions', () => {
    const files = unpackedFiles(packed(halfPlusThree(), { code: codeOf(CODE) }));
    expect(Object.keys(files)).toEqual([...FILES_OF_VERSION, 'code/inference.py', 'code/lib/helper.py']);
    expect(files['code/inference.py']).toBe(HANDLER);
  });

  test('must be alone', () => {
    expect(failure(ModelArtifact.fromSavedModel(MODELS))).toBe(
      '[Stack] `artifact` holds 9 models (census, cnn, dense, embedding, half_plus_three, ...), and one that shares its container with others must be alone, '
      + `got: ${JSON.stringify(MODELS)}; add each of them by itself`);
  });
});

describe('an archive', () => {
  const MODEL = filesOf({ 'm/1/saved_model.pb': 'graph', 'm/1/variables/variables.index': 'index', 'README': 'read' });

  test('gets the versions of its model to its root', () => {
    const result = packed(ModelArtifact.fromArchive(archive({ path: 'm/', type: 'Directory' }, ...MODEL, ...filesOf({ 'code/inference.py': HANDLER }))));
    expect(Object.fromEntries([...unpacked(result)].map(([name, { content }]) => [name, content.toString()]))).toEqual({
      '1/saved_model.pb': 'graph', '1/variables/variables.index': 'index', 'README': 'read', 'code/inference.py': HANDLER,
    });
  });

  test('gets other code in the place of its own', () => {
    const result = packed(ModelArtifact.fromArchive(archive(...MODEL, ...filesOf({ 'code/inference.py': 'x = 1' }))), { code: codeOf(CODE) });
    expect(unpackedFiles(result)).toEqual({
      '1/saved_model.pb': 'graph', '1/variables/variables.index': 'index', 'README': 'read', 'code/inference.py': HANDLER, 'code/lib/helper.py': 'x = 1',
    });
  });

  test('that has them there is copied byte by byte', () => {
    const file = archive(...filesOf({ '1/saved_model.pb': 'graph' }));
    expect(packed(ModelArtifact.fromArchive(file)).equals(fs.readFileSync(file))).toBe(true);
  });

  test('that has them there gets code', () => {
    const file = archive(...filesOf({ '1/saved_model.pb': 'graph' }));
    expect(unpackedFiles(packed(ModelArtifact.fromArchive(file), { code: codeOf({ 'inference.py': HANDLER }) })))
      .toEqual({ '1/saved_model.pb': 'graph', 'code/inference.py': HANDLER });
  });

  test('is another asset than the same archive for a single model', () => {
    const file = archive(...MODEL);
    const code = codeOf(CODE);
    const key = (use: object) => provide(ModelArtifact.fromArchive(file), newStack(), { code, ...use }).key;
    expect(key({ sharesContainer: true })).not.toBe(key({}));
    expect(key({ sharesContainer: true })).toBe(key({ sharesContainer: true }));
  });

  test.each<[string, MadeEntry[], string]>([
    ['several models', filesOf({ 'a/1/saved_model.pb': 'x', 'b/1/saved_model.pb': 'x' }),
      'holds 2 models (a/, b/), and one that shares its container with others must be alone, got: "FILE"; add each of them by itself'],
    ['requirements', [...MODEL, ...filesOf({ 'code/inference.py': HANDLER, 'code/requirements.txt': '' })],
      'must have no requirements.txt, which the container does not install for one model of many, got: "FILE"; put the packages under lib/ instead'],
  ])('with %s is refused', (_, entries, message) => {
    const file = archive(...entries);
    expect(failure(ModelArtifact.fromArchive(file)).replace(file, 'FILE')).toBe(`[Stack] \`artifact\` ${message}`);
  });

  test('that changes while it is packed again is an error', () => {
    const file = archive(...MODEL);
    const real = fs.openSync;
    const open = jest.spyOn(fs, 'openSync').mockImplementation(((...given: Parameters<typeof fs.openSync>) => {
      if (String(given[0]).endsWith('.tmp')) {
        fs.writeFileSync(file, tarGzOf(...MODEL, { path: 'more' }));
      }
      return real(...given);
    }) as typeof fs.openSync);
    try {
      expect(failure(ModelArtifact.fromArchive(file)).replace(file, 'FILE'))
        .toBe('[Stack] `artifact` changed while it was packed, got: "FILE"; try again once nothing writes to it');
    } finally {
      open.mockRestore();
    }
  });

  test('is not read where nothing is deployed', () => {
    const stack = newStack(undefined, { context: { 'aws:cdk:bundling-stacks': [] } });
    add(stack, ModelArtifact.fromArchive(archive({ path: 'nothing' })));
    validTemplate(stack).resourceCountIs('Custom::MultiModelArchive', 1);
  });
});

describe('an archive in a bucket', () => {
  test('is looked into, and packed again, when the app is deployed', () => {
    const stack = newStack();
    add(stack, ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Other', 'other'), '7/model.tar.gz', { revision: '2' }), { code: codeOf(CODE) });
    const [copy] = Object.values(validTemplate(stack).findResources('Custom::MultiModelArchive'));
    expect(copy.Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^TensorFlowModelCopierFunction/), 'Arn'] },
      ServiceTimeout: '1800',
      SourceBucket: 'other',
      SourceKey: '7/model.tar.gz',
      Revision: '2',
      Pending: true,
      CodeBucket: 'cdk-hnb659fds-assets-123456789012-us-east-1',
      CodeKey: expect.stringMatching(/^[0-9a-f]{64}\.tar\.gz$/),
      TargetBucket: 'models',
      TargetKey: 'many/north.tar.gz',
    });
    const code = fs.readFileSync(path.join(App.of(stack)!.assetOutdir, `asset.${copy.Properties.CodeKey}`));
    expect(unpackedFiles(code)).toEqual({ 'code/inference.py': HANDLER, 'code/lib/helper.py': 'x = 1' });
  });

  test('may have no code, and no revision', () => {
    const stack = newStack();
    add(stack, ModelArtifact.fromBucket(bucketIn(stack), '7/model.tar.gz'));
    const [copy] = Object.values(validTemplate(stack).findResources('Custom::MultiModelArchive'));
    expect(Object.keys(copy.Properties)).toEqual(['ServiceToken', 'ServiceTimeout', 'SourceBucket', 'SourceKey', 'Pending', 'TargetBucket', 'TargetKey']);
  });

  test('cannot be files that are not packed', () => {
    const stack = newStack();
    expect(failure(ModelArtifact.fromBucketPrefix(bucketIn(stack), '7/'), { code: codeOf(CODE) })).toBe(
      '[Stack] `artifact` must be an archive: SageMaker takes files that are not packed for a single model only, got: "7/"; '
      + 'pack the model with `tar -czf`, and give it to ModelArtifact.fromBucket');
  });
});

test.each<[string, (stack: Stack) => ModelArtifact, string]>([
  ['a MultiModel', modelsIn, '`artifact` must be one model, not a MultiModel; add each of its models'],
  ['a model package', () => ModelArtifact.fromModelPackage('half-plus-three'),
    '`artifact` must not be a model package, whose files are not to be had, got: "half-plus-three"; give it to a ModelFromArtifact'],
])('one model of many cannot be %s', (_, artifact, message) => {
  expect(failure(artifact(newStack()))).toBe(`[Stack] ${message}`);
});

test('the code of one model of many cannot have requirements', () => {
  expect(failure(halfPlusThree(), { code: codeOf({ 'inference.py': HANDLER, 'requirements.txt': 'numpy' }) })).toBe(
    '[Stack] `code` must have no requirements.txt, which the container does not install for one model of many, got: "north"; put the packages under lib/ instead');
});

describe('the name of a model', () => {
  const models = () => modelsIn(newStack());

  test.each(['north', 'a', 'team/north', 'no rth!', '1.0', '~', 'x.tar'])('may be %j', (name) => {
    const stack = newStack();
    const all = modelsIn(stack);
    expect(all.addModel(name, halfPlusThree())).toBe(`${name}.tar.gz`);
    provide(all, stack);
    validTemplate(stack).hasResourceProperties('Custom::MultiModelArchive', { TargetKey: `many/${name}.tar.gz` });
  });

  test.each([
    ['', 'must be printable characters of ASCII, no space first, as TargetModel is, got: ""'],
    [' north', 'must be printable characters of ASCII, no space first, as TargetModel is, got: " north"'],
    ['nörd', 'must be printable characters of ASCII, no space first, as TargetModel is, got: "nörd"'],
    ['a\nb', 'must be printable characters of ASCII, no space first, as TargetModel is, got: "a\\nb"'],
    ['/a', 'must be part of a key: no slash first, last or twice, no `.` and `..`, got: "/a"'],
    ['a//b', 'must be part of a key: no slash first, last or twice, no `.` and `..`, got: "a//b"'],
    ['../a', 'must be part of a key: no slash first, last or twice, no `.` and `..`, got: "../a"'],
    ['.', 'must be part of a key: no slash first, last or twice, no `.` and `..`, got: "."'],
    ['north.tar.gz', 'must not end in .tar.gz, which is added, got: "north.tar.gz"; leave it out'],
    [Token.asString({ Ref: 'Name' }), 'must be known when the app is synthesized, not be a token'],
  ])('cannot be %j', (name, message) => {
    expect(() => models().addModel(name, halfPlusThree())).toThrow(new Error(`[MultiModel.addModel] \`name\` ${message}`));
  });

  test('must be a text', () => {
    expect(() => models().addModel(process.env.NOT_THERE!, halfPlusThree())).toThrow(new Error('[MultiModel.addModel] `name` must be a text, not undefined'));
  });

  test.each([
    ['known', (stack: Stack) => bucketIn(stack), 's3://models/many/.tar.gz'],
    ['unknown', (stack: Stack) => new Bucket(stack, 'Unnamed'), `s3://${'b'.repeat(63)}/many/.tar.gz`],
  ])('makes an address of 1000 characters at most, in a bucket whose name is %s', (_, bucket, rest) => {
    const all = MultiModel.fromPrefix(bucket(newStack()), 'many');
    const name = 'n'.repeat(1000 - rest.length);
    expect(all.addModel(name, halfPlusThree())).toBe(`${name}.tar.gz`);
    expect(() => all.addModel(`n${name}`, halfPlusThree())).toThrow(new Error(
      '[MultiModel.addModel] `name` must make an address (s3://BUCKET/PREFIX/NAME.tar.gz) of at most 1000 characters, but makes one of 1001, '
      + `got: "${'n'.repeat(199)}...`));
  });

  test('has a length that nobody can check under a prefix that is a token', () => {
    const stack = newStack();
    const all = MultiModel.fromPrefix(bucketIn(stack), new CfnParameter(stack, 'Prefix').valueAsString);
    expect(all.addModel('n'.repeat(1000), halfPlusThree())).toHaveLength(1007);
  });

  test('is given once', () => {
    const all = models();
    all.addModel('north', halfPlusThree());
    expect(() => all.addModel('north', halfPlusThree())).toThrow(
      new Error('[MultiModel.addModel] `name` must be another for each model under the prefix, got: "north"'));
  });

  test('is given once in a stack, also by another MultiModel of the same prefix', () => {
    const stack = newStack();
    add(stack, halfPlusThree());
    expect(() => add(stack, halfPlusThree())).toThrow(new Error('[Stack] `name` must be another for each model under the prefix, got: "north"'));
    const others = MultiModel.fromPrefix(bucketIn(stack), 'others/');
    others.addModel('north', halfPlusThree());
    provide(others, stack);
    validTemplate(stack).resourceCountIs('Custom::MultiModelArchive', 2);
  });

  test('is given once in a stack, also where the bucket is imported twice', () => {
    const stack = newStack();
    add(stack, halfPlusThree());
    const again = MultiModel.fromPrefix(Bucket.fromBucketName(stack, 'Again', 'models'), 'many/');
    again.addModel('south', halfPlusThree());
    provide(again, stack);
    expect(() => again.addModel('north', halfPlusThree())).toThrow(new Error('[Stack] `name` must be another for each model under the prefix, got: "north"'));
    validTemplate(stack).resourceCountIs('Custom::MultiModelArchive', 2);
  });
});

describe('the prefix', () => {
  const at = (stack: Stack, prefix: string, options?: MultiModelOptions) => provide(MultiModel.fromPrefix(bucketIn(stack), prefix, options), stack);

  test('gets the slash that it ends in', () => {
    const stack = newStack();
    expect(at(stack, 'many')).toMatchObject({ bucket: bucketIn(stack), key: 'many/', compressed: true, multiModel: {}, hasRequirements: false });
    expect(at(stack, 'many/').key).toBe('many/');
  });

  test.each([
    ['', '`artifact.prefix` must not be empty; put the model under a key or prefix of its own'],
    ['s3://models/many', '`artifact.prefix` must be without the scheme and the bucket, got: "s3://models/many"; give what follows the bucket\'s name'],
  ])('cannot be %j', (prefix, message) => {
    expect(() => at(newStack(), prefix)).toThrow(new Error(`[Stack] ${message}`));
  });

  test('must be a text', () => {
    expect(() => at(newStack(), process.env.NOT_THERE!)).toThrow(new Error('[MultiModel.fromPrefix] `prefix` must be a text, not undefined'));
  });

  test('is in the region of the model', () => {
    const stack = newStack();
    const bucket = Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'eu-west-1' });
    expect(() => provide(MultiModel.fromPrefix(bucket, 'many/'), stack)).toThrow(new Error(
      '[Stack] `artifact.bucket` must be in us-east-1, the region of the model, from which alone SageMaker reads it, got: "eu-west-1"; '
      + 'copy the artifact to a bucket there'));
  });

  test.each(['', 'r'.repeat(1025)])('has a revision of 1 to 1024 characters', (revision) => {
    expect(() => at(newStack(), 'many/', { revision })).toThrow(
      new Error(`[Stack] \`artifact.revision\` must have from 1 to 1024 characters, got: ${revision.length}`));
  });
});

test('code for all models at once is refused', () => {
  const stack = newStack();
  expect(() => provide(modelsIn(stack), stack, { code: codeOf(CODE) }))
    .toThrow(new Error('[Stack] `code` cannot be given for many models at once; give it to addModel, for each'));
});

describe('what is known of the models', () => {
  const bind = (...codes: (Tree | undefined)[]): BoundArtifact => {
    const stack = newStack();
    const models = modelsIn(stack);
    codes.forEach((code, i) => { models.addModel(`${i}`, halfPlusThree(), { code: code && codeOf(code) }); });
    return provide(models, stack);
  };

  test('is what is known of any, as others may add some', () => {
    expect(bind()).toMatchObject({ hasInferenceCode: undefined, needsNetwork: undefined, tensorFlowVersions: [] });
    expect(bind(undefined)).toMatchObject({ hasInferenceCode: undefined, needsNetwork: undefined, tensorFlowVersions: [expect.stringMatching(/^2\./)] });
    expect(bind(undefined, CODE)).toMatchObject({ hasInferenceCode: true, needsNetwork: undefined });
    expect(bind(CODE, { 'inference.py': `import boto3\n${HANDLER}` })).toMatchObject({ hasInferenceCode: true, needsNetwork: true });
  });

  test('is nothing of their releases where they are in a bucket', () => {
    const stack = newStack();
    const models = modelsIn(stack);
    models.addModel('north', ModelArtifact.fromBucket(bucketIn(stack), 'north.tar.gz'));
    expect(provide(models, stack)).toMatchObject({ tensorFlowVersions: [] });
  });

  test.each([true, false, undefined])('hands on whether they are kept in memory: %s', (modelCaching) => {
    const stack = newStack();
    expect(provide(modelsIn(stack, { modelCaching }), stack).multiModel).toEqual({ modelCaching });
  });
});

/** A stack whose output is the revision. */
function revisionOf(stack: Stack, models: MultiModel): unknown {
  return stack.resolve(provide(models, stack).revision);
}

describe('the revision', () => {
  const of = (build: (models: MultiModel, stack: Stack) => void, options?: MultiModelOptions, stack = newStack()) => {
    const models = modelsIn(stack, options);
    build(models, stack);
    return revisionOf(stack, models);
  };

  test('is none where the app adds no model, or what was given', () => {
    expect(of(() => {})).toBeUndefined();
    expect(of(() => {}, { revision: '7' })).toBe('7');
  });

  test('is the same for the same models, in any order', () => {
    const one = of((models) => { models.addModel('a', halfPlusThree()); models.addModel('b', halfPlusThree()); });
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(of((models) => { models.addModel('b', halfPlusThree()); models.addModel('a', halfPlusThree()); })).toBe(one);
  });

  test('is another one for other names, other contents, other code, others more, and another revision', () => {
    const bucket = (stack: Stack) => bucketIn(stack);
    const all = [
      of((models) => { models.addModel('a', halfPlusThree()); }),
      of((models) => { models.addModel('a', halfPlusThree()); }, { revision: '7' }),
      of((models) => { models.addModel('b', halfPlusThree()); }),
      of((models) => { models.addModel('a', ModelArtifact.fromSavedModel(path.join(MODELS, 'dense'))); }),
      of((models) => { models.addModel('a', halfPlusThree(), { code: codeOf(CODE) }); }),
      of((models) => { models.addModel('a', halfPlusThree()); models.addModel('b', halfPlusThree()); }),
      of((models, stack) => { models.addModel('a', ModelArtifact.fromBucket(bucket(stack), 'a.tar.gz')); }),
      of((models, stack) => { models.addModel('a', ModelArtifact.fromBucket(bucket(stack), 'b.tar.gz')); }),
      of((models, stack) => { models.addModel('a', ModelArtifact.fromBucket(bucket(stack), 'a.tar.gz', { revision: '1' })); }),
      of((models, stack) => { models.addModel('a', ModelArtifact.fromBucket(bucket(stack), 'a.tar.gz'), { code: codeOf(CODE) }); }),
      of((models, stack) => { models.addModel('a', ModelArtifact.fromBucket(bucket(stack), 'a.tar.gz'), { code: codeOf({ 'inference.py': HANDLER }) }); }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('has what only CloudFormation knows beside what can be hashed', () => {
    const stack = agnosticStack();
    const given = new CfnParameter(stack, 'Given').valueAsString;
    const key = new CfnParameter(stack, 'Key').valueAsString;
    const version = new CfnParameter(stack, 'Version').valueAsString;
    expect(of((models) => {
      models.addModel('b', halfPlusThree());
      models.addModel('a', ModelArtifact.fromBucket(new Bucket(stack, 'Own'), key, { revision: version }));
    }, { revision: given }, stack)).toEqual({
      'Fn::Join': ['', [expect.stringMatching(/^[0-9a-f]{16}-$/), { Ref: 'Given' }, '-', { Ref: 'Version' }, '-', { Ref: 'Key' }]],
    });
  });
});

/** Whether a resource waits for all of the others. */
function dependsOn(template: Template, id: string, others: string[]): boolean {
  return others.every((other) => [template.toJSON().Resources[id].DependsOn ?? []].flat().includes(other));
}

const copiesIn = (template: Template) => Object.keys(template.findResources('Custom::MultiModelArchive'));

describe('a model of many models', () => {
  test('is all archives under the prefix, which are there before it', () => {
    const stack = newStack();
    const models = modelsIn(stack, { modelCaching: false });
    models.addModel('north', halfPlusThree());
    new ModelFromArtifact(stack, 'Models', { artifact: models, version: VERSION });
    models.addModel('south', halfPlusThree(), { code: codeOf(CODE) });
    const template = validTemplate(stack);
    const [[id, model]] = Object.entries(template.findResources('AWS::SageMaker::Model'));
    expect(model.Properties).toMatchObject({
      EnableNetworkIsolation: true,
      PrimaryContainer: {
        Mode: 'MultiModel',
        ModelDataUrl: 's3://models/many/',
        MultiModelConfig: { ModelCacheSetting: 'Disabled' },
        Environment: { MODEL_ARTIFACT_REVISION: expect.stringMatching(/^[0-9a-f]{16}$/) },
      },
    });
    expect(copiesIn(template)).toHaveLength(2);
    expect(dependsOn(template, id, copiesIn(template))).toBe(true);
  });

  test('may read and list them, and nothing else', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    const models = MultiModel.fromPrefix(new Bucket(stack, 'Own', { encryptionKey }), 'many/');
    new ModelFromArtifact(stack, 'Models', { artifact: models, version: VERSION });
    const bucket = stack.getLogicalId(stack.node.findChild('Own').node.defaultChild as CfnResource);
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 's3:GetObject', Effect: 'Allow', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, '/many/*']] } },
          {
            Action: 's3:ListBucket', Effect: 'Allow', Resource: { 'Fn::GetAtt': [bucket, 'Arn'] }, Condition: { StringLike: { 's3:prefix': ['many/*'] } },
          },
          { Action: 'kms:Decrypt', Effect: 'Allow', Resource: stack.resolve(encryptionKey.keyArn) },
        ]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^ModelsRole') }],
    });
  });

  test('takes no function, and no revision, where others put the archives there', () => {
    const stack = newStack();
    new ModelFromArtifact(stack, 'Models', { artifact: modelsIn(stack), version: VERSION });
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { Environment: { MODEL_ARTIFACT_REVISION: Match.absent() }, MultiModelConfig: Match.absent() },
    });
  });

  test('has a network where the code of any model needs one', () => {
    const stack = newStack();
    const models = modelsIn(stack);
    new ModelFromArtifact(stack, 'Models', { artifact: models, version: VERSION });
    models.addModel('north', halfPlusThree(), { code: codeOf({ 'inference.py': `import boto3\n${HANDLER}` }) });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Model', { EnableNetworkIsolation: false });
  });
});

describe('the function that copies', () => {
  const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });

  test('may write and delete archives under the prefix, and read what it copies, before it is to', () => {
    const stack = newStack();
    const code = codeOf(CODE);
    const models = modelsIn(stack);
    models.addModel('north', halfPlusThree());
    models.addModel('south', ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Other', 'other'), 'south.tar.gz'), { code });
    provide(models, stack);
    const template = validTemplate(stack);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.handler', Timeout: 900, MemorySize: 2048 });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 0 });
    const policies = template.findResources('AWS::IAM::Policy');
    expect(Object.values(policies).map(({ Properties }) => Properties.Roles)).toEqual([
      [{ Ref: expect.stringMatching(/^TensorFlowModelCopierRole/) }], [{ Ref: expect.stringMatching(/^TensorFlowModelCopierRole/) }],
    ]);
    const statements = Object.values(policies).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const copies = template.findResources('Custom::MultiModelArchive');
    const [north, south] = Object.values(copies).map(({ Properties }) => Properties);
    expect(statements.filter(({ Action }) => !JSON.stringify(Action).includes('logs:'))).toEqual(expect.arrayContaining([
      {
        Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'], Effect: 'Allow', Resource: arn(':s3:::models/many/*.tar.gz'),
      },
      { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn(':s3:::models'), Condition: { StringLike: { 's3:prefix': ['many/*.tar.gz'] } } },
      { Action: 's3:GetObject', Effect: 'Allow', Resource: arn(`:s3:::cdk-hnb659fds-assets-123456789012-us-east-1/${north.SourceKey}`) },
      { Action: 's3:GetObject', Effect: 'Allow', Resource: arn(':s3:::other/south.tar.gz') },
      { Action: 's3:GetObject', Effect: 'Allow', Resource: arn(`:s3:::cdk-hnb659fds-assets-123456789012-us-east-1/${south.CodeKey}`) },
    ]));
    expect(statements).toHaveLength(6); // and the logs
    for (const id of Object.keys(copies)) {
      expect(dependsOn(template, id, Object.keys(policies))).toBe(true);
    }
  });

  test('encrypts as the bucket does, and decrypts what it copies', () => {
    const stack = newStack();
    const [source, target] = ['Source', 'Target'].map((id) => {
      const key = new Key(stack, `${id}Key`);
      return { bucket: new Bucket(stack, id, { encryptionKey: key }), keyArn: stack.resolve(key.keyArn) };
    });
    const models = MultiModel.fromPrefix(target.bucket, 'many/');
    models.addModel('north', ModelArtifact.fromBucket(source.bucket, 'north.tar.gz'));
    provide(models, stack);
    const template = validTemplate(stack);
    template.hasResourceProperties('Custom::MultiModelArchive', { TargetEncryptionKey: target.keyArn });
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(statements).toEqual(expect.arrayContaining([
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: target.keyArn },
      { Action: 'kms:Decrypt', Effect: 'Allow', Resource: source.keyArn },
    ]));
  });

  test('has rights to hundreds of models, none of whose policies is larger than IAM takes', () => {
    const stack = newStack();
    const models = modelsIn(stack);
    for (let i = 0; i < 200; i++) {
      models.addModel(`model-${i}`, ModelArtifact.fromBucket(Bucket.fromBucketName(stack, `Bucket${i}`, `models-of-the-customer-with-number-${i}`), 'model.tar.gz'));
    }
    provide(models, stack);
    const template = validTemplate(stack);
    const sizes = (type: string) => Object.values(template.findResources(type))
      .map(({ Properties }) => JSON.stringify(Properties.PolicyDocument).replaceAll(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},("[^"]*")\]\]\}/g, '$1xxxxxxx').length);
    const sum = (all: number[]) => all.reduce((total, size) => total + size, 0);
    expect(sum(sizes('AWS::IAM::Policy'))).toBeLessThanOrEqual(10_240);
    const managed = sizes('AWS::IAM::ManagedPolicy');
    expect(managed.length).toBeGreaterThan(0);
    expect(managed.length).toBeLessThanOrEqual(10);
    expect(Math.max(...managed)).toBeLessThanOrEqual(6_144);
    // each copy waits for the policy that has its right
    const policies = { ...template.findResources('AWS::IAM::ManagedPolicy'), ...template.findResources('AWS::IAM::Policy') };
    for (const [id, { Properties }] of Object.entries(template.findResources('Custom::MultiModelArchive'))) {
      const [policy] = Object.entries(policies).find(([, found]) => JSON.stringify(found).includes(`:s3:::${Properties.SourceBucket}/model.tar.gz`))!;
      expect(dependsOn(template, id, [policy])).toBe(true);
    }
  });

  test('may have a role that was made elsewhere', () => {
    const stack = newStack();
    Role.customizeRoles(stack, { usePrecreatedRoles: { 'Stack/TensorFlowModelCopier/Role': 'copier' } });
    add(stack, halfPlusThree());
    validTemplate(stack).resourceCountIs('AWS::IAM::Role', 0);
  });
});

describe('copies', () => {
  test('keep their ids when the constructs of the models are renamed', () => {
    const ids = (id: string) => {
      const stack = newStack();
      const models = modelsIn(stack);
      models.addModel('north', halfPlusThree());
      new ModelFromArtifact(stack, id, { artifact: models, version: VERSION });
      return copiesIn(validTemplate(stack));
    };
    expect(ids('Models')).toEqual(ids('Others'));
  });

  test('keep their ids when the bucket is made instead of imported, or has a name', () => {
    const ids = (bucket: (stack: Stack) => IBucket) => {
      const stack = newStack();
      const models = MultiModel.fromPrefix(bucket(stack), 'many/');
      models.addModel('north', halfPlusThree());
      provide(models, stack);
      return copiesIn(validTemplate(stack));
    };
    expect(ids((stack) => new Bucket(stack, 'Bucket'))).toEqual(ids(bucketIn));
    expect(ids((stack) => new Bucket(stack, 'Bucket', { bucketName: 'models' }))).toEqual(ids(bucketIn));
    expect(ids((stack) => new Bucket(stack, 'Other'))).not.toEqual(ids(bucketIn));
  });

  const ENV = { account: '123456789012', region: 'us-east-1' };
  const stacksOf = (...ids: string[]) => {
    const app = new App();
    return ids.map((id) => new Stack(app, id, { env: ENV }));
  };

  test('are made once for all models, each of which waits for them', () => {
    const [first, second] = stacksOf('First', 'Second');
    const models = modelsIn(first);
    models.addModel('north', halfPlusThree());
    new ModelFromArtifact(first, 'Models', { artifact: models, version: VERSION });
    new ModelFromArtifact(first, 'Again', { artifact: models, version: VERSION });
    new ModelFromArtifact(second, 'Models', { artifact: models, version: VERSION });
    models.addModel('south', halfPlusThree());
    const template = validTemplate(first);
    for (const id of Object.keys(template.findResources('AWS::SageMaker::Model'))) {
      expect(dependsOn(template, id, copiesIn(template))).toBe(true);
    }
    expect(copiesIn(template)).toHaveLength(2);
    expect(copiesIn(validTemplate(second))).toEqual([]);
    expect(second.dependencies).toEqual([first]);
    const revisions = [first, second].flatMap((stack) => Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model')))
      .map(({ Properties }) => Properties.PrimaryContainer.Environment.MODEL_ARTIFACT_REVISION);
    expect(new Set(revisions).size).toBe(1);
  });

  test.each<[string, (stack: Stack) => IBucket]>([
    ['is imported', bucketIn],
    ['is made', (stack) => new Bucket(stack, 'Bucket')],
  ])('are in the stack where the bucket %s, whichever stack uses them first', (_, bucket) => {
    const storageOf = (...users: string[]) => {
      const [early, storage, late] = stacksOf('Early', 'Storage', 'Late');
      const models = MultiModel.fromPrefix(bucket(storage), 'many/');
      models.addModel('north', ModelArtifact.fromSavedModel(HALF_PLUS_THREE));
      const using = [early, late].filter(({ node }) => users.includes(node.id));
      for (const stack of using) {
        new ModelFromArtifact(stack, 'Models', { artifact: models, version: VERSION });
      }
      expect(using.map((stack) => copiesIn(validTemplate(stack)))).toEqual(using.map(() => []));
      expect(using.map(({ dependencies }) => dependencies)).toEqual(using.map(() => [storage]));
      const template = validTemplate(storage);
      expect(copiesIn(template)).toHaveLength(1);
      return template.toJSON().Resources;
    };
    expect(storageOf('Early', 'Late')).toEqual(storageOf('Late'));
  });

  test('may be in another stack of a nesting', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    const models = modelsIn(nested);
    models.addModel('north', halfPlusThree());
    new ModelFromArtifact(stack, 'Models', { artifact: models, version: VERSION });
    expect(copiesIn(Template.fromStack(nested))).toHaveLength(1);
    const template = Template.fromStack(stack);
    const [[id]] = Object.entries(template.findResources('AWS::SageMaker::Model'));
    expect(dependsOn(template, id, Object.keys(template.findResources('AWS::CloudFormation::Stack')))).toBe(true);
  });

  describe('of a bucket in another stack are refused where', () => {
    const REMEDY = 'because its stack copies the models, got: GOT; import the bucket in such a stack, or in that of the model';
    const message = (rule: string, got: string) => `[Model] \`artifact.bucket\` must be in a stack of ${rule}, ${REMEDY.replace('GOT', JSON.stringify(got))}`;
    const elsewhere = (env: { account?: string; region?: string }) => {
      const app = new App();
      const storage = new Stack(app, 'Storage', { env });
      const bucket = Bucket.fromBucketAttributes(storage, 'Bucket', { bucketName: 'models', region: 'us-east-1' });
      return { models: MultiModel.fromPrefix(bucket, 'many/'), stack: new Stack(app, 'Model', { env: ENV }) };
    };

    test.each([
      ['the region is another one', { account: '123456789012', region: 'eu-west-1' }, message('us-east-1, the region of the model', 'eu-west-1')],
      ['the account is another one', { account: '210987654321', region: 'us-east-1' }, message('123456789012, the account of the model', '210987654321')],
    ])('%s', (_, env, text) => {
      const { models, stack } = elsewhere(env);
      models.addModel('north', halfPlusThree());
      expect(() => provide(models, stack)).toThrow(new Error(text));
    });

    test('the stage is another one', () => {
      const app = new App();
      const models = modelsIn(new Stack(app, 'Names', { env: ENV }));
      models.addModel('north', halfPlusThree());
      expect(() => provide(models, new Stack(new Stage(app, 'Live'), 'Model', { env: ENV }))).toThrow(
        new Error('[Live/Model] `artifact.bucket` must be in a stack of the same stage as the model, ' + REMEDY.replace('GOT', '"Names"')));
    });

    test('models are added later', () => {
      const { models, stack } = elsewhere({ ...ENV, region: 'eu-west-1' });
      provide(models, stack);
      expect(() => models.addModel('north', halfPlusThree())).toThrow(new Error(message('us-east-1, the region of the model', 'eu-west-1')));
    });

    test('but not where none are added, or where the stack is deployed is not known', () => {
      const { models, stack } = elsewhere({ account: '210987654321', region: 'eu-west-1' });
      new ModelFromArtifact(stack, 'Models', { artifact: models, version: VERSION });
      validTemplate(stack).resourceCountIs('AWS::SageMaker::Model', 1);
      const anywhere = elsewhere({});
      anywhere.models.addModel('north', halfPlusThree());
      expect(() => provide(anywhere.models, anywhere.stack)).not.toThrow();
    });
  });

  test('may be of assets in the bucket of the legacy synthesizer, and in stacks that can be deployed anywhere', () => {
    const legacy = newStack({ synthesizer: new LegacyStackSynthesizer() });
    add(legacy, halfPlusThree());
    validTemplate(legacy).resourceCountIs('Custom::MultiModelArchive', 1);
    const stack = agnosticStack();
    add(stack, halfPlusThree());
    validTemplate(stack).hasResourceProperties('Custom::MultiModelArchive', {
      SourceBucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
    });
  });
});
