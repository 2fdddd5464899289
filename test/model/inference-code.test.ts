import fs from 'node:fs';
import * as path from 'node:path';
import { Annotations } from 'aws-cdk-lib/assertions';
import { InferenceCode } from '../../src';
import type { BoundInferenceCode } from '../../src/model/inference-code';
import { Link, temporaryDirectory, type Tree, writeTree } from '../support/disk';
import { newStack } from '../support/synthesis';

const HANDLER = 'def handler(data, context):\n    return data.read(), "application/json"\n';
const PAIR = 'def input_handler(data, context):\n    return data\n\ndef output_handler(response, context):\n    return response.content, "text/csv"\n';

function bind(tree: Tree): BoundInferenceCode {
  return InferenceCode.fromDirectory(temporaryDirectory(tree))._bind(newStack());
}

function failure(tree: Tree): string {
  const directory = temporaryDirectory(tree);
  try {
    InferenceCode.fromDirectory(directory)._bind(newStack());
  } catch (error) {
    return (error as Error).message.replaceAll(directory, 'DIR');
  }
  throw new Error('it was taken');
}

test('takes a handler', () => {
  const bound = bind({ 'inference.py': HANDLER });
  expect(bound.files.map((file) => file.path)).toEqual(['code/inference.py']);
  expect(bound).toMatchObject({ hasRequirements: false, needsNetwork: false });
});

test('takes a pair of handlers, packages and further files', () => {
  expect(bind({ 'inference.py': PAIR, 'helpers': { '__init__.py': '' }, 'lib': { pkg: { '__init__.py': '' } } }).files.map((file) => file.path)).toEqual([
    'code/helpers/__init__.py', 'code/inference.py', 'code/lib/pkg/__init__.py',
  ]);
});

test.each([
  ['imported', 'from handlers import handler'],
  ['assigned', 'handler = make()'],
  ['asynchronous', 'async def handler(data, context): ...'],
  ['possibly imported', 'from handlers import *'],
  ['imported as a pair', 'from handlers import (input_handler,\n  output_handler)'],
])('takes handlers that are %s', (_, source) => {
  expect(bind({ 'inference.py': source }).files).toHaveLength(1);
});

test('leaves out what Python and systems leave behind', () => {
  expect(bind({ 'inference.py': HANDLER, '__pycache__': { 'inference.cpython-311.pyc': '' }, '.DS_Store': '' }).files).toHaveLength(1);
});

test('an empty lib/ is as good as none', () => {
  expect(bind({ 'inference.py': HANDLER, 'requirements.txt': 'numpy', 'lib': { __pycache__: {} } }).hasRequirements).toBe(true);
});

test('a package named code is a package', () => {
  expect(bind({ 'inference.py': HANDLER, 'code': { '__init__.py': '' } }).files).toHaveLength(2);
});

test('code may be far below a directory named code', () => {
  const directory = temporaryDirectory({ code: { 'inference.py': HANDLER } });
  expect(InferenceCode.fromDirectory(path.join(directory, 'code'))._bind(newStack()).files.map((file) => file.path)).toEqual(['code/inference.py']);
});

test('a relative path starts at the working directory', () => {
  const directory = temporaryDirectory({ inference: { 'inference.py': HANDLER } });
  const before = process.cwd();
  process.chdir(directory);
  try {
    expect(InferenceCode.fromDirectory('inference')._bind(newStack()).files[0].source).toBe(path.join(directory, 'inference', 'inference.py'));
  } finally {
    process.chdir(before);
  }
});

test('is read anew each time that it is given', () => {
  const directory = temporaryDirectory({ 'inference.py': HANDLER });
  const code = InferenceCode.fromDirectory(directory);
  code._bind(newStack());
  writeTree(directory, { 'more.py': '' });
  expect(code._bind(newStack()).files).toHaveLength(2);
});

describe('the network', () => {
  test('is needed to install packages', () => {
    expect(bind({ 'inference.py': HANDLER, 'requirements.txt': 'numpy' })).toMatchObject({ hasRequirements: true, needsNetwork: true });
  });

  test.each([
    'import boto3', 'import botocore.config', 'from boto3 import client', 'import aioboto3', 'import aiobotocore', 'import s3fs as fs', 'import sagemaker',
    'def f():\n    import boto3', 'importlib.import_module("boto3")',
  ])('is needed with %j', (statement) => {
    expect(bind({ 'inference.py': `${HANDLER}\n${statement}\n` })).toMatchObject({ hasRequirements: false, needsNetwork: true });
    expect(bind({ 'inference.py': HANDLER, 'lib': { 'helpers.py': statement } }).needsNetwork).toBe(true);
  });

  test.each(['# import boto3', 'x = "boto3"', 'import boto3_helpers', 'import os'])('is not needed with %j', (statement) => {
    expect(bind({ 'inference.py': `${HANDLER}\n${statement}\n` }).needsNetwork).toBe(false);
  });

  test('is not needed for what is no code', () => {
    expect(bind({ 'inference.py': HANDLER, 'README.md': 'import boto3', 'broken.py': Buffer.from('import boto3 \xe4', 'latin1') }).needsNetwork).toBe(false);
  });
});

describe('both kinds of handlers', () => {
  test.each([
    ['input_handler', `${HANDLER}def input_handler(d, c): ...`, '`input_handler`'],
    ['both of the pair', HANDLER + PAIR, '`input_handler` and `output_handler`'],
  ])('with %s are warned of', (_, source, names) => {
    const stack = newStack();
    InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': source }))._bind(stack);
    Annotations.fromStack(stack).hasWarning('/Stack',
      `inference.py defines \`handler\`, so that the container does not call ${names}: define one or the other [ack: cdk-tensorflow-serving:handlerIgnored]`);
  });

  test.each([HANDLER, PAIR])('are not warned of where there is one', (source) => {
    const stack = newStack();
    InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': source }))._bind(stack);
    Annotations.fromStack(stack).hasNoWarning('*', '*');
  });
});

describe('fails where', () => {
  test('there is no such directory', () => {
    expect(() => InferenceCode.fromDirectory('no/such/directory')._bind(newStack()))
      .toThrow(new Error(`[Stack] \`code\` does not exist, got: "no/such/directory"; there is no ${path.resolve('no/such/directory')}`));
  });

  test('it is a file', () => {
    const file = path.join(temporaryDirectory({ 'inference.py': HANDLER }), 'inference.py');
    expect(() => InferenceCode.fromDirectory(file)._bind(newStack()))
      .toThrow(new Error(`[Stack] \`code\` must be a directory, got: "${file}"; give the directory that the file is in`));
  });

  test.each<[string, Tree, string]>([
    ['it is empty', {},
      '`code` must hold inference.py at its root, got: "DIR"; add it, with a `handler`, or with an `input_handler` and an `output_handler`'],
    ['the code is one directory deeper', { src: { 'inference.py': HANDLER } },
      '`code` must hold inference.py at its root, and has it only as src/inference.py, got: "DIR"; give that directory itself'],
    ['the script has another name', { 'serve.py': HANDLER, 'other.py': '' },
      '`code` must hold inference.py at its root, the only name that the container looks for, got: "DIR"; rename serve.py to inference.py'],
    ['the pair is in a script of another name', { 'handlers.py': PAIR, 'a.py': '' },
      '`code` must hold inference.py at its root, the only name that the container looks for, got: "DIR"; rename handlers.py to inference.py'],
    ['the only script has another name', { 'handler.py': 'x = 1', '__init__.py': '' },
      '`code` must hold inference.py at its root, the only name that the container looks for, got: "DIR"; rename handler.py to inference.py'],
    ['the script is written in capitals', { 'Inference.py': HANDLER },
      '`code` must hold inference.py at its root, the only name that the container looks for, got: "DIR"; rename Inference.py to inference.py'],
    ['there are packages only', { 'requirements.txt': 'numpy' },
      '`code` must hold inference.py at its root: with packages alone the container stops converting CSV, JSON Lines and bare lists for '
      + 'TensorFlow Serving, got: "DIR"; add inference.py, or leave out the packages'],
    ['there is lib/ only', { lib: { 'inference.py': HANDLER } },
      '`code` must hold inference.py at its root: with packages alone the container stops converting CSV, JSON Lines and bare lists for '
      + 'TensorFlow Serving, got: "DIR"; add inference.py, or leave out the packages'],
    ['there is no handler', { 'inference.py': 'def predict(data): ...' },
      '`code` must define `handler`, or both `input_handler` and `output_handler`, in inference.py, got: "DIR"; the container calls no others'],
    ['inference.py is empty', { 'inference.py': '' },
      '`code` must define `handler`, or both `input_handler` and `output_handler`, in inference.py, got: "DIR"; the container calls no others'],
    ['the handler is in a class', { 'inference.py': 'class Model:\n    def handler(self, data, context): ...' },
      '`code` must define `handler`, or both `input_handler` and `output_handler`, in inference.py, got: "DIR"; the container calls no others'],
    ['one of the pair is missing', { 'inference.py': 'def input_handler(d, c): ...' },
      '`code` must define `handler`, or both `input_handler` and `output_handler`, in inference.py, which has only `input_handler`, got: "DIR"; '
      + 'add `output_handler`'],
    ['the other of the pair is missing', { 'inference.py': 'def output_handler(d, c): ...' },
      '`code` must define `handler`, or both `input_handler` and `output_handler`, in inference.py, which has only `output_handler`, got: "DIR"; '
      + 'add `input_handler`'],
    ['the handlers are those of another container', { 'inference.py': 'def input_fn(): ...\ndef predict_fn(): ...' },
      '`code` must define `handler`, or both `input_handler` and `output_handler`, in inference.py, which has only `input_fn`, `predict_fn`, got: "DIR"; '
      + 'the container calls no others'],
    ['inference.py is not text', { 'inference.py': Buffer.from('\ufeffx', 'utf16le') },
      '`code` has inference.py in an encoding that Python does not read, got: "DIR"; save it as UTF-8'],
    ['there are requirements and lib/', { 'inference.py': HANDLER, 'requirements.txt': 'numpy', 'lib': { a: '' } },
      '`code` has both requirements.txt and lib/, and the container ignores the requirements then, got: "DIR"; give the packages in one of the two ways'],
    ['the requirements are in lib/', { 'inference.py': HANDLER, 'lib': { 'requirements.txt': 'numpy' } },
      '`code` has lib/requirements.txt, which the container does not install, got: "DIR"; move it to requirements.txt and leave out lib/'],
    ['there is a lib/ in lib/', { 'inference.py': HANDLER, 'lib': { lib: { a: '' } } },
      '`code` has lib/lib/, which is not on the path that Python imports from, got: "DIR"; move what is in it to lib/'],
    ['there is a code/ in it', { 'inference.py': HANDLER, 'code': { 'helpers.py': '' } },
      '`code` has a directory code/, and it becomes code/code/, where the container does not look, got: "DIR"; '
      + 'move what is in it one up, or give that directory itself'],
    ['there is a model in it', { 'inference.py': HANDLER, 'm': { 1: { 'saved_model.pb': '' } } },
      '`code` has m/1/saved_model.pb, which the container would serve as a model, got: "DIR"; put the model into the artifact, outside of the code'],
    ['there is a pointer in it', { 'inference.py': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n' },
      '`code` has only the Git LFS pointer of a file, DIR/inference.py, got: "DIR"; run `git lfs pull`'],
    ['a link leads out of it', { 'inference.py': new Link('/etc/hostname') },
      `\`code\` has a link that leaves it, DIR/inference.py -> ${fs.realpathSync('/etc/hostname')}, got: "DIR"; put the file itself there`],
  ])('%s', (_, tree, message) => {
    expect(failure(tree)).toBe(`[Stack] ${message}`);
  });

  test('several things are wrong, and says them all', () => {
    expect(failure({ 'requirements.txt': '', 'lib': { 'requirements.txt': '', 'lib': { a: '' } } })).toBe([
      '[Stack] 4 values are invalid:',
      '  - `code` must hold inference.py at its root: with packages alone the container stops converting CSV, JSON Lines and bare lists for '
      + 'TensorFlow Serving, got: "DIR"; add inference.py, or leave out the packages',
      '  - `code` has both requirements.txt and lib/, and the container ignores the requirements then, got: "DIR"; give the packages in one of the two ways',
      '  - `code` has lib/requirements.txt, which the container does not install, got: "DIR"; move it to requirements.txt and leave out lib/',
      '  - `code` has lib/lib/, which is not on the path that Python imports from, got: "DIR"; move what is in it to lib/',
    ].join('\n'));
  });
});

test('a directory that is not set is an error', () => {
  expect(() => InferenceCode.fromDirectory(undefined as never)).toThrow('[InferenceCode.fromDirectory] `directory` must be a text, not undefined');
});

test('secrets and virtual environments are left out', () => {
  const directory = temporaryDirectory({ 'inference.py': 'def handler(data, context): pass', '.env': 'SECRET', '.venv': { 'x.py': '' }, 'venv': { 'y.py': '' } });
  expect(InferenceCode.fromDirectory(directory)._bind(newStack()).files.map((file) => file.path)).toEqual(['code/inference.py']);
});
