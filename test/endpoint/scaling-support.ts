import type { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { EndpointVariant, InstanceType, ModelFromArtifact, TensorFlowServingEndpoint, type TensorFlowServingEndpointProps } from '../../src';

/** An endpoint with a model that exists already and a name, so that templates are short. */
export function endpointIn(stack: Stack, props: Partial<TensorFlowServingEndpointProps> = {}): TensorFlowServingEndpoint {
  const short = props.variants === undefined ? { model: modelIn(stack), instanceType: InstanceType.of('ml.c5.xlarge') } : {};
  return new TensorFlowServingEndpoint(stack, 'Endpoint', { endpointName: 'My-Endpoint', ...short, ...props });
}

/** An endpoint that queues requests. */
export function asyncEndpointIn(stack: Stack, props: Partial<TensorFlowServingEndpointProps> = {}): TensorFlowServingEndpoint {
  return endpointIn(stack, { asyncInference: { outputBucket: Bucket.fromBucketName(stack, 'Output', 'answers') }, ...props });
}

/** A serverless endpoint. */
export function serverlessEndpointIn(stack: Stack, options: { maxConcurrency?: number; provisionedConcurrency?: number }): TensorFlowServingEndpoint {
  return endpointIn(stack, { variants: [EndpointVariant.serverless('blue', { model: modelIn(stack), ...options })] });
}

/** A variant on instances. */
export function variantOn(stack: Stack, name: string, instanceType: string): EndpointVariant {
  return EndpointVariant.onInstances(name, { model: modelIn(stack, name), instanceType: InstanceType.of(instanceType) });
}

/** A model that exists already. */
export function modelIn(stack: Stack, id = 'Model'): ModelFromArtifact {
  return ModelFromArtifact.fromModelName(stack, `${id}Model`, 'mine') as ModelFromArtifact;
}

/** The properties of the only resource of a type. */
export function only(resources: { readonly [id: string]: Record<string, unknown> }): Record<string, unknown> {
  expect(Object.keys(resources)).toHaveLength(1);
  return Object.values(resources)[0].Properties as Record<string, unknown>;
}
