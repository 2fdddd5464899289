import {
  CreateEndpointConfigCommand, CreateModelCommand, DeleteEndpointConfigCommand, DeleteModelCommand, DescribeEndpointCommand,
  DescribeEndpointConfigCommand, DescribeModelCommand, type EndpointStatus, ListEndpointConfigsCommand, ListModelsCommand, ListTagsCommand,
  SageMakerClient, type Tag, UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { Callbacks } from './callbacks';
import { config, JOB, MACHINE, model, outputOf, ownTags, PREFIX, redeployEvent, STACK, TARGET } from './redeploy-support';
import { redeployStates } from '../../src/training/redeploy-states';
import { configPrefix } from '../../src/training/redeployed-models';
import type { RedeployEvent } from '../../src/training/redeployment';
import type { ServedModelEvent, ServedModelProperties } from '../../src/training/served-model';
import { handler } from '../../src/training/training-redeploy.lambda';

const mockPauses: number[] = [];
jest.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number) => {
    mockPauses.push(milliseconds);
    return Promise.resolve();
  },
}));

process.env.AWS_REGION = 'us-east-1'; // as in every Lambda function
const sageMaker = mockClient(SageMakerClient);
const sfn = mockClient(SFNClient);
let callbacks: Callbacks;

beforeEach(async () => {
  sageMaker.reset();
  sfn.reset();
  mockPauses.length = 0;
  const gone = named('ValidationException', 'Could not find it.');
  for (const command of [DescribeEndpointCommand, DescribeEndpointConfigCommand, DescribeModelCommand, ListTagsCommand]) {
    sageMaker.on(command as typeof DescribeModelCommand).rejects(gone);
  }
  revision('new');
  left({}, {});
  callbacks = new Callbacks();
  await callbacks.listen();
});

afterEach(() => {
  callbacks.close();
});

const OURS = `${configPrefix(TARGET, JOB)}01234567`;
const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const arn = (kind: string, name: string) => `arn:aws:sagemaker:us-east-1:123456789012:${kind}/${name.toLowerCase()}`;
const sent = (command: Parameters<typeof sageMaker.commandCalls>[0]) => sageMaker.commandCalls(command).map(({ args }) => args[0].input as any);

/** The revision that the state machine runs now. */
function revision(current: string): void {
  const States = redeployStates({ functionArn: 'arn', target: { ...TARGET, revision: current } }, { partition: 'aws', next: 'Done' });
  sfn.on(DescribeStateMachineCommand, { stateMachineArn: MACHINE }).resolves({ definition: JSON.stringify({ States }) });
}

function endpoint(EndpointStatus: EndpointStatus, EndpointConfigName: string, more: object = {}, name = 'Endpoint'): void {
  sageMaker.on(DescribeEndpointCommand, { EndpointName: name }).resolves({ EndpointStatus, EndpointConfigName, ...more });
}

function configs(...all: ReturnType<typeof config>[]): void {
  all.forEach((one) => sageMaker.on(DescribeEndpointConfigCommand, { EndpointConfigName: one.EndpointConfigName }).resolves(one));
}

function models(...all: ReturnType<typeof model>[]): void {
  all.forEach((one) => sageMaker.on(DescribeModelCommand, { ModelName: one.ModelName }).resolves(one));
}

function tags(kind: string, name: string, ...all: Tag[]): void {
  sageMaker.on(ListTagsCommand, { ResourceArn: arn(kind, name) }).resolves({ Tags: all });
}

/** What there is in the account, with its tags. */
function left(configsLeft: { [name: string]: Tag[] }, modelsLeft: { [name: string]: Tag[] }): void {
  sageMaker.on(ListEndpointConfigsCommand).resolves({
    EndpointConfigs: Object.keys(configsLeft).map((name) => ({
      EndpointConfigName: name, EndpointConfigArn: arn('endpoint-config', name), CreationTime: new Date(),
    })),
  });
  sageMaker.on(ListModelsCommand).resolves({
    Models: Object.keys(modelsLeft).map((name) => ({ ModelName: name, ModelArn: arn('model', name), CreationTime: new Date() })),
  });
  Object.entries(configsLeft).forEach(([name, its]) => tags('endpoint-config', name, ...its));
  Object.entries(modelsLeft).forEach(([name, its]) => tags('model', name, ...its));
}

/** An endpoint that serves what CloudFormation has made. */
function deployed(): void {
  endpoint('InService', 'Config', { LastDeploymentConfig: { BlueGreenUpdatePolicy: {} } });
  configs(config('Config', { KmsKeyId: 'volume' }));
  models(model('Old', { ExecutionRoleArn: 'role', PrimaryContainer: { Image: 'image', ModelDataUrl: outputOf('old') } }));
  tags('endpoint-config', 'Config', { Key: 'aws:cloudformation:stack-name', Value: 'Stack' }, { Key: 'team', Value: 'config' });
  tags('model', 'Old', { Key: 'team', Value: 'model' });
}

const redeploy = (given: Partial<RedeployEvent> = {}) => handler(redeployEvent(given), { getRemainingTimeInMillis: () => 900_000 });

describe('a run that has succeeded', () => {
  test('makes a model and a configuration, and updates the endpoint', async () => {
    deployed();
    await expect(redeploy()).resolves.toEqual({
      status: 'wait', reason: `endpoint Endpoint gets the model of training job ${JOB}`, waits: 1, from: 'Config',
    });
    const [{ ModelName }] = sent(CreateModelCommand);
    const [{ EndpointConfigName }] = sent(CreateEndpointConfigCommand);
    expect(sent(CreateModelCommand)).toEqual([{
      ModelName,
      ExecutionRoleArn: 'role',
      PrimaryContainer: { Image: 'image', ModelDataUrl: `s3://models/training/${JOB}/output/model.tar.gz` },
      Tags: [...ownTags(), { Key: 'team', Value: 'model' }],
    }]);
    expect(sent(CreateEndpointConfigCommand)).toEqual([{
      EndpointConfigName,
      KmsKeyId: 'volume',
      ProductionVariants: [{ VariantName: 'AllTraffic', ModelName, InitialInstanceCount: 1, InstanceType: 'ml.c5.large' }],
      Tags: [...ownTags(), { Key: 'team', Value: 'config' }],
    }]);
    expect(sent(UpdateEndpointCommand)).toEqual([{ EndpointName: 'Endpoint', EndpointConfigName, RetainDeploymentConfig: true }]);
    expect(EndpointConfigName.startsWith(configPrefix(TARGET, JOB))).toBe(true);
  });

  test('does not describe the models of other variants', async () => {
    deployed();
    configs(config('Config', { ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: 'Old' }, { VariantName: 'Other', ModelName: 'NotAllowed' }] }));
    await redeploy();
    expect(sent(DescribeModelCommand)).toEqual([{ ModelName: 'Old' }]);
    expect(sent(CreateEndpointConfigCommand)[0].ProductionVariants[1]).toEqual({ VariantName: 'Other', ModelName: 'NotAllowed' });
  });

  test('takes what an earlier call has made', async () => {
    deployed();
    sageMaker.on(CreateModelCommand).rejects(named('ValidationException', 'Cannot create already existing model "arn".'));
    sageMaker.on(CreateEndpointConfigCommand).rejects(named('ValidationException', 'Cannot create already existing endpoint configuration "arn".'));
    await expect(redeploy()).resolves.toMatchObject({ status: 'wait', from: 'Config' });
    expect(sent(UpdateEndpointCommand)).toHaveLength(1);
  });

  test('waits while the endpoint is busy, and counts', async () => {
    endpoint('Updating', 'Config');
    await expect(redeploy({ before: { waits: 7, from: null } })).resolves.toEqual({
      status: 'wait', reason: 'endpoint Endpoint is Updating', waits: 8, from: null,
    });
    expect(sent(CreateModelCommand)).toEqual([]);
  });

  test.each([
    ['ValidationException', 'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint".'],
    ['ResourceInUse', 'The endpoint is in use.'],
  ])('waits where somebody else updates it at that moment: %s', async (name, message) => {
    deployed();
    sageMaker.on(UpdateEndpointCommand).rejects(named(name, message));
    await expect(redeploy()).resolves.toEqual({ status: 'wait', reason: message, waits: 1, from: null });
  });

  test.each([
    ['ValidationException', 'Could not find model data at s3://models/x.'], ['ResourceLimitExceeded', 'The account-level service limit is 1.'],
  ])('fails in SageMaker\'s own words: %s', async (name, message) => {
    deployed();
    sageMaker.on(CreateModelCommand).rejects(named(name, message));
    await expect(redeploy()).resolves.toEqual({ status: 'failed', reason: message, waits: 1, from: null });
    expect(sent(UpdateEndpointCommand)).toEqual([]);
  });

  test.each(['ThrottlingException', 'AccessDeniedException', 'InternalFailure'])('lets the state machine try again after %s', async (name) => {
    deployed();
    sageMaker.on(CreateEndpointConfigCommand).rejects(named(name));
    await expect(redeploy()).rejects.toThrow(name);
  });

  test('lets the state machine try again where the endpoint cannot be looked at', async () => {
    sageMaker.on(DescribeEndpointCommand).rejects(named('ThrottlingException'));
    await expect(redeploy()).rejects.toThrow('ThrottlingException');
  });

  test('of what was deployed before leaves the endpoint alone', async () => {
    deployed();
    revision('newer');
    await expect(redeploy()).resolves.toMatchObject({ status: 'skipped', reason: 'the run is of what was deployed before the last deployment' });
    expect(sent(UpdateEndpointCommand)).toEqual([]);
  });

  test('looks at the newest definition, whatever version it is a run of', async () => {
    deployed();
    await redeploy({ stateMachineArn: `${MACHINE}:3` });
    expect(sfn.commandCalls(DescribeStateMachineCommand)[0].args[0].input).toEqual({ stateMachineArn: MACHINE });
  });

  test('fails where the endpoint is gone', async () => {
    await expect(redeploy()).resolves.toMatchObject({ status: 'failed', reason: 'there is no endpoint Endpoint' });
  });

  test.each([
    ['its job has left no model', () => {}, { job: { TrainingJobName: JOB } }, `training job ${JOB} has left no model`],
    ['the configuration was deleted', () => {
      sageMaker.on(DescribeEndpointConfigCommand).rejects(named('ValidationException', 'Could not find endpoint configuration "Config".'));
    }, {}, 'the configuration Config of endpoint Endpoint is gone, and cannot be copied'],
    ['no variant has a model of the job', () => { models(model('Old', { PrimaryContainer: { ModelDataUrl: 's3://other/a.tar.gz' } })); }, {},
      `endpoint Endpoint serves no model of training jobs ${PREFIX}-* any more`],
  ])('fails where %s', async (_what, given, event, reason) => {
    deployed();
    given();
    await expect(redeploy(event)).resolves.toEqual({ status: 'failed', reason, waits: 1, from: null });
  });

  test('whose endpoint went back fails, and deletes nothing', async () => {
    endpoint('InService', 'Config', { FailureReason: 'Alarm Errors is in ALARM' });
    await expect(redeploy({ before: { waits: 9, from: 'Config' } })).resolves.toEqual({
      status: 'failed', reason: 'endpoint Endpoint went back to the model that it had before: Alarm Errors is in ALARM', waits: 10, from: 'Config',
    });
    expect(sent(ListModelsCommand)).toEqual([]);
  });
});

describe('a model that is served', () => {
  const done = () => redeploy({ before: { waits: 9, from: 'Config' } });

  test('has those before it deleted, and nothing that is used, or that somebody else has made', async () => {
    endpoint('InService', OURS, { PendingDeploymentSummary: { EndpointConfigName: `${PREFIX}-pending` } });
    configs(config(OURS, {
      ProductionVariants: [{
        VariantName: 'AllTraffic',
        ModelName: `${PREFIX}-used`,
        InstancePools: [
          { InstanceType: 'ml.c5.large', Priority: 1, ModelNameOverride: `${PREFIX}-pool` },
        ],
      }],
      ShadowProductionVariants: [{ VariantName: 'Shadow', ModelName: `${PREFIX}-shadow` }],
    }));
    const other = ownTags('new', JOB, 'other');
    left(
      { [OURS]: ownTags(), [`${PREFIX}-pending`]: ownTags(), [`${PREFIX}-before`]: ownTags('old'), [`${PREFIX}-other`]: other, [`x${PREFIX}-1`]: ownTags() },
      {
        [`${PREFIX}-used`]: ownTags(),
        [`${PREFIX}-pool`]: ownTags(),
        [`${PREFIX}-shadow`]: ownTags(),
        [`${PREFIX}-before`]: ownTags(),
        [`${PREFIX}-untagged`]: [],
        [`${PREFIX}-other`]: other,
        [`x${PREFIX}-1`]: ownTags(),
      },
    );
    const started = Date.now();
    await expect(done()).resolves.toEqual({
      status: 'redeployed', reason: `endpoint Endpoint serves the model of training job ${JOB}`, waits: 10, from: 'Config',
    });
    expect(sent(DeleteEndpointConfigCommand)).toEqual([{ EndpointConfigName: `${PREFIX}-before` }]);
    expect(sent(DeleteModelCommand)).toEqual([{ ModelName: `${PREFIX}-before` }]);
    for (const { NameContains, CreationTimeBefore } of [...sent(ListModelsCommand), ...sent(ListEndpointConfigsCommand)]) {
      expect(NameContains).toBe(`${PREFIX}-`);
      // what another run is about to use stays
      expect(Math.abs(started - CreationTimeBefore.getTime() - 3_600_000)).toBeLessThan(60_000);
    }
  });

  test('has all pages of them deleted', async () => {
    endpoint('InService', OURS);
    tags('model', `${PREFIX}-1`, ...ownTags());
    tags('model', `${PREFIX}-2`, ...ownTags());
    const summary = (name: string) => ({ ModelName: name, ModelArn: arn('model', name), CreationTime: new Date() });
    sageMaker.on(ListModelsCommand).resolvesOnce({ Models: [summary(`${PREFIX}-1`)], NextToken: 'more' }).resolvesOnce({ Models: [summary(`${PREFIX}-2`)] });
    await done();
    expect(sent(DeleteModelCommand)).toEqual([{ ModelName: `${PREFIX}-1` }, { ModelName: `${PREFIX}-2` }]);
  });

  test('does not mind what is gone already', async () => {
    endpoint('InService', OURS);
    left({ [`${PREFIX}-1`]: ownTags() }, { [`${PREFIX}-1`]: ownTags(), [`${PREFIX}-2`]: ownTags() });
    sageMaker.on(ListTagsCommand, { ResourceArn: arn('model', `${PREFIX}-2`) }).rejects(named('ResourceNotFound'));
    sageMaker.on(DeleteModelCommand).rejects(named('ValidationException', 'Could not find model "arn".'));
    sageMaker.on(DeleteEndpointConfigCommand).rejects(named('ValidationException', 'Could not find endpoint configuration "arn".'));
    await expect(done()).resolves.toMatchObject({ status: 'redeployed', reason: expect.not.stringContaining('deleted') });
    expect(sent(DeleteModelCommand)).toEqual([{ ModelName: `${PREFIX}-1` }]);
  });

  test('is served, even if those before it cannot be deleted', async () => {
    endpoint('InService', OURS);
    sageMaker.on(ListEndpointConfigsCommand).rejects(named('ThrottlingException', 'too fast'));
    await expect(done()).resolves.toMatchObject({
      status: 'redeployed', reason: `endpoint Endpoint serves the model of training job ${JOB}; older models could not be deleted: too fast`,
    });
  });
});

describe('a deployment', () => {
  const PROPERTIES: ServedModelProperties = {
    EndpointName: 'Endpoint', Revision: 'new', TrainingJobNamePrefix: PREFIX, OutputUri: 's3://models/training', DeployedKey: 'deployed/model.tar.gz',
  };
  const SERVED = `${PREFIX}-served`;
  const answers = () => callbacks.received.map(({ Status, Data, PhysicalResourceId, Reason }) => ({ Status, Data, PhysicalResourceId, Reason }));
  const ask = async (given: Partial<ServedModelEvent> = {}, remaining = 900_000) => {
    const result = await handler({
      RequestType: 'Update',
      ResponseURL: callbacks.at('/answer'),
      StackId: STACK,
      RequestId: 'request',
      LogicalResourceId: 'ServedModel',
      PhysicalResourceId: 'id',
      ResourceProperties: PROPERTIES,
      ...given,
    }, { getRemainingTimeInMillis: () => remaining });
    expect(result).toBeUndefined();
  };
  const success = (key: string | undefined, PhysicalResourceId = 'id') => [{
    Status: 'SUCCESS', Data: key === undefined ? undefined : { Key: key }, PhysicalResourceId, Reason: undefined,
  }];
  /** An endpoint that serves what a run has made. */
  function redeployed(its = ownTags(), name = 'Endpoint'): void {
    endpoint('InService', OURS, {}, name);
    configs(config(OURS, { ProductionVariants: [{ VariantName: 'Other', ModelName: 'Other' }, { VariantName: 'AllTraffic', ModelName: SERVED }] }));
    models(model('Other', { PrimaryContainer: { ModelDataUrl: outputOf('champion') } }), model(SERVED, { PrimaryContainer: { ModelDataUrl: outputOf('later') } }));
    tags('model', SERVED, ...its);
  }
  const later = `training/${PREFIX}-later/output/model.tar.gz`;

  test('keeps the model of a later run of the same revision', async () => {
    redeployed();
    await ask();
    expect(answers()).toEqual(success(later));
  });

  test('keeps it also after a deployment has kept it, and made a model of its own of it', async () => {
    endpoint('InService', 'Config');
    configs(config('Config'));
    models(model('Old', { PrimaryContainer: { ModelDataUrl: outputOf('later') } }));
    tags('model', 'Old', { Key: 'cdk-tensorflow-serving:revision', Value: 'new' });
    await ask();
    expect(answers()).toEqual(success(later));
  });

  test.each([
    ['of another revision', () => { redeployed(ownTags('old')); }],
    ['of nobody knows what', () => { deployed(); }],
    ['that nobody can describe any more', () => {
      redeployed();
      sageMaker.on(DescribeModelCommand).rejects(named('ValidationException', 'Could not find model "arn".'));
    }],
    ['of a configuration that is gone', () => {
      redeployed();
      sageMaker.on(DescribeEndpointConfigCommand).rejects(named('ValidationException', 'Could not find endpoint configuration "arn".'));
    }],
    ['of no endpoint yet', () => {}],
  ])('does not keep a model %s', async (_what, given) => {
    given();
    await ask();
    expect(answers()).toEqual(success('deployed/model.tar.gz'));
  });

  test('that is the first one has its own model', async () => {
    await ask({ RequestType: 'Create', PhysicalResourceId: undefined });
    expect(answers()).toEqual(success('deployed/model.tar.gz', 'ServedModel'));
  });

  test('that gives the endpoint another name asks under the old one', async () => {
    redeployed(ownTags(), 'Before');
    await ask({ OldResourceProperties: { ...PROPERTIES, EndpointName: 'Before' } });
    expect(answers()).toEqual(success(later));
    expect(sent(DescribeEndpointCommand).map(({ EndpointName }) => EndpointName)).toEqual(['Endpoint', 'Before']);
  });

  test('asks once under a name that has stayed', async () => {
    await ask({ OldResourceProperties: PROPERTIES });
    expect(sent(DescribeEndpointCommand)).toHaveLength(1);
  });

  test.each(['Updating', 'RollingBack'] as const)('waits for an endpoint that is %s', async (status) => {
    redeployed();
    sageMaker.on(DescribeEndpointCommand).resolvesOnce({ EndpointStatus: status, EndpointConfigName: 'Config' })
      .resolves({ EndpointStatus: 'InService', EndpointConfigName: OURS });
    await ask();
    expect(mockPauses).toEqual([15_000]);
    expect(answers()).toEqual(success(later));
  });

  test.each(['Creating', 'SystemUpdating', 'Failed', 'OutOfService'] as const)('does not wait for one that is %s', async (status) => {
    endpoint(status, 'Config');
    await ask();
    expect(mockPauses).toEqual([]);
    expect(answers()).toEqual(success('deployed/model.tar.gz'));
  });

  test('does not wait longer than the function has time', async () => {
    endpoint('Updating', 'Config');
    await ask({}, 34_999);
    expect(answers()).toEqual([{
      Status: 'FAILED',
      Data: undefined,
      PhysicalResourceId: 'id',
      Reason: 'endpoint Endpoint is Updating, with a model of a later run perhaps; deploy again once it is InService',
    }]);
  });

  test('that may not ask fails', async () => {
    sageMaker.on(DescribeEndpointCommand).rejects(named('AccessDeniedException', 'not you'));
    await ask();
    expect(answers()).toMatchObject([{ Status: 'FAILED', Reason: 'not you' }]);
  });

  test('that deletes the stack has all deleted that was made, however new', async () => {
    left({ [`${PREFIX}-1`]: ownTags() }, { [`${PREFIX}-1`]: ownTags(), [`${PREFIX}-2`]: [] });
    await ask({ RequestType: 'Delete' });
    expect(answers()).toEqual(success(undefined));
    expect(sent(DeleteEndpointConfigCommand)).toEqual([{ EndpointConfigName: `${PREFIX}-1` }]);
    expect(sent(DeleteModelCommand)).toEqual([{ ModelName: `${PREFIX}-1` }]);
    expect(sent(ListModelsCommand)[0].CreationTimeBefore).toBeUndefined();
  });

  test('that keeps the endpoint keeps what this serves', async () => {
    redeployed();
    left({ [OURS]: ownTags(), [`${PREFIX}-1`]: ownTags() }, { [SERVED]: ownTags(), [`${PREFIX}-1`]: ownTags() });
    await ask({ RequestType: 'Delete' });
    expect(sent(DeleteEndpointConfigCommand)).toEqual([{ EndpointConfigName: `${PREFIX}-1` }]);
    expect(sent(DeleteModelCommand)).toEqual([{ ModelName: `${PREFIX}-1` }]);
  });

  test('that cannot delete what is left fails, because it stays', async () => {
    left({}, { [`${PREFIX}-1`]: ownTags() });
    sageMaker.on(DeleteModelCommand).rejects(named('AccessDeniedException', 'not you'));
    await ask({ RequestType: 'Delete' });
    expect(answers()).toMatchObject([{ Status: 'FAILED', Reason: 'not you' }]);
  });
});
