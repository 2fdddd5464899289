import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib/core';

/**
 * How a policy keeps a metric at its target.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export interface TargetTrackingOptions {
  /**
   * The name of the policy: 1 to 256 printable characters, different for each policy of a variant.
   *
   * A policy whose name is changed is made anew before the old one goes. Application Auto Scaling does not take two for the
   * same metric, so that such an update fails: remove the policy in one deployment, and add it again in the next.
   *
   * @default - made of the policy's path
   */
  readonly policyName?: string;

  /**
   * How long after taking something away it may take the next: whole seconds.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleInCooldown?: Duration;

  /**
   * How long it waits for what it added to take effect, before it adds more: whole seconds.
   *
   * @default Duration.minutes(5)
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * Whether the policy only adds and never takes away.
   *
   * @default false
   */
  readonly disableScaleIn?: boolean;
}

/** A target for the number of requests. */
export interface InvocationsScalingOptions extends TargetTrackingOptions {
  /**
   * How many requests an instance gets in a minute, on average: a number greater than 0.
   *
   * AWS advises to find out how many a single instance can answer, and to begin with half of them.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html
   */
  readonly invocationsPerInstance: number;
}

/** A target for the number of requests at the same time. */
export interface ConcurrentRequestsScalingOptions extends TargetTrackingOptions {
  /** How many requests an instance works on at the same time, those that wait in its container included: a number greater than 0. */
  readonly concurrentRequestsPerInstance: number;
}

/** A target for what is used of the instances. */
export interface UtilizationScalingOptions extends TargetTrackingOptions {
  /** The percentage that is used of what the whole instance has: 1 to 100. */
  readonly targetUtilizationPercent: number;
}

/** A target for the number of requests that wait. */
export interface BacklogScalingOptions extends TargetTrackingOptions {
  /** How many requests wait in the queue for each instance: a number greater than 0. */
  readonly backlogPerInstance: number;
}

/** A target for any metric. */
export interface MetricScalingOptions extends TargetTrackingOptions {
  /**
   * The metric: one of a single instance, or an average over them, so that it falls when there are more.
   *
   * It is read every minute. A math expression is not possible, nor a percentile: its statistic is Average, Minimum, Maximum,
   * SampleCount or Sum.
   */
  readonly metric: IMetric;

  /** What the metric is kept at: a number greater than 0. */
  readonly targetValue: number;
}
