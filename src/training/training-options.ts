import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Duration, Size } from 'aws-cdk-lib/core';
import type { DebuggerHook } from './debugger-hook';
import type { Distribution } from './distribution';
import type { InputMode } from './input-mode';
import type { InstanceGroup } from './instance-group';
import type { MetricDefinition } from './metric-definition';
import type { Profiler } from './profiler';
import type { TensorBoardOutput } from './tensor-board-output';
import type { TrainingCode } from './training-code';
import type { TrainingExperiment } from './training-experiment';
import type { TrainingInput } from './training-input';
import type { TrainingLogLevel } from './training-log-level';
import type { InstanceType } from '../images/instance-type';
import type { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';

/**
 * What is trained, with which data, and on what.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export interface TensorFlowTrainingOptions {
  /**
   * The release of TensorFlow to train with. It is required, unless there is an `image`.
   *
   * @default - none
   */
  readonly version?: TensorFlowVersion;

  /**
   * An image of your own, in the place of AWS's image of a `version`.
   *
   * @default - AWS's image of `version`
   */
  readonly image?: TensorFlowImage;

  /**
   * The code that trains. It is required, unless there is an `image` that has it.
   *
   * @default - none: the image has it
   */
  readonly code?: TrainingCode;

  /**
   * The type of the instances. It is required, unless there are `instanceGroups`.
   *
   * There is no image for Graviton, Inferentia and Trainium.
   *
   * @default - none
   */
  readonly instanceType?: InstanceType;

  /**
   * How many instances train.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * Instances of several types that train together, at most 5 groups, with TensorFlow 2.6 or later. All run the same image, which is
   * that for GPUs if a group has some, and the same script.
   *
   * @default - instances of one `instanceType`
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster.html
   */
  readonly instanceGroups?: InstanceGroup[];

  /**
   * The size of each instance's volume, in whole GiB. Instances with storage of their own have that instead.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;

  /**
   * The key that the instances' volumes are encrypted with. Instances with storage of their own take none.
   *
   * @default - a key of SageMaker's
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * How long the instances are kept after the job for the next one to start faster, up to 6 hours. They cost as much as before.
   *
   * Neither spot instances nor `instanceGroups` can be kept.
   *
   * @default - not at all
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
   */
  readonly keepAlivePeriod?: Duration;

  /**
   * The ARN of a training plan, which has reserved the instances.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/reserve-capacity-with-training-plans.html
   */
  readonly trainingPlanArn?: string;

  /**
   * The data to train with, by the names of channels, at most 20. The script finds it where the variable `SM_CHANNEL_<NAME>` says.
   *
   * A name has at most 64 letters, digits, dots, underscores and hyphens. With `networkIsolation` the channel `code` is taken, with
   * `pretrainedModel` the channel `model`.
   *
   * @default - none
   */
  readonly inputs?: { readonly [channel: string]: TrainingInput };

  /**
   * How data gets to the container, where an input says nothing else.
   *
   * @default InputMode.FILE
   */
  readonly inputMode?: InputMode;

  /**
   * A model to go on from, as the channel `model`.
   *
   * @default - none
   */
  readonly pretrainedModel?: TrainingInput;

  /**
   * What the script gets as arguments, such as `{ 'learning-rate': 0.001 }`: `--learning-rate 0.001`.
   *
   * Each value is a text, a number, a boolean, null, or a list or map of these, and at most 2500 characters long as JSON. A token
   * must have a value without quotes and backslashes. SageMaker takes 100 of them, with some that the container needs; names of the
   * container, which begin with `sagemaker_`, and `model_dir` are taken.
   *
   * Many releases of the container pass arguments through a shell, which splits texts with spaces, lists and maps: these are better
   * read from the variable `SM_HPS`, which has all of them as JSON.
   *
   * A boolean is the text `True` or `False` to the script: with `type=bool`, argparse makes true of both. Compare the text instead, as in
   * `type=lambda text: text.lower() == 'true'`.
   *
   * @default - none
   */
  readonly hyperparameters?: { readonly [name: string]: any };

  /**
   * What the script gets as the argument `--model_dir`, an absolute path or an address in S3.
   *
   * It does not decide on what the job results in, which is all that the script leaves in the directory that `SM_MODEL_DIR`
   * names, `/opt/ml/model`. An address in S3 is only for TensorFlow before 2.16 and without `networkIsolation`; the
   * role must be granted the right to write there.
   *
   * @default '/opt/ml/model'
   */
  readonly modelDir?: string;

  /**
   * How several processes or instances train together.
   *
   * @default - each instance runs the script by itself
   */
  readonly distribution?: Distribution;

  /**
   * The bucket that the model is written to, in the region of the job.
   *
   * @default - a new bucket, which is retained
   */
  readonly outputBucket?: s3.IBucket;

  /**
   * The prefix that the model is written under, as of a directory; each job has a directory of its own there. An empty one is the whole bucket.
   *
   * @default 'training'
   */
  readonly outputPrefix?: string;

  /**
   * The key that the model is encrypted with.
   *
   * @default - the key of the output bucket, if it has one; otherwise the account's key for Amazon S3
   */
  readonly outputEncryptionKey?: kms.IKey;

  /**
   * Whether the model is written as one `model.tar.gz`. Files that are not packed can be served on endpoints of instances only.
   *
   * @default true
   */
  readonly compressOutput?: boolean;

  /**
   * How long the job may train, in whole seconds, at most 28 days. Then it is stopped, and what it has left until then is the model.
   *
   * @default Duration.hours(24)
   */
  readonly maxRuntime?: Duration;

  /**
   * How long the job may wait for instances with GPUs, from 30 minutes to 28 days.
   *
   * @default - SageMaker's choice
   */
  readonly maxPendingTime?: Duration;

  /**
   * Whether the job trains on spare instances, which cost less and can be taken away. Then it is started again, with the checkpoints that it left.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
   */
  readonly useSpotInstances?: boolean;

  /**
   * How long a job on spot instances may wait and train together, in whole seconds, at least `maxRuntime`. It is required for these.
   *
   * @default - none
   */
  readonly maxWait?: Duration;

  /**
   * The bucket that checkpoints are kept in, in the region of the job.
   *
   * Checkpoints are kept if this, `checkpointPrefix` or `checkpointLocalPath` is given, or with spot instances.
   *
   * @default - the bucket that the model is written to
   */
  readonly checkpointBucket?: s3.IBucket;

  /**
   * The prefix that checkpoints are kept under, as of a directory. With one, each job goes on from what the one before left there.
   *
   * @default - one for each job, under 'checkpoints'
   */
  readonly checkpointPrefix?: string;

  /**
   * The directory in the container that is kept, and that checkpoints are brought back to.
   *
   * @default '/opt/ml/checkpoints'
   */
  readonly checkpointLocalPath?: string;

  /**
   * The VPC that the instances are in.
   *
   * @default - none: SageMaker's own network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets that the instances get their network interfaces in, at most 16.
   *
   * @default - the private subnets of the VPC; where it has none, the isolated or the public ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the instances' network interfaces, at most 5. Those of a cluster must let in each other.
   *
   * @default - a new security group, in which the instances of a cluster reach each other
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether what the instances of a cluster tell each other is encrypted, which can make training slower.
   *
   * @default false
   */
  readonly encryptInterContainerTraffic?: boolean;

  /**
   * Whether the container is cut off from the network, except for the other containers of its cluster. SageMaker itself still brings code
   * and data, and takes the model.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;

  /**
   * The role that SageMaker assumes for the job, and that the script runs with.
   *
   * The permissions that the job needs are added to it, unless it was imported as immutable.
   *
   * @default - a new role, which may read this code and these inputs, pull this image, and write the model, logs and metrics
   */
  readonly role?: iam.IRole;

  /**
   * Variables of the container: at most 100, each name and value at most 512 characters.
   *
   * @default - none
   */
  readonly environment?: { readonly [variable: string]: string };

  /**
   * Whether TensorFlow uses oneDNN's operations, whose results differ a little from its own (`TF_ENABLE_ONEDNN_OPTS`).
   *
   * @default - TensorFlow decides
   */
  readonly oneDnn?: boolean;

  /**
   * How many threads one operation uses (`TF_NUM_INTRAOP_THREADS`); 0 leaves that to TensorFlow.
   *
   * @default - TensorFlow decides
   */
  readonly intraOpThreads?: number;

  /**
   * How many operations run at the same time (`TF_NUM_INTEROP_THREADS`); 0 leaves that to TensorFlow.
   *
   * @default - TensorFlow decides
   */
  readonly interOpThreads?: number;

  /**
   * How much the container's own code writes to the log.
   *
   * @default TrainingLogLevel.INFO
   */
  readonly logLevel?: TrainingLogLevel;

  /**
   * The program that the container starts in the place of its own, which runs the script: 1 to 100 parts, each of at most 256 characters.
   *
   * @default - the program of the image
   */
  readonly containerEntryPoint?: string[];

  /**
   * The arguments of the container's program: 1 to 100, each of at most 256 characters.
   *
   * @default - none
   */
  readonly containerArguments?: string[];

  /**
   * Metrics that are read from the log, at most 40.
   *
   * @default - none
   */
  readonly metricDefinitions?: MetricDefinition[];

  /**
   * Whether the metrics are kept as time series, which SageMaker Studio shows.
   *
   * @default - true for TensorFlow 1.15 and later, otherwise SageMaker's choice
   */
  readonly enableSageMakerMetrics?: boolean;

  /**
   * Where files for TensorBoard go while the job runs.
   *
   * @default - nowhere
   */
  readonly tensorBoardOutput?: TensorBoardOutput;

  /**
   * What SageMaker Debugger saves of the model while it is trained.
   *
   * @default - nothing
   */
  readonly debuggerHook?: DebuggerHook;

  /**
   * What SageMaker Debugger records of the instances while the job runs.
   *
   * @default - nothing
   */
  readonly profiler?: Profiler;

  /**
   * Whether one can open a shell in the container with AWS Systems Manager while the job runs.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-remote-debugging.html
   */
  readonly remoteDebug?: boolean;

  /**
   * Whether SageMaker tests the instances before the job trains on them.
   *
   * @default - SageMaker's choice
   */
  readonly infraCheck?: boolean;

  /**
   * Whether the session of the role has the tags of the session that started the job.
   *
   * @default false
   */
  readonly sessionTagChaining?: boolean;

  /**
   * How often a job is started again that failed by a fault of SageMaker's own, 1 to 30 times.
   *
   * @default - never
   */
  readonly retryAttempts?: number;

  /**
   * What the job is a part of in SageMaker Experiments.
   *
   * @default - nothing
   */
  readonly experiment?: TrainingExperiment;

  /**
   * Anything that changes whenever the job is to be run again, such as a date. It must be known when the app is synthesized.
   *
   * What is known only at deployment makes no new run, such as the value of a parameter of the template: change this together with it. Nor
   * do settings that leave the model as it is: role, VPC, tags, how long to wait, retries, and what watches the job.
   *
   * @default - none: the job is run again when its code, its settings or the revision of an input changes
   */
  readonly dataRevision?: string;
}
