import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { Duration, type Size } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { InferenceAmiVersion } from './inference-ami-version';
import type { RoutingStrategy } from './routing-strategy';
import type { AcceleratorType } from '../images/accelerator-type';
import type { InstanceType } from '../images/instance-type';
import type { ModelFromArtifact } from '../model/model-from-artifact';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { checkGibibytes, checkInteger, checkNumber, checkPattern, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';

/** What SageMaker accepts as the name of an endpoint or of a variant. */
export const ENDPOINT_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
export const ENDPOINT_NAME_RULE = 'must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last';

/** SageMaker gives a real-time request no longer than this. */
const REAL_TIME_LIMIT = Duration.seconds(60);

/** What a variant of an endpoint comes to. */
export interface BoundVariant {
  readonly production: CfnEndpointConfig.ProductionVariantProperty;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/** A variant that runs on instances which are there all the time. */
export interface InstanceVariantOptions {
  /** The model that the variant serves. */
  readonly model: ITensorFlowModel;

  /**
   * The type of the instances.
   *
   * The model's image is the one for their processor: CPU, GPU or Graviton.
   */
  readonly instanceType: InstanceType;

  /**
   * How many instances the variant starts with, at least 1.
   *
   * With 2 or more of them SageMaker puts them into different Availability Zones.
   *
   * @default 1
   */
  readonly initialInstanceCount?: number;

  /**
   * The variant's share of the requests: its weight over the sum of all weights. 0 sends it only those that name it.
   *
   * @default 1
   */
  readonly weight?: number;

  /**
   * An Elastic Inference accelerator for each instance; AWS no longer offers these.
   *
   * @default - none
   */
  readonly acceleratorType?: AcceleratorType;

  /**
   * The size of the volume of each instance, 1 to 512 whole GiB.
   *
   * Instances with storage of their own, such as `ml.g5.xlarge`, have no such volume.
   *
   * @default - SageMaker's choice for the instance type
   */
  readonly volumeSize?: Size;

  /**
   * How long an instance may take to download the artifact, 60 to 3600 whole seconds.
   *
   * @default - SageMaker's own limit
   */
  readonly modelDataDownloadTimeout?: Duration;

  /**
   * How long the container may take until it answers health checks, 60 to 3600 whole seconds.
   *
   * @default - the model's `modelLoadTimeout` and a minute, if it has one; otherwise SageMaker's own limit
   */
  readonly containerStartupHealthCheckTimeout?: Duration;

  /**
   * The machine image of the instances.
   *
   * @default - SageMaker's choice for the instance type
   */
  readonly inferenceAmiVersion?: InferenceAmiVersion;

  /**
   * How requests are spread over the instances.
   *
   * @default RoutingStrategy.RANDOM
   */
  readonly routing?: RoutingStrategy;
}

/** A part of an endpoint that serves one model in one way, and gets a share of the requests. */
export abstract class EndpointVariant {
  /**
   * A variant on instances that are there all the time.
   *
   * @param variantName 1 to 63 letters, digits and hyphens; no two variants of an endpoint have the same
   */
  public static onInstances(variantName: string, options: InstanceVariantOptions): EndpointVariant {
    return new InstanceVariant(variantName, options);
  }

  /** The name of the variant, which requests can ask for. */
  public readonly variantName: string;

  protected constructor(variantName: string) {
    this.variantName = variantName;
  }

  /** Whether the instances have storage of their own, which SageMaker encrypts with no key but its own. @internal */
  public abstract readonly _hasLocalStorage: boolean;

  /** Whether the variant uses Elastic Inference. @internal */
  public abstract readonly _usesElasticInference: boolean;

  /** What is wrong with the variant, with properties named as in `at`.property. @internal */
  public abstract _check(at: string): Violation[];

  /** Makes what the variant needs in the endpoint. @internal */
  public abstract _bind(endpoint: Construct): BoundVariant;
}

class InstanceVariant extends EndpointVariant {
  public readonly _hasLocalStorage: boolean;
  public readonly _usesElasticInference: boolean;

  constructor(variantName: string, private readonly options: InstanceVariantOptions) {
    super(variantName);
    this._hasLocalStorage = options.instanceType._hasLocalStorage;
    this._usesElasticInference = options.acceleratorType !== undefined;
  }

  public _check(at: string): Violation[] {
    const { options } = this;
    const seconds = { min: 60, max: 3600 };
    return [
      ...checkPattern(`${at}variantName`, this.variantName, ENDPOINT_NAME, ENDPOINT_NAME_RULE),
      ...checkInteger(`${at}initialInstanceCount`, options.initialInstanceCount, { min: 1 }),
      ...checkNumber(`${at}weight`, options.weight, { min: 0 }),
      ...checkGibibytes(`${at}volumeSize`, options.volumeSize, { min: 1, max: 512 }),
      ...checkSeconds(`${at}modelDataDownloadTimeout`, options.modelDataDownloadTimeout, seconds),
      ...checkSeconds(`${at}containerStartupHealthCheckTimeout`, options.containerStartupHealthCheckTimeout, seconds),
      ...this.checkVolume(at),
      ...this.checkInvocationTimeout(at),
    ];
  }

  public _bind(endpoint: Construct): BoundVariant {
    const { options } = this;
    const made = madeHere(options.model);
    return {
      production: {
        variantName: this.variantName,
        modelName: made !== undefined
          ? made._modelNameFor(endpoint, { instanceType: options.instanceType, acceleratorType: options.acceleratorType })
          : options.model.modelName,
        instanceType: options.instanceType.toString(),
        initialInstanceCount: options.initialInstanceCount ?? 1,
        initialVariantWeight: options.weight ?? 1,
        acceleratorType: options.acceleratorType?.toString(),
        volumeSizeInGb: options.volumeSize?.toGibibytes(),
        modelDataDownloadTimeoutInSeconds: options.modelDataDownloadTimeout?.toSeconds(),
        containerStartupHealthCheckTimeoutInSeconds: startupTimeout(options, made)?.toSeconds(),
        inferenceAmiVersion: options.inferenceAmiVersion?.toString(),
        routingConfig: options.routing !== undefined ? { routingStrategy: options.routing } : undefined,
      },
      securityGroups: made?._securityGroups ?? [],
    };
  }

  private checkVolume(at: string): Violation[] {
    return this._hasLocalStorage && this.options.volumeSize !== undefined
      ? [{
        property: `${at}volumeSize`,
        got: `${this.options.volumeSize.toGibibytes()} GiB on ${this.options.instanceType}`,
        rule: 'can not be given for instances with storage of their own',
        remedy: 'leave it out',
      }]
      : [];
  }

  private checkInvocationTimeout(at: string): Violation[] {
    const timeout = madeHere(this.options.model)?._invocationTimeout;
    return timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() > REAL_TIME_LIMIT.toSeconds()
      ? [{
        property: `${at}model`,
        got: `an invocationTimeout of ${timeout.toSeconds()} seconds`,
        rule: `must have an \`invocationTimeout\` of at most ${REAL_TIME_LIMIT.toSeconds()} seconds, which is all that a real-time request gets`,
        remedy: 'score such requests asynchronously or in a batch transform',
      }]
      : [];
  }
}

function startupTimeout(options: InstanceVariantOptions, model: ModelFromArtifact | undefined): Duration | undefined {
  if (options.containerStartupHealthCheckTimeout !== undefined || model?._loadTimeout === undefined) {
    return options.containerStartupHealthCheckTimeout;
  }
  return model._loadTimeout.isUnresolved()
    ? undefined
    : Duration.seconds(Math.min(3600, model._loadTimeout.toSeconds() + 60));
}

/** The model, if it is one of this library's own and not imported. */
function madeHere(model: ITensorFlowModel): ModelFromArtifact | undefined {
  return '_modelNameFor' in model ? model as ModelFromArtifact : undefined;
}
