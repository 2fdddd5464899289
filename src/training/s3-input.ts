import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { InputMode } from './input-mode';
import { checkS3Channel, renderS3Channel, type S3Channel } from './s3-channel';
import type { AugmentedManifestInputOptions, ManifestInputOptions, TrainingInputOptions } from './training-input-options';
import type { InputSource, InputUse, ReadObjects } from './training-input-source';
import type { Violation } from '../private/errors';
import { checkDistinct, checkEntries } from '../private/list-checks';
import { checkRegion, checkS3Path } from '../private/s3-path';

const LONGEST_ADDRESS = 1024;
const MOST_ATTRIBUTES = 16;
const LONGEST_ATTRIBUTE = 256;

/** All objects whose keys begin like this. */
export function prefixInput(bucket: s3.IBucket, prefix: string, options: TrainingInputOptions): InputSource {
  return source({
    bucket,
    path: { name: 'prefix', value: prefix },
    options,
    dataType: 'S3Prefix',
    reads: [{ bucket, prefix, encryptionKey: options.encryptionKey }],
    check: () => [],
  });
}

/** The objects that a manifest lists. */
export function manifestInput(bucket: s3.IBucket, key: string, options: ManifestInputOptions): InputSource {
  return source({
    bucket,
    path: { name: 'key', value: key },
    options,
    dataType: 'ManifestFile',
    reads: manifestReads(bucket, key, options),
    check: (scope, at, use) => [
      ...checkManifest(scope, at, bucket, key, options),
      ...(options.inputMode ?? use.inputMode) === InputMode.FAST_FILE ? [{
        property: `${at}.inputMode`,
        rule: 'must not be FastFile for a manifest: that mode reads prefixes only',
        remedy: 'give `inputMode` as InputMode.FILE or InputMode.PIPE',
      }] : [],
    ],
  });
}

/** The lines of an augmented manifest, and the objects that they refer to. */
export function augmentedManifestInput(bucket: s3.IBucket, key: string, options: AugmentedManifestInputOptions): InputSource {
  const { attributeNames } = options;
  return source({
    bucket,
    path: { name: 'key', value: key },
    options: { ...options, inputMode: options.inputMode ?? InputMode.PIPE },
    dataType: 'AugmentedManifestFile',
    attributeNames,
    reads: manifestReads(bucket, key, options),
    check: (scope, at) => [
      ...checkManifest(scope, at, bucket, key, options),
      ...checkAttributeNames(`${at}.attributeNames`, attributeNames),
      ...options.inputMode === undefined || options.inputMode === InputMode.PIPE ? [] : [{
        property: `${at}.inputMode`,
        rule: 'must be InputMode.PIPE, the only way in which an augmented manifest is read',
        got: options.inputMode,
        remedy: 'leave it out',
      }],
    ],
  });
}

interface S3Source extends Pick<S3Channel, 'dataType' | 'attributeNames'> {
  readonly bucket: s3.IBucket;
  readonly path: { readonly name: 'prefix' | 'key'; readonly value: string };
  readonly options: TrainingInputOptions;
  readonly reads: ReadObjects[];
  check(scope: Construct, at: string, use: InputUse): Violation[];
}

function source({ bucket, path, options, dataType, attributeNames, reads, check }: S3Source): InputSource {
  return {
    revision: options.revision,
    check: (scope, at, use) => [
      ...checkRegion(`${at}.bucket`, bucket, scope, 'training job'),
      ...checkS3Path(`${at}.${path.name}`, path.value, bucket, LONGEST_ADDRESS),
      ...check(scope, at, use),
      ...checkS3Channel(at, options, use),
    ],
    bind: () => ({
      channel: renderS3Channel({ dataType, uri: `s3://${bucket.bucketName}/${path.value}`, options, attributeNames }),
      reads,
      statements: [],
      peers: [],
    }),
  };
}

function manifestReads(bucket: s3.IBucket, key: string, { dataBucket, dataPrefix, encryptionKey }: ManifestInputOptions): ReadObjects[] {
  return [
    { bucket, prefix: key, encryptionKey },
    { bucket: dataBucket ?? bucket, prefix: dataPrefix ?? '', encryptionKey },
  ];
}

function checkManifest(scope: Construct, at: string, bucket: s3.IBucket, key: string, options: ManifestInputOptions): Violation[] {
  const { dataBucket = bucket, dataPrefix } = options;
  return [
    ...!Token.isUnresolved(key) && (key === '' || key.endsWith('/')) ? [{
      property: `${at}.key`, rule: 'must be the key of a manifest, not a prefix', got: key, remedy: 'give a prefix to TrainingInput.fromBucket',
    }] : [],
    ...options.dataBucket !== undefined ? checkRegion(`${at}.dataBucket`, options.dataBucket, scope, 'training job') : [],
    ...dataPrefix !== undefined ? checkS3Path(`${at}.dataPrefix`, dataPrefix, dataBucket, LONGEST_ADDRESS) : [],
  ];
}

function checkAttributeNames(property: string, names: string[]): Violation[] {
  return [
    ...checkEntries(property, names, { min: 1, max: MOST_ATTRIBUTES }, (entry, name) =>
      Token.isUnresolved(name) || (name.length > 0 && name.length <= LONGEST_ATTRIBUTE) ? [] : [{
        property: entry, rule: `must have from 1 to ${LONGEST_ATTRIBUTE} characters`, got: name.length,
      }]),
    ...checkDistinct(property, names),
  ];
}
