import * as path from 'node:path';
import { App, CfnOutput, Duration, Stack, TimeZone, type StackProps } from 'aws-cdk-lib';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { InstanceType, TensorFlowTrainingJob, TensorFlowVersion, TrainingCode, TrainingInput, TrainingRun } from 'cdk-tensorflow-serving';

const example = path.join(__dirname, '..', 'train-and-serve');

/**
 * A model that is trained every night on spare instances, which cost less and can be taken away: the script goes on from its checkpoint
 * then. An endpoint serves the latest model.
 */
class RetrainNightly extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const models = new Bucket(this, 'Models', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    const job = new TensorFlowTrainingJob(this, 'Training', {
      run: TrainingRun.onSchedule(ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.ETC_UTC })),
      version: TensorFlowVersion.V2_19,
      code: TrainingCode.fromDirectory(path.join(example, 'training'), { entryPoint: 'train.py' }),
      inputs: { training: TrainingInput.fromAsset(path.join(example, 'data')) },
      hyperparameters: { 'epochs': 100, 'learning-rate': 0.1, 'checkpoint-dir': '/opt/ml/checkpoints' },
      instanceType: InstanceType.of('ml.m5.large'),
      useSpotInstances: true,
      maxRuntime: Duration.hours(1),
      maxWait: Duration.hours(4),
      outputBucket: models,
    });

    const endpoint = job.deploy('Endpoint', { instanceType: InstanceType.of('ml.c5.large') });
    job.redeploys(endpoint);

    const failed = new Topic(this, 'Failed', { enforceSSL: true });
    job.onStateChange('OnFailure', {
      eventPattern: { detail: { TrainingJobStatus: ['Failed'] } },
      target: new SnsTopic(failed),
    });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    new CfnOutput(this, 'BucketName', { value: models.bucketName });
    new CfnOutput(this, 'TopicArn', { value: failed.topicArn });
  }
}

new RetrainNightly(new App(), 'RetrainNightly', {});
