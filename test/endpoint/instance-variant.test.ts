import { Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  AcceleratorType, EndpointVariant, InferenceAmiVersion, type InstanceVariantOptions, InstanceType, ModelArtifact, ModelFromArtifact, RoutingStrategy,
  type TensorFlowServingOptions, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

function modelIn(stack: Stack, options: TensorFlowServingOptions & { version?: TensorFlowVersion } = {}): ModelFromArtifact {
  const bucket = Bucket.fromBucketName(stack, 'Bucket', 'models');
  return new ModelFromArtifact(stack, 'Model', {
    artifact: ModelArtifact.fromBucket(bucket, 'model.tar.gz'), version: TensorFlowVersion.V2_19, ...options,
  });
}

/** The variant of an endpoint that has only this one. */
function rendered(options: Partial<InstanceVariantOptions>, name = 'blue', serving: Parameters<typeof modelIn>[1] = {}): Record<string, unknown> {
  const stack = newStack();
  new TensorFlowServingEndpoint(stack, 'Endpoint', {
    variants: [EndpointVariant.onInstances(name, { model: modelIn(stack, serving), instanceType: InstanceType.of('ml.c5.xlarge'), ...options })],
  });
  const [config] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::EndpointConfig'));
  return config.Properties.ProductionVariants[0];
}

test('a minimal variant has one instance and the weight 1', () => {
  expect(rendered({})).toEqual({
    VariantName: 'blue',
    ModelName: { 'Fn::GetAtt': [expect.stringMatching(/^Model/), 'ModelName'] },
    InstanceType: 'ml.c5.xlarge',
    InitialInstanceCount: 1,
    InitialVariantWeight: 1,
  });
});

test('a maximal variant has all that was given', () => {
  expect(rendered({
    initialInstanceCount: 3,
    weight: 0.5,
    volumeSize: Size.gibibytes(64),
    modelDataDownloadTimeout: Duration.minutes(15),
    containerStartupHealthCheckTimeout: Duration.minutes(20),
    inferenceAmiVersion: InferenceAmiVersion.AL2023_GPU_4_1,
    routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
  })).toEqual({
    VariantName: 'blue',
    ModelName: expect.anything(),
    InstanceType: 'ml.c5.xlarge',
    InitialInstanceCount: 3,
    InitialVariantWeight: 0.5,
    VolumeSizeInGB: 64,
    ModelDataDownloadTimeoutInSeconds: 900,
    ContainerStartupHealthCheckTimeoutInSeconds: 1200,
    InferenceAmiVersion: 'al2023-ami-sagemaker-inference-gpu-4-1',
    RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
  });
});

test('a weight of 0 stays 0', () => {
  expect(rendered({ weight: 0 })).toMatchObject({ InitialVariantWeight: 0 });
});

test('an accelerator is rendered, and chooses the image', () => {
  const stack = newStack();
  new TensorFlowServingEndpoint(stack, 'Endpoint', {
    variants: [EndpointVariant.onInstances('blue', {
      model: modelIn(stack, { version: TensorFlowVersion.V2_3 }),
      instanceType: InstanceType.of('ml.c5.large'),
      acceleratorType: AcceleratorType.of('ml.eia2.medium'),
    })],
  });
  const template = Template.fromStack(stack); // CloudFormation's schemas no longer have the accelerator
  template.hasResourceProperties('AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ AcceleratorType: 'ml.eia2.medium' }] });
  template.hasResourceProperties('AWS::SageMaker::Model', {
    PrimaryContainer: { Image: Match.stringLikeRegexp('/tensorflow-inference-eia:2\\.3\\.0-cpu$') },
  });
});

test.each([
  [undefined, Duration.minutes(5), 360],
  [Duration.minutes(10), Duration.minutes(5), 600],
  [undefined, Duration.minutes(60), 3600],
  [undefined, undefined, undefined],
])('with a start-up limit of %s the health check waits for the load limit of %s: %s seconds', (given, modelLoadTimeout, seconds) => {
  expect(rendered({ containerStartupHealthCheckTimeout: given }, 'blue', { modelLoadTimeout }).ContainerStartupHealthCheckTimeoutInSeconds).toBe(seconds);
});

test('a start-up limit below the load limit is refused', () => {
  const limits = (seconds: number) => () => rendered(
    { containerStartupHealthCheckTimeout: Duration.seconds(seconds) }, 'blue', { modelLoadTimeout: Duration.minutes(10) });
  expect(limits(600)).not.toThrow();
  expect(limits(599)).toThrow('[Stack/Endpoint] `variants[0].containerStartupHealthCheckTimeout` must be at least the `modelLoadTimeout` of the model, '
    + '600 seconds, or the container is stopped before, got: "599 seconds"; leave it out to give the container a minute more than the model');
});

test('a load limit that is only known when the stack is deployed leaves the health check alone', () => {
  const modelLoadTimeout = Duration.seconds(Lazy.number({ produce: () => 120 }));
  expect(rendered({}, 'blue', { modelLoadTimeout }).ContainerStartupHealthCheckTimeoutInSeconds).toBeUndefined();
});

test.each<[string, Partial<InstanceVariantOptions>, Partial<InstanceVariantOptions>, string]>([
  ['initialInstanceCount', { initialInstanceCount: 1 }, { initialInstanceCount: 0 }, 'must be a whole number of at least 1, got: 0'],
  ['initialInstanceCount', { initialInstanceCount: 2 }, { initialInstanceCount: 1.5 }, 'must be a whole number of at least 1, got: 1.5'],
  ['weight', { weight: 0 }, { weight: -0.1 }, 'must be a number of at least 0, got: -0.1'],
  ['volumeSize', { volumeSize: Size.gibibytes(1) }, { volumeSize: Size.mebibytes(1) }, 'must be a whole number from 1 to 512 GiB, got: 0.0009765625'],
  ['volumeSize', { volumeSize: Size.gibibytes(512) }, { volumeSize: Size.gibibytes(513) }, 'must be a whole number from 1 to 512 GiB, got: 513'],
  ['modelDataDownloadTimeout', { modelDataDownloadTimeout: Duration.seconds(60) }, { modelDataDownloadTimeout: Duration.seconds(59) },
    'must be a whole number from 60 to 3600 seconds, got: 59'],
  ['modelDataDownloadTimeout', { modelDataDownloadTimeout: Duration.hours(1) }, { modelDataDownloadTimeout: Duration.seconds(3601) },
    'must be a whole number from 60 to 3600 seconds, got: 3601'],
  ['containerStartupHealthCheckTimeout', { containerStartupHealthCheckTimeout: Duration.seconds(60) },
    { containerStartupHealthCheckTimeout: Duration.seconds(59) }, 'must be a whole number from 60 to 3600 seconds, got: 59'],
  ['containerStartupHealthCheckTimeout', { containerStartupHealthCheckTimeout: Duration.hours(1) },
    { containerStartupHealthCheckTimeout: Duration.hours(2) }, 'must be a whole number from 60 to 3600 seconds, got: 7200'],
])('the limits of %s', (property, right, wrong, message) => {
  expect(() => rendered(right)).not.toThrow();
  expect(() => rendered(wrong)).toThrow(`[Stack/Endpoint] \`variants[0].${property}\` ${message}`);
});

test('instances with storage of their own have no volume', () => {
  expect(() => rendered({ instanceType: InstanceType.of('ml.g5.xlarge'), volumeSize: Size.gibibytes(30) })).toThrow(
    '[Stack/Endpoint] `variants[0].volumeSize` cannot be given for instances with storage of their own, got: "30 GiB on ml.g5.xlarge"; leave it out');
});

test('a request may take 60 seconds, not 61', () => {
  expect(() => rendered({}, 'blue', { invocationTimeout: Duration.seconds(60) })).not.toThrow();
  expect(() => rendered({}, 'blue', { invocationTimeout: Duration.seconds(61) })).toThrow(
    '[Stack/Endpoint] `variants[0].model` must have an `invocationTimeout` of at most 60 seconds, which is all that a real-time request gets, '
    + 'got: "an invocationTimeout of 61 seconds"; give the model a shorter one, and requests that need less time');
});

test('any machine image can be named', () => {
  expect(rendered({ inferenceAmiVersion: InferenceAmiVersion.of('al2030-ami') }, 'blue')).toMatchObject({ InferenceAmiVersion: 'al2030-ami' });
});
