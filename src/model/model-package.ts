import type * as iam from 'aws-cdk-lib/aws-iam';
import { Annotations, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ArtifactFacts, ArtifactSource, ArtifactUse, CheckedArtifact } from './artifact-source';
import { ServingEnvironment } from './container-environment';
import type { BoundContainer, ContainerKey, ContainerSource } from './container-source';
import type { ModelPackageArtifactOptions } from './model-artifact';
import { checkBucketRegion } from './model-checks';
import { artifactStatements } from './model-permissions';
import type { ModelUse } from './placeable-model';
import { RightsOfRole } from './rights-of-role';
import type { TensorFlowContainerOptions } from './serving-container';
import { grantPullOfServingImages, hasServingImages } from '../images/serving-images';
import { checkPattern } from '../private/checks';
import { validationError, type Violation } from '../private/errors';
import { checkSageMakerName } from '../private/sagemaker-name';

const PACKAGE = /^(?:arn:aws[a-z-]*:sagemaker:(?<region>[a-z0-9-]+):\d{12}:model-package\/)?[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62}(?:\/\d{1,9})?$/;

/** What keys begin with; wildcards would stand for the keys of other objects. */
const PREFIX = /^(?!\/|[a-z][a-z0-9]*:\/\/)[^*?]+$/;

/** A model package says itself what it is made of, so that nothing of it can be looked at. */
const NOTHING_KNOWN: ArtifactFacts = { compressed: true, hasInferenceCode: undefined, hasRequirements: undefined, needsNetwork: undefined };

/** A version in a model registry. */
export class ModelPackage implements ArtifactSource {
  public readonly modelPackage = this;

  constructor(private readonly arn: string, private readonly options: ModelPackageArtifactOptions) {}

  public check(scope: Construct, _use: ArtifactUse): CheckedArtifact {
    throw validationError(scope, {
      property: 'artifact', got: this.arn, rule: 'must not be a model package, whose files are not to be had', remedy: 'give it to a ModelFromArtifact',
    });
  }

  /** Finds fault with the package, and with what a model gets beside it. */
  public checkFor(scope: Construct, given: TensorFlowContainerOptions): Violation[] {
    const { dataBucket, dataPrefix, imageRepository, inferenceSpecificationName } = this.options;
    return [
      ...(['version', 'image'] as const).filter((property) => given[property] !== undefined).map((property) => ({
        property,
        rule: 'cannot be given with a model package, which names its image',
        remedy: 'leave it out, and give the repository of the image as `imageRepository` to ModelArtifact.fromModelPackage if AWS has none of it',
      })),
      ...given.code === undefined ? [] : [{
        property: 'code',
        rule: 'cannot be added to a model package, whose files are its own',
        remedy: 'register a version whose archive has it under code/, or give the archive to ModelArtifact.fromBucket',
      }],
      ...this.checkArn(scope),
      ...checkSageMakerName('artifact.inferenceSpecificationName', inferenceSpecificationName),
      ...dataBucket === undefined ? [] : checkBucketRegion(scope, 'artifact.dataBucket', dataBucket),
      ...dataBucket === undefined && dataPrefix !== undefined ? [{
        property: 'artifact.dataPrefix', rule: 'needs the bucket that it is in', remedy: 'give the `dataBucket`',
      }] : [],
      ...checkPattern('artifact.dataPrefix', dataPrefix, PREFIX, 'must be what the keys of the data begin with, without *, ?, the bucket and a slash in front'),
      ...imageRepository === undefined && !hasServingImages(scope) ? [{
        property: 'artifact.imageRepository',
        rule: `is required in ${Stack.of(scope).region}, where no registry of AWS's images is known`,
        remedy: 'give the repository that has the image of the package',
      }] : [],
    ];
  }

  /** The container of a model; nothing is wrong with it. */
  public containerFor(scope: Construct, given: TensorFlowContainerOptions): PackageContainer {
    if (this.options.dataBucket === undefined) {
      Annotations.of(scope).addWarningV2('cdk-tensorflow-serving:modelPackageDataNotReadable',
        'The role of the model gets no right to read the model data of its package, without which it cannot be deployed unless another policy gives it, '
        + 'or the package is from AWS Marketplace; give the `dataBucket` to ModelArtifact.fromModelPackage');
    }
    return new PackageContainer(scope, { arn: this.arn, ...this.options }, given);
  }

  private checkArn(scope: Construct): Violation[] {
    if (Token.isUnresolved(this.arn)) {
      return [];
    }
    const property = 'artifact.modelPackageArn';
    const match = PACKAGE.exec(this.arn);
    if (match === null) {
      return [{
        property,
        got: this.arn,
        rule: 'must be the ARN of a model package, such as arn:aws:sagemaker:us-east-1:123456789012:model-package/NAME/VERSION, or its name',
        remedy: this.arn.includes(':model-package-group/') ? 'choose one of the versions in the group' : undefined,
      }];
    }
    const wanted = Stack.of(scope).region;
    const got = match.groups?.region;
    return got === undefined || Token.isUnresolved(wanted) || wanted === got ? [] : [{
      property, got: this.arn, rule: `must be in ${wanted}, the region of the model`, remedy: 'register the version there too',
    }];
  }
}

/** A container that a model package describes. */
class PackageContainer implements ContainerSource {
  public readonly artifact = NOTHING_KNOWN;

  private readonly environment: ServingEnvironment;

  constructor(
    scope: Construct, private readonly options: ModelPackageArtifactOptions & { readonly arn: string }, given: TensorFlowContainerOptions,
  ) {
    this.environment = new ServingEnvironment(scope, given, {}, false);
  }

  public key(user: Construct, use: ModelUse): ContainerKey {
    return { image: '', environment: this.environment.key(user, use) };
  }

  public bind(host: Construct, use: ModelUse, role: iam.IRole): BoundContainer {
    const { arn, imageRepository, inferenceSpecificationName } = this.options;
    const grantee = new RightsOfRole(role);
    if (imageRepository !== undefined) {
      imageRepository.grantPull(grantee);
    } else {
      grantPullOfServingImages(host, grantee);
    }
    return {
      definition: { modelPackageName: arn, inferenceSpecificationName, environment: this.environment.render(host, use) },
      statements: [...this.dataStatements(), ...grantee.statements],
      dependables: [],
    };
  }

  private dataStatements(): iam.PolicyStatement[] {
    const { dataBucket: bucket, dataPrefix = '' } = this.options;
    if (bucket === undefined) {
      return [];
    }
    const compressed = dataPrefix.endsWith('.tar.gz');
    const isWhole = compressed || dataPrefix === '' || dataPrefix.endsWith('/') || Token.isUnresolved(dataPrefix);
    return artifactStatements({ bucket, key: isWhole ? dataPrefix : `${dataPrefix}/`, encryptionKey: bucket.encryptionKey }, compressed);
  }
}
