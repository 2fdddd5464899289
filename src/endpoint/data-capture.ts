import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import type { IConstruct } from 'constructs';
import { checkDirectory } from './s3-destination';
import { checkInteger, checkPattern } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkDistinct, checkEntries } from '../private/list-checks';
import { keyIdOf, type S3Directory, s3Uri, writeStatements } from '../private/s3-directory';

/** What SageMaker takes as a content type. */
const CONTENT_TYPE = /^(?=.{1,256}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*\/[a-zA-Z0-9](-*[a-zA-Z0-9.])*$/;

/** What TensorFlow Serving's container takes as JSON. */
const JSON_CONTENT_TYPES = ['application/json', 'application/jsonlines', 'application/jsons'];
const CSV_CONTENT_TYPES = ['text/csv'];

/**
 * What is captured of a request.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CaptureOption.html
 */
export enum CaptureMode {
  /** The request. */
  INPUT = 'Input',
  /** The answer. */
  OUTPUT = 'Output',
  /** The request and the answer. */
  INPUT_AND_OUTPUT = 'InputAndOutput',
}

/**
 * How much of an endpoint's requests and answers is written to S3, and where.
 *
 * Captured data is in files of JSON Lines under `PREFIX/ENDPOINT/VARIANT/YYYY/MM/DD/HH/`. It appears some minutes after the
 * requests.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export interface DataCapture {
  /** The bucket that captured data is written to. It must be in the endpoint's region. */
  readonly bucket: s3.IBucket;

  /**
   * The prefix that captured data is written under, as of a directory; an empty one is the whole bucket.
   *
   * It has no `*` and no `?`; `s3://BUCKET/PREFIX` must have at most 512 characters.
   *
   * @default 'data-capture'
   */
  readonly prefix?: string;

  /**
   * How many of 100 requests are captured, a whole number from 0 to 100.
   *
   * All are, unless you choose fewer: what was not captured cannot be had later. AWS recommends fewer for endpoints with many
   * requests; the SageMaker Python SDK captures 20 of 100.
   *
   * @default 100
   */
  readonly samplingPercentage?: number;

  /**
   * What is captured of a request.
   *
   * @default [CaptureMode.INPUT, CaptureMode.OUTPUT]
   */
  readonly captureModes?: CaptureMode[];

  /**
   * The content types whose data is captured as JSON and can be read, 1 to 10 without parameters such as `charset`. The data of
   * other types is captured in base64.
   *
   * @default ['application/json', 'application/jsonlines', 'application/jsons']
   */
  readonly jsonContentTypes?: string[];

  /**
   * The content types whose data is captured as CSV and can be read, 1 to 10 without parameters such as `charset`. The data of
   * other types is captured in base64.
   *
   * @default ['text/csv']
   */
  readonly csvContentTypes?: string[];

  /**
   * The key that captured data is encrypted with. It must be in the endpoint's region.
   *
   * @default - the key of the bucket, if it has one; otherwise a key of SageMaker's choice
   */
  readonly encryptionKey?: kms.IKey;
}

/** Finds fault with what the endpoint of a scope is asked to capture. */
export function checkDataCapture(capture: DataCapture, scope: IConstruct): Violation[] {
  return [
    ...checkDirectory(
      { bucket: at('bucket'), prefix: at('prefix'), encryptionKey: at('encryptionKey') }, directoryOf(capture), scope,
    ),
    ...checkInteger(at('samplingPercentage'), capture.samplingPercentage, { min: 0, max: 100 }),
    ...checkModes(capture.captureModes),
    ...checkContentTypes(at('jsonContentTypes'), capture.jsonContentTypes),
    ...checkContentTypes(at('csvContentTypes'), capture.csvContentTypes),
  ];
}

/** What CloudFormation is told. */
export function renderDataCapture(capture: DataCapture): CfnEndpointConfig.DataCaptureConfigProperty {
  const directory = directoryOf(capture);
  return {
    enableCapture: true,
    destinationS3Uri: s3Uri(directory),
    kmsKeyId: keyIdOf(directory),
    initialSamplingPercentage: capture.samplingPercentage ?? 100,
    captureOptions: (capture.captureModes ?? [CaptureMode.INPUT, CaptureMode.OUTPUT]).map((captureMode) => ({ captureMode })),
    captureContentTypeHeader: {
      jsonContentTypes: capture.jsonContentTypes ?? JSON_CONTENT_TYPES,
      csvContentTypes: capture.csvContentTypes ?? CSV_CONTENT_TYPES,
    },
  };
}

/** What the model's role must be allowed. */
export function dataCaptureStatements(capture: DataCapture): iam.PolicyStatement[] {
  return writeStatements(directoryOf(capture));
}

function at(property: keyof DataCapture): string {
  return `dataCapture.${property}`;
}

function directoryOf({ bucket, prefix, encryptionKey }: DataCapture): S3Directory {
  return { bucket, prefix: prefix ?? 'data-capture', encryptionKey };
}

function checkModes(modes: CaptureMode[] | undefined): Violation[] {
  const property = at('captureModes');
  return [
    ...modes?.length === 0 ? [{ property, rule: 'must not be empty', remedy: 'leave it out, or leave out `dataCapture` to capture nothing' }] : [],
    ...checkDistinct(property, modes),
    ...modes?.includes(CaptureMode.INPUT_AND_OUTPUT) === true && modes.some((mode) => mode !== CaptureMode.INPUT_AND_OUTPUT)
      ? [{ property, rule: 'must have nothing beside InputAndOutput, which is all', got: modes }]
      : [],
  ];
}

function checkContentTypes(property: string, types: string[] | undefined): Violation[] {
  return checkEntries(property, types, { min: 1, max: 10 }, (name, type) =>
    checkPattern(name, type, CONTENT_TYPE, 'must be a content type without parameters, such as application/json, of at most 256 characters'));
}
