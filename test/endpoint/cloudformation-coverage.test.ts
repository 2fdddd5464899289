import * as path from 'node:path';
import { App, Duration, Size, Stack, Tags } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AcceleratorType, AsyncNotification, CapacityReservation, CapacitySize, ClarifyContentType, ClarifyFeatureType, ClarifyTextGranularity,
  ClarifyTextLanguage, DeploymentStrategy, EndpointVariant, InferenceAmiVersion, InferenceExecutionMode, InferencePipeline, InstanceType,
  ModelArtifact, ModelFromArtifact, MultiModel, PipelineContainer, RoutingStrategy, ShapBaseline, TensorFlowImage, TensorFlowServingEndpoint,
  TensorFlowVersion, VariantProperty,
} from '../../src';
import { type CdkCopy, propertiesIn, propertiesOf } from '../support/cloudformation-properties';
import { MODELS } from '../support/synthesis';

/** What no property leads to, and why. */
const LEFT_OUT: { readonly [className: string]: { readonly [property: string]: string } } = {
  CfnEndpointConfig: {
    'endpointconfigname': 'a configuration with a name of its own cannot be replaced, and so its endpoint not be updated',
    'executionrolearn': 'the role of inference components; each model brings its own',
    'enablenetworkisolation': 'the isolation of inference components; each model brings its own',
    'vpcconfig.subnets': 'the network of inference components; each model brings its own',
    'vpcconfig.securitygroupids': 'the network of inference components; each model brings its own',
    'productionvariants.managedinstancescaling.status': 'scaling of inference components; variants are scaled by Application Auto Scaling',
    'productionvariants.managedinstancescaling.mininstancecount': 'scaling of inference components',
    'productionvariants.managedinstancescaling.maxinstancecount': 'scaling of inference components',
    'productionvariants.managedinstancescaling.scaleinpolicy.strategy': 'scaling of inference components',
    'productionvariants.managedinstancescaling.scaleinpolicy.maximumstepsize': 'scaling of inference components',
    'productionvariants.managedinstancescaling.scaleinpolicy.cooldowninminutes': 'scaling of inference components',
    'productionvariants.routingconfig.prefixawareroutingconfig.prefixlength': 'for the prompts of language models, whose caches TensorFlow Serving does not have',
    'productionvariants.routingconfig.prefixawareroutingconfig.concurrencythreshold': 'for the prompts of language models',
  },
  CfnEndpoint: {
    retaindeploymentconfig: 'the app says in each deployment how the endpoint is updated',
  },
  CfnModel: {
    'modelname': 'a model with a name of its own cannot be replaced',
    'primarycontainer.modeldatasource.s3datasource.hubaccessconfig.hubcontentarn': 'for models of JumpStart\'s hubs',
    'primarycontainer.modeldatasource.s3datasource.modelaccessconfig.accepteula': 'for models of JumpStart\'s hubs',
  },
};

/** The same things in another place: a shadow is a variant, and a container of a pipeline a container. */
function inItsPlace(property: string): string {
  return property.replace(/^shadowproductionvariants\./, 'productionvariants.').replace(/^containers\./, 'primarycontainer.');
}

/** Everything that can be given, in as many endpoints as that takes. */
function everything(): App {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  const bucket = new Bucket(stack, 'Bucket');
  const key = new Key(stack, 'Key');
  const topic = new Topic(stack, 'Topic');
  const version = TensorFlowVersion.V2_19;
  const artifact = ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three'));
  const model = new ModelFromArtifact(stack, 'Model', { artifact, version, logLevel: undefined, maxBatchSize: 8 });
  const uncompressed = new ModelFromArtifact(stack, 'Uncompressed', { artifact: ModelArtifact.fromBucketPrefix(bucket, 'model'), version });
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }] });
  const old = new ModelFromArtifact(stack, 'Old', { artifact, version: TensorFlowVersion.V2_3 });
  const c5 = InstanceType.of('ml.c5.xlarge');

  new TensorFlowServingEndpoint(stack, 'RealTime', {
    variants: [EndpointVariant.onInstances('live', {
      model,
      instanceType: InstanceType.of('ml.g4dn.xlarge'),
      initialInstanceCount: 4,
      weight: 2,
      modelDataDownloadTimeout: Duration.minutes(5),
      containerStartupHealthCheckTimeout: Duration.minutes(5),
      variantInstanceProvisionTimeout: Duration.minutes(10),
      inferenceAmiVersion: InferenceAmiVersion.AL2_GPU_3_1,
      routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
      capacityReservation: CapacityReservation.fromArn('arn:aws:sagemaker:us-east-1:123456789012:training-plan/mine'),
      coreDump: { bucket, encryptionKey: key },
    })],
    shadow: EndpointVariant.onInstances('shadow', { model, instanceType: c5, volumeSize: Size.gibibytes(20) }),
    encryptionKey: key,
    dataCapture: { bucket, encryptionKey: key },
    deployment: DeploymentStrategy.canary({ canarySize: CapacitySize.instances(1), maximumExecutionTimeout: Duration.hours(2) }),
    enhancedMetrics: true,
    detailedObservability: true,
    metricPublishFrequency: Duration.seconds(10),
    retainAllVariantProperties: true,
    excludeRetainedVariantProperties: [VariantProperty.DESIRED_WEIGHT],
  });
  new TensorFlowServingEndpoint(stack, 'Several', {
    variants: [
      EndpointVariant.onInstancePools('pools', { model, instancePools: [{ instanceType: InstanceType.of('ml.g5.xlarge') }, { instanceType: c5 }] }),
      EndpointVariant.onInstances('debugged', {
        model: new ModelFromArtifact(stack, 'Debugged', { artifact, version, networkIsolation: false }), instanceType: c5, enableSsmAccess: true,
      }),
    ],
    deployment: DeploymentStrategy.linear({ linearStepSize: CapacitySize.percent(20) }),
  });
  new TensorFlowServingEndpoint(stack, 'Explained', {
    model: uncompressed,
    instanceType: c5,
    explainer: {
      baseline: ShapBaseline.inline('a,0'),
      baselineContentType: ClarifyContentType.CSV,
      enableExplanations: '`true`',
      numberOfSamples: 10,
      useLogit: true,
      seed: 1,
      textLanguage: ClarifyTextLanguage.ENGLISH,
      textGranularity: ClarifyTextGranularity.TOKEN,
      featureHeaders: ['text', 'number'],
      featureTypes: [ClarifyFeatureType.TEXT, ClarifyFeatureType.NUMERICAL],
      featuresAttribute: 'instances[0]',
      contentTemplate: '{"instances":[$features]}',
      labelHeaders: ['yes', 'no'],
      labelAttribute: 'labels',
      probabilityAttribute: 'predictions[0]',
      maxRecordCount: 1,
      maxPayload: Size.mebibytes(5),
    },
    deployment: DeploymentStrategy.rolling({ rollbackMaximumBatchSize: CapacitySize.percent(50), maximumExecutionTimeout: Duration.hours(2) }),
  });
  new TensorFlowServingEndpoint(stack, 'ExplainedFromBucket', {
    model,
    instanceType: c5,
    explainer: { baseline: ShapBaseline.fromBucket(bucket, 'baseline.csv'), labelIndex: 0, probabilityIndex: 1 },
  });
  new TensorFlowServingEndpoint(stack, 'Asynchronous', {
    model,
    instanceType: c5,
    asyncInference: {
      outputBucket: bucket,
      encryptionKey: key,
      successTopic: topic,
      errorTopic: topic,
      includeInferenceResponseIn: [AsyncNotification.SUCCESS_NOTIFICATION_TOPIC],
      maxConcurrentInvocationsPerInstance: 2,
    },
  });
  new TensorFlowServingEndpoint(stack, 'Serverless', {
    variants: [EndpointVariant.serverless('only', { model, provisionedConcurrency: 1 })],
  });
  new TensorFlowServingEndpoint(stack, 'Accelerated', { model: old, instanceType: c5, acceleratorType: AcceleratorType.of('ml.eia1.large') });

  const models = MultiModel.fromPrefix(bucket, 'models/', { modelCaching: false });
  models.addModel('a', artifact);
  new ModelFromArtifact(stack, 'Many', { artifact: models, version });
  new ModelFromArtifact(stack, 'Private', {
    artifact,
    image: TensorFlowImage.fromPrivateRegistry('registry.example.com/serving:1', {
      credentialsProvider: LambdaFunction.fromFunctionArn(stack, 'Credentials', 'arn:aws:lambda:us-east-1:123456789012:function:mine'),
    }),
    vpc,
  });
  new ModelFromArtifact(stack, 'Packaged', {
    artifact: ModelArtifact.fromModelPackage('arn:aws:sagemaker:us-east-1:123456789012:model-package/mine/1', {
      dataBucket: bucket, inferenceSpecificationName: 'other',
    }),
  });
  new InferencePipeline(stack, 'Pipeline', {
    containers: ['first', 'second'].map((containerHostname) => PipelineContainer.ofTensorFlow({ artifact, version, containerHostname })),
    inferenceExecutionMode: InferenceExecutionMode.DIRECT,
  });
  Tags.of(app).add('team', 'ml');
  return app;
}

/** The properties of the resources of a type that any stack has. */
function reached(className: string): string[] {
  const type = `AWS::SageMaker::${className.slice('Cfn'.length)}`;
  const templates = everything().synth().stacks.map(({ template }) => template);
  const resources: { Type: string; Properties: unknown }[] = templates.flatMap(({ Resources }) => Object.values(Resources as object));
  return [...new Set(resources.filter(({ Type }) => Type === type).flatMap(({ Properties }) => propertiesIn(Properties)).map(inItsPlace))];
}

// what has no further properties to name: the text of a token, or a map that its user fills
const isBelow = (property: string, other: string): boolean => other.startsWith(`${property}.`) || property === other;

describe.each(['CfnEndpointConfig', 'CfnEndpoint', 'CfnModel'])('%s', (className) => {
  const found = reached(className);

  test.each<CdkCopy>(['aws-cdk-lib', 'aws-cdk-lib-latest'])('of %s has no property that neither can be set nor is left out with a reason', (cdk) => {
    const missing = propertiesOf(cdk, className).map(inItsPlace)
      .filter((property) => LEFT_OUT[className][property] === undefined && !found.some((other) => isBelow(property, other)));
    expect([...new Set(missing)]).toEqual([]);
  });

  test('has all that is left out, and it can in fact not be set', () => {
    const known = propertiesOf('aws-cdk-lib-latest', className).map(inItsPlace);
    expect(Object.keys(LEFT_OUT[className]).filter((property) => !known.includes(property) || found.includes(property))).toEqual([]);
  });

  test('has all that is set', () => {
    const known = propertiesOf('aws-cdk-lib-latest', className).map(inItsPlace);
    expect(found.filter((property) => !known.some((other) => isBelow(other, property)))).toEqual([]);
  });
});

test('a shadow variant is a variant like the others', () => {
  const shadow = propertiesOf('aws-cdk-lib-latest', 'CfnEndpointConfig').filter((property) => property.startsWith('shadow'));
  expect(shadow.map(inItsPlace)).toEqual(propertiesOf('aws-cdk-lib-latest', 'CfnEndpointConfig').filter((property) => property.startsWith('productionvariants')));
});
