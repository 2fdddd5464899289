import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ENDPOINT_NAME, ENDPOINT_NAME_RULE } from './endpoint-name';
import { InstancePoolVariant } from './instance-pool-variant';
import { InstanceVariant } from './instance-variant';
import type { InstancePoolVariantOptions, InstanceVariantOptions } from './instance-variant-options';
import { ServerlessVariant, type ServerlessVariantOptions } from './serverless-variant';
import type { BoundVariant, VariantFacts, VariantSource, VariantUse, VariantWarning } from './variant-source';
import { checkPattern } from '../private/checks';
import type { Violation } from '../private/errors';

/** A part of an endpoint that serves one model in one way, and gets a share of the requests. */
export class EndpointVariant {
  /**
   * A variant on instances of one type, which run all the time.
   *
   * @param variantName 1 to 63 letters, digits and hyphens, different for each variant of an endpoint
   */
  public static onInstances(variantName: string, options: InstanceVariantOptions): EndpointVariant {
    return new EndpointVariant(variantName, new InstanceVariant(options));
  }

  /**
   * A variant on instances of several types: SageMaker takes the first of them that it has, when the endpoint is made and
   * when it is scaled.
   *
   * @param variantName 1 to 63 letters, digits and hyphens, different for each variant of an endpoint
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-heterogeneous.html
   */
  public static onInstancePools(variantName: string, options: InstancePoolVariantOptions): EndpointVariant {
    return new EndpointVariant(variantName, new InstancePoolVariant(options));
  }

  /**
   * A variant without instances, which is paid for while it answers. It is the only one of its endpoint.
   *
   * SageMaker does not turn an endpoint on instances into a serverless one: that needs a new endpoint, of another name.
   *
   * @param variantName 1 to 63 letters, digits and hyphens
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
   */
  public static serverless(variantName: string, options: ServerlessVariantOptions): EndpointVariant {
    return new EndpointVariant(variantName, new ServerlessVariant(options));
  }

  /** The name of the variant, which requests can ask for. */
  public readonly variantName: string;

  private constructor(variantName: string, private readonly source: VariantSource) {
    this.variantName = variantName;
  }

  /** What is known of the variant. @internal */
  public get _facts(): VariantFacts {
    return this.source.facts;
  }

  /** Whether the instances have storage of their own, which SageMaker encrypts with no key but its own. @internal */
  public get _hasLocalStorage(): boolean {
    return this.source.hasLocalStorage;
  }

  /** What will probably not work, though it can be rendered. @internal */
  public get _warnings(): readonly VariantWarning[] {
    return this.source.warnings;
  }

  /** What is wrong with the variant, with properties named as in `at`property. @internal */
  public _check(at: string, use: VariantUse): Violation[] {
    return [
      ...Token.isUnresolved(this.variantName) ? [{ property: `${at}variantName`, rule: 'must be known when the app is synthesized, and cannot be a token' }] : [],
      ...checkPattern(`${at}variantName`, this.variantName, ENDPOINT_NAME, ENDPOINT_NAME_RULE),
      ...this.source.check(at, use),
    ];
  }

  /** Makes what the variant needs in the endpoint. @internal */
  public _bind(endpoint: Construct, use: VariantUse): BoundVariant {
    return this.source.bind(endpoint, this.variantName, use);
  }
}
