/** One thing that is wrong with what the caller gave. */
export interface Violation {
  /** The option or value as its caller wrote it, such as `instances[2].x`. */
  readonly property: string;
  /** What the value must be: "must be 1 to 64 printable ASCII characters". */
  readonly rule: string;
  /** The value that breaks the rule; left out where showing it says nothing. */
  readonly got?: string;
  /** What to do about it: "use `modelName`". */
  readonly remedy?: string;
}

/** What is known of an error beyond its message and the endpoint. */
export interface ErrorDetails {
  readonly variant?: string;
  readonly originalStatusCode?: number;
  readonly statusCode?: number;
  readonly requestId?: string;
  readonly cause?: unknown;
}

/**
 * The base of every error that leaves this client; what the AWS SDK threw is its `cause`.
 *
 * What is thrown by code of the caller's own is passed on as it is: by a middleware, or by the source of instances.
 */
export class TensorFlowServingError extends Error {
  public override readonly name: string = 'TensorFlowServingError';

  /** The endpoint that was, or would have been, called; undefined where the client was made without its name. */
  public readonly endpointName?: string;

  /** The production variant that answered, or else the one that was asked for, where that is known. */
  public readonly variant?: string;

  /**
   * The HTTP status that the container answered with, where it was the container that failed.
   *
   * It is 200 where an older container passed TensorFlow Serving's error on as a success.
   */
  public readonly originalStatusCode?: number;

  /** The HTTP status that SageMaker answered with, where an answer came. */
  public readonly statusCode?: number;

  /** SageMaker's id of the request, where an answer came. */
  public readonly requestId?: string;

  /** How many attempts were made, with those that the AWS SDK's client made by itself; 0 where nothing was tried. */
  public readonly attempts: number = 0;

  /** Whether the same request can succeed at another time; whether it may be sent again is another question. */
  public readonly isRetryable: boolean = false;

  /** Whether the model may have run, so that sending the request again could make it run twice. */
  public readonly mayHaveRun: boolean = false;

  public constructor(message: string, endpointName: string | undefined, details: ErrorDetails = {}) {
    super(message, details.cause !== undefined ? { cause: details.cause } : undefined);
    this.endpointName = endpointName;
    this.variant = details.variant;
    this.originalStatusCode = details.originalStatusCode;
    this.statusCode = details.statusCode;
    this.requestId = details.requestId;
  }
}

/** The request or an option cannot be sent as it is; nothing was sent. */
export class InvalidRequestError extends TensorFlowServingError {
  public override readonly name = 'InvalidRequestError';

  public constructor(endpointName: string | undefined, ...violations: Violation[]) {
    super(violationsText(endpointName ?? 'TensorFlowServingClient', violations), endpointName);
  }
}

/** The request body is larger than the client may send, in which case nothing was sent, or larger than SageMaker takes. */
export class PayloadTooLargeError extends TensorFlowServingError {
  public override readonly name = 'PayloadTooLargeError';

  /** The size of the request body. */
  public readonly payloadBytes: number;

  /** The limit that it is over; undefined where it was SageMaker that refused it. */
  public readonly maxPayloadBytes?: number;

  public constructor(endpointName: string, payloadBytes: number, maxPayloadBytes?: number, details: ErrorDetails = {}) {
    const limit = maxPayloadBytes !== undefined ? `\`maxPayloadBytes\` is ${maxPayloadBytes}` : 'SageMaker does not take as many';
    super(
      `[${place(endpointName, details.variant)}] the request body has ${payloadBytes} bytes, but ${limit}; `
      + 'send fewer instances in a request',
      endpointName,
      details,
    );
    this.payloadBytes = payloadBytes;
    this.maxPayloadBytes = maxPayloadBytes;
  }
}

/** There is no such endpoint, or inference component, in the account and region; names must match in case too. */
export class EndpointNotFoundError extends TensorFlowServingError {
  public override readonly name = 'EndpointNotFoundError';
}

/** The caller has no credentials, bad or expired ones, or not the right to `sagemaker:InvokeEndpoint`. */
export class AccessDeniedError extends TensorFlowServingError {
  public override readonly name = 'AccessDeniedError';
}

/** SageMaker itself refused the request, before any model saw it: an unknown variant, a bad parameter. */
export class RequestRefusedError extends TensorFlowServingError {
  public override readonly name = 'RequestRefusedError';
}

/** There were more requests than the account, or a serverless endpoint, may have at a time. */
export class ThrottledError extends TensorFlowServingError {
  public override readonly name = 'ThrottledError';
  public override readonly isRetryable = true;
}

/** A serverless endpoint is starting, or a multi-model endpoint is loading the model. */
export class ModelNotReadyError extends TensorFlowServingError {
  public override readonly name = 'ModelNotReadyError';
  public override readonly isRetryable = true;
}

/** SageMaker failed, or has no instance that could answer now. */
export class ServiceError extends TensorFlowServingError {
  public override readonly name = 'ServiceError';
  public override readonly isRetryable = true;
  public override readonly mayHaveRun = true;
}

/** No connection was made, or it broke off before the whole answer was there. */
export class ConnectionError extends TensorFlowServingError {
  public override readonly name = 'ConnectionError';
  public override readonly isRetryable = true;
  public override readonly mayHaveRun: boolean;

  public constructor(message: string, endpointName: string, mayHaveRun: boolean, details?: ErrorDetails) {
    super(message, endpointName, details);
    this.mayHaveRun = mayHaveRun;
  }
}

/** No answer came within `attemptTimeout`, within what was left of `timeout`, or within a time limit of the AWS SDK's client. */
export class RequestTimeoutError extends TensorFlowServingError {
  public override readonly name = 'RequestTimeoutError';
  public override readonly isRetryable = true;
  public override readonly mayHaveRun = true;
}

/** The caller's `signal` aborted the call; its reason is the `cause`. The name is what the web's own errors have. */
export class RequestAbortedError extends TensorFlowServingError {
  public override readonly name = 'AbortError';
  public override readonly mayHaveRun: boolean;

  public constructor(endpointName: string, mayHaveRun: boolean, cause?: unknown) {
    super(`[${endpointName}] the call was aborted`, endpointName, { cause });
    this.mayHaveRun = mayHaveRun;
  }
}

/** The AWS SDK could not even make a request: it has no region, say, or the server's certificate is not trusted. */
export class SdkError extends TensorFlowServingError {
  public override readonly name = 'SdkError';
}

/** What is known of an answer that says that the model failed. */
export interface ModelErrorProps extends ErrorDetails {
  readonly endpointName: string;
  readonly originalMessage: string;
  readonly modelMessage: string;
  readonly logStreamArn?: string;
}

/** The statuses of a container that is overloaded or restarting, rather than at fault. */
const TRANSIENT_STATUSES: readonly unknown[] = [500, 502, 503, 504];

/**
 * The container answered with an error: TensorFlow Serving refused the request, the inference code raised an
 * exception, or a proxy in the container gave up.
 *
 * The message holds the container's own one; the AWS SDK's error is the `cause`.
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors
 */
export class ModelError extends TensorFlowServingError {
  public override readonly name = 'ModelError';
  public override readonly mayHaveRun = true;

  /** Whether the same request can succeed at another time: the container's status is 500, 502, 503 or 504. */
  public override readonly isRetryable: boolean;

  /** The body that the container answered with, as it came; SageMaker cuts it after 2048 characters. */
  public readonly originalMessage: string;

  /** What the container says went wrong, taken out of the JSON or HTML around it; empty where the body was. */
  public readonly modelMessage: string;

  /** The CloudWatch log stream of the container, where SageMaker names it. */
  public readonly logStreamArn?: string;

  public constructor(props: ModelErrorProps) {
    const status = props.originalStatusCode !== undefined ? ` with status ${props.originalStatusCode}` : '';
    const said = props.modelMessage === '' ? ' and an empty body' : `: ${props.modelMessage}`;
    super(`[${place(props.endpointName, props.variant)}] the model answered an error${status}${said}`, props.endpointName, props);
    this.isRetryable = TRANSIENT_STATUSES.includes(props.originalStatusCode);
    this.originalMessage = props.originalMessage;
    this.modelMessage = props.modelMessage;
    this.logStreamArn = props.logStreamArn;
  }
}

/** The endpoint answered with success, but not with what TensorFlow Serving answers. */
export class MalformedResponseError extends TensorFlowServingError {
  public override readonly name = 'MalformedResponseError';
  public override readonly mayHaveRun = true;

  /** The body of the answer; bytes that are not UTF-8 are replacement characters in it. */
  public readonly responseBody: string;

  public constructor(endpointName: string, variant: string | undefined, problem: string, responseBody: string, options: ErrorDetails = {}) {
    const came = responseBody !== '' ? excerpt(responseBody) : 'an empty body';
    super(`[${place(endpointName, variant)}] the answer ${problem}: ${came}`, endpointName, { ...options, variant });
    this.responseBody = responseBody;
  }
}

/** Throws one error for all violations, or does nothing where there is none. */
export function throwIfAny(endpointName: string | undefined, violations: Violation[]): void {
  if (violations.length > 0) {
    throw new InvalidRequestError(endpointName, ...violations);
  }
}

/** A value as error texts show it. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return excerpt(JSON.stringify(value));
    case 'bigint':
      return `${value}n`;
    case 'object':
    case 'function':
      return value === null ? 'null' : `[object ${value.constructor?.name ?? 'Object'}]`;
    default:
      return String(value);
  }
}

function violationsText(where: string, violations: Violation[]): string {
  const lines = violations.map(({ property, rule, got, remedy }) =>
    `\`${property}\` ${rule}${got !== undefined ? `, got: ${got}` : ''}${remedy !== undefined ? `; ${remedy}` : ''}`);
  return lines.length === 1
    ? `[${where}] ${lines[0]}`
    : [`[${where}] ${lines.length} values are invalid:`, ...lines.map((line) => `  - ${line}`)].join('\n');
}

/** The endpoint, and its variant where that is known, as error texts begin. */
export function place(endpointName: string, variant: string | undefined): string {
  return variant !== undefined ? `${endpointName}/${variant}` : endpointName;
}

function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
