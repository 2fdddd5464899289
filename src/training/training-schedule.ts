import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IDependable } from 'constructs';

/** Runs a state machine on a schedule, which is deleted before the runs are stopped. */
export function runOnSchedule(scope: Construct, schedule: scheduler.ScheduleExpression, stateMachine: IStateMachine, runs: IDependable): void {
  new scheduler.Schedule(scope, 'Schedule', { schedule, target: new StepFunctionsStartExecution(stateMachine, {}) }).node.addDependency(runs);
}
