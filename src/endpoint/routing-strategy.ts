/**
 * How SageMaker spreads requests over the instances of a variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
 */
export enum RoutingStrategy {
  /** The instance with the fewest requests under way gets the next one. */
  LEAST_OUTSTANDING_REQUESTS = 'LEAST_OUTSTANDING_REQUESTS',
  /** Any instance gets the next one. */
  RANDOM = 'RANDOM',
}
