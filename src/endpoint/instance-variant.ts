import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { InstanceVariantOptions } from './endpoint-variant';
import type { BoundVariant, VariantSource, VariantWarning } from './variant-source';
import type { ModelFromArtifact } from '../model/model-from-artifact';
import { checkGibibytes, checkInteger, checkNumber, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';

/** SageMaker gives a real-time request no longer than this. */
const REAL_TIME_LIMIT = Duration.seconds(60);

const ELASTIC_INFERENCE_WITHDRAWN: VariantWarning = {
  id: 'elasticInferenceWithdrawn',
  message: 'AWS no longer offers Elastic Inference, so that the endpoint cannot be deployed; use a small GPU instance such as ml.g4dn.xlarge, '
    + 'or a CPU instance such as ml.c7i.large, instead of `acceleratorType`',
};

/** A variant on instances that run all the time. */
export class InstanceVariant implements VariantSource {
  public readonly hasLocalStorage: boolean;
  public readonly warnings: readonly VariantWarning[];

  constructor(private readonly options: InstanceVariantOptions) {
    this.hasLocalStorage = options.instanceType._hasLocalStorage;
    this.warnings = [
      ...options.acceleratorType !== undefined ? [ELASTIC_INFERENCE_WITHDRAWN] : [],
      ...options.instanceType._isKnownToHost ? [] : [{
        id: 'instanceTypeUnknown',
        message: `SageMaker is not known to host models on ${options.instanceType}, so that the endpoint may not be deployed; `
          + 'use a type that it lists, such as ml.c7i.xlarge or ml.g5.xlarge',
      }],
    ];
  }

  /** The model, if it is one of this library's own and not imported. */
  private get made(): ModelFromArtifact | undefined {
    const { model } = this.options;
    return '_modelNameFor' in model ? model as ModelFromArtifact : undefined;
  }

  public check(at: string): Violation[] {
    const { options } = this;
    const seconds = { min: 60, max: 3600 };
    return [
      ...checkInteger(`${at}initialInstanceCount`, options.initialInstanceCount, { min: 1 }),
      ...checkNumber(`${at}weight`, options.weight, { min: 0 }),
      ...checkGibibytes(`${at}volumeSize`, options.volumeSize, { min: 1, max: 512 }),
      ...checkSeconds(`${at}modelDataDownloadTimeout`, options.modelDataDownloadTimeout, seconds),
      ...checkSeconds(`${at}containerStartupHealthCheckTimeout`, options.containerStartupHealthCheckTimeout, seconds),
      ...this.checkVolume(at),
      ...this.checkStartup(at),
      ...this.checkInvocationTimeout(at),
    ];
  }

  public bind(endpoint: Construct, variantName: string): BoundVariant {
    const { options, made } = this;
    return {
      production: {
        variantName,
        modelName: made !== undefined
          ? made._modelNameFor(endpoint, { instanceType: options.instanceType, acceleratorType: options.acceleratorType })
          : options.model.modelName,
        instanceType: options.instanceType.toString(),
        initialInstanceCount: options.initialInstanceCount ?? 1,
        initialVariantWeight: options.weight ?? 1,
        acceleratorType: options.acceleratorType?.toString(),
        volumeSizeInGb: options.volumeSize?.toGibibytes(),
        modelDataDownloadTimeoutInSeconds: options.modelDataDownloadTimeout?.toSeconds(),
        containerStartupHealthCheckTimeoutInSeconds: startupTimeout(options, made)?.toSeconds(),
        inferenceAmiVersion: options.inferenceAmiVersion?.toString(),
        routingConfig: options.routing !== undefined ? { routingStrategy: options.routing } : undefined,
      },
      securityGroups: made?._securityGroups ?? [],
    };
  }

  private checkVolume(at: string): Violation[] {
    return this.hasLocalStorage && this.options.volumeSize !== undefined
      ? [{
        property: `${at}volumeSize`,
        got: `${this.options.volumeSize.toGibibytes()} GiB on ${this.options.instanceType}`,
        rule: 'cannot be given for instances with storage of their own',
        remedy: 'leave it out',
      }]
      : [];
  }

  private checkStartup(at: string): Violation[] {
    const given = this.options.containerStartupHealthCheckTimeout;
    const load = this.made?._loadTimeout;
    return given !== undefined && load !== undefined && !given.isUnresolved() && !load.isUnresolved() && given.toSeconds() < load.toSeconds()
      ? [{
        property: `${at}containerStartupHealthCheckTimeout`,
        got: `${given.toSeconds()} seconds`,
        rule: `must be at least the \`modelLoadTimeout\` of the model, ${load.toSeconds()} seconds, or the container is stopped before`,
        remedy: 'leave it out to give the container a minute more than the model',
      }]
      : [];
  }

  private checkInvocationTimeout(at: string): Violation[] {
    const timeout = this.made?._invocationTimeout;
    return timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() > REAL_TIME_LIMIT.toSeconds()
      ? [{
        property: `${at}model`,
        got: `an invocationTimeout of ${timeout.toSeconds()} seconds`,
        rule: `must have an \`invocationTimeout\` of at most ${REAL_TIME_LIMIT.toSeconds()} seconds, which is all that a real-time request gets`,
        remedy: 'give the model a shorter one, and requests that need less time',
      }]
      : [];
  }
}

function startupTimeout(options: InstanceVariantOptions, model: ModelFromArtifact | undefined): Duration | undefined {
  if (options.containerStartupHealthCheckTimeout !== undefined || model?._loadTimeout === undefined) {
    return options.containerStartupHealthCheckTimeout;
  }
  return model._loadTimeout.isUnresolved()
    ? undefined
    : Duration.seconds(Math.min(3600, model._loadTimeout.toSeconds() + 60));
}
