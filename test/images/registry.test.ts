import { App, Aws, NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Fact, FactName } from 'aws-cdk-lib/region-info';
import { GROUPS, REGISTRIES } from './published-images';
import { concreteRegion, dnsSuffix, grantPullFrom, hasRegistry, registryAccount, registryAccountFor, registryHost } from '../../src/images/registry';

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', region === undefined ? {} : { env: { region } });
}

describe('a region that is not in the table', () => {
  test('has the registry that the CDK knows, but not the images that no new region got', () => {
    expect(registryAccount('eusc-de-east-1', 'All')).toBe('204133271717');
    expect(registryAccount('eusc-de-east-1', 'Broad')).toBe('204133271717');
    expect(registryAccount('eusc-de-east-1', 'Open')).toBe('204133271717');
    expect(registryAccount('eusc-de-east-1', 'Early')).toBeUndefined();
    expect(registryAccount('eusc-de-east-1', 'Legacy')).toBeUndefined();
    expect(dnsSuffix('eusc-de-east-1')).toBe('amazonaws.eu');
  });

  test('has the registry that its user registers', () => {
    const region = 'xx-registered-1';
    expect(hasRegistry(region)).toBe(false);
    Fact.register({ region, name: FactName.DLC_REPOSITORY_ACCOUNT, value: '123412341234' });
    expect(hasRegistry(region)).toBe(true);
    expect(registryAccount(region, 'Open')).toBe('123412341234');
    Fact.unregister(region, FactName.DLC_REPOSITORY_ACCOUNT);
  });

  test('has none otherwise', () => {
    expect(registryAccount('xx-unknown-1', 'Open')).toBeUndefined();
    expect(hasRegistry('xx-unknown-1')).toBe(false);
    expect(dnsSuffix('xx-unknown-1')).toBeUndefined();
  });
});

describe('a stack in a region', () => {
  test('has the account and the host in plain text, and no mapping', () => {
    const stack = stackIn('cn-north-1');
    expect(concreteRegion(stack)).toBe('cn-north-1');
    expect(registryAccountFor(stack, 'Legacy')).toBe('422961961927');
    expect(registryHost(stack, '422961961927')).toBe('422961961927.dkr.ecr.cn-north-1.amazonaws.com.cn');
    expect(Template.fromStack(stack).toJSON().Mappings).toBeUndefined();
  });

  test('whose suffix is not known leaves that to CloudFormation', () => {
    const stack = stackIn('xx-unknown-1');
    expect(stack.resolve(registryHost(stack, '123412341234'))).toEqual({
      'Fn::Join': ['', ['123412341234.dkr.ecr.xx-unknown-1.', { Ref: 'AWS::URLSuffix' }]],
    });
  });
});

describe('a stack in any region', () => {
  test.each([
    ['Legacy', Object.fromEntries(REGISTRIES.filter(([, legacy]) => legacy !== undefined).map(([region, account]) => [region, { account }]))],
    ...GROUPS.map((group, index) => [
      group, Object.fromEntries(REGISTRIES.filter(([,,, groups]) => groups[index] === 'y').map(([region,, account]) => [region, { account }])),
    ] as const),
  ] as const)('looks for the account of %s in a mapping of exactly its regions', (group, mapping) => {
    const stack = stackIn();
    expect(concreteRegion(stack)).toBeUndefined();
    expect(stack.resolve(registryAccountFor(stack, group))).toEqual({ 'Fn::FindInMap': [`TensorFlow${group}Registries`, { Ref: 'AWS::Region' }, 'account'] });
    expect(Template.fromStack(stack).toJSON().Mappings).toEqual({ [`TensorFlow${group}Registries`]: mapping });
  });

  test('has one mapping for each group, whoever uses it', () => {
    const stack = stackIn();
    registryAccountFor(stack, 'Open');
    registryAccountFor(stack, 'Broad');
    registryAccountFor(stack, 'Open');
    expect(Object.keys(Template.fromStack(stack).toJSON().Mappings)).toEqual(['TensorFlowOpenRegistries', 'TensorFlowBroadRegistries']);
  });

  test('has a mapping of its own if it is nested', () => {
    const parent = stackIn();
    const nested = new NestedStack(parent, 'Nested');
    registryAccountFor(parent, 'Open');
    registryAccountFor(nested, 'Open');
    expect(Object.keys(Template.fromStack(parent).toJSON().Mappings)).toEqual(['TensorFlowOpenRegistries']);
    expect(Object.keys(Template.fromStack(nested).toJSON().Mappings)).toEqual(['TensorFlowOpenRegistries']);
  });

  test('has a host whose region and suffix CloudFormation fills in', () => {
    const stack = stackIn();
    expect(stack.resolve(registryHost(stack, '123412341234'))).toEqual({
      'Fn::Join': ['', ['123412341234.dkr.ecr.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
    });
  });

  test('can have another token as its region', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: Token.asString({ Ref: 'TheRegion' }) } });
    expect(stack.resolve(registryAccountFor(stack, 'Open'))).toEqual({ 'Fn::FindInMap': ['TensorFlowOpenRegistries', { Ref: 'TheRegion' }, 'account'] });
  });
});

describe('the right to pull', () => {
  const arn = `arn:${Aws.PARTITION}:ecr:us-east-1:123412341234:repository/name`;
  const arnInTemplate = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:us-east-1:123412341234:repository/name']] };
  const statements = [
    {
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: arnInTemplate,
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ];

  test('is for this repository only, and given once', () => {
    const stack = stackIn('us-east-1');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    grantPullFrom(role, arn);
    grantPullFrom(role, arn);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Version: '2012-10-17', Statement: statements } });
  });

  test('is not given to a role that is imported as immutable', () => {
    const stack = stackIn('us-east-1');
    grantPullFrom(iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123412341234:role/name', { mutable: false }), arn);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  });
});
