import type { Arrival } from './arrival';
import { format, type State, type States } from '../private/job-states';

/** What hears of objects that arrive. */
export interface ArrivalDefinitionProps {
  readonly arrival: Arrival;
  /** The ARN of the state machine that does the transform. */
  readonly stateMachineArn: string;
  readonly partition: string;
}

/** The two ways in which Step Functions says that there is an execution of a name already. */
const STARTED_BEFORE = ['StepFunctions.ExecutionAlreadyExistsException', 'StepFunctions.ExecutionAlreadyExists'];

/** What makes a name of an event: each time that an object is written, S3 gives it another sequencer. */
const IDENTITY = format('{}/{}#{}', '$.detail.bucket.name, $.detail.object.key, $.detail.object.sequencer');

/**
 * The state machine that starts a run for an event of S3, in the Amazon States Language.
 *
 * The execution has a name that is made of the object and of when it was written: S3 and EventBridge may tell of the same twice, but there
 * can be no second execution of a name.
 */
export function arrivalDefinition(props: ArrivalDefinitionProps): State {
  return {
    Comment: 'Starts a batch transform for an object that arrived',
    ...props.arrival.kind === 'manifest' ? {
      StartAt: 'Start',
      States: startStates(props, `States.Hash(${IDENTITY}, 'SHA-256')`, { 'manifest.$': '$.detail.object.key' }),
    } : {
      StartAt: 'Split',
      States: { ...folderStates(props.arrival), ...startStates(props, '$.name', { 'prefix.$': format('{}{}', '$.folder, $.dataPrefix') }) },
    },
  };
}

/** Finds the folder of a marker: the language has no function for a part of a text. */
function folderStates({ ending, dataPrefix }: Arrival): States {
  return {
    'Split': {
      Type: 'Pass',
      Parameters: {
        'name.$': `States.Hash(${IDENTITY}, 'SHA-256')`,
        'key.$': '$.detail.object.key',
        'parts.$': "States.StringSplit($.detail.object.key, '/')",
        'last.$': "States.MathAdd(States.ArrayLength(States.StringSplit($.detail.object.key, '/')), -1)",
        'index': 0,
        'folder': '',
        'marker': ending,
        'dataPrefix': dataPrefix,
      },
      Next: 'Is there another folder?',
    },
    'Is there another folder?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.index', NumericLessThanPath: '$.last', Next: 'Go into folder' }],
      Default: 'Join',
    },
    'Go into folder': {
      Type: 'Pass',
      Parameters: {
        'name.$': '$.name',
        'key.$': '$.key',
        'parts.$': '$.parts',
        'last.$': '$.last',
        'index.$': 'States.MathAdd($.index, 1)',
        'folder.$': format('{}{}/', '$.folder, States.ArrayGetItem($.parts, $.index)'),
        'marker.$': '$.marker',
        'dataPrefix.$': '$.dataPrefix',
      },
      Next: 'Is there another folder?',
    },
    'Join': { Type: 'Pass', Parameters: { 'key.$': format('{}{}', '$.folder, $.marker') }, ResultPath: '$.joined', Next: 'Is it the same?' },
    // a folder without a name is lost when a key is split
    'Is it the same?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.joined.key', StringEqualsPath: '$.key', Next: 'Start' }],
      Default: 'Not a marker',
    },
    'Not a marker': { Type: 'Fail', Error: 'NotAMarker', CausePath: format('{} is no marker in a folder whose parts all have names', '$.key') },
  };
}

function startStates({ partition, stateMachineArn }: ArrivalDefinitionProps, name: string, input: { readonly [field: string]: string }): States {
  return {
    'Start': {
      Type: 'Task',
      Resource: `arn:${partition}:states:::states:startExecution`,
      Parameters: { 'StateMachineArn': stateMachineArn, 'Name.$': name, 'Input': input },
      Retry: [
        { ErrorEquals: STARTED_BEFORE, MaxAttempts: 0 },
        { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 },
      ],
      Catch: [{ ErrorEquals: STARTED_BEFORE, ResultPath: null, Next: 'Started before' }],
      End: true,
    },
    'Started before': { Type: 'Succeed' },
  };
}
