import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { type CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import { Aws, CustomResource, Duration, Fn, Lazy, Reference, Stack, Tokenization } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { type RedeployTarget, REVISION_TAG } from './redeploy-target';
import { type Closure, closureOf } from './template-closure';
import type { TrainedArtifact } from './trained-artifact';
import type { TrainingStateMachine } from './training-state-machine';
import { grantForEndpoint } from '../endpoint/endpoint-rights';
import type { EndpointVariant } from '../endpoint/endpoint-variant';
import type { TensorFlowServingEndpoint } from '../endpoint/tensorflow-serving-endpoint';
import { deploymentFunction } from '../model/deployment-function';
import { artifactStatements } from '../model/model-permissions';
import { placeable } from '../model/placeable-model';
import { volumeKeyStatements } from '../private/container-rights';
import { throwIfAny, type Violation } from '../private/errors';

/** What a job leaves, and where. */
export interface RedeploymentProps {
  readonly endpoint: TensorFlowServingEndpoint;
  readonly machine: TrainingStateMachine;
  readonly artifact: TrainedArtifact;
  readonly trainingJobNamePrefix: string;
  readonly revision: string;
  readonly bucket: s3.IBucket;
  readonly outputPrefix: string;
  /** The key that models are encrypted with, if that is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
  readonly isCompressed: boolean;
  /** What the keys of models begin with. */
  readonly keyPrefix: string;
  /** The key of the model that the run of the deployment has made. */
  readonly deployedKey: string;
}

/** Looks at what an endpoint serves. */
const LOOK = ['sagemaker:DescribeEndpoint', 'sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel', 'sagemaker:ListTags'];

/** Finds what was made before, and deletes it. */
const LIST = ['sagemaker:ListModels', 'sagemaker:ListEndpointConfigs'];
const DELETE = ['sagemaker:DeleteModel', 'sagemaker:DeleteEndpointConfig'];

/** Makes a model and a configuration, with tags. */
const CREATE = ['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig', 'sagemaker:AddTags'];

/**
 * Gives an endpoint the models of later runs, and tells the next deployment which one it has.
 *
 * Each job has a function of its own: what it may do with the endpoint is more than a role has room for several times.
 */
export class TrainingRedeployment extends Construct {
  /** The function that gives the endpoint a model. */
  public readonly functionArn: string;
  /** What it is asked for. */
  public readonly target: RedeployTarget;
  /** The key of the model that the endpoint is to have in a deployment. */
  public readonly modelKey: string;
  private readonly endpoint: TensorFlowServingEndpoint;
  private readonly deployedKey: string;

  constructor(scope: Construct, id: string, props: RedeploymentProps) {
    super(scope, id);
    const { endpoint, machine, artifact, trainingJobNamePrefix, revision, bucket } = props;
    throwIfAny(scope, checkStack(this, endpoint));
    const serving = variantsOf(endpoint).filter(({ _facts: { models } }) => models.some((model) => artifact._usesIn(model).length > 0));
    throwIfAny(scope, checkVariants(endpoint, serving, artifact));
    this.endpoint = endpoint;
    this.deployedKey = props.deployedKey;

    const resource = endpoint._namedBeforehand();
    this.target = {
      stackId: Aws.STACK_ID,
      trainingJobNamePrefix,
      outputUri: `s3://${bucket.bucketName}/${props.outputPrefix}`,
      revision,
      endpointName: resource.endpointName!,
      variantNames: serving.map(({ variantName }) => variantName),
      retainAllVariantProperties: resource.retainAllVariantProperties as boolean | undefined,
      excludeRetainedVariantProperties: resource.excludeRetainedVariantProperties as RedeployTarget['excludeRetainedVariantProperties'],
    };
    const timeout = Duration.minutes(15);
    const { role, serviceToken } = deploymentFunction(new Construct(this, 'Handler'), {
      directory: 'training',
      handler: 'training-redeploy.lambda',
      description: 'Gives an endpoint the models that later runs of a training job have made',
      memorySize: 256,
      timeout,
    });
    this.functionArn = serviceToken;
    const own = (kind: string) => nameArn(this, kind, `${trainingJobNamePrefix}-*`);
    const policy = new iam.Policy(this, 'Policy', {
      roles: [role],
      statements: [
        // what is there is made after this is asked, by CloudFormation and under names of its own, or under others before
        new iam.PolicyStatement({ actions: LOOK, resources: ['endpoint', 'endpoint-config', 'model'].map((kind) => nameArn(this, kind, '*')) }),
        new iam.PolicyStatement({ actions: LIST, resources: ['*'] }), // these take no resource
        new iam.PolicyStatement({ actions: DELETE, resources: [own('model'), own('endpoint-config')] }),
      ],
    });
    this.grantUpdate(role, serving, props);
    machine.redeploy(this);

    const served = new CustomResource(this, 'ServedModel', {
      resourceType: 'Custom::TensorFlowServedModel',
      serviceToken,
      serviceTimeout: timeout,
      properties: {
        EndpointName: this.target.endpointName,
        Revision: revision,
        TrainingJobNamePrefix: trainingJobNamePrefix,
        OutputUri: this.target.outputUri,
        DeployedKey: props.deployedKey,
        // CloudFormation asks again whenever one of these changes: then it may be about to update the endpoint
        Endpoint: Lazy.uncachedString({ produce: () => this.closure().hash }),
        Parameters: Lazy.uncachedAny({ produce: () => this.closure().parameters.map((name) => Fn.ref(name)) }, { omitEmptyArray: true }),
      },
    });
    served.node.addDependency(policy);
    this.modelKey = served.getAttString('Key');
  }

  /** Lets the function update the endpoint, once this is there; and the endpoint read what later runs leave. */
  private grantUpdate(role: iam.Role, serving: readonly EndpointVariant[], props: RedeploymentProps): void {
    const { endpoint, machine, artifact, revision, trainingJobNamePrefix, bucket, encryptionKey, isCompressed, keyPrefix } = props;
    const models = [...new Set(serving.flatMap(({ _facts }) => _facts.models))].filter((model) => artifact._usesIn(model).length > 0);
    grantForEndpoint(endpoint, models.map((model) => ({
      model,
      statements: artifactStatements({
        bucket, key: isCompressed ? `${keyPrefix}*` : keyPrefix, encryptionKey: encryptionKey ?? bucket.encryptionKey,
      }, isCompressed),
    })));
    resourcesOf(endpoint, models).forEach((model) => model.tags.setTag(REVISION_TAG, revision));
    const { kmsKeyId } = endpoint._config;
    const own = (kind: string) => nameArn(this, kind, `${trainingJobNamePrefix}-*`);
    // beside the endpoint, as it waits for that: what waits for the job must not
    new iam.Policy(endpoint, `Redeploy${this.node.addr.slice(2, 10)}`, {
      roles: [role],
      statements: [
        new iam.PolicyStatement({ actions: CREATE, resources: [own('model'), own('endpoint-config')] }),
        new iam.PolicyStatement({ actions: ['sagemaker:UpdateEndpoint'], resources: [endpoint.endpointArn, own('endpoint-config')] }),
        new iam.PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [...new Set(models.flatMap((model) => placeable(model)?.role.roleArn ?? []))],
          conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        }),
        ...kmsKeyId === undefined ? [] : volumeKeyStatements(kmsKeyId),
        new iam.PolicyStatement({ actions: ['states:DescribeStateMachine'], resources: [machine.stateMachine.stateMachineArn] }),
      ],
    });
  }

  /** What the endpoint comes from, but for the models of jobs that are asked about like this one. */
  private closure(): Closure {
    const all = this.node.root.node.findAll().filter((node): node is TrainingRedeployment => node instanceof TrainingRedeployment);
    return closureOf(this.endpoint._namedBeforehand(), all.map((scope) => ({ scope, content: scope === this ? undefined : scope.deployedKey })));
  }
}

function variantsOf({ _variants, _shadow }: TensorFlowServingEndpoint): EndpointVariant[] {
  return [..._variants, ..._shadow === undefined ? [] : [_shadow]];
}

function checkStack(scope: Construct, endpoint: TensorFlowServingEndpoint): Violation[] {
  return Stack.of(scope) === Stack.of(endpoint) ? [] : [{
    property: 'endpoint',
    got: endpoint.node.path,
    rule: 'must be in the stack of the job, whose deployments keep the model that it serves',
    remedy: 'move the endpoint to that stack',
  }];
}

function checkVariants(endpoint: TensorFlowServingEndpoint, serving: readonly EndpointVariant[], artifact: TrainedArtifact): Violation[] {
  if (serving.length === 0) {
    return [{
      property: 'endpoint',
      got: endpoint.node.path,
      rule: 'must have a variant that serves the `artifact` of the job',
      remedy: 'make the endpoint with `job.deploy`, or give it a ModelFromArtifact with `job.artifact`',
    }];
  }
  return serving.filter(({ _facts: { models } }) => models.some((model) => artifact._usesIn(model).some(({ code }) => code !== undefined)))
    .map(({ variantName }) => ({
      property: 'endpoint',
      got: variantName,
      rule: 'must have no variant whose model gets `code` in a deployment: the archives of later runs are served as they are',
      remedy: 'let the training script save the code with its model, below `code/`',
    }));
}

function nameArn(scope: Construct, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName });
}

/** The resources that the models of an endpoint come to. */
function resourcesOf({ _config }: TensorFlowServingEndpoint, models: readonly IConstruct[]): CfnModel[] {
  const variants = [_config.productionVariants, _config.shadowProductionVariants ?? []].flat() as CfnEndpointConfig.ProductionVariantProperty[];
  const references = variants.flatMap(namesOf).map((name) => Tokenization.reverseString(name).firstToken);
  return references.flatMap((token) => Reference.isReference(token) && CfnModel.isCfnModel(token.target) ? token.target : [])
    .filter(({ node }) => models.includes(node.scope!));
}

function namesOf({ modelName, instancePools = [] }: CfnEndpointConfig.ProductionVariantProperty): string[] {
  const pools = instancePools as CfnEndpointConfig.InstancePoolsProperty[];
  return [modelName, ...pools.map(({ modelNameOverride }) => modelNameOverride)].filter((name) => name !== undefined);
}
