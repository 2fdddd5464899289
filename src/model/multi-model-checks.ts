import type { TensorFlowServingOptions } from './serving-options';
import { checkInteger } from '../private/checks';
import type { Violation } from '../private/errors';

/** What a model of many models gets that means something else, or nothing, for these. */
export interface ManyModelsOptions extends TensorFlowServingOptions {
  readonly environment?: { readonly [key: string]: string };
  readonly networkIsolation?: boolean;
}

/** How many ports the container has for TensorFlow Serving, of those that SageMaker gives it. */
const PORTS = 449;

const COUNT = 'SAGEMAKER_TFS_INSTANCE_COUNT';
const MULTI_MODEL = 'SAGEMAKER_MULTI_MODEL';

/** Where the container gets the code from that is for all models. */
const UNIVERSAL = ['SAGEMAKER_MULTI_MODEL_UNIVERSAL_BUCKET', 'SAGEMAKER_MULTI_MODEL_UNIVERSAL_PREFIX'];

/** Finds fault with what many models cannot be served with. */
export function checkManyModels({ defaultModelName, servingProcessCount, environment = {}, networkIsolation }: ManyModelsOptions): Violation[] {
  const given = UNIVERSAL.filter((variable) => environment[variable] !== undefined);
  const missing = UNIVERSAL.filter((variable) => environment[variable] === undefined);
  return [
    ...defaultModelName !== undefined ? [{
      property: 'defaultModelName', rule: 'has no effect on a MultiModel: each request names its model as TargetModel', got: defaultModelName, remedy: 'leave it out',
    }] : [],
    ...checkProcesses('servingProcessCount', servingProcessCount),
    ...checkProcesses(`environment.${COUNT}`, /^\d+$/.test(environment[COUNT]) ? Number(environment[COUNT]) : undefined),
    ...environment[MULTI_MODEL]?.toLowerCase() === 'false' ? [{
      property: `environment.${MULTI_MODEL}`, rule: 'must be true with a MultiModel', got: environment[MULTI_MODEL], remedy: 'leave it out: SageMaker sets it',
    }] : [],
    ...given.length === 1 ? [{
      property: `environment.${missing[0]}`, rule: `is required with ${given[0]}: the container takes code for all models only from both`,
    }] : [],
    ...given.length === 2 && networkIsolation !== false ? [{
      property: 'networkIsolation',
      rule: 'must be false for code for all models, which the container downloads when it starts',
      remedy: 'set it to false, and let the role read that bucket',
    }] : [],
  ];
}

function checkProcesses(property: string, count: number | undefined): Violation[] {
  return checkInteger(property, count, { min: 1, max: PORTS }, `the container has ${PORTS} ports for the processes of all models together`);
}
