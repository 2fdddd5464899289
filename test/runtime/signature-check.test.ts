import { InvalidRequestError } from '../../src/runtime/errors';
import { signatureTypes } from '../../src/runtime/signature-check';

const string = { dtype: 'DT_STRING', shape: [-1] };
const float = { dtype: 'DT_FLOAT', shape: [-1] };
const signature = (inputs: object, outputs: object) => ({ method: 'tensorflow/serving/predict', inputs, outputs }) as never;
const model = {
  signatures: {
    serving_default: signature({ x: float }, { y: float }),
    classes: signature({ inputs: string }, { classes: string }),
    scores: signature({ inputs: string }, { scores: float }),
    regress: signature({ inputs: string }, { outputs: float }),
    floats: signature({ inputs: float }, { outputs: float, scores: float }),
  },
};

test.each([
  ['predict', undefined, 'serving_default'],
  ['predict', 'regress', 'regress'],
  ['classify', 'classes', 'classes'],
  ['classify', 'scores', 'scores'],
  ['regress', 'regress', 'regress'],
] as const)('%s can call %s', (method, name, found) => {
  expect(signatureTypes('my-endpoint', model, method, name)).toBe(model.signatures[found]);
});

test.each([
  ['predict', 'x', 'must be a signature of the model, one of "serving_default", "classes", "scores", "regress", "floats", got: "x"'],
  ['predict', 'toString', 'must be a signature of the model, one of "serving_default", "classes", "scores", "regress", "floats", got: "toString"'],
  ['classify', undefined, 'must be a signature that classify can call, one of "classes", "scores", got: "serving_default"'],
  ['classify', 'regress', 'must be a signature that classify can call, one of "classes", "scores", got: "regress"'],
  ['regress', 'scores', 'must be a signature that regress can call, one of "regress", got: "scores"'],
  ['regress', 'floats', 'must be a signature that regress can call, one of "regress", got: "floats"'],
] as const)('%s cannot call %s', (method, name, rule) => {
  const call = () => signatureTypes('my-endpoint', model, method, name);
  expect(call).toThrow(InvalidRequestError);
  expect(call).toThrow(new Error(`[my-endpoint] \`signatureName\` ${rule}`));
});

test('a model may have none that can be called', () => {
  expect(() => signatureTypes('my-endpoint', { signatures: { a: model.signatures.serving_default } }, 'regress', 'a')).toThrow(new Error(
    '[my-endpoint] `signatureName` must be a signature that regress can call, and the model has none, got: "a"'));
});

test('a name that is no string is left to the writer of the request', () => {
  expect(signatureTypes('my-endpoint', model, 'predict', 5)).toBeUndefined();
});
