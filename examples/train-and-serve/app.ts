import * as path from 'node:path';
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { InstanceType, TensorFlowTrainingJob, TensorFlowVersion, TrainingCode, TrainingInput } from 'cdk-tensorflow-serving';

/**
 * A Keras script that trains a model while the stack is deployed, and an endpoint that serves it.
 *
 * A change to the script, the data or the hyperparameters trains another model with the next deployment, and updates the endpoint.
 */
class TrainAndServe extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const job = new TensorFlowTrainingJob(this, 'Training', {
      version: TensorFlowVersion.V2_19,
      code: TrainingCode.fromDirectory(path.join(__dirname, 'training'), { entryPoint: 'train.py' }),
      inputs: { training: TrainingInput.fromAsset(path.join(__dirname, 'data')) },
      hyperparameters: { 'epochs': 100, 'learning-rate': 0.1 },
      instanceType: InstanceType.of('ml.m5.large'),
      maxRuntime: Duration.hours(1),
      metricDefinitions: [
        { name: 'training:loss', regex: ' loss: ([-+.0-9e]+)' },
        { name: 'validation:loss', regex: ' val_loss: ([-+.0-9e]+)' },
      ],
    });
    const endpoint = job.deploy('Endpoint', { instanceType: InstanceType.of('ml.c5.large') });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}

new TrainAndServe(new App(), 'TrainAndServe', {});
