import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A kind of job of SageMaker's, as its actions call it: `Create<kind>`, and so on. */
export type JobKind = 'TrainingJob' | 'TransformJob';

/** Makes the rule of Step Functions' own by which it hears of jobs. */
const HEAR_OF_JOBS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/** The ARNs of the jobs whose names begin with a prefix and a hyphen. */
export function jobArns(scope: Construct, kind: JobKind, jobNamePrefix: string): string {
  const resource = kind === 'TrainingJob' ? 'training-job' : 'transform-job';
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName: `${jobNamePrefix}-*` });
}

/**
 * What a state machine must be allowed that does jobs and waits for them.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
 */
export function jobStatements(scope: Construct, kind: JobKind, jobNamePrefix: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: [`sagemaker:Create${kind}`, `sagemaker:Describe${kind}`, `sagemaker:Stop${kind}`, 'sagemaker:AddTags', 'sagemaker:ListTags'],
      resources: [jobArns(scope, kind, jobNamePrefix)],
    }),
    new iam.PolicyStatement({
      actions: HEAR_OF_JOBS,
      resources: [Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: `StepFunctionsGetEventsForSageMaker${kind}sRule` })],
    }),
  ];
}
