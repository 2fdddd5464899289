import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AcceleratorType } from './accelerator-type';
import type { InstanceType } from './instance-type';

/** What the container runs on. */
export interface Hardware {
  /** The instances; left out where there are none, as in serverless inference, which is for the CPU. */
  readonly instanceType?: InstanceType;
  readonly acceleratorType?: AcceleratorType;
}

/** A registry that is reached through a VPC. */
export interface PrivateRegistry {
  /** The ARN of the function that has the credentials, if any are needed. */
  readonly credentialsProviderArn?: string;
}

/** An image, as something in a stack uses it. */
export interface BoundImage {
  /** The address, which is what SageMaker takes. */
  readonly imageUri: string;
  /** How SageMaker gets at it, if it is in a registry that is not Amazon ECR. */
  readonly privateRegistry?: PrivateRegistry;
  /** Lets the grantee pull the image. */
  grantPull(grantee: iam.IGrantable): void;
}

/** Which of its images a source gives: the same key on the same source is the same image. */
export type ImageKey = 'cpu' | 'gpu' | 'graviton' | 'eia' | 'own';

/** Where an image comes from. */
export interface ImageSource {
  /** Whether it is in a registry that is not Amazon ECR. */
  readonly isPrivate?: boolean;
  key(where: Construct, hardware: Hardware): ImageKey;
  bind(scope: Construct, hardware: Hardware): BoundImage;
}
