import { TensorFlowServingError } from './errors';

/** An asynchronous request came to no answer of the model: it waited for too long, or SageMaker could not read or write an object. */
export class AsyncInferenceError extends TensorFlowServingError {
  public override readonly name = 'AsyncInferenceError';

  /** What SageMaker says became of the request, such as `Failed` or `Expired`. */
  public readonly invocationStatus: string;

  /** SageMaker's reason; empty where it gives none. */
  public readonly failureReason: string;

  public constructor(endpointName: string, inferenceId: string, invocationStatus: string, failureReason: string) {
    const why = failureReason !== '' ? failureReason : 'SageMaker gives no reason';
    super(
      `[${endpointName}] the asynchronous request ${inferenceId} ended as ${invocationStatus}: ${why}`,
      endpointName,
    );
    this.invocationStatus = invocationStatus;
    this.failureReason = failureReason;
  }
}
