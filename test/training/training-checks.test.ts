import { CfnParameter, Duration, Size } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import { errorsIn, errorsOf, parametersIn, statementsOf, warningsIn, warningsOf } from './training-support';
import { InstanceType, TensorFlowImage, TensorFlowVersion } from '../../src';
import { Distribution } from '../../src/training/distribution';
import { newStack, validTemplate } from '../support/synthesis';

describe('the instances', () => {
  test('are of one type, or groups', () => {
    const group = { name: 'g', instanceType: InstanceType.M5_XLARGE };
    expect(errorsOf({ instanceType: undefined })).toEqual(['`instanceType` or `instanceGroups` is required; give the type of the instances']);
    expect(errorsOf({ instanceType: InstanceType.M5_XLARGE, instanceCount: 2, instanceGroups: [group] })).toEqual([
      '`instanceType` and `instanceGroups` exclude each other, got: "ml.m5.xlarge"; give one of them',
      '`instanceCount` and `instanceGroups` exclude each other, got: 2; give one of them',
    ]);
  });

  test('of groups are named', () => {
    expect(parametersIn(newStack(), {
      instanceGroups: [{ name: 'data', instanceType: InstanceType.C5_XLARGE, instanceCount: 2 }, { name: 'dnn', instanceType: InstanceType.G5_XLARGE }],
    }).ResourceConfig).toEqual({
      InstanceGroups: [
        { InstanceGroupName: 'data', InstanceType: 'ml.c5.xlarge', InstanceCount: 2 },
        { InstanceGroupName: 'dnn', InstanceType: 'ml.g5.xlarge', InstanceCount: 1 },
      ],
      VolumeSizeInGB: 30,
    });
  });

  test.each([[0, false], [1, true], [5, true], [6, false]])('of %d groups', (count, ok) => {
    const instanceGroups = [...Array(count).keys()].map((index) => ({ name: `g${index}`, instanceType: InstanceType.M5_XLARGE }));
    expect(errorsOf({ instanceGroups })).toEqual(ok ? [] : [`\`instanceGroups\` must have 1 to 5 entries, got: ${count}`]);
  });

  test('of groups have names and counts', () => {
    const group = (name: string, instanceCount?: number) => ({ name, instanceCount, instanceType: InstanceType.M5_XLARGE });
    expect(errorsOf({ instanceGroups: [group('x'.repeat(64), 1)] })).toEqual([]);
    expect(errorsOf({ instanceGroups: [group(''), group('x'.repeat(65)), group('a', 0), group('a')] })).toEqual([
      '`instanceGroups[0].name` must have from 1 to 64 characters, got: 0',
      '`instanceGroups[1].name` must have from 1 to 64 characters, got: 65',
      '`instanceGroups[2].instanceCount` must be a whole number of at least 1, got: 0',
      expect.stringMatching(/^`instanceGroups` must name each only once, got: /),
    ]);
  });

  test('of groups need TensorFlow 2.6', () => {
    const instanceGroups = [{ name: 'g', instanceType: InstanceType.M5_XLARGE }];
    expect(errorsOf({ instanceGroups, version: TensorFlowVersion.V2_6 })).toEqual([]);
    expect(errorsOf({ instanceGroups, version: TensorFlowVersion.V2_5 })).toEqual([
      '`instanceGroups` must be with TensorFlow 2.6 or later, got: "2.5.1"; use `instanceType`, or a later version',
    ]);
  });

  test.each([[0, false], [1, true], [1.5, false]])('are %d', (instanceCount, ok) => {
    expect(errorsOf({ instanceCount })).toEqual(ok ? [] : [`\`instanceCount\` must be a whole number of at least 1, got: ${instanceCount}`]);
  });

  test('are not of Graviton', () => {
    expect(errorsOf({ instanceType: InstanceType.of('ml.c7g.xlarge') })).toEqual([
      '`instanceType` must be no Graviton instance: SageMaker does not train on these, got: "ml.c7g.xlarge"; use ml.c7i.xlarge',
    ]);
    expect(errorsOf({ instanceGroups: [{ name: 'a', instanceType: InstanceType.M5_XLARGE }, { name: 'b', instanceType: InstanceType.of('ml.m6g.large') }] })).toEqual([
      '`instanceGroups[1].instanceType` must be no Graviton instance: SageMaker does not train on these, got: "ml.m6g.large"; use ml.m7i.large',
    ]);
    expect(errorsOf((stack) => ({
      version: undefined,
      image: TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'R', 'own')),
      instanceType: InstanceType.of('ml.r6g.large'),
    }))).toHaveLength(1);
  });

  test('have an image', () => {
    expect(errorsOf({ instanceType: InstanceType.of('ml.trn1.2xlarge') })).toEqual([
      '`instanceType` has no image of TensorFlow: there is none for Inferentia, Trainium and Gaudi, got: "ml.trn1.2xlarge"; '
      + 'use ml.g5.xlarge or ml.c7i.xlarge or an image of your own (TensorFlowImage.fromUri)',
    ]);
    expect(errorsOf({ instanceType: InstanceType.of('ml.p2.xlarge') })).toEqual([
      expect.stringMatching(/^`instanceType` has no image of TensorFlow 2\.19: there is none for P2 instances from 2\.12\.0 on/),
    ]);
  });

  test('that SageMaker is not known to train on are told of', () => {
    expect(warningsOf({ instanceType: InstanceType.of('ml.t2.medium') })).toEqual([
      'SageMaker is not known to train on ml.t2.medium, so that the job may not start; '
      + 'use a type that it lists, such as ml.m5.xlarge or ml.g5.xlarge [ack: cdk-tensorflow-serving:instanceTypeUnknown]',
    ]);
  });

  test('may be known only to the deployment, with an image of your own', () => {
    const stack = newStack();
    expect(errorsIn(stack, {
      version: undefined,
      image: TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'R', 'own')),
      instanceType: InstanceType.of(new CfnParameter(stack, 'Type').valueAsString),
      instanceCount: new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber,
      volumeSize: Size.gibibytes(new CfnParameter(stack, 'Size', { type: 'Number' }).valueAsNumber),
    })).toEqual([]);
    expect(warningsIn(stack)).toEqual([]);
  });

  test.each([[Size.gibibytes(0), 0], [Size.mebibytes(1536), 1.5]])('have volumes of whole GiB, not of %p', (volumeSize, got) => {
    expect(errorsOf({ volumeSize })).toEqual([`\`volumeSize\` must be a whole number of at least 1 GiB, got: ${got}`]);
  });

  test('with storage of their own have no volumes', () => {
    expect(warningsOf({ instanceType: InstanceType.G5_XLARGE, volumeSize: Size.gibibytes(100) })).toEqual([
      '`volumeSize` has no effect on ml.g5.xlarge, with storage of a size of its own [ack: cdk-tensorflow-serving:volumeSizeWithoutEffect]',
    ]);
    expect(errorsOf((stack) => ({ instanceType: InstanceType.G5_XLARGE, volumeEncryptionKey: new Key(stack, 'Key') }))).toEqual([
      '`volumeEncryptionKey` cannot be given for instances with storage of their own, which encrypts itself, got: "ml.g5.xlarge"; '
      + 'leave it out, or use instances without storage, such as ml.m5.xlarge or ml.p3.2xlarge',
    ]);
  });

  test('use a key for their volumes', () => {
    const stack = newStack();
    const key = new Key(stack, 'Key');
    const keyArn = stack.resolve(key.keyArn);
    expect(parametersIn(stack, { volumeSize: Size.gibibytes(200), volumeEncryptionKey: key }).ResourceConfig).toMatchObject({
      VolumeSizeInGB: 200, VolumeKmsKeyId: keyArn,
    });
    const statements = statementsOf(validTemplate(stack));
    expect(statements).toContainEqual({
      Effect: 'Allow', Action: 'kms:CreateGrant', Resource: keyArn, Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    });
    expect(statements).toContainEqual({ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: keyArn });
  });

  test.each([[0, true], [21600, true], [21601, false]])('are kept for %d seconds', (seconds, ok) => {
    expect(errorsOf({ keepAlivePeriod: Duration.seconds(seconds) })).toEqual(ok ? [] : [
      '`keepAlivePeriod` must be a whole number from 0 to 21600 seconds, got: 21601',
    ]);
  });

  test('are not kept where SageMaker keeps none', () => {
    const keepAlivePeriod = Duration.minutes(5);
    expect(errorsOf({ keepAlivePeriod, useSpotInstances: true, maxWait: Duration.days(1) })).toEqual([
      '`keepAlivePeriod` cannot be given for spot instances, which are not kept; leave it out',
    ]);
    expect(errorsOf({ keepAlivePeriod, instanceGroups: [{ name: 'g', instanceType: InstanceType.M5_XLARGE }] })).toEqual([
      '`keepAlivePeriod` cannot be given for `instanceGroups`, which are not kept; leave it out',
    ]);
  });

  test('come from a training plan', () => {
    expect(errorsOf({ trainingPlanArn: 'plan' })).toEqual([
      '`trainingPlanArn` must have the form arn:aws:sagemaker:REGION:ACCOUNT:training-plan/NAME, got: "plan"',
    ]);
  });
});

describe('the time that a job may take', () => {
  test.each([[0, false], [1, true], [28 * 86400, true], [28 * 86400 + 1, false]])('to train is %d seconds', (seconds, ok) => {
    expect(errorsOf({ maxRuntime: Duration.seconds(seconds) })).toEqual(ok ? [] : [
      `\`maxRuntime\` must be a whole number from 1 to 2419200 seconds, got: ${seconds}`,
    ]);
  });

  test.each([[1799, false], [1800, true], [2419200, true], [2419201, false]])('to wait for GPUs is %d seconds', (seconds, ok) => {
    expect(errorsOf({ maxPendingTime: Duration.seconds(seconds) })).toEqual(ok ? [] : [
      `\`maxPendingTime\` must be a whole number from 1800 to 2419200 seconds, got: ${seconds}`,
    ]);
  });

  test('on spot instances has to be given', () => {
    expect(errorsOf({ useSpotInstances: true })).toEqual([
      '`maxWait` is required with `useSpotInstances`; give how long the job may wait and train together, at least `maxRuntime`',
    ]);
  });

  test.each([[3599, false], [3600, true]])('on spot instances includes training: %d seconds', (seconds, ok) => {
    expect(errorsOf({ useSpotInstances: true, maxRuntime: Duration.hours(1), maxWait: Duration.seconds(seconds) })).toEqual(ok ? [] : [
      '`maxWait` must be a whole number of at least 3600 seconds, got: 3599; it includes `maxRuntime`',
    ]);
  });

  test('on spot instances includes the day that a job trains if nothing is said', () => {
    expect(errorsOf({ useSpotInstances: true, maxWait: Duration.hours(24) })).toEqual([]);
    expect(errorsOf({ useSpotInstances: true, maxWait: Duration.hours(23) })).toHaveLength(1);
  });

  test('on other instances has no waiting', () => {
    expect(errorsOf({ maxWait: Duration.days(2) })).toEqual(['`maxWait` needs `useSpotInstances`: other jobs do not wait; leave it out']);
  });

  test('may be known only to the deployment', () => {
    const stack = newStack();
    const seconds = Duration.seconds(new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber);
    const more = { useSpotInstances: true, maxRuntime: seconds, maxWait: seconds, maxPendingTime: seconds };
    expect(errorsIn(stack, more)).toEqual([]);
    expect(parametersIn(stack, more).StoppingCondition).toEqual({
      MaxRuntimeInSeconds: { Ref: 'Seconds' }, MaxWaitTimeInSeconds: { Ref: 'Seconds' }, MaxPendingTimeInSeconds: { Ref: 'Seconds' },
    });
  });

  test.each([[0, false], [1, true], [30, true], [31, false]])('is that of %d attempts', (retryAttempts, ok) => {
    expect(errorsOf({ retryAttempts })).toEqual(ok ? [] : [`\`retryAttempts\` must be a whole number from 1 to 30, got: ${retryAttempts}`]);
  });
});

describe('the directory that the script is told of', () => {
  test('is absolute, or in S3', () => {
    expect(errorsOf({ modelDir: 'model' })).toEqual(['`modelDir` must be an absolute path, or an address in S3, got: "model"']);
    expect(errorsOf({ modelDir: '' })).toHaveLength(1);
    expect(errorsOf((stack) => ({ modelDir: new CfnParameter(stack, 'Dir').valueAsString }))).toEqual([]);
  });

  test('is not in S3 where it cannot be', () => {
    const remedy = 'leave it out: the model is what the script leaves in the directory that SM_MODEL_DIR names';
    const modelDir = 's3://bucket/model';
    expect(errorsOf({ modelDir, version: TensorFlowVersion.V2_14 })).toEqual([]);
    expect(errorsOf({ modelDir, version: TensorFlowVersion.V2_14, networkIsolation: true })).toEqual([
      `\`modelDir\` must not be in S3 with \`networkIsolation\`, got: "s3://bucket/model"; ${remedy}`,
    ]);
    expect(errorsOf({ modelDir, version: TensorFlowVersion.V2_16 })).toEqual([
      `\`modelDir\` must not be in S3 with TensorFlow 2.16 or later, whose image cannot write there, got: "s3://bucket/model"; ${remedy}`,
    ]);
  });

  test('is not where the model comes from, if it is in S3', () => {
    expect(warningsOf({ modelDir: 's3://bucket/model', version: TensorFlowVersion.V2_14 })).toEqual([
      'What the script writes to s3://bucket/model is not the model that the job results in: that is what it leaves in the directory that SM_MODEL_DIR names '
      + '[ack: cdk-tensorflow-serving:modelDirInS3]',
    ]);
    expect(warningsOf({
      modelDir: 's3://bucket/model', version: TensorFlowVersion.V2_14, distribution: Distribution.parameterServer(), instanceCount: 2,
    })).toEqual([]);
  });
});

describe('the container', () => {
  test('gets a program and arguments', () => {
    expect(parametersIn(newStack(), { containerEntryPoint: ['/bin/sh'], containerArguments: ['-c', 'x'] }).AlgorithmSpecification).toMatchObject({
      ContainerEntrypoint: ['/bin/sh'], ContainerArguments: ['-c', 'x'],
    });
  });

  test.each([[0, 256, false], [1, 256, true], [100, 256, true], [101, 256, false], [1, 257, false]])('has %d arguments of %d characters', (count, length, ok) => {
    const list = Array(count).fill('x'.repeat(length)) as string[];
    const rule = length > 256 ? '[0]` must be at most 256 characters long, got: 257' : `\` must have 1 to 100 entries, got: ${count}`;
    expect(errorsOf({ containerEntryPoint: list, containerArguments: list })).toEqual(ok ? [] : [
      `\`containerEntryPoint${rule}`, `\`containerArguments${rule}`,
    ]);
  });

  test('tells of metrics', () => {
    expect(parametersIn(newStack(), {
      metricDefinitions: [{ name: 'loss', regex: 'loss: (\\S+)' }], enableSageMakerMetrics: false,
    }).AlgorithmSpecification).toMatchObject({ MetricDefinitions: [{ Name: 'loss', Regex: 'loss: (\\S+)' }], EnableSageMakerMetricsTimeSeries: false });
    expect(parametersIn(newStack(), { version: TensorFlowVersion.of('1.14.0') }).AlgorithmSpecification).not.toHaveProperty('EnableSageMakerMetricsTimeSeries');
  });

  test.each([[40, true], [41, false]])('tells of %d metrics', (count, ok) => {
    const metricDefinitions = [...Array(count).keys()].map((index) => ({ name: `m${index}`, regex: '(a)' }));
    expect(errorsOf({ metricDefinitions })).toEqual(ok ? [] : ['`metricDefinitions` must have 0 to 40 entries, got: 41']);
  });

  test('tells of metrics that have names and values', () => {
    const metric = (name: string, regex: string) => ({ name, regex });
    expect(errorsOf({ metricDefinitions: [metric('x'.repeat(255), `(${'x'.repeat(498)})`)] })).toEqual([]);
    expect(errorsOf({ metricDefinitions: [metric('', '(a)'), metric('x'.repeat(256), ''), metric('a', `(${'x'.repeat(499)})`), metric('a', '(b)')] })).toEqual([
      '`metricDefinitions[0].name` must have from 1 to 255 characters, got: 0',
      '`metricDefinitions[1].name` must have from 1 to 255 characters, got: 256',
      '`metricDefinitions[1].regex` must have from 1 to 500 characters, got: 0',
      '`metricDefinitions[1].regex` must have a group in parentheses, which is the value of the metric, got: ""; write it like loss: ([0-9.]+)',
      '`metricDefinitions[2].regex` must have from 1 to 500 characters, got: 501',
      expect.stringMatching(/^`metricDefinitions` must name each only once/),
    ]);
  });

  test.each([
    ['loss: [0-9.]+', false], ['loss: \\([0-9.]+\\)', false], ['loss: (?:[0-9.]+)', false], ['(?=a)b', false], ['(?<!a)b', false],
    ['loss: ([0-9.]+)', true], ['(?:a)(b)', true], ['(?P<x>a)', true], ['(?<x>a)', true], ['\\\\(a)', true],
  ])('tells of metrics with a group in their pattern: %s', (regex, ok) => {
    expect(errorsOf({ metricDefinitions: [{ name: 'a', regex }] })).toHaveLength(ok ? 0 : 1);
  });

  test('leaves what only the deployment knows alone', () => {
    const stack = newStack();
    const token = new CfnParameter(stack, 'Parameter').valueAsString;
    expect(errorsIn(stack, {
      containerArguments: [token],
      metricDefinitions: [{ name: token, regex: token }],
      experiment: { experimentName: token },
      trainingPlanArn: token,
      outputPrefix: token,
      checkpointLocalPath: token,
      instanceGroups: [{ name: token, instanceType: InstanceType.M5_XLARGE }],
    })).toEqual([]);
  });

  test('has variables', () => {
    expect(parametersIn(newStack(), { environment: { A: '1' }, oneDnn: true }).Environment).toEqual({ TF_ENABLE_ONEDNN_OPTS: '1', A: '1' });
    expect(errorsOf({ environment: { SAGEMAKER_PROGRAM: 'x' } })).toHaveLength(1);
  });
});

test('a job is a part of an experiment', () => {
  expect(parametersIn(newStack(), { experiment: { experimentName: 'e', trialName: 't', displayName: 'd', runName: 'r' } }).ExperimentConfig).toEqual({
    ExperimentName: 'e', TrialName: 't', TrialComponentDisplayName: 'd', RunName: 'r',
  });
  expect(errorsOf({ experiment: { experimentName: 'x'.repeat(120) } })).toEqual([]);
  const rule = 'must be 1 to 120 letters, digits and hyphens, the first and the last no hyphen';
  expect(errorsOf({ experiment: { experimentName: 'x'.repeat(121), trialName: '', displayName: '-a', runName: 'a_b' } })).toEqual([
    `\`experiment.experimentName\` ${rule}, got: "${'x'.repeat(121)}"`,
    `\`experiment.trialName\` ${rule}, got: ""`,
    `\`experiment.displayName\` ${rule}, got: "-a"`,
    `\`experiment.runName\` ${rule}, got: "a_b"`,
  ]);
});
