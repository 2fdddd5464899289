import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { field, integerField, makeTree, MODELS, savedModelErrorOf, SMALL_MODEL, temporaryDirectory } from './support';
import { readSavedModel, SavedModelError } from '../../src/saved-model';

const ANSWERS = path.join(__dirname, '..', 'fixtures', 'answers');
const SAVE = 'export the model as a SavedModel, with `tf.saved_model.save(model, directory)`';

const root = temporaryDirectory();
let copies = 0;

/** A copy of a model whose files may be changed. */
function copyOf(model: string): string {
  const copy = path.join(root, `copy-${copies++}`);
  fs.cpSync(model, copy, { recursive: true });
  return copy;
}

/** A copy of the small model whose `saved_model.pb` is something else. */
function modelWith(content: string | Uint8Array): string {
  const copy = copyOf(SMALL_MODEL);
  fs.writeFileSync(path.join(copy, 'saved_model.pb'), content);
  return copy;
}

function messageFor(directory: string): string {
  return savedModelErrorOf(() => readSavedModel(directory)).message;
}

interface Answers {
  readonly model: string;
  readonly version: string;
  readonly tensorflow_version: string;
  readonly tags: string[];
  readonly signatures: Record<string, {
    method: string;
    inputs: Record<string, AnswerTensor>;
    outputs: Record<string, AnswerTensor>;
    features?: Record<string, AnswerFeature>;
  }>;
  readonly entries: Array<{ name: string; dtype: string; shape: number[]; bytes: number }>;
  readonly assets: string[];
  readonly ops: string[];
}

interface AnswerTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: number[] | null;
}

interface AnswerFeature {
  readonly kind: string;
  readonly dtype: string;
  readonly shape: number[] | null;
  readonly isRequired: boolean;
}

describe('a SavedModel reads as TensorFlow itself reads it:', () => {
  test.each(fs.readdirSync(ANSWERS))('%s', (file) => {
    const answers: Answers = JSON.parse(fs.readFileSync(path.join(ANSWERS, file), 'utf8'));
    const directory = path.join(MODELS, answers.model, answers.version);

    const tensors = (infos: Record<string, AnswerTensor>) => Object.entries(infos)
      .map(([name, info]) => ({ name, dtype: info.dtype, shape: info.shape, tensorName: info.name }));
    const { __saved_model_init_op: _, ...signatures } = answers.signatures;
    const serving = {
      tags: answers.tags,
      tensorFlowVersion: answers.tensorflow_version,
      signatures: Object.entries(signatures).map(([name, { method, inputs, outputs, features }]) => ({
        name,
        method,
        inputs: tensors(inputs),
        outputs: tensors(outputs),
        ...features !== undefined ? { features: Object.entries(features).map(([feature, spec]) => ({ name: feature, ...spec })) } : {},
      })),
      assets: answers.assets,
      operations: answers.ops,
    };
    const variables = answers.entries.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }))
      .filter(({ name }) => name !== '_CHECKPOINTABLE_OBJECT_GRAPH');
    expect(readSavedModel(directory)).toEqual({
      path: directory,
      schemaVersion: 1,
      serving,
      metaGraphs: [serving],
      variables,
      variableBytes: variables.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  });

  test('there are models to compare, with what TensorFlow keeps for itself and without, with features and without', () => {
    const all: Answers[] = fs.readdirSync(ANSWERS).map((file) => JSON.parse(fs.readFileSync(path.join(ANSWERS, file), 'utf8')));
    expect(all.length).toBeGreaterThan(5);
    expect(new Set(all.map(({ entries }) => entries[0].name === '_CHECKPOINTABLE_OBJECT_GRAPH'))).toEqual(new Set([true, false]));
    expect(new Set(all.map(({ signatures }) => signatures.__saved_model_init_op?.method))).toEqual(new Set(['', undefined]));
    const kinds = all.flatMap(({ signatures }) => Object.values(signatures))
      .flatMap(({ features }) => features !== undefined ? Object.values(features) : [undefined]);
    expect(new Set(kinds.map((feature) => feature?.kind))).toEqual(new Set(['dense', 'sparse', 'ragged', undefined]));
  });
});

/** A meta graph with tags, a signature, and no variables. */
function metaGraph(...tags: string[]): Buffer {
  return field(2, field(1, ...tags.map((tag) => field(4, tag))), field(5, field(1, tags.join('-'))));
}

describe('the meta graph that is served', () => {
  test.each<[string, string[][], number]>([
    ['is the one for serving among others', [['train'], ['serve']], 1],
    ['has no other tags', [['serve', 'gpu'], ['serve']], 1],
    ['is the first of several', [['serve'], ['serve']], 0],
    ['may have its tag twice', [['serve', 'serve']], 0],
  ])('%s', (_, tagSets, index) => {
    const { serving, metaGraphs } = readSavedModel(modelWith(Buffer.concat([integerField(1, 1), ...tagSets.map((tags) => metaGraph(...tags))])));
    expect(serving).toBe(metaGraphs[index]);
    expect(metaGraphs).toHaveLength(tagSets.length);
  });

  test.each<[string[][], string]>([
    [[['train']], '{train}'],
    [[['serve', 'gpu'], ['eval']], '{gpu, serve}, {eval}'],
    [[[]], '{}'],
  ])('is missing among %j', (tagSets, shown) => {
    const directory = modelWith(Buffer.concat(tagSets.map((tags) => metaGraph(...tags))));
    expect(messageFor(directory)).toBe(
      `${directory}/saved_model.pb has no meta graph with the tag {serve} alone, which TensorFlow Serving loads, but ${shown}; export the model for serving`);
  });
});

test('a model without variables needs no checkpoint', () => {
  const directory = path.join(root, 'without-variables');
  makeTree(directory, 'saved_model.pb');
  fs.writeFileSync(path.join(directory, 'saved_model.pb'), metaGraph('serve'));
  expect(readSavedModel(directory)).toMatchObject({ schemaVersion: 0, variables: [], variableBytes: 0 });
});

describe('a path is refused that', () => {
  test('does not exist', () => {
    expect(messageFor(`${root}/nothing`)).toBe(`${root}/nothing does not exist; give the directory of a SavedModel`);
  });

  test('is empty', () => {
    expect(messageFor('')).toBe('"" does not exist; give the directory of a SavedModel');
  });

  test('no file can have', () => {
    expect(messageFor('a\0b')).toBe('a\0b cannot be read (ERR_INVALID_ARG_VALUE); make it readable for the user who runs this');
  });

  test.each([
    ['saved_model.pb', 'is a file, not a directory', `give the directory that it is in, ${root}/files`],
    ['model.tar.gz', 'is an archive, not a SavedModel', 'give an archive to `ModelArtifact.fromArchive`, or unpack it and give the directory'],
    ['model.h5', 'is a Keras file, not a SavedModel',
      'export the model as a SavedModel, with `keras.models.load_model(file).export(directory)`'],
    ['model.txt', 'is a file, not a directory', 'give the directory of a SavedModel'],
  ])('is the file %s', (name, problem, remedy) => {
    makeTree(root, `files/${name}`);
    expect(messageFor(`${root}/files/${name}`)).toBe(`${root}/files/${name} ${problem}; ${remedy}`);
  });

  test.each<[string, string[], string, string]>([
    ['nothing', [], 'is empty', 'give the directory of a SavedModel'],
    ['a SavedModel in text form', ['saved_model.pbtxt', 'variables/variables.index'],
      'has no saved_model.pb but saved_model.pbtxt, a SavedModel in text form, which the container ignores', 'write it in binary form, with `as_text=False`'],
    ['a Keras file', ['model.keras'], 'has no saved_model.pb but model.keras, a Keras file',
      'export the model as a SavedModel, with `keras.models.load_model(file).export(directory)`'],
    ['a model for TensorFlow Lite', ['m.tflite'], 'has no saved_model.pb but m.tflite, a model for TensorFlow Lite',
      'export the model that it was converted from as a SavedModel, with `tf.saved_model.save(model, directory)`'],
    ['a SessionBundle', ['export.meta', 'checkpoint'], 'has no saved_model.pb but export.meta, a SessionBundle, the format before SavedModel', SAVE],
    ['an archive', ['model.tar.gz'], 'has no saved_model.pb but model.tar.gz, an archive',
      'give an archive to `ModelArtifact.fromArchive`, or unpack it and give the directory'],
    ['variables alone', ['variables/variables.index'], 'has no saved_model.pb but variables/, a part of a SavedModel', 'copy the whole SavedModel'],
    ['versions', ['1/saved_model.pb', '002/saved_model.pb', '3/', 'x/'], 'is not a SavedModel but holds versions of one (002, 1)',
      'give the directory of a version'],
    ['something else', ['b.txt', 'a/'], 'has no saved_model.pb but a/, b.txt', 'give the directory of a SavedModel'],
    ['much else', Array.from({ length: 14 }, (_, index) => `${10 + index}.txt`),
      `has no saved_model.pb but ${Array.from({ length: 12 }, (_, index) => `${10 + index}.txt`).join(', ')} and 2 more`,
      'give the directory of a SavedModel'],
  ])('holds %s', (what, files, problem, remedy) => {
    const directory = path.join(root, `holds ${what}`);
    fs.mkdirSync(directory);
    makeTree(directory, ...files);
    expect(messageFor(directory)).toBe(`${directory} ${problem}; ${remedy}`);
  });
});

describe('saved_model.pb is refused that is', () => {
  const good = fs.readFileSync(path.join(SMALL_MODEL, 'saved_model.pb'));

  test.each<[string, string | Uint8Array, string, string]>([
    ['empty', '', 'is empty', 'copy or export the model again'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n', 'is a Git LFS pointer, not the file itself',
      'fetch the file with `git lfs pull`'],
    ['text', 'saved_model_schema_version: 1', 'is text, not a protocol buffer', SAVE],
    ['JSON', '{"metaGraphs": []}', 'is JSON, not a protocol buffer', SAVE],
    ['a frozen graph', field(1, field(1, 'x'), field(2, 'Const')), 'is not a SavedModel but looks like a frozen graph', SAVE],
    ['cut off', good.subarray(0, 6000), 'is damaged or cut off: a length of 12493 bytes runs past the end, 5995 bytes away (byte 5)',
      'copy or export the model again'],
    ['without meta graphs', integerField(1, 1), 'has no meta graph', 'copy or export the model again'],
    ['no SavedModel at all', Buffer.from([8, 1, 19]), 'is damaged or cut off: field SavedModel.metaGraphs has wire type 3, not 2 (byte 3)',
      'copy or export the model again'],
    ['wrong deep within', field(2, field(2, field(1, field(1, Buffer.from([0xff]))))), 'is damaged or cut off: a text is not UTF-8 (byte 9)',
      'copy or export the model again'],
  ])('%s', (_, content, problem, remedy) => {
    const directory = modelWith(content);
    expect(messageFor(directory)).toBe(`${directory}/saved_model.pb ${problem}; ${remedy}`);
  });

  test('a directory', () => {
    const directory = path.join(root, 'directory-as-file');
    makeTree(directory, 'saved_model.pb/');
    expect(messageFor(directory)).toBe(`${directory}/saved_model.pb is a directory, not a file; copy or export the model again`);
  });

  test.each([
    ['to nothing', 'nowhere', 'is a link to nothing; fetch or copy the file that it stands for'],
    ['to itself', 'saved_model.pb', 'cannot be read (ELOOP); make it readable for the user who runs this'],
  ])('a link %s', (_, target, message) => {
    const directory = path.join(root, `linked-to-${target}`);
    fs.mkdirSync(directory);
    fs.symlinkSync(target, path.join(directory, 'saved_model.pb'));
    expect(messageFor(directory)).toBe(`${directory}/saved_model.pb ${message}`);
  });

  test('larger than a protocol buffer may be', () => {
    const directory = modelWith('');
    fs.truncateSync(path.join(directory, 'saved_model.pb'), 2 ** 31);
    expect(messageFor(directory)).toBe(`${directory}/saved_model.pb has 2147483648 bytes, more than a protocol buffer may have (2147483647); copy or export the model again`);
  });

  test('cut off anywhere', () => {
    const directory = modelWith(good);
    fc.assert(fc.property(fc.integer({ min: 1, max: good.length - 1 }), (length) => {
      fs.writeFileSync(path.join(directory, 'saved_model.pb'), good.subarray(0, length));
      expect(savedModelErrorOf(() => readSavedModel(directory)).path).toBe(path.join(directory, 'saved_model.pb'));
    }));
  });
});

describe('assets', () => {
  const WITH_ASSET = path.join(MODELS, 'embedding', '1');

  test('must be there', () => {
    const directory = copyOf(WITH_ASSET);
    fs.rmSync(path.join(directory, 'assets', 'words.txt'));
    expect(messageFor(directory)).toBe(`${directory}/assets/words.txt is not there, but the graph needs this asset; copy the whole SavedModel`);
  });

  test.each(['', '../words.txt', 'a/../../b', '..\\b', 'a\0b'])('named %j are refused', (name) => {
    const directory = modelWith(field(2, field(1, field(4, 'serve')), field(6, field(2, name))));
    expect(messageFor(directory)).toBe(`${directory}/saved_model.pb names an asset outside of \`assets\`: ${JSON.stringify(name)}; export the model again`);
  });

  test('of a graph that is not served may be missing', () => {
    const directory = modelWith(Buffer.concat([metaGraph('serve'), field(2, field(1, field(4, 'train')), field(6, field(2, 'words.txt')))]));
    expect(readSavedModel(directory).metaGraphs[1].assets).toEqual(['words.txt']);
  });
});

describe('whatever is done to the files of a model, it is read or told to be damaged:', () => {
  const models = ['half_plus_three/00000123', 'multi/1', 'embedding/1', 'versions/1', 'census/1', 'reviews/1'].map((model) => path.join(MODELS, model));
  const mutations = fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 8 });
  const files = ['saved_model.pb', path.join('variables', 'variables.index')];

  test.each(models.flatMap((model) => files.map((file) => [path.relative(MODELS, model), file, model])))('%s %s', (_name, file, model) => {
    const directory = copyOf(model);
    const good = fs.readFileSync(path.join(directory, file));
    const content = fc.oneof(
      mutations.map((changes) => {
        const bytes = Buffer.from(good);
        changes.forEach(([at, value]) => bytes.set([value], Math.floor(at * bytes.length)));
        return bytes;
      }),
      fc.nat(good.length).map((length) => good.subarray(0, length)),
      fc.nat(good.length).map((length) => good.subarray(length)),
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(good.length), fc.uint8Array({ maxLength: 40 }))
        .map(([at, extra]) => Buffer.concat([good.subarray(0, at), extra, good.subarray(at)])),
    );
    fc.assert(fc.property(content, (bytes) => {
      fs.writeFileSync(path.join(directory, file), bytes);
      try {
        expect(readSavedModel(directory).path).toBe(directory);
      } catch (error) {
        expect(error).toBeInstanceOf(SavedModelError);
        expect((error as SavedModelError).remedy).not.toBe('');
      }
    }), { numRuns: 150 });
  });
});
