import { InvalidRequestError } from '../../src/runtime';
import { readNotification } from '../../src/runtime/async-notification';

const COMPLETED = {
  awsRegion: 'us-east-1',
  eventTime: '2022-01-25T22:46:00.608Z',
  receivedTime: '2022-01-25T22:46:00.455Z',
  invocationStatus: 'Completed',
  requestParameters: { contentType: 'application/json', endpointName: 'my-endpoint', inputLocation: 's3://my-bucket/input/1.json' },
  responseParameters: { contentType: 'application/json', outputLocation: 's3://my-bucket/output/1.out' },
  inferenceId: '11111111-2222-3333-4444-555555555555',
  eventVersion: '1.0',
  eventSource: 'aws:sagemaker',
  eventName: 'InferenceResult',
};

const READ = {
  inferenceId: '11111111-2222-3333-4444-555555555555',
  invocationStatus: 'Completed',
  endpointName: 'my-endpoint',
  inputLocation: 's3://my-bucket/input/1.json',
  outputLocation: 's3://my-bucket/output/1.out',
  failureLocation: undefined,
  failureReason: undefined,
  body: undefined,
};

const text = JSON.stringify(COMPLETED);
const envelope = { Type: 'Notification', MessageId: '1', TopicArn: 'arn:aws:sns:us-east-1:111122223333:done', Message: text };

test.each<[string, unknown]>([
  ['text', text],
  ['an object', COMPLETED],
  ['an SNS message', envelope],
  ['the text of an SNS message', JSON.stringify(envelope)],
  ['a record of an event that SNS sends to Lambda', { EventSource: 'aws:sns', Sns: envelope }],
  ['an event that SNS sends to Lambda', { Records: [{ EventSource: 'aws:sns', Sns: envelope }] }],
  ['a record of an event that SQS sends to Lambda', { messageId: '1', body: JSON.stringify(envelope) }],
  ['an event that SQS sends to Lambda, raw', { Records: [{ messageId: '1', body: text }] }],
  ['an event that SQS sends to Lambda', { Records: [{ messageId: '1', body: JSON.stringify(envelope) }] }],
])('%s is read', (_, message) => {
  expect(readNotification(message)).toEqual(READ);
});

test.each<[string, object]>([
  ['in the response parameters', { responseParameters: { failureLocation: 's3://my-bucket/failure/1.out' } }],
  ['beside them', { failureLocation: 's3://my-bucket/failure/1.out' }],
])('a failure is read, with its location %s', (_, location) => {
  expect(readNotification({ inferenceId: '1', invocationStatus: 'Failed', failureReason: 'Internal server error', ...location })).toEqual({
    inferenceId: '1', invocationStatus: 'Failed', failureReason: 'Internal server error', failureLocation: 's3://my-bucket/failure/1.out',
  });
});

test.each<[string, unknown, string | undefined]>([
  ['in base64, as it says', { content: 'eyJvdXRwdXRzIjogMX0=', encoding: 'BASE64' }, '{"outputs": 1}'],
  ['in base64, as it looks', { content: 'eyJvdXRwdXRzIjogMX0=' }, '{"outputs": 1}'],
  ['as text, as it says', { content: '[1]', encoding: 'UTF-8' }, '[1]'],
  ['as text, as it looks', { content: '\n{"outputs": 1}' }, '\n{"outputs": 1}'],
  ['by itself', '{"outputs": "é"}', '{"outputs": "é"}'],
  ['in damaged base64', { content: '%', encoding: 'base64' }, undefined],
  ['in an unknown form', { bytes: [1] }, undefined],
  ['in no form', 5, undefined],
])('a body %s is read', (_, responseBody, expected) => {
  const { body } = readNotification({ ...COMPLETED, responseBody });
  expect(body !== undefined ? new TextDecoder().decode(body) : undefined).toBe(expected);
});

test.each<[unknown, string]>([
  ['Successfully validated SNS topic', 'must be JSON, got: "Successfully validated SNS topic"'],
  [{ ...envelope, Message: 'This is a test' }, 'must be JSON, got: "This is a test"'],
  ['5', 'must be a notification of SageMaker\'s, got: "5"'],
  [undefined, 'must be a notification of SageMaker\'s, got: undefined'],
  [[COMPLETED], 'must be a notification of SageMaker\'s, got: [object Array]'],
  [{ body: { body: { body: { body: {} } } } }, 'must be a notification of SageMaker\'s, got: [object Object]'],
  [{ Records: [{ body: text }, { body: text }] }, 'must have one record, got: 2; give them one by one'],
  [{ Records: [] }, 'must have one record, got: 0; give them one by one'],
  [{}, 'must be about a request to an asynchronous endpoint, and has no `inferenceId` or no `invocationStatus`, got: [object Object]'],
  [{ ...COMPLETED, inferenceId: undefined },
    'must be about a request to an asynchronous endpoint, and has no `inferenceId` or no `invocationStatus`, got: [object Object]'],
  [{ ...COMPLETED, invocationStatus: 1 },
    'must be about a request to an asynchronous endpoint, and has no `inferenceId` or no `invocationStatus`, got: [object Object]'],
])('%j is none', (message, problem) => {
  const read = () => readNotification(message);
  expect(read).toThrow(InvalidRequestError);
  expect(read).toThrow(new Error(`[TensorFlowServingClient] \`message\` ${problem}`));
});
