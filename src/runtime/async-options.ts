import { type Violation, shown } from './errors';
import { type InvocationOptions } from './invocation';
import { type ObjectStore } from './object-store';

/** Where asynchronous calls leave their requests and find their answers. */
export interface AsyncInferenceOptions {
  /**
   * Reads answers and writes requests; `s3ObjectStore` makes one of the AWS SDK's S3 client.
   *
   * It needs the rights to get objects of the endpoint's output and failure paths, and to put some below `inputPath`. Without
   * the right to list those buckets, S3 says of an object that is not there that access is denied, and so does the error after
   * the timeout. The construct's `grantInvokeAsync` grants all of these; `deleteInput` also needs the right to delete objects.
   * @default - none: requests must be small, and answers must come in notifications
   */
  readonly store?: ObjectStore;

  /**
   * Where larger requests are put: `s3://BUCKET/PREFIX`. It must be where the model's role may read: the endpoint's input path.
   * @default - nowhere: larger requests are an error
   */
  readonly inputPath?: string;

  /**
   * The largest request body, in bytes, that goes without an object: at most 128000. 0 puts all requests into objects.
   *
   * Copies of the AWS SDK from before this was possible leave the body out, and SageMaker then refuses the request.
   * @default 128000
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-invoke-endpoint.html
   */
  readonly maxInlineBytes?: number;
}

/**
 * What can be set for one asynchronous call. The limits of time are for sending it; `maxPayloadBytes` is 1 GiB by default.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
 */
export interface AsyncInvocationOptions extends InvocationOptions {
  /**
   * The object to put the request into: `s3://BUCKET/KEY`, at most 1024 characters. The request is put there even if it is small.
   * @default - one with a random name below `inputPath`, for a request with more than `maxInlineBytes`
   */
  readonly inputLocation?: string;

  /**
   * What is added to the endpoint's output path: 1 to 512 letters, digits and `!_.*'()/-`.
   * @default - nothing
   */
  readonly outputPathExtension?: string;

  /**
   * The name of the object with the answer: 1 to 32 letters, digits, `-`, `_` and one `.`, the first a letter or digit.
   * @default - one made of the inference id
   */
  readonly outputFilename?: string;

  /**
   * How long the request may wait for an instance, in seconds, 60 to 21600.
   * @default 21600
   */
  readonly requestTtlSeconds?: number;

  /**
   * How long the model may take, in seconds, 1 to 3600. TensorFlow Serving's own REST interface gives up after 30 seconds.
   * @default 900
   */
  readonly invocationTimeoutSeconds?: number;
}

/** How to wait for an answer. */
export interface AsyncResultOptions {
  /**
   * How long to wait, in milliseconds: at least 1, at most 999999999. The error is then a `RequestTimeoutError`, and
   * the answer can be waited for again.
   * @default 900000
   */
  readonly timeout?: number;

  /**
   * What the first wait between two looks is at most, in milliseconds; it doubles with each, and is at least half of that.
   * @default 500
   */
  readonly minDelay?: number;

  /**
   * What any wait between two looks is at most, in milliseconds.
   * @default 15000
   */
  readonly maxDelay?: number;

  /**
   * A signal that ends the waiting, but not the request, which can't be taken back.
   * @default - none
   */
  readonly signal?: AbortSignal;
}

/** A request that SageMaker has taken in; its members can be kept, to wait for the answer somewhere else. */
export interface AsyncRequest {
  /** The id of the request. */
  readonly inferenceId: string;
  /** The object that the answer will be in. */
  readonly outputLocation: string;
  /** The object that the model's error will be in, if the endpoint has a failure path. */
  readonly failureLocation?: string;
  /** The object that the request was put into, if it was. */
  readonly inputLocation?: string;
}

/** A pattern, or the least and the greatest whole number. */
type Rule = readonly [property: string, good: RegExp | readonly [number, number], rule: string];

const LONGEST_WAIT = 999_999_999;
const MILLISECONDS_RULE = 'must be a whole number of milliseconds from 1 to 999999999';

const CLIENT_RULES: readonly Rule[] = [
  ['inputPath', /^(?=.{1,980}$)s3:\/\/[^/]+(?:\/.*)?$/, 'must be s3://BUCKET/PREFIX with at most 980 characters'],
  ['maxInlineBytes', [0, 128_000], 'must be a whole number from 0 to 128000'],
];

const CALL_RULES: readonly Rule[] = [
  ['inputLocation', /^(?=.{1,1024}$)s3:\/\/[^/]+\/.+$/, 'must be s3://BUCKET/KEY with at most 1024 characters'],
  ['outputPathExtension', /^(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]{1,512}$/, 'must be 1 to 512 letters, digits and `!_.*\'()/-`'],
  ['outputFilename', /^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9_.-]{0,31}$/,
    'must be 1 to 32 letters, digits, `-`, `_` and at most one `.`, the first a letter or digit'],
  ['requestTtlSeconds', [60, 21_600], 'must be a whole number of seconds from 60 to 21600'],
  ['invocationTimeoutSeconds', [1, 3600], 'must be a whole number of seconds from 1 to 3600'],
];

const RESULT_RULES: readonly Rule[] = [
  ['timeout', [1, LONGEST_WAIT], MILLISECONDS_RULE],
  ['minDelay', [1, LONGEST_WAIT], MILLISECONDS_RULE],
  ['maxDelay', [1, LONGEST_WAIT], MILLISECONDS_RULE],
];

/** Finds fault with where asynchronous calls leave their requests. */
export function checkAsyncInferenceOptions(options: AsyncInferenceOptions = {}): Violation[] {
  return [
    ...check(options, CLIENT_RULES, 'asyncInference.'),
    ...options.inputPath !== undefined && options.store === undefined
      ? [{ property: 'asyncInference.inputPath', rule: 'needs a `store` to put requests with' }]
      : [],
  ];
}

/** Finds fault with what is asked of one asynchronous call, as far as calls of other kinds are not asked for it. */
export function checkAsyncInvocationOptions(options: AsyncInvocationOptions): Violation[] {
  return check(options, CALL_RULES, '');
}

/** Finds fault with how an answer is waited for. */
export function checkAsyncResultOptions(options: AsyncResultOptions): Violation[] {
  return check(options, RESULT_RULES, '');
}

function check(options: object, rules: readonly Rule[], prefix: string): Violation[] {
  const values = options as Record<string, unknown>;
  return rules
    .filter(([property, good]) => values[property] !== undefined && !isGood(values[property], good))
    .map(([property, , rule]) => ({ property: `${prefix}${property}`, rule, got: shown(values[property]) }));
}

function isGood(value: unknown, good: Rule[1]): boolean {
  return good instanceof RegExp
    ? typeof value === 'string' && good.test(value)
    : Number.isInteger(value) && Number(value) >= good[0] && Number(value) <= good[1];
}
