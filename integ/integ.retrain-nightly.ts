import * as path from 'node:path';
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { InstanceType, TensorFlowTrainingJob, TensorFlowVersion, TrainingCode, TrainingInput, TrainingRun } from '../src';

/*
 * A job that trains on spare instances, on a schedule and when it is deployed, and tells of failures; an endpoint that gets its models.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-retrain-nightly');
const example = path.join(__dirname, '..', 'examples', 'train-and-serve');

const job = new TensorFlowTrainingJob(stack, 'Training', {
  run: TrainingRun.onSchedule(ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.ETC_UTC })),
  version: TensorFlowVersion.V2_19,
  code: TrainingCode.fromDirectory(path.join(example, 'training'), { entryPoint: 'train.py' }),
  inputs: { training: TrainingInput.fromAsset(path.join(example, 'data')) },
  hyperparameters: { 'epochs': 100, 'learning-rate': 0.1, 'checkpoint-dir': '/opt/ml/checkpoints' },
  instanceType: InstanceType.of('ml.m5.large'),
  useSpotInstances: true,
  maxRuntime: Duration.hours(1),
  maxWait: Duration.hours(4),
  outputBucket: new Bucket(stack, 'Models', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    autoDeleteObjects: true,
  }),
});
const endpoint = job.deploy('Endpoint', { instanceType: InstanceType.of('ml.c5.large') });
job.redeploys(endpoint);
job.onStateChange('OnFailure', {
  eventPattern: { detail: { TrainingJobStatus: ['Failed'] } },
  target: new SnsTopic(new Topic(stack, 'Failed', { enforceSSL: true })),
});

const test = new IntegTest(app, 'RetrainNightly', { testCases: [stack] });
test.assertions.awsApiCall('sfn', 'ListExecutions', { stateMachineArn: job.stateMachine.stateMachineArn })
  .expect(ExpectedResult.objectLike({ executions: Match.arrayWith([Match.objectLike({ status: 'SUCCEEDED' })]) }));
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
