import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { InstanceType, ModelArtifact, ModelFromArtifact, type ModelFromArtifactProps, TensorFlowImage, TensorFlowVersion } from '../../src';
import type { ModelUse } from '../../src/model/placeable-model';
import { newStack, validTemplate } from '../support/synthesis';

const GPU = { instanceType: InstanceType.of('ml.g5.xlarge') };
const SERVERLESS: ModelUse = { serverless: true };

function modelIn(stack: Stack, props: Partial<ModelFromArtifactProps> = {}): ModelFromArtifact {
  return new ModelFromArtifact(stack, 'Model', {
    artifact: ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'model.tar.gz'),
    version: props.image === undefined ? TensorFlowVersion.V2_19 : undefined,
    ...props,
  });
}

function asynchronous(timeout: Duration, hardware: ModelUse = {}): ModelUse {
  return { asyncInvocationTimeout: timeout, ...hardware };
}

/** The SageMaker models for the uses, by their ids without the hash. */
function made(uses: ModelUse[], props: Partial<ModelFromArtifactProps> = {}): { [id: string]: any } {
  const stack = newStack();
  const model = modelIn(stack, props);
  uses.forEach((use) => model._modelNameFor(stack, use));
  return Object.fromEntries(Object.entries(validTemplate(stack).findResources('AWS::SageMaker::Model'))
    .map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), Properties]));
}

function environmentFor(use: ModelUse, props: Partial<ModelFromArtifactProps> = {}): unknown {
  const [properties, ...others] = Object.values(made([use], props));
  expect(others).toEqual([]);
  return properties.PrimaryContainer.Environment;
}

describe('serverless inference', () => {
  test('has a model of its own, without the isolation that nobody asked for', () => {
    const models = made([{}, SERVERLESS]);
    expect(Object.keys(models)).toEqual(['Model', 'ModelServerlessResource']);
    expect(models.Model).toMatchObject({ EnableNetworkIsolation: true });
    expect(models.ModelServerlessResource).toEqual({ ...models.Model, EnableNetworkIsolation: false });
  });

  test('shares the model that is not isolated anyway', () => {
    expect(made([{}, SERVERLESS], { networkIsolation: false })).toEqual({ Model: expect.objectContaining({ EnableNetworkIsolation: false }) });
  });

  test('keeps the isolation that was asked for, which is its user\'s to find fault with', () => {
    expect(made([SERVERLESS], { networkIsolation: true })).toEqual({ Model: expect.objectContaining({ EnableNetworkIsolation: true }) });
  });

  test('shares the rights', () => {
    const stack = newStack();
    const model = modelIn(stack);
    [{}, SERVERLESS].forEach((use) => model._modelNameFor(stack, use));
    const template = validTemplate(stack);
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    expect(policies).toEqual([expect.stringMatching(/^ModelRights/)]);
    expect(Object.values(template.findResources('AWS::SageMaker::Model')).map(({ DependsOn }) => DependsOn)).toEqual([policies, policies]);
  });

  test('makes no other model', () => {
    const stack = newStack();
    const model = modelIn(stack);
    const name = model._modelNameFor(stack, SERVERLESS);
    expect(stack.resolve(model.modelName)).toEqual(stack.resolve(name));
    validTemplate(stack).resourceCountIs('AWS::SageMaker::Model', 1);
  });
});

describe('asynchronous inference', () => {
  test('has a model of its own, whose container waits as long as a request may take', () => {
    const models = made([{}, asynchronous(Duration.minutes(15))]);
    expect(Object.keys(models)).toEqual(['Model', 'ModelAsync900Resource']);
    expect(models.Model.PrimaryContainer.Environment).toBeUndefined();
    expect(models.ModelAsync900Resource).toEqual({
      ...models.Model,
      PrimaryContainer: {
        ...models.Model.PrimaryContainer,
        Environment: { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '900', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '900' },
      },
    });
  });

  test('has a model for each image and each time', () => {
    const models = made([
      asynchronous(Duration.minutes(15)), asynchronous(Duration.seconds(900), GPU), asynchronous(Duration.hours(1)),
      asynchronous(Duration.minutes(60)), GPU, asynchronous(Duration.minutes(15)),
    ]);
    expect(Object.keys(models).sort()).toEqual(['ModelAsync3600Resource', 'ModelAsync900GpuResource', 'ModelAsync900Resource', 'ModelGpuResource']);
  });

  test.each([
    [30, undefined],
    [31, { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '31' }],
    [60, { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '60' }],
    [61, { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '61', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '61', SAGEMAKER_TFS_WAIT_TIME_SECONDS: '61' }],
  ])('that takes %d seconds changes only what waits for less', (seconds, environment) => {
    expect(environmentFor(asynchronous(Duration.seconds(seconds)), { version: TensorFlowVersion.V2_20 })).toEqual(environment);
  });

  test('shares the plain model where that waits long enough', () => {
    expect(Object.keys(made([{}, asynchronous(Duration.seconds(30))]))).toEqual(['Model']);
  });

  test.each<[string, Partial<ModelFromArtifactProps>, object]>([
    ['the time for a request', { invocationTimeout: Duration.minutes(5) }, {
      SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '300', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '300', SAGEMAKER_TFS_WAIT_TIME_SECONDS: '300',
    }],
    ['a short time for a request', { invocationTimeout: Duration.seconds(45) }, {
      SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '45', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '45',
    }],
    ['the time for loading', { modelLoadTimeout: Duration.minutes(2) }, {
      SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '900', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '900', SAGEMAKER_TFS_WAIT_TIME_SECONDS: '120',
    }],
    ['a variable', { environment: { SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '200' } }, {
      SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '200', SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '900', SAGEMAKER_TFS_WAIT_TIME_SECONDS: '900',
    }],
  ])('leaves %s that was given alone', (_, props, environment) => {
    expect(environmentFor(asynchronous(Duration.minutes(15)), { version: TensorFlowVersion.V2_20, ...props })).toEqual(environment);
  });

  test('shares the model whose user said how long a request takes', () => {
    expect(Object.keys(made([{}, asynchronous(Duration.hours(1))], { invocationTimeout: Duration.minutes(5) }))).toEqual(['Model']);
  });

  test.each<[string, Partial<ModelFromArtifactProps>, boolean]>([
    ['2.19', { version: TensorFlowVersion.V2_19 }, false],
    ['2.20', { version: TensorFlowVersion.V2_20 }, true],
    ['2.21, whose models 2.20 serves', { version: TensorFlowVersion.V2_21 }, true],
    ['an image of one\'s own', { image: TensorFlowImage.fromUri('123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:7') }, false],
  ])('waits for TensorFlow Serving of %s', (_, props, waits) => {
    const environment = environmentFor(asynchronous(Duration.minutes(2)), props);
    expect(environment).toEqual({
      SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: '120',
      SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: '120',
      ...waits ? { SAGEMAKER_TFS_WAIT_TIME_SECONDS: '120' } : {},
    });
  });

  test('takes a time that is only known when the stack is deployed', () => {
    const stack = newStack();
    const parameters = ['One', 'Two'].map((id) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber);
    const model = modelIn(stack);
    const names = [...parameters, ...parameters].map((seconds) => model._modelNameFor(stack, asynchronous(Duration.seconds(seconds))));
    const environments = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model')).map(({ Properties }) => Properties.PrimaryContainer.Environment);
    expect(environments).toEqual(['One', 'Two'].map((id) => ({
      SAGEMAKER_GUNICORN_TIMEOUT_SECONDS: { Ref: id }, SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS: { Ref: id },
    })));
    expect(names.map((name) => stack.resolve(name)['Fn::GetAtt'][0])).toEqual(Array(4).fill(expect.stringMatching(/^ModelAsync[0-9a-f]{8}Resource/)));
  });

  test('cannot have more variables than a container takes', () => {
    const environment = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`V${i}`, 'x']));
    expect(Object.keys(made([{}], { environment }))).toEqual(['Model']);
    expect(() => made([asynchronous(Duration.minutes(15))], { environment })).toThrow('[Stack/Model] `environment` must have at most 100 entries, got: 101');
  });
});

describe('what is known of a model before it is made', () => {
  test('of the simplest one', () => {
    expect(modelIn(newStack())._facts).toEqual({
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

  test('of one with everything', () => {
    const stack = newStack();
    const [modelLoadTimeout, invocationTimeout] = [Duration.minutes(2), Duration.minutes(1)];
    expect(modelIn(stack, {
      artifact: ModelArtifact.fromBucketPrefix(Bucket.fromBucketName(stack, 'Files', 'models'), 'm/'),
      vpc: new Vpc(stack, 'Vpc'),
      image: TensorFlowImage.fromPrivateRegistry('registry.example.com/team/serving:7'),
      networkIsolation: true,
      modelLoadTimeout,
      invocationTimeout,
    })._facts).toEqual({
      isMultiModel: false,
      isPipeline: false,
      isUncompressed: true,
      isInVpc: true,
      networkIsolation: 'required',
      hasPrivateImage: true,
      hasInferenceCode: undefined,
      loadTimeout: modelLoadTimeout,
      invocationTimeout,
    });
  });

  test.each([[undefined, 'default'], [true, 'required'], [false, 'off']])('network isolation given as %s is %s', (networkIsolation, expected) => {
    expect(modelIn(newStack(), { networkIsolation })._facts.networkIsolation).toBe(expected);
  });
});
