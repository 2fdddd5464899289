import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { grantPullOfServingImages, hasServingImages } from '../../src/images/serving-images';

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', region === undefined ? {} : { env: { region, account: '123456789012' } });
}

function statements(stack: Stack): unknown[] {
  grantPullOfServingImages(stack, new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') }));
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy.Properties.PolicyDocument.Statement;
}

function pullFrom(region: unknown, account: unknown): unknown[] {
  const arn = (repository: string) => {
    const parts = ['arn:', { Ref: 'AWS::Partition' }, ':ecr:', region, ':', account, `:repository/${repository}`];
    // texts that are next to each other are one
    const joined = parts.reduce<unknown[]>((all, part) => typeof part === 'string' && typeof all[all.length - 1] === 'string'
      ? [...all.slice(0, -1), `${all[all.length - 1]}${part}`] : [...all, part], []);
    return { 'Fn::Join': ['', joined] };
  };
  return [
    {
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [arn('tensorflow-inference'), arn('tensorflow-inference-graviton')],
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ];
}

test('are in the registry of the region', () => {
  expect(statements(stackIn('af-south-1'))).toEqual(pullFrom('af-south-1', '626614931356'));
});

test('are in a registry by a mapping where only the deployment decides on the region', () => {
  expect(statements(stackIn())).toEqual(pullFrom({ Ref: 'AWS::Region' }, { 'Fn::FindInMap': ['TensorFlowAllRegistries', { Ref: 'AWS::Region' }, 'account'] }));
});

test.each([['us-east-1', true], ['us-isof-east-1', true], ['xx-nowhere-1', false], [undefined, true]])('in %s they are known: %s', (region, known) => {
  expect(hasServingImages(stackIn(region))).toBe(known);
});
