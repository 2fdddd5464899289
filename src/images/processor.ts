import { ARM_FAMILIES, GPU_FAMILIES, OTHER_ACCELERATOR_FAMILIES, X86_INSTEAD_OF_GRAVITON } from './image-facts';
import type { Hardware } from './image-source';
import { InstanceType } from './instance-type';

/** What an image has to be built for; `armWithGpu` and `otherAccelerator` have none. */
export type Processor = 'cpu' | 'gpu' | 'graviton' | 'armWithGpu' | 'otherAccelerator';

/** The processor of the instances; undefined where their type is a token. */
export function processorOf({ instanceType }: Hardware): Processor | undefined {
  if (instanceType === undefined) {
    return 'cpu';
  }
  const family = instanceType._family;
  if (family === undefined) {
    return undefined;
  }
  if (OTHER_ACCELERATOR_FAMILIES.test(family)) {
    return 'otherAccelerator';
  }
  const hasGpu = GPU_FAMILIES.test(family);
  if (ARM_FAMILIES.test(family)) {
    return hasGpu ? 'armWithGpu' : 'graviton';
  }
  return hasGpu ? 'gpu' : 'cpu';
}

/** Instances that run images for x86, instead of some that may not. */
export function x86InsteadOf(instanceType: InstanceType): InstanceType[] {
  const [, family, size] = instanceType.toString().split('.');
  switch (processorOf({ instanceType })) {
    case 'graviton':
      return [InstanceType.of(`ml.${X86_INSTEAD_OF_GRAVITON[family[0]] ?? 'm7i'}.${/^\d*x?large$/.test(size) ? size : 'large'}`)];
    case 'armWithGpu':
      return [InstanceType.G5_XLARGE];
    case 'otherAccelerator':
      return [InstanceType.G5_XLARGE, InstanceType.C7I_XLARGE];
    case 'gpu':
      return family === 'p2' ? [InstanceType.G4DN_XLARGE] : [];
    default:
      return [];
  }
}
