import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { type Duration, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { InstanceGroup } from './instance-group';
import type { MetricDefinition } from './metric-definition';
import type { TrainingInput } from './training-input';
import type { InputUse } from './training-input-source';
import { instanceTypesOf, isGraviton } from './training-instances';
import type { TensorFlowTrainingOptions } from './training-options';
import { checkRevision } from './training-revision';
import type { InstanceType } from '../images/instance-type';
import { x86InsteadOf } from '../images/processor';
import { compareVersions } from '../images/version-numbers';
import { checkGibibytes, checkInteger, checkPattern, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkDistinct, checkEntries } from '../private/list-checks';

const MOST_CHANNELS = 20;
const DAY = 86_400;
const LONGEST_RUN = 28 * DAY;

/** The first release of TensorFlow that a cluster of several types is for. */
const FIRST_WITH_GROUPS = '2.6';

/** The first release whose image does not write to S3. */
const FIRST_WITHOUT_S3 = '2.16';

const TRAINING_PLAN = /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:training-plan\/.+$/;

/** Finds fault with the instances of a job. */
export function checkInstances(options: TensorFlowTrainingOptions, version: string | undefined): Violation[] {
  const { instanceType, instanceCount, instanceGroups, keepAlivePeriod, volumeEncryptionKey } = options;
  const types = instanceTypesOf(options);
  const withStorage = types.filter((type) => type._hasLocalStorage);
  return [
    ...instanceGroups === undefined ? [
      ...instanceType === undefined ? [{ property: 'instanceType', rule: 'or `instanceGroups` is required', remedy: 'give the type of the instances' }] : [],
      ...checkInteger('instanceCount', instanceCount, { min: 1 }),
    ] : [
      ...checkExclusive('instanceType', instanceType?.toString()),
      ...checkExclusive('instanceCount', instanceCount),
      ...checkEntries('instanceGroups', instanceGroups, { min: 1, max: 5 }, checkGroup),
      ...checkDistinct('instanceGroups', instanceGroups.map(({ name }) => name)),
      ...version !== undefined && compareVersions(version, FIRST_WITH_GROUPS) < 0 ? [{
        property: 'instanceGroups', rule: `must be with TensorFlow ${FIRST_WITH_GROUPS} or later`, got: version, remedy: 'use `instanceType`, or a later version',
      }] : [],
    ],
    ...types.flatMap((type, index) => checkProcessor(instanceGroups === undefined ? 'instanceType' : `instanceGroups[${index}].instanceType`, type)),
    ...checkGibibytes('volumeSize', options.volumeSize, { min: 1 }),
    ...volumeEncryptionKey !== undefined && withStorage.length > 0 ? [{
      property: 'volumeEncryptionKey',
      rule: 'cannot be given for instances with storage of their own, which encrypts itself',
      got: withStorage.join(', '),
      remedy: 'leave it out, or use instances without storage, such as ml.m5.xlarge or ml.p3.2xlarge',
    }] : [],
    ...checkKeepAlive(keepAlivePeriod, options),
    ...checkPattern('trainingPlanArn', options.trainingPlanArn, TRAINING_PLAN, 'must have the form arn:aws:sagemaker:REGION:ACCOUNT:training-plan/NAME'),
  ];
}

/** Finds fault with how long a job may take. */
export function checkTimes({ maxRuntime, maxWait, maxPendingTime, useSpotInstances, retryAttempts }: TensorFlowTrainingOptions): Violation[] {
  return [
    ...checkSeconds('maxRuntime', maxRuntime, { min: 1, max: LONGEST_RUN }),
    ...checkSeconds('maxPendingTime', maxPendingTime, { min: 1800, max: LONGEST_RUN }),
    ...useSpotInstances === true ? [
      ...maxWait === undefined ? [{
        property: 'maxWait', rule: 'is required with `useSpotInstances`', remedy: 'give how long the job may wait and train together, at least `maxRuntime`',
      }] : [],
      ...checkSeconds('maxWait', maxWait, { min: secondsOf(maxRuntime) ?? 1 }, 'it includes `maxRuntime`'),
    ] : maxWait !== undefined ? [{
      property: 'maxWait', rule: 'needs `useSpotInstances`: other jobs do not wait', remedy: 'leave it out',
    }] : [],
    ...checkInteger('retryAttempts', retryAttempts, { min: 1, max: 30 }),
  ];
}

/** Finds fault with the data of a job. */
export function checkInputs(scope: Construct, options: TensorFlowTrainingOptions, use: InputUse): Violation[] {
  const { inputs = {}, pretrainedModel, networkIsolation, code } = options;
  const taken = [
    ...networkIsolation === true && code !== undefined ? [{ name: 'code', by: 'networkIsolation' }] : [],
    ...pretrainedModel !== undefined ? [{ name: 'model', by: 'pretrainedModel' }] : [],
  ];
  const count = Object.keys(inputs).length + taken.length;
  return [
    ...count > MOST_CHANNELS ? [{
      property: 'inputs',
      rule: `must be at most ${MOST_CHANNELS - taken.length}${taken.length === 0 ? '' : `, because channels are taken for ${taken.map(({ name }) => name).join(' and ')}`}`,
      got: Object.keys(inputs).length,
    }] : [],
    ...Object.entries(inputs).flatMap(([name, input]) => [
      ...checkChannelName(name),
      ...taken.filter((other) => other.name === name).map(({ by }) => ({
        property: `inputs.${name}`, rule: `must have another name: with \`${by}\` this channel is taken`,
      })),
      ...input._check(scope, `inputs.${name}`, use),
      ...checkRevision(`inputs.${name}.revision`, input._revision),
    ]),
    ...pretrainedModel?._check(scope, 'pretrainedModel', use) ?? [],
    ...checkRevision('pretrainedModel.revision', pretrainedModel?._revision),
  ];
}

/** The inputs of a job, by the names of channels. */
export function inputsOf({ inputs = {}, pretrainedModel }: TensorFlowTrainingOptions): { readonly [channel: string]: TrainingInput } {
  return pretrainedModel === undefined ? inputs : { ...inputs, model: pretrainedModel };
}

/** Finds fault with the network of a job. */
export function checkTrainingNetwork({ vpc, vpcSubnets, securityGroups, image }: TensorFlowTrainingOptions): Violation[] {
  const remedy = 'give the `vpc` that they belong to';
  return [
    ...vpc === undefined && image?._isPrivate === true ? [{
      property: 'vpc',
      rule: 'is required for an image in a private registry, which SageMaker reaches through it',
      remedy: 'give the VPC that reaches the registry',
    }] : [],
    ...vpc === undefined && vpcSubnets !== undefined ? [{ property: 'vpcSubnets', rule: 'needs a VPC', remedy }] : [],
    ...vpc === undefined && securityGroups !== undefined ? [{ property: 'securityGroups', rule: 'needs a VPC', remedy }] : [],
    ...securityGroups?.length === 0 ? [{ property: 'securityGroups', rule: 'must not be empty', remedy: 'leave it out for a new one' }] : [],
    ...checkEntries('securityGroups', securityGroups, { min: 0, max: 5 }, () => []),
  ];
}

/** Finds fault with the subnets that were selected. */
export function checkSubnets({ subnetIds }: ec2.SelectedSubnets): Violation[] {
  return checkEntries('vpcSubnets', subnetIds, { min: 1, max: 16 }, () => []);
}

/** Finds fault with where the script is told to write. */
export function checkModelDir({ modelDir, networkIsolation }: TensorFlowTrainingOptions, version: string | undefined): Violation[] {
  const remedy = 'leave it out: the model is what the script leaves in the directory that SM_MODEL_DIR names';
  if (modelDir === undefined || Token.isUnresolved(modelDir) || !modelDir.startsWith('s3://')) {
    return checkPattern('modelDir', modelDir, /^\/./, 'must be an absolute path, or an address in S3');
  }
  return [
    ...networkIsolation === true ? [{ property: 'modelDir', rule: 'must not be in S3 with `networkIsolation`', got: modelDir, remedy }] : [],
    ...version !== undefined && compareVersions(version, FIRST_WITHOUT_S3) >= 0 ? [{
      property: 'modelDir', rule: `must not be in S3 with TensorFlow ${FIRST_WITHOUT_S3} or later, whose image cannot write there`, got: modelDir, remedy,
    }] : [],
  ];
}

/** Finds fault with the program that the container starts. */
export function checkContainer({ containerEntryPoint, containerArguments }: TensorFlowTrainingOptions): Violation[] {
  const part = (property: string, text: string) => Token.isUnresolved(text) || text.length <= 256
    ? []
    : [{ property, rule: 'must be at most 256 characters long', got: text.length }];
  return [
    ...checkEntries('containerEntryPoint', containerEntryPoint, { min: 1, max: 100 }, part),
    ...checkEntries('containerArguments', containerArguments, { min: 1, max: 100 }, part),
  ];
}

/** Finds fault with the metrics of a job. */
export function checkMetrics({ metricDefinitions }: TensorFlowTrainingOptions): Violation[] {
  return [
    ...checkEntries('metricDefinitions', metricDefinitions, { min: 0, max: 40 }, checkMetric),
    ...checkDistinct('metricDefinitions', metricDefinitions?.map(({ name }) => name)),
  ];
}

function checkExclusive(property: string, got: unknown): Violation[] {
  return got === undefined ? [] : [{ property, rule: 'and `instanceGroups` exclude each other', got, remedy: 'give one of them' }];
}

function checkGroup(at: string, { name, instanceCount }: InstanceGroup): Violation[] {
  return [
    ...Token.isUnresolved(name) || (name.length > 0 && name.length <= 64) ? [] : [{
      property: `${at}.name`, rule: 'must have from 1 to 64 characters', got: name.length,
    }],
    ...checkInteger(`${at}.instanceCount`, instanceCount, { min: 1 }),
  ];
}

function checkProcessor(property: string, instanceType: InstanceType): Violation[] {
  return isGraviton(instanceType) ? [{
    property,
    rule: 'must be no Graviton instance: SageMaker does not train on these',
    got: instanceType.toString(),
    remedy: `use ${x86InsteadOf(instanceType).join(' or ')}`,
  }] : [];
}

function checkKeepAlive(keepAlivePeriod: Duration | undefined, { useSpotInstances, instanceGroups }: TensorFlowTrainingOptions): Violation[] {
  const property = 'keepAlivePeriod';
  return keepAlivePeriod === undefined ? [] : [
    ...checkSeconds(property, keepAlivePeriod, { min: 0, max: 21_600 }),
    ...useSpotInstances === true ? [{ property, rule: 'cannot be given for spot instances, which are not kept', remedy: 'leave it out' }] : [],
    ...instanceGroups !== undefined ? [{ property, rule: 'cannot be given for `instanceGroups`, which are not kept', remedy: 'leave it out' }] : [],
  ];
}

function checkChannelName(name: string): Violation[] {
  return /^[A-Za-z0-9._-]{1,64}$/.test(name) ? [] : [{
    property: 'inputs', rule: 'must have names of 1 to 64 letters, digits, dots, underscores and hyphens', got: name,
  }];
}

function checkMetric(at: string, { name, regex }: MetricDefinition): Violation[] {
  const length = (property: string, text: string, most: number) => Token.isUnresolved(text) || (text.length > 0 && text.length <= most)
    ? []
    : [{ property, rule: `must have from 1 to ${most} characters`, got: text.length }];
  return [
    ...length(`${at}.name`, name, 255),
    ...length(`${at}.regex`, regex, 500),
    ...Token.isUnresolved(regex) || /(?:^|[^\\])(?:\\\\)*\((?!\?(?!P?<[A-Za-z]))/.test(regex) ? [] : [{
      property: `${at}.regex`, rule: 'must have a group in parentheses, which is the value of the metric', got: regex, remedy: 'write it like loss: ([0-9.]+)',
    }],
  ];
}

function secondsOf(duration: Duration | undefined): number | undefined {
  if (duration === undefined) {
    return DAY;
  }
  return duration.isUnresolved() ? undefined : duration.toMilliseconds() / 1000;
}
