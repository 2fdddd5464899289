import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  EndpointVariant, InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, RoutingStrategy, ServingLogLevel,
  TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';

/*
 * Two models behind one endpoint, with all that a variant on instances can be given: one with handlers of its own in
 * a VPC, one that is only asked for by name.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-variants');

const vpc = new Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
});
vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
const key = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY, pendingWindow: Duration.days(7) });

const blue = new ModelFromArtifact(stack, 'Blue', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'test', 'fixtures', 'models', 'versions')),
  version: TensorFlowVersion.V2_19,
  code: InferenceCode.fromDirectory(path.join(__dirname, 'inference')),
  vpc,
  vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
  maxBatchSize: 16,
  modelLoadTimeout: Duration.minutes(2),
  logLevel: ServingLogLevel.INFO,
});
const green = new ModelFromArtifact(stack, 'Green', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'test', 'fixtures', 'models', 'dense', '1'), { name: 'dense', version: '7' }),
  version: TensorFlowVersion.V2_16,
});
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', {
  encryptionKey: key,
  variants: [
    EndpointVariant.onInstances('blue', {
      model: blue,
      instanceType: InstanceType.of('ml.c5.large'),
      initialInstanceCount: 2,
      volumeSize: Size.gibibytes(20),
      modelDataDownloadTimeout: Duration.minutes(10),
      routing: RoutingStrategy.LEAST_OUTSTANDING_REQUESTS,
    }),
    EndpointVariant.onInstances('green', {
      model: green,
      instanceType: InstanceType.of('ml.c6g.large'),
      weight: 0,
    }),
  ],
});

const test = new IntegTest(app, 'Variants', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
