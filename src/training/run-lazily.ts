/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: an app pays only for what its jobs do */

/** Rules of Amazon EventBridge. */
export function events(): typeof import('aws-cdk-lib/aws-events') {
  return require('aws-cdk-lib/aws-events');
}

/** Schedules of runs. */
export function trainingSchedule(): typeof import('./training-schedule') {
  return require('./training-schedule');
}

/** Models of jobs. */
export function trainedArtifact(): typeof import('./trained-artifact') {
  return require('./trained-artifact');
}

/** Runs of deployments. */
export function trainingDeployment(): typeof import('./training-deployment') {
  return require('./training-deployment');
}

/** The functions that runs of deployments need. */
export function trainingRunner(): typeof import('./training-runner') {
  return require('./training-runner');
}

/** The state machine of a job. */
export function trainingStateMachine(): typeof import('./training-state-machine') {
  return require('./training-state-machine');
}
