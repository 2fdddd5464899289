import { TARGET } from './redeploy-support';
import { redeployStates } from '../../src/training/redeploy-states';
import { trainingDefinition } from '../../src/training/training-definition';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:Redeploy';

test('the function is asked until there is nothing to wait for', () => {
  const task = {
    Type: 'Task',
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Not redeployed' }],
  };
  const status = (StringEquals: string) => ({ Variable: '$.redeployment.status', StringEquals });
  expect(redeployStates({ functionArn: FUNCTION, target: TARGET }, { partition: 'aws-cn', next: 'Done' })).toEqual({
    'Begin to redeploy': {
      Type: 'Pass', Result: { status: 'wait', reason: '', waits: 0, from: null }, ResultPath: '$.redeployment', Next: 'Look at stack',
    },
    'Look at stack': {
      ...task,
      Resource: 'arn:aws-cn:states:::aws-sdk:cloudformation:describeStacks',
      Parameters: { StackName: TARGET.stackId },
      ResultSelector: { 'status.$': 'States.ArrayGetItem($.Stacks[*].StackStatus, 0)' },
      ResultPath: '$.stack',
      Next: 'Redeploy',
    },
    'Redeploy': {
      ...task,
      Resource: 'arn:aws-cn:states:::lambda:invoke',
      Parameters: {
        FunctionName: FUNCTION,
        Payload: {
          'target': TARGET, 'stateMachineArn.$': '$$.StateMachine.Id', 'stackStatus.$': '$.stack.status', 'job.$': '$.job', 'before.$': '$.redeployment',
        },
      },
      ResultSelector: { 'status.$': '$.Payload.status', 'reason.$': '$.Payload.reason', 'waits.$': '$.Payload.waits', 'from.$': '$.Payload.from' },
      ResultPath: '$.redeployment',
      Next: 'Is it redeployed?',
    },
    'Is it redeployed?': {
      Type: 'Choice',
      Choices: [{ ...status('wait'), Next: 'Wait for endpoint' }, { ...status('failed'), Next: 'Redeployment failed' }],
      Default: 'Done',
    },
    'Wait for endpoint': { Type: 'Wait', Seconds: 60, Next: 'Look at stack' },
    'Not redeployed': {
      Type: 'Pass',
      Parameters: { 'reason.$': 'States.Format(\'{} ({})\', $.error.Cause, $.error.Error)' },
      ResultPath: '$.redeployment',
      Next: 'Redeployment failed',
    },
    'Redeployment failed': { Type: 'Fail', Error: 'RedeploymentFailed', CausePath: '$.redeployment.reason' },
  });
});

test('they follow a success that nobody waits for, and no other', () => {
  const definition = (redeploys: boolean): any => trainingDefinition({
    request: { parameters: {}, addressesOfEachJob: [] },
    trainingJobNamePrefix: 'stack-training',
    partition: 'aws',
    capacityRetries: 0,
    signalFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:Signal',
    redeployment: redeploys ? { functionArn: FUNCTION, target: TARGET } : undefined,
  });
  const { 'Is success waited for?': branch, ...others } = definition(true).States;
  const { 'Is success waited for?': without, ...before } = definition(false).States;
  expect(branch).toEqual({ ...without, Default: 'Begin to redeploy' });
  expect(without.Default).toBe('Done');
  expect(others).toEqual({ ...before, ...redeployStates({ functionArn: FUNCTION, target: TARGET }, { partition: 'aws', next: 'Done' }) });
});
