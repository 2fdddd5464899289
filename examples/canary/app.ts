import * as path from 'node:path';
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  CapacitySize, DeploymentStrategy, InstanceType, ModelArtifact, ModelFromArtifact, RollbackAlarms, TensorFlowServingDashboard,
  TensorFlowServingEndpoint, TensorFlowVersion,
} from 'cdk-tensorflow-serving';

/**
 * An endpoint that scales, and that tries a new model on a tenth of its instances before it gets all requests.
 *
 * If the new instances fail or are slow, SageMaker goes back to the old ones, and `cdk deploy` says so.
 */
class Canary extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const model = new ModelFromArtifact(this, 'Model', {
      artifact: ModelArtifact.fromSavedModel(this.node.tryGetContext('model') ?? path.join(__dirname, '..', 'models', 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
    });
    const endpoint = new TensorFlowServingEndpoint(this, 'Endpoint', {
      model,
      instanceType: InstanceType.of('ml.c5.large'),
      initialInstanceCount: 2,
      deployment: DeploymentStrategy.canary({
        canarySize: CapacitySize.percent(10),
        waitInterval: Duration.minutes(10),
      }),
      rollbackAlarms: RollbackAlarms.recommended({ serverErrorRate: 0.02, modelLatency: Duration.millis(500) }),
    });

    // an update keeps the number of instances that scaling has set
    endpoint.autoScaleInstanceCount({ minCapacity: 2, maxCapacity: 8 })
      .scaleOnInvocations('Requests', { invocationsPerInstance: 600 });

    const alarms = endpoint.monitoring.alarms({ topic: new Topic(this, 'Alarms', { enforceSSL: true }) });
    new TensorFlowServingDashboard(this, 'Dashboard', { endpoint, alarms });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}

new Canary(new App(), 'Canary', {});
