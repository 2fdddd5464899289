import type { Size } from 'aws-cdk-lib/core';
import type { InstanceType } from '../images/instance-type';

/**
 * A rule that looks at what SageMaker Debugger collects while the job runs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugRuleConfiguration.html
 */
export interface DebuggerRule {
  /** The name of the rule in this job, 1 to 256 characters. */
  readonly name: string;

  /**
   * The address of the image that evaluates the rule, at most 255 characters. AWS has one in each region.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-reference.html
   */
  readonly evaluatorImageUri: string;

  /**
   * The rule's parameters, such as `{ rule_to_invoke: 'VanishingGradient' }`: at most 100, each name and value at most 256 characters.
   *
   * @default - none
   */
  readonly parameters?: { readonly [name: string]: string };

  /**
   * The instance that evaluates the rule.
   *
   * @default - SageMaker's choice
   */
  readonly instanceType?: InstanceType;

  /**
   * The size of that instance's volume, in whole GiB.
   *
   * @default - SageMaker's choice
   */
  readonly volumeSize?: Size;
}
