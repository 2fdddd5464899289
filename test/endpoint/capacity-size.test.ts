import { Lazy } from 'aws-cdk-lib';
import { CapacitySize } from '../../src/endpoint/capacity-size';

const TOKEN = Lazy.number({ produce: () => 3 });

describe('a size', () => {
  test('is rendered as a part of the capacity', () => {
    expect(CapacitySize.percent(30)._render()).toEqual({ type: 'CAPACITY_PERCENT', value: 30 });
  });

  test('is rendered as a number of instances', () => {
    expect(CapacitySize.instances(2)._render()).toEqual({ type: 'INSTANCE_COUNT', value: 2 });
  });

  test('is written in words', () => {
    expect(`${CapacitySize.percent(30)}, ${CapacitySize.instances(2)}`).toBe('30 percent, 2 instances');
  });

  test.each([1, 100, TOKEN])('may be %p percent', (percent) => {
    expect(CapacitySize.percent(percent)._render()).toEqual({ type: 'CAPACITY_PERCENT', value: percent });
  });

  test.each([0, 101, 2.5, NaN])('fails for %p percent', (percent) => {
    expect(() => CapacitySize.percent(percent)).toThrow(
      new Error(`[CapacitySize.percent] \`percent\` must be a whole number from 1 to 100, got: ${percent}`),
    );
  });

  test.each([1, 1000, TOKEN])('may be %p instances', (instances) => {
    expect(CapacitySize.instances(instances)._render()).toEqual({ type: 'INSTANCE_COUNT', value: instances });
  });

  test.each([0, -1, 1.5])('fails for %p instances', (instances) => {
    expect(() => CapacitySize.instances(instances)).toThrow(
      new Error(`[CapacitySize.instances] \`instances\` must be a whole number of at least 1, got: ${instances}`),
    );
  });
});

describe('the number of parts', () => {
  test.each([
    [CapacitySize.percent(25), 4, 4],
    [CapacitySize.percent(25), 2, 2],
    [CapacitySize.percent(50), 3, 2],
    [CapacitySize.percent(10), 10, 10],
    [CapacitySize.percent(30), 1, 1],
    [CapacitySize.instances(2), 5, 3],
    [CapacitySize.instances(1), 4, 4],
    [CapacitySize.instances(TOKEN), 4, undefined],
    [CapacitySize.percent(TOKEN), 4, undefined],
    [CapacitySize.percent(50), TOKEN, undefined],
  ])('%s of %p instances are moved in %p parts', (size, count, parts) => {
    expect(size._partsOf(count)).toBe(parts);
  });

  test('is 0 where there are no instances', () => {
    expect(CapacitySize.instances(1)._partsOf(0)).toBe(0);
  });
});
