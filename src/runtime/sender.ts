import {
  type InvokeEndpointCommandOutput, type SageMakerRuntimeClientConfig, InvokeEndpointCommand, SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { MalformedResponseError, PayloadTooLargeError } from './errors';
import { type Invocation, type Method } from './invocation';
import { type AttemptResult, type ClientMiddleware, withMiddleware } from './middleware';
import { type SignatureTypes } from './model-types';
import { type RequestBody } from './request-body';
import { readResponse } from './response-body';
import { type RetryPolicy, limited, retrying } from './retry';
import { servingError } from './sdk-error';
import { type ResponseValue } from './tensor-values';

/** What the client needs of a `SageMakerRuntimeClient`. */
export interface EndpointInvoker {
  /** Sends one InvokeEndpoint request. */
  send(command: InvokeEndpointCommand, options?: { abortSignal?: AbortSignal }): Promise<InvokeEndpointOutput>;
}

/** What the client needs of an answer. */
type InvokeEndpointOutput = Pick<InvokeEndpointCommandOutput, 'Body' | 'InvokedProductionVariant'>
  & { readonly $metadata?: InvokeEndpointCommandOutput['$metadata'] };

/** What the AWS SDK's client waits for; its own limit would be 15 minutes. */
const TIMEOUTS = { requestTimeout: 70_000, socketTimeout: 70_000, throwOnRequestTimeout: true };

/** A request that is ready to be sent. */
export interface Call {
  readonly method: Method;
  readonly signatureName?: string;
  readonly types?: SignatureTypes;
  readonly invocation: Invocation;
  readonly request: RequestBody;
  /** Whether there must be one prediction for each instance, which not all inference code gives. */
  readonly isOneForOne?: boolean;
}

/** Sends requests, again where that is safe and helps, and reads the answers. */
export class Sender {
  private client?: EndpointInvoker;

  public constructor(
    private readonly endpointName: string,
    client: EndpointInvoker | undefined,
    private readonly clientConfig: SageMakerRuntimeClientConfig | undefined,
    private readonly policy: RetryPolicy,
    private readonly middleware: readonly ClientMiddleware[] = [],
  ) {
    this.client = client;
  }

  /** Sends a request, and gives the answer that it should get. */
  public async send(call: Call): Promise<Record<string, ResponseValue>> {
    const { endpointName, middleware } = this;
    const { method, signatureName, invocation: { parameters, maxPayloadBytes, limits }, request } = call;
    const { bytes: body } = request;
    if (body.length > maxPayloadBytes) {
      throw new PayloadTooLargeError(endpointName, body.length, maxPayloadBytes);
    }
    const { response } = await retrying(this.policy, limits, (attempt, timeout) => withMiddleware(
      middleware,
      { endpointName, method, signatureName, targetVariant: parameters.TargetVariant, attempt, payloadBytes: body.length },
      () => timeout === Infinity && limits.signal === undefined
        // a signal of one's own would cost as much as all else that the client does
        ? this.exchange(call, body)
        : limited(timeout, limits, (signal) => this.exchange(call, body, signal)),
    ));
    return response;
  }

  /** The AWS SDK's client, which is made where it is first needed. */
  public invoker(): EndpointInvoker {
    // its own retries would multiply with those of the policy
    return this.client ??= new SageMakerRuntimeClient({ maxAttempts: 1, requestHandler: TIMEOUTS, ...this.clientConfig });
  }

  private async exchange(call: Call, body: Uint8Array, abortSignal?: AbortSignal): Promise<AttemptResult> {
    const { endpointName } = this;
    const { invocation: { parameters }, request, types } = call;
    const failed = { endpointName, targetVariant: parameters.TargetVariant, payloadBytes: body.length };
    let output: InvokeEndpointOutput;
    try {
      const command = new InvokeEndpointCommand({ ...parameters, Body: body });
      output = await this.invoker().send(command, abortSignal !== undefined ? { abortSignal } : undefined);
    } catch (error) {
      throw servingError(error, failed);
    }
    const variant = output.InvokedProductionVariant ?? parameters.TargetVariant;
    // the SDK gives null for an empty one
    const answer = output.Body ?? new Uint8Array(0);
    const { httpStatusCode: statusCode, requestId } = output.$metadata ?? {};
    try {
      const response = readResponse({ endpointName, variant, body: answer }, request.responseKey, types, request.count);
      const values = response[request.responseKey];
      if (call.isOneForOne === true && !(Array.isArray(values) && values.length === request.count)) {
        const problem = `does not have one ${request.responseKey === 'results' ? 'result' : 'prediction'} for each of ${request.count} instances`;
        throw new MalformedResponseError(endpointName, variant, problem, new TextDecoder().decode(answer));
      }
      return { response, variant, requestId, responseBytes: answer.length };
    } catch (error) {
      throw Object.assign(servingError(error, failed), { statusCode, requestId });
    }
  }
}
