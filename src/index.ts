export { AcceleratorType } from './images/accelerator-type';
export { InstanceType } from './images/instance-type';
export { type PrivateRegistryOptions, TensorFlowImage, type TensorFlowImageAssetOptions } from './images/tensorflow-image';
export { TensorFlowVersion } from './images/tensorflow-version';

export { InferenceCode } from './model/inference-code';
export { InferenceExecutionMode, InferencePipeline, type InferencePipelineProps } from './model/inference-pipeline';
export { type BucketArtifactOptions, ModelArtifact, type ModelPackageArtifactOptions, type SavedModelArtifactOptions } from './model/model-artifact';
export { ModelFromArtifact, type ModelFromArtifactProps } from './model/model-from-artifact';
export { type ModelOptions } from './model/model-options';
export { type AddModelOptions, MultiModel, type MultiModelOptions } from './model/multi-model';
export { type ImagePipelineContainerOptions, PipelineContainer, type ServingPipelineContainerOptions } from './model/pipeline-container';
export { type TensorFlowContainerOptions } from './model/serving-container';
export { GunicornWorkerClass, ServingLogLevel, type TensorFlowServingOptions } from './model/serving-options';
export { type ITensorFlowModel } from './model/tensorflow-model';
export { type ITrainedModel } from './model/trained-model';

export { AlarmKind } from './endpoint/alarm-kind';
export { type AsyncInference, AsyncNotification } from './endpoint/async-inference';
export { CapacityReservation } from './endpoint/capacity-reservation';
export { CapacitySize } from './endpoint/capacity-size';
export { ClarifyContentType, type ClarifyExplainer, ClarifyFeatureType, ClarifyTextGranularity } from './endpoint/clarify-explainer';
export { ClarifyTextLanguage } from './endpoint/clarify-text-language';
export { type CoreDump } from './endpoint/core-dump';
export { CaptureMode, type DataCapture } from './endpoint/data-capture';
export {
  type BlueGreenDeploymentOptions, type CanaryDeploymentOptions, DeploymentStrategy, type LinearDeploymentOptions, type RollingDeploymentOptions,
} from './endpoint/deployment-strategy';
export { EndpointAlarms } from './endpoint/endpoint-alarms';
export { type ITensorFlowServingEndpoint, type VariantMetricOptions } from './endpoint/endpoint-base';
export { type EndpointAlarmsOptions, EndpointMonitoring } from './endpoint/endpoint-monitoring';
export { EndpointVariant } from './endpoint/endpoint-variant';
export { type TensorFlowServingEndpointAttributes } from './endpoint/imported-endpoint';
export { InferenceAmiVersion } from './endpoint/inference-ami-version';
export { type CommonInstanceVariantOptions, type InstancePool, type InstancePoolVariantOptions, type InstanceVariantOptions } from './endpoint/instance-variant-options';
export { type RecommendedRollbackAlarmsOptions, RollbackAlarms } from './endpoint/rollback-alarms';
export { RoutingStrategy } from './endpoint/routing-strategy';
export { type AutoScaleInstanceCountOptions, ScalableInstanceCount, type ScalableInstanceCountProps } from './endpoint/scalable-instance-count';
export {
  type AutoScaleProvisionedConcurrencyOptions, type ConcurrencyUtilizationScalingOptions, ScalableProvisionedConcurrency,
  type ScalableProvisionedConcurrencyProps,
} from './endpoint/scalable-provisioned-concurrency';
export {
  type BacklogScalingOptions, type ConcurrentRequestsScalingOptions, type InvocationsScalingOptions, type MetricScalingOptions,
  type TargetTrackingOptions, type UtilizationScalingOptions,
} from './endpoint/scaling-options';
export { type ServerlessVariantOptions } from './endpoint/serverless-variant';
export { ServingVpcEndpoints, type ServingVpcEndpointsProps } from './endpoint/serving-vpc-endpoints';
export { ShapBaseline } from './endpoint/shap-baseline';
export { TensorFlowServingDashboard, type TensorFlowServingDashboardProps } from './endpoint/tensorflow-serving-dashboard';
export { TensorFlowServingEndpoint } from './endpoint/tensorflow-serving-endpoint';
export { type TensorFlowServingEndpointOptions } from './endpoint/tensorflow-serving-endpoint-options';
export { type TensorFlowServingEndpointProps } from './endpoint/tensorflow-serving-endpoint-props';
export { VariantProperty } from './endpoint/variant-property';

export { type DebuggerHook, type TensorCollection } from './training/debugger-hook';
export { type DebuggerRule } from './training/debugger-rule';
export { type DataParallelOptions, Distribution, type MpiOptions } from './training/distribution';
export { InputMode } from './training/input-mode';
export { type InstanceGroup } from './training/instance-group';
export { type MetricDefinition } from './training/metric-definition';
export { ModelApprovalStatus } from './training/model-approval-status';
export { ModelRegistration } from './training/model-registration';
export { type ModelRegistrationOptions } from './training/model-registration-options';
export { type Profiler } from './training/profiler';
export { type TensorBoardOutput } from './training/tensor-board-output';
export { TensorFlowTrainingJob, type TensorFlowTrainingJobProps } from './training/tensorflow-training-job';
export { type BucketCodeOptions, type DirectoryCodeOptions, type FileCodeOptions, TrainingCode } from './training/training-code';
export { type TrainingExperiment } from './training/training-experiment';
export { TrainingFileSystem } from './training/training-file-system';
export { TrainingInput } from './training/training-input';
export {
  type AssetInputOptions, type AugmentedManifestInputOptions, FileSystemAccessMode, type FileSystemInputOptions, InputCompression,
  type ManifestInputOptions, RecordWrapper, S3DataDistribution, type TrainingInputOptions,
} from './training/training-input-options';
export { type TrainingJobDeployOptions } from './training/training-job-deploy-options';
export { TrainingLogLevel } from './training/training-log-level';
export { type TrainingMetricOptions } from './training/training-metrics';
export { type TensorFlowTrainingOptions } from './training/training-options';
export { type ScheduledTrainingOptions, TrainingRun } from './training/training-run';

export { TensorFlowBatchTransform } from './transform/tensorflow-batch-transform';
export { type TensorFlowBatchTransformProps } from './transform/tensorflow-batch-transform-props';
export { TransformAmiVersion } from './transform/transform-ami-version';
export { type TransformDataCapture } from './transform/transform-data-capture';
export { type TransformExperiment } from './transform/transform-experiment';
export { TransformFormat } from './transform/transform-format';
export {
  TransformAssembly, TransformBatchStrategy, type TransformDocumentOptions, type TransformFormatOptions, type TransformLineOptions,
  TransformSplitType,
} from './transform/transform-format-options';
export { TransformCompression, TransformInput, type TransformInputOptions, type TransformManifestOptions } from './transform/transform-input';
export { JoinSource } from './transform/transform-join-source';
export { TransformOutput, type TransformOutputOptions } from './transform/transform-output';
export { type ManifestRunOptions, type MarkerRunOptions, TransformRun } from './transform/transform-run';
