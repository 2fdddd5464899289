import * as path from 'node:path';
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from 'cdk-tensorflow-serving';

/** An endpoint that queues requests, writes answers to a bucket, and has no instance while there is nothing to do. */
class AsyncToZero extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
    const failed = new Topic(this, 'Failed', { enforceSSL: true });

    const model = new ModelFromArtifact(this, 'Model', {
      artifact: ModelArtifact.fromSavedModel(path.join(__dirname, '..', 'models', 'half_plus_three')),
      version: TensorFlowVersion.V2_19,
    });
    const endpoint = new TensorFlowServingEndpoint(this, 'Endpoint', {
      model,
      instanceType: InstanceType.of('ml.c5.large'),
      asyncInference: {
        outputBucket: bucket,
        errorTopic: failed,
        maxConcurrentInvocationsPerInstance: 4,
      },
    });

    // from none to four instances and back
    endpoint.autoScaleInstanceCount({ minCapacity: 0, maxCapacity: 4 })
      .scaleOnBacklog('Backlog', { backlogPerInstance: 5 });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
  }
}

new AsyncToZero(new App(), 'AsyncToZero', {});
