import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import {
  InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, type ModelFromArtifactProps, type ModelPackageArtifactOptions, TensorFlowImage,
  TensorFlowVersion,
} from '../../src';
import { temporaryDirectory } from '../support/disk';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/half-plus-three/7';
const ARN_RULE = 'must be the ARN of a model package, such as arn:aws:sagemaker:us-east-1:123456789012:model-package/NAME/VERSION, or its name';
const PREFIX_RULE = 'must be what the keys of the data begin with, without *, ?, the bucket and a slash in front';
const PARTITION = { Ref: 'AWS::Partition' };

function modelOf(
  stack: Stack, arn: string, options: ModelPackageArtifactOptions = {}, props: Partial<ModelFromArtifactProps> = {},
): ModelFromArtifact {
  return new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromModelPackage(arn, options), ...props });
}

function bucketIn(stack: Stack): IBucket {
  return Bucket.fromBucketName(stack, 'Bucket', 'models');
}

/** What the role of the model may do with this service. */
function statements(stack: Stack, service: string): unknown[] {
  return Object.values(validTemplate(stack).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat()[0].startsWith(`${service}:`));
}

function containerOf(stack: Stack): unknown {
  const [{ Properties }, ...others] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
  expect(others).toEqual([]);
  return Properties.PrimaryContainer;
}

test('says itself which image serves which files', () => {
  const stack = newStack();
  modelOf(stack, ARN);
  const [model, ...others] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
  expect(others).toEqual([]);
  expect(model.Properties).toEqual({
    ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ModelRole/), 'Arn'] },
    EnableNetworkIsolation: true,
    PrimaryContainer: { ModelPackageName: ARN },
  });
});

test('has one of its inference specifications, and variables as well', () => {
  const stack = newStack();
  modelOf(stack, ARN, { inferenceSpecificationName: 'compiled' }, { defaultModelName: 'half_plus_three', environment: { MINE: 'x' } });
  expect(containerOf(stack)).toEqual({
    ModelPackageName: ARN,
    InferenceSpecificationName: 'compiled',
    Environment: { SAGEMAKER_TFS_DEFAULT_MODEL_NAME: 'half_plus_three', MINE: 'x' },
  });
});

test('is one model, whatever it is put on', () => {
  const stack = newStack();
  const model = modelOf(stack, ARN);
  const names = ['ml.c5.large', 'ml.g5.xlarge', 'ml.c6g.large'].map((type) => model._modelNameFor(stack, { instanceType: InstanceType.of(type) }));
  expect(new Set(names.map((name) => stack.resolve(name)['Fn::GetAtt'][0])).size).toBe(1);
  model._modelNameFor(stack, { asyncInvocationTimeout: Duration.minutes(15) });
  const environments = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model')).map(({ Properties }) => Properties.PrimaryContainer.Environment);
  expect(environments).toEqual([undefined, { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '900', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '900' }]);
});

test('is known to be one, and its files are not', () => {
  expect(modelOf(newStack(), ARN)._facts).toEqual({
    isMultiModel: false,
    isPipeline: false,
    isUncompressed: false,
    isInVpc: false,
    networkIsolation: 'default',
    hasPrivateImage: false,
    hasInferenceCode: undefined,
    loadTimeout: undefined,
    invocationTimeout: undefined,
  });
});

describe('its image', () => {
  test('may be one of those of AWS', () => {
    const stack = newStack();
    modelOf(stack, ARN);
    expect(statements(stack, 'ecr')).toEqual([
      {
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Effect: 'Allow',
        Resource: ['tensorflow-inference', 'tensorflow-inference-graviton'].map((name) => ({
          'Fn::Join': ['', ['arn:', PARTITION, `:ecr:us-east-1:763104351884:repository/${name}`]],
        })),
      },
      { Action: 'ecr:GetAuthorizationToken', Effect: 'Allow', Resource: '*' },
    ]);
  });

  test('may be in a repository, and then no other may be pulled', () => {
    const stack = newStack();
    const imageRepository = new Repository(stack, 'Repository');
    modelOf(stack, ARN, { imageRepository });
    expect(statements(stack, 'ecr')).toEqual([
      {
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        Effect: 'Allow',
        Resource: stack.resolve(imageRepository.repositoryArn),
      },
      { Action: 'ecr:GetAuthorizationToken', Effect: 'Allow', Resource: '*' },
    ]);
  });

  test('is in a repository that must be given where AWS is not known to have any', () => {
    const env = { account: '123456789012', region: 'xx-nowhere-1' };
    expect(() => modelOf(newStack({ env }), 'half-plus-three')).toThrow(new Error(
      '[Stack/Model] `artifact.imageRepository` is required in xx-nowhere-1, where no registry of AWS\'s images is known; '
      + 'give the repository that has the image of the package'));
    const stack = newStack({ env });
    expect(() => modelOf(stack, 'half-plus-three', { imageRepository: Repository.fromRepositoryName(stack, 'Repository', 'mine') })).not.toThrow();
  });
});

describe('its data', () => {
  const objects = (keys: string) => ({ 'Fn::Join': ['', ['arn:', PARTITION, `:s3:::models/${keys}`]] });
  const list = (keys: string) => ({
    Action: 's3:ListBucket',
    Effect: 'Allow',
    Resource: { 'Fn::Join': ['', ['arn:', PARTITION, ':s3:::models']] },
    Condition: { StringLike: { 's3:prefix': [keys] } },
  });

  test.each<[string, string | undefined, unknown[]]>([
    ['all of a bucket', undefined, [{ Action: 's3:GetObject', Effect: 'Allow', Resource: objects('*') }, list('*')]],
    ['the files below a prefix', 'models/7/', [{ Action: 's3:GetObject', Effect: 'Allow', Resource: objects('models/7/*') }, list('models/7/*')]],
    ['the files below a prefix without its slash', 'models/7', [{ Action: 's3:GetObject', Effect: 'Allow', Resource: objects('models/7/*') }, list('models/7/*')]],
    ['one archive', 'models/7/model.tar.gz', [{ Action: 's3:GetObject', Effect: 'Allow', Resource: objects('models/7/model.tar.gz') }]],
  ])('may be read: %s', (_, dataPrefix, expected) => {
    const stack = newStack();
    modelOf(stack, ARN, { dataBucket: bucketIn(stack), dataPrefix });
    expect(statements(stack, 's3')).toEqual(expected);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('may be read from a prefix that is only known when the stack is deployed', () => {
    const stack = newStack();
    modelOf(stack, ARN, { dataBucket: bucketIn(stack), dataPrefix: new CfnParameter(stack, 'Prefix').valueAsString });
    expect(statements(stack, 's3')[1]).toMatchObject({ Condition: { StringLike: { 's3:prefix': [{ 'Fn::Join': ['', [{ Ref: 'Prefix' }, '*']] }] } } });
  });

  test('may be decrypted', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    modelOf(stack, ARN, { dataBucket: new Bucket(stack, 'Bucket', { encryptionKey }) });
    expect(statements(stack, 'kms')).toEqual([{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: stack.resolve(encryptionKey.keyArn) }]);
  });

  test('may not be read from a bucket that was not given, which is warned of', () => {
    const stack = newStack();
    modelOf(stack, ARN);
    expect(statements(stack, 's3')).toEqual([]);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ id, entry }) => [id, entry.data])).toEqual([['/Stack/Model',
      'The role of the model gets no right to read the model data of its package, without which it cannot be deployed unless another policy gives it, '
      + 'or the package is from AWS Marketplace; give the `dataBucket` to ModelArtifact.fromModelPackage '
      + '[ack: cdk-tensorflow-serving:modelPackageDataNotReadable]']]);
  });
});

describe('is taken by', () => {
  test.each([
    ARN,
    'arn:aws-us-gov:sagemaker:us-east-1:123456789012:model-package/m',
    'arn:aws:sagemaker:us-east-1:123456789012:model-package/m/999999999',
    'half-plus-three',
    'm',
    'm'.repeat(63),
    'half-plus-three/7',
  ])('%s', (arn) => {
    const stack = newStack();
    modelOf(stack, arn);
    expect(containerOf(stack)).toEqual({ ModelPackageName: arn });
  });

  test('an ARN of any region where only the deployment decides which that is', () => {
    const stack = agnosticStack();
    modelOf(stack, ARN);
    expect(containerOf(stack)).toEqual({ ModelPackageName: ARN });
  });

  test('an ARN that is only known when the stack is deployed', () => {
    const stack = newStack();
    modelOf(stack, new CfnParameter(stack, 'Package').valueAsString);
    expect(containerOf(stack)).toEqual({ ModelPackageName: { Ref: 'Package' } });
  });
});

describe('fails for', () => {
  test.each([
    '', 'a_b', 'a-', '-a', 'm'.repeat(64), 'm/1234567890', 'm/', 'm/1/2', 'arn:aws:sagemaker:us-east-1:123456789012:model/m',
    'arn:aws:sagemaker:us-east-1:1234:model-package/m/1',
  ])('the ARN %j', (arn) => {
    expect(() => modelOf(newStack(), arn)).toThrow(new Error(`[Stack/Model] \`artifact.modelPackageArn\` ${ARN_RULE}, got: "${arn}"`));
  });

  test('a group of versions', () => {
    const arn = 'arn:aws:sagemaker:us-east-1:123456789012:model-package-group/m';
    expect(() => modelOf(newStack(), arn)).toThrow(new Error(
      `[Stack/Model] \`artifact.modelPackageArn\` ${ARN_RULE}, got: "${arn}"; choose one of the versions in the group`));
  });

  test('an ARN that is not set', () => {
    expect(() => ModelArtifact.fromModelPackage(process.env.CDK_TENSORFLOW_SERVING_NOT_SET!)).toThrow(
      new Error('[ModelArtifact.fromModelPackage] `modelPackageArn` must be a text, not undefined'));
  });

  test('another region', () => {
    const arn = ARN.replace('us-east-1', 'eu-west-1');
    expect(() => modelOf(newStack(), arn)).toThrow(new Error(
      `[Stack/Model] \`artifact.modelPackageArn\` must be in us-east-1, the region of the model, got: "${arn}"; register the version there too`));
  });

  test('a bucket in another region', () => {
    const stack = newStack();
    const dataBucket = Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'models', region: 'eu-west-1' });
    expect(() => modelOf(stack, ARN, { dataBucket })).toThrow(new Error(
      '[Stack/Model] `artifact.dataBucket` must be in us-east-1, the region of the model, from which alone SageMaker reads it, got: "eu-west-1"; '
      + 'copy the artifact to a bucket there'));
  });

  test('a prefix without its bucket', () => {
    expect(() => modelOf(newStack(), ARN, { dataPrefix: 'models/' })).toThrow(new Error(
      '[Stack/Model] `artifact.dataPrefix` needs the bucket that it is in; give the `dataBucket`'));
  });

  test.each(['', '/models', 's3://models/7', 'models/*', 'models/?'])('the prefix %j', (dataPrefix) => {
    const stack = newStack();
    expect(() => modelOf(stack, ARN, { dataBucket: bucketIn(stack), dataPrefix })).toThrow(new Error(
      `[Stack/Model] \`artifact.dataPrefix\` ${PREFIX_RULE}, got: "${dataPrefix}"`));
  });

  test.each(['', '-a', 'a-', 'a_b', 'a'.repeat(64), `a${'-'.repeat(62)}a`])('the inference specification %j', (inferenceSpecificationName) => {
    expect(() => modelOf(newStack(), ARN, { inferenceSpecificationName })).toThrow(new Error(
      '[Stack/Model] `artifact.inferenceSpecificationName` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, '
      + `got: "${inferenceSpecificationName}"`));
  });

  test('an image and code of one\'s own', () => {
    const remedy = 'leave it out, and give the repository of the image as `imageRepository` to ModelArtifact.fromModelPackage if AWS has none of it';
    expect(() => modelOf(newStack(), ARN, {}, {
      version: TensorFlowVersion.V2_19,
      image: TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:7'),
      code: InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': 'def handler(data, context): pass' })),
    })).toThrow(new Error('[Stack/Model] 3 values are invalid:\n'
      + `  - \`version\` cannot be given with a model package, which names its image; ${remedy}\n`
      + `  - \`image\` cannot be given with a model package, which names its image; ${remedy}\n`
      + '  - `code` cannot be added to a model package, whose files are its own; '
      + 'register a version whose archive has it under code/, or give the archive to ModelArtifact.fromBucket'));
  });

  test('wrong variables', () => {
    expect(() => modelOf(newStack(), ARN, {}, { maxBatchSize: 0 })).toThrow(new Error(
      '[Stack/Model] `maxBatchSize` must be a whole number from 1 to 2147483647, got: 0'));
  });

  test('what needs its files', () => {
    expect(() => ModelArtifact.fromModelPackage(ARN)._check(newStack(), {})).toThrow(new Error(
      `[Stack] \`artifact\` must not be a model package, whose files are not to be had, got: "${ARN}"; give it to a ModelFromArtifact`));
  });
});
