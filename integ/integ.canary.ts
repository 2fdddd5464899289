import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  CapacitySize, DeploymentStrategy, EndpointVariant, InstanceType, ModelArtifact, ModelFromArtifact, RollbackAlarms, TensorFlowServingDashboard,
  TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';

/*
 * All that goes with a safe update: a canary with alarms, scaling that survives it, a shadow variant, data capture, alarms and a
 * dashboard.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-canary');

const model = new ModelFromArtifact(stack, 'Model', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')),
  version: TensorFlowVersion.V2_19,
});
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', {
  variants: [EndpointVariant.onInstances('live', { model, instanceType: InstanceType.of('ml.c5.large'), initialInstanceCount: 2 })],
  shadow: EndpointVariant.onInstances('candidate', { model, instanceType: InstanceType.of('ml.c6i.large'), weight: 0.5 }),
  dataCapture: { bucket: new Bucket(stack, 'Captured', { removalPolicy: RemovalPolicy.DESTROY }), samplingPercentage: 50 },
  deployment: DeploymentStrategy.canary({ canarySize: CapacitySize.instances(1), waitInterval: Duration.minutes(5) }),
  rollbackAlarms: RollbackAlarms.recommended({ serverErrorRate: 0.02, modelLatency: Duration.millis(500) }),
});
const scaling = endpoint.autoScaleInstanceCount({ minCapacity: 2, maxCapacity: 4 });
scaling.scaleOnInvocations('Requests', { invocationsPerInstance: 600 });
scaling.scaleOnConcurrentRequests('Concurrency', { concurrentRequestsPerInstance: 5 });
const alarms = endpoint.monitoring.alarms({ topic: new Topic(stack, 'Alarms', { enforceSSL: true }) });
new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint, alarms });

const test = new IntegTest(app, 'Canary', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
