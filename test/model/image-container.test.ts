import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ModelFromArtifact, MultiModel, TensorFlowVersion } from '../../src';
import { newStack, validTemplate } from '../support/synthesis';

test.each([
  [undefined, {}],
  [true, { MultiModelConfig: { ModelCacheSetting: 'Enabled' } }],
  [false, { MultiModelConfig: { ModelCacheSetting: 'Disabled' } }],
])('many models are below a prefix, and kept in memory as is said by %s', (modelCaching, expected) => {
  const stack = newStack();
  new ModelFromArtifact(stack, 'Model', {
    artifact: MultiModel.fromPrefix(Bucket.fromBucketName(stack, 'Bucket', 'models'), 'many/', { modelCaching }),
    version: TensorFlowVersion.V2_19,
  });
  const [model] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Model'));
  expect(model.Properties.PrimaryContainer).toEqual({
    Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.19.0-cpu',
    Mode: 'MultiModel',
    Environment: {}, // until the app adds models
    ModelDataUrl: 's3://models/many/',
    ...expected,
  });
});
