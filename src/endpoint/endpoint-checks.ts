import type { EndpointVariant } from './endpoint-variant';
import type { GuardedDeployment } from './guarded-deployment';
import { excluded, type Feature, type Mode, ruledOut } from './mode-features';
import type { TensorFlowServingEndpointProps } from './tensorflow-serving-endpoint-props';
import { placeable } from '../model/placeable-model';
import { checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';

/** How often SageMaker can publish the metrics of an endpoint, in seconds. */
const METRIC_FREQUENCIES = [10, 30, 60, 120, 180, 240, 300];

/** Finds fault with an endpoint that is given in two ways, or in none. */
export function checkForm(props: TensorFlowServingEndpointProps): Violation[] {
  const short = ['model', 'instanceType', 'initialInstanceCount', 'acceleratorType'] as const;
  if (props.variants !== undefined) {
    return short.filter((property) => props[property] !== undefined)
      .map((property) => ({ property, rule: 'and `variants` exclude each other', remedy: 'give it to one of the variants' }));
  }
  return (['model', 'instanceType'] as const).filter((property) => props[property] === undefined)
    .map((property) => ({ property, rule: 'is required where there are no `variants`' }));
}

/** Finds fault with variants that cannot be on one endpoint. */
export function checkTogether(variants: EndpointVariant[], shadow: EndpointVariant | undefined): Violation[] {
  const names = [...variants, ...shadow !== undefined ? [shadow] : []].map(({ variantName }) => variantName);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...(variants.length < 1 || variants.length > 10
      ? [{ property: 'variants', rule: 'must be 1 to 10 variants', got: variants.length }] : []),
    ...[...new Set(twice)].map((name) => ({ property: 'variants', rule: 'must have different names', got: `${name} twice` })),
    ...(shadow !== undefined && variants.length > 1
      ? [{ property: 'shadow', rule: 'needs an endpoint with one variant, whose requests it gets copies of', got: `${variants.length} variants` }] : []),
  ];
}

/** In which ways an endpoint answers; what SageMaker rules out for one of them it rules out for the endpoint. */
export function modesOf(variants: EndpointVariant[], isAsync: boolean): Mode[] {
  const isServerless = variants.some((variant) => variant._facts.isServerless);
  return [
    ...isServerless ? ['serverless' as const] : [],
    ...isAsync ? ['asynchronous' as const] : [],
    ...isServerless || isAsync ? [] : ['real-time' as const],
    ...variants.some(({ _facts: { models } }) => models.some((model) => placeable(model)?._facts.isMultiModel === true)) ? ['multi-model' as const] : [],
  ];
}

/** Finds fault with what SageMaker does not have for such an endpoint. */
export function checkFeatures(props: TensorFlowServingEndpointProps, variants: EndpointVariant[]): Violation[] {
  const modes = modesOf([...variants, ...props.shadow !== undefined ? [props.shadow] : []], props.asyncInference !== undefined);
  const used: [property: keyof TensorFlowServingEndpointProps, feature: Feature, isUsed: boolean][] = [
    ['asyncInference', 'asyncInference', props.asyncInference !== undefined],
    ['variants', 'severalVariants', variants.length > 1],
    ['shadow', 'shadow', props.shadow !== undefined],
    ['dataCapture', 'dataCapture', props.dataCapture !== undefined],
    ['explainer', 'explainer', props.explainer !== undefined],
    ['encryptionKey', 'encryptionKey', props.encryptionKey !== undefined],
  ];
  return used.filter(([, , isUsed]) => isUsed).flatMap(([property, feature]) => {
    const reason = modes.map((mode) => ruledOut(mode, feature)).find((text) => text !== undefined);
    return reason === undefined ? [] : [feature === 'severalVariants'
      ? { property, got: `${variants.length} variants`, rule: `must be one variant, because ${reason}` }
      : { property, rule: `cannot be used here, because ${reason}`, remedy: 'leave it out' }];
  });
}

/** Finds fault with alarms that SageMaker would not look at. */
export function checkRollbackAlarms(
  props: TensorFlowServingEndpointProps, variants: EndpointVariant[], guarded: GuardedDeployment | undefined,
): Violation[] {
  if (props.rollbackAlarms === undefined || guarded !== undefined) {
    return [];
  }
  const isServerless = variants.some((variant) => variant._facts.isServerless);
  const reason = isServerless ? ruledOut('serverless', 'blueGreen')
    : excluded('blueGreen', variants.some((variant) => variant._facts.hasElasticInference) ? 'elasticInference' : 'inferentia1');
  return [{ property: 'rollbackAlarms', rule: `cannot be used here, because ${reason}`, remedy: 'leave it out' }];
}

/** Finds fault with the metrics that an endpoint is asked for. */
export function checkMetrics({ metricPublishFrequency: frequency }: TensorFlowServingEndpointProps): Violation[] {
  if (frequency === undefined || frequency.isUnresolved()) {
    return [];
  }
  const wrong = checkSeconds('metricPublishFrequency', frequency, { min: 10, max: 300 });
  return wrong.length > 0 || METRIC_FREQUENCIES.includes(frequency.toSeconds()) ? wrong : [{
    property: 'metricPublishFrequency', got: frequency.toSeconds(), rule: `must be one of ${METRIC_FREQUENCIES.join(', ')} seconds`,
  }];
}

/** Finds fault with what is kept in an update, and what not. */
export function checkRetained(props: TensorFlowServingEndpointProps): Violation[] {
  const exceptions = props.excludeRetainedVariantProperties;
  return [
    ...(exceptions !== undefined && props.retainAllVariantProperties === false ? [{
      property: 'excludeRetainedVariantProperties',
      rule: 'has no effect while `retainAllVariantProperties` is false',
      remedy: 'leave out one of them',
    }] : []),
    ...(exceptions !== undefined && new Set(exceptions).size !== exceptions.length ? [{
      property: 'excludeRetainedVariantProperties', rule: 'must name each property once', got: exceptions,
    }] : []),
  ];
}
