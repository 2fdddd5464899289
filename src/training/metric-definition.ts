/**
 * A metric that is read from what the job writes to its log.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export interface MetricDefinition {
  /** The name of the metric in CloudWatch, such as `validation:accuracy`, 1 to 255 characters. */
  readonly name: string;

  /**
   * A regular expression that finds the metric's value, such as `accuracy: ([0-9.]+)`, 1 to 500 characters.
   *
   * Its first group, in parentheses, is the value.
   */
  readonly regex: string;
}
