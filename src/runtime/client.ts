import { type SageMakerRuntimeClientConfig } from '@aws-sdk/client-sagemaker-runtime';
import { type AsyncInvocationOptions, type AsyncRequest } from './async-options';
import { type AsyncPrediction } from './async-prediction';
import { InvalidRequestError, throwIfAny } from './errors';
import { type InvocationDefaults, type InvocationOptions, type Method, checkOptions, checkRetryOptions, invocation } from './invocation';
import { type ClientMiddleware } from './middleware';
import { type ModelTypes, type SignatureTypes } from './model-types';
import { type AsyncInference, type Gathering } from './plug-ins';
import { type AsyncEndpointInvoker } from './predict-async';
import { type Instance, type InstanceSource, type PredictManyOptions, type PredictionResultOf, predictMany } from './predict-many';
import { type RequestBody, encodeInstances, examplesBody, predictBody } from './request-body';
import {
  type ClassifyRequest, type ClassifyResponse, type ColumnarRequest, type ColumnarResponse, type RegressRequest, type RegressResponse,
  type RowRequest, type RowResponse,
} from './requests';
import { type RetryOptions, RetryPolicy } from './retry';
import { type Call, type EndpointInvoker, Sender } from './sender';
import { signatureTypes } from './signature-check';
import {
  type ClassifySignatureName, type DefaultSignatureName, type RegressSignatureName, type SignatureName, type Signatures,
} from './signatures';

/** How to make a client. */
export interface TensorFlowServingClientProps<M = Signatures> extends InvocationDefaults {
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

  /**
   * What is known of the model at run time, as `cdk-tensorflow-serving generate-types` writes it.
   * @default - values are written and read by what they are themselves
   */
  readonly model?: ModelTypes<M>;

  /**
   * How requests that failed are sent again, where that is safe.
   *
   * The AWS SDK's client that is made does not send again by itself. One that is given may: what it has sent again is
   * not sent again once more.
   * @default - up to 3 attempts, with waits that double from 100 ms and are shortened at random
   */
  readonly retry?: RetryOptions;

  /**
   * What stands around each attempt to call the endpoint, the first outermost.
   * @default - none
   */
  readonly middleware?: readonly ClientMiddleware[];

  /**
   * How concurrent calls are gathered into requests, in row format and of examples: `gathering(...)`.
   * @default - each call is a request of its own
   */
  readonly gather?: Gathering;

  /**
   * How asynchronous requests are sent, and where their answers are: `asyncInference(...)`.
   * @default - not at all
   */
  readonly asyncInference?: AsyncInference;
}

/**
 * Calls TensorFlow models on a SageMaker endpoint.
 *
 * The type parameter says which signatures the model has, and with it the compiler knows what goes in and comes out;
 * without it, that is anything that can be sent. All methods reject with a `TensorFlowServingError`, whose class says
 * what went wrong, with what the AWS SDK threw as its `cause`.
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
  private readonly model?: ModelTypes<M>;
  private readonly sender: Sender;
  private readonly asynchronous?: ReturnType<AsyncInference>;
  private readonly gatherer?: ReturnType<Gathering>;

  public constructor(props: TensorFlowServingClientProps<M>) {
    throwIfAny(props.endpointName, [
      ...props.endpointName === undefined ? [{ property: 'endpointName', rule: 'must be given' }] : [],
      ...checkOptions(props),
      ...checkRetryOptions(props.retry),
      ...props.client !== undefined && props.clientConfig !== undefined
        ? [{ property: 'clientConfig', rule: 'cannot go with `client`', remedy: 'configure the client that you give' }]
        : [],
    ]);
    this.endpointName = props.endpointName;
    this.defaults = props;
    this.model = props.model;
    const policy = new RetryPolicy(props.retry);
    this.sender = new Sender(props.endpointName, props.client, props.clientConfig, policy, props.middleware);
    this.gatherer = props.gather?.(this.sender);
    this.asynchronous = props.asyncInference?.(props.endpointName, () => this.sender.invoker() as unknown as AsyncEndpointInvoker, policy);
  }

  /** Runs a signature, in row format or in columnar format. */
  public predict<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    request: RowRequest<M, N>, options?: InvocationOptions): Promise<RowResponse<M, N>>;
  public predict<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    request: ColumnarRequest<M, N>, options?: InvocationOptions): Promise<ColumnarResponse<M, N>>;
  public async predict(request: unknown, options?: InvocationOptions): Promise<unknown> {
    return this.call('predict', predictBody, request, options);
  }

  /**
   * Runs a signature that classifies examples.
   *
   * Numbers are sent as floats, whole ones too, and bigints as int64s, since TensorFlow Serving refuses one for the other.
   */
  public async classify<N extends ClassifySignatureName<M> = DefaultSignatureName<ClassifySignatureName<M>>>(
    request: ClassifyRequest<M, N>, options?: InvocationOptions): Promise<ClassifyResponse> {
    return await this.call('classify', examplesBody, request, options) as ClassifyResponse;
  }

  /**
   * Runs a signature that gives a number for each example.
   *
   * Numbers are sent as floats, whole ones too, and bigints as int64s, since TensorFlow Serving refuses one for the other.
   */
  public async regress<N extends RegressSignatureName<M> = DefaultSignatureName<RegressSignatureName<M>>>(
    request: RegressRequest<M, N>, options?: InvocationOptions): Promise<RegressResponse> {
    return await this.call('regress', examplesBody, request, options) as RegressResponse;
  }

  /**
   * Runs a signature for each of any number of instances, and gives the results one by one in the order of the instances.
   *
   * It reads the source as it goes, puts as many instances into a request as fit, and has several requests under way.
   * An instance that can't be sent, or that the model refuses, has an error for its result, and the others have their
   * predictions: a request that was refused is sent again in halves, until what is at fault stands alone. After 64
   * refusals with no success between them that ends, and the rest of the request has its error.
   *
   * A request that fails for another reason is sent again as any other; if that does not help, all its instances have
   * its error, and the next ones follow. The iteration itself throws where no request can succeed (an
   * `EndpointNotFoundError`, `AccessDeniedError`, `RequestRefusedError` or `SdkError`), where the `signal` aborts it, or
   * what the source throws, after the results of what came before. To leave it early aborts what is under way.
   *
   * ```ts nofixture
   * import { TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
   *
   * async function score(client: TensorFlowServingClient, instances: AsyncIterable<number[]>) {
   *   for await (const { index, prediction, error } of client.predictMany(instances, { concurrency: 8 })) {
   *     console.log(index, error !== undefined ? error.message : prediction);
   *   }
   * }
   * ```
   *
   * With `isStateless: false` only requests that the model refused with a status of 400 to 499 are taken apart.
   */
  public async* predictMany<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    instances: InstanceSource<Instance<M[N]>>, options: PredictManyOptions & { readonly signatureName?: N } = {},
  ): AsyncGenerator<PredictionResultOf<M[N]>, void, undefined> {
    const { endpointName } = this;
    const { signatureName, concurrency = 4, maxInstancesPerRequest = 128, ...rest } = options;
    throwIfAny(endpointName, checkOptions(options));
    const invoked = invocation(endpointName, 'predict', this.defaults, rest);
    const types = this.typesOf('predict', signatureName);
    yield* predictMany(instances, {
      endpointName,
      concurrency,
      maxInstances: maxInstancesPerRequest,
      maxPayloadBytes: invoked.maxPayloadBytes,
      isStateless: invoked.limits.isStateless,
      signal: invoked.limits.signal,
      encode: (instance, index) => encodeInstances(endpointName, { instances: [instance], signatureName }, types, index),
      send: (request, signal) => this.sender.send({
        method: 'predict', signatureName, types, request, isOneForOne: true, invocation: { ...invoked, limits: { ...invoked.limits, signal } },
      }),
    }) as AsyncGenerator<PredictionResultOf<M[N]>, void, undefined>;
  }

  /**
   * Sends a request to an endpoint with asynchronous inference, which answers it later: wait for the answer with `result`.
   *
   * The client must have `asyncInference`. A body of up to 1 GiB is taken; one of more than `maxInlineBytes` is put into
   * an object below `inputPath` first.
   */
  public predictAsync<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    request: RowRequest<M, N>, options?: AsyncInvocationOptions): Promise<AsyncPrediction<RowResponse<M, N>>>;
  public predictAsync<N extends SignatureName<M> = DefaultSignatureName<SignatureName<M>>>(
    request: ColumnarRequest<M, N>, options?: AsyncInvocationOptions): Promise<AsyncPrediction<ColumnarResponse<M, N>>>;
  public async predictAsync(request: unknown, options?: AsyncInvocationOptions): Promise<unknown> {
    return this.callAsync('predict', predictBody, request, options);
  }

  /** Sends a request that classifies examples to an endpoint with asynchronous inference, as `predictAsync` does. */
  public async classifyAsync<N extends ClassifySignatureName<M> = DefaultSignatureName<ClassifySignatureName<M>>>(
    request: ClassifyRequest<M, N>, options?: AsyncInvocationOptions): Promise<AsyncPrediction<ClassifyResponse>> {
    return this.callAsync('classify', examplesBody, request, options);
  }

  /** Sends a request for a number for each example to an endpoint with asynchronous inference, as `predictAsync` does. */
  public async regressAsync<N extends RegressSignatureName<M> = DefaultSignatureName<RegressSignatureName<M>>>(
    request: RegressRequest<M, N>, options?: AsyncInvocationOptions): Promise<AsyncPrediction<RegressResponse>> {
    return this.callAsync('regress', examplesBody, request, options);
  }

  /** The answer to an asynchronous request that was sent before, perhaps by another client. */
  public asyncPrediction<T = unknown>(request: AsyncRequest): AsyncPrediction<T> {
    return this.asyncSender().resume(request);
  }

  /**
   * The answer that an Amazon SNS notification of the endpoint's holds or names; it rejects where the request failed.
   *
   * @param message the notification, as text or parsed, with or without what SNS, SQS and Lambda put around it
   */
  public async resultFromNotification<T = unknown>(message: unknown): Promise<T> {
    return this.asyncSender().resultFromNotification(message);
  }

  private async call(method: Method, write: BodyWriter, request: unknown, options: InvocationOptions = {}): Promise<unknown> {
    const { endpointName, gatherer } = this;
    const call = this.callOf(method, request, options);
    if (gatherer !== undefined && (request as { readonly inputs?: unknown } | undefined)?.inputs === undefined) {
      const encoded = encodeInstances(endpointName, request, call.types);
      // one without any is refused below
      if (encoded.rows.length > 0) {
        return gatherer.send(call, encoded);
      }
    }
    return this.sender.send({ ...call, request: write(endpointName, request, call.types) });
  }

  private async callAsync<T>(
    method: Method, write: BodyWriter, request: unknown, options: AsyncInvocationOptions = {}): Promise<AsyncPrediction<T>> {
    const call = this.callOf(method, request, options);
    return this.asyncSender().send({ ...call, request: write(this.endpointName, request, call.types) }, options);
  }

  private asyncSender(): ReturnType<AsyncInference> {
    if (this.asynchronous === undefined) {
      throw new InvalidRequestError(this.endpointName, { property: 'asyncInference', rule: 'must be given to the client for asynchronous requests' });
    }
    return this.asynchronous;
  }

  /** How to call, and what; all but the body. */
  private callOf(method: Method, request: unknown, options: InvocationOptions): Omit<Call, 'request'> {
    const signatureName = (request as { readonly signatureName?: string } | undefined)?.signatureName;
    return {
      method,
      signatureName,
      types: this.typesOf(method, signatureName),
      invocation: invocation(this.endpointName, method, this.defaults, options),
    };
  }

  private typesOf(method: Method, signatureName: unknown): SignatureTypes | undefined {
    return this.model !== undefined ? signatureTypes(this.endpointName, this.model, method, signatureName) : undefined;
  }
}

type BodyWriter = (endpointName: string, request: unknown, types?: SignatureTypes) => RequestBody;
