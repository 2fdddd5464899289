export { AcceleratorType } from './images/accelerator-type';
export { InstanceType } from './images/instance-type';
export { TensorFlowImage, type TensorFlowImageAssetOptions } from './images/tensorflow-image';
export { TensorFlowVersion } from './images/tensorflow-version';

export { InferenceCode } from './model/inference-code';
export { type BucketArtifactOptions, ModelArtifact, type SavedModelArtifactOptions } from './model/model-artifact';
export { ModelFromArtifact, type ModelFromArtifactProps } from './model/model-from-artifact';
export { GunicornWorkerClass, ServingLogLevel, type TensorFlowServingOptions } from './model/serving-options';
export { type ITensorFlowModel } from './model/tensorflow-model';

export { type ITensorFlowServingEndpoint, type VariantMetricOptions } from './endpoint/endpoint-base';
export { EndpointVariant, type InstanceVariantOptions } from './endpoint/endpoint-variant';
export { InferenceAmiVersion } from './endpoint/inference-ami-version';
export { RoutingStrategy } from './endpoint/routing-strategy';
export {
  TensorFlowServingEndpoint, type TensorFlowServingEndpointAttributes, type TensorFlowServingEndpointProps,
} from './endpoint/tensorflow-serving-endpoint';
