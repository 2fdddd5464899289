import { Lazy } from 'aws-cdk-lib';
import { serverlessEndpointIn, variantOn } from './scaling-support';
import { modelWith } from './variant-support';
import { EndpointVariant, InstanceType } from '../../src';
import { cpuCountOf, gpuCountOf, modesOfVariant } from '../../src/endpoint/variant-hardware';
import type { VariantFacts } from '../../src/endpoint/variant-source';
import { newStack } from '../support/synthesis';

/** A variant on instances of several types. */
function mixed(...types: string[]): VariantFacts {
  return { ...variantOn(newStack(), 'blue', 'ml.c5.large')._facts, instanceTypes: types.map((type) => InstanceType.of(type)) };
}

test.each([
  [['ml.c5.xlarge'], 4, 0],
  [['ml.g5.12xlarge'], 48, 4],
  [['ml.g5.xlarge', 'ml.g4dn.xlarge'], 4, 1],
  [['ml.c5.xlarge', 'ml.g5.xlarge'], 4, undefined],
  [['ml.c5.xlarge', 'ml.c5.2xlarge'], undefined, 0],
  [[], undefined, undefined],
])('instances of %j have %s CPUs and %s GPUs each', (types, cpus, gpus) => {
  expect(cpuCountOf(mixed(...types))).toBe(cpus);
  expect(gpuCountOf(mixed(...types))).toBe(gpus);
});

test('of a type that is not known yet, no numbers are', () => {
  const facts = mixed(Lazy.string({ produce: () => 'ml.c5.large' }));
  expect([cpuCountOf(facts), gpuCountOf(facts)]).toEqual([undefined, undefined]);
});

test('a variant publishes what suits its way of answering', () => {
  const stack = newStack();
  const { _facts: facts } = variantOn(stack, 'blue', 'ml.c5.large');
  expect(modesOfVariant(facts, false)).toEqual(['real-time']);
  expect(modesOfVariant(facts, true)).toEqual(['asynchronous']);
  expect(modesOfVariant(serverlessEndpointIn(stack, {})._variants[0]._facts, false)).toEqual(['serverless']);
  const many = EndpointVariant.onInstances('many', { model: modelWith(stack, { isMultiModel: true }), instanceType: InstanceType.of('ml.c5.large') });
  expect(modesOfVariant(many._facts, false)).toEqual(['real-time', 'multi-model']);
});
