import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from '../src';

/*
 * An archive that is in a bucket already, given inference code while it is deployed.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-archive-with-code');

const bucket = new Bucket(stack, 'Bucket', {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.DESTROY,
  autoDeleteObjects: true,
});
const archive = new BucketDeployment(stack, 'Archive', {
  destinationBucket: bucket,
  sources: [Source.asset(path.join(__dirname, 'archive'))],
});

const model = new ModelFromArtifact(stack, 'Model', {
  artifact: ModelArtifact.fromBucket(archive.deployedBucket, 'model.tar.gz'),
  version: TensorFlowVersion.V2_19,
  code: InferenceCode.fromDirectory(path.join(__dirname, 'inference')),
});
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });

const test = new IntegTest(app, 'ArchiveWithCode', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
