import {
  COUNT, inMetric, isScaled, MILLISECONDS, MINUTES, PERCENT, percentOf, SECONDS, SECONDS_OF_MILLISECONDS, SHARE, shownBy,
} from '../../src/endpoint/metric-scale';

test.each([
  ['numbers', COUNT, 7, 7, undefined],
  ['percents', PERCENT, 90, 90, undefined],
  ['percents of one processor', percentOf(1), 90, 90, undefined],
  ['percents of four processors', percentOf(4), 90, 360, 'm1/4'],
  ['milliseconds', MILLISECONDS, 250, 250_000, 'm1/1000'],
  ['fractions of milliseconds', MILLISECONDS, 0.5, 500, 'm1/1000'],
  ['seconds', SECONDS, 30, 30_000_000, 'm1/1000000'],
  ['seconds of milliseconds', SECONDS_OF_MILLISECONDS, 1.5, 1500, 'm1/1000'],
  ['minutes', MINUTES, 60, 3600, 'm1/60'],
  ['shares', SHARE, 1, 0.01, 'm1*100'],
  ['shares that binary fractions do not have', SHARE, 57, 0.57, 'm1*100'],
] as const)('%s are thresholds in the unit of the metric, and shown in one for people', (_, scale, shown, value, expression) => {
  expect(inMetric(scale, shown)).toBe(value);
  expect(shownBy(scale, 'm1')).toBe(expression);
  expect(isScaled(scale)).toBe(expression !== undefined);
});
