import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { InstanceType, TensorFlowImage } from '../../src';

const PLACE = '[TensorFlowImage.fromPrivateRegistry]';
const RULE = 'must be the address of an image with the host of its registry, such as registry.example.com/team/name:tag or .../name@sha256:digest';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:credentials';

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', region === undefined ? {} : { env: { region, account: '123456789012' } });
}

test('is the image at its address, for any processor', () => {
  const stack = stackIn('us-east-1');
  const image = TensorFlowImage.fromPrivateRegistry('registry.example.com/team/serving:7');
  expect(image._isPrivate).toBe(true);
  expect(image._key(stack, {})).toBe('own');
  expect(image._key(stack, { instanceType: InstanceType.of('ml.c7g.large') })).toBe('own');
  expect(image._bind(stack, {})).toEqual({
    imageUri: 'registry.example.com/team/serving:7', privateRegistry: {}, grantPull: expect.any(Function),
  });
});

test('other images are in no private registry', () => {
  expect(TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/name:7')._isPrivate).toBe(false);
});

test('without credentials takes no rights', () => {
  const stack = stackIn('us-east-1');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  TensorFlowImage.fromPrivateRegistry('registry.example.com/serving')._bind(stack, {}).grantPull(role);
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
});

test('with credentials lets every model that has it ask for them', () => {
  const stack = stackIn('us-east-1');
  const credentialsProvider = LambdaFunction.fromFunctionArn(stack, 'Function', FUNCTION);
  const bound = TensorFlowImage.fromPrivateRegistry('registry.example.com/serving', { credentialsProvider })._bind(stack, {});
  expect(bound.privateRegistry).toEqual({ credentialsProviderArn: FUNCTION });
  for (const id of ['One', 'Two']) {
    bound.grantPull(new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') }));
  }
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policies.map(({ Properties }) => Properties.PolicyDocument.Statement))
    .toEqual(Array(2).fill([{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: FUNCTION }]));
});

test.each([
  'registry.example.com/serving',
  'registry.example.com:5000/team/a-b_c.d__e/serving:v1.2_3-rc',
  'Registry.example.com/serving:latest',
  'localhost:5000/serving',
  `registry.example.com/serving@sha256:${'0a'.repeat(32)}`,
  'public.ecr.aws/team/serving:7',
  `registry.example.com/${'n'.repeat(255 - 'registry.example.com/'.length)}`,
])('takes %s', (imageUri) => {
  expect(TensorFlowImage.fromPrivateRegistry(imageUri)._bind(stackIn(), {}).imageUri).toBe(imageUri);
});

test('takes an address that is only known when the stack is deployed', () => {
  const stack = stackIn();
  const tag = new CfnParameter(stack, 'Tag').valueAsString;
  const bound = TensorFlowImage.fromPrivateRegistry(`registry.example.com/serving:${tag}`)._bind(stack, {});
  expect(stack.resolve(bound.imageUri)).toEqual({ 'Fn::Join': ['', ['registry.example.com/serving:', { Ref: 'Tag' }]] });
  expect(() => TensorFlowImage.fromPrivateRegistry(Lazy.string({ produce: () => 'x' }))).not.toThrow();
});

test.each([
  '', 'serving', 'team/serving:7', 'registry.example.com', 'registry.example.com/', 'registry.example.com/Team/serving', 'registry.example.com/a b',
  'registry.example.com/serving:', 'registry.example.com/serving:7@sha256:1', '-registry.example.com/serving', 'registry.example.com/a//b',
  `registry.example.com/serving:${'7'.repeat(129)}`,
])('fails for %j', (imageUri) => {
  expect(() => TensorFlowImage.fromPrivateRegistry(imageUri)).toThrow(new Error(`${PLACE} \`imageUri\` ${RULE}, got: "${imageUri}"`));
});

test('fails for an address with a scheme', () => {
  expect(() => TensorFlowImage.fromPrivateRegistry('https://registry.example.com/serving')).toThrow(
    new Error(`${PLACE} \`imageUri\` ${RULE}, got: "https://registry.example.com/serving"; leave out the scheme`));
});

test('fails for a long address', () => {
  expect(() => TensorFlowImage.fromPrivateRegistry(`registry.example.com/${'n'.repeat(256 - 'registry.example.com/'.length)}`)).toThrow(
    new Error(`${PLACE} \`imageUri\` must be at most 255 characters long, got: 256; use a shorter name or tag`));
});

test.each(['123456789012.dkr.ecr.us-east-1.amazonaws.com/name:7', '123456789012.dkr-ecr.us-east-1.on.aws/name:7'])('fails for %s, which is in Amazon ECR', (imageUri) => {
  expect(() => TensorFlowImage.fromPrivateRegistry(imageUri)).toThrow(
    new Error(`${PLACE} \`imageUri\` must be in no registry of Amazon ECR, got: "${imageUri}"; give it to TensorFlowImage.fromUri`));
});

test('fails for an address that is not set', () => {
  expect(() => TensorFlowImage.fromPrivateRegistry(process.env.CDK_TENSORFLOW_SERVING_NOT_SET!)).toThrow(
    new Error(`${PLACE} \`imageUri\` must be a text, not undefined`));
});
