import { CfnParameter, Fn, Lazy, Size, Token } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  checkClarifyExplainer, ClarifyContentType, type ClarifyExplainer, ClarifyFeatureType, ClarifyTextGranularity, explainerStatements,
  renderClarifyExplainer,
} from '../../src/endpoint/clarify-explainer';
import { ClarifyTextLanguage } from '../../src/endpoint/clarify-text-language';
import { ShapBaseline } from '../../src/endpoint/shap-baseline';
import { configProperties, sentences, statementsIn } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const stack = newStack();
const baseline = ShapBaseline.inline('0,0,0,0');
const parameter = new CfnParameter(stack, 'Text').valueAsString;
const list = Fn.split(',', new CfnParameter(stack, 'Texts').valueAsString);

function rendered(explainer: ClarifyExplainer): unknown {
  return configProperties(newStack(), { explainerConfig: { clarifyExplainerConfig: renderClarifyExplainer(explainer) } }).ExplainerConfig;
}

test('a minimal explainer has a baseline of CSV', () => {
  expect(checkClarifyExplainer({ baseline }, stack)).toEqual([]);
  expect(rendered({ baseline })).toEqual({
    ClarifyExplainerConfig: { ShapConfig: { ShapBaselineConfig: { MimeType: 'text/csv', ShapBaseline: '0,0,0,0' } } },
  });
  expect(explainerStatements({ baseline })).toEqual([]);
});

test('a maximal explainer has all that was given', () => {
  const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketArn: 'arn:aws:s3:::baselines' });
  const explainer: ClarifyExplainer = {
    baseline: ShapBaseline.fromBucket(bucket, 'reviews.jsonl'),
    baselineContentType: ClarifyContentType.JSON_LINES,
    enableExplanations: 'predictions[0][0]>`0.8`',
    numberOfSamples: 100,
    useLogit: true,
    seed: 0,
    textLanguage: ClarifyTextLanguage.ENGLISH,
    textGranularity: ClarifyTextGranularity.SENTENCE,
    featureHeaders: ['review', 'stars', 'shop'],
    featureTypes: [ClarifyFeatureType.TEXT, ClarifyFeatureType.NUMERICAL, ClarifyFeatureType.CATEGORICAL],
    featuresAttribute: 'instances[0]',
    contentTemplate: '{"instances":[$features]}',
    labelHeaders: ['good', 'bad'],
    labelAttribute: 'labels',
    labelIndex: 0,
    probabilityAttribute: 'predictions[0]',
    probabilityIndex: 0,
    maxRecordCount: 1,
    maxPayload: Size.mebibytes(25),
  };
  expect(checkClarifyExplainer(explainer, stack)).toEqual([]);
  expect(rendered(explainer)).toEqual({
    ClarifyExplainerConfig: {
      EnableExplanations: 'predictions[0][0]>`0.8`',
      ShapConfig: {
        ShapBaselineConfig: { MimeType: 'application/jsonlines', ShapBaselineUri: 's3://baselines/reviews.jsonl' },
        NumberOfSamples: 100,
        UseLogit: true,
        Seed: 0,
        TextConfig: { Language: 'en', Granularity: 'sentence' },
      },
      InferenceConfig: {
        FeatureHeaders: ['review', 'stars', 'shop'],
        FeatureTypes: ['text', 'numerical', 'categorical'],
        FeaturesAttribute: 'instances[0]',
        ContentTemplate: '{"instances":[$features]}',
        LabelHeaders: ['good', 'bad'],
        LabelAttribute: 'labels',
        LabelIndex: 0,
        ProbabilityAttribute: 'predictions[0]',
        ProbabilityIndex: 0,
        MaxRecordCount: 1,
        MaxPayloadInMB: 25,
      },
    },
  });
  expect(statementsIn(stack, explainerStatements(explainer))).toEqual([
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::baselines/reviews.jsonl' },
  ]);
});

test('false and 0 are values', () => {
  expect(rendered({ baseline, useLogit: false, labelIndex: 0 })).toEqual({
    ClarifyExplainerConfig: {
      ShapConfig: { ShapBaselineConfig: { MimeType: 'text/csv', ShapBaseline: '0,0,0,0' }, UseLogit: false },
      InferenceConfig: { LabelIndex: 0 },
    },
  });
});

const english = { textLanguage: ClarifyTextLanguage.ENGLISH, textGranularity: ClarifyTextGranularity.TOKEN };
const texts = (count: number) => Array.from({ length: count }, (_, index) => `feature ${index}`);
const types = (count: number) => Array.from({ length: count }, () => ClarifyFeatureType.TEXT);
const LONG = 'x'.repeat(64);

test.each<Partial<ClarifyExplainer>>([
  { enableExplanations: 'x' }, { enableExplanations: LONG }, { enableExplanations: parameter },
  { featuresAttribute: LONG }, { labelAttribute: LONG }, { probabilityAttribute: LONG },
  { contentTemplate: '$features' }, { contentTemplate: `$features${'x'.repeat(55)}` }, { contentTemplate: parameter },
  { featureHeaders: texts(1) }, { featureHeaders: texts(256) }, { featureHeaders: [LONG, parameter] }, { featureHeaders: list },
  { labelHeaders: texts(1) }, { labelHeaders: texts(16) }, { labelHeaders: list },
  { featureTypes: types(1), ...english }, { featureTypes: types(256), ...english }, { featureTypes: types(2), featureHeaders: texts(2), ...english },
  { featureTypes: types(2), featureHeaders: list, ...english },
  { numberOfSamples: 1 }, { numberOfSamples: 10_000 }, { seed: -(2 ** 31) }, { seed: 2 ** 31 - 1 },
  { labelIndex: 0 }, { probabilityIndex: 0 }, { maxRecordCount: 1 }, { maxRecordCount: Token.asNumber({ Ref: 'Count' }) },
  { maxPayload: Size.mebibytes(1) }, { maxPayload: Size.kibibytes(25 * 1024) }, { maxPayload: Size.mebibytes(Lazy.number({ produce: () => 99 })) },
])('%p is right', (given) => {
  expect(checkClarifyExplainer({ baseline, ...given }, stack)).toEqual([]);
});

const SHORT_TEXT = 'must be 1 to 64 characters on one line';

test.each<[Partial<ClarifyExplainer>, string[]]>([
  [{ baseline: ShapBaseline.fromBucket(Bucket.fromBucketName(stack, 'Wrong', 'wrong'), '') },
    ['`explainer.baseline` must have the key of an object, got: ""']],
  [{ enableExplanations: '' }, [`\`explainer.enableExplanations\` ${SHORT_TEXT}, got: ""`]],
  [{ enableExplanations: `${LONG}x` }, [`\`explainer.enableExplanations\` ${SHORT_TEXT}, got: "${LONG}x"`]],
  [{ featuresAttribute: 'a\nb' }, [`\`explainer.featuresAttribute\` ${SHORT_TEXT}, got: "a\\nb"`]],
  [{ labelAttribute: '' }, [`\`explainer.labelAttribute\` ${SHORT_TEXT}, got: ""`]],
  [{ probabilityAttribute: '' }, [`\`explainer.probabilityAttribute\` ${SHORT_TEXT}, got: ""`]],
  [{ contentTemplate: `$features${'x'.repeat(56)}` }, [`\`explainer.contentTemplate\` ${SHORT_TEXT}, got: "$features${'x'.repeat(56)}"`]],
  [{ contentTemplate: '{"instances":[]}' },
    ['`explainer.contentTemplate` must have $features where the features go, got: "{\\"instances\\":[]}"; write {"instances":[$features]}']],
  [{ featureHeaders: [] }, ['`explainer.featureHeaders` must have 1 to 256 entries, got: 0']],
  [{ featureHeaders: texts(257) }, ['`explainer.featureHeaders` must have 1 to 256 entries, got: 257']],
  [{ featureHeaders: ['a', ''] }, [`\`explainer.featureHeaders[1]\` ${SHORT_TEXT}, got: ""`]],
  [{ labelHeaders: [] }, ['`explainer.labelHeaders` must have 1 to 16 entries, got: 0']],
  [{ labelHeaders: texts(17) }, ['`explainer.labelHeaders` must have 1 to 16 entries, got: 17']],
  [{ labelHeaders: [`${LONG}x`] }, [`\`explainer.labelHeaders[0]\` ${SHORT_TEXT}, got: "${LONG}x"`]],
  [{ featureTypes: types(257), ...english }, ['`explainer.featureTypes` must have 1 to 256 entries, got: 257']],
  [{ featureTypes: [ClarifyFeatureType.NUMERICAL], ...english },
    ['`explainer.featureTypes` must have a text feature, without which Clarify takes no types, got: ["numerical"]; leave it out']],
  [{ featureTypes: types(1) }, ['`explainer.featureTypes` needs `explainer.textLanguage`']],
  [{ featureTypes: types(1), featureHeaders: texts(2), ...english },
    ['`explainer.featureTypes` must have one for each of the 2 `explainer.featureHeaders`, got: 1']],
  [{ textLanguage: ClarifyTextLanguage.ENGLISH }, ['`explainer.textLanguage` needs `explainer.textGranularity`']],
  [{ textGranularity: ClarifyTextGranularity.PARAGRAPH }, ['`explainer.textGranularity` needs `explainer.textLanguage`']],
  [{ numberOfSamples: 0 }, ['`explainer.numberOfSamples` must be a whole number of at least 1, got: 0']],
  [{ seed: 0.5 }, ['`explainer.seed` must be a whole number from -2147483648 to 2147483647, got: 0.5']],
  [{ seed: 2 ** 31 }, ['`explainer.seed` must be a whole number from -2147483648 to 2147483647, got: 2147483648']],
  [{ labelIndex: -1 }, ['`explainer.labelIndex` must be a whole number of at least 0, got: -1']],
  [{ probabilityIndex: -1 }, ['`explainer.probabilityIndex` must be a whole number of at least 0, got: -1']],
  [{ maxRecordCount: 0 }, ['`explainer.maxRecordCount` must be a whole number of at least 1, got: 0']],
  [{ maxPayload: Size.mebibytes(0) }, ['`explainer.maxPayload` must be a whole number from 1 to 25 MiB, got: 0']],
  [{ maxPayload: Size.mebibytes(26) }, ['`explainer.maxPayload` must be a whole number from 1 to 25 MiB, got: 26']],
  [{ maxPayload: Size.kibibytes(1536) }, ['`explainer.maxPayload` must be a whole number from 1 to 25 MiB, got: 1.5']],
])('%p is wrong', (given, messages) => {
  expect(sentences(checkClarifyExplainer({ baseline, ...given }, stack))).toEqual(messages);
});
