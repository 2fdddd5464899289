import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { ModelRegistrationOptions } from './model-registration-options';

/** Where versions of a model are registered. @internal */
export interface RegistryGroup {
  /** A group of the app; undefined for one that is named. */
  readonly resource?: sagemaker.IModelPackageGroupRef;
  /** The name, or the ARN. */
  readonly nameOrArn: string;
}

/**
 * Registers the model of each run that succeeds as a version in a model package group of SageMaker Model Registry.
 *
 * A run whose model cannot be registered fails. What the job has left is registered as it is: inference code that `deploy` adds to an
 * archive is not part of it. A version is deployed with `ModelArtifact.fromModelPackage`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-version.html
 */
export class ModelRegistration {
  /**
   * In a group of the app.
   *
   * @param group the group, such as a `CfnModelPackageGroup`
   */
  public static inGroup(group: sagemaker.IModelPackageGroupRef, options: ModelRegistrationOptions = {}): ModelRegistration {
    return new ModelRegistration({ resource: group, nameOrArn: group.modelPackageGroupRef.modelPackageGroupArn }, options);
  }

  /**
   * In a group that exists already.
   *
   * @param modelPackageGroupName its name, or its ARN if it is in another account, whose policy must let this account create versions.
   * A token stands for a name
   */
  public static inGroupNamed(modelPackageGroupName: string, options: ModelRegistrationOptions = {}): ModelRegistration {
    return new ModelRegistration({ nameOrArn: modelPackageGroupName }, options);
  }

  /** @internal */
  public readonly _group: RegistryGroup;

  /** @internal */
  public readonly _options: ModelRegistrationOptions;

  private constructor(group: RegistryGroup, options: ModelRegistrationOptions) {
    this._group = group;
    this._options = options;
  }
}
