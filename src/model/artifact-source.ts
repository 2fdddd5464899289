import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { InferenceCode } from './inference-code';
import type { SavedModel } from '../saved-model';

/** Where SageMaker finds a model, and what is known of it. */
export interface BoundArtifact {
  readonly bucket: s3.IBucket;
  /** The key of an archive, or a prefix that ends in a slash. */
  readonly key: string;
  /** Whether it is one archive. */
  readonly compressed: boolean;
  /** The names of the models in it, in the order of their bytes; undefined where they can't be known. */
  readonly modelNames?: string[];
  /** What its user says has to change whenever the objects are overwritten. */
  readonly revision?: string;
  /** What changes with the content; undefined for objects in a bucket. */
  readonly contentHash?: string;
  /** Whether it has an inference.py; undefined where that can't be known. */
  readonly hasInferenceCode: boolean | undefined;
  /** Whether the container installs packages when it starts; undefined where that can't be known. */
  readonly hasRequirements: boolean | undefined;
  /** Whether its code can do its work only with a network; undefined where that can't be known. */
  readonly needsNetwork: boolean | undefined;
  /** What the models say of themselves, where they are read from disk. */
  readonly savedModels?: SavedModel[];
}

/** What an artifact is used with. */
export interface BindOptions {
  /** The handlers around the model. */
  readonly code?: InferenceCode;
}

/** A kind of artifact. */
export interface ArtifactSource {
  /** Checks the artifact and provides it in S3. */
  bind(scope: Construct, options: BindOptions): BoundArtifact;
}
