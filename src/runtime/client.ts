import {
  type InvokeEndpointCommandOutput, type SageMakerRuntimeClientConfig, InvokeEndpointCommand, SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { PayloadTooLargeError, throwIfAny } from './errors';
import { type InvocationDefaults, type InvocationOptions, type Method, checkOptions, invocation } from './invocation';
import { type RequestBody, examplesBody, predictBody } from './request-body';
import {
  type ClassifyRequest, type ClassifyResponse, type ColumnarRequest, type ColumnarResponse, type RegressRequest, type RegressResponse,
  type RowRequest, type RowResponse,
} from './requests';
import { readResponse } from './response-body';
import { withModelMessage } from './sdk-model-error';
import {
  type ClassifySignatureName, type DefaultSignatureName, type RegressSignatureName, type SignatureName, type Signatures,
} from './signatures';

/** What the client needs of a `SageMakerRuntimeClient`. */
export interface EndpointInvoker {
  /** Sends one InvokeEndpoint request. */
  send(command: InvokeEndpointCommand, options?: { abortSignal?: AbortSignal }): Promise<InvokeEndpointOutput>;
}

type InvokeEndpointOutput = Pick<InvokeEndpointCommandOutput, 'Body' | 'InvokedProductionVariant'>;

/** How to make a client. */
export interface TensorFlowServingClientProps extends InvocationDefaults {
  /** The name of the endpoint: 1 to 63 letters, digits and hyphens. */
  readonly endpointName: string;

  /**
   * The AWS SDK's client, to share one or to set it up in full.
   * @default - one made at the first call, with `clientConfig`
   */
  readonly client?: EndpointInvoker;

  /**
   * The region, credentials and so on, for the AWS SDK's client that is made. It cannot go with `client`.
   * @default - as the AWS SDK finds them in the environment
   */
  readonly clientConfig?: SageMakerRuntimeClientConfig;
}

/**
 * Calls TensorFlow models on a SageMaker endpoint.
 *
 * The type parameter says which signatures the model has, and with it the compiler knows what goes in and comes out;
 * without it, that is anything that can be sent. All methods reject with a `TensorFlowServingError`: an
 * `InvalidRequestError`, `PayloadTooLargeError`, `ModelError` or `MalformedResponseError`; or with what the AWS SDK throws.
 *
 * ```ts nofixture
 * import { TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
 *
 * async function handler() {
 *   const client = new TensorFlowServingClient({ endpointName: 'half-plus-three' });
 *   const { predictions } = await client.predict({ instances: [1.0, 2.0, 5.0] });
 *   return predictions;
 * }
 * ```
 */
export class TensorFlowServingClient<M extends Signatures<M> = Signatures> {
  /** The name of the endpoint. */
  public readonly endpointName: string;

  private readonly defaults: InvocationDefaults;
  private readonly clientConfig: SageMakerRuntimeClientConfig;
  private client?: EndpointInvoker;

  public constructor(props: TensorFlowServingClientProps) {
    throwIfAny(props.endpointName, [
      ...props.endpointName === undefined ? [{ property: 'endpointName', rule: 'must be given' }] : [],
      ...checkOptions(props),
      ...props.client !== undefined && props.clientConfig !== undefined
        ? [{ property: 'clientConfig', rule: 'cannot go with `client`', remedy: 'configure the client that you give' }]
        : [],
    ]);
    this.endpointName = props.endpointName;
    this.defaults = props;
    this.client = props.client;
    this.clientConfig = props.clientConfig ?? {};
  }

  /** Runs a signature, in row format or in columnar format. */
  public predict<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    request: RowRequest<M, N>, options?: InvocationOptions): Promise<RowResponse<M, N>>;
  public predict<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    request: ColumnarRequest<M, N>, options?: InvocationOptions): Promise<ColumnarResponse<M, N>>;
  public async predict(request: unknown, options?: InvocationOptions): Promise<unknown> {
    return this.call('predict', predictBody(this.endpointName, request), options);
  }

  /**
   * Runs a signature that classifies examples.
   *
   * Numbers are sent as floats, whole ones too, and bigints as int64s, since TensorFlow Serving refuses one for the other.
   */
  public async classify<N extends ClassifySignatureName<M> = DefaultSignatureName<ClassifySignatureName<M>>>(
    request: ClassifyRequest<M, N>, options?: InvocationOptions): Promise<ClassifyResponse> {
    return await this.call('classify', examplesBody(this.endpointName, request), options) as ClassifyResponse;
  }

  /**
   * Runs a signature that gives a number for each example.
   *
   * Numbers are sent as floats, whole ones too, and bigints as int64s, since TensorFlow Serving refuses one for the other.
   */
  public async regress<N extends RegressSignatureName<M> = DefaultSignatureName<RegressSignatureName<M>>>(
    request: RegressRequest<M, N>, options?: InvocationOptions): Promise<RegressResponse> {
    return await this.call('regress', examplesBody(this.endpointName, request), options) as RegressResponse;
  }

  private async call(method: Method, request: RequestBody, options: InvocationOptions = {}): Promise<unknown> {
    const { parameters, maxPayloadBytes, signal } = invocation(this.endpointName, method, this.defaults, options);
    const body = new TextEncoder().encode(request.text);
    if (body.length > maxPayloadBytes) {
      throw new PayloadTooLargeError(this.endpointName, body.length, maxPayloadBytes);
    }
    this.client ??= new SageMakerRuntimeClient(this.clientConfig);
    let output: InvokeEndpointOutput;
    try {
      output = await this.client.send(new InvokeEndpointCommand({ ...parameters, Body: body }), { abortSignal: signal });
    } catch (error) {
      throw withModelMessage(error, this.endpointName, parameters.TargetVariant);
    }
    return readResponse({
      endpointName: this.endpointName,
      variant: output.InvokedProductionVariant ?? parameters.TargetVariant,
      body: output.Body,
    }, request.responseKey);
  }
}
