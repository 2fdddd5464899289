/* eslint-disable import/no-extraneous-dependencies -- part of functions only, which have the SDK */
import { createHash } from 'node:crypto';
import type {
  ContainerDefinition, CreateEndpointConfigCommandInput, CreateModelCommandInput, DescribeEndpointConfigCommandOutput, DescribeModelCommandOutput,
  ProductionVariant, Tag,
} from '@aws-sdk/client-sagemaker';
import type { TrainedModel } from './model-of-job';
import { type Owner, REVISION_TAG } from './redeploy-target';

/** A model of a variant, and its tags. */
export interface TaggedModel {
  readonly model: DescribeModelCommandOutput;
  readonly tags: readonly Tag[];
}

/** The configuration of an endpoint, and its tags. */
export interface TaggedConfig {
  readonly config: DescribeEndpointConfigCommandOutput;
  readonly tags: readonly Tag[];
}

/** The tags of what was made here, and of nothing that CloudFormation has made. */
const STACK_TAG = 'cdk-tensorflow-serving:stack';
const JOB_TAG = 'cdk-tensorflow-serving:training-job';

const MOST_TAGS = 50;

/** What all configurations are called that were made for one training job. */
export function configPrefix({ stackId, trainingJobNamePrefix }: Owner, jobName: string): string {
  return `${trainingJobNamePrefix}-${digest(stackId, jobName, 16)}-`;
}

/** The names of the models that a variant has: its own, and those of its pools. */
export function modelNamesOf({ ModelName, InstancePools = [] }: ProductionVariant): string[] {
  return [ModelName, ...InstancePools.map(({ ModelNameOverride }) => ModelNameOverride)].filter((name) => name !== undefined);
}

/** All variants of a configuration. */
export function variantsOf({ ProductionVariants = [], ShadowProductionVariants = [] }: DescribeEndpointConfigCommandOutput): ProductionVariant[] {
  return [...ProductionVariants, ...ShadowProductionVariants];
}

/** Whether a name may be one that was given here; its tags know for sure. */
export function isNamedBy({ trainingJobNamePrefix }: Owner, name: string | undefined): boolean {
  return name?.startsWith(`${trainingJobNamePrefix}-`) === true;
}

/** Whether something was made for the job. */
export function isMadeFor({ stackId }: Owner, tags: readonly Tag[]): boolean {
  return valueOf(tags, STACK_TAG) === stackId;
}

/**
 * The key of the model that a training job of the same revision has left, if that is what is served. The model may have been made here, or
 * by CloudFormation in a deployment that has kept it.
 */
export function keyServed(owner: Owner, { model, tags }: TaggedModel): string | undefined {
  if (valueOf(tags, REVISION_TAG) !== owner.revision) {
    return undefined;
  }
  const uri = containersOf(model).map(uriOf).find((each) => isOutput(owner, each));
  return uri?.replace(/^s3:\/\/[^/]+\//, '');
}

/** What there is to create for a model of a training job. */
export interface Copies {
  readonly models: readonly CreateModelCommandInput[];
  readonly config: CreateEndpointConfigCommandInput;
}

/**
 * Copies a configuration and those of its models that serve what an earlier job has left, with the model of this one in its place;
 * undefined where there is no such model. The same job and the same originals make the same names.
 *
 * @param variantNames the variants that serve what the job makes; others may be meant to stay with an earlier model of it
 */
export function copiesFor(
  owner: Owner, jobName: string, made: TrainedModel, variantNames: readonly string[], { config, tags }: TaggedConfig, models: readonly TaggedModel[],
): Copies | undefined {
  const prefix = configPrefix(owner, jobName);
  const tag = (copied: readonly Tag[]) => tagsFor(owner, jobName, copied);
  const names = new Map<string, string>();
  const served = models.filter(({ model }) => containersOf(model).some((container) => isOutput(owner, uriOf(container))));
  const created = served.map(({ model, tags: old }) => {
    const name = `${prefix}${digest(model.ModelName!, '', 8)}`;
    names.set(model.ModelName!, name);
    return copyOfModel(owner, made, model, name, tag(old));
  });
  if (created.length === 0) {
    return undefined;
  }
  const replaced = (name: string) => names.get(name) ?? name;
  const variant = (old: ProductionVariant): ProductionVariant => !variantNames.includes(old.VariantName!) ? old : {
    ...old,
    ...old.ModelName === undefined ? {} : { ModelName: replaced(old.ModelName) },
    ...old.InstancePools === undefined ? {} : {
      InstancePools: old.InstancePools.map(({ ModelNameOverride, ...pool }) =>
        ModelNameOverride === undefined ? pool : { ...pool, ModelNameOverride: replaced(ModelNameOverride) }),
    },
  };
  // all that a configuration is made of, whatever SageMaker adds to that
  const { EndpointConfigName, EndpointConfigArn, CreationTime, $metadata, ProductionVariants = [], ShadowProductionVariants, ...settings } = config;
  return {
    models: created,
    config: {
      ...settings,
      EndpointConfigName: `${prefix}${digest(EndpointConfigName!, '', 8)}`,
      ProductionVariants: ProductionVariants.map(variant),
      ...ShadowProductionVariants === undefined ? {} : { ShadowProductionVariants: ShadowProductionVariants.map(variant) },
      Tags: tag(tags),
    },
  };
}

function copyOfModel(owner: Owner, made: TrainedModel, model: DescribeModelCommandOutput, name: string, tags: Tag[]): CreateModelCommandInput {
  const { ModelName, ModelArn, CreationTime, DeploymentRecommendation, $metadata, PrimaryContainer, Containers, ...settings } = model;
  const container = (old: ContainerDefinition) => isOutput(owner, uriOf(old)) ? withModel(old, made) : withOneAddress(old);
  return {
    ...settings,
    ModelName: name,
    ...PrimaryContainer === undefined ? {} : { PrimaryContainer: container(PrimaryContainer) },
    ...Containers === undefined ? {} : { Containers: Containers.map(container) },
    Tags: tags,
  };
}

/** A container with another model. */
function withModel({ ModelDataUrl, ModelDataSource, ...others }: ContainerDefinition, { bucket, key }: TrainedModel): ContainerDefinition {
  const uri = `s3://${bucket}/${key}`;
  return key.endsWith('/')
    ? { ...others, ModelDataSource: { S3DataSource: { S3Uri: uri, S3DataType: 'S3Prefix', CompressionType: 'None' } } }
    : { ...others, ModelDataUrl: uri };
}

/** SageMaker describes a container that was given one address by two, and takes one. */
function withOneAddress({ ModelDataSource, ...others }: ContainerDefinition): ContainerDefinition {
  return others.ModelDataUrl !== undefined || ModelDataSource === undefined ? others : { ...others, ModelDataSource };
}

function containersOf({ PrimaryContainer, Containers = [] }: DescribeModelCommandOutput): ContainerDefinition[] {
  return [...PrimaryContainer === undefined ? [] : [PrimaryContainer], ...Containers];
}

function uriOf({ ModelDataUrl, ModelDataSource }: ContainerDefinition): string {
  return ModelDataUrl ?? ModelDataSource?.S3DataSource?.S3Uri ?? '';
}

/** Whether a training job of the owner has left it. */
function isOutput({ outputUri, trainingJobNamePrefix }: Owner, uri: string): boolean {
  return uri.startsWith(`${outputUri.replace(/\/+$/, '')}/${trainingJobNamePrefix}-`);
}

/** The tags of an original, as far as there is room, and those that tell by whom, and of what, the copy was made. */
function tagsFor({ stackId, revision }: Owner, jobName: string, old: readonly Tag[]): Tag[] {
  const own = { [STACK_TAG]: stackId, [REVISION_TAG]: revision, [JOB_TAG]: jobName };
  const added = Object.entries(own).map(([Key, Value]) => ({ Key, Value }));
  // those of AWS's own, such as CloudFormation's, are nobody else's to give
  const copied = old.filter(({ Key = '' }) => !(Key in own) && !/^aws:/i.test(Key));
  return [...added, ...copied].slice(0, MOST_TAGS);
}

function valueOf(tags: readonly Tag[], key: string): string | undefined {
  return tags.find(({ Key }) => Key === key)?.Value;
}

/** Some hexadecimal digits that are others for other texts. */
function digest(one: string, other: string, length: number): string {
  return createHash('sha256').update(`${one}\n${other}`).digest('hex').slice(0, length);
}
