/* Prints the request of each configuration of the matrix as JSON, as it is sent once the stack is deployed, and the instances that are known. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TRANSFORM_INSTANCES } from '../../src/transform/transform-instances';
import { MATRIX } from '../transform/request-matrix';
import { definitionOf, transformIn } from '../transform/transform-support';

/** What a run makes of the paths in a request. */
const NAME = 'job-1';

const requests = Object.fromEntries(Object.entries(MATRIX).map(([name, more]) => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  transformIn(stack, more(stack));
  const { States } = definitionOf(Template.fromStack(stack));
  const { input = 's3://data/arrived', output } = (States.Begin ?? States['Begin with input']).Parameters;
  return [name, withValues(States.Transform.Parameters, input, output)];
}));

/** A request whose paths have values. */
function withValues(value: any, input: string, output: string): any {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const values: { readonly [name: string]: string } = { TransformJobName: NAME, S3Uri: input, S3OutputPath: `${output}/${'j'.repeat(63)}` };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => name.endsWith('.$')
    ? [name.slice(0, -2), values[name.slice(0, -2)]]
    : [name, withValues(inner, input, output)]));
}

process.stdout.write(JSON.stringify({
  requests,
  instances: Object.entries(TRANSFORM_INSTANCES).flatMap(([family, sizes]) => sizes.map((size) => `ml.${family}.${size}`)),
}));
