import { CfnParameter, Stack } from 'aws-cdk-lib';
import { AcceleratorType } from '../../src/images/accelerator-type';

test.each([
  [AcceleratorType.EIA1_MEDIUM, 'ml.eia1.medium'],
  [AcceleratorType.EIA1_LARGE, 'ml.eia1.large'],
  [AcceleratorType.EIA1_XLARGE, 'ml.eia1.xlarge'],
  [AcceleratorType.EIA2_MEDIUM, 'ml.eia2.medium'],
  [AcceleratorType.EIA2_LARGE, 'ml.eia2.large'],
  [AcceleratorType.EIA2_XLARGE, 'ml.eia2.xlarge'],
  [AcceleratorType.of('ml.eia3.2xlarge'), 'ml.eia3.2xlarge'],
])('%s is %s', (acceleratorType, name) => {
  expect(acceleratorType.toString()).toBe(name);
});

test('one without its beginning is an error that says what to write', () => {
  expect(() => AcceleratorType.of('eia2.medium')).toThrow(new Error(
    '[AcceleratorType.of] `acceleratorType` must start with ml.eia, such as ml.eia2.medium, got: "eia2.medium"; write ml.eia2.medium'));
});

test.each(['', 'ml.eia', 'ml.c5.xlarge', 'ml.eia2 .medium', 'xml.eia2.medium', 'ml.eia2.medium\n'])('fails on %j', (name) => {
  expect(() => AcceleratorType.of(name)).toThrow(new Error(
    `[AcceleratorType.of] \`acceleratorType\` must start with ml.eia, such as ml.eia2.medium, got: ${JSON.stringify(name)}`));
});

test('a token is taken as it is', () => {
  const stack = new Stack();
  const acceleratorType = AcceleratorType.of(new CfnParameter(stack, 'Type').valueAsString);
  expect(stack.resolve(acceleratorType.toString())).toEqual({ Ref: 'Type' });
});
