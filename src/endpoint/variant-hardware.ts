import type { Mode } from './mode-features';
import type { VariantFacts } from './variant-source';
import { placeable } from '../model/placeable-model';

/** In which ways a variant answers: one with many models does what the others do, and more. */
export function modesOfVariant({ isServerless, model }: Pick<VariantFacts, 'isServerless' | 'model'>, isAsync: boolean): Mode[] {
  return [
    isServerless ? 'serverless' : isAsync ? 'asynchronous' : 'real-time',
    ...placeable(model)?._facts.isMultiModel === true ? ['multi-model' as const] : [],
  ];
}

/** How many CPUs each instance has; undefined where that is not known, or not the same for all. */
export function cpuCountOf({ instanceTypes }: VariantFacts): number | undefined {
  return same(instanceTypes.map((type) => type._cpuCount));
}

/** How many GPUs each instance has; undefined where that is not known, or not the same for all. */
export function gpuCountOf({ instanceTypes }: VariantFacts): number | undefined {
  return same(instanceTypes.map((type) => type._gpuCount));
}

function same(counts: readonly (number | undefined)[]): number | undefined {
  return new Set(counts).size === 1 ? counts[0] : undefined;
}
