import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { TensorFlowServingEndpointBase } from './endpoint-base';
import { validationError } from '../private/errors';

/** An endpoint that exists already. */
export interface TensorFlowServingEndpointAttributes {
  /** The name of the endpoint. */
  readonly endpointName: string;

  /**
   * The names of its variants, which metrics are chosen by.
   *
   * @default - unknown: metrics name their variant
   */
  readonly variantNames?: string[];

  /**
   * The security groups of its containers.
   *
   * @default - unknown: the endpoint has no `connections`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Refers to an endpoint that something else made. */
export class ImportedEndpoint extends TensorFlowServingEndpointBase {
  public readonly endpointName: string;
  private ownConnections?: ec2.Connections;
  /** @internal */
  protected readonly _variantNames: string[];

  constructor(
    scope: Construct, id: string, private readonly attributes: TensorFlowServingEndpointAttributes, public readonly endpointArn: string,
  ) {
    super(scope, id, { environmentFromArn: endpointArn });
    this.endpointName = attributes.endpointName;
    this._variantNames = attributes.variantNames ?? [];
  }

  public get connections(): ec2.Connections {
    return this.ownConnections ??= connectionsOf(this, this.attributes.securityGroups ?? [], 'are not known of this imported endpoint',
      'give `securityGroups` to fromEndpointAttributes');
  }
}

/** The connections of an endpoint through its security groups; an error where it has none. */
export function connectionsOf(endpoint: Construct, securityGroups: ec2.ISecurityGroup[], rule: string, remedy: string): ec2.Connections {
  if (securityGroups.length === 0) {
    throw validationError(endpoint, { property: 'connections', rule, remedy });
  }
  return new ec2.Connections({ securityGroups });
}
