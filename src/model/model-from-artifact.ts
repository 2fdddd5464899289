import { createHash } from 'node:crypto';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import { Annotations, ArnFormat, Aspects, type Duration, Resource, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { InferenceCode } from './inference-code';
import type { BoundArtifact, ModelArtifact } from './model-artifact';
import { artifactStatements, containerStatements, modelRole, vpcStatements } from './model-permissions';
import { checkEnvironment, checkServingOptions, ignoredVariables, servingEnvironment } from './serving-environment';
import type { TensorFlowServingOptions } from './serving-options';
import type { ITensorFlowModel } from './tensorflow-model';
import { type Hardware, TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import { throwIfAny, validationError, type Violation } from '../private/errors';

/** SageMaker sees no change where an object is overwritten in place; this variable makes it one. */
const REVISION_VARIABLE = 'MODEL_ARTIFACT_REVISION';

/** What is served, and how the container serves it. */
export interface ModelFromArtifactProps extends TensorFlowServingOptions {
  /** The model's files. */
  readonly artifact: ModelArtifact;

  /**
   * The release of TensorFlow whose serving container serves the model.
   *
   * The image is the one for the processor of the instances that the model is put on. A release that only trains is
   * mapped to the one that serves its models.
   *
   * @default - none: `image` is required
   */
  readonly version?: TensorFlowVersion;

  /**
   * An image of one's own, instead of a `version`.
   *
   * @default - the image of `version`
   */
  readonly image?: TensorFlowImage;

  /**
   * The handlers that run before and after the model: `inference.py` and what it needs.
   *
   * @default - none: the container answers TensorFlow Serving's own requests
   */
  readonly code?: InferenceCode;

  /**
   * Further variables of the container, at most 100 with those that the typed options set.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
   */
  readonly environment?: { readonly [key: string]: string };

  /**
   * The role that SageMaker assumes to read the artifact, pull the image and write logs.
   *
   * The rights that the model needs are added to it, unless it was imported as immutable.
   *
   * @default - a new role with the rights to this artifact, this image and its logs
   */
  readonly role?: iam.IRole;

  /**
   * Whether the container is cut off from the network, so that neither inference code nor a flaw in a library can
   * send anything anywhere. SageMaker itself still reads the artifact and writes the logs.
   *
   * @default - true, unless inference code has a requirements.txt, imports an AWS client, or is in a VPC
   */
  readonly networkIsolation?: boolean;

  /**
   * The VPC whose addresses the container can reach.
   *
   * @default - none: SageMaker's own network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets that the container gets its network interfaces in, at most 16.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the container's network interfaces, at most 5.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/**
 * A SageMaker model served by TensorFlow Serving, made from an artifact: files on disk, an archive, or objects in S3.
 *
 * It makes one `AWS::SageMaker::Model` for each image that its users need, in the stack that needs it: an endpoint
 * with a CPU and a GPU variant gets two of them. A model that nothing uses is made for the CPU.
 */
export class ModelFromArtifact extends Resource implements ITensorFlowModel {
  /** Refers to a model that exists already, by its name. */
  public static fromModelName(scope: Construct, id: string, modelName: string): ITensorFlowModel {
    return new ImportedModel(scope, id, modelName, Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'model', resourceName: modelName }));
  }

  /** Refers to a model that exists already, by its ARN. */
  public static fromModelArn(scope: Construct, id: string, modelArn: string): ITensorFlowModel {
    const modelName = Stack.of(scope).splitArn(modelArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName;
    if (modelName === undefined) {
      throw validationError(`${scope.node.path}/${id}`, {
        property: 'modelArn', got: modelArn, rule: 'must have the form arn:aws:sagemaker:REGION:ACCOUNT:model/NAME',
      });
    }
    return new ImportedModel(scope, id, modelName, modelArn);
  }

  /** The role that SageMaker assumes to run the model. */
  public readonly role: iam.IRole;

  /** The role, as the one that rights are granted to. */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly image: TensorFlowImage;
  private readonly artifact: BoundArtifact;
  private readonly environment: { readonly [key: string]: string };
  private readonly artifactPolicy: iam.Policy;
  private readonly isolated: boolean;
  private readonly subnets?: ec2.SelectedSubnets;
  private readonly ownConnections?: ec2.Connections;
  private readonly resources = new Map<string, CfnModel>();

  /** How long the container may take to start, where a time was given for the model to load. @internal */
  public readonly _loadTimeout?: Duration;

  /** How long a request may take, where that was given. @internal */
  public readonly _invocationTimeout?: Duration;

  constructor(scope: Construct, id: string, props: ModelFromArtifactProps) {
    super(scope, id);

    const fromOptions = servingEnvironment(props);
    throwIfAny(this, [
      ...checkImage(props),
      ...checkServingOptions(props),
      ...checkEnvironment(props.environment ?? {}, fromOptions),
      ...checkNetwork(props),
    ]);
    for (const { variable, remedy } of ignoredVariables(props.environment ?? {})) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:variableNotRead', `TensorFlow's serving container does not read ${variable}: ${remedy}`);
    }

    this.image = props.image ?? TensorFlowImage._forServing(props.version!);
    this.artifact = props.artifact._bind(this, { code: props.code });
    this.environment = {
      ...defaultModel(this, this.artifact, { ...fromOptions, ...props.environment }),
      ...fromOptions,
      ...(this.artifact.revision !== undefined ? { [REVISION_VARIABLE]: this.artifact.revision } : {}),
      ...props.environment,
    };
    this._loadTimeout = props.modelLoadTimeout;
    this._invocationTimeout = props.invocationTimeout;

    // code in a VPC is there to reach something in it
    const reachesVpc = props.vpc !== undefined && this.artifact.hasInferenceCode === true;
    this.isolated = props.networkIsolation ?? !(this.artifact.needsNetwork === true || reachesVpc);
    if (this.isolated && this.artifact.hasRequirements === true) {
      throw validationError(this, {
        property: 'networkIsolation',
        got: true,
        rule: 'would keep the container from installing requirements.txt, without which it does not start',
        remedy: 'put the packages under lib/ instead of requirements.txt, or leave out `networkIsolation`',
      });
    }

    if (props.vpc !== undefined) {
      this.subnets = props.vpc.selectSubnets(props.vpcSubnets);
      this.ownConnections = new ec2.Connections({
        securityGroups: props.securityGroups ?? [new ec2.SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc })],
      });
    }
    throwIfAny(this, this.checkVpcLimits());

    this.role = props.role ?? modelRole(this);
    this.grantPrincipal = this.role;
    this.artifactPolicy = this.grantRights(props.vpc);

    Aspects.of(this).add({ visit: (node: IConstruct) => { this.placeUnused(node); } });
  }

  /** The name of the model for instances without an accelerator; making one, if nothing needed it so far. */
  public get modelName(): string {
    return this.place(this, {}).attrModelName;
  }

  /** The ARN of the model for instances without an accelerator; making one, if nothing needed it so far. */
  public get modelArn(): string {
    return this.place(this, {}).ref;
  }

  /** The security groups of the container; an error where the model is in no VPC. */
  public get connections(): ec2.Connections {
    if (this.ownConnections === undefined) {
      throw validationError(this, { property: 'connections', rule: 'exist only for a model in a VPC', remedy: 'give the model a `vpc`' });
    }
    return this.ownConnections;
  }

  /** Adds a right to the role that the model runs with, which inference code can use. */
  public addToRolePolicy(statement: iam.PolicyStatement): void {
    this.role.addToPrincipalPolicy(statement);
  }

  /**
   * The name of the model whose image suits the hardware.
   *
   * @param user what puts the model on that hardware; the model is made in its stack
   * @internal
   */
  public _modelNameFor(user: Construct, hardware: Hardware): string {
    return this.place(user, hardware).attrModelName;
  }

  /** The security groups of the container, if it is in a VPC. @internal */
  public get _securityGroups(): ec2.ISecurityGroup[] {
    return this.ownConnections?.securityGroups ?? [];
  }

  private place(user: Construct, hardware: Hardware): CfnModel {
    const key = this.image._key(user, hardware);
    // a reference to a model in another stack would be an export, which CloudFormation can't change while it is used:
    // the next model could never be deployed
    const host = Stack.of(user) === Stack.of(this) ? this : user;
    const id = `${host === this ? '' : 'Model'}${key === 'cpu' || key === 'own' ? '' : capitalized(key)}Resource`;
    const made = this.resources.get(`${host.node.path}/${id}`);
    if (made !== undefined) {
      return made;
    }
    this.checkSameEnvironment(host);

    this.image._bind(this, hardware).grantPull(this.role);
    const resource = new CfnModel(host, id, {
      executionRoleArn: this.role.roleArn,
      primaryContainer: {
        image: this.image._bind(host, hardware).imageUri,
        environment: Object.keys(this.environment).length > 0 ? this.environment : undefined,
        ...modelData(this.artifact),
      },
      enableNetworkIsolation: this.isolated,
      vpcConfig: this.subnets !== undefined && this.ownConnections !== undefined
        ? { subnets: this.subnets.subnetIds, securityGroupIds: this.ownConnections.securityGroups.map((group) => group.securityGroupId) }
        : undefined,
    });
    // SageMaker checks the role's rights when the model is made
    resource.node.addDependency(this.artifactPolicy, ...this.role.node.children.filter((child) => child !== this.role.node.defaultChild));
    this.resources.set(`${host.node.path}/${id}`, resource);
    return resource;
  }

  private placeUnused(node: IConstruct): void {
    if (node === this && this.resources.size === 0) {
      this.place(this, {});
    }
  }

  private grantRights(vpc: ec2.IVpc | undefined): iam.Policy {
    // A policy for each artifact: while an endpoint is updated its old instances may still have to read the old one.
    // CloudFormation takes the old policy away only after the update.
    const artifactPolicy = new iam.Policy(this, `Artifact${artifactId(this.artifact)}`, { statements: artifactStatements(this.artifact) });
    this.role.attachInlinePolicy(artifactPolicy);
    this.artifact.bucket.encryptionKey?.grantDecrypt(this.role);
    for (const statement of [
      ...containerStatements(this),
      ...(vpc !== undefined ? vpcStatements(this, this.subnets!.subnetIds, this.connections.securityGroups) : []),
    ]) {
      this.role.addToPrincipalPolicy(statement);
    }
    return artifactPolicy;
  }

  private checkVpcLimits(): Violation[] {
    const limits = [
      { property: 'vpcSubnets', most: 16, ids: this.subnets?.subnetIds ?? [] },
      { property: 'securityGroups', most: 5, ids: this._securityGroups.map((group) => group.securityGroupId) },
    ];
    return limits.filter(({ most, ids }) => ids.length > most)
      .map(({ property, most, ids }) => ({ property, rule: `must be at most ${most}`, got: ids.length }));
  }

  private checkSameEnvironment(host: Construct): void {
    const mine = Stack.of(this);
    const theirs = Stack.of(host);
    if (mine.region !== theirs.region || mine.account !== theirs.account) {
      throw validationError(host, {
        property: 'model',
        got: this,
        rule: `must be in the account and region of what uses it: it is in ${mine.environment}, its user in ${theirs.environment}`,
        remedy: 'make a ModelFromArtifact in the stack that uses it',
      });
    }
  }
}

class ImportedModel extends Resource implements ITensorFlowModel {
  public readonly grantPrincipal: iam.IPrincipal;
  public readonly modelName: string;
  public readonly modelArn: string;

  constructor(scope: Construct, id: string, modelName: string, modelArn: string) {
    super(scope, id, { environmentFromArn: modelArn });
    this.modelName = modelName;
    this.modelArn = modelArn;
    this.grantPrincipal = new iam.UnknownPrincipal({ resource: this });
  }

  public get connections(): ec2.Connections {
    throw validationError(this, {
      property: 'connections', rule: 'are not known of a model that was imported', remedy: 'use the security group itself',
    });
  }
}

function checkImage(props: ModelFromArtifactProps): Violation[] {
  if ((props.version === undefined) === (props.image === undefined)) {
    return [{
      property: 'version',
      got: props.version === undefined ? undefined : props.version.toString(),
      rule: props.version === undefined ? 'or `image` is required' : 'and `image` exclude each other',
      remedy: props.version === undefined ? 'give the release that serves the model, such as TensorFlowVersion.V2_19' : 'give one of them',
    }];
  }
  return [];
}

function checkNetwork(props: ModelFromArtifactProps): Violation[] {
  const remedy = 'give the `vpc` that they belong to';
  return [
    ...(props.vpc === undefined && props.vpcSubnets !== undefined ? [{ property: 'vpcSubnets', rule: 'needs a VPC', remedy }] : []),
    ...(props.vpc === undefined && props.securityGroups !== undefined ? [{ property: 'securityGroups', rule: 'needs a VPC', remedy }] : []),
    ...(props.securityGroups?.length === 0 ? [{ property: 'securityGroups', rule: 'must not be empty', remedy: 'leave it out for a new one' }] : []),
  ];
}

/** The container takes whichever model its file system lists first, so that one of several must be named. */
function defaultModel(scope: Construct, artifact: BoundArtifact, environment: { readonly [key: string]: string }): { [key: string]: string } {
  const given = environment.SAGEMAKER_TFS_DEFAULT_MODEL_NAME;
  const names = artifact.modelNames;
  if (given !== undefined && names !== undefined && !Token.isUnresolved(given) && !names.includes(given)) {
    throw validationError(scope, {
      property: 'defaultModelName', got: given, rule: `must be a model of the artifact, which has ${names.join(', ')}`,
    });
  }
  return given === undefined && names !== undefined && names.length > 1 ? { SAGEMAKER_TFS_DEFAULT_MODEL_NAME: names[0] } : {};
}

function modelData(artifact: BoundArtifact): Pick<CfnModel.ContainerDefinitionProperty, 'modelDataUrl' | 'modelDataSource'> {
  const s3Uri = `s3://${artifact.bucket.bucketName}/${artifact.key}`;
  return artifact.compressed
    ? { modelDataUrl: s3Uri }
    : { modelDataSource: { s3DataSource: { s3Uri, s3DataType: 'S3Prefix', compressionType: 'None' } } };
}

function artifactId(artifact: BoundArtifact): string {
  const content = artifact.contentHash ?? artifact.key;
  return Token.isUnresolved(content) ? '' : createHash('sha256').update(content).digest('hex').slice(0, 8);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
