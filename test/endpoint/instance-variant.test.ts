import { CfnParameter, Duration, Lazy, Size, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { errorOf, modelIn, modelWith, productionVariants } from './variant-support';
import {
  AcceleratorType, CapacityReservation, EndpointVariant, InferenceAmiVersion, type InstanceVariantOptions, InstanceType, ModelFromArtifact,
  type ModelFromArtifactProps, MultiModel, RoutingStrategy, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

const C5 = InstanceType.of('ml.c5.xlarge');

/** The variant of an endpoint that has only this one. */
function rendered(options: Partial<InstanceVariantOptions>, props: Partial<ModelFromArtifactProps> = {}): Record<string, unknown> {
  const stack = newStack();
  return productionVariants(stack, EndpointVariant.onInstances('blue', { model: modelIn(stack, props), instanceType: C5, ...options }))[0];
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
    variantInstanceProvisionTimeout: Duration.minutes(30),
    modelDataDownloadTimeout: Duration.minutes(15),
    containerStartupHealthCheckTimeout: Duration.minutes(20),
    inferenceAmiVersion: InferenceAmiVersion.AL2023_GPU_4_1,
    routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
    capacityReservation: CapacityReservation.any(),
    coreDump: { bucket: Bucket.fromBucketName(newStack(), 'Dumps', 'dumps') },
    enableSsmAccess: true,
  }, { networkIsolation: false })).toEqual({
    VariantName: 'blue',
    ModelName: expect.anything(),
    InstanceType: 'ml.c5.xlarge',
    InitialInstanceCount: 3,
    InitialVariantWeight: 0.5,
    VolumeSizeInGB: 64,
    VariantInstanceProvisionTimeoutInSeconds: 1800,
    ModelDataDownloadTimeoutInSeconds: 900,
    ContainerStartupHealthCheckTimeoutInSeconds: 1200,
    InferenceAmiVersion: 'al2023-ami-sagemaker-inference-gpu-4-1',
    RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
    CapacityReservationConfig: { CapacityReservationPreference: 'capacity-reservations-only' },
    CoreDumpConfig: { DestinationS3Uri: 's3://dumps/core-dumps' },
    EnableSSMAccess: true,
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
  expect(rendered({ containerStartupHealthCheckTimeout: given }, { modelLoadTimeout }).ContainerStartupHealthCheckTimeoutInSeconds).toBe(seconds);
});

test('a start-up limit below the load limit is refused', () => {
  const limits = (seconds: number) => () => rendered(
    { containerStartupHealthCheckTimeout: Duration.seconds(seconds) }, { modelLoadTimeout: Duration.minutes(10) });
  expect(limits(600)).not.toThrow();
  expect(limits(599)).toThrow('[Stack/Endpoint] `variants[0].containerStartupHealthCheckTimeout` must be at least the `modelLoadTimeout` of the model, '
    + '600 seconds, or the container is stopped before, got: "599 seconds"; leave it out to give the container a minute more than the model');
});

test('a load limit that is only known when the stack is deployed leaves the health check alone', () => {
  const modelLoadTimeout = Duration.seconds(Lazy.number({ produce: () => 120 }));
  expect(rendered({}, { modelLoadTimeout }).ContainerStartupHealthCheckTimeoutInSeconds).toBeUndefined();
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
  ['variantInstanceProvisionTimeout', { variantInstanceProvisionTimeout: Duration.minutes(5) }, { variantInstanceProvisionTimeout: Duration.seconds(299) },
    'must be a whole number from 300 to 3600 seconds, got: 299'],
  ['variantInstanceProvisionTimeout', { variantInstanceProvisionTimeout: Duration.hours(1) }, { variantInstanceProvisionTimeout: Duration.seconds(3601) },
    'must be a whole number from 300 to 3600 seconds, got: 3601'],
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

test('a request may take 60 seconds and no more, unless nobody waits for it', () => {
  const after = (seconds: number, use = {}) => errorOf(EndpointVariant.onInstances('blue', {
    model: modelIn(newStack(), { invocationTimeout: Duration.seconds(seconds) }), instanceType: C5,
  }), use);
  expect(after(60)).toBeUndefined();
  expect(after(61)).toBe('[Stack/Endpoint] `variants[0].model` must have an `invocationTimeout` of at most 60 seconds, which is all that a real-time request '
    + 'gets, got: "an invocationTimeout of 61 seconds"; give the model a shorter one, or put it on an asynchronous endpoint');
  expect(after(3600, { asyncInvocationTimeout: Duration.minutes(15) })).toBeUndefined();
});

test('numbers that are only known when the stack is deployed are left to SageMaker', () => {
  const stack = newStack();
  const { valueAsNumber } = new CfnParameter(stack, 'Number', { type: 'Number' });
  expect(productionVariants(stack, EndpointVariant.onInstances('blue', {
    model: modelIn(stack, { invocationTimeout: Duration.seconds(valueAsNumber) }), instanceType: C5, initialInstanceCount: valueAsNumber,
  }))).toMatchObject([{ InitialInstanceCount: { Ref: 'Number' } }]);
});

describe('a multi-model', () => {
  const multi = (options: Partial<InstanceVariantOptions>) => errorOf(EndpointVariant.onInstances('blue', {
    model: modelWith(newStack(), { isMultiModel: true }), instanceType: C5, ...options,
  }));

  test('runs on CPUs', () => {
    expect(multi({})).toBeUndefined();
    expect(multi({ instanceType: InstanceType.of('ml.c7g.xlarge') })).toBeUndefined();
    expect(multi({ instanceType: InstanceType.of(Token.asString({ Ref: 'Type' })) })).toBeUndefined();
  });

  test('is one whose artifact is a MultiModel', () => {
    const stack = newStack();
    const artifact = MultiModel.fromPrefix(Bucket.fromBucketName(stack, 'Models', 'models'), 'all/');
    const variant = EndpointVariant.onInstances('blue', { model: modelIn(stack, { artifact }), instanceType: InstanceType.of('ml.g5.xlarge') });
    expect(errorOf(variant)).toContain('`variants[0].instanceType` must have no GPU, because only Triton serves a multi-model on GPUs');
  });

  test.each(['ml.g5.xlarge', 'ml.g5g.xlarge'])('does not run on the GPUs of %s', (type) => {
    expect(multi({ instanceType: InstanceType.of(type) })).toBe('[Stack/Endpoint] `variants[0].instanceType` must have no GPU, because only Triton serves '
      + `a multi-model on GPUs, and not the container of TensorFlow Serving, got: "${type}"; use CPU instances, such as ml.c7i.xlarge`);
  });

  test('does not run on Inferentia 1', () => {
    expect(multi({ instanceType: InstanceType.of('ml.inf1.xlarge') })).toBe('[Stack/Endpoint] `variants[0].instanceType` must have no Inferentia 1, '
      + 'because SageMaker runs a multi-model on CPUs, or on GPUs with Triton, got: "ml.inf1.xlarge"; use CPU instances, such as ml.c7i.xlarge');
  });

  test('has no accelerator', () => {
    expect(multi({ acceleratorType: AcceleratorType.EIA2_MEDIUM })).toBe(
      '[Stack/Endpoint] `variants[0].acceleratorType` cannot be used here, because SageMaker does not offer it for multi-models; leave it out');
  });
});

test('a single model runs on GPUs', () => {
  expect(errorOf(EndpointVariant.onInstances('blue', { model: modelIn(newStack()), instanceType: InstanceType.of('ml.g5.xlarge') }))).toBeUndefined();
});

describe.each([
  ['an asynchronous endpoint', { asyncInvocationTimeout: Duration.minutes(15) }, 'SageMaker does not offer it for asynchronous endpoints'],
  ['a shadow', { copiesRequests: true }, 'SageMaker copies no requests to or from such instances'],
])('%s', (_, use, reason) => {
  const used = (options: Partial<InstanceVariantOptions>) =>
    errorOf(EndpointVariant.onInstances('blue', { model: modelIn(newStack()), instanceType: C5, ...options }), use);

  test('is on CPUs and GPUs', () => {
    expect(used({})).toBeUndefined();
    expect(used({ instanceType: InstanceType.of('ml.g5.xlarge') })).toBeUndefined();
    expect(used({ instanceType: InstanceType.of('ml.inf2.xlarge') })).toBeUndefined();
  });

  test('is not on Inferentia 1', () => {
    expect(used({ instanceType: InstanceType.of('ml.inf1.xlarge') })).toBe(
      `[Stack/Endpoint] \`variants[0].instanceType\` must have no Inferentia 1, because ${reason}, got: "ml.inf1.xlarge"; `
      + 'use CPU instances, such as ml.c7i.xlarge');
  });

  test('has no accelerator', () => {
    expect(used({ acceleratorType: AcceleratorType.EIA2_MEDIUM })).toBe(
      `[Stack/Endpoint] \`variants[0].acceleratorType\` cannot be used here, because ${reason}; leave it out`);
  });
});

test('only a shadow must not be a pipeline', () => {
  const variant = EndpointVariant.onInstances('blue', { model: modelWith(newStack(), { isPipeline: true }), instanceType: C5 });
  expect(errorOf(variant)).toBeUndefined();
  expect(errorOf(variant, { copiesRequests: true })).toBe(
    '[Stack/Endpoint] `variants[0].model` must not be a pipeline, because SageMaker copies requests between single containers only');
});

test.each([[true, true], [false, false], [undefined, undefined]])('enableSsmAccess of %s is rendered as %s', (enableSsmAccess, expected) => {
  expect(rendered({ enableSsmAccess }, { networkIsolation: false }).EnableSSMAccess).toBe(expected);
});

test.each([true, undefined])('Systems Manager needs a model with a network, which networkIsolation: %s has not', (networkIsolation) => {
  const variant = (enableSsmAccess: boolean) => EndpointVariant.onInstances('blue', {
    model: modelIn(newStack(), { networkIsolation }), instanceType: C5, enableSsmAccess,
  });
  expect(errorOf(variant(false))).toBeUndefined();
  expect(errorOf(variant(true))).toBe('[Stack/Endpoint] `variants[0].enableSsmAccess` cannot be used with this model, because Systems Manager does not '
    + 'reach a container that has no network; give the model `networkIsolation: false`');
});

test('whether an imported model has a network is left to SageMaker', () => {
  const stack = newStack();
  const [variant] = productionVariants(stack, EndpointVariant.onInstances('blue', {
    model: ModelFromArtifact.fromModelName(stack, 'Model', 'mine'), instanceType: C5, enableSsmAccess: true,
  }));
  expect(variant).toMatchObject({ ModelName: 'mine', EnableSSMAccess: true });
});

/** The statements that the roles of a stack have, of one service. */
function statementsOf(stack: Stack, service: string): unknown[] {
  return Object.values(validTemplate(stack).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties: { PolicyDocument: { Statement } } }) => Statement as { Action: string | string[] }[])
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith(`${service}:`)));
}

test('Systems Manager may open its channels, and nothing more', () => {
  const stack = newStack();
  productionVariants(stack, EndpointVariant.onInstances('blue', {
    model: modelIn(stack, { networkIsolation: false }), instanceType: C5, enableSsmAccess: true,
  }));
  expect(statementsOf(stack, 'ssmmessages')).toEqual([{
    Action: [
      'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
    ],
    Effect: 'Allow',
    Resource: '*',
  }]);
});

test('without Systems Manager and core dumps the role gets no rights for them', () => {
  const { statements } = EndpointVariant.onInstances('blue', { model: modelIn(newStack()), instanceType: C5, enableSsmAccess: false })._bind(newStack(), {});
  expect(statements).toEqual([]);
});

test('core dumps go to a bucket that the role may write to, under a key', () => {
  const stack = newStack();
  const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab');
  const [variant] = productionVariants(stack, EndpointVariant.onInstances('blue', {
    model: modelIn(stack), instanceType: C5, coreDump: { bucket: Bucket.fromBucketName(stack, 'Dumps', 'dumps'), prefix: 'blue', encryptionKey },
  }));
  expect(variant.CoreDumpConfig).toEqual({ DestinationS3Uri: 's3://dumps/blue', KmsKeyId: encryptionKey.keyArn });
  expect(statementsOf(stack, 'kms')).toEqual([expect.objectContaining({ Resource: encryptionKey.keyArn })]);
});

test('the place of core dumps is checked', () => {
  const bucket = Bucket.fromBucketName(newStack(), 'Dumps', 'dumps');
  expect(errorOf(EndpointVariant.onInstances('blue', { model: modelIn(newStack()), instanceType: C5, coreDump: { bucket, prefix: 'x'.repeat(600) } })))
    .toContain('`variants[0].coreDump.prefix` ');
});

test('the model is made for its instances and for how long requests may take', () => {
  const stack = newStack();
  const model = modelIn(stack);
  const nameFor = jest.spyOn(model, '_modelNameFor').mockReturnValue('made');
  const asyncInvocationTimeout = Duration.minutes(15);
  const { production } = EndpointVariant.onInstances('blue', { model, instanceType: C5, acceleratorType: AcceleratorType.EIA2_MEDIUM })
    ._bind(stack, { asyncInvocationTimeout });
  expect(production.modelName).toBe('made');
  expect(nameFor.mock.calls).toEqual([[stack, { instanceType: C5, acceleratorType: AcceleratorType.EIA2_MEDIUM, asyncInvocationTimeout }]]);
});

test.each<[Partial<InstanceVariantOptions>, object]>([
  [{}, { hasElasticInference: false, initialInstanceCount: 1, weight: 1 }],
  [{ initialInstanceCount: 3, weight: 0 }, { hasElasticInference: false, initialInstanceCount: 3, weight: 0 }],
  [{ acceleratorType: AcceleratorType.EIA2_MEDIUM }, { hasElasticInference: true, initialInstanceCount: 1, weight: 1 }],
])('what is known of a variant with %j', (options, facts) => {
  const model = modelIn(newStack());
  expect(EndpointVariant.onInstances('blue', { model, instanceType: C5, ...options })._facts).toEqual({
    model, models: [model], isServerless: false, instanceTypes: [C5], ...facts,
  });
});

test('instances that SageMaker is not known to have, and accelerators that it has no more, are warned of', () => {
  const stack = newStack();
  new TensorFlowServingEndpoint(stack, 'Endpoint', {
    variants: [EndpointVariant.onInstances('blue', {
      model: modelIn(stack, { version: TensorFlowVersion.V2_3 }),
      instanceType: InstanceType.of('ml.c3.xlarge'),
      acceleratorType: AcceleratorType.EIA2_MEDIUM,
    })],
  });
  const warnings = Annotations.fromStack(stack);
  warnings.hasWarning('/Stack/Endpoint', Match.stringLikeRegexp('^SageMaker is not known to host models on ml.c3.xlarge, so that the endpoint may not be '
    + 'deployed; use a type that it lists, such as ml.c7i.xlarge or ml.g5.xlarge \\[ack: cdk-tensorflow-serving:instanceTypeUnknown\\]$'));
  warnings.hasWarning('/Stack/Endpoint', Match.stringLikeRegexp('^AWS no longer offers Elastic Inference, so that the endpoint cannot be deployed; use a '
    + 'small GPU instance such as ml.g4dn.xlarge, or a CPU instance such as ml.c7i.large, instead of `acceleratorType` '
    + '\\[ack: cdk-tensorflow-serving:elasticInferenceWithdrawn\\]$'));
});

test('any machine image can be named', () => {
  expect(rendered({ inferenceAmiVersion: InferenceAmiVersion.of('al2030-ami') })).toMatchObject({ InferenceAmiVersion: 'al2030-ami' });
});
