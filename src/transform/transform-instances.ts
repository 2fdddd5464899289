import type { InstanceType } from '../images/instance-type';
import { processorOf, x86InsteadOf } from '../images/processor';
import type { Violation } from '../private/errors';

/** The sizes that several families have. */
const UP_TO_24XLARGE = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'];
const G5_SIZES = ['xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', '48xlarge'];

/**
 * The instances that SageMaker transforms on, by their families.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 */
export const TRANSFORM_INSTANCES: { readonly [family: string]: readonly string[] } = {
  c4: ['xlarge', '2xlarge', '4xlarge', '8xlarge'],
  c5: ['xlarge', '2xlarge', '4xlarge', '9xlarge', '18xlarge'],
  c6i: [...UP_TO_24XLARGE, '32xlarge'],
  c7i: [...UP_TO_24XLARGE, '48xlarge'],
  g4dn: ['xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'],
  g5: G5_SIZES,
  g6: G5_SIZES,
  g6e: G5_SIZES,
  inf2: ['xlarge', '8xlarge', '24xlarge', '48xlarge'],
  m4: ['xlarge', '2xlarge', '4xlarge', '10xlarge', '16xlarge'],
  m5: ['large', 'xlarge', '2xlarge', '4xlarge', '12xlarge', '24xlarge'],
  m6i: [...UP_TO_24XLARGE, '32xlarge'],
  m7i: [...UP_TO_24XLARGE, '48xlarge'],
  p2: ['xlarge', '8xlarge', '16xlarge'],
  p3: ['2xlarge', '8xlarge', '16xlarge'],
  r6i: [...UP_TO_24XLARGE, '32xlarge'],
  r7i: [...UP_TO_24XLARGE, '48xlarge'],
  trn1: ['2xlarge', '32xlarge'],
};

/** Finds fault with instances that SageMaker never transforms on; of a token nothing is known. */
export function checkProcessor(instanceType: InstanceType): Violation[] {
  const isArm = ['graviton', 'armWithGpu'].includes(processorOf({ instanceType }) ?? '');
  if (!isArm && instanceType._family !== 'inf1') {
    return [];
  }
  return [{
    property: 'instanceType',
    rule: `must be no ${isArm ? 'Graviton' : 'Inferentia 1'} instance: SageMaker does not transform on these`,
    got: instanceType.toString(),
    remedy: `use ${x86InsteadOf(instanceType).join(' or ')}`,
  }];
}

/** Whether SageMaker is known to transform on such instances; of a token it is not asked. */
export function isKnownToTransform(instanceType: InstanceType): boolean {
  const { _family: family } = instanceType;
  return family === undefined || TRANSFORM_INSTANCES[family]?.includes(instanceType.toString().split('.')[2]) === true;
}
