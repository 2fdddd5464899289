/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: an app pays only for what its jobs do */

/** Rules for the states of jobs. */
export function jobStateRule(): typeof import('../private/job-state-rule') {
  return require('../private/job-state-rule');
}

/** What registers models. */
export function registrationRequest(): typeof import('./registration-request') {
  return require('./registration-request');
}

/** Schedules of runs. */
export function stateMachineSchedule(): typeof import('../private/state-machine-schedule') {
  return require('../private/state-machine-schedule');
}

/** Models of jobs. */
export function trainedArtifact(): typeof import('./trained-artifact') {
  return require('./trained-artifact');
}

/** Runs of deployments. */
export function trainingDeployment(): typeof import('./training-deployment') {
  return require('./training-deployment');
}

/** The functions that see to runs. */
export function trainingRunner(): typeof import('./training-runner') {
  return require('./training-runner');
}

/** All runs of a job. */
export function trainingRuns(): typeof import('./training-runs') {
  return require('./training-runs');
}

/** Updates of endpoints by later runs. */
export function trainingRedeployment(): typeof import('./training-redeployment') {
  return require('./training-redeployment');
}

/** The state machine of a job. */
export function trainingStateMachine(): typeof import('./training-state-machine') {
  return require('./training-state-machine');
}
