import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deploymentFunction } from '../model/deployment-function';

/** What the functions deal with for one job. */
export interface RunnerGrants {
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  /** The ARN of the version that runs. */
  readonly versionArn: string;
  /** The ARNs of its training jobs. */
  readonly trainingJobArns: string;
  /** Where its models are. */
  readonly bucket: s3.IBucket;
  /** What their keys begin with. */
  readonly keyPrefix: string;
}

/** Starts and stops runs. */
const START = ['states:StartExecution', 'states:ListExecutions'];
const FOLLOW = ['states:DescribeExecution', 'states:StopExecution'];

/** Stops a job whose run was stopped. */
const STOP_JOB = ['sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'];

/** Finds a model, without reading it. */
const FIND = ['s3:ListBucket'];

/** The functions that start runs for deployments, and tell these of their ends: one of each a stack. */
export class TrainingRunner extends Construct {
  public static of(scope: Construct): TrainingRunner {
    const stack = Stack.of(scope);
    const id = 'TensorFlowTrainingRunner';
    return stack.node.tryFindChild(id) as TrainingRunner | undefined ?? new TrainingRunner(stack, id);
  }

  /** The function behind the custom resource. */
  public readonly serviceToken: string;
  public readonly serviceTimeout = Duration.minutes(5);
  /** The function that tells CloudFormation how a run has ended. */
  public readonly signalFunctionArn: string;
  private readonly runRole: iam.Role;
  private readonly signalRole: iam.Role;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const common = { directory: 'training', memorySize: 256, timeout: this.serviceTimeout };
    const run = deploymentFunction(new Construct(this, 'Run'), {
      ...common, handler: 'training-run.lambda', description: 'Starts the runs of training jobs that deployments wait for',
    });
    const signal = deploymentFunction(new Construct(this, 'Signal'), {
      ...common, handler: 'training-signal.lambda', description: 'Tells deployments how the runs of training jobs have ended',
    });
    this.serviceToken = run.serviceToken;
    this.signalFunctionArn = signal.serviceToken;
    this.runRole = run.role;
    this.signalRole = signal.role;
  }

  /** Lets the functions do their work for a job; the policies are in its scope. */
  public grant(scope: Construct, grants: RunnerGrants): iam.Policy[] {
    const { stateMachineArn, stateMachineName, versionArn, trainingJobArns, bucket, keyPrefix } = grants;
    const executions = Stack.of(scope).formatArn({
      service: 'states', resource: 'execution', resourceName: `${stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const find = () => new iam.PolicyStatement({
      actions: FIND, resources: [bucket.bucketArn], conditions: { StringLike: { 's3:prefix': [`${keyPrefix}*`] } },
    });
    return [
      new iam.Policy(scope, 'RunPolicy', {
        roles: [this.runRole],
        statements: [
          new iam.PolicyStatement({ actions: START, resources: [stateMachineArn, versionArn] }),
          new iam.PolicyStatement({ actions: FOLLOW, resources: [executions] }),
          new iam.PolicyStatement({ actions: STOP_JOB, resources: [trainingJobArns] }),
          find(),
        ],
      }),
      new iam.Policy(scope, 'SignalPolicy', { roles: [this.signalRole], statements: [find()] }),
    ];
  }
}
