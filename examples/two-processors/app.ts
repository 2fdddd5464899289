import * as path from 'node:path';
import { App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EndpointVariant, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from 'cdk-tensorflow-serving';

/** One model on CPUs and on GPUs, each with its own image and its own scaling; the GPUs get a fifth of the requests. */
class TwoProcessors extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const model = new ModelFromArtifact(this, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'models', 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
    });
    const endpoint = new TensorFlowServingEndpoint(this, 'Endpoint', {
      variants: [
        EndpointVariant.onInstances('cpu', { model, instanceType: InstanceType.of('ml.c5.xlarge'), weight: 4 }),
        EndpointVariant.onInstances('gpu', { model, instanceType: InstanceType.of('ml.g4dn.xlarge'), weight: 1 }),
      ],
    });

    endpoint.autoScaleInstanceCount({ variantName: 'cpu', minCapacity: 1, maxCapacity: 6 })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    endpoint.autoScaleInstanceCount({ variantName: 'gpu', minCapacity: 1, maxCapacity: 2 })
      .scaleOnGpuUtilization('Gpu', { targetUtilizationPercent: 70 });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}

new TwoProcessors(new App(), 'TwoProcessors', {});
