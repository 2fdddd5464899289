import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { InstanceType } from '../../src/images/instance-type';

const FORM = 'must have the form ml.<family>.<size>, such as ml.c5.xlarge';

function statics(): [string, InstanceType][] {
  return Object.entries(InstanceType).filter((entry): entry is [string, InstanceType] => entry[1] instanceof InstanceType);
}

describe('the constants', () => {
  test('are fewer than 60', () => {
    expect(statics().length).toBeGreaterThan(0);
    expect(statics().length).toBeLessThan(60);
  });

  test.each(statics())('%s is named after its type', (name, instanceType) => {
    expect(instanceType.toString()).toBe(`ml.${name.toLowerCase().replace('_', '.')}`);
    expect(InstanceType.of(instanceType.toString())).toEqual(instanceType);
  });
});

describe('of', () => {
  test.each([
    ['ml.c5.xlarge', 'c5'],
    ['ml.m5.24xlarge', 'm5'],
    ['ml.t2.medium', 't2'],
    ['ml.m6gd.large', 'm6gd'],
    ['ml.c7i-flex.large', 'c7i-flex'],
    ['ml.p6-b200.48xlarge', 'p6-b200'],
    ['ml.p6e-gb200.36xlarge', 'p6e-gb200'],
    ['ml.inf2.48xlarge', 'inf2'],
    ['ml.trn1n.32xlarge', 'trn1n'],
    ['ml.c99z.metal', 'c99z'],
    ['ml.c99z.metal-48xl', 'c99z'],
  ])('takes %s, of the family %s', (name, family) => {
    const instanceType = InstanceType.of(name);
    expect(instanceType.toString()).toBe(name);
    expect(`${instanceType}`).toBe(name);
    expect(instanceType._family).toBe(family);
  });

  test.each(['m5.xlarge', 'p6-b200.48xlarge'])('%s lacks only its beginning, which the error says', (name) => {
    expect(() => InstanceType.of(name)).toThrow(new Error(`[InstanceType.of] \`instanceType\` ${FORM}, got: "${name}"; write ml.${name}`));
  });

  test.each([
    '', 'ml', 'ml.', 'ml.c5', 'ml.c5.', 'ml..xlarge', 'ml.c5.xlarge.', 'ml.c5.xlarge ', ' ml.c5.xlarge', 'ml.c5.xlarge\n', 'ML.c5.xlarge', 'ml.C5.xlarge',
    'ml_c5_xlarge', 'ml.c5xlarge', 'ml.c.xlarge', 'ml.c5.xlarg', 'ml.c5.0xlarge', 'ml.c5.2large', 'local', 'local_gpu', 'ml.eia2.medium.large',
  ])('fails on %j', (name) => {
    expect(() => InstanceType.of(name)).toThrow(new Error(`[InstanceType.of] \`instanceType\` ${FORM}, got: ${JSON.stringify(name)}`));
  });

  test('takes a token as it is', () => {
    const stack = new Stack();
    const parameter = new CfnParameter(stack, 'Type');
    const whole = InstanceType.of(parameter.valueAsString);
    expect(stack.resolve(whole.toString())).toEqual({ Ref: 'Type' });
    expect(whole._family).toBeUndefined();
    expect(whole._hasLocalStorage).toBe(false);

    const part = InstanceType.of(`ml.c5.${parameter.valueAsString}`);
    expect(stack.resolve(part.toString())).toEqual({ 'Fn::Join': ['', ['ml.c5.', { Ref: 'Type' }]] });
    expect(part._family).toBeUndefined();
    expect(Token.isUnresolved(part.toString())).toBe(true);
  });
});

describe('storage of their own', () => {
  test.each([
    'c5d', 'm5d', 'r5d', 'm5dn', 'c6gd', 'm6gd', 'r6gd', 'r7gd', 'c6id', 'g4dn', 'g4ad', 'p3dn', 'p4d', 'p4de', 'g5', 'g6', 'g6e', 'g7', 'g7e',
    'p5', 'p5e', 'p5en', 'p6-b200', 'p6-b300', 'p6e-gb200', 'trn1', 'trn1n', 'trn2', 'dl1',
  ])('%s has it', (family) => {
    expect(InstanceType.of(`ml.${family}.24xlarge`)._hasLocalStorage).toBe(true);
  });

  test.each([
    't2', 'm4', 'm5', 'm6g', 'm6i', 'm7i', 'm8g', 'c4', 'c5', 'c5n', 'c6g', 'c6gn', 'c6i', 'c6in', 'c7g', 'c7i', 'c8g', 'r5', 'r6g', 'r6i', 'r7i',
    'r8g', 'p2', 'p3', 'g5g', 'inf1', 'inf2',
  ])('%s has none', (family) => {
    expect(InstanceType.of(`ml.${family}.xlarge`)._hasLocalStorage).toBe(false);
  });
});

test('SageMaker hosts on every type that has a constant, and on what is only known when the stack is deployed', () => {
  const constants = Object.values(InstanceType).filter((value) => value instanceof InstanceType);
  expect(constants.length).toBeGreaterThan(10);
  expect(constants.filter((type) => !type._isKnownToHost).map(String)).toEqual([]);
  expect(InstanceType.of(Token.asString({ Ref: 'Type' }))._isKnownToHost).toBe(true);
  expect(InstanceType.of('ml.f1.2xlarge')._isKnownToHost).toBe(false);
});
