import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { bucketIn, definitionOf, resourcesOf, statementsOf, transformIn, warningsIn } from './transform-support';
import { TransformInput } from '../../src/transform/transform-input';
import { TransformRun } from '../../src/transform/transform-run';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const HASH = 'States.Hash(States.Format(\'{}/{}#{}\', $.detail.bucket.name, $.detail.object.key, $.detail.object.sequencer), \'SHA-256\')';

function arrivalIn(stack: Stack, run: TransformRun, prefix = 'incoming/') {
  transformIn(stack, { run, input: TransformInput.fromBucket(bucketIn(stack, 'data'), prefix) });
  return validTemplate(stack);
}

function keysOf(run: TransformRun, prefix?: string): unknown {
  const [[, { Properties }]] = resourcesOf(arrivalIn(newStack(), run, prefix), 'AWS::Events::Rule');
  return Properties.EventPattern.detail.object.key;
}

const start = (name: string, input: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution',
  Parameters: { 'StateMachineArn': expect.stringMatching(/:TransformStateMachine[0-9A-F]+$/), 'Name.$': name, 'Input': input },
  Retry: [
    { ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException', 'StepFunctions.ExecutionAlreadyExists'], MaxAttempts: 0 },
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2 },
  ],
  Catch: [{
    ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException', 'StepFunctions.ExecutionAlreadyExists'], ResultPath: null, Next: 'Started before',
  }],
  End: true,
});

test('a manifest starts a run of a name of its own', () => {
  expect(definitionOf(arrivalIn(newStack(), TransformRun.onManifest('.manifest')), 'TransformArrival')).toEqual({
    Comment: 'Starts a batch transform for an object that arrived',
    StartAt: 'Start',
    States: { 'Start': start(HASH, { 'manifest.$': '$.detail.object.key' }), 'Started before': { Type: 'Succeed' } },
  });
});

test('a marker starts a run of what is beside it', () => {
  const { Comment, StartAt, States } = definitionOf(arrivalIn(newStack(), TransformRun.onMarker('_SUCCESS')), 'TransformArrival');
  expect([Comment, StartAt]).toEqual(['Starts a batch transform for an object that arrived', 'Split']);
  expect(States).toEqual({
    'Split': {
      Type: 'Pass',
      Parameters: {
        'name.$': HASH,
        'key.$': '$.detail.object.key',
        'parts.$': 'States.StringSplit($.detail.object.key, \'/\')',
        'last.$': 'States.MathAdd(States.ArrayLength(States.StringSplit($.detail.object.key, \'/\')), -1)',
        'index': 0,
        'folder': '',
        'marker': '_SUCCESS',
        'dataPrefix': 'part-',
      },
      Next: 'Is there another folder?',
    },
    'Is there another folder?': {
      Type: 'Choice', Choices: [{ Variable: '$.index', NumericLessThanPath: '$.last', Next: 'Go into folder' }], Default: 'Join',
    },
    'Go into folder': {
      Type: 'Pass',
      Parameters: {
        'name.$': '$.name',
        'key.$': '$.key',
        'parts.$': '$.parts',
        'last.$': '$.last',
        'index.$': 'States.MathAdd($.index, 1)',
        'folder.$': 'States.Format(\'{}{}/\', $.folder, States.ArrayGetItem($.parts, $.index))',
        'marker.$': '$.marker',
        'dataPrefix.$': '$.dataPrefix',
      },
      Next: 'Is there another folder?',
    },
    'Join': {
      Type: 'Pass', Parameters: { 'key.$': 'States.Format(\'{}{}\', $.folder, $.marker)' }, ResultPath: '$.joined', Next: 'Is it the same?',
    },
    'Is it the same?': {
      Type: 'Choice', Choices: [{ Variable: '$.joined.key', StringEqualsPath: '$.key', Next: 'Start' }], Default: 'Not a marker',
    },
    'Not a marker': {
      Type: 'Fail', Error: 'NotAMarker', CausePath: 'States.Format(\'{} is no marker in a folder whose parts all have names\', $.key)',
    },
    'Start': start('$.name', { 'prefix.$': 'States.Format(\'{}{}\', $.folder, $.dataPrefix)' }),
    'Started before': { Type: 'Succeed' },
  });
});

describe('the keys of what arrives', () => {
  test.each([
    ['incoming/', ['incoming/_SUCCESS', { wildcard: 'incoming/*/_SUCCESS' }]],
    ['', ['_SUCCESS', { wildcard: '*/_SUCCESS' }]],
    ['incoming/2024', [{ wildcard: 'incoming/2024*/_SUCCESS' }]],
    ['a\\b/', ['a\\b/_SUCCESS', { wildcard: 'a\\\\b/*/_SUCCESS' }]],
    ['{"a b"}/', ['{"a b"}/_SUCCESS', { wildcard: '{"a b"}/*/_SUCCESS' }]],
  ])('are those of markers below "%s"', (prefix, keys) => {
    expect(keysOf(TransformRun.onMarker('_SUCCESS'), prefix)).toEqual(keys);
  });

  test.each([
    ['incoming/', '.manifest', [{ wildcard: 'incoming/*.manifest' }]],
    ['', '.manifest', [{ wildcard: '*.manifest' }]],
    ['a', '*\\.json', [{ wildcard: 'a*\\*\\\\.json' }]],
  ])('are those of manifests below "%s" that end with "%s"', (prefix, suffix, keys) => {
    expect(keysOf(TransformRun.onManifest(suffix), prefix)).toEqual(keys);
  });

  test('are made of a prefix that is known later', () => {
    const stack = agnosticStack();
    const template = arrivalIn(stack, TransformRun.onMarker('_SUCCESS'), new CfnParameter(stack, 'Prefix').valueAsString);
    const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { object: { key: [join({ Ref: 'Prefix' }, '_SUCCESS'), { wildcard: join({ Ref: 'Prefix' }, '*/_SUCCESS') }] } } },
    });
  });
});

describe('a run on arrival', () => {
  const stack = newStack();
  const bucket = new Bucket(stack, 'Own');
  transformIn(stack, { run: TransformRun.onMarker('_SUCCESS'), input: TransformInput.fromBucket(bucket, 'incoming/') });
  const template = validTemplate(stack);

  test('hears of new objects of its bucket', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.s3'],
        'detail-type': ['Object Created'],
        'detail': { bucket: { name: [{ Ref: Match.stringLikeRegexp('^Own') }] }, object: { key: ['incoming/_SUCCESS', { wildcard: 'incoming/*/_SUCCESS' }] } },
      },
      State: 'ENABLED',
      Targets: [{
        Id: 'Target0',
        Arn: { Ref: Match.stringLikeRegexp('^TransformArrivalStateMachine') },
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TransformArrivalRole'), 'Arn'] },
      }],
    });
  });

  test('has its bucket send events', () => {
    template.hasResourceProperties('Custom::S3BucketNotifications', {
      BucketName: { Ref: Match.stringLikeRegexp('^Own') }, NotificationConfiguration: { EventBridgeConfiguration: {} },
    });
    expect(warningsIn(stack)).toEqual([]);
  });

  test('lets EventBridge start the state machine that starts it, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
        }],
      },
    });
    expect(statementsOf(template, 'TransformArrivalRole')).toEqual([
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: expect.stringMatching(/^TransformArrivalStateMachine/) } },
    ]);
    expect(statementsOf(template, 'TransformArrivalStateMachineRole')).toEqual([
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: expect.stringMatching(/^TransformStateMachine/) } },
      expect.objectContaining({ Action: expect.arrayContaining(['logs:CreateLogDelivery']), Resource: '*' }), // these take no resource
    ]);
  });
});

test('only a run on arrival hears of anything', () => {
  const stack = newStack();
  transformIn(stack, { run: TransformRun.onDemand(), input: TransformInput.fromBucket(new Bucket(stack, 'Own'), '') });
  const template = validTemplate(stack);
  template.resourceCountIs('AWS::Events::Rule', 0);
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  template.resourceCountIs('Custom::S3BucketNotifications', 0);
});

test('the folder of a marker is taken as it is, whatever it is called', () => {
  const { Split } = definitionOf(arrivalIn(newStack(), TransformRun.onMarker('it\'s {done}', { dataPrefix: 'd\'ata {}/' })), 'TransformArrival').States;
  expect([Split.Parameters.marker, Split.Parameters.dataPrefix]).toEqual(['it\'s {done}', 'd\'ata {}/']);
});
