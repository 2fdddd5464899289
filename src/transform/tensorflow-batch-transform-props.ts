import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Duration, Size } from 'aws-cdk-lib/core';
import type { TransformAmiVersion } from './transform-ami-version';
import type { TransformDataCapture } from './transform-data-capture';
import type { TransformExperiment } from './transform-experiment';
import type { TransformFormat } from './transform-format';
import type { TransformInput } from './transform-input';
import type { JoinSource } from './transform-join-source';
import type { TransformOutput } from './transform-output';
import type { TransformRun } from './transform-run';
import type { InstanceType } from '../images/instance-type';
import type { ITensorFlowModel } from '../model/tensorflow-model';

/**
 * What is scored, with what, and when.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
 */
export interface TensorFlowBatchTransformProps {
  /**
   * The model that scores. It has one archive, and is no `MultiModel`.
   *
   * Its role gets the rights to read the input and to write the results.
   */
  readonly model: ITensorFlowModel;

  /** What is scored. With a run on arrival, it is the prefix that markers and manifests arrive under. */
  readonly input: TransformInput;

  /** Where the results are written. */
  readonly output: TransformOutput;

  /**
   * How objects become requests, and answers become results.
   *
   * @default TransformFormat.jsonLines()
   */
  readonly format?: TransformFormat;

  /**
   * The type of the instances. SageMaker transforms on fewer types than it hosts on, and on no Graviton and Inferentia 1.
   */
  readonly instanceType: InstanceType;

  /**
   * How many instances share the objects, 1 to 100. One object is on one instance only.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * When it runs.
   *
   * @default TransformRun.onDemand()
   */
  readonly run?: TransformRun;

  /**
   * How many requests an instance has at a time, 1 to 100. Times `maxPayload` it is at most 100 MB.
   *
   * @default 1
   */
  readonly maxConcurrentTransforms?: number;

  /**
   * How large a request may be: whole MiB, 0 to 100. A single record must fit.
   *
   * With 0 an object is sent as a stream of any length, which is only for inference code that takes such. The container itself keeps all of
   * it in memory.
   *
   * @default Size.mebibytes(6)
   */
  readonly maxPayload?: Size;

  /**
   * What of each record is sent to the model: a JSONPath of at most 63 characters, such as `$.features`, or `$[1:]` of CSV.
   *
   * @default '$'
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
   */
  readonly inputFilter?: string;

  /**
   * What of each result is written: a JSONPath of at most 63 characters, such as `$['id','SageMakerOutput']`.
   *
   * @default '$'
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
   */
  readonly outputFilter?: string;

  /**
   * What the answers are joined with.
   *
   * With `JoinSource.INPUT` a record `{"id": 7, ...}` becomes `{"id": 7, ..., "SageMakerOutput": {"predictions": [...]}}`. There must be an
   * answer for each record, which is so with `TransformFormat.jsonLines()` and `TransformFormat.json()`.
   *
   * @default JoinSource.NONE
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
   */
  readonly joinSource?: JoinSource;

  /**
   * Variables of the container beside those of the model: at most 16, each value at most 10,240 characters.
   *
   * @default - none
   */
  readonly environment?: { readonly [variable: string]: string };

  /**
   * How long a request may take, in whole seconds, up to an hour. The container waits as long for inference code.
   *
   * TensorFlow Serving's own REST interface gives up after 30 seconds, which nothing can raise: requests of several records that take longer
   * need a smaller `maxPayload`.
   *
   * @default Duration.minutes(10)
   */
  readonly invocationTimeout?: Duration;

  /**
   * How often a request that failed is sent again, 0 to 3 times.
   *
   * @default 3
   */
  readonly invocationRetries?: number;

  /**
   * The key that the instances' volumes are encrypted with. Instances with storage of their own take none.
   *
   * @default - a key of SageMaker's
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * The machine image of the instances, which must have GPUs.
   *
   * @default - SageMaker's choice
   */
  readonly amiVersion?: TransformAmiVersion;

  /**
   * Where requests and answers are written for SageMaker Model Monitor.
   *
   * @default - nowhere
   */
  readonly dataCapture?: TransformDataCapture;

  /**
   * What the jobs are a part of in SageMaker Experiments.
   *
   * @default - nothing
   */
  readonly experiment?: TransformExperiment;

  /**
   * How often a run tries another job when SageMaker has no instances for it, 0 to 20 times: after 2 minutes, and each time after twice
   * as long, but at most an hour.
   *
   * @default 5
   */
  readonly capacityRetries?: number;

  /**
   * The topic that is told how each run has ended, in JSON: `status` (`Completed` or `Failed`), `transformJobName`, `input`, `output`, and
   * the `reason` of a failure. Of a run that somebody has stopped, nothing is told.
   *
   * It must be a standard topic.
   *
   * @default - none
   */
  readonly topic?: sns.ITopic;
}
