import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from '../src';
import { MODELS } from './support/synthesis';

/** What AwsSolutions finds in a stack. */
function findings(build: (stack: Stack) => void): string[] {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  build(stack);
  app.synth(); // so that the aspects have been there
  return new AwsSolutionsChecks().validateScope(stack).violations
    .flatMap((violation) => violation.violatingResources.map((r) => `${violation.ruleName} at ${r.constructPath ?? r.resourceLogicalId}`))
    .map((finding) => finding.replace(/Rights[0-9a-f]{8}/, 'Rights'))
    .sort();
}

/** Why each wildcard is there. */
const REASONS = {
  // The log group has the name of the endpoint, which is made after the model and its role.
  LOGS: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/*]',
  // ecr:GetAuthorizationToken, cloudwatch:PutMetricData (kept to one namespace) and ec2:Describe* take no resource.
  NO_RESOURCE: 'AwsSolutions-IAM5[Resource::*]',
  // Network interfaces get their ids when the container starts; they are kept to the model's subnets and groups.
  NETWORK_INTERFACES: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:us-east-1:123456789012:network-interface/*]',
  // The function writes, and later takes away, a copy for each archive and code that the stack has had.
  COPIES: 'AwsSolutions-IAM5[Resource::<TensorFlowModelArchivePackerBucket78053490.Arn>/*]',
  // Access logs would need a bucket of their own, for copies that only the stack's function and models can reach.
  NO_ACCESS_LOGS: 'AwsSolutions-S1',
  // A subnet that another account shares is in that account.
  SHARED_SUBNETS: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:us-east-1:*:subnet/subnet-1]',
  // Uncompressed data is all objects under its prefix.
  PREFIX: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::models/7/*]',
};

const at = (place: string, ...reasons: string[]) => reasons.map((reason) => `${reason} at ${place}`).sort();

/** The policies of a model are named by what is in them. */
const MODEL_RIGHTS = 'Stack/Model/Rights/Resource';

test('a SavedModel on an endpoint has only wildcards that cannot be narrower', () => {
  expect(findings((stack) => {
    const model = new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')), version: TensorFlowVersion.V2_19,
    });
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });
  })).toEqual(at(MODEL_RIGHTS, REASONS.NO_RESOURCE, REASONS.LOGS));
});

test('uncompressed data adds its prefix', () => {
  expect(findings((stack) => {
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucketPrefix(Bucket.fromBucketName(stack, 'Bucket', 'models'), '7/'), version: TensorFlowVersion.V2_19,
    });
  })).toEqual(at(MODEL_RIGHTS, REASONS.NO_RESOURCE, REASONS.LOGS, REASONS.PREFIX));
});

test('an archive that gets code adds the bucket that it is copied into', () => {
  expect(findings((stack) => {
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'model.tar.gz'),
      version: TensorFlowVersion.V2_19,
      code: InferenceCode.fromDirectory(path.join(__dirname, '..', 'integ', 'inference')),
    });
  }).filter((finding) => !finding.includes('Stack/Model/'))).toEqual([
    ...at('Stack/TensorFlowModelArchivePacker/Role/DefaultPolicy/Resource', REASONS.COPIES),
    ...at('Stack/TensorFlowModelArchivePacker/Bucket/Resource', REASONS.NO_ACCESS_LOGS),
  ]);
});

test('a VPC adds the network interfaces', () => {
  expect(findings((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['us-east-1a'], isolatedSubnetIds: ['subnet-1'],
    });
    new ModelFromArtifact(stack, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
  })).toEqual(at(MODEL_RIGHTS, REASONS.NO_RESOURCE, REASONS.NETWORK_INTERFACES, REASONS.SHARED_SUBNETS, REASONS.LOGS));
});
