import * as path from 'node:path';
import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  InferenceCode, InferenceExecutionMode, InferencePipeline, type InferencePipelineProps, InstanceType, ModelArtifact, MultiModel, PipelineContainer,
  TensorFlowImage, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../../src';
import type { ServingPipelineContainerOptions } from '../../src/model/pipeline-container';
import { temporaryDirectory } from '../support/disk';
import { MODELS, newStack, validTemplate } from '../support/synthesis';

const ENV = { account: '123456789012', region: 'us-east-1' };
const OWN = TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/prepare:7');
const PLAIN = 'data, context: None';

function artifact(): ModelArtifact {
  return ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three'));
}

function serving(options: Partial<ServingPipelineContainerOptions> = {}): PipelineContainer {
  return PipelineContainer.ofTensorFlow({ artifact: artifact(), version: TensorFlowVersion.V2_16, ...options });
}

function prepare(options: Parameters<typeof PipelineContainer.ofImage>[1] = {}): PipelineContainer {
  return PipelineContainer.ofImage(OWN, options);
}

function pipelineIn(stack: Stack, props: Partial<InferencePipelineProps> = {}): InferencePipeline {
  return new InferencePipeline(stack, 'Pipeline', { containers: [prepare(), serving()], ...props });
}

function codeOf(files: { readonly [name: string]: string }): InferenceCode {
  return InferenceCode.fromDirectory(temporaryDirectory({ 'inference.py': `handler = lambda ${PLAIN}`, ...files }));
}

function inBucket(stack: Stack, key: string): ModelArtifact {
  return ModelArtifact.fromBucket(Bucket.fromBucketName(stack, `Bucket${key}`, 'models'), key);
}

function modelOf(stack: Stack): any {
  const [model, ...others] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
  expect(others).toEqual([]);
  return model.Properties;
}

test('a minimal pipeline is one SageMaker model of its containers', () => {
  const stack = newStack();
  pipelineIn(stack);
  expect(modelOf(stack)).toEqual({
    ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^PipelineRole/), 'Arn'] },
    EnableNetworkIsolation: true,
    Containers: [
      { Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/prepare:7' },
      {
        Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.16.1-cpu',
        ModelDataUrl: expect.stringMatching(/^s3:\/\/cdk-hnb659fds-assets-123456789012-us-east-1\/[0-9a-f]{64}\.tar\.gz$/),
      },
    ],
    InferenceExecutionConfig: { Mode: 'Serial' },
  });
});

test('a maximal pipeline has all that was given', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const pipeline = pipelineIn(stack, {
    containers: [
      prepare({ containerHostname: 'prepare', artifact: ModelArtifact.fromBucketPrefix(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'p/', { revision: '3' }), environment: { A: 'x' } }),
      serving({ containerHostname: 'serve', maxBatchSize: 16, environment: { B: 'y' } }),
    ],
    inferenceExecutionMode: InferenceExecutionMode.DIRECT,
    networkIsolation: false,
    role: Role.fromRoleName(stack, 'Own', 'own'),
    vpc,
  });
  const { Containers, ...others } = modelOf(stack);
  expect(others).toEqual({
    ExecutionRoleArn: stack.resolve(pipeline.role.roleArn),
    EnableNetworkIsolation: false,
    InferenceExecutionConfig: { Mode: 'Direct' },
    VpcConfig: {
      SecurityGroupIds: [stack.resolve(pipeline.connections.securityGroups[0].securityGroupId)],
      Subnets: vpc.privateSubnets.map((subnet) => stack.resolve(subnet.subnetId)),
    },
  });
  expect(Containers).toEqual([
    {
      ContainerHostname: 'prepare',
      Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/prepare:7',
      Environment: { A: 'x', MODEL_ARTIFACT_REVISION: '3' },
      ModelDataSource: { S3DataSource: { S3Uri: 's3://models/p/', S3DataType: 'S3Prefix', CompressionType: 'None' } },
    },
    {
      ContainerHostname: 'serve',
      Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.16.1-cpu',
      Environment: { SAGEMAKER_TFS_ENABLE_BATCHING: 'true', SAGEMAKER_TFS_MAX_BATCH_SIZE: '16', B: 'y' },
      ModelDataUrl: expect.any(String),
    },
  ]);
});

test('one role has the rights for all containers', () => {
  const stack = newStack();
  pipelineIn(stack, { containers: [prepare({ artifact: inBucket(stack, 'a.tar.gz') }), serving({ artifact: inBucket(stack, 'b.tar.gz') })] });
  const policies = Object.values(validTemplate(stack).findResources('AWS::IAM::Policy'));
  expect(policies).toHaveLength(1);
  const resources = policies[0].Properties.PolicyDocument.Statement
    .filter(({ Action }: any) => /^(s3|ecr:Batch)/.test([Action].flat()[0]))
    .map(({ Resource }: any) => Resource['Fn::Join'][1].slice(2).join(''));
  expect(resources).toEqual([
    ':s3:::models/a.tar.gz', ':ecr:us-east-1:123456789012:repository/prepare',
    ':s3:::models/b.tar.gz', ':ecr:us-east-1:763104351884:repository/tensorflow-inference',
  ]);
});

test('is a model for each processor that it is put on', () => {
  const stack = newStack();
  const model = pipelineIn(stack, { containers: [serving(), prepare(), serving()] });
  for (const type of ['ml.c5.large', 'ml.g5.xlarge']) {
    new TensorFlowServingEndpoint(stack, type.slice(3, 5), { model, instanceType: InstanceType.of(type) });
  }
  const images = Object.entries(validTemplate(stack).findResources('AWS::SageMaker::Model'))
    .map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), Properties.Containers.map(({ Image }: any) => Image.split(':').pop())]);
  expect(images).toEqual([
    ['Pipeline', ['2.16.1-cpu', '7', '2.16.1-cpu']],
    ['PipelineGpuResource', ['2.16.1-gpu', '7', '2.16.1-gpu']],
  ]);
});

test('waits for asynchronous requests in the containers that are known to read how long', () => {
  const stack = newStack();
  pipelineIn(stack, { containers: [prepare({ environment: { A: 'x' } }), serving()] })._modelNameFor(stack, { asyncInvocationTimeout: Duration.minutes(15) });
  const [[id, { Properties }]] = Object.entries(validTemplate(stack).findResources('AWS::SageMaker::Model'));
  expect(id).toMatch(/^PipelineAsync900Resource/);
  expect(Properties.Containers.map(({ Environment }: any) => Environment)).toEqual([
    { A: 'x' }, { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '900', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '900' },
  ]);
});

test('may have code for several archives in buckets, in the stack of its user', () => {
  const app = new App();
  const [models, endpoints] = [new Stack(app, 'Models', { env: ENV }), new Stack(app, 'Endpoints', { env: ENV })];
  const containers = ['a.tar.gz', 'b.tar.gz'].map((key) => serving({ artifact: inBucket(models, key), code: codeOf({}) }));
  new TensorFlowServingEndpoint(endpoints, 'Endpoint', {
    model: new InferencePipeline(models, 'Pipeline', { containers }), instanceType: InstanceType.of('ml.c5.large'),
  });
  validTemplate(models).resourceCountIs('AWS::SageMaker::Model', 0);
  validTemplate(endpoints).resourceCountIs('Custom::ModelArchiveWithCode', 2);
  validTemplate(endpoints).hasResourceProperties('AWS::SageMaker::Model', { Containers: [Match.anyValue(), Match.anyValue()] });
});

describe('network isolation', () => {
  test.each<[string, { readonly [name: string]: string }, boolean]>([
    ['ends', { 'requirements.txt': 'numpy' }, false],
    ['stays', {}, true],
  ])('%s by the code of one container', (_, files, isolated) => {
    const stack = newStack();
    pipelineIn(stack, { containers: [prepare(), serving({ code: codeOf(files) })] });
    expect(modelOf(stack).EnableNetworkIsolation).toBe(isolated);
  });

  test('fails where a container could not install its packages', () => {
    expect(() => pipelineIn(newStack(), { networkIsolation: true, containers: [serving({ code: codeOf({ 'requirements.txt': 'numpy' }) }), serving()] })).toThrow(new Error(
      '[Stack/Pipeline] `networkIsolation` would keep the container from installing requirements.txt, without which it does not start, got: true; '
      + 'put the packages under lib/ instead of requirements.txt, or leave out `networkIsolation`'));
  });
});

describe('what is known of it', () => {
  const NOTHING = {
    isMultiModel: false,
    isPipeline: true,
    isUncompressed: false,
    isInVpc: false,
    networkIsolation: 'default',
    hasPrivateImage: false,
    hasInferenceCode: undefined,
    loadTimeout: undefined,
    invocationTimeout: undefined,
  };

  test('is little of the simplest one', () => {
    expect(pipelineIn(newStack())._facts).toEqual(NOTHING);
  });

  test('is what one of the containers has', () => {
    const stack = newStack();
    expect(pipelineIn(stack, {
      vpc: new Vpc(stack, 'Vpc'),
      networkIsolation: true,
      containers: [
        PipelineContainer.ofImage(TensorFlowImage.fromPrivateRegistry('registry.example.com/prepare:7'), {
          artifact: ModelArtifact.fromBucketPrefix(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'p/'),
        }),
        serving({ modelLoadTimeout: Duration.seconds(90), invocationTimeout: Duration.minutes(1), code: codeOf({}) }),
        serving({ modelLoadTimeout: Duration.minutes(2) }),
      ],
    })._facts).toEqual({
      ...NOTHING,
      isUncompressed: true,
      isInVpc: true,
      networkIsolation: 'required',
      hasPrivateImage: true,
      hasInferenceCode: true,
      loadTimeout: Duration.minutes(2),
      invocationTimeout: Duration.minutes(1),
    });
  });

  test('may be a time that is only known when the stack is deployed', () => {
    const later = Duration.seconds(Lazy.number({ produce: () => 7 }));
    const containers = [serving({ modelLoadTimeout: Duration.minutes(2) }), serving({ modelLoadTimeout: later })];
    expect(pipelineIn(newStack(), { containers })._facts.loadTimeout).toBe(later);
  });
});

describe('fails for', () => {
  test.each([0, 1, 16])('%d containers', (count) => {
    expect(() => pipelineIn(newStack(), { containers: Array(count).fill(prepare()) })).toThrow(new Error(
      `[Stack/Pipeline] \`containers\` must be 2 to 15 containers, got: ${count}`));
  });

  test.each([2, 15])('none of %d containers', (count) => {
    const stack = newStack();
    pipelineIn(stack, { containers: Array(count).fill(prepare()) });
    expect(modelOf(stack).Containers).toHaveLength(count);
  });

  test('what is wrong with each container', () => {
    expect(() => pipelineIn(newStack(), {
      containers: [
        prepare({ containerHostname: 'a_b', environment: { 1: 'x' } }),
        serving({ containerHostname: 'a'.repeat(64), version: undefined, maxBatchSize: 0 }),
      ],
    })).toThrow(new Error('[Stack/Pipeline] 5 values are invalid:\n'
      + '  - `containers[0].containerHostname` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, got: "a_b"\n'
      + '  - `containers[0].environment` must have keys of at most 1024 letters, digits and _, the first no digit, got: "1"\n'
      + `  - \`containers[1].containerHostname\` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, got: "${'a'.repeat(64)}"\n`
      + '  - `containers[1].version` or `image` is required; give the release that serves the model, such as TensorFlowVersion.V2_19\n'
      + '  - `containers[1].maxBatchSize` must be a whole number from 1 to 2147483647, got: 0'));
  });

  test('no fault with variables that another container may read in its own way', () => {
    const stack = newStack();
    pipelineIn(stack, { containers: [prepare({ environment: { OMP_NUM_THREADS: 'all' }, containerHostname: 'a'.repeat(63) }), serving({ containerHostname: 'b' })] });
    expect(modelOf(stack).Containers[0]).toMatchObject({ Environment: { OMP_NUM_THREADS: 'all' }, ContainerHostname: 'a'.repeat(63) });
  });

  test('a name that some containers lack', () => {
    expect(() => pipelineIn(newStack(), { containers: [prepare({ containerHostname: 'prepare' }), serving()] })).toThrow(new Error(
      '[Stack/Pipeline] `containers[1].containerHostname` is required, because other containers have one'));
  });

  test('names that requests need', () => {
    expect(() => pipelineIn(newStack(), { inferenceExecutionMode: InferenceExecutionMode.DIRECT })).toThrow(new Error('[Stack/Pipeline] 2 values are invalid:\n'
      + '  - `containers[0].containerHostname` is required where requests name the container that answers them\n'
      + '  - `containers[1].containerHostname` is required where requests name the container that answers them'));
  });

  test('the same name twice', () => {
    expect(() => pipelineIn(newStack(), { containers: Array(3).fill(prepare({ containerHostname: 'a' })) })).toThrow(new Error(
      '[Stack/Pipeline] `containers` must have different names, got: "a twice"'));
  });

  test('an image in a private registry without a VPC', () => {
    const image = TensorFlowImage.fromPrivateRegistry('registry.example.com/prepare:7');
    expect(() => pipelineIn(newStack(), { containers: [serving(), PipelineContainer.ofImage(image)] })).toThrow(new Error(
      '[Stack/Pipeline] `vpc` is required for an image in a private registry, which SageMaker reaches through it; give the VPC that reaches the registry'));
  });

  test('a model package', () => {
    expect(() => pipelineIn(newStack(), { containers: [prepare(), serving({ artifact: ModelArtifact.fromModelPackage('mine') })] })).toThrow(new Error(
      '[Stack/Pipeline/Container2] `artifact` must not be a model package, whose files are not to be had, got: "mine"; give it to a ModelFromArtifact'));
  });

  test('many models', () => {
    const stack = newStack();
    const many = MultiModel.fromPrefix(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'many/');
    expect(() => pipelineIn(stack, { containers: [prepare(), serving({ artifact: many })] })).toThrow(new Error(
      '[Stack/Pipeline/Container2] `artifact` must be a single model in a pipeline; give the MultiModel to a ModelFromArtifact'));
  });

  test('more variables than all containers may have together', () => {
    const environment = (prefix: string) => Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`${prefix}${i.toString().padStart(3, '0')}`, 'x'.repeat(1020)]));
    const containers = (more: string) => [prepare({ environment: environment('A') }), serving({ environment: { ...environment('B'), B000: 'x'.repeat(1020) + more } })];
    expect(() => pipelineIn(newStack(), { containers: containers('') })).not.toThrow();
    expect(() => pipelineIn(newStack(), { containers: containers('y') })).toThrow(new Error(
      '[Stack/Pipeline] `containers` must have at most 32768 characters in all keys and values of their variables, got: 32769'));
  });
});
