import type { InstancePoolVariantOptions } from './instance-variant-options';
import { ruledOut } from './mode-features';
import { refuse } from './variant-checks';
import { type HardwareProperties, VariantOnInstances } from './variant-on-instances';
import type { VariantUse } from './variant-source';
import { placeable } from '../model/placeable-model';
import type { Violation } from '../private/errors';

/** A variant on instances of several types, of which SageMaker takes those that it has. */
export class InstancePoolVariant extends VariantOnInstances<InstancePoolVariantOptions> {
  constructor(options: InstancePoolVariantOptions) {
    super(options, options.instancePools.map(({ instanceType, model }, index) => ({
      instanceType,
      model: model ?? options.model,
      at: `instancePools[${index}].`,
      modelAt: model === undefined ? 'model' : `instancePools[${index}].model`,
    })));
  }

  public check(at: string, use: VariantUse): Violation[] {
    const property = `${at}instancePools`;
    const types = this.facts.instanceTypes.map(String);
    const twice = types.filter((type, index) => types.indexOf(type) !== index);
    return [
      ...types.length < 1 || types.length > 5 ? [{ property, rule: 'must be 1 to 5 pools', got: types.length }] : [],
      ...[...new Set(twice)].map((type) => ({ property, rule: 'must have different instance types', got: `${type} twice` })),
      ...this.models.some(({ model }) => placeable(model)?._facts.isMultiModel === true)
        ? refuse({ property, rule: 'cannot be used with a multi-model' }, ruledOut('multi-model', 'instancePools')) : [],
      ...super.check(at, use),
    ];
  }

  protected hardware(modelNames: string[]): HardwareProperties {
    return {
      instancePools: this.facts.instanceTypes.map((instanceType, index) => ({
        instanceType: instanceType.toString(),
        priority: index + 1,
        modelNameOverride: modelNames[index] !== modelNames[0] ? modelNames[index] : undefined,
      })),
    };
  }
}
