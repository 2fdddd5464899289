import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Size, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import {
  EndpointVariant, ModelArtifact, ModelFromArtifact, TensorFlowServingDashboard, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';

/*
 * A serverless endpoint whose provisioned concurrency is scaled, and one that starts when it is asked.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-serverless');

const model = new ModelFromArtifact(stack, 'Model', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')),
  version: TensorFlowVersion.V2_19,
});
const warm = new TensorFlowServingEndpoint(stack, 'Warm', {
  variants: [EndpointVariant.serverless('AllTraffic', { model, memorySize: Size.gibibytes(3), maxConcurrency: 10, provisionedConcurrency: 1 })],
});
const scaling = warm.autoScaleProvisionedConcurrency({ minCapacity: 1, maxCapacity: 5 });
scaling.scaleOnUtilization('Busy', { targetUtilization: 0.7 });
scaling.scaleOnSchedule('Morning', { schedule: Schedule.cron({ hour: '7', minute: '30' }), minCapacity: 2 });
new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: warm, alarms: warm.monitoring.alarms() });
const cold = new TensorFlowServingEndpoint(stack, 'Cold', { variants: [EndpointVariant.serverless('AllTraffic', { model })] });

const test = new IntegTest(app, 'Serverless', { testCases: [stack] });
for (const endpoint of [warm, cold]) {
  test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
    .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
}
