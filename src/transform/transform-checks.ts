import { Annotations, type Size, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { TensorFlowBatchTransformProps } from './tensorflow-batch-transform-props';
import { checkArrival } from './transform-arrival-checks';
import { captureDirectory } from './transform-data-capture';
import { TransformFormat } from './transform-format';
import { checkRecords, containerFaults, type RecordOptions } from './transform-format-checks';
import { checkProcessor, isKnownToTransform } from './transform-instances';
import { processorOf } from '../images/processor';
import { placeable } from '../model/placeable-model';
import { checkInteger, checkPattern, checkSeconds } from '../private/checks';
import { type Violation } from '../private/errors';
import { checkExperiment } from '../private/experiment-names';
import { checkCapacityRetries } from '../private/job-states';
import { checkS3Directory, type S3Directory } from '../private/s3-directory';
import { checkRegion } from '../private/s3-path';
import { isWithin } from '../private/s3-prefix';

const MOST_INSTANCES = 100;
const DEFAULT_PAYLOAD = 6;
const LARGEST_PAYLOAD = 100;
const LONGEST_INVOCATION = 3600;
const MOST_VARIABLES = 16;
const LONGEST_ADDRESS = 1024;

const VARIABLE_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/;
const LONGEST_VALUE = 10_240;

/** Finds everything that is wrong with a batch transform. */
export function checkTransform(scope: Construct, props: TensorFlowBatchTransformProps): Violation[] {
  const records = recordsOf(props);
  return [
    ...checkModel(props),
    ...props.input._check(scope),
    ...props.output._check(scope),
    ...checkOverlap(props),
    ...checkRecords(records),
    ...isWithoutCode(props) ? containerFaults(records).map(({ violation }) => violation) : [],
    ...checkResources(scope, props),
    ...checkRequests(props),
    ...checkEnvironment(props.environment),
    ...checkDataCapture(scope, props),
    ...checkExperiment(props.experiment),
    ...checkArrival(scope, props),
    ...checkCapacityRetries(props.capacityRetries),
    ...props.topic?.fifo === true ? [{
      property: 'topic', rule: 'must be a standard topic, which takes messages in any order', remedy: 'give a topic that is not FIFO',
    }] : [],
  ];
}

/** Tells of what may go wrong. */
export function warnOfTransform(scope: Construct, props: TensorFlowBatchTransformProps): void {
  const { instanceType } = props;
  const annotations = Annotations.of(scope);
  if (!isKnownToTransform(instanceType)) {
    annotations.addWarningV2('cdk-tensorflow-serving:instanceNotKnownToTransform',
      `SageMaker is not known to transform on ${instanceType}; see the list at `
      + 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html');
  }
  if (!isWithoutCode(props)) {
    containerFaults(recordsOf(props)).forEach(({ id, violation: { property, rule, remedy }, unless }) =>
      annotations.addWarningV2(`cdk-tensorflow-serving:${id}`, `\`${property}\` ${rule}, unless ${unless}; ${remedy}`));
  }
}

function recordsOf({ format = TransformFormat.jsonLines(), inputFilter, outputFilter, joinSource }: TensorFlowBatchTransformProps): RecordOptions {
  return { format: format._options, inputFilter, outputFilter, joinSource };
}

/** Whether the model is known to have no inference code. */
function isWithoutCode({ model }: TensorFlowBatchTransformProps): boolean {
  return placeable(model)?._facts.hasInferenceCode === false;
}

function checkModel({ model }: TensorFlowBatchTransformProps): Violation[] {
  const facts = placeable(model)?._facts;
  return [
    ...facts?.isMultiModel === true ? [{
      property: 'model', rule: 'must not be a MultiModel: a transform job has no way to say which of the models is asked', remedy: 'give one of its models',
    }] : [],
    ...facts?.isUncompressed === true ? [{
      property: 'model', rule: 'must be in an archive: SageMaker transforms with no model whose files are not packed', remedy: 'use a model.tar.gz',
    }] : [],
  ];
}

/** Results among the input would be scored by the next run. */
function checkOverlap(props: TensorFlowBatchTransformProps): Violation[] {
  const [source] = props.input._reads.filter(({ isKey }) => isKey !== true);
  const isManifest = props.input._reads.length > 1;
  const written: [string, S3Directory | undefined][] = [
    ['output.prefix', props.output._directory],
    ['dataCapture.prefix', props.dataCapture === undefined ? undefined : captureDirectory(props.dataCapture)],
  ];
  return isManifest ? [] : written.filter(([, directory]) => directory !== undefined && isWithin(directory, source)).map(([property, directory]) => ({
    property,
    rule: `must not be below the prefix of the input, "${source.prefix}", in the same bucket: the next run would score it`,
    got: directory!.prefix,
    remedy: 'give another prefix, or another bucket',
  }));
}

function checkResources(scope: Construct, props: TensorFlowBatchTransformProps): Violation[] {
  const { instanceType, volumeEncryptionKey, amiVersion } = props;
  const processor = processorOf({ instanceType });
  return [
    ...checkProcessor(instanceType),
    ...checkInteger('instanceCount', props.instanceCount, { min: 1, max: MOST_INSTANCES }),
    ...volumeEncryptionKey === undefined ? [] : checkRegion('volumeEncryptionKey', volumeEncryptionKey, scope, 'transform job'),
    ...volumeEncryptionKey !== undefined && instanceType._hasLocalStorage ? [{
      property: 'volumeEncryptionKey',
      rule: 'cannot be given for instances with storage of their own, which encrypts itself',
      got: instanceType.toString(),
      remedy: 'leave it out, or use instances without storage, such as ml.m5.xlarge or ml.p3.2xlarge',
    }] : [],
    ...amiVersion !== undefined && processor === 'cpu' ? [{
      property: 'amiVersion', rule: 'is for instances with GPUs', got: instanceType.toString(), remedy: 'leave it out, or use instances such as ml.g4dn.xlarge',
    }] : [],
  ];
}

function checkRequests(props: TensorFlowBatchTransformProps): Violation[] {
  const { maxConcurrentTransforms, maxPayload, invocationTimeout, invocationRetries } = props;
  const payload = mebibytesOf(maxPayload);
  const faults = [
    ...checkInteger('maxConcurrentTransforms', maxConcurrentTransforms, { min: 1, max: LARGEST_PAYLOAD }),
    ...checkInteger('maxPayload', payload, { min: 0, max: LARGEST_PAYLOAD }).map((violation) => ({ ...violation, rule: `${violation.rule} MiB` })),
  ];
  const isKnown = maxConcurrentTransforms !== undefined && !Token.isUnresolved(maxConcurrentTransforms) && payload !== undefined;
  return [
    ...faults,
    ...faults.length === 0 && isKnown && maxConcurrentTransforms * payload > LARGEST_PAYLOAD ? [{
      property: 'maxConcurrentTransforms',
      rule: `must be at most ${Math.floor(LARGEST_PAYLOAD / payload)} with a \`maxPayload\` of ${payload} MiB: together they are at most ${LARGEST_PAYLOAD} MiB`,
      got: maxConcurrentTransforms,
      remedy: 'give a smaller `maxPayload`, or fewer',
    }] : [],
    ...checkSeconds('invocationTimeout', invocationTimeout, { min: 1, max: LONGEST_INVOCATION }),
    ...checkInteger('invocationRetries', invocationRetries, { min: 0, max: 3 }),
  ];
}

/** The size of a request; undefined where it is a token. */
function mebibytesOf(size: Size | undefined): number | undefined {
  if (size === undefined) {
    return DEFAULT_PAYLOAD;
  }
  return size.isUnresolved() ? undefined : size.toBytes() / 2 ** 20;
}

function checkEnvironment(environment: { readonly [variable: string]: string } | undefined): Violation[] {
  if (environment === undefined || Token.isUnresolved(environment)) {
    return [];
  }
  const variables = Object.entries(environment);
  return [
    ...variables.length > MOST_VARIABLES ? [{
      property: 'environment', rule: `must have at most ${MOST_VARIABLES} variables`, got: variables.length, remedy: 'give the others to the model',
    }] : [],
    ...variables.flatMap(([name, value]) => [
      ...checkPattern('environment', name, VARIABLE_NAME, 'must have names of at most 1024 letters, digits and underscores, the first no digit'),
      ...Token.isUnresolved(value) || value.length <= LONGEST_VALUE ? [] : [{
        property: `environment.${name}`, rule: `must have at most ${LONGEST_VALUE} characters`, got: value.length,
      }],
    ]),
  ];
}

function checkDataCapture(scope: Construct, { dataCapture }: TensorFlowBatchTransformProps): Violation[] {
  return dataCapture === undefined ? [] : checkS3Directory({
    bucket: 'dataCapture.bucket', prefix: 'dataCapture.prefix', encryptionKey: 'dataCapture.encryptionKey',
  }, captureDirectory(dataCapture), scope, { user: 'transform job', longest: LONGEST_ADDRESS });
}
