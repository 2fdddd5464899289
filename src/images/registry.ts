import * as iam from 'aws-cdk-lib/aws-iam';
import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib/core';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { DNS_SUFFIXES, LACKING_IN_NEW_REGIONS, type RegionGroup, REGIONS } from './image-facts';

/** Pulls an image. */
const PULL_IMAGE = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** Signs in to a registry, for which ECR has no narrower right. */
const SIGN_IN = ['ecr:GetAuthorizationToken'];

/** The account whose registry has the images of a group in a region; undefined where it has none. */
export function registryAccount(region: string, group: RegionGroup): string | undefined {
  const facts = REGIONS[region];
  if (facts === undefined) {
    // a region newer than this library, which the CDK may know, or its user by `Fact.register`
    return LACKING_IN_NEW_REGIONS.includes(group) ? undefined : RegionInfo.get(region).dlcRepositoryAccount;
  }
  if (group === 'Legacy') {
    return facts.legacyAccount;
  }
  return facts.lacks?.includes(group) ? undefined : facts.account;
}

/** Whether any registry with images is known in a region. */
export function hasRegistry(region: string): boolean {
  return registryAccount(region, 'All') !== undefined;
}

/** What the names of hosts in a region end with; undefined where it is not known. */
export function dnsSuffix(region: string): string | undefined {
  const prefix = Object.keys(DNS_SUFFIXES).find((start) => region.startsWith(start));
  if (prefix !== undefined) {
    return DNS_SUFFIXES[prefix];
  }
  return REGIONS[region] !== undefined ? 'amazonaws.com' : RegionInfo.get(region).domainSuffix;
}

/** The region of a stack; undefined where only its deployment decides. */
export function concreteRegion(scope: Construct): string | undefined {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) ? undefined : region;
}

/**
 * The registry account for the region that a stack is in, even if only its deployment decides which that is.
 *
 * @param group a group that the region, if it is known, does have
 */
export function registryAccountFor(stack: Stack, group: RegionGroup): string {
  if (!Token.isUnresolved(stack.region)) {
    return registryAccount(stack.region, group)!;
  }
  const id = `TensorFlow${group}Registries`;
  const mapping = stack.node.tryFindChild(id) as CfnMapping | undefined ?? new CfnMapping(stack, id, { mapping: accountsByRegion(group) });
  return mapping.findInMap(stack.region, 'account');
}

/** The host of a registry in the region that a stack is in. */
export function registryHost(stack: Stack, account: string): string {
  const suffix = Token.isUnresolved(stack.region) ? undefined : dnsSuffix(stack.region);
  return `${account}.dkr.ecr.${stack.region}.${suffix ?? Aws.URL_SUFFIX}`;
}

/** Lets the grantee pull from these repositories; an ARN may stand for several. */
export function grantPullFrom(grantee: iam.IGrantable, ...repositoryArns: string[]): void {
  iam.Grant.addToPrincipal({ grantee, actions: PULL_IMAGE, resourceArns: repositoryArns });
  iam.Grant.addToPrincipal({ grantee, actions: SIGN_IN, resourceArns: ['*'] });
}

function accountsByRegion(group: RegionGroup): { [region: string]: { account: string } } {
  return Object.fromEntries(Object.keys(REGIONS).flatMap((region) => {
    const account = registryAccount(region, group);
    return account === undefined ? [] : [[region, { account }]];
  }));
}
