import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IDependable } from 'constructs';

/**
 * Runs a state machine on a schedule.
 *
 * @param before what is there before the schedule, and deleted only after it
 */
export function runOnSchedule(
  scope: Construct, schedule: scheduler.ScheduleExpression, stateMachine: IStateMachine, ...before: IDependable[]
): void {
  new scheduler.Schedule(scope, 'Schedule', { schedule, target: new StepFunctionsStartExecution(stateMachine, {}) }).node.addDependency(...before);
}
