import {
  dataParallelStrategy, type DistributionUse, type DistributionWarning, HOROVOD, type MpiSettings, mpiStrategy, MULTI_WORKER_MIRRORED,
  PARAMETER_SERVER, PLAIN_MPI, type Strategy,
} from './distribution-strategies';
import type { Violation } from '../private/errors';

/** How MPI starts the processes of a job. */
export interface MpiOptions {
  /**
   * How many processes run on each instance; it should be no more than the instance has GPUs, or CPUs where it has none.
   *
   * @default - one for each GPU, or one where there is none
   */
  readonly processesPerHost?: number;

  /**
   * More arguments of `mpirun`, such as `--NCCL_DEBUG WARN` or `-x NAME=value`.
   *
   * @default - none
   */
  readonly customMpiOptions?: string;

  /**
   * The name of the only group of `instanceGroups` that trains.
   *
   * @default - the only group
   */
  readonly instanceGroup?: string;
}

/** How SageMaker's data parallel library starts the processes of a job. */
export interface DataParallelOptions {
  /**
   * More arguments of `mpirun`, such as `-x SMDATAPARALLEL_USE_SINGLENODE=1`.
   *
   * @default - none
   */
  readonly customMpiOptions?: string;

  /**
   * The name of the only group of `instanceGroups` that trains.
   *
   * @default - the only group
   */
  readonly instanceGroup?: string;
}

/**
 * How several processes or instances train one model together.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-training.html
 */
export class Distribution {
  /**
   * Trains with TensorFlow's `MultiWorkerMirroredStrategy`: the container tells each instance of the others with `TF_CONFIG`.
   *
   * For TensorFlow 2.9 and later, and instances of one type.
   *
   * @see https://www.tensorflow.org/guide/distributed_training#multiworkermirroredstrategy
   */
  public static multiWorkerMirrored(): Distribution {
    return new Distribution(MULTI_WORKER_MIRRORED);
  }

  /**
   * Trains with parameter servers: the container runs one on each instance, and tells the script of them with `TF_CONFIG`.
   *
   * The script has to use `tf.estimator.train_and_evaluate`, which TensorFlow has up to 2.15, and a `modelDir` in S3 that
   * all instances share. It uses one GPU of an instance at most. For instances of one type.
   *
   * @see https://sagemaker.readthedocs.io/en/v2/frameworks/tensorflow/using_tf.html#training-with-parameter-servers
   */
  public static parameterServer(): Distribution {
    return new Distribution(PARAMETER_SERVER);
  }

  /**
   * Starts the script with `mpirun`, for whatever library of it speaks MPI. For TensorFlow 1.12 and later.
   *
   * @see https://sagemaker.readthedocs.io/en/v2/frameworks/tensorflow/using_tf.html#training-with-horovod
   */
  public static mpi(options: MpiOptions = {}): Distribution {
    return new Distribution(mpiStrategy(PLAIN_MPI, settings(options)), options.instanceGroup);
  }

  /**
   * Trains with Horovod, which the images of TensorFlow 1.12 to 2.12 have. The script is started as with `mpi`.
   *
   * @see https://horovod.readthedocs.io/en/stable/tensorflow.html
   */
  public static horovod(options: MpiOptions = {}): Distribution {
    return new Distribution(mpiStrategy(HOROVOD, settings(options)), options.instanceGroup);
  }

  /**
   * Trains with SageMaker's data parallel library, which the images of TensorFlow 2.3 to 2.11 have: AWS no longer develops it
   * for TensorFlow.
   *
   * For ml.p3.16xlarge, ml.p3dn.24xlarge, ml.p4d.24xlarge and ml.p4de.24xlarge.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/data-parallel.html
   */
  public static dataParallel(options: DataParallelOptions = {}): Distribution {
    return new Distribution(dataParallelStrategy(options.customMpiOptions ?? ''), options.instanceGroup);
  }

  private constructor(private readonly strategy: Strategy, private readonly instanceGroup?: string) {}

  /** Whether the container runs parameter servers. @internal */
  public get _isParameterServer(): boolean {
    return this.strategy === PARAMETER_SERVER;
  }

  /** Whether the image has to have SageMaker's data parallel library. @internal */
  public get _isDataParallel(): boolean {
    return this.strategy.isDataParallel === true;
  }

  /** Finds fault with how a job is to use it. @internal */
  public _check(use: DistributionUse): Violation[] {
    return this.strategy.check(this.complete(use));
  }

  /** What to tell who uses it like that. @internal */
  public _warnings(use: DistributionUse): DistributionWarning[] {
    return this.strategy.warnings(this.complete(use));
  }

  /** The hyperparameters that the container knows it by. @internal */
  public _hyperparameters(use: DistributionUse): { readonly [name: string]: unknown } {
    return this.strategy.hyperparameters(this.complete(use));
  }

  private complete(use: DistributionUse): DistributionUse {
    return { ...use, instanceGroup: this.instanceGroup ?? (use.instanceGroups?.length === 1 ? use.instanceGroups[0].name : undefined) };
  }
}

function settings({ processesPerHost, customMpiOptions }: MpiOptions): MpiSettings {
  return { processesPerHost, customMpiOptions: customMpiOptions ?? '' };
}
