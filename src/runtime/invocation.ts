import { type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { type Violation, InvalidRequestError, shown, throwIfAny } from './errors';
import { type CallLimits, type RetryOptions } from './retry';

/** What can be set for all calls of a client, and again for a single one. */
export interface InvocationDefaults {
  /**
   * The model among those that the container has loaded.
   *
   * It must start with a letter or digit and hold only letters, digits, `.`, `_` and `-`, at most 255.
   * @default - the container's default model
   */
  readonly modelName?: string;

  /**
   * The version of the model: digits.
   * @default - the highest that is loaded
   */
  readonly modelVersion?: string | number;

  /**
   * The production variant to call.
   * @default - one by the variants' weights
   */
  readonly targetVariant?: string;

  /**
   * The model to call on a multi-model endpoint: the key of its archive, below the endpoint's prefix.
   * @default - none, as for all other endpoints
   */
  readonly targetModel?: string;

  /**
   * The container to call on an endpoint of several containers that are called directly: its hostname in the model.
   * @default - none, as for all other endpoints
   */
  readonly targetContainerHostname?: string;

  /**
   * The inference component to call, on an endpoint that has them: 1 to 63 letters, digits and hyphens.
   * @default - none, as for all other endpoints
   */
  readonly inferenceComponent?: string;

  /**
   * Custom attributes for inference code to read, sent as they are in front of the client's own, after a comma.
   *
   * Those of the client and of the call are joined by a comma as well. Together with the client's own they may have
   * 1024 printable ASCII characters. `tfs-method`, `tfs-model-name` and `tfs-model-version` are the client's own.
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_RequestSyntax
   */
  readonly customAttributes?: string;

  /**
   * The largest request body to send, in bytes; a larger one is a `PayloadTooLargeError`.
   *
   * A serverless endpoint takes 4 MB: set 4194304.
   * @default 6291456
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_RequestBody
   */
  readonly maxPayloadBytes?: number;

  /**
   * How long a call may take, with all its attempts and the waits between them, in milliseconds.
   *
   * If it ends within an attempt, the error is a `RequestTimeoutError`; if the next attempt would be after it, the last one's error.
   * @default - no limit but those of the attempts
   */
  readonly timeout?: number;

  /**
   * How long each attempt may take until the whole answer is there, in milliseconds.
   * @default - as the AWS SDK's client has it; the one that is made waits for 70 seconds, since a container may take 60
   */
  readonly attemptTimeout?: number;

  /**
   * Whether the model may run the same request twice, because it keeps nothing of it.
   *
   * If not, a request is sent again only where it did not get as far as the model: no connection was made, it was
   * throttled, or the model was not ready.
   * @default true
   */
  readonly isStateless?: boolean;
}

/** What can be set for a single call; what is left out is as the client has it. */
export interface InvocationOptions extends InvocationDefaults {
  /**
   * An id for the call in captured data: 1 to 64 printable ASCII characters.
   * @default - one that SageMaker makes
   */
  readonly inferenceId?: string;

  /**
   * A signal that aborts the call.
   * @default - none
   */
  readonly signal?: AbortSignal;
}

/** A method of TensorFlow Serving. */
export type Method = 'predict' | 'classify' | 'regress';

/** Everything about a call but its body. */
export interface Invocation {
  readonly parameters: Omit<InvokeEndpointCommandInput, 'Body'>;
  readonly maxPayloadBytes: number;
  readonly limits: CallLimits;
}

const MAX_PAYLOAD_BYTES = 6_291_456;
const MAX_CUSTOM_ATTRIBUTES = 1024;

const NAME = /^(?=.{1,63}$)[A-Za-z0-9](?:-*[A-Za-z0-9])*$/;
const NAME_RULE = 'must be 1 to 63 letters, digits and hyphens, with no hyphen at either end';

const POSITIVE = /^[1-9]\d*$/;
const POSITIVE_RULE = 'must be a whole number of at least 1';

/** Timers can't wait for much longer. */
const DELAY = /^\d{1,9}$/;
const TIMEOUT = /^[1-9]\d{0,8}$/;
const DELAY_RULE = 'must be a whole number of milliseconds, at most 999999999';
const TIMEOUT_RULE = 'must be a positive whole number of milliseconds, at most 999999999';

type Rule = readonly [property: string, pattern: RegExp, rule: string];

/** What SageMaker's API takes, and of the name and the version of a model what the container takes. */
const RULES: readonly Rule[] = [
  ['endpointName', NAME, NAME_RULE],
  ['modelName', /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/,
    'must start with a letter or digit and have only those, `.`, `_` and `-`, at most 255'],
  ['modelVersion', /^\d+$/, 'must be digits'],
  ['targetVariant', NAME, NAME_RULE],
  ['targetModel', /^[!-~][ -~]{0,1023}$/, 'must be 1 to 1024 printable ASCII characters, the first no space'],
  ['targetContainerHostname', NAME, NAME_RULE],
  ['inferenceComponent', NAME, NAME_RULE],
  ['customAttributes', /^(?!.*tfs-(?:method|model-name|model-version)=)[!-~][ -~]{0,1023}$/,
    'must be 1 to 1024 printable ASCII characters, the first no space, without `tfs-method`, `tfs-model-name` and `tfs-model-version`'],
  ['inferenceId', /^[!-~][ -~]{0,63}$/, 'must be 1 to 64 printable ASCII characters, the first no space'],
  ['maxPayloadBytes', POSITIVE, POSITIVE_RULE],
  ['timeout', TIMEOUT, TIMEOUT_RULE],
  ['attemptTimeout', TIMEOUT, TIMEOUT_RULE],
  ['concurrency', POSITIVE, POSITIVE_RULE],
  ['maxInstancesPerRequest', POSITIVE, POSITIVE_RULE],
];

const RETRY_RULES: readonly Rule[] = [
  ['maxAttempts', POSITIVE, POSITIVE_RULE],
  ['baseDelay', DELAY, DELAY_RULE],
  ['maxDelay', DELAY, DELAY_RULE],
  ['budget', /^\d+$/, 'must be a whole number'],
];

/** Finds fault with options, and with custom attributes as far as they go by themselves; what is undefined is not looked at. */
export function checkOptions(options: object): Violation[] {
  return check(options, RULES, '');
}

/** Finds fault with how to retry. */
export function checkRetryOptions(options: RetryOptions = {}): Violation[] {
  return check(options, RETRY_RULES, 'retry.');
}

/** How to call an endpoint, from the options of one call and those of the client. */
export function invocation(endpointName: string, method: Method, defaults: InvocationDefaults, options: InvocationOptions): Invocation {
  throwIfAny(endpointName, checkOptions(options));
  const modelName = options.modelName ?? defaults.modelName;
  const modelVersion = options.modelVersion ?? defaults.modelVersion;
  const attributes = [
    defaults.customAttributes,
    options.customAttributes,
    method !== 'predict' ? `tfs-method=${method}` : undefined,
    modelName !== undefined ? `tfs-model-name=${modelName}` : undefined,
    modelVersion !== undefined ? `tfs-model-version=${modelVersion}` : undefined,
  ].filter((attribute) => attribute !== undefined).join(',');
  if (attributes.length > MAX_CUSTOM_ATTRIBUTES) {
    throw new InvalidRequestError(endpointName, {
      property: 'customAttributes',
      rule: `must have at most ${MAX_CUSTOM_ATTRIBUTES} characters together with the client's own`,
      got: String(attributes.length),
    });
  }
  return {
    parameters: {
      EndpointName: endpointName,
      ContentType: 'application/json',
      Accept: 'application/json',
      CustomAttributes: attributes !== '' ? attributes : undefined,
      TargetVariant: options.targetVariant ?? defaults.targetVariant,
      TargetModel: options.targetModel ?? defaults.targetModel,
      TargetContainerHostname: options.targetContainerHostname ?? defaults.targetContainerHostname,
      InferenceComponentName: options.inferenceComponent ?? defaults.inferenceComponent,
      InferenceId: options.inferenceId,
    },
    maxPayloadBytes: options.maxPayloadBytes ?? defaults.maxPayloadBytes ?? MAX_PAYLOAD_BYTES,
    limits: {
      endpointName,
      signal: options.signal,
      timeout: options.timeout ?? defaults.timeout,
      attemptTimeout: options.attemptTimeout ?? defaults.attemptTimeout,
      isStateless: options.isStateless ?? defaults.isStateless ?? true,
    },
  };
}

function check(options: object, rules: readonly Rule[], prefix: string): Violation[] {
  const values = options as Record<string, unknown>;
  return rules
    .filter(([property, pattern]) => values[property] !== undefined && !isMatch(values[property], pattern))
    .map(([property, , rule]) => ({ property: `${prefix}${property}`, rule, got: shown(values[property]) }));
}

function isMatch(value: unknown, pattern: RegExp): boolean {
  return (typeof value === 'string' || typeof value === 'number') && pattern.test(String(value));
}
