import { Lazy } from 'aws-cdk-lib';
import { errorsOf, modelWith, modelWithoutCode, type Props, warningsOf } from './transform-support';
import { TransformFormat } from '../../src/transform/transform-format';
import { TransformAssembly, TransformBatchStrategy, type TransformFormatOptions, TransformSplitType } from '../../src/transform/transform-format-options';
import { JoinSource } from '../../src/transform/transform-join-source';

const { MULTI_RECORD, SINGLE_RECORD } = TransformBatchStrategy;
const { NONE, RECORD_IO, TF_RECORD } = TransformSplitType;

const of = (format: Partial<TransformFormatOptions>, more: Props = {}): Props => ({
  format: TransformFormat.of({ ...TransformFormat.jsonLines()._options, ...format }), ...more,
});

describe('SageMaker refuses', () => {
  test.each<[string, Props, string]>([
    ['no content type', of({ contentType: '' }), '`format.contentType` must have from 1 to 256 characters, got: 0'],
    ['a long content type', of({ contentType: `a/${'x'.repeat(255)}` }), '`format.contentType` must have from 1 to 256 characters, got: 257'],
    ['a long accept', of({ accept: 'x'.repeat(257) }), '`format.accept` must have at most 256 characters, got: 257'],
    ['a strategy for objects that are not cut', of({ splitType: NONE }),
      '`format.batchStrategy` needs a `splitType` that cuts objects into records, got: "SingleRecord"; '
      + 'use TransformFormat.jsonLines() or TransformFormat.csv(), or leave it out: each object is a request'],
    ['a strategy without a way to cut', of({ splitType: undefined }),
      '`format.batchStrategy` needs a `splitType` that cuts objects into records, got: "SingleRecord"; '
      + 'use TransformFormat.jsonLines() or TransformFormat.csv(), or leave it out: each object is a request'],
    ['a path that is none', { inputFilter: 'features' }, '`inputFilter` must be a JSONPath, which begins with $, of at most 63 characters, got: "features"'],
    ['an empty path', { inputFilter: '' }, '`inputFilter` must be a JSONPath, which begins with $, of at most 63 characters, got: ""'],
    ['a long path', { outputFilter: `$.${'x'.repeat(62)}` },
      `\`outputFilter\` must be a JSONPath, which begins with $, of at most 63 characters, got: "$.${'x'.repeat(62)}"`],
    ['a filter of what it cannot read', of({ contentType: 'image/png' }, { inputFilter: '$.a' }),
      '`inputFilter` must be with a format that SageMaker can look into: application/json, application/jsonlines, text/csv, got: "image/png"; '
      + 'leave it out, or use TransformFormat.jsonLines()'],
    ['a filter of results of what it cannot read', of({ contentType: 'image/png' }, { outputFilter: '$.a' }),
      '`outputFilter` must be with a format that SageMaker can look into: application/json, application/jsonlines, text/csv, got: "image/png"; '
      + 'leave it out, or use TransformFormat.jsonLines()'],
    ['a join of lines that are not cut', { format: TransformFormat.of({ contentType: 'application/jsonlines' }), joinSource: JoinSource.INPUT },
      '`joinSource` must be with records that are lines where the format is application/jsonlines, got: "None"; use TransformSplitType.LINE'],
    ['a filter of CSV that is not cut', { format: TransformFormat.of({ contentType: 'text/csv; header=no', splitType: NONE }), inputFilter: '$[1:]' },
      '`inputFilter` must be with records that are lines where the format is text/csv, got: "None"; use TransformSplitType.LINE'],
  ])('%s', (_what, props, error) => {
    expect(errorsOf(props)).toEqual([error]);
  });

  test.each<[string, Props]>([
    ['the longest content type', of({ contentType: `a/${'x'.repeat(254)}` })],
    ['the longest accept', of({ accept: 'x'.repeat(256) })],
    ['the longest path', { inputFilter: `$.${'x'.repeat(61)}`, outputFilter: '$' }],
    ['no join', of({ contentType: 'image/png' }, { joinSource: JoinSource.NONE })],
    ['a join of documents', { format: TransformFormat.json(), joinSource: JoinSource.INPUT, inputFilter: '$.features', outputFilter: '$.id' }],
    ['tokens', of({ contentType: token(), accept: token() }, { inputFilter: token(), outputFilter: token(), joinSource: JoinSource.INPUT })],
  ])('nothing of %s', (_what, props) => {
    expect(errorsOf(props)).toEqual([]);
  });
});

describe('the container without inference code gets wrong', () => {
  const several = 'must be with one record in a request: several are answered with one document, which cannot be joined with each of them';
  const csv = 'must be with JSON: records in CSV can only be joined with answers in CSV, which the container does not give';
  const apart = 'must be Line where objects are cut into records: the documents of several requests would run together';
  const inJson = 'must be application/jsonlines or application/json: the container answers in JSON only';
  const inOneLine = 'must be application/jsonlines or application/json where answers are lines: otherwise a document is in several lines';
  const first = 'must be SingleRecord for lines of application/json: of several documents in a request, only the first is scored';
  const toJsonLines = 'use TransformFormat.jsonLines(), which has an answer for each record';
  const cut = 'use TransformAssembly.LINE, or TransformFormat.jsonLines() or TransformFormat.csv()';
  const instead = 'use TransformFormat.csv(), whose results are lines of JSON, or a model with an output handler';

  const FAULTS: [string, Props, { property: string; rule: string; got?: string; remedy: string; id: string; unless: string }][] = [
    ['other content types', of({ contentType: 'image/png' }), {
      property: 'format.contentType',
      rule: 'must be one that the container takes: application/json, application/jsonlines, application/jsons, text/csv',
      got: 'image/png',
      remedy: 'use TransformFormat.jsonLines(), TransformFormat.csv() or TransformFormat.json(), or a model with inference code',
      id: 'transformContentTypeNotTaken',
      unless: 'the inference code takes it',
    }],
    ...[TF_RECORD, RECORD_IO].map((splitType): typeof FAULTS[number] => [splitType, of({ splitType }), {
      property: 'format.splitType',
      rule: 'must be no binary format, which the container does not read',
      got: splitType,
      remedy: 'use TransformFormat.jsonLines(), or a model with inference code',
      id: 'transformBinaryRecords',
      unless: 'the inference code reads it',
    }]),
    ...['application/json', 'application/jsons', 'Application/JSON; charset=utf-8'].map((contentType): typeof FAULTS[number] => [
      `several documents of ${contentType}`, of({ contentType, batchStrategy: MULTI_RECORD }), {
        property: 'format.batchStrategy',
        rule: first,
        got: 'MultiRecord',
        remedy: 'use TransformFormat.jsonLines()',
        id: 'transformDocumentsLost',
        unless: 'the inference code takes several documents in a request',
      },
    ]),
    ['documents, of which SageMaker chooses how many', of({ contentType: 'application/json', batchStrategy: undefined }), {
      property: 'format.batchStrategy',
      rule: first,
      remedy: 'use TransformFormat.jsonLines()',
      id: 'transformDocumentsLost',
      unless: 'the inference code takes several documents in a request',
    }],
    ['answers in CSV', of({ accept: 'text/csv' }), {
      property: 'format.accept', rule: inJson, got: 'text/csv', remedy: instead, id: 'transformAnswersInJson', unless: 'the inference code answers in it',
    }],
    ['answers that run together', of({ assembleWith: TransformAssembly.NONE }), {
      property: 'format.assembleWith',
      rule: apart,
      got: 'None',
      remedy: cut,
      id: 'transformAnswersRunTogether',
      unless: 'the inference code ends its answers so that they can be told apart',
    }],
    ['answers that run together by default', of({ assembleWith: undefined }), {
      property: 'format.assembleWith',
      rule: apart,
      remedy: cut,
      id: 'transformAnswersRunTogether',
      unless: 'the inference code ends its answers so that they can be told apart',
    }],
    ...[undefined, '*/*', 'application/jsons'].map((accept): typeof FAULTS[number] => [`answers in many lines, with ${accept}`, of({ accept }), {
      property: 'format.accept',
      rule: inOneLine,
      got: accept,
      remedy: 'use application/jsonlines',
      id: 'transformAnswersInManyLines',
      unless: 'the inference code answers in one line',
    }]),
    ['joins of several records', of({ batchStrategy: MULTI_RECORD }, { joinSource: JoinSource.INPUT }), {
      property: 'joinSource',
      rule: several,
      got: 'MultiRecord',
      remedy: 'use TransformBatchStrategy.SINGLE_RECORD',
      id: 'transformJoinOfSeveralRecords',
      unless: 'the inference code answers with as many lines as there are records',
    }],
    ['joins of as many records as SageMaker chooses', of({ batchStrategy: undefined }, { joinSource: JoinSource.INPUT }), {
      property: 'joinSource',
      rule: several,
      remedy: 'use TransformBatchStrategy.SINGLE_RECORD',
      id: 'transformJoinOfSeveralRecords',
      unless: 'the inference code answers with as many lines as there are records',
    }],
    ['joins of CSV', { format: TransformFormat.csv({ batchStrategy: SINGLE_RECORD }), joinSource: JoinSource.INPUT }, {
      property: 'joinSource',
      rule: csv,
      got: 'text/csv',
      remedy: toJsonLines,
      id: 'transformJoinOfCsv',
      unless: 'the inference code answers in CSV, and `accept` is text/csv',
    }],
  ];

  test.each(FAULTS)('%s: an error where there is none', (_what, props, { property, rule, got, remedy }) => {
    const shown = got === undefined ? '' : `, got: ${JSON.stringify(got)}`;
    expect(errorsOf((stack) => ({ ...props, model: modelWithoutCode(stack) }))).toEqual([`\`${property}\` ${rule}${shown}; ${remedy}`]);
  });

  test.each(FAULTS)('%s: a warning where there may be some', (_what, props, { property, rule, remedy, id, unless }) => {
    const warning = `\`${property}\` ${rule}, unless ${unless}; ${remedy} [ack: cdk-tensorflow-serving:${id}]`;
    expect(warningsOf(props)).toEqual([warning]);
    expect(warningsOf((stack) => ({ ...props, model: modelWith(stack, { hasInferenceCode: true }) }))).toEqual([warning]);
  });

  test('joins of several lines of CSV, for two reasons', () => {
    const props = { format: TransformFormat.csv(), joinSource: JoinSource.INPUT };
    expect(errorsOf((stack) => ({ ...props, model: modelWithoutCode(stack) }))).toEqual([
      `\`joinSource\` ${several}, got: "MultiRecord"; ${toJsonLines}`,
      `\`joinSource\` ${csv}, got: "text/csv"; ${toJsonLines}`,
    ]);
  });

  test.each<[string, Props]>([
    ['lines of JSON', { format: TransformFormat.jsonLines() }],
    ['lines of JSON together', { format: TransformFormat.jsonLines({ batchStrategy: MULTI_RECORD }) }],
    ['lines of JSON with what they answer', { joinSource: JoinSource.INPUT, inputFilter: '$.features', outputFilter: "$['id','SageMakerOutput']" }],
    ['CSV', { format: TransformFormat.csv() }],
    ['lines of CSV one by one', { format: TransformFormat.csv({ batchStrategy: SINGLE_RECORD }), inputFilter: '$[1:]' }],
    ['documents', { format: TransformFormat.json() }],
    ['documents in many lines', { format: TransformFormat.json({ accept: '*/*' }) }],
    ['documents with what they answer', { format: TransformFormat.json(), joinSource: JoinSource.INPUT }],
    ['documents, one a line', of({ contentType: 'application/json', accept: 'application/json' })],
    ['whole files of lines', { format: TransformFormat.of({ contentType: 'application/jsonlines' }) }],
    ['nothing asked for', { format: TransformFormat.of({ contentType: 'text/csv', assembleWith: TransformAssembly.LINE }) }],
    ['parameters of types', of({ contentType: 'application/jsonlines; charset=utf-8', accept: 'application/jsonlines; verbose=true' })],
    ['tokens', of({ contentType: token(), accept: token() }, { joinSource: JoinSource.INPUT })],
  ])('nothing of %s', (_what, props) => {
    expect(errorsOf((stack) => ({ ...props, model: modelWithoutCode(stack) }))).toEqual([]);
    expect(warningsOf(props)).toEqual([]);
  });

});

function token(): string {
  return Lazy.string({ produce: () => 'known later' });
}
