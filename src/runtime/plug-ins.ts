import { type AsyncInferenceOptions, checkAsyncInferenceOptions } from './async-options';
import { throwIfAny } from './errors';
import { type CallSender, type GatherOptions, Gatherer, checkGatherOptions } from './gather';
import { type AsyncEndpointInvoker, AsyncSender } from './predict-async';
import { type RetryPolicy } from './retry';

/** What gathers the calls of a client; `gathering` makes it. */
export type Gathering = (sender: CallSender) => Pick<Gatherer, 'send'>;

/** What sends asynchronous requests of a client and finds their answers; `asyncInference` makes it. */
export type AsyncInference = (endpointName: string, invoker: () => AsyncEndpointInvoker, policy: RetryPolicy) =>
Pick<AsyncSender, 'send' | 'resume' | 'resultFromNotification'>;

/**
 * Gathers concurrent calls into requests, in row format and of examples. It is apart from the client so that a bundle without it is small.
 *
 * ```ts nofixture
 * import { TensorFlowServingClient, gathering } from 'cdk-tensorflow-serving/runtime';
 *
 * const client = new TensorFlowServingClient({ endpointName: 'half-plus-three', gather: gathering({ maxWait: 5 }) });
 * ```
 */
export function gathering(options: GatherOptions = {}): Gathering {
  throwIfAny(undefined, checkGatherOptions(options));
  return (sender) => new Gatherer(sender, options);
}

/**
 * Calls endpoints with asynchronous inference. It is apart from the client so that a bundle without it is small.
 *
 * ```ts nofixture
 * import { TensorFlowServingClient, asyncInference } from 'cdk-tensorflow-serving/runtime';
 *
 * const client = new TensorFlowServingClient({ endpointName: 'half-plus-three', asyncInference: asyncInference() });
 * ```
 */
export function asyncInference(options: AsyncInferenceOptions = {}): AsyncInference {
  throwIfAny(undefined, checkAsyncInferenceOptions(options));
  return (endpointName, invoker, policy) => new AsyncSender(endpointName, invoker, policy, options);
}
