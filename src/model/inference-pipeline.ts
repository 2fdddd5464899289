import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ArtifactFacts } from './artifact-source';
import type { ContainerSource } from './container-source';
import { TensorFlowModelBase } from './model-base';
import { checkIsolation, checkNetwork, isolationOf } from './model-checks';
import type { ModelOptions } from './model-options';
import { ModelPlacement } from './model-placement';
import type { BoundPipelineContainer, PipelineContainer } from './pipeline-container';
import type { ModelFacts } from './placeable-model';
import { LARGEST_ENVIRONMENT, sizeOf } from './serving-environment';
import type { ITensorFlowModel } from './tensorflow-model';
import { throwIfAny, type Violation } from '../private/errors';

/** SageMaker takes no more containers in one model. */
const MOST_CONTAINERS = 15;

/** How requests go through the containers of a pipeline. */
export enum InferenceExecutionMode {
  /** The first container gets the request, each of the others the answer of the one before it. */
  SERIAL = 'Serial',
  /** A request names the one container that answers it, by its `containerHostname`. */
  DIRECT = 'Direct',
}

/** The containers of a pipeline, and what they run as. */
export interface InferencePipelineProps extends ModelOptions {
  /** The containers, 2 to 15, in the order in which a request goes through them. */
  readonly containers: PipelineContainer[];

  /**
   * Whether a request goes through all containers or to one.
   *
   * @default InferenceExecutionMode.SERIAL
   */
  readonly inferenceExecutionMode?: InferenceExecutionMode;
}

/**
 * A SageMaker model of several containers, which share the instances of a variant.
 *
 * It is used where a `ModelFromArtifact` is, but for serverless inference. All containers have the same role and network,
 * and their variables together may have 32,768 characters.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html
 */
export class InferencePipeline extends TensorFlowModelBase implements ITensorFlowModel {
  /** @internal */
  protected readonly _placement: ModelPlacement;

  private readonly containers: BoundPipelineContainer[];

  constructor(scope: Construct, id: string, private readonly props: InferencePipelineProps) {
    super(scope, id);

    const { containers, inferenceExecutionMode = InferenceExecutionMode.SERIAL } = props;
    throwIfAny(this, [
      ...containers.length < 2 || containers.length > MOST_CONTAINERS
        ? [{ property: 'containers', rule: `must be 2 to ${MOST_CONTAINERS} containers`, got: containers.length }] : [],
      ...containers.flatMap((container, index) => container._check(`containers[${index}].`)),
      ...checkHostnames(containers, inferenceExecutionMode),
      ...checkNetwork(props, ...containers.map((container) => container._image)),
    ]);
    this.containers = containers.map((container, index) => container._bind(placeOf(this, index)));
    throwIfAny(this, [...checkIsolation(props, this.artifacts), ...this.checkSize()]);
    this._placement = new ModelPlacement(this, {
      options: props,
      networkIsolation: () => isolationOf(props, this.artifacts),
      containers: this.containers.map(({ source }, index) => asPart(source, index, containers[index]._hostname)),
      inferenceExecutionMode,
    });
  }

  /** @internal */
  public get _facts(): ModelFacts {
    const { artifacts, props } = this;
    const serving = props.containers.map((container) => container._serving);
    return {
      isMultiModel: false,
      isPipeline: true,
      isUncompressed: artifacts.some(({ compressed }) => !compressed),
      isInVpc: props.vpc !== undefined,
      networkIsolation: isolationOf(props, artifacts),
      hasPrivateImage: props.containers.some((container) => container._image?._isPrivate === true),
      hasInferenceCode: artifacts.some(({ hasInferenceCode }) => hasInferenceCode === true) ? true : undefined,
      loadTimeout: longest(serving.map((options) => options?.modelLoadTimeout)),
      invocationTimeout: longest(serving.map((options) => options?.invocationTimeout)),
    };
  }

  private get artifacts(): ArtifactFacts[] {
    return this.containers.flatMap(({ artifact }) => artifact ?? []);
  }

  private checkSize(): Violation[] {
    const size = this.containers.reduce((sum, { environment }) => sum + sizeOf(environment), 0);
    return size <= LARGEST_ENVIRONMENT ? [] : [{
      property: 'containers', rule: `must have at most ${LARGEST_ENVIRONMENT} characters in all keys and values of their variables`, got: size,
    }];
  }
}

/** Containers that need the same resources have them in places of their own. */
function placeOf(host: Construct, index: number): Construct {
  const id = `Container${index + 1}`;
  return host.node.tryFindChild(id) as Construct | undefined ?? new Construct(host, id);
}

function asPart(source: ContainerSource, index: number, containerHostname: string | undefined): ContainerSource {
  return {
    key: (user, use) => source.key(user, use),
    bind: (host, use, role) => {
      const bound = source.bind(placeOf(host, index), use, role);
      return { ...bound, definition: { ...bound.definition, containerHostname } };
    },
  };
}

function checkHostnames(containers: PipelineContainer[], mode: InferenceExecutionMode): Violation[] {
  const names = containers.map((container) => container._hostname);
  const isNamed = mode === InferenceExecutionMode.DIRECT || names.some((name) => name !== undefined);
  const missing = names.flatMap((name, index) => isNamed && name === undefined ? [index] : []);
  const twice = names.filter((name, index) => name !== undefined && names.indexOf(name) !== index);
  return [
    ...missing.map((index) => ({
      property: `containers[${index}].containerHostname`,
      rule: mode === InferenceExecutionMode.DIRECT
        ? 'is required where requests name the container that answers them'
        : 'is required, because other containers have one',
    })),
    ...[...new Set(twice)].map((name) => ({ property: 'containers', rule: 'must have different names', got: `${name} twice` })),
  ];
}

/** The longest of the times that were given; one that is only known when the stack is deployed may be that. */
function longest(times: (Duration | undefined)[]): Duration | undefined {
  const given = times.flatMap((time) => time ?? []);
  return given.find((time) => time.isUnresolved()) ?? given.sort((a, b) => b.toSeconds() - a.toSeconds())[0];
}
