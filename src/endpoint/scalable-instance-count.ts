import {
  AdjustmentType, type BasicStepScalingPolicyProps, MetricAggregationType, PredefinedMetric, type ScalingSchedule, StepScalingAction,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Annotations, Aspects, Duration, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { ruledOut } from './mode-features';
import { checkPositive } from './scaling-checks';
import type {
  BacklogScalingOptions, ConcurrentRequestsScalingOptions, InvocationsScalingOptions, UtilizationScalingOptions,
} from './scaling-options';
import { ScalableVariant, type ScaledProperty } from './scaling-variant';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';
import { type Counted, CPUS, GPUS, utilizationTarget } from './utilization-target';
import { checkSeconds } from '../private/checks';
import { throwIfAny, validationError } from '../private/errors';

/** Between which numbers the instances of a variant are scaled. */
export interface AutoScaleInstanceCountOptions {
  /**
   * The variant, which is on instances.
   *
   * @default - the only variant of the endpoint
   */
  readonly variantName?: string;

  /**
   * The fewest instances, at least 1. A variant of an asynchronous endpoint can do with 0: its requests wait in a queue.
   *
   * @default 1
   */
  readonly minCapacity?: number;

  /** The most instances, at least 1 and at least `minCapacity`. */
  readonly maxCapacity: number;
}

/** The instances of a variant, which are scaled. */
export interface ScalableInstanceCountProps extends AutoScaleInstanceCountOptions {
  /** The endpoint that has the variant. */
  readonly endpoint: TensorFlowServingEndpoint;
}

/**
 * The number of instances of a variant, which Application Auto Scaling changes.
 *
 * Without a policy or a schedule the number stays as it is. Where there are several policies, the one that asks for the most
 * instances has its way. With no requests the variant goes down to `minCapacity`. Updates of the endpoint keep the number of
 * instances that scaling has set.
 *
 * While a variant is scaled, SageMaker does not let go of it: an update that changes its instance type, or removes it, fails.
 * Deploy once without scaling, but with the endpoint's `retainAllVariantProperties` so that it keeps its instances, and then the
 * change; scaling can come back together with the change.
 *
 * SageMaker does not scale burstable instances, such as `ml.t2.medium`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 */
export class ScalableInstanceCount extends ScalableVariant {
  /** What the number of instances can be scaled down to. */
  private readonly floors: number[];

  /** Whether something adds an instance when there is none. */
  private hasWayBack = false;

  private backlog?: { readonly id: string; readonly cooldown?: Duration };

  constructor(scope: Construct, id: string, props: ScalableInstanceCountProps) {
    super(scope, id, props, instanceCount(props.endpoint));
    this.floors = numbers(props.minCapacity);
    Aspects.of(this).add({ visit: (node: IConstruct) => { this.warnOfNothing(node); } });
  }

  /**
   * Keeps the number of requests to each instance at a target.
   *
   * It is for real-time endpoints; those that are asynchronous do not publish this number.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnInvocations(id: string, options: InvocationsScalingOptions): void {
    this.requireRealTime('scaleOnInvocations');
    this._track('scaleOnInvocations', id, options, {
      metric: { predefined: PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE },
      targetValue: options.invocationsPerInstance,
      faults: checkPositive('invocationsPerInstance', options.invocationsPerInstance),
    });
  }

  /**
   * Keeps the number of requests that each instance works on at a target.
   *
   * SageMaker publishes it every 10 seconds, so that instances are added sooner than with the other metrics. It is for real-time
   * endpoints; those that are asynchronous do not publish it.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnConcurrentRequests(id: string, options: ConcurrentRequestsScalingOptions): void {
    this.requireRealTime('scaleOnConcurrentRequests');
    this._track('scaleOnConcurrentRequests', id, options, {
      metric: { predefined: PredefinedMetric.SAGEMAKER_VARIANT_CONCURRENT_REQUESTS_PER_MODEL_HIGH_RESOLUTION },
      targetValue: options.concurrentRequestsPerInstance,
      faults: checkPositive('concurrentRequestsPerInstance', options.concurrentRequestsPerInstance),
    });
  }

  /**
   * Keeps the use of all the processors of an instance at a target.
   *
   * SageMaker counts 100 percent for each vCPU. The target is what is used of all of them together, and is multiplied by their number.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnCpuUtilization(id: string, options: UtilizationScalingOptions): void {
    this.trackUtilization('scaleOnCpuUtilization', id, options, 'CPUUtilization', CPUS);
  }

  /**
   * Keeps the use of the memory of an instance at a target.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnMemoryUtilization(id: string, options: UtilizationScalingOptions): void {
    this.trackUtilization('scaleOnMemoryUtilization', id, options, 'MemoryUtilization');
  }

  /**
   * Keeps the use of all the GPUs of an instance at a target.
   *
   * SageMaker counts 100 percent for each GPU. The target is what is used of all of them together, and is multiplied by their number.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnGpuUtilization(id: string, options: UtilizationScalingOptions): void {
    this.trackUtilization('scaleOnGpuUtilization', id, options, 'GPUUtilization', GPUS);
  }

  /**
   * Keeps the use of the memory of all the GPUs of an instance at a target.
   *
   * TensorFlow Serving takes nearly all of it when it starts, unless it is told otherwise, and then this says nothing about the
   * requests. SageMaker counts 100 percent for each GPU. The target is what is used of all of them together, and is multiplied by
   * their number.
   *
   * @param id the name of the policy in the construct tree
   */
  public scaleOnGpuMemoryUtilization(id: string, options: UtilizationScalingOptions): void {
    this.trackUtilization('scaleOnGpuMemoryUtilization', id, options, 'GPUMemoryUtilization', GPUS);
  }

  /**
   * Keeps the number of requests that wait for each instance at a target. It is for asynchronous endpoints.
   *
   * Where there may be no instance, an alarm and a policy of their own add the first one when a request waits for two minutes.
   * Without them it would come only when more requests wait than the target is. The queue is that of the endpoint: where it has
   * several variants, they are scaled alike.
   *
   * @param id the name of the policy in the construct tree
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
   */
  public scaleOnBacklog(id: string, options: BacklogScalingOptions): void {
    if (!this._endpoint._isAsync) {
      throw validationError(this, {
        property: 'scaleOnBacklog',
        rule: 'is for asynchronous endpoints, which have a queue',
        remedy: 'use scaleOnInvocations or scaleOnConcurrentRequests',
      });
    }
    this._track('scaleOnBacklog', id, options, {
      metric: { custom: this._endpoint.metricApproximateBacklogSizePerInstance() },
      targetValue: options.backlogPerInstance,
      faults: checkPositive('backlogPerInstance', options.backlogPerInstance),
    });
    this.backlog = { id, cooldown: options.scaleOutCooldown };
    this.provideWayBack();
  }

  /**
   * Adds or removes instances in steps, by the value of a metric. It makes one or two alarms.
   *
   * @param id the name of the policy in the construct tree
   * @param props the metric, and 2 to 40 steps
   * @see https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
   */
  public scaleOnMetric(id: string, props: BasicStepScalingPolicyProps): void {
    throwIfAny(this, checkSeconds('cooldown', props.cooldown, { min: 0 }));
    this._target.scaleOnMetric(id, props);
    this.hasWayBack = true;
  }

  /** @internal */
  protected _scheduled({ minCapacity, maxCapacity }: ScalingSchedule): void {
    this.floors.push(...numbers(minCapacity, maxCapacity));
    this.hasWayBack ||= minCapacity !== undefined && minCapacity !== 0;
    this.provideWayBack();
  }

  private trackUtilization(method: string, id: string, options: UtilizationScalingOptions, metricName: string, counted?: Counted): void {
    this._track(method, id, options, {
      metric: { custom: this._endpoint._metricOf(this.variantName, metricName) },
      ...utilizationTarget(method, options.targetUtilizationPercent, this._facts.instanceTypes, counted),
    });
  }

  private requireRealTime(method: string): void {
    if (this._endpoint._isAsync) {
      throw validationError(this, {
        property: method,
        rule: 'is for real-time endpoints: those that are asynchronous do not publish its metric',
        remedy: 'use scaleOnBacklog',
      });
    }
  }

  /** Makes what adds the first instance, where it is needed. */
  private provideWayBack(): void {
    const mayBeZero = this.floors.some((floor) => floor === 0 || Token.isUnresolved(floor));
    const id = `${this.backlog?.id}FromZero`;
    if (this.backlog === undefined || !mayBeZero || this._target.node.tryFindChild(id) !== undefined) {
      return;
    }
    const action = new StepScalingAction(this._target, id, {
      scalingTarget: this._target,
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      metricAggregationType: MetricAggregationType.AVERAGE,
      cooldown: this.backlog.cooldown,
    });
    action.addAdjustment({ lowerBound: 0, adjustment: 1 });
    new Alarm(action, 'Alarm', {
      alarmDescription: 'Requests wait, and there is no instance to answer them',
      metric: this._endpoint.metricHasBacklogWithoutCapacity({ statistic: 'Average', period: Duration.minutes(1) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 2,
    }).addAlarmAction(new ApplicationScalingAction(action));
    this.hasWayBack = true;
  }

  private warnOfNothing(node: IConstruct): void {
    if (node === this && this.floors.includes(0) && !this.hasWayBack) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:nothingScalesFromZero',
        `${this.variantName} may be left without instances, and then nothing adds one when requests come; `
        + 'add scaleOnBacklog, a step policy with scaleOnMetric, or a schedule with a `minCapacity` of at least 1');
    }
  }
}

function instanceCount(endpoint: TensorFlowServingEndpoint): ScaledProperty {
  const because = ruledOut(endpoint._isAsync ? 'asynchronous' : 'real-time', 'scaleToZero');
  return {
    dimension: 'sagemaker:variant:DesiredInstanceCount',
    check: (variantName, { isServerless, instanceTypes }) => {
      if (isServerless) {
        return [{
          property: 'variantName',
          got: variantName,
          rule: `must be a variant on instances, because ${ruledOut('serverless', 'instanceScaling')}`,
          remedy: 'use autoScaleProvisionedConcurrency',
        }];
      }
      return instanceTypes.filter((type) => type._isBurstable).map((type) => ({
        property: 'instanceType',
        got: type.toString(),
        rule: `of ${variantName} must not be burstable, because SageMaker does not scale such instances`,
        remedy: 'take a type such as ml.m5.large or ml.c7i.large',
      }));
    },
    limits: () => ({ least: because === undefined ? 0 : 1, because, remedy: 'make the endpoint asynchronous with `asyncInference`' }),
  };
}

function numbers(...values: (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}
