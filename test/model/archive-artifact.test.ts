import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { InferenceCode, ModelArtifact } from '../../src';
import { blocksOf, filesOf, type MadeEntry, tarGzOf, unpacked, unpackedFiles } from '../support/archives';
import { type BoundArtifact, provide } from '../support/artifacts';
import { temporaryDirectory, type Tree } from '../support/disk';
import { MODELS, newStack } from '../support/synthesis';

const HANDLER = 'def handler(data, context):\n    return data.read(), "application/json"\n';
const MODEL: MadeEntry[] = filesOf({ 'm/1/saved_model.pb': 'graph', 'm/1/variables/variables.index': 'index' });

function archive(...entries: MadeEntry[]): string {
  return path.join(temporaryDirectory({ 'model.tar.gz': tarGzOf(...entries) }), 'model.tar.gz');
}

function bind(file: string, code?: Tree, stack = newStack()): BoundArtifact {
  return provide(ModelArtifact.fromArchive(file), stack, code !== undefined ? { code: InferenceCode.fromDirectory(temporaryDirectory(code)) } : {});
}

/** The file that would be uploaded. */
function uploaded(stack: Stack, bound: BoundArtifact): Buffer {
  const outdir = App.of(stack)!.assetOutdir;
  const manifest = JSON.parse(fs.readFileSync(path.join(App.of(stack)!.synth().directory, `${stack.artifactId}.assets.json`), 'utf8'));
  const [file] = Object.values<any>(manifest.files).filter(({ destinations }) => Object.values<any>(destinations)[0].objectKey === bound.key);
  return fs.readFileSync(path.resolve(outdir, file.source.path));
}

function failure(file: string, code?: Tree): string {
  try {
    bind(file, code);
  } catch (error) {
    return (error as Error).message.replaceAll(file, 'FILE');
  }
  throw new Error('it was taken');
}

describe('an archive as it is', () => {
  test('is uploaded byte by byte, under a key that ends in .tar.gz', () => {
    const stack = newStack();
    const file = archive(...MODEL);
    const bound = bind(file, undefined, stack);
    expect(bound).toMatchObject({
      compressed: true, modelNames: ['m'], hasInferenceCode: false, hasRequirements: false, needsNetwork: false,
    });
    expect(bound.key).toEqual(expect.stringMatching(/^[0-9a-f]{64}\.tar\.gz$/));
    expect(stack.resolve(bound.bucket.bucketName)).toBe('cdk-hnb659fds-assets-123456789012-us-east-1');
    expect(uploaded(stack, bound).equals(fs.readFileSync(file))).toBe(true);
  });

  test('has a hash of its bytes', () => {
    const file = archive(...MODEL);
    const hash = createHash('sha256').update(fs.readFileSync(file)).digest('hex');
    expect(bind(file).key).toBe(`${createHash('sha256').update(`archive 1 ${hash}`).digest('hex')}.tar.gz`);
    expect(bind(archive(...MODEL)).key).toBe(bind(file).key);
    expect(bind(archive(...MODEL, { path: 'README' })).key).not.toBe(bind(file).key);
  });

  test('is not copied where assets are not to be', () => {
    const stack = newStack(undefined, { context: { 'aws:cdk:disable-asset-staging': true } });
    const file = archive(...MODEL);
    const bound = bind(file, undefined, stack);
    const assembly = App.of(stack)!.synth();
    const manifest = JSON.parse(fs.readFileSync(path.join(assembly.directory, 'Stack.assets.json'), 'utf8'));
    expect(manifest.files[bound.key.replace(/\.gz$/, '')].source.path).toBe(file);
    expect(fs.readdirSync(assembly.directory).filter((name) => name.startsWith('asset.'))).toEqual([]);
  });

  test('may be given relative to the working directory, with capitals in its suffix', () => {
    const directory = temporaryDirectory({ 'model.TAR.GZ': tarGzOf(...MODEL) });
    const before = process.cwd();
    process.chdir(directory);
    try {
      expect(bind('model.TAR.GZ').key).toMatch(/^[0-9a-f]{64}\.tar\.gz$/);
    } finally {
      process.chdir(before);
    }
  });

  test.each([['tar', ['-czf']], ['tar --format=posix', ['--format=posix', '-czf']], ['tar --format=v7', ['--format=v7', '-czf']]])('may come from %s', (_, options) => {
    const file = path.join(temporaryDirectory(), 'model.tar.gz');
    execFileSync('tar', [...options, file, '-C', MODELS, 'half_plus_three', 'versions']);
    expect(bind(file).modelNames).toEqual(['half_plus_three', 'versions']);
  });
});

describe('the models in it', () => {
  test.each<[string, MadeEntry[], string[]]>([
    ['one', filesOf({ 'half_plus_three/00000123/saved_model.pb': 'x' }), ['half_plus_three']],
    ['versions at the root', filesOf({ '1/saved_model.pb': 'x', '2/saved_model.pb': 'x' }), ['model']],
    ['versions at the root, packed from a directory', [{ path: './', type: 'Directory' }, ...filesOf({ './1/saved_model.pb': 'x' })], ['model']],
    ['an export of an estimator', filesOf({ 'export/Servo/1612345678/saved_model.pb': 'x' }), ['Servo']],
    ['several', filesOf({ 'b/3/saved_model.pb': 'x', 'a/1/saved_model.pb': 'x', 'B/1/saved_model.pb': 'x' }), ['B', 'a', 'b']],
    ['one with a hidden version', filesOf({ 'm/1/saved_model.pb': 'x', 'm/.00000111/saved_model.pb': 'x' }), ['m']],
    ['one with files beside it', filesOf({ 'm/1/saved_model.pb': 'x', 'README': '', 'm/notes/saved_model.pb': '' }), ['m']],
    ['version 0', filesOf({ 'm/0/saved_model.pb': 'x' }), ['m']],
    ['the largest version', filesOf({ 'm/9223372036854775807/saved_model.pb': 'x' }), ['m']],
    ['one under a long path', filesOf({ [`${'d'.repeat(200)}/${'e'.repeat(99)}/m/1/saved_model.pb`]: 'x' }), ['m']],
    ['one that a link leads to', [...filesOf({ 'real/saved_model.pb': 'x' }), { path: 'm/1', type: 'SymbolicLink', linkpath: '../real' }], ['m']],
    ['one whose graph is a link', [...filesOf({ shared: 'x' }), { path: 'm/1/saved_model.pb', type: 'SymbolicLink', linkpath: '../../shared' }], ['m']],
    ['one whose graph has two names', [...filesOf({ shared: 'x' }), { path: 'm/1/saved_model.pb', type: 'Link', linkpath: 'shared' }], ['m']],
    ['one with a link that leads in circles', [...MODEL, { path: 'm/loop', type: 'SymbolicLink', linkpath: '..' }], ['m']],
    ['one with a link that leads nowhere', [...MODEL, { path: 'm/gone', type: 'SymbolicLink', linkpath: 'nothing' }, { path: 'm/self', type: 'SymbolicLink', linkpath: 'self' }], ['m']],
    ['one that was added again', [...filesOf({ 'm/1/saved_model.pb': '' }), ...MODEL], ['m']],
  ])('are named after their directories: %s', (_, entries, names) => {
    expect(bind(archive(...entries)).modelNames).toEqual(names);
  });
});

describe('the code in it', () => {
  test('is found', () => {
    expect(bind(archive(...MODEL, ...filesOf({ 'code/inference.py': HANDLER })))).toMatchObject({
      hasInferenceCode: true, hasRequirements: false, needsNetwork: false,
    });
    expect(bind(archive(...MODEL, ...filesOf({ './code/inference.py': HANDLER, './code/requirements.txt': 'numpy' })))).toMatchObject({
      hasInferenceCode: true, hasRequirements: true, needsNetwork: true,
    });
    expect(bind(archive(...MODEL, ...filesOf({ 'code/inference.py': HANDLER, 'code/lib/helpers.py': 'import boto3' })))).toMatchObject({
      hasInferenceCode: true, hasRequirements: false, needsNetwork: true,
    });
  });

  test('may be a link, which is not looked into', () => {
    expect(bind(archive(...MODEL, ...filesOf({ 'src/inference.py': '' }), { path: 'code/inference.py', type: 'SymbolicLink', linkpath: '../src/inference.py' })))
      .toMatchObject({ hasInferenceCode: true });
  });

  test('is warned of where handlers are never called', () => {
    const stack = newStack();
    bind(archive(...MODEL, ...filesOf({ 'code/inference.py': `${HANDLER}def input_handler(d, c): ...` })), undefined, stack);
    Annotations.fromStack(stack).hasWarning('/Stack', 'code/inference.py defines `handler`, so that the container does not call `input_handler`: '
      + 'define one or the other [ack: cdk-tensorflow-serving:handlerIgnored]');
  });
});

describe('with code', () => {
  const CODE: Tree = { 'inference.py': HANDLER, 'requirements.txt': 'numpy' };

  test('is packed again, with that code in the place of its own', () => {
    const stack = newStack();
    const file = archive(
      { path: './', type: 'Directory' },
      { path: './code', type: 'Directory' },
      ...filesOf({ './code/inference.py': 'old', './code/old.py': 'old' }),
      ...filesOf({ './m/1/saved_model.pb': 'graph', './m/1/empty': '' }),
      { path: './m/2', type: 'SymbolicLink', linkpath: '1' },
      { path: './m/1/again', type: 'Link', linkpath: './m/1/saved_model.pb' },
    );
    const bound = bind(file, CODE, stack);
    expect(bound).toMatchObject({ modelNames: ['m'], hasInferenceCode: true, hasRequirements: true, needsNetwork: true });
    const content = uploaded(stack, bound);
    expect([...unpacked(content)].map(([name, { type, link }]) => `${name} ${type} ${link ?? ''}`.trim())).toEqual([
      'm/1/saved_model.pb File', 'm/1/empty File', 'm/2 SymbolicLink 1', 'm/1/again Link m/1/saved_model.pb',
      'code/ Directory', 'code/inference.py File', 'code/requirements.txt File',
    ]);
    expect(unpackedFiles(content)).toEqual({
      'm/1/saved_model.pb': 'graph', 'm/1/empty': '', 'code/inference.py': HANDLER, 'code/requirements.txt': 'numpy',
    });
  });

  test('is the same again for the same archive and code, and another one for others', () => {
    const file = archive(...MODEL);
    const [a, b, c, d] = [bind(file, CODE), bind(archive(...MODEL), CODE), bind(file, { ...CODE, 'a.py': '' }), bind(archive(...MODEL, { path: 'x' }), CODE)];
    expect(b.key).toBe(a.key);
    expect(new Set([a.key, c.key, d.key, bind(file).key]).size).toBe(4);
  });

  test('does not mind what is wrong with the code that is replaced', () => {
    expect(bind(archive(...MODEL, ...filesOf({
      'code/requirements.txt': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n', 'code/lib/a': '', 'export/code/inference.py': '', 'inference.py': '',
    })), CODE).hasInferenceCode).toBe(true);
  });

  test('keeps long names', () => {
    const stack = newStack();
    const long = `m/1/assets/${'d'.repeat(200)}/${'f'.repeat(200)}`;
    expect(unpackedFiles(uploaded(stack, bind(archive(...MODEL, ...filesOf({ [long]: 'x' })), CODE, stack)))).toMatchObject({ [long]: 'x' });
  });

  test('refuses links into the code that is replaced', () => {
    expect(failure(archive(...MODEL, ...filesOf({ 'code/vocabulary.txt': 'x' }), { path: 'm/1/assets/v', type: 'SymbolicLink', linkpath: '../../../code/vocabulary.txt' }), CODE))
      .toBe('[Stack] `artifact` has a link into the code that is replaced, m/1/assets/v -> ../../../code/vocabulary.txt, got: "FILE"; '
        + 'pack the file itself, as with `tar -h`');
    expect(failure(archive(...filesOf({ 'code/a': 'x' }), ...MODEL, { path: 'm/1/a', type: 'Link', linkpath: 'code/a' }), CODE))
      .toBe('[Stack] `artifact` has a link into the code that is replaced, m/1/a -> code/a, got: "FILE"; pack the file itself, as with `tar -h`');
  });

  test('names what is wrong with the code first', () => {
    expect(failure(archive(...MODEL), { 'a.txt': '' })).toContain('[Stack] `code` must hold inference.py at its root');
  });
});

describe('is refused where', () => {
  test('there is no such file', () => {
    expect(() => bind('no/model.tar.gz')).toThrow(new Error(`[Stack] \`artifact\` does not exist, got: "no/model.tar.gz"; there is no ${path.resolve('no/model.tar.gz')}`));
  });

  test('it is a directory', () => {
    const directory = temporaryDirectory();
    expect(failure(directory)).toBe('[Stack] `artifact` must be an archive, not a directory, got: "FILE"; give a directory to ModelArtifact.fromSavedModel');
  });

  test.each(['model.tgz', 'model.gz', 'model.tar', 'model.zip', 'model'])('it is called %s', (name) => {
    const file = path.join(temporaryDirectory({ [name]: tarGzOf(...MODEL) }), name);
    expect(failure(file)).toBe('[Stack] `artifact` must end in .tar.gz, which SageMaker asks for, got: "FILE"; '
      + 'rename it if it is a tar archive compressed with gzip');
  });

  test.each<[string, Uint8Array | string, string]>([
    ['it is empty', '', 'is an empty file, got: "FILE"; pack the model again'],
    ['it is a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n',
      'is only the Git LFS pointer of the archive, got: "FILE"; run `git lfs pull`'],
    ['it is a zip file', 'PK\x03\x04',
      'is a zip file, which SageMaker does not unpack, got: "FILE"; unpack it and give the directory to ModelArtifact.fromSavedModel'],
    ['it is not compressed', zlib.gunzipSync(tarGzOf(...MODEL)), 'is a tar archive that is not compressed, got: "FILE"; compress it with gzip'],
    ['it is cut off', tarGzOf(...MODEL).subarray(0, -9), 'is cut off: its compressed data ends too soon, got: "FILE"; copy or pack it again'],
    ['it is no archive', zlib.gzipSync('text'), 'is compressed with gzip, but holds no tar archive, got: "FILE"; pack the model with `tar -czf`'],
    ['the archive in it is cut off', zlib.gzipSync(zlib.gunzipSync(tarGzOf(...filesOf({ 'm/1/saved_model.pb': 'x'.repeat(9999) }))).subarray(0, 5000)),
      'is cut off after m/1/saved_model.pb, got: "FILE"; copy or pack it again'],
    ['there is another archive behind it', zlib.gzipSync(Buffer.concat([zlib.gunzipSync(tarGzOf(...MODEL)), ...blocksOf({ path: 'x' })])),
      'has entries behind its end after m/1/variables/variables.index, which are not unpacked, got: "FILE"; pack it as one archive, not several one after the other'],
  ])('%s', (_, content, message) => {
    expect(failure(path.join(temporaryDirectory({ 'model.tar.gz': content }), 'model.tar.gz'))).toBe(`[Stack] \`artifact\` ${message}`);
  });

  test.each<[string, MadeEntry[], string]>([
    ['there is nothing in it but a directory', [{ path: 'm/', type: 'Directory' }],
      'has no saved_model.pb, but nothing, got: "FILE"; put it into a directory that is named by its version, as in my_model/1/saved_model.pb'],
    ['there is no model in it', filesOf({ a: '', b: '', c: '', d: '', e: '', f: '', g: '' }),
      'has no saved_model.pb, but a, b, c, d, e and 2 more, got: "FILE"; put it into a directory that is named by its version, as in my_model/1/saved_model.pb'],
    ['the model is at the root', filesOf({ 'saved_model.pb': 'x' }),
      'has no version of a model, and saved_model.pb where the container does not look, got: "FILE"; '
      + 'put it into a directory that is named by its version, as in my_model/1/saved_model.pb'],
    ['the version is no number', filesOf({ 'm/v1/saved_model.pb': 'x' }),
      'has no version of a model, and m/v1/saved_model.pb where the container does not look, got: "FILE"; '
      + 'put it into a directory that is named by its version, as in my_model/1/saved_model.pb'],
    ['the model is a Keras file', filesOf({ '1/model.keras': 'x' }),
      'has no saved_model.pb, but 1/model.keras, which the container does not load, got: "FILE"; export the model as a SavedModel, and pack that'],
    ['the model is a text', filesOf({ 'm/1/saved_model.pbtxt': 'x' }),
      'has no saved_model.pb, but m/1/saved_model.pbtxt, which the container does not load, got: "FILE"; export the model as a SavedModel, and pack that'],
    ['two models have one name', filesOf({ 'x/m/1/saved_model.pb': 'x', 'y/m/2/saved_model.pb': 'x' }),
      'has two models named m, x/m/ and y/m/, got: "FILE"; rename one of the directories: the container names a model after its directory'],
    ['a model has the name of the one at the root', filesOf({ '1/saved_model.pb': 'x', 'model/1/saved_model.pb': 'x' }),
      'has two models named model, the one at the root and model/, got: "FILE"; rename one of the directories: the container names a model after its directory'],
    ['a version is there twice', filesOf({ 'm/1/saved_model.pb': 'x', 'm/001/saved_model.pb': 'x' }),
      'has the version 1 of m twice, got: "FILE"; remove or rename m/1'],
    ['a version is too large', filesOf({ 'm/9223372036854775808/saved_model.pb': 'x' }),
      'has a version above 9223372036854775807, m/9223372036854775808, got: "FILE"; give it a smaller number'],
    ['a version is empty', [...MODEL, { path: 'm/2/', type: 'Directory' }],
      'has no saved_model.pb in m/2, beside other versions, got: "FILE"; remove that directory'],
    ['a graph is empty', filesOf({ 'm/1/saved_model.pb': '' }), 'has an empty m/1/saved_model.pb, got: "FILE"; export the model again'],
    ['a name cannot be requested', filesOf({ 'my model/1/saved_model.pb': 'x' }),
      'has a model named "my model", and the name must have from 1 to 255 letters, digits, dots, underscores and hyphens, begin with a letter or digit, '
      + 'and not be "code", got: "FILE"; rename its directory'],
    ['a file is a pointer', [...MODEL, ...filesOf({ 'm/1/variables/variables.data-00000-of-00001': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n' })],
      'has only the Git LFS pointer of m/1/variables/variables.data-00000-of-00001, got: "FILE"; run `git lfs pull` and pack it again'],
    ['the code is one directory deeper', [...MODEL, ...filesOf({ 'export/code/inference.py': HANDLER })],
      'has export/code/inference.py where the container does not look, got: "FILE"; move export/code/ to code/ at the root'],
    ['the code is at the root', [...MODEL, ...filesOf({ 'inference.py': HANDLER })],
      'has inference.py where the container does not look, got: "FILE"; move it to code/inference.py'],
    ['there are requirements only', [...MODEL, ...filesOf({ 'code/requirements.txt': 'numpy' })],
      'must hold code/inference.py: with packages alone the container stops converting CSV, JSON Lines and bare lists for TensorFlow Serving, got: "FILE"; '
      + 'add inference.py, or leave out the packages'],
    ['the script has another name', [...MODEL, ...filesOf({ 'code/serve.py': HANDLER })],
      'must hold code/inference.py, the only name that the container looks for, got: "FILE"; rename code/serve.py to inference.py'],
    ['the script is too deep', [...MODEL, ...filesOf({ 'code/src/inference.py': HANDLER })],
      'must hold code/inference.py, and has it only as code/src/inference.py, got: "FILE"; move it to code/inference.py'],
    ['there is no handler', [...MODEL, ...filesOf({ 'code/inference.py': 'x = 1' })],
      'must define `handler`, or both `input_handler` and `output_handler`, in code/inference.py, got: "FILE"; the container calls no others'],
    ['there are requirements and lib/', [...MODEL, ...filesOf({ 'code/inference.py': HANDLER, 'code/requirements.txt': '', 'code/lib/a': '' })],
      'has both code/requirements.txt and code/lib/, and the container ignores the requirements then, got: "FILE"; give the packages in one of the two ways'],
    ['there is a code/ in the code', [...MODEL, ...filesOf({ 'code/inference.py': HANDLER, 'code/code/inference.py': HANDLER })],
      'has a directory code/code/, and it becomes code/code/, where the container does not look, got: "FILE"; move what is in it one up'],
    ['there is a model in the code', [...MODEL, ...filesOf({ 'code/inference.py': HANDLER, 'code/m/1/saved_model.pb': 'x' })],
      'has code/m/1/saved_model.pb, which the container would serve as a model, got: "FILE"; put the model into the artifact, outside of the code'],
    ['a path is absolute', [...MODEL, { path: '/etc/passwd' }],
      'has an entry with an absolute path, /etc/passwd, got: "FILE"; pack it with paths relative to the model, as with `tar -C`'],
    ['a path leaves it', [...MODEL, { path: '../x' }],
      'has an entry that leaves the archive, ../x, got: "FILE"; pack it with paths relative to the model, as with `tar -C`'],
    ['a path leaves it in an extended header', [...MODEL, { path: 'x', pax: { path: 'm/../../x' } }],
      'has an entry that leaves the archive, m/../../x, got: "FILE"; pack it with paths relative to the model, as with `tar -C`'],
    ['a link leaves it', [...MODEL, { path: 'm/x', type: 'SymbolicLink', linkpath: '../../x' }],
      'has a link that leaves it, m/x -> ../../x, got: "FILE"; pack the file itself, as with `tar -h`'],
    ['a link is absolute', [...MODEL, { path: 'm/x', type: 'SymbolicLink', linkpath: '/m/1' }],
      'has a link that leaves it, m/x -> /m/1, got: "FILE"; pack the file itself, as with `tar -h`'],
    ['a link leaves it in an extended header', [...MODEL, { path: 'm/x', type: 'SymbolicLink', linkpath: '1', pax: { linkpath: '/etc' } }],
      'has a link that leaves it, m/x -> /etc, got: "FILE"; pack the file itself, as with `tar -h`'],
    ['a link leads to a file that is not there before', [{ path: 'a', type: 'Link', linkpath: 'm/1/saved_model.pb' }, ...MODEL],
      'has a link to a file that is not in it before, a -> m/1/saved_model.pb, got: "FILE"; pack the file itself'],
    ['a link leads to a file outside', [...MODEL, { path: 'a', type: 'Link', linkpath: '/etc/passwd' }],
      'has a link to a file that is not in it before, a -> /etc/passwd, got: "FILE"; pack the file itself'],
    ['a file goes through a link', [...MODEL, { path: 'x', type: 'SymbolicLink', linkpath: 'm' }, { path: 'x/y' }],
      'has x/y below x, which is no directory, got: "FILE"; pack it again'],
    ['a file becomes a directory', [...MODEL, { path: 'x' }, { path: 'x/', type: 'Directory' }],
      'has x twice, once as a directory, got: "FILE"; pack it again'],
    ['a directory becomes a file', [...MODEL, { path: 'x/', type: 'Directory' }, { path: 'x' }],
      'has x twice, once as a directory, got: "FILE"; pack it again'],
    ['there is a device in it', [...MODEL, { path: 'dev', type: 'CharacterDevice' }], 'has a device, dev, got: "FILE"; pack only files, directories and links'],
  ])('%s', (_, entries, message) => {
    expect(failure(archive(...entries))).toBe(`[Stack] \`artifact\` ${message}`);
  });

  test('several things are wrong, and says them all', () => {
    expect(failure(archive(...filesOf({ 'm/saved_model.pb': 'x', 'code/inference.py': 'x = 1', 'code/lib/requirements.txt': '' })))).toBe([
      '[Stack] 3 values are invalid:',
      '  - `artifact` has no version of a model, and m/saved_model.pb where the container does not look, got: "FILE"; '
      + 'put it into a directory that is named by its version, as in my_model/1/saved_model.pb',
      '  - `artifact` must define `handler`, or both `input_handler` and `output_handler`, in code/inference.py, got: "FILE"; the container calls no others',
      '  - `artifact` has code/lib/requirements.txt, which the container does not install, got: "FILE"; move it to code/requirements.txt and leave out lib/',
    ].join('\n'));
  });

  test('it changes while it is copied', () => {
    const file = archive(...MODEL);
    const other = tarGzOf(...MODEL, { path: 'x' });
    const real = fs.openSync;
    const open = jest.spyOn(fs, 'openSync').mockImplementation(((...given: Parameters<typeof fs.openSync>) => {
      if (String(given[0]).endsWith('.tmp')) {
        fs.writeFileSync(file, other);
      }
      return real(...given);
    }) as typeof fs.openSync);
    try {
      expect(failure(file)).toBe('[Stack] `artifact` changed while it was packed, got: "FILE"; try again once nothing writes to it');
    } finally {
      open.mockRestore();
    }
  });
});

test('whatever is damaged in an archive, there is a clear error or a model', () => {
  const whole = tarGzOf(...MODEL, ...filesOf({ 'code/inference.py': HANDLER }));
  const tar = zlib.gunzipSync(whole);
  const file = path.join(temporaryDirectory(), 'model.tar.gz');
  const stack = newStack();
  let runs = 0;
  const changes = fc.array(fc.record({ position: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 3 });
  const damaged = fc.record({ inside: fc.boolean(), changes, cut: fc.option(fc.nat()) });
  fc.assert(fc.property(damaged, ({ inside, changes: made, cut }) => {
    const bytes = Buffer.from(inside ? tar : whole);
    made.forEach(({ position, byte }) => { bytes[position % bytes.length] = byte; });
    const content = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
    fs.writeFileSync(file, inside ? zlib.gzipSync(content) : content);
    try {
      expect(provide(ModelArtifact.fromArchive(file), new Construct(stack, `Model${runs++}`), {}).modelNames?.length).toBeGreaterThan(0);
    } catch (error) {
      expect((error as Error).message).toMatch(/^\[Stack\/Model\d+\] (`artifact` |\d+ values are invalid:\n)/);
    }
  }), { numRuns: 300 });
});

test('two archives may be given to one construct', () => {
  const stack = newStack();
  const scope = new Construct(stack, 'Model');
  const [a, b] = [archive(...MODEL), archive(...MODEL, { path: 'x' })].map((file) => provide(ModelArtifact.fromArchive(file), scope, {}));
  expect(a.key).not.toBe(b.key);
});

test('a file that is not set is an error', () => {
  expect(() => ModelArtifact.fromArchive(undefined as never)).toThrow('[ModelArtifact.fromArchive] `file` must be a text, not undefined');
});

test('an archive is not read for commands that need no assets', () => {
  const stack = newStack(undefined, { context: { 'aws:cdk:bundling-stacks': [] } });
  const file = path.join(temporaryDirectory({ 'model.tar.gz': 'no archive' }), 'model.tar.gz');
  expect(bind(file, undefined, stack).modelNames).toBeUndefined();
});

test('an archive of a stack that is left out is read for the stack that uses it', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': ['Endpoints'] } });
  const [models, endpoints] = [new Stack(app, 'Models'), new Stack(app, 'Endpoints')];
  const { modelNames, provideIn } = ModelArtifact.fromArchive(archive(...MODEL))._check(models, {});
  expect(modelNames).toEqual(['m']);
  expect(endpoints.resolve(provideIn(endpoints).key)).toMatch(/^[0-9a-f]{64}\.tar\.gz$/);
});
