import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IResource } from 'aws-cdk-lib/core';

/**
 * A SageMaker model that TensorFlow Serving serves.
 *
 * Make one with `ModelFromArtifact`, or import one with its `fromModelName` and `fromModelArn`. Only the former chooses
 * its image by the instances that it is put on.
 */
export interface ITensorFlowModel extends IResource, iam.IGrantable, ec2.IConnectable {
  /**
   * The name of the SageMaker model.
   *
   * @attribute
   */
  readonly modelName: string;

  /**
   * The ARN of the SageMaker model.
   *
   * @attribute
   */
  readonly modelArn: string;
}
