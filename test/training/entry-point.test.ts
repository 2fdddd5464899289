import { checkEntryPoint, isShellScript } from '../../src/training/entry-point';
import { sentences } from '../support/endpoint-config';

test.each(['train.py', 'run.sh', 'a/b-c/train_2.py', '_x+y.sh', '.hidden.py', '__main__.py'])('%s is an entry point', (entryPoint) => {
  expect(checkEntryPoint('code.entryPoint', entryPoint)).toEqual([]);
});

test.each([
  ['/train.py', 'must be relative to the directory with the code', 'give the path in it, such as train.py'],
  ['C:\\train.py', 'must be relative to the directory with the code', 'give the path in it, such as train.py'],
  ['\\train.py', 'must be relative to the directory with the code', 'give the path in it, such as train.py'],
  ['a\\train.py', 'must have slashes, not backslashes', 'write a/train.py'],
  ['../train.py', 'must not leave the directory with the code', 'give the directory that the script is in, or the script to TrainingCode.fromFile'],
  ['a/../train.py', 'must not leave the directory with the code', 'give the directory that the script is in, or the script to TrainingCode.fromFile'],
  ['./train.py', 'must have no part that says nothing', 'write train.py'],
  ['a//train.py', 'must have no part that says nothing', 'write a/train.py'],
  ['train', 'must end in .py or .sh', 'give a Python script, or a shell script that starts the program'],
  ['train.ipynb', 'must end in .py or .sh', 'give a Python script, or a shell script that starts the program'],
  ['', 'must end in .py or .sh', 'give a Python script, or a shell script that starts the program'],
  ['my train.py', 'must have only letters, digits and ._+-, which mean nothing to a shell', 'rename the script'],
  ['train;rm.sh', 'must have only letters, digits and ._+-, which mean nothing to a shell', 'rename the script'],
  ['-m.py', 'must have only letters, digits and ._+-, which mean nothing to a shell', 'rename the script'],
])('"%s" %s', (entryPoint, rule, remedy) => {
  expect(sentences(checkEntryPoint('code.entryPoint', entryPoint))).toEqual([
    `\`code.entryPoint\` ${rule}, got: ${JSON.stringify(entryPoint)}; ${remedy}`,
  ]);
});

test('a shell script is known by its name', () => {
  expect(isShellScript('run.sh')).toBe(true);
  expect(isShellScript('train.py')).toBe(false);
});
