import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Aws, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { RedeployRequest } from './redeploy-states';
import type { BoundRegistration } from './registration-request';
import { trainingDefinition } from './training-definition';
import type { BoundTrainingRequest } from './training-request';

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

/** Does a job and waits for it. */
const RUN_JOB = ['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob', 'sagemaker:AddTags', 'sagemaker:ListTags'];

/** Lets a job have the instances that a plan has reserved. */
const USE_PLAN = ['sagemaker:CreateTrainingJob'];

/** Makes the rule of Step Functions' own by which it hears of jobs. */
const HEAR_OF_JOBS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];
const RULE = 'StepFunctionsGetEventsForSageMakerTrainingJobsRule';

/** The state machine that runs a training job. */
export class TrainingStateMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  /** The ARNs that its training jobs have. */
  public readonly trainingJobArns: string;
  /** The ARNs that its executions have. */
  public readonly executionArns: string;
  private redeployment?: RedeployRequest;

  constructor(scope: Construct, id: string, props: TrainingStateMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.trainingJobArns = stack.formatArn({ service: 'sagemaker', resource: 'training-job', resourceName: `${props.trainingJobNamePrefix}-*` });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    });
    [...this.statements(props), ...props.registration?.statements(role) ?? []].forEach((statement) => role.addToPrincipalPolicy(statement));
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      role,
      // what it redeploys is known later
      definitionBody: sfn.DefinitionBody.fromString(Lazy.uncachedString({ produce: () => stack.toJsonString(this.definition(props)) })),
      logs: {
        destination: new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
        level: sfn.LogLevel.ERROR,
        includeExecutionData: true, // why it failed; what goes in and out is not of this level
      },
    });
    this.executionArns = stack.formatArn({
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

  private statements({ request: { role }, trainingPlanArn, signalFunctionArn }: TrainingStateMachineProps): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({ actions: RUN_JOB, resources: [this.trainingJobArns] }),
      ...trainingPlanArn === undefined ? [] : [new iam.PolicyStatement({
        actions: USE_PLAN,
        resources: [trainingPlanArn, Stack.of(this).formatArn({ service: 'sagemaker', resource: 'reserved-capacity', resourceName: '*' })],
      })],
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
      new iam.PolicyStatement({
        actions: HEAR_OF_JOBS,
        resources: [Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName: RULE })],
      }),
      ...signalFunctionArn === undefined ? [] : [new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [signalFunctionArn] })],
    ];
  }
}
