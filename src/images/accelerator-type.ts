import { Token } from 'aws-cdk-lib/core';
import { validationError } from '../private/errors';

/**
 * An Elastic Inference accelerator beside an instance.
 *
 * AWS no longer sells these: only accounts that used them before have them, and TensorFlow 2.3 is the last release with
 * an image for them.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/ei.html
 */
export class AcceleratorType {
  /** ml.eia1.medium */
  public static readonly EIA1_MEDIUM = new AcceleratorType('ml.eia1.medium');

  /** ml.eia1.large */
  public static readonly EIA1_LARGE = new AcceleratorType('ml.eia1.large');

  /** ml.eia1.xlarge */
  public static readonly EIA1_XLARGE = new AcceleratorType('ml.eia1.xlarge');

  /** ml.eia2.medium */
  public static readonly EIA2_MEDIUM = new AcceleratorType('ml.eia2.medium');

  /** ml.eia2.large */
  public static readonly EIA2_LARGE = new AcceleratorType('ml.eia2.large');

  /** ml.eia2.xlarge */
  public static readonly EIA2_XLARGE = new AcceleratorType('ml.eia2.xlarge');

  /**
   * Any type of accelerator, by its name.
   *
   * @param acceleratorType the name, such as `ml.eia2.medium`; it must start with `ml.eia`
   */
  public static of(acceleratorType: string): AcceleratorType {
    if (!Token.isUnresolved(acceleratorType) && !/^ml\.eia\S+$/.test(acceleratorType)) {
      throw validationError('AcceleratorType.of', {
        property: 'acceleratorType',
        got: acceleratorType,
        rule: 'must start with ml.eia, such as ml.eia2.medium',
        remedy: /^eia\S+$/.test(acceleratorType) ? `write ml.${acceleratorType}` : undefined,
      });
    }
    return new AcceleratorType(acceleratorType);
  }

  private constructor(private readonly acceleratorType: string) {}

  /** The name of the type, such as `ml.eia2.medium`. */
  public toString(): string {
    return this.acceleratorType;
  }
}
