import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct, IDependable } from 'constructs';
import type { InferenceCode } from './inference-code';
import type { ModelAsset } from './model-asset';
import type { ModelPackage } from './model-package';

/** Where SageMaker finds a model. */
export interface ArtifactLocation {
  readonly bucket: s3.IBucket;
  /** The key of an archive, or a prefix that ends in a slash. */
  readonly key: string;
  /** The key that the objects are encrypted with, if it is one of KMS. */
  readonly encryptionKey?: kms.IKey;
  /** What is another text where other objects are meant, for keys that do not tell. */
  readonly identity?: string;
  /** What puts the objects there while the stack is deployed, if something does. */
  readonly dependable?: IDependable;
  /** What has yet to be done with an archive of a model that shares its container with others. */
  readonly pending?: PendingLayout;
}

/** An archive whose versions have yet to be put at its root, which takes the archive. */
export interface PendingLayout {
  /** An archive of the code that takes the place of any in it, all of it under `code/`. */
  readonly code?: ModelAsset;
}

/** What is known of many models behind one endpoint. */
export interface MultiModelFacts {
  /** Whether models stay in memory; SageMaker's default where that was not said. */
  readonly modelCaching?: boolean;
}

/** What is known of an artifact before it is anywhere in S3. */
export interface ArtifactFacts {
  /** Whether it is one archive. */
  readonly compressed: boolean;
  /** Whether it has an inference.py; undefined where that cannot be known. */
  readonly hasInferenceCode: boolean | undefined;
  /** Whether the container installs packages when it starts; undefined where that cannot be known. */
  readonly hasRequirements: boolean | undefined;
  /** Whether its code can do its work only with a network; undefined where that cannot be known. */
  readonly needsNetwork: boolean | undefined;
  /** That it stands for many models, each an archive under a prefix. */
  readonly multiModel?: MultiModelFacts;
}

/** An artifact that was looked through. */
export interface CheckedArtifact extends ArtifactFacts {
  /** The names of the models in it, in the order of their bytes; undefined where they cannot be known. */
  readonly modelNames?: string[];
  /** The releases of TensorFlow that wrote the models, where they are read from disk. */
  readonly tensorFlowVersions?: string[];
  /** What its user says has to change whenever the objects are overwritten. */
  readonly revision?: string;
  /** Provides it in S3, for the stack of a construct, which gets what that takes. */
  provideIn(host: Construct): ArtifactLocation;
}

/** What an artifact is used with. */
export interface ArtifactUse {
  /** The handlers around the model. */
  readonly code?: InferenceCode;
  /** Whether it shares a container with other models, which finds its versions at the root of its archive only. */
  readonly sharesContainer?: boolean;
}

/** A kind of artifact. */
export interface ArtifactSource {
  /** The model package, if it is one: then its files are not to be had. */
  readonly modelPackage?: ModelPackage;
  /** Looks through the artifact; faults are errors that name the scope. */
  check(scope: Construct, use: ArtifactUse): CheckedArtifact;
}
