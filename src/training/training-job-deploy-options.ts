import type { TensorFlowServingEndpointOptions } from '../endpoint/tensorflow-serving-endpoint-options';
import type { InstanceType } from '../images/instance-type';
import type { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import type { InferenceCode } from '../model/inference-code';
import type { ModelOptions } from '../model/model-options';
import type { TensorFlowServingOptions } from '../model/serving-options';

/** How a trained model is served, and where. */
export interface TrainingJobDeployOptions extends TensorFlowServingOptions, ModelOptions, TensorFlowServingEndpointOptions {
  /** The type of the instances that serve. The model's image is the one for their processor. */
  readonly instanceType: InstanceType;

  /**
   * How many instances the endpoint starts with, at least 1.
   *
   * @default 1
   */
  readonly initialInstanceCount?: number;

  /**
   * The release of TensorFlow whose serving container serves the model.
   *
   * @default - the one that serves the models of the job's version; for a job with an `image`, this or a serving `image` is required
   */
  readonly version?: TensorFlowVersion;

  /**
   * An image of your own that serves, instead of a `version`.
   *
   * @default - AWS's image of `version`
   */
  readonly image?: TensorFlowImage;

  /**
   * The handlers that run before and after the model: `inference.py` and what it needs. A function of the stack puts them into a copy of
   * the archive when the job is done.
   *
   * @default - none, beside what the job has put into its archive
   */
  readonly code?: InferenceCode;

  /**
   * Further variables of the serving container, at most 100 with those that the typed options set.
   *
   * @default - none
   */
  readonly environment?: { readonly [key: string]: string };
}
