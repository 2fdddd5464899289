import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { TrainingStateMachine } from './training-state-machine';
import { type DeploymentFunction, deploymentFunction } from '../model/deployment-function';

/** What the functions deal with to run one job. */
export interface RunnerGrants {
  readonly machine: TrainingStateMachine;
  /** The ARN of the version that runs. */
  readonly versionArn: string;
  /** Where its models are. */
  readonly bucket: s3.IBucket;
  /** What their keys begin with. */
  readonly keyPrefix: string;
}

/** Starts runs, and looks at what they have made. */
const START = ['states:StartExecution'];
const FOLLOW = ['states:DescribeExecution'];

/** Finds runs, and stops them. */
const LIST = ['states:ListExecutions'];
const STOP = ['states:StopExecution', 'states:GetExecutionHistory'];

/** Stops a job whose run was stopped. */
const STOP_JOB = ['sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'];

/** Finds a model, without reading it. */
const FIND = ['s3:ListBucket'];

/** The functions that start and stop runs for deployments, and tell these of their ends: one of each a stack that needs it. */
export class TrainingRunner extends Construct {
  public static of(scope: Construct): TrainingRunner {
    const stack = Stack.of(scope);
    const id = 'TensorFlowTrainingRunner';
    return stack.node.tryFindChild(id) as TrainingRunner | undefined ?? new TrainingRunner(stack, id);
  }

  /** The function behind the custom resources. */
  public readonly serviceToken: string;
  public readonly serviceTimeout = Duration.minutes(5);
  private readonly runRole: iam.Role;
  private signal?: DeploymentFunction;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const run = this.makeFunction('Run', 'training-run.lambda', 'Starts and stops the runs of training jobs');
    this.serviceToken = run.serviceToken;
    this.runRole = run.role;
  }

  /** The function that tells CloudFormation how a run has ended. */
  public get signalFunctionArn(): string {
    return this.signalFunction().serviceToken;
  }

  /** Lets the function stop all runs of a state machine; the policy is in the scope. */
  public grantStop(scope: Construct, { stateMachine: { stateMachineArn }, executionArns, trainingJobArns }: TrainingStateMachine): iam.Policy {
    return new iam.Policy(scope, 'Policy', {
      roles: [this.runRole],
      statements: [
        new iam.PolicyStatement({ actions: LIST, resources: [stateMachineArn] }),
        new iam.PolicyStatement({ actions: STOP, resources: [executionArns] }),
        new iam.PolicyStatement({ actions: STOP_JOB, resources: [trainingJobArns] }),
      ],
    });
  }

  /** Lets the functions run a job for deployments; the policies are in its scope. */
  public grantRun(scope: Construct, { machine, versionArn, bucket, keyPrefix }: RunnerGrants): iam.Policy[] {
    const find = () => new iam.PolicyStatement({
      actions: FIND, resources: [bucket.bucketArn], conditions: { StringLike: { 's3:prefix': [`${keyPrefix}*`] } },
    });
    return [
      new iam.Policy(scope, 'RunPolicy', {
        roles: [this.runRole],
        statements: [
          new iam.PolicyStatement({ actions: START, resources: [machine.stateMachine.stateMachineArn, versionArn] }),
          new iam.PolicyStatement({ actions: FOLLOW, resources: [machine.executionArns] }),
          find(),
        ],
      }),
      new iam.Policy(scope, 'SignalPolicy', { roles: [this.signalFunction().role], statements: [find()] }),
    ];
  }

  private signalFunction(): DeploymentFunction {
    this.signal ??= this.makeFunction('Signal', 'training-signal.lambda', 'Tells deployments how the runs of training jobs have ended');
    return this.signal;
  }

  private makeFunction(id: string, handler: string, description: string): DeploymentFunction {
    return deploymentFunction(new Construct(this, id), {
      handler, description, directory: 'training', memorySize: 256, timeout: this.serviceTimeout,
    });
  }
}
