import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { FIRST_WITHOUT_P2, type ImageScope, type RegionGroup, SCOPES } from './image-facts';
import type { BoundImage, Hardware, ImageKey, ImageSource } from './image-source';
import { processorOf, x86InsteadOf } from './processor';
import { concreteRegion, grantPullFrom, hasRegistry, registryAccount, registryAccountFor, registryHost } from './registry';
import { TensorFlowVersion } from './tensorflow-version';
import { compareVersions, nearestVersions } from './version-numbers';
import { validationError, type Violation } from '../private/errors';

/** What an image is for. */
export type Job = 'training' | 'inference';

/** An image of TensorFlow that AWS publishes. */
export interface DeepLearningContainer {
  readonly key: ImageKey;
  readonly repository: string;
  readonly tag: string;
  readonly regions: RegionGroup;
}

/** What an image is looked for by. */
export interface ImageRequest {
  readonly job: Job;
  readonly version: TensorFlowVersion;
  readonly hardware: Hardware;
  /** The region; undefined where only the deployment decides, which then is not checked. */
  readonly region?: string;
}

const OWN_IMAGE = 'an image of your own (TensorFlowImage.fromUri)';

/** The images of a version, of which the hardware decides which one it is. */
export class VersionImages implements ImageSource {
  constructor(private readonly job: Job, private readonly version: TensorFlowVersion) {}

  public key(where: Construct, hardware: Hardware): ImageKey {
    return this.container(where, hardware).key;
  }

  public bind(scope: Construct, hardware: Hardware): BoundImage {
    const stack = Stack.of(scope);
    const container = this.container(scope, hardware);
    const account = registryAccountFor(stack, container.regions);
    const repositoryArn = stack.formatArn({ service: 'ecr', account, resource: 'repository', resourceName: container.repository });
    return {
      imageUri: `${registryHost(stack, account)}/${container.repository}:${container.tag}`,
      grantPull: (grantee) => { grantPullFrom(grantee, repositoryArn); },
    };
  }

  private container(where: Construct, hardware: Hardware): DeepLearningContainer {
    const request = { job: this.job, version: this.version, hardware, region: concreteRegion(where) };
    const found = findContainer(request);
    if (isViolation(found)) {
      throw validationError(where, { remedy: remedyFor(request), ...found });
    }
    return found;
  }
}

/** The image that suits, or why there is none. */
export function findContainer(request: ImageRequest): DeepLearningContainer | Violation {
  const needed = neededImages(request);
  if (isViolation(needed)) {
    return needed;
  }
  const { scope, key } = needed;
  const facts = SCOPES[scope];
  const version = request.job === 'training' ? request.version : request.version._serving();
  const image = version._imageIn(facts);
  if (image === undefined) {
    return noSuchVersion(request, scope);
  }
  if (request.hardware.instanceType?._family === 'p2' && compareVersions(image.fullVersion, FIRST_WITHOUT_P2) >= 0) {
    return {
      property: 'instanceType',
      got: request.hardware.instanceType.toString(),
      rule: `has no image of TensorFlow ${request.version}: there is none for P2 instances from ${FIRST_WITHOUT_P2} on`,
    };
  }
  const since = <T extends { readonly from: string }>(entries: readonly T[]) =>
    entries.filter(({ from }) => compareVersions(from, image.fullVersion) <= 0).pop()!;
  const { repository, regions } = since(facts.series);
  if (request.region !== undefined && registryAccount(request.region, regions) === undefined) {
    return notInRegion(request, request.region, scope);
  }
  const [, ...pythonVersions] = facts.releases.find(([release]) => release === image.fullVersion)!;
  return {
    key,
    repository,
    regions,
    tag: [image.tagVersion, key === 'gpu' ? 'gpu' : 'cpu', pythonVersions.pop(), facts.tagEnding].filter((part) => part !== undefined).join('-'),
  };
}

/** Whether there is no image: what was found is the reason. */
export function isViolation(found: object): found is Violation {
  return 'rule' in found;
}

function neededImages({ job, hardware }: ImageRequest): { readonly scope: ImageScope; readonly key: ImageKey } | Violation {
  const processor = processorOf(hardware);
  const { instanceType, acceleratorType } = hardware;
  if (processor === undefined) {
    return {
      property: 'instanceType',
      rule: 'must be known at synthesis, because it decides between the images for CPU, GPU and Graviton',
      remedy: 'give a type that is no token, or an image of your own (TensorFlowImage.fromUri)',
    };
  }
  if (acceleratorType !== undefined) {
    return processor === 'cpu' ? { scope: 'elasticInference', key: 'eia' } : {
      property: 'acceleratorType', got: `${acceleratorType} on ${instanceType}`, rule: 'must be on an instance with an x86 CPU and no GPU',
    };
  }
  const got = instanceType?.toString();
  switch (processor) {
    case 'otherAccelerator':
      return { property: 'instanceType', got, rule: 'has no image of TensorFlow: there is none for Inferentia, Trainium and Gaudi' };
    case 'armWithGpu':
      return { property: 'instanceType', got, rule: 'has no image of TensorFlow: there is none for an Arm processor with GPUs' };
    case 'graviton':
      return job === 'inference' ? { scope: 'graviton', key: 'graviton' } : {
        property: 'instanceType', got, rule: 'must be no Graviton instance: there is no image of TensorFlow that trains on one',
      };
    default:
      return { scope: job, key: processor };
  }
}

function noSuchVersion({ job, version, hardware }: ImageRequest, scope: ImageScope): Violation {
  switch (scope) {
    case 'graviton':
      return { property: 'instanceType', got: hardware.instanceType?.toString(), rule: `has no image of TensorFlow ${version} for Graviton` };
    case 'elasticInference':
      return { property: 'acceleratorType', got: hardware.acceleratorType?.toString(), rule: `has no image of TensorFlow ${version}` };
    default:
      return {
        property: 'version', got: version.toString(), rule: `has no known image that ${job === 'training' ? 'trains' : 'serves'}`,
      };
  }
}

function notInRegion({ version }: ImageRequest, region: string, scope: ImageScope): Violation {
  if (!hasRegistry(region)) {
    return {
      property: 'version',
      got: version.toString(),
      rule: `has no known image in ${region}`,
      remedy: `use ${OWN_IMAGE}, or register the account of the region's Deep Learning Containers `
        + 'with Fact.register and FactName.DLC_REPOSITORY_ACCOUNT of aws-cdk-lib/region-info',
    };
  }
  const kind = { training: '', inference: '', graviton: ' for Graviton', elasticInference: ' for Elastic Inference' }[scope];
  return { property: 'version', got: version.toString(), rule: `has no image${kind} in ${region}` };
}

/** What would work instead: the nearest version on this hardware, and the nearest hardware. */
function remedyFor(request: ImageRequest): string {
  const ways = [
    nearestWorking(request).map((version) => `TensorFlow ${version}`),
    ...otherHardware(request.hardware).map(({ hardware, name, place }) => {
      const other = { ...request, hardware };
      return isViolation(findContainer(other)) ? nearestWorking(other).map((version) => `TensorFlow ${version} ${place}`) : [name];
    }),
  ].flat();
  return `use ${[...ways, OWN_IMAGE].join(' or ')}`;
}

/** The nearest version that has an image, if any has. */
function nearestWorking(request: ImageRequest): string[] {
  const { training, ...serving } = SCOPES;
  const scopes = request.job === 'training' ? [training] : Object.values(serving);
  const versions = scopes.flatMap(({ releases }) => releases.map(([version]) => version));
  return nearestVersions([...new Set(versions)], request.version.toString())
    .filter((version) => !isViolation(findContainer({ ...request, version: TensorFlowVersion.of(version) })))
    .slice(0, 1);
}

/** Hardware that is like the given one, without the accelerator, which AWS sells no more. */
function otherHardware(
  { instanceType, acceleratorType }: Hardware,
): { readonly hardware: Hardware; readonly name: string; readonly place: string }[] {
  const without = acceleratorType === undefined ? '' : ' without `acceleratorType`';
  return [
    ...(acceleratorType === undefined ? [] : [{ hardware: { instanceType }, name: 'no `acceleratorType`', place: without.trim() }]),
    ...(instanceType === undefined ? [] : x86InsteadOf(instanceType)).map((other) => ({
      hardware: { instanceType: other }, name: `${other}${without}`, place: `on ${other}${without}`,
    })),
  ];
}
