/**
 * What a transform job is a part of in SageMaker Experiments.
 *
 * Each name has 1 to 120 letters, digits and hyphens, the first and the last no hyphen.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
 */
export interface TransformExperiment {
  /**
   * The name of an experiment that exists.
   *
   * @default - none
   */
  readonly experimentName?: string;

  /**
   * The name of a trial that exists.
   *
   * @default - a new trial
   */
  readonly trialName?: string;

  /**
   * The name that the job is shown with.
   *
   * @default - the name of the job
   */
  readonly displayName?: string;

  /**
   * The name of the experiment's run.
   *
   * @default - none
   */
  readonly runName?: string;
}
