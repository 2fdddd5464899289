import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type IResolvable, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** What a state machine does, and what it may do. */
export interface JsonStateMachineProps {
  /** The definition in the Amazon States Language; values may be tokens, and all of it may be known later only. */
  readonly definition: { readonly [field: string]: unknown } | IResolvable;
  /** What its role must be allowed. */
  readonly statements: (role: iam.IRole) => readonly iam.PolicyStatement[];
}

/** A state machine with a role and a log of its own. */
export class JsonStateMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: JsonStateMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    });
    props.statements(this.role).forEach((statement) => this.role.addToPrincipalPolicy(statement));
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      role: this.role,
      definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(props.definition)),
      logs: {
        destination: new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
        level: sfn.LogLevel.ERROR,
        includeExecutionData: true, // why it failed; what goes in and out is not of this level
      },
    });
  }
}
