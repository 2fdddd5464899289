import { CfnParameter } from 'aws-cdk-lib';
import { modelIn, productionVariants } from './variant-support';
import { CapacityReservation, EndpointVariant, InstanceType } from '../../src';
import { newStack } from '../support/synthesis';

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:training-plan/p4-for-inference';

function rendered(capacityReservation: CapacityReservation, stack = newStack()): unknown {
  return productionVariants(stack, EndpointVariant.onInstances('blue', {
    model: modelIn(stack), instanceType: InstanceType.of('ml.p4d.24xlarge'), capacityReservation,
  }))[0].CapacityReservationConfig;
}

test('a variant takes only what was reserved', () => {
  expect(rendered(CapacityReservation.fromArn(ARN))).toEqual({ CapacityReservationPreference: 'capacity-reservations-only', MlReservationArn: ARN });
});

test('a variant takes whatever was reserved', () => {
  expect(rendered(CapacityReservation.any())).toEqual({ CapacityReservationPreference: 'capacity-reservations-only' });
});

test('a reservation that is only known when the stack is deployed passes', () => {
  const stack = newStack();
  const { valueAsString } = new CfnParameter(stack, 'Reservation');
  expect(rendered(CapacityReservation.fromArn(valueAsString), stack)).toEqual({
    CapacityReservationPreference: 'capacity-reservations-only', MlReservationArn: { Ref: 'Reservation' },
  });
});

test.each([
  ARN,
  'arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:ml-reservation/1',
  `${ARN}${'x'.repeat(258 - ARN.length)}`,
])('%s is the ARN of a reservation', (arn) => {
  expect(() => CapacityReservation.fromArn(arn)).not.toThrow();
});

test.each([
  ['a name', 'p4-for-inference'],
  ['another service', 'arn:aws:ec2:us-east-1:123456789012:capacity-reservation/cr-1'],
  ['a short account', 'arn:aws:sagemaker:us-east-1:12345678901:training-plan/a'],
  ['a long kind', 'arn:aws:sagemaker:us-east-1:123456789012:training-plans-x/a'],
  ['259 characters', `${ARN}${'x'.repeat(259 - ARN.length)}`],
])('%s is none', (_, arn) => {
  const got = JSON.stringify(arn);
  expect(() => CapacityReservation.fromArn(arn)).toThrow(
    '[CapacityReservation.fromArn] `mlReservationArn` must be the ARN of a capacity reservation of SageMaker, such as '
    + `arn:aws:sagemaker:us-east-1:123456789012:training-plan/name, got: ${got.length > 200 ? `${got.slice(0, 200)}...` : got}`);
});
