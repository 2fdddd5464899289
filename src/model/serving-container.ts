import { Aspects } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { CheckedArtifact } from './artifact-source';
import { ServingEnvironment } from './container-environment';
import { ImageContainer, revisionVariable } from './image-container';
import type { InferenceCode } from './inference-code';
import type { ModelArtifact } from './model-artifact';
import { defaultModel, warnOfNewerModels } from './model-checks';
import { servingEnvironment } from './serving-environment';
import type { TensorFlowServingOptions } from './serving-options';
import { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';

/** What a container of TensorFlow Serving serves, and how. */
export interface TensorFlowContainerOptions extends TensorFlowServingOptions {
  /** The model's files. */
  readonly artifact: ModelArtifact;

  /**
   * The release of TensorFlow whose serving container serves the model.
   *
   * The image is the one for the processor of the instances that the model is put on. A release that only trains is
   * mapped to the one that serves its models.
   *
   * @default - none: `image` is required, unless the artifact is a model package
   */
  readonly version?: TensorFlowVersion;

  /**
   * An image of one's own, instead of a `version`.
   *
   * @default - the image of `version`, or of the model package
   */
  readonly image?: TensorFlowImage;

  /**
   * The handlers that run before and after the model: `inference.py` and what it needs.
   *
   * @default - none: the container answers TensorFlow Serving's own requests
   */
  readonly code?: InferenceCode;

  /**
   * Further variables of the container, at most 100 with those that the typed options set.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
   */
  readonly environment?: { readonly [key: string]: string };
}

/** A container of TensorFlow Serving with an image and an artifact. */
export class ServingContainer extends ImageContainer {
  public readonly artifact: CheckedArtifact;

  /** @param options options that nothing is wrong with */
  constructor(scope: Construct, options: TensorFlowContainerOptions) {
    const artifact = options.artifact._check(scope, { code: options.code });
    super({
      image: options.image ?? TensorFlowImage._forServing(options.version!),
      artifact,
      environment: new ServingEnvironment(scope, options, {
        ...defaultModel(scope, artifact, { ...servingEnvironment(options), ...options.environment }),
        ...revisionVariable(artifact),
      }, options.version?._answersWithinWaitTime === true),
    });
    this.artifact = artifact;
    const warn = () => { warnOfNewerModels(scope, artifact.tensorFlowVersions ?? [], options.version); };
    if (artifact.multiModel === undefined) {
      warn();
    } else {
      // models may be added until the app is synthesized
      Aspects.of(scope).add({ visit: (node) => { if (node === scope) { warn(); } } });
    }
  }
}
