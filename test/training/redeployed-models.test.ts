import type { ContainerDefinition, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { config, JOB, model, outputOf, ownTags, PREFIX, STACK, TARGET } from './redeploy-support';
import { configPrefix, copiesFor, isMadeFor, isNamedBy, keyServed, modelNamesOf, type TaggedModel, variantsOf } from '../../src/training/redeployed-models';

const MADE = { bucket: 'models', key: `training/${JOB}/output/model.tar.gz` };
const NEW = `s3://models/${MADE.key}`;
const ROLE = 'arn:aws:iam::123456789012:role/Model';

const served = (name: string, container: ContainerDefinition, more = {}): TaggedModel => ({
  model: model(name, { ExecutionRoleArn: ROLE, PrimaryContainer: container, ...more }), tags: [],
});
const old = (name: string) => served(name, { Image: `${name}-image`, ModelDataUrl: outputOf('old') });
const copies = (models: TaggedModel[], given: Parameters<typeof config>[1] = {}, variantNames = ['AllTraffic'], made = MADE) =>
  copiesFor(TARGET, JOB, made, variantNames, { config: config('Config', given), tags: [] }, models);

test('a configuration and its model are copied, with all that they have but what SageMaker gave them', () => {
  const variant: ProductionVariant = {
    VariantName: 'AllTraffic',
    ModelName: 'Old',
    InitialInstanceCount: 2,
    InstanceType: 'ml.c5.large',
    InitialVariantWeight: 0,
    VolumeSizeInGB: 30,
    EnableSSMAccess: false,
    RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
    CoreDumpConfig: { DestinationS3Uri: 's3://dumps/x' },
    ManagedInstanceScaling: { Status: 'ENABLED' },
  };
  const settings = {
    DataCaptureConfig: {
      EnableCapture: true, InitialSamplingPercentage: 5, DestinationS3Uri: 's3://captured/x', CaptureOptions: [{ CaptureMode: 'Input' as const }],
    },
    KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/volume',
    AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://answers/x', KmsKeyId: 'key' }, ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 } },
    ExplainerConfig: { ClarifyExplainerConfig: { ShapConfig: { ShapBaselineConfig: { ShapBaseline: '1' } } } },
    ExecutionRoleArn: ROLE,
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
    EnableNetworkIsolation: true,
    MetricsConfig: { EnableEnhancedMetrics: true },
  };
  const container: ContainerDefinition = {
    Image: 'image',
    ImageConfig: { RepositoryAccessMode: 'Vpc' },
    Mode: 'SingleModel',
    ModelDataUrl: outputOf('old'),
    ModelDataSource: { S3DataSource: { S3Uri: outputOf('old'), S3DataType: 'S3Object', CompressionType: 'Gzip', ETag: 'etag' } },
    Environment: { A: '1' },
    ContainerHostname: 'host',
  };
  const original = model('Old', {
    ExecutionRoleArn: ROLE,
    PrimaryContainer: container,
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
    EnableNetworkIsolation: true,
    DeploymentRecommendation: { RecommendationStatus: 'COMPLETED' },
  });
  const made = copiesFor(TARGET, JOB, MADE, ['AllTraffic'], {
    config: config('Config', { ProductionVariants: [variant], ...settings }), tags: [{ Key: 'team', Value: 'config' }],
  }, [{ model: original, tags: [{ Key: 'team', Value: 'model' }] }])!;
  const { ModelDataUrl, ModelDataSource, ...others } = container;
  const [{ ModelName }] = made.models;
  expect(made).toEqual({
    models: [{
      ModelName,
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { ...others, ModelDataUrl: NEW },
      VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
      EnableNetworkIsolation: true,
      Tags: [...ownTags(), { Key: 'team', Value: 'model' }],
    }],
    config: {
      ...settings,
      EndpointConfigName: expect.stringMatching(`^${PREFIX}-[0-9a-f]{16}-[0-9a-f]{8}$`),
      ProductionVariants: [{ ...variant, ModelName }],
      Tags: [...ownTags(), { Key: 'team', Value: 'config' }],
    },
  });
  expect(ModelName).toMatch(new RegExp(`^${PREFIX}-[0-9a-f]{16}-[0-9a-f]{8}$`));
  expect(ModelName!.length).toBeLessThanOrEqual(63);
});

test('names are the same for the same job and originals, and others for another of each', () => {
  const name = (job: string, configName: string, modelName: string, stack = STACK) => {
    const { models, config: made } = copiesFor({ ...TARGET, stackId: stack }, job, MADE, ['AllTraffic'], {
      config: config(configName, { ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: modelName }] }), tags: [],
    }, [old(modelName)])!;
    expect(made.EndpointConfigName!.startsWith(configPrefix({ ...TARGET, stackId: stack }, job))).toBe(true);
    return [made.EndpointConfigName, models[0].ModelName];
  };
  const [itsConfig, itsModel] = name(JOB, 'Config', 'Old');
  expect(name(JOB, 'Config', 'Old')).toEqual([itsConfig, itsModel]);
  expect(name(JOB, 'Other', 'Old')).toEqual([expect.not.stringMatching(itsConfig!), itsModel]);
  expect(name(JOB, 'Config', 'Other')).toEqual([itsConfig, expect.not.stringMatching(itsModel!)]);
  for (const others of [name(`${JOB}0`, 'Config', 'Old'), name(JOB, 'Config', 'Old', `${STACK}0`)]) {
    expect(others).not.toContain(itsConfig);
    expect(others).not.toContain(itsModel);
  }
});

test('only the variants that serve the job get its model: of production, of the shadow, and of pools', () => {
  const variants = {
    ProductionVariants: [
      { VariantName: 'AllTraffic', ModelName: 'Cpu' }, { VariantName: 'Gpu', ModelName: 'Gpu' }, { VariantName: 'Champion', ModelName: 'Cpu' },
      { VariantName: 'Other', ModelName: 'Other' }, { VariantName: 'Empty' },
      {
        VariantName: 'Pools',
        InstancePools: [
          { InstanceType: 'ml.c5.large' as const, Priority: 1, ModelNameOverride: 'Cpu' }, { InstanceType: 'ml.c6i.large' as const, Priority: 2 },
          { InstanceType: 'ml.g5.xlarge' as const, Priority: 3, ModelNameOverride: 'Other' },
        ],
      },
    ],
    ShadowProductionVariants: [{ VariantName: 'Shadow', ModelName: 'Cpu' }],
  };
  const other = served('Other', { ModelDataUrl: 's3://models/training/someone-else-1/output/model.tar.gz' });
  const made = copies([old('Cpu'), old('Gpu'), other], variants, ['AllTraffic', 'Gpu', 'Other', 'Empty', 'Pools', 'Shadow'])!;
  const [cpu, gpu] = made.models.map(({ ModelName }) => ModelName);
  expect(made.models).toHaveLength(2);
  expect(cpu).not.toBe(gpu);
  expect(made.config.ProductionVariants).toEqual([
    { VariantName: 'AllTraffic', ModelName: cpu }, { VariantName: 'Gpu', ModelName: gpu }, { VariantName: 'Champion', ModelName: 'Cpu' },
    { VariantName: 'Other', ModelName: 'Other' }, { VariantName: 'Empty' },
    {
      VariantName: 'Pools',
      InstancePools: [
        { InstanceType: 'ml.c5.large', Priority: 1, ModelNameOverride: cpu }, { InstanceType: 'ml.c6i.large', Priority: 2 },
        { InstanceType: 'ml.g5.xlarge', Priority: 3, ModelNameOverride: 'Other' },
      ],
    },
  ]);
  expect(made.config.ShadowProductionVariants).toEqual([{ VariantName: 'Shadow', ModelName: cpu }]);
});

test('a configuration without variants in its answer stays one without', () => {
  expect(copies([old('Old')], { ProductionVariants: undefined })!.config.ProductionVariants).toEqual([]);
});

test('of a pipeline, the container with the model of the job gets the new one, and each has one address', () => {
  const source = { S3DataSource: { S3Uri: 's3://other/x/', S3DataType: 'S3Prefix' as const, CompressionType: 'None' as const } };
  const pipeline: TaggedModel = {
    model: model('Old', {
      Containers: [
        { Image: 'prepare' },
        { Image: 'serve', ModelDataUrl: outputOf('old') },
        { Image: 'files', ModelDataSource: source },
        { Image: 'archive', ModelDataUrl: 's3://other/a.tar.gz', ModelDataSource: source },
      ],
      InferenceExecutionConfig: { Mode: 'Serial' },
    }),
    tags: [],
  };
  expect(copies([pipeline])!.models[0]).toMatchObject({
    Containers: [
      { Image: 'prepare' },
      { Image: 'serve', ModelDataUrl: NEW },
      { Image: 'files', ModelDataSource: source },
      { Image: 'archive', ModelDataUrl: 's3://other/a.tar.gz' },
    ],
    InferenceExecutionConfig: { Mode: 'Serial' },
  });
  expect(copies([pipeline])!.models[0].Containers![3]).not.toHaveProperty('ModelDataSource');
  expect(copies([pipeline])!.models[0]).not.toHaveProperty('PrimaryContainer');
});

test('files that are not packed stay so', () => {
  const source = (S3Uri: string) => ({ S3DataSource: { S3Uri, S3DataType: 'S3Prefix' as const, CompressionType: 'None' as const } });
  const files = served('Old', { Image: 'image', ModelDataSource: source(`s3://models/training/${PREFIX}-old/output/model/`) });
  const made = { bucket: 'models', key: `training/${JOB}/output/model/` };
  expect(copies([files], {}, ['AllTraffic'], made)!.models[0].PrimaryContainer).toEqual({ Image: 'image', ModelDataSource: source(`s3://models/${made.key}`) });
});

test.each([
  ['another job', `s3://models/training/${PREFIX}0-old/output/model.tar.gz`],
  ['another prefix', `s3://models/other/${PREFIX}-old/output/model.tar.gz`],
  ['another bucket', `s3://other/training/${PREFIX}-old/output/model.tar.gz`],
  ['nobody', undefined],
])('there is nothing to copy where the model is of %s', (_what, url) => {
  expect(copies([served('Old', { ModelDataUrl: url })])).toBeUndefined();
});

test.each(['s3://models/training', 's3://models/training/', 's3://models/training//'])('what jobs leave is found below %s', (outputUri) => {
  expect(copiesFor({ ...TARGET, outputUri }, JOB, MADE, ['AllTraffic'], { config: config('Config'), tags: [] }, [old('Old')])).toBeDefined();
});

test('tags of AWS are left out, earlier ones of the same keys replaced, and there are never more than 50', () => {
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: 'x' }));
  const tagged = (tags: TaggedModel['tags']) => copies([{ ...old('Old'), tags }])!.models[0].Tags;
  expect(tagged([{ Key: 'aws:cloudformation:stack-name', Value: 'Stack' }, { Key: 'AWS:x', Value: 'x' }, ...ownTags('old', 'job'), { Key: 'team', Value: 'x' }]))
    .toEqual([...ownTags(), { Key: 'team', Value: 'x' }]);
  expect(tagged(many)).toEqual([...ownTags(), ...many.slice(0, 47)]);
  expect(tagged(many.slice(0, 47))).toHaveLength(50);
});

test('the names of models are those of variants and of their pools', () => {
  expect(modelNamesOf({
    VariantName: 'a',
    ModelName: 'One',
    InstancePools: [
      { InstanceType: 'ml.c5.large', Priority: 1 }, { InstanceType: 'ml.g5.xlarge', Priority: 2, ModelNameOverride: 'Two' },
    ],
  })).toEqual(['One', 'Two']);
  expect(modelNamesOf({ VariantName: 'a' })).toEqual([]);
  expect(variantsOf(config('Config', { ProductionVariants: undefined }))).toEqual([]);
});

test.each([[`${PREFIX}-1`, true], [PREFIX, false], [`x${PREFIX}-1`, false], [undefined, false]])('the name %s may be one of its own: %s', (name, expected) => {
  expect(isNamedBy(TARGET, name)).toBe(expected);
});

test.each([
  ['its own', ownTags(), true], ['another stack', ownTags('new', JOB, 'other'), false], ['no tags', [], false],
])('of %s', (_what, tags, expected) => {
  expect(isMadeFor(TARGET, tags)).toBe(expected);
});

describe('the key that is served', () => {
  const key = (tags: TaggedModel['tags'], container: ContainerDefinition = { ModelDataUrl: NEW }) =>
    keyServed(TARGET, { model: model('New', { Containers: [{}, container] }), tags });

  test('is that of a run of the same revision, also where CloudFormation has made the model', () => {
    expect(key([{ Key: 'cdk-tensorflow-serving:revision', Value: 'new' }])).toBe(MADE.key);
    expect(key(ownTags())).toBe(MADE.key);
    expect(key(ownTags(), { ModelDataSource: { S3DataSource: { S3Uri: `s3://models/training/${JOB}/output/model/`, S3DataType: 'S3Prefix', CompressionType: 'None' } } }))
      .toBe(`training/${JOB}/output/model/`);
  });

  test.each([
    ['of another revision', ownTags('old'), NEW], ['of nobody knows what', [], NEW],
    ['of other files', ownTags(), 's3://other/a.tar.gz'],
  ])('is not that of a model %s', (_what, tags, url) => {
    expect(key(tags, { ModelDataUrl: url })).toBeUndefined();
  });
});
