/**
 * What an endpoint has set for its variants since its configuration was made.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VariantProperty.html
 */
export enum VariantProperty {
  /**
   * How many instances a variant has, which scaling changes.
   *
   * The configuration's own value is the `initialInstanceCount` of the variant.
   */
  DESIRED_INSTANCE_COUNT = 'DesiredInstanceCount',
  /**
   * The share of the requests that a variant gets, which `UpdateEndpointWeightsAndCapacities` changes.
   *
   * The configuration's own value is the `weight` of the variant.
   */
  DESIRED_WEIGHT = 'DesiredWeight',
  /**
   * What is captured of the requests.
   *
   * SageMaker lists it, but says that it does not support it yet.
   */
  DATA_CAPTURE_CONFIG = 'DataCaptureConfig',
}
