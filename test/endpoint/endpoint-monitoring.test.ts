import { CfnParameter, Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import type { CfnAlarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { asyncEndpointIn, endpointIn, modelIn, serverlessEndpointIn, variantOn } from './scaling-support';
import { modelWith } from './variant-support';
import { EndpointVariant, InstanceType, type TensorFlowServingEndpoint } from '../../src';
import { AlarmKind } from '../../src/endpoint/alarm-kind';
import type { EndpointAlarmsOptions } from '../../src/endpoint/endpoint-monitoring';
import { newStack, validTemplate } from '../support/synthesis';

type Alarms = Record<string, Record<string, unknown>>;

/** The properties of the alarms, by their ids. */
function propertiesOf(endpoint: TensorFlowServingEndpoint, options?: EndpointAlarmsOptions): Alarms {
  const { alarms } = endpoint.monitoring.alarms(options);
  const stack = Stack.of(endpoint);
  const resources = validTemplate(stack).findResources('AWS::CloudWatch::Alarm');
  return Object.fromEntries(alarms.map(({ node }) => [node.id, resources[stack.getLogicalId(node.defaultChild as CfnAlarm)].Properties]));
}

const ENDPOINT = { Name: 'EndpointName', Value: 'My-Endpoint' };

/** What is the same for most alarms. */
function alarm(variantName: string | undefined, properties: Record<string, unknown>): Record<string, unknown> {
  return {
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Dimensions: variantName === undefined ? [ENDPOINT] : [ENDPOINT, { Name: 'VariantName', Value: variantName }],
    EvaluationPeriods: 3,
    TreatMissingData: 'notBreaching',
    ...properties,
  };
}

const WHERE = 'Variant AllTraffic of Stack/Endpoint:';
const LOGS = 'the log group of the endpoint';

const SERVER_ERRORS = alarm('AllTraffic', {
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmDescription: `${WHERE} more than 1 % of the requests are answered with a 5XX status. `
    + `Look for errors in ${LOGS}, and go back to the model or the settings before if they have just changed.`,
  Namespace: 'AWS/SageMaker',
  MetricName: 'Invocation5XXErrors',
  Statistic: 'Average',
  Period: 60,
  Threshold: 0.01,
});
const MODEL_LATENCY = alarm('AllTraffic', {
  AlarmDescription: `${WHERE} the container takes 1000 ms or more for the slowest one in a hundred requests. `
    + 'Look for large requests and for what the model does; where CPUs or GPUs are busy, add instances or take larger ones.',
  Namespace: 'AWS/SageMaker',
  MetricName: 'ModelLatency',
  ExtendedStatistic: 'p99',
  Unit: 'Microseconds',
  Period: 60,
  Threshold: 1_000_000,
});
const MEMORY = alarm('AllTraffic', {
  AlarmDescription: `${WHERE} 90 % or more of the memory is in use. `
    + 'Take instances, or for a serverless variant a memory size, with more of it, or let the model answer smaller batches.',
  Namespace: '/aws/sagemaker/Endpoints',
  MetricName: 'MemoryUtilization',
  Statistic: 'Maximum',
  Unit: 'Percent',
  Period: 300,
  Threshold: 90,
});
const DISK = alarm('AllTraffic', {
  AlarmDescription: `${WHERE} 85 % or more of the disk is in use. `
    + 'Give the variant a larger volume, and look for what the inference code writes and does not delete.',
  Namespace: '/aws/sagemaker/Endpoints',
  MetricName: 'DiskUtilization',
  Statistic: 'Maximum',
  Unit: 'Percent',
  Period: 300,
  Threshold: 85,
});

function failures(metricName: string, event: string, remedy: string): Record<string, unknown> {
  return alarm('AllTraffic', {
    AlarmDescription: `${WHERE} ${event}, 1 or more within 5 minutes. ${remedy}`,
    Namespace: 'AWS/SageMaker',
    MetricName: metricName,
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
  });
}

describe('the alarms of', () => {
  test('a real-time endpoint', () => {
    expect(propertiesOf(endpointIn(newStack()))).toEqual({
      AllTrafficServerErrors: SERVER_ERRORS,
      AllTrafficModelLatency: MODEL_LATENCY,
      AllTrafficOverheadLatency: alarm('AllTraffic', {
        AlarmDescription: `${WHERE} SageMaker adds 1000 ms or more to a request. `
          + 'Look for large requests and answers, and for a burst of them; if there are none, look at the AWS Health Dashboard.',
        Namespace: 'AWS/SageMaker',
        MetricName: 'OverheadLatency',
        Statistic: 'Average',
        Unit: 'Microseconds',
        Period: 60,
        Threshold: 1_000_000,
      }),
      AllTrafficCpuUtilization: alarm('AllTraffic', {
        AlarmDescription: `${WHERE} 90 % or more of the CPUs are in use. Add instances, let them scale, or take larger ones.`,
        Namespace: '/aws/sagemaker/Endpoints',
        MetricName: 'CPUUtilization',
        Statistic: 'Average',
        Unit: 'Percent',
        Period: 300,
        // 4 CPUs
        Threshold: 360,
      }),
      AllTrafficMemoryUtilization: MEMORY,
      AllTrafficDiskUtilization: DISK,
      AllTrafficNoData: alarm('AllTraffic', {
        AlarmDescription: `${WHERE} the instances publish no metrics. `
          + `Look at the state of the endpoint: it may have failed, or be gone; then look at ${LOGS}.`,
        Namespace: '/aws/sagemaker/Endpoints',
        MetricName: 'CPUUtilization',
        Statistic: 'SampleCount',
        Unit: 'Percent',
        Period: 300,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
        Threshold: 1,
      }),
    });
  });

  test('an asynchronous endpoint, which publishes no invocations and no overhead, and is meant to be busy', () => {
    expect(propertiesOf(asyncEndpointIn(newStack()))).toEqual({
      AgeOfOldestRequest: alarm(undefined, {
        AlarmDescription: 'Stack/Endpoint: the oldest request came 60 min ago, or earlier. '
          + `Add instances or let more of them start, and look in ${LOGS} for requests that fail again and again.`,
        Namespace: 'AWS/SageMaker',
        MetricName: 'ApproximateAgeOfOldestRequest',
        Statistic: 'Maximum',
        Unit: 'Seconds',
        Period: 60,
        Threshold: 3600,
      }),
      BacklogWithoutCapacity: alarm(undefined, {
        AlarmDescription: 'Stack/Endpoint: requests wait, and there is no instance. Look at the scaling activities and the state of the endpoint: '
          + 'scaling from zero may be missing, or there is no capacity for the instance type.',
        Namespace: 'AWS/SageMaker',
        MetricName: 'HasBacklogWithoutCapacity',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 15,
        Threshold: 1,
      }),
      AllTrafficServerErrors: SERVER_ERRORS,
      AllTrafficMemoryUtilization: MEMORY,
      AllTrafficDiskUtilization: DISK,
      AllTrafficInvocationFailures: failures('InvocationFailures', 'requests failed',
        `Look for their inference IDs in ${LOGS} and for what was written to the failure path, and send them again.`),
      AllTrafficExpiredRequests: failures('ExpiredRequests', 'requests waited longer than they may',
        'Add instances or let more of them start, give requests more time, and send these again.'),
      AllTrafficRequestDownloadFailures: failures('RequestDownloadFailures', 'requests could not be read from S3',
        "Look whether the objects are still there, and whether the model's role may read them and use their key."),
      AllTrafficResponseUploadFailures: failures('ResponseUploadFailures', 'answers could not be written to S3',
        "Look whether the bucket is still there, and whether the model's role may write to it and use its key."),
      AllTrafficNotificationFailures: failures('NotificationFailures', 'topics were not told of requests',
        "Look whether the topics are still there, and whether the model's role may publish to them and use their keys."),
    });
  });

  test('a serverless endpoint, which has no instances', () => {
    const endpoint = serverlessEndpointIn(newStack(), { maxConcurrency: 20, provisionedConcurrency: 5 });
    const { blueConcurrencyUtilization, ...others } = propertiesOf(endpoint);
    expect(blueConcurrencyUtilization).toEqual(alarm('blue', {
      Dimensions: [{ Name: 'EndpointName', Value: { 'Fn::GetAtt': ['EndpointEEF1FD8F', 'EndpointName'] } }, { Name: 'VariantName', Value: 'blue' }],
      AlarmDescription: 'Variant blue of Stack/Endpoint: 80 % or more of the requests that it may answer at the same time are there. '
        + 'Raise its maximum concurrency, as far as the quota of the account lets it, or slow down the callers.',
      Namespace: 'AWS/SageMaker',
      MetricName: 'ServerlessConcurrentExecutionsUtilization',
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 0.8,
    }));
    expect(Object.keys(others)).toEqual(['blueServerErrors', 'blueModelLatency', 'blueMemoryUtilization']);
  });

  test('an endpoint with many models, whose disk is meant to be full', () => {
    const stack = newStack();
    const model = modelWith(stack, { isMultiModel: true });
    const { AllTrafficModelLoading, ...others } = propertiesOf(endpointIn(stack, { model, instanceType: InstanceType.of('ml.c5.xlarge') }));
    expect(AllTrafficModelLoading).toEqual(alarm('AllTraffic', {
      AlarmDescription: `${WHERE} requests wait 30 s or more for their model to be loaded. `
        + 'Take instances with more memory, so that more models stay loaded, or spread the models over several endpoints.',
      Namespace: 'AWS/SageMaker',
      MetricName: 'ModelLoadingWaitTime',
      Statistic: 'Average',
      Unit: 'Microseconds',
      Period: 300,
      Threshold: 30_000_000,
    }));
    expect(Object.keys(others)).toEqual(['AllTrafficServerErrors', 'AllTrafficModelLatency', 'AllTrafficOverheadLatency', 'AllTrafficCpuUtilization',
      'AllTrafficMemoryUtilization', 'AllTrafficNoData']);
  });

  test('an endpoint on GPUs, whose memory TensorFlow takes anyway', () => {
    const stack = newStack();
    const { blueGpuUtilization, ...others } = propertiesOf(endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.g5.12xlarge')] }));
    expect(blueGpuUtilization).toEqual(alarm('blue', {
      AlarmDescription: 'Variant blue of Stack/Endpoint: 90 % or more of the GPUs are in use. Add instances, let them scale, or gather requests in batches.',
      Namespace: '/aws/sagemaker/Endpoints',
      MetricName: 'GPUUtilization',
      Statistic: 'Average',
      Unit: 'Percent',
      Period: 300,
      // 4 GPUs
      Threshold: 360,
    }));
    expect(others.blueCpuUtilization).toMatchObject({ Threshold: 48 * 90 });
    expect(Object.keys(others)).not.toContain('blueGpuMemoryUtilization');
  });

  test('several variants are for each of them, but not for a shadow', () => {
    const stack = newStack();
    const names = ['blue', 'green'].map((name) => variantOn(stack, name, 'ml.c5.large'));
    const kinds = ['ServerErrors', 'ModelLatency', 'OverheadLatency', 'CpuUtilization', 'MemoryUtilization', 'DiskUtilization', 'NoData'];
    expect(Object.keys(propertiesOf(endpointIn(stack, { variants: names })))).toEqual(['blue', 'green'].flatMap((name) => kinds.map((kind) => name + kind)));
    const other = newStack();
    const shadowed = endpointIn(other, { variants: [variantOn(other, 'blue', 'ml.c5.large')], shadow: variantOn(other, 'dark', 'ml.c5.large') });
    expect(Object.keys(propertiesOf(shadowed))).toEqual(kinds.map((kind) => `blue${kind}`));
  });
});

describe('a threshold', () => {
  const everything = (stack: Stack): TensorFlowServingEndpoint => endpointIn(stack, {
    variants: [variantOn(stack, 'blue', 'ml.g5.12xlarge')],
  });

  test.each<[string, EndpointAlarmsOptions, string, number]>([
    ['serverErrorRate', { serverErrorRate: 0.07 }, 'blueServerErrors', 0.07],
    ['the lowest serverErrorRate', { serverErrorRate: 0 }, 'blueServerErrors', 0],
    ['the highest serverErrorRate', { serverErrorRate: 0.999 }, 'blueServerErrors', 0.999],
    ['modelLatency', { modelLatency: Duration.millis(250) }, 'blueModelLatency', 250_000],
    ['overheadLatency', { overheadLatency: Duration.millis(50) }, 'blueOverheadLatency', 50_000],
    ['cpuUtilization', { cpuUtilization: 50 }, 'blueCpuUtilization', 48 * 50],
    ['the highest cpuUtilization', { cpuUtilization: 100 }, 'blueCpuUtilization', 48 * 100],
    ['the lowest memoryUtilization', { memoryUtilization: 1 }, 'blueMemoryUtilization', 1],
    ['diskUtilization', { diskUtilization: 70 }, 'blueDiskUtilization', 70],
    ['gpuUtilization', { gpuUtilization: 60 }, 'blueGpuUtilization', 240],
    ['gpuMemoryUtilization', { gpuMemoryUtilization: 97.5 }, 'blueGpuMemoryUtilization', 390],
  ])('of an endpoint on instances can be given: %s', (_, options, id, threshold) => {
    expect(propertiesOf(everything(newStack()), options)[id]).toMatchObject({ Threshold: threshold });
  });

  test('makes the alarm on GPU memory', () => {
    expect(propertiesOf(everything(newStack()), { gpuMemoryUtilization: 97 }).blueGpuMemoryUtilization).toEqual(alarm('blue', {
      AlarmDescription: 'Variant blue of Stack/Endpoint: 97 % or more of the GPU memory is in use. '
        + 'Take instances with more of it, or let the model answer smaller batches.',
      Namespace: '/aws/sagemaker/Endpoints',
      MetricName: 'GPUMemoryUtilization',
      Statistic: 'Maximum',
      Unit: 'Percent',
      Period: 300,
      Threshold: 388,
    }));
  });

  test('makes the alarms that an asynchronous endpoint has only if they are asked for', () => {
    const stack = newStack();
    const alarms = propertiesOf(asyncEndpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.g5.xlarge')] }), {
      modelLatency: Duration.minutes(5),
      overheadLatency: Duration.seconds(1),
      cpuUtilization: 95,
      gpuUtilization: 96,
      ageOfOldestRequest: Duration.seconds(90),
      backlogWithoutCapacity: Duration.minutes(1440),
      asyncFailures: 5,
    });
    expect(alarms.blueModelLatency).toMatchObject({ Threshold: 300_000_000 });
    expect(alarms.blueCpuUtilization).toMatchObject({ Threshold: 380 });
    expect(alarms.blueGpuUtilization).toMatchObject({ Threshold: 96 });
    expect(alarms.AgeOfOldestRequest).toMatchObject({ Threshold: 90, AlarmDescription: expect.stringContaining('came 1.5 min ago') });
    expect(alarms.BacklogWithoutCapacity).toMatchObject({ EvaluationPeriods: 1440, Threshold: 1 });
    expect(alarms.blueNotificationFailures).toMatchObject({ EvaluationPeriods: 1, Threshold: 5 });
    expect(Object.keys(alarms)).not.toContain('blueOverheadLatency');
  });

  test('makes the alarm on overhead that a serverless endpoint has only if it is asked for', () => {
    const alarms = propertiesOf(serverlessEndpointIn(newStack(), {}), {
      overheadLatency: Duration.seconds(20), concurrencyUtilization: 57, cpuUtilization: 50, ageOfOldestRequest: Duration.hours(1),
    });
    expect(alarms.blueOverheadLatency).toMatchObject({ Threshold: 20_000_000 });
    expect(alarms.blueConcurrencyUtilization).toMatchObject({ Threshold: 0.57 });
    expect(Object.keys(alarms)).toHaveLength(5);
  });

  test('makes the alarm on the disk that many models have only if it is asked for', () => {
    const stack = newStack();
    const model = modelWith(stack, { isMultiModel: true });
    const alarms = propertiesOf(endpointIn(stack, { model, instanceType: InstanceType.of('ml.c5.xlarge') }), {
      diskUtilization: 95, modelLoading: Duration.millis(1500),
    });
    expect(alarms.AllTrafficDiskUtilization).toMatchObject({ Threshold: 95 });
    expect(alarms.AllTrafficModelLoading).toMatchObject({ Threshold: 1_500_000 });
  });

  test('that needs no conversion may be a token', () => {
    const stack = newStack();
    const parameter = (id: string): number => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
    const alarms = propertiesOf(asyncEndpointIn(stack), {
      memoryUtilization: parameter('Memory'),
      diskUtilization: parameter('Disk'),
      asyncFailures: parameter('Failures'),
      evaluationPeriods: parameter('Periods'),
      datapointsToAlarm: 288,
    });
    expect(alarms.AllTrafficMemoryUtilization).toMatchObject({
      Threshold: { Ref: 'Memory' },
      EvaluationPeriods: { Ref: 'Periods' },
      DatapointsToAlarm: 288,
      AlarmDescription: { 'Fn::Join': ['', [`${WHERE} `, { Ref: 'Memory' }, expect.stringContaining(' % or more of the memory')]] },
    });
    expect(alarms.AllTrafficDiskUtilization).toMatchObject({ Threshold: { Ref: 'Disk' } });
    expect(alarms.AllTrafficExpiredRequests).toMatchObject({ Threshold: { Ref: 'Failures' } });
  });
});

test.each([
  [{ evaluationPeriods: 1 }, 1, undefined],
  [{ evaluationPeriods: 288, datapointsToAlarm: 288 }, 288, 288],
  [{ datapointsToAlarm: 2 }, 3, 2],
])('levels are looked at for %j, failures for one period', (options, periods, datapoints) => {
  const alarms = propertiesOf(asyncEndpointIn(newStack()), options);
  expect(alarms.AllTrafficServerErrors.EvaluationPeriods).toBe(periods);
  expect(alarms.AllTrafficServerErrors.DatapointsToAlarm).toBe(datapoints);
  expect(alarms.AgeOfOldestRequest.EvaluationPeriods).toBe(periods);
  expect(alarms.AllTrafficInvocationFailures).not.toHaveProperty('DatapointsToAlarm');
  expect(alarms.AllTrafficInvocationFailures.EvaluationPeriods).toBe(1);
  expect(alarms.BacklogWithoutCapacity.EvaluationPeriods).toBe(15);
});

test('alarms can be left out, by kind', () => {
  expect(Object.keys(propertiesOf(endpointIn(newStack()), {
    exclude: [AlarmKind.NO_DATA, AlarmKind.DISK_UTILIZATION, AlarmKind.OVERHEAD_LATENCY, AlarmKind.AGE_OF_OLDEST_REQUEST],
  }))).toEqual(['AllTrafficServerErrors', 'AllTrafficModelLatency', 'AllTrafficCpuUtilization', 'AllTrafficMemoryUtilization']);
});

describe('whoever should know', () => {
  const action = (alarmActionArn: string): IAlarmAction => ({ bind: () => ({ alarmActionArn }) });

  test('is told of the beginning and of the end through a topic', () => {
    const stack = newStack();
    const topic = new Topic(stack, 'Topic');
    const alarms = propertiesOf(endpointIn(stack), { topic });
    const told = [stack.resolve(topic.topicArn)];
    expect(Object.values(alarms).map(({ AlarmActions, OKActions }) => ({ AlarmActions, OKActions })))
      .toEqual(Object.keys(alarms).map(() => ({ AlarmActions: told, OKActions: told })));
  });

  test('is told in other ways, too', () => {
    const stack = newStack();
    const alarms = propertiesOf(endpointIn(stack), {
      topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:123456789012:told'),
      alarmActions: [action('arn:aws:lambda:us-east-1:123456789012:function:wake')],
      okActions: [action('arn:aws:lambda:us-east-1:123456789012:function:relax')],
    });
    expect(alarms.AllTrafficServerErrors).toMatchObject({
      AlarmActions: ['arn:aws:sns:us-east-1:123456789012:told', 'arn:aws:lambda:us-east-1:123456789012:function:wake'],
      OKActions: ['arn:aws:sns:us-east-1:123456789012:told', 'arn:aws:lambda:us-east-1:123456789012:function:relax'],
    });
  });
});

test('there can be several sets, each with an id', () => {
  const stack = newStack();
  const endpoint = endpointIn(stack);
  endpoint.monitoring.alarms({ exclude: [AlarmKind.NO_DATA] });
  const { alarms } = endpoint.monitoring.alarms({ id: 'Pages', serverErrorRate: 0.5 });
  expect(alarms[0].node.path).toBe('Stack/Endpoint/Pages/AllTrafficServerErrors');
  validTemplate(stack).resourceCountIs('AWS::CloudWatch::Alarm', 13);
});

describe('where the number of processors is not known', () => {
  const left = (kinds: string): string => `There is no alarm for ${kinds}, because it is not known how many processors each instance has, or they have `
    + 'different numbers of them; make it from the metric, and `exclude` it here';

  function unknownIn(stack: Stack): TensorFlowServingEndpoint {
    const instanceType = InstanceType.of(Lazy.string({ produce: () => 'ml.c5.large' }));
    return endpointIn(stack, { variants: [EndpointVariant.onInstances('blue', { model: modelIn(stack), instanceType })] });
  }

  test('there is no alarm on their use, and it is said so', () => {
    const stack = newStack();
    const { alarms } = unknownIn(stack).monitoring.alarms({ gpuMemoryUtilization: 97 });
    expect(alarms.map(({ node }) => node.id)).toEqual(['ServerErrors', 'ModelLatency', 'OverheadLatency', 'MemoryUtilization', 'DiskUtilization', 'NoData']
      .map((kind) => `blue${kind}`));
    const messages = Annotations.fromStack(stack).findWarning('/Stack/Endpoint', left('CpuUtilization of blue, GpuUtilization of blue, GpuMemoryUtilization of blue')
      + ' [ack: cdk-tensorflow-serving:alarmsLeftOut]');
    expect(messages).toHaveLength(1);
  });

  test('nothing is said of what is not wanted', () => {
    const stack = newStack();
    unknownIn(stack).monitoring.alarms({ exclude: [AlarmKind.CPU_UTILIZATION, AlarmKind.GPU_UTILIZATION] });
    expect(Annotations.fromStack(stack).findWarning('*', '*').filter(({ id, entry }) => id === '/Stack/Endpoint' && String(entry.data).includes('alarmsLeftOut')))
      .toEqual([]);
  });
});

describe('an alarm', () => {
  test('on instances that publish nothing waits for the endpoint; the others do not', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    endpoint.monitoring.alarms();
    const template = Template.fromStack(stack);
    const [endpointId] = Object.keys(template.findResources('AWS::SageMaker::Endpoint'));
    const dependencies = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties, DependsOn }) => [Properties.Statistic, DependsOn]);
    expect(dependencies.filter(([, dependsOn]) => dependsOn !== undefined)).toEqual([['SampleCount', [endpointId]]]);
  });

  test('can undo updates of its endpoint, though neither has a name', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { endpointName: undefined });
    endpoint.addRollbackAlarm(endpoint.monitoring.alarms().alarm(AlarmKind.SERVER_ERRORS));
    const template = validTemplate(stack);
    const [endpointId] = Object.keys(template.findResources('AWS::SageMaker::Endpoint'));
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'Invocation5XXErrors' } }));
    expect(alarms).toHaveLength(1);
    expect(JSON.stringify(alarms)).not.toContain(endpointId);
  });
});

describe('fails for', () => {
  const percent = 'must be a number from 1 to 100 percent';
  const rate = 'must be a number of at least 0 and less than 1';
  const nothing = 'must be longer than nothing';
  test.each<[EndpointAlarmsOptions, string]>([
    [{ evaluationPeriods: 0 }, '`evaluationPeriods` must be a whole number from 1 to 288, got: 0'],
    [{ evaluationPeriods: 289 }, '`evaluationPeriods` must be a whole number from 1 to 288, got: 289'],
    [{ evaluationPeriods: 1.5 }, '`evaluationPeriods` must be a whole number from 1 to 288, got: 1.5'],
    [{ datapointsToAlarm: 0 }, '`datapointsToAlarm` must be a whole number from 1 to 3, got: 0'],
    [{ datapointsToAlarm: 4 }, '`datapointsToAlarm` must be a whole number from 1 to 3, got: 4'],
    [{ evaluationPeriods: 5, datapointsToAlarm: 6 }, '`datapointsToAlarm` must be a whole number from 1 to 5, got: 6'],
    [{ asyncFailures: 0 }, '`asyncFailures` must be a whole number of at least 1, got: 0'],
    [{ serverErrorRate: -0.1 }, `\`serverErrorRate\` ${rate}, got: -0.1`],
    [{ serverErrorRate: 1 }, `\`serverErrorRate\` ${rate}, got: 1; write 0.01 for one in a hundred`],
    [{ serverErrorRate: Number.NaN }, `\`serverErrorRate\` ${rate}, got: NaN`],
    ...(['cpuUtilization', 'memoryUtilization', 'diskUtilization', 'gpuUtilization', 'gpuMemoryUtilization', 'concurrencyUtilization'] as const)
      .map((property): [EndpointAlarmsOptions, string] => [{ [property]: 0.9 }, `\`${property}\` ${percent}, got: 0.9; write 50 for a half`]),
    [{ cpuUtilization: 0 }, `\`cpuUtilization\` ${percent}, got: 0`],
    [{ cpuUtilization: 101 }, `\`cpuUtilization\` ${percent}, got: 101`],
    [{ memoryUtilization: Number.NaN }, `\`memoryUtilization\` ${percent}, got: NaN`],
    [{ diskUtilization: -1 }, `\`diskUtilization\` ${percent}, got: -1`],
    [{ gpuUtilization: 400 }, `\`gpuUtilization\` ${percent}, got: 400`],
    [{ gpuMemoryUtilization: 400 }, `\`gpuMemoryUtilization\` ${percent}, got: 400`],
    [{ concurrencyUtilization: 101 }, `\`concurrencyUtilization\` ${percent}, got: 101`],
    [{ modelLatency: Duration.millis(0) }, `\`modelLatency\` ${nothing}, got: "0 millis"`],
    [{ overheadLatency: Duration.millis(0) }, `\`overheadLatency\` ${nothing}, got: "0 millis"`],
    [{ ageOfOldestRequest: Duration.seconds(0) }, `\`ageOfOldestRequest\` ${nothing}, got: "0 seconds"`],
    [{ modelLoading: Duration.seconds(0) }, `\`modelLoading\` ${nothing}, got: "0 seconds"`],
    [{ backlogWithoutCapacity: Duration.seconds(59) }, '`backlogWithoutCapacity` must be a whole number from 1 to 1440 minutes, got: 0.9833333333333333'],
    [{ backlogWithoutCapacity: Duration.minutes(1441) }, '`backlogWithoutCapacity` must be a whole number from 1 to 1440 minutes, got: 1441'],
  ])('%j', (options, message) => {
    expect(() => endpointIn(newStack()).monitoring.alarms(options)).toThrow(new Error(`[Stack/Endpoint] ${message}`));
  });

  const token = Token.asNumber({ Ref: 'Later' });
  test.each<[string, EndpointAlarmsOptions]>([
    ['serverErrorRate', { serverErrorRate: token }],
    ['cpuUtilization', { cpuUtilization: token }],
    ['gpuUtilization', { gpuUtilization: token }],
    ['gpuMemoryUtilization', { gpuMemoryUtilization: token }],
    ['concurrencyUtilization', { concurrencyUtilization: token }],
    ['modelLatency', { modelLatency: Duration.millis(token) }],
    ['overheadLatency', { overheadLatency: Duration.millis(token) }],
    ['ageOfOldestRequest', { ageOfOldestRequest: Duration.minutes(token) }],
    ['backlogWithoutCapacity', { backlogWithoutCapacity: Duration.minutes(token) }],
    ['modelLoading', { modelLoading: Duration.seconds(token) }],
  ])('a token as %s, which must be converted', (property, options) => {
    expect(() => endpointIn(newStack()).monitoring.alarms(options)).toThrow(new Error(`[Stack/Endpoint] \`${property}\` must be known when the app is `
      + 'synthesized, because CloudFormation cannot convert it; make an alarm from the metric'));
  });

  test('a second set with the same id', () => {
    const endpoint = endpointIn(newStack());
    endpoint.monitoring.alarms();
    expect(() => endpoint.monitoring.alarms())
      .toThrow(new Error('[Stack/Endpoint] `id` must be different for each set of alarms, got: "Alarms"; give this set another one'));
  });

  test('several things at once', () => {
    expect(() => endpointIn(newStack()).monitoring.alarms({ id: 'Config', serverErrorRate: 2, cpuUtilization: 0 })).toThrow(new Error([
      '[Stack/Endpoint] 3 values are invalid:',
      '  - `id` must be different for each set of alarms, got: "Config"; give this set another one',
      `  - \`serverErrorRate\` ${rate}, got: 2; write 0.01 for one in a hundred`,
      `  - \`cpuUtilization\` ${percent}, got: 0`,
    ].join('\n')));
  });
});
