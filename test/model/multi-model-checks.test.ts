import { Lazy } from 'aws-cdk-lib';
import { checkManyModels, type ManyModelsOptions } from '../../src/model/multi-model-checks';
import { validationError } from '../../src/private/errors';

function messages(options: ManyModelsOptions): string[] {
  return checkManyModels(options).map((violation) => validationError('X', violation).message.replace('[X] ', ''));
}

const UNIVERSAL = { SAGEMAKER_MULTI_MODEL_UNIVERSAL_BUCKET: 'code', SAGEMAKER_MULTI_MODEL_UNIVERSAL_PREFIX: 'all/' };

test.each<ManyModelsOptions>([
  {},
  { servingProcessCount: 1 },
  { servingProcessCount: 449 },
  { servingProcessCount: Lazy.number({ produce: () => 450 }) },
  { environment: { SAGEMAKER_TFS_INSTANCE_COUNT: '449', SAGEMAKER_MULTI_MODEL: 'true', OTHER: 'x' } },
  { environment: { SAGEMAKER_TFS_INSTANCE_COUNT: Lazy.string({ produce: () => '450' }) } },
  { environment: UNIVERSAL, networkIsolation: false },
  { networkIsolation: true },
])('many models are served with %j', (options) => {
  expect(messages(options)).toEqual([]);
});

test.each<[ManyModelsOptions, string]>([
  [{ defaultModelName: 'north' },
    '`defaultModelName` has no effect on a MultiModel: each request names its model as TargetModel, got: "north"; leave it out'],
  [{ servingProcessCount: 450 },
    '`servingProcessCount` must be a whole number from 1 to 449, got: 450; the container has 449 ports for the processes of all models together'],
  [{ environment: { SAGEMAKER_TFS_INSTANCE_COUNT: '450' } },
    '`environment.SAGEMAKER_TFS_INSTANCE_COUNT` must be a whole number from 1 to 449, got: 450; the container has 449 ports for the processes of all models together'],
  [{ environment: { SAGEMAKER_MULTI_MODEL: 'False' } },
    '`environment.SAGEMAKER_MULTI_MODEL` must be true with a MultiModel, got: "False"; leave it out: SageMaker sets it'],
  [{ environment: { SAGEMAKER_MULTI_MODEL_UNIVERSAL_BUCKET: 'code' } },
    '`environment.SAGEMAKER_MULTI_MODEL_UNIVERSAL_PREFIX` is required with SAGEMAKER_MULTI_MODEL_UNIVERSAL_BUCKET: '
    + 'the container takes code for all models only from both'],
  [{ environment: { SAGEMAKER_MULTI_MODEL_UNIVERSAL_PREFIX: 'all/' } },
    '`environment.SAGEMAKER_MULTI_MODEL_UNIVERSAL_BUCKET` is required with SAGEMAKER_MULTI_MODEL_UNIVERSAL_PREFIX: '
    + 'the container takes code for all models only from both'],
  [{ environment: UNIVERSAL },
    '`networkIsolation` must be false for code for all models, which the container downloads when it starts; set it to false, and let the role read that bucket'],
  [{ environment: UNIVERSAL, networkIsolation: true },
    '`networkIsolation` must be false for code for all models, which the container downloads when it starts; set it to false, and let the role read that bucket'],
])('and not with %j', (options, message) => {
  expect(messages(options)).toEqual([message]);
});
