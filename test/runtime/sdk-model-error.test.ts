import { ModelError as SdkModelError, ModelNotReadyException } from '@aws-sdk/client-sagemaker-runtime';
import { ModelError } from '../../src/runtime/errors';
import { withModelMessage } from '../../src/runtime/sdk-model-error';

const metadata = { $metadata: { httpStatusCode: 424 } };
const SENTENCE = 'Received client error (400) from primary with message "{ "error": "bad "thing"" }". See https://eu-west-1.console.aws.amazon.com/cloudwatch/home in account 111122223333 for more information.';

test('the container\'s message is taken out of the SDK\'s error, which is the cause', () => {
  const cause = new SdkModelError({
    ...metadata, message: SENTENCE, OriginalStatusCode: 400, OriginalMessage: '{"error": "bad"}', LogStreamArn: 'arn:aws:logs:::x',
  });
  const error = withModelMessage(cause, 'my-endpoint', undefined);
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({
    message: '[my-endpoint] the model answered an error with status 400: bad',
    endpointName: 'my-endpoint',
    originalStatusCode: 400,
    originalMessage: '{"error": "bad"}',
    modelMessage: 'bad',
    logStreamArn: 'arn:aws:logs:::x',
  });
  expect((error as ModelError).variant).toBeUndefined();
  expect((error as ModelError).cause).toBe(cause);
});

test('the variant is the one that answered, or else the one that was asked for', () => {
  const cause = new SdkModelError({ ...metadata, message: '', OriginalStatusCode: 500, OriginalMessage: 'x' });
  expect(withModelMessage(cause, 'my-endpoint', 'blue')).toMatchObject({
    variant: 'blue', message: '[my-endpoint/blue] the model answered an error with status 500: x',
  });
  Object.assign(cause, { $response: { headers: { 'x-amzn-invoked-production-variant': 'green' } } });
  expect(withModelMessage(cause, 'my-endpoint', 'blue')).toMatchObject({ variant: 'green' });
});

test('an empty body is an empty message', () => {
  const cause = new SdkModelError({ ...metadata, message: SENTENCE, OriginalStatusCode: 400, OriginalMessage: '' });
  expect(withModelMessage(cause, 'my-endpoint', undefined)).toMatchObject({
    message: '[my-endpoint] the model answered an error with status 400 and an empty body', originalMessage: '', modelMessage: '',
  });
});

test.each([
  [SENTENCE, 400, '{ "error": "bad "thing"" }', 'bad'],
  ['Received server error (502) from primary with message "<html><head><title>502 Bad Gateway</title></head></html>". See https://x', 502,
    '<html><head><title>502 Bad Gateway</title></head></html>', '502 Bad Gateway'],
  ['Received client error (415) from primary with message "". See https://x', 415, '', ''],
])('status and message come from SageMaker\'s sentence where they are nowhere else: %s', (sentence, originalStatusCode, originalMessage, message) => {
  expect(withModelMessage(new SdkModelError({ ...metadata, message: sentence }), 'my-endpoint', undefined))
    .toMatchObject({ originalStatusCode, originalMessage, modelMessage: message });
});

test('a sentence of another form is the message itself', () => {
  expect(withModelMessage(new SdkModelError({ ...metadata, message: 'The model is unwell' }), 'my-endpoint', undefined)).toMatchObject({
    message: '[my-endpoint] the model answered an error: The model is unwell', originalStatusCode: undefined, originalMessage: 'The model is unwell',
  });
});

test('any other error is as it was', () => {
  const errors = [new ModelNotReadyException({ ...metadata, message: 'wait' }), new TypeError('x'), 'text', undefined];
  expect(errors.map((error) => withModelMessage(error, 'my-endpoint', 'blue'))).toEqual(errors);
  expect(withModelMessage(errors[0], 'my-endpoint', 'blue')).toBe(errors[0]);
});
