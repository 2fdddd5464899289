import { CfnParameter, Duration, Lazy, type Stack, Token } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  type AsyncInference, AsyncNotification, asyncCallerStatements, asyncInvocationTimeout, asyncStatements, checkAsyncInference, renderAsyncInference,
} from '../../src/endpoint/async-inference';
import { configProperties, sentences, statementsIn } from '../support/endpoint-config';
import { agnosticStack, newStack } from '../support/synthesis';

const { SUCCESS_NOTIFICATION_TOPIC, ERROR_NOTIFICATION_TOPIC } = AsyncNotification;
const WRITE = ['s3:AbortMultipartUpload', 's3:PutObject'];
const ENCRYPT = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'];

function bucketIn(stack: Stack, name: string, key?: Key) {
  return Bucket.fromBucketAttributes(stack, name, { bucketArn: `arn:aws:s3:::${name}`, encryptionKey: key });
}

function minimalIn(stack: Stack): AsyncInference {
  return { outputBucket: bucketIn(stack, 'answers') };
}

function maximalIn(stack: Stack): AsyncInference {
  return {
    outputBucket: bucketIn(stack, 'answers'),
    outputPrefix: 'out/',
    failureBucket: bucketIn(stack, 'errors', new Key(stack, 'ErrorsKey')),
    failurePrefix: 'bad',
    inputBucket: bucketIn(stack, 'requests', new Key(stack, 'RequestsKey')),
    inputPrefix: 'in',
    encryptionKey: new Key(stack, 'Key'),
    successTopic: new Topic(stack, 'Done', { masterKey: new Key(stack, 'TopicKey') }),
    errorTopic: new Topic(stack, 'Failed'),
    includeInferenceResponseIn: [SUCCESS_NOTIFICATION_TOPIC, ERROR_NOTIFICATION_TOPIC],
    maxConcurrentInvocationsPerInstance: 4,
    invocationTimeout: Duration.hours(1),
  };
}

function arnOf(logicalId: string): unknown {
  return { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${logicalId}[0-9A-F]{8}$`)), 'Arn'] };
}

function topic(logicalId: string): unknown {
  return { Ref: expect.stringMatching(new RegExp(`^${logicalId}[0-9A-F]{8}$`)) };
}

describe('minimal asynchronous inference', () => {
  const stack = newStack();
  const inference = minimalIn(stack);

  test('is right, and waits for 15 minutes', () => {
    expect(checkAsyncInference(inference, stack)).toEqual([]);
    expect(asyncInvocationTimeout(inference).toSeconds()).toBe(900);
  });

  test('writes answers and errors under prefixes of their own', () => {
    expect(configProperties(stack, { asyncInferenceConfig: renderAsyncInference(inference) }).AsyncInferenceConfig).toEqual({
      OutputConfig: { S3OutputPath: 's3://answers/async-inference/output', S3FailurePath: 's3://answers/async-inference/failure' },
    });
  });

  test('lets the model read requests, and write answers and errors', () => {
    expect(statementsIn(stack, asyncStatements(inference))).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::answers/async-inference/input/*' },
      {
        Effect: 'Allow',
        Action: WRITE,
        Resource: ['arn:aws:s3:::answers/async-inference/output/*', 'arn:aws:s3:::answers/async-inference/failure/*'],
      },
    ]);
  });

  test('lets callers write requests, and find and read answers and errors', () => {
    expect(statementsIn(stack, asyncCallerStatements(inference))).toEqual([
      { Effect: 'Allow', Action: WRITE, Resource: 'arn:aws:s3:::answers/async-inference/input/*' },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::answers',
        Condition: { StringLike: { 's3:prefix': ['async-inference/output/*', 'async-inference/failure/*'] } },
      },
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: ['arn:aws:s3:::answers/async-inference/output/*', 'arn:aws:s3:::answers/async-inference/failure/*'],
      },
    ]);
  });
});

describe('maximal asynchronous inference', () => {
  const stack = newStack();
  const inference = maximalIn(stack);

  test('is right, and waits as long as it is told to', () => {
    expect(checkAsyncInference(inference, stack)).toEqual([]);
    expect(asyncInvocationTimeout(inference).toSeconds()).toBe(3600);
  });

  test('has all that was given', () => {
    expect(configProperties(stack, { asyncInferenceConfig: renderAsyncInference(inference) }).AsyncInferenceConfig).toEqual({
      OutputConfig: {
        S3OutputPath: 's3://answers/out',
        S3FailurePath: 's3://errors/bad',
        KmsKeyId: arnOf('Key'),
        NotificationConfig: {
          SuccessTopic: topic('Done'),
          ErrorTopic: topic('Failed'),
          IncludeInferenceResponseIn: ['SUCCESS_NOTIFICATION_TOPIC', 'ERROR_NOTIFICATION_TOPIC'],
        },
      },
      ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 },
    });
  });

  test('lets the model read, write, encrypt, decrypt and publish', () => {
    expect(statementsIn(stack, asyncStatements(inference))).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::requests/in/*' },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: arnOf('RequestsKey') },
      { Effect: 'Allow', Action: WRITE, Resource: ['arn:aws:s3:::answers/out/*', 'arn:aws:s3:::errors/bad/*'] },
      { Effect: 'Allow', Action: ENCRYPT, Resource: [arnOf('Key'), arnOf('ErrorsKey')] },
      { Effect: 'Allow', Action: 'sns:Publish', Resource: [topic('Done'), topic('Failed')] },
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arnOf('TopicKey') },
    ]);
  });

  test('lets callers write, list, read, encrypt and decrypt', () => {
    expect(statementsIn(stack, asyncCallerStatements(inference))).toEqual([
      { Effect: 'Allow', Action: WRITE, Resource: 'arn:aws:s3:::requests/in/*' },
      { Effect: 'Allow', Action: ENCRYPT, Resource: arnOf('RequestsKey') },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::answers', Condition: { StringLike: { 's3:prefix': ['out/*'] } } },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::errors', Condition: { StringLike: { 's3:prefix': ['bad/*'] } } },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: ['arn:aws:s3:::answers/out/*', 'arn:aws:s3:::errors/bad/*'] },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: [arnOf('Key'), arnOf('ErrorsKey')] },
    ]);
  });
});

test('without a key, that of the output bucket encrypts answers and errors', () => {
  const stack = newStack();
  const inference = { outputBucket: new Bucket(stack, 'Answers', { encryption: BucketEncryption.KMS }), failureBucket: bucketIn(stack, 'errors') };
  expect(renderAsyncInference(inference).outputConfig).toMatchObject({ kmsKeyId: inference.outputBucket.encryptionKey!.keyArn });
  expect(statementsIn(stack, asyncStatements(inference))).toContainEqual({ Effect: 'Allow', Action: ENCRYPT, Resource: arnOf('AnswersKey') });
});

describe('notifications', () => {
  const stack = newStack();
  const done = new Topic(stack, 'Done', { masterKey: new Key(stack, 'TopicKey') });
  const bucket = bucketIn(stack, 'answers');

  test.each<[string, Partial<AsyncInference>, object]>([
    ['of answers', { successTopic: done }, { successTopic: done.topicArn }],
    ['of errors', { errorTopic: done }, { errorTopic: done.topicArn }],
    ['of errors with the response', { errorTopic: done, includeInferenceResponseIn: [ERROR_NOTIFICATION_TOPIC] },
      { errorTopic: done.topicArn, includeInferenceResponseIn: ['ERROR_NOTIFICATION_TOPIC'] }],
  ])('can be only %s', (_, given, notificationConfig) => {
    const inference = { outputBucket: bucket, ...given };
    expect(checkAsyncInference(inference, stack)).toEqual([]);
    expect(renderAsyncInference(inference)).toMatchObject({ outputConfig: { notificationConfig } });
  });

  test('can all go to one topic', () => {
    const statements = statementsIn(stack, asyncStatements({ outputBucket: bucket, successTopic: done, errorTopic: done }));
    expect(statements).toContainEqual({ Effect: 'Allow', Action: 'sns:Publish', Resource: topic('Done') });
    expect(statements).toContainEqual({ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arnOf('TopicKey') });
  });

  test('with the response need their topic', () => {
    const both = { includeInferenceResponseIn: [SUCCESS_NOTIFICATION_TOPIC, ERROR_NOTIFICATION_TOPIC] };
    expect(sentences(checkAsyncInference({ outputBucket: bucket, ...both }, stack))).toEqual([
      '`asyncInference.includeInferenceResponseIn` must name only notifications that are sent, got: "SUCCESS_NOTIFICATION_TOPIC"; '
        + 'give `asyncInference.successTopic`',
      '`asyncInference.includeInferenceResponseIn` must name only notifications that are sent, got: "ERROR_NOTIFICATION_TOPIC"; '
        + 'give `asyncInference.errorTopic`',
    ]);
    expect(checkAsyncInference({ outputBucket: bucket, ...both, successTopic: done }, stack)).toMatchObject([{ got: ERROR_NOTIFICATION_TOPIC }]);
  });

  test('with the response are named once', () => {
    const twice = [SUCCESS_NOTIFICATION_TOPIC, SUCCESS_NOTIFICATION_TOPIC];
    expect(sentences(checkAsyncInference({ outputBucket: bucket, successTopic: done, includeInferenceResponseIn: twice }, stack))).toEqual([
      '`asyncInference.includeInferenceResponseIn` must name each only once, got: ["SUCCESS_NOTIFICATION_TOPIC","SUCCESS_NOTIFICATION_TOPIC"]',
    ]);
  });
});

describe('limits', () => {
  const stack = newStack();
  const minimal = minimalIn(stack);

  test.each<Partial<AsyncInference>>([
    { maxConcurrentInvocationsPerInstance: 1 }, { maxConcurrentInvocationsPerInstance: 1000 },
    { invocationTimeout: Duration.seconds(1) }, { invocationTimeout: Duration.hours(1) },
    { maxConcurrentInvocationsPerInstance: Token.asNumber({ Ref: 'Number' }) },
    { invocationTimeout: Duration.seconds(Lazy.number({ produce: () => 0 })) },
  ])('include %p', (given) => {
    expect(checkAsyncInference({ ...minimal, ...given }, stack)).toEqual([]);
  });

  test.each<[Partial<AsyncInference>, string]>([
    [{ maxConcurrentInvocationsPerInstance: 0 }, '`asyncInference.maxConcurrentInvocationsPerInstance` must be a whole number from 1 to 1000, got: 0'],
    [{ maxConcurrentInvocationsPerInstance: 1001 }, '`asyncInference.maxConcurrentInvocationsPerInstance` must be a whole number from 1 to 1000, got: 1001'],
    [{ invocationTimeout: Duration.seconds(0) }, '`asyncInference.invocationTimeout` must be a whole number from 1 to 3600 seconds, got: 0'],
    [{ invocationTimeout: Duration.seconds(3601) }, '`asyncInference.invocationTimeout` must be a whole number from 1 to 3600 seconds, got: 3601'],
  ])('exclude %p', (given, message) => {
    expect(sentences(checkAsyncInference({ ...minimal, ...given }, stack))).toEqual([message]);
  });
});

describe('directories', () => {
  const stack = newStack();
  const minimal = minimalIn(stack);
  const others = bucketIn(stack, 'others');

  test.each<[Partial<AsyncInference>, string]>([
    [{ outputPrefix: '/out' }, '`asyncInference.outputPrefix` must not begin with a slash, got: "/out"; remove it'],
    [{ failurePrefix: 'bad?' }, '`asyncInference.failurePrefix` must have no * and no ?, which stand for other keys in a policy, got: "bad?"'],
    [{ inputPrefix: 's3://answers/in' },
      '`asyncInference.inputPrefix` must be without the scheme and the bucket, got: "s3://answers/in"; give what follows the bucket\'s name'],
    [{ inputPrefix: 'async-inference/output/new' },
      '`asyncInference.inputPrefix` must not overlap with `asyncInference.outputPrefix`, which is "async-inference/output" in the same bucket, '
      + 'got: "async-inference/output/new"; give each a prefix of its own'],
    [{ failurePrefix: 'async-inference' },
      '`asyncInference.inputPrefix` must not overlap with `asyncInference.failurePrefix`, which is "async-inference" in the same bucket, '
      + 'got: "async-inference/input"; give each a prefix of its own'],
  ])('are wrong with %p', (given, message) => {
    expect(sentences(checkAsyncInference({ ...minimal, ...given }, stack))).toEqual([message]);
  });

  test.each<Partial<AsyncInference>>([
    { outputPrefix: 'results', failurePrefix: 'results' },
    { inputPrefix: '', inputBucket: others },
    { outputPrefix: '', failurePrefix: '', inputBucket: others },
  ])('are right with %p', (given) => {
    expect(checkAsyncInference({ ...minimal, ...given }, stack)).toEqual([]);
  });

  test('must all be in the region of the endpoint', () => {
    const abroad = (id: string) => Bucket.fromBucketAttributes(stack, id, { bucketName: `${id.toLowerCase()}-abroad`, region: 'eu-west-1' });
    expect(sentences(checkAsyncInference({
      outputBucket: abroad('Out'),
      failureBucket: abroad('Bad'),
      inputBucket: abroad('In'),
      encryptionKey: Key.fromKeyArn(stack, 'Abroad', 'arn:aws:kms:eu-west-1:123456789012:key/abroad'),
    }, stack))).toEqual(['outputBucket', 'encryptionKey', 'failureBucket', 'inputBucket'].map((property) =>
      `\`asyncInference.${property}\` must be in us-east-1, the region of the endpoint, got: "eu-west-1"`));
  });

  test('can be known only later', () => {
    const anywhere = agnosticStack();
    const parameter = new CfnParameter(anywhere, 'Prefix').valueAsString;
    const inference = { outputBucket: new Bucket(anywhere, 'Answers'), outputPrefix: parameter, inputPrefix: parameter };
    expect(checkAsyncInference(inference, anywhere)).toEqual([]);
    expect(configProperties(anywhere, { asyncInferenceConfig: renderAsyncInference(inference) }).AsyncInferenceConfig.OutputConfig.S3OutputPath)
      .toEqual({ 'Fn::Join': ['', ['s3://', topic('Answers'), '/', { Ref: 'Prefix' }]] });
  });
});

test.each(['successTopic', 'errorTopic'] as const)('a FIFO topic as %s is refused', (property) => {
  const stack = newStack();
  expect(sentences(checkAsyncInference({ ...minimalIn(stack), [property]: new Topic(stack, 'Fifo', { fifo: true }) }, stack))).toEqual([
    `\`asyncInference.${property}\` must be a standard topic: a FIFO topic wants each message to be in a group, which SageMaker has no setting for; `
    + 'make one without `fifo`',
  ]);
});
