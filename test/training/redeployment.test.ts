import { JOB, redeployEvent, TARGET } from './redeploy-support';
import { redeployStates } from '../../src/training/redeploy-states';
import { configPrefix } from '../../src/training/redeployed-models';
import { decide, type RedeployEvent, type RedeployFacts, revisionIn, updateOf } from '../../src/training/redeployment';

const OURS = `${configPrefix(TARGET, JOB)}01234567`;
type Endpoint = NonNullable<RedeployFacts['endpoint']>;

const decided = (endpoint: Endpoint | undefined, event: Partial<RedeployEvent> = {}, currentRevision: string | undefined = 'new') =>
  decide(redeployEvent(event), { endpoint, currentRevision });
const inService = (EndpointConfigName = 'Config', more: Partial<Endpoint> = {}): Endpoint => ({ EndpointStatus: 'InService', EndpointConfigName, ...more });
const answer = (status: string, reason: string) => ({ step: 'answer', status, reason });

test('an endpoint in service is updated from what it has', () => {
  expect(decided(inService())).toEqual({ step: 'update', from: 'Config' });
});

test('one that has the model already is done, whatever the stack does', () => {
  const done = answer('redeployed', `endpoint Endpoint serves the model of training job ${JOB}`);
  expect(decided(inService(OURS))).toEqual(done);
  expect(decided(inService(OURS), { before: { waits: 3, from: 'Config' }, stackStatus: 'UPDATE_IN_PROGRESS' }, 'newer')).toEqual(done);
});

test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack'] as const)('one that is %s is waited for', (EndpointStatus) => {
  const waiting = answer('wait', `endpoint Endpoint is ${EndpointStatus}`);
  expect(decided({ EndpointStatus, EndpointConfigName: 'Config' })).toEqual(waiting);
  expect(decided({ EndpointStatus, EndpointConfigName: OURS }, { before: { waits: 1199, from: 'Config' } })).toEqual(waiting);
});

test('nothing is waited for longer than 20 hours', () => {
  const before = { waits: 1200, from: null };
  expect(decided({ EndpointStatus: 'Updating' }, { before })).toEqual(answer('failed', 'endpoint Endpoint is Updating still, after 20 hours'));
  expect(decided(inService(), { before, stackStatus: 'UPDATE_IN_PROGRESS' })).toEqual(answer('failed', 'the stack is UPDATE_IN_PROGRESS still, after 20 hours'));
});

test.each(['Failed', 'OutOfService', 'UpdateRollbackFailed', 'Deleting'] as const)('one that is %s fails the run', (EndpointStatus) => {
  expect(decided({ EndpointStatus, FailureReason: 'no capacity' })).toEqual(answer('failed', `endpoint Endpoint is ${EndpointStatus}: no capacity`));
  expect(decided({ EndpointStatus })).toEqual(answer('failed', `endpoint Endpoint is ${EndpointStatus}`));
});

test('one that went back fails the run, with the reason that SageMaker gives', () => {
  const before = { waits: 5, from: 'Config' };
  expect(decided(inService('Config', { FailureReason: 'an alarm' }), { before })).toEqual(
    answer('failed', 'endpoint Endpoint went back to the model that it had before: an alarm'),
  );
  expect(decided(inService(), { before })).toEqual(answer('failed', 'endpoint Endpoint went back to the model that it had before'));
});

test('one that somebody else has updated since is left to them', () => {
  expect(decided(inService('Newer'), { before: { waits: 5, from: 'Config' } })).toEqual(
    answer('skipped', 'endpoint Endpoint was updated with something else since'),
  );
});

test('one that is not there fails the run', () => {
  expect(decided(undefined)).toEqual(answer('failed', 'there is no endpoint Endpoint'));
});

test.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS'])('a stack that is %s is waited for', (stackStatus) => {
  expect(decided(inService(), { stackStatus })).toEqual(answer('wait', `the stack is ${stackStatus}`));
});

test.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'])('a stack that is %s is not', (stackStatus) => {
  expect(decided(inService(), { stackStatus })).toMatchObject({ step: 'update' });
});

test.each(['DELETE_IN_PROGRESS', 'DELETE_FAILED'])('a stack that is %s needs no model', (stackStatus) => {
  expect(decided(inService(), { stackStatus })).toEqual(answer('skipped', 'the stack is being deleted'));
});

test.each(['newer', undefined])('a run of an older revision leaves the endpoint alone, where that is now %s', (currentRevision) => {
  expect(decide(redeployEvent(), { endpoint: inService(), currentRevision })).toEqual(
    answer('skipped', 'the run is of what was deployed before the last deployment'),
  );
});

describe('an update', () => {
  test('keeps what the endpoint keeps, in the way that it was deployed', () => {
    const target = { ...TARGET, retainAllVariantProperties: true, excludeRetainedVariantProperties: [{ variantPropertyType: 'DesiredWeight' }] };
    expect(updateOf(target, { LastDeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'x' }] } } }, 'New')).toEqual({
      EndpointName: 'Endpoint',
      EndpointConfigName: 'New',
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredWeight' }],
      RetainDeploymentConfig: true,
    });
  });

  test('has nothing else where there is nothing to keep', () => {
    expect(updateOf(TARGET, {}, 'New')).toEqual({ EndpointName: 'Endpoint', EndpointConfigName: 'New' });
    expect(updateOf({ ...TARGET, retainAllVariantProperties: false }, {}, 'New')).toMatchObject({ RetainAllVariantProperties: false });
  });
});

describe('the revision of a state machine', () => {
  test('is that of the states that redeploy', () => {
    const States = redeployStates({ functionArn: 'arn', target: TARGET }, { partition: 'aws', next: 'Done' });
    expect(revisionIn(JSON.stringify({ States }))).toBe('new');
  });

  test.each(['{}', '{"States":{}}', '{"States":{"Redeploy":{}}}', '{"States":{"Redeploy":{"Parameters":{"Payload":{}}}}}'])('is not in %s', (definition) => {
    expect(revisionIn(definition)).toBeUndefined();
  });
});
