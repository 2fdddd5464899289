import * as path from 'node:path';
import { type Problem, problemsIn } from './generated-types-support';
import { typescriptModule } from '../../src/cli/typescript-module';
import { moduleNames } from '../../src/cli/typescript-names';
import { findSavedModels, readSavedModel } from '../../src/saved-model';

const MODELS = findSavedModels(path.join(__dirname, '..', 'fixtures', 'models'));

/** The generated module of each model, by file name. */
const MODULES = Object.fromEntries(MODELS.map(({ name, versions }) => {
  const { signatures } = readSavedModel(versions[versions.length - 1].path).serving;
  return [`${name}.ts`, typescriptModule([{ names: moduleNames(name)!, modelName: name, signatures }], [])];
}));

const HEADER = `
import {
  type ExampleOf, type InputsOf, type InstancesOf, type OutputsOf, type PredictionsOf, TensorFlowServingClient, tensor,
} from 'cdk-tensorflow-serving/runtime';
${MODELS.map(({ name }) => `import { type ${moduleNames(name)!.type}, ${moduleNames(name)!.value} } from './${name}';`).join('\n')}
const endpointName = 'my-endpoint';
${MODELS.map(({ name }) => `const ${moduleNames(name)!.value}Client = new TensorFlowServingClient({ endpointName, model: ${moduleNames(name)!.value} });`).join('\n')}
declare function same<A>(): <B>(b: B) => (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? 'same' : 'different';
export async function snippet() {
`;

/** What compiles. */
const RIGHT: Record<string, string> = {
  'rows of the only input': 'await halfPlusThreeClient.predict({ instances: [1, [2, 3], new Float32Array(2), { x: 1 }.x] });',
  'rows with the input\'s name': 'await halfPlusThreeClient.predict({ instances: [{ x: 1 }, { x: [[2]] }] });',
  'rows from what can be iterated': 'await halfPlusThreeClient.predict({ instances: new Set([1, 2]) });',
  'rows from a generator': 'await denseClient.predict({ instances: (function* () { yield [1, 2, 3, 4]; yield { features: [1, 2, 3, 4] }.features; })() });',
  'named rows from what can be iterated': 'await denseClient.predict({ instances: new Set([{ features: [1, 2, 3, 4] }]) });',
  'rows of two dimensions': 'await denseClient.predict({ instances: [[1, 2, 3, 4], new Float64Array(4)] });',
  'a typed array with a shape': 'await denseClient.predict({ instances: tensor(new Float32Array(8), [-1, 4]) });',
  'a typed array with a shape in a row': 'await denseClient.predict({ instances: [tensor(new Float32Array(4), [4]), { features: 1 }.features > 0 ? [1] : [2]] });',
  'bytes with a shape, as numbers': 'await cnnClient.predict({ inputs: { image: tensor(new Uint8Array(100), [1, 10, 10, 1]) } });',
  'strings': 'await embeddingClient.predict({ instances: [["good", "bad", new Uint8Array(1)]] });',
  'strings with a shape': 'await embeddingClient.predict({ instances: tensor(["good", "bad"], [1, 2]) });',
  'columns': 'await denseClient.predict({ inputs: [[1, 2, 3, 4]] }); await denseClient.predict({ inputs: { features: [[1]] } });',
  'a signature that is no default': 'await multiClient.predict({ signatureName: "totals", inputs: { ids: [1, 2n], scale: 0.5 } });',
  'several inputs of all types': `await multiClient.predict({ instances: [{
    serial: 1n, amount: [1.5, 2], flag: true, text: new Uint8Array(2), count: new Int32Array(2), pixel: new Uint8ClampedArray(3) }] });`,
  'a scalar with a shape': 'await multiClient.predict({ signatureName: "totals", inputs: { ids: tensor(new BigInt64Array(1), [1]), scale: tensor([1], []) } });',
  'examples with all features': `await censusClient.classify({ examples: [
    { age: 25, state: "CA", hours: 40n, capital: new Float32Array(2), education: ["bs", new Uint8Array(1)], years: [1n, true] },
    { age: [25], state: ["CA"], hours: 40, capital: [1, 2], education: "phd", years: new BigInt64Array(3) }] });`,
  'examples without what has a stand-in': 'await censusClient.classify({ examples: [{ age: 25, state: "CA" }] });',
  'examples without what the context has': 'await censusClient.regress({ signatureName: "regression", examples: [{ age: 25 }], context: { state: "CA" } });',
  'examples from what can be iterated': 'await censusClient.classify({ examples: new Set([{ age: 25, state: "CA" }]) });',
  'examples with features of any length': 'await reviewsClient.regress({ examples: [{ length: 1, scores: [0.5, 1], counts: [1n, 2n], tags: [] }, { length: 2, scores: 1 }] });',
  'features with a shape, and from what can be iterated':
    'await censusClient.classify({ examples: [{ age: tensor([1], [1]), state: new Set(["CA"]), years: tensor(new Int32Array(2), [2]), education: new Map().keys() }] });',
  'serialized examples': 'await reviewsClient.predict({ signatureName: "describe", instances: [{ examples: new Uint8Array(9) }, { examples: "" }] });',
  'examples for a signature with a name': 'await halfPlusThreeClient.regress({ signatureName: "tensorflow/serving/regress", examples: [{ x: 1 }] });',
  'the type alone': 'await new TensorFlowServingClient<HalfPlusThree>({ endpointName }).predict({ instances: [1] });',
  'a client with the model where one with the type is wanted': 'const client: TensorFlowServingClient<HalfPlusThree> = halfPlusThreeClient; void client;',
  'a model that is given again': 'new TensorFlowServingClient<HalfPlusThree>({ endpointName, model: halfPlusThree });',
  'another version of a model': 'const client = new TensorFlowServingClient({ endpointName, model: versions }); await client.predict({ instances: [1] });',
  'predictions': 'const { predictions } = await denseClient.predict({ instances: [[1]] }); const x: "same" = same<number[][]>()(predictions); void x;',
  'predictions of several outputs': `const { predictions: [first] } = await multiClient.predict({ instances: [] });
    const x: "same" = same<bigint | number | undefined>()(first?.serial); const y: "same" = same<Uint8Array | undefined>()(first?.text_bytes); void [x, y];`,
  'outputs': 'const { outputs } = await multiClient.predict({ signatureName: "totals", inputs: { ids: [], scale: 1 } }); const x: "same" = same<number>()(outputs.scaled); void x;',
  'names of types': `const instances: InstancesOf<HalfPlusThree, "serving_default"> = [1]; const inputs: InputsOf<Multi, "totals"> = { ids: [1], scale: 1 };
    const example: ExampleOf<Census> = { age: 1, state: "CA" }; const predictions: PredictionsOf<Dense> = [[1]]; const outputs: OutputsOf<Multi, "totals">["number"] = 1;
    await halfPlusThreeClient.predict({ instances }); void [inputs, example, predictions, outputs];`,
  'examples of a signature whose features are not known': 'const example: ExampleOf<HalfPlusThree> = { whatever: [1n] }; void example;',
};

const NO_OVERLOAD = 2769;
const NOT_ASSIGNABLE = 2322;
const NOT_AN_ARGUMENT = 2345;
const UNKNOWN_PROPERTY = 2353;
const MISSING_PROPERTY = 2741;
const NO_PROPERTY = 2339;

/** What does not compile, and why. The error is in the line with the arrow. */
const WRONG: Record<string, [code: number, snippet: string]> = {
  'rows of another type': [NO_OVERLOAD, 'await halfPlusThreeClient.predict({ instances: ["1"] }); // <-'],
  'rows of another type, iterated': [NO_OVERLOAD, 'await halfPlusThreeClient.predict({ instances: new Set(["1"]) }); // <-'],
  'a text for rows': [NO_OVERLOAD, 'await embeddingClient.predict({ instances: "good" }); // <-'],
  'one row for rows': [NO_OVERLOAD, 'await halfPlusThreeClient.predict({ instances: 1 }); // <-'],
  'rows with another name': [NO_OVERLOAD, 'await halfPlusThreeClient.predict({ instances: [{ y: 1 }] }); // <-'],
  'rows with another name beside': [NO_OVERLOAD, 'await halfPlusThreeClient.predict({ instances: [{ x: 1, y: 1 }] }); // <-'],
  'rows with too few dimensions': [NO_OVERLOAD, 'await denseClient.predict({ instances: [1, 2, 3, 4] }); // <-'],
  'rows with too many dimensions': [NO_OVERLOAD, 'await denseClient.predict({ instances: [[[1, 2, 3, 4]]] }); // <-'],
  'named rows with too few dimensions': [NO_OVERLOAD, 'await denseClient.predict({ instances: [{ features: 1 }] }); // <-'],
  'a tensor of another type': [NO_OVERLOAD, 'await denseClient.predict({ instances: tensor(["1"], [1, 1]) }); // <-'],
  'a tensor of bigints for floats': [NO_OVERLOAD, 'await denseClient.predict({ inputs: tensor(new BigInt64Array(1), [1, 1]) }); // <-'],
  'bytes without a shape for numbers': [NO_OVERLOAD, 'await denseClient.predict({ instances: [new Uint8Array(4)] }); // <-'],
  'numbers for strings': [NO_OVERLOAD, 'await embeddingClient.predict({ instances: [["good", 1]] }); // <-'],
  'a number for a flag': [NO_OVERLOAD, `
    await multiClient.predict({ // <-
      instances: [{ serial: 1n, amount: [1, 2], flag: 1, text: "", count: [1, 2], pixel: [1, 2, 3] }] });`],
  'an input that is missing': [NO_OVERLOAD, 'await multiClient.predict({ signatureName: "totals", inputs: { ids: [1] } }); // <-'],
  'several inputs without names': [NO_OVERLOAD, 'await multiClient.predict({ signatureName: "totals", inputs: [1] }); // <-'],
  'a list for a scalar': [NO_OVERLOAD, 'await multiClient.predict({ signatureName: "totals", inputs: { ids: [1], scale: [1] } }); // <-'],
  'a scalar in a row': [NO_OVERLOAD, 'await multiClient.predict({ signatureName: "totals", instances: [{ ids: 1, scale: 1 }] }); // <-'],
  'columns with another name': [NO_OVERLOAD, 'await denseClient.predict({ inputs: { feature: [[1]] } }); // <-'],
  'a signature that is not there': [NO_OVERLOAD, 'await denseClient.predict({ instances: [[1]], signatureName: "nope" }); // <-'],
  'a feature that is missing': [NOT_AN_ARGUMENT, 'await censusClient.classify({ examples: [{ age: 25 }] }); // <-'],
  'a feature that is not there': [UNKNOWN_PROPERTY, `await censusClient.classify({
    examples: [{ age: 25, state: "CA", nope: 1 }], // <-
  });`],
  'a feature of the context that is not there': [UNKNOWN_PROPERTY, `await censusClient.classify({
    examples: [{ age: 25 }],
    context: { other: 1 }, // <-
  });`],
  'a text for a float feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: "25", state: "CA" }] }); // <-'],
  'a bigint for a float feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: 25n, state: "CA" }] }); // <-'],
  'a typed array of integers for a float feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: new Int32Array(1), state: "CA" }] }); // <-'],
  'a typed array of floats for an integer feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: 1, state: "CA", years: new Float32Array(1) }] }); // <-'],
  'a number for a text feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: 25, state: 1 }] }); // <-'],
  'a text for an integer feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: 25, state: "CA", hours: "1" }] }); // <-'],
  'one value for a feature of two': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: 25, state: "CA", capital: 1 }] }); // <-'],
  'a tensor of another type for a feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: tensor(["1"], [1]), state: "CA" }] }); // <-'],
  'another type for a feature, iterated': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: new Set(["1"]), state: "CA" }] }); // <-'],
  'nested values for a feature': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: [{ age: 25, state: "CA", capital: [[1, 2]] }] }); // <-'],
  'a wrong feature, iterated': [NOT_ASSIGNABLE, 'await censusClient.classify({ examples: new Set([{ age: "25", state: "CA" }]) }); // <-'],
  'examples for a default that takes none': [NOT_AN_ARGUMENT, 'await halfPlusThreeClient.regress({ examples: [{ x: 1 }] }); // <-'],
  'a signature that regresses for classify': [NOT_AN_ARGUMENT, 'await reviewsClient.classify({ examples: [{ length: 1 }] }); // <-'],
  'the model of another type': [NOT_ASSIGNABLE, 'new TensorFlowServingClient<Census>({ endpointName, model: halfPlusThree }); // <-'],
  'a prediction of another type': [NOT_ASSIGNABLE, 'const [x]: string[] = (await halfPlusThreeClient.predict({ instances: [1] })).predictions; void x; // <-'],
  'an output that is not there': [NO_PROPERTY, `
    const { outputs } = await multiClient.predict({ signatureName: "totals", inputs: { ids: [1], scale: 1 } });
    void outputs.nope; // <-`],
  'a name of a type without what must be there': [MISSING_PROPERTY, 'const example: ExampleOf<Census> = { age: 1 }; void example; // <-'],
};

const rightFiles = Object.fromEntries(Object.values(RIGHT).map((code, index) => [`right${index}.ts`, `${HEADER}${code}\n}\n`]));
const wrongFiles = Object.fromEntries(Object.values(WRONG).map(([, code], index) => [`wrong${index}.ts`, `${HEADER}${code}\n}\n`]));
let problems: Map<string, Problem[]>;

beforeAll(() => {
  problems = problemsIn({ ...MODULES, ...rightFiles, ...wrongFiles });
}, 120_000);

test.each(Object.keys(MODULES))('%s compiles', (file) => {
  expect(problems.get(file)).toEqual([]);
});

test.each(Object.keys(RIGHT).map((title, index) => [title, `right${index}.ts`]))('this compiles: %s', (_, file) => {
  expect(problems.get(file)).toEqual([]);
});

test.each(Object.entries(WRONG).map(([title, [code]], index) => [title, code, `wrong${index}.ts`] as const))('this does not: %s', (_, code, file) => {
  const line = wrongFiles[file].split('\n').findIndex((text) => text.includes('// <-')) + 1;
  expect(problems.get(file)!.map((problem) => ({ code: problem.code, line: problem.line }))).toEqual([{ code, line }]);
});
