import { type HalfPlusThree, type Multi } from './models';
import {
  type Predictions, type ResponseValue, type Signature, type Signatures, type SignatureName, TensorFlowServingClient,
} from '../../src/runtime';

/** `true` if the types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Fails to compile unless the types are the same. */
function expectSame<A, B>(_same: Same<A, B>): void {}

// the compiler is what tests here: this is never called
export async function types(
  untyped: TensorFlowServingClient, half: TensorFlowServingClient<HalfPlusThree>, multi: TensorFlowServingClient<Multi>,
): Promise<void> {
  type AnyRank = number | AnyRank[];

  // ----- a client without types takes what can be sent, and gives JSON
  const row = await untyped.predict({ instances: [1, [2n, 'a', { x: new Float32Array(1) }], new Uint8Array(1), null] });
  expectSame<typeof row.predictions, ResponseValue[]>(true);
  const columnar = await untyped.predict({ inputs: { x: NaN }, signatureName: 'any' });
  expectSame<typeof columnar.outputs, ResponseValue>(true);
  await untyped.predict({ instances: new Float32Array(2) });
  await untyped.regress({ examples: [{ x: 1 }] });
  await untyped.classify({ examples: [{ x: [1, 2], n: [1n, true], s: ['a', new Uint8Array(1)], f: new Float32Array(1) }], signatureName: 'any' });
  // @ts-expect-error a function cannot be sent
  await untyped.predict({ instances: [() => 1] });
  // @ts-expect-error neither can a date
  await untyped.predict({ inputs: { at: new Date() } });
  // @ts-expect-error a Uint8Array is bytes, and no list of instances
  await untyped.predict({ instances: new Uint8Array(1) });
  // @ts-expect-error one of the two
  await untyped.predict({});
  // @ts-expect-error no such option
  await untyped.predict({ instances: [1] }, { variant: 'blue' });
  // @ts-expect-error a feature is flat
  await untyped.regress({ examples: [{ x: [[1]] }] });
  // @ts-expect-error a list has one kind
  await untyped.regress({ examples: [{ x: [1, 2n] }] });
  // @ts-expect-error there is no null in an example
  await untyped.regress({ examples: [{ x: null }] });

  // ----- one input and one output, of any shape
  const predicted = await half.predict({ instances: [1.0, 2.0, 5.0] });
  expectSame<typeof predicted.predictions, AnyRank[]>(true);
  await half.predict({ instances: [{ x: 1 }, { x: [[2]] }] });
  await half.predict({ instances: new Float32Array(3) });
  await half.predict({ inputs: 6, signatureName: 'serving_default' });
  await half.predict({ inputs: { x: [1, 2] } }, { targetVariant: 'blue', signal: new AbortController().signal });
  // @ts-expect-error instances are a list
  await half.predict({ instances: 1 });
  // @ts-expect-error a string is no float
  await half.predict({ instances: ['1'] });
  // @ts-expect-error neither is a bigint
  await half.predict({ inputs: 1n });
  // @ts-expect-error no such input
  await half.predict({ instances: [{ y: 1 }] });
  // @ts-expect-error no such signature
  await half.predict({ instances: [1], signatureName: 'predict' });

  // ----- one input and one output with two dimensions
  const twoDimensions = await half.predict({ instances: [[0.7], new Float32Array(1)], signatureName: 'tensorflow/serving/predict' });
  expectSame<typeof twoDimensions.predictions, number[][]>(true);
  await half.predict({ instances: [{ x: [0.7] }], signatureName: 'tensorflow/serving/predict' });
  // @ts-expect-error each instance has one dimension
  await half.predict({ instances: [0.7], signatureName: 'tensorflow/serving/predict' });
  // @ts-expect-error and no more
  await half.predict({ inputs: [[[0.7]]], signatureName: 'tensorflow/serving/predict' });

  // ----- examples
  const regressed = await half.regress({ signatureName: 'tensorflow/serving/regress', examples: [{ x: 1.0 }, { x: 2.0 }] });
  expectSame<typeof regressed.results, number[]>(true);
  const classified = await half.classify({ signatureName: 'classify_scores', examples: [{ x: 1.0 }], context: { y: 'a' } });
  expectSame<typeof classified.results, [label: string, score: number][][]>(true);
  // @ts-expect-error the default signature takes no examples
  await half.regress({ examples: [{ x: 1 }] });
  // @ts-expect-error it classifies
  await half.regress({ signatureName: 'tensorflow/serving/classify', examples: [] });
  // @ts-expect-error it has no classes or scores
  await half.classify({ signatureName: 'tensorflow/serving/regress', examples: [] });

  // ----- several inputs and outputs
  const several = await multi.predict({
    signatureName: 'everything',
    instances: [{ amount: [1.5, 2], serial: 9007199254740993n, flag: true, text: new Uint8Array(1) }, { amount: new Float64Array(2), serial: 1, flag: false, text: 'a' }],
  });
  expectSame<typeof several.predictions, { amount: number[]; serial: number | bigint; text: string; text_bytes: Uint8Array }[]>(true);
  const columns = await multi.predict({
    signatureName: 'everything', inputs: { amount: [[1, 2]], serial: new BigInt64Array(1), flag: [true], text: ['a'] },
  });
  expectSame<typeof columns.outputs, { amount: number[][]; serial: (number | bigint)[]; text: string[]; text_bytes: Uint8Array[] }>(true);
  const scalars = await multi.predict({ signatureName: 'totals', inputs: { ids: [1n, 2], scale: 0.5 } });
  expectSame<typeof scalars.outputs, { number: number; sum: number | bigint }>(true);
  // @ts-expect-error the signature must be named where there is no default
  await multi.predict({ inputs: { ids: [], scale: 1 } });
  // @ts-expect-error a flag is missing
  await multi.predict({ signatureName: 'everything', instances: [{ amount: [1], serial: 1, text: 'a' }] });
  // @ts-expect-error a scalar cannot be in a row
  await multi.predict({ signatureName: 'totals', instances: [{ ids: 1, scale: 1 }] });
  // @ts-expect-error several inputs need names
  await multi.predict({ signatureName: 'totals', inputs: [1] });

  // ----- bytes
  const image = await multi.predict({ signatureName: 'image', instances: [[[[1, 2, 3], [4, 5, 6]], [new Uint8ClampedArray(3), [1, 2, 3]]]] });
  expectSame<typeof image.predictions, Uint8Array[]>(true);
  // @ts-expect-error a Uint8Array is bytes and no pixel
  await multi.predict({ signatureName: 'image', instances: [[[new Uint8Array(3)]]] });

  // ----- names
  expectSame<SignatureName<Multi>, 'everything' | 'totals' | 'image'>(true);
  expectSame<SignatureName<Signatures>, string>(true);
  expectSame<Predictions<Signature>, ResponseValue[]>(true);
  // @ts-expect-error these are no signatures
  new TensorFlowServingClient<{ serving_default: { inputs: string } }>({ endpointName: 'my-endpoint' });
}

test('the types exist for the compiler only', () => {
  expect(types).toHaveLength(3);
});
