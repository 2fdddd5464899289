import { checkAsyncInferenceOptions, checkAsyncInvocationOptions, checkAsyncResultOptions } from '../../src/runtime/async-options';

const store = { put: jest.fn(), get: jest.fn() };

const checked = (kind: string, options: object) => {
  switch (kind) {
    case 'client':
      return checkAsyncInferenceOptions(options);
    case 'call':
      return checkAsyncInvocationOptions(options);
    default:
      return checkAsyncResultOptions(options);
  }
};

test('a client needs no options', () => {
  expect(checkAsyncInferenceOptions()).toEqual([]);
});

test.each<[string, object]>([
  ['client', { store, inputPath: 's3://b' }],
  ['client', { store, inputPath: 's3://b/' }],
  ['client', { store, inputPath: `s3://b/${'x'.repeat(973)}` }],
  ['client', { maxInlineBytes: 0 }],
  ['client', { maxInlineBytes: 128000 }],
  ['call', { inputLocation: 's3://b/k' }],
  ['call', { inputLocation: `s3://b/${'x'.repeat(1017)}` }],
  ['call', { outputPathExtension: 'a/B_9!.*\'()-' }],
  ['call', { outputPathExtension: 'x'.repeat(512) }],
  ['call', { outputFilename: 'a_-9.out' }],
  ['call', { outputFilename: 'x'.repeat(32) }],
  ['call', { requestTtlSeconds: 60 }],
  ['call', { requestTtlSeconds: 21600 }],
  ['call', { invocationTimeoutSeconds: 1 }],
  ['call', { invocationTimeoutSeconds: 3600 }],
  ['call', { invocationTimeoutSeconds: undefined }],
  ['result', { timeout: 1, minDelay: 1, maxDelay: 1 }],
  ['result', { timeout: 999999999, minDelay: 999999999, maxDelay: 999999999 }],
])('for a %s %j is good', (kind, options) => {
  expect(checked(kind, options)).toEqual([]);
});

const PATH_RULE = 'must be s3://BUCKET/PREFIX with at most 980 characters';
const LOCATION_RULE = 'must be s3://BUCKET/KEY with at most 1024 characters';
const EXTENSION_RULE = 'must be 1 to 512 letters, digits and `!_.*\'()/-`';
const FILENAME_RULE = 'must be 1 to 32 letters, digits, `-`, `_` and at most one `.`, the first a letter or digit';
const TTL_RULE = 'must be a whole number of seconds from 60 to 21600';
const TIMEOUT_RULE = 'must be a whole number of seconds from 1 to 3600';
const MILLISECONDS_RULE = 'must be a whole number of milliseconds from 1 to 999999999';

test.each<[string, string, unknown, string, string]>([
  ['client', 'inputPath', 'b/k', PATH_RULE, '"b/k"'],
  ['client', 'inputPath', 'https://b/k', PATH_RULE, '"https://b/k"'],
  ['client', 'inputPath', `s3://b/${'x'.repeat(974)}`, PATH_RULE, `"s3://b/${'x'.repeat(192)}...`],
  ['client', 'maxInlineBytes', -1, 'must be a whole number from 0 to 128000', '-1'],
  ['client', 'maxInlineBytes', 128001, 'must be a whole number from 0 to 128000', '128001'],
  ['call', 'inputLocation', 's3://b/', LOCATION_RULE, '"s3://b/"'],
  ['call', 'inputLocation', 5, LOCATION_RULE, '5'],
  ['call', 'inputLocation', `s3://b/${'x'.repeat(1018)}`, LOCATION_RULE, `"s3://b/${'x'.repeat(192)}...`],
  ['call', 'outputPathExtension', '', EXTENSION_RULE, '""'],
  ['call', 'outputPathExtension', 's3://b', EXTENSION_RULE, '"s3://b"'],
  ['call', 'outputPathExtension', 'x'.repeat(513), EXTENSION_RULE, `"${'x'.repeat(199)}...`],
  ['call', 'outputFilename', '.out', FILENAME_RULE, '".out"'],
  ['call', 'outputFilename', 'a.b.out', FILENAME_RULE, '"a.b.out"'],
  ['call', 'outputFilename', 'x'.repeat(33), FILENAME_RULE, `"${'x'.repeat(33)}"`],
  ['call', 'requestTtlSeconds', 59, TTL_RULE, '59'],
  ['call', 'requestTtlSeconds', 21601, TTL_RULE, '21601'],
  ['call', 'requestTtlSeconds', 60.5, TTL_RULE, '60.5'],
  ['call', 'requestTtlSeconds', '60', TTL_RULE, '"60"'],
  ['call', 'invocationTimeoutSeconds', 0, TIMEOUT_RULE, '0'],
  ['call', 'invocationTimeoutSeconds', 3601, TIMEOUT_RULE, '3601'],
  ['result', 'timeout', 0, MILLISECONDS_RULE, '0'],
  ['result', 'minDelay', 1e9, MILLISECONDS_RULE, '1000000000'],
  ['result', 'maxDelay', NaN, MILLISECONDS_RULE, 'NaN'],
])('for a %s `%s` may not be %j', (kind, property, value, rule, got) => {
  expect(checked(kind, { ...kind === 'client' ? { store } : {}, [property]: value }))
    .toEqual([{ property: `${kind === 'client' ? 'asyncInference.' : ''}${property}`, rule, got }]);
});

test('an input path needs a store', () => {
  expect(checkAsyncInferenceOptions({ inputPath: 's3://b/k' })).toEqual([
    { property: 'asyncInference.inputPath', rule: 'needs a `store` to put requests with' },
  ]);
});
