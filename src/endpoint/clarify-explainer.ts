import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { type Size, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { ClarifyTextLanguage } from './clarify-text-language';
import type { ShapBaseline } from './shap-baseline';
import { checkInteger, checkPattern } from '../private/checks';
import type { Violation } from '../private/errors';
import { checkEntries } from '../private/list-checks';

/** The range of SageMaker's whole numbers. */
const INTEGER = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** What SageMaker takes as an expression, template or header. */
const SHORT_TEXT = /^.{1,64}$/;
const SHORT_TEXT_RULE = 'must be 1 to 64 characters on one line';

/**
 * How the records of a baseline are written.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClarifyShapBaselineConfig.html
 */
export enum ClarifyContentType {
  /** A line of comma-separated values for each record. */
  CSV = 'text/csv',
  /** A line of JSON for each record. */
  JSON_LINES = 'application/jsonlines',
}

/**
 * What kind of data a feature has.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClarifyInferenceConfig.html
 */
export enum ClarifyFeatureType {
  /** Numbers. */
  NUMERICAL = 'numerical',
  /** One of several values. */
  CATEGORICAL = 'categorical',
  /** Text, which is explained by its parts. */
  TEXT = 'text',
}

/**
 * The parts of a text that are explained.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClarifyTextConfig.html
 */
export enum ClarifyTextGranularity {
  /** Each word. */
  TOKEN = 'token',
  /** Each sentence. */
  SENTENCE = 'sentence',
  /** Each paragraph. */
  PARAGRAPH = 'paragraph',
}

/**
 * SageMaker Clarify on the instances of an endpoint, which says how much each feature has added to a prediction.
 *
 * Requests must have the content type `text/csv` or `application/jsonlines`, and say what they accept. They are answered with
 * a document of Clarify's own, in which the container's answer is `predictions.data`. An explanation must be ready in the 60
 * seconds of a request; the container is asked up to `numberOfSamples` times the records of the baseline for it.
 *
 * Clarify wants a line of CSV or JSON from the container for each record. TensorFlow Serving's container reads lines, but
 * answers them with one document, such as `{"predictions": [[0.1, 0.9]]}`, which TensorFlow 2.20's calls `application/json`
 * even if `application/jsonlines` was asked for. So give it single records, with a `maxRecordCount` of 1 and
 * `predictions[0]` as the `probabilityAttribute`. Or give the model an inference.py that answers a line for each record, which
 * takes far fewer requests.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-online-explainability.html
 */
export interface ClarifyExplainer {
  /** The records that explanations compare with. */
  readonly baseline: ShapBaseline;

  /**
   * How the records of the baseline are written.
   *
   * @default ClarifyContentType.CSV
   */
  readonly baselineContentType?: ClarifyContentType;

  /**
   * Which records are explained: a JMESPath expression over the container's answer to one, 1 to 64 characters. A request can
   * have another.
   *
   * Literals are in backticks: `` probability > `0.5` ``.
   *
   * @default - all are
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-online-explainability-create-endpoint.html
   */
  readonly enableExplanations?: string;

  /**
   * How many variations of a record are predicted for each record of the baseline, at least 1.
   *
   * There are never more of them than 2 to the number of features, less 2.
   *
   * @default - twice the number of features and 2048
   */
  readonly numberOfSamples?: number;

  /**
   * Whether predictions are explained by their log-odds, for which they must be probabilities.
   *
   * @default false
   */
  readonly useLogit?: boolean;

  /**
   * Where random numbers start, so that an explanation is the same each time. A whole number of 32 bits.
   *
   * @default - anywhere
   */
  readonly seed?: number;

  /**
   * The language of text features. It needs `textGranularity`.
   *
   * @default - there are no text features
   */
  readonly textLanguage?: ClarifyTextLanguage;

  /**
   * The parts of text features that are explained. It needs `textLanguage`.
   *
   * @default - there are no text features
   */
  readonly textGranularity?: ClarifyTextGranularity;

  /**
   * The names of the features, which explanations then have: 1 to 256, each of 1 to 64 characters.
   *
   * @default - features have no names
   */
  readonly featureHeaders?: string[];

  /**
   * What kinds of data the features have, 1 to 256.
   *
   * They are given only where a feature is text: one of them must be `TEXT`, and `textLanguage` and `textGranularity` say how
   * it is explained.
   *
   * @default - found out from the baseline
   */
  readonly featureTypes?: ClarifyFeatureType[];

  /**
   * Where the features are in a request of JSON Lines: a JMESPath expression over one line, 1 to 64 characters.
   *
   * `instances[0]` finds those of a request `{"instances": [[1.0, 2.0, 5.0]]}`.
   *
   * @default - none: requests are CSV
   */
  readonly featuresAttribute?: string;

  /**
   * How the container gets a record in JSON Lines, 1 to 64 characters with `$features` for the list of the features.
   *
   * Clarify needs one if requests are JSON Lines. `{"instances":[$features]}` makes requests that TensorFlow Serving takes, but
   * it reads only the first of several lines: `maxRecordCount` must be 1 then.
   *
   * @default - none: requests are CSV
   */
  readonly contentTemplate?: string;

  /**
   * The names of the classes, or of what is predicted: 1 to 16, each of 1 to 64 characters.
   *
   * @default - those in the container's answers, if any
   */
  readonly labelHeaders?: string[];

  /**
   * Where the names of the classes are in the container's answer in JSON Lines: a JMESPath expression of 1 to 64 characters.
   *
   * @default - the answer has none
   */
  readonly labelAttribute?: string;

  /**
   * Which column of the container's answer in CSV has the names of the classes, from 0.
   *
   * @default - the answer has none
   */
  readonly labelIndex?: number;

  /**
   * Where the prediction is in the container's answer in JSON Lines: a JMESPath expression of 1 to 64 characters.
   *
   * `predictions[0]` finds it in TensorFlow Serving's answer to one record.
   *
   * @default - the whole answer is the prediction
   */
  readonly probabilityAttribute?: string;

  /**
   * Which column of the container's answer in CSV has the prediction, from 0.
   *
   * @default - the whole answer is the prediction
   */
  readonly probabilityIndex?: number;

  /**
   * How many records the container is sent at once, at least 1.
   *
   * It must be 1 for a container that answers several records with one document, as TensorFlow Serving's does by itself.
   *
   * @default - as many as turn out to be best
   */
  readonly maxRecordCount?: number;

  /**
   * How large the requests to the container may be, 1 to 25 whole MiB.
   *
   * @default Size.mebibytes(6)
   */
  readonly maxPayload?: Size;
}

/** Finds fault with what the endpoint of a scope is asked to explain. */
export function checkClarifyExplainer(explainer: ClarifyExplainer, scope: IConstruct): Violation[] {
  const texts = ['enableExplanations', 'featuresAttribute', 'contentTemplate', 'labelAttribute', 'probabilityAttribute'] as const;
  return [
    ...explainer.baseline._check(at('baseline'), scope),
    ...texts.flatMap((property) => checkText(at(property), explainer[property])),
    ...checkTemplate(explainer.contentTemplate),
    ...checkEntries(at('featureHeaders'), explainer.featureHeaders, { min: 1, max: 256 }, checkText),
    ...checkEntries(at('labelHeaders'), explainer.labelHeaders, { min: 1, max: 16 }, checkText),
    ...checkFeatureTypes(explainer),
    ...checkTogether('textLanguage', 'textGranularity', explainer),
    ...checkTogether('textGranularity', 'textLanguage', explainer),
    ...checkInteger(at('numberOfSamples'), explainer.numberOfSamples, { min: 1 }),
    ...checkInteger(at('seed'), explainer.seed, INTEGER),
    ...checkInteger(at('labelIndex'), explainer.labelIndex, { min: 0 }),
    ...checkInteger(at('probabilityIndex'), explainer.probabilityIndex, { min: 0 }),
    ...checkInteger(at('maxRecordCount'), explainer.maxRecordCount, { min: 1 }),
    ...checkPayload(explainer.maxPayload),
  ];
}

/** What CloudFormation is told. */
export function renderClarifyExplainer(explainer: ClarifyExplainer): CfnEndpointConfig.ClarifyExplainerConfigProperty {
  const { textLanguage, textGranularity } = explainer;
  const inferenceConfig: CfnEndpointConfig.ClarifyInferenceConfigProperty = {
    featureHeaders: explainer.featureHeaders,
    featureTypes: explainer.featureTypes,
    featuresAttribute: explainer.featuresAttribute,
    contentTemplate: explainer.contentTemplate,
    labelHeaders: explainer.labelHeaders,
    labelAttribute: explainer.labelAttribute,
    labelIndex: explainer.labelIndex,
    probabilityAttribute: explainer.probabilityAttribute,
    probabilityIndex: explainer.probabilityIndex,
    maxRecordCount: explainer.maxRecordCount,
    maxPayloadInMb: explainer.maxPayload?.toMebibytes(),
  };
  return {
    enableExplanations: explainer.enableExplanations,
    shapConfig: {
      shapBaselineConfig: { mimeType: explainer.baselineContentType ?? ClarifyContentType.CSV, ...explainer.baseline._render() },
      numberOfSamples: explainer.numberOfSamples,
      useLogit: explainer.useLogit,
      seed: explainer.seed,
      textConfig: textLanguage !== undefined && textGranularity !== undefined
        ? { language: textLanguage.toString(), granularity: textGranularity }
        : undefined,
    },
    inferenceConfig: Object.values(inferenceConfig).some((value) => value !== undefined) ? inferenceConfig : undefined,
  };
}

/** What the model's role must be allowed. */
export function explainerStatements(explainer: ClarifyExplainer): iam.PolicyStatement[] {
  return explainer.baseline._statements();
}

function at(property: keyof ClarifyExplainer): string {
  return `explainer.${property}`;
}

function checkText(property: string, value: string | undefined): Violation[] {
  return checkPattern(property, value, SHORT_TEXT, SHORT_TEXT_RULE);
}

function checkTemplate(template: string | undefined): Violation[] {
  return checkPattern(at('contentTemplate'), template, /\$features/, 'must have $features where the features go', 'write {"instances":[$features]}');
}

function checkFeatureTypes(explainer: ClarifyExplainer): Violation[] {
  const { featureTypes: types, featureHeaders: headers } = explainer;
  if (types === undefined) {
    return [];
  }
  const property = at('featureTypes');
  return [
    ...checkEntries(property, types, { min: 1, max: 256 }, () => []),
    ...types.includes(ClarifyFeatureType.TEXT) ? [] : [{
      property, rule: 'must have a text feature, without which Clarify takes no types', got: types, remedy: 'leave it out',
    }],
    ...checkTogether('featureTypes', 'textLanguage', explainer),
    ...headers !== undefined && !Token.isUnresolved(headers) && headers.length !== types.length ? [{
      property, rule: `must have one for each of the ${headers.length} \`${at('featureHeaders')}\``, got: types.length,
    }] : [],
  ];
}

function checkTogether(property: keyof ClarifyExplainer, needed: keyof ClarifyExplainer, explainer: ClarifyExplainer): Violation[] {
  return explainer[property] !== undefined && explainer[needed] === undefined
    ? [{ property: at(property), rule: `needs \`${at(needed)}\`` }]
    : [];
}

function checkPayload(size: Size | undefined): Violation[] {
  const mebibytes = size === undefined || size.isUnresolved() ? undefined : size.toBytes() / 2 ** 20;
  return checkInteger(at('maxPayload'), mebibytes, { min: 1, max: 25 }).map((violation) => ({ ...violation, rule: `${violation.rule} MiB` }));
}
