/** How the values of a metric are shown to people. */
export interface MetricScale {
  /** What is written beside the values. */
  readonly unit: string;
  /** What the metric's own value is divided by. */
  readonly divideBy?: number;
  /** What the metric's own value is multiplied by. */
  readonly multiplyBy?: number;
}

/** Numbers of requests, instances or models. */
export const COUNT: MetricScale = { unit: '' };

/** Microseconds as milliseconds. */
export const MILLISECONDS: MetricScale = { unit: 'ms', divideBy: 1000 };

/** Microseconds as seconds. */
export const SECONDS: MetricScale = { unit: 's', divideBy: 1_000_000 };

/** Milliseconds as seconds. */
export const SECONDS_OF_MILLISECONDS: MetricScale = { unit: 's', divideBy: 1000 };

/** Seconds as minutes. */
export const MINUTES: MetricScale = { unit: 'min', divideBy: 60 };

/** A share from 0 to 1 in percent. */
export const SHARE: MetricScale = { unit: '%', multiplyBy: 100 };

/** Percents as they are. */
export const PERCENT: MetricScale = { unit: '%' };

/** Percents that are added up over so many CPUs or GPUs of an instance. */
export function percentOf(count: number): MetricScale {
  return count === 1 ? PERCENT : { unit: '%', divideBy: count };
}

/** Whether values must be known to be shown. */
export function isScaled({ divideBy, multiplyBy }: MetricScale): boolean {
  return divideBy !== undefined || multiplyBy !== undefined;
}

/** The value in the metric's own unit, without the noise of binary fractions. */
export function inMetric(scale: MetricScale, shown: number): number {
  return isScaled(scale) ? Number((shown / (scale.multiplyBy ?? 1) * (scale.divideBy ?? 1)).toPrecision(12)) : shown;
}

/** Metric math that makes what is shown of the metric with the id; undefined where it is shown as it is. */
export function shownBy({ divideBy, multiplyBy }: MetricScale, id: string): string | undefined {
  return multiplyBy !== undefined ? `${id}*${multiplyBy}` : divideBy !== undefined ? `${id}/${divideBy}` : undefined;
}
