import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { CfnEndpoint, CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { Annotations, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type ITensorFlowServingEndpoint, TensorFlowServingEndpointBase } from './endpoint-base';
import { ENDPOINT_NAME, ENDPOINT_NAME_RULE, EndpointVariant } from './endpoint-variant';
import type { AcceleratorType } from '../images/accelerator-type';
import type { InstanceType } from '../images/instance-type';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { checkPattern } from '../private/checks';
import { throwIfAny, validationError, type Violation } from '../private/errors';
import { nameInArn } from '../private/sagemaker-arn';

/** The variant of an endpoint that has only one, as SageMaker's own tools call it. */
const ONLY_VARIANT = 'AllTraffic';

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

/** One model on one type of instance, or several variants. */
export interface TensorFlowServingEndpointProps {
  /**
   * The model of an endpoint with one variant, which is called AllTraffic.
   *
   * @default - none: `variants` is required
   */
  readonly model?: ITensorFlowModel;

  /**
   * The type of the instances of an endpoint with one variant.
   *
   * @default - none: `variants` is required
   */
  readonly instanceType?: InstanceType;

  /**
   * How many instances an endpoint with one variant starts with, at least 1.
   *
   * @default 1
   */
  readonly initialInstanceCount?: number;

  /**
   * An Elastic Inference accelerator for each instance of an endpoint with one variant. AWS no longer offers these.
   *
   * @default - none
   */
  readonly acceleratorType?: AcceleratorType;

  /**
   * The variants, 1 to 10, instead of `model` and `instanceType`.
   *
   * @default - one variant of `model` on `instanceType`
   */
  readonly variants?: EndpointVariant[];

  /**
   * The name of the endpoint. It has 1 to 63 letters, digits and hyphens, and is the same in capital and small letters.
   *
   * CloudFormation can update an endpoint with a name of its own, but not replace it.
   *
   * @default - CloudFormation makes one
   */
  readonly endpointName?: string;

  /**
   * The key that encrypts the volumes of the instances.
   *
   * Instances with storage of their own, such as `ml.g5.xlarge`, encrypt it in hardware, with a key that is lost with
   * the instance; this key does not encrypt it, which is warned of.
   *
   * @default - a key of SageMaker's
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * A SageMaker endpoint that answers TensorFlow Serving's requests.
 *
 * A changed model, variant or setting is a new endpoint configuration; SageMaker moves the endpoint to it without
 * interruption, and only then the old one goes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints.html
 */
export class TensorFlowServingEndpoint extends TensorFlowServingEndpointBase {
  /** Refers to an endpoint that exists already, by its name. */
  public static fromEndpointName(scope: Construct, id: string, endpointName: string): ITensorFlowServingEndpoint {
    return TensorFlowServingEndpoint.fromEndpointAttributes(scope, id, { endpointName });
  }

  /**
   * Refers to an endpoint that exists already, by its ARN.
   *
   * An ARN has the name in lower case. Requests need it as it was given: where that has capital letters, use
   * `fromEndpointName`.
   */
  public static fromEndpointArn(scope: Construct, id: string, endpointArn: string): ITensorFlowServingEndpoint {
    const endpointName = nameInArn(scope, id, 'endpointArn', endpointArn, 'endpoint');
    return new ImportedEndpoint(scope, id, { endpointName }, endpointArn);
  }

  /** Refers to an endpoint that exists already, by its attributes. */
  public static fromEndpointAttributes(scope: Construct, id: string, attributes: TensorFlowServingEndpointAttributes): ITensorFlowServingEndpoint {
    const { endpointName } = attributes;
    throwIfAny(`${scope.node.path}/${id}`, checkPattern('endpointName', endpointName, ENDPOINT_NAME, ENDPOINT_NAME_RULE,
      'give an ARN to fromEndpointArn'));
    return new ImportedEndpoint(scope, id, attributes, Stack.of(scope).formatArn({
      service: 'sagemaker',
      resource: 'endpoint',
      resourceName: inLowerCase(endpointName),
    }));
  }

  public readonly endpointArn: string;
  public readonly endpointName: string;

  /** The name of the endpoint's configuration. */
  public readonly endpointConfigName: string;

  /** @internal */
  protected readonly _variantNames: string[];

  private readonly securityGroups: ec2.ISecurityGroup[];
  private ownConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: TensorFlowServingEndpointProps) {
    super(scope, id, { physicalName: props.endpointName });

    throwIfAny(this, checkForm(props));
    const variants = props.variants ?? [EndpointVariant.onInstances(ONLY_VARIANT, {
      model: props.model!,
      instanceType: props.instanceType!,
      initialInstanceCount: props.initialInstanceCount,
      acceleratorType: props.acceleratorType,
    })];
    throwIfAny(this, [
      ...variants.flatMap((variant, index) => variant._check(props.variants === undefined ? '' : `variants[${index}].`)),
      ...checkTogether(variants),
      ...checkPattern('endpointName', props.endpointName, ENDPOINT_NAME, ENDPOINT_NAME_RULE),
    ]);
    for (const { id: warning, message } of variants.flatMap((variant) => variant._warnings)) {
      Annotations.of(this).addWarningV2(`cdk-tensorflow-serving:${warning}`, message);
    }
    const unencrypted = variants.filter((variant) => variant._hasLocalStorage).map(({ variantName }) => variantName);
    if (props.encryptionKey !== undefined && unencrypted.length > 0) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:localStorageHasItsOwnKey',
        `The instances of ${unencrypted.join(', ')} have storage of their own, which the hardware encrypts and \`encryptionKey\` does not; `
        + 'take instances without, such as ml.c5.xlarge, if that key must encrypt all');
    }

    const bound = variants.map((variant) => variant._bind(this));
    const config = new CfnEndpointConfig(this, 'Config', {
      productionVariants: bound.map(({ production }) => production),
      kmsKeyId: props.encryptionKey?.keyArn,
    });
    const endpoint = new CfnEndpoint(this, 'Resource', {
      endpointConfigName: config.attrEndpointConfigName,
      endpointName: this.physicalName,
    });

    this._variantNames = variants.map(({ variantName }) => variantName);
    this.securityGroups = [...new Set(bound.flatMap(({ securityGroups }) => securityGroups))];
    this.endpointConfigName = config.attrEndpointConfigName;
    this.endpointName = this.getResourceNameAttribute(endpoint.attrEndpointName);
    this.endpointArn = this.getResourceArnAttribute(endpoint.ref, {
      service: 'sagemaker',
      resource: 'endpoint',
      resourceName: inLowerCase(this.physicalName),
    });
  }

  /** The security groups of all variants. Throws where no model is in a VPC. */
  public get connections(): ec2.Connections {
    return this.ownConnections ??= connectionsOf(this, this.securityGroups, 'exist only for an endpoint whose model is in a VPC', 'give the model a `vpc`');
  }
}

class ImportedEndpoint extends TensorFlowServingEndpointBase {
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

/** The ARN, and so what IAM compares, has the name in lower case. */
function inLowerCase(endpointName: string): string {
  return Token.isUnresolved(endpointName) ? endpointName : endpointName.toLowerCase();
}

function connectionsOf(endpoint: Construct, securityGroups: ec2.ISecurityGroup[], rule: string, remedy: string): ec2.Connections {
  if (securityGroups.length === 0) {
    throw validationError(endpoint, { property: 'connections', rule, remedy });
  }
  return new ec2.Connections({ securityGroups });
}

function checkForm(props: TensorFlowServingEndpointProps): Violation[] {
  const short = ['model', 'instanceType', 'initialInstanceCount', 'acceleratorType'] as const;
  if (props.variants !== undefined) {
    return short.filter((property) => props[property] !== undefined)
      .map((property) => ({ property, rule: 'and `variants` exclude each other', remedy: 'give it to one of the variants' }));
  }
  return (['model', 'instanceType'] as const).filter((property) => props[property] === undefined)
    .map((property) => ({ property, rule: 'is required where there are no `variants`' }));
}

function checkTogether(variants: EndpointVariant[]): Violation[] {
  const names = variants.map(({ variantName }) => variantName);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...(variants.length < 1 || variants.length > 10
      ? [{ property: 'variants', rule: 'must be 1 to 10 variants', got: variants.length }] : []),
    ...[...new Set(twice)].map((name) => ({ property: 'variants', rule: 'must have different names', got: `${name} twice` })),
  ];
}
