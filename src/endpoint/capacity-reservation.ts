import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { checkPattern } from '../private/checks';
import { throwIfAny } from '../private/errors';

const RESERVATION_ARN = /^(?=.{20,258}$)arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:[a-z0-9-]{1,14}\/.*$/;

/**
 * Instances that were reserved beforehand for an endpoint.
 *
 * The endpoint runs on these and on no others: where they are not enough the deployment fails, and when the reservation
 * ends the endpoint answers no more.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/training-plan-utilization-for-inference-endpoints.html
 */
export class CapacityReservation {
  /**
   * One reservation. SageMaker takes no more than one for an endpoint.
   *
   * @param mlReservationArn its ARN, such as `arn:aws:sagemaker:us-east-1:123456789012:training-plan/name`: that of a
   * training plan whose target is an endpoint
   */
  public static fromArn(mlReservationArn: string): CapacityReservation {
    throwIfAny('CapacityReservation.fromArn', checkPattern('mlReservationArn', mlReservationArn, RESERVATION_ARN,
      'must be the ARN of a capacity reservation of SageMaker, such as arn:aws:sagemaker:us-east-1:123456789012:training-plan/name'));
    return new CapacityReservation(mlReservationArn);
  }

  /** Any reservation of the account that has such instances; SageMaker chooses. */
  public static any(): CapacityReservation {
    return new CapacityReservation();
  }

  private constructor(private readonly mlReservationArn?: string) {}

  /** What the variant's configuration has of it. @internal */
  public _render(): CfnEndpointConfig.CapacityReservationConfigProperty {
    return { capacityReservationPreference: 'capacity-reservations-only', mlReservationArn: this.mlReservationArn };
  }
}
