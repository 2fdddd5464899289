import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import {
  EndpointVariant, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingDashboard, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';

/*
 * One model on CPUs, GPUs and pools of either, each with an image and scaling of its own.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-two-processors');

const model = new ModelFromArtifact(stack, 'Model', {
  artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'examples', 'models', 'half_plus_three')),
  version: TensorFlowVersion.V2_19,
});
const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', {
  variants: [
    EndpointVariant.onInstances('cpu', { model, instanceType: InstanceType.of('ml.c5.xlarge'), weight: 4 }),
    EndpointVariant.onInstances('gpu', { model, instanceType: InstanceType.of('ml.g4dn.xlarge') }),
    EndpointVariant.onInstancePools('either', {
      model,
      instancePools: [{ instanceType: InstanceType.of('ml.g5.xlarge') }, { instanceType: InstanceType.of('ml.c6i.4xlarge') }],
      weight: 0,
    }),
  ],
});
endpoint.autoScaleInstanceCount({ variantName: 'cpu', maxCapacity: 3 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
endpoint.autoScaleInstanceCount({ variantName: 'gpu', maxCapacity: 2 }).scaleOnGpuUtilization('Gpu', { targetUtilizationPercent: 70 });
new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint });

const test = new IntegTest(app, 'TwoProcessors', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
