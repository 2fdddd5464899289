import { Token } from 'aws-cdk-lib/core';
import type { InstanceGroup } from './instance-group';
import type { InstanceType } from '../images/instance-type';
import { compareVersions } from '../images/version-numbers';
import { checkInteger } from '../private/checks';
import type { Violation } from '../private/errors';

/** The cluster and the release that a job trains with. */
export interface DistributionUse {
  /** The full version of TensorFlow in the image; undefined where it is not known. */
  readonly version?: string;
  /** Where the script is told to write. */
  readonly modelDir: string;
  /** The instances of a cluster of one type. */
  readonly instanceType?: InstanceType;
  readonly instanceCount: number;
  /** The groups of a cluster of several types. */
  readonly instanceGroups?: readonly InstanceGroup[];
  /** The name of the group that trains. */
  readonly instanceGroup?: string;
}

/** Something to tell a user that is no error. */
export interface DistributionWarning {
  readonly id: string;
  readonly message: string;
}

/** A way of distributing a training job. */
export interface Strategy {
  readonly isDataParallel?: boolean;
  check(use: DistributionUse): Violation[];
  warnings(use: DistributionUse): DistributionWarning[];
  hyperparameters(use: DistributionUse): { readonly [name: string]: unknown };
}

/** What MPI is told. */
export interface MpiSettings {
  readonly processesPerHost?: number;
  readonly customMpiOptions: string;
}

/** The releases that have what a strategy needs. */
interface Releases {
  /** What it is, as the subject of a sentence. */
  readonly name: string;
  readonly from: string;
  /** The first release without it. */
  readonly before?: string;
  readonly remedy: string;
}

const WITHOUT_GROUPS = 'must be by MPI with `instanceGroups`';
const FIRST_WITHOUT_ESTIMATOR = '2.16';
const DATA_PARALLEL_TYPES = ['ml.p3.16xlarge', 'ml.p3dn.24xlarge', 'ml.p4d.24xlarge', 'ml.p4de.24xlarge'];

/** Any program that speaks MPI. */
export const PLAIN_MPI: Releases = { name: 'MPI', from: '1.12', remedy: 'use a later version, or Distribution.parameterServer()' };

/** Horovod, which AWS took out of its images. */
export const HOROVOD: Releases = {
  name: 'Horovod',
  from: '1.12',
  before: '2.13',
  remedy: 'use Distribution.multiWorkerMirrored(), or Distribution.mpi() with Horovod in requirements.txt',
};

const DATA_PARALLEL: Releases = {
  name: 'SageMaker\'s data parallel library', from: '2.3', before: '2.12', remedy: 'use Distribution.multiWorkerMirrored()',
};

const MIRRORED: Releases = { name: 'MultiWorkerMirroredStrategy', from: '2.9', remedy: 'use a later version, or Distribution.mpi()' };

/** TensorFlow's own way, with all instances doing the same. */
export const MULTI_WORKER_MIRRORED: Strategy = {
  check: (use) => [...checkReleases(use, MIRRORED), ...checkNoGroups(use)],
  warnings: () => [],
  hyperparameters: () => ({ sagemaker_multi_worker_mirrored_strategy_enabled: true }),
};

/** TensorFlow's first way, with instances that keep the variables. */
export const PARAMETER_SERVER: Strategy = {
  check: checkNoGroups,
  warnings: (use) => {
    const gpus = use.instanceType?._gpuCount ?? 0;
    return [
      ...gpus > 1 ? [{
        id: 'parameterServerOnSeveralGpus',
        message: `Parameter servers make use of one GPU only, and ${use.instanceType} has ${gpus}: use Distribution.multiWorkerMirrored()`,
      }] : [],
      ...use.version !== undefined && compareVersions(use.version, FIRST_WITHOUT_ESTIMATOR) >= 0 ? [{
        id: 'parameterServerWithoutEstimator',
        message: `Parameter servers are for tf.estimator, which TensorFlow ${use.version} no longer has: use Distribution.multiWorkerMirrored()`,
      }] : [],
      ...use.instanceCount === 1 ? [{
        id: 'parameterServerOnOneInstance', message: 'The container runs parameter servers only on two instances or more: give `instanceCount`',
      }] : !Token.isUnresolved(use.modelDir) && !use.modelDir.startsWith('s3://') ? [{
        id: 'parameterServerWithLocalModelDir',
        message: `Instances do not share ${use.modelDir}, where tf.estimator looks for what the others wrote: give a \`modelDir\` in S3`,
      }] : [],
    ];
  },
  hyperparameters: () => ({ sagemaker_parameter_server_enabled: true }),
};

/** The script under `mpirun`. */
export function mpiStrategy(releases: Releases, { processesPerHost, customMpiOptions }: MpiSettings): Strategy {
  return {
    check: (use) => [
      ...checkReleases(use, releases),
      ...checkGroup(use),
      ...checkInteger('distribution.processesPerHost', processesPerHost, { min: 1 }),
    ],
    warnings: (use) => {
      const instanceType = trainingType(use);
      const gpus = instanceType?._gpuCount ?? 0;
      return gpus > 0 && processesPerHost !== undefined && !Token.isUnresolved(processesPerHost) && processesPerHost > gpus ? [{
        id: 'moreProcessesThanGpus', message: `${processesPerHost} processes on each instance share its GPUs, of which ${instanceType} has ${gpus}`,
      }] : [];
    },
    hyperparameters: (use) => ({
      ...groupParameter(use),
      sagemaker_mpi_enabled: true,
      ...processesPerHost !== undefined ? { sagemaker_mpi_num_of_processes_per_host: processesPerHost } : {},
      sagemaker_mpi_custom_mpi_options: customMpiOptions,
    }),
  };
}

/** SageMaker's own way. */
export function dataParallelStrategy(customMpiOptions: string): Strategy {
  return {
    isDataParallel: true,
    check: (use) => [
      ...checkReleases(use, DATA_PARALLEL),
      ...checkGroup(use),
      ...checkDataParallelType(trainingType(use)),
    ],
    warnings: () => [],
    hyperparameters: (use) => ({
      ...groupParameter(use),
      sagemaker_distributed_dataparallel_enabled: true,
      sagemaker_instance_type: trainingType(use)?.toString(),
      sagemaker_distributed_dataparallel_custom_mpi_options: customMpiOptions,
    }),
  };
}

function checkReleases({ version }: DistributionUse, { name, from, before, remedy }: Releases): Violation[] {
  if (version === undefined || (compareVersions(version, from) >= 0 && (before === undefined || compareVersions(version, before) < 0))) {
    return [];
  }
  return [{
    property: 'distribution',
    rule: before === undefined ? `needs TensorFlow ${from} or later for ${name}` : `needs TensorFlow from ${from} to before ${before} for ${name}`,
    got: version,
    remedy,
  }];
}

function checkNoGroups({ instanceGroups }: DistributionUse): Violation[] {
  return instanceGroups === undefined ? [] : [{
    property: 'distribution', rule: WITHOUT_GROUPS, remedy: 'use Distribution.mpi(), or `instanceType` and `instanceCount`',
  }];
}

function checkGroup({ instanceGroups, instanceGroup }: DistributionUse): Violation[] {
  const property = 'distribution.instanceGroup';
  if (instanceGroups === undefined) {
    return instanceGroup === undefined ? [] : [{
      property, rule: 'needs `instanceGroups`', got: instanceGroup, remedy: 'leave it out: all instances train',
    }];
  }
  const names = instanceGroups.map(({ name }) => name);
  if (instanceGroup === undefined) {
    return names.length < 2 ? [] : [{ property, rule: `is required with several groups, one of ${names.join(', ')}` }];
  }
  return [instanceGroup, ...names].some((name) => Token.isUnresolved(name)) || names.includes(instanceGroup)
    ? []
    : [{ property, rule: `must be one of \`instanceGroups\`: ${names.join(', ')}`, got: instanceGroup }];
}

function checkDataParallelType(instanceType: InstanceType | undefined): Violation[] {
  const type = instanceType?.toString();
  return type === undefined || Token.isUnresolved(type) || DATA_PARALLEL_TYPES.includes(type) ? [] : [{
    property: 'instanceType', rule: `must be one of ${DATA_PARALLEL_TYPES.join(', ')} for SageMaker's data parallel library`, got: type,
  }];
}

function groupParameter({ instanceGroup }: DistributionUse): { readonly [name: string]: unknown } {
  return instanceGroup === undefined ? {} : { sagemaker_distribution_instance_groups: [instanceGroup] };
}

/** The type of the instances that train. */
function trainingType({ instanceType, instanceGroups, instanceGroup }: DistributionUse): InstanceType | undefined {
  return instanceType ?? instanceGroups?.find(({ name }) => name === instanceGroup)?.instanceType;
}
