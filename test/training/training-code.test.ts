import fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, CfnParameter, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { list } from 'tar';
import { TrainingCode } from '../../src/training/training-code';
import type { CheckedCode, CodeUse } from '../../src/training/training-code-source';
import { Link, temporaryDirectory, type Tree, writeTree } from '../support/disk';
import { sentences } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const SCRIPT = 'import os\nprint(os.environ["SM_MODEL_DIR"])\n';
const USE: CodeUse = { version: '2.19.0', networkIsolation: false, isStartedByContainer: true };

function check(code: TrainingCode, use: Partial<CodeUse> = {}, stack: Stack = newStack()): CheckedCode {
  return code._check(stack, { ...USE, ...use });
}

function directory(tree: Tree, entryPoint = 'train.py', dependencies?: string[]): TrainingCode {
  return TrainingCode.fromDirectory(temporaryDirectory(tree), { entryPoint, dependencies });
}

/** What is wrong, with DIR for the temporary directories. */
function errors(code: TrainingCode, use?: Partial<CodeUse>): string[] {
  return sentences(check(code, use).violations).map((line) => line.replace(/[^" ]*cdk-tensorflow-serving-[A-Za-z0-9]+/g, 'DIR'));
}

/** The entries of the archive, in its order. */
function packed(code: TrainingCode): string[] {
  const stack = newStack();
  const { violations, provideIn } = check(code, {}, stack);
  expect(violations).toEqual([]);
  provideIn(stack);
  const { directory: out } = (stack.node.root as App).synth();
  const [archive] = fs.readdirSync(out).filter((name) => name.endsWith('.tar.gz'));
  const entries: string[] = [];
  list({ file: path.join(out, archive), sync: true, onReadEntry: (entry) => { entries.push(entry.path); } });
  return entries;
}

describe('a directory', () => {
  test('is packed with every child at the root of the archive', () => {
    expect(packed(directory({ 'train.py': SCRIPT, 'requirements.txt': 'numpy', 'sub': { 'x.py': '' } })))
      .toEqual(['requirements.txt', 'sub/', 'sub/x.py', 'train.py']);
  });

  test('leaves out what Python and systems leave behind', () => {
    expect(packed(directory({ 'train.py': SCRIPT, '__pycache__': { 'a.pyc': '' }, '.git': { HEAD: '' }, '.DS_Store': '', '.venv': { x: '' } })))
      .toEqual(['train.py']);
  });

  test('has dependencies beside its files, by their own names', () => {
    const elsewhere = temporaryDirectory({ 'common': { 'c.py': '', 'deep': { 'd.py': '' } }, 'tools.py': '' });
    const code = directory({ 'train.py': SCRIPT }, 'train.py', [path.join(elsewhere, 'common'), path.join(elsewhere, 'tools.py')]);
    expect(packed(code)).toEqual(['common/', 'common/c.py', 'common/deep/', 'common/deep/d.py', 'tools.py', 'train.py']);
  });

  test('may have its script deeper', () => {
    expect(errors(directory({ jobs: { 'train.py': SCRIPT } }, 'jobs/train.py'))).toEqual([]);
  });

  test('becomes the same object for the same files, and another for others', () => {
    const key = (tree: Tree) => {
      const stack = newStack();
      return check(directory(tree), {}, stack).provideIn(stack).key;
    };
    expect(key({ 'train.py': SCRIPT })).toBe(key({ 'train.py': SCRIPT }));
    expect(key({ 'train.py': SCRIPT })).toMatch(/^[0-9a-f]{64}\.tar\.gz$/);
    expect(key({ 'train.py': `${SCRIPT}\n` })).not.toBe(key({ 'train.py': SCRIPT }));
  });

  test('is in the bucket of the toolkit, with its key', () => {
    const stack = new Stack(new App(), 'Stack', {
      synthesizer: new DefaultStackSynthesizer({ fileAssetsBucketName: 'assets', bucketPrefix: 'a/' }), env: { account: '123456789012', region: 'us-east-1' },
    });
    const { bucket, key } = check(directory({ 'train.py': SCRIPT }), {}, stack).provideIn(stack);
    expect(stack.resolve(bucket.bucketName)).toBe('assets');
    expect(key).toMatch(/^a\/[0-9a-f]{64}\.tar\.gz$/);
  });

  test('says what its script is', () => {
    expect(check(directory({ 'train.py': SCRIPT }))).toMatchObject({ entryPoint: 'train.py', warnings: [] });
  });

  test('must exist', () => {
    expect(errors(TrainingCode.fromDirectory('no/such', { entryPoint: 'train.py' }))).toEqual([
      `\`code\` does not exist, got: "no/such"; there is no ${path.resolve('no/such')}`,
    ]);
  });

  test('must be no file', () => {
    const file = path.join(temporaryDirectory({ 'train.py': SCRIPT }), 'train.py');
    expect(errors(TrainingCode.fromDirectory(file, { entryPoint: 'train.py' }))).toEqual([
      '`code` must be a directory, got: "DIR/train.py"; give a script to TrainingCode.fromFile',
    ]);
  });

  test.each([
    ['elsewhere', { 'src': { 'train.py': SCRIPT }, 'other.py': '' }, 'write src/train.py'],
    ['nowhere, beside others', { 'main.py': SCRIPT, 'run.sh': '', '__init__.py': '', 'setup.py': '' }, 'it has main.py, run.sh'],
    ['nowhere', { 'readme.md': '' }, 'it has no script at its root'],
    ['nowhere, and nothing else is', {}, 'it has no script at its root'],
  ])('must have the script, which is %s', (_, tree, remedy) => {
    expect(errors(directory(tree as Tree))).toEqual([`\`code.entryPoint\` must be a file in the directory, got: "train.py"; ${remedy}`]);
  });

  test('needs an entry point in it', () => {
    expect(errors(directory({ 'train.py': SCRIPT }, '../train.py'))).toEqual([
      '`code.entryPoint` must not leave the directory with the code, got: "../train.py"; '
      + 'give the directory that the script is in, or the script to TrainingCode.fromFile',
    ]);
  });

  test('must hold no link that leaves it', () => {
    const outside = temporaryDirectory({ 'secret.txt': '' });
    expect(() => check(directory({ 'train.py': SCRIPT, 'link.txt': new Link(path.join(outside, 'secret.txt')) }))).toThrow(
      /^\[Stack\] `code` has a link that leaves it, .*link\.txt -> .*secret\.txt, got: ".*"; put the file itself there$/,
    );
  });

  test('is no text that is not set', () => {
    expect(() => TrainingCode.fromDirectory(undefined as unknown as string, { entryPoint: 'train.py' }))
      .toThrow('[TrainingCode.fromDirectory] `directory` must be a text, not undefined');
    expect(() => TrainingCode.fromDirectory('training', { entryPoint: undefined as unknown as string }))
      .toThrow('[TrainingCode.fromDirectory] `entryPoint` must be a text, not undefined');
  });
});

describe('a file', () => {
  const script = path.join(temporaryDirectory({ 'train.py': SCRIPT, 'other.py': '' }), 'train.py');

  test('is packed alone', () => {
    expect(packed(TrainingCode.fromFile(script))).toEqual(['train.py']);
    expect(check(TrainingCode.fromFile(script)).entryPoint).toBe('train.py');
  });

  test('has dependencies beside it', () => {
    const elsewhere = temporaryDirectory({ 'requirements.txt': 'numpy', 'common': { 'c.py': '' } });
    expect(packed(TrainingCode.fromFile(script, { dependencies: [path.join(elsewhere, 'requirements.txt'), path.join(elsewhere, 'common')] })))
      .toEqual(['common/', 'common/c.py', 'requirements.txt', 'train.py']);
  });

  test('must exist', () => {
    expect(errors(TrainingCode.fromFile('no/train.py'))).toEqual([
      `\`code\` does not exist, got: "no/train.py"; there is no ${path.resolve('no/train.py')}`,
    ]);
  });

  test('must be no directory, and a script', () => {
    const scripts = path.join(temporaryDirectory({ scripts: { 'train.py': SCRIPT } }), 'scripts');
    expect(errors(TrainingCode.fromFile(scripts))).toEqual([
      '`code` must end in .py or .sh, got: "scripts"; give a Python script, or a shell script that starts the program',
      '`code` must be a file, got: "DIR/scripts"; give a directory to TrainingCode.fromDirectory',
    ]);
  });

  test('is no text that is not set', () => {
    expect(() => TrainingCode.fromFile(undefined as unknown as string)).toThrow('[TrainingCode.fromFile] `file` must be a text, not undefined');
  });
});

describe('dependencies', () => {
  test('must exist', () => {
    expect(errors(directory({ 'train.py': SCRIPT }, 'train.py', ['no/such']))).toEqual([
      `\`code.dependencies[0]\` does not exist, got: "no/such"; there is no ${path.resolve('no/such')}`,
    ]);
  });

  test('have names of their own', () => {
    const one = temporaryDirectory({ 'common': { 'a.py': '' }, 'train.py': '' });
    const other = temporaryDirectory({ common: { 'b.py': '' } });
    expect(errors(directory({ 'train.py': SCRIPT }, 'train.py', [
      path.join(one, 'common'), path.join(other, 'common'), path.join(one, 'train.py'),
    ]))).toEqual([
      '`code.dependencies[1]` must not be called common, as something in `code.dependencies[0]` is, got: "DIR/common"; rename one of them',
      '`code.dependencies[2]` must not be called train.py, as something in `code` is, got: "DIR/train.py"; rename one of them',
    ]);
  });

  test('must be files that are packed', () => {
    const elsewhere = temporaryDirectory({ '.env': 'SECRET=1' });
    expect(() => check(directory({ 'train.py': SCRIPT }, 'train.py', [path.join(elsewhere, '.env')]))).toThrow(
      /^\[Stack\] `code\.dependencies\[0\]` has a name that is never packed, got: ".*\.env"; rename it$/,
    );
  });
});

describe('what is not for others', () => {
  test.each(['.aws', '.ssh', '.kube', '.docker', '.gnupg', '.credentials'])('is refused: %s', (name) => {
    const home = temporaryDirectory({ [name]: { 'train.py': SCRIPT, 'deep': { 'train.py': SCRIPT } }, 'train.py': SCRIPT });
    const rule = `must not be in ${name}, which is not for others`;
    const remedy = 'copy what the script needs to a directory of its own';
    expect(errors(TrainingCode.fromDirectory(path.join(home, name), { entryPoint: 'train.py' }))).toEqual([
      `\`code\` ${rule}, got: "DIR/${name}"; ${remedy}`,
    ]);
    expect(errors(TrainingCode.fromFile(path.join(home, name, 'deep', 'train.py')))).toEqual([
      `\`code\` ${rule}, got: "DIR/${name}/deep/train.py"; ${remedy}`,
    ]);
    expect(errors(directory({ 'train.py': SCRIPT }, 'train.py', [path.join(home, name)]))).toEqual([
      `\`code.dependencies[0]\` ${rule}, got: "DIR/${name}"; ${remedy}`,
    ]);
    expect(errors(TrainingCode.fromDirectory(home, { entryPoint: 'train.py' }))).toEqual([
      `\`code\` has ${name}/deep/train.py, which is not for others, got: "DIR"; ${remedy}`,
    ]);
  });

  test('is refused behind a link', () => {
    const home = temporaryDirectory({ '.aws': { 'train.py': SCRIPT }, 'link': new Link('.aws') });
    expect(errors(TrainingCode.fromDirectory(path.join(home, 'link'), { entryPoint: 'train.py' }))).toHaveLength(1);
  });

  test('is refused of the system', () => {
    const config = path.join(os.homedir(), '.config');
    const stat = jest.spyOn(fs, 'existsSync').mockReturnValue(true);
    const real = jest.spyOn(fs, 'realpathSync').mockImplementation(((given: string) => given) as unknown as typeof fs.realpathSync);
    try {
      expect(['/etc', '/etc/tool', '/var/lib/x', '/opt/ml/metadata', path.join(config, 'gcloud')].map((given) =>
        errors(TrainingCode.fromDirectory(temporaryPath, { entryPoint: 'train.py', dependencies: [given] }))[0]?.split(',')[0])).toEqual([
        '`code.dependencies[0]` must not be in /etc', '`code.dependencies[0]` must not be in /etc', '`code.dependencies[0]` must not be in /var/lib',
        '`code.dependencies[0]` must not be in /opt/ml/metadata', `\`code.dependencies[0]\` must not be in ${config}`,
      ]);
    } finally {
      stat.mockRestore();
      real.mockRestore();
    }
  });

  const temporaryPath = temporaryDirectory({ 'train.py': SCRIPT });

  test('is the whole file system', () => {
    expect(errors(TrainingCode.fromDirectory('/', { entryPoint: 'train.py' }))).toEqual([
      '`code` must not be the root of the file system, which is not for others, got: "/"; copy what the script needs to a directory of its own',
    ]);
  });
});

describe('requirements', () => {
  const WITH: Tree = { 'train.py': SCRIPT, 'requirements.txt': 'numpy' };

  test.each(['1.15.2', '1.15.5', '2.2.0', '2.21.0'])('are installed by TensorFlow %s', (version) => {
    expect(errors(directory(WITH), { version })).toEqual([]);
  });

  test.each(['1.11.0', '1.15.0', '2.0.4', '2.1.3'])('are not installed by TensorFlow %s', (version) => {
    expect(errors(directory(WITH), { version })).toEqual([
      `\`code\` has requirements.txt, which the image of TensorFlow ${version} does not install; use TensorFlow 1.15.2 to 1.15.5 or 2.2 and later, `
      + 'or a shell script that calls `pip install -r requirements.txt` and then the Python script',
    ]);
    expect(errors(directory({ ...WITH, 'run.sh': '' }, 'run.sh'), { version })).toEqual([]);
  });

  test('may be in an image that is not known', () => {
    expect(errors(directory(WITH), { version: undefined })).toEqual([]);
  });

  test('need the network', () => {
    expect(errors(directory(WITH), { networkIsolation: true })).toEqual([
      '`networkIsolation` would keep the container from installing requirements.txt, without which the script is not started, got: true; '
      + 'put the packages beside the script with `dependencies`, or build an image with them',
    ]);
    expect(errors(directory({ ...WITH, 'run.sh': '' }, 'run.sh'), { networkIsolation: true })).toEqual([]);
    expect(errors(directory(WITH), { networkIsolation: true, isStartedByContainer: false })).toEqual([]);
  });

  test('of a dependency are installed at the root', () => {
    const file = path.join(temporaryDirectory({ 'requirements.txt': 'numpy' }), 'requirements.txt');
    expect(errors(directory({ 'train.py': SCRIPT }, 'train.py', [file]))).toEqual([]);
    expect(errors(directory({ 'train.py': SCRIPT }, 'train.py', [file]), { networkIsolation: true })).toHaveLength(1);
  });

  test('deeper are not installed', () => {
    const error = '`code` has common/requirements.txt, and only requirements.txt at its root is installed; move it there, or add a requirements.txt '
      + 'with the line `-r common/requirements.txt`, or an empty one if nothing is to be installed';
    expect(errors(directory({ 'train.py': SCRIPT, 'common': { 'requirements.txt': '' } }))).toEqual([error]);
    const common = path.join(temporaryDirectory({ common: { 'requirements.txt': '' } }), 'common');
    expect(errors(directory({ 'train.py': SCRIPT }, 'train.py', [common]))).toEqual([error]);
    expect(errors(directory({ ...WITH, common: { 'requirements.txt': '' } }))).toEqual([]);
    expect(errors(directory({ 'run.sh': 'echo $SM_MODEL_DIR', 'common': { 'requirements.txt': '' } }, 'run.sh'))).toEqual([]);
  });

  test('of a shell script are its own matter', () => {
    expect(check(directory({ ...WITH, 'run.sh': '' }, 'run.sh')).warnings).toEqual([{
      id: 'requirementsOfShellScript',
      message: 'requirements.txt is not installed before a shell script is started: run.sh has to do so itself, with `pip install -r requirements.txt`',
    }]);
    expect(check(directory({ ...WITH, 'run.sh': '' }, 'run.sh'), { isStartedByContainer: false }).warnings).toEqual([]);
  });
});

test('code with a setup.py has its script at the root', () => {
  expect(errors(directory({ 'setup.py': '', 'train.py': SCRIPT }))).toEqual([]);
  expect(errors(directory({ 'setup.py': '', 'jobs': { 'train.py': SCRIPT } }, 'jobs/train.py'))).toEqual([
    '`code.entryPoint` must be at the root of code with a setup.py, because the container starts it as a module, got: "jobs/train.py"; '
    + 'move it there, or leave out setup.py',
  ]);
  expect(errors(directory({ 'setup.py': '', 'jobs': { 'run.sh': 'SM_MODEL_DIR' } }, 'jobs/run.sh'))).toEqual([]);
});

test.each(['SM_MODEL_DIR', '/opt/ml/model', 'args.model_dir', '--model-dir', 'MODEL_DIR'])('the model may be left where %s says', (text) => {
  expect(check(directory({ 'train.py': `save("${text}")` })).warnings).toEqual([]);
  expect(check(directory({ 'train.py': 'import lib', 'lib.py': text })).warnings).toEqual([]);
});

test('code that leaves no model is told of', () => {
  expect(check(directory({ 'train.py': 'save("model.h5")', 'notes.md': 'SM_MODEL_DIR' })).warnings).toEqual([{
    id: 'noModelDirectory',
    message: 'Nothing in the training code names SM_MODEL_DIR, the directory that the model has to be left in: the job may have no model in the end',
  }]);
});

describe('an archive in a bucket', () => {
  const stack = newStack();
  const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'code', encryptionKey: new Key(stack, 'Key') });
  const archive = (key: string, entryPoint = 'train.py') => TrainingCode.fromBucket(bucket, key, { entryPoint, revision: '7' });

  test('is used as it is', () => {
    const checked = check(archive('tf/sourcedir.tar.gz'), {}, stack);
    expect(checked).toMatchObject({ violations: [], warnings: [], entryPoint: 'train.py', revision: '7' });
    expect(checked.provideIn(stack)).toEqual({ bucket, key: 'tf/sourcedir.tar.gz', encryptionKey: bucket.encryptionKey });
  });

  test.each([
    ['tf/sourcedir.zip', 'must end in .tar.gz, got: "tf/sourcedir.zip"; pack the code with `tar -czf sourcedir.tar.gz -C directory .`'],
    ['/a.tar.gz', 'must not begin with a slash, got: "/a.tar.gz"; remove it'],
    ['s3://b/a.tar.gz', 'must be without the scheme and the bucket, got: "s3://b/a.tar.gz"; give what follows the bucket\'s name'],
    ['*.tar.gz', 'must have no * and no ?, which stand for other keys in a policy, got: "*.tar.gz"'],
  ])('has a key, which is not %s', (key, error) => {
    expect(sentences(check(archive(key), {}, stack).violations)).toEqual([`\`code.key\` ${error}`]);
  });

  test('has a script', () => {
    expect(sentences(check(archive('a.tar.gz', '/train.py'), {}, stack).violations)).toEqual([
      '`code.entryPoint` must be relative to the directory with the code, got: "/train.py"; give the path in it, such as train.py',
    ]);
  });

  test('is in the region of the job', () => {
    const elsewhere = Bucket.fromBucketAttributes(stack, 'Elsewhere', { bucketName: 'code', region: 'eu-west-1' });
    expect(sentences(check(TrainingCode.fromBucket(elsewhere, 'a.tar.gz', { entryPoint: 'train.py' }), {}, stack).violations)).toEqual([
      '`code.bucket` must be in us-east-1, the region of the training job, got: "eu-west-1"',
    ]);
  });

  test('has a name that an isolated container knows', () => {
    const token = new CfnParameter(stack, 'Parameter').valueAsString;
    expect(check(archive(token), {}, stack).violations).toEqual([]);
    expect(check(archive(`${token}/a.tar.gz`), { networkIsolation: true }, stack).violations).toEqual([]);
    expect(sentences(check(archive(token), { networkIsolation: true }, stack).violations)).toEqual([
      '`code.key` must have a last part that is known at synthesis, because that is the name of the file that the isolated container looks for; '
      + 'give a key such as code/sourcedir.tar.gz',
    ]);
  });

  test('is no text that is not set', () => {
    expect(() => archive(undefined as unknown as string)).toThrow('[TrainingCode.fromBucket] `key` must be a text, not undefined');
    expect(() => TrainingCode.fromBucket(bucket, 'a.tar.gz', {} as never)).toThrow('[TrainingCode.fromBucket] `entryPoint` must be a text, not undefined');
  });
});

test('code is looked through anew for each job', () => {
  const dir = temporaryDirectory({ 'train.py': SCRIPT });
  const code = TrainingCode.fromDirectory(dir, { entryPoint: 'train.py' });
  const first = packed(code);
  writeTree(dir, { 'more.py': '' });
  expect(packed(code)).toEqual(['more.py', ...first]);
});
