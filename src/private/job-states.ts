import { Token } from 'aws-cdk-lib/core';
import { checkInteger } from './checks';
import type { Violation } from './errors';
import type { JobKind } from './job-rights';

/** What is called a state in the Amazon States Language. */
export type State = { readonly [field: string]: unknown };

/** States by their names. */
export type States = { readonly [name: string]: State };

const SHORTEST_DELAY = 2 * 60;
const LONGEST_DELAY = 60 * 60;

/**
 * What may go away by itself when SageMaker is asked for a job: it is asked too often, or a role that was made seconds before is not
 * known everywhere yet. Step Functions has the same names for requests that are wrong.
 */
const TRANSIENT = ['SageMaker.AmazonSageMakerException', 'SageMaker.SdkClientException', 'SageMaker.AccessDeniedException', 'States.Permissions'];

/** The arguments that make the name of a job, `{}-{}`: what the run is called, and which attempt it is. */
export const NAME_OF_JOB = '$.name, $.attempt.number';

/** What does a job. */
export interface JobStatesProps {
  readonly kind: JobKind;
  /** The name of the state that does the job: "Train". */
  readonly task: string;
  /** What the job is called in texts: "training job". */
  readonly noun: string;
  readonly logGroup: string;
  readonly partition: string;
  /** The parameters of the request, with the job's name. */
  readonly parameters: State;
  /** How often another job is tried where SageMaker has no instances. */
  readonly capacityRetries: number;
  /** The states that a run goes on to: after a success, with the job as `$.job`, and after a failure, with why as `$.reason.text`. */
  readonly success: string;
  readonly failure: string;
  readonly variations?: JobVariations;
}

/** What is otherwise for some jobs. */
export interface JobVariations {
  /** Fields of the state that does the job, such as a time limit. */
  readonly task?: State;
  /** Choices among the ways that a job can end, tried after that of success; `$.job` is the job. */
  readonly endings?: readonly State[];
  /** The state that comes where SageMaker knows nothing of the job, in the place of 'Not created'. */
  readonly unknown?: string;
  /** The state that comes where nobody can tell how the job has ended, in the place of 'Lost track'. */
  readonly unclear?: string;
  /** What more is said of a job that was stopped, and its paths: "{}" and "$.job.SecondaryStatus". */
  readonly stopped?: { readonly template: string; readonly values: string };
  /** What more an attempt has, beside its number and the delay before it. */
  readonly attempt?: { readonly [name: string]: string };
  /** The states that these ways go through. */
  readonly states?: States;
}

/**
 * Has SageMaker do a job, finds out how it has ended, and tries another one where there are no instances.
 *
 * It begins at `props.task`, with the run's name as `$.name` and `{ number: 1 }` as `$.attempt`.
 */
export function jobStates(props: JobStatesProps): States {
  const { kind, task, noun, logGroup, partition, success, failure, capacityRetries, variations = {} } = props;
  const { stopped = { template: '', values: '' } } = variations;
  const jobName = `$.job.${kind}Name`;
  const refused = capacityRetries > 0 ? 'Lacks capacity?' : failure;
  const jobIs = (status: string) => ({ Variable: `$.job.${kind}Status`, StringEquals: status });
  return {
    [task]: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::sagemaker:create${kind}.sync`,
      Parameters: props.parameters,
      ...variations.task,
      ResultPath: '$.job',
      Retry: [{ ErrorEquals: TRANSIENT, IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Describe' }],
      Next: 'How has it ended?',
    },
    // the error has a description too, but not all of a long one
    'Describe': {
      ...callOf(props, 'describe'),
      ResultPath: '$.job',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.job', Next: variations.unknown ?? 'Not created' }],
      Next: 'How has it ended?',
    },
    'How has it ended?': {
      Type: 'Choice',
      Choices: [
        { ...jobIs('Completed'), Next: success },
        ...variations.endings ?? [],
        { And: [{ Variable: '$.job.FailureReason', IsPresent: true }, { Variable: '$.job.FailureReason', IsString: true }], Next: 'Job failed' },
        { Or: [jobIs('Stopped'), jobIs('Failed')], Next: 'Job stopped' },
      ],
      Default: variations.unclear ?? 'Lost track',
    },
    'Job failed': because(`{}; ${noun} {}, log group ${logGroup}`, `$.job.FailureReason, ${jobName}`, refused),
    'Job stopped': because(`${noun} {} was stopped${stopped.template}; log group ${logGroup}`, `${jobName}${stopped.values}`, failure),
    'Not created': because('{} ({})', '$.error.Cause, $.error.Error', refused),
    ...variations.states,
    'Lost track': because('{} ({})', '$.error.Cause, $.error.Error', 'Stop'),
    'Stop': {
      ...callOf(props, 'stop'),
      ResultPath: null,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: failure }],
      Next: failure,
    },
    ...capacityRetries > 0 ? capacityStates(props) : {},
  };
}

/** The name of the job of an attempt. */
export function nameOfJob(): string {
  return format('{}-{}', NAME_OF_JOB);
}

/** An address that ends in the name of the job. */
export function addressOfJob(path: string): string {
  return format('{}/{}-{}', `${path}, ${NAME_OF_JOB}`);
}

/** Says why a run has failed. */
export function because(template: string, values: string, next: string): State {
  return { Type: 'Pass', Parameters: { 'text.$': format(template, values) }, ResultPath: '$.reason', Next: next };
}

/** A text with values in the place of `{}`; it has neither quotes nor backslashes. */
export function format(template: string, values: string): string {
  return `States.Format('${template}', ${values})`;
}

/** How many seconds there are before each attempt but the first: twice as many each time. */
export function delays(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.min(SHORTEST_DELAY * 2 ** index, LONGEST_DELAY));
}

/** Finds fault with how often another job is tried: the states have a delay for each of them. */
export function checkCapacityRetries(retries: number | undefined): Violation[] {
  return Token.isUnresolved(retries)
    ? [{ property: 'capacityRetries', rule: 'must be known at synthesis' }]
    : checkInteger('capacityRetries', retries, { min: 0, max: 20 });
}

/** Waits for instances, and tries another job. */
function capacityStates({ task, failure, capacityRetries, variations = {} }: JobStatesProps): States {
  const reasonIs = (pattern: string) => ({ Variable: '$.reason.text', StringMatches: pattern });
  return {
    'Lacks capacity?': {
      Type: 'Choice',
      Choices: [{
        And: [
          { Variable: '$.attempt.number', NumericLessThanEquals: capacityRetries },
          // what a container writes may look like anything
          { Not: reasonIs('AlgorithmError*') },
          // an account that may have no such instances gets none by waiting
          { Not: reasonIs('* is 0 Instances*') },
          { Or: ['*CapacityError*', '*nsufficient capacity*', '*ResourceLimitExceeded*'].map(reasonIs) },
        ],
        Next: 'Next attempt',
      }],
      Default: failure,
    },
    'Next attempt': {
      Type: 'Pass',
      Parameters: {
        'number.$': 'States.MathAdd($.attempt.number, 1)',
        ...variations.attempt,
        'delay.$': `States.ArrayGetItem(States.Array(${delays(capacityRetries).join(', ')}), States.MathAdd($.attempt.number, -1))`,
      },
      ResultPath: '$.attempt',
      Next: 'Wait for capacity',
    },
    'Wait for capacity': { Type: 'Wait', SecondsPath: '$.attempt.delay', Next: task },
  };
}

/** Calls SageMaker about the job. */
function callOf({ kind, partition }: JobStatesProps, action: 'describe' | 'stop'): State {
  return {
    Type: 'Task',
    Resource: `arn:${partition}:states:::aws-sdk:sagemaker:${action}${kind}`,
    Parameters: { [`${kind}Name.$`]: nameOfJob() },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
  };
}
