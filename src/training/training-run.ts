import type * as scheduler from 'aws-cdk-lib/aws-scheduler';

/** Options for a job that runs on a schedule. */
export interface ScheduledTrainingOptions {
  /**
   * Whether it also runs when it is deployed for the first time, and when it changes.
   *
   * @default true
   */
  readonly runOnDeploy?: boolean;
}

/** When a training job runs. When the job or its stack is deleted, whatever runs it is in are stopped, and their training jobs with them. */
export class TrainingRun {
  /**
   * It runs when it is deployed, and again when its code, its settings, or the revision of its data changes. The deployment waits for
   * it, at most 12 hours, and is undone if it fails.
   *
   * A run that has succeeded is not repeated: a deployment that is tried again, or goes back to what it was before, finds its model.
   */
  public static onDeploy(): TrainingRun {
    return new TrainingRun(true);
  }

  /**
   * It runs on a schedule, and when it is deployed. A deployed model stays the one of the deployment.
   *
   * @param schedule when it runs, such as `ScheduleExpression.cron({ hour: '2', minute: '0' })`
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  public static onSchedule(schedule: scheduler.ScheduleExpression, options: ScheduledTrainingOptions = {}): TrainingRun {
    return new TrainingRun(options.runOnDeploy ?? true, schedule);
  }

  /** It runs only when somebody starts an execution of its state machine. */
  public static onDemand(): TrainingRun {
    return new TrainingRun(false);
  }

  /** Whether a deployment waits for it. @internal */
  public readonly _onDeploy: boolean;

  /** @internal */
  public readonly _schedule?: scheduler.ScheduleExpression;

  private constructor(onDeploy: boolean, schedule?: scheduler.ScheduleExpression) {
    this._onDeploy = onDeploy;
    this._schedule = schedule;
  }
}
