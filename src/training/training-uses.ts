import { Annotations, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DistributionUse } from './distribution-strategies';
import { changedByShell, checkHyperparameters } from './hyperparameters';
import { InputMode } from './input-mode';
import {
  checkContainer, checkInputs, checkInstances, checkMetrics, checkModelDir, checkTimes, checkTrainingNetwork,
} from './training-checks';
import type { CheckedCode, CodeUse } from './training-code-source';
import { checkDebugger, type DebuggerUse } from './training-debugger';
import { checkTrainingEnvironment } from './training-environment';
import { checkTrainingImage } from './training-image';
import type { InputUse } from './training-input-source';
import { instanceTypesOf, isKnownToTrain } from './training-instances';
import type { TensorFlowTrainingOptions } from './training-options';
import { checkOutputs } from './training-outputs';
import { containerHyperparameters, MODEL_DIRECTORY } from './training-parameters';
import { checkRevision } from './training-revision';
import { concreteRegion } from '../images/registry';
import type { Violation } from '../private/errors';
import { checkExperiment } from '../private/experiment-names';

/** The hyperparameter that is given only when a job is started, `sagemaker_job_name`. */
const HYPERPARAMETERS_OF_A_RUN = 1;

/** What the parts of a job have to know of its other parts. */
export interface Uses {
  readonly code: CodeUse;
  readonly input: InputUse;
  readonly distribution: DistributionUse;
  readonly debugger: DebuggerUse;
}

/** Something to tell a user that is no error. */
interface Warning {
  readonly id: string;
  readonly message: string;
}

/** What the parts of a job have to know of its other parts. */
export function usesOf(scope: Construct, options: TensorFlowTrainingOptions): Uses {
  const version = options.version?.trainingVersion;
  const { instanceType, instanceGroups } = options;
  return {
    code: { version, networkIsolation: options.networkIsolation === true, isStartedByContainer: options.containerEntryPoint === undefined },
    input: {
      inputMode: options.inputMode ?? InputMode.FILE,
      instanceGroups: instanceGroups?.map(({ name }) => name),
      isInVpc: options.vpc !== undefined,
    },
    distribution: {
      version, modelDir: options.modelDir ?? MODEL_DIRECTORY, instanceType, instanceCount: options.instanceCount ?? 1, instanceGroups,
    },
    debugger: { version, region: concreteRegion(scope) },
  };
}

/** Finds fault with the options of a job, but for those that its code has. */
export function checkOptions(scope: Construct, options: TensorFlowTrainingOptions, uses: Uses): Violation[] {
  const version = uses.code.version;
  return [
    ...checkTrainingImage(options),
    ...options.code === undefined && options.image === undefined ? [{
      property: 'code', rule: 'is required for an image of AWS\'s', remedy: 'give it with TrainingCode.fromDirectory, or an `image` that has it',
    }] : [],
    ...checkInstances(options, version),
    ...checkInputs(scope, options, uses.input),
    ...checkHyperparameters(options.hyperparameters ?? {}, containerCount(scope, options, uses)),
    ...checkModelDir(options, version),
    ...options.distribution?._check(uses.distribution) ?? [],
    ...checkOutputs(options, scope),
    ...checkTimes(options),
    ...checkTrainingNetwork(options),
    ...checkTrainingEnvironment(options),
    ...checkContainer(options),
    ...checkMetrics(options),
    ...checkDebugger(options, uses.debugger),
    ...checkExperiment(options.experiment),
    ...checkRevision('dataRevision', options.dataRevision),
  ];
}

/** Tells of what may not be what was meant. */
export function warnOf(scope: Construct, options: TensorFlowTrainingOptions, uses: Uses, code: CheckedCode | undefined): void {
  const warnings = [
    ...code?.warnings ?? [],
    ...options.distribution?._warnings(uses.distribution) ?? [],
    ...instanceWarnings(options),
    ...hyperparameterWarnings(options),
    ...modelDirWarnings(options),
  ];
  for (const { id, message } of warnings) {
    Annotations.of(scope).addWarningV2(`cdk-tensorflow-serving:${id}`, message);
  }
}

/** How many hyperparameters a job has beside those of its user. */
function containerCount(scope: Construct, options: TensorFlowTrainingOptions, uses: Uses): number {
  // submit directory and program are there with any code, whatever they are
  const code = options.code === undefined ? {} : { sagemaker_submit_directory: '', sagemaker_program: '' };
  const others = containerHyperparameters(scope, options, { distributionUse: uses.distribution });
  return Object.keys({ ...code, ...others }).length + HYPERPARAMETERS_OF_A_RUN;
}

function instanceWarnings(options: TensorFlowTrainingOptions): Warning[] {
  const types = instanceTypesOf(options);
  const stored = types.filter((type) => type._hasLocalStorage);
  return [
    ...types.filter((type) => !isKnownToTrain(type)).map((type) => ({
      id: 'instanceTypeUnknown',
      message: `SageMaker is not known to train on ${type}, so that the job may not start; `
        + 'use a type that it lists, such as ml.m5.xlarge or ml.g5.xlarge',
    })),
    ...options.volumeSize !== undefined && stored.length > 0 ? [{
      id: 'volumeSizeWithoutEffect', message: `\`volumeSize\` has no effect on ${stored.join(', ')}, with storage of a size of its own`,
    }] : [],
  ];
}

function hyperparameterWarnings({ hyperparameters = {}, image, containerEntryPoint }: TensorFlowTrainingOptions): Warning[] {
  const names = image === undefined && containerEntryPoint === undefined ? changedByShell(hyperparameters) : [];
  return names.length === 0 ? [] : [{
    id: 'hyperparameterThroughShell',
    message: `The script may not get ${names.join(', ')} as given: many releases of the training container pass arguments through a shell, which splits or `
      + 'changes empty texts, spaces and special characters. Read them from the variable SM_HPS, which has all hyperparameters as JSON',
  }];
}

function modelDirWarnings({ modelDir, distribution }: TensorFlowTrainingOptions): Warning[] {
  return modelDir === undefined || Token.isUnresolved(modelDir) || !modelDir.startsWith('s3://') || distribution?._isParameterServer === true ? [] : [{
    id: 'modelDirInS3',
    message: `What the script writes to ${modelDir} is not the model that the job results in: that is what it leaves in the directory that SM_MODEL_DIR names`,
  }];
}
