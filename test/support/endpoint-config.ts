import type { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEndpointConfig, type CfnEndpointConfigProps } from 'aws-cdk-lib/aws-sagemaker';
import { validTemplate } from './synthesis';
import { type Violation, validationError } from '../../src/private/errors';

/** What an endpoint's configuration with these properties has in the template, which CloudFormation's schemas find no fault with. */
export function configProperties(
  stack: Stack, props: Partial<CfnEndpointConfigProps>, overrides: { readonly [path: string]: unknown } = {},
): { readonly [property: string]: any } {
  const config = new CfnEndpointConfig(stack, 'Config', {
    productionVariants: [{ variantName: 'blue', modelName: 'model', instanceType: 'ml.c5.xlarge', initialInstanceCount: 1 }],
    ...props,
  });
  Object.entries(overrides).forEach(([path, value]) => config.addPropertyOverride(path, value));
  return validTemplate(stack).findResources('AWS::SageMaker::EndpointConfig').Config.Properties;
}

/** Statements as they are in a template. */
export function statementsIn(stack: Stack, statements: PolicyStatement[]): unknown[] {
  return stack.resolve(statements.map((statement) => statement.toStatementJson()));
}

/** The lines of the error that says what is wrong. */
export function sentences(violations: Violation[]): string[] {
  return violations.map((violation) => validationError('', violation).message.slice('[] '.length));
}
