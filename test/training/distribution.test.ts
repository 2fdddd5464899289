import { CfnParameter, Stack } from 'aws-cdk-lib';
import { InstanceType } from '../../src';
import { Distribution } from '../../src/training/distribution';
import type { DistributionUse } from '../../src/training/distribution-strategies';
import { sentences } from '../support/endpoint-config';

const P4D = InstanceType.of('ml.p4d.24xlarge');
const USE: DistributionUse = { version: '2.19.0', modelDir: '/opt/ml/model', instanceType: P4D, instanceCount: 2 };
const GROUPS: DistributionUse = {
  version: '2.11.0',
  modelDir: '/opt/ml/model',
  instanceCount: 1,
  instanceGroups: [{ name: 'data', instanceType: InstanceType.C5_XLARGE }, { name: 'dnn', instanceType: P4D }],
};

const errors = (distribution: Distribution, use: Partial<DistributionUse> = {}) => sentences(distribution._check({ ...USE, ...use }));
const warnings = (distribution: Distribution, use: Partial<DistributionUse> = {}) => distribution._warnings({ ...USE, ...use });

test.each([
  ['multiWorkerMirrored', Distribution.multiWorkerMirrored(), { sagemaker_multi_worker_mirrored_strategy_enabled: true }],
  ['parameterServer', Distribution.parameterServer(), { sagemaker_parameter_server_enabled: true }],
  ['mpi', Distribution.mpi(), { sagemaker_mpi_enabled: true, sagemaker_mpi_custom_mpi_options: '' }],
  ['mpi with all options', Distribution.mpi({ processesPerHost: 4, customMpiOptions: '--NCCL_DEBUG WARN' }), {
    sagemaker_mpi_enabled: true, sagemaker_mpi_num_of_processes_per_host: 4, sagemaker_mpi_custom_mpi_options: '--NCCL_DEBUG WARN',
  }],
  ['horovod', Distribution.horovod({ processesPerHost: 8 }), {
    sagemaker_mpi_enabled: true, sagemaker_mpi_num_of_processes_per_host: 8, sagemaker_mpi_custom_mpi_options: '',
  }],
  ['dataParallel', Distribution.dataParallel(), {
    sagemaker_distributed_dataparallel_enabled: true,
    sagemaker_instance_type: 'ml.p4d.24xlarge',
    sagemaker_distributed_dataparallel_custom_mpi_options: '',
  }],
  ['dataParallel with all options', Distribution.dataParallel({ customMpiOptions: '-x A=1' }), {
    sagemaker_distributed_dataparallel_enabled: true,
    sagemaker_instance_type: 'ml.p4d.24xlarge',
    sagemaker_distributed_dataparallel_custom_mpi_options: '-x A=1',
  }],
])('%s becomes the hyperparameters that the container knows', (_, distribution, hyperparameters) => {
  expect(distribution._hyperparameters(USE)).toEqual(hyperparameters);
});

test.each([
  ['mpi', Distribution.mpi({ instanceGroup: 'dnn' })],
  ['dataParallel', Distribution.dataParallel({ instanceGroup: 'dnn' })],
])('%s names the group that trains', (_, distribution) => {
  expect(distribution._check(GROUPS)).toEqual([]);
  expect(distribution._hyperparameters(GROUPS)).toMatchObject({ sagemaker_distribution_instance_groups: ['dnn'] });
});

test('the only group trains', () => {
  const use = { ...GROUPS, instanceGroups: [GROUPS.instanceGroups![1]] };
  expect(Distribution.dataParallel()._check(use)).toEqual([]);
  expect(Distribution.dataParallel()._hyperparameters(use)).toEqual({
    sagemaker_distribution_instance_groups: ['dnn'],
    sagemaker_distributed_dataparallel_enabled: true,
    sagemaker_instance_type: 'ml.p4d.24xlarge',
    sagemaker_distributed_dataparallel_custom_mpi_options: '',
  });
});

test.each([
  ['multiWorkerMirrored', Distribution.multiWorkerMirrored(), ['2.9.2', '2.21.0'], [
    ['2.8.0', '`distribution` needs TensorFlow 2.9 or later for MultiWorkerMirroredStrategy, got: "2.8.0"; use a later version, or Distribution.mpi()'],
  ]],
  ['mpi', Distribution.mpi(), ['1.12.0', '2.21.0'], [
    ['1.11.0', '`distribution` needs TensorFlow 1.12 or later for MPI, got: "1.11.0"; use a later version, or Distribution.parameterServer()'],
  ]],
  ['horovod', Distribution.horovod(), ['1.12.0', '2.12.0'], [
    ['1.11.0', '`distribution` needs TensorFlow from 1.12 to before 2.13 for Horovod, got: "1.11.0"; '
      + 'use Distribution.multiWorkerMirrored(), or Distribution.mpi() with Horovod in requirements.txt'],
    ['2.13.0', '`distribution` needs TensorFlow from 1.12 to before 2.13 for Horovod, got: "2.13.0"; '
      + 'use Distribution.multiWorkerMirrored(), or Distribution.mpi() with Horovod in requirements.txt'],
  ]],
  ['dataParallel', Distribution.dataParallel(), ['2.3.0', '2.11.0'], [
    ['2.2.2', '`distribution` needs TensorFlow from 2.3 to before 2.12 for SageMaker\'s data parallel library, got: "2.2.2"; '
      + 'use Distribution.multiWorkerMirrored()'],
    ['2.12.0', '`distribution` needs TensorFlow from 2.3 to before 2.12 for SageMaker\'s data parallel library, got: "2.12.0"; '
      + 'use Distribution.multiWorkerMirrored()'],
  ]],
  ['parameterServer', Distribution.parameterServer(), ['1.11.0', '2.21.0'], []],
])('%s is in some releases', (_, distribution, releases, refused) => {
  for (const version of releases) {
    expect(errors(distribution, { version })).toEqual([]);
  }
  for (const [version, error] of refused) {
    expect(errors(distribution, { version })).toEqual([error]);
  }
  expect(errors(distribution, { version: undefined })).toEqual([]);
});

test.each([
  ['multiWorkerMirrored', Distribution.multiWorkerMirrored()], ['parameterServer', Distribution.parameterServer()],
])('%s is for instances of one type', (_, distribution) => {
  expect(sentences(distribution._check(GROUPS))).toContain(
    '`distribution` must be by MPI with `instanceGroups`; use Distribution.mpi(), or `instanceType` and `instanceCount`',
  );
});

test('a group must be one of the job', () => {
  expect(errors(Distribution.mpi({ instanceGroup: 'dnn' }))).toEqual([
    '`distribution.instanceGroup` needs `instanceGroups`, got: "dnn"; leave it out: all instances train',
  ]);
  expect(sentences(Distribution.mpi({ instanceGroup: 'cnn' })._check(GROUPS))).toEqual([
    '`distribution.instanceGroup` must be one of `instanceGroups`: data, dnn, got: "cnn"',
  ]);
  expect(sentences(Distribution.mpi()._check(GROUPS))).toEqual([
    '`distribution.instanceGroup` is required with several groups, one of data, dnn',
  ]);
});

test('no groups at all are the fault of the job', () => {
  expect(Distribution.mpi()._check({ ...GROUPS, instanceGroups: [] })).toEqual([]);
});

test('a group that only the deployment knows is left alone', () => {
  const token = new CfnParameter(new Stack(), 'Group').valueAsString;
  expect(Distribution.mpi({ instanceGroup: token })._check(GROUPS)).toEqual([]);
  expect(Distribution.mpi({ instanceGroup: 'dnn' })._check({
    ...GROUPS, instanceGroups: [...GROUPS.instanceGroups!.slice(0, 1), { name: token, instanceType: P4D }],
  })).toEqual([]);
});

test.each(['ml.p3.16xlarge', 'ml.p3dn.24xlarge', 'ml.p4d.24xlarge', 'ml.p4de.24xlarge'])('the data parallel library is for %s', (type) => {
  expect(errors(Distribution.dataParallel(), { version: '2.11.0', instanceType: InstanceType.of(type) })).toEqual([]);
});

test.each(['ml.c5.xlarge', 'ml.p3.8xlarge', 'ml.p5.48xlarge'])('the data parallel library is not for %s', (type) => {
  expect(errors(Distribution.dataParallel(), { version: '2.11.0', instanceType: InstanceType.of(type) })).toEqual([
    '`instanceType` must be one of ml.p3.16xlarge, ml.p3dn.24xlarge, ml.p4d.24xlarge, ml.p4de.24xlarge for SageMaker\'s data parallel library, '
    + `got: "${type}"`,
  ]);
});

test('a group that is not there has no type to find fault with', () => {
  expect(sentences(Distribution.dataParallel({ instanceGroup: 'cnn' })._check(GROUPS))).toEqual([
    '`distribution.instanceGroup` must be one of `instanceGroups`: data, dnn, got: "cnn"',
  ]);
});

test('a type that only the deployment knows is left alone', () => {
  const instanceType = InstanceType.of(new CfnParameter(new Stack(), 'Type').valueAsString);
  expect(errors(Distribution.dataParallel(), { version: '2.11.0', instanceType })).toEqual([]);
});

test.each([[0, false], [1, true], [8, true], [1.5, false]])('%d processes on each instance', (processesPerHost, ok) => {
  expect(errors(Distribution.mpi({ processesPerHost }))).toEqual(ok ? [] : [
    `\`distribution.processesPerHost\` must be a whole number of at least 1, got: ${processesPerHost}`,
  ]);
});

test('more processes than GPUs are told of', () => {
  expect(warnings(Distribution.mpi({ processesPerHost: 8 }))).toEqual([]);
  expect(warnings(Distribution.mpi({ processesPerHost: 9 }))).toEqual([
    { id: 'moreProcessesThanGpus', message: '9 processes on each instance share its GPUs, of which ml.p4d.24xlarge has 8' },
  ]);
  expect(Distribution.mpi({ processesPerHost: 9, instanceGroup: 'dnn' })._warnings(GROUPS)).toHaveLength(1);
  expect(warnings(Distribution.mpi({ processesPerHost: 9 }), { instanceType: InstanceType.C5_XLARGE })).toEqual([]);
  expect(warnings(Distribution.mpi())).toEqual([]);
  expect(Distribution.mpi({ processesPerHost: 9 })._warnings({ ...GROUPS, instanceGroups: undefined })).toEqual([]);
});

test.each([['multiWorkerMirrored', Distribution.multiWorkerMirrored()], ['dataParallel', Distribution.dataParallel()]])('%s has nothing to tell', (_, d) => {
  expect(warnings(d)).toEqual([]);
});

describe('parameter servers', () => {
  const SHARED = { version: '2.14.1', modelDir: 's3://bucket/model', instanceType: InstanceType.G5_XLARGE };

  test('have nothing to tell where all is right', () => {
    expect(warnings(Distribution.parameterServer(), SHARED)).toEqual([]);
    expect(warnings(Distribution.parameterServer(), { ...SHARED, version: undefined, instanceType: undefined })).toEqual([]);
    expect(warnings(Distribution.parameterServer(), { ...SHARED, modelDir: new CfnParameter(new Stack(), 'Dir').valueAsString })).toEqual([]);
  });

  test.each([
    [{ instanceType: P4D }, 'parameterServerOnSeveralGpus',
      'Parameter servers make use of one GPU only, and ml.p4d.24xlarge has 8: use Distribution.multiWorkerMirrored()'],
    [{ version: '2.16.2' }, 'parameterServerWithoutEstimator',
      'Parameter servers are for tf.estimator, which TensorFlow 2.16.2 no longer has: use Distribution.multiWorkerMirrored()'],
    [{ instanceCount: 1 }, 'parameterServerOnOneInstance',
      'The container runs parameter servers only on two instances or more: give `instanceCount`'],
    [{ modelDir: '/opt/ml/model' }, 'parameterServerWithLocalModelDir',
      'Instances do not share /opt/ml/model, where tf.estimator looks for what the others wrote: give a `modelDir` in S3'],
  ])('tell of %p', (use, id, message) => {
    expect(warnings(Distribution.parameterServer(), { ...SHARED, ...use })).toEqual([{ id, message }]);
  });
});

test('some need to know which they are', () => {
  expect(Distribution.parameterServer()._isParameterServer).toBe(true);
  expect(Distribution.mpi()._isParameterServer).toBe(false);
  expect(Distribution.dataParallel()._isDataParallel).toBe(true);
  expect(Distribution.mpi()._isDataParallel).toBe(false);
});
