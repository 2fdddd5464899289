import {
  CreateEndpointConfigCommand, CreateModelCommand, DescribeModelCommand, SageMakerClient, UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { modelOf } from './model-of-job';
import { configOf, deleteLeftovers, endpointOf, GRACE, tagsOf } from './redeployed-leftovers';
import { copiesFor, modelNamesOf, variantsOf } from './redeployed-models';
import { decide, type RedeployEvent, type RedeployResult, revisionIn, updateOf } from './redeployment';
import { servedModel, type ServedModelEvent } from './served-model';
import { answering, messageOf, type RunContext, timeToWork } from '../model/deployment-answer';

/** What comes of one more step. */
type Outcome = Pick<RedeployResult, 'status' | 'reason'> & Partial<RedeployResult>;

/** Gives an endpoint the model of a run, or tells CloudFormation which model it has. */
export async function handler(event: RedeployEvent | ServedModelEvent, context: RunContext): Promise<RedeployResult | undefined> {
  const client = new SageMakerClient({ maxAttempts: 6 });
  if ('RequestType' in event) {
    await answering(event, () => servedModel(client, event, timeToWork(context)));
    return undefined;
  }
  const { waits, from } = event.before;
  const outcome = await step(client, event);
  return { waits: waits + 1, from, ...outcome };
}

async function step(client: SageMakerClient, event: RedeployEvent): Promise<Outcome> {
  const { target, stateMachineArn } = event;
  const endpoint = await endpointOf(client, target.endpointName);
  const next = decide(event, { endpoint, currentRevision: await revisionOf(stateMachineArn) });
  if (next.step === 'update') {
    return update(client, event, next.from).catch(failure);
  }
  const { status, reason } = next;
  if (status !== 'redeployed') {
    return { status, reason };
  }
  const swept = await deleteLeftovers(client, target, target.endpointName, new Date(Date.now() - GRACE)).then(() => '', messageOf);
  // it is served, and the next run tries again
  return { status, reason: swept === '' ? reason : `${reason}; older models could not be deleted: ${swept}` };
}

/** Makes what is needed, and begins the update; whatever is there already was made by a call that did not get further. */
async function update(client: SageMakerClient, { target, job }: RedeployEvent, from: string): Promise<Outcome> {
  const { endpointName, variantNames } = target;
  const made = modelOf(job);
  if (made === undefined) {
    return { status: 'failed', reason: `training job ${job.TrainingJobName} has left no model` };
  }
  const config = await configOf(client, from);
  if (config === undefined) {
    return { status: 'failed', reason: `the configuration ${from} of endpoint ${endpointName} is gone, and cannot be copied` };
  }
  const names = new Set(variantsOf(config).filter(({ VariantName }) => variantNames.includes(VariantName!)).flatMap(modelNamesOf));
  const models = await Promise.all([...names].map(async (name) => {
    const model = await client.send(new DescribeModelCommand({ ModelName: name }));
    return { model, tags: await tagsOf(client, model.ModelArn!) };
  }));
  const tagged = { config, tags: await tagsOf(client, config.EndpointConfigArn!) };
  const copies = copiesFor(target, job.TrainingJobName!, made, variantNames, tagged, models);
  if (copies === undefined) {
    return { status: 'failed', reason: `endpoint ${endpointName} serves no model of training jobs ${target.trainingJobNamePrefix}-* any more` };
  }
  for (const model of copies.models) {
    await unlessThere(client.send(new CreateModelCommand(model)));
  }
  await unlessThere(client.send(new CreateEndpointConfigCommand(copies.config)));
  const endpoint = await endpointOf(client, endpointName);
  await client.send(new UpdateEndpointCommand(updateOf(target, endpoint ?? {}, copies.config.EndpointConfigName!)));
  return { status: 'wait', reason: `endpoint ${endpointName} gets the model of training job ${job.TrainingJobName}`, from };
}

/** What comes of an error: the run waits, or fails with SageMaker's own words; what may go away by itself is tried again. */
function failure(error: unknown): Outcome {
  const { name, message } = error as Error;
  if (/^ResourceInUse/.test(name) || (name === 'ValidationException' && /in[- ]progress/i.test(message))) {
    return { status: 'wait', reason: message }; // somebody else was faster
  }
  if (name === 'ValidationException' || /^ResourceLimitExceeded/.test(name)) {
    return { status: 'failed', reason: message };
  }
  throw error;
}

/** What is there already is as it should be: its name says what it was made of. */
async function unlessThere(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!/already exist/i.test(messageOf(error))) {
      throw error;
    }
  }
}

/** The revision that a state machine runs; that of a version is none. */
async function revisionOf(stateMachineArn: string): Promise<string | undefined> {
  const newest = stateMachineArn.replace(/(:stateMachine:[^:]+):.*$/, '$1');
  const { definition } = await new SFNClient({}).send(new DescribeStateMachineCommand({ stateMachineArn: newest }));
  return revisionIn(definition!);
}
