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

/** The base of every error that this client makes; what the AWS SDK throws by itself is passed on as it is. */
export class TensorFlowServingError extends Error {
  public override readonly name: string = 'TensorFlowServingError';

  /** The endpoint that was, or would have been, called; undefined where the client was made without its name. */
  public readonly endpointName?: string;

  public constructor(message: string, endpointName: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.endpointName = endpointName;
  }
}

/** The request or an option cannot be sent as it is; nothing was sent. */
export class InvalidRequestError extends TensorFlowServingError {
  public override readonly name = 'InvalidRequestError';

  public constructor(endpointName: string | undefined, ...violations: Violation[]) {
    super(violationsText(endpointName ?? 'TensorFlowServingClient', violations), endpointName);
  }
}

/** The request body is larger than the endpoint takes; nothing was sent. */
export class PayloadTooLargeError extends TensorFlowServingError {
  public override readonly name = 'PayloadTooLargeError';

  /** The size of the request body. */
  public readonly payloadBytes: number;

  /** The limit that it is over. */
  public readonly maxPayloadBytes: number;

  public constructor(endpointName: string, payloadBytes: number, maxPayloadBytes: number) {
    super(
      `[${endpointName}] the request body has ${payloadBytes} bytes, but \`maxPayloadBytes\` is ${maxPayloadBytes}; `
      + 'send fewer instances in a request',
      endpointName,
    );
    this.payloadBytes = payloadBytes;
    this.maxPayloadBytes = maxPayloadBytes;
  }
}

/** What is known of an answer that says that the model failed. */
export interface ModelErrorProps {
  readonly endpointName: string;
  readonly variant?: string;
  readonly originalStatusCode?: number;
  readonly originalMessage: string;
  readonly modelMessage: string;
  readonly logStreamArn?: string;
  readonly cause?: unknown;
}

/**
 * The container answered with an error: TensorFlow Serving refused the request, the inference code raised an
 * exception, or a proxy in the container gave up.
 *
 * The message holds the container's own one; the AWS SDK's error is the `cause`.
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors
 */
export class ModelError extends TensorFlowServingError {
  public override readonly name = 'ModelError';

  /** The production variant that answered, or else the one that was asked for, where that is known. */
  public readonly variant?: string;

  /**
   * The HTTP status that the container answered with.
   *
   * It is 200 where an older container passed TensorFlow Serving's error on as a success.
   */
  public readonly originalStatusCode?: number;

  /** The body that the container answered with, as it came; SageMaker cuts it after 2048 characters. */
  public readonly originalMessage: string;

  /** What the container says went wrong, taken out of the JSON or HTML around it; empty where the body was. */
  public readonly modelMessage: string;

  /** The CloudWatch log stream of the container, where SageMaker names it. */
  public readonly logStreamArn?: string;

  public constructor(props: ModelErrorProps) {
    const status = props.originalStatusCode !== undefined ? ` with status ${props.originalStatusCode}` : '';
    const said = props.modelMessage === '' ? ' and an empty body' : `: ${props.modelMessage}`;
    super(
      `[${place(props.endpointName, props.variant)}] the model answered an error${status}${said}`,
      props.endpointName,
      props.cause !== undefined ? { cause: props.cause } : undefined,
    );
    this.variant = props.variant;
    this.originalStatusCode = props.originalStatusCode;
    this.originalMessage = props.originalMessage;
    this.modelMessage = props.modelMessage;
    this.logStreamArn = props.logStreamArn;
  }
}

/** The endpoint answered with success, but not with what TensorFlow Serving answers. */
export class MalformedResponseError extends TensorFlowServingError {
  public override readonly name = 'MalformedResponseError';

  /** The production variant that answered, where that is known. */
  public readonly variant?: string;

  /** The body of the answer; bytes that are not UTF-8 are replacement characters in it. */
  public readonly responseBody: string;

  public constructor(endpointName: string, variant: string | undefined, problem: string, responseBody: string, options?: ErrorOptions) {
    const came = responseBody !== '' ? excerpt(responseBody) : 'an empty body';
    super(`[${place(endpointName, variant)}] the answer ${problem}: ${came}`, endpointName, options);
    this.variant = variant;
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

function place(endpointName: string, variant: string | undefined): string {
  return variant !== undefined ? `${endpointName}/${variant}` : endpointName;
}

function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
