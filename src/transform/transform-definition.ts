import { Token } from 'aws-cdk-lib/core';
import { TransformS3DataType } from './transform-data-source';
import type { TransformRequest } from './transform-request';
import { addressOfJob, format, jobStates, nameOfJob, type State, type States } from '../private/job-states';

/** The group that the containers of all transform jobs of an account write to. */
export const LOG_GROUP = '/aws/sagemaker/TransformJobs';

/** What a run is made of. */
export interface TransformDefinitionProps {
  readonly request: TransformRequest;
  /** The name of the input's bucket. */
  readonly bucketName: string;
  /** The prefix or key of the input. */
  readonly path: string;
  /** Whether each run says what it scores, because only arrivals are scored. */
  readonly isOnArrival: boolean;
  /** What the names of all its jobs begin with, up to a hyphen. */
  readonly transformJobNamePrefix: string;
  readonly partition: string;
  /** How often another job is tried where SageMaker has no instances. */
  readonly capacityRetries: number;
  /** The topic that is told how runs end, if there is one. */
  readonly topicArn?: string;
}

/**
 * The state machine of a run, in the Amazon States Language.
 *
 * Its input may say what is scored: `prefix`, or `manifest` where manifests arrive. The output is the description of the transform job, as
 * DescribeTransformJob gives it.
 *
 * @see https://states-language.net/spec.html
 */
export function transformDefinition(props: TransformDefinitionProps): State {
  const tells = props.topicArn !== undefined;
  const failure = tells ? 'Tell of failure' : 'Failed';
  return {
    Comment: 'Runs a SageMaker transform job',
    StartAt: isChoosable(props) ? 'What is scored?' : 'Begin',
    States: {
      ...inputStates(props),
      ...jobStates({
        kind: 'TransformJob',
        task: 'Transform',
        noun: 'transform job',
        logGroup: LOG_GROUP,
        partition: props.partition,
        parameters: parametersOfJob(props.request),
        capacityRetries: props.capacityRetries,
        success: tells ? 'Tell of success' : 'Done',
        failure,
      }),
      ...tells ? topicStates(props, props.topicArn) : {},
      Done: { Type: 'Succeed', OutputPath: '$.job' },
      Failed: { Type: 'Fail', Error: 'TransformFailed', CausePath: '$.reason.text' },
    },
  };
}

/** Begins with all of the input, or with what an execution says. */
function inputStates(props: TransformDefinitionProps): States {
  const { bucketName, path, isOnArrival } = props;
  const all = { Begin: begin(props, { input: `s3://${bucketName}/${path}` }) };
  if (!isChoosable(props)) {
    return all;
  }
  const isManifest = props.request.dataType === TransformS3DataType.MANIFEST;
  const Variable = isManifest ? '$.manifest' : '$.prefix';
  const isRight = [{ IsPresent: true }, { IsString: true }, ...path === '' ? [] : [{ StringMatches: `${literally(path)}*` }]];
  return {
    'What is scored?': {
      Type: 'Choice',
      Choices: [
        { And: isRight.map((test) => ({ Variable, ...test })), Next: 'Begin with input' },
        ...isOnArrival ? [] : [{ Variable, IsPresent: true, Next: 'Wrong input' }],
      ],
      Default: isOnArrival ? 'Wrong input' : 'Begin',
    },
    ...isOnArrival ? {} : all,
    'Begin with input': begin(props, { 'input.$': format(`s3://${bucketName}/{}`, Variable) }),
    'Wrong input': {
      Type: 'Fail',
      Error: 'WrongInput',
      Cause: `the input of the execution must have ${isManifest ? 'the key of a `manifest`' : 'a `prefix`'}${path === '' ? '' : ` that begins with ${path}`}`,
    },
  };
}

/** Whether an execution may say what is scored: not where that is one certain manifest. */
function isChoosable({ isOnArrival, request }: TransformDefinitionProps): boolean {
  return isOnArrival || request.dataType === TransformS3DataType.PREFIX;
}

/** Begins the data that goes from state to state. */
function begin({ transformJobNamePrefix, request }: TransformDefinitionProps, input: { readonly [name: string]: string }): State {
  return {
    Type: 'Pass',
    Parameters: {
      // a name of an execution may be longer than that of a job, and have other characters
      'name.$': format(`${transformJobNamePrefix}-{}`, 'States.UUID()'),
      'attempt': { number: 1 },
      ...input,
      'output': request.outputUri,
    },
    Next: 'Transform',
  };
}

/** The request with what each job has of its own. */
function parametersOfJob({ parameters }: TransformRequest): State {
  const { TransformInput, TransformOutput, ...others } = parameters as { readonly [name: string]: State };
  const { DataSource, ...input } = TransformInput as { readonly [name: string]: State };
  return {
    'TransformJobName.$': nameOfJob(),
    ...others,
    'TransformInput': { ...input, DataSource: { S3DataSource: { ...DataSource.S3DataSource as State, 'S3Uri.$': '$.input' } } },
    'TransformOutput': { ...TransformOutput, 'S3OutputPath.$': addressOfJob('$.output') },
  };
}

/** Tells whoever has subscribed to the topic how a run has ended. What has become of the run does not depend on that. */
function topicStates({ partition }: TransformDefinitionProps, topicArn: string): States {
  const tell = (status: string, more: State, next: string): State => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::sns:publish`,
    Parameters: {
      TopicArn: topicArn,
      Subject: status === 'Completed' ? 'A batch transform has completed' : 'A batch transform has failed',
      Message: { status, 'transformJobName.$': nameOfJob(), 'input.$': '$.input', 'output.$': addressOfJob('$.output'), ...more },
    },
    ResultPath: null,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: next }],
    Next: next,
  });
  return {
    'Tell of success': tell('Completed', {}, 'Done'),
    'Tell of failure': tell('Failed', { 'reason.$': '$.reason.text' }, 'Failed'),
  };
}

/** What matches a text and nothing else; of a token nobody knows the characters. */
function literally(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[\\*]/g, '\\$&');
}
