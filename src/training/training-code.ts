import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bucketCode } from './training-code-in-bucket';
import { directoryCode, fileCode } from './training-code-on-disk';
import type { CheckedCode, CodeSource, CodeUse } from './training-code-source';
import { requireText } from '../private/checks';

/** What a training script needs beside itself. */
export interface FileCodeOptions {
  /**
   * Files and directories that are put beside the script, each under its own name, relative to the working directory of the app.
   *
   * A file `requirements.txt` is installed before the script is started.
   *
   * @default - none
   */
  readonly dependencies?: string[];
}

/** What is run of a directory with code. */
export interface DirectoryCodeOptions extends FileCodeOptions {
  /** The script to run, a file in the directory that ends in `.py` or `.sh`, such as `train.py`. */
  readonly entryPoint: string;
}

/** What is run of an archive with code. */
export interface BucketCodeOptions {
  /** The script to run, a file in the archive that ends in `.py` or `.sh`, such as `train.py`. */
  readonly entryPoint: string;

  /**
   * Anything that changes whenever the archive is overwritten, such as the version of the object or a date: then the job is run
   * again. It must be known when the app is synthesized.
   *
   * @default - none: the archive is never overwritten
   */
  readonly revision?: string;
}

/**
 * The code that trains a model.
 *
 * The script gets each hyperparameter as an argument, finds data in the directories that `SM_CHANNEL_...` name, and has to
 * leave the model in the directory that `SM_MODEL_DIR` names.
 *
 * @see https://sagemaker.readthedocs.io/en/v2/frameworks/tensorflow/using_tf.html#prepare-a-script-mode-training-script
 */
export class TrainingCode {
  /**
   * Takes the code from a directory on disk.
   *
   * Packages in `requirements.txt` at its root are installed before the script is started. Byte code, version control,
   * virtual environments (`.venv`, `venv`), caches and `.env` files are left out. The same files make the same archive.
   *
   * @param directory the directory, relative to the working directory of the app
   */
  public static fromDirectory(directory: string, options: DirectoryCodeOptions): TrainingCode {
    requireText('TrainingCode.fromDirectory', 'directory', directory);
    requireText('TrainingCode.fromDirectory', 'entryPoint', options.entryPoint);
    return new TrainingCode(directoryCode(directory, options.entryPoint, options.dependencies ?? []));
  }

  /**
   * Takes a single script from disk.
   *
   * @param file the script, which ends in `.py` or `.sh`, relative to the working directory of the app
   */
  public static fromFile(file: string, options: FileCodeOptions = {}): TrainingCode {
    requireText('TrainingCode.fromFile', 'file', file);
    return new TrainingCode(fileCode(file, options.dependencies ?? []));
  }

  /**
   * Takes an archive that is in a bucket when the job runs.
   *
   * It has the code at its root, as `tar -czf sourcedir.tar.gz -C directory .` packs it.
   *
   * @param bucket the bucket, in the region of the job
   * @param key the key of the archive, which ends in `.tar.gz`
   */
  public static fromBucket(bucket: s3.IBucket, key: string, options: BucketCodeOptions): TrainingCode {
    requireText('TrainingCode.fromBucket', 'key', key);
    requireText('TrainingCode.fromBucket', 'entryPoint', options.entryPoint);
    return new TrainingCode(bucketCode(bucket, key, options.entryPoint, options.revision));
  }

  private constructor(private readonly source: CodeSource) {}

  /**
   * Looks through the code, before it is provided in S3.
   *
   * @param scope the construct that it is given to
   * @internal
   */
  public _check(scope: Construct, use: CodeUse): CheckedCode {
    return this.source.check(scope, use);
  }
}
