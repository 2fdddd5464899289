import { MalformedResponseError, ModelError } from './errors';
import { readJson } from './json-reader';
import { modelMessage } from './model-message';
import { type ResponseKey } from './request-body';
import { type ResponseValue, isPlainObject } from './tensor-values';

/** What came with status 200, and from where. */
export interface Answer {
  readonly endpointName: string;
  readonly variant?: string;
  readonly body: Uint8Array;
}

/** The answer to a request, with what it must hold. */
export function readResponse(answer: Answer, responseKey: ResponseKey): Record<string, ResponseValue> {
  const { endpointName, variant, body } = answer;
  const malformed = (problem: string, text: string, cause?: unknown) =>
    new MalformedResponseError(endpointName, variant, problem, text, cause !== undefined ? { cause } : undefined);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    const problem = 'is not UTF-8, which needs outputs of bytes to have names that end with `_bytes`';
    throw malformed(problem, new TextDecoder().decode(body), error);
  }
  let value: ResponseValue;
  try {
    value = readJson(text);
  } catch (error) {
    throw malformed('is not JSON', text, error);
  }
  if (isPlainObject(value) && Object.hasOwn(value, responseKey)) {
    return value as Record<string, ResponseValue>;
  }
  // older containers pass on TensorFlow Serving's error as a success
  if (isPlainObject(value) && Object.hasOwn(value, 'error')) {
    throw new ModelError({ endpointName, variant, originalStatusCode: 200, originalMessage: text, modelMessage: modelMessage(text) });
  }
  throw malformed(`has no \`${responseKey}\``, text);
}
