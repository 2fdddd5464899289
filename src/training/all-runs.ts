/* eslint-disable import/no-extraneous-dependencies -- part of functions only, which have the SDK */
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type HistoryEvent, paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import { executionArn, executionsOf, stopExecution, stopJobs, unlessGone } from './stopping-runs';
import { type Done, idBefore, type ResourceEvent } from '../model/deployment-answer';

/** What CloudFormation asks of the function for all runs of a training job: to stop them when the job is deleted. */
export interface AllRunsEvent extends ResourceEvent {
  readonly ResourceProperties: { readonly StateMachineArn: string };
}

/**
 * Stops all runs of a job that is deleted, whoever has started them; does nothing before.
 *
 * The id is the state machine: another one is another resource, so that CloudFormation has the runs of the old one stopped.
 */
export async function seeToAllRuns(event: AllRunsEvent): Promise<Done> {
  const { RequestType, ResourceProperties: { StateMachineArn } } = event;
  if (RequestType !== 'Delete') {
    return { PhysicalResourceId: StateMachineArn };
  }
  await stopAll(StateMachineArn);
  return { PhysicalResourceId: idBefore(event) };
}

async function stopAll(stateMachineArn: string): Promise<void> {
  const [sfn, sageMaker] = [new SFNClient({}), new SageMakerClient({})];
  const errors: unknown[] = [];
  const seen = new Set<string>();
  const unseen = async () => (await executionsOf(sfn, stateMachineArn, 'RUNNING')).filter((name) => !seen.has(name));
  // one may be started while others are stopped
  for (let names = await unseen(); names.length > 0; names = await unseen()) {
    for (const name of names) {
      seen.add(name);
      await stop(sfn, sageMaker, executionArn(stateMachineArn, name)).catch((error: unknown) => errors.push(error));
    }
  }
  if (errors.length > 0) {
    throw errors[0];
  }
}

/** Stops a run, and its jobs; Step Functions stops jobs as well, but does not promise it. */
async function stop(sfn: SFNClient, sageMaker: SageMakerClient, arn: string): Promise<void> {
  await stopExecution(sfn, arn, 'the training job that it is a run of has been deleted');
  await stopJobs(sageMaker, await jobsOf(sfn, arn));
}

/** The names of the jobs that a run has asked for, which only its history has. */
async function jobsOf(client: SFNClient, arn: string): Promise<Set<string>> {
  const names = new Set<string>();
  try {
    for await (const { events = [] } of paginateGetExecutionHistory({ client, pageSize: 1000 }, { executionArn: arn, includeExecutionData: true })) {
      events.map(jobAskedFor).filter((name) => name !== undefined).forEach((name) => names.add(name));
    }
  } catch (error) {
    unlessGone(error, 'ExecutionDoesNotExist');
  }
  return names;
}

function jobAskedFor({ taskScheduledEventDetails: details }: HistoryEvent): string | undefined {
  return details?.resource === 'createTrainingJob.sync' ? JSON.parse(details.parameters!).TrainingJobName : undefined;
}
