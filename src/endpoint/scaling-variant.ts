import {
  type IScalableTarget, type PredefinedMetric, ScalableTarget, type ScalingSchedule, ServiceNamespace,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Capacity, type CapacityLimits, checkCapacity, checkMetric, checkPositive, checkSchedule, checkTracking } from './scaling-checks';
import type { MetricScalingOptions, TargetTrackingOptions } from './scaling-options';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';
import type { VariantFacts } from './variant-source';
import { throwIfAny, validationError, type Violation } from '../private/errors';

/** What is scaled, and between which numbers. */
export interface VariantScaling extends Capacity {
  readonly endpoint: TensorFlowServingEndpoint;
  readonly variantName?: string;
  readonly maxCapacity: number;
}

/** What of a variant is scaled. */
export interface ScaledProperty {
  /** What it is to Application Auto Scaling. */
  readonly dimension: string;
  /** What is wrong with such a variant. */
  readonly check: (variantName: string, facts: VariantFacts) => Violation[];
  readonly limits: (variantName: string, facts: VariantFacts) => CapacityLimits;
}

/** A metric that Application Auto Scaling knows by a name of its own, or any other. */
export type TrackedMetric = { readonly predefined: PredefinedMetric } | { readonly custom: IMetric };

/** What a policy keeps at what. */
export interface Tracking {
  readonly metric: TrackedMetric;
  readonly targetValue: number;
  /** What is wrong with them. */
  readonly faults: Violation[];
}

/** The role that Application Auto Scaling makes for itself, where it is not there yet. */
const SERVICE_LINKED_ROLE = 'aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';

/** The variants that are scaled. Application Auto Scaling knows a variant once. */
const SCALED = new WeakMap<TensorFlowServingEndpoint, Set<string>>();

/** What the ways to scale a variant have in common. @internal */
export abstract class ScalableVariant extends Construct {
  /** The name of the variant that is scaled. */
  public readonly variantName: string;

  /** What Application Auto Scaling knows the variant as. Policies of your own can be attached to it. */
  public readonly scalableTarget: IScalableTarget;

  /** @internal */
  protected readonly _endpoint: TensorFlowServingEndpoint;

  /** @internal */
  protected readonly _facts: VariantFacts;

  /** @internal */
  protected readonly _target: ScalableTarget;

  private readonly limits: CapacityLimits;
  private readonly tracked = new Set<string>();
  private readonly schedules = new Set<string>();

  constructor(scope: Construct, id: string, props: VariantScaling, scaled: ScaledProperty) {
    const { endpoint } = props;
    const { variantName, facts, limits } = checkedVariant(`${scope.node.path}/${id}`, props, scaled);
    super(scope, id);

    this.variantName = variantName;
    this._endpoint = endpoint;
    this._facts = facts;
    this.limits = limits;
    this._target = new ScalableTarget(this, 'Target', {
      serviceNamespace: ServiceNamespace.SAGEMAKER,
      scalableDimension: scaled.dimension,
      resourceId: `endpoint/${endpoint.endpointName}/variant/${variantName}`,
      minCapacity: props.minCapacity ?? 1,
      maxCapacity: props.maxCapacity,
      role: iam.Role.fromRoleArn(this, 'ScalingRole', Stack.of(this).formatArn({
        service: 'iam',
        region: '',
        resource: 'role',
        resourceName: SERVICE_LINKED_ROLE,
      }), { mutable: false }),
    });
    this.scalableTarget = this._target;
    endpoint._scaled(variantName, { min: props.minCapacity ?? 1, max: props.maxCapacity });
  }

  /**
   * Keeps a metric at a target.
   *
   * @param id the name of the policy in the construct tree
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html
   */
  public scaleToTrackMetric(id: string, options: MetricScalingOptions): void {
    this._track('scaleToTrackMetric', id, options, {
      metric: { custom: options.metric },
      targetValue: options.targetValue,
      faults: [...checkPositive('targetValue', options.targetValue), ...checkMetric(options.metric)],
    });
  }

  /**
   * Changes the numbers that it is scaled between, at a time or again and again. Policies then scale between the new ones.
   *
   * @param id the name of the scheduled action, different for each schedule: 1 to 256 characters other than : / |
   * @param schedule when it is, and what `minCapacity` and `maxCapacity` are from then on
   * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
   */
  public scaleOnSchedule(id: string, schedule: ScalingSchedule): void {
    throwIfAny(this, [
      ...checkSchedule(id, schedule, this.limits),
      ...(this.schedules.has(id) ? [{ property: 'id', got: id, rule: 'must be different for each schedule' }] : []),
    ]);
    this.schedules.add(id);
    this._target.scaleOnSchedule(id, schedule);
    this._scheduled(schedule);
  }

  /** Hears of every schedule. @internal */
  protected _scheduled(_schedule: ScalingSchedule): void {}

  /** Makes a policy that keeps a metric at a target. @internal */
  protected _track(method: string, id: string, options: TargetTrackingOptions, tracking: Tracking): void {
    const { metric, targetValue, faults } = tracking;
    throwIfAny(this, [...faults, ...checkTracking(options)]);
    const [name, key] = identityOf(metric);
    if (this.tracked.has(key)) {
      throw validationError(this, { property: method, got: name, rule: 'can keep a metric at one target only', remedy: 'leave out one of the two policies' });
    }
    this.tracked.add(key);
    this._target.scaleToTrackMetric(id, {
      targetValue,
      ...('predefined' in metric ? { predefinedMetric: metric.predefined } : { customMetric: metric.custom }),
      policyName: options.policyName,
      scaleInCooldown: options.scaleInCooldown,
      scaleOutCooldown: options.scaleOutCooldown,
      disableScaleIn: options.disableScaleIn,
    });
  }
}

interface CheckedVariant {
  readonly variantName: string;
  readonly facts: VariantFacts;
  readonly limits: CapacityLimits;
}

/** The variant that is scaled, if it can be. Nothing is made before that is known. */
function checkedVariant(place: string, props: VariantScaling, scaled: ScaledProperty): CheckedVariant {
  const { endpoint } = props;
  if (props.variantName !== undefined && props.variantName === endpoint._shadow?.variantName) {
    throw validationError(place, { property: 'variantName', got: props.variantName, rule: 'must be a variant that answers requests, not the shadow of one' });
  }
  const { variantName, _facts: facts } = endpoint._variant(props.variantName);
  const limits = scaled.limits(variantName, facts);
  const already = SCALED.get(endpoint) ?? new Set();
  throwIfAny(place, [
    ...(already.has(variantName) ? [{
      property: 'variantName', got: variantName, rule: 'must be a variant that is not scaled yet', remedy: 'add policies to what scales it already',
    }] : []),
    ...scaled.check(variantName, facts),
    ...checkCapacity(props, limits),
  ]);
  SCALED.set(endpoint, already.add(variantName));
  return { variantName, facts, limits };
}

/** The name of a metric, and what tells it from others. */
function identityOf(metric: TrackedMetric): [name: string, key: string] {
  if ('predefined' in metric) {
    return [metric.predefined, metric.predefined];
  }
  const { namespace, metricName, dimensions, statistic, unitFilter } = metric.custom.toMetricConfig().metricStat!;
  return [metricName, JSON.stringify([namespace, metricName, dimensions, statistic, unitFilter])];
}
