import { createHash } from 'node:crypto';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import { Annotations, Aspects, type Duration, Lazy, Names, Resource, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { ArtifactLocation, CheckedArtifact } from './artifact-source';
import { ImportedModel } from './imported-model';
import type { InferenceCode } from './inference-code';
import type { ModelArtifact } from './model-artifact';
import { checkImage, checkNetwork, defaultModel, warnOfNewerModels } from './model-checks';
import { artifactStatements, containerStatements, modelRole, vpcStatements } from './model-permissions';
import { RightsOfRole } from './rights-of-role';
import { checkEnvironment, checkServingOptions, ignoredVariables, servingEnvironment } from './serving-environment';
import type { TensorFlowServingOptions } from './serving-options';
import type { ITensorFlowModel } from './tensorflow-model';
import { type BoundImage, type Hardware, TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import { checkPattern } from '../private/checks';
import { throwIfAny, validationError, type Violation } from '../private/errors';
import { nameInArn } from '../private/sagemaker-arn';

/** SageMaker sees no change where an object is overwritten in place; this variable makes it one. */
const REVISION_VARIABLE = 'MODEL_ARTIFACT_REVISION';

const MODEL_NAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;

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
   * The permissions that the model needs are added to it, unless it was imported as immutable. IAM takes 10,240
   * characters of them in one role, which is enough for a few models only: best is a role for each.
   *
   * @default - a new role, which may read this artifact, pull this image, and write logs and metrics
   */
  readonly role?: iam.IRole;

  /**
   * Whether the container is cut off from the network, so that neither inference code nor a flaw in a library can
   * send anything anywhere. SageMaker itself still reads the artifact and writes the logs.
   *
   * Code in an archive that is in S3 already cannot be seen: set it to false if it has a requirements.txt.
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
   * @default - the private subnets of the VPC; where it has none, the isolated or the public ones
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
 * with a CPU and a GPU variant gets two of them, and other endpoints of its stack share these. A model that nothing uses is made for the CPU. So there is no child
 * resource, and no `node.defaultChild`, before something uses the model. In another stack, tags come from that stack.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
 */
export class ModelFromArtifact extends Resource implements ITensorFlowModel {
  /** Refers to a model that exists already, by its name. */
  public static fromModelName(scope: Construct, id: string, modelName: string): ITensorFlowModel {
    throwIfAny(`${scope.node.path}/${id}`, checkPattern('modelName', modelName, MODEL_NAME, 'must be 1 to 63 letters, digits and hyphens',
      'give an ARN to fromModelArn'));
    return new ImportedModel(scope, id, modelName, Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'model', resourceName: modelName }));
  }

  /** Refers to a model that exists already, by its ARN. */
  public static fromModelArn(scope: Construct, id: string, modelArn: string): ITensorFlowModel {
    return new ImportedModel(scope, id, nameInArn(scope, id, 'modelArn', modelArn, 'model'), modelArn);
  }

  /** The role that SageMaker assumes to run the model. */
  public readonly role: iam.IRole;

  /** The principal that permissions are granted to: the role. */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly image: TensorFlowImage;
  private readonly artifact: CheckedArtifact;
  private readonly environment: { readonly [key: string]: string };
  private readonly isolated: boolean;
  private readonly subnets?: ec2.SelectedSubnets;
  private readonly ownConnections?: ec2.Connections;
  private readonly hasOwnRole: boolean;
  private readonly ownModels: CfnModel[] = [];
  private isReferenced = false;
  private isSynthesized = false;
  private readonly locations = new Map<Construct, ArtifactLocation>();

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
    this.artifact = props.artifact._check(this, { code: props.code });
    const added = {
      ...defaultModel(this, this.artifact, { ...fromOptions, ...props.environment }),
      ...fromOptions,
      ...(this.artifact.revision !== undefined ? { [REVISION_VARIABLE]: this.artifact.revision } : {}),
    };
    throwIfAny(this, checkEnvironment(props.environment ?? {}, added)); // with what the artifact adds
    this.environment = { ...added, ...props.environment };
    warnOfNewerModels(this, this.artifact.tensorFlowVersions ?? [], props.version);
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

    this.hasOwnRole = props.role === undefined;
    this.role = props.role ?? modelRole(this);
    this.grantPrincipal = this.role;
    Aspects.of(this).add({ visit: (node: IConstruct) => { this.placeUnused(node); } });
  }

  /**
   * The name of the model.
   *
   * Where it is made for several processors, it is the one for the CPU; where for none, one for the CPU is made. Use it
   * in the stack of this construct: CloudFormation cannot change a name that another stack imports.
   */
  public get modelName(): string {
    return this.whenPlaced('modelName', (resource) => resource.attrModelName);
  }

  /**
   * The ARN of the model.
   *
   * Where it is made for several processors, it is the one for the CPU; where for none, one for the CPU is made. Use it
   * in the stack of this construct: CloudFormation cannot change an ARN that another stack imports.
   */
  public get modelArn(): string {
    return this.whenPlaced('modelArn', (resource) => resource.ref);
  }

  /** The security groups of the container. Throws where the model is in no VPC. */
  public get connections(): ec2.Connections {
    if (this.ownConnections === undefined) {
      throw validationError(this, { property: 'connections', rule: 'exist only for a model in a VPC', remedy: 'give the model a `vpc`' });
    }
    return this.ownConnections;
  }

  /** Adds a permission to the role that the model runs with, which inference code can use. */
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
    this.checkSameEnvironment(user);
    const key = this.image._key(user, hardware);
    const host = this.hostFor(user);
    const id = `${key === 'cpu' || key === 'own' ? '' : capitalized(key)}Resource`;
    return host.node.tryFindChild(id) as CfnModel | undefined ?? this.make(host, id, hardware);
  }

  /**
   * Where a model is made for a user: in its stack. A reference to a model in another stack would be an export, which
   * CloudFormation cannot change while it is used: the next model could never be deployed.
   */
  private hostFor(user: Construct): Construct {
    const stack = Stack.of(user);
    if (stack === Stack.of(this)) {
      return this;
    }
    const id = `TensorFlowModel${this.node.addr.slice(2, 10)}`;
    return stack.node.tryFindChild(id) as Construct | undefined ?? new Construct(stack, id);
  }

  private make(host: Construct, id: string, hardware: Hardware): CfnModel {
    const location = this.locations.get(host) ?? this.artifact.provideIn(host);
    this.locations.set(host, location);
    const image = this.image._bind(host, hardware);
    const resource = new CfnModel(host, id, {
      executionRoleArn: this.role.roleArn,
      primaryContainer: {
        image: image.imageUri,
        environment: Object.keys(this.environment).length > 0 ? this.environment : undefined,
        ...modelData(location, this.artifact.compressed),
      },
      enableNetworkIsolation: this.isolated,
      vpcConfig: this.subnets !== undefined
        ? { subnets: this.subnets.subnetIds, securityGroupIds: this._securityGroups.map((group) => group.securityGroupId) }
        : undefined,
    });
    // SageMaker checks the rights when the model is made
    resource.node.addDependency(this.grantRights(host, id.replace('Resource', ''), location, image));
    if (this.subnets !== undefined) {
      resource.node.addDependency(this.subnets.internetConnectivityEstablished);
    }
    if (host === this) {
      this.node.defaultChild ??= resource;
      this.ownModels.push(resource);
    }
    return resource;
  }

  /**
   * Gives the role the rights to one artifact and one image, in a policy that is theirs: while an endpoint is updated,
   * its old instances still need the old ones. CloudFormation takes the old policy away only after the update.
   */
  private grantRights(host: Construct, id: string, location: ArtifactLocation, image: BoundImage): iam.Policy {
    const grantee = new RightsOfRole(this.role);
    image.grantPull(grantee);
    const statements = [
      ...artifactStatements(location, this.artifact.compressed),
      ...grantee.statements,
      ...containerStatements(host),
      ...this.subnets !== undefined ? vpcStatements(host, this.subnets.subnetIds, this._securityGroups) : [],
    ];
    const policyId = `${id}Rights${hashOf(host, [statements.map((statement) => statement.toStatementJson()), this.role.roleArn, location.identity])}`;
    const policy = new iam.Policy(host, policyId, {
      policyName: this.hasOwnRole ? undefined : nameOnSharedRole(host, policyId),
      statements,
    });
    this.role.attachInlinePolicy(policy);
    return policy;
  }

  /** Something of the one model in this construct's stack, which is known once all that use it are there. */
  private whenPlaced(property: string, attribute: (resource: CfnModel) => string): string {
    this.isReferenced = true;
    return Lazy.string({
      produce: () => {
        if (this.ownModels.length === 1) {
          return attribute(this.ownModels[0]);
        }
        if (this.isSynthesized && this.node.tryFindChild('Resource') === undefined) {
          throw validationError(this, { property, rule: 'must be read before the app is synthesized' });
        }
        return attribute(this.place(this, {}));
      },
    });
  }

  private placeUnused(node: IConstruct): void {
    if (node !== this) {
      return;
    }
    if (this.isReferenced ? this.ownModels.length !== 1 : this.locations.size === 0) {
      this.place(this, {});
    }
    this.isSynthesized = true;
  }

  private checkVpcLimits(): Violation[] {
    const limits = [
      { property: 'vpcSubnets', most: 16, what: 'subnets', ids: this.subnets?.subnetIds ?? [] },
      { property: 'securityGroups', most: 5, what: 'security groups', ids: this._securityGroups.map((group) => group.securityGroupId) },
    ];
    return limits.filter(({ most, ids }) => ids.length > most)
      .map(({ property, most, what, ids }) => ({ property, rule: `must be at most ${most} ${what}`, got: ids.length }));
  }

  private checkSameEnvironment(user: Construct): void {
    const mine = Stack.of(this);
    const theirs = Stack.of(user);
    if (mine.region !== theirs.region || mine.account !== theirs.account) {
      throw validationError(user, {
        property: 'model',
        got: this,
        rule: `must be in the account and region of what uses it: it is in ${mine.environment}, its user in ${theirs.environment}`,
        remedy: 'make a ModelFromArtifact in the stack that uses it',
      });
    }
  }
}

type ModelData = Pick<CfnModel.ContainerDefinitionProperty, 'modelDataUrl' | 'modelDataSource'>;

function modelData({ bucket, key }: ArtifactLocation, compressed: boolean): ModelData {
  const s3Uri = `s3://${bucket.bucketName}/${key}`;
  return compressed
    ? { modelDataUrl: s3Uri }
    : { modelDataSource: { s3DataSource: { s3Uri, s3DataType: 'S3Prefix', compressionType: 'None' } } };
}

function hashOf(scope: Construct, content: unknown): string {
  return createHash('sha256').update(JSON.stringify(Stack.of(scope).resolve(content))).digest('hex').slice(0, 8);
}

/** The name of a policy on a role that other stacks may have policies on, in other regions too. */
function nameOnSharedRole(host: Construct, policyId: string): string {
  const region = Stack.of(host).region;
  return `${Names.uniqueResourceName(host, { maxLength: 80 })}${policyId}${Token.isUnresolved(region) ? `-${region}` : ''}`;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
