import { REDEPLOY, type RedeployTarget } from './redeploy-target';
import { format, type States } from '../private/job-states';

/** How the model of a run gets to an endpoint. */
export interface RedeployRequest {
  /** The function that does it. */
  readonly functionArn: string;
  readonly target: RedeployTarget;
}

/** What the states are between. */
export interface RedeployPlace {
  readonly partition: string;
  /** The state of a run whose model is served, or that has a reason not to serve it. */
  readonly next: string;
}

/** The first of the states, where a run has succeeded that nobody waits for. */
export const FIRST_OF_REDEPLOYMENT = 'Begin to redeploy';

/** Once a minute: the history of an execution has room for a day of it. */
const SECONDS = 60;

/**
 * Gives an endpoint the model of a job, whose description is in `$.job`, and waits until it is served. A run whose model was not served
 * fails.
 */
export function redeployStates({ functionArn, target }: RedeployRequest, { partition, next }: RedeployPlace): States {
  const task = (resource: string) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::${resource}`,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Not redeployed' }],
  });
  return {
    [FIRST_OF_REDEPLOYMENT]: {
      Type: 'Pass', Result: { status: 'wait', reason: '', waits: 0, from: null }, ResultPath: '$.redeployment', Next: 'Look at stack',
    },
    // while CloudFormation is at work, the endpoint is its own
    'Look at stack': {
      ...task('aws-sdk:cloudformation:describeStacks'),
      Parameters: { StackName: target.stackId },
      ResultSelector: { 'status.$': 'States.ArrayGetItem($.Stacks[*].StackStatus, 0)' },
      ResultPath: '$.stack',
      Next: REDEPLOY,
    },
    [REDEPLOY]: {
      ...task('lambda:invoke'),
      Parameters: {
        FunctionName: functionArn,
        Payload: {
          target,
          'stateMachineArn.$': '$$.StateMachine.Id',
          'stackStatus.$': '$.stack.status',
          'job.$': '$.job',
          'before.$': '$.redeployment',
        },
      },
      ResultSelector: { 'status.$': '$.Payload.status', 'reason.$': '$.Payload.reason', 'waits.$': '$.Payload.waits', 'from.$': '$.Payload.from' },
      ResultPath: '$.redeployment',
      Next: 'Is it redeployed?',
    },
    'Is it redeployed?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.redeployment.status', StringEquals: 'wait', Next: 'Wait for endpoint' },
        { Variable: '$.redeployment.status', StringEquals: 'failed', Next: 'Redeployment failed' },
      ],
      Default: next,
    },
    'Wait for endpoint': { Type: 'Wait', Seconds: SECONDS, Next: 'Look at stack' },
    'Not redeployed': {
      Type: 'Pass', Parameters: { 'reason.$': format('{} ({})', '$.error.Cause, $.error.Error') }, ResultPath: '$.redeployment', Next: 'Redeployment failed',
    },
    'Redeployment failed': { Type: 'Fail', Error: 'RedeploymentFailed', CausePath: '$.redeployment.reason' },
  };
}
