import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { InferenceCode } from './inference-code';
import { multiModelSource } from './lazily';
import { ModelArtifact } from './model-artifact';
import type { MultiModelSource } from './multi-model-source';
import { requireText } from '../private/checks';

/** How SageMaker keeps many models. */
export interface MultiModelOptions {
  /**
   * Whether SageMaker keeps models in memory after a request. Without that, each request loads its model again, which
   * suits models that hardly any request asks for twice.
   *
   * @default - SageMaker's choice: true
   */
  readonly modelCaching?: boolean;

  /**
   * Anything that changes whenever others overwrite archives under the prefix. What addModel puts there needs none.
   *
   * SageMaker does not look again at an archive that an instance has downloaded; another revision makes new instances.
   * At most 1024 characters.
   *
   * @default - none: others add archives, and do not overwrite them
   */
  readonly revision?: string;
}

/** What one model of many gets. */
export interface AddModelOptions {
  /**
   * The handlers that run before and after this model.
   *
   * They have to do without `requirements.txt`, which the container installs for a single model only, and without the
   * `channel` of the handler's context.
   *
   * @default - those of the archive; without any, the container takes TensorFlow Serving's own JSON only: no CSV, no JSON
   * Lines, no bare lists
   */
  readonly code?: InferenceCode;
}

/**
 * Many models behind one endpoint, each an archive under a prefix in a bucket. An instance loads a model when a request
 * names it as `TargetModel` (`NAME.tar.gz`), and drops others when memory or disk run out.
 *
 * Others may put archives there at any time; such a one must have the versions of its model at its root
 * (`1/saved_model.pb`), and its code below `code/`. What the app adds with `addModel` is packed like that, and copied
 * there by the stack that the bucket is made or imported in, which is deployed before the stacks of the models. When it
 * changes, the endpoint gets new instances: an instance that has loaded a model does not look at its archive again. One
 * that loads the model during the update gets the new archive already.
 *
 * Each model is a process of its own, or `servingProcessCount` of them. The container has ports for 449 processes, so
 * that 449 models at most are loaded at a time. It knows a model by an id that SageMaker makes, of at most 255 letters,
 * digits, dots, underscores and hyphens; handlers get that as `model_name`. Code for all models at once is given with the
 * variables `SAGEMAKER_MULTI_MODEL_UNIVERSAL_BUCKET` and `SAGEMAKER_MULTI_MODEL_UNIVERSAL_PREFIX`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
 */
export class MultiModel extends ModelArtifact {
  /**
   * Takes all archives under a prefix in a bucket.
   *
   * @param bucket the bucket, in the region of the model; if models are added, it must be made or imported in a stack of the
   * same stage, account and region as the model, for which that stack copies them
   * @param prefix what the keys of the archives begin with, up to a slash, which is added if it is missing; a token has to
   * end in one
   */
  public static fromPrefix(bucket: s3.IBucket, prefix: string, options: MultiModelOptions = {}): MultiModel {
    requireText('MultiModel.fromPrefix', 'prefix', prefix);
    const { MultiModelSource: Source } = multiModelSource();
    return new MultiModel(new Source(bucket, prefix, options));
  }

  /** @internal */
  protected readonly _source: MultiModelSource;

  private constructor(source: MultiModelSource) {
    super();
    this._source = source;
  }

  /**
   * Adds a model, which is copied to `NAME.tar.gz` under the prefix when the app is deployed, and deleted when it is removed
   * from the app. An archive of that name that somebody else has put there is left alone, and an error.
   *
   * It may be added after the endpoint was made. The copy belongs to the stack of the bucket, whichever stacks use it, and
   * keeps belonging to it as long as the bucket's construct has the same path in its stack.
   *
   * @param name what `TargetModel` has before `.tar.gz`: any printable characters of ASCII, no space first
   * @param artifact the one model, in any number of versions: a directory or an archive on disk, or an archive in a bucket,
   * which a function packs again if its versions are not at its root; it manages some gigabytes in its 15 minutes
   * @returns what requests say as `TargetModel`
   */
  public addModel(name: string, artifact: ModelArtifact, options: AddModelOptions = {}): string {
    requireText('MultiModel.addModel', 'name', name);
    this._source.add(name, artifact, options);
    return `${name}.tar.gz`;
  }
}
