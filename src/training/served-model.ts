/* eslint-disable import/no-extraneous-dependencies -- part of a function only, which has the SDK */
import { setTimeout } from 'node:timers/promises';
import { DescribeModelCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Owner } from './redeploy-target';
import { configOf, deleteLeftovers, endpointOf, ifThere, tagsOf } from './redeployed-leftovers';
import { keyServed, modelNamesOf, variantsOf } from './redeployed-models';
import { type Done, idBefore, type ResourceEvent } from '../model/deployment-answer';

/** What is asked about. */
export interface ServedModelProperties {
  readonly EndpointName: string;
  readonly Revision: string;
  /** What the names of the training jobs begin with, up to a hyphen. */
  readonly TrainingJobNamePrefix: string;
  /** Where the training jobs write. */
  readonly OutputUri: string;
  /** The key of the model that the run of the deployment has made. */
  readonly DeployedKey: string;
}

/** What CloudFormation asks of the function: which model of a job its endpoint is to have in this deployment. */
export interface ServedModelEvent extends ResourceEvent {
  readonly ResourceProperties: ServedModelProperties;
  /** Those before an update. */
  readonly OldResourceProperties?: ServedModelProperties;
}

/** The states in which an endpoint is given another configuration. */
const CHANGING = ['Updating', 'RollingBack'];

const PAUSE = 15_000;

/**
 * Answers with the model that the endpoint serves, where a run of the same revision has made it, or else with that of the deployment's run.
 *
 * @param milliseconds how long it may take
 */
export async function servedModel(client: SageMakerClient, event: ServedModelEvent, milliseconds: number): Promise<Done> {
  const { RequestType, ResourceProperties: properties, OldResourceProperties: old } = event;
  const owner = ownerOf(event);
  const PhysicalResourceId = idBefore(event);
  if (RequestType === 'Delete') {
    await deleteLeftovers(client, owner, properties.EndpointName);
    return { PhysicalResourceId };
  }
  // an endpoint that gets another name is there under the old one until the new one is there
  const names = new Set([properties.EndpointName, old?.EndpointName ?? properties.EndpointName]);
  const deadline = Date.now() + milliseconds;
  for (const name of names) {
    const key = await keyOf(client, owner, name, deadline);
    if (key !== undefined) {
      return { PhysicalResourceId, Data: { Key: key } };
    }
  }
  return { PhysicalResourceId, Data: { Key: properties.DeployedKey } };
}

/** The key of the model that an endpoint serves, if that is one of the same revision. */
async function keyOf(client: SageMakerClient, owner: Owner, endpointName: string, deadline: number): Promise<string | undefined> {
  const configName = await configServed(client, endpointName, deadline);
  const config = configName === undefined ? undefined : await configOf(client, configName);
  const names = config === undefined ? [] : variantsOf(config).flatMap(modelNamesOf);
  for (const name of new Set(names)) {
    const model = await ifThere(client.send(new DescribeModelCommand({ ModelName: name })));
    const key = model === undefined ? undefined : keyServed(owner, { model, tags: await tagsOf(client, model.ModelArn!) });
    if (key !== undefined) {
      return key;
    }
  }
  return undefined;
}

/** What an endpoint serves, once that is settled: CloudFormation could not update it before anyway. */
async function configServed(client: SageMakerClient, endpointName: string, deadline: number): Promise<string | undefined> {
  for (;;) {
    const endpoint = await endpointOf(client, endpointName);
    if (!CHANGING.includes(endpoint?.EndpointStatus ?? '')) {
      return endpoint?.EndpointConfigName;
    }
    if (Date.now() + PAUSE > deadline) {
      throw new Error(`endpoint ${endpointName} is ${endpoint?.EndpointStatus}, with a model of a later run perhaps; deploy again once it is InService`);
    }
    await setTimeout(PAUSE);
  }
}

function ownerOf({ StackId, ResourceProperties: { TrainingJobNamePrefix, OutputUri, Revision } }: ServedModelEvent): Owner {
  return { stackId: StackId, trainingJobNamePrefix: TrainingJobNamePrefix, outputUri: OutputUri, revision: Revision };
}
