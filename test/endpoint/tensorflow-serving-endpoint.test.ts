import { App, CfnParameter, Duration, Lazy, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SagemakerIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import {
  AcceleratorType, CapacitySize, DeploymentStrategy, EndpointVariant, InstanceType, ModelArtifact, ModelFromArtifact, type ModelFromArtifactProps,
  ShapBaseline, TensorFlowServingEndpoint, type TensorFlowServingEndpointProps, TensorFlowVersion, VariantProperty,
} from '../../src';
import { agnosticStack, newStack, validTemplate } from '../support/synthesis';

function modelIn(stack: Stack, id = 'Model', props: Partial<ModelFromArtifactProps> = {}): ModelFromArtifact {
  const bucket = Bucket.fromBucketName(stack, `${id}Bucket`, 'models');
  return new ModelFromArtifact(stack, id, {
    artifact: ModelArtifact.fromBucket(bucket, `${id}.tar.gz`), version: TensorFlowVersion.V2_19, ...props,
  });
}

const c5 = InstanceType.of('ml.c5.large');

function endpointIn(stack: Stack, props: Partial<TensorFlowServingEndpointProps> = {}): TensorFlowServingEndpoint {
  return new TensorFlowServingEndpoint(stack, 'Endpoint', { model: modelIn(stack), instanceType: c5, ...props });
}

/** A name that is known before the endpoint is there: CloudFormation has the stack's id from the start. */
function nameWithStackId(readable: string): unknown {
  const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
  return { 'Fn::Join': ['', [`${readable}-`, { 'Fn::Select': [4, { 'Fn::Split': ['-', uuid] }] }]] };
}

function twoVariants(stack: Stack): EndpointVariant[] {
  return ['blue', 'green'].map((name) => EndpointVariant.onInstances(name, { model: modelIn(stack, name), instanceType: c5 }));
}

test('the short form is one variant with no name of its own for configuration or model', () => {
  const stack = newStack();
  endpointIn(stack);
  const template = validTemplate(stack);
  const [configId, config] = Object.entries(template.findResources('AWS::SageMaker::EndpointConfig'))[0];
  const [modelId] = Object.keys(template.findResources('AWS::SageMaker::Model'));
  expect(config.Properties).toEqual({
    ProductionVariants: [{
      VariantName: 'AllTraffic',
      ModelName: { 'Fn::GetAtt': [modelId, 'ModelName'] },
      InstanceType: 'ml.c5.large',
      InitialInstanceCount: 1,
      InitialVariantWeight: 1,
    }],
  });
  const [endpoint] = Object.values(template.findResources('AWS::SageMaker::Endpoint'));
  expect(endpoint.Properties).toEqual({
    EndpointConfigName: { 'Fn::GetAtt': [configId, 'EndpointConfigName'] },
    EndpointName: nameWithStackId('Stack-Endpoint-7DC50680'),
    DeploymentConfig: {
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 }, TerminationWaitInSeconds: 300 },
      AutoRollbackConfiguration: {
        Alarms: ['EndpointServerErrorsRollbackAlarm', 'EndpointModelLatencyRollbackAlarm'].map((id) => ({
          AlarmName: { Ref: Object.keys(template.findResources('AWS::CloudWatch::Alarm')).find((alarm) => alarm.startsWith(id)) },
        })),
      },
    },
  });
});

test('the short form takes a count and an accelerator', () => {
  const stack = newStack();
  new TensorFlowServingEndpoint(stack, 'Endpoint', {
    model: modelIn(stack, 'Model', { version: TensorFlowVersion.V2_3 }),
    instanceType: c5,
    initialInstanceCount: 2,
    acceleratorType: AcceleratorType.of('ml.eia1.large'),
  });
  // CloudFormation's schemas no longer have the accelerator
  Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
    ProductionVariants: [{ InitialInstanceCount: 2, AcceleratorType: 'ml.eia1.large' }],
  });
});

test('a maximal endpoint has all that was given', () => {
  const stack = newStack();
  const encryptionKey = new Key(stack, 'Key');
  const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', {
    variants: [
      EndpointVariant.onInstances('blue', { model: modelIn(stack, 'Blue'), instanceType: c5, weight: 3 }),
      EndpointVariant.onInstances('green', { model: modelIn(stack, 'Green'), instanceType: InstanceType.of('ml.m5.large'), weight: 0 }),
    ],
    endpointName: 'My-Endpoint',
    encryptionKey,
  });
  Tags.of(endpoint).add('team', 'ml');
  const template = validTemplate(stack);
  template.hasResourceProperties('AWS::SageMaker::EndpointConfig', {
    KmsKeyId: stack.resolve(encryptionKey.keyArn),
    ProductionVariants: [
      { VariantName: 'blue', InitialVariantWeight: 3 },
      { VariantName: 'green', InitialVariantWeight: 0, InstanceType: 'ml.m5.large' },
    ],
    Tags: [{ Key: 'team', Value: 'ml' }],
  });
  template.hasResourceProperties('AWS::SageMaker::Endpoint', { EndpointName: 'My-Endpoint', Tags: [{ Key: 'team', Value: 'ml' }] });
});

test('a changed model is a new configuration, which the endpoint is updated to', () => {
  const templates = ['a', 'b'].map((id) => {
    const stack = newStack();
    new TensorFlowServingEndpoint(stack, 'Endpoint', { model: modelIn(stack, id), instanceType: c5 });
    return validTemplate(stack).toJSON().Resources;
  });
  const ofType = (resources: Record<string, { Type: string; Properties: unknown }>, type: string) =>
    Object.entries(resources).filter(([, { Type }]) => Type === type).map(([id, { Properties }]) => [id, Properties]);
  expect(ofType(templates[0], 'AWS::SageMaker::Endpoint')).toEqual(ofType(templates[1], 'AWS::SageMaker::Endpoint'));
  expect(ofType(templates[0], 'AWS::SageMaker::EndpointConfig')).not.toEqual(ofType(templates[1], 'AWS::SageMaker::EndpointConfig'));
});

describe('refused are', () => {
  test('both forms at once', () => {
    const stack = newStack();
    expect(() => endpointIn(stack, { variants: twoVariants(stack) })).toThrow(
      '[Stack/Endpoint] 2 values are invalid:\n'
      + '  - `model` and `variants` exclude each other; give it to one of the variants\n'
      + '  - `instanceType` and `variants` exclude each other; give it to one of the variants');
  });

  test('half of the short form', () => {
    const stack = newStack();
    expect(() => new TensorFlowServingEndpoint(stack, 'Endpoint', { instanceType: c5 }))
      .toThrow('[Stack/Endpoint] `model` is required where there are no `variants`');
    expect(() => new TensorFlowServingEndpoint(stack, 'Other', { model: modelIn(stack) }))
      .toThrow('[Stack/Other] `instanceType` is required where there are no `variants`');
  });

  test('0 and 11 variants', () => {
    const many = (count: number) => {
      const stack = newStack();
      const model = modelIn(stack);
      return () => new TensorFlowServingEndpoint(stack, 'Endpoint', {
        variants: Array.from({ length: count }, (_, i) => EndpointVariant.onInstances(`v${i}`, { model, instanceType: c5 })),
      });
    };
    expect(many(0)).toThrow('[Stack/Endpoint] `variants` must be 1 to 10 variants, got: 0');
    expect(many(11)).toThrow('[Stack/Endpoint] `variants` must be 1 to 10 variants, got: 11');
    expect(many(1)).not.toThrow();
    expect(many(10)).not.toThrow();
  });

  test('two variants of one name', () => {
    const stack = newStack();
    const variants = ['blue', 'blue'].map((name, index) => EndpointVariant.onInstances(name, { model: modelIn(stack, `Model${index}`), instanceType: c5 }));
    expect(() => new TensorFlowServingEndpoint(stack, 'Endpoint', { variants }))
      .toThrow('[Stack/Endpoint] `variants` must have different names, got: "blue twice"');
  });

  test.each([['a space', 'my endpoint'], ['64 letters', 'x'.repeat(64)], ['64 hyphens', `a${'-'.repeat(64)}b`], ['a hyphen first', '-x']])('an endpoint name with %s', (_, endpointName) => {
    expect(() => endpointIn(newStack(), { endpointName })).toThrow(
      '[Stack/Endpoint] `endpointName` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, '
      + `got: ${JSON.stringify(endpointName)}`);
  });

  test('an instance count of 0 in the short form, by its own name', () => {
    expect(() => endpointIn(newStack(), { initialInstanceCount: 0 }))
      .toThrow('[Stack/Endpoint] `initialInstanceCount` must be a whole number of at least 1, got: 0');
  });
});

test('an endpoint name of 63 letters is taken', () => {
  const stack = newStack();
  endpointIn(stack, { endpointName: 'x'.repeat(63) });
  validTemplate(stack).hasResourceProperties('AWS::SageMaker::Endpoint', { EndpointName: 'x'.repeat(63) });
});

test('Elastic Inference is warned of, with what to use instead', () => {
  const stack = newStack();
  new TensorFlowServingEndpoint(stack, 'Endpoint', {
    model: modelIn(stack, 'Model', { version: TensorFlowVersion.V2_3 }), instanceType: c5, acceleratorType: AcceleratorType.of('ml.eia2.medium'),
  });
  Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
    'AWS no longer offers Elastic Inference.*ml\\.g4dn\\.xlarge.*cdk-tensorflow-serving:elasticInferenceWithdrawn'));
});

test.each(['ml.m7g.large', 'ml.c99.xlarge'])('instances that SageMaker is not known to host on (%s) are warned of', (type) => {
  const stack = newStack();
  endpointIn(stack, { model: modelIn(stack, 'M', { version: TensorFlowVersion.V2_16 }), instanceType: InstanceType.of(type) });
  Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
    `SageMaker is not known to host models on ${type}.*cdk-tensorflow-serving:instanceTypeUnknown`));
});

test('storage that a key does not encrypt is warned of', () => {
  const stack = newStack();
  const encryptionKey = new Key(stack, 'Key');
  endpointIn(stack, { instanceType: InstanceType.of('ml.g4dn.xlarge'), encryptionKey });
  Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
    'The instances of AllTraffic have storage of their own.*cdk-tensorflow-serving:localStorageHasItsOwnKey'));
  validTemplate(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', { KmsKeyId: stack.resolve(encryptionKey.keyArn) });
});

test('other endpoints are warned of nothing', () => {
  const stack = newStack();
  endpointIn(stack);
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});

describe('grants', () => {
  test.each([
    ['grantInvoke', 'sagemaker:InvokeEndpoint'],
    ['grantInvokeAsync', 'sagemaker:InvokeEndpointAsync'],
    ['grantDescribe', 'sagemaker:DescribeEndpoint'],
  ] as const)('%s allows %s on this endpoint alone', (method, action) => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    const grant = endpoint[method](new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
    expect(grant.success).toBe(true);
    const template = validTemplate(stack);
    const [id] = Object.keys(template.findResources('AWS::SageMaker::Endpoint'));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: action, Effect: 'Allow', Resource: { Ref: id } }] },
      Roles: [{ Ref: Match.stringLikeRegexp('^Caller') }],
    });
  });
});

describe('connections', () => {
  test('are those of the models, each once', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const shared = new SecurityGroup(stack, 'Shared', { vpc });
    const models = ['a', 'b'].map((id) => modelIn(stack, id, { vpc, securityGroups: [shared] }));
    const own = modelIn(stack, 'c', { vpc });
    const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', {
      variants: [...models, own].map((model, i) => EndpointVariant.onInstances(`v${i}`, { model, instanceType: c5 })),
    });
    expect(endpoint.connections.securityGroups).toEqual([shared, ...own.connections.securityGroups]);
    expect(endpoint.connections).toBe(endpoint.connections);
  });

  test('need a VPC', () => {
    expect(() => endpointIn(newStack()).connections)
      .toThrow('[Stack/Endpoint] `connections` exist only for an endpoint whose model is in a VPC; give the model a `vpc`');
  });
});

describe('metrics', () => {
  test.each([
    ['metricInvocations', 'AWS/SageMaker', 'Invocations', 'Sum', undefined],
    ['metricInvocationsPerInstance', 'AWS/SageMaker', 'InvocationsPerInstance', 'Sum', undefined],
    ['metricInvocation4xxErrors', 'AWS/SageMaker', 'Invocation4XXErrors', 'Sum', undefined],
    ['metricInvocation5xxErrors', 'AWS/SageMaker', 'Invocation5XXErrors', 'Sum', undefined],
    ['metricInvocationModelErrors', 'AWS/SageMaker', 'InvocationModelErrors', 'Sum', undefined],
    ['metricModelLatency', 'AWS/SageMaker', 'ModelLatency', 'Average', 'Microseconds'],
    ['metricOverheadLatency', 'AWS/SageMaker', 'OverheadLatency', 'Average', 'Microseconds'],
    ['metricCpuUtilization', '/aws/sagemaker/Endpoints', 'CPUUtilization', 'Average', 'Percent'],
    ['metricMemoryUtilization', '/aws/sagemaker/Endpoints', 'MemoryUtilization', 'Average', 'Percent'],
    ['metricDiskUtilization', '/aws/sagemaker/Endpoints', 'DiskUtilization', 'Average', 'Percent'],
    ['metricGpuUtilization', '/aws/sagemaker/Endpoints', 'GPUUtilization', 'Average', 'Percent'],
    ['metricGpuMemoryUtilization', '/aws/sagemaker/Endpoints', 'GPUMemoryUtilization', 'Average', 'Percent'],
  ] as const)('%s is %s %s', (method, namespace, metricName, statistic, unit) => {
    const stack = newStack();
    const endpoint = endpointIn(stack);
    const metric = endpoint[method]();
    expect(metric).toMatchObject({ namespace, metricName, statistic, unit });
    expect(stack.resolve(metric.dimensions)).toEqual({ EndpointName: nameWithStackId('Stack-Endpoint-7DC50680'), VariantName: 'AllTraffic' });
  });

  test('any other can be named, with options that win', () => {
    const metric = endpointIn(newStack()).metric('ModelSetupTime', { statistic: 'p99', label: 'setup' });
    expect(metric).toMatchObject({ namespace: 'AWS/SageMaker', metricName: 'ModelSetupTime', statistic: 'p99', label: 'setup' });
    expect(metric.period.toSeconds()).toBe(300);
  });

  test('of several variants name theirs', () => {
    const stack = newStack();
    const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', { variants: twoVariants(stack) });
    expect(endpoint.metricInvocations({ variantName: 'green' }).dimensions).toMatchObject({ VariantName: 'green' });
    expect(() => endpoint.metricInvocations())
      .toThrow('[Stack/Endpoint] `variantName` is required for a metric of an endpoint with several variants; give one of blue, green');
    expect(() => endpoint.metricInvocations({ variantName: 'red' }))
      .toThrow('[Stack/Endpoint] `variantName` must be a variant of the endpoint, which has blue, green, got: "red"');
  });

  test('can be alarmed on', () => {
    const stack = newStack();
    endpointIn(stack).metricModelLatency().createAlarm(stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
    validTemplate(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ModelLatency', Namespace: 'AWS/SageMaker', Unit: 'Microseconds' });
  });
});

test('works wherever the CDK takes an endpoint', () => {
  const stack = newStack();
  const endpoint: IEndpoint = endpointIn(stack);
  new RestApi(stack, 'Api').root.addMethod('POST', new SagemakerIntegration(endpoint));
  expect(endpoint.endpointRef).toEqual({ endpointArn: endpoint.endpointArn });
  const template = validTemplate(stack);
  template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Action: 'sagemaker:InvokeEndpoint' }] } });
});

test('an endpoint in another stack and region is found by its name', () => {
  const app = new App();
  const home = new Stack(app, 'Home', { env: { account: '123456789012', region: 'us-east-1' } });
  const away = new Stack(app, 'Away', { env: { account: '123456789012', region: 'eu-west-1' } });
  const endpoint = endpointIn(home, { endpointName: 'Mine' });
  endpoint.grantInvoke(new Role(away, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
  validTemplate(away).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{ Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:us-east-1:123456789012:endpoint/mine']] } }],
    },
  });
});

test('a stack for any account and region has the same endpoint', () => {
  const stack = agnosticStack();
  endpointIn(stack);
  validTemplate(stack).resourceCountIs('AWS::SageMaker::Endpoint', 1);
});

describe('an imported endpoint', () => {
  const arn = (name: unknown) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:us-east-1:123456789012:endpoint/${name}`]] });

  test('by name has an ARN in lower case, as IAM compares it', () => {
    const stack = newStack();
    const endpoint = TensorFlowServingEndpoint.fromEndpointName(stack, 'Endpoint', 'My-Endpoint');
    expect(endpoint.endpointName).toBe('My-Endpoint');
    expect(stack.resolve(endpoint.endpointArn)).toEqual(arn('my-endpoint'));
  });

  test('by a name that is only known when the stack is deployed keeps it', () => {
    const stack = newStack();
    const endpoint = TensorFlowServingEndpoint.fromEndpointName(stack, 'Endpoint', Lazy.string({ produce: () => 'Later' }));
    expect(stack.resolve(endpoint.endpointArn)).toEqual(arn('Later'));
  });

  test('by ARN has its name and its environment', () => {
    const endpoint = TensorFlowServingEndpoint.fromEndpointArn(newStack(), 'Endpoint', 'arn:aws:sagemaker:eu-west-1:210987654321:endpoint/mine');
    expect(endpoint.endpointName).toBe('mine');
    expect(endpoint.env).toEqual({ account: '210987654321', region: 'eu-west-1' });
  });

  test.each([
    'arn:aws:sagemaker:eu-west-1:210987654321:endpoint', 'arn:aws:sagemaker:eu-west-1:210987654321:endpoint-config/x', 'arn:aws:s3:::bucket/x', 'mine',
  ])('by %s is refused', (other) => {
    expect(() => TensorFlowServingEndpoint.fromEndpointArn(newStack(), 'Endpoint', other)).toThrow(
      `[Stack/Endpoint] \`endpointArn\` must have the form arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME, got: "${other}"`);
  });

  test.each(['arn:aws:sagemaker:eu-west-1:210987654321:endpoint/x', 'a_b', ''])('by the name %j is refused', (name) => {
    expect(() => TensorFlowServingEndpoint.fromEndpointName(newStack(), 'Endpoint', name)).toThrow(
      '[Stack/Endpoint] `endpointName` must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last, '
      + `got: "${name}"; give an ARN to fromEndpointArn`);
  });

  test('can be granted on', () => {
    const stack = newStack();
    TensorFlowServingEndpoint.fromEndpointName(stack, 'Endpoint', 'mine')
      .grantInvoke(new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
    validTemplate(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'sagemaker:InvokeEndpoint', Resource: arn('mine') }] },
    });
  });

  test('has metrics of the variants that it is said to have', () => {
    const stack = newStack();
    const endpoint = TensorFlowServingEndpoint.fromEndpointAttributes(stack, 'Endpoint', { endpointName: 'mine', variantNames: ['blue'] });
    expect(endpoint.metricInvocations().dimensions).toEqual({ EndpointName: 'mine', VariantName: 'blue' });
  });

  test('whose variants are not known has metrics of a named one', () => {
    const endpoint = TensorFlowServingEndpoint.fromEndpointName(newStack(), 'Endpoint', 'mine');
    expect(endpoint.metricInvocations({ variantName: 'any' }).dimensions).toEqual({ EndpointName: 'mine', VariantName: 'any' });
    expect(() => endpoint.metricInvocations()).toThrow(
      '[Stack/Endpoint] `variantName` is required for a metric of an imported endpoint; give it here, or `variantNames` to fromEndpointAttributes');
  });

  test('has the security groups that it is said to have', () => {
    const stack = newStack();
    const group = SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const known = TensorFlowServingEndpoint.fromEndpointAttributes(stack, 'Known', { endpointName: 'mine', securityGroups: [group] });
    expect(known.connections.securityGroups).toEqual([group]);
    expect(() => TensorFlowServingEndpoint.fromEndpointName(stack, 'Other', 'mine').connections)
      .toThrow('[Stack/Other] `connections` are not known of this imported endpoint; give `securityGroups` to fromEndpointAttributes');
  });
});

describe('a shadow', () => {
  const shadowed = (stack: Stack): TensorFlowServingEndpoint =>
    endpointIn(stack, { shadow: EndpointVariant.onInstances('next', { model: modelIn(stack, 'Next'), instanceType: c5, weight: 0.5 }) });

  test('is a variant beside the others', () => {
    const stack = newStack();
    shadowed(stack);
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      ProductionVariants: [{ VariantName: 'AllTraffic' }], ShadowProductionVariants: [{ VariantName: 'next', InitialVariantWeight: 0.5 }],
    });
  });

  test('has metrics, but is never meant where none is named', () => {
    const endpoint = shadowed(newStack());
    expect(endpoint.metricModelLatency({ variantName: 'next' }).dimensions).toMatchObject({ VariantName: 'next' });
    expect(endpoint.metricModelLatency().dimensions).toMatchObject({ VariantName: 'AllTraffic' });
  });

  test('is not scaled', () => {
    expect(() => shadowed(newStack()).autoScaleInstanceCount({ variantName: 'next', maxCapacity: 2 }))
      .toThrow('`variantName` must be a variant that answers requests, not the shadow of one, got: "next"');
  });

  test('needs a name of its own, and one variant to shadow', () => {
    const stack = newStack();
    const shadow = EndpointVariant.onInstances('blue', { model: modelIn(stack, 'Next'), instanceType: c5 });
    expect(() => new TensorFlowServingEndpoint(stack, 'Endpoint', { variants: twoVariants(stack), shadow })).toThrow([
      '[Stack/Endpoint] 2 values are invalid:',
      '  - `variants` must have different names, got: "blue twice"',
      '  - `shadow` needs an endpoint with one variant, whose requests it gets copies of, got: "2 variants"',
    ].join('\n'));
  });
});

describe('metrics of the instances', () => {
  test('are published as is asked for', () => {
    const stack = newStack();
    endpointIn(stack, { enhancedMetrics: true, detailedObservability: false, metricPublishFrequency: Duration.seconds(30) });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      MetricsConfig: { EnableEnhancedMetrics: true, EnableDetailedObservability: false, MetricPublishFrequencyInSeconds: 30 },
    });
  });

  test.each([10, 30, 60, 120, 180, 240, 300])('can be published every %d seconds', (seconds) => {
    const stack = newStack();
    endpointIn(stack, { metricPublishFrequency: Duration.seconds(seconds) });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', { MetricsConfig: { MetricPublishFrequencyInSeconds: seconds } });
  });

  test.each([
    [9, 'must be a whole number from 10 to 300 seconds, got: 9'],
    [301, 'must be a whole number from 10 to 300 seconds, got: 301'],
    [45, 'must be one of 10, 30, 60, 120, 180, 240, 300 seconds, got: 45'],
  ])('cannot be published every %d seconds', (seconds, text) => {
    expect(() => endpointIn(newStack(), { metricPublishFrequency: Duration.seconds(seconds) })).toThrow(`[Stack/Endpoint] \`metricPublishFrequency\` ${text}`);
  });

  test('can be published every so often as is known only when the stack is deployed', () => {
    const stack = newStack();
    endpointIn(stack, { metricPublishFrequency: Duration.seconds(new CfnParameter(stack, 'Frequency', { type: 'Number' }).valueAsNumber) });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::EndpointConfig', { MetricsConfig: { MetricPublishFrequencyInSeconds: { Ref: 'Frequency' } } });
  });
});

describe('an update', () => {
  const properties = (props: Partial<TensorFlowServingEndpointProps>, use?: (endpoint: TensorFlowServingEndpoint) => void): unknown[] => {
    const stack = newStack();
    const endpoint = endpointIn(stack, props);
    use?.(endpoint);
    const [{ Properties }] = Object.values(validTemplate(stack).findResources('AWS::SageMaker::Endpoint'));
    return [Properties.RetainAllVariantProperties, Properties.ExcludeRetainedVariantProperties];
  };
  const scaled = (endpoint: TensorFlowServingEndpoint) => { endpoint.autoScaleInstanceCount({ maxCapacity: 4 }); };
  const weights = [{ VariantPropertyType: 'DesiredWeight' }];

  test('sets all to what the app says', () => {
    expect(properties({})).toEqual([undefined, undefined]);
  });

  test('keeps the number of instances that scaling has set', () => {
    expect(properties({}, scaled)).toEqual([true, undefined]);
  });

  test('keeps nothing, if so asked', () => {
    expect(properties({ retainAllVariantProperties: false }, scaled)).toEqual([false, undefined]);
  });

  test('keeps what is asked for, without scaling', () => {
    expect(properties({ retainAllVariantProperties: true })).toEqual([true, undefined]);
  });

  test('keeps all but what is excluded', () => {
    expect(properties({ excludeRetainedVariantProperties: [VariantProperty.DESIRED_WEIGHT] })).toEqual([true, weights]);
  });

  test('sets the weights of several variants to what the app says', () => {
    const stack = newStack();
    const endpoint = new TensorFlowServingEndpoint(stack, 'Endpoint', { variants: twoVariants(stack) });
    endpoint.autoScaleInstanceCount({ variantName: 'blue', maxCapacity: 4 });
    endpoint.autoScaleInstanceCount({ variantName: 'green', maxCapacity: 4 });
    validTemplate(stack).hasResourceProperties('AWS::SageMaker::Endpoint', { RetainAllVariantProperties: true, ExcludeRetainedVariantProperties: weights });
    validTemplate(stack).resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 2);
  });

  test.each<[Partial<TensorFlowServingEndpointProps>, string]>([
    [{ retainAllVariantProperties: false, excludeRetainedVariantProperties: [VariantProperty.DESIRED_WEIGHT] },
      'has no effect while `retainAllVariantProperties` is false; leave out one of them'],
    [{ excludeRetainedVariantProperties: [VariantProperty.DESIRED_WEIGHT, VariantProperty.DESIRED_WEIGHT] },
      'must name each property once, got: ["DesiredWeight","DesiredWeight"]'],
  ])('that contradicts itself is refused: %j', (props, text) => {
    expect(() => endpointIn(newStack(), props)).toThrow(`[Stack/Endpoint] \`excludeRetainedVariantProperties\` ${text}`);
  });

  test('of parts that scaling may make too large is warned of', () => {
    const stack = newStack();
    const endpoint = endpointIn(stack, { initialInstanceCount: 4, deployment: DeploymentStrategy.canary({ canarySize: CapacitySize.instances(2) }) });
    endpoint.autoScaleInstanceCount({ minCapacity: 2, maxCapacity: 8 });
    Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp('cdk-tensorflow-serving:deploymentSizeMayNotFit'));
  });
});

describe('what SageMaker does not have is refused', () => {
  const serverless = (stack: Stack, ...names: string[]): Partial<TensorFlowServingEndpointProps> => ({
    model: undefined,
    instanceType: undefined,
    variants: names.map((name) => EndpointVariant.serverless(name, { model: modelIn(stack, `Model${name}`) })),
  });
  const asyncInference = { outputBucket: Bucket.fromBucketName(newStack(), 'Outputs', 'outputs') };
  const shadow = (stack: Stack) => EndpointVariant.onInstances('next', { model: modelIn(stack, 'Next'), instanceType: c5 });
  const baseline = ShapBaseline.inline('0');

  test.each<[string, (stack: Stack) => Partial<TensorFlowServingEndpointProps>, string]>([
    ['two serverless variants', (s) => serverless(s, 'a', 'b'),
      '`variants` must be one variant, because a serverless variant is the only one of its endpoint, got: "2 variants"'],
    ['a serverless asynchronous endpoint', (s) => ({ ...serverless(s, 'a'), asyncInference }),
      '`asyncInference` cannot be used here, because SageMaker does not offer it for serverless variants; leave it out'],
    ['serverless data capture', (s) => ({ ...serverless(s, 'a'), dataCapture: { bucket: asyncInference.outputBucket } }),
      '`dataCapture` cannot be used here, because SageMaker does not offer it for serverless variants; leave it out'],
    ['a serverless deployment strategy', (s) => ({ ...serverless(s, 'a'), deployment: DeploymentStrategy.canary() }),
      '`deployment` cannot be used for a, because SageMaker does not offer it for serverless variants; leave it out'],
    ['an asynchronous shadow', (s) => ({ asyncInference, shadow: shadow(s) }),
      '`shadow` cannot be used here, because SageMaker copies only requests of real-time endpoints, and between single models; leave it out'],
    ['an asynchronous explainer', () => ({ asyncInference, explainer: { baseline } }),
      '`explainer` cannot be used here, because explanations come with answers that somebody waits for; leave it out'],
  ])('%s', (_, props, text) => {
    const stack = newStack();
    expect(() => endpointIn(stack, props(stack))).toThrow(`[Stack/Endpoint] ${text}`);
  });

  test('variants whose names are not known', () => {
    const stack = newStack();
    expect(() => new TensorFlowServingEndpoint(stack, 'Endpoint', {
      variants: [EndpointVariant.onInstances(Lazy.string({ produce: () => 'blue' }), { model: modelIn(stack), instanceType: c5 })],
    })).toThrow('[Stack/Endpoint] `variants[0].variantName` must be known when the app is synthesized, and cannot be a token');
  });
});

test('weights that are all 0 are warned of', () => {
  const stack = newStack();
  new TensorFlowServingEndpoint(stack, 'Endpoint', { variants: [EndpointVariant.onInstances('blue', { model: modelIn(stack), instanceType: c5, weight: 0 })] });
  Annotations.fromStack(stack).hasWarning('/Stack/Endpoint', Match.stringLikeRegexp(
    'All variants have the weight 0, so that only requests that name a variant are answered; give one of them a weight.*cdk-tensorflow-serving:allWeightsZero'));
});
