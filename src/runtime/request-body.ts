import { InvalidRequestError, shown, throwIfAny } from './errors';
import { JsonWriter } from './json-writer';
import { isNumberOrBigIntArray, isPlainObject } from './tensor-values';

/** The key under which TensorFlow Serving answers. */
export type ResponseKey = 'predictions' | 'outputs' | 'results';

/** A request as TensorFlow Serving takes it, and where the answer to it will be. */
export interface RequestBody {
  readonly text: string;
  readonly responseKey: ResponseKey;
}

/** The body of a predict request. */
export function predictBody(endpointName: string, request: unknown): RequestBody {
  const { instances, inputs, signatureName } = membersOf(endpointName, request, ['instances', 'inputs', 'signatureName']);
  if ((instances === undefined) === (inputs === undefined)) {
    refuse(endpointName, 'request', 'must have either `instances` or `inputs`', instances === undefined ? 'neither' : 'both');
  }
  const writer = new JsonWriter(endpointName);
  if (inputs !== undefined) {
    return { text: `{${signature(signatureName)}"inputs":${writer.tensor('inputs', inputs)}}`, responseKey: 'outputs' };
  }
  if (!Array.isArray(instances) && !isNumberOrBigIntArray(instances)) {
    refuse(endpointName, 'instances', 'must be an array, or a typed array other than a Uint8Array', shown(instances));
  }
  return { text: `{${signature(signatureName)}"instances":${writer.tensor('instances', instances)}}`, responseKey: 'predictions' };
}

/** The body of a classify or regress request. */
export function examplesBody(endpointName: string, request: unknown): RequestBody {
  const { examples, context, signatureName } = membersOf(endpointName, request, ['examples', 'context', 'signatureName']);
  if (!Array.isArray(examples)) {
    refuse(endpointName, 'examples', 'must be an array of objects of features', shown(examples));
  }
  const writer = new JsonWriter(endpointName);
  const contextText = context !== undefined ? `"context":${writer.example('context', context)},` : '';
  return { text: `{${signature(signatureName)}${contextText}"examples":${writer.examples('examples', examples)}}`, responseKey: 'results' };
}

function membersOf(endpointName: string, request: unknown, known: readonly string[]): Record<string, unknown> {
  if (!isPlainObject(request)) {
    refuse(endpointName, 'request', 'must be an object', shown(request));
  }
  throwIfAny(endpointName, Object.keys(request).filter((name) => !known.includes(name)).map((property) => ({
    property, rule: `is none of the request's members, \`${known.join('`, `')}\``,
  })));
  if (request.signatureName !== undefined && typeof request.signatureName !== 'string') {
    refuse(endpointName, 'signatureName', 'must be a string', shown(request.signatureName));
  }
  return request;
}

function signature(name: unknown): string {
  return name !== undefined ? `"signature_name":${JSON.stringify(name)},` : '';
}

function refuse(endpointName: string, property: string, rule: string, got: string): never {
  throw new InvalidRequestError(endpointName, { property, rule, got });
}
