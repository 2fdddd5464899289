import { because, format, type States } from '../private/job-states';

/** What is asked of SageMaker for each model. */
export interface RegistrationRequest {
  /** The parameters of CreateModelPackage, in its words, except for the client token, and for the model's data and the run's own metadata. */
  readonly parameters: { readonly [name: string]: unknown };
  /** The container that serves, in the words of the same request, except for the model's data. */
  readonly container: { readonly [name: string]: unknown };
  /** What else is in the specification of the inference. */
  readonly inference: { readonly [name: string]: unknown };
  /** Whether a model is one archive. */
  readonly isCompressed: boolean;
}

/** What the registration is between. */
export interface RegistrationPlace {
  readonly partition: string;
  /** The state of a run whose model is registered. */
  readonly next: string;
  /** The state of a run that has failed, with why as `$.reason.text`. */
  readonly failure: string;
}

const ADDRESS = '$.job.ModelArtifacts.S3ModelArtifacts';

/** The first of the states, where a run has succeeded. */
export function firstOfRegistration({ isCompressed }: RegistrationRequest): string {
  return isCompressed ? 'Register' : 'Ends in a slash?';
}

/**
 * Registers the model of a job, whose description is in `$.job`, and adds the ARN of its version to that: as `OutputModelPackageArn`, where
 * SageMaker has it for jobs that register what they make by themselves.
 */
export function registrationStates(request: RegistrationRequest, { partition, next, failure }: RegistrationPlace): States {
  return {
    ...request.isCompressed ? {} : addressStates(),
    'Register': {
      Type: 'Task',
      Resource: `arn:${partition}:states:::aws-sdk:sagemaker:createModelPackage`,
      Parameters: {
        // a request that is sent twice is one version
        'ClientToken.$': 'States.Hash($.job.TrainingJobName, \'MD5\')',
        ...request.parameters,
        'InferenceSpecification': { Containers: [{ ...request.container, ...modelData(request) }], ...request.inference },
        'MetadataProperties': { 'GeneratedBy.$': '$.job.TrainingJobArn' },
      },
      ResultPath: '$.registration',
      // Step Functions has one name for requests that come too often and for those that are wrong
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Not registered' }],
      Next: 'Registered',
    },
    'Registered': { Type: 'Pass', InputPath: '$.registration.ModelPackageArn', ResultPath: '$.job.OutputModelPackageArn', Next: next },
    'Not registered': because(
      'the model of training job {} could not be registered: {} ({})', '$.job.TrainingJobName, $.error.Cause, $.error.Error', failure,
    ),
  };
}

/** SageMaker takes an address of files only with a slash at its end, and does not say it so. */
function addressStates(): States {
  return {
    'Ends in a slash?': {
      Type: 'Choice', Choices: [{ Variable: ADDRESS, StringMatches: '*/', Next: 'With its slash' }], Default: 'With a slash',
    },
    'With its slash': { Type: 'Pass', Parameters: { 'address.$': ADDRESS }, ResultPath: '$.model', Next: 'Register' },
    'With a slash': { Type: 'Pass', Parameters: { 'address.$': format('{}/', ADDRESS) }, ResultPath: '$.model', Next: 'Register' },
  };
}

function modelData({ isCompressed }: RegistrationRequest): object {
  return isCompressed
    ? { 'ModelDataUrl.$': ADDRESS }
    : { ModelDataSource: { S3DataSource: { 'S3Uri.$': '$.model.address', 'S3DataType': 'S3Prefix', 'CompressionType': 'None' } } };
}
