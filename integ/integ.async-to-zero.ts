import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AsyncNotification, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingDashboard, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';

/*
 * An asynchronous endpoint with all of its settings, which scales from and to zero.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-async-to-zero');

const key = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY, pendingWindow: Duration.days(7) });
const model = new ModelFromArtifact(stack, 'Model', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')),
  version: TensorFlowVersion.V2_19,
});
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', {
  model,
  instanceType: InstanceType.of('ml.c5.large'),
  asyncInference: {
    inputBucket: new Bucket(stack, 'Inputs', { removalPolicy: RemovalPolicy.DESTROY }),
    outputBucket: new Bucket(stack, 'Outputs', { removalPolicy: RemovalPolicy.DESTROY, encryptionKey: key }),
    encryptionKey: key,
    successTopic: new Topic(stack, 'Succeeded', { enforceSSL: true }),
    errorTopic: new Topic(stack, 'Failed', { enforceSSL: true }),
    includeInferenceResponseIn: [AsyncNotification.SUCCESS_NOTIFICATION_TOPIC],
    maxConcurrentInvocationsPerInstance: 4,
    invocationTimeout: Duration.minutes(30),
  },
});
endpoint.autoScaleInstanceCount({ minCapacity: 0, maxCapacity: 4 }).scaleOnBacklog('Backlog', { backlogPerInstance: 5 });
new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint, alarms: endpoint.monitoring.alarms() });

const test = new IntegTest(app, 'AsyncToZero', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
