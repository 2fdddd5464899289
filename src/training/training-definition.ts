import { FIRST_OF_REDEPLOYMENT, type RedeployRequest, redeployStates } from './redeploy-states';
import { firstOfRegistration, type RegistrationRequest, registrationStates } from './registration-states';
import type { TrainingRequest } from './training-request';

/** The group that the containers of all training jobs of an account write to. */
export const LOG_GROUP = '/aws/sagemaker/TrainingJobs';

/** The longest that CloudFormation waits for a signal, in seconds. */
export const LONGEST_WAIT = 12 * 60 * 60;

/** How many seconds a run has less than CloudFormation waits, so that its signal is there in time. */
const RESERVE = 15 * 60;

/** How many seconds it may take SageMaker to find out that it has no instances. */
const PROVISIONING = 15 * 60;

const SHORTEST_DELAY = 2 * 60;
const LONGEST_DELAY = 60 * 60;

/** The longest time limit that a task can have. */
const NO_LIMIT = 99_999_999;

/**
 * What may go away by itself when SageMaker is asked for a job: it is asked too often, or a role that was made seconds before is not
 * known everywhere yet. Step Functions has the same names for requests that are wrong.
 */
const TRANSIENT = ['SageMaker.AmazonSageMakerException', 'SageMaker.SdkClientException', 'SageMaker.AccessDeniedException', 'States.Permissions'];

/** What a run is made of. */
export interface DefinitionProps {
  readonly request: Pick<TrainingRequest, 'parameters' | 'addressesOfEachJob'>;
  /** What the names of all its jobs begin with, up to a hyphen. */
  readonly trainingJobNamePrefix: string;
  readonly partition: string;
  /** How often another job is tried where SageMaker has no instances. */
  readonly capacityRetries: number;
  /** The function that tells CloudFormation how a run has ended, if that waits for runs. */
  readonly signalFunctionArn?: string;
  /** How the model of each run is registered, if it is. */
  readonly registration?: RegistrationRequest;
  /** How an endpoint gets the models of runs that nobody waits for, if one does. */
  readonly redeployment?: RedeployRequest;
}

type Parameters = { readonly [name: string]: unknown };

/** What is called a state in the Amazon States Language. */
type State = { readonly [field: string]: unknown };

/**
 * The state machine of a run, in the Amazon States Language.
 *
 * An input with a `signalUrl` and a `trainingJobName` is a run that CloudFormation waits for. The output is the description of the
 * training job, as DescribeTrainingJob gives it; `OutputModelPackageArn` in it is the version that the model is registered as, if it is.
 *
 * @see https://states-language.net/spec.html
 */
export function trainingDefinition(props: DefinitionProps): { readonly [field: string]: unknown } {
  const signals = props.signalFunctionArn !== undefined;
  return {
    Comment: 'Runs a SageMaker training job',
    StartAt: signals ? 'Is waited for?' : 'Begin',
    States: {
      ...signals ? deploymentStates(props) : {},
      Begin: begin(props, {
        // a name of an execution may be longer than that of a job, and have other characters
        'name.$': `States.Format('${props.trainingJobNamePrefix}-{}', States.UUID())`,
      }, NO_LIMIT),
      ...jobStates(props),
      ...signals ? signalStates(props, props.signalFunctionArn) : {},
      ...endStates(),
    },
  };
}

/** Which job a run has: the first of a deployment has the name that the deployment gave it. */
function deploymentStates(props: DefinitionProps): { readonly [name: string]: State } {
  return {
    'Is waited for?': {
      Type: 'Choice',
      Choices: [{
        And: [{ Variable: '$.signalUrl', IsPresent: true }, { Variable: '$.trainingJobName', IsPresent: true }],
        Next: 'Begin for deployment',
      }],
      Default: 'Begin',
    },
    'Begin for deployment': begin(props, { 'signalUrl.$': '$.signalUrl', 'name.$': '$.trainingJobName' }, LONGEST_WAIT - RESERVE),
  };
}

/**
 * Begins the data that goes from state to state.
 *
 * @param run what the run itself has in it
 * @param seconds how long it may take
 */
function begin({ request, capacityRetries }: DefinitionProps, run: { readonly [name: string]: string }, seconds: number): State {
  // delays and jobs that could not start take from the time that a job has
  const limits = Array.from({ length: capacityRetries + 1 }, (_, index) =>
    seconds === NO_LIMIT ? seconds : Math.max(seconds - sum(delays(index)) - index * PROVISIONING, PROVISIONING));
  return {
    Type: 'Pass',
    Parameters: {
      ...run,
      attempt: { number: 1, limit: limits[0] },
      limits,
      addresses: request.addressesOfEachJob.map((path) => valueAt(request.parameters, path)),
    },
    Next: 'Train',
  };
}

/** Has SageMaker do the job, and finds out how it has ended. */
function jobStates(props: DefinitionProps): { readonly [name: string]: State } {
  const { partition, capacityRetries, registration } = props;
  const signals = props.signalFunctionArn !== undefined;
  const registered = signals ? 'Is success waited for?' : 'Done';
  const success = registration === undefined ? registered : firstOfRegistration(registration);
  const failure = signals ? 'Is failure waited for?' : 'Failed';
  const refused = capacityRetries > 0 ? 'Lacks capacity?' : failure;
  return {
    'Train': {
      Type: 'Task',
      Resource: `arn:${partition}:states:::sagemaker:createTrainingJob.sync`,
      Parameters: parametersOfJob(props.request),
      ...signals ? { TimeoutSecondsPath: '$.attempt.limit' } : {},
      ResultPath: '$.job',
      Retry: [{ ErrorEquals: TRANSIENT, IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Describe' }],
      Next: 'How has it ended?',
    },
    // the error has a description too, but not all of a long one
    'Describe': {
      ...callOf(partition, 'describeTrainingJob'),
      ResultPath: '$.job',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.job', Next: signals ? 'Is there a job?' : 'Not created' }],
      Next: 'How has it ended?',
    },
    'How has it ended?': {
      Type: 'Choice',
      Choices: [
        { ...jobIs('Completed'), Next: success },
        // what the script has left until then is the model
        { And: [jobIs('Stopped'), { Variable: '$.job.SecondaryStatus', StringEquals: 'MaxRuntimeExceeded' }], Next: success },
        { And: [{ Variable: '$.job.FailureReason', IsPresent: true }, { Variable: '$.job.FailureReason', IsString: true }], Next: 'Job failed' },
        { Or: [jobIs('Stopped'), jobIs('Failed')], Next: 'Job stopped' },
      ],
      Default: signals ? 'Took too long?' : 'Lost track',
    },
    'Job failed': because(`{}; training job {}, log group ${LOG_GROUP}`, '$.job.FailureReason, $.job.TrainingJobName', refused),
    'Job stopped': because(`training job {} was stopped: {}; log group ${LOG_GROUP}`, '$.job.TrainingJobName, $.job.SecondaryStatus', failure),
    'Not created': because('{} ({})', '$.error.Cause, $.error.Error', refused),
    ...signals ? {
      // it takes so long only where it was created
      'Is there a job?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.error.Error', StringEquals: 'States.Timeout', Next: 'Took too long' }],
        Default: 'Not created',
      },
      'Took too long?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.error.Error', StringEquals: 'States.Timeout', Next: 'Took too long' }],
        Default: 'Lost track',
      },
      'Took too long': because('training job {}-{} takes longer than CloudFormation waits, which is 12 hours; let it train faster, or run it on demand',
        NAME, 'Stop'),
    } : {},
    'Lost track': because('{} ({})', '$.error.Cause, $.error.Error', 'Stop'),
    'Stop': {
      ...callOf(partition, 'stopTrainingJob'),
      ResultPath: null,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: failure }],
      Next: failure,
    },
    ...capacityRetries > 0 ? capacityStates(capacityRetries, failure) : {},
    ...registration === undefined ? {} : registrationStates(registration, {
      partition, next: registered, because: (template, values) => because(template, values, failure),
    }),
  };
}

/** Waits for instances, and tries another job. */
function capacityStates(retries: number, failure: string): { readonly [name: string]: State } {
  const reasonIs = (pattern: string) => ({ Variable: '$.reason.text', StringMatches: pattern });
  return {
    'Lacks capacity?': {
      Type: 'Choice',
      Choices: [{
        And: [
          { Variable: '$.attempt.number', NumericLessThanEquals: retries },
          // what a script writes may look like anything
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
        'limit.$': 'States.ArrayGetItem($.limits, $.attempt.number)',
        'delay.$': `States.ArrayGetItem(States.Array(${delays(retries).join(', ')}), States.MathAdd($.attempt.number, -1))`,
      },
      ResultPath: '$.attempt',
      Next: 'Wait for capacity',
    },
    'Wait for capacity': { Type: 'Wait', SecondsPath: '$.attempt.delay', Next: 'Train' },
  };
}

/** Tells CloudFormation how a run has ended, where that waits for it. */
function signalStates({ partition, redeployment }: DefinitionProps, functionArn: string): { readonly [name: string]: State } {
  const signal = (payload: { readonly [name: string]: string }) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: functionArn, Payload: { 'signalUrl.$': '$.signalUrl', ...payload } },
    ResultSelector: { 'failure.$': '$.Payload.failure' },
    ResultPath: '$.signal',
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 }],
  });
  const isWaitedFor = (next: string, otherwise: string) => ({
    Type: 'Choice',
    Choices: [{ Variable: '$.signalUrl', IsPresent: true, Next: next }],
    Default: otherwise,
  });
  return {
    'Is success waited for?': isWaitedFor('Signal success', redeployment === undefined ? 'Done' : FIRST_OF_REDEPLOYMENT),
    'Signal success': {
      ...signal({ 'job.$': '$.job' }),
      // the model is there, whether or not anybody hears of it
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Done' }],
      Next: 'Is there a model?',
    },
    'Is there a model?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.signal.failure', IsString: true, Next: 'No model' }],
      Default: 'Done',
    },
    'No model': { Type: 'Fail', Error: 'NoModel', CausePath: '$.signal.failure' },
    ...redeployment === undefined ? {} : redeployStates(redeployment, { partition, next: 'Done' }),
    'Is failure waited for?': isWaitedFor('Signal failure', 'Failed'),
    'Signal failure': {
      ...signal({ 'reason.$': '$.reason.text' }),
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Failed' }],
      Next: 'Failed',
    },
  };
}

function endStates(): { readonly [name: string]: State } {
  return {
    Done: { Type: 'Succeed', OutputPath: '$.job' },
    Failed: { Type: 'Fail', Error: 'TrainingFailed', CausePath: '$.reason.text' },
  };
}

/** The arguments that make the name of the job. */
const NAME = '$.name, $.attempt.number';

function jobIs(status: string): { readonly Variable: string; readonly StringEquals: string } {
  return { Variable: '$.job.TrainingJobStatus', StringEquals: status };
}

/** Calls SageMaker about the job. */
function callOf(partition: string, action: string): State {
  return {
    Type: 'Task',
    Resource: `arn:${partition}:states:::aws-sdk:sagemaker:${action}`,
    Parameters: { 'TrainingJobName.$': format('{}-{}', NAME) },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
  };
}

/** Says why the run has failed. */
function because(template: string, values: string, next: string): State {
  return { Type: 'Pass', Parameters: { 'text.$': format(template, values) }, ResultPath: '$.reason', Next: next };
}

function format(template: string, values: string): string {
  return `States.Format('${template}', ${values})`;
}

/** The request with the name of the job. */
function parametersOfJob({ parameters, addressesOfEachJob }: DefinitionProps['request']): Parameters {
  const named: Parameters = {
    'TrainingJobName.$': format('{}-{}', NAME),
    ...parameters,
    'HyperParameters': { ...parameters.HyperParameters as object, 'sagemaker_job_name.$': format('"{}-{}"', NAME) },
  };
  return addressesOfEachJob.reduce((all, path, index) => replaced(all, path, format('{}/{}-{}', `$.addresses[${index}], ${NAME}`)), named);
}

/** A map with a path to the value in the place of a value. */
function replaced(map: Parameters, [name, ...rest]: readonly string[], value: string): Parameters {
  const { [name]: old, ...others } = map;
  return rest.length === 0 ? { ...others, [`${name}.$`]: value } : { ...others, [name]: replaced(old as Parameters, rest, value) };
}

function valueAt(map: Parameters, path: readonly string[]): unknown {
  return path.reduce((value, name) => (value as Parameters)[name], map as unknown);
}

/** How many seconds there are before each attempt but the first: twice as many each time. */
function delays(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.min(SHORTEST_DELAY * 2 ** index, LONGEST_DELAY));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
