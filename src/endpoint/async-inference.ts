import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { checkDirectory } from './s3-destination';
import { checkInteger, checkSeconds } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkDistinct } from '../private/list-checks';
import {
  keyIdOf, listStatements, overlap, readStatements, type S3Directory, type S3DirectoryNames, s3Uri, writeStatements,
} from '../private/s3-directory';

/** How long SageMaker waits for the answer to a request that does not say how long. */
const USUAL_TIMEOUT = Duration.minutes(15);

/** Tells who has subscribed to a topic that a request is done. */
const PUBLISH = ['sns:Publish'];

/** Encrypts what is published. */
const ENCRYPT_MESSAGES = ['kms:Decrypt', 'kms:GenerateDataKey'];

const OUTPUT: S3DirectoryNames = {
  bucket: 'asyncInference.outputBucket', prefix: 'asyncInference.outputPrefix', encryptionKey: 'asyncInference.encryptionKey',
};
const FAILURE: S3DirectoryNames = { bucket: 'asyncInference.failureBucket', prefix: 'asyncInference.failurePrefix' };
const INPUT: S3DirectoryNames = { bucket: 'asyncInference.inputBucket', prefix: 'asyncInference.inputPrefix' };

/**
 * Notifications of an asynchronous endpoint.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceNotificationConfig.html
 */
export enum AsyncNotification {
  /** What `successTopic` gets. */
  SUCCESS_NOTIFICATION_TOPIC = 'SUCCESS_NOTIFICATION_TOPIC',
  /** What `errorTopic` gets. */
  ERROR_NOTIFICATION_TOPIC = 'ERROR_NOTIFICATION_TOPIC',
}

/**
 * Where an asynchronous endpoint reads requests and writes answers, and whom it tells.
 *
 * All buckets and keys must be in the endpoint's region, and `s3://BUCKET/PREFIX` must have at most 512 characters. A prefix
 * has no `*` and no `?`. Endpoints that share a bucket should have prefixes of their own: who may call one of them could read
 * the answers of the other.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
 */
export interface AsyncInference {
  /** The bucket that answers are written to. */
  readonly outputBucket: s3.IBucket;

  /**
   * The prefix that answers are written under, as of a directory; an empty one is the whole bucket.
   *
   * @default 'async-inference/output'
   */
  readonly outputPrefix?: string;

  /**
   * The bucket that the errors of requests that failed are written to.
   *
   * @default - the output bucket
   */
  readonly failureBucket?: s3.IBucket;

  /**
   * The prefix that errors are written under, as of a directory; an empty one is the whole bucket.
   *
   * @default 'async-inference/failure'
   */
  readonly failurePrefix?: string;

  /**
   * The bucket of the objects that requests are in.
   *
   * @default - the output bucket
   */
  readonly inputBucket?: s3.IBucket;

  /**
   * The prefix of the objects that requests are in, as of a directory; an empty one is the whole bucket.
   *
   * The model's role can read only these, and who is granted `grantInvokeAsync` can write them. In one bucket, it must not
   * overlap with the prefixes of answers and errors.
   *
   * @default 'async-inference/input'
   */
  readonly inputPrefix?: string;

  /**
   * The key that answers and errors are encrypted with.
   *
   * @default - the key of the output bucket, if it has one; otherwise a key of SageMaker's choice
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Who is told of answers. SageMaker also sends a test message whenever the endpoint is made or updated.
   *
   * It must be a standard topic: a FIFO topic wants each message to be in a group, which SageMaker has no setting for.
   *
   * @default - nobody
   */
  readonly successTopic?: sns.ITopic;

  /**
   * Who is told of errors. SageMaker also sends a test message whenever the endpoint is made or updated.
   *
   * It must be a standard topic: a FIFO topic wants each message to be in a group, which SageMaker has no setting for.
   *
   * @default - nobody
   */
  readonly errorTopic?: sns.ITopic;

  /**
   * Which notifications have the answer in them, if it has at most 128 KB. Each needs its topic.
   *
   * @default - none
   */
  readonly includeInferenceResponseIn?: AsyncNotification[];

  /**
   * How many requests SageMaker sends to an instance at once, 1 to 1000.
   *
   * @default - SageMaker's choice
   */
  readonly maxConcurrentInvocationsPerInstance?: number;

  /**
   * How long the container may take for one request, 1 second to 1 hour.
   *
   * The timeouts of the model's containers are raised to it, unless the model has an `invocationTimeout`, which then
   * counts. A request that may take longer than 15 minutes must say so itself,
   * as its `InvocationTimeoutSeconds`.
   *
   * TensorFlow Serving's own REST interface still gives up after 30 seconds, which nothing can raise. Only an inference.py that
   * speaks gRPC to it can use more.
   *
   * @default Duration.minutes(15)
   */
  readonly invocationTimeout?: Duration;
}

/** How long the container may take for one request. */
export function asyncInvocationTimeout(inference: AsyncInference): Duration {
  return inference.invocationTimeout ?? USUAL_TIMEOUT;
}

/** Finds fault with what the endpoint of a scope is asked for. */
export function checkAsyncInference(inference: AsyncInference, scope: IConstruct): Violation[] {
  const { output, failure, input } = directoriesOf(inference);
  return [
    ...checkDirectory(OUTPUT, output, scope),
    ...inference.failureBucket !== undefined || inference.failurePrefix !== undefined ? checkDirectory(FAILURE, failure, scope) : [],
    ...inference.inputBucket !== undefined || inference.inputPrefix !== undefined ? checkDirectory(INPUT, input, scope) : [],
    ...checkApart(input, output, OUTPUT),
    ...checkApart(input, failure, FAILURE),
    ...checkNotifications(inference),
    ...checkInteger(at('maxConcurrentInvocationsPerInstance'), inference.maxConcurrentInvocationsPerInstance, { min: 1, max: 1000 }),
    ...checkSeconds(at('invocationTimeout'), inference.invocationTimeout, { min: 1, max: 3600 }),
  ];
}

/** What CloudFormation is told. */
export function renderAsyncInference(inference: AsyncInference): CfnEndpointConfig.AsyncInferenceConfigProperty {
  const { output, failure } = directoriesOf(inference);
  const { successTopic, errorTopic, includeInferenceResponseIn, maxConcurrentInvocationsPerInstance } = inference;
  return {
    outputConfig: {
      s3OutputPath: s3Uri(output),
      s3FailurePath: s3Uri(failure),
      kmsKeyId: keyIdOf(output),
      notificationConfig: successTopic === undefined && errorTopic === undefined ? undefined : {
        successTopic: successTopic?.topicArn,
        errorTopic: errorTopic?.topicArn,
        includeInferenceResponseIn,
      },
    },
    clientConfig: maxConcurrentInvocationsPerInstance === undefined ? undefined : { maxConcurrentInvocationsPerInstance },
  };
}

/** What the model's role must be allowed. */
export function asyncStatements(inference: AsyncInference): iam.PolicyStatement[] {
  const { output, failure, input } = directoriesOf(inference);
  const topics = topicsOf(inference);
  const keys = topics.flatMap(({ masterKey }) => masterKey === undefined ? [] : [masterKey.keyArn]);
  return [
    ...readStatements(input),
    ...writeStatements(output, failure),
    ...topics.length === 0 ? [] : [new iam.PolicyStatement({ actions: PUBLISH, resources: topics.map(({ topicArn }) => topicArn) })],
    ...keys.length === 0 ? [] : [new iam.PolicyStatement({ actions: ENCRYPT_MESSAGES, resources: [...new Set(keys)] })],
  ];
}

/** What must be allowed to who sends requests: to upload them, to see whether there is an answer, and to read it. */
export function asyncCallerStatements(inference: AsyncInference): iam.PolicyStatement[] {
  const { output, failure, input } = directoriesOf(inference);
  return [
    ...writeStatements(input),
    ...listStatements(output, failure),
    ...readStatements(output, failure),
  ];
}

function at(property: keyof AsyncInference): string {
  return `asyncInference.${property}`;
}

function directoriesOf(inference: AsyncInference): { output: S3Directory; failure: S3Directory; input: S3Directory } {
  const { outputBucket, failureBucket, inputBucket, encryptionKey } = inference;
  return {
    output: { bucket: outputBucket, prefix: inference.outputPrefix ?? 'async-inference/output', encryptionKey },
    failure: {
      bucket: failureBucket ?? outputBucket,
      prefix: inference.failurePrefix ?? 'async-inference/failure',
      encryptionKey: encryptionKey ?? outputBucket.encryptionKey, // SageMaker is told of one key for both
    },
    input: { bucket: inputBucket ?? outputBucket, prefix: inference.inputPrefix ?? 'async-inference/input' },
  };
}

/** Who may send requests could otherwise write answers too. */
function checkApart(input: S3Directory, other: S3Directory, names: S3DirectoryNames): Violation[] {
  return overlap(input, other) ? [{
    property: INPUT.prefix,
    rule: `must not overlap with \`${names.prefix}\`, which is ${JSON.stringify(other.prefix)} in the same bucket`,
    got: input.prefix,
    remedy: 'give each a prefix of its own',
  }] : [];
}

function checkNotifications({ includeInferenceResponseIn, successTopic, errorTopic }: AsyncInference): Violation[] {
  const property = at('includeInferenceResponseIn');
  const needs = (notification: AsyncNotification, name: keyof AsyncInference, topic?: sns.ITopic): Violation[] =>
    includeInferenceResponseIn?.includes(notification) === true && topic === undefined
      ? [{ property, rule: 'must name only notifications that are sent', got: notification, remedy: `give \`${at(name)}\`` }]
      : [];
  return [
    ...[['successTopic', successTopic] as const, ['errorTopic', errorTopic] as const].filter(([, topic]) => topic?.fifo === true).map(([name]) => ({
      property: at(name),
      rule: 'must be a standard topic: a FIFO topic wants each message to be in a group, which SageMaker has no setting for',
      remedy: 'make one without `fifo`',
    })),
    ...checkDistinct(property, includeInferenceResponseIn),
    ...needs(AsyncNotification.SUCCESS_NOTIFICATION_TOPIC, 'successTopic', successTopic),
    ...needs(AsyncNotification.ERROR_NOTIFICATION_TOPIC, 'errorTopic', errorTopic),
  ];
}

function topicsOf({ successTopic, errorTopic }: AsyncInference): sns.ITopic[] {
  const topics = [successTopic, errorTopic].flatMap((topic) => topic === undefined ? [] : [topic]);
  return topics.filter((topic, index) => topics.findIndex(({ topicArn }) => topicArn === topic.topicArn) === index);
}
