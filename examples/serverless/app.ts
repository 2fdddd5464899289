import * as path from 'node:path';
import { App, CfnOutput, Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Construct } from 'constructs';
import { EndpointVariant, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from 'cdk-tensorflow-serving';

/** An endpoint without instances, which costs something only while it answers; by day some of it is kept warm. */
class Serverless extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const model = new ModelFromArtifact(this, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'models', 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
    });
    const endpoint = new TensorFlowServingEndpoint(this, 'Endpoint', {
      variants: [
        EndpointVariant.serverless('AllTraffic', { model, memorySize: Size.gibibytes(2), maxConcurrency: 20, provisionedConcurrency: 1 }),
      ],
    });

    const concurrency = endpoint.autoScaleProvisionedConcurrency({ minCapacity: 1, maxCapacity: 10 });
    concurrency.scaleOnUtilization('Busy', { targetUtilization: 0.7, scaleInCooldown: Duration.minutes(10) });
    concurrency.scaleOnSchedule('Morning', { schedule: Schedule.cron({ hour: '7', minute: '30', weekDay: 'MON-FRI' }), minCapacity: 4 });
    concurrency.scaleOnSchedule('Evening', { schedule: Schedule.cron({ hour: '19', minute: '0', weekDay: 'MON-FRI' }), minCapacity: 1 });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}

new Serverless(new App(), 'Serverless', {});
