import { CfnParameter } from 'aws-cdk-lib';
import { checkSageMakerName } from '../../src/private/sagemaker-name';
import { newStack } from '../support/synthesis';

test.each([undefined, 'a', '7', 'a-b', 'A--9', 'a'.repeat(63), `a${'-'.repeat(61)}a`])('the name %j is right', (name) => {
  expect(checkSageMakerName('name', name)).toEqual([]);
});

test.each(['', '-a', 'a-', 'a_b', 'a.b', 'ä', 'a\n', 'a'.repeat(64), `a${'-'.repeat(62)}a`])('the name %j is wrong', (name) => {
  expect(checkSageMakerName('name', name)).toEqual([{
    property: 'name', got: name, rule: 'must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last',
  }]);
});

test('a token is left to CloudFormation', () => {
  expect(checkSageMakerName('name', new CfnParameter(newStack(), 'Name').valueAsString)).toEqual([]);
});
