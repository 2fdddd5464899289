import { Match } from 'aws-cdk-lib/assertions';
import { EndpointVariant, InstanceType, ModelFromArtifact, TensorFlowServingEndpoint } from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

/** An endpoint with one variant of a name. */
function endpointWith(name: string) {
  const stack = newStack();
  const model = ModelFromArtifact.fromModelName(stack, 'Model', 'mine');
  new TensorFlowServingEndpoint(stack, 'Endpoint', {
    variants: [EndpointVariant.onInstances(name, { model, instanceType: InstanceType.of('ml.c5.xlarge') })],
  });
  return stack;
}

test.each(['a', 'A1-b--c', 'x'.repeat(63)])('a variant may be called %s', (name) => {
  expect(EndpointVariant.onInstances(name, { model: undefined as never, instanceType: InstanceType.of('ml.c5.xlarge') }).variantName).toBe(name);
  validTemplate(endpointWith(name)).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
    ProductionVariants: [Match.objectLike({ VariantName: name })],
  });
});

test.each([
  ['nothing', ''], ['a hyphen first', '-a'], ['a hyphen last', 'a-'], ['an underscore', 'a_b'], ['64 letters', 'x'.repeat(64)],
])('a name with %s is refused', (_, name) => {
  expect(() => endpointWith(name)).toThrow(
    '[Stack/Endpoint] `variants[0].variantName` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, '
    + `got: ${JSON.stringify(name)}`);
});
