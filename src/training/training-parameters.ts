import type * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, type IResolvable, Size, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DistributionUse } from './distribution-strategies';
import { type Hyperparameters, renderHyperparameters } from './hyperparameters';
import { InputMode } from './input-mode';
import { type CodeLocation, nameInChannel } from './training-code-source';
import { type DebuggerUse, renderDebugger } from './training-debugger';
import { renderEnvironment } from './training-environment';
import { logLevelNumber, TrainingLogLevel } from './training-log-level';
import type { TensorFlowTrainingOptions } from './training-options';
import type { Outputs } from './training-outputs';
import type { BoundImage } from '../images/tensorflow-image';
import { compareVersions } from '../images/version-numbers';
import { keyIdOf, s3Uri } from '../private/s3-directory';

/** The directory that SageMaker uploads when the job is done. */
export const MODEL_DIRECTORY = '/opt/ml/model';

/** The channel that code comes by where the container has no network. */
const CODE_CHANNEL = 'code';

/** The first release whose metrics SageMaker keeps as time series by itself. */
const FIRST_WITH_METRICS = '1.15';

/** What a request is made of, beside the options. */
export interface RequestParts {
  readonly role: iam.IRole;
  readonly image: BoundImage;
  readonly imageUri: string;
  readonly outputs: Outputs;
  readonly channels: { readonly [name: string]: { readonly [name: string]: unknown } };
  readonly code?: CodeLocation & { readonly entryPoint: string };
  readonly network?: { readonly subnetIds: string[]; readonly securityGroupIds: string[] };
  readonly tags: IResolvable;
  readonly distributionUse: DistributionUse;
  readonly debuggerUse: DebuggerUse;
}

/** What a training job gets from SageMaker, in the words of CreateTrainingJob. */
export function trainingParameters(scope: Construct, options: TensorFlowTrainingOptions, parts: RequestParts): { [name: string]: unknown } {
  const { outputs, network } = parts;
  const { experiment } = options;
  return withoutUndefined({
    AlgorithmSpecification: algorithm(options, parts),
    RoleArn: parts.role.roleArn,
    HyperParameters: renderHyperparameters({ ...options.hyperparameters, ...containerHyperparameters(scope, options, parts) }),
    InputDataConfig: channels(options, parts),
    OutputDataConfig: {
      S3OutputPath: s3Uri(outputs.model),
      KmsKeyId: keyIdOf(outputs.model),
      CompressionType: options.compressOutput === false ? 'NONE' : undefined,
    },
    ResourceConfig: resources(options),
    StoppingCondition: {
      MaxRuntimeInSeconds: (options.maxRuntime ?? Duration.days(1)).toSeconds(),
      MaxWaitTimeInSeconds: options.maxWait?.toSeconds(),
      MaxPendingTimeInSeconds: options.maxPendingTime?.toSeconds(),
    },
    VpcConfig: network === undefined ? undefined : { Subnets: network.subnetIds, SecurityGroupIds: network.securityGroupIds },
    EnableNetworkIsolation: options.networkIsolation,
    EnableInterContainerTrafficEncryption: options.encryptInterContainerTraffic,
    EnableManagedSpotTraining: options.useSpotInstances,
    CheckpointConfig: outputs.checkpoints === undefined ? undefined : {
      S3Uri: s3Uri(outputs.checkpoints), LocalPath: options.checkpointLocalPath,
    },
    Environment: renderEnvironment(options),
    TensorBoardOutputConfig: outputs.tensorBoard === undefined ? undefined : {
      S3OutputPath: s3Uri(outputs.tensorBoard), LocalPath: options.tensorBoardOutput?.localPath,
    },
    ...renderDebugger(options, outputs, parts.debuggerUse),
    ExperimentConfig: experiment === undefined ? undefined : {
      ExperimentName: experiment.experimentName,
      TrialName: experiment.trialName,
      TrialComponentDisplayName: experiment.displayName,
      RunName: experiment.runName,
    },
    RetryStrategy: options.retryAttempts === undefined ? undefined : { MaximumRetryAttempts: options.retryAttempts },
    RemoteDebugConfig: options.remoteDebug === undefined ? undefined : { EnableRemoteDebug: options.remoteDebug },
    InfraCheckConfig: options.infraCheck === undefined ? undefined : { EnableInfraCheck: options.infraCheck },
    SessionChainingConfig: options.sessionTagChaining === undefined ? undefined : { EnableSessionTagChaining: options.sessionTagChaining },
    Tags: parts.tags,
  });
}

/** The hyperparameters that are for the container and not for the script. */
export function containerHyperparameters(
  scope: Construct, options: TensorFlowTrainingOptions, { code, distributionUse }: Pick<RequestParts, 'code' | 'distributionUse'>,
): Hyperparameters {
  return {
    ...code !== undefined ? {
      sagemaker_submit_directory: options.networkIsolation === true
        ? `/opt/ml/input/data/${CODE_CHANNEL}/${nameInChannel(code.key)}`
        : `s3://${code.bucket.bucketName}/${code.key}`,
      sagemaker_program: code.entryPoint,
    } : {},
    sagemaker_container_log_level: logLevelNumber(options.logLevel ?? TrainingLogLevel.INFO),
    sagemaker_region: Stack.of(scope).region,
    ...options.distribution?._hyperparameters(distributionUse),
    model_dir: distributionUse.modelDir,
  };
}

function algorithm(options: TensorFlowTrainingOptions, { image, imageUri, distributionUse: { version } }: RequestParts): { [name: string]: unknown } {
  const registry = image.privateRegistry;
  return {
    TrainingImage: imageUri,
    TrainingInputMode: options.inputMode ?? InputMode.FILE,
    TrainingImageConfig: registry === undefined ? undefined : {
      TrainingRepositoryAccessMode: 'Vpc',
      TrainingRepositoryAuthConfig: registry.credentialsProviderArn === undefined ? undefined : {
        TrainingRepositoryCredentialsProviderArn: registry.credentialsProviderArn,
      },
    },
    ContainerEntrypoint: options.containerEntryPoint,
    ContainerArguments: options.containerArguments,
    MetricDefinitions: options.metricDefinitions?.map(({ name, regex }) => ({ Name: name, Regex: regex })),
    EnableSageMakerMetricsTimeSeries: options.enableSageMakerMetrics
      ?? (version !== undefined && compareVersions(version, FIRST_WITH_METRICS) >= 0 ? true : undefined),
  };
}

function channels({ networkIsolation }: TensorFlowTrainingOptions, parts: RequestParts): { [name: string]: unknown }[] | undefined {
  const { code } = parts;
  const all: RequestParts['channels'] = {
    ...parts.channels,
    ...networkIsolation === true && code !== undefined ? {
      [CODE_CHANNEL]: {
        DataSource: {
          S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${code.bucket.bucketName}/${code.key}`, S3DataDistributionType: 'FullyReplicated' },
        },
        InputMode: InputMode.FILE, // whatever the job's own is
      },
    } : {},
  };
  const names = Object.keys(all).sort();
  return names.length === 0 ? undefined : names.map((name) => ({ ChannelName: name, ...all[name] }));
}

function resources(options: TensorFlowTrainingOptions): { [name: string]: unknown } {
  const { instanceType, instanceCount, instanceGroups } = options;
  return {
    ...instanceGroups === undefined ? { InstanceType: instanceType!.toString(), InstanceCount: instanceCount ?? 1 } : {
      InstanceGroups: instanceGroups.map((group) => ({
        InstanceGroupName: group.name, InstanceType: group.instanceType.toString(), InstanceCount: group.instanceCount ?? 1,
      })),
    },
    VolumeSizeInGB: (options.volumeSize ?? Size.gibibytes(30)).toGibibytes(),
    VolumeKmsKeyId: options.volumeEncryptionKey?.keyArn,
    KeepAlivePeriodInSeconds: options.keepAlivePeriod?.toSeconds(),
    TrainingPlanArn: options.trainingPlanArn,
  };
}

/** The value without what is undefined in it. */
function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => withoutUndefined(item)) as T;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutUndefined(item)])) as T;
}
