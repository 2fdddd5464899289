import type { Construct } from 'constructs';
import type { CheckedArtifact } from './artifact-source';
import { checkEnvironmentOptions, FixedEnvironment } from './container-environment';
import type { ContainerSource } from './container-source';
import { ImageContainer, revisionVariable } from './image-container';
import type { ModelArtifact } from './model-artifact';
import { checkImage } from './model-checks';
import { ServingContainer, type TensorFlowContainerOptions } from './serving-container';
import { checkVariables } from './serving-environment';
import type { TensorFlowImage } from '../images/tensorflow-image';
import { throwIfAny, type Violation } from '../private/errors';
import { checkSageMakerName } from '../private/sagemaker-name';

/** A container of TensorFlow Serving among others. */
export interface ServingPipelineContainerOptions extends TensorFlowContainerOptions {
  /**
   * The name of the container in logs and metrics, and in requests to it alone: 1 to 63 letters, digits and hyphens.
   *
   * Either all containers of a pipeline have one or none has.
   *
   * @default - SageMaker makes one of its place in the pipeline; where requests are to single containers, it is required
   */
  readonly containerHostname?: string;
}

/** A container of any image among others. */
export interface ImagePipelineContainerOptions {
  /**
   * The name of the container in logs and metrics, and in requests to it alone: 1 to 63 letters, digits and hyphens.
   *
   * Either all containers of a pipeline have one or none has.
   *
   * @default - SageMaker makes one of its place in the pipeline; where requests are to single containers, it is required
   */
  readonly containerHostname?: string;

  /**
   * The files that the container finds below `/opt/ml/model`.
   *
   * They come from a bucket, by `ModelArtifact.fromBucket` or `fromBucketPrefix`, unless they are TensorFlow models.
   *
   * @default - none
   */
  readonly artifact?: ModelArtifact;

  /**
   * The variables of the container, at most 100.
   *
   * @default - none
   */
  readonly environment?: { readonly [key: string]: string };
}

/** A container of a pipeline, before it is known what the pipeline is put to. */
export interface BoundPipelineContainer {
  readonly source: ContainerSource;
  readonly artifact?: CheckedArtifact;
  readonly environment: { readonly [key: string]: string };
}

/** One of the containers of an `InferencePipeline`. */
export class PipelineContainer {
  /** A container of TensorFlow Serving with its model, as a `ModelFromArtifact` has it. */
  public static ofTensorFlow(options: ServingPipelineContainerOptions): PipelineContainer {
    return new PipelineContainer(options, options.image, options);
  }

  /**
   * A container of any image that speaks to SageMaker as those of TensorFlow Serving do, such as one that prepares
   * requests.
   */
  public static ofImage(image: TensorFlowImage, options: ImagePipelineContainerOptions = {}): PipelineContainer {
    return new PipelineContainer(options, image);
  }

  /** The image, unless it follows from a version. @internal */
  public readonly _image?: TensorFlowImage;

  /** How TensorFlow Serving runs, if it does. @internal */
  public readonly _serving?: ServingPipelineContainerOptions;

  private constructor(private readonly options: ImagePipelineContainerOptions, image?: TensorFlowImage, serving?: ServingPipelineContainerOptions) {
    this._image = image;
    this._serving = serving;
  }

  /** The name of the container. @internal */
  public get _hostname(): string | undefined {
    return this.options.containerHostname;
  }

  /** What is wrong with it, with properties named as in `at`property. @internal */
  public _check(at: string): Violation[] {
    return [
      ...checkSageMakerName('containerHostname', this._hostname),
      ...this._serving !== undefined
        ? [...checkImage(this._serving), ...checkEnvironmentOptions(this._serving)]
        : checkVariables(this.options.environment ?? {}),
    ].map((violation) => ({ ...violation, property: `${at}${violation.property}` }));
  }

  /** Looks at its files; there is nothing wrong with the rest. @internal */
  public _bind(scope: Construct): BoundPipelineContainer {
    const bound = this._serving !== undefined ? bindServing(scope, this._serving) : bindImage(scope, this._image!, this.options);
    throwIfAny(scope, bound.artifact?.multiModel === undefined ? [] : [{
      property: 'artifact', rule: 'must be a single model in a pipeline', remedy: 'give the MultiModel to a ModelFromArtifact',
    }]);
    return bound;
  }
}

function bindServing(scope: Construct, options: ServingPipelineContainerOptions): BoundPipelineContainer {
  const source = new ServingContainer(scope, options);
  return { source, artifact: source.artifact, environment: source.environment.variables };
}

function bindImage(scope: Construct, image: TensorFlowImage, options: ImagePipelineContainerOptions): BoundPipelineContainer {
  const artifact = options.artifact?._check(scope, {});
  const variables = { ...artifact !== undefined ? revisionVariable(artifact) : {}, ...options.environment };
  return { source: new ImageContainer({ image, artifact, environment: new FixedEnvironment(variables) }), artifact, environment: variables };
}
