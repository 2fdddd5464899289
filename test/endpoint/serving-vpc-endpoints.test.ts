import { Match } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpointAwsService, Port, SubnetType, Vpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Stack } from 'aws-cdk-lib/core';
import { TensorFlowServingEndpoint } from '../../src';
import { ServingVpcEndpoints } from '../../src/endpoint/serving-vpc-endpoints';
import { newStack, validTemplate } from '../support/synthesis';

let stack: Stack;

beforeEach(() => {
  stack = newStack();
});

function closedVpc(): Vpc {
  return new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'closed', subnetType: SubnetType.PRIVATE_ISOLATED }] });
}

/** The services of the interfaces, in their order. */
function services(): string[] {
  return Object.values(validTemplate(stack).findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }))
    .map(({ Properties }) => Properties.ServiceName);
}

describe('minimal', () => {
  test('opens SageMaker Runtime, ECR and logs by an interface, with private names, in the isolated subnets', () => {
    new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc() });

    expect(services()).toEqual([
      'com.amazonaws.us-east-1.sagemaker.runtime', 'com.amazonaws.us-east-1.ecr.api', 'com.amazonaws.us-east-1.ecr.dkr', 'com.amazonaws.us-east-1.logs',
    ]);
    validTemplate(stack).allResourcesProperties('AWS::EC2::VPCEndpoint', Match.objectLike({ VpcId: { Ref: 'Vpc8378EB38' } }));
    validTemplate(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.us-east-1.sagemaker.runtime',
      PrivateDnsEnabled: true,
      SubnetIds: [{ Ref: 'VpcclosedSubnet1Subnet8E83BE88' }, { Ref: 'VpcclosedSubnet2SubnetFEFCAC3A' }].map(() => ({ Ref: Match.stringLikeRegexp('^VpcclosedSubnet') })),
      SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^DoorsSecurityGroup'), 'GroupId'] }],
      PolicyDocument: Match.absent(),
    });
  });

  test('opens S3 by a gateway', () => {
    new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc() });

    validTemplate(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.s3']] },
      RouteTableIds: [{ Ref: Match.stringLikeRegexp('^VpcclosedSubnet1RouteTable') }, { Ref: Match.stringLikeRegexp('^VpcclosedSubnet2RouteTable') }],
    });
  });

  test('lets everything in the VPC in at port 443, and nothing out', () => {
    new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc() });

    validTemplate(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [{ CidrIp: { 'Fn::GetAtt': ['Vpc8378EB38', 'CidrBlock'] }, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: Match.anyValue() }],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
  });
});

describe('maximal', () => {
  test('has the services that are asked for, and no gateway', () => {
    new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc(), interfaceServices: [InterfaceVpcEndpointAwsService.KMS], s3Gateway: false });

    expect(services()).toEqual(['com.amazonaws.us-east-1.kms']);
    validTemplate(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 1);
  });

  test('lets only those in who are let in', () => {
    const vpc = closedVpc();
    const doors = new ServingVpcEndpoints(stack, 'Doors', { vpc, open: false });
    doors.connections.allowDefaultPortFrom(new SecurityGroup(stack, 'Callers', { vpc }));

    expect(doors.connections.defaultPort).toEqual(Port.HTTPS);
    validTemplate(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    validTemplate(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 443, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Callers'), 'GroupId'] },
    });
  });

  test('lets requests through to the given endpoints only', () => {
    const endpoint = TensorFlowServingEndpoint.fromEndpointName(stack, 'Endpoint', 'mine');
    new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc(), endpoints: [endpoint] });

    validTemplate(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.us-east-1.sagemaker.runtime',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointAsync'],
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:us-east-1:123456789012:endpoint/mine']] },
        }],
      },
    });
  });

  test('takes the private subnets of a VPC that has no isolated ones', () => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    new ServingVpcEndpoints(stack, 'Doors', { vpc, interfaceServices: [InterfaceVpcEndpointAwsService.SAGEMAKER_RUNTIME] });

    validTemplate(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.us-east-1.sagemaker.runtime',
      SubnetIds: [{ Ref: Match.stringLikeRegexp('^VpcPrivateSubnet1') }, { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet2') }],
    });
  });
});

describe('fails', () => {
  test('with a service twice', () => {
    const service = InterfaceVpcEndpointAwsService.KMS;
    expect(() => new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc(), interfaceServices: [service, service] }))
      .toThrow('[Stack/Doors] `interfaceServices` must name each service once, got: ["kms","kms"]');
  });

  test('with endpoints and no SageMaker Runtime', () => {
    const endpoint = TensorFlowServingEndpoint.fromEndpointName(stack, 'Endpoint', 'mine');
    expect(() => new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc(), interfaceServices: [], endpoints: [endpoint] })).toThrow(
      '[Stack/Doors] `endpoints` needs SageMaker Runtime among the services, got: []; add InterfaceVpcEndpointAwsService.SAGEMAKER_RUNTIME');
  });

  test('with no endpoints at all', () => {
    expect(() => new ServingVpcEndpoints(stack, 'Doors', { vpc: closedVpc(), endpoints: [] }))
      .toThrow('[Stack/Doors] `endpoints` must not be empty; leave it out for all');
  });
});
