import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ArtifactFacts, CheckedArtifact } from './artifact-source';
import type { ModelOptions } from './model-options';
import type { ModelFacts } from './placeable-model';
import type { TensorFlowContainerOptions } from './serving-container';
import type { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import { compareVersions, minorOf } from '../images/version-numbers';
import { validationError, type Violation } from '../private/errors';
import { checkRegion } from '../private/s3-path';

/** Finds fault with a model that has no image, or two. */
export function checkImage(props: TensorFlowContainerOptions): Violation[] {
  if ((props.version === undefined) === (props.image === undefined)) {
    return [{
      property: 'version',
      got: props.version === undefined ? undefined : props.version.toString(),
      rule: props.version === undefined ? 'or `image` is required' : 'and `image` exclude each other',
      remedy: props.version === undefined ? 'give the release that serves the model, such as TensorFlowVersion.V2_19' : 'give one of them',
    }];
  }
  return [];
}

/** Finds fault with what needs a VPC and has none. */
export function checkNetwork(props: ModelOptions, ...images: (TensorFlowImage | undefined)[]): Violation[] {
  const remedy = 'give the `vpc` that they belong to';
  return [
    ...(props.vpc === undefined && images.some((image) => image?._isPrivate === true) ? [{
      property: 'vpc',
      rule: 'is required for an image in a private registry, which SageMaker reaches through it',
      remedy: 'give the VPC that reaches the registry',
    }] : []),
    ...(props.vpc === undefined && props.vpcSubnets !== undefined ? [{ property: 'vpcSubnets', rule: 'needs a VPC', remedy }] : []),
    ...(props.vpc === undefined && props.securityGroups !== undefined ? [{ property: 'securityGroups', rule: 'needs a VPC', remedy }] : []),
    ...(props.securityGroups?.length === 0 ? [{ property: 'securityGroups', rule: 'must not be empty', remedy: 'leave it out for a new one' }] : []),
  ];
}

/** Finds fault with a bucket that SageMaker cannot read from. */
export function checkBucketRegion(scope: Construct, property: string, bucket: s3.IBucket): Violation[] {
  return checkRegion(property, bucket, scope, 'model').map((violation) => ({
    ...violation, rule: `${violation.rule}, from which alone SageMaker reads it`, remedy: 'copy the artifact to a bucket there',
  }));
}

/** Finds fault with isolation in which a container could not start. */
export function checkIsolation({ networkIsolation }: ModelOptions, artifacts: ArtifactFacts[]): Violation[] {
  return networkIsolation !== true || artifacts.every(({ hasRequirements }) => hasRequirements !== true) ? [] : [{
    property: 'networkIsolation',
    got: true,
    rule: 'would keep the container from installing requirements.txt, without which it does not start',
    remedy: 'put the packages under lib/ instead of requirements.txt, or leave out `networkIsolation`',
  }];
}

/** Whether containers are cut off from the network. */
export function isolationOf({ networkIsolation, vpc }: ModelOptions, artifacts: ArtifactFacts[]): ModelFacts['networkIsolation'] {
  if (networkIsolation !== undefined) {
    return networkIsolation ? 'required' : 'off';
  }
  // code in a VPC is there to reach something in it
  const needsNetwork = artifacts.some((artifact) => artifact.needsNetwork === true || (vpc !== undefined && artifact.hasInferenceCode === true));
  return needsNetwork ? 'off' : 'default';
}

/** An older release may not know an operation that a newer one wrote. */
export function warnOfNewerModels(scope: Construct, written: string[], serving: TensorFlowVersion | undefined): void {
  const newer = written.filter((version) => serving !== undefined && compareVersions(minorOf(version), minorOf(serving.toString())) > 0);
  if (newer.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-tensorflow-serving:modelNewerThanServing',
      `A model that TensorFlow ${newer[0]} wrote is served by ${serving}, which may not know all of its operations; `
      + `serve it with TensorFlow ${minorOf(newer[0])} or later`);
  }
}

/** The container takes whichever model its file system lists first, so that one of several must be named. */
export function defaultModel(
  scope: Construct, artifact: CheckedArtifact, environment: { readonly [key: string]: string },
): { [key: string]: string } {
  const given = environment.SAGEMAKER_TFS_DEFAULT_MODEL_NAME;
  const names = artifact.modelNames;
  if (given !== undefined && names !== undefined && !Token.isUnresolved(given) && !names.includes(given)) {
    throw validationError(scope, {
      property: 'defaultModelName', got: given, rule: `must be a model of the artifact, which has ${names.join(', ')}`,
    });
  }
  return given === undefined && names !== undefined && names.length > 1 ? { SAGEMAKER_TFS_DEFAULT_MODEL_NAME: names[0] } : {};
}
