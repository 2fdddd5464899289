import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, MultiModel, TensorFlowServingDashboard, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';

/*
 * Two models behind a multi-model endpoint, one of them with handlers of its own.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-many-models');

const bucket = new Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
const models = MultiModel.fromPrefix(bucket, 'models/');
models.addModel('plain', ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')));
models.addModel('with-code', ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')), {
  code: InferenceCode.fromDirectory(path.join(__dirname, 'inference')),
});
const model = new ModelFromArtifact(stack, 'Models', { artifact: models, version: TensorFlowVersion.V2_19 });
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.m5.xlarge') });
new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint, alarms: endpoint.monitoring.alarms() });

const test = new IntegTest(app, 'ManyModels', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
