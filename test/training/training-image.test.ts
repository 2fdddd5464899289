import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Function as LambdaFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { errorsOf, type Options, optionsIn, parametersIn, statementsOf } from './training-support';
import { InstanceType, TensorFlowImage, TensorFlowVersion } from '../../src';
import { Distribution } from '../../src/training/distribution';
import { trainingRequest } from '../../src/training/training-request';
import { newStack, validTemplate } from '../support/synthesis';

describe('the image', () => {
  const image = (more: Options) => parametersIn(newStack(), more).AlgorithmSpecification.TrainingImage.split('/')[1];

  test.each([
    ['2.19', 'ml.m5.xlarge', 'tensorflow-training:2.19-cpu-py312'],
    ['2.19.0', 'ml.g5.xlarge', 'tensorflow-training:2.19.0-gpu-py312'],
    ['2.16.2', 'ml.p4d.24xlarge', 'tensorflow-training:2.16.2-gpu-py310'],
    ['1.12.0', 'ml.c5.xlarge', 'sagemaker-tensorflow-scriptmode:1.12.0-cpu-py3'],
    ['1.15', 'ml.p4d.24xlarge', 'tensorflow-training:1.15-gpu-py37-cu110-ubuntu18.04-v8'],
    ['1.15.5', 'ml.p4d.24xlarge', 'tensorflow-training:1.15.5-gpu-py37-cu110-ubuntu18.04'],
    ['1.15.5', 'ml.p4de.24xlarge', 'tensorflow-training:1.15.5-gpu-py37'],
    ['1.15.5', 'ml.g4dn.xlarge', 'tensorflow-training:1.15.5-gpu-py37'],
    ['2.3', 'ml.p4d.24xlarge', 'tensorflow-training:2.3-gpu-py37-cu110-ubuntu18.04-v3'],
  ])('of %s on %s', (version, type, tag) => {
    expect(image({ version: TensorFlowVersion.of(version), instanceType: InstanceType.of(type) })).toBe(tag);
  });

  test('has the data parallel library', () => {
    const options = { distribution: Distribution.dataParallel(), instanceType: InstanceType.of('ml.p3.16xlarge') };
    expect(image({ ...options, version: TensorFlowVersion.V2_3 })).toBe('tensorflow-training:2.3.2-gpu-py37-cu110-ubuntu18.04');
    expect(image({ ...options, version: TensorFlowVersion.V2_11 })).toBe('tensorflow-training:2.11.0-gpu-py39');
  });

  test('is that for GPUs where a group has some', () => {
    const groups = (...types: string[]) => ({ instanceGroups: types.map((type, index) => ({ name: `g${index}`, instanceType: InstanceType.of(type) })) });
    expect(image(groups('ml.c5.xlarge', 'ml.g5.xlarge'))).toBe('tensorflow-training:2.19.0-gpu-py312');
    expect(image(groups('ml.c5.xlarge', 'ml.m5.xlarge'))).toBe('tensorflow-training:2.19.0-cpu-py312');
  });

  test('is required, once', () => {
    expect(errorsOf({ version: undefined })).toEqual([
      '`version` or `image` is required; give the release to train with, such as TensorFlowVersion.V2_19',
    ]);
    expect(errorsOf((stack) => ({ image: TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'R', 'own')) }))).toEqual([
      '`version` and `image` exclude each other, got: "2.19"; give one of them',
    ]);
  });

  test('runs scripts', () => {
    expect(errorsOf({ version: TensorFlowVersion.of('1.11.0') })).toEqual([]);
    expect(errorsOf({ version: TensorFlowVersion.of('1.10.0') })).toEqual([
      '`version` must be 1.11.0 or later: older images do not run scripts, got: "1.10.0"; use a later version',
    ]);
  });

  test('trains', () => {
    expect(errorsOf({ version: TensorFlowVersion.V2_20 })).toEqual([
      '`version` has no known image that trains, got: "2.20"; use TensorFlow 2.21.0 or an image of your own (TensorFlowImage.fromUri)',
    ]);
    expect(errorsOf({ version: TensorFlowVersion.of('2.16.1') })).toEqual([
      '`version` has no known image that trains, got: "2.16.1"; use TensorFlow 2.16.2 or an image of your own (TensorFlowImage.fromUri)',
    ]);
  });

  test('needs code, unless it is one of your own', () => {
    expect(errorsOf({ code: undefined })).toEqual([
      '`code` is required for an image of AWS\'s; give it with TrainingCode.fromDirectory, or an `image` that has it',
    ]);
    const stack = newStack();
    const parameters = parametersIn(stack, {
      code: undefined, version: undefined, image: TensorFlowImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'R', 'own'), '1'),
    });
    expect(Object.keys(parameters.HyperParameters)).toEqual(['sagemaker_container_log_level', 'sagemaker_region', 'model_dir']);
    expect(parameters.AlgorithmSpecification).not.toHaveProperty('EnableSageMakerMetricsTimeSeries');
  });

  test('in a private registry comes through the VPC', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const at = (credentialsProvider?: IFunction) =>
      TensorFlowImage.fromPrivateRegistry('registry.example.com/team/name:1', { credentialsProvider });
    expect(errorsOf({ version: undefined, image: at() })).toEqual([
      '`vpc` is required for an image in a private registry, which SageMaker reaches through it; give the VPC that reaches the registry',
    ]);
    expect(parametersIn(stack, { version: undefined, image: at(), vpc }).AlgorithmSpecification).toEqual({
      TrainingImage: 'registry.example.com/team/name:1',
      TrainingInputMode: 'File',
      TrainingImageConfig: { TrainingRepositoryAccessMode: 'Vpc' },
    });
    const provider = LambdaFunction.fromFunctionArn(stack, 'Provider', 'arn:aws:lambda:us-east-1:123456789012:function:f');
    const other = new Construct(stack, 'Other');
    const request = trainingRequest(other, optionsIn(stack, { version: undefined, image: at(provider), vpc }));
    expect(stack.resolve(request.parameters.AlgorithmSpecification)).toMatchObject({
      TrainingImageConfig: {
        TrainingRepositoryAccessMode: 'Vpc',
        TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' },
      },
    });
    expect(statementsOf(validTemplate(stack), 'OtherPolicy')).toContainEqual({
      Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:f',
    });
  });
});
