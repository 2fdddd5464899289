import fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { InferenceCode, ModelArtifact, type SavedModelArtifactOptions } from '../../src';
import { unpacked, unpackedFiles } from '../support/archives';
import { type BoundArtifact, provide } from '../support/artifacts';
import { Link, temporaryDirectory, type Tree, writeTree } from '../support/disk';
import { MODELS, newStack } from '../support/synthesis';

const HALF_PLUS_THREE = path.join(MODELS, 'half_plus_three');
const VERSION = path.join(HALF_PLUS_THREE, '00000123');
const HANDLER = 'def handler(data, context):\n    return data.read(), "application/json"\n';

/** The files of half_plus_three. */
function savedModel(): { [name: string]: Buffer } {
  return Object.fromEntries(['saved_model.pb', 'fingerprint.pb', 'assets/foo.txt', 'variables/variables.index', 'variables/variables.data-00000-of-00001']
    .map((file) => [file, fs.readFileSync(path.join(VERSION, file))]));
}

function bind(directory: string, options?: SavedModelArtifactOptions, stack = newStack()): BoundArtifact {
  return provide(ModelArtifact.fromSavedModel(directory, options), stack, {});
}

/** Where the archive of an artifact is. */
function archiveOf(stack: Stack, bound: BoundArtifact): string {
  return path.join(App.of(stack)!.assetOutdir, `asset.${bound.key}`);
}

function packed(directory: string, options?: SavedModelArtifactOptions): Buffer {
  const stack = newStack();
  return fs.readFileSync(archiveOf(stack, bind(directory, options, stack)));
}

function failure(directory: string, options?: SavedModelArtifactOptions): string {
  try {
    bind(directory, options);
  } catch (error) {
    return (error as Error).message.replaceAll(directory, 'DIR');
  }
  throw new Error('it was taken');
}

const FILES_OF_VERSION = ['assets/foo.txt', 'fingerprint.pb', 'saved_model.pb', 'variables/variables.data-00000-of-00001', 'variables/variables.index'];

describe('is packed in the layout of the container', () => {
  test.each<[string, string, SavedModelArtifactOptions | undefined, string]>([
    ['a tree of versions', HALF_PLUS_THREE, undefined, 'half_plus_three/00000123'],
    ['a version', VERSION, undefined, 'half_plus_three/00000123'],
    ['a version with a slash at its end', `${VERSION}/`, undefined, 'half_plus_three/00000123'],
    ['another name', HALF_PLUS_THREE, { name: 'h.p-3_A' }, 'h.p-3_A/00000123'],
    ['another version', HALF_PLUS_THREE, { version: '7' }, 'half_plus_three/7'],
    ['another version with zeros', VERSION, { version: '007' }, 'half_plus_three/007'],
    ['another name and version', VERSION, { name: 'm', version: '9223372036854775807' }, 'm/9223372036854775807'],
  ])('%s', (_, directory, options, place) => {
    const files = unpackedFiles(packed(directory, options));
    expect(Object.keys(files)).toEqual(FILES_OF_VERSION.map((file) => `${place}/${file}`));
    expect(files[`${place}/saved_model.pb`]).toBe(savedModel()['saved_model.pb'].toString('latin1'));
  });

  test('a SavedModel with a name for its directory is version 1', () => {
    const directory = temporaryDirectory({ my_model: savedModel() });
    expect(Object.keys(unpackedFiles(packed(path.join(directory, 'my_model'))))[0]).toBe('my_model/1/assets/foo.txt');
  });

  test('several versions and several models, and nothing beside them', () => {
    const directory = temporaryDirectory({ 'a': { 1: savedModel(), 2: savedModel() }, 'deeper': { b: { 3: savedModel() } }, 'README.md': '' });
    const stack = newStack();
    const bound = bind(directory, undefined, stack);
    expect(bound.modelNames).toEqual(['a', 'b']);
    expect([...unpacked(fs.readFileSync(archiveOf(stack, bound))).keys()].filter((name) => /^[^/]+\/(\d+\/)?$/.test(name)))
      .toEqual(['a/', 'a/1/', 'a/2/', 'b/', 'b/3/']);
  });

  test('with its code', () => {
    const stack = newStack();
    const code = InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': HANDLER, 'requirements.txt': 'numpy' }));
    const bound = provide(ModelArtifact.fromSavedModel(HALF_PLUS_THREE), stack, { code });
    expect(bound).toMatchObject({ hasInferenceCode: true, hasRequirements: true, needsNetwork: true });
    expect(Object.keys(unpackedFiles(fs.readFileSync(archiveOf(stack, bound))))).toEqual([
      'code/inference.py', 'code/requirements.txt', ...FILES_OF_VERSION.map((file) => `half_plus_three/00000123/${file}`),
    ]);
  });

  test('with links to files of the directory that was given', () => {
    const { 'variables/variables.data-00000-of-00001': weights, ...rest } = savedModel();
    const directory = temporaryDirectory({ shared: { weights }, 1: { ...rest, 'variables/variables.data-00000-of-00001': new Link('../../shared/weights') } });
    expect(unpackedFiles(packed(directory, { name: 'm' }))['m/1/variables/variables.data-00000-of-00001']).toBe(weights.toString('latin1'));
  });

  test('without what systems leave behind', () => {
    const directory = temporaryDirectory({ 1: { ...savedModel(), '.DS_Store': 'x', 'assets/.ipynb_checkpoints': { a: '' }, '__pycache__': { a: '' } } });
    expect(Object.keys(unpackedFiles(packed(directory, { name: 'm' })))).toEqual(FILES_OF_VERSION.map((file) => `m/1/${file}`));
  });
});

test('says what is known of the models', () => {
  const stack = newStack();
  const bound = bind(MODELS, undefined, stack);
  expect(bound).toMatchObject({ compressed: true, hasInferenceCode: false, hasRequirements: false, needsNetwork: false });
  expect(bound.key).toEqual(expect.stringMatching(/^[0-9a-f]{64}\.tar\.gz$/));
  expect(stack.resolve(bound.bucket.bucketName)).toBe('cdk-hnb659fds-assets-123456789012-us-east-1');
  expect(bound.modelNames).toEqual(['census', 'cnn', 'dense', 'embedding', 'half_plus_three', 'lstm', 'multi', 'reviews', 'versions']);
});

test('is the same in another place, with other times and rights, written in another order', () => {
  const first = temporaryDirectory({ m: { 1: savedModel() } });
  const second = temporaryDirectory({ m: { 1: Object.fromEntries(Object.entries(savedModel()).reverse()) } });
  fs.utimesSync(path.join(second, 'm/1/saved_model.pb'), 1, 1);
  fs.chmodSync(path.join(second, 'm/1/saved_model.pb'), 0o700);
  expect(bind(path.join(second, 'm')).key).toBe(bind(path.join(first, 'm')).key);
  expect(packed(path.join(second, 'm')).equals(packed(path.join(first, 'm')))).toBe(true);
});

test('another file, name or version is another artifact', () => {
  const keys = [
    bind(HALF_PLUS_THREE),
    bind(HALF_PLUS_THREE, { name: 'm' }),
    bind(HALF_PLUS_THREE, { version: '1' }),
    bind(temporaryDirectory({ half_plus_three: { '00000123': { ...savedModel(), 'assets/more.txt': '' } } })),
  ].map(({ key }) => key);
  expect(new Set(keys).size).toBe(4);
});

test('a change between two uses in one app is seen', () => {
  const directory = temporaryDirectory({ m: { 1: savedModel() } });
  const artifact = ModelArtifact.fromSavedModel(directory);
  const before = provide(artifact, newStack(), {}).key;
  writeTree(directory, { 'm/1/assets/foo.txt': 'other' });
  expect(provide(artifact, newStack(), {}).key).not.toBe(before);
});

describe('a relative path', () => {
  test('starts at the working directory', () => {
    const before = process.cwd();
    process.chdir(path.dirname(MODELS));
    try {
      expect(bind('models/half_plus_three').key).toBe(bind(HALF_PLUS_THREE).key);
    } finally {
      process.chdir(before);
    }
  });
});

describe('is refused where', () => {
  test('there is nothing', () => {
    expect(failure('no/such/model'))
      .toBe('[Stack] `artifact` does not exist, got: "DIR"; give the directory of a SavedModel, or one that holds SavedModels');
  });

  test.each<[string, string, Tree, string]>([
    ['it is the graph itself', 'm/saved_model.pb', { m: savedModel() }, 'is a file, not a directory'],
    ['it is a Keras file', 'm.keras', { 'm.keras': '' }, 'is a Keras file, not a SavedModel'],
    ['it is an archive', 'model.tar.gz', { 'model.tar.gz': '' }, 'is an archive, not a SavedModel'],
  ])('%s', (_, name, tree, message) => {
    expect(failure(path.join(temporaryDirectory(tree), name))).toContain(`[Stack] \`artifact\` ${message}, got: "DIR"; `);
  });

  test('there is no SavedModel, and shows what there is', () => {
    expect(failure(temporaryDirectory({ 'model.h5': '' }))).toMatch(new RegExp([
      '^\\[Stack\\] `artifact` has no saved_model\\.pb but model\\.h5, a Keras file, got: "DIR"; export the model as a SavedModel, with `.*`',
      '  found in DIR:',
      '    model\\.h5',
      '  expected:',
    ].join('\n')));
  });

  test('a SavedModel is damaged, and names its file', () => {
    const directory = temporaryDirectory({ m: { 1: { ...savedModel(), 'saved_model.pb': savedModel()['saved_model.pb'].subarray(0, 5000) } } });
    expect(failure(directory)).toMatch(/^\[Stack\] `artifact` cannot be served: DIR\/m\/1\/saved_model\.pb is damaged or cut off: .*, got: "DIR"; copy or export the model again$/);
  });

  test.each(['', 'my model', '-m', 'm/1', '.m', 'ä', 'a'.repeat(256), 'code'])('its name is to be %j', (name) => {
    const shown = JSON.stringify(name).slice(0, 200) + (name.length > 200 ? '...' : '');
    expect(failure(HALF_PLUS_THREE, { name })).toBe('[Stack] `artifact.name` must have from 1 to 255 letters, digits, dots, underscores and hyphens, '
      + `begin with a letter or digit, and not be "code", got: ${shown}`);
  });

  test('a name of 255 characters is taken', () => {
    expect(bind(HALF_PLUS_THREE, { name: 'a'.repeat(255) }).modelNames).toEqual(['a'.repeat(255)]);
  });

  test.each(['', '-1', '1.0', 'v1', '9223372036854775808', ' 1'])('its version is to be %j', (version) => {
    expect(failure(HALF_PLUS_THREE, { version }))
      .toBe(`[Stack] \`artifact.version\` must be a number in digits, from 0 to 9223372036854775807, got: ${JSON.stringify(version)}`);
  });

  test('name and version are both wrong, and says so', () => {
    expect(failure(HALF_PLUS_THREE, { name: '', version: '' })).toContain('[Stack] 2 values are invalid:\n  - `artifact.name` ');
  });

  test.each([
    ['several versions', path.join(MODELS, 'versions')],
    ['several models', MODELS],
  ])('a version is given for %s', (_, directory) => {
    expect(failure(directory, { version: '3' })).toContain('`artifact.version` needs one SavedModel, and DIR has several versions or models, got: "3"; '
      + 'leave it out, or give the directory of one of them');
  });

  test('a name is given for several models', () => {
    expect(failure(MODELS, { name: 'm' })).toBe('[Stack] `artifact` holds 9 models (census, cnn, dense, embedding, half_plus_three, lstm, multi, reviews, versions), got: "DIR"; '
      + 'leave out the name \'m\', or give the directory of one model');
  });

  test('the name of the only directory cannot be requested, and says how to give another', () => {
    const directory = path.join(temporaryDirectory({ 'my model': { 1: savedModel() } }), 'my model');
    expect(failure(directory)).toBe('[Stack] `artifact` has a model named "my model", and the name must have from 1 to 255 letters, digits, dots, underscores '
      + 'and hyphens, begin with a letter or digit, and not be "code", got: "DIR"; give another `name`');
    expect(bind(directory, { name: 'my-model' }).modelNames).toEqual(['my-model']);
  });

  test('the name of one of several directories cannot be requested', () => {
    expect(failure(temporaryDirectory({ 'm': { 1: savedModel() }, 'my model': { 1: savedModel() } })))
      .toContain('and not be "code", got: "DIR"; rename its directory');
  });

  test('a model is called code', () => {
    expect(failure(temporaryDirectory({ code: { 1: savedModel() } }))).toContain('`artifact` has a model named "code"');
  });

  test.each([
    ['beside the model', { m: { 1: savedModel() }, code: { 'inference.py': HANDLER } }, 'DIR/code/inference.py'],
    ['beside the versions', { m: { 1: savedModel(), code: { 'requirements.txt': '' } } }, 'DIR/m/code/requirements.txt'],
    ['in a version', { m: { 1: { ...savedModel(), code: { 'inference.py': HANDLER } } } }, 'DIR/m/1/code/inference.py'],
    ['in a version, without a directory', { m: { 1: { ...savedModel(), 'inference.py': HANDLER } } }, 'DIR/m/1/inference.py'],
  ])('there is code %s', (_, tree, file) => {
    expect(failure(temporaryDirectory(tree))).toBe(`[Stack] \`artifact\` has ${file}, which the container would not run from there, got: "DIR"; `
      + 'move it out of the model, and give its directory as `code` with InferenceCode.fromDirectory');
  });

  test('a link leaves it', () => {
    const outside = temporaryDirectory({ secret: '' });
    const directory = temporaryDirectory({ 1: { ...savedModel(), 'assets/more': new Link(path.join(outside, 'secret')) } });
    expect(failure(directory, { name: 'm' }))
      .toBe(`[Stack] \`artifact\` has a link that leaves it, DIR/1/assets/more -> ${outside}/secret, got: "DIR"; put the file itself there`);
  });

  test('the code is no code', () => {
    expect(() => provide(ModelArtifact.fromSavedModel(HALF_PLUS_THREE), newStack(), { code: InferenceCode.fromDirectory('nowhere') }))
      .toThrow('[Stack] `code` does not exist, got: "nowhere"');
  });
});

describe('the asset', () => {
  test('is packed once for all constructs, stacks and stages of an app', () => {
    const app = new App();
    const open = jest.spyOn(fs, 'openSync');
    const artifacts = ['A', 'B'].flatMap((id) => {
      const stack = new Stack(app, id);
      return ['Model1', 'Model2'].map((model) => provide(ModelArtifact.fromSavedModel(HALF_PLUS_THREE), new Construct(stack, model), {}));
    });
    expect(open.mock.calls.filter(([file]) => String(file).endsWith('.tmp'))).toHaveLength(1);
    open.mockRestore();
    expect(new Set(artifacts.map(({ key }) => key)).size).toBe(1);
    const assembly = app.synth();
    expect(fs.readdirSync(assembly.directory).filter((name) => name.startsWith('asset.'))).toEqual([`asset.${artifacts[0].key}`]);
    for (const id of ['A', 'B']) {
      const { files } = JSON.parse(fs.readFileSync(path.join(assembly.directory, `${id}.assets.json`), 'utf8'));
      expect(Object.keys(files).filter((name) => name.endsWith('.tar'))).toEqual([artifacts[0].key.replace(/\.gz$/, '')]);
    }
  });

  test('is the same for one scope that is given the artifact twice', () => {
    const scope = new Construct(newStack(), 'Model');
    const artifact = ModelArtifact.fromSavedModel(HALF_PLUS_THREE);
    expect(provide(artifact, scope, {}).key).toBe(provide(artifact, scope, {}).key);
    expect(scope.node.children).toHaveLength(1);
  });

  test('is left alone by the next synthesis, and written again where the model changed', () => {
    const outdir = temporaryDirectory();
    const directory = temporaryDirectory({ m: { 1: savedModel() } });
    const synthesize = () => {
      const stack = newStack(undefined, { outdir });
      const bound = bind(directory, undefined, stack);
      App.of(stack)!.synth();
      const { ino, mtimeMs } = fs.statSync(archiveOf(stack, bound));
      return { ino, mtimeMs, key: bound.key };
    };
    const first = synthesize();
    expect(synthesize()).toEqual(first);
    writeTree(directory, { 'm/1/assets/foo.txt': 'other' });
    expect(synthesize().key).not.toBe(first.key);
    expect(fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'))).toHaveLength(2);
  });

  test('leaves nothing half written', () => {
    const outdir = temporaryDirectory();
    const write = jest.spyOn(fs, 'writeSync').mockImplementation(() => { throw new Error('ENOSPC: no space left on device, write'); });
    try {
      expect(() => bind(HALF_PLUS_THREE, undefined, newStack(undefined, { outdir }))).toThrow('ENOSPC: no space left on device, write');
    } finally {
      write.mockRestore();
    }
    expect(fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'))).toEqual([]);
  });
});

test('a directory that is not set is an error', () => {
  expect(() => ModelArtifact.fromSavedModel(undefined as never)).toThrow('[ModelArtifact.fromSavedModel] `directory` must be a text, not undefined');
});
