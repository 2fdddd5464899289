import type * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { SCOPES } from './image-facts';
import { concreteRegion, grantPullFrom, hasRegistry, registryAccountFor } from './registry';

/** Whether AWS's images are known to be in the region of a stack; true where only the deployment decides which that is. */
export function hasServingImages(scope: Construct): boolean {
  const region = concreteRegion(scope);
  return region === undefined || hasRegistry(region);
}

/**
 * Lets the grantee pull all of AWS's images that serve TensorFlow models.
 *
 * @param scope a construct in a region that has them
 */
export function grantPullOfServingImages(scope: Construct, grantee: iam.IGrantable): void {
  const stack = Stack.of(scope);
  const account = registryAccountFor(stack, 'All');
  const series = [...SCOPES.inference.series, ...SCOPES.graviton.series].filter(({ regions }) => regions !== 'Legacy');
  const repositories = [...new Set(series.map(({ repository }) => repository))];
  grantPullFrom(grantee, ...repositories.map((resourceName) => stack.formatArn({ service: 'ecr', account, resource: 'repository', resourceName })));
}
