import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, type ExecutionStatus, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type AllRunsEvent, seeToAllRuns } from './all-runs';
import { isThere, modelOf, type TrainedModel, type TrainingJobDescription } from './model-of-job';
import { executionArn, executionsOf, stopExecution, stopJobs, unlessGone } from './stopping-runs';
import { signal } from './wait-condition';
import { answering, type Done, idBefore, type ResourceEvent, type RunContext } from '../model/deployment-answer';

/** What CloudFormation asks of the function: to see to a run of one revision of a training job. */
export interface TrainingRunEvent extends ResourceEvent {
  readonly ResourceProperties: {
    readonly StateMachineArn: string;
    /** The version of the state machine that runs this revision: the newest definition is used by and by only. */
    readonly StateMachineVersionArn: string;
    /** Changes when the job is to be run again. */
    readonly Revision: string;
    /** What the names of the training jobs begin with, up to a hyphen. */
    readonly TrainingJobNamePrefix: string;
    /** How many jobs a run may have, one after another; CloudFormation makes a text of it. */
    readonly Attempts: string | number;
    /** Where CloudFormation waits for the end of the run. */
    readonly SignalUrl: string;
  };
}

/** A run that has succeeded, and its model. */
export interface FinishedRun {
  readonly name: string;
  readonly model: TrainedModel;
}

/** What is known of the runs of a revision. */
export interface FoundRuns {
  /** One whose model is still there. */
  readonly finished?: FinishedRun;
  /** The names of those that are in progress. */
  readonly running: readonly string[];
}

/** What there is to do. */
export type TrainingRunStep =
  | { readonly step: 'start'; readonly id: string; readonly input: { readonly signalUrl: string; readonly trainingJobName: string } }
  | { readonly step: 'reuse'; readonly id: string; readonly run: FinishedRun }
  | { readonly step: 'stop'; readonly id: string; readonly names: readonly string[] }
  | { readonly step: 'none'; readonly id: string };

/**
 * Decides what to do for a revision. Another revision is another resource: a deployment that goes back to an earlier one, or that is
 * tried again, finds the run that was there, and trains nothing.
 */
export function decide(event: TrainingRunEvent, { finished, running }: FoundRuns): TrainingRunStep {
  const { Revision, SignalUrl, TrainingJobNamePrefix } = event.ResourceProperties;
  switch (event.RequestType) {
    case 'Create': {
      // a call that comes twice is one run
      const id = `${Revision}-${createHash('sha256').update(event.RequestId).digest('hex').slice(0, 8)}`;
      if (finished !== undefined) {
        return { step: 'reuse', id, run: finished };
      }
      return running.includes(id)
        ? { step: 'none', id }
        : { step: 'start', id, input: { signalUrl: SignalUrl, trainingJobName: `${TrainingJobNamePrefix}-${id}` } };
    }
    case 'Delete':
      return { step: running.length > 0 ? 'stop' : 'none', id: idBefore(event), names: running };
    default:
      return { step: 'none', id: idBefore(event) };
  }
}

/** Does what CloudFormation asks for, of one run or of all, and answers it. */
export async function handler(event: TrainingRunEvent | AllRunsEvent, _context: RunContext): Promise<void> {
  await answering(event, async () => isOfOne(event) ? carryOut(event, decide(event, await find(event))) : seeToAllRuns(event));
}

function isOfOne(event: TrainingRunEvent | AllRunsEvent): event is TrainingRunEvent {
  return 'Revision' in event.ResourceProperties;
}

async function carryOut({ ResourceProperties: properties }: TrainingRunEvent, step: TrainingRunStep): Promise<Done> {
  switch (step.step) {
    case 'start':
      await start(properties.StateMachineVersionArn, step.id, step.input);
      break;
    case 'reuse':
      await signal(properties.SignalUrl, {
        Status: 'SUCCESS', Reason: `execution ${step.run.name} has trained this revision before`, Data: step.run.model.key,
      });
      break;
    case 'stop':
      for (const name of step.names) {
        await stop(properties, name);
      }
      break;
    case 'none':
  }
  return { PhysicalResourceId: step.id };
}

/** Looks for the runs that matter to an event. */
async function find({ RequestType, ResourceProperties: { StateMachineArn, Revision } }: TrainingRunEvent): Promise<FoundRuns> {
  if (RequestType === 'Update') {
    return { running: [] };
  }
  const client = new SFNClient({});
  const running = await list(client, StateMachineArn, Revision, 'RUNNING');
  if (RequestType === 'Delete') {
    return { running };
  }
  for (const name of await list(client, StateMachineArn, Revision, 'SUCCEEDED')) {
    const { output } = await client.send(new DescribeExecutionCommand({ executionArn: executionArn(StateMachineArn, name) }));
    const model = modelOf(JSON.parse(output ?? '{}') as TrainingJobDescription);
    if (model !== undefined && await isThere(new S3Client({}), model)) {
      return { running, finished: { name, model } };
    }
  }
  return { running };
}

/** The runs of the revision, the newest first. */
async function list(client: SFNClient, stateMachineArn: string, revision: string, status: ExecutionStatus): Promise<string[]> {
  return (await executionsOf(client, stateMachineArn, status)).filter((name) => name.startsWith(`${revision}-`));
}

async function start(stateMachineArn: string, name: string, input: object): Promise<void> {
  try {
    await new SFNClient({}).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    unlessGone(error, 'ExecutionAlreadyExists'); // by the first of two calls, and it has ended
  }
}

/** Stops a run, and its job; Step Functions stops jobs as well, but does not promise it. */
async function stop(properties: TrainingRunEvent['ResourceProperties'], name: string): Promise<void> {
  const { StateMachineArn, TrainingJobNamePrefix, Attempts } = properties;
  await stopExecution(new SFNClient({}), executionArn(StateMachineArn, name), 'the deployment that has started it has been undone');
  // an attempt that SageMaker has refused has no job, and the one after it may have one
  const attempts = Array.from({ length: Number(Attempts) }, (_, index) => index + 1);
  await stopJobs(new SageMakerClient({}), attempts.map((attempt) => `${TrainingJobNamePrefix}-${name}-${attempt}`));
}
