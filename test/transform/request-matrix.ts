import { Duration, Lazy, Size, type Stack, Tags } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { bucketIn, type Props } from './transform-support';
import { InstanceType, ModelFromArtifact } from '../../src';
import { TransformAmiVersion } from '../../src/transform/transform-ami-version';
import { TransformFormat } from '../../src/transform/transform-format';
import { TransformAssembly, TransformBatchStrategy, TransformSplitType } from '../../src/transform/transform-format-options';
import { TransformCompression, TransformInput } from '../../src/transform/transform-input';
import { JoinSource } from '../../src/transform/transform-join-source';
import { TransformOutput } from '../../src/transform/transform-output';
import { TransformRun } from '../../src/transform/transform-run';

const { MULTI_RECORD, SINGLE_RECORD } = TransformBatchStrategy;

/** Configurations of batch transforms, each for a stack of its own: what they have beside what every one has. */
export const MATRIX: { readonly [name: string]: (stack: Stack) => Props } = {
  'minimal': () => ({}),
  'lines of JSON': () => ({ format: TransformFormat.jsonLines() }),
  'lines of JSON together': () => ({ format: TransformFormat.jsonLines({ batchStrategy: MULTI_RECORD }) }),
  'CSV': () => ({ format: TransformFormat.csv() }),
  'lines of CSV one by one': () => ({ format: TransformFormat.csv({ batchStrategy: SINGLE_RECORD }) }),
  'documents': () => ({ format: TransformFormat.json() }),
  'documents in many lines': () => ({ format: TransformFormat.json({ accept: '*/*' }) }),
  ...Object.fromEntries([TransformSplitType.TF_RECORD, TransformSplitType.RECORD_IO].map((splitType) => [splitType, () => ({
    format: TransformFormat.of({
      contentType: 'application/x-records', splitType, batchStrategy: MULTI_RECORD, accept: 'text/csv', assembleWith: TransformAssembly.LINE,
    }),
  })])),
  'only a content type': () => ({ format: TransformFormat.of({ contentType: 'image/png' }) }),
  'an imported model': (stack) => ({ model: ModelFromArtifact.fromModelName(stack, 'Imported', 'model-1') }),
  'compressed objects': (stack) => ({ input: TransformInput.fromBucket(bucketIn(stack, 'data'), 'in/', { compression: TransformCompression.GZIP }) }),
  'objects that are not compressed': (stack) => ({
    input: TransformInput.fromBucket(bucketIn(stack, 'data'), '', { compression: TransformCompression.NONE }),
    output: TransformOutput.toBucket(bucketIn(stack, 'results'), ''),
  }),
  'a manifest': (stack) => ({
    input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'today.manifest', {
      dataBucket: bucketIn(stack, 'others'), dataPrefix: 'a/', compression: TransformCompression.GZIP,
    }),
  }),
  'markers': () => ({ run: TransformRun.onMarker('_SUCCESS') }),
  'manifests': () => ({ run: TransformRun.onManifest('.manifest') }),
  'the longest addresses': (stack) => ({
    input: TransformInput.fromBucket(bucketIn(stack, 'data'), `${'i'.repeat(1023 - 's3://data/'.length)}/`),
    output: TransformOutput.toBucket(bucketIn(stack, 'results'), 'o'.repeat(960 - 's3://results/'.length)),
  }),
  'keys': (stack) => ({
    output: TransformOutput.toBucket(bucketIn(stack, 'results'), 'scores/', { encryptionKey: new Key(stack, 'OutputKey') }),
    volumeEncryptionKey: new Key(stack, 'VolumeKey'),
    dataCapture: { bucket: bucketIn(stack, 'captured'), encryptionKey: new Key(stack, 'CaptureKey') },
  }),
  'the key of a bucket': (stack) => ({
    output: TransformOutput.toBucket(new Bucket(stack, 'Encrypted', { encryptionKey: new Key(stack, 'Key') }), 'scores'),
  }),
  'everything': (stack) => ({
    format: TransformFormat.jsonLines(),
    instanceType: InstanceType.G4DN_XLARGE,
    instanceCount: 100,
    maxConcurrentTransforms: 100,
    maxPayload: Size.mebibytes(1),
    inputFilter: '$.features',
    outputFilter: "$['id','SageMakerOutput']",
    joinSource: JoinSource.INPUT,
    environment: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`V_${index}`, 'x'.repeat(10_240)])),
    invocationTimeout: Duration.hours(1),
    invocationRetries: 0,
    amiVersion: TransformAmiVersion.AL2_GPU_535,
    dataCapture: { bucket: bucketIn(stack, 'captured'), prefix: '', generateInferenceId: true },
    experiment: { experimentName: 'e', trialName: 't', displayName: 'd', runName: 'r' },
  }),
  'another machine image': () => ({ instanceType: InstanceType.G4DN_XLARGE, amiVersion: TransformAmiVersion.AL2_GPU_470 }),
  'a machine image of the future': () => ({ instanceType: InstanceType.G4DN_XLARGE, amiVersion: TransformAmiVersion.of('al2023-ami-1') }),
  'nothing joined': () => ({ joinSource: JoinSource.NONE, dataCapture: undefined }),
  'one retry': () => ({ invocationRetries: 3 }),
  'a stream': () => ({ maxPayload: Size.mebibytes(0), maxConcurrentTransforms: 1 }),
  'the largest request': () => ({ maxPayload: Size.mebibytes(100) }),
  'the shortest time': () => ({ invocationTimeout: Duration.seconds(1) }),
  'tags': (stack) => {
    Tags.of(stack).add('team', 'vision');
    return {};
  },
  'as many tags as there may be': (stack) => {
    Array.from({ length: 50 }, (_, index) => Tags.of(stack).add(`${index}-${'k'.repeat(120)}`, 'ü'.repeat(256)));
    return {};
  },
  'what only the deployment knows': () => ({
    instanceCount: Lazy.number({ produce: () => 2 }), invocationTimeout: Duration.seconds(Lazy.number({ produce: () => 60 })),
  }),
};
