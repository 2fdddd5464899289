import type { Duration } from 'aws-cdk-lib/core';
import { excluded, type Feature, ruledOut } from './mode-features';
import type { VariantFacts } from './variant-source';
import type { Violation } from '../private/errors';

/** All that SageMaker gives a request that somebody waits for. */
const LIMIT_SECONDS = 60;

/**
 * Finds fault with a model whose container would wait for longer than SageMaker does; a token is left alone.
 *
 * @param request a request, in the words of the error: "a real-time request"
 */
export function checkInvocationTimeout(property: string, timeout: Duration | undefined, request: string): Violation[] {
  return timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() > LIMIT_SECONDS
    ? [{
      property,
      got: `an invocationTimeout of ${timeout.toSeconds()} seconds`,
      rule: `must have an \`invocationTimeout\` of at most ${LIMIT_SECONDS} seconds, which is all that ${request} gets`,
      remedy: 'give the model a shorter one, or put it on an asynchronous endpoint',
    }]
    : [];
}

/** Finds fault with what SageMaker does not have, if one of the reasons says that it does not. */
export function refuse(violation: Violation, ...reasons: (string | undefined)[]): Violation[] {
  const reason = reasons.find((text) => text !== undefined);
  return reason === undefined ? [] : [{ ...violation, rule: `${violation.rule}, because ${reason}` }];
}

/** Why SageMaker updates a variant in its own way, without a strategy of this kind; undefined where it has one. */
export function whyUnguarded(feature: Feature, { isServerless, instanceTypes, hasElasticInference }: VariantFacts): string | undefined {
  return (isServerless ? ruledOut('serverless', feature) : undefined)
    ?? (instanceTypes.some((type) => type._family === 'inf1') ? excluded(feature, 'inferentia1') : undefined)
    ?? (hasElasticInference ? excluded(feature, 'elasticInference') : undefined);
}
