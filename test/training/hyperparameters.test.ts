import { CfnParameter, Stack } from 'aws-cdk-lib';
import { changedByShell, checkHyperparameters, type Hyperparameters, renderHyperparameters } from '../../src/training/hyperparameters';
import { sentences } from '../support/endpoint-config';

function errors(values: Hyperparameters, others = 6): string[] {
  return sentences(checkHyperparameters(values, others));
}

const many = (count: number) => Object.fromEntries([...Array(count).keys()].map((index) => [`p${index}`, index]));

test('each value is a JSON text', () => {
  expect(renderHyperparameters({ 'epochs': 10, 'learning-rate': 0.001, 'optimizer': 'adam', 'shuffle': true, 'layers': [64, 32], 'seed': null }))
    .toEqual({ 'epochs': '10', 'learning-rate': '0.001', 'optimizer': '"adam"', 'shuffle': 'true', 'layers': '[64, 32]', 'seed': 'null' });
});

test('those without a value are left out', () => {
  expect(renderHyperparameters({ epochs: undefined, seed: 0 })).toEqual({ seed: '0' });
  expect(errors({ epochs: undefined })).toEqual([]);
});

test.each([
  ['model_dir', 'use `modelDir`'],
  ['sagemaker_program', 'give the entry point to `code`'],
  ['sagemaker_container_log_level', 'use `logLevel`'],
  ['sagemaker_mpi_enabled', 'use `distribution`'],
  ['sagemaker_anything', 'use another name'],
  ['_tuning_objective_metric', 'use another name'],
])('%s is taken', (name, remedy) => {
  expect(errors({ [name]: 1 })).toEqual([`\`hyperparameters.${name}\` has a name that the container keeps for itself; ${remedy}`]);
});

test.each(['toString', 'modelDir', 'a', 'x'.repeat(256), 'a.b-c_d:e/f@g+h=i,j%k'])('%s is a name', (name) => {
  expect(errors({ [name]: 1 })).toEqual([]);
});

test('a name is not too long', () => {
  expect(errors({ ['x'.repeat(257)]: 1 })).toEqual(['`hyperparameters` must have names of at most 256 characters, got: 257']);
});

test.each(['', 'learning rate', 'a;b', '$a', 'ü'])('"%s" is no name', (name) => {
  expect(errors({ [name]: 1 })).toEqual([
    '`hyperparameters` must have names of letters, digits and _@%+=:,./-, because the script gets them as arguments, such as --learning-rate, '
    + `got: ${JSON.stringify(name)}`,
  ]);
});

test('there are at most 100, with those of the container', () => {
  expect(errors(many(94))).toEqual([]);
  expect(errors(many(95))).toEqual([
    '`hyperparameters` must be at most 94, because 6 of the 100 that SageMaker takes are for the container, got: 95; '
    + 'put several into one, as a map, or into a file with the code',
  ]);
});

test('a value is not too long', () => {
  expect(errors({ a: 'x'.repeat(2498) })).toEqual([]);
  expect(errors({ a: 'x'.repeat(2499) })).toEqual([
    '`hyperparameters.a` must be at most 2500 characters long as JSON, got: 2501; put it into a file with the code',
  ]);
});

test('a value is one of JSON', () => {
  expect(errors({ a: NaN, b: [new Date(0)] })).toEqual([
    '`hyperparameters.a` must be a finite number: JSON has no other, got: NaN; give a text that the script converts',
    '`hyperparameters.b[0]` must be a text, a number, a boolean, null, or a list or map of these, not Date; convert it to one of them',
  ]);
});

test('tokens are left alone', () => {
  const token = new CfnParameter(new Stack(), 'Parameter').valueAsString;
  expect(errors({ a: token.repeat(200), [token]: 1 })).toEqual([]);
  expect(changedByShell({ a: token })).toEqual([]);
});

test('a shell makes something else of some', () => {
  expect(changedByShell({
    plain: 'adam',
    path: '/opt/ml/x-1.5,a=b:c',
    number: -0.5,
    flag: true,
    none: undefined,
    whole: 10n,
    empty: '',
    null: null,
    spaces: 'a b',
    dollar: '$HOME',
    quotes: '"a"',
    korean: '한글',
    list: [1],
    map: { a: 1 },
  })).toEqual(['empty', 'null', 'spaces', 'dollar', 'quotes', 'korean', 'list', 'map']);
});
