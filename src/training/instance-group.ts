import type { InstanceType } from '../images/instance-type';

/**
 * Instances of one type in a cluster of several types.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster.html
 */
export interface InstanceGroup {
  /** The name that inputs and the script know the group by, 1 to 64 characters. */
  readonly name: string;

  /** The type of the instances. */
  readonly instanceType: InstanceType;

  /**
   * How many instances the group has.
   *
   * @default 1
   */
  readonly instanceCount?: number;
}
