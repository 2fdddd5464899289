import * as path from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A function that stands for resources while a stack is deployed. */
export interface DeploymentFunctionProps {
  /** The directory of its handler's file; `model` where it is left out. */
  readonly directory?: string;
  /** The name of its handler's file, without `.ts`. */
  readonly handler: string;
  readonly description: string;
  /** How much memory it has; 2048 MiB where it is left out: a whole CPU, which gunzip and gzip need. */
  readonly memorySize?: number;
  /** How long it may take; 15 minutes, the longest that there is, where it is left out. */
  readonly timeout?: Duration;
  /** How long its call may wait for its turn. */
  readonly maxEventAge?: Duration;
}

/** What there is of it. */
export interface DeploymentFunction {
  readonly role: iam.Role;
  readonly serviceToken: string;
}

/** Makes such a function, with its role and its logs, in the scope. */
export function deploymentFunction(scope: Construct, props: DeploymentFunctionProps): DeploymentFunction {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const { functionArn } = new lambda.Function(scope, 'Function', {
    description: props.description,
    code: lambda.Code.fromAsset(path.join(__dirname, '..', '..', 'assets', props.directory ?? 'model', props.handler)),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    memorySize: props.memorySize ?? 2048,
    timeout: props.timeout ?? Duration.minutes(15),
    retryAttempts: 0, // CloudFormation has its answer after the first
    maxEventAge: props.maxEventAge,
    role,
    logGroup,
  });
  return { role, serviceToken: functionArn };
}
