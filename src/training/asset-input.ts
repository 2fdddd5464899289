import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AssetHashType, AssetStaging, FileAssetPackaging, type FileAssetLocation, Names, Stack, Stage, Token } from 'aws-cdk-lib/core';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { checkS3Channel, renderS3Channel } from './s3-channel';
import type { AssetInputOptions } from './training-input-options';
import type { BoundInput, InputSource, InputUse, ReadObjects } from './training-input-source';
import { validationError, type Violation } from '../private/errors';
import { contentOfFiles, hashContent } from '../private/packing';
import { PackingError, reporting } from '../private/packing-error';
import { listFiles, type PackedFile } from '../private/packing-files';

/** Each file is uploaded by itself, and S3 has better ways for many. */
const MOST_FILES = 1000;

/** Files on disk. */
export class AssetInput implements InputSource {
  constructor(private readonly given: string, private readonly options: AssetInputOptions) {}

  public check(scope: Construct, at: string, use: InputUse): Violation[] {
    const source = path.resolve(this.given);
    return [
      ...fs.existsSync(source)
        ? this.checkFiles(`${at}.path`, reporting(scope, { property: at, got: this.given }, () => filesIn(source)))
        : [{ property: `${at}.path`, rule: 'does not exist', got: this.given, remedy: `there is no ${source}` }],
      ...checkS3Channel(at, this.options, use),
    ];
  }

  public bind(scope: Construct): BoundInput {
    const reads = reporting(scope, { property: 'inputs', got: this.given }, () => new InputAsset(scope, 'Asset', filesIn(path.resolve(this.given))));
    return {
      channel: renderS3Channel({ dataType: 'S3Prefix', uri: `s3://${reads.bucket.bucketName}/${reads.prefix}`, options: this.options }),
      reads: [reads],
      statements: [],
      peers: [],
    };
  }

  private checkFiles(property: string, files: PackedFile[]): Violation[] {
    const remedy = 'put the files into a bucket, and give it to TrainingInput.fromBucket';
    return [
      ...files.length === 0 ? [{ property, rule: 'must have a file in it', got: this.given }] : [],
      ...files.length > MOST_FILES ? [{ property, rule: `must have at most ${MOST_FILES} files`, got: files.length, remedy }] : [],
    ];
  }
}

/** Files in the bucket of the CDK toolkit, under a prefix of their own and with their own names, which scripts look for. */
class InputAsset extends Construct implements ReadObjects {
  public readonly bucket: s3.IBucket;
  public readonly prefix: string;

  constructor(scope: Construct, id: string, files: PackedFile[]) {
    super(scope, id);
    // `cdk list` and the like need no assets
    const isNeeded = Stack.of(this).bundlingRequired;
    const contentHash = isNeeded ? hashContent(contentOfFiles('training data', files)) : `not read: ${this.node.path}`;
    const directory = isNeeded ? this.stage(contentHash, files) : undefined;
    const hash = createHash('sha256').update(contentHash).digest('hex'); // as AssetStaging does
    const locations = files.map((file) => this.upload(hash, file.path, directory === undefined ? file.source : path.join(directory, file.path)));
    const [{ bucketName, kmsKeyArn }] = locations;
    this.bucket = s3.Bucket.fromBucketAttributes(this, 'Bucket', {
      bucketName, encryptionKey: kmsKeyArn !== undefined ? kms.Key.fromKeyArn(this, 'Key', kmsKeyArn) : undefined,
    });
    this.prefix = locations[0].objectKey.slice(0, -files[0].path.length);
  }

  private upload(hash: string, name: string, fileName: string): FileAssetLocation {
    const extension = path.extname(fileName);
    const location = Stack.of(this).synthesizer.addFileAsset({
      packaging: FileAssetPackaging.FILE,
      // synthesizers make the key of this and the extension of the file's name
      sourceHash: `${hash}/${extension === '' ? name : name.slice(0, -extension.length)}`,
      fileName,
      displayName: `${Names.stackRelativeConstructPath(this)}/${name}`,
    });
    if (Token.isUnresolved(location.objectKey) || !location.objectKey.endsWith(`${hash}/${name}`)) {
      throw validationError(this, {
        property: 'inputs',
        rule: 'must be uploaded under the names of the files, and the stack\'s synthesizer chose other ones',
        got: location.objectKey,
        remedy: 'use the default synthesizer, or upload the files yourself and give TrainingInput.fromBucket',
      });
    }
    return location;
  }

  /** Copies the files to where the app is synthesized to; gives the directory that they are in then. */
  private stage(contentHash: string, files: PackedFile[]): string | undefined {
    if (Boolean(this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT))) {
      return undefined;
    }
    const hash = createHash('sha256').update(contentHash).digest('hex');
    const target = path.resolve(Stage.of(this)!.assetOutdir, `asset.${hash}`);
    if (!fs.existsSync(target)) {
      copyFiles(files, target);
    }
    return new AssetStaging(this, 'Stage', { sourcePath: target, assetHashType: AssetHashType.CUSTOM, assetHash: contentHash })
      .relativeStagedPath(Stack.of(this));
  }
}

function filesIn(source: string): PackedFile[] {
  const stats = fs.statSync(source);
  if (stats.isDirectory()) {
    return listFiles(source, { prefix: '', root: source });
  }
  if (!stats.isFile()) {
    throw new PackingError('must be a file or a directory');
  }
  return [{ path: path.basename(source), source, stats }];
}

/** Copies so that the target is either complete or not there. */
function copyFiles(files: PackedFile[], target: string): void {
  const temporary = `${target}.${process.pid}.tmp`;
  for (const file of files) {
    const copy = path.join(temporary, file.path);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.copyFileSync(file.source, copy, fs.constants.COPYFILE_FICLONE);
  }
  fs.renameSync(temporary, target);
}
