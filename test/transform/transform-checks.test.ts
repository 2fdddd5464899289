import { Aws, CfnParameter, Duration, Lazy, Size, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { bucketIn, errorsOf, modelIn, modelWith, type Props, warningsOf } from './transform-support';
import { InstanceType, TensorFlowImage } from '../../src';
import { TransformAmiVersion } from '../../src/transform/transform-ami-version';
import { TransformInput } from '../../src/transform/transform-input';
import { TransformOutput } from '../../src/transform/transform-output';
import { TransformRun } from '../../src/transform/transform-run';
import { agnosticStack } from '../support/synthesis';

const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1';

const number = () => Lazy.number({ produce: () => 1 });
const text = () => Lazy.string({ produce: () => 'known-later' });

describe('limits', () => {
  test.each<[string, Props, string[]]>([
    ...([1, 100] as const).map((instanceCount): [string, Props, string[]] => [`${instanceCount} instances`, { instanceCount }, []]),
    ...([0, 101, 1.5]).map((instanceCount): [string, Props, string[]] => [`${instanceCount} instances`, { instanceCount }, [
      `\`instanceCount\` must be a whole number from 1 to 100, got: ${instanceCount}`,
    ]]),
    ['1 request at a time', { maxConcurrentTransforms: 1 }, []],
    ['16 requests of 6 MiB', { maxConcurrentTransforms: 16 }, []],
    ['17 requests of 6 MiB', { maxConcurrentTransforms: 17 }, [
      '`maxConcurrentTransforms` must be at most 16 with a `maxPayload` of 6 MiB: together they are at most 100 MiB, got: 17; '
      + 'give a smaller `maxPayload`, or fewer',
    ]],
    ['100 requests of 1 MiB', { maxConcurrentTransforms: 100, maxPayload: Size.mebibytes(1) }, []],
    ['100 streams', { maxConcurrentTransforms: 100, maxPayload: Size.mebibytes(0) }, []],
    ['4 requests of 25 MiB', { maxConcurrentTransforms: 4, maxPayload: Size.mebibytes(25) }, []],
    ['5 requests of 25 MiB', { maxConcurrentTransforms: 5, maxPayload: Size.mebibytes(25) }, [
      '`maxConcurrentTransforms` must be at most 4 with a `maxPayload` of 25 MiB: together they are at most 100 MiB, got: 5; '
      + 'give a smaller `maxPayload`, or fewer',
    ]],
    ...([0, 101, 2.5]).map((maxConcurrentTransforms): [string, Props, string[]] => [`${maxConcurrentTransforms} requests`, { maxConcurrentTransforms }, [
      `\`maxConcurrentTransforms\` must be a whole number from 1 to 100, got: ${maxConcurrentTransforms}`,
    ]]),
    ['100 MiB', { maxPayload: Size.mebibytes(100) }, []],
    ['101 MiB', { maxPayload: Size.mebibytes(101) }, ['`maxPayload` must be a whole number from 0 to 100 MiB, got: 101']],
    ['half a MiB', { maxPayload: Size.kibibytes(512) }, ['`maxPayload` must be a whole number from 0 to 100 MiB, got: 0.5']],
    ['1 second', { invocationTimeout: Duration.seconds(1) }, []],
    ['an hour', { invocationTimeout: Duration.hours(1) }, []],
    ['no time', { invocationTimeout: Duration.seconds(0) }, ['`invocationTimeout` must be a whole number from 1 to 3600 seconds, got: 0']],
    ['more than an hour', { invocationTimeout: Duration.seconds(3601) }, ['`invocationTimeout` must be a whole number from 1 to 3600 seconds, got: 3601']],
    ...([0, 3]).map((invocationRetries): [string, Props, string[]] => [`${invocationRetries} retries`, { invocationRetries }, []]),
    ...([-1, 4]).map((invocationRetries): [string, Props, string[]] => [`${invocationRetries} retries`, { invocationRetries }, [
      `\`invocationRetries\` must be a whole number from 0 to 3, got: ${invocationRetries}`,
    ]]),
    ...([0, 20]).map((capacityRetries): [string, Props, string[]] => [`${capacityRetries} other jobs`, { capacityRetries }, []]),
    ...([-1, 21]).map((capacityRetries): [string, Props, string[]] => [`${capacityRetries} other jobs`, { capacityRetries }, [
      `\`capacityRetries\` must be a whole number from 0 to 20, got: ${capacityRetries}`,
    ]]),
    ['as many other jobs as is known later', { capacityRetries: number() }, ['`capacityRetries` must be known at synthesis']],
    ['16 variables', { environment: variables(16) }, []],
    ['17 variables', { environment: variables(17) }, ['`environment` must have at most 16 variables, got: 17; give the others to the model']],
    ['the longest variable', { environment: { ['V'.repeat(1024)]: 'x'.repeat(10_240) } }, []],
    ['a longer value', { environment: { V: 'x'.repeat(10_241) } }, ['`environment.V` must have at most 10240 characters, got: 10241']],
    ['a variable that begins with a digit', { environment: { '1A': '' } }, [
      '`environment` must have names of at most 1024 letters, digits and underscores, the first no digit, got: "1A"',
    ]],
    ['the longest names of an experiment', {
      experiment: { experimentName: 'e'.repeat(120), trialName: 'a-1', displayName: 'a--b', runName: 'r' },
    }, []],
    ...(['experimentName', 'trialName', 'displayName', 'runName'] as const).flatMap((name) => ['', '-a', 'a-', 'a_b', 'a'.repeat(121)]
      .map((value): [string, Props, string[]] => [`the ${name} "${value}"`, { experiment: { [name]: value } }, [
        `\`experiment.${name}\` must be 1 to 120 letters, digits and hyphens, the first and the last no hyphen, got: "${value}"`,
      ]])),
    ['tokens', {
      instanceCount: number(),
      maxConcurrentTransforms: number(),
      maxPayload: Size.mebibytes(number()),
      invocationTimeout: Duration.seconds(number()),
      invocationRetries: number(),
      environment: { V: text() },
      experiment: { experimentName: text() },
      instanceType: InstanceType.of(text()),
    }, []],
  ])('%s', (_what, props, errors) => {
    // which of AWS's images a type needs is not known of a token
    const ofOwnImage = (stack: Stack) => modelIn(stack, { version: undefined, image: TensorFlowImage.fromUri(IMAGE) });
    expect(errorsOf((stack) => ({ ...props, model: ofOwnImage(stack) }))).toEqual(errors);
  });

  test('of an environment that is a token are left to SageMaker', () => {
    expect(errorsOf({ environment: Lazy.any({ produce: () => ({}) }) as any })).toEqual([]);
  });

  test('are told of together', () => {
    expect(errorsOf({ instanceCount: 0, maxPayload: Size.mebibytes(101), invocationRetries: 4 })).toEqual([
      '`instanceCount` must be a whole number from 1 to 100, got: 0',
      '`maxPayload` must be a whole number from 0 to 100 MiB, got: 101',
      '`invocationRetries` must be a whole number from 0 to 3, got: 4',
    ]);
  });
});

describe('instances', () => {
  test.each([
    ['ml.c7g.xlarge', 'Graviton', 'ml.c7i.xlarge'], ['ml.m6g.large', 'Graviton', 'ml.m7i.large'], ['ml.g5g.xlarge', 'Graviton', 'ml.g5.xlarge'],
    ['ml.inf1.xlarge', 'Inferentia 1', 'ml.g5.xlarge or ml.c7i.xlarge'],
  ])('of type %s are refused', (name, what, instead) => {
    expect(errorsOf({ instanceType: InstanceType.of(name) }))
      .toEqual([`\`instanceType\` must be no ${what} instance: SageMaker does not transform on these, got: "${name}"; use ${instead}`]);
  });

  test.each(['ml.c5.large', 'ml.m5.8xlarge', 'ml.t2.medium', 'ml.p4d.24xlarge', 'ml.c8i.xlarge'])('of type %s are not known', (name) => {
    expect(warningsOf({ instanceType: InstanceType.of(name) })).toEqual([
      `SageMaker is not known to transform on ${name}; see the list at https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html`
      + ' [ack: cdk-tensorflow-serving:instanceNotKnownToTransform]',
    ]);
  });

  test.each(['ml.c5.xlarge', 'ml.m5.large', 'ml.g4dn.xlarge', 'ml.r7i.48xlarge', 'ml.p3.16xlarge'])('of type %s are known', (name) => {
    expect(warningsOf({ instanceType: InstanceType.of(name) })).toEqual([]);
  });

  test('with storage of their own take no key', () => {
    expect(errorsOf((stack) => ({ instanceType: InstanceType.G5_XLARGE, volumeEncryptionKey: new Key(stack, 'Key') }))).toEqual([
      '`volumeEncryptionKey` cannot be given for instances with storage of their own, which encrypts itself, got: "ml.g5.xlarge"; '
      + 'leave it out, or use instances without storage, such as ml.m5.xlarge or ml.p3.2xlarge',
    ]);
    expect(errorsOf((stack) => ({ volumeEncryptionKey: new Key(stack, 'Key') }))).toEqual([]);
  });

  test('take keys of their region', () => {
    const key = (stack: Stack) => Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1234');
    expect(errorsOf((stack) => ({ volumeEncryptionKey: key(stack) })))
      .toEqual(['`volumeEncryptionKey` must be in us-east-1, the region of the transform job, got: "eu-west-1"']);
  });

  test('without GPUs have no machine image to choose', () => {
    const amiVersion = TransformAmiVersion.AL2_GPU_535;
    expect(errorsOf({ amiVersion })).toEqual([
      '`amiVersion` is for instances with GPUs, got: "ml.c5.xlarge"; leave it out, or use instances such as ml.g4dn.xlarge',
    ]);
    expect(errorsOf({ amiVersion, instanceType: InstanceType.G4DN_XLARGE })).toEqual([]);
  });
});

describe('a model', () => {
  test('must not be many', () => {
    expect(errorsOf((stack) => ({ model: modelWith(stack, { isMultiModel: true }) }))).toEqual([
      '`model` must not be a MultiModel: a transform job has no way to say which of the models is asked; give one of its models',
    ]);
  });

  test('must be packed', () => {
    expect(errorsOf((stack) => ({ model: modelWith(stack, { isUncompressed: true }) }))).toEqual([
      '`model` must be in an archive: SageMaker transforms with no model whose files are not packed; use a model.tar.gz',
    ]);
  });
});

test('a topic must be a standard one', () => {
  expect(errorsOf((stack) => ({ topic: new Topic(stack, 'Topic', { fifo: true }) }))).toEqual([
    '`topic` must be a standard topic, which takes messages in any order; give a topic that is not FIFO',
  ]);
});

describe('places in S3', () => {
  const input = (stack: Stack, prefix: string) => TransformInput.fromBucket(bucketIn(stack, 'data'), prefix);
  const output = (stack: Stack, prefix: string) => TransformOutput.toBucket(bucketIn(stack, 'data'), prefix);
  const below = (property: string, prefix: string, got: string) => [
    `\`${property}\` must not be below the prefix of the input, "${prefix}", in the same bucket: the next run would score it, got: "${got}"; `
    + 'give another prefix, or another bucket',
  ];

  test.each([
    ['incoming/', 'incoming/scores'], ['incoming/', 'incoming'], ['incoming/', 'incoming/'], ['', 'scores'], ['in', 'incoming/scores'], ['', ''],
  ])('results of "%s" must not be in "%s"', (from, to) => {
    expect(errorsOf((stack) => ({ input: input(stack, from), output: output(stack, to) }))).toEqual(below('output.prefix', from, to));
  });

  test.each([
    ['incoming/', 'scores'], ['incoming/1/', 'incoming/2'], ['incoming/', 'incoming-scores'], ['incoming/', ''], ['incoming/a', 'incoming'],
  ])('results of "%s" may be in "%s"', (from, to) => {
    expect(errorsOf((stack) => ({ input: input(stack, from), output: output(stack, to) }))).toEqual([]);
  });

  test('results may be anywhere in another bucket, or where the prefix is known later', () => {
    expect(errorsOf((stack) => ({ input: input(stack, ''), output: TransformOutput.toBucket(bucketIn(stack, 'results'), '') }))).toEqual([]);
    expect(errorsOf((stack) => ({ input: input(stack, text()), output: output(stack, 'a') }))).toEqual([]);
    expect(errorsOf((stack) => ({ input: input(stack, 'a'), output: output(stack, text()) }))).toEqual([]);
  });

  test('results may be beside what a manifest lists', () => {
    expect(errorsOf((stack) => ({ input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'm'), output: output(stack, 'a') }))).toEqual([]);
  });

  test('results of a bucket that is made with them must not be among the input', () => {
    expect(errorsOf((stack) => {
      const bucket = new Bucket(stack, 'Own');
      return { input: TransformInput.fromBucket(bucket, 'a/'), output: TransformOutput.toBucket(bucket, 'a/b') };
    })).toEqual(below('output.prefix', 'a/', 'a/b'));
  });

  test('captured data must not be among the input', () => {
    expect(errorsOf((stack) => ({ input: input(stack, 'data'), dataCapture: { bucket: bucketIn(stack, 'data') } })))
      .toEqual(below('dataCapture.prefix', 'data', 'data-capture'));
  });

  test.each<[string, (stack: Stack) => Props, string]>([
    ['an input', (stack) => ({ input: input(stack, '/a') }), '`input.prefix` must not begin with a slash, got: "/a"; remove it'],
    ['an input', (stack) => ({ input: input(stack, 'a/*') }), '`input.prefix` must have no * and no ?, which stand for other keys in a policy, got: "a/*"'],
    ['an output', (stack) => ({ output: output(stack, 's3://data/a') }),
      '`output.prefix` must be without the scheme and the bucket, got: "s3://data/a"; give what follows the bucket\'s name'],
    ['captured data', (stack) => ({ dataCapture: { bucket: bucketIn(stack, 'data'), prefix: '/a' } }),
      '`dataCapture.prefix` must not begin with a slash, got: "/a"; remove it'],
    ['a manifest', (stack) => ({ input: TransformInput.fromManifest(bucketIn(stack, 'data'), '/m') }),
      '`input.key` must not begin with a slash, got: "/m"; remove it'],
    ['a manifest', (stack) => ({ input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'm/') }),
      '`input.key` must be the key of a manifest, not a prefix, got: "m/"; give a prefix to TransformInput.fromBucket'],
    ['a manifest', (stack) => ({ input: TransformInput.fromManifest(bucketIn(stack, 'data'), '') }),
      '`input.key` must be the key of a manifest, not a prefix, got: ""; give a prefix to TransformInput.fromBucket'],
    ['what a manifest lists', (stack) => ({ input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'm', { dataPrefix: '/a' }) }),
      '`input.dataPrefix` must not begin with a slash, got: "/a"; remove it'],
    ...(['input', 'dataBucket', 'output', 'dataCapture'] as const).map((place): [string, (stack: Stack) => Props, string] => [place, (stack) => {
      const bucket = bucketIn(stack, 'far', { region: 'eu-west-1' });
      return {
        input: { input: TransformInput.fromBucket(bucket, 'a') },
        dataBucket: { input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'm', { dataBucket: bucket }) },
        output: { output: TransformOutput.toBucket(bucket, 'a') },
        dataCapture: { dataCapture: { bucket } },
      }[place];
    }, `\`${place === 'dataBucket' ? 'input.dataBucket' : `${place}.bucket`}\` must be in us-east-1, the region of the transform job, got: "eu-west-1"`]),
    ['a key', (stack) => ({
      output: TransformOutput.toBucket(bucketIn(stack, 'results'), 'a', {
        encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1234'),
      }),
    }), '`output.encryptionKey` must be in us-east-1, the region of the transform job, got: "eu-west-1"'],
  ])('faults of %s', (_what, props, error) => {
    expect(errorsOf(props)).toEqual([error]);
  });

  const address = (length: number) => 'x'.repeat(length - 's3://data/'.length);

  test.each([[1024, []], [1025, ['`input.prefix` must make an address (s3://BUCKET/KEY) of at most 1024 characters, but makes one of 1025']]])(
    'an input of %d characters', (length, errors) => {
      expect(errorsOf((stack) => ({ input: input(stack, address(length)) })).map(withoutValue)).toEqual(errors);
    });

  test.each([[960, []], [961, ['`output.prefix` must make an address (s3://BUCKET/KEY) of at most 960 characters, but makes one of 961']]])(
    'an output of %d characters, to which a slash and the name of a job are added', (length, errors) => {
      expect(errorsOf((stack) => ({ output: output(stack, address(length)) })).map(withoutValue)).toEqual(errors);
    });

  test.each([
    [() => TransformInput.fromBucket({} as any, undefined as any), '[TransformInput.fromBucket] `prefix` must be a text, not undefined'],
    [() => TransformInput.fromManifest({} as any, undefined as any), '[TransformInput.fromManifest] `key` must be a text, not undefined'],
    [() => TransformOutput.toBucket({} as any, undefined as any), '[TransformOutput.toBucket] `prefix` must be a text, not undefined'],
    [() => TransformRun.onMarker(undefined as any), '[TransformRun.onMarker] `marker` must be a text, not undefined'],
    [() => TransformRun.onManifest(undefined as any), '[TransformRun.onManifest] `suffix` must be a text, not undefined'],
  ])('that are missing are told of: %#', (factory, message) => {
    expect(factory).toThrow(new Error(message));
  });
});

describe('a run on arrival', () => {
  const marker = (name: string, dataPrefix?: string) => ({ run: TransformRun.onMarker(name, { dataPrefix }) });

  test.each<[string, Props | ((stack: Stack) => Props), string[]]>([
    ['a marker', marker('_SUCCESS'), []],
    ['no marker', marker(''), ['`run.marker` must be the name of an object, without a folder, and not be empty, got: ""']],
    ['a marker in a folder', marker('a/_SUCCESS'), ['`run.marker` must be the name of an object, without a folder, and not be empty, got: "a/_SUCCESS"']],
    ['a marker that would be scored', marker('part-done'), [
      '`run.dataPrefix` must not begin the name of the marker, "part-done": SageMaker scores all objects whose keys begin alike, and so the marker too, '
      + 'got: "part-"; give what the names of the data begin with, such as part-, or a folder beside the marker, such as data/',
    ]],
    ['everything beside a marker', marker('_SUCCESS', ''), [
      '`run.dataPrefix` must not begin the name of the marker, "_SUCCESS": SageMaker scores all objects whose keys begin alike, and so the marker too, '
      + 'got: ""; give what the names of the data begin with, such as part-, or a folder beside the marker, such as data/',
    ]],
    ['a folder beside a marker', marker('_SUCCESS', 'data/'), []],
    ['a prefix with a slash', marker('_SUCCESS', '/data'), ['`run.dataPrefix` must begin with no slash, and have no * and no ?, got: "/data"']],
    ['a prefix with a star', marker('_SUCCESS', 'part-*'), ['`run.dataPrefix` must begin with no slash, and have no * and no ?, got: "part-*"']],
    ['tokens of a marker', marker(text(), text()), []],
    ['a manifest', { run: TransformRun.onManifest('.manifest') }, []],
    ['no suffix', { run: TransformRun.onManifest('') }, ['`run.suffix` must be what the keys of manifests end with, and not be empty, got: ""']],
    ['a token of a manifest', { run: TransformRun.onManifest(text(), { dataPrefix: text() }) }, []],
    ['a manifest of data in another region', (stack) => ({
      run: TransformRun.onManifest('.manifest', { dataBucket: bucketIn(stack, 'far', { region: 'eu-west-1' }) }),
    }), ['`run.dataBucket` must be in us-east-1, the region of the transform job, got: "eu-west-1"']],
    ['a manifest of data with a slash', { run: TransformRun.onManifest('.manifest', { dataPrefix: '/a' }) }, [
      '`run.dataPrefix` must not begin with a slash, got: "/a"; remove it',
    ]],
    ['a marker with a manifest', (stack) => ({ ...marker('_SUCCESS'), input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'm') }), [
      '`input` must be a prefix for a run on arrival: what markers arrive under; use TransformInput.fromBucket',
    ]],
    ['manifests with a manifest', (stack) => ({
      run: TransformRun.onManifest('.manifest'), input: TransformInput.fromManifest(bucketIn(stack, 'data'), 'm'),
    }), ['`input` must be a prefix for a run on arrival: what manifests arrive under; use TransformInput.fromBucket']],
    ['a bucket of another account', (stack) => ({
      ...marker('_SUCCESS'), input: TransformInput.fromBucket(bucketIn(stack, 'theirs', { account: '210987654321' }), 'a/'),
    }), ['`input.bucket` must be in 123456789012, the account of the transform job, for a run on arrival: S3 tells its own account only, '
      + 'got: "210987654321"; use TransformRun.onSchedule']],
  ])('%s', (_what, props, errors) => {
    expect(errorsOf(props)).toEqual(errors);
  });

  test('in an account that is known later may be right', () => {
    expect(errorsOf((stack) => ({
      ...marker('_SUCCESS'), input: TransformInput.fromBucket(bucketIn(stack, 'theirs', { account: '210987654321' }), 'a/'),
    }), agnosticStack())).toEqual([]);
  });

  test.each<[string, (stack: Stack) => string]>([
    ['a parameter', (stack) => new CfnParameter(stack, 'Prefix').valueAsString], ['a pseudo parameter', () => `${Aws.REGION}/`],
  ])('takes a prefix that is %s', (_what, prefix) => {
    expect(errorsOf((stack) => ({ ...marker('_SUCCESS'), input: TransformInput.fromBucket(bucketIn(stack, 'data'), prefix(stack)) }))).toEqual([]);
  });

  test('of a bucket that was imported is told what it takes', () => {
    expect(warningsOf(marker('_SUCCESS'))).toEqual([
      'The bucket of the input was imported, so that it cannot be seen whether it sends events to Amazon EventBridge; without these nothing runs. '
      + 'Give it `eventBridgeEnabled: true` where it is made, or turn them on in its properties, under event notifications'
      + ' [ack: cdk-tensorflow-serving:bucketEventsNotKnown]',
    ]);
  });
});

function variables(count: number): { [name: string]: string } {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, String(index)]));
}

function withoutValue(message: string): string {
  return message.replace(/, got: "x+\.{0,3}"?.*$/, '');
}
