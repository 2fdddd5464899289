import type { InstanceVariantOptions } from './instance-variant-options';
import { type HardwareProperties, VariantOnInstances } from './variant-on-instances';

/** A variant on instances of one type, which run all the time. */
export class InstanceVariant extends VariantOnInstances<InstanceVariantOptions> {
  constructor(options: InstanceVariantOptions) {
    const { instanceType, acceleratorType, model } = options;
    super(options, [{ instanceType, acceleratorType, model, at: '', modelAt: 'model' }]);
  }

  protected hardware(): HardwareProperties {
    const { instanceType, acceleratorType, capacityReservation } = this.options;
    return {
      instanceType: instanceType.toString(),
      acceleratorType: acceleratorType?.toString(),
      capacityReservationConfig: capacityReservation?._render(),
    };
  }
}
