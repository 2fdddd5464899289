import { Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { EndpointVariant } from './endpoint-variant';
import type { TensorFlowServingEndpoint } from './tensorflow-serving-endpoint';
import { placeable } from '../model/placeable-model';

/** Markdown about an endpoint: its name, where to look further, and what its variants are. */
export function headerOf(endpoint: TensorFlowServingEndpoint): string {
  const shadow = endpoint._shadow;
  const shares = sharesOf(endpoint._variants);
  return [
    `# ${endpoint.endpointName}`,
    links(endpoint),
    '',
    '| Variant | Model | Runs on | Requests |',
    '|---|---|---|---|',
    ...endpoint._variants.map((variant, index) => row(variant, shares[index])),
    ...shadow !== undefined ? [row(shadow, 'copies, not answered')] : [],
  ].join('\n');
}

/** What a variant runs on, such as "ml.c5.xlarge, 2 at first". */
export function hardwareOf({ _facts: facts }: Pick<EndpointVariant, '_facts'>): string {
  if (facts.isServerless) {
    return facts.maxConcurrency === undefined ? 'serverless' : `serverless, up to ${Tokenization.stringifyNumber(facts.maxConcurrency)} at a time`;
  }
  return `${facts.instanceTypes.join(' or ')}, ${Tokenization.stringifyNumber(facts.initialInstanceCount)} at first`;
}

function row(variant: EndpointVariant, requests: string): string {
  const { model } = variant._facts;
  // to ask a model of our own for its name could make another one
  const name = placeable(model) !== undefined ? model.node.path : model.modelName;
  return `| ${variant.variantName} | ${name} | ${hardwareOf(variant)} | ${requests} |`;
}

function sharesOf(variants: readonly EndpointVariant[]): string[] {
  const weights = variants.map((variant) => variant._facts.weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weights.some((each) => Token.isUnresolved(each)) || total === 0
    ? `weight ${Tokenization.stringifyNumber(weight)}`
    : `${Number((weight / total * 100).toPrecision(3))} %`);
}

function links(endpoint: TensorFlowServingEndpoint): string {
  const { region } = Stack.of(endpoint);
  const console = `https://${region}.${consoleOf(region)}`;
  const name = endpoint.endpointName;
  return [
    `[Endpoint](${console}/sagemaker/home?region=${region}#/endpoints/${name})`,
    `[Logs](${console}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/$252Faws$252Fsagemaker$252FEndpoints$252F${name})`,
  ].join(' · ');
}

/** Where the console of a region is; that of a region which is not known is taken to be the usual one. */
function consoleOf(region: string): string {
  return region.startsWith('cn-') ? 'console.amazonaws.cn'
    : region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
}
