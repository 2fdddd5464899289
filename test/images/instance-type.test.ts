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

describe('vCPUs', () => {
  // as Amazon EC2 publishes them
  test.each([
    ['t2.medium', 2], ['t2.large', 2], ['t2.xlarge', 4], ['t2.2xlarge', 8], ['t3.medium', 2], ['t4g.medium', 2],
    ['m4.xlarge', 4], ['m4.2xlarge', 8], ['m4.10xlarge', 40], ['m4.16xlarge', 64],
    ['m5.large', 2], ['m5.xlarge', 4], ['m5.4xlarge', 16], ['m5.12xlarge', 48], ['m5.24xlarge', 96], ['m5d.24xlarge', 96],
    ['m6i.32xlarge', 128], ['m7i.48xlarge', 192], ['m8g.medium', 1], ['m6g.16xlarge', 64],
    ['c4.large', 2], ['c4.xlarge', 4], ['c4.2xlarge', 8], ['c4.4xlarge', 16], ['c4.8xlarge', 36],
    ['c5.large', 2], ['c5.9xlarge', 36], ['c5.18xlarge', 72], ['c5d.9xlarge', 36], ['c6i.8xlarge', 32], ['c6in.32xlarge', 128], ['c7g.12xlarge', 48],
    ['c8g.medium', 1], ['r7gd.medium', 1], ['r8g.medium', 1], ['r8g.24xlarge', 96], ['r5.12xlarge', 48], ['d2.4xlarge', 16], ['d2.8xlarge', 36],
    ['inf1.6xlarge', 24], ['inf1.24xlarge', 96], ['inf2.xlarge', 4], ['inf2.48xlarge', 192], ['trn1.2xlarge', 8], ['trn1n.32xlarge', 128],
    ['trn2.48xlarge', 192], ['dl1.24xlarge', 96],
    ['p2.xlarge', 4], ['p2.8xlarge', 32], ['p2.16xlarge', 64], ['p3.2xlarge', 8], ['p3.8xlarge', 32], ['p3.16xlarge', 64], ['p3dn.24xlarge', 96],
    ['p4d.24xlarge', 96], ['p4de.24xlarge', 96], ['p5.4xlarge', 16], ['p5.48xlarge', 192], ['p5e.48xlarge', 192], ['p5en.48xlarge', 192],
    ['p6-b200.48xlarge', 192], ['p6-b300.48xlarge', 192], ['p6e-gb200.36xlarge', 144],
    ['g4dn.xlarge', 4], ['g4dn.12xlarge', 48], ['g4dn.16xlarge', 64], ['g5.48xlarge', 192], ['g6.24xlarge', 96], ['g6e.16xlarge', 64],
    ['g7.2xlarge', 8], ['g7e.12xlarge', 48], ['gr6.8xlarge', 32],
  ])('ml.%s has %i', (type, count) => {
    expect(InstanceType.of(`ml.${type}`)._cpuCount).toBe(count);
  });

  test.each(['t2.nano', 'm5.metal', 'm7i.metal-24xl', 'hpc7a.12xlarge', 'm2.xlarge', 'c1.xlarge'])('of ml.%s are not known', (type) => {
    expect(InstanceType.of(`ml.${type}`)._cpuCount).toBeUndefined();
  });

  test('of a token are not known', () => {
    expect(InstanceType.of(Token.asString({ Ref: 'Type' }))._cpuCount).toBeUndefined();
  });

  test('are known of every type that has a constant', () => {
    expect(statics().filter(([, type]) => type._cpuCount === undefined)).toEqual([]);
  });
});

describe('GPUs', () => {
  // as Amazon EC2 publishes them
  test.each([
    ['p2.xlarge', 1], ['p2.8xlarge', 8], ['p2.16xlarge', 16], ['p3.2xlarge', 1], ['p3.8xlarge', 4], ['p3.16xlarge', 8], ['p3dn.24xlarge', 8],
    ['p4d.24xlarge', 8], ['p4de.24xlarge', 8], ['p5.4xlarge', 1], ['p5.48xlarge', 8], ['p5e.48xlarge', 8], ['p5en.48xlarge', 8],
    ['p6-b200.48xlarge', 8], ['p6-b300.48xlarge', 8], ['p6e-gb200.36xlarge', 4],
    ['g4dn.xlarge', 1], ['g4dn.2xlarge', 1], ['g4dn.4xlarge', 1], ['g4dn.8xlarge', 1], ['g4dn.12xlarge', 4], ['g4dn.16xlarge', 1],
    ['g5.xlarge', 1], ['g5.8xlarge', 1], ['g5.12xlarge', 4], ['g5.16xlarge', 1], ['g5.24xlarge', 4], ['g5.48xlarge', 8],
    ['g6.xlarge', 1], ['g6.12xlarge', 4], ['g6.16xlarge', 1], ['g6.24xlarge', 4], ['g6.48xlarge', 8],
    ['g6e.xlarge', 1], ['g6e.12xlarge', 4], ['g6e.16xlarge', 1], ['g6e.24xlarge', 4], ['g6e.48xlarge', 8],
    ['g7.2xlarge', 1], ['g7.8xlarge', 1], ['g7.12xlarge', 2], ['g7.24xlarge', 4], ['g7.48xlarge', 8],
    ['g7e.2xlarge', 1], ['g7e.8xlarge', 1], ['g7e.12xlarge', 2], ['g7e.24xlarge', 4], ['g7e.48xlarge', 8],
    ['gr6.4xlarge', 1], ['gr6.8xlarge', 1],
    ['c5.xlarge', 0], ['m8g.48xlarge', 0], ['t2.medium', 0], ['inf2.48xlarge', 0], ['trn1.32xlarge', 0], ['dl1.24xlarge', 0],
  ])('ml.%s has %i', (type, count) => {
    expect(InstanceType.of(`ml.${type}`)._gpuCount).toBe(count);
  });

  test.each(['g99.xlarge', 'g6f.large', 'g5.96xlarge', 'p9.48xlarge'])('of ml.%s are not known', (type) => {
    expect(InstanceType.of(`ml.${type}`)._gpuCount).toBeUndefined();
  });

  test('of a token are not known', () => {
    expect(InstanceType.of(Token.asString({ Ref: 'Type' }))._gpuCount).toBeUndefined();
  });

  test('are known of every type that has a constant', () => {
    expect(statics().filter(([, type]) => type._gpuCount === undefined)).toEqual([]);
  });
});

describe('burstable', () => {
  test.each(['t2.medium', 't2.2xlarge', 't3.large', 't3a.large', 't4g.medium'])('ml.%s is', (type) => {
    expect(InstanceType.of(`ml.${type}`)._isBurstable).toBe(true);
  });

  test.each(['m5.large', 'c5.xlarge', 'trn1.2xlarge', 'trn2.48xlarge', 'g5.xlarge'])('ml.%s is not', (type) => {
    expect(InstanceType.of(`ml.${type}`)._isBurstable).toBe(false);
  });

  test('a token is not', () => {
    expect(InstanceType.of(Token.asString({ Ref: 'Type' }))._isBurstable).toBe(false);
  });
});
