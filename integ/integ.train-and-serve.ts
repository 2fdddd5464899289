import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { InstanceType, TensorFlowTrainingJob, TensorFlowVersion, TrainingCode, TrainingInput } from '../src';

/*
 * A job that trains while the stack is deployed, and an endpoint that serves what it has trained.
 */
const app = new App();
const stack = new Stack(app, 'cdk-tensorflow-serving-train-and-serve');
const example = path.join(__dirname, '..', 'examples', 'train-and-serve');

const job = new TensorFlowTrainingJob(stack, 'Training', {
  version: TensorFlowVersion.V2_19,
  code: TrainingCode.fromDirectory(path.join(example, 'training'), { entryPoint: 'train.py' }),
  inputs: { training: TrainingInput.fromAsset(path.join(example, 'data')) },
  hyperparameters: { 'epochs': 100, 'learning-rate': 0.1 },
  instanceType: InstanceType.of('ml.m5.large'),
  maxRuntime: Duration.hours(1),
  metricDefinitions: [
    { name: 'training:loss', regex: ' loss: ([-+.0-9e]+)' },
    { name: 'validation:loss', regex: ' val_loss: ([-+.0-9e]+)' },
  ],
  outputBucket: new Bucket(stack, 'Models', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    autoDeleteObjects: true,
  }),
});
const endpoint = job.deploy('Endpoint', { instanceType: InstanceType.of('ml.c5.large') });

const test = new IntegTest(app, 'TrainAndServe', { testCases: [stack] });
test.assertions.awsApiCall('sagemaker', 'DescribeEndpoint', { EndpointName: endpoint.endpointName })
  .expect(ExpectedResult.objectLike({ EndpointStatus: 'InService' }));
