/* Synthesizes a stack with a training job whose model an endpoint serves, in several states of it, each to a directory of its own. */
import * as path from 'node:path';
import { App, CfnOutput, DefaultStackSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { InstanceType } from '../../src';
import { TrainingRun } from '../../src/training/training-run';
import { jobIn } from '../training/run-support';

const [, , directory] = process.argv;

function synthesize(name: string, epochs: number, more: (stack: Stack) => void = () => {}): void {
  const app = new App({ outdir: path.join(directory, name), analyticsReporting: false });
  const stack = new Stack(app, 'Stack', {
    env: { account: '123456789012', region: 'us-east-1' },
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  });
  const job = jobIn(stack, {
    capacityRetries: 1, hyperparameters: { epochs }, run: TrainingRun.onSchedule(ScheduleExpression.rate(Duration.days(1))),
  });
  const endpoint = job.deploy('Endpoint', { instanceType: InstanceType.of('ml.c5.large') });
  new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
  new CfnOutput(stack, 'StateMachineArn', { value: job.stateMachine.stateMachineArn });
  more(stack);
  app.synth();
}

synthesize('first', 1);
synthesize('unrelated', 1, (stack) => { new LogGroup(stack, 'Unrelated'); });
synthesize('second', 2);
synthesize('third', 3);
