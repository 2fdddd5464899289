import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ArtifactFacts } from './artifact-source';
import { checkEnvironmentOptions } from './container-environment';
import { ImportedModel } from './imported-model';
import { TensorFlowModelBase } from './model-base';
import { checkImage, checkIsolation, checkNetwork, isolationOf } from './model-checks';
import type { ModelOptions } from './model-options';
import { ModelPlacement } from './model-placement';
import { checkManyModels } from './multi-model-checks';
import type { ModelFacts } from './placeable-model';
import { ServingContainer, type TensorFlowContainerOptions } from './serving-container';
import type { ITensorFlowModel } from './tensorflow-model';
import { checkPattern } from '../private/checks';
import { throwIfAny } from '../private/errors';
import { nameInArn } from '../private/sagemaker-arn';

const MODEL_NAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;

/** What is served, and how the container serves it. */
export interface ModelFromArtifactProps extends TensorFlowContainerOptions, ModelOptions {
}

/**
 * A SageMaker model served by TensorFlow Serving, made from an artifact: files on disk, an archive, objects in S3, or a
 * model package.
 *
 * It makes one `AWS::SageMaker::Model` for each image and each set of variables that its users need, in the stack that
 * needs it: an endpoint with a CPU and a GPU variant gets two of them, and other endpoints of its stack share these. A
 * serverless endpoint gets one without network isolation, an asynchronous one those whose container waits as long as
 * a request may take. A model that nothing uses is made for the CPU. So there is no child resource, and no
 * `node.defaultChild`, before something uses the model. In another stack, tags come from that stack.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
 */
export class ModelFromArtifact extends TensorFlowModelBase implements ITensorFlowModel {
  /** Refers to a model that exists already, by its name. */
  public static fromModelName(scope: Construct, id: string, modelName: string): ITensorFlowModel {
    throwIfAny(`${scope.node.path}/${id}`, checkPattern('modelName', modelName, MODEL_NAME, 'must be 1 to 63 letters, digits and hyphens',
      'give an ARN to fromModelArn'));
    return new ImportedModel(scope, id, modelName, Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'model', resourceName: modelName }));
  }

  /** Refers to a model that exists already, by its ARN. */
  public static fromModelArn(scope: Construct, id: string, modelArn: string): ITensorFlowModel {
    return new ImportedModel(scope, id, nameInArn(scope, id, 'modelArn', modelArn, 'model'), modelArn);
  }

  /** @internal */
  protected readonly _placement: ModelPlacement;

  private readonly artifact: ArtifactFacts;

  constructor(scope: Construct, id: string, private readonly props: ModelFromArtifactProps) {
    super(scope, id);

    const modelPackage = props.artifact._modelPackage;
    throwIfAny(this, [
      ...modelPackage === undefined ? checkImage(props) : modelPackage.checkFor(this, props),
      ...checkEnvironmentOptions(props),
      ...checkNetwork(props, props.image),
    ]);
    const container = modelPackage?.containerFor(this, props) ?? new ServingContainer(this, props);
    this.artifact = container.artifact;
    throwIfAny(this, [
      ...checkIsolation(props, [this.artifact]),
      ...this.artifact.multiModel === undefined ? [] : checkManyModels(props),
    ]);
    this._placement = new ModelPlacement(this, {
      options: props,
      networkIsolation: () => isolationOf(props, [this.artifact]),
      containers: [container],
    });
  }

  /** @internal */
  public get _facts(): ModelFacts {
    const { artifact, props } = this;
    return {
      isMultiModel: artifact.multiModel !== undefined,
      isPipeline: false,
      isUncompressed: !artifact.compressed,
      isInVpc: props.vpc !== undefined,
      networkIsolation: isolationOf(props, [artifact]),
      hasPrivateImage: props.image?._isPrivate === true,
      hasInferenceCode: artifact.hasInferenceCode,
      loadTimeout: props.modelLoadTimeout,
      invocationTimeout: props.invocationTimeout,
    };
  }
}
