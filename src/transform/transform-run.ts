import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Arrival } from './arrival';
import { requireText } from '../private/checks';

/** What is scored when a marker arrives. */
export interface MarkerRunOptions {
  /**
   * What the names of the objects begin with that are scored, in the folder of the marker. It must not begin the name of the marker,
   * which would be scored too.
   *
   * @default 'part-', as Apache Spark names its files
   */
  readonly dataPrefix?: string;
}

/** What is scored when a manifest arrives. */
export interface ManifestRunOptions {
  /**
   * The bucket that the objects of manifests are in.
   *
   * @default - the bucket of the input
   */
  readonly dataBucket?: s3.IBucket;

  /**
   * What the keys of the objects of manifests begin with, which is what the model may read.
   *
   * @default - the prefix of the input; in a `dataBucket`, the whole bucket
   */
  readonly dataPrefix?: string;
}

/** When a batch transform runs. */
export class TransformRun {
  /**
   * It runs only when somebody starts an execution of its state machine.
   */
  public static onDemand(): TransformRun {
    return new TransformRun();
  }

  /**
   * It runs on a schedule, and scores all of its input each time.
   *
   * @param schedule when it runs, such as `ScheduleExpression.cron({ hour: '2', minute: '0' })`
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  public static onSchedule(schedule: scheduler.ScheduleExpression): TransformRun {
    return new TransformRun(schedule);
  }

  /**
   * It runs when a marker arrives below the prefix of its input, in any folder, and scores the objects in the folder of that marker: one
   * run for a folder, however many objects are uploaded to it. Write the marker last.
   *
   * A folder must not be in another one whose name begins with `dataPrefix`. A marker that is written again starts another run.
   *
   * @param marker the name of the marker, without a folder, such as `_SUCCESS`
   */
  public static onMarker(marker: string, options: MarkerRunOptions = {}): TransformRun {
    requireText('TransformRun.onMarker', 'marker', marker);
    return new TransformRun(undefined, { kind: 'marker', ending: marker, dataPrefix: options.dataPrefix ?? 'part-' });
  }

  /**
   * It runs when a manifest arrives below the prefix of its input, and scores the objects that the manifest lists.
   *
   * A manifest that is written again starts another run.
   *
   * @param suffix what the keys of manifests end with, and no other keys, such as `.manifest`
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformS3DataSource.html
   */
  public static onManifest(suffix: string, options: ManifestRunOptions = {}): TransformRun {
    requireText('TransformRun.onManifest', 'suffix', suffix);
    return new TransformRun(undefined, { kind: 'manifest', ending: suffix, ...options });
  }

  /** @internal */
  public readonly _schedule?: scheduler.ScheduleExpression;

  /** @internal */
  public readonly _arrival?: Arrival;

  private constructor(schedule?: scheduler.ScheduleExpression, arrival?: Arrival) {
    this._schedule = schedule;
    this._arrival = arrival;
  }
}
