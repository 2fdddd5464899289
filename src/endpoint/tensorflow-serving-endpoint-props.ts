import type { EndpointVariant } from './endpoint-variant';
import type { TensorFlowServingEndpointOptions } from './tensorflow-serving-endpoint-options';
import type { AcceleratorType } from '../images/accelerator-type';
import type { InstanceType } from '../images/instance-type';
import type { ITensorFlowModel } from '../model/tensorflow-model';

/** One model on one type of instance, or several variants. */
export interface TensorFlowServingEndpointProps extends TensorFlowServingEndpointOptions {
  /**
   * The model of an endpoint with one variant, which is called AllTraffic.
   *
   * @default - none: `variants` is required
   */
  readonly model?: ITensorFlowModel;

  /**
   * The type of the instances of an endpoint with one variant.
   *
   * @default - none: `variants` is required
   */
  readonly instanceType?: InstanceType;

  /**
   * How many instances an endpoint with one variant starts with, at least 1.
   *
   * @default 1
   */
  readonly initialInstanceCount?: number;

  /**
   * An Elastic Inference accelerator for each instance of an endpoint with one variant. AWS no longer offers these.
   *
   * @default - none
   */
  readonly acceleratorType?: AcceleratorType;

  /**
   * The variants, 1 to 10, instead of `model` and `instanceType`.
   *
   * SageMaker updates an endpoint by a deployment strategy only if the names of its variants stay the same: keep the name
   * and change the model. To add, rename or remove variants, give `DeploymentStrategy.unguarded()` for that one update.
   *
   * @default - one variant of `model` on `instanceType`
   */
  readonly variants?: EndpointVariant[];
}
