import { type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { type Violation, InvalidRequestError, shown, throwIfAny } from './errors';

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
  readonly signal?: AbortSignal;
}

const MAX_PAYLOAD_BYTES = 6_291_456;
const MAX_CUSTOM_ATTRIBUTES = 1024;

const NAME = /^(?=.{1,63}$)[A-Za-z0-9](?:-*[A-Za-z0-9])*$/;
const NAME_RULE = 'must be 1 to 63 letters, digits and hyphens, with no hyphen at either end';

/** What SageMaker's API takes, and of the name and the version of a model what the container takes. */
const RULES: readonly (readonly [property: string, pattern: RegExp, rule: string])[] = [
  ['endpointName', NAME, NAME_RULE],
  ['modelName', /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/,
    'must start with a letter or digit and have only those, `.`, `_` and `-`, at most 255'],
  ['modelVersion', /^\d+$/, 'must be digits'],
  ['targetVariant', NAME, NAME_RULE],
  ['targetModel', /^[!-~][ -~]{0,1023}$/, 'must be 1 to 1024 printable ASCII characters, the first no space'],
  ['customAttributes', /^(?!.*tfs-(?:method|model-name|model-version)=)[!-~][ -~]{0,1023}$/,
    'must be 1 to 1024 printable ASCII characters, the first no space, without `tfs-method`, `tfs-model-name` and `tfs-model-version`'],
  ['inferenceId', /^[!-~][ -~]{0,63}$/, 'must be 1 to 64 printable ASCII characters, the first no space'],
  ['maxPayloadBytes', /^[1-9]\d*$/, 'must be a whole number of at least 1'],
];

/** Finds fault with options, and with custom attributes as far as they go by themselves; what is undefined is not looked at. */
export function checkOptions(options: object): Violation[] {
  const values = options as Record<string, unknown>;
  return RULES
    .filter(([property, pattern]) => values[property] !== undefined && !isMatch(values[property], pattern))
    .map(([property, , rule]) => ({ property, rule, got: shown(values[property]) }));
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
      InferenceId: options.inferenceId,
    },
    maxPayloadBytes: options.maxPayloadBytes ?? defaults.maxPayloadBytes ?? MAX_PAYLOAD_BYTES,
    signal: options.signal,
  };
}

function isMatch(value: unknown, pattern: RegExp): boolean {
  return (typeof value === 'string' || typeof value === 'number') && pattern.test(String(value));
}
