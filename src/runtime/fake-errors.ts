import { ModelError, SageMakerRuntimeServiceException } from '@aws-sdk/client-sagemaker-runtime';

/** What SageMaker refuses a request with, or a connection that breaks. */
export type FakeSageMakerFailure = 'throttled' | 'notReady' | 'unavailable' | 'notFound' | 'denied' | 'reset';

const EXCEPTIONS: { readonly [failure: string]: readonly [name: string, status: number, message: string] } = {
  throttled: ['ThrottlingException', 400, 'Rate exceeded'],
  notReady: ['ModelNotReadyException', 429, 'The model is not ready to serve requests'],
  unavailable: ['ServiceUnavailable', 503, 'The service is unavailable'],
  notFound: ['ValidationError', 400, 'Endpoint fake of account 111122223333 not found.'],
  denied: ['AccessDeniedException', 403, 'The user is not authorized to perform: sagemaker:InvokeEndpoint'],
};

/** The AWS SDK's error for what SageMaker answers, or for a connection that breaks before there is an answer. */
export function sageMakerError(failure: FakeSageMakerFailure): Error {
  if (failure === 'reset') {
    return Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
  }
  const [name, httpStatusCode, message] = EXCEPTIONS[failure];
  return new SageMakerRuntimeServiceException({
    name, message, $fault: httpStatusCode < 500 ? 'client' : 'server', $metadata: { httpStatusCode, requestId: 'fake', attempts: 1 },
  });
}

/** The AWS SDK's error for an error of the container. */
export function containerError(endpointName: string, status: number, body: string): Error {
  return new ModelError({
    message: containerSentence(status, body),
    OriginalStatusCode: status,
    OriginalMessage: body.slice(0, 2048),
    LogStreamArn: `arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/Endpoints/${endpointName}`,
    $metadata: { httpStatusCode: 424, requestId: 'fake', attempts: 1 },
  });
}

/** What SageMaker says of an error of the container. */
export function containerSentence(status: number, body: string): string {
  return `Received ${status < 500 ? 'client' : 'server'} error (${status}) from primary with message "${body}". `
    + 'See https://us-east-1.console.aws.amazon.com/cloudwatch/home in account 111122223333 for more information.';
}

/** The AWS SDK's error for a request that its caller gave up. */
export function abortError(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
