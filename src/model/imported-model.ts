import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Resource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ITensorFlowModel } from './tensorflow-model';
import { validationError } from '../private/errors';

/** A model that exists already. */
export class ImportedModel extends Resource implements ITensorFlowModel {
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
