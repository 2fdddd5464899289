import * as path from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { InferenceCode, ModelArtifact, ModelFromArtifact, TensorFlowVersion } from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

const CODE = path.join(__dirname, '..', '..', 'integ', 'inference');

function modelWithCode(stack: Stack, id = 'Model', key = '7/model.tar.gz', revision?: string): ModelFromArtifact {
  const bucket = Bucket.fromBucketName(stack, `${id}Bucket`, 'models');
  return new ModelFromArtifact(stack, id, {
    artifact: ModelArtifact.fromBucket(bucket, key, { revision }),
    version: TensorFlowVersion.V2_19,
    code: InferenceCode.fromDirectory(CODE),
  });
}

test('the model is a copy of the archive, made during the deployment', () => {
  const stack = newStack();
  modelWithCode(stack);
  const template = validTemplate(stack);
  const [id, resource] = Object.entries(template.findResources('Custom::ModelArchiveWithCode'))[0];
  const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
  expect(resource.Properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^TensorFlowModelArchivePacker/), 'Arn'] },
    ServiceTimeout: '900',
    SourceBucket: 'models',
    SourceKey: '7/model.tar.gz',
    CodeBucket: 'cdk-hnb659fds-assets-123456789012-us-east-1',
    CodeKey: expect.stringMatching(/^[0-9a-f]{64}\.tar\.gz$/),
    TargetBucket: { Ref: bucket },
    TargetPrefix: expect.stringMatching(/^c8[0-9a-f]{40}$/),
  });
  template.hasResourceProperties('AWS::SageMaker::Model', {
    EnableNetworkIsolation: true,
    PrimaryContainer: { ModelDataUrl: { 'Fn::Join': ['', ['s3://', { Ref: bucket }, '/', { 'Fn::GetAtt': [id, 'Key'] }]] } },
  });
});

test('the model may read the copy, and the function the archive and the code, and neither anything else', () => {
  const stack = newStack();
  modelWithCode(stack);
  const template = validTemplate(stack);
  const arn = (...rest: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...rest]] });
  const [id] = Object.keys(template.findResources('Custom::ModelArchiveWithCode'));
  const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([{
        Action: 's3:GetObject',
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, '/', { 'Fn::GetAtt': [id, 'Key'] }]] },
      }]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^ModelRole') }],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{
        Action: 's3:GetObject',
        Effect: 'Allow',
        Resource: [
          arn(':s3:::models/7/model.tar.gz'),
          arn(Match.stringLikeRegexp('^:s3:::cdk-hnb659fds-assets-123456789012-us-east-1/[0-9a-f]{64}\\.tar\\.gz$')),
        ],
      }],
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowModelArchivePackerRole') }],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([{
        Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, '/*']] },
      }, {
        Action: 's3:ListBucket',
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [bucket, 'Arn'] },
      }]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowModelArchivePackerRole') }],
  });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
    ManagedPolicyArns: Match.absent(),
  });
});

test('the copy is made only when the function may read', () => {
  const stack = newStack();
  modelWithCode(stack);
  const template = validTemplate(stack);
  const [resource] = Object.values(template.findResources('Custom::ModelArchiveWithCode'));
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, { Properties }]) => Properties.Roles[0].Ref.startsWith('TensorFlowModelArchivePacker')).map(([id]) => id);
  expect(policies).toHaveLength(2);
  expect(resource.DependsOn).toEqual(expect.arrayContaining(policies));
});

test('a stack has one function and one bucket for all its models', () => {
  const stack = newStack();
  modelWithCode(stack, 'One');
  modelWithCode(stack, 'Two', 'other.tar.gz');
  const template = validTemplate(stack);
  template.resourceCountIs('Custom::ModelArchiveWithCode', 2);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.resourceCountIs('AWS::S3::Bucket', 1);
});

test('the bucket is private, encrypted, and takes no unencrypted request', () => {
  const stack = newStack();
  modelWithCode(stack);
  const template = validTemplate(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
  });
});

test('each model has copies of its own, whatever it shares with another', () => {
  const stack = newStack();
  modelWithCode(stack, 'One');
  modelWithCode(stack, 'Two');
  const prefixes = Object.values(validTemplate(stack).findResources('Custom::ModelArchiveWithCode')).map(({ Properties }) => Properties.TargetPrefix);
  expect(new Set(prefixes).size).toBe(2);
});

test('a revision is part of what a copy is made of', () => {
  const stack = newStack();
  modelWithCode(stack, 'Model', 'a.tar.gz', '7');
  validTemplate(stack).hasResourceProperties('Custom::ModelArchiveWithCode', { SourceKey: 'a.tar.gz', Revision: '7' });
});

test('the copy of an encrypted archive is encrypted with the same key, which the model may decrypt with', () => {
  const stack = newStack();
  const encryptionKey = new Key(stack, 'Key');
  new ModelFromArtifact(stack, 'Model', {
    artifact: ModelArtifact.fromBucket(new Bucket(stack, 'Bucket', { encryptionKey }), 'model.tar.gz'),
    version: TensorFlowVersion.V2_19,
    code: InferenceCode.fromDirectory(CODE),
  });
  const template = validTemplate(stack);
  const keyArn = stack.resolve(encryptionKey.keyArn);
  template.hasResourceProperties('Custom::ModelArchiveWithCode', { TargetEncryptionKey: keyArn });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([{ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: keyArn }]) },
    Roles: [{ Ref: Match.stringLikeRegexp('^TensorFlowModelArchivePackerRole') }],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: keyArn }]) },
    Roles: [{ Ref: Match.stringLikeRegexp('^ModelRole') }],
  });
});

test('a key that is only known when the stack is deployed is passed on', () => {
  const stack = newStack();
  modelWithCode(stack, 'Model', Lazy.string({ produce: () => 'later.tar.gz' }));
  validTemplate(stack).hasResourceProperties('Custom::ModelArchiveWithCode', {
    SourceKey: 'later.tar.gz',
  });
});

test('roles may be made elsewhere', () => {
  const stack = newStack();
  Role.customizeRoles(stack, { usePrecreatedRoles: { 'Stack/Model/Role': 'model', 'Stack/TensorFlowModelArchivePacker/Role': 'packer' } });
  modelWithCode(stack);
  validTemplate(stack).resourceCountIs('AWS::IAM::Role', 0);
});
