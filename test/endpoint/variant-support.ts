import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  type EndpointVariant, ModelArtifact, ModelFromArtifact, type ModelFromArtifactProps, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../../src';
import type { VariantUse } from '../../src/endpoint/variant-source';
import type { ModelFacts } from '../../src/model/placeable-model';
import { validationError } from '../../src/private/errors';
import { validTemplate } from '../support/synthesis';

/** A model whose archive is in S3. */
export function modelIn(stack: Stack, props: Partial<ModelFromArtifactProps> = {}, id = 'Model'): ModelFromArtifact {
  const bucket = stack.node.tryFindChild('Bucket') as Bucket | undefined ?? Bucket.fromBucketName(stack, 'Bucket', 'models');
  return new ModelFromArtifact(stack, id, {
    artifact: ModelArtifact.fromBucket(bucket, 'model.tar.gz'), version: TensorFlowVersion.V2_19, ...props,
  });
}

/** A model of which something else is known than is true. */
export function modelWith(stack: Stack, facts: Partial<ModelFacts>, id?: string): ModelFromArtifact {
  const model = modelIn(stack, {}, id);
  return Object.defineProperty(model, '_facts', { value: { ...model._facts, ...facts } });
}

/** What the configuration of an endpoint says of its variants, in a template that CloudFormation takes. */
export function productionVariants(stack: Stack, ...variants: EndpointVariant[]): Record<string, unknown>[] {
  new TensorFlowServingEndpoint(stack, 'Endpoint', { variants });
  const [config] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::EndpointConfig'));
  return config.Properties.ProductionVariants;
}

/** The error for a variant of an endpoint; nothing, where there is none. */
export function errorOf(variant: EndpointVariant, use: VariantUse = {}): string | undefined {
  const violations = variant._check('variants[0].', use);
  return violations.length > 0 ? validationError('Stack/Endpoint', ...violations).message : undefined;
}
