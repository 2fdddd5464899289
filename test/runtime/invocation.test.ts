import { checkOptions, checkRetryOptions, invocation } from '../../src/runtime/invocation';

const NAME_RULE = 'must be 1 to 63 letters, digits and hyphens, with no hyphen at either end';
const ATTRIBUTES_RULE = 'must be 1 to 1024 printable ASCII characters, the first no space, '
  + 'without `tfs-method`, `tfs-model-name` and `tfs-model-version`';
const MODEL_NAME_RULE = 'must start with a letter or digit and have only those, `.`, `_` and `-`, at most 255';
const TIMEOUT_RULE = 'must be a positive whole number of milliseconds, at most 999999999';
const PRINTABLE_RULE = 'must be 1 to 1024 printable ASCII characters, the first no space';

test('without options the type is JSON exactly, and nothing else is sent', () => {
  expect(invocation('my-endpoint', 'predict', {}, {})).toEqual({
    parameters: { EndpointName: 'my-endpoint', ContentType: 'application/json', Accept: 'application/json' },
    maxPayloadBytes: 6291456,
    limits: { endpointName: 'my-endpoint', isStateless: true },
  });
});

test('all options are sent', () => {
  const { signal } = new AbortController();
  expect(invocation('my-endpoint', 'classify', {}, {
    modelName: 'half_plus_three',
    modelVersion: '00000123',
    targetVariant: 'blue',
    targetModel: 'a/model.tar.gz',
    targetContainerHostname: 'second',
    inferenceComponent: 'component-1',
    inferenceId: 'id 1',
    customAttributes: 'trace-id=1',
    maxPayloadBytes: 4194304,
    timeout: 5000,
    attemptTimeout: 1000,
    isStateless: false,
    signal,
  })).toEqual({
    parameters: {
      EndpointName: 'my-endpoint',
      ContentType: 'application/json',
      Accept: 'application/json',
      CustomAttributes: 'trace-id=1,tfs-method=classify,tfs-model-name=half_plus_three,tfs-model-version=00000123',
      TargetVariant: 'blue',
      TargetModel: 'a/model.tar.gz',
      TargetContainerHostname: 'second',
      InferenceComponentName: 'component-1',
      InferenceId: 'id 1',
    },
    maxPayloadBytes: 4194304,
    limits: { endpointName: 'my-endpoint', timeout: 5000, attemptTimeout: 1000, isStateless: false, signal },
  });
});

test.each([
  ['predict', {}, undefined],
  ['predict', { modelName: 'm' }, 'tfs-model-name=m'],
  ['predict', { modelName: 'm', modelVersion: 2 }, 'tfs-model-name=m,tfs-model-version=2'],
  ['predict', { modelVersion: 0 }, 'tfs-model-version=0'],
  ['classify', {}, 'tfs-method=classify'],
  ['regress', { modelName: 'm', modelVersion: '2' }, 'tfs-method=regress,tfs-model-name=m,tfs-model-version=2'],
] as const)('%s with %j has the custom attributes %s', (method, options, attributes) => {
  expect(invocation('my-endpoint', method, {}, options).parameters.CustomAttributes).toBe(attributes);
});

test('a call\'s options win over those of the client, and custom attributes are joined', () => {
  const defaults = {
    modelName: 'm',
    modelVersion: 1,
    targetVariant: 'blue',
    targetModel: 'a',
    targetContainerHostname: 'b',
    inferenceComponent: 'c',
    customAttributes: 'a=1',
    maxPayloadBytes: 5,
    timeout: 1,
    attemptTimeout: 2,
    isStateless: false,
  };
  expect(invocation('my-endpoint', 'predict', defaults, {}).parameters).toMatchObject({
    CustomAttributes: 'a=1,tfs-model-name=m,tfs-model-version=1',
    TargetVariant: 'blue',
    TargetModel: 'a',
    TargetContainerHostname: 'b',
    InferenceComponentName: 'c',
  });
  expect(invocation('my-endpoint', 'predict', defaults, {}).limits).toMatchObject({ timeout: 1, attemptTimeout: 2, isStateless: false });
  expect(invocation('my-endpoint', 'predict', defaults, { timeout: 3, attemptTimeout: 4, isStateless: true }).limits)
    .toMatchObject({ timeout: 3, attemptTimeout: 4, isStateless: true });
  const { parameters, maxPayloadBytes } = invocation('my-endpoint', 'predict', defaults, {
    modelName: 'n', modelVersion: 2, targetVariant: 'green', targetModel: 'b', customAttributes: 'b=2', maxPayloadBytes: 6,
  });
  expect(parameters).toMatchObject({ CustomAttributes: 'a=1,b=2,tfs-model-name=n,tfs-model-version=2', TargetVariant: 'green', TargetModel: 'b' });
  expect(maxPayloadBytes).toBe(6);
  expect(invocation('my-endpoint', 'predict', defaults, { modelName: undefined, maxPayloadBytes: undefined })).toMatchObject({
    parameters: { CustomAttributes: 'a=1,tfs-model-name=m,tfs-model-version=1' }, maxPayloadBytes: 5,
  });
});

test.each<[string, unknown]>([
  ['endpointName', 'a'],
  ['endpointName', 'a-b--c9'],
  ['endpointName', 'x'.repeat(63)],
  ['modelName', 'x'.repeat(255)],
  ['modelName', '0._-'],
  ['modelVersion', '00000123'],
  ['modelVersion', 1612345678],
  ['targetVariant', 'x'.repeat(63)],
  ['targetModel', 'x'.repeat(1024)],
  ['targetModel', 'a b/~!.tar.gz'],
  ['customAttributes', '!'.repeat(1024)],
  ['customAttributes', 'trace-id=1, other'],
  ['inferenceId', 'x'.repeat(64)],
  ['maxPayloadBytes', 1],
  ['maxPayloadBytes', 26214400],
  ['targetContainerHostname', 'x'.repeat(63)],
  ['inferenceComponent', 'x'.repeat(63)],
  ['timeout', 1],
  ['timeout', 999999999],
  ['attemptTimeout', 1],
  ['attemptTimeout', 999999999],
  ['concurrency', 1],
  ['maxInstancesPerRequest', 1],
])('`%s` may be %j', (property, value) => {
  expect(checkOptions({ [property]: value })).toEqual([]);
});

test.each<[string, unknown, string, string?]>([
  ['endpointName', '', NAME_RULE],
  ['endpointName', 'my_endpoint', NAME_RULE],
  ['endpointName', '-a', NAME_RULE],
  ['endpointName', 'a-', NAME_RULE],
  ['endpointName', 'a\n', NAME_RULE],
  ['endpointName', 'x'.repeat(64), NAME_RULE],
  ['endpointName', null, NAME_RULE],
  ['modelName', '', MODEL_NAME_RULE],
  ['modelName', 'x'.repeat(256), MODEL_NAME_RULE, `"${'x'.repeat(199)}...`],
  ['modelName', '../x', MODEL_NAME_RULE],
  ['modelName', 'a=b', MODEL_NAME_RULE],
  ['modelName', ' a', MODEL_NAME_RULE],
  ['modelVersion', '', 'must be digits'],
  ['modelVersion', 'v1', 'must be digits'],
  ['modelVersion', -1, 'must be digits', '-1'],
  ['modelVersion', 1.5, 'must be digits', '1.5'],
  ['modelVersion', 1e21, 'must be digits', '1e+21'],
  ['targetVariant', 'x'.repeat(64), NAME_RULE],
  ['targetVariant', 'a b', NAME_RULE],
  ['targetModel', '', PRINTABLE_RULE],
  ['targetModel', ' a', PRINTABLE_RULE],
  ['targetModel', 'x'.repeat(1025), PRINTABLE_RULE, `"${'x'.repeat(199)}...`],
  ['customAttributes', '', ATTRIBUTES_RULE],
  ['customAttributes', 'a=é', ATTRIBUTES_RULE],
  ['customAttributes', 'a=1\r\nx: y', ATTRIBUTES_RULE],
  ['customAttributes', 'x'.repeat(1025), ATTRIBUTES_RULE, `"${'x'.repeat(199)}...`],
  ['customAttributes', { a: 1 }, ATTRIBUTES_RULE, '[object Object]'],
  ['customAttributes', 'a=1,tfs-method=classify', ATTRIBUTES_RULE],
  ['customAttributes', 'xtfs-model-name=m', ATTRIBUTES_RULE],
  ['customAttributes', 'tfs-model-version=1', ATTRIBUTES_RULE],
  ['inferenceId', '', 'must be 1 to 64 printable ASCII characters, the first no space'],
  ['inferenceId', 'x'.repeat(65), 'must be 1 to 64 printable ASCII characters, the first no space'],
  ['maxPayloadBytes', 0, 'must be a whole number of at least 1', '0'],
  ['maxPayloadBytes', 1.5, 'must be a whole number of at least 1', '1.5'],
  ['maxPayloadBytes', Infinity, 'must be a whole number of at least 1', 'Infinity'],
  ['maxPayloadBytes', NaN, 'must be a whole number of at least 1', 'NaN'],
  ['targetContainerHostname', 'x'.repeat(64), NAME_RULE],
  ['inferenceComponent', 'a_b', NAME_RULE],
  ['timeout', 0, TIMEOUT_RULE],
  ['timeout', 1000000000, TIMEOUT_RULE],
  ['attemptTimeout', 0, TIMEOUT_RULE],
  ['attemptTimeout', 1.5, TIMEOUT_RULE],
  ['concurrency', 0, 'must be a whole number of at least 1'],
  ['maxInstancesPerRequest', 0, 'must be a whole number of at least 1'],
])('`%s` may not be %j', (property, value, rule, got = JSON.stringify(value)) => {
  expect(checkOptions({ [property]: value })).toEqual([{ property, rule, got }]);
});

test('all that is wrong with a call is said at once', () => {
  expect(() => invocation('my-endpoint', 'predict', {}, { modelName: '/', modelVersion: 'x', inferenceId: '' })).toThrow(new Error([
    '[my-endpoint] 3 values are invalid:',
    '  - `modelName` must start with a letter or digit and have only those, `.`, `_` and `-`, at most 255, got: "/"',
    '  - `modelVersion` must be digits, got: "x"',
    '  - `inferenceId` must be 1 to 64 printable ASCII characters, the first no space, got: ""',
  ].join('\n')));
});

test('custom attributes may have 1024 characters together and no more', () => {
  const attributes = (length: number) => () => invocation('my-endpoint', 'regress', { customAttributes: 'a=1' }, { customAttributes: 'x'.repeat(length) });
  // a=1, two commas and tfs-method=regress take 23
  expect(attributes(1001)().parameters.CustomAttributes).toHaveLength(1024);
  expect(attributes(1002)).toThrow(new Error(
    '[my-endpoint] `customAttributes` must have at most 1024 characters together with the client\'s own, got: 1025'));
});

test('how to retry has limits too', () => {
  expect(checkRetryOptions()).toEqual([]);
  expect(checkRetryOptions({ maxAttempts: 1, baseDelay: 0, maxDelay: 0, budget: 0 })).toEqual([]);
  expect(checkRetryOptions({ maxAttempts: 100, baseDelay: 999999999, maxDelay: 999999999, budget: 1000 })).toEqual([]);
  const delay = 'must be a whole number of milliseconds, at most 999999999';
  expect(checkRetryOptions({ maxAttempts: 0, baseDelay: -1, maxDelay: 1000000000, budget: 0.5 })).toEqual([
    { property: 'retry.maxAttempts', rule: 'must be a whole number of at least 1', got: '0' },
    { property: 'retry.baseDelay', rule: delay, got: '-1' },
    { property: 'retry.maxDelay', rule: delay, got: '1000000000' },
    { property: 'retry.budget', rule: 'must be a whole number', got: '0.5' },
  ]);
});
