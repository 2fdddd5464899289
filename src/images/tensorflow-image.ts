import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as assets from 'aws-cdk-lib/aws-ecr-assets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { VersionImages } from './deep-learning-container';
import type { BoundImage, Hardware, ImageKey, ImageSource } from './image-source';
import { AssetImage, RepositoryImage, UriImage } from './own-image';
import { PrivateRegistryImage } from './private-registry-image';
import type { TensorFlowVersion } from './tensorflow-version';

export type { BoundImage, Hardware, ImageKey } from './image-source';

/** How an image is built from a directory. */
export interface TensorFlowImageAssetOptions extends assets.DockerImageAssetOptions {
}

/** How SageMaker signs in to a private registry. */
export interface PrivateRegistryOptions {
  /**
   * The function that SageMaker asks for the credentials, which it returns as
   * `{ "Credentials": { "Username": "...", "Password": "..." } }`.
   *
   * SageMaker calls it through the VPC of the model, which needs a way to AWS Lambda. The role of the model may invoke
   * it; a function of another account must allow that too.
   *
   * @default - none: the registry asks for no credentials
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html
   */
  readonly credentialsProvider?: lambda.IFunction;
}

/**
 * A custom image to train or serve with, for when none of AWS's fits.
 *
 * It must speak to SageMaker as those images do, and be built for the processor of the instances.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own.html
 */
export class TensorFlowImage {
  /**
   * An image in a repository of Amazon ECR, which must be in the region that it is used in.
   *
   * @param repository the repository
   * @param tagOrDigest the tag, or the digest that starts with `sha256:`. An image that is
   * overwritten under its tag is no change to CloudFormation: a digest, or a new tag for each image, is
   */
  public static fromEcrRepository(repository: ecr.IRepository, tagOrDigest: string = 'latest'): TensorFlowImage {
    return new TensorFlowImage(new RepositoryImage(repository, tagOrDigest));
  }

  /**
   * An image that is built when the app is deployed, for the processor of the instances that it is used on.
   *
   * @param directory the directory with the Dockerfile
   * @param options how the image is built. With a `platform` it is built for that and can be used on no other
   */
  public static fromAsset(directory: string, options: TensorFlowImageAssetOptions = {}): TensorFlowImage {
    return new TensorFlowImage(new AssetImage(directory, options));
  }

  /**
   * An image at an address, such as `123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag`.
   *
   * It must be in Amazon ECR, in the region that it is used in; in a repository of another account, that one's policy
   * must allow to pull it.
   *
   * @param uri the address, at most 255 characters. If it is a token as a whole, the right to pull is given for all
   * repositories of the registry that it names
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
   */
  public static fromUri(uri: string): TensorFlowImage {
    return new TensorFlowImage(new UriImage(uri));
  }

  /**
   * An image in a registry that is not Amazon ECR, such as `registry.example.com/team/name:tag`.
   *
   * Its certificate must be one that is trusted publicly. SageMaker reaches the registry through the VPC of the model, which
   * is therefore required. Serverless inference cannot use such an image.
   *
   * @param imageUri the address, with the host and without a scheme, at most 255 characters
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html
   */
  public static fromPrivateRegistry(imageUri: string, options: PrivateRegistryOptions = {}): TensorFlowImage {
    return new TensorFlowImage(new PrivateRegistryImage(imageUri, options));
  }

  /** The images that serve a version's models. @internal */
  public static _forServing(version: TensorFlowVersion): TensorFlowImage {
    return new TensorFlowImage(new VersionImages('inference', version));
  }

  /** The images that train with a version. @internal */
  public static _forTraining(version: TensorFlowVersion): TensorFlowImage {
    return new TensorFlowImage(new VersionImages('training', version));
  }

  private constructor(private readonly source: ImageSource) {}

  /**
   * Which of the images the hardware needs; an error where there is none for it.
   *
   * @internal
   */
  public _key(where: Construct, hardware: Hardware): ImageKey {
    return this.source.key(where, hardware);
  }

  /** Whether it is in a registry that is not Amazon ECR, which takes a VPC. @internal */
  public get _isPrivate(): boolean {
    return this.source.isPrivate === true;
  }

  /** The image for the hardware, as a construct uses it. @internal */
  public _bind(scope: Construct, hardware: Hardware): BoundImage {
    return this.source.bind(scope, hardware);
  }
}
