import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';

/** What a model runs as, and which network it has. */
export interface ModelOptions {
  /**
   * The role that SageMaker assumes to read the artifact, pull the image and write logs.
   *
   * The permissions that the model needs are added to it, unless it was imported as immutable. IAM takes 10,240
   * characters of them in one role, which is enough for a few models only: best is a role for each.
   *
   * @default - a new role, which may read this artifact, pull this image, and write logs and metrics
   */
  readonly role?: iam.IRole;

  /**
   * Whether the container is cut off from the network, so that neither inference code nor a flaw in a library can
   * send anything anywhere. SageMaker itself still reads the artifact and writes the logs.
   *
   * Code in an archive that is in S3 already cannot be seen: set it to false if it has a requirements.txt. Serverless
   * inference has no isolation: there the model is made without it, unless it is given as true, which is an error.
   *
   * @default - true, unless inference code has a requirements.txt, imports an AWS client, or is in a VPC
   */
  readonly networkIsolation?: boolean;

  /**
   * The VPC whose addresses the container can reach.
   *
   * @default - none: SageMaker's own network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets that the container gets its network interfaces in, at most 16.
   *
   * @default - the private subnets of the VPC; where it has none, the isolated or the public ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the container's network interfaces, at most 5.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
