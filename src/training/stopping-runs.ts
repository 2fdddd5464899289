/* eslint-disable import/no-extraneous-dependencies -- part of functions only, which have the SDK */
import { DescribeTrainingJobCommand, type SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { type ExecutionStatus, paginateListExecutions, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';

/** The names of all executions of a state machine that have a status, the newest first; none where it is gone. */
export async function executionsOf(client: SFNClient, stateMachineArn: string, statusFilter: ExecutionStatus): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { executions = [] } of paginateListExecutions({ client, pageSize: 1000 }, { stateMachineArn, statusFilter })) {
      names.push(...executions.map(({ name }) => name!));
    }
  } catch (error) {
    unlessGone(error, 'StateMachineDoesNotExist');
  }
  return names;
}

/** Stops an execution, if it is there. */
export async function stopExecution(client: SFNClient, arn: string, cause: string): Promise<void> {
  try {
    await client.send(new StopExecutionCommand({ executionArn: arn, error: 'TrainingStopped', cause }));
  } catch (error) {
    unlessGone(error, 'ExecutionDoesNotExist');
  }
}

/** Stops those of the jobs that are in progress; an error, once that is done, where one could not be stopped. */
export async function stopJobs(client: SageMakerClient, names: Iterable<string>): Promise<void> {
  const errors: unknown[] = [];
  for (const name of names) {
    await stopJob(client, name).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    throw errors[0];
  }
}

/** The ARN of an execution of a state machine. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Throws an error again, unless it says that something is not there. */
export function unlessGone(error: unknown, ...names: string[]): void {
  if (!(error instanceof Error) || !names.includes(error.name)) {
    throw error;
  }
}

async function stopJob(client: SageMakerClient, TrainingJobName: string): Promise<void> {
  try {
    const { TrainingJobStatus } = await client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    if (TrainingJobStatus === 'InProgress') {
      await client.send(new StopTrainingJobCommand({ TrainingJobName }));
    }
  } catch (error) {
    unlessGone(error, 'ValidationException', 'ResourceNotFound'); // there is no such job, or it has ended
  }
}
