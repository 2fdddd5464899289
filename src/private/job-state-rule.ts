import { Match, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { JobKind } from './job-rights';

const DETAIL_TYPES: { readonly [K in JobKind]: string } = {
  TrainingJob: 'SageMaker Training Job State Change',
  TransformJob: 'SageMaker Transform Job State Change',
};

/**
 * A rule for the states that jobs come to whose names begin with a prefix and a hyphen.
 *
 * @param statuses the states, or all where they are left out
 */
export function jobStateRule(
  scope: Construct, id: string, options: OnEventOptions, job: { readonly kind: JobKind; readonly namePrefix: string }, statuses?: string[],
): Rule {
  const rule = new Rule(scope, id, options);
  rule.addTarget(options.target);
  rule.addEventPattern({
    source: ['aws.sagemaker'],
    detailType: [DETAIL_TYPES[job.kind]],
    detail: {
      [`${job.kind}Name`]: Match.prefix(`${job.namePrefix}-`),
      ...statuses === undefined ? {} : { [`${job.kind}Status`]: statuses },
    },
  });
  return rule;
}
