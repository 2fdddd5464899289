import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { DebuggerRule } from './debugger-rule';

/** Tensors that SageMaker Debugger saves. */
export interface TensorCollection {
  /** The name of the collection, such as `losses`, 1 to 256 characters. */
  readonly name: string;

  /**
   * How it is saved, such as `{ save_interval: '100' }`: at most 20, each name and value at most 256 characters.
   *
   * @default - as the hook saves
   */
  readonly parameters?: { readonly [name: string]: string };
}

/**
 * What SageMaker Debugger saves of the model while it is trained.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugHookConfig.html
 */
export interface DebuggerHook {
  /**
   * The bucket that tensors are saved to, in the region of the job.
   *
   * @default - the bucket that the model is written to
   */
  readonly bucket?: s3.IBucket;

  /**
   * The prefix, as of a directory; each job has a directory of its own under it.
   *
   * @default 'debugger'
   */
  readonly prefix?: string;

  /**
   * The directory in the container that tensors are written to.
   *
   * @default '/opt/ml/output/tensors'
   */
  readonly localPath?: string;

  /**
   * How the hook saves, such as `{ save_interval: '100' }`: at most 20, each name and value at most 256 characters.
   *
   * @default - as the container's release of Debugger does
   */
  readonly hookParameters?: { readonly [name: string]: string };

  /**
   * What is saved, at most 20.
   *
   * @default - what the container's release of Debugger saves
   */
  readonly collections?: TensorCollection[];

  /**
   * The rules that look at what is saved, at most 20.
   *
   * @default - none
   */
  readonly rules?: DebuggerRule[];
}
