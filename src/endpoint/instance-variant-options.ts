import type { Duration, Size } from 'aws-cdk-lib/core';
import type { CapacityReservation } from './capacity-reservation';
import type { CoreDump } from './core-dump';
import type { InferenceAmiVersion } from './inference-ami-version';
import type { RoutingStrategy } from './routing-strategy';
import type { AcceleratorType } from '../images/accelerator-type';
import type { InstanceType } from '../images/instance-type';
import type { ITensorFlowModel } from '../model/tensorflow-model';

/** A variant on instances, whatever their types are. */
export interface CommonInstanceVariantOptions {
  /** The model that the variant serves. */
  readonly model: ITensorFlowModel;

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
   * The size of the volume of each instance, 1 to 512 whole GiB.
   *
   * Instances with storage of their own, such as `ml.g5.xlarge`, have no such volume.
   *
   * @default - SageMaker's choice for the instance type
   */
  readonly volumeSize?: Size;

  /**
   * How long SageMaker may look for instances, 300 to 3600 whole seconds.
   *
   * @default - SageMaker's own limit
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
   */
  readonly variantInstanceProvisionTimeout?: Duration;

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

  /**
   * Where the memory of a container goes that crashes.
   *
   * It can hold whatever requests contained.
   *
   * @default - nowhere
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantCoreDumpConfig.html
   */
  readonly coreDump?: CoreDump;

  /**
   * Whether a shell can be opened in the containers, with Systems Manager. It is meant for tests.
   *
   * AWS Support must have enabled the account for it, or the endpoint cannot be deployed. SageMaker is then a day late
   * with security patches and with replacing faulty instances. The model needs `networkIsolation: false`, and in a VPC
   * without internet access an interface endpoint for Systems Manager. Whoever opens the shell needs
   * `ssm:StartSession` on the endpoint.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/ssm-access.html
   */
  readonly enableSsmAccess?: boolean;
}

/** A variant on instances of one type, which run all the time. */
export interface InstanceVariantOptions extends CommonInstanceVariantOptions {
  /**
   * The type of the instances.
   *
   * The model's image is the one for their processor: CPU, GPU or Graviton.
   */
  readonly instanceType: InstanceType;

  /**
   * An Elastic Inference accelerator for each instance. AWS no longer offers these.
   *
   * @default - none
   */
  readonly acceleratorType?: AcceleratorType;

  /**
   * Capacity that was reserved beforehand, and that the instances take. It must be for their type.
   *
   * @default - none: SageMaker takes instances that are free
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/training-plan-utilization-for-inference-endpoints.html
   */
  readonly capacityReservation?: CapacityReservation;
}

/** Instances of one type, which a variant takes if it gets them. */
export interface InstancePool {
  /** The type of the instances, which no other pool of the variant has. */
  readonly instanceType: InstanceType;

  /**
   * The model that these instances serve, such as one that was made smaller for them. It must answer the same requests.
   *
   * @default - the model of the variant
   */
  readonly model?: ITensorFlowModel;
}

/** A variant on instances of several types, of which SageMaker takes those that it has. */
export interface InstancePoolVariantOptions extends CommonInstanceVariantOptions {
  /**
   * The types of the instances, 1 to 5, the most wanted first.
   *
   * Each instance gets the model's image for its own processor.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-heterogeneous.html
   */
  readonly instancePools: InstancePool[];
}
