import { ArnFormat, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { validationError } from './errors';

/** The name in the ARN of a resource of SageMaker; an error where it is the ARN of something else. */
export function nameInArn(scope: Construct, id: string, property: string, arn: string, resource: string): string {
  if (Token.isUnresolved(arn)) {
    return Stack.of(scope).splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
  }
  const name = new RegExp(`^arn:[^:]+:sagemaker:[^:]+:[^:]+:${resource}/([^/]+)$`).exec(arn)?.[1];
  if (name === undefined) {
    throw validationError(`${scope.node.path}/${id}`, {
      property, got: arn, rule: `must have the form arn:aws:sagemaker:REGION:ACCOUNT:${resource}/NAME`,
    });
  }
  return name;
}
