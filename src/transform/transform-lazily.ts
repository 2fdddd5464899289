/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first used: an app pays only for what its transforms do */

/** Rules for the states of jobs. */
export function jobStateRule(): typeof import('../private/job-state-rule') {
  return require('../private/job-state-rule');
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
