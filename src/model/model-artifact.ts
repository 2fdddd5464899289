import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ArtifactSource, ArtifactUse, CheckedArtifact } from './artifact-source';
import { archiveArtifact, bucketArtifact, modelPackage, savedModelArtifact } from './lazily';
import type { ModelPackage } from './model-package';
import type { ITrainedModel } from './trained-model';
import { requireText } from '../private/checks';

/** What a SavedModel on disk is served as. */
export interface SavedModelArtifactOptions {
  /**
   * The name that requests choose the model by.
   *
   * At most 255 letters, digits, dots, underscores and hyphens, the first one a letter or digit. Only for a path that
   * holds one model.
   *
   * @default - the name of the directory that holds the versions
   */
  readonly name?: string;

  /**
   * The number of the version, in digits. Only for a path that holds one version.
   *
   * @default - the name of the SavedModel's directory, where that is a number, or else 1
   */
  readonly version?: string;
}

/** Options for a model in a bucket. */
export interface BucketArtifactOptions {
  /**
   * Anything that changes whenever the objects are overwritten, such as the version of the object or a date.
   *
   * SageMaker and CloudFormation cannot see that an object was overwritten; another revision makes them read it again.
   * At most 1024 characters.
   *
   * @default - none: the objects are never overwritten
   */
  readonly revision?: string;
}

/** What a model needs beyond its package. */
export interface ModelPackageArtifactOptions {
  /**
   * The bucket that has the model data of the package, in the region of the model. The role may then read it.
   *
   * @default - none: another policy must let the role read it, which is warned of
   */
  readonly dataBucket?: s3.IBucket;

  /**
   * What the role may read in the bucket: the key of the package's archive, which ends in `.tar.gz`, or what the keys
   * of its files begin with, up to a slash, which is added if it is missing; a token has to end in one.
   *
   * @default - all of the bucket
   */
  readonly dataPrefix?: string;

  /**
   * The repository that has the image of the package, which the role may then pull.
   *
   * @default - those of the images of AWS that serve TensorFlow models in the region
   */
  readonly imageRepository?: ecr.IRepository;

  /**
   * Which inference specification of the package is used, for one that has several.
   *
   * @default - the main one
   */
  readonly inferenceSpecificationName?: string;
}

/** The files of a model: where they are, and how they get to SageMaker. */
export abstract class ModelArtifact {
  /**
   * Takes a model from a directory on disk: a SavedModel, the versions of one, or several models.
   *
   * The model is read and packed when the app is synthesized, and uploaded when it is deployed. What the container
   * could not serve is an error. The same files make the same archive, and an archive that is in `cdk.out` already is not
   * packed again.
   *
   * @param directory the directory, relative to the working directory of the app
   * @see https://www.tensorflow.org/guide/saved_model
   */
  public static fromSavedModel(directory: string, options: SavedModelArtifactOptions = {}): ModelArtifact {
    requireText('ModelArtifact.fromSavedModel', 'directory', directory);
    const { SavedModelSource } = savedModelArtifact();
    return new ArtifactFromSource(new SavedModelSource(directory, options));
  }

  /**
   * Takes a `model.tar.gz` from disk, which has to hold `<name>/<version>/saved_model.pb`.
   *
   * What is in it is checked when the app is synthesized. It is uploaded as it is, unless there is inference code: then
   * it is packed again with that code in the place of any that it has.
   *
   * @param file the archive, whose name ends in `.tar.gz`, relative to the working directory of the app
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
   */
  public static fromArchive(file: string): ModelArtifact {
    requireText('ModelArtifact.fromArchive', 'file', file);
    const { ArchiveSource } = archiveArtifact();
    return new ArtifactFromSource(new ArchiveSource(file));
  }

  /**
   * Takes a `model.tar.gz` that is in a bucket when the app is deployed.
   *
   * Inference code is put into a copy of it during the deployment, by a function that the stack gets for this; it
   * manages archives of some gigabytes in its 15 minutes.
   *
   * @param bucket the bucket, in the region of the model
   * @param key the key of the archive, which ends in `.tar.gz`
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
   */
  public static fromBucket(bucket: s3.IBucket, key: string, options: BucketArtifactOptions = {}): ModelArtifact {
    requireText('ModelArtifact.fromBucket', 'key', key);
    const { BucketSource } = bucketArtifact();
    return new ArtifactFromSource(new BucketSource(bucket, { key, revision: options.revision }));
  }

  /**
   * Takes the files of a model, not packed, that are under a prefix in a bucket when the app is deployed.
   *
   * SageMaker copies them as they are, which for large models is faster than unpacking. Neither serverless endpoints nor
   * batch transform can use them.
   *
   * @param bucket the bucket, in the region of the model
   * @param prefix what the keys of the files begin with, up to a slash, which is added if it is missing; a token has to end
   * in one
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-uncompressed.html
   */
  public static fromBucketPrefix(bucket: s3.IBucket, prefix: string, options: BucketArtifactOptions = {}): ModelArtifact {
    requireText('ModelArtifact.fromBucketPrefix', 'prefix', prefix);
    const { BucketSource } = bucketArtifact();
    return new ArtifactFromSource(new BucketSource(bucket, { prefix, revision: options.revision }));
  }

  /**
   * Takes a version from a model registry of SageMaker, which says of itself which image serves which files.
   *
   * The model gets neither a `version` nor an `image`, nor `code`. Variables and typed options are added to those of the
   * package, or take their place.
   *
   * @param modelPackageArn the ARN of the version, such as
   * `arn:aws:sagemaker:us-east-1:123456789012:model-package/half-plus-three/7`, or the name of a package without versions
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy.html
   */
  public static fromModelPackage(modelPackageArn: string, options: ModelPackageArtifactOptions = {}): ModelArtifact {
    requireText('ModelArtifact.fromModelPackage', 'modelPackageArn', modelPackageArn);
    const { ModelPackage } = modelPackage();
    return new ArtifactFromSource(new ModelPackage(modelPackageArn, options));
  }

  /**
   * Takes the model that a training job of the same stack makes when it is deployed. What is made of it waits for that.
   *
   * @param job the job, such as a `TensorFlowTrainingJob` that runs on deploy
   */
  public static fromTrainingJob(job: ITrainedModel): ModelArtifact {
    return job.artifact;
  }

  /** What it is taken from. @internal */
  protected abstract readonly _source: ArtifactSource;

  /** The model package, if it is one. @internal */
  public get _modelPackage(): ModelPackage | undefined {
    return this._source.modelPackage;
  }

  /**
   * Looks through the artifact, before it is provided in S3.
   *
   * @param scope the construct that it is given to, which is named in errors
   * @internal
   */
  public _check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    return this._source.check(scope, use);
  }
}

/** An artifact that is nothing but where it is taken from. */
class ArtifactFromSource extends ModelArtifact {
  constructor(protected readonly _source: ArtifactSource) {
    super();
  }
}
