import { Stack } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RolePolicy, warnOfMissingRights } from '../../src/private/role-policy';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const LIST = new PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] });

function roleIn(stack: Stack): Role {
  return new Role(stack, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
}

test('a policy is on the role, under a name of its stack and region', () => {
  const stack = newStack();
  const policy = new RolePolicy(stack, 'Policy', roleIn(stack), [LIST]);

  expect(policy.hasRole).toBe(true);
  validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', { PolicyName: 'StackPolicy-us-east-1', Roles: [{ Ref: 'Role1ABCC5F0' }] });
});

test('the region of the name can be one that is known when the stack is deployed', () => {
  const stack = agnosticStack();
  new RolePolicy(stack, 'Policy', roleIn(stack), [LIST]);
  validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', { PolicyName: { 'Fn::Join': ['', ['StackPolicy-', { Ref: 'AWS::Region' }]] } });
});

test('a policy that stays empty is not made', () => {
  const stack = newStack();
  new RolePolicy(stack, 'Policy', roleIn(stack), []);
  validTemplate(stack).resourceCountIs('AWS::IAM::Policy', 0);
});

test.each([
  ['cannot be changed', '123456789012', false],
  ['is of another account', '210987654321', true],
])('a role that %s has none', (_, account, mutable) => {
  const stack = newStack();
  const policy = new RolePolicy(stack, 'Policy', Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${account}:role/mine`, { mutable }), [LIST]);

  expect(policy.hasRole).toBe(false);
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
});

test('a name fits, however long the path', () => {
  const stack = newStack();
  const nested = roleIn(new Stack(stack, 'x'.repeat(100)));
  expect(new RolePolicy(nested, `Rights${'0'.repeat(20)}`, nested, [LIST]).policyName.length).toBeLessThanOrEqual(128);
});

test('rights that are missing are warned of, each once', () => {
  const stack = newStack();
  warnOfMissingRights(stack, 'The role', [LIST, new PolicyStatement({ actions: ['kms:Decrypt', 's3:ListAllMyBuckets'], resources: ['*'] })]);
  Annotations.fromStack(stack).hasWarning('/Stack',
    'The role cannot be given rights here; see to it that it is allowed kms:Decrypt, s3:ListAllMyBuckets [ack: cdk-tensorflow-serving:rightsNotGranted]');
});

test('no missing rights are no warning', () => {
  const stack = newStack();
  warnOfMissingRights(stack, 'The role', []);
  expect(Annotations.fromStack(stack).findWarning('*', '')).toEqual([]);
});
