import {
  type InvokeEndpointAsyncCommandInput, type InvokeEndpointAsyncCommandOutput, InvokeEndpointAsyncCommand,
} from '@aws-sdk/client-sagemaker-runtime';
import { readNotification } from './async-notification';
import { type AsyncInferenceOptions, type AsyncInvocationOptions, type AsyncRequest, checkAsyncInvocationOptions } from './async-options';
import { type Expected, AsyncPrediction, notifiedResult } from './async-prediction';
import { InvalidRequestError, MalformedResponseError, PayloadTooLargeError, shown, throwIfAny } from './errors';
import { type RetryPolicy, limited, retrying } from './retry';
import { servingError } from './sdk-error';
import { type Call } from './sender';

/** What asynchronous calls need of a `SageMakerRuntimeClient`. */
export interface AsyncEndpointInvoker {
  /** Sends one InvokeEndpointAsync request. */
  send(command: InvokeEndpointAsyncCommand, options?: { abortSignal?: AbortSignal }): Promise<InvokeEndpointAsyncOutput>;
}

type InvokeEndpointAsyncOutput = Pick<InvokeEndpointAsyncCommandOutput, 'InferenceId' | 'OutputLocation' | 'FailureLocation'>;

const MAX_INLINE_BYTES = 128_000;
const MAX_PAYLOAD_BYTES = 1_073_741_824;
const CONTENT_TYPE = 'application/json';

/** Parameters of InvokeEndpoint that InvokeEndpointAsync has not, and what they are called here. */
const NOT_ASYNC = [
  ['targetVariant', 'TargetVariant'],
  ['targetModel', 'TargetModel'],
  ['targetContainerHostname', 'TargetContainerHostname'],
  ['inferenceComponent', 'InferenceComponentName'],
] as const;

/** Sends requests to an asynchronous endpoint, and finds their answers. */
export class AsyncSender {
  private readonly options: AsyncInferenceOptions;

  /** @param invoker gives the AWS SDK's client */
  public constructor(
    private readonly endpointName: string,
    private readonly invoker: () => AsyncEndpointInvoker,
    private readonly policy: RetryPolicy,
    options: AsyncInferenceOptions = {},
  ) {
    this.options = options;
  }

  /** Sends a request; the limits of the call are for that. */
  public async send<T>(call: Call, options: AsyncInvocationOptions = {}): Promise<AsyncPrediction<T>> {
    const { endpointName } = this;
    const { invocation: { parameters, limits }, request, types } = call;
    throwIfAny(endpointName, [
      ...checkAsyncInvocationOptions(options),
      ...NOT_ASYNC.filter(([, parameter]) => parameters[parameter] !== undefined).map(([property, parameter]) => ({
        property, rule: 'cannot go with an asynchronous request', got: shown(parameters[parameter]),
      })),
    ]);
    const { bytes: body } = request;
    const maxPayloadBytes = options.maxPayloadBytes ?? MAX_PAYLOAD_BYTES;
    if (body.length > maxPayloadBytes) {
      throw new PayloadTooLargeError(endpointName, body.length, maxPayloadBytes);
    }
    const inputLocation = this.inputLocationOf(body, options);
    if (inputLocation !== undefined) {
      await limited(limits.timeout ?? limits.attemptTimeout, limits, (signal) => this.store.put(inputLocation, body, CONTENT_TYPE, signal));
    }
    const input: InvokeEndpointAsyncCommandInput = {
      EndpointName: endpointName,
      ContentType: CONTENT_TYPE,
      Accept: CONTENT_TYPE,
      CustomAttributes: parameters.CustomAttributes,
      InferenceId: parameters.InferenceId,
      S3OutputPathExtension: options.outputPathExtension,
      Filename: options.outputFilename,
      RequestTTLSeconds: options.requestTtlSeconds,
      InvocationTimeoutSeconds: options.invocationTimeoutSeconds,
      ...inputLocation !== undefined ? { InputLocation: inputLocation } : { Body: body },
    };
    const output = await retrying(this.policy, limits, (_, timeout) =>
      limited(timeout, limits, (signal) => this.exchange(input, body.length, signal)));
    const { InferenceId: inferenceId, OutputLocation: outputLocation, FailureLocation: failureLocation } = output;
    if (inferenceId === undefined || outputLocation === undefined) {
      throw new MalformedResponseError(
        endpointName, undefined, 'has no `InferenceId` or no `OutputLocation`', JSON.stringify({ inferenceId, outputLocation }));
    }
    const { responseKey, count } = request;
    return this.resume({ inferenceId, outputLocation, failureLocation, inputLocation }, { responseKey, count, types });
  }

  /** The answer to a request that was sent before. */
  public resume<T>(request: AsyncRequest, expected: Expected = {}): AsyncPrediction<T> {
    return new AsyncPrediction(this.endpointName, this.options.store, request, expected);
  }

  /** The answer that a notification of this endpoint's holds or names. */
  public async resultFromNotification<T>(message: unknown): Promise<T> {
    return notifiedResult({ ...readNotification(message), endpointName: this.endpointName }, this.options.store, {});
  }

  private get store() {
    const { store } = this.options;
    if (store === undefined) {
      throw new InvalidRequestError(this.endpointName, { property: 'asyncInference.store', rule: 'must be given to put requests into objects' });
    }
    return store;
  }

  /** The object to put a request into; undefined for one that goes without. */
  private inputLocationOf({ length }: Uint8Array, { inputLocation }: AsyncInvocationOptions): string | undefined {
    const { inputPath, maxInlineBytes = MAX_INLINE_BYTES } = this.options;
    if (inputLocation !== undefined || length <= maxInlineBytes) {
      return inputLocation;
    }
    if (inputPath === undefined) {
      throw new InvalidRequestError(this.endpointName, {
        property: 'asyncInference.inputPath',
        rule: `must be given for request bodies of more than ${maxInlineBytes} bytes`,
        got: `a body of ${length} bytes`,
        remedy: 'or give `inputLocation` with the request',
      });
    }
    return `${inputPath.replace(/\/$/, '')}/${crypto.randomUUID()}.json`;
  }

  private async exchange(input: InvokeEndpointAsyncCommandInput, payloadBytes: number, abortSignal: AbortSignal): Promise<InvokeEndpointAsyncOutput> {
    try {
      return await this.invoker().send(new InvokeEndpointAsyncCommand(input), { abortSignal });
    } catch (error) {
      throw servingError(error, { endpointName: this.endpointName, payloadBytes });
    }
  }
}
