import { Token } from 'aws-cdk-lib/core';
import { InputMode } from './input-mode';
import { type AssetInputOptions, InputCompression, RecordWrapper, S3DataDistribution } from './training-input-options';
import type { InputUse } from './training-input-source';
import { checkInteger } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkDistinct, checkEntries } from '../private/list-checks';

const LONGEST_CONTENT_TYPE = 256;

/** What a channel gets from S3. */
export interface S3Channel {
  readonly dataType: 'S3Prefix' | 'ManifestFile' | 'AugmentedManifestFile';
  readonly uri: string;
  readonly options: AssetInputOptions;
  readonly attributeNames?: readonly string[];
}

/** Finds fault with what a channel is asked to do with objects. */
export function checkS3Channel(at: string, options: AssetInputOptions, use: InputUse): Violation[] {
  const mode = options.inputMode ?? use.inputMode;
  const onlyForPipe = (property: string, got: string) => mode === InputMode.PIPE ? [] : [{
    property: `${at}.${property}`, rule: `must not be ${got} in ${mode} mode`, remedy: 'give `inputMode` as InputMode.PIPE',
  }];
  return [
    ...options.compression === InputCompression.GZIP ? onlyForPipe('compression', 'GZIP') : [],
    ...options.recordWrapper === RecordWrapper.RECORD_IO ? onlyForPipe('recordWrapper', 'RECORD_IO') : [],
    ...checkInteger(`${at}.shuffleSeed`, options.shuffleSeed, { min: 0, max: Number.MAX_SAFE_INTEGER }),
    ...checkContentType(at, options.contentType),
    ...checkInstanceGroups(`${at}.instanceGroups`, options.instanceGroups, use),
  ];
}

/** Finds fault with a MIME type. */
export function checkContentType(at: string, contentType: string | undefined): Violation[] {
  return contentType === undefined || Token.isUnresolved(contentType) || contentType.length <= LONGEST_CONTENT_TYPE ? [] : [{
    property: `${at}.contentType`, rule: `must be at most ${LONGEST_CONTENT_TYPE} characters long`, got: contentType.length,
  }];
}

/** The channel, without its name. */
export function renderS3Channel({ dataType, uri, options, attributeNames }: S3Channel): { readonly [name: string]: unknown } {
  return {
    DataSource: {
      S3DataSource: {
        S3DataType: dataType,
        S3Uri: uri,
        S3DataDistributionType: options.distribution ?? S3DataDistribution.FULLY_REPLICATED,
        AttributeNames: attributeNames,
        InstanceGroupNames: options.instanceGroups,
      },
    },
    ContentType: options.contentType,
    CompressionType: options.compression,
    RecordWrapperType: options.recordWrapper,
    InputMode: options.inputMode,
    ShuffleConfig: options.shuffleSeed === undefined ? undefined : { Seed: options.shuffleSeed },
  };
}

function checkInstanceGroups(property: string, given: string[] | undefined, use: InputUse): Violation[] {
  const { instanceGroups } = use;
  if (given === undefined) {
    return [];
  }
  if (instanceGroups === undefined) {
    return [{ property, rule: 'needs a job with `instanceGroups`', got: given, remedy: 'leave it out: all instances get the data' }];
  }
  return [
    ...checkEntries(property, given, { min: 1, max: 5 }, (entry, name) => Token.isUnresolved(name)
      || instanceGroups.some((group) => group === name || Token.isUnresolved(group)) ? [] : [{
        property: entry, rule: `must be one of the job's \`instanceGroups\`: ${instanceGroups.join(', ')}`, got: name,
      }]),
    ...checkDistinct(property, given),
  ];
}
