import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import { Aspects, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { BoundContainer, ContainerSource } from './container-source';
import type { ModelOptions } from './model-options';
import { containerStatements, modelRole, vpcStatements } from './model-permissions';
import type { ModelFacts, ModelUse } from './placeable-model';
import { throwIfAny, validationError, type Violation } from '../private/errors';
import { hashOf } from '../private/hash';
import { RolePolicy } from '../private/role-policy';

/** What is placed. */
export interface PlacementProps {
  readonly options: ModelOptions;
  /** Whether the containers are cut off from the network, as far as that is known when it is asked for. */
  readonly networkIsolation: () => ModelFacts['networkIsolation'];
  /** The containers, of which a model with several has a list. */
  readonly containers: ContainerSource[];
  /** How requests go through several containers. */
  readonly inferenceExecutionMode?: string;
}

/**
 * Makes the SageMaker models of one construct, where they are used and as that needs them: one for each image and
 * each set of variables. Uses that need the same share it.
 */
export class ModelPlacement {
  public readonly role: iam.IRole;
  public readonly connections?: ec2.Connections;

  private readonly hasOwnRole: boolean;
  private readonly subnets?: ec2.SelectedSubnets;
  private readonly ownModels: CfnModel[] = [];
  private isUsed = false;
  private isReferenced = false;
  private isSynthesized = false;

  constructor(private readonly model: Construct, private readonly props: PlacementProps) {
    const { role, vpc, vpcSubnets, securityGroups } = props.options;
    if (vpc !== undefined) {
      this.subnets = vpc.selectSubnets(vpcSubnets);
      this.connections = new ec2.Connections({
        securityGroups: securityGroups ?? [new ec2.SecurityGroup(model, 'SecurityGroup', { vpc })],
      });
    }
    throwIfAny(model, this.checkVpcLimits());
    this.hasOwnRole = role === undefined;
    this.role = role ?? modelRole(model);
    Aspects.of(model).add({ visit: (node: IConstruct) => { this.placeUnused(node); } });
  }

  /** The security groups of the containers, if they are in a VPC. */
  public get securityGroups(): ec2.ISecurityGroup[] {
    return this.connections?.securityGroups ?? [];
  }

  /** The SageMaker model for a use. */
  public place(user: Construct, use: ModelUse): CfnModel {
    this.checkSameEnvironment(user);
    const keys = this.props.containers.map((container) => container.key(user, use));
    const image = words(keys.map((key) => key.image));
    const host = this.hostFor(user);
    const id = [this.losesIsolation(use) ? 'Serverless' : '', words(keys.map((key) => key.environment)), image, 'Resource'].join('');
    return host.node.tryFindChild(id) as CfnModel | undefined ?? this.make(host, { id, image, use });
  }

  /** Something of the one model in the construct's own stack, which is known once all that use it are there. */
  public whenPlaced(property: string, attribute: (resource: CfnModel) => string): string {
    this.isReferenced = true;
    return Lazy.string({
      produce: () => {
        if (this.ownModels.length === 1) {
          return attribute(this.ownModels[0]);
        }
        if (this.isSynthesized && this.model.node.tryFindChild('Resource') === undefined) {
          throw validationError(this.model, { property, rule: 'must be read before the app is synthesized' });
        }
        return attribute(this.place(this.model, {}));
      },
    });
  }

  /**
   * Where a model is made for a user: in its stack. A reference to a model in another stack would be an export, which
   * CloudFormation cannot change while it is used: the next model could never be deployed.
   */
  private hostFor(user: Construct): Construct {
    const stack = Stack.of(user);
    if (stack === Stack.of(this.model)) {
      return this.model;
    }
    const id = `TensorFlowModel${this.model.node.addr.slice(2, 10)}`;
    return stack.node.tryFindChild(id) as Construct | undefined ?? new Construct(stack, id);
  }

  private make(host: Construct, { id, image, use }: { readonly id: string; readonly image: string; readonly use: ModelUse }): CfnModel {
    this.isUsed = true;
    const { inferenceExecutionMode } = this.props;
    const containers = this.props.containers.map((container) => container.bind(host, use, this.role));
    const definitions = containers.map(({ definition }) => definition);
    const resource = new CfnModel(host, id, {
      executionRoleArn: this.role.roleArn,
      ...inferenceExecutionMode === undefined
        ? { primaryContainer: definitions[0] }
        : { containers: definitions, inferenceExecutionConfig: { mode: inferenceExecutionMode } },
      enableNetworkIsolation: Lazy.any({ produce: () => this.props.networkIsolation() !== 'off' && !this.losesIsolation(use) }),
      vpcConfig: this.subnets !== undefined
        ? { subnets: this.subnets.subnetIds, securityGroupIds: this.securityGroups.map((group) => group.securityGroupId) }
        : undefined,
    });
    // SageMaker checks the rights when the model is made
    resource.node.addDependency(this.grantRights(host, image, containers), ...containers.flatMap(({ dependables }) => dependables));
    if (this.subnets !== undefined) {
      resource.node.addDependency(this.subnets.internetConnectivityEstablished);
    }
    if (host === this.model) {
      this.model.node.defaultChild ??= resource;
      this.ownModels.push(resource);
    }
    return resource;
  }

  /** Serverless inference refuses isolation; nobody asked for what is only on by default. */
  private losesIsolation(use: ModelUse): boolean {
    return use.serverless === true && this.props.networkIsolation() === 'default';
  }

  /**
   * Gives the role the rights to these artifacts and images, in a policy that is theirs: while an endpoint is updated,
   * its old instances still need the old ones. CloudFormation takes the old policy away only after the update.
   */
  private grantRights(host: Construct, image: string, containers: BoundContainer[]): iam.Policy {
    const statements = [
      ...containers.flatMap((container) => container.statements),
      ...containerStatements(host),
      ...this.subnets !== undefined ? vpcStatements(host, this.subnets.subnetIds, this.securityGroups) : [],
    ];
    const content = [statements.map((statement) => statement.toStatementJson()), this.role.roleArn, ...containers.map(({ identity }) => identity)];
    const id = `${image}Rights${hashOf(host, content)}`;
    return host.node.tryFindChild(id) as iam.Policy | undefined ?? this.attach(host, id, statements);
  }

  private attach(host: Construct, id: string, statements: iam.PolicyStatement[]): iam.Policy {
    if (!this.hasOwnRole) {
      return new RolePolicy(host, id, this.role, statements);
    }
    const policy = new iam.Policy(host, id, { statements });
    this.role.attachInlinePolicy(policy);
    return policy;
  }

  private placeUnused(node: IConstruct): void {
    if (node !== this.model) {
      return;
    }
    if (this.isReferenced ? this.ownModels.length !== 1 : !this.isUsed) {
      this.place(this.model, {});
    }
    this.isSynthesized = true;
  }

  private checkVpcLimits(): Violation[] {
    const limits = [
      { property: 'vpcSubnets', most: 16, what: 'subnets', ids: this.subnets?.subnetIds ?? [] },
      { property: 'securityGroups', most: 5, what: 'security groups', ids: this.securityGroups.map((group) => group.securityGroupId) },
    ];
    return limits.filter(({ most, ids }) => ids.length > most)
      .map(({ property, most, what, ids }) => ({ property, rule: `must be at most ${most} ${what}`, got: ids.length }));
  }

  private checkSameEnvironment(user: Construct): void {
    const mine = Stack.of(this.model);
    const theirs = Stack.of(user);
    if (mine.region !== theirs.region || mine.account !== theirs.account) {
      throw validationError(user, {
        property: 'model',
        got: this.model,
        rule: `must be in the account and region of what uses it: it is in ${mine.environment}, its user in ${theirs.environment}`,
        remedy: 'make a model in the stack that uses it',
      });
    }
  }
}

/** The words that there are, each once, in their order. */
function words(all: string[]): string {
  return [...new Set(all)].join('');
}

