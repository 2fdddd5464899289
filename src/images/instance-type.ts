import { Token } from 'aws-cdk-lib/core';
import { GPU_FAMILIES } from './image-facts';
import {
  BURSTABLE_FAMILIES, GPU_COUNTS, HOSTING_FAMILIES, INSTANCE_STORE_FAMILIES, IRREGULAR_CPU_COUNTS, IRREGULAR_FAMILIES,
} from './instance-facts';
import { validationError } from '../private/errors';

const FORM = /^ml\.(?<family>[a-z]+\d+[a-z]*(?:-[a-z0-9]+)?)\.(?<size>nano|micro|small|medium|large|(?:[1-9]\d*)?xlarge|metal(?:-\d+xl)?)$/;

/** A `d` after the generation says that there is NVMe storage. */
const NAMED_FOR_STORAGE = /^[a-z]+\d+[a-z]*d[a-z]*$/;

/**
 * A type of instance that SageMaker trains and serves on, such as `ml.c5.xlarge`.
 *
 * @see https://aws.amazon.com/sagemaker/ai/pricing/
 */
export class InstanceType {
  /** ml.t2.medium */
  public static readonly T2_MEDIUM = new InstanceType('ml.t2.medium');

  /** ml.t2.large */
  public static readonly T2_LARGE = new InstanceType('ml.t2.large');

  /** ml.m5.large */
  public static readonly M5_LARGE = new InstanceType('ml.m5.large');

  /** ml.m5.xlarge */
  public static readonly M5_XLARGE = new InstanceType('ml.m5.xlarge');

  /** ml.m5.2xlarge */
  public static readonly M5_2XLARGE = new InstanceType('ml.m5.2xlarge');

  /** ml.m5.4xlarge */
  public static readonly M5_4XLARGE = new InstanceType('ml.m5.4xlarge');

  /** ml.m6i.large */
  public static readonly M6I_LARGE = new InstanceType('ml.m6i.large');

  /** ml.m6i.xlarge */
  public static readonly M6I_XLARGE = new InstanceType('ml.m6i.xlarge');

  /** ml.m6i.2xlarge */
  public static readonly M6I_2XLARGE = new InstanceType('ml.m6i.2xlarge');

  /** ml.m6i.4xlarge */
  public static readonly M6I_4XLARGE = new InstanceType('ml.m6i.4xlarge');

  /** ml.m7i.large */
  public static readonly M7I_LARGE = new InstanceType('ml.m7i.large');

  /** ml.m7i.xlarge */
  public static readonly M7I_XLARGE = new InstanceType('ml.m7i.xlarge');

  /** ml.m7i.2xlarge */
  public static readonly M7I_2XLARGE = new InstanceType('ml.m7i.2xlarge');

  /** ml.m7i.4xlarge */
  public static readonly M7I_4XLARGE = new InstanceType('ml.m7i.4xlarge');

  /** ml.c5.large */
  public static readonly C5_LARGE = new InstanceType('ml.c5.large');

  /** ml.c5.xlarge */
  public static readonly C5_XLARGE = new InstanceType('ml.c5.xlarge');

  /** ml.c5.2xlarge */
  public static readonly C5_2XLARGE = new InstanceType('ml.c5.2xlarge');

  /** ml.c5.4xlarge */
  public static readonly C5_4XLARGE = new InstanceType('ml.c5.4xlarge');

  /** ml.c5.9xlarge */
  public static readonly C5_9XLARGE = new InstanceType('ml.c5.9xlarge');

  /** ml.c6i.large */
  public static readonly C6I_LARGE = new InstanceType('ml.c6i.large');

  /** ml.c6i.xlarge */
  public static readonly C6I_XLARGE = new InstanceType('ml.c6i.xlarge');

  /** ml.c6i.2xlarge */
  public static readonly C6I_2XLARGE = new InstanceType('ml.c6i.2xlarge');

  /** ml.c6i.4xlarge */
  public static readonly C6I_4XLARGE = new InstanceType('ml.c6i.4xlarge');

  /** ml.c6i.8xlarge */
  public static readonly C6I_8XLARGE = new InstanceType('ml.c6i.8xlarge');

  /** ml.c7i.large */
  public static readonly C7I_LARGE = new InstanceType('ml.c7i.large');

  /** ml.c7i.xlarge */
  public static readonly C7I_XLARGE = new InstanceType('ml.c7i.xlarge');

  /** ml.c7i.2xlarge */
  public static readonly C7I_2XLARGE = new InstanceType('ml.c7i.2xlarge');

  /** ml.c7i.4xlarge */
  public static readonly C7I_4XLARGE = new InstanceType('ml.c7i.4xlarge');

  /** ml.c7i.8xlarge */
  public static readonly C7I_8XLARGE = new InstanceType('ml.c7i.8xlarge');

  /** ml.c6g.large */
  public static readonly C6G_LARGE = new InstanceType('ml.c6g.large');

  /** ml.c6g.xlarge */
  public static readonly C6G_XLARGE = new InstanceType('ml.c6g.xlarge');

  /** ml.c6g.2xlarge */
  public static readonly C6G_2XLARGE = new InstanceType('ml.c6g.2xlarge');

  /** ml.c6g.4xlarge */
  public static readonly C6G_4XLARGE = new InstanceType('ml.c6g.4xlarge');

  /** ml.c7g.large */
  public static readonly C7G_LARGE = new InstanceType('ml.c7g.large');

  /** ml.c7g.xlarge */
  public static readonly C7G_XLARGE = new InstanceType('ml.c7g.xlarge');

  /** ml.c7g.2xlarge */
  public static readonly C7G_2XLARGE = new InstanceType('ml.c7g.2xlarge');

  /** ml.c7g.4xlarge */
  public static readonly C7G_4XLARGE = new InstanceType('ml.c7g.4xlarge');

  /** ml.g4dn.xlarge */
  public static readonly G4DN_XLARGE = new InstanceType('ml.g4dn.xlarge');

  /** ml.g4dn.2xlarge */
  public static readonly G4DN_2XLARGE = new InstanceType('ml.g4dn.2xlarge');

  /** ml.g4dn.4xlarge */
  public static readonly G4DN_4XLARGE = new InstanceType('ml.g4dn.4xlarge');

  /** ml.g4dn.12xlarge */
  public static readonly G4DN_12XLARGE = new InstanceType('ml.g4dn.12xlarge');

  /** ml.g5.xlarge */
  public static readonly G5_XLARGE = new InstanceType('ml.g5.xlarge');

  /** ml.g5.2xlarge */
  public static readonly G5_2XLARGE = new InstanceType('ml.g5.2xlarge');

  /** ml.g5.4xlarge */
  public static readonly G5_4XLARGE = new InstanceType('ml.g5.4xlarge');

  /** ml.g5.12xlarge */
  public static readonly G5_12XLARGE = new InstanceType('ml.g5.12xlarge');

  /** ml.g5.48xlarge */
  public static readonly G5_48XLARGE = new InstanceType('ml.g5.48xlarge');

  /** ml.g6.xlarge */
  public static readonly G6_XLARGE = new InstanceType('ml.g6.xlarge');

  /** ml.g6.2xlarge */
  public static readonly G6_2XLARGE = new InstanceType('ml.g6.2xlarge');

  /** ml.g6.4xlarge */
  public static readonly G6_4XLARGE = new InstanceType('ml.g6.4xlarge');

  /** ml.g6.12xlarge */
  public static readonly G6_12XLARGE = new InstanceType('ml.g6.12xlarge');

  /** ml.g6e.xlarge */
  public static readonly G6E_XLARGE = new InstanceType('ml.g6e.xlarge');

  /** ml.g6e.2xlarge */
  public static readonly G6E_2XLARGE = new InstanceType('ml.g6e.2xlarge');

  /** ml.g6e.12xlarge */
  public static readonly G6E_12XLARGE = new InstanceType('ml.g6e.12xlarge');

  /** ml.p3.2xlarge */
  public static readonly P3_2XLARGE = new InstanceType('ml.p3.2xlarge');

  /** ml.p4d.24xlarge */
  public static readonly P4D_24XLARGE = new InstanceType('ml.p4d.24xlarge');

  /** ml.p5.48xlarge */
  public static readonly P5_48XLARGE = new InstanceType('ml.p5.48xlarge');

  /**
   * Any type of instance, by its name.
   *
   * @param instanceType the name, such as `ml.c5.xlarge`: `ml.`, the family and the size. A token is taken as it is, but
   * then the image must be one of your own, because which of TensorFlow's images is needed depends on the type.
   */
  public static of(instanceType: string): InstanceType {
    if (!Token.isUnresolved(instanceType) && !FORM.test(instanceType)) {
      throw validationError('InstanceType.of', {
        property: 'instanceType',
        got: instanceType,
        rule: 'must have the form ml.<family>.<size>, such as ml.c5.xlarge',
        remedy: FORM.test(`ml.${instanceType}`) ? `write ml.${instanceType}` : undefined,
      });
    }
    return new InstanceType(instanceType);
  }

  /** The family, such as `c5`; undefined for a token. @internal */
  public readonly _family?: string;

  private readonly size?: string;

  private constructor(private readonly instanceType: string) {
    const parts = FORM.exec(instanceType)?.groups;
    this._family = parts?.family;
    this.size = parts?.size;
  }

  /**
   * Whether the instances have NVMe storage of their own, for which SageMaker takes no size, and which no key of ours encrypts.
   *
   * @internal
   */
  public get _hasLocalStorage(): boolean {
    return this._family !== undefined && (NAMED_FOR_STORAGE.test(this._family) || INSTANCE_STORE_FAMILIES.includes(this._family));
  }

  /** How many vCPUs an instance has; undefined where it is not known. @internal */
  public get _cpuCount(): number | undefined {
    return this._family === undefined || IRREGULAR_FAMILIES.test(this._family)
      ? undefined
      : IRREGULAR_CPU_COUNTS[`${this._family}.${this.size}`] ?? cpuCountBySize(this.size!, this._isBurstable);
  }

  /** How many GPUs an instance has; undefined where it is not known. @internal */
  public get _gpuCount(): number | undefined {
    if (this._family === undefined) {
      return undefined;
    }
    return GPU_FAMILIES.test(this._family) ? GPU_COUNTS[this._family]?.[this.size!] : 0;
  }

  /** Whether the instances save up processor time while they are idle; of a token it is not known. @internal */
  public get _isBurstable(): boolean {
    return this._family !== undefined && BURSTABLE_FAMILIES.test(this._family);
  }

  /** Whether SageMaker is known to host models on such instances; of a token it is not asked. @internal */
  public get _isKnownToHost(): boolean {
    return this._family === undefined || HOSTING_FAMILIES.includes(this._family);
  }

  /** The name of the type, such as `ml.c5.xlarge`. */
  public toString(): string {
    return this.instanceType;
  }
}

/** A size tells the number of vCPUs, which is 4 for each `xlarge`. */
function cpuCountBySize(size: string, isBurstable: boolean): number | undefined {
  if (size === 'medium') {
    return isBurstable ? 2 : 1;
  }
  if (size === 'large') {
    return 2;
  }
  const times = /^(\d*)xlarge$/.exec(size);
  return times === null ? undefined : 4 * Number(times[1] || 1);
}
