/* Prints what runs transforms: the definitions of their state machines, and of those that hear of what arrives. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TransformRun } from '../../src/transform/transform-run';
import { definitionOf, type Props, transformIn } from '../transform/transform-support';

function printed(more: (stack: Stack) => Props): object {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  const props = { capacityRetries: 2, ...more(stack) };
  const { transformJobNamePrefix } = transformIn(stack, props);
  const template = Template.fromStack(stack);
  return {
    transformJobNamePrefix,
    definition: definitionOf(template),
    arrival: props.run?._arrival === undefined ? undefined : definitionOf(template, 'TransformArrivalStateMachine'),
  };
}

process.stdout.write(JSON.stringify({
  onDemand: printed(() => ({})),
  told: printed((stack) => ({ topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:123456789012:runs') })),
  onMarker: printed(() => ({ run: TransformRun.onMarker('_SUCCESS') })),
  onManifest: printed(() => ({ run: TransformRun.onManifest('.manifest') })),
}));
