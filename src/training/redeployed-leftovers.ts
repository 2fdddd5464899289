/* eslint-disable import/no-extraneous-dependencies -- part of functions only, which have the SDK */
import {
  DeleteEndpointConfigCommand, DeleteModelCommand, DescribeEndpointCommand, type DescribeEndpointCommandOutput, DescribeEndpointConfigCommand,
  type DescribeEndpointConfigCommandOutput, paginateListEndpointConfigs, paginateListModels, paginateListTags, type SageMakerClient, type Tag,
} from '@aws-sdk/client-sagemaker';
import type { Owner } from './redeploy-target';
import { isMadeFor, isNamedBy, modelNamesOf, variantsOf } from './redeployed-models';

/** How long something stays that another run may be about to use, in milliseconds. */
export const GRACE = 60 * 60 * 1000;

/** Something in SageMaker. */
interface Named {
  readonly name: string;
  readonly arn: string;
}

/**
 * Deletes the models and the configurations that were made for a job and that its endpoint does not use; CloudFormation's are never among
 * these.
 *
 * @param before only what was made before this time
 */
export async function deleteLeftovers(client: SageMakerClient, owner: Owner, endpointName: string, before?: Date): Promise<void> {
  const used = await namesUsedBy(client, endpointName);
  const query = { NameContains: `${owner.trainingJobNamePrefix}-`, CreationTimeBefore: before };
  const isLeft = async ({ name, arn }: Named) => isNamedBy(owner, name) && !used.has(name) && isMadeFor(owner, await tagsOf(client, arn));
  for await (const { EndpointConfigs = [] } of paginateListEndpointConfigs({ client, pageSize: 100 }, query)) {
    for (const { EndpointConfigName: name = '', EndpointConfigArn: arn = '' } of EndpointConfigs) {
      if (await isLeft({ name, arn })) {
        await ifThere(client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })));
      }
    }
  }
  for await (const { Models = [] } of paginateListModels({ client, pageSize: 100 }, query)) {
    for (const { ModelName: name = '', ModelArn: arn = '' } of Models) {
      if (await isLeft({ name, arn })) {
        await ifThere(client.send(new DeleteModelCommand({ ModelName: name })));
      }
    }
  }
}

/** The tags of something; none where it is gone. */
export async function tagsOf(client: SageMakerClient, arn: string): Promise<Tag[]> {
  const tags: Tag[] = [];
  await ifThere((async () => {
    for await (const { Tags = [] } of paginateListTags({ client, pageSize: 50 }, { ResourceArn: arn })) {
      tags.push(...Tags);
    }
  })());
  return tags;
}

/** An endpoint; undefined where it is not there. */
export function endpointOf(client: SageMakerClient, EndpointName: string): Promise<DescribeEndpointCommandOutput | undefined> {
  return ifThere(client.send(new DescribeEndpointCommand({ EndpointName })));
}

/** A configuration; undefined where it is not there. */
export function configOf(client: SageMakerClient, EndpointConfigName: string): Promise<DescribeEndpointConfigCommandOutput | undefined> {
  return ifThere(client.send(new DescribeEndpointConfigCommand({ EndpointConfigName })));
}

/** What comes of a request about something that may not be there; undefined where it is not. */
export async function ifThere<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    const { name, message } = error as Error;
    // SageMaker has several words for it
    if (/^ResourceNotFound/.test(name) || (name === 'ValidationException' && /could not find|not found|does not exist|cannot find/i.test(message))) {
      return undefined;
    }
    throw error;
  }
}

/** The configuration that an endpoint has or is about to have, and the models in it. */
async function namesUsedBy(client: SageMakerClient, endpointName: string): Promise<Set<string>> {
  const { EndpointConfigName, PendingDeploymentSummary } = await endpointOf(client, endpointName) ?? {};
  const names = [EndpointConfigName, PendingDeploymentSummary?.EndpointConfigName].filter((name) => name !== undefined);
  const configs = await Promise.all(names.map((name) => configOf(client, name)));
  return new Set([...names, ...configs.flatMap((config) => config === undefined ? [] : variantsOf(config).flatMap(modelNamesOf))]);
}
