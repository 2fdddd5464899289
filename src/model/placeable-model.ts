import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ITensorFlowModel } from './tensorflow-model';
import type { Hardware } from '../images/tensorflow-image';

/** What a model is put to, which decides on its image and settings. */
export interface ModelUse extends Hardware {
  /** Whether it is for serverless inference, which takes no network isolation. */
  readonly serverless?: boolean;
  /** How long one request of an asynchronous endpoint may take. */
  readonly asyncInvocationTimeout?: Duration;
}

/** What is known of a model before it is made. */
export interface ModelFacts {
  /** Whether it stands for many models, which are loaded when requests ask for them. */
  readonly isMultiModel: boolean;
  /** Whether it has several containers. */
  readonly isPipeline: boolean;
  /** Whether its files are not in an archive. */
  readonly isUncompressed: boolean;
  readonly isInVpc: boolean;
  /** Whether its container is cut off from the network: because its user wants it, because nobody said otherwise, or not. */
  readonly networkIsolation: 'required' | 'default' | 'off';
  /** Whether its image is in a registry that is not Amazon ECR. */
  readonly hasPrivateImage: boolean;
  /** Whether it has an inference.py; undefined where that cannot be known. */
  readonly hasInferenceCode: boolean | undefined;
  /** How long it may take to load, where that was given. */
  readonly loadTimeout?: Duration;
  /** How long a request may take, where that was given. */
  readonly invocationTimeout?: Duration;
}

/** A model of this library's own, which is made where it is put to use. */
export interface PlaceableModel extends ITensorFlowModel {
  /** The role that SageMaker assumes to run it. */
  readonly role: iam.IRole;
  readonly _facts: ModelFacts;
  /** The security groups of its containers, if they are in a VPC. */
  readonly _securityGroups: ec2.ISecurityGroup[];
  /**
   * The name of the SageMaker model that suits the use.
   *
   * @param user what uses it; the SageMaker model is made in its stack
   */
  _modelNameFor(user: Construct, use: ModelUse): string;
}

/** The model, if it is one of this library's own and not imported. */
export function placeable(model: ITensorFlowModel): PlaceableModel | undefined {
  return '_modelNameFor' in model ? model as PlaceableModel : undefined;
}
