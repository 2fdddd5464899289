/** How much the training container's own code writes to the log. */
export enum TrainingLogLevel {
  /** Everything. */
  DEBUG = 'DEBUG',
  /** What it does. */
  INFO = 'INFO',
  /** Warnings. */
  WARNING = 'WARNING',
  /** Errors. */
  ERROR = 'ERROR',
  /** Errors that end the job. */
  CRITICAL = 'CRITICAL',
}

/** The level as a number, which is how Python's logging and the container know it. */
export function logLevelNumber(level: TrainingLogLevel): number {
  return 10 * (Object.values(TrainingLogLevel).indexOf(level) + 1);
}
