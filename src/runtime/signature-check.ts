import { InvalidRequestError, shown } from './errors';
import { type Method } from './invocation';
import { type ModelTypes, type SignatureTypes } from './model-types';

/** The types of the signature that a request names, or of the default one, if it is one that the method can call. */
export function signatureTypes(
  endpointName: string, model: ModelTypes<unknown>, method: Method, signatureName: unknown = 'serving_default'): SignatureTypes | undefined {
  if (typeof signatureName !== 'string') {
    // the request is refused where it is written
    return undefined;
  }
  const signatures = model.signatures as { readonly [name: string]: SignatureTypes };
  const refuse = (rule: string, names: readonly string[]) => new InvalidRequestError(endpointName, {
    property: 'signatureName',
    rule: `${rule}${names.length > 0 ? `, one of ${names.map(shown).join(', ')}` : ', and the model has none'}`,
    got: shown(signatureName),
  });
  const names = Object.keys(signatures);
  if (!Object.hasOwn(signatures, signatureName)) {
    throw refuse('must be a signature of the model', names);
  }
  const types = signatures[signatureName];
  if (!isCallable(types, method)) {
    throw refuse(`must be a signature that ${method} can call`, names.filter((name) => isCallable(signatures[name], method)));
  }
  return types;
}

/** TensorFlow Serving goes by the tensors, not by the method that the signature names. */
function isCallable({ inputs, outputs }: SignatureTypes, method: Method): boolean {
  return method === 'predict' || inputs.inputs?.dtype === 'DT_STRING'
    && (method === 'classify' ? ['classes', 'scores'] : ['outputs']).some((name) => Object.hasOwn(outputs, name));
}
