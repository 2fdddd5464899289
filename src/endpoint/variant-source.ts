import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { InstanceType } from '../images/instance-type';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import type { Violation } from '../private/errors';

/** What an endpoint asks of all its variants. */
export interface VariantUse {
  /** How long a request may take, if the endpoint is asynchronous. */
  readonly asyncInvocationTimeout?: Duration;
  /** Whether requests are copied between this variant and another one, its shadow or the one that it shadows. */
  readonly copiesRequests?: boolean;
}

/** What is known of a variant before it is made. */
export interface VariantFacts {
  /** The model; of pools that of the first. */
  readonly model: ITensorFlowModel;
  /** All models: several where pools have models of their own. */
  readonly models: readonly ITensorFlowModel[];
  readonly isServerless: boolean;
  /** The types of its instances: several where there are pools, none where it is serverless. */
  readonly instanceTypes: readonly InstanceType[];
  readonly hasElasticInference: boolean;
  /** How many instances it starts with: none where it is serverless. */
  readonly initialInstanceCount: number;
  readonly provisionedConcurrency?: number;
  readonly maxConcurrency?: number;
  readonly weight: number;
}

/** What a variant of an endpoint comes to. */
export interface BoundVariant {
  readonly production: CfnEndpointConfig.ProductionVariantProperty;
  /** Properties that the lowest aws-cdk-lib has no names for, by CloudFormation's names. */
  readonly further?: { readonly [property: string]: unknown };
  readonly securityGroups: ec2.ISecurityGroup[];
  /** What the role of the model must be allowed. */
  readonly statements: iam.PolicyStatement[];
}

/** A warning, by the end of its id. */
export interface VariantWarning {
  readonly id: string;
  readonly message: string;
}

/** A kind of variant. */
export interface VariantSource {
  readonly facts: VariantFacts;
  /** Whether the instances have storage of their own. */
  readonly hasLocalStorage: boolean;
  /** What will probably not work, though it can be rendered. */
  readonly warnings: readonly VariantWarning[];
  /** What is wrong with it, with properties named as in `at`property. */
  check(at: string, use: VariantUse): Violation[];
  /** Makes what it needs in the endpoint. */
  bind(endpoint: Construct, variantName: string, use: VariantUse): BoundVariant;
}
