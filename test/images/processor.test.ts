import { Token } from 'aws-cdk-lib';
import { InstanceType } from '../../src/images/instance-type';
import { processorOf, x86InsteadOf } from '../../src/images/processor';

describe('the processor', () => {
  test.each([
    ['cpu', ['t2', 't3', 'm4', 'm5', 'm5d', 'm6i', 'm7i', 'm8i', 'c4', 'c5', 'c5d', 'c5n', 'c6i', 'c6in', 'c7i', 'c7i-flex', 'c8i', 'r5', 'r5d', 'r6i', 'r7i', 'r8i']],
    ['gpu', ['g4dn', 'g5', 'g6', 'g6e', 'g7', 'g7e', 'gr6', 'p2', 'p3', 'p3dn', 'p4d', 'p4de', 'p5', 'p5e', 'p5en', 'p6-b200', 'p6-b300']],
    // the first twelve are those that endpoints have
    ['graviton', [
      'c6g', 'c6gd', 'c6gn', 'c7g', 'c8g', 'm6g', 'm6gd', 'm8g', 'r6g', 'r6gd', 'r7gd', 'r8g',
      'a1', 't4g', 'm7g', 'm7gd', 'r7g', 'c7gd', 'c7gn', 'c8gn', 'c9g', 'x2gd', 'x8g', 'im4gn', 'is4gen', 'i8g', 'hpc7g',
    ]],
    ['armWithGpu', ['g5g', 'p6e-gb200', 'p6e-gb300']],
    ['otherAccelerator', ['dl1', 'inf1', 'inf2', 'trn1', 'trn1n', 'trn2', 'trn3']],
  ])('is %s for %j', (processor, families) => {
    for (const family of families) {
      expect([family, processorOf({ instanceType: InstanceType.of(`ml.${family}.xlarge`) })]).toEqual([family, processor]);
    }
  });

  test('is a CPU where there are no instances', () => {
    expect(processorOf({})).toBe('cpu');
  });

  test('is not known of a token', () => {
    expect(processorOf({ instanceType: InstanceType.of(Token.asString({ Ref: 'Type' })) })).toBeUndefined();
  });
});

test.each([
  ['ml.c7g.xlarge', ['ml.c7i.xlarge']],
  ['ml.c8g.medium', ['ml.c7i.large']],
  ['ml.c7g.metal', ['ml.c7i.large']],
  ['ml.m6gd.16xlarge', ['ml.m7i.16xlarge']],
  ['ml.r8g.48xlarge', ['ml.r7i.48xlarge']],
  ['ml.x2gd.large', ['ml.r7i.large']],
  ['ml.t4g.2xlarge', ['ml.m7i.2xlarge']],
  ['ml.g5g.2xlarge', ['ml.g5.xlarge']],
  ['ml.p6e-gb200.36xlarge', ['ml.g5.xlarge']],
  ['ml.inf1.6xlarge', ['ml.g5.xlarge', 'ml.c7i.xlarge']],
  ['ml.trn2.48xlarge', ['ml.g5.xlarge', 'ml.c7i.xlarge']],
  ['ml.p2.16xlarge', ['ml.g4dn.xlarge']],
  ['ml.g5.xlarge', []],
  ['ml.c5.xlarge', []],
])('instead of %s, %j runs images for x86', (name, others) => {
  expect(x86InsteadOf(InstanceType.of(name)).map(String)).toEqual(others);
});
