import type { InstanceGroup } from './instance-group';
import type { InstanceType } from '../images/instance-type';
import { processorOf } from '../images/processor';

/**
 * The instance families that SageMaker trains on.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 */
export const TRAINING_FAMILIES: readonly string[] = [
  'c4', 'c5', 'c5n', 'c6i', 'c7i', 'c7i-flex', 'c8i', 'c8i-flex', 'g4dn', 'g5', 'g6', 'g6e', 'g7', 'g7e', 'm4', 'm5', 'm6i', 'm7i', 'm7i-flex',
  'm8i', 'm8i-flex', 'p2', 'p3', 'p3dn', 'p4d', 'p4de', 'p5', 'p5e', 'p5en', 'p6-b200', 'p6-b300', 'p6e-gb200', 'r5', 'r5d', 'r6i', 'r7i', 'r8i',
  'r8i-flex', 't3', 'trn1', 'trn1n', 'trn2',
];

/** The instances of a job, as its options say it. */
export interface Instances {
  readonly instanceType?: InstanceType;
  readonly instanceCount?: number;
  readonly instanceGroups?: readonly InstanceGroup[];
}

/** The types of all instances. */
export function instanceTypesOf({ instanceType, instanceGroups }: Instances): InstanceType[] {
  return instanceType !== undefined ? [instanceType] : (instanceGroups ?? []).map((group) => group.instanceType);
}

/** The type that the image is for: all groups share it, so that it has to run on GPUs where any of them has some. */
export function imageTypeOf(instances: Instances): InstanceType | undefined {
  const types = instanceTypesOf(instances);
  return types.find((instanceType) => processorOf({ instanceType }) === 'gpu') ?? types[0];
}

/** Whether SageMaker is known to train on such instances; of a token it is not asked. */
export function isKnownToTrain({ _family }: InstanceType): boolean {
  return _family === undefined || TRAINING_FAMILIES.includes(_family);
}

/** Whether instances have an Arm processor and no GPU. */
export function isGraviton(instanceType: InstanceType): boolean {
  return processorOf({ instanceType }) === 'graviton';
}

/** Whether there may be several instances. */
export function isCluster({ instanceCount, instanceGroups }: Instances): boolean {
  return instanceGroups !== undefined
    ? instanceGroups.length > 1 || instanceGroups.some((group) => group.instanceCount !== undefined && group.instanceCount !== 1)
    : instanceCount !== undefined && instanceCount !== 1;
}
