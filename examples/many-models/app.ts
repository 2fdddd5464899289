import * as path from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { InstanceType, ModelArtifact, ModelFromArtifact, MultiModel, TensorFlowServingEndpoint, TensorFlowVersion } from 'cdk-tensorflow-serving';

/** Many models behind one endpoint: a request says which one it wants, and an instance loads it when it is first wanted. */
class ManyModels extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const models = MultiModel.fromPrefix(bucket, 'models/');
    const directory = path.join(__dirname, '..', 'models', 'half_plus_three');
    for (const customer of ['north', 'south']) {
      models.addModel(customer, ModelArtifact.fromSavedModel(directory)); // requests ask for north.tar.gz and south.tar.gz
    }

    const model = new ModelFromArtifact(this, 'Models', { artifact: models, version: TensorFlowVersion.V2_19 });
    const endpoint = new TensorFlowServingEndpoint(this, 'Endpoint', { model, instanceType: InstanceType.of('ml.m5.xlarge') });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
  }
}

new ManyModels(new App(), 'ManyModels', {});
