import type * as s3 from 'aws-cdk-lib/aws-s3';

/** How objects that arrive start runs. */
export interface Arrival {
  readonly kind: 'marker' | 'manifest';
  /** The name of a marker, or what the keys of manifests end with. */
  readonly ending: string;
  /** The bucket that the objects of manifests are in, if it is another one. */
  readonly dataBucket?: s3.IBucket;
  /** What the names of the objects beside a marker begin with, or the keys of the objects of manifests. */
  readonly dataPrefix?: string;
}
