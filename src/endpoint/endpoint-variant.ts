import type { Duration, Size } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { InferenceAmiVersion } from './inference-ami-version';
import { InstanceVariant } from './instance-variant';
import type { RoutingStrategy } from './routing-strategy';
import type { BoundVariant, VariantSource, VariantWarning } from './variant-source';
import type { AcceleratorType } from '../images/accelerator-type';
import type { InstanceType } from '../images/instance-type';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { checkPattern } from '../private/checks';
import type { Violation } from '../private/errors';

/** What SageMaker accepts as the name of an endpoint or of a variant. */
export const ENDPOINT_NAME = /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
export const ENDPOINT_NAME_RULE = 'must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last';

/** A variant on instances that run all the time. */
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
   * An Elastic Inference accelerator for each instance. AWS no longer offers these.
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
   * The machine image of the instances, which has the NVIDIA driver.
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
export class EndpointVariant {
  /**
   * A variant on instances that run all the time.
   *
   * @param variantName 1 to 63 letters, digits and hyphens, different for each variant of an endpoint
   */
  public static onInstances(variantName: string, options: InstanceVariantOptions): EndpointVariant {
    return new EndpointVariant(variantName, new InstanceVariant(options));
  }

  /** The name of the variant, which requests can ask for. */
  public readonly variantName: string;

  private constructor(variantName: string, private readonly source: VariantSource) {
    this.variantName = variantName;
  }

  /** Whether the instances have storage of their own, which SageMaker encrypts with no key but its own. @internal */
  public get _hasLocalStorage(): boolean {
    return this.source.hasLocalStorage;
  }

  /** What will probably not work, though it can be rendered. @internal */
  public get _warnings(): readonly VariantWarning[] {
    return this.source.warnings;
  }

  /** What is wrong with the variant, with properties named as in `at`property. @internal */
  public _check(at: string): Violation[] {
    return [
      ...checkPattern(`${at}variantName`, this.variantName, ENDPOINT_NAME, ENDPOINT_NAME_RULE),
      ...this.source.check(at),
    ];
  }

  /** Makes what the variant needs in the endpoint. @internal */
  public _bind(endpoint: Construct): BoundVariant {
    return this.source.bind(endpoint, this.variantName);
  }
}
