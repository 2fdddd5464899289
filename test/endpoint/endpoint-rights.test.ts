import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { modelIn } from './variant-support';
import { InstanceType, ModelFromArtifact, TensorFlowServingEndpoint, type TensorFlowServingEndpointProps } from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

function endpointIn(stack: Stack, props: Partial<TensorFlowServingEndpointProps> = {}): TensorFlowServingEndpoint {
  const dataCapture = { bucket: Bucket.fromBucketName(stack, 'Captured', 'captured') };
  return new TensorFlowServingEndpoint(stack, 'Endpoint', { model: modelIn(stack), instanceType: InstanceType.of('ml.c5.large'), dataCapture, ...props });
}

/** The policies that are for the endpoint and not for its models, by their logical ids. */
function policiesOf(stack: Stack): [string, any][] {
  return Object.entries(validTemplate(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('EndpointRights'));
}

test('the role of the model gets what the endpoint needs, before the endpoint is made', () => {
  const stack = newStack();
  endpointIn(stack);

  const [[id, policy]] = policiesOf(stack);
  expect(policy.Properties.PolicyDocument.Statement).toEqual([{
    Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
    Effect: 'Allow',
    Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::captured/data-capture/*']] },
  }]);
  expect(Object.values(validTemplate(stack).findResources('AWS::SageMaker::Endpoint'))[0].DependsOn).toContain(id);
});

test('other rights are another policy: the old instances keep theirs until they are gone', () => {
  const ids = ['a', 'b', 'a'].map((prefix) => {
    const stack = newStack();
    endpointIn(stack, { dataCapture: { bucket: Bucket.fromBucketName(stack, 'Mine', 'mine'), prefix } });
    return policiesOf(stack)[0][0];
  });
  expect(ids[0]).not.toBe(ids[1]);
  expect(ids[0]).toBe(ids[2]);
});

test('an endpoint that needs nothing gives nothing', () => {
  const stack = newStack();
  endpointIn(stack, { dataCapture: undefined });
  expect(policiesOf(stack)).toEqual([]);
});

test('stacks of one name in two regions do not overwrite each other\'s policies on a role that they share', () => {
  const names = ['us-east-1', 'eu-west-1'].map((region) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region } });
    endpointIn(stack, { model: modelIn(stack, { role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/mine') }, 'Mine') });
    return Object.values(validTemplate(stack).findResources('AWS::IAM::Policy')).filter(({ Properties }) => Properties.Roles[0] === 'mine')
      .map(({ Properties }) => Properties.PolicyName);
  });
  expect(names[0]).toHaveLength(3);
  expect(names[0].filter((name) => names[1].includes(name))).toEqual([]);
});

test.each<[string, (stack: Stack) => Partial<TensorFlowServingEndpointProps>, string]>([
  ['an imported model', (stack) => ({ model: ModelFromArtifact.fromModelName(stack, 'Imported', 'mine') }), 'The role of the imported model Imported'],
  ['a role that cannot be changed', (stack) => ({
    model: modelIn(stack, { role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/mine', { mutable: false }) }, 'Mine'),
  }), 'The role Role'],
])('%s is warned of, with the rights that are missing', (_, props, who) => {
  const stack = newStack();
  endpointIn(stack, props(stack));
  Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
    `${who} cannot be given rights here; see to it that it is allowed s3:AbortMultipartUpload, s3:PutObject .*cdk-tensorflow-serving:rightsNotGranted`));
});

test('who sends asynchronous requests is granted all at once', () => {
  const stack = newStack();
  const endpoint = endpointIn(stack, { dataCapture: undefined, asyncInference: { outputBucket: Bucket.fromBucketName(stack, 'Outputs', 'outputs') } });
  const grantee = new Role(stack, 'Caller', { assumedBy: Role.fromRoleName(stack, 'Other', 'other') });
  const grant = endpoint.grantInvokeAsync(grantee);

  expect(grant.success).toBe(true);
  expect(grant.principalStatements.flatMap(({ actions }) => actions).sort()).toEqual([
    's3:AbortMultipartUpload', 's3:GetObject', 's3:ListBucket', 's3:PutObject', 'sagemaker:InvokeEndpointAsync',
  ]);
});

describe('time that TensorFlow Serving does not give', () => {
  const asynchronous = (stack: Stack, minutes?: number): void => {
    const model = modelIn(stack, {}, 'Mine');
    Object.defineProperty(model, '_facts', { value: { ...model._facts, hasInferenceCode: false } });
    endpointIn(stack, {
      model,
      asyncInference: {
        outputBucket: Bucket.fromBucketName(stack, 'Outputs', 'outputs'), invocationTimeout: minutes !== undefined ? Duration.minutes(minutes) : undefined,
      },
      dataCapture: undefined,
    });
  };

  test('is warned of where it was asked for', () => {
    const stack = newStack();
    asynchronous(stack, 1);
    Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
      'TensorFlow Serving\'s REST interface gives up after 30 seconds, whatever `asyncInference.invocationTimeout` is.*cdk-tensorflow-serving:servingTimeout'));
  });

  test.each([undefined, 0.5])('is not warned of at %s minutes', (minutes) => {
    const stack = newStack();
    asynchronous(stack, minutes);
    Annotations.fromStack(stack).hasNoWarning('/Stack/Endpoint', Match.anyValue());
  });
});
