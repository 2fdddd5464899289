import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as assets from 'aws-cdk-lib/aws-ecr-assets';
import { Fn, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { BoundImage, Hardware, ImageKey, ImageSource } from './image-source';
import { processorOf } from './processor';
import { concreteRegion, dnsSuffix, grantPullFrom } from './registry';
import { validationError } from '../private/errors';

const TOKEN = '\\$\\{Token\\[[^\\]]+\\]\\}';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = 'sha256:[0-9a-f]{64}';
const TAG_OR_DIGEST = new RegExp(`^(?:${TAG}|${DIGEST})$`);
const ECR_URI = new RegExp(
  `^(?<account>\\d{12}|${TOKEN})\\.dkr\\.ecr(?:-fips)?\\.(?<region>[a-z]+(?:-[a-z0-9]+)+|${TOKEN})\\.(?<suffix>[a-z0-9-]+(?:\\.[a-z0-9-]+)+|${TOKEN})`
  + `/(?<repository>(?:[a-z0-9._/-]|${TOKEN})+)(?::(?:${TAG}|${TOKEN})|@(?:${DIGEST}|${TOKEN}))?$`,
);

/** An image in a repository of ECR. */
export class RepositoryImage implements ImageSource {
  constructor(private readonly repository: ecr.IRepository, private readonly tagOrDigest: string) {
    if (!Token.isUnresolved(tagOrDigest) && !TAG_OR_DIGEST.test(tagOrDigest)) {
      throw validationError('TensorFlowImage.fromEcrRepository', {
        property: 'tagOrDigest',
        got: tagOrDigest,
        rule: 'must be a tag of at most 128 letters, digits and _.-, or a digest: sha256: and 64 hexadecimal digits',
      });
    }
  }

  public key(): ImageKey {
    return 'own';
  }

  public bind(scope: Construct): BoundImage {
    checkRegion(scope, this.repository.env.region);
    return {
      imageUri: this.repository.repositoryUriForTagOrDigest(this.tagOrDigest),
      grantPull: (grantee) => { this.repository.grantPull(grantee); },
    };
  }
}

/** An image that is built from a directory with a Dockerfile. */
export class AssetImage implements ImageSource {
  private readonly built = new WeakMap<Construct, Map<ImageKey, assets.DockerImageAsset>>();

  constructor(private readonly directory: string, private readonly options: assets.DockerImageAssetOptions) {}

  public key(where: Construct, hardware: Hardware): ImageKey {
    const given = this.givenArchitecture();
    const needed = neededArchitecture(hardware);
    if (given !== undefined && needed !== undefined && given !== needed) {
      throw validationError(where, {
        property: 'instanceType',
        got: hardware.instanceType?.toString(),
        rule: `must have the processor that the image is built for, which is ${given}`,
        remedy: `leave out the image's \`platform\`, which is then linux/${needed}`,
      });
    }
    return this.options.platform === undefined && needed === 'arm64' ? 'graviton' : 'own';
  }

  public bind(scope: Construct, hardware: Hardware): BoundImage {
    const key = this.key(scope, hardware);
    const made = this.built.get(scope) ?? new Map<ImageKey, assets.DockerImageAsset>();
    const asset = made.get(key) ?? new assets.DockerImageAsset(scope, freeId(scope, key === 'own' ? 'Image' : 'GravitonImage'), {
      platform: key === 'own' ? assets.Platform.LINUX_AMD64 : assets.Platform.LINUX_ARM64,
      ...this.options,
      directory: this.directory,
    });
    this.built.set(scope, made.set(key, asset));
    return {
      imageUri: asset.imageUri,
      grantPull: (grantee) => { asset.repository.grantPull(grantee); },
    };
  }

  private givenArchitecture(): string | undefined {
    return /^linux\/(?<architecture>amd64|arm64)/.exec(this.options.platform?.platform ?? '')?.groups?.architecture;
  }
}

/** An image at an address in ECR. */
export class UriImage implements ImageSource {
  private readonly parts?: { readonly [part: string]: string };

  constructor(private readonly uri: string) {
    this.parts = ECR_URI.exec(uri)?.groups;
    if (/\s/.test(uri) || (!Token.isUnresolved(uri) && !this.isAddress())) {
      throw validationError('TensorFlowImage.fromUri', {
        property: 'uri',
        got: uri,
        rule: 'must be the address of an image in a private registry of Amazon ECR, such as '
          + '123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag or .../name@sha256:digest',
        remedy: 'copy an image of another registry to ECR: SageMaker pulls from none but that',
      });
    }
    if (!Token.isUnresolved(uri) && uri.length > 255) {
      throw validationError('TensorFlowImage.fromUri', {
        property: 'uri', got: uri.length, rule: 'must be at most 255 characters long', remedy: 'use a shorter name or tag',
      });
    }
  }

  public key(): ImageKey {
    return 'own';
  }

  public bind(scope: Construct): BoundImage {
    // all of an address that is a single token can be told apart but the repository's name, which may have slashes
    const parts = this.parts ?? { account: Fn.select(0, Fn.split('.', this.uri)), region: Fn.select(3, Fn.split('.', this.uri)), repository: '*' };
    checkRegion(scope, parts.region);
    const repositoryArn = Stack.of(scope).formatArn({
      service: 'ecr', account: parts.account, region: parts.region, resource: 'repository', resourceName: parts.repository,
    });
    return {
      imageUri: this.uri,
      grantPull: (grantee) => { grantPullFrom(grantee, repositoryArn); },
    };
  }

  private isAddress(): boolean {
    return this.parts !== undefined
      && /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/.test(this.parts.repository)
      && [undefined, this.parts.suffix].includes(dnsSuffix(this.parts.region));
  }
}

/** What the processor of the instances is to Docker; undefined where it is not known. */
function neededArchitecture(hardware: Hardware): 'amd64' | 'arm64' | undefined {
  const processor = hardware.instanceType === undefined ? undefined : processorOf(hardware);
  if (processor === undefined) {
    return undefined;
  }
  return processor === 'graviton' || processor === 'armWithGpu' ? 'arm64' : 'amd64';
}

function checkRegion(scope: Construct, imageRegion: string): void {
  const region = concreteRegion(scope);
  if (region !== undefined && !Token.isUnresolved(imageRegion) && imageRegion !== region) {
    throw validationError(scope, {
      property: 'image',
      got: imageRegion,
      rule: `must be in ${region}, because SageMaker pulls images from its own region only`,
      remedy: `copy the image to ${region}, for instance with ECR's replication`,
    });
  }
}

function freeId(scope: Construct, id: string): string {
  let free = id;
  for (let number = 2; scope.node.tryFindChild(free) !== undefined; number++) {
    free = `${id}${number}`;
  }
  return free;
}
