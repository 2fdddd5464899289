import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from '../src';

/*
 * One SavedModel on one instance.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-saved-model');

const model = new ModelFromArtifact(stack, 'Model', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')),
  version: TensorFlowVersion.V2_19,
});
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });

const test = new IntegTest(app, 'SavedModel', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
