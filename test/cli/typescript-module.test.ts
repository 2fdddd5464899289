import * as fc from 'fast-check';
import * as ts from 'typescript';
import { typescriptModule } from '../../src/cli/typescript-module';
import { moduleNames } from '../../src/cli/typescript-names';
import { type Signature } from '../../src/saved-model';
import { problemsIn, STRICTEST } from '../runtime/generated-types-support';

const NAMES = { type: 'M', value: 'm' };

/** What a module exports. */
function run(code: string): Record<string, { signatures: Record<string, unknown> }> {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const exports = {};
  new Function('exports', outputText)(exports);
  return exports;
}

function tensor(name: string, dtype = 'DT_FLOAT', shape: readonly number[] | null = [-1]) {
  return { name, dtype, shape, tensorName: `${name}:0` };
}

test('the module has an interface and a constant', () => {
  const signatures: Signature[] = [
    {
      name: 'serving_default',
      method: 'tensorflow/serving/classify',
      inputs: [{ ...tensor('inputs', 'DT_FLOAT', null), placeholderDtype: 'DT_STRING' }],
      outputs: [tensor('scores', 'DT_FLOAT', [-1, 2]), tensor('the number', 'DT_INT32', [])],
      features: [{ name: 'x-y', kind: 'dense', dtype: 'DT_FLOAT', shape: [1], isRequired: true }, { name: 'z', kind: 'sparse', dtype: 'DT_INT64', shape: null, isRequired: false }],
    },
    { name: 'a/b', method: '', inputs: [], outputs: [tensor('y')] },
  ];
  expect(typescriptModule([{ names: { type: 'HalfPlus', value: 'halfPlus' }, modelName: 'half*/plus\n', version: '7', signatures }], ['--version 7']))
    .toBe(`/* eslint-disable */
// Made by cdk-tensorflow-serving generate-types; do not edit. To make it again:
//   npx cdk-tensorflow-serving generate-types SAVED_MODEL --version 7 --out THIS_FILE
import type { ModelTypes } from 'cdk-tensorflow-serving/runtime';

/** The signatures of the model half*\\/plus\\n, version 7. */
export interface HalfPlus {
  serving_default: {
    inputs: {
      inputs: { dtype: 'DT_STRING'; shape: null };
    };
    outputs: {
      scores: { dtype: 'DT_FLOAT'; shape: readonly [-1, 2] };
      'the number': { dtype: 'DT_INT32'; shape: readonly [] };
    };
    features: {
      'x-y': { dtype: 'DT_FLOAT'; shape: readonly [1]; isRequired: true };
      z: { dtype: 'DT_INT64'; shape: null; isRequired: false };
    };
  };
  'a/b': {
    inputs: {};
    outputs: {
      y: { dtype: 'DT_FLOAT'; shape: readonly [-1] };
    };
  };
}

/** What the client knows of it: \`new TensorFlowServingClient({ endpointName, model: halfPlus })\`. */
export const halfPlus: ModelTypes<HalfPlus> = {
  signatures: {
    serving_default: {
      method: 'tensorflow/serving/classify',
      inputs: {
        inputs: { dtype: 'DT_STRING', shape: null },
      },
      outputs: {
        scores: { dtype: 'DT_FLOAT', shape: [-1, 2] },
        'the number': { dtype: 'DT_INT32', shape: [] },
      },
      features: {
        'x-y': { dtype: 'DT_FLOAT', shape: [1], isRequired: true },
        z: { dtype: 'DT_INT64', shape: null, isRequired: false },
      },
    },
    'a/b': {
      method: '',
      inputs: {},
      outputs: {
        y: { dtype: 'DT_FLOAT', shape: [-1] },
      },
    },
  },
};
`);
});

const NASTY = [
  '__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'new', 'get', 'set', 'readonly', 'class', 'async', '\'', '"', '`', '\\', '\\\'', '*/', '/*', '//',
  '${x}', '\n', '\r\n', '\u2028', '\u2029', '\0', '\u202e', '\ud800', '\udc00', '', ' ', '0', '-1', '1.5', '[x: string]', '};', '<script>', '日本語', 'é', 'e\u0301', '😀',
];

const name = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ maxLength: 8 }));
const shape = fc.oneof(fc.constant(null), fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 }));
const tensors = fc.uniqueArray(fc.record({ name, dtype: fc.constantFrom('DT_FLOAT', 'DT_STRING', 'DT_INT64', 'DT_99'), shape, tensorName: fc.constant('t:0') }), {
  selector: (each) => each.name, maxLength: 4,
});
const features = fc.uniqueArray(fc.record({
  name, kind: fc.constant('dense' as const), dtype: fc.constantFrom('DT_FLOAT', 'DT_INT64', 'DT_STRING'), shape, isRequired: fc.boolean(),
}), { selector: (each) => each.name, maxLength: 4 });
const signature: fc.Arbitrary<Signature> = fc.record({ name, method: name, inputs: tensors, outputs: tensors, features }, { requiredKeys: ['name', 'method', 'inputs', 'outputs'] });
const model = fc.record({ modelName: name, signatures: fc.uniqueArray(signature, { selector: (each) => each.name, minLength: 1, maxLength: 4 }) });

test('whatever the names are, the module compiles as strictly as can be, and says what the model says', () => {
  const samples = fc.sample(model, { numRuns: 60, seed: 7 });
  const allNasty = {
    modelName: NASTY.join(),
    signatures: NASTY.map((each, index) => ({
      name: each,
      method: each,
      inputs: index === 0 ? NASTY.map((input) => tensor(input)) : [],
      outputs: [tensor(each)],
      features: [{ name: each, kind: 'dense' as const, dtype: 'DT_FLOAT', shape: [1], isRequired: true }],
    })),
  };
  const models = [allNasty, ...samples];
  const codes = models.map(({ modelName, signatures }) => typescriptModule([{ names: NAMES, modelName, signatures }], []));
  const files = Object.fromEntries(codes.map((code, index) => [`m${index}.ts`, code]));
  expect([...problemsIn(files).values()].flat()).toEqual([]);
  for (const [index, { signatures }] of models.entries()) {
    const exported = run(codes[index]).m.signatures;
    expect(Object.keys(exported).sort()).toEqual(signatures.map((each) => each.name).sort());
    for (const each of signatures) {
      const specs = (items: readonly { name: string; dtype: string; shape: readonly number[] | null }[]) =>
        Object.fromEntries(items.map(({ name: key, dtype, shape: sizes }) => [key, { dtype, shape: sizes }]));
      const found = exported[each.name] as Record<string, object>;
      expect(Object.entries({ ...found, features: undefined })).toEqual(Object.entries({
        method: each.method, inputs: specs(each.inputs), outputs: specs(each.outputs), features: undefined,
      }));
      expect(found.features).toEqual(each.features !== undefined
        ? Object.fromEntries(each.features.map(({ name: key, dtype, shape: sizes, isRequired }) => [key, { dtype, shape: sizes, isRequired }]))
        : undefined);
    }
  }
});

test.each([
  ['an ES module', STRICTEST],
  ['a CommonJS module', { ...STRICTEST, verbatimModuleSyntax: false, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Bundler }],
])('a module can be called what moduleNames says, in %s', (_, options) => {
  const named = ['class', 'exports', 'module', 'require', 'undefined', 'globalThis', 'Promise', 'Object', 'String', 'Array', 'any', 'Symbol', 'model_types', 'type', '模型', '3d', 'await', 'let'];
  const files = Object.fromEntries(named.map((modelName, index) => {
    const names = moduleNames(modelName)!;
    return [`n${index}.ts`, typescriptModule([{ names, modelName, signatures: [{ name: 's', method: 'm', inputs: [tensor('x')], outputs: [tensor('y')] }] }], [])];
  }));
  expect([...problemsIn(files, options).values()].flat()).toEqual([]);
  for (const [index, modelName] of named.entries()) {
    expect(Object.keys(run(files[`n${index}.ts`]))).toEqual([moduleNames(modelName)!.value]);
  }
});
