import { Annotations, CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Arrival } from './arrival';
import type { TensorFlowBatchTransformProps } from './tensorflow-batch-transform-props';
import { type TransformDataSource, TransformS3DataType } from './transform-data-source';
import type { Violation } from '../private/errors';
import { checkRegion, checkS3Path } from '../private/s3-path';

const LONGEST_ADDRESS = 1024;

/** Finds fault with how objects that arrive start runs. */
export function checkArrival(scope: Construct, { run, input }: TensorFlowBatchTransformProps): Violation[] {
  const arrival = run?._arrival;
  if (arrival === undefined) {
    return [];
  }
  const { bucket, dataType } = input._source;
  const [wanted, got] = [Stack.of(scope).account, bucket.env.account];
  return [
    ...dataType === TransformS3DataType.MANIFEST ? [{
      property: 'input',
      rule: `must be a prefix for a run on arrival: what ${arrival.kind === 'marker' ? 'markers' : 'manifests'} arrive under`,
      remedy: 'use TransformInput.fromBucket',
    }] : [],
    ...Token.isUnresolved(wanted) || Token.isUnresolved(got) || wanted === got ? [] : [{
      property: 'input.bucket',
      rule: `must be in ${wanted}, the account of the transform job, for a run on arrival: S3 tells its own account only`,
      got,
      remedy: 'use TransformRun.onSchedule',
    }],
    ...arrival.kind === 'marker' ? checkMarker(arrival) : checkManifests(scope, arrival, input._source),
  ];
}

/** Tells where nobody hears of what arrives. */
export function hearOfArrivals(scope: Construct, { run, input }: TensorFlowBatchTransformProps): void {
  const { bucket } = input._source;
  if (run?._arrival === undefined) {
    return;
  }
  const resource = bucket.node.defaultChild;
  if (resource !== undefined && CfnResource.isCfnResource(resource)) {
    bucket.enableEventBridgeNotification();
  } else {
    Annotations.of(scope).addWarningV2('cdk-tensorflow-serving:bucketEventsNotKnown',
      'The bucket of the input was imported, so that it cannot be seen whether it sends events to Amazon EventBridge; without these nothing runs. '
      + 'Give it `eventBridgeEnabled: true` where it is made, or turn them on in its properties, under event notifications');
  }
}

function checkMarker({ ending, dataPrefix }: Arrival): Violation[] {
  return [
    ...checkEnding('run.marker', ending, 'the name of an object, without a folder'),
    ...Token.isUnresolved(dataPrefix) || Token.isUnresolved(ending) || !ending.startsWith(dataPrefix!) ? [] : [{
      property: 'run.dataPrefix',
      rule: `must not begin the name of the marker, "${ending}": SageMaker scores all objects whose keys begin alike, and so the marker too`,
      got: dataPrefix,
      remedy: 'give what the names of the data begin with, such as part-, or a folder beside the marker, such as data/',
    }],
    ...!Token.isUnresolved(dataPrefix) && (/[*?]/.test(dataPrefix!) || dataPrefix!.startsWith('/')) ? [{
      property: 'run.dataPrefix', rule: 'must begin with no slash, and have no * and no ?', got: dataPrefix,
    }] : [],
  ];
}

function checkManifests(scope: Construct, { ending, dataBucket, dataPrefix }: Arrival, { bucket }: TransformDataSource): Violation[] {
  return [
    ...checkEnding('run.suffix', ending, 'what the keys of manifests end with'),
    ...dataBucket === undefined ? [] : checkRegion('run.dataBucket', dataBucket, scope, 'transform job'),
    ...dataPrefix === undefined ? [] : checkS3Path('run.dataPrefix', dataPrefix, dataBucket ?? bucket, LONGEST_ADDRESS),
  ];
}

function checkEnding(property: string, ending: string, what: string): Violation[] {
  return Token.isUnresolved(ending) || (ending !== '' && !ending.includes('/')) ? [] : [{ property, rule: `must be ${what}, and not be empty`, got: ending }];
}
