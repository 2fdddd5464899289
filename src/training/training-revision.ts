import { createHash } from 'node:crypto';
import { Lazy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Violation } from '../private/errors';

/** What a request may have that is not seen in the model that it results in, by its places there. */
const WITHOUT_EFFECT: readonly (readonly string[])[] = [
  ['RoleArn'],
  ['Tags'],
  ['VpcConfig'],
  ['StoppingCondition', 'MaxWaitTimeInSeconds'],
  ['StoppingCondition', 'MaxPendingTimeInSeconds'],
  ['RetryStrategy'],
  ['ResourceConfig', 'KeepAlivePeriodInSeconds'],
  ['HyperParameters', 'sagemaker_container_log_level'],
  ['AlgorithmSpecification', 'MetricDefinitions'],
  ['AlgorithmSpecification', 'EnableSageMakerMetricsTimeSeries'],
  ['TensorBoardOutputConfig'],
  ['DebugHookConfig'],
  ['DebugRuleConfigurations'],
  ['ProfilerConfig'],
  ['ProfilerRuleConfigurations'],
  ['ExperimentConfig'],
  ['RemoteDebugConfig'],
  ['InfraCheckConfig'],
  ['SessionChainingConfig'],
];

type Map = { readonly [name: string]: unknown };

/** What decides on whether a new run is due. */
export interface RevisionParts {
  /** The parameters of the request. */
  readonly parameters: Map;
  /** What the user says of all data. */
  readonly data?: string;
  readonly code?: string;
  /** What the user says of inputs, by the names of their channels. */
  readonly inputs: { readonly [channel: string]: string | undefined };
}

/** A text that changes with what may change the model, as far as it is known at synthesis; that itself is known once all constructs are there. */
export function revisionOf(scope: Construct, { parameters, ...others }: RevisionParts): string {
  const content = { ...others, parameters: WITHOUT_EFFECT.reduce(without, parameters) };
  return Lazy.uncachedString({
    produce: () => createHash('sha256').update(JSON.stringify(sorted(Stack.of(scope).resolve(content)))).digest('hex').slice(0, 32),
  });
}

/** Finds fault with a revision that only the deployment knows: to the template it is always the same. */
export function checkRevision(property: string, revision: string | undefined): Violation[] {
  return Token.isUnresolved(revision) ? [{
    property, rule: 'must be known when the app is synthesized, to tell one run from another', remedy: 'give a text, such as a date',
  }] : [];
}

function without(map: Map, [name, ...rest]: readonly string[]): Map {
  const { [name]: value, ...others } = map;
  return rest.length === 0 || value === undefined ? others : { ...others, [name]: without(value as Map, rest) };
}

/** The value with the names in each map in one order, whatever order they were given in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([name, item]) => [name, sorted(item)]))
    : value;
}
