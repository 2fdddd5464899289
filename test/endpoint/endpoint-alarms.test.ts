import { asyncEndpointIn, endpointIn, variantOn } from './scaling-support';
import { AlarmKind } from '../../src/endpoint/alarm-kind';
import { newStack } from '../support/synthesis';

test('an alarm is found by its kind', () => {
  const alarms = endpointIn(newStack()).monitoring.alarms();
  expect(alarms.alarm(AlarmKind.MODEL_LATENCY).node.id).toBe('AllTrafficModelLatency');
  expect(alarms.alarm(AlarmKind.MODEL_LATENCY, 'AllTraffic')).toBe(alarms.alarm(AlarmKind.MODEL_LATENCY));
  expect(alarms.alarms).toContain(alarms.alarm(AlarmKind.MODEL_LATENCY));
  expect(alarms.alarms).toHaveLength(7);
});

test('an alarm of the whole endpoint is found by its kind', () => {
  const alarms = asyncEndpointIn(newStack()).monitoring.alarms();
  expect(alarms.alarm(AlarmKind.AGE_OF_OLDEST_REQUEST).node.id).toBe('AgeOfOldestRequest');
});

test('an alarm of one of several variants is found by its kind and its variant', () => {
  const stack = newStack();
  const alarms = endpointIn(stack, { variants: ['blue', 'green'].map((name) => variantOn(stack, name, 'ml.c5.large')) }).monitoring.alarms();
  expect(alarms.alarm(AlarmKind.NO_DATA, 'green').node.id).toBe('greenNoData');
  expect(alarms.ofKind(AlarmKind.NO_DATA).map(({ node }) => node.id)).toEqual(['blueNoData', 'greenNoData']);
});

test('a kind can have one alarm only, where one variant has it', () => {
  const stack = newStack();
  const alarms = endpointIn(stack, { variants: [variantOn(stack, 'blue', 'ml.c5.large'), variantOn(stack, 'green', 'ml.g5.xlarge')] }).monitoring.alarms();
  expect(alarms.alarm(AlarmKind.GPU_UTILIZATION).node.id).toBe('greenGpuUtilization');
});

test('there may be none of a kind', () => {
  expect(endpointIn(newStack()).monitoring.alarms().ofKind(AlarmKind.MODEL_LOADING)).toEqual([]);
});

test('fails for a kind that the endpoint has no alarm of', () => {
  const alarms = endpointIn(newStack()).monitoring.alarms({ exclude: [AlarmKind.CPU_UTILIZATION, AlarmKind.NO_DATA] });
  expect(() => alarms.alarm(AlarmKind.CPU_UTILIZATION)).toThrow(new Error('[Stack/Endpoint/Alarms] `kind` must be one that the endpoint has an alarm of, '
    + 'got: "CpuUtilization"; it has ServerErrors, ModelLatency, OverheadLatency, MemoryUtilization, DiskUtilization'));
});

test.each([[undefined, ''], ['red', ', got: "red"']])('fails where several variants have the alarm and the variant is %s', (variantName, got) => {
  const stack = newStack();
  const alarms = endpointIn(stack, { variants: ['blue', 'green'].map((name) => variantOn(stack, name, 'ml.c5.large')) }).monitoring.alarms();
  expect(() => alarms.alarm(AlarmKind.NO_DATA, variantName))
    .toThrow(new Error(`[Stack/Endpoint/Alarms] \`variantName\` must say which alarm is meant, that of blue or green${got}`));
});

test('fails for a variant of an alarm that is about the whole endpoint', () => {
  const alarms = asyncEndpointIn(newStack()).monitoring.alarms();
  expect(() => alarms.alarm(AlarmKind.BACKLOG_WITHOUT_CAPACITY, 'AllTraffic')).toThrow(new Error('[Stack/Endpoint/Alarms] `variantName` cannot be given for '
    + 'BacklogWithoutCapacity, which is about the whole endpoint, got: "AllTraffic"; leave it out'));
});
