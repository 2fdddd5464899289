import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Arrival } from './arrival';
import { arrivalDefinition } from './arrival-definition';
import type { TransformDataSource } from './transform-data-source';
import { JsonStateMachine } from '../private/json-state-machine';

/** What arrives, and what is started by it. */
export interface TransformArrivalProps {
  readonly arrival: Arrival;
  /** Where it arrives. */
  readonly source: TransformDataSource;
  /** The ARN of the state machine that does the transform. */
  readonly stateMachineArn: string;
}

/** Starts runs for objects that arrive. */
export class TransformArrival extends Construct {
  constructor(scope: Construct, id: string, props: TransformArrivalProps) {
    super(scope, id);
    const { arrival, source, stateMachineArn } = props;
    const { account, partition } = Stack.of(this);
    const { stateMachine } = new JsonStateMachine(this, 'StateMachine', {
      definition: arrivalDefinition({ arrival, stateMachineArn, partition }),
      statements: () => [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] })],
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': account } } }),
    });
    stateMachine.grantStartExecution(role);
    new events.Rule(this, 'Rule', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [source.bucket.bucketName] }, object: { key: keysOf(arrival, source.path) } },
      },
      targets: [{ bind: () => ({ arn: stateMachine.stateMachineArn, role }) }],
    });
  }
}

/** The keys of what arrives below a prefix. */
function keysOf({ kind, ending }: Arrival, prefix: string): unknown[] {
  const below = (pattern: string) => ({ wildcard: `${literally(prefix)}${pattern}${literally(ending)}` });
  if (kind === 'manifest') {
    return [below('*')];
  }
  const isFolder = prefix === '' || Token.isUnresolved(prefix) || prefix.endsWith('/');
  return [...isFolder ? [`${prefix}${ending}`] : [], below('*/')];
}

/** What matches a text and nothing else; of a token nobody knows the characters. */
function literally(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[\\*]/g, '\\$&');
}
