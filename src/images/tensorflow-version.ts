import { Token } from 'aws-cdk-lib/core';
import { type ScopeFacts, SCOPES, TRAINING_TO_SERVING } from './image-facts';
import { compareVersions, minorOf } from './version-numbers';
import { validationError } from '../private/errors';

const FORM = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?$/;

/** The first release whose serving container waits for TensorFlow Serving's answers as long as for its models to load. */
const FIRST_WITH_ONE_WAIT_TIME = '2.20';

/** The image of a version. */
export interface VersionedImage {
  /** The full version of the image. */
  readonly fullVersion: string;
  /** The version as the image's tag has it. */
  readonly tagVersion: string;
}

/**
 * A release of TensorFlow that AWS publishes images of.
 *
 * Training and serving images are released apart from each other, so that their versions differ. Each constant stands
 * for the newest image of its release for the purpose and the processor at hand; there are none for 2.15 and 2.17.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pre-built-containers-frameworks-deep-learning.html
 */
export class TensorFlowVersion {
  /** TensorFlow 1.15: 1.15.5. */
  public static readonly V1_15 = new TensorFlowVersion('1.15', true);

  /** TensorFlow 2.0: 2.0.4. */
  public static readonly V2_0 = new TensorFlowVersion('2.0', true);

  /** TensorFlow 2.1: 2.1.3. */
  public static readonly V2_1 = new TensorFlowVersion('2.1', true);

  /** TensorFlow 2.2: 2.2.2. */
  public static readonly V2_2 = new TensorFlowVersion('2.2', true);

  /** TensorFlow 2.3: 2.3.2. */
  public static readonly V2_3 = new TensorFlowVersion('2.3', true);

  /** TensorFlow 2.4: 2.4.3. */
  public static readonly V2_4 = new TensorFlowVersion('2.4', true);

  /** TensorFlow 2.5: 2.5.1. */
  public static readonly V2_5 = new TensorFlowVersion('2.5', true);

  /** TensorFlow 2.6: 2.6.3. */
  public static readonly V2_6 = new TensorFlowVersion('2.6', true);

  /** TensorFlow 2.7: trains with 2.7.1, serves with 2.7.0. */
  public static readonly V2_7 = new TensorFlowVersion('2.7', true);

  /** TensorFlow 2.8: trains with 2.8.0, serves with 2.8.4. */
  public static readonly V2_8 = new TensorFlowVersion('2.8', true);

  /** TensorFlow 2.9: trains with 2.9.2, serves with 2.9.3, on Graviton with 2.9.1. */
  public static readonly V2_9 = new TensorFlowVersion('2.9', true);

  /** TensorFlow 2.10: 2.10.1. */
  public static readonly V2_10 = new TensorFlowVersion('2.10', true);

  /** TensorFlow 2.11: trains with 2.11.0, serves with 2.11.1. */
  public static readonly V2_11 = new TensorFlowVersion('2.11', true);

  /** TensorFlow 2.12: trains with 2.12.0, serves with 2.12.1, on Graviton too. */
  public static readonly V2_12 = new TensorFlowVersion('2.12', true);

  /** TensorFlow 2.13: 2.13.0, on Graviton too. */
  public static readonly V2_13 = new TensorFlowVersion('2.13', true);

  /** TensorFlow 2.14: 2.14.1, on Graviton too. */
  public static readonly V2_14 = new TensorFlowVersion('2.14', true);

  /** TensorFlow 2.16: trains with 2.16.2, serves with 2.16.1, on Graviton too. */
  public static readonly V2_16 = new TensorFlowVersion('2.16', true);

  /** TensorFlow 2.18: 2.18.0. */
  public static readonly V2_18 = new TensorFlowVersion('2.18', true);

  /** TensorFlow 2.19: 2.19.0. */
  public static readonly V2_19 = new TensorFlowVersion('2.19', true);

  /** TensorFlow 2.20, for serving only: 2.20.0. */
  public static readonly V2_20 = new TensorFlowVersion('2.20', true);

  /** TensorFlow 2.21: trains with 2.21.0, serves with 2.20.0. */
  public static readonly V2_21 = new TensorFlowVersion('2.21', true);

  /**
   * A certain version, which the image's tag has as it is given here.
   *
   * A version that only trains is mapped to the one that serves its models. A version of which AWS has no image, or
   * none that is known to this library, is an error where it is used: give such an image with `TensorFlowImage.fromUri`.
   *
   * @param version a full version such as `2.16.1`, or a short one such as `2.16`, whose image AWS moves to the newest
   * patch
   */
  public static of(version: string): TensorFlowVersion {
    if (Token.isUnresolved(version) || !FORM.test(version)) {
      throw validationError('TensorFlowVersion.of', {
        property: 'version',
        got: Token.isUnresolved(version) ? undefined : version,
        rule: Token.isUnresolved(version)
          ? 'must be known at synthesis, because it decides which image is used'
          : 'must be a full version such as 2.19.0 or a short one such as 2.19',
        remedy: Token.isUnresolved(version) ? 'give an image whose address is a token with TensorFlowImage.fromUri' : undefined,
      });
    }
    return new TensorFlowVersion(version, false);
  }

  private constructor(private readonly version: string, private readonly newestPatch: boolean) {}

  /** The full version of the image that trains, such as `2.16.2`; undefined if there is none. */
  public get trainingVersion(): string | undefined {
    return this._imageIn(SCOPES.training)?.fullVersion;
  }

  /** The full version of the image that serves on x86 processors, such as `2.16.1`; undefined if there is none. */
  public get servingVersion(): string | undefined {
    return this._serving()._imageIn(SCOPES.inference)?.fullVersion;
  }

  /** The version as it was given, such as `2.19.0`; that of a constant is short, such as `2.19`. */
  public toString(): string {
    return this.version;
  }

  /**
   * Whether the serving container of this version gives TensorFlow Serving as long to answer as a model has to load.
   *
   * @internal
   */
  public get _answersWithinWaitTime(): boolean {
    return compareVersions(minorOf(this.servingVersion ?? this.version), FIRST_WITH_ONE_WAIT_TIME) >= 0;
  }

  /** The version that serves the models of this one. @internal */
  public _serving(): TensorFlowVersion {
    const served = TRAINING_TO_SERVING[this.version];
    return served !== undefined ? new TensorFlowVersion(served, this.newestPatch) : this;
  }

  /** Which image of one kind this version means, if there is one. @internal */
  public _imageIn(scope: ScopeFacts): VersionedImage | undefined {
    const fullVersion = scope.releases.map(([version]) => version)
      .filter((version) => version === this.version || minorOf(version) === this.version)
      .pop();
    return fullVersion === undefined ? undefined : { fullVersion, tagVersion: this.newestPatch ? fullVersion : this.version };
  }
}
