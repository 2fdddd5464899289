import { TransformFormat } from '../../src/transform/transform-format';
import { TransformAssembly, TransformBatchStrategy, TransformSplitType } from '../../src/transform/transform-format-options';

const LINES = { splitType: 'Line', accept: 'application/jsonlines', assembleWith: 'Line' };

test('a line of JSON is a request of its own', () => {
  expect(TransformFormat.jsonLines()._options).toEqual({ contentType: 'application/jsonlines', batchStrategy: 'SingleRecord', ...LINES });
});

test('lines of JSON can be together in requests', () => {
  expect(TransformFormat.jsonLines({ batchStrategy: TransformBatchStrategy.MULTI_RECORD })._options)
    .toEqual({ contentType: 'application/jsonlines', batchStrategy: 'MultiRecord', ...LINES });
});

test('lines of CSV are together in requests', () => {
  expect(TransformFormat.csv()._options).toEqual({ contentType: 'text/csv', batchStrategy: 'MultiRecord', ...LINES });
});

test('a line of CSV can be a request of its own', () => {
  expect(TransformFormat.csv({ batchStrategy: TransformBatchStrategy.SINGLE_RECORD })._options)
    .toEqual({ contentType: 'text/csv', batchStrategy: 'SingleRecord', ...LINES });
});

test('a document of JSON is a request', () => {
  expect(TransformFormat.json()._options)
    .toEqual({ contentType: 'application/json', splitType: 'None', accept: 'application/json', assembleWith: 'None' });
  expect(TransformFormat.json({ accept: '*/*' })._options.accept).toBe('*/*');
});

test('any other format is as it is given', () => {
  const options = {
    contentType: 'application/x-tfrecord',
    splitType: TransformSplitType.TF_RECORD,
    batchStrategy: TransformBatchStrategy.SINGLE_RECORD,
    accept: 'text/csv',
    assembleWith: TransformAssembly.LINE,
  };
  expect(TransformFormat.of(options)._options).toEqual(options);
});
