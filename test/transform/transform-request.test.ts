import { type Stack, Tags } from 'aws-cdk-lib';
import { MATRIX } from './request-matrix';
import { definitionOf, type Props, transformIn } from './transform-support';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

/** The request of each job, as a run makes it. */
function requestIn(props: (stack: Stack) => Props): any {
  const stack = newStack();
  transformIn(stack, props(stack));
  const { States } = definitionOf(validTemplate(stack));
  const { 'TransformJobName.$': name, ...request } = States.Transform.Parameters;
  expect(name).toBe('States.Format(\'{}-{}\', $.name, $.attempt.number)');
  return request;
}

const OUTPUT = { 'S3OutputPath.$': 'States.Format(\'{}/{}-{}\', $.output, $.name, $.attempt.number)' };

const inputOf = (dataType: string, more: object) => ({ DataSource: { S3DataSource: { 'S3DataType': dataType, 'S3Uri.$': '$.input' } }, ...more });

test('the least request has a format, an instance, and nothing else', () => {
  expect(requestIn(MATRIX.minimal)).toEqual({
    ModelName: expect.stringMatching(/^model/),
    TransformInput: inputOf('S3Prefix', { ContentType: 'application/jsonlines', SplitType: 'Line' }),
    TransformOutput: { Accept: 'application/jsonlines', AssembleWith: 'Line', ...OUTPUT },
    TransformResources: { InstanceType: 'ml.c5.xlarge', InstanceCount: 1 },
    BatchStrategy: 'SingleRecord',
    Tags: [],
  });
});

test('the largest request has all that it was given', () => {
  expect(requestIn(MATRIX.everything)).toEqual({
    ModelName: expect.stringMatching(/^model/),
    TransformInput: inputOf('S3Prefix', { ContentType: 'application/jsonlines', SplitType: 'Line' }),
    TransformOutput: { Accept: 'application/jsonlines', AssembleWith: 'Line', ...OUTPUT },
    TransformResources: { InstanceType: 'ml.g4dn.xlarge', InstanceCount: 100, TransformAmiVersion: 'al2-ami-sagemaker-batch-gpu-535' },
    BatchStrategy: 'SingleRecord',
    MaxConcurrentTransforms: 100,
    MaxPayloadInMB: 1,
    ModelClientConfig: { InvocationsTimeoutInSeconds: 3600, InvocationsMaxRetries: 0 },
    DataProcessing: { InputFilter: '$.features', OutputFilter: '$[\'id\',\'SageMakerOutput\']', JoinSource: 'Input' },
    Environment: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`V_${index}`, 'x'.repeat(10_240)])),
    DataCaptureConfig: { DestinationS3Uri: 's3://captured', GenerateInferenceId: true },
    ExperimentConfig: { ExperimentName: 'e', TrialName: 't', TrialComponentDisplayName: 'd', RunName: 'r' },
    Tags: [],
  });
});

test('zero is a value', () => {
  expect(requestIn(MATRIX['a stream'])).toMatchObject({ MaxPayloadInMB: 0, MaxConcurrentTransforms: 1 });
  expect(requestIn(() => ({ invocationRetries: 0 })).ModelClientConfig).toEqual({ InvocationsMaxRetries: 0 });
});

test.each([
  ['a manifest', 'ManifestFile', { CompressionType: 'Gzip' }], ['manifests', 'ManifestFile', {}], ['markers', 'S3Prefix', {}],
  ['compressed objects', 'S3Prefix', { CompressionType: 'Gzip' }], ['objects that are not compressed', 'S3Prefix', { CompressionType: 'None' }],
])('the input of %s', (name, dataType, more) => {
  expect(requestIn(MATRIX[name]).TransformInput).toEqual(inputOf(dataType, { ContentType: 'application/jsonlines', SplitType: 'Line', ...more }));
});

test('keys are those that were given, or those of buckets', () => {
  const { TransformOutput, TransformResources, DataCaptureConfig } = requestIn(MATRIX.keys);
  expect(TransformOutput.KmsKeyId).toMatch(/:OutputKey/);
  expect(TransformResources.VolumeKmsKeyId).toMatch(/:VolumeKey/);
  expect(DataCaptureConfig).toEqual({ DestinationS3Uri: 's3://captured/data-capture', KmsKeyId: expect.stringMatching(/:CaptureKey/) });
  expect(requestIn(MATRIX['the key of a bucket']).TransformOutput.KmsKeyId).toMatch(/:Key/);
});

test('the name of an imported model is that', () => {
  expect(requestIn(MATRIX['an imported model']).ModelName).toBe('model-1');
});

test('the addresses of inputs and outputs are those of buckets', () => {
  const addresses = (props: (stack: Stack) => Props) => {
    const stack = newStack();
    transformIn(stack, props(stack));
    const { input, output } = definitionOf(validTemplate(stack)).States.Begin.Parameters;
    return [input, output];
  };
  expect(addresses(MATRIX.minimal)).toEqual(['s3://data/incoming/', 's3://results/scores']);
  expect(addresses(MATRIX.keys)).toEqual(['s3://data/incoming/', 's3://results/scores']);
  expect(addresses(MATRIX['objects that are not compressed'])).toEqual(['s3://data/', 's3://results']);
  expect(addresses(MATRIX['a manifest'])).toEqual(['s3://data/today.manifest', 's3://results/scores']);
});

test('tags are those of the construct and of its stack', () => {
  const stack = newStack({ env: { account: '123456789012', region: 'us-east-1' }, tags: { team: 'stack', cost: '1' } });
  const transform = transformIn(stack);
  Tags.of(transform).add('team', 'vision');
  expect(definitionOf(validTemplate(stack)).States.Transform.Parameters.Tags).toEqual([{ Key: 'cost', Value: '1' }, { Key: 'team', Value: 'vision' }]);
});

test.each(Object.keys(MATRIX))('can be deployed anywhere: %s', (name) => {
  const stack = agnosticStack();
  transformIn(stack, MATRIX[name](stack));
  expect(Object.keys(validTemplate(stack).findResources('AWS::StepFunctions::StateMachine')).length).toBeGreaterThan(0);
});
