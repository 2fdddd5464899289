import * as path from 'node:path';
import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
// the CloudFormation validator that the newest aws-cdk-lib runs at synth; the one on npm is older
import { CelEngine, type Engine, TemplateContent } from '../../node_modules/aws-cdk-lib-latest/node_modules/@aws/cloudformation-validate';

/** The models that TensorFlow made. */
export const MODELS = path.join(__dirname, '..', 'fixtures', 'models');

let engine: Engine | undefined;

/** A stack in an app of its own: in us-east-1, unless told otherwise. */
export function newStack(props: StackProps = { env: { account: '123456789012', region: 'us-east-1' } }, appProps?: AppProps): Stack {
  return new Stack(new App(appProps), 'Stack', props);
}

/** A stack that can be deployed anywhere. */
export function agnosticStack(): Stack {
  return newStack({});
}

/** The template of a stack, which CloudFormation's own schemas have found no fault with. */
export function validTemplate(stack: Stack): Template {
  const template = Template.fromStack(stack);
  engine ??= new CelEngine();
  const { diagnostics } = engine.validateTemplate(new TemplateContent(JSON.stringify(template.toJSON()), stack.stackName));
  const errors = diagnostics
    .filter((d) => d.severity === 'FATAL' || d.severity === 'ERROR')
    .map((d) => `${d.ruleId} ${d.entity?.logicalId} ${d.propertyPath}: ${d.message}`);
  if (errors.length > 0) {
    throw new Error(`CloudFormation would refuse the template:\n${errors.join('\n')}`);
  }
  return template;
}
