import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnEndpoint, CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { Annotations, type Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AsyncInference, asyncCallerStatements, asyncInvocationTimeout, asyncStatements, checkAsyncInference, renderAsyncInference } from './async-inference';
import { checkClarifyExplainer, explainerStatements, renderClarifyExplainer } from './clarify-explainer';
import { checkDataCapture, dataCaptureStatements, renderDataCapture } from './data-capture';
import { type ITensorFlowServingEndpoint, TensorFlowServingEndpointBase } from './endpoint-base';
import { checkFeatures, checkForm, checkMetrics, checkRetained, checkRollbackAlarms, checkTogether } from './endpoint-checks';
import { EndpointMonitoring } from './endpoint-monitoring';
import { ENDPOINT_NAME, ENDPOINT_NAME_RULE, nameBeforehand, nameByStack } from './endpoint-name';
import { grantForEndpoint, type RightsForEndpoint } from './endpoint-rights';
import { EndpointVariant } from './endpoint-variant';
import { GuardedDeployment, type InstanceRange } from './guarded-deployment';
import { connectionsOf, ImportedEndpoint, type TensorFlowServingEndpointAttributes } from './imported-endpoint';
import { type AutoScaleInstanceCountOptions, ScalableInstanceCount } from './scalable-instance-count';
import { type AutoScaleProvisionedConcurrencyOptions, ScalableProvisionedConcurrency } from './scalable-provisioned-concurrency';
import type { TensorFlowServingEndpointProps } from './tensorflow-serving-endpoint-props';
import { VariantProperty } from './variant-property';
import type { BoundVariant, VariantUse } from './variant-source';
import { placeable } from '../model/placeable-model';
import { checkPattern } from '../private/checks';
import { throwIfAny, validationError } from '../private/errors';
import { nameInArn } from '../private/sagemaker-arn';

/** The variant of an endpoint that has only one, as SageMaker's own tools call it. */
const ONLY_VARIANT = 'AllTraffic';

/** TensorFlow Serving's REST interface gives a request no longer than this, in seconds. */
const REST_LIMIT_SECONDS = 30;

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

  /** Alarms for the endpoint. */
  public readonly monitoring: EndpointMonitoring;

  /** The variants that answer requests. @internal */
  public readonly _variants: readonly EndpointVariant[];

  /** The variant that gets copies of requests. @internal */
  public readonly _shadow?: EndpointVariant;

  /** How often the metrics of the instances are published, if it was given. @internal */
  public readonly _metricPublishFrequency?: Duration;

  /** The name of the endpoint in the dimensions of its metrics. @internal */
  protected readonly _metricEndpointName: string;

  /** The resource that is its configuration. @internal */
  public readonly _config: CfnEndpointConfig;

  private readonly asyncInference?: AsyncInference;
  private readonly guarded?: GuardedDeployment;
  private readonly securityGroups: ec2.ISecurityGroup[];
  private ownConnections?: ec2.Connections;
  private isScaled = false;

  constructor(scope: Construct, id: string, props: TensorFlowServingEndpointProps) {
    super(scope, id, { physicalName: props.endpointName });

    throwIfAny(this, checkForm(props));
    const variants = props.variants ?? [EndpointVariant.onInstances(ONLY_VARIANT, {
      model: props.model!,
      instanceType: props.instanceType!,
      initialInstanceCount: props.initialInstanceCount,
      acceleratorType: props.acceleratorType,
    })];
    const use: VariantUse = {
      asyncInvocationTimeout: props.asyncInference !== undefined ? asyncInvocationTimeout(props.asyncInference) : undefined,
      copiesRequests: props.shadow !== undefined,
    };
    const guarded = GuardedDeployment.of(variants, props);
    throwIfAny(this, [
      ...variants.flatMap((variant, index) => variant._check(props.variants === undefined ? '' : `variants[${index}].`, use)),
      ...props.shadow?._check('shadow.', use) ?? [],
      ...checkTogether(variants, props.shadow),
      ...checkFeatures(props, variants),
      ...props.asyncInference !== undefined ? checkAsyncInference(props.asyncInference, this) : [],
      ...props.dataCapture !== undefined ? checkDataCapture(props.dataCapture, this) : [],
      ...props.explainer !== undefined ? checkClarifyExplainer(props.explainer, this) : [],
      ...guarded?.check() ?? [],
      ...checkRollbackAlarms(props, variants, guarded),
      ...checkMetrics(props),
      ...checkRetained(props),
      ...checkPattern('endpointName', props.endpointName, ENDPOINT_NAME, ENDPOINT_NAME_RULE),
    ]);
    this.warn(props, variants, guarded);

    const bound = variants.map((variant) => variant._bind(this, use));
    const boundShadow = props.shadow?._bind(this, use);
    const config = new CfnEndpointConfig(this, 'Config', {
      productionVariants: bound.map(({ production }) => production),
      shadowProductionVariants: boundShadow !== undefined ? [boundShadow.production] : undefined,
      kmsKeyId: props.encryptionKey?.keyArn,
      asyncInferenceConfig: props.asyncInference !== undefined ? renderAsyncInference(props.asyncInference) : undefined,
      dataCaptureConfig: props.dataCapture !== undefined ? renderDataCapture(props.dataCapture) : undefined,
      explainerConfig: props.explainer !== undefined ? { clarifyExplainerConfig: renderClarifyExplainer(props.explainer) } : undefined,
    });
    addFurther(config, 'ProductionVariants', bound);
    addFurther(config, 'ShadowProductionVariants', boundShadow !== undefined ? [boundShadow] : []);
    addMetricsConfig(config, props);
    // an endpoint never becomes serverless by an update: then it is another one, of another name
    const beforehand = variants.some((variant) => variant._facts.isServerless) ? undefined : nameBeforehand(this, this.physicalName);
    const endpoint = new CfnEndpoint(this, 'Resource', {
      endpointConfigName: config.attrEndpointConfigName,
      endpointName: beforehand ?? this.physicalName,
      retainAllVariantProperties: Lazy.any({ produce: () => this.retains(props) }),
      excludeRetainedVariantProperties: Lazy.any({ produce: () => this.excluded(props) }),
      deploymentConfig: guarded !== undefined ? Lazy.any({ produce: () => guarded.render() }) : undefined,
    });

    this._variants = variants;
    this._shadow = props.shadow;
    this._config = config;
    this.asyncInference = props.asyncInference;
    this._metricPublishFrequency = props.metricPublishFrequency;
    this.guarded = guarded;
    this.securityGroups = [...new Set([...bound, ...boundShadow !== undefined ? [boundShadow] : []].flatMap(({ securityGroups }) => securityGroups))];
    this.endpointConfigName = config.attrEndpointConfigName;
    this.endpointName = this.getResourceNameAttribute(endpoint.attrEndpointName);
    this.endpointArn = this.getResourceArnAttribute(endpoint.ref, {
      service: 'sagemaker',
      resource: 'endpoint',
      resourceName: inLowerCase(this.physicalName),
    });
    this._metricEndpointName = beforehand !== undefined ? nameByStack(this, beforehand, this.endpointName) : this.endpointName;
    this.monitoring = EndpointMonitoring._of(this);
    const rights = this.rights(props, [...bound, ...boundShadow !== undefined ? [boundShadow] : []]);
    guarded?.bind(endpoint, rights.map(({ model }) => model), {
      scope: this,
      endpointName: beforehand!,
      endpointConfigName: config.attrEndpointConfigName,
      variantNames: this._variantNames,
      isAsync: this._isAsync,
    });
    endpoint.node.addDependency(...grantForEndpoint(this, rights));
  }

  /** The security groups of all variants. Throws where no model is in a VPC. */
  public get connections(): ec2.Connections {
    return this.ownConnections ??= connectionsOf(this, this.securityGroups, 'exist only for an endpoint whose model is in a VPC', 'give the model a `vpc`');
  }

  /**
   * Lets a principal send requests whose answers are written to S3, upload what they are about, and read the answers.
   *
   * Buckets and keys of another account must allow it too.
   *
   * @param grantee who may send them
   */
  public grantInvokeAsync(grantee: iam.IGrantable): iam.Grant {
    const statements = this.asyncInference !== undefined ? asyncCallerStatements(this.asyncInference) : [];
    return statements.reduce((grant, statement) => grant.combine(iam.Grant.addToPrincipal({
      grantee, actions: statement.actions, resourceArns: statement.resources, conditions: statement.conditions,
    })), super.grantInvokeAsync(grantee));
  }

  /**
   * Lets SageMaker add and remove instances of a variant.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
   */
  public autoScaleInstanceCount(options: AutoScaleInstanceCountOptions): ScalableInstanceCount {
    const variantName = this.nameOfScaled(options.variantName);
    return new ScalableInstanceCount(this, `${variantName}InstanceCount`, { ...options, endpoint: this, variantName });
  }

  /**
   * Lets SageMaker change how much concurrency a serverless variant keeps ready.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
   */
  public autoScaleProvisionedConcurrency(options: AutoScaleProvisionedConcurrencyOptions): ScalableProvisionedConcurrency {
    const variantName = this.nameOfScaled(options.variantName);
    return new ScalableProvisionedConcurrency(this, `${variantName}ProvisionedConcurrency`, { ...options, endpoint: this, variantName });
  }

  /**
   * Makes an alarm undo updates of the endpoint, beside those that do already.
   *
   * It can be one of the endpoint's own metrics, in the same stack.
   */
  public addRollbackAlarm(alarm: cloudwatch.IAlarm): void {
    if (this.guarded === undefined) {
      throw validationError(this, {
        property: 'addRollbackAlarm', rule: 'needs a deployment strategy, which SageMaker does not have for serverless variants, Inferentia 1 and Elastic Inference',
      });
    }
    this.guarded.add(alarm);
  }

  /**
   * The resource, whose name is known from now on before it is there: a serverless endpoint that had none is given one, other than that
   * of an endpoint on instances.
   *
   * @internal
   */
  public _namedBeforehand(): CfnEndpoint {
    const endpoint = this.node.defaultChild as CfnEndpoint;
    if (this._variants.some((variant) => variant._facts.isServerless)) {
      endpoint.endpointName = nameBeforehand(this, this.physicalName, 'serverless');
    }
    return endpoint;
  }

  /** Whether it writes answers to S3. @internal */
  public get _isAsync(): boolean {
    return this.asyncInference !== undefined;
  }

  /** One of the variants, or the only one; an error where there is no such. @internal */
  public _variant(variantName?: string): EndpointVariant {
    const name = super._variantNameFor(variantName);
    return this._variants.find((variant) => variant.variantName === name)!;
  }

  /** Makes updates keep what scaling has set, between these numbers of instances. @internal */
  public _scaled(variantName: string, capacity: InstanceRange): void {
    this.isScaled = true;
    for (const { id, message } of this.guarded?.warningsWhenScaled(variantName, capacity) ?? []) {
      Annotations.of(this).addWarningV2(`cdk-tensorflow-serving:${id}`, message);
    }
  }

  /** @internal */
  protected get _variantNames(): string[] {
    return this._variants.map(({ variantName }) => variantName);
  }

  /** The shadow has metrics like the others. @internal */
  protected _variantNameFor(given: string | undefined): string {
    return given !== undefined && given === this._shadow?.variantName ? given : super._variantNameFor(given);
  }

  /** What scales a variant finds fault itself with the shadow. */
  private nameOfScaled(given: string | undefined): string {
    return given !== undefined && given === this._shadow?.variantName ? given : this._variant(given).variantName;
  }

  private warn(props: TensorFlowServingEndpointProps, variants: EndpointVariant[], guarded: GuardedDeployment | undefined): void {
    const all = [...variants, ...props.shadow !== undefined ? [props.shadow] : []];
    for (const { id, message } of [...all.flatMap((variant) => variant._warnings), ...guarded?.warnings() ?? []]) {
      Annotations.of(this).addWarningV2(`cdk-tensorflow-serving:${id}`, message);
    }
    const unencrypted = all.filter((variant) => variant._hasLocalStorage).map(({ variantName }) => variantName);
    if (props.encryptionKey !== undefined && unencrypted.length > 0) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:localStorageHasItsOwnKey',
        `The instances of ${unencrypted.join(', ')} have storage of their own, which the hardware encrypts and \`encryptionKey\` does not; `
        + 'take instances without, such as ml.c5.xlarge, if that key must encrypt all');
    }
    if (props.asyncInference?.invocationTimeout !== undefined && isCutOff(props.asyncInference.invocationTimeout, all)) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:servingTimeout',
        'TensorFlow Serving\'s REST interface gives up after 30 seconds, whatever `asyncInference.invocationTimeout` is, and a model without '
        + 'inference code is called by it; add an inference.py that calls TensorFlow Serving by gRPC, or give requests less time');
    }
    if (variants.every((variant) => variant._facts.weight === 0)) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:allWeightsZero',
        'All variants have the weight 0, so that only requests that name a variant are answered; give one of them a weight');
    }
  }

  private rights(props: TensorFlowServingEndpointProps, bound: BoundVariant[]): RightsForEndpoint[] {
    const variants = [...this._variants, ...props.shadow !== undefined ? [props.shadow] : []];
    return variants.flatMap(({ _facts: { models } }, index) => models.map((model) => ({
      model,
      statements: [
        ...bound[index].statements,
        ...props.asyncInference !== undefined ? asyncStatements(props.asyncInference) : [],
        ...props.dataCapture !== undefined ? dataCaptureStatements(props.dataCapture) : [],
        ...props.explainer !== undefined ? explainerStatements(props.explainer) : [],
      ],
    })));
  }

  private retains(props: TensorFlowServingEndpointProps): boolean | undefined {
    return props.retainAllVariantProperties ?? (this.isScaled || props.excludeRetainedVariantProperties !== undefined ? true : undefined);
  }

  private excluded(props: TensorFlowServingEndpointProps): CfnEndpoint.VariantPropertyProperty[] | undefined {
    const isDefault = this.retains(props) === true && this._variants.length > 1;
    const excluded = props.excludeRetainedVariantProperties ?? (isDefault ? [VariantProperty.DESIRED_WEIGHT] : []);
    return excluded.length > 0 ? excluded.map((variantPropertyType) => ({ variantPropertyType })) : undefined;
  }
}

/** The ARN, and so what IAM compares, has the name in lower case. */
function inLowerCase(endpointName: string): string {
  return Token.isUnresolved(endpointName) ? endpointName : endpointName.toLowerCase();
}

/** Whether a container without code of its own would cut requests off that have so long. */
function isCutOff(timeout: Duration, variants: EndpointVariant[]): boolean {
  return !timeout.isUnresolved() && timeout.toSeconds() > REST_LIMIT_SECONDS
    && variants.some(({ _facts: { models } }) => models.some((model) => placeable(model)?._facts.hasInferenceCode === false));
}

/** Adds what the lowest aws-cdk-lib has no names for; it would drop properties that it does not know. */
function addFurther(config: CfnEndpointConfig, property: string, variants: BoundVariant[]): void {
  variants.forEach(({ further = {} }, index) => {
    Object.entries(further).forEach(([name, value]) => config.addPropertyOverride(`${property}.${index}.${name}`, value));
  });
}

function addMetricsConfig(config: CfnEndpointConfig, props: TensorFlowServingEndpointProps): void {
  const { enhancedMetrics, detailedObservability, metricPublishFrequency } = props;
  const given = {
    EnableEnhancedMetrics: enhancedMetrics,
    EnableDetailedObservability: detailedObservability,
    MetricPublishFrequencyInSeconds: metricPublishFrequency?.toSeconds(),
  };
  Object.entries(given).filter(([, value]) => value !== undefined)
    .forEach(([name, value]) => config.addPropertyOverride(`MetricsConfig.${name}`, value));
}
