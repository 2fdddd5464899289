import { Token } from 'aws-cdk-lib/core';
import { TransformAssembly, TransformBatchStrategy, type TransformFormatOptions, TransformSplitType } from './transform-format-options';
import { JoinSource } from './transform-join-source';
import type { Violation } from '../private/errors';

/** What becomes of records, and of the answers to them. */
export interface RecordOptions {
  readonly format: TransformFormatOptions;
  readonly inputFilter?: string;
  readonly outputFilter?: string;
  readonly joinSource?: JoinSource;
}

/** Something that the container without inference code gets wrong, with an id for a warning where there may be such code. */
export interface ContainerFault {
  readonly id: string;
  readonly violation: Violation;
  /** What inference code has to do for it to be right. */
  readonly unless: string;
}

/** What the container takes and gives by itself. */
const JSON_LINES = 'application/jsonlines';
const JSON_TYPES = ['application/json', JSON_LINES, 'application/jsons'];
const CSV = 'text/csv';

/** The answers that are in one line. */
const ONE_LINE = ['application/json', JSON_LINES];

/** What SageMaker can look into. */
const FILTERED_TYPES = ['application/json', JSON_LINES, CSV];

const LONGEST_TYPE = 256;
const LONGEST_PATH = 63;

/** Finds fault with what SageMaker itself refuses. */
export function checkRecords({ format, inputFilter, outputFilter, joinSource }: RecordOptions): Violation[] {
  const { contentType, accept, batchStrategy } = format;
  const processing = Object.entries({
    inputFilter: inputFilter !== undefined, outputFilter: outputFilter !== undefined, joinSource: joins(joinSource),
  }).filter(([, isGiven]) => isGiven).map(([name]) => name);
  return [
    ...checkLength('format.contentType', contentType, 1),
    ...accept === undefined ? [] : checkLength('format.accept', accept, 0),
    ...batchStrategy !== undefined && !isSplit(format) ? [{
      property: 'format.batchStrategy',
      rule: 'needs a `splitType` that cuts objects into records',
      got: batchStrategy,
      remedy: 'use TransformFormat.jsonLines() or TransformFormat.csv(), or leave it out: each object is a request',
    }] : [],
    ...checkJsonPath('inputFilter', inputFilter),
    ...checkJsonPath('outputFilter', outputFilter),
    ...processing.length > 0 && isOther(contentType, FILTERED_TYPES) ? [{
      property: processing[0],
      rule: `must be with a format that SageMaker can look into: ${FILTERED_TYPES.join(', ')}`,
      got: contentType,
      remedy: 'leave it out, or use TransformFormat.jsonLines()',
    }] : [],
    ...processing.length > 0 && [CSV, JSON_LINES].includes(plain(contentType)) && format.splitType !== TransformSplitType.LINE ? [{
      property: processing[0],
      rule: `must be with records that are lines where the format is ${plain(contentType)}`,
      got: format.splitType ?? TransformSplitType.NONE,
      remedy: 'use TransformSplitType.LINE',
    }] : [],
  ];
}

/**
 * Finds what the container without inference code gets wrong.
 *
 * It answers each request with one JSON document, whatever was asked for, and takes JSON and CSV only.
 */
export function containerFaults(options: RecordOptions): ContainerFault[] {
  return [...faultsOfInput(options), ...faultsOfOutput(options), ...faultsOfJoin(options)];
}

function faultsOfInput({ format }: RecordOptions): ContainerFault[] {
  const { contentType, splitType } = format;
  const isBinary = splitType === TransformSplitType.RECORD_IO || splitType === TransformSplitType.TF_RECORD;
  const documentsInLines = isJsonDocument(contentType) && splitType === TransformSplitType.LINE;
  return [
    ...isOther(contentType, [...JSON_TYPES, CSV]) ? [{
      id: 'transformContentTypeNotTaken',
      violation: {
        property: 'format.contentType',
        rule: `must be one that the container takes: ${[...JSON_TYPES, CSV].join(', ')}`,
        got: contentType,
        remedy: 'use TransformFormat.jsonLines(), TransformFormat.csv() or TransformFormat.json(), or a model with inference code',
      },
      unless: 'the inference code takes it',
    }] : [],
    ...isBinary ? [{
      id: 'transformBinaryRecords',
      violation: {
        property: 'format.splitType',
        rule: 'must be no binary format, which the container does not read',
        got: splitType,
        remedy: 'use TransformFormat.jsonLines(), or a model with inference code',
      },
      unless: 'the inference code reads it',
    }] : [],
    ...documentsInLines && isMulti(format) ? [{
      id: 'transformDocumentsLost',
      violation: {
        property: 'format.batchStrategy',
        rule: 'must be SingleRecord for lines of application/json: of several documents in a request, only the first is scored',
        got: format.batchStrategy,
        remedy: 'use TransformFormat.jsonLines()',
      },
      unless: 'the inference code takes several documents in a request',
    }] : [],
  ];
}

function faultsOfOutput({ format }: RecordOptions): ContainerFault[] {
  const { accept, assembleWith } = format;
  const isLine = assembleWith === TransformAssembly.LINE;
  return [
    ...accept !== undefined && isOther(accept, [...JSON_TYPES, '*/*', 'application/*']) ? [{
      id: 'transformAnswersInJson',
      violation: {
        property: 'format.accept',
        rule: 'must be application/jsonlines or application/json: the container answers in JSON only',
        got: accept,
        remedy: 'use TransformFormat.csv(), whose results are lines of JSON, or a model with an output handler',
      },
      unless: 'the inference code answers in it',
    }] : [],
    ...isSplit(format) && !isLine ? [{
      id: 'transformAnswersRunTogether',
      violation: {
        property: 'format.assembleWith',
        rule: 'must be Line where objects are cut into records: the documents of several requests would run together',
        got: assembleWith,
        remedy: 'use TransformAssembly.LINE, or TransformFormat.jsonLines() or TransformFormat.csv()',
      },
      unless: 'the inference code ends its answers so that they can be told apart',
    }] : [],
    ...isSplit(format) && isLine && isOther(accept ?? '', ONE_LINE) && isJsonOrNothing(accept) ? [{
      id: 'transformAnswersInManyLines',
      violation: {
        property: 'format.accept',
        rule: 'must be application/jsonlines or application/json where answers are lines: otherwise a document is in several lines',
        got: accept,
        remedy: 'use application/jsonlines',
      },
      unless: 'the inference code answers in one line',
    }] : [],
  ];
}

function faultsOfJoin({ format, joinSource }: RecordOptions): ContainerFault[] {
  if (!joins(joinSource)) {
    return [];
  }
  const { contentType } = format;
  const remedy = 'use TransformFormat.jsonLines(), which has an answer for each record';
  return [
    ...isSplit(format) && isMulti(format) ? [{
      id: 'transformJoinOfSeveralRecords',
      violation: {
        property: 'joinSource',
        rule: 'must be with one record in a request: several are answered with one document, which cannot be joined with each of them',
        got: format.batchStrategy,
        remedy: isCsv(contentType) ? remedy : 'use TransformBatchStrategy.SINGLE_RECORD',
      },
      unless: 'the inference code answers with as many lines as there are records',
    }] : [],
    ...isCsv(contentType) ? [{
      id: 'transformJoinOfCsv',
      violation: {
        property: 'joinSource', rule: 'must be with JSON: records in CSV can only be joined with answers in CSV, which the container does not give', got: contentType, remedy,
      },
      unless: 'the inference code answers in CSV, and `accept` is text/csv',
    }] : [],
  ];
}

function checkLength(property: string, value: string, least: number): Violation[] {
  return Token.isUnresolved(value) || (value.length >= least && value.length <= LONGEST_TYPE) ? [] : [{
    property, rule: least > 0 ? `must have from ${least} to ${LONGEST_TYPE} characters` : `must have at most ${LONGEST_TYPE} characters`, got: value.length,
  }];
}

function checkJsonPath(property: string, path: string | undefined): Violation[] {
  return path === undefined || Token.isUnresolved(path) || (path.startsWith('$') && path.length <= LONGEST_PATH) ? [] : [{
    property, rule: `must be a JSONPath, which begins with $, of at most ${LONGEST_PATH} characters`, got: path,
  }];
}

function joins(joinSource: JoinSource | undefined): boolean {
  return joinSource === JoinSource.INPUT;
}

function isSplit({ splitType }: TransformFormatOptions): boolean {
  return splitType !== undefined && splitType !== TransformSplitType.NONE;
}

/** SageMaker's own choice may be several. */
function isMulti({ batchStrategy }: TransformFormatOptions): boolean {
  return batchStrategy !== TransformBatchStrategy.SINGLE_RECORD;
}

function isJsonDocument(contentType: string): boolean {
  return ['application/json', 'application/jsons'].includes(plain(contentType));
}

function isCsv(contentType: string): boolean {
  return plain(contentType) === CSV;
}

function isJsonOrNothing(accept: string | undefined): boolean {
  return accept === undefined || [...JSON_TYPES, '*/*', 'application/*'].includes(plain(accept));
}

/** Whether a type is none of these; of a token it is not asked. */
function isOther(type: string, types: string[]): boolean {
  return !Token.isUnresolved(type) && !types.includes(plain(type));
}

/** A type without its parameters. */
function plain(type: string): string {
  return type.split(';')[0].trim().toLowerCase();
}
