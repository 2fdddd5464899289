import { FIRST_OF_REDEPLOYMENT, type RedeployRequest, redeployStates } from './redeploy-states';
import { firstOfRegistration, type RegistrationRequest, registrationStates } from './registration-states';
import type { TrainingRequest } from './training-request';
import { addressOfJob, because, delays, format, jobStates, NAME_OF_JOB, nameOfJob, type State, type States } from '../private/job-states';

/** The group that the containers of all training jobs of an account write to. */
export const LOG_GROUP = '/aws/sagemaker/TrainingJobs';

/** The longest that CloudFormation waits for a signal, in seconds. */
export const LONGEST_WAIT = 12 * 60 * 60;

/** How many seconds a run has less than CloudFormation waits, so that its signal is there in time. */
const RESERVE = 15 * 60;

/** How many seconds it may take SageMaker to find out that it has no instances. */
const PROVISIONING = 15 * 60;

/** The longest time limit that a task can have. */
const NO_LIMIT = 99_999_999;

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

/** Comes where a run may have taken too long. */
const TIMED_OUT = { Variable: '$.error.Error', StringEquals: 'States.Timeout', Next: 'Took too long' };

/**
 * The state machine of a run, in the Amazon States Language.
 *
 * An input with a `signalUrl` and a `trainingJobName` is a run that CloudFormation waits for. The output is the description of the
 * training job, as DescribeTrainingJob gives it; `OutputModelPackageArn` in it is the version that the model is registered as, if it is.
 *
 * @see https://states-language.net/spec.html
 */
export function trainingDefinition(props: DefinitionProps): State {
  const signals = props.signalFunctionArn !== undefined;
  return {
    Comment: 'Runs a SageMaker training job',
    StartAt: signals ? 'Is waited for?' : 'Begin',
    States: {
      ...signals ? deploymentStates(props) : {},
      Begin: begin(props, {
        // a name of an execution may be longer than that of a job, and have other characters
        'name.$': format(`${props.trainingJobNamePrefix}-{}`, 'States.UUID()'),
      }, NO_LIMIT),
      ...trainingStates(props),
      ...signals ? signalStates(props, props.signalFunctionArn) : {},
      ...endStates(),
    },
  };
}

/** Which job a run has: the first of a deployment has the name that the deployment gave it. */
function deploymentStates(props: DefinitionProps): States {
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

/** Has SageMaker do the job, finds out how it has ended, and registers its model. */
function trainingStates(props: DefinitionProps): States {
  const { partition, capacityRetries, registration } = props;
  const signals = props.signalFunctionArn !== undefined;
  const registered = signals ? 'Is success waited for?' : 'Done';
  const success = registration === undefined ? registered : firstOfRegistration(registration);
  const failure = signals ? 'Is failure waited for?' : 'Failed';
  return {
    ...jobStates({
      kind: 'TrainingJob',
      task: 'Train',
      noun: 'training job',
      logGroup: LOG_GROUP,
      partition,
      parameters: parametersOfJob(props.request),
      capacityRetries,
      success,
      failure,
      variations: {
        // what the script has left until then is the model
        endings: [{
          And: [
            { Variable: '$.job.TrainingJobStatus', StringEquals: 'Stopped' },
            { Variable: '$.job.SecondaryStatus', StringEquals: 'MaxRuntimeExceeded' },
          ],
          Next: success,
        }],
        stopped: { template: ': {}', values: ', $.job.SecondaryStatus' },
        attempt: { 'limit.$': 'States.ArrayGetItem($.limits, $.attempt.number)' },
        ...signals ? {
          task: { TimeoutSecondsPath: '$.attempt.limit' },
          unknown: 'Is there a job?',
          unclear: 'Took too long?',
          states: tooLongStates(),
        } : {},
      },
    }),
    ...registration === undefined ? {} : registrationStates(registration, { partition, next: registered, failure }),
  };
}

/** Tells a run that took too long, so that CloudFormation will not have waited for it, from others. */
function tooLongStates(): States {
  return {
    // it takes so long only where it was created
    'Is there a job?': { Type: 'Choice', Choices: [TIMED_OUT], Default: 'Not created' },
    'Took too long?': { Type: 'Choice', Choices: [TIMED_OUT], Default: 'Lost track' },
    'Took too long': because('training job {}-{} takes longer than CloudFormation waits, which is 12 hours; let it train faster, or run it on demand',
      NAME_OF_JOB, 'Stop'),
  };
}

/** Tells CloudFormation how a run has ended, where that waits for it. */
function signalStates({ partition, redeployment }: DefinitionProps, functionArn: string): States {
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

function endStates(): States {
  return {
    Done: { Type: 'Succeed', OutputPath: '$.job' },
    Failed: { Type: 'Fail', Error: 'TrainingFailed', CausePath: '$.reason.text' },
  };
}

/** The request with the name of the job. */
function parametersOfJob({ parameters, addressesOfEachJob }: DefinitionProps['request']): Parameters {
  const named: Parameters = {
    'TrainingJobName.$': nameOfJob(),
    ...parameters,
    'HyperParameters': { ...parameters.HyperParameters as object, 'sagemaker_job_name.$': format('"{}-{}"', NAME_OF_JOB) },
  };
  return addressesOfEachJob.reduce((all, path, index) => replaced(all, path, addressOfJob(`$.addresses[${index}]`)), named);
}

/** A map with a path to the value in the place of a value. */
function replaced(map: Parameters, [name, ...rest]: readonly string[], value: string): Parameters {
  const { [name]: old, ...others } = map;
  return rest.length === 0 ? { ...others, [`${name}.$`]: value } : { ...others, [name]: replaced(old as Parameters, rest, value) };
}

function valueAt(map: Parameters, path: readonly string[]): unknown {
  return path.reduce((value, name) => (value as Parameters)[name], map as unknown);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
