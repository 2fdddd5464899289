import { PredefinedMetric } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Construct } from 'constructs';
import { ruledOut } from './mode-features';
import { checkPositive } from './scaling-checks';
import type { TargetTrackingOptions } from './scaling-options';
import { ScalableVariant, type ScaledProperty } from './scaling-variant';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';

/** Between which numbers the provisioned concurrency of a variant is scaled. */
export interface AutoScaleProvisionedConcurrencyOptions {
  /**
   * The variant, which is serverless and has a `provisionedConcurrency`.
   *
   * @default - the only variant of the endpoint
   */
  readonly variantName?: string;

  /**
   * The least that is kept ready, at least 1.
   *
   * @default 1
   */
  readonly minCapacity?: number;

  /** The most that is kept ready, up to the `maxConcurrency` of the variant. */
  readonly maxCapacity: number;
}

/** The provisioned concurrency of a variant, which is scaled. */
export interface ScalableProvisionedConcurrencyProps extends AutoScaleProvisionedConcurrencyOptions {
  /** The endpoint that has the variant. */
  readonly endpoint: TensorFlowServingEndpoint;
}

/** A target for the use of provisioned concurrency. */
export interface ConcurrencyUtilizationScalingOptions extends TargetTrackingOptions {
  /**
   * The share of the provisioned concurrency that is in use: greater than 0 and at most 1.
   *
   * @default 0.7
   */
  readonly targetUtilization?: number;
}

/**
 * The provisioned concurrency of a serverless variant, which Application Auto Scaling changes.
 *
 * Requests beyond what is ready are answered all the same, up to the `maxConcurrency` of the variant, but those wait for a cold
 * start. Updates of the endpoint keep the concurrency that scaling has set. SageMaker does not remove a variant that is scaled:
 * deploy once without scaling before, but with the endpoint's `retainAllVariantProperties`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
 */
export class ScalableProvisionedConcurrency extends ScalableVariant {
  constructor(scope: Construct, id: string, props: ScalableProvisionedConcurrencyProps) {
    super(scope, id, props, PROVISIONED_CONCURRENCY);
  }

  /**
   * Keeps the share of the provisioned concurrency that is in use at a target.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnUtilization(id: string, options: ConcurrencyUtilizationScalingOptions = {}): void {
    const { targetUtilization = 0.7 } = options;
    this._track('scaleOnUtilization', id, options, {
      metric: { predefined: PredefinedMetric.SAGEMAKER_VARIANT_PROVISIONED_CONCURRENCY_UTILIZATION },
      targetValue: targetUtilization,
      faults: checkPositive('targetUtilization', targetUtilization, 1),
    });
  }
}

const PROVISIONED_CONCURRENCY: ScaledProperty = {
  dimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
  check: (variantName, { isServerless, provisionedConcurrency }) => {
    if (!isServerless) {
      return [{
        property: 'variantName',
        got: variantName,
        rule: `must be a serverless variant, because ${ruledOut('real-time', 'concurrencyScaling')}`,
        remedy: 'use autoScaleInstanceCount',
      }];
    }
    return provisionedConcurrency === undefined
      ? [{ property: 'variantName', got: variantName, rule: 'must be a variant with provisioned concurrency', remedy: 'give it a `provisionedConcurrency`' }]
      : [];
  },
  limits: (variantName, { maxConcurrency }) => ({ least: 1, most: maxConcurrency, mostBy: `the \`maxConcurrency\` of ${variantName}` }),
};
