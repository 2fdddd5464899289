import { VariantProperty } from '../../src/endpoint/variant-property';

test('has the names that SageMaker gives', () => {
  expect(Object.entries(VariantProperty)).toEqual([
    ['DESIRED_INSTANCE_COUNT', 'DesiredInstanceCount'],
    ['DESIRED_WEIGHT', 'DesiredWeight'],
    ['DATA_CAPTURE_CONFIG', 'DataCaptureConfig'],
  ]);
});
