import { InvalidRequestError, shown } from './errors';
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
  const { instances, inputs, signatureName } = checkRequest(endpointName, request);
  if ((instances === undefined) === (inputs === undefined)) {
    throw new InvalidRequestError(endpointName, {
      property: 'request',
      rule: 'must have either `instances` or `inputs`',
      got: instances === undefined ? 'neither' : 'both',
    });
  }
  const writer = new JsonWriter(endpointName);
  if (instances === undefined) {
    return { text: bodyText(writer, signatureName, { inputs: writer.tensor('inputs', inputs) }), responseKey: 'outputs' };
  }
  if (!Array.isArray(instances) && !isNumberOrBigIntArray(instances)) {
    throw new InvalidRequestError(endpointName, {
      property: 'instances', rule: 'must be an array, or a typed array other than a Uint8Array', got: shown(instances),
    });
  }
  return { text: bodyText(writer, signatureName, { instances: writer.tensor('instances', instances) }), responseKey: 'predictions' };
}

/** The body of a classify or regress request. */
export function examplesBody(endpointName: string, request: unknown): RequestBody {
  const { examples, context, signatureName } = checkRequest(endpointName, request);
  if (!Array.isArray(examples)) {
    throw new InvalidRequestError(endpointName, { property: 'examples', rule: 'must be an array of objects of features', got: shown(examples) });
  }
  const writer = new JsonWriter(endpointName);
  return {
    text: bodyText(writer, signatureName, {
      ...context !== undefined ? { context: writer.example('context', context) } : {},
      examples: writer.examples('examples', examples),
    }),
    responseKey: 'results',
  };
}

function checkRequest(endpointName: string, request: unknown): Record<string, unknown> {
  if (!isPlainObject(request)) {
    throw new InvalidRequestError(endpointName, { property: 'request', rule: 'must be an object', got: shown(request) });
  }
  const { signatureName } = request;
  if (signatureName !== undefined && (typeof signatureName !== 'string' || signatureName === '')) {
    throw new InvalidRequestError(endpointName, {
      property: 'signatureName', rule: 'must be the name of a signature of the model', got: shown(signatureName),
    });
  }
  return request;
}

function bodyText(writer: JsonWriter, signatureName: unknown, members: Record<string, string>): string {
  const signature = signatureName !== undefined ? { signature_name: writer.tensor('signatureName', signatureName) } : {};
  return `{${Object.entries({ ...signature, ...members }).map(([name, text]) => `"${name}":${text}`).join(',')}}`;
}
