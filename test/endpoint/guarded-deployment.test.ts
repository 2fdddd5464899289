import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { modelIn } from './variant-support';
import {
  AcceleratorType, DeploymentStrategy, EndpointVariant, InstanceType, ModelFromArtifact, RollbackAlarms, TensorFlowServingEndpoint,
  type TensorFlowServingEndpointProps, TensorFlowVersion,
} from '../../src';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

const c5 = InstanceType.of('ml.c5.large');

let stack: Stack;

beforeEach(() => {
  stack = newStack();
});

function endpointIn(scope: Stack, props: Partial<TensorFlowServingEndpointProps> = {}): TensorFlowServingEndpoint {
  return new TensorFlowServingEndpoint(scope, 'Endpoint', { model: modelIn(scope), instanceType: c5, ...props });
}

function alarm(id = 'Alarm'): IAlarm {
  return new Alarm(stack, id, { metric: new Metric({ namespace: 'Mine', metricName: 'Bad' }), threshold: 1, evaluationPeriods: 1 });
}

function deploymentConfig(): any {
  return Object.values(validTemplate(stack).findResources('AWS::SageMaker::Endpoint'))[0].Properties.DeploymentConfig;
}

/** The policies that let a role look at alarms, with the alarms. */
function rightsToLook(): unknown[] {
  return Object.values(validTemplate(stack).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => Action === 'cloudwatch:DescribeAlarms')
    .map(({ Resource }) => Resource);
}

describe('by default', () => {
  test('an update is all at once, and undone by alarms on errors and latency of the new instances', () => {
    endpointIn(stack);

    const template = validTemplate(stack);
    const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
    const [configId] = Object.keys(template.findResources('AWS::SageMaker::EndpointConfig'));
    expect(deploymentConfig().AutoRollbackConfiguration).toEqual({ Alarms: alarms.map(([id]) => ({ AlarmName: { Ref: id } })) });
    expect(alarms.map(([, { Properties }]) => [Properties.MetricName, Properties.AlarmName])).toEqual([['Invocation5XXErrors', undefined], ['ModelLatency', undefined]]);
    for (const [, { Properties }] of alarms) {
      expect(Properties.Dimensions).toEqual([
        { Name: 'EndpointConfigName', Value: { 'Fn::GetAtt': [configId, 'EndpointConfigName'] } },
        { Name: 'EndpointName', Value: Object.values(template.findResources('AWS::SageMaker::Endpoint'))[0].Properties.EndpointName },
        { Name: 'VariantName', Value: 'AllTraffic' },
      ]);
    }
  });

  test('the endpoint waits for its alarms and for the right to look at them, and they wait for nothing of it', () => {
    endpointIn(stack);

    const [endpoint] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Endpoint'));
    expect(endpoint.DependsOn).toEqual([expect.stringMatching(/^EndpointRollbackAlarmsRights/)]);
    const alarms = Object.keys(validTemplate(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(rightsToLook()).toEqual([alarms.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }))]);
    expect(JSON.stringify(Object.values(validTemplate(stack).findResources('AWS::CloudWatch::Alarm')))).not.toContain('EndpointName"]');
  });

  test('it is so in a stack for any account and region', () => {
    stack = agnosticStack();
    endpointIn(stack);
    expect(deploymentConfig().AutoRollbackConfiguration.Alarms).toHaveLength(2);
  });

  test('roles that several models share look once', () => {
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/mine');
    const variants = ['a', 'b'].map((name) => EndpointVariant.onInstances(name, { model: modelIn(stack, { role }, name), instanceType: c5 }));
    new TensorFlowServingEndpoint(stack, 'Endpoint', { variants });
    expect(rightsToLook()).toHaveLength(1);
  });

  test('each role looks', () => {
    const variants = ['a', 'b'].map((name) => EndpointVariant.onInstances(name, { model: modelIn(stack, {}, name), instanceType: c5 }));
    new TensorFlowServingEndpoint(stack, 'Endpoint', { variants });
    expect(rightsToLook()).toHaveLength(2);
  });

  test.each<[string, (s: Stack) => Partial<TensorFlowServingEndpointProps>]>([
    ['Inferentia 1', (s) => ({ model: ModelFromArtifact.fromModelName(s, 'Inf', 'mine'), instanceType: InstanceType.of('ml.inf1.xlarge') })],
    ['Elastic Inference', (s) => ({
      model: modelIn(s, { version: TensorFlowVersion.V2_3 }, 'Old'), acceleratorType: AcceleratorType.of('ml.eia1.large'),
    })],
  ])('%s has no deployment strategy and no alarms, and the same name, so that such instances do not replace the endpoint', (_, props) => {
    endpointIn(stack, props(stack));

    // CloudFormation's schemas no longer have Elastic Inference
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.hasResourceProperties('AWS::SageMaker::Endpoint', {
      DeploymentConfig: Match.absent(), EndpointName: { 'Fn::Join': ['', Match.arrayWith(['Stack-Endpoint-7DC50680-'])] },
    });
  });

  test('a serverless variant has neither, and a name of CloudFormation\'s, because no endpoint becomes serverless by an update', () => {
    new TensorFlowServingEndpoint(stack, 'Endpoint', { variants: [EndpointVariant.serverless('AllTraffic', { model: modelIn(stack) })] });

    validTemplate(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Endpoint', { DeploymentConfig: Match.absent(), EndpointName: Match.absent() });
  });

  test.each<[string, (s: Stack) => Role | ReturnType<typeof Role.fromRoleArn>]>([
    ['cannot be changed', (s) => Role.fromRoleArn(s, 'Role', 'arn:aws:iam::123456789012:role/mine', { mutable: false })],
    ['is of another account', (s) => Role.fromRoleArn(s, 'Role', 'arn:aws:iam::210987654321:role/mine')],
  ])('a role that %s, and so cannot be given the right, has no alarms', (_, role) => {
    endpointIn(stack, { model: modelIn(stack, { role: role(stack) }, 'Mine') });

    validTemplate(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(rightsToLook()).toEqual([]);
  });

  test('the right of a role is a policy of its own, however the models are ordered', () => {
    const ids = [['a', 'b'], ['b', 'a'], ['b']].map((names) => {
      const other = newStack();
      const models = Object.fromEntries(['a', 'b'].map((name) => [name, modelIn(other, {}, name)]));
      new TensorFlowServingEndpoint(other, 'Endpoint', {
        variants: names.map((name) => EndpointVariant.onInstances(name, { model: models[name], instanceType: c5 })),
      });
      const policies = Object.entries(validTemplate(other).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('EndpointRollback'));
      return policies.map(([id, { Properties }]) => `${Properties.Roles[0].Ref} ${id}`).sort();
    });
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[0]).toEqual(expect.arrayContaining(ids[2]));
  });

  test('an imported model, whose role cannot be given the right, has no alarms', () => {
    endpointIn(stack, { model: ModelFromArtifact.fromModelName(stack, 'Imported', 'mine') });

    expect(deploymentConfig()).toEqual({
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 }, TerminationWaitInSeconds: 300 },
    });
    validTemplate(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  test('a strategy that never waits has no alarms, which nobody would look at', () => {
    endpointIn(stack, { deployment: DeploymentStrategy.allAtOnce({ terminationWait: Duration.seconds(0) }) });

    validTemplate(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('when given', () => {
  test('alarms take the place of the recommended ones', () => {
    const mine = alarm();
    endpointIn(stack, { rollbackAlarms: RollbackAlarms.of(mine) });

    expect(deploymentConfig().AutoRollbackConfiguration).toEqual({ Alarms: [{ AlarmName: stack.resolve(mine.alarmName) }] });
    expect(rightsToLook()).toEqual([[stack.resolve(mine.alarmArn)]]);
  });

  test('no alarms are no rights', () => {
    endpointIn(stack, { rollbackAlarms: RollbackAlarms.none() });

    expect(deploymentConfig().AutoRollbackConfiguration).toBeUndefined();
    expect(rightsToLook()).toEqual([]);
  });

  test('the strategy is what the endpoint is updated by', () => {
    endpointIn(stack, { initialInstanceCount: 2, deployment: DeploymentStrategy.canary() });
    expect(deploymentConfig().BlueGreenUpdatePolicy.TrafficRoutingConfiguration.Type).toBe('CANARY');
  });

  test('what will not work is warned of', () => {
    endpointIn(stack, { deployment: DeploymentStrategy.canary() });
    Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp('a single one cannot be divided \\(AllTraffic\\)'));
  });

  test('alarms that would not be looked at are warned of', () => {
    endpointIn(stack, {
      deployment: DeploymentStrategy.allAtOnce({ terminationWait: Duration.seconds(0) }), rollbackAlarms: RollbackAlarms.recommended(),
    });
    Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp('`rollbackAlarms` are watched only while the deployment waits'));
  });
});

describe('what a role must be allowed by its owner is warned of', () => {
  test('where the role cannot be changed', () => {
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/mine', { mutable: false });
    endpointIn(stack, { model: modelIn(stack, { role }, 'Mine'), rollbackAlarms: RollbackAlarms.recommended() });

    Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
      'The role of the model Mine cannot be given rights here; see to it that it is allowed cloudwatch:DescribeAlarms.*cdk-tensorflow-serving:rightsNotGranted'));
  });

  test('where the model was imported', () => {
    endpointIn(stack, { model: ModelFromArtifact.fromModelName(stack, 'Imported', 'mine'), rollbackAlarms: RollbackAlarms.of(alarm()) });

    Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp('The role of the model Imported cannot be given rights here'));
  });
});

describe('an update that changes the names of variants', () => {
  test('is left to SageMaker', () => {
    endpointIn(stack, { deployment: DeploymentStrategy.unguarded() });

    expect(deploymentConfig()).toBeUndefined();
    validTemplate(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Endpoint', { EndpointName: Match.anyValue() });
  });
});

describe('an alarm that is added', () => {
  test('can be for a metric of the endpoint, without a circle', () => {
    const endpoint = endpointIn(stack, { rollbackAlarms: RollbackAlarms.none() });
    const mine = endpoint.metricMemoryUtilization().createAlarm(stack, 'Memory', { threshold: 90, evaluationPeriods: 1 });
    endpoint.addRollbackAlarm(mine);

    expect(deploymentConfig().AutoRollbackConfiguration).toEqual({ Alarms: [{ AlarmName: stack.resolve(mine.alarmName) }] });
    expect(rightsToLook()).toEqual([[stack.resolve(mine.alarmArn)]]);
  });

  test('comes after the recommended ones, once', () => {
    const endpoint = endpointIn(stack);
    const mine = alarm();
    endpoint.addRollbackAlarm(mine);
    endpoint.addRollbackAlarm(mine);

    expect(deploymentConfig().AutoRollbackConfiguration.Alarms).toHaveLength(3);
    expect(deploymentConfig().AutoRollbackConfiguration.Alarms[2]).toEqual({ AlarmName: stack.resolve(mine.alarmName) });
  });

  test('is the tenth at most', () => {
    const endpoint = endpointIn(stack, { rollbackAlarms: RollbackAlarms.none() });
    Array.from({ length: 10 }, (_, index) => endpoint.addRollbackAlarm(alarm(`Alarm${index}`)));

    expect(() => endpoint.addRollbackAlarm(alarm('One'))).toThrow(
      '[Stack/Endpoint] `rollbackAlarms` must be at most 10 alarms, got: 11; combine the metrics of some in a MathExpression');
    expect(deploymentConfig().AutoRollbackConfiguration.Alarms).toHaveLength(10);
  });

  test('needs a deployment strategy', () => {
    const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', { variants: [EndpointVariant.serverless('v', { model: modelIn(stack) })] });
    expect(() => endpoint.addRollbackAlarm(alarm())).toThrow(
      '[Stack/Endpoint] `addRollbackAlarm` needs a deployment strategy, which SageMaker does not have for serverless variants, Inferentia 1 and Elastic Inference');
  });
});

describe('the name of the endpoint', () => {
  test('in a metric of another stack is the one that the endpoint exports', () => {
    const app = new App();
    const home = new Stack(app, 'Home');
    const away = new Stack(app, 'Away');
    endpointIn(home).metricInvocations().createAlarm(away, 'Alarm', { threshold: 1, evaluationPeriods: 1 });

    const [endpointId] = Object.keys(validTemplate(home).findResources('AWS::SageMaker::Endpoint'));
    validTemplate(away).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: Match.arrayWith([{ Name: 'EndpointName', Value: { 'Fn::ImportValue': Match.stringLikeRegexp(`^Home:ExportsOutputFnGetAtt${endpointId}EndpointName`) } }]),
    });
  });

  test('is the one that was given', () => {
    const endpoint = endpointIn(stack, { endpointName: 'mine' });
    expect(stack.resolve(endpoint.metricInvocations().dimensions)).toEqual({ EndpointName: 'mine', VariantName: 'AllTraffic' });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Endpoint', { EndpointName: 'mine' });
  });
});

test.each<[string, (s: Stack) => Partial<TensorFlowServingEndpointProps>, string]>([
  ['a serverless variant', (s) => ({
    model: undefined, instanceType: undefined, variants: [EndpointVariant.serverless('AllTraffic', { model: modelIn(s, {}, 'Serverless') })],
  }), 'SageMaker does not offer it for serverless variants'],
  ['Inferentia 1', (s) => ({ model: ModelFromArtifact.fromModelName(s, 'Inf', 'mine'), instanceType: InstanceType.of('ml.inf1.xlarge') }),
    'SageMaker updates such instances all at once, without looking at alarms'],
  ['Elastic Inference', (s) => ({
    model: modelIn(s, { version: TensorFlowVersion.V2_3 }, 'Old'), acceleratorType: AcceleratorType.of('ml.eia1.large'),
  }), 'SageMaker updates such instances all at once, without looking at alarms'],
])('alarms for %s are refused', (_, props, reason) => {
  expect(() => endpointIn(stack, { ...props(stack), rollbackAlarms: RollbackAlarms.recommended() }))
    .toThrow(`[Stack/Endpoint] \`rollbackAlarms\` cannot be used here, because ${reason}; leave it out`);
});
