import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct, IDependable } from 'constructs';
import type { ModelUse } from './placeable-model';

/**
 * Which container a use needs: of one source, the same words stand for the same container. They are part of the ids
 * of constructs, and there are none for what a real-time endpoint on CPUs needs.
 */
export interface ContainerKey {
  /** The image, such as `Gpu`. */
  readonly image: string;
  /** The variables, such as `Async900`. */
  readonly environment: string;
}

/** A container, as a SageMaker model in a stack has it. */
export interface BoundContainer {
  readonly definition: CfnModel.ContainerDefinitionProperty;
  /** What the role must be allowed for it: reading the model, pulling the image. */
  readonly statements: iam.PolicyStatement[];
  /** What is another text where the statements are meant for other objects, for keys that do not tell. */
  readonly identity?: string;
  /** What has to be there before the model is made. */
  readonly dependables: IDependable[];
}

/** A container of a model, before it is known what the model is put to. */
export interface ContainerSource {
  /** Which container the use needs; an error where there is none for it. */
  key(user: Construct, use: ModelUse): ContainerKey;
  /**
   * The container for a use.
   *
   * @param host the construct that what it takes is made in
   * @param role what gets the rights, for what other accounts have to allow it
   */
  bind(host: Construct, use: ModelUse, role: iam.IRole): BoundContainer;
}
