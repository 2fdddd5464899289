/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: an app pays only for what its transforms do */

/** Rules of Amazon EventBridge. */
export function events(): typeof import('aws-cdk-lib/aws-events') {
  return require('aws-cdk-lib/aws-events');
}

/** Schedules of runs. */
export function stateMachineSchedule(): typeof import('../private/state-machine-schedule') {
  return require('../private/state-machine-schedule');
}

/** Runs on arrival. */
export function transformArrival(): typeof import('./transform-arrival') {
  return require('./transform-arrival');
}

/** The state machine of runs. */
export function jsonStateMachine(): typeof import('../private/json-state-machine') {
  return require('../private/json-state-machine');
}
