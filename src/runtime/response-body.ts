import { MalformedResponseError, ModelError } from './errors';
import { readJson } from './json-reader';
import { modelMessage } from './model-message';
import { type SignatureTypes } from './model-types';
import { type ResponseKey } from './request-body';
import { type ResponseValue, isPlainObject } from './tensor-values';

/** What came with status 200, and from where. */
export interface Answer {
  readonly endpointName: string;
  readonly variant?: string;
  readonly body: Uint8Array;
}

/** The types of outputs in which no integer can be beyond 2^53, and which have no bytes. */
const PLAIN = /^DT_(?:FLOAT|DOUBLE|U?INT(?:8|16|32)|BOOL)$/;

/**
 * The answer to a request, with what it must hold.
 *
 * With the types of the signature, it must have every output, and if the batch is the first dimension of all of them, a
 * prediction for each instance; `count` is the number of instances or examples (`RequestBody.count`).
 */
export function readResponse(answer: Answer, responseKey: ResponseKey, types?: SignatureTypes, count?: number): Record<string, ResponseValue> {
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
    value = readJson(text, types === undefined || !Object.values(types.outputs).every(({ dtype }) => PLAIN.test(dtype)));
  } catch (error) {
    throw malformed('is not JSON', text, error);
  }
  if (isPlainObject(value) && Object.hasOwn(value, responseKey)) {
    const problem = types !== undefined ? problemOf(value[responseKey] as ResponseValue, responseKey, types, count) : undefined;
    if (problem !== undefined) {
      throw malformed(problem, text);
    }
    return value as Record<string, ResponseValue>;
  }
  // older containers pass on TensorFlow Serving's error as a success
  if (isPlainObject(value) && Object.hasOwn(value, 'error')) {
    throw new ModelError({ endpointName, variant, originalStatusCode: 200, originalMessage: text, modelMessage: modelMessage(text) });
  }
  throw malformed(`has no \`${responseKey}\``, text);
}

/** What is wrong with an answer, if anything is. */
function problemOf(value: ResponseValue, responseKey: ResponseKey, { outputs }: SignatureTypes, count: number | undefined): string | undefined {
  const names = Object.keys(outputs);
  if (responseKey === 'outputs') {
    return names.length > 1 ? missingOutput(value, '`outputs`', names) : undefined;
  }
  if (!Array.isArray(value)) {
    return `has no list of \`${responseKey}\``;
  }
  const isBatch = responseKey === 'results' || Object.values(outputs).every(({ shape }) => shape?.[0] === -1);
  if (isBatch && count !== undefined && value.length !== count) {
    return `has ${value.length} \`${responseKey}\`, and the request has ${count} ${responseKey === 'results' ? 'examples' : 'instances'}`;
  }
  if (responseKey === 'results' || names.length <= 1) {
    return undefined;
  }
  for (let i = 0; i < value.length; i++) {
    const problem = missingOutput(value[i], `\`predictions[${i}]\``, names);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function missingOutput(value: ResponseValue, place: string, names: readonly string[]): string | undefined {
  const missing = isPlainObject(value) ? names.find((name) => !Object.hasOwn(value, name)) : names[0];
  return missing !== undefined ? `has no output \`${missing}\` in ${place}` : undefined;
}
