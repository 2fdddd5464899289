import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ArtifactLocation, ArtifactSource, ArtifactUse, CheckedArtifact } from './artifact-source';
import { archiveWithCode } from './lazily';
import { ModelAsset } from './model-asset';
import { checkBucketRegion } from './model-checks';
import { throwIfAny, type Violation } from '../private/errors';
import { contentOfFiles } from '../private/packing';

/** The longest S3 address that SageMaker takes. */
const LONGEST_ADDRESS = 1024;

/** The shortest name that a bucket has, for one that is known only later. */
const SHORTEST_BUCKET_NAME = 3;

/** The longest value of a variable, which a revision becomes. */
const LONGEST_REVISION = 1024;

/** Where the objects are: under one of `key` and `prefix`. */
export interface BucketLocation {
  readonly key?: string;
  readonly prefix?: string;
  readonly revision?: string;
}

/** Objects that are in a bucket already. */
export class BucketSource implements ArtifactSource {
  constructor(private readonly bucket: s3.IBucket, private readonly location: BucketLocation) {}

  public check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    const { key, prefix, revision } = this.location;
    throwIfAny(scope, [
      ...key !== undefined ? this.checkKey(key) : this.checkPrefix(prefix!),
      ...checkBucketRegion(scope, 'artifact.bucket', this.bucket),
      ...checkRevision(revision),
      ...prefix !== undefined && use.sharesContainer === true ? [{ ...SHARING_NEEDS_ARCHIVE, got: prefix }]
        : prefix !== undefined && use.code !== undefined ? [CODE_NEEDS_ARCHIVE] : [],
    ]);
    const code = use.code?._bind(scope);
    return {
      compressed: key !== undefined,
      revision,
      hasInferenceCode: code !== undefined ? true : undefined,
      hasRequirements: code?.hasRequirements,
      needsNetwork: code?.needsNetwork,
      provideIn: (host) => this.provideIn(host, use, code && ModelAsset.ofFiles(host, contentOfFiles('inference code', code.files))),
    };
  }

  private provideIn(host: Construct, use: ArtifactUse, code: ModelAsset | undefined): ArtifactLocation {
    const { key, prefix, revision } = this.location;
    if (key !== undefined && code !== undefined && use.sharesContainer !== true) {
      const { ArchiveWithCode } = archiveWithCode();
      return new ArchiveWithCode(host, 'ArchiveWithCode', { bucket: this.bucket, key, revision, code });
    }
    return {
      bucket: this.bucket,
      key: key ?? withSlash(prefix!),
      encryptionKey: this.bucket.encryptionKey,
      ...use.sharesContainer === true ? { pending: { code } } : {},
    };
  }

  private checkKey(key: string): Violation[] {
    if (Token.isUnresolved(key)) {
      return [];
    }
    return [
      ...this.checkPath('artifact.key', key),
      ...key.endsWith('/') ? [{
        property: 'artifact.key',
        rule: 'must be the key of an archive, not a prefix',
        got: key,
        remedy: 'give a prefix to ModelArtifact.fromBucketPrefix',
      }] : key !== '' && !key.endsWith('.tar.gz') ? [{
        property: 'artifact.key',
        rule: 'must end in .tar.gz',
        got: key,
        remedy: 'pack the model with `tar -czf`, or give the prefix of its files to ModelArtifact.fromBucketPrefix',
      }] : [],
    ];
  }

  private checkPrefix(prefix: string): Violation[] {
    if (Token.isUnresolved(prefix)) {
      return [];
    }
    return [
      ...this.checkPath('artifact.prefix', prefix, withSlash(prefix)),
      ...prefix.endsWith('.tar.gz') ? [{
        property: 'artifact.prefix',
        rule: 'must be the prefix of files, not an archive',
        got: prefix,
        remedy: 'give an archive to ModelArtifact.fromBucket',
      }] : [],
    ];
  }

  private checkPath(property: string, key: string, used = key): Violation[] {
    const bucketLength = Token.isUnresolved(this.bucket.bucketName) ? SHORTEST_BUCKET_NAME : this.bucket.bucketName.length;
    const length = `s3:///${used}`.length + bucketLength;
    return [
      ...key === '' ? [{ property, rule: 'must not be empty', remedy: 'put the model under a key or prefix of its own' }] : [],
      ...key.includes('://') ? [{
        property, rule: 'must be without the scheme and the bucket', got: key, remedy: 'give what follows the bucket\'s name',
      }] : key.startsWith('/') ? [{ property, rule: 'must not begin with a slash', got: key, remedy: 'remove it' }] : [],
      ...ruleOutWildcards(property, key),
      ...length > LONGEST_ADDRESS ? [{
        property, rule: `must make an address (s3://BUCKET/KEY) of at most ${LONGEST_ADDRESS} characters, but makes one of ${length}`, got: key,
      }] : [],
    ];
  }
}

const CODE_NEEDS_ARCHIVE: Violation = {
  property: 'code',
  rule: 'cannot be added to files that are in a bucket',
  remedy: 'put it there below code/, or give an archive to ModelArtifact.fromBucket',
};

const SHARING_NEEDS_ARCHIVE: Violation = {
  property: 'artifact',
  rule: 'must be an archive: SageMaker takes files that are not packed for a single model only',
  remedy: 'pack the model with `tar -czf`, and give it to ModelArtifact.fromBucket',
};

/** In the model's rights, these would stand for the keys of other objects. */
function ruleOutWildcards(property: string, key: string): Violation[] {
  return /[*?]/.test(key) ? [{ property, rule: 'must have no * and no ?', got: key, remedy: 'rename the object' }] : [];
}

function checkRevision(revision: string | undefined): Violation[] {
  if (revision === undefined || Token.isUnresolved(revision) || (revision.length > 0 && revision.length <= LONGEST_REVISION)) {
    return [];
  }
  return [{ property: 'artifact.revision', rule: `must have from 1 to ${LONGEST_REVISION} characters`, got: revision.length }];
}

function withSlash(prefix: string): string {
  // a token may well end in one, which S3 takes for another directory
  return Token.isUnresolved(prefix) || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
