import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { Token } from 'aws-cdk-lib/core';
import { checkInteger, type Range } from '../private/checks';
import { throwIfAny, type Violation } from '../private/errors';

/**
 * A part of the instances of a variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html
 */
export class CapacitySize {
  /**
   * So many hundredths of the instances. The part is never less than one instance.
   *
   * It stays right when the number of instances changes, as it does with scaling.
   *
   * @param percent a whole number from 1 to 100; what takes the size may allow less
   */
  public static percent(percent: number): CapacitySize {
    throwIfAny('CapacitySize.percent', checkInteger('percent', percent, { min: 1, max: 100 }));
    return new CapacitySize('CAPACITY_PERCENT', percent);
  }

  /**
   * So many instances.
   *
   * @param instances a whole number of at least 1
   */
  public static instances(instances: number): CapacitySize {
    throwIfAny('CapacitySize.instances', checkInteger('instances', instances, { min: 1 }));
    return new CapacitySize('INSTANCE_COUNT', instances);
  }

  private constructor(private readonly type: 'CAPACITY_PERCENT' | 'INSTANCE_COUNT', private readonly value: number) {}

  /** The size in words, such as `10 percent`. */
  public toString(): string {
    return `${this.value} ${this.type === 'CAPACITY_PERCENT' ? 'percent' : 'instances'}`;
  }

  /** What is wrong with it as a part of any number of instances. @internal */
  public _checkPercent(property: string, percent: Range): Violation[] {
    return this.type === 'CAPACITY_PERCENT'
      ? checkInteger(property, this.value, percent).map((violation) => ({ ...violation, rule: `${violation.rule} percent` }))
      : [];
  }

  /** What is wrong with it as a part of these instances. @internal */
  public _checkInstances(property: string, percent: { readonly min: number; readonly max: number }, count: number, variantName: string): Violation[] {
    const { value } = this;
    const isRight = this.type === 'CAPACITY_PERCENT' || Token.isUnresolved(value) || Token.isUnresolved(count)
      || (value * 100 >= count * percent.min && value * 100 <= count * percent.max);
    return isRight ? [] : [{
      property,
      got: `${value} of the ${count} instances of ${variantName}`,
      rule: `must be ${percent.min === 0 ? 'at most' : `from ${percent.min} to`} ${percent.max} percent of the instances of each variant`,
      remedy: count > 1 ? 'use CapacitySize.percent' : 'start with 2 instances or more, or use DeploymentStrategy.allAtOnce',
    }];
  }

  /** In how many parts so many instances are shifted at least; undefined where that cannot be known. @internal */
  public _partsOf(count: number): number | undefined {
    if (Token.isUnresolved(this.value) || Token.isUnresolved(count)) {
      return undefined;
    }
    const part = this.type === 'CAPACITY_PERCENT' ? Math.ceil(count * this.value / 100) : this.value;
    return Math.ceil(count / part);
  }

  /** @internal */
  public _render(): CfnEndpoint.CapacitySizeProperty {
    return { type: this.type, value: this.value };
  }
}
