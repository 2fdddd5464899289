import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Aws, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { RedeployRequest } from './redeploy-states';
import type { BoundRegistration } from './registration-request';
import { trainingDefinition } from './training-definition';
import type { BoundTrainingRequest } from './training-request';
import { jobArns, jobStatements } from '../private/job-rights';
import { JsonStateMachine } from '../private/json-state-machine';

/** What runs, and how. */
export interface TrainingStateMachineProps {
  readonly request: BoundTrainingRequest;
  /** What the names of all training jobs begin with, up to a hyphen. */
  readonly trainingJobNamePrefix: string;
  readonly capacityRetries: number;
  /** The ARN of the plan that has reserved the instances, if there is one. */
  readonly trainingPlanArn?: string;
  /** The function that tells deployments how runs have ended, if they wait for them. */
  readonly signalFunctionArn?: string;
  /** How the model of each run is registered, if it is. */
  readonly registration?: BoundRegistration;
}

/** Lets a job have the instances that a plan has reserved. */
const USE_PLAN = ['sagemaker:CreateTrainingJob'];

/** The state machine that runs a training job. */
export class TrainingStateMachine extends JsonStateMachine {
  /** The ARNs that its training jobs have. */
  public readonly trainingJobArns: string;
  /** The ARNs that its executions have. */
  public readonly executionArns: string;
  private redeployment?: RedeployRequest;

  constructor(scope: Construct, id: string, props: TrainingStateMachineProps) {
    super(scope, id, {
      // what it redeploys is known later
      definition: Lazy.uncachedAny({ produce: () => this.definition(props) }),
      statements: (role) => [...statementsOf(scope, props), ...props.registration?.statements(role) ?? []],
    });
    this.trainingJobArns = jobArns(this, 'TrainingJob', props.trainingJobNamePrefix);
    this.executionArns = Stack.of(this).formatArn({
      service: 'states', resource: 'execution', resourceName: `${this.stateMachine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /**
   * The ARN of the state machine as it is now. For some seconds after an update, an execution of the state machine itself might be one of
   * what it was before.
   */
  public version(): string {
    return new sfn.CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.stateMachine.stateMachineArn,
      stateMachineRevisionId: this.stateMachine.stateMachineRevisionId,
    }).attrArn;
  }

  /** Gives an endpoint the models of runs that no deployment waits for. */
  public redeploy(request: RedeployRequest): void {
    this.redeployment = request;
    this.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [request.functionArn] }));
    this.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }));
  }

  private definition({ registration, ...props }: TrainingStateMachineProps): object {
    return trainingDefinition({
      ...props, registration: registration?.request, redeployment: this.redeployment, partition: Stack.of(this).partition,
    });
  }
}

function statementsOf(
  scope: Construct, { request: { role }, trainingJobNamePrefix, trainingPlanArn, signalFunctionArn }: TrainingStateMachineProps,
): iam.PolicyStatement[] {
  const [doJobs, hearOfJobs] = jobStatements(scope, 'TrainingJob', trainingJobNamePrefix);
  return [
    doJobs,
    ...trainingPlanArn === undefined ? [] : [new iam.PolicyStatement({
      actions: USE_PLAN,
      resources: [trainingPlanArn, Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'reserved-capacity', resourceName: '*' })],
    })],
    new iam.PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }),
    hearOfJobs,
    ...signalFunctionArn === undefined ? [] : [new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [signalFunctionArn] })],
  ];
}
