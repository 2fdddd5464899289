import type { ModelApprovalStatus } from './model-approval-status';
import type { InstanceType } from '../images/instance-type';
import type { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import type { TensorFlowServingOptions } from '../model/serving-options';

/**
 * How the models of a training job are registered: what serves them, and what is said of them.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
 */
export interface ModelRegistrationOptions extends TensorFlowServingOptions {
  /**
   * Whether each version may be deployed.
   *
   * @default ModelApprovalStatus.PENDING_MANUAL_APPROVAL
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * What each version is described with, at most 1024 characters.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The release of TensorFlow whose serving container serves the model.
   *
   * @default - the one that serves the models of the job's version; for a job with an `image`, this or a serving `image` is required
   */
  readonly version?: TensorFlowVersion;

  /**
   * An image of your own that serves, instead of a `version`. It must be in Amazon ECR.
   *
   * @default - AWS's image of `version`
   */
  readonly image?: TensorFlowImage;

  /**
   * Further variables of the serving container, at most 100 with those that the typed options set.
   *
   * @default - none
   */
  readonly environment?: { readonly [key: string]: string };

  /**
   * The types of instances that the model can be served on: at least one. A version has one image, which is the one for their processor.
   *
   * @default - none is named, and the image is the one for the CPU unless `transformInstanceTypes` have another processor
   */
  readonly realtimeInstanceTypes?: InstanceType[];

  /**
   * The types of instances that the model can be used on in batch transforms: at least one.
   *
   * @default - none is named
   */
  readonly transformInstanceTypes?: InstanceType[];

  /**
   * The media types that the model takes, each at most 256 characters long.
   *
   * @default - application/json, application/jsonlines, text/csv: what the container takes without inference code
   */
  readonly supportedContentTypes?: string[];

  /**
   * Anything else to know of each version: 1 to 50 entries, with keys of at most 128 and values of at most 256 characters.
   *
   * @default - none
   */
  readonly metadata?: { readonly [key: string]: string };

  /**
   * Where the source of the model is, such as the address of a commit: at most 1024 characters.
   *
   * @default - none
   */
  readonly sourceUri?: string;
}
