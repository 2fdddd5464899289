/* Prints what runs a training job: its state machines before and after a change, and the properties of the runs that deployments wait for. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from '../../src';
import { ModelApprovalStatus } from '../../src/training/model-approval-status';
import { ModelRegistration } from '../../src/training/model-registration';
import { TensorFlowTrainingJobProps } from '../../src/training/tensorflow-training-job';
import { TrainingRun } from '../../src/training/training-run';
import { definitionOf, jobIn, resourcesOf } from '../training/run-support';

function printed(more: Partial<TensorFlowTrainingJobProps>): object {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  jobIn(stack, { checkpointLocalPath: '/opt/ml/checkpoints', capacityRetries: 2, ...more });
  const template = Template.fromStack(stack);
  const { Revision, TrainingJobNamePrefix, Attempts } = resourcesOf(template, 'Custom::TensorFlowTrainingRun')[0]?.[1].Properties ?? {};
  return { definition: definitionOf(template), Revision, TrainingJobNamePrefix, Attempts };
}

process.stdout.write(JSON.stringify({
  first: printed({ hyperparameters: { epochs: 1 } }),
  second: printed({ hyperparameters: { epochs: 2 } }),
  onDemand: printed({ run: TrainingRun.onDemand() }),
  registered: printed({ registerIn: ModelRegistration.inGroupNamed('half-plus-three') }),
  registeredFiles: printed({
    compressOutput: false,
    registerIn: ModelRegistration.inGroupNamed('half-plus-three', {
      approvalStatus: ModelApprovalStatus.APPROVED,
      description: 'Half of it, and three',
      environment: { A: 'b' },
      realtimeInstanceTypes: [InstanceType.of('ml.g5.xlarge')],
      transformInstanceTypes: [InstanceType.of('ml.g4dn.xlarge')],
      metadata: { team: 'vision' },
      sourceUri: 'https://example.com/commit/1',
    }),
  }),
}));
