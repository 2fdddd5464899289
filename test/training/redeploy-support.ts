import type { DescribeEndpointConfigCommandOutput, DescribeModelCommandOutput, Tag } from '@aws-sdk/client-sagemaker';
import type { RedeployTarget } from '../../src/training/redeploy-target';
import type { RedeployEvent } from '../../src/training/redeployment';

export const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Stack/51af3dc0-da77-11e4-872e-1234567db123';
export const PREFIX = 'stack-training-01234567';
export const JOB = `${PREFIX}-6ba7b810-9dad-11d1-80b4-00c04fd430c8-1`;
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Training';
const NOW = new Date('2026-01-02T03:04:05Z');

export const TARGET: RedeployTarget = {
  stackId: STACK,
  trainingJobNamePrefix: PREFIX,
  outputUri: 's3://models/training',
  revision: 'new',
  endpointName: 'Endpoint',
  variantNames: ['AllTraffic'],
};

/** Where a job has left its archive. */
export const outputOf = (job: string) => `s3://models/training/${PREFIX}-${job}/output/model.tar.gz`;

export function redeployEvent(given: Partial<RedeployEvent> = {}): RedeployEvent {
  return {
    target: TARGET,
    stateMachineArn: MACHINE,
    stackStatus: 'UPDATE_COMPLETE',
    job: { TrainingJobName: JOB, ModelArtifacts: { S3ModelArtifacts: `s3://models/training/${JOB}/output/model.tar.gz` } },
    before: { waits: 0, from: null },
    ...given,
  };
}

/** A model as SageMaker describes it. */
export function model(name: string, given: Partial<DescribeModelCommandOutput> = {}): DescribeModelCommandOutput {
  return {
    $metadata: {}, ModelName: name, ModelArn: `arn:aws:sagemaker:us-east-1:123456789012:model/${name.toLowerCase()}`, CreationTime: NOW, ...given,
  };
}

/** A configuration as SageMaker describes it. */
export function config(name: string, given: Partial<DescribeEndpointConfigCommandOutput> = {}): DescribeEndpointConfigCommandOutput {
  return {
    $metadata: {},
    EndpointConfigName: name,
    EndpointConfigArn: `arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/${name.toLowerCase()}`,
    CreationTime: NOW,
    ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: 'Old', InitialInstanceCount: 1, InstanceType: 'ml.c5.large' }],
    ...given,
  };
}

/** The tags of what was made for a job of the stack. */
export function ownTags(revision = 'new', job = JOB, stack = STACK): Tag[] {
  return [
    { Key: 'cdk-tensorflow-serving:stack', Value: stack },
    { Key: 'cdk-tensorflow-serving:revision', Value: revision },
    { Key: 'cdk-tensorflow-serving:training-job', Value: job },
  ];
}
