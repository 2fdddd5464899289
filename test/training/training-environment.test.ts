import { CfnParameter, Stack } from 'aws-cdk-lib';
import { checkTrainingEnvironment, renderEnvironment, type TensorFlowSettings } from '../../src/training/training-environment';
import { sentences } from '../support/endpoint-config';

const errors = (settings: TensorFlowSettings) => sentences(checkTrainingEnvironment(settings));

test('no variables are none', () => {
  expect(renderEnvironment({})).toBeUndefined();
  expect(renderEnvironment({ environment: {} })).toBeUndefined();
  expect(errors({})).toEqual([]);
});

test('typed settings are variables', () => {
  const settings = { oneDnn: true, intraOpThreads: 4, interOpThreads: 0, environment: { TF_CPP_MIN_LOG_LEVEL: '2' } };
  expect(renderEnvironment(settings)).toEqual({
    TF_ENABLE_ONEDNN_OPTS: '1', TF_NUM_INTRAOP_THREADS: '4', TF_NUM_INTEROP_THREADS: '0', TF_CPP_MIN_LOG_LEVEL: '2',
  });
  expect(renderEnvironment({ oneDnn: false })).toEqual({ TF_ENABLE_ONEDNN_OPTS: '0' });
  expect(errors(settings)).toEqual([]);
});

test.each([[-1, false], [0, true], [2 ** 31 - 1, true], [2 ** 31, false], [1.5, false]])('%d threads', (threads, ok) => {
  expect(errors({ intraOpThreads: threads, interOpThreads: threads })).toEqual(ok ? [] : [
    `\`intraOpThreads\` must be a whole number from 0 to 2147483647, got: ${threads}`,
    `\`interOpThreads\` must be a whole number from 0 to 2147483647, got: ${threads}`,
  ]);
});

test('there are at most 100', () => {
  const many = (count: number) => Object.fromEntries([...Array(count).keys()].map((index) => [`V${index}`, '']));
  expect(errors({ environment: many(100) })).toEqual([]);
  expect(errors({ environment: many(100), oneDnn: true })).toEqual(['`environment` must have at most 100 entries, got: 101']);
});

test.each(['a-b', '1A', '', 'x'.repeat(513)])('"%s" is no variable', (variable) => {
  expect(errors({ environment: { [variable]: '' } })).toEqual([
    expect.stringContaining('`environment` must have keys of at most 512 letters, digits and _, the first no digit, got: '),
  ]);
});

test('values are texts of at most 512 characters', () => {
  expect(errors({ environment: { ['x'.repeat(512)]: 'x'.repeat(512) } })).toEqual([]);
  expect(errors({ environment: { A: 'x'.repeat(513), B: undefined as unknown as string } })).toEqual([
    '`environment.A` must be at most 512 characters long, got: 513',
    '`environment.B` must be a text, not undefined',
  ]);
});

test.each([
  ['SAGEMAKER_PROGRAM', 'give the entry point to `code`'],
  ['SAGEMAKER_SUBMIT_DIRECTORY', 'use `code`'],
  ['SAGEMAKER_CONTAINER_LOG_LEVEL', 'use `logLevel`'],
])('%s is taken', (variable, remedy) => {
  expect(errors({ environment: { [variable]: 'x' } })).toEqual([
    `\`environment.${variable}\` must not be given: the container takes it for a setting of its own; ${remedy}`,
  ]);
});

test('a variable does not contradict a typed setting', () => {
  expect(errors({ oneDnn: true, environment: { TF_ENABLE_ONEDNN_OPTS: '1' } })).toEqual([]);
  expect(errors({ oneDnn: true, environment: { TF_ENABLE_ONEDNN_OPTS: '0' } })).toEqual([
    '`environment.TF_ENABLE_ONEDNN_OPTS` contradicts the typed option that sets it to "1", got: "0"; give one of them',
  ]);
});

test('tokens are left alone', () => {
  const stack = new Stack();
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const settings = { intraOpThreads: number, environment: { A: text, [text]: 'x' } };
  expect(errors(settings)).toEqual([]);
  expect(stack.resolve(renderEnvironment({ intraOpThreads: number }))).toEqual({ TF_NUM_INTRAOP_THREADS: { Ref: 'Number' } });
});
