/* Prints the state machine of a job whose later runs an endpoint gets, before and after a change of the job, and what the next deployment asks. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from '../../src/images/instance-type';
import { definitionOf, jobIn, resourcesOf } from '../training/run-support';

function printed(epochs: number): object {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  const job = jobIn(stack, { hyperparameters: { epochs } });
  job.redeploys(job.deploy('Endpoint', { instanceType: InstanceType.of('ml.c5.large'), endpointName: 'Endpoint' }));
  const template = Template.fromStack(stack);
  const [[, { Properties: { Tags } }]] = resourcesOf(template, 'AWS::SageMaker::Model');
  const [[, { Properties }]] = resourcesOf(template, 'Custom::TensorFlowServedModel');
  return { definition: definitionOf(template), properties: Properties, tags: Tags };
}

process.stdout.write(JSON.stringify({ first: printed(1), second: printed(2) }));
