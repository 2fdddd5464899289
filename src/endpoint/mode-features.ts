/*
 * What SageMaker does not have for an endpoint of some kind, as its documentation says. What it says nothing about
 * is not in here: SageMaker itself has the last word on that.
 */

/** The ways in which an endpoint answers; `multi-model` is the real-time one whose model stands for many. */
export const MODES = ['real-time', 'asynchronous', 'serverless', 'multi-model'] as const;

/** A way in which an endpoint answers. */
export type Mode = typeof MODES[number];

/** What an endpoint may use, in the words of a table. */
export const FEATURES = {
  gpu: 'GPU instances',
  inferentia1: 'Inferentia 1 instances',
  elasticInference: 'Elastic Inference',
  instancePools: 'instance pools',
  capacityReservation: 'capacity reservations',
  instanceScaling: 'scaling of instances',
  concurrencyScaling: 'scaling of provisioned concurrency',
  scaleToZero: 'scaling down to nothing',
  routing: 'a routing strategy',
  severalVariants: 'several variants',
  shadow: 'a shadow variant',
  multiModel: 'a multi-model',
  inferencePipeline: 'an inference pipeline',
  uncompressedData: 'a model that is not in an archive',
  privateRegistry: 'an image that is not in Amazon ECR',
  vpc: 'a VPC',
  networkIsolation: 'network isolation',
  encryptionKey: 'an encryption key',
  dataCapture: 'data capture',
  explainer: 'explanations by SageMaker Clarify',
  blueGreen: 'blue/green updates, undone by alarms',
  rolling: 'rolling updates, undone by alarms',
  coreDump: 'core dumps',
  ssmAccess: 'access through Systems Manager',
} as const;

/** What an endpoint may use. Asynchronous inference is a mode in the table, and a feature where it meets other modes. */
export type Feature = keyof typeof FEATURES | 'asyncInference';

const LISTED = Object.keys(FEATURES) as (keyof typeof FEATURES)[];

type Reasons = { readonly [feature in Feature]?: string };

const NO_INSTANCES = 'serverless variants have no instances';
const NOT_SERVERLESS = 'SageMaker does not offer it for serverless variants';
const NOT_ASYNC = 'SageMaker does not offer it for asynchronous endpoints';
const NOT_MULTI = 'SageMaker does not offer it for multi-models';
const NO_COPIES = 'SageMaker copies only requests of real-time endpoints, and between single models';
const NO_CONCURRENCY = 'only serverless variants have provisioned concurrency';
const ONE_INSTANCE = 'SageMaker keeps an instance of a real-time variant, but for inference components, which this library does not make';
const NO_TARGET = 'an asynchronous request cannot name the model that it is for';
const NO_GUARDRAILS = 'SageMaker updates such instances all at once, without looking at alarms';
const NO_COPIES_HERE = 'SageMaker copies no requests to or from such instances';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions */
const SERVERLESS: Reasons = {
  gpu: NO_INSTANCES,
  inferentia1: NO_INSTANCES,
  elasticInference: NO_INSTANCES,
  instancePools: NO_INSTANCES,
  capacityReservation: NO_INSTANCES,
  instanceScaling: NO_INSTANCES,
  routing: NO_INSTANCES,
  coreDump: NO_INSTANCES,
  ssmAccess: NO_INSTANCES,
  asyncInference: NOT_SERVERLESS,
  severalVariants: 'a serverless variant is the only one of its endpoint',
  shadow: NO_COPIES,
  multiModel: NOT_SERVERLESS,
  inferencePipeline: NOT_SERVERLESS,
  uncompressedData: NOT_SERVERLESS,
  privateRegistry: NOT_SERVERLESS,
  vpc: NOT_SERVERLESS,
  networkIsolation: NOT_SERVERLESS,
  dataCapture: NOT_SERVERLESS,
  blueGreen: NOT_SERVERLESS,
  rolling: NOT_SERVERLESS,
};

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html */
const ASYNCHRONOUS: Reasons = {
  inferentia1: NOT_ASYNC,
  elasticInference: NOT_ASYNC,
  concurrencyScaling: NO_CONCURRENCY,
  shadow: NO_COPIES,
  multiModel: NO_TARGET,
  explainer: 'explanations come with answers that somebody waits for',
};

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-support.html */
const MULTI_MODEL: Reasons = {
  gpu: 'only Triton serves a multi-model on GPUs, and not the container of TensorFlow Serving',
  inferentia1: 'SageMaker runs a multi-model on CPUs, or on GPUs with Triton',
  elasticInference: NOT_MULTI,
  instancePools: NOT_MULTI,
  concurrencyScaling: NO_CONCURRENCY,
  scaleToZero: ONE_INSTANCE,
  asyncInference: NO_TARGET,
  shadow: NO_COPIES,
  inferencePipeline: 'this library puts only single models into pipelines',
  uncompressedData: NOT_MULTI,
};

const RULED_OUT: { readonly [mode in Mode]: Reasons } = {
  'real-time': { concurrencyScaling: NO_CONCURRENCY, scaleToZero: ONE_INSTANCE },
  'asynchronous': ASYNCHRONOUS,
  'serverless': SERVERLESS,
  'multi-model': MULTI_MODEL,
};

const EXCLUDED: { readonly [feature in Feature]?: Reasons } = {
  /** @see https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html */
  shadow: {
    severalVariants: 'SageMaker copies requests only where there is one variant beside the shadow',
    inferencePipeline: 'SageMaker copies requests between single containers only',
    inferentia1: NO_COPIES_HERE,
    elasticInference: NO_COPIES_HERE,
  },
  /** @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html */
  blueGreen: { inferentia1: NO_GUARDRAILS, elasticInference: NO_GUARDRAILS },
  rolling: { severalVariants: 'SageMaker replaces instances in batches only where there is one variant', inferentia1: NO_GUARDRAILS, elasticInference: NO_GUARDRAILS },
  /** @see https://docs.aws.amazon.com/sagemaker/latest/dg/ssm-access.html */
  ssmAccess: { networkIsolation: 'Systems Manager does not reach a container that has no network' },
};

/** Why SageMaker does not have the feature in the mode; undefined where it has. The text completes "..., because <reason>". */
export function ruledOut(mode: Mode, feature: Feature): string | undefined {
  return RULED_OUT[mode][feature];
}

/** Why SageMaker does not have the two features together; undefined where it has. The text completes "..., because <reason>". */
export function excluded(feature: Feature, other: Feature): string | undefined {
  return EXCLUDED[feature]?.[other] ?? EXCLUDED[other]?.[feature];
}

/** What is ruled out, as Markdown: a table by mode, its reasons, and a table of features that exclude each other. */
export function featureTable(): string {
  const reasons: string[] = [];
  const rows = LISTED.map((feature) => [FEATURES[feature], ...MODES.map((mode) => cell(ruledOut(mode, feature), reasons))]);
  return [
    ...table(['', ...MODES], rows),
    '',
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    '',
    ...table(['not', 'together with', 'because'], LISTED.flatMap(exclusionsOf)),
  ].join('\n');
}

/** "yes", or "no" with the number of the reason. */
function cell(reason: string | undefined, reasons: string[]): string {
  if (reason === undefined) {
    return 'yes';
  }
  if (!reasons.includes(reason)) {
    reasons.push(reason);
  }
  return `no <sup>${reasons.indexOf(reason) + 1}</sup>`;
}

/** A row for each reason that excludes other features. */
function exclusionsOf(feature: keyof typeof FEATURES): string[][] {
  const byReason = new Map<string, string[]>();
  for (const other of LISTED) {
    const reason = EXCLUDED[feature]?.[other];
    if (reason !== undefined) {
      byReason.set(reason, [...byReason.get(reason) ?? [], FEATURES[other]]);
    }
  }
  return [...byReason].map(([reason, others]) => [FEATURES[feature], others.join(' or '), reason]);
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]): string => `|${cells.map((text) => text === '' ? ' ' : ` ${text} `).join('|')}|`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}
