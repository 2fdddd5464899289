import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { fileSystemInput } from './file-system-input';
import { assetInput } from './lazily';
import { augmentedManifestInput, manifestInput, prefixInput } from './s3-input';
import type { TrainingFileSystem } from './training-file-system';
import type {
  AssetInputOptions, AugmentedManifestInputOptions, FileSystemInputOptions, ManifestInputOptions, TrainingInputOptions,
} from './training-input-options';
import type { BoundInput, InputSource, InputUse } from './training-input-source';
import { requireText } from '../private/checks';
import type { Violation } from '../private/errors';

/**
 * Data to train with, which the script finds in the directory that the variable `SM_CHANNEL_<NAME>` names.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
 */
export class TrainingInput {
  /**
   * All objects in a bucket whose keys begin like this.
   *
   * @param bucket the bucket, in the region of the job
   * @param prefix what the keys begin with, such as `data/train/`: without the slash at the end, objects under `data/train2/` are
   * meant too. An empty one is the whole bucket
   */
  public static fromBucket(bucket: s3.IBucket, prefix: string, options: TrainingInputOptions = {}): TrainingInput {
    requireText('TrainingInput.fromBucket', 'prefix', prefix);
    return new TrainingInput(prefixInput(bucket, prefix, options));
  }

  /**
   * The objects that a manifest in a bucket lists.
   *
   * @param bucket the bucket of the manifest, in the region of the job
   * @param key the key of the manifest
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
   */
  public static fromManifest(bucket: s3.IBucket, key: string, options: ManifestInputOptions = {}): TrainingInput {
    requireText('TrainingInput.fromManifest', 'key', key);
    return new TrainingInput(manifestInput(bucket, key, options));
  }

  /**
   * The lines of an augmented manifest in a bucket, with the objects that they refer to. It is read in Pipe mode.
   *
   * @param bucket the bucket of the manifest, in the region of the job
   * @param key the key of the manifest
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/augmented-manifest.html
   */
  public static fromAugmentedManifest(bucket: s3.IBucket, key: string, options: AugmentedManifestInputOptions): TrainingInput {
    requireText('TrainingInput.fromAugmentedManifest', 'key', key);
    return new TrainingInput(augmentedManifestInput(bucket, key, options));
  }

  /**
   * A file on disk, or all files in a directory, under their own names: at most 1000.
   *
   * They are uploaded when the app is deployed, and changed files make the job run again. Byte code, version control, virtual
   * environments, caches and `.env` files are left out.
   *
   * @param path the file or directory, relative to the working directory of the app
   */
  public static fromAsset(path: string, options: AssetInputOptions = {}): TrainingInput {
    requireText('TrainingInput.fromAsset', 'path', path);
    const { AssetInput } = assetInput();
    return new TrainingInput(new AssetInput(path, options));
  }

  /**
   * A directory in a file system, which the job reaches through its `vpc`.
   *
   * @param fileSystem the file system
   * @param directory the directory in it, which begins with a slash
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html
   */
  public static fromFileSystem(fileSystem: TrainingFileSystem, directory: string, options: FileSystemInputOptions = {}): TrainingInput {
    requireText('TrainingInput.fromFileSystem', 'directory', directory);
    return new TrainingInput(fileSystemInput(fileSystem, directory, options));
  }

  private constructor(private readonly source: InputSource) {}

  /** What its user says has to change whenever the data does. @internal */
  public get _revision(): string | undefined {
    return this.source.revision;
  }

  /**
   * Finds fault with it.
   *
   * @param scope the construct that it is given to
   * @param at the property that it was given as
   * @internal
   */
  public _check(scope: Construct, at: string, use: InputUse): Violation[] {
    return this.source.check(scope, at, use);
  }

  /** Provides it, with what that takes in the scope. @internal */
  public _bind(scope: Construct, use: InputUse): BoundInput {
    return this.source.bind(scope, use);
  }
}
