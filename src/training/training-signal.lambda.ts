import { S3Client } from '@aws-sdk/client-s3';
import { isThere, modelOf, type TrainingJobDescription } from './model-of-job';
import { signal, type WaitConditionSignal } from './wait-condition';

/** What a run says of how it has ended. */
export interface RunEndEvent {
  /** Where CloudFormation waits. */
  readonly signalUrl: string;
  /** The description of its job, if that has succeeded. */
  readonly job?: TrainingJobDescription;
  /** Why it has failed, if it has. */
  readonly reason?: string;
}

/** What Amazon EventBridge says of an execution that has ended in any other way than by itself. */
export interface ExecutionEndEvent {
  readonly detail: {
    readonly name: string;
    readonly status: string;
    /** The input as JSON. */
    readonly input?: string | null;
    readonly cause?: string | null;
  };
}

/** What the run is told. */
export interface SignalResult {
  /** Why the run has failed after all; null if it has not. */
  readonly failure: string | null;
}

/**
 * Decides what to tell CloudFormation of a run.
 *
 * @param modelIsThere whether there is something where its job has put the model
 */
export function decide({ job, reason }: RunEndEvent, modelIsThere: boolean): WaitConditionSignal {
  const model = job === undefined ? undefined : modelOf(job);
  if (job === undefined || reason !== undefined) {
    return { Status: 'FAILURE', Reason: reason ?? 'the run has failed' };
  }
  return model === undefined || !modelIsThere
    ? { Status: 'FAILURE', Reason: `training job ${job.TrainingJobName} has left no model: save it where the variable SM_MODEL_DIR says, which is /opt/ml/model` }
    : { Status: 'SUCCESS', Reason: `training job ${job.TrainingJobName} has completed`, Data: model.key };
}

/** The end of a run that CloudFormation waits for, as the run itself would have told it; undefined if nobody waits for it. */
export function runEndOf({ detail: { name, status, input, cause } }: ExecutionEndEvent): RunEndEvent | undefined {
  const signalUrl = signalUrlIn(input);
  return signalUrl === undefined ? undefined : { signalUrl, reason: cause || `execution ${name} of the state machine has ended: ${status}` };
}

/** Tells CloudFormation of a run. */
export async function handler(event: RunEndEvent | ExecutionEndEvent): Promise<SignalResult> {
  if ('detail' in event) {
    const end = runEndOf(event);
    if (end !== undefined) {
      await signal(end.signalUrl, decide(end, false)).catch(() => {}); // most have told it themselves, or nobody waits any more
    }
    return { failure: null };
  }
  const model = event.job === undefined ? undefined : modelOf(event.job);
  const told = decide(event, model !== undefined && await isThere(new S3Client({}), model));
  await signal(event.signalUrl, told);
  return { failure: told.Status === 'FAILURE' ? told.Reason : null };
}

function signalUrlIn(input: string | null | undefined): string | undefined {
  try {
    const { signalUrl } = JSON.parse(input ?? '{}');
    return typeof signalUrl === 'string' ? signalUrl : undefined;
  } catch {
    return undefined;
  }
}
