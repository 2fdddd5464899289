import * as path from 'node:path';
import { Duration, Lazy, Size, type Stack, Tags } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { bucketIn } from './training-support';
import { InstanceType, TensorFlowImage, TensorFlowVersion } from '../../src';
import { Distribution } from '../../src/training/distribution';
import { InputMode } from '../../src/training/input-mode';
import { TrainingCode } from '../../src/training/training-code';
import { TrainingFileSystem } from '../../src/training/training-file-system';
import { TrainingInput } from '../../src/training/training-input';
import { FileSystemAccessMode, InputCompression, RecordWrapper, S3DataDistribution } from '../../src/training/training-input-options';
import { TrainingLogLevel } from '../../src/training/training-log-level';
import type { TensorFlowTrainingOptions } from '../../src/training/training-options';

type Options = Partial<TensorFlowTrainingOptions>;

/** Configurations of jobs, each for a stack of its own: what they have beside what every job has. */
export const MATRIX: { readonly [name: string]: (stack: Stack) => Options } = {
  'minimal': () => ({}),
  'minimal with a bucket of its own': () => ({ outputBucket: undefined }),
  'no inputs': () => ({ inputs: undefined }),
  'code on disk': () => ({ code: TrainingCode.fromFile(path.join(__dirname, '..', 'fixtures', 'make_models.py')) }),
  ...Object.fromEntries([
    TensorFlowVersion.of('1.11.0'), TensorFlowVersion.of('1.12'), TensorFlowVersion.of('1.13.1'), TensorFlowVersion.V1_15, TensorFlowVersion.V2_3,
    TensorFlowVersion.V2_11, TensorFlowVersion.V2_16, TensorFlowVersion.V2_18, TensorFlowVersion.V2_21,
  ].map((version) => [`TensorFlow ${version}`, () => ({ version })])),
  'GPUs': () => ({ instanceType: InstanceType.G5_XLARGE, instanceCount: 2 }),
  'an old image on p4d': () => ({ version: TensorFlowVersion.V1_15, instanceType: InstanceType.P4D_24XLARGE }),
  'an own image': (stack) => ({
    version: undefined, image: TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'own'), '1'),
  }),
  'an own image with its own code': () => ({
    version: undefined, code: undefined, image: TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1'), logLevel: undefined,
  }),
  'an image in a private registry': (stack) => ({
    version: undefined, image: TensorFlowImage.fromPrivateRegistry('registry.example.com/team/name:1'), vpc: vpcIn(stack),
  }),
  'an image in a private registry with credentials': (stack) => ({
    version: undefined,
    image: TensorFlowImage.fromPrivateRegistry('registry.example.com/team/name:1', {
      credentialsProvider: LambdaFunction.fromFunctionArn(stack, 'Provider', 'arn:aws:lambda:us-east-1:123456789012:function:f'),
    }),
    vpc: vpcIn(stack),
  }),
  'hyperparameters': () => ({
    hyperparameters: { 'epochs': 10, 'learning-rate': 1e-7, 'optimizer': 'adam', 'shuffle': true, 'seed': null, 'layers': [64, 32], 'more': { a: 'ü' } },
    logLevel: TrainingLogLevel.DEBUG,
    modelDir: '/opt/ml/model/export',
  }),
  'hyperparameters that only the deployment knows': () => ({
    hyperparameters: { bucket: Lazy.string({ produce: () => 'bucket' }), epochs: Lazy.number({ produce: () => 10 }) },
  }),
  'as many hyperparameters as there may be': () => ({
    hyperparameters: Object.fromEntries([...Array(94).keys()].map((index) => [`p${index}`, 'x'.repeat(2498)])),
  }),
  'parameter servers': () => ({ distribution: Distribution.parameterServer(), instanceCount: 2, version: TensorFlowVersion.V2_14, modelDir: 's3://b/m' }),
  'MPI': () => ({ distribution: Distribution.mpi({ processesPerHost: 4, customMpiOptions: '--NCCL_DEBUG WARN' }), instanceCount: 2 }),
  'Horovod': () => ({ distribution: Distribution.horovod(), instanceType: InstanceType.P3_2XLARGE, version: TensorFlowVersion.V2_12 }),
  'mirrored workers': () => ({ distribution: Distribution.multiWorkerMirrored(), instanceType: InstanceType.G5_12XLARGE, instanceCount: 4 }),
  'the data parallel library': () => ({
    distribution: Distribution.dataParallel({ customMpiOptions: '-x A=1' }), instanceType: InstanceType.P4D_24XLARGE, version: TensorFlowVersion.V2_11,
  }),
  'the data parallel library in an old image': () => ({
    distribution: Distribution.dataParallel(), instanceType: InstanceType.of('ml.p3.16xlarge'), version: TensorFlowVersion.V2_3,
  }),
  'groups of instances': (stack) => ({
    instanceGroups: [
      { name: 'data', instanceType: InstanceType.C5_XLARGE, instanceCount: 2 }, { name: 'dnn', instanceType: InstanceType.of('ml.p3dn.24xlarge') },
    ],
    distribution: Distribution.mpi({ instanceGroup: 'dnn', processesPerHost: 8 }),
    inputs: { training: TrainingInput.fromBucket(bucketIn(stack, 'data'), 'train/', { instanceGroups: ['data'] }) },
  }),
  'large volumes with a key': (stack) => ({ volumeSize: Size.tebibytes(1), volumeEncryptionKey: new Key(stack, 'Key') }),
  'instances that are kept': () => ({ keepAlivePeriod: Duration.hours(6) }),
  'instances that are not kept': () => ({ keepAlivePeriod: Duration.seconds(0) }),
  'a training plan': () => ({
    instanceType: InstanceType.P5_48XLARGE, trainingPlanArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-plan/p', maxPendingTime: Duration.days(28),
  }),
  'spot instances': () => ({ useSpotInstances: true, maxRuntime: Duration.hours(2), maxWait: Duration.hours(3) }),
  'spot instances with checkpoints elsewhere': (stack) => ({
    useSpotInstances: true,
    maxRuntime: Duration.hours(1),
    maxWait: Duration.hours(1),
    checkpointBucket: bucketIn(stack, 'checkpoints'),
    checkpointPrefix: 'run/',
    checkpointLocalPath: '/opt/ml/input/../checkpoints',
    retryAttempts: 30,
  }),
  'no spot instances': () => ({ useSpotInstances: false, encryptInterContainerTraffic: false, networkIsolation: false, retryAttempts: 1 }),
  'output with a key': (stack) => ({ outputEncryptionKey: new Key(stack, 'Key'), outputPrefix: 'a/b/' }),
  'a bucket of its own with a key': (stack) => ({ outputBucket: undefined, outputEncryptionKey: new Key(stack, 'Key'), outputPrefix: '' }),
  'output that is not compressed': () => ({ compressOutput: false }),
  'a VPC': (stack) => ({ vpc: vpcIn(stack), instanceCount: 2, encryptInterContainerTraffic: true }),
  'a VPC with groups': (stack) => ({ vpc: vpcIn(stack), securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')] }),
  'no network': () => ({ networkIsolation: true, inputMode: InputMode.PIPE }),
  'no network, in a VPC': (stack) => ({ networkIsolation: true, vpc: vpcIn(stack) }),
  'all kinds of objects': (stack) => ({
    inputMode: InputMode.FAST_FILE,
    inputs: {
      prefix: TrainingInput.fromBucket(bucketIn(stack, 'data'), 'train/', {
        contentType: 'application/x-tfrecord', distribution: S3DataDistribution.SHARDED_BY_S3_KEY,
      }),
      pipe: TrainingInput.fromBucket(bucketIn(stack, 'data'), 'pipe', {
        inputMode: InputMode.PIPE, compression: InputCompression.GZIP, recordWrapper: RecordWrapper.RECORD_IO, shuffleSeed: 7,
      }),
      manifest: TrainingInput.fromManifest(bucketIn(stack, 'data'), 'val.manifest', { inputMode: InputMode.FILE }),
      augmented: TrainingInput.fromAugmentedManifest(bucketIn(stack, 'data'), 'a.manifest', { attributeNames: ['image-ref', 'label'] }),
      asset: TrainingInput.fromAsset(path.join(__dirname, '..', 'fixtures', 'models', 'half_plus_three')),
    },
  }),
  'file systems': (stack) => ({
    vpc: vpcIn(stack),
    inputMode: InputMode.PIPE,
    inputs: {
      efs: TrainingInput.fromFileSystem(TrainingFileSystem.efs(new FileSystem(stack, 'Efs', { vpc: vpcIn(stack) })), '/data'),
      byId: TrainingInput.fromFileSystem(TrainingFileSystem.efsById('fs-01234567'), '/', { accessMode: FileSystemAccessMode.READ_WRITE }),
      lustre: TrainingInput.fromFileSystem(TrainingFileSystem.fsxForLustreById('fs-0123456789abcdef0', 'fsx'), '/data', { contentType: 'text/csv' }),
    },
  }),
  'as many inputs as there may be': (stack) => ({
    inputs: Object.fromEntries([...Array(20).keys()].map((index) => [`c.${index}_-`, TrainingInput.fromBucket(bucketIn(stack, 'data'), `${index}/`)])),
  }),
  'a model to go on from': (stack) => ({ pretrainedModel: TrainingInput.fromBucket(bucketIn(stack, 'models'), 'old/model.tar.gz') }),
  'variables': () => ({ environment: { A: '1', B: '' }, oneDnn: false, intraOpThreads: 4, interOpThreads: 2 }),
  'metrics': () => ({ metricDefinitions: [{ name: 'train:loss', regex: 'loss: ([0-9\\.]+)' }], enableSageMakerMetrics: false }),
  'a program of its own': () => ({ containerEntryPoint: ['/bin/sh'], containerArguments: ['-c', 'x'] }),
  'TensorBoard': (stack) => ({ tensorBoardOutput: { bucket: bucketIn(stack, 'logs'), prefix: 'tb', localPath: '/opt/ml/output/tensorboard' } }),
  'TensorBoard by default': () => ({ tensorBoardOutput: {} }),
  'Debugger': () => ({
    debuggerHook: {
      prefix: 'd',
      localPath: '/opt/ml/output/tensors',
      hookParameters: { save_interval: '100' },
      collections: [{ name: 'losses', parameters: { save_interval: '10' } }, { name: 'weights' }],
      rules: [{
        name: 'vanishing',
        evaluatorImageUri: '503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest',
        parameters: { rule_to_invoke: 'VanishingGradient' },
        instanceType: InstanceType.of('ml.t3.medium'),
        volumeSize: Size.gibibytes(10),
      }],
    },
  }),
  'Debugger by default': () => ({ debuggerHook: {} }),
  'the profiler': (stack) => ({
    version: TensorFlowVersion.V2_11,
    profiler: {
      bucket: bucketIn(stack, 'logs'),
      interval: Duration.minutes(1),
      parameters: { DetailedProfilingConfig: '{"StartStep": 5, "NumSteps": 1}' },
      rules: [{ name: 'report', evaluatorImageUri: '503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest' }],
    },
  }),
  'all that is on or off': () => ({ remoteDebug: true, infraCheck: true, sessionTagChaining: true }),
  'an experiment': () => ({ experiment: { experimentName: 'exp', trialName: 't-1', displayName: 'd', runName: 'r' } }),
  'tags': (stack) => {
    Tags.of(stack).add('team', 'ml');
    return {};
  },
  'a role of its own': (stack) => ({ role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/training') }),
};

function vpcIn(stack: Stack): Vpc {
  return stack.node.tryFindChild('Vpc') as Vpc | undefined ?? new Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2 });
}
