import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import type { ArtifactLocation, CheckedArtifact } from './artifact-source';
import type { ContainerEnvironment } from './container-environment';
import type { BoundContainer, ContainerKey, ContainerSource } from './container-source';
import { artifactStatements } from './model-permissions';
import type { ModelUse } from './placeable-model';
import { RightsOfRole } from './rights-of-role';
import type { BoundImage, TensorFlowImage } from '../images/tensorflow-image';

/** SageMaker sees no change where an object is overwritten in place; this variable makes it one. */
const REVISION_VARIABLE = 'MODEL_ARTIFACT_REVISION';

/** What a container is made of. */
export interface ImageContainerProps {
  readonly image: TensorFlowImage;
  readonly artifact?: CheckedArtifact;
  readonly environment: ContainerEnvironment;
}

/** A container with an image, and with files where these are given. */
export class ImageContainer implements ContainerSource {
  private readonly locations = new Map<Construct, ArtifactLocation>();

  constructor(private readonly props: ImageContainerProps) {}

  /** The variables. */
  public get environment(): ContainerEnvironment {
    return this.props.environment;
  }

  public key(user: Construct, use: ModelUse): ContainerKey {
    const image = this.props.image._key(user, use);
    return { image: image === 'cpu' || image === 'own' ? '' : capitalized(image), environment: this.props.environment.key(user, use) };
  }

  public bind(host: Construct, use: ModelUse, role: iam.IRole): BoundContainer {
    const { artifact } = this.props;
    const location = this.provideIn(host);
    const image = this.props.image._bind(host, use);
    const grantee = new RightsOfRole(role);
    image.grantPull(grantee);
    return {
      definition: {
        image: image.imageUri,
        imageConfig: imageConfig(image),
        environment: this.props.environment.render(host, use),
        ...artifact === undefined ? {} : modelData(location!, artifact),
      },
      statements: [
        ...artifact === undefined ? [] : artifactStatements(location!, artifact.compressed && artifact.multiModel === undefined),
        ...grantee.statements,
      ],
      identity: location?.identity,
      dependables: location?.dependable === undefined ? [] : [location.dependable],
    };
  }

  private provideIn(host: Construct): ArtifactLocation | undefined {
    const location = this.locations.get(host) ?? this.props.artifact?.provideIn(host);
    if (location !== undefined) {
      this.locations.set(host, location);
    }
    return location;
  }
}

/** The variable that changes with the revision of an artifact. */
export function revisionVariable({ revision }: CheckedArtifact): { [key: string]: string } {
  return revision !== undefined ? { [REVISION_VARIABLE]: revision } : {};
}

type ModelData = Pick<CfnModel.ContainerDefinitionProperty, 'modelDataUrl' | 'modelDataSource' | 'mode' | 'multiModelConfig'>;

function modelData({ bucket, key }: ArtifactLocation, { compressed, multiModel }: CheckedArtifact): ModelData {
  const s3Uri = `s3://${bucket.bucketName}/${key}`;
  if (multiModel !== undefined) {
    const { modelCaching } = multiModel;
    return {
      mode: 'MultiModel',
      modelDataUrl: s3Uri,
      multiModelConfig: modelCaching === undefined ? undefined : { modelCacheSetting: modelCaching ? 'Enabled' : 'Disabled' },
    };
  }
  return compressed
    ? { modelDataUrl: s3Uri }
    : { modelDataSource: { s3DataSource: { s3Uri, s3DataType: 'S3Prefix', compressionType: 'None' } } };
}

/** How SageMaker gets at an image; undefined where it is in Amazon ECR. */
function imageConfig({ privateRegistry }: BoundImage): CfnModel.ImageConfigProperty | undefined {
  if (privateRegistry === undefined) {
    return undefined;
  }
  const { credentialsProviderArn } = privateRegistry;
  return {
    repositoryAccessMode: 'Vpc',
    repositoryAuthConfig: credentialsProviderArn === undefined ? undefined : { repositoryCredentialsProviderArn: credentialsProviderArn },
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
