import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Resource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ModelPlacement } from './model-placement';
import type { ModelFacts, ModelUse } from './placeable-model';
import type { ITensorFlowModel } from './tensorflow-model';
import { validationError } from '../private/errors';

/** What all models of this library's own have in common. @internal */
export abstract class TensorFlowModelBase extends Resource implements ITensorFlowModel {
  /** @internal */
  protected abstract readonly _placement: ModelPlacement;

  /** @internal */
  public abstract get _facts(): ModelFacts;

  /** The role that SageMaker assumes to run the model. */
  public get role(): iam.IRole {
    return this._placement.role;
  }

  /** The principal that permissions are granted to: the role. */
  public get grantPrincipal(): iam.IPrincipal {
    return this._placement.role;
  }

  /**
   * The name of the model.
   *
   * Where it is made several times, it is the one for real-time endpoints on CPUs; where not at all, that one is made.
   * Use it in the stack of this construct: CloudFormation cannot change a name that another stack imports.
   */
  public get modelName(): string {
    return this._placement.whenPlaced('modelName', (resource) => resource.attrModelName);
  }

  /**
   * The ARN of the model.
   *
   * Where it is made several times, it is the one for real-time endpoints on CPUs; where not at all, that one is made.
   * Use it in the stack of this construct: CloudFormation cannot change an ARN that another stack imports.
   */
  public get modelArn(): string {
    return this._placement.whenPlaced('modelArn', (resource) => resource.ref);
  }

  /** The security groups of the container. Throws where the model is in no VPC. */
  public get connections(): ec2.Connections {
    if (this._placement.connections === undefined) {
      throw validationError(this, { property: 'connections', rule: 'exist only for a model in a VPC', remedy: 'give the model a `vpc`' });
    }
    return this._placement.connections;
  }

  /** Adds a permission to the role that the model runs with, which inference code can use. */
  public addToRolePolicy(statement: iam.PolicyStatement): void {
    this.role.addToPrincipalPolicy(statement);
  }

  /**
   * The name of the SageMaker model that suits the use.
   *
   * @param user what uses it; the SageMaker model is made in its stack
   * @internal
   */
  public _modelNameFor(user: Construct, use: ModelUse): string {
    return this._placement.place(user, use).attrModelName;
  }

  /** The security groups of the containers, if they are in a VPC. @internal */
  public get _securityGroups(): ec2.ISecurityGroup[] {
    return this._placement.securityGroups;
  }
}
