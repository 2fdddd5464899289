import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { checkCoreDump, coreDumpStatements, renderCoreDump } from './core-dump';
import type { CommonInstanceVariantOptions } from './instance-variant-options';
import { excluded, type Feature, ruledOut } from './mode-features';
import { checkInvocationTimeout, refuse } from './variant-checks';
import { modesOfVariant } from './variant-hardware';
import type { BoundVariant, VariantFacts, VariantSource, VariantUse, VariantWarning } from './variant-source';
import type { AcceleratorType } from '../images/accelerator-type';
import type { InstanceType } from '../images/instance-type';
import { processorOf } from '../images/processor';
import { type ModelFacts, placeable } from '../model/placeable-model';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { checkGibibytes, checkInteger, checkNumber, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';

/** What the agent of Systems Manager in a container does. */
const SSM_CHANNELS = [
  'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
];

const ELASTIC_INFERENCE_WITHDRAWN: VariantWarning = {
  id: 'elasticInferenceWithdrawn',
  message: 'AWS no longer offers Elastic Inference, so that the endpoint cannot be deployed; use a small GPU instance such as ml.g4dn.xlarge, '
    + 'or a CPU instance such as ml.c7i.large, instead of `acceleratorType`',
};

/** Instances of one type, and the model on them. */
export interface Placement {
  readonly instanceType: InstanceType;
  readonly acceleratorType?: AcceleratorType;
  readonly model: ITensorFlowModel;
  /** What the property of the type starts with: nothing, or `instancePools[0].`. */
  readonly at: string;
  /** The property of the model. */
  readonly modelAt: string;
}

/** The part of a variant's configuration that says which instances there are. */
export type HardwareProperties = Pick<CfnEndpointConfig.ProductionVariantProperty,
'instanceType' | 'acceleratorType' | 'instancePools' | 'capacityReservationConfig'>;

/** What variants on instances of one type and of several have in common. */
export abstract class VariantOnInstances<Options extends CommonInstanceVariantOptions> implements VariantSource {
  public readonly facts: VariantFacts;
  public readonly hasLocalStorage: boolean;
  public readonly warnings: readonly VariantWarning[];

  protected constructor(protected readonly options: Options, protected readonly placements: readonly Placement[]) {
    const instanceTypes = placements.map(({ instanceType }) => instanceType);
    const hasElasticInference = placements.some(({ acceleratorType }) => acceleratorType !== undefined);
    this.facts = {
      model: placements[0]?.model ?? options.model,
      models: [...new Set(placements.map(({ model }) => model))],
      isServerless: false,
      instanceTypes,
      hasElasticInference,
      initialInstanceCount: options.initialInstanceCount ?? 1,
      weight: options.weight ?? 1,
    };
    this.hasLocalStorage = instanceTypes.some((type) => type._hasLocalStorage);
    this.warnings = [
      ...hasElasticInference ? [ELASTIC_INFERENCE_WITHDRAWN] : [],
      ...instanceTypes.filter((type) => !type._isKnownToHost).map((type) => ({
        id: 'instanceTypeUnknown',
        message: `SageMaker is not known to host models on ${type}, so that the endpoint may not be deployed; `
          + 'use a type that it lists, such as ml.c7i.xlarge or ml.g5.xlarge',
      })),
    ];
  }

  public check(at: string, use: VariantUse): Violation[] {
    const { options } = this;
    const seconds = { min: 60, max: 3600 };
    return [
      ...checkInteger(`${at}initialInstanceCount`, options.initialInstanceCount, { min: 1 }),
      ...checkNumber(`${at}weight`, options.weight, { min: 0 }),
      ...checkGibibytes(`${at}volumeSize`, options.volumeSize, { min: 1, max: 512 }),
      ...checkSeconds(`${at}variantInstanceProvisionTimeout`, options.variantInstanceProvisionTimeout, { min: 300, max: 3600 }),
      ...checkSeconds(`${at}modelDataDownloadTimeout`, options.modelDataDownloadTimeout, seconds),
      ...checkSeconds(`${at}containerStartupHealthCheckTimeout`, options.containerStartupHealthCheckTimeout, seconds),
      ...options.coreDump !== undefined ? checkCoreDump(options.coreDump, this.facts.model, at) : [],
      ...this.checkVolume(at),
      ...this.checkSsmAccess(at),
      ...this.placements.flatMap((placement) => checkPlacement(at, placement, use)),
      ...this.models.flatMap((placement) => this.checkModel(at, placement, use)),
    ];
  }

  public bind(endpoint: Construct, variantName: string, use: VariantUse): BoundVariant {
    const { options } = this;
    const modelNames = this.placements.map(({ model, instanceType, acceleratorType }) =>
      placeable(model)?._modelNameFor(endpoint, { instanceType, acceleratorType, asyncInvocationTimeout: use.asyncInvocationTimeout })
      ?? model.modelName);
    return {
      production: {
        variantName,
        modelName: modelNames[0],
        ...this.hardware(modelNames),
        initialInstanceCount: this.facts.initialInstanceCount,
        initialVariantWeight: this.facts.weight,
        volumeSizeInGb: options.volumeSize?.toGibibytes(),
        variantInstanceProvisionTimeoutInSeconds: options.variantInstanceProvisionTimeout?.toSeconds(),
        modelDataDownloadTimeoutInSeconds: options.modelDataDownloadTimeout?.toSeconds(),
        containerStartupHealthCheckTimeoutInSeconds: this.startupTimeout()?.toSeconds(),
        inferenceAmiVersion: options.inferenceAmiVersion?.toString(),
        routingConfig: options.routing !== undefined ? { routingStrategy: options.routing } : undefined,
        enableSsmAccess: options.enableSsmAccess,
      },
      further: options.coreDump !== undefined ? { CoreDumpConfig: renderCoreDump(options.coreDump) } : undefined,
      securityGroups: [...new Set<ec2.ISecurityGroup>(this.models.flatMap(({ model }) => placeable(model)?._securityGroups ?? []))],
      statements: [
        ...options.coreDump !== undefined ? coreDumpStatements(options.coreDump) : [],
        ...options.enableSsmAccess === true ? [new iam.PolicyStatement({ actions: SSM_CHANNELS, resources: ['*'] })] : [],
      ],
    };
  }

  /**
   * Which instances there are.
   *
   * @param modelNames the names of the SageMaker models, one for each placement
   */
  protected abstract hardware(modelNames: string[]): HardwareProperties;

  /** A placement of each model. */
  protected get models(): Placement[] {
    return this.placements.filter(({ model }, index) => this.placements.findIndex((other) => other.model === model) === index);
  }

  private checkVolume(at: string): Violation[] {
    return this.hasLocalStorage && this.options.volumeSize !== undefined
      ? [{
        property: `${at}volumeSize`,
        got: `${this.options.volumeSize.toGibibytes()} GiB on ${this.facts.instanceTypes.filter((type) => type._hasLocalStorage).join(', ')}`,
        rule: 'cannot be given for instances with storage of their own',
        remedy: 'leave it out',
      }]
      : [];
  }

  private checkSsmAccess(at: string): Violation[] {
    const isIsolated = this.models.some(({ model }) => (placeable(model)?._facts.networkIsolation ?? 'off') !== 'off');
    return this.options.enableSsmAccess === true && isIsolated
      ? refuse({ property: `${at}enableSsmAccess`, rule: 'cannot be used with this model', remedy: 'give the model `networkIsolation: false`' },
        excluded('ssmAccess', 'networkIsolation'))
      : [];
  }

  private checkModel(at: string, { model, modelAt }: Placement, use: VariantUse): Violation[] {
    const facts = placeable(model)?._facts;
    if (facts === undefined) {
      return [];
    }
    return [
      ...this.checkStartup(at, facts),
      ...use.asyncInvocationTimeout === undefined ? checkInvocationTimeout(`${at}${modelAt}`, facts.invocationTimeout, 'a real-time request') : [],
      ...facts.isPipeline && use.copiesRequests === true
        ? refuse({ property: `${at}${modelAt}`, rule: 'must not be a pipeline' }, excluded('shadow', 'inferencePipeline')) : [],
    ];
  }

  private checkStartup(at: string, { loadTimeout: load }: ModelFacts): Violation[] {
    const given = this.options.containerStartupHealthCheckTimeout;
    return given !== undefined && load !== undefined && !given.isUnresolved() && !load.isUnresolved() && given.toSeconds() < load.toSeconds()
      ? [{
        property: `${at}containerStartupHealthCheckTimeout`,
        got: `${given.toSeconds()} seconds`,
        rule: `must be at least the \`modelLoadTimeout\` of the model, ${load.toSeconds()} seconds, or the container is stopped before`,
        remedy: 'leave it out to give the container a minute more than the model',
      }]
      : [];
  }

  private startupTimeout(): Duration | undefined {
    const loads = this.models.flatMap(({ model }) => placeable(model)?._facts.loadTimeout ?? []);
    if (this.options.containerStartupHealthCheckTimeout !== undefined || loads.length === 0) {
      return this.options.containerStartupHealthCheckTimeout;
    }
    return loads.some((load) => load.isUnresolved())
      ? undefined
      : Duration.seconds(Math.min(3600, Math.max(...loads.map((load) => load.toSeconds())) + 60));
  }
}

/** Finds fault with hardware that SageMaker does not have for the use, or for the model. */
function checkPlacement(at: string, { instanceType, acceleratorType, model, at: pool }: Placement, use: VariantUse): Violation[] {
  const modes = modesOfVariant({ isServerless: false, model }, use.asyncInvocationTimeout !== undefined);
  const reasons = (feature: Feature): (string | undefined)[] => [
    ...modes.map((mode) => ruledOut(mode, feature)),
    ...use.copiesRequests === true ? [excluded('shadow', feature)] : [],
  ];
  const processor = processorOf({ instanceType });
  const type = { property: `${at}${pool}instanceType`, got: instanceType.toString() };
  return [
    ...processor === 'gpu' || processor === 'armWithGpu'
      ? refuse({ ...type, rule: 'must have no GPU', remedy: 'use CPU instances, such as ml.c7i.xlarge' }, ...reasons('gpu')) : [],
    ...instanceType._family === 'inf1'
      ? refuse({ ...type, rule: 'must have no Inferentia 1', remedy: 'use CPU instances, such as ml.c7i.xlarge' }, ...reasons('inferentia1')) : [],
    ...acceleratorType !== undefined
      ? refuse({ property: `${at}acceleratorType`, rule: 'cannot be used here', remedy: 'leave it out' }, ...reasons('elasticInference')) : [],
  ];
}
