import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import type { Violation } from '../private/errors';

/** What a variant of an endpoint comes to. */
export interface BoundVariant {
  readonly production: CfnEndpointConfig.ProductionVariantProperty;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/** A warning, by the end of its id. */
export interface VariantWarning {
  readonly id: string;
  readonly message: string;
}

/** A kind of variant. */
export interface VariantSource {
  /** Whether the instances have storage of their own. */
  readonly hasLocalStorage: boolean;
  /** What will probably not work, though it can be rendered. */
  readonly warnings: readonly VariantWarning[];
  /** What is wrong with it, with properties named as in `at`property. */
  check(at: string): Violation[];
  /** Makes what it needs in the endpoint. */
  bind(endpoint: Construct, variantName: string): BoundVariant;
}
