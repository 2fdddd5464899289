import { CfnParameter, Fn, Token } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CaptureMode, checkDataCapture, type DataCapture, dataCaptureStatements, renderDataCapture } from '../../src/endpoint/data-capture';
import { configProperties, sentences, statementsIn } from '../support/endpoint-config';
import { newStack } from '../support/synthesis';

const stack = newStack();
const bucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketArn: 'arn:aws:s3:::captured' });

test('minimal capture is of all requests and answers, with what TensorFlow speaks as readable text', () => {
  const own = newStack();
  expect(checkDataCapture({ bucket }, stack)).toEqual([]);
  expect(configProperties(own, { dataCaptureConfig: renderDataCapture({ bucket }) }).DataCaptureConfig).toEqual({
    EnableCapture: true,
    DestinationS3Uri: 's3://captured/data-capture',
    InitialSamplingPercentage: 100,
    CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
    CaptureContentTypeHeader: {
      JsonContentTypes: ['application/json', 'application/jsonlines', 'application/jsons'],
      CsvContentTypes: ['text/csv'],
    },
  });
  expect(statementsIn(stack, dataCaptureStatements({ bucket }))).toEqual([
    { Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: 'arn:aws:s3:::captured/data-capture/*' },
  ]);
});

test('maximal capture has all that was given', () => {
  const own = newStack();
  const key = new Key(own, 'Key');
  const capture: DataCapture = {
    bucket: new Bucket(own, 'Captured', { encryption: BucketEncryption.KMS }),
    prefix: 'monitor/data/',
    samplingPercentage: 20,
    captureModes: [CaptureMode.INPUT_AND_OUTPUT],
    jsonContentTypes: ['application/json', 'application/vnd.api'],
    csvContentTypes: ['text/csv', 'text/plain'],
    encryptionKey: key,
  };
  const logical = (id: string) => expect.stringMatching(new RegExp(`^${id}[0-9A-F]{8}$`));
  expect(checkDataCapture(capture, own)).toEqual([]);
  expect(configProperties(own, { dataCaptureConfig: renderDataCapture(capture) }).DataCaptureConfig).toEqual({
    EnableCapture: true,
    DestinationS3Uri: { 'Fn::Join': ['', ['s3://', { Ref: logical('Captured') }, '/monitor/data']] },
    KmsKeyId: { 'Fn::GetAtt': [logical('Key'), 'Arn'] },
    InitialSamplingPercentage: 20,
    CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
    CaptureContentTypeHeader: { JsonContentTypes: ['application/json', 'application/vnd.api'], CsvContentTypes: ['text/csv', 'text/plain'] },
  });
  expect(statementsIn(own, dataCaptureStatements(capture))).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [logical('Captured'), 'Arn'] }, '/monitor/data/*']] },
    },
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: [{ 'Fn::GetAtt': [logical('Key'), 'Arn'] }, { 'Fn::GetAtt': [logical('CapturedKey'), 'Arn'] }],
    },
  ]);
});

test('without a key, that of the bucket encrypts what is captured', () => {
  const encrypted = new Bucket(stack, 'Encrypted', { encryption: BucketEncryption.KMS });
  expect(renderDataCapture({ bucket: encrypted })).toMatchObject({ kmsKeyId: encrypted.encryptionKey!.keyArn });
});

test('0 of 100 requests are none, and the whole bucket has no prefix', () => {
  expect(renderDataCapture({ bucket, samplingPercentage: 0, prefix: '' })).toMatchObject({ initialSamplingPercentage: 0, destinationS3Uri: 's3://captured' });
});

const types = (count: number) => Array.from({ length: count }, (_, index) => `application/json-${index}`);
const longest = `application/${'j'.repeat(256 - 'application/'.length)}`;

test.each<Partial<DataCapture>>([
  { samplingPercentage: 0 }, { samplingPercentage: 100 }, { samplingPercentage: Token.asNumber({ Ref: 'Percentage' }) },
  { captureModes: [CaptureMode.OUTPUT] }, { captureModes: [CaptureMode.OUTPUT, CaptureMode.INPUT] },
  { jsonContentTypes: types(1) }, { jsonContentTypes: types(10) }, { jsonContentTypes: [longest] },
  { csvContentTypes: types(1) }, { csvContentTypes: types(10) },
  { csvContentTypes: [new CfnParameter(stack, 'Type').valueAsString] },
  { csvContentTypes: Fn.split(',', new CfnParameter(stack, 'Types').valueAsString) },
])('%p is right', (given) => {
  expect(checkDataCapture({ bucket, ...given }, stack)).toEqual([]);
});

const TYPE_RULE = 'must be a content type without parameters, such as application/json, of at most 256 characters';

test.each<[Partial<DataCapture>, string[]]>([
  [{ samplingPercentage: -1 }, ['`dataCapture.samplingPercentage` must be a whole number from 0 to 100, got: -1']],
  [{ samplingPercentage: 101 }, ['`dataCapture.samplingPercentage` must be a whole number from 0 to 100, got: 101']],
  [{ samplingPercentage: 0.5 }, ['`dataCapture.samplingPercentage` must be a whole number from 0 to 100, got: 0.5']],
  [{ captureModes: [] }, ['`dataCapture.captureModes` must not be empty; leave it out, or leave out `dataCapture` to capture nothing']],
  [{ captureModes: [CaptureMode.INPUT, CaptureMode.INPUT] }, ['`dataCapture.captureModes` must name each only once, got: ["Input","Input"]']],
  [{ captureModes: [CaptureMode.INPUT_AND_OUTPUT, CaptureMode.INPUT] },
    ['`dataCapture.captureModes` must have nothing beside InputAndOutput, which is all, got: ["InputAndOutput","Input"]']],
  [{ jsonContentTypes: [] }, ['`dataCapture.jsonContentTypes` must have 1 to 10 entries, got: 0']],
  [{ csvContentTypes: types(11) }, ['`dataCapture.csvContentTypes` must have 1 to 10 entries, got: 11']],
  [{ jsonContentTypes: ['application/json', 'application/json; charset=utf-8', ''] }, [
    `\`dataCapture.jsonContentTypes[1]\` ${TYPE_RULE}, got: "application/json; charset=utf-8"`,
    `\`dataCapture.jsonContentTypes[2]\` ${TYPE_RULE}, got: ""`,
  ]],
  [{ csvContentTypes: [`${longest}j`] }, [`\`dataCapture.csvContentTypes[0]\` ${TYPE_RULE}, got: "${longest.slice(0, 199)}...`]],
  [{ prefix: '/data' }, ['`dataCapture.prefix` must not begin with a slash, got: "/data"; remove it']],
])('%p is wrong', (given, messages) => {
  expect(sentences(checkDataCapture({ bucket, ...given }, stack))).toEqual(messages);
});

test('the bucket and the key must be in the region of the endpoint', () => {
  expect(sentences(checkDataCapture({
    bucket: Bucket.fromBucketAttributes(stack, 'Abroad', { bucketName: 'abroad', region: 'eu-west-1' }),
    encryptionKey: Key.fromKeyArn(stack, 'KeyAbroad', 'arn:aws:kms:eu-west-1:123456789012:key/abroad'),
  }, stack))).toEqual([
    '`dataCapture.bucket` must be in us-east-1, the region of the endpoint, got: "eu-west-1"',
    '`dataCapture.encryptionKey` must be in us-east-1, the region of the endpoint, got: "eu-west-1"',
  ]);
});
