import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AssetHashType, AssetStaging, FileAssetPackaging, Names, Stack, Stage, Token } from 'aws-cdk-lib/core';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import type { ArtifactLocation } from './artifact-source';
import { validationError } from '../private/errors';
import { type FileContent, hashContent, packContent } from '../private/packing';

/** A `.tar.gz` to upload with the app. */
export interface ModelAssetOptions {
  /** A file that has the content already, for apps that don't want assets to be copied. */
  readonly original?: string;
  /** Computes the hash of what it holds. */
  contentHash(): string;
  /** Makes the file, with the content that has this hash; not called where the last synthesis left it. */
  write(target: string, contentHash: string): void;
}

/** Where an asset is. */
export function locationOf(asset: ModelAsset): ArtifactLocation {
  return { bucket: asset.bucket, key: asset.objectKey, encryptionKey: asset.bucket.encryptionKey };
}

/**
 * A `model.tar.gz` in the bucket of the CDK toolkit, under a key that ends in `.tar.gz`.
 *
 * SageMaker asks for that suffix, and the keys of CDK's own `Asset` end in `.gz`.
 *
 * @see https://github.com/aws/aws-cdk/issues/30257
 */
export class ModelAsset extends Construct {
  /** The asset in a scope with these files in it; made when it is first asked for. */
  public static ofFiles(scope: Construct, content: FileContent): ModelAsset {
    return ModelAsset.of(scope, {
      contentHash: () => hashContent(content),
      write: (target, contentHash) => packContent(content, target, contentHash),
    });
  }

  /** The asset in a scope with this content; made when it is first asked for. */
  public static of(scope: Construct, options: ModelAssetOptions): ModelAsset {
    // `cdk list` and the like need no assets, and must not take minutes
    const isNeeded = Stack.of(scope).bundlingRequired;
    const contentHash = isNeeded ? options.contentHash() : `not packed: ${scope.node.path}`;
    const assetHash = createHash('sha256').update(contentHash).digest('hex'); // as AssetStaging does
    const id = `Asset${assetHash.slice(0, 8)}`;
    return scope.node.tryFindChild(id) as ModelAsset | undefined
      ?? new ModelAsset(scope, id, assetHash, (asset, target) => isNeeded ? asset.stage(contentHash, target, options) : target);
  }

  /** The bucket that the file is uploaded to. */
  public readonly bucket: s3.IBucket;

  /** The key that it is uploaded to. */
  public readonly objectKey: string;

  private constructor(scope: Construct, id: string, readonly assetHash: string, stage: (asset: ModelAsset, target: string) => string) {
    super(scope, id);
    const stack = Stack.of(this);
    const location = stack.synthesizer.addFileAsset({
      packaging: FileAssetPackaging.FILE,
      // synthesizers make the key of this and the last extension of the file's name, which is .gz
      sourceHash: `${assetHash}.tar`,
      fileName: stage(this, path.resolve(Stage.of(this)!.assetOutdir, `asset.${assetHash}.tar.gz`)),
      displayName: Names.stackRelativeConstructPath(this),
    });
    this.bucket = s3.Bucket.fromBucketAttributes(this, 'Bucket', {
      bucketName: location.bucketName,
      encryptionKey: location.kmsKeyArn !== undefined ? kms.Key.fromKeyArn(this, 'Key', location.kmsKeyArn) : undefined,
    });
    this.objectKey = location.objectKey;
    if (!Token.isUnresolved(this.objectKey) && !this.objectKey.endsWith('.tar.gz')) {
      throw validationError(scope, {
        property: 'artifact',
        rule: 'must be uploaded to a key that ends in .tar.gz, and the stack\'s synthesizer chose another one',
        got: this.objectKey,
        remedy: 'use the default synthesizer, or upload the archive yourself and give ModelArtifact.fromBucket',
      });
    }
  }

  private stage(contentHash: string, target: string, options: ModelAssetOptions): string {
    const usesOriginal = options.original !== undefined && Boolean(this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT));
    if (!usesOriginal && !fs.existsSync(target)) {
      fs.mkdirSync(path.dirname(target), { recursive: true });
      options.write(target, contentHash);
    }
    return new AssetStaging(this, 'Stage', {
      sourcePath: usesOriginal ? options.original! : target,
      assetHashType: AssetHashType.CUSTOM,
      assetHash: contentHash,
    }).relativeStagedPath(Stack.of(this));
  }
}
