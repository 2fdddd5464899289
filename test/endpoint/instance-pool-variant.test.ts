import { Duration, Size, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { errorOf, modelIn, modelWith, productionVariants } from './variant-support';
import { EndpointVariant, type InstancePool, type InstancePoolVariantOptions, InstanceType, ModelFromArtifact, RoutingStrategy } from '../../src';
import { newStack } from '../support/synthesis';

const pools = (...types: string[]): InstancePool[] => types.map((type) => ({ instanceType: InstanceType.of(type) }));

function variantWith(options: Partial<InstancePoolVariantOptions>): EndpointVariant {
  return EndpointVariant.onInstancePools('blue', { model: modelIn(newStack()), instancePools: pools('ml.c7i.xlarge', 'ml.c5.xlarge'), ...options });
}

test('a minimal variant has its pools in order of priority, and one model where one image suits them', () => {
  const stack = newStack();
  expect(productionVariants(stack, EndpointVariant.onInstancePools('blue', {
    model: modelIn(stack), instancePools: pools('ml.c7i.xlarge', 'ml.c6i.xlarge', 'ml.c5.xlarge'),
  }))).toEqual([{
    VariantName: 'blue',
    ModelName: { 'Fn::GetAtt': [expect.stringMatching(/^Model/), 'ModelName'] },
    InstancePools: [
      { InstanceType: 'ml.c7i.xlarge', Priority: 1 },
      { InstanceType: 'ml.c6i.xlarge', Priority: 2 },
      { InstanceType: 'ml.c5.xlarge', Priority: 3 },
    ],
    InitialInstanceCount: 1,
    InitialVariantWeight: 1,
  }]);
  Template.fromStack(stack).resourceCountIs('AWS::SageMaker::Model', 1);
});

test('a maximal variant has all that was given', () => {
  const stack = newStack();
  expect(productionVariants(stack, EndpointVariant.onInstancePools('blue', {
    model: modelIn(stack),
    instancePools: pools('ml.c5.xlarge'),
    initialInstanceCount: 2,
    weight: 0.5,
    volumeSize: Size.gibibytes(64),
    variantInstanceProvisionTimeout: Duration.minutes(30),
    routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
  }))).toEqual([{
    VariantName: 'blue',
    ModelName: expect.anything(),
    InstancePools: [{ InstanceType: 'ml.c5.xlarge', Priority: 1 }],
    InitialInstanceCount: 2,
    InitialVariantWeight: 0.5,
    VolumeSizeInGB: 64,
    VariantInstanceProvisionTimeoutInSeconds: 1800,
    RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
  }]);
});

test('each processor gets the image for it', () => {
  const stack = newStack();
  const [{ ModelName, InstancePools }] = productionVariants(stack, EndpointVariant.onInstancePools('blue', {
    model: modelIn(stack), instancePools: pools('ml.g5.xlarge', 'ml.g4dn.xlarge', 'ml.c5.xlarge'),
  }));
  const images = Object.fromEntries(Object.entries(Template.fromStack(stack).findResources('AWS::SageMaker::Model'))
    .map(([id, { Properties }]) => [id, JSON.stringify(Properties.PrimaryContainer.Image)]));
  const imageOf = (name: unknown) => images[(name as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]];
  const [g5, g4dn, c5] = InstancePools as { ModelNameOverride?: unknown }[];
  expect(imageOf(ModelName)).toMatch(/2\.19\.0-gpu/);
  expect([g5.ModelNameOverride, g4dn.ModelNameOverride]).toEqual([undefined, undefined]);
  expect(imageOf(c5.ModelNameOverride)).toMatch(/2\.19\.0-cpu/);
});

test('a pool has a model of its own', () => {
  const stack = newStack();
  const small = ModelFromArtifact.fromModelName(stack, 'Small', 'small');
  const [{ ModelName, InstancePools }] = productionVariants(stack, EndpointVariant.onInstancePools('blue', {
    model: ModelFromArtifact.fromModelName(stack, 'Large', 'large'),
    instancePools: [{ instanceType: InstanceType.of('ml.g5.xlarge') }, { instanceType: InstanceType.of('ml.c5.xlarge'), model: small }],
  }));
  expect(ModelName).toBe('large');
  expect(InstancePools).toEqual([
    { InstanceType: 'ml.g5.xlarge', Priority: 1 }, { InstanceType: 'ml.c5.xlarge', Priority: 2, ModelNameOverride: 'small' },
  ]);
});

test('the model of the first pool is that of the variant', () => {
  const stack = newStack();
  const [first, rest] = ['first', 'rest'].map((name) => ModelFromArtifact.fromModelName(stack, name, name));
  const variant = EndpointVariant.onInstancePools('blue', {
    model: rest,
    instancePools: [{ instanceType: InstanceType.of('ml.g5.xlarge'), model: first }, { instanceType: InstanceType.of('ml.c5.xlarge') }],
  });
  expect(variant._facts.model).toBe(first);
  const [{ ModelName, InstancePools }] = productionVariants(stack, variant);
  expect(ModelName).toBe('first');
  expect(InstancePools).toEqual([
    { InstanceType: 'ml.g5.xlarge', Priority: 1 }, { InstanceType: 'ml.c5.xlarge', Priority: 2, ModelNameOverride: 'rest' },
  ]);
});

test('what is known of the variant', () => {
  const model = modelIn(newStack());
  const instancePools = pools('ml.c7i.xlarge', 'ml.c5.xlarge');
  expect(variantWith({ model, instancePools })._facts).toEqual({
    model,
    models: [model],
    isServerless: false,
    instanceTypes: instancePools.map(({ instanceType }) => instanceType),
    hasElasticInference: false,
    initialInstanceCount: 1,
    weight: 1,
  });
});

test('the security groups are those of all models, each once', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const [model, other] = [modelIn(stack, { vpc }), modelIn(stack, { vpc }, 'Other')];
  const { securityGroups } = EndpointVariant.onInstancePools('blue', {
    model,
    instancePools: [...pools('ml.g5.xlarge', 'ml.c7i.xlarge'), { instanceType: InstanceType.of('ml.c5.xlarge'), model: other }],
  })._bind(stack, {});
  expect(securityGroups).toEqual([...model._securityGroups, ...other._securityGroups]);
});

test.each([
  [[], 'must be 1 to 5 pools, got: 0'],
  [['ml.c5.large'], undefined],
  [['ml.c5.large', 'ml.c5.xlarge', 'ml.c5.2xlarge', 'ml.c5.4xlarge', 'ml.c5.9xlarge'], undefined],
  [['ml.c5.large', 'ml.c5.xlarge', 'ml.c5.2xlarge', 'ml.c5.4xlarge', 'ml.c5.9xlarge', 'ml.c5.18xlarge'], 'must be 1 to 5 pools, got: 6'],
  [['ml.c5.large', 'ml.c5.xlarge', 'ml.c5.large', 'ml.c5.large'], 'must have different instance types, got: "ml.c5.large twice"'],
])('pools of %j', (types, message) => {
  expect(errorOf(variantWith({ instancePools: pools(...types) }))).toBe(message && `[Stack/Endpoint] \`variants[0].instancePools\` ${message}`);
});

test('types that are only known when the stack is deployed pass', () => {
  const types = ['One', 'Other'].map((Ref) => Token.asString({ Ref }));
  expect(errorOf(variantWith({ model: ModelFromArtifact.fromModelName(newStack(), 'Model', 'mine'), instancePools: pools(...types) }))).toBeUndefined();
});

test('a multi-model has no pools', () => {
  expect(errorOf(variantWith({ model: modelWith(newStack(), { isMultiModel: true }) }))).toBe(
    '[Stack/Endpoint] `variants[0].instancePools` cannot be used with a multi-model, because SageMaker does not offer it for multi-models');
});

test('errors name the pool and its model', () => {
  const stack = newStack();
  const slow = modelIn(stack, { invocationTimeout: Duration.seconds(61) }, 'Slow');
  const instancePools = [...pools('ml.c5.xlarge'), { instanceType: InstanceType.of('ml.inf1.xlarge'), model: slow }];
  expect(errorOf(variantWith({ model: modelIn(stack), instancePools }), { copiesRequests: true })).toBe([
    '[Stack/Endpoint] 2 values are invalid:',
    '  - `variants[0].instancePools[1].instanceType` must have no Inferentia 1, because SageMaker copies no requests to or from such instances, '
    + 'got: "ml.inf1.xlarge"; use CPU instances, such as ml.c7i.xlarge',
    '  - `variants[0].instancePools[1].model` must have an `invocationTimeout` of at most 60 seconds, which is all that a real-time request gets, '
    + 'got: "an invocationTimeout of 61 seconds"; give the model a shorter one, or put it on an asynchronous endpoint',
  ].join('\n'));
});

test('a model that several pools share is found fault with once', () => {
  expect(errorOf(variantWith({ model: modelIn(newStack(), { invocationTimeout: Duration.seconds(61) }) }))).toMatch(/^\[Stack\/Endpoint\] `variants\[0\]\.model` /);
});

test('there is no volume beside storage that some instances have', () => {
  const sized = (...types: string[]) => errorOf(variantWith({ instancePools: pools(...types), volumeSize: Size.gibibytes(30) }));
  expect(sized('ml.c5.xlarge', 'ml.c7i.xlarge')).toBeUndefined();
  expect(sized('ml.g5.xlarge', 'ml.c5.xlarge', 'ml.g4dn.xlarge')).toBe('[Stack/Endpoint] `variants[0].volumeSize` cannot be given for instances with storage of '
    + 'their own, got: "30 GiB on ml.g5.xlarge, ml.g4dn.xlarge"; leave it out');
  expect(variantWith({ instancePools: pools('ml.c5.xlarge', 'ml.g5.xlarge') })._hasLocalStorage).toBe(true);
});

test('the health check waits for the model that takes longest', () => {
  const stack = newStack();
  const [model, other] = [5, 10].map((minutes) => modelIn(stack, { modelLoadTimeout: Duration.minutes(minutes) }, `Model${minutes}`));
  const instancePools = [...pools('ml.c5.xlarge'), { instanceType: InstanceType.of('ml.c7i.xlarge'), model: other }];
  const [variant] = productionVariants(stack, EndpointVariant.onInstancePools('blue', { model, instancePools }));
  expect(variant.ContainerStartupHealthCheckTimeoutInSeconds).toBe(660);
});

test('each type that SageMaker is not known to have is warned of', () => {
  expect(variantWith({ instancePools: pools('ml.c3.xlarge', 'ml.c5.xlarge', 'ml.m3.xlarge') })._warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('ml.c3.xlarge'), expect.stringContaining('ml.m3.xlarge'),
  ]);
});
