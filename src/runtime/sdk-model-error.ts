import { ModelError } from './errors';
import { modelMessage } from './model-message';

/** What the AWS SDK's error for a failed model has; older answers lack some of it. */
interface SdkModelError {
  readonly name: 'ModelError';
  readonly message: string;
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
  readonly LogStreamArn?: string;
  readonly $response?: { readonly headers?: Record<string, string> };
}

/** The AWS SDK's error for a failed model as one that says what the container said; any other error as it is. */
export function withModelMessage(error: unknown, endpointName: string, targetVariant: string | undefined): unknown {
  if (!isSdkModelError(error)) {
    return error;
  }
  const originalMessage = error.OriginalMessage ?? messageInSentence(error.message) ?? error.message;
  return new ModelError({
    endpointName,
    variant: error.$response?.headers?.['x-amzn-invoked-production-variant'] ?? targetVariant,
    originalStatusCode: error.OriginalStatusCode ?? statusInSentence(error.message),
    originalMessage,
    modelMessage: modelMessage(originalMessage),
    logStreamArn: error.LogStreamArn,
    cause: error,
  });
}

/** By its name, because the client can come from another copy of the SDK, which has classes of its own. */
function isSdkModelError(error: unknown): error is SdkModelError {
  return (error as { name?: unknown } | undefined)?.name === 'ModelError';
}

/** SageMaker's own message: `Received client error (400) from primary with message "...". See https://...`. */
function messageInSentence(sentence: string): string | undefined {
  return /^Received .*? with message "([^]*)"\. See /.exec(sentence)?.[1];
}

function statusInSentence(sentence: string): number | undefined {
  const status = /^Received (?:client|server) error \((\d{3})\)/.exec(sentence)?.[1];
  return status !== undefined ? Number(status) : undefined;
}
