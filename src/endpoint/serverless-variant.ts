import { Size, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type Feature, ruledOut } from './mode-features';
import { checkInvocationTimeout, refuse } from './variant-checks';
import type { BoundVariant, VariantFacts, VariantSource, VariantWarning } from './variant-source';
import { type ModelFacts, placeable } from '../model/placeable-model';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { checkGibibytes, checkInteger } from '../private/checks';
import type { Violation } from '../private/errors';

/** A variant without instances, which is paid for while it answers. */
export interface ServerlessVariantOptions {
  /**
   * The model that the variant serves, on CPUs.
   *
   * It can be in no VPC, must be in an archive, and is no multi-model. It is made without network isolation: for a model
   * that asks for that, a serverless variant is an error.
   */
  readonly model: ITensorFlowModel;

  /**
   * How much memory one request has, 1 to 6 whole GiB. More of it comes with more CPUs.
   *
   * It should be at least as large as the model.
   *
   * @default Size.gibibytes(2)
   */
  readonly memorySize?: Size;

  /**
   * How many requests are answered at the same time, 1 to 200. Others are refused.
   *
   * @default 5
   */
  readonly maxConcurrency?: number;

  /**
   * For how many requests at the same time the model is kept loaded, 1 to `maxConcurrency`. They are paid for all the time.
   *
   * Other requests may wait until the container has started.
   *
   * @default - none: the first request after a pause waits
   */
  readonly provisionedConcurrency?: number;
}

/** SageMaker gives the download of the model and the start of its container no longer than this. */
const START_LIMIT_SECONDS = 180;

/** A variant without instances. */
export class ServerlessVariant implements VariantSource {
  public readonly facts: VariantFacts & { readonly maxConcurrency: number };
  public readonly hasLocalStorage = false;

  constructor(private readonly options: ServerlessVariantOptions) {
    this.facts = {
      model: options.model,
      models: [options.model],
      isServerless: true,
      instanceTypes: [],
      hasElasticInference: false,
      initialInstanceCount: 0,
      provisionedConcurrency: options.provisionedConcurrency,
      maxConcurrency: options.maxConcurrency ?? 5,
      weight: 1,
    };
  }

  public get warnings(): readonly VariantWarning[] {
    return slowStart(placeable(this.options.model)?._facts);
  }

  public check(at: string): Violation[] {
    const { memorySize, maxConcurrency, provisionedConcurrency } = this.options;
    const model = placeable(this.options.model)?._facts;
    return [
      ...checkGibibytes(`${at}memorySize`, memorySize, { min: 1, max: 6 }),
      ...checkInteger(`${at}maxConcurrency`, maxConcurrency, { min: 1, max: 200 }),
      ...checkInteger(`${at}provisionedConcurrency`, provisionedConcurrency, { min: 1, max: 200 }),
      ...this.checkProvisioned(at),
      ...model !== undefined ? checkModel(`${at}model`, model) : [],
    ];
  }

  public bind(endpoint: Construct, variantName: string): BoundVariant {
    const { model, memorySize = Size.gibibytes(2), provisionedConcurrency } = this.options;
    return {
      production: {
        variantName,
        modelName: placeable(model)?._modelNameFor(endpoint, { serverless: true }) ?? model.modelName,
        initialVariantWeight: this.facts.weight,
        serverlessConfig: { memorySizeInMb: memorySize.toMebibytes(), maxConcurrency: this.facts.maxConcurrency, provisionedConcurrency },
      },
      securityGroups: [],
      statements: [],
    };
  }

  private checkProvisioned(at: string): Violation[] {
    const { provisionedConcurrency, maxConcurrency } = this.facts;
    return provisionedConcurrency !== undefined && !Token.isUnresolved(provisionedConcurrency) && !Token.isUnresolved(maxConcurrency)
      && provisionedConcurrency > maxConcurrency
      ? [{
        property: `${at}provisionedConcurrency`,
        got: provisionedConcurrency,
        rule: `must be at most \`maxConcurrency\`, ${maxConcurrency}`,
        remedy: 'raise `maxConcurrency`',
      }]
      : [];
  }
}

function checkModel(property: string, model: ModelFacts): Violation[] {
  const used: [isUsed: boolean, feature: Feature, rule: string, remedy: string][] = [
    [model.isInVpc, 'vpc', 'must not be in a VPC', 'make a model without a `vpc` for this variant'],
    [model.networkIsolation === 'required', 'networkIsolation', 'must not ask for network isolation', 'leave out its `networkIsolation`'],
    [model.isMultiModel, 'multiModel', 'must not be a multi-model', 'make a model of one artifact'],
    [model.isPipeline, 'inferencePipeline', 'must not be a pipeline', 'make a model with one container'],
    [model.isUncompressed, 'uncompressedData', 'must not be uncompressed', 'give it an artifact that is an archive'],
    [model.hasPrivateImage, 'privateRegistry', 'must not have an image in a private registry', 'copy the image to Amazon ECR'],
  ];
  return [
    ...used.flatMap(([isUsed, feature, rule, remedy]) => isUsed ? refuse({ property, rule, remedy }, ruledOut('serverless', feature)) : []),
    ...checkInvocationTimeout(property, model.invocationTimeout, 'a serverless request'),
  ];
}

function slowStart(model: ModelFacts | undefined): VariantWarning[] {
  const load = model?.loadTimeout;
  return load !== undefined && !load.isUnresolved() && load.toSeconds() > START_LIMIT_SECONDS
    ? [{
      id: 'serverlessStartLimit',
      message: `The model may take ${load.toSeconds()} seconds to load, but a serverless variant must have downloaded and loaded it within `
        + `${START_LIMIT_SECONDS} seconds; use instances if it needs more`,
    }]
    : [];
}
