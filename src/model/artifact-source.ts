import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { InferenceCode } from './inference-code';

/** Where SageMaker finds a model. */
export interface ArtifactLocation {
  readonly bucket: s3.IBucket;
  /** The key of an archive, or a prefix that ends in a slash. */
  readonly key: string;
  /** The key that the objects are encrypted with, if it is one of KMS. */
  readonly encryptionKey?: kms.IKey;
  /** What is another text where other objects are meant, for keys that do not tell. */
  readonly identity?: string;
}

/** An artifact that was looked through, before it is anywhere in S3. */
export interface CheckedArtifact {
  /** Whether it is one archive. */
  readonly compressed: boolean;
  /** The names of the models in it, in the order of their bytes; undefined where they cannot be known. */
  readonly modelNames?: string[];
  /** The releases of TensorFlow that wrote the models, where they are read from disk. */
  readonly tensorFlowVersions?: string[];
  /** What its user says has to change whenever the objects are overwritten. */
  readonly revision?: string;
  /** Whether it has an inference.py; undefined where that cannot be known. */
  readonly hasInferenceCode: boolean | undefined;
  /** Whether the container installs packages when it starts; undefined where that cannot be known. */
  readonly hasRequirements: boolean | undefined;
  /** Whether its code can do its work only with a network; undefined where that cannot be known. */
  readonly needsNetwork: boolean | undefined;
  /** Provides it in S3, for the stack of a construct, which gets what that takes. */
  provideIn(host: Construct): ArtifactLocation;
}

/** What an artifact is used with. */
export interface ArtifactUse {
  /** The handlers around the model. */
  readonly code?: InferenceCode;
}

/** A kind of artifact. */
export interface ArtifactSource {
  /** Looks through the artifact; faults are errors that name the scope. */
  check(scope: Construct, use: ArtifactUse): CheckedArtifact;
}
