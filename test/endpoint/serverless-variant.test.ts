import { CfnParameter, Duration, Lazy, Size, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { errorOf, modelIn, modelWith, productionVariants } from './variant-support';
import {
  EndpointVariant, InferencePipeline, type ITensorFlowModel, ModelArtifact, ModelFromArtifact, MultiModel, PipelineContainer,
  type ServerlessVariantOptions, TensorFlowImage, TensorFlowVersion,
} from '../../src';
import type { ModelFacts } from '../../src/model/placeable-model';
import { agnosticStack, newStack } from '../support/synthesis';

function variantWith(options: Partial<ServerlessVariantOptions>): EndpointVariant {
  return EndpointVariant.serverless('blue', { model: modelIn(newStack()), ...options });
}

test.each([['a', newStack], ['an agnostic', agnosticStack]])('in %s stack a minimal variant has 2 GiB of memory for each of 5 requests, and no instances', (_, make) => {
  const stack = make();
  expect(productionVariants(stack, EndpointVariant.serverless('blue', { model: modelIn(stack) }))).toEqual([{
    VariantName: 'blue',
    ModelName: { 'Fn::GetAtt': [expect.stringMatching(/^Model/), 'ModelName'] },
    InitialVariantWeight: 1,
    ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 },
  }]);
});

test('a maximal variant has all that was given', () => {
  const stack = newStack();
  expect(productionVariants(stack, EndpointVariant.serverless('blue', {
    model: modelIn(stack), memorySize: Size.gibibytes(6), maxConcurrency: 20, provisionedConcurrency: 10,
  }))).toEqual([{
    VariantName: 'blue',
    ModelName: expect.anything(),
    InitialVariantWeight: 1,
    ServerlessConfig: { MemorySizeInMB: 6144, MaxConcurrency: 20, ProvisionedConcurrency: 10 },
  }]);
});

test('the model has the image for CPUs, and no isolation that nobody asked for', () => {
  const stack = newStack();
  productionVariants(stack, EndpointVariant.serverless('blue', { model: modelIn(stack) }));
  const [{ Properties: model }] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::Model'));
  expect(JSON.stringify(model.PrimaryContainer.Image)).toMatch(/2\.19\.0-cpu/);
  expect(model.EnableNetworkIsolation).toBe(false);
});

test('an imported model is taken as it is', () => {
  const stack = newStack();
  const model = ModelFromArtifact.fromModelName(stack, 'Model', 'mine');
  expect(productionVariants(stack, EndpointVariant.serverless('blue', { model }))).toMatchObject([{ ModelName: 'mine' }]);
});

test('it has no rights, no security groups, and nothing to warn of', () => {
  const stack = newStack();
  const variant = EndpointVariant.serverless('blue', { model: modelIn(stack) });
  expect(variant._bind(stack, {})).toMatchObject({ securityGroups: [], statements: [] });
  expect(variant._hasLocalStorage).toBe(false);
  expect(variant._warnings).toEqual([]);
});

test.each<[Partial<ServerlessVariantOptions>, object]>([
  [{}, { maxConcurrency: 5, provisionedConcurrency: undefined }],
  [{ maxConcurrency: 20, provisionedConcurrency: 10 }, { maxConcurrency: 20, provisionedConcurrency: 10 }],
])('what is known of a variant with %j', (options, facts) => {
  const model = modelIn(newStack());
  expect(variantWith({ model, ...options })._facts).toEqual({
    model, models: [model], isServerless: true, instanceTypes: [], hasElasticInference: false, initialInstanceCount: 0, weight: 1, ...facts,
  });
});

test.each<[Partial<ServerlessVariantOptions>, Partial<ServerlessVariantOptions>, string]>([
  [{ memorySize: Size.gibibytes(1) }, { memorySize: Size.mebibytes(1023) }, '`memorySize` must be a whole number from 1 to 6 GiB, got: 0.9990234375'],
  [{ memorySize: Size.mebibytes(6144) }, { memorySize: Size.gibibytes(7) }, '`memorySize` must be a whole number from 1 to 6 GiB, got: 7'],
  [{ memorySize: Size.gibibytes(2) }, { memorySize: Size.mebibytes(1536) }, '`memorySize` must be a whole number from 1 to 6 GiB, got: 1.5'],
  [{ maxConcurrency: 1 }, { maxConcurrency: 0 }, '`maxConcurrency` must be a whole number from 1 to 200, got: 0'],
  [{ maxConcurrency: 200 }, { maxConcurrency: 201 }, '`maxConcurrency` must be a whole number from 1 to 200, got: 201'],
  [{ provisionedConcurrency: 1 }, { provisionedConcurrency: 0 }, '`provisionedConcurrency` must be a whole number from 1 to 200, got: 0'],
  [{ provisionedConcurrency: 5 }, { provisionedConcurrency: 6 },
    '`provisionedConcurrency` must be at most `maxConcurrency`, 5, got: 6; raise `maxConcurrency`'],
  [{ maxConcurrency: 9, provisionedConcurrency: 9 }, { maxConcurrency: 8, provisionedConcurrency: 9 },
    '`provisionedConcurrency` must be at most `maxConcurrency`, 8, got: 9; raise `maxConcurrency`'],
])('%j is right and %j is wrong', (right, wrong, message) => {
  expect(errorOf(variantWith(right))).toBeUndefined();
  expect(errorOf(variantWith(wrong))).toBe(`[Stack/Endpoint] ${message.replace('`', '`variants[0].')}`);
});

test.each<(number: number) => Partial<ServerlessVariantOptions>>([
  (maxConcurrency) => ({ maxConcurrency, provisionedConcurrency: 150 }),
  (provisionedConcurrency) => ({ maxConcurrency: 2, provisionedConcurrency }),
  (mebibytes) => ({ memorySize: Size.mebibytes(mebibytes) }),
])('a number that is only known when the stack is deployed passes (%#)', (options) => {
  const stack = newStack();
  const { valueAsNumber } = new CfnParameter(stack, 'Number', { type: 'Number' });
  const [variant] = productionVariants(stack, EndpointVariant.serverless('blue', { model: modelIn(stack), ...options(valueAsNumber) }));
  expect(Object.values(variant.ServerlessConfig as object)).toContainEqual({ Ref: 'Number' });
});

const NOT_OFFERED = 'because SageMaker does not offer it for serverless variants';

test.each<[Partial<ModelFacts>, string]>([
  [{ isInVpc: true }, `must not be in a VPC, ${NOT_OFFERED}; make a model without a \`vpc\` for this variant`],
  [{ networkIsolation: 'required' }, `must not ask for network isolation, ${NOT_OFFERED}; leave out its \`networkIsolation\``],
  [{ isMultiModel: true }, `must not be a multi-model, ${NOT_OFFERED}; make a model of one artifact`],
  [{ isPipeline: true }, `must not be a pipeline, ${NOT_OFFERED}; make a model with one container`],
  [{ isUncompressed: true }, `must not be uncompressed, ${NOT_OFFERED}; give it an artifact that is an archive`],
  [{ hasPrivateImage: true }, `must not have an image in a private registry, ${NOT_OFFERED}; copy the image to Amazon ECR`],
])('a model with %j is refused', (facts, message) => {
  expect(errorOf(variantWith({ model: modelWith(newStack(), facts) }))).toBe(`[Stack/Endpoint] \`variants[0].model\` ${message}`);
});

test.each<Partial<ModelFacts>>([{ networkIsolation: 'default' }, { networkIsolation: 'off' }, { hasInferenceCode: true }])(
  'a model with %j is taken', (facts) => {
    expect(errorOf(variantWith({ model: modelWith(newStack(), facts) }))).toBeUndefined();
  });

test.each<[string, string, (stack: Stack, bucket: IBucket) => ITensorFlowModel]>([
  ['a MultiModel', 'must not be a multi-model', (stack, bucket) => modelIn(stack, { artifact: MultiModel.fromPrefix(bucket, 'models/') })],
  ['an InferencePipeline', 'must not be a pipeline', (stack, bucket) => new InferencePipeline(stack, 'Pipeline', {
    containers: ['a', 'b'].map((name) => PipelineContainer.ofTensorFlow({
      artifact: ModelArtifact.fromBucket(bucket, `${name}.tar.gz`), version: TensorFlowVersion.V2_19,
    })),
  })],
  ['an image in a private registry', 'must not have an image in a private registry', (stack) => modelIn(stack, {
    version: undefined, image: TensorFlowImage.fromPrivateRegistry('registry.example.com/team/name:tag'), vpc: new Vpc(stack, 'Vpc'),
  })],
])('%s is refused', (_, message, make) => {
  const stack = newStack();
  const model = make(stack, Bucket.fromBucketName(stack, 'Files', 'files'));
  expect(errorOf(variantWith({ model }))).toContain(`\`variants[0].model\` ${message}, ${NOT_OFFERED}; `);
});

test('all that is wrong with a real model is told at once', () => {
  const stack = newStack();
  const artifact = ModelArtifact.fromBucketPrefix(Bucket.fromBucketName(stack, 'Files', 'files'), 'model/');
  const model = modelIn(stack, { artifact, vpc: new Vpc(stack, 'Vpc'), networkIsolation: true });
  expect(() => productionVariants(stack, EndpointVariant.serverless('blue', { model }))).toThrow([
    '[Stack/Endpoint] 3 values are invalid:',
    `  - \`variants[0].model\` must not be in a VPC, ${NOT_OFFERED}; make a model without a \`vpc\` for this variant`,
    `  - \`variants[0].model\` must not ask for network isolation, ${NOT_OFFERED}; leave out its \`networkIsolation\``,
    `  - \`variants[0].model\` must not be uncompressed, ${NOT_OFFERED}; give it an artifact that is an archive`,
  ].join('\n'));
});

test('a request may take 60 seconds, not 61', () => {
  const after = (seconds: number) => errorOf(variantWith({ model: modelIn(newStack(), { invocationTimeout: Duration.seconds(seconds) }) }));
  expect(after(60)).toBeUndefined();
  expect(after(61)).toBe('[Stack/Endpoint] `variants[0].model` must have an `invocationTimeout` of at most 60 seconds, which is all that a serverless '
    + 'request gets, got: "an invocationTimeout of 61 seconds"; give the model a shorter one, or put it on an asynchronous endpoint');
});

test.each([
  [Duration.seconds(180), []],
  [Duration.seconds(Lazy.number({ produce: () => 600 })), []],
  [Duration.seconds(181), [{
    id: 'serverlessStartLimit',
    message: 'The model may take 181 seconds to load, but a serverless variant must have downloaded and loaded it within 180 seconds; '
      + 'use instances if it needs more',
  }]],
])('a model that may load for %s', (modelLoadTimeout, warnings) => {
  expect(variantWith({ model: modelIn(newStack(), { modelLoadTimeout }) })._warnings).toEqual(warnings);
});
