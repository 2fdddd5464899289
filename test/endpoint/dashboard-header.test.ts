import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { textOf } from './dashboard-support';
import { asyncEndpointIn, endpointIn, modelIn, serverlessEndpointIn, variantOn } from './scaling-support';
import { modelIn as ownModelIn } from './variant-support';
import { EndpointVariant, InstanceType } from '../../src';
import { hardwareOf, headerOf } from '../../src/endpoint/dashboard-header';
import { agnosticStack, newStack } from '../support/synthesis';

const NAME = '<EndpointEEF1FD8F.EndpointName>';

function linesOf(stack: Stack, markdown: string): string[] {
  return textOf(stack.resolve(markdown)).split('\n');
}

test('says what the endpoint is called, where to look further, and what it runs on', () => {
  const stack = newStack();
  expect(linesOf(stack, headerOf(endpointIn(stack, { initialInstanceCount: 2 })))).toEqual([
    `# ${NAME}`,
    `[Endpoint](https://us-east-1.console.aws.amazon.com/sagemaker/home?region=us-east-1#/endpoints/${NAME}) · `
      + '[Logs](https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/'
      + `$252Faws$252Fsagemaker$252FEndpoints$252F${NAME})`,
    '',
    '| Variant | Model | Runs on | Requests |',
    '|---|---|---|---|',
    '| AllTraffic | mine | ml.c5.xlarge, 2 at first | 100 % |',
  ]);
});

test('says where a model of the app is, and makes no other one', () => {
  const stack = newStack();
  const endpoint = endpointIn(stack, { model: ownModelIn(stack), instanceType: InstanceType.of('ml.g5.xlarge') });
  expect(linesOf(stack, headerOf(endpoint)).at(-1)).toBe('| AllTraffic | Stack/Model | ml.g5.xlarge, 1 at first | 100 % |');
  expect(stack.node.findAll().filter((node) => 'cfnResourceType' in node && node.cfnResourceType === 'AWS::SageMaker::Model')).toHaveLength(1);
});

test('says how the variants share the requests', () => {
  const stack = newStack();
  const variant = (name: string, weight: number | undefined): EndpointVariant => (
    EndpointVariant.onInstances(name, { model: modelIn(stack, name), instanceType: InstanceType.of('ml.c5.large'), weight }));
  const endpoint = endpointIn(stack, { variants: [variant('blue', 2), variant('green', undefined), variant('red', 0)] });
  expect(linesOf(stack, headerOf(endpoint)).slice(-3)).toEqual([
    '| blue | mine | ml.c5.large, 1 at first | 66.7 % |',
    '| green | mine | ml.c5.large, 1 at first | 33.3 % |',
    '| red | mine | ml.c5.large, 1 at first | 0 % |',
  ]);
});

test('says their weights where no share is known', () => {
  const stack = newStack();
  const variant = (name: string, weight: number): EndpointVariant => (
    EndpointVariant.onInstances(name, { model: modelIn(stack, name), instanceType: InstanceType.of('ml.c5.large'), weight }));
  expect(linesOf(stack, headerOf(endpointIn(stack, { variants: [variant('blue', 0)] }))).at(-1)).toBe('| blue | mine | ml.c5.large, 1 at first | weight 0 |');
  const other = newStack();
  const parameter = new CfnParameter(other, 'Weight', { type: 'Number' });
  const count = new CfnParameter(other, 'Count', { type: 'Number' });
  const later = EndpointVariant.onInstances('blue', {
    model: modelIn(other), instanceType: InstanceType.of('ml.c5.large'), weight: parameter.valueAsNumber, initialInstanceCount: count.valueAsNumber,
  });
  expect(linesOf(other, headerOf(endpointIn(other, { variants: [later] }))).at(-1)).toBe('| blue | mine | ml.c5.large, <Count> at first | weight <Weight> |');
});

test('says what a serverless variant, one on several types of instances, and a shadow run on', () => {
  const stack = newStack();
  const serverless = serverlessEndpointIn(stack, { maxConcurrency: 20 });
  expect(headerOf(serverless).split('\n').at(-1)).toBe('| blue | mine | serverless, up to 20 at a time | 100 % |');
  const other = newStack();
  const shadowed = endpointIn(other, { variants: [variantOn(other, 'blue', 'ml.c5.large')], shadow: variantOn(other, 'dark', 'ml.c5.xlarge') });
  expect(headerOf(shadowed).split('\n').slice(-2)).toEqual([
    '| blue | mine | ml.c5.large, 1 at first | 100 % |',
    '| dark | mine | ml.c5.xlarge, 1 at first | copies, not answered |',
  ]);
});

test('says of a serverless variant whose concurrency is not known what it is', () => {
  const { _facts: facts } = serverlessEndpointIn(newStack(), {})._variants[0];
  expect(hardwareOf({ _facts: { ...facts, maxConcurrency: undefined } })).toBe('serverless');
});

test.each([
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
])('links to the console of %s', (region, url) => {
  const stack = newStack({ env: { account: '123456789012', region } });
  const header = textOf(stack.resolve(headerOf(asyncEndpointIn(stack))));
  expect(header).toContain(`[Endpoint](${url}sagemaker/home?region=${region}#/endpoints/${NAME})`);
  expect(header).toContain(`[Logs](${url}cloudwatch/home?region=${region}#logsV2`);
});

test('links to the usual console where the region is not known', () => {
  const stack = agnosticStack();
  expect(linesOf(stack, headerOf(endpointIn(stack)))[1])
    .toMatch('[Endpoint](https://<AWS::Region>.console.aws.amazon.com/sagemaker/home?region=<AWS::Region>#/endpoints/');
});
