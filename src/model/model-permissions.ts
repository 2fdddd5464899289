import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ArnFormat, PhysicalName, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ArtifactLocation } from './artifact-source';
import { logStatement, metricStatement } from '../private/container-rights';

/** Reads an object that SageMaker downloads. */
const READ_OBJECT = ['s3:GetObject'];

/** Finds the objects under a prefix. */
const LIST_OBJECTS = ['s3:ListBucket'];

/** Decrypts an object that SageMaker downloads. */
const DECRYPT = ['kms:Decrypt'];

/** Makes and removes the network interfaces of a container in a VPC. */
const CHANGE_NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface', 'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface', 'ec2:DeleteNetworkInterfacePermission',
];

/** Looks at the VPC; EC2 has no narrower right for these. */
const DESCRIBE_NETWORK = [
  'ec2:DescribeDhcpOptions', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs',
];

/** The role of a model, which only SageMaker can assume, and only on behalf of this account. */
export function modelRole(scope: Construct): iam.Role {
  return new iam.Role(scope, 'Role', {
    roleName: PhysicalName.GENERATE_IF_NEEDED, // an image in another account
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
}

/** Reads the artifact: its object, or the objects under its prefix; and decrypts them. */
export function artifactStatements({ bucket, key, encryptionKey }: ArtifactLocation, compressed: boolean): iam.PolicyStatement[] {
  const objects = bucket.arnForObjects(compressed ? key : `${key}*`);
  return [
    new iam.PolicyStatement({ actions: READ_OBJECT, resources: [objects] }),
    ...compressed ? [] : [new iam.PolicyStatement({
      actions: LIST_OBJECTS,
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [`${key}*`] } },
    })],
    ...encryptionKey === undefined ? [] : [new iam.PolicyStatement({ actions: DECRYPT, resources: [encryptionKey.keyArn] })],
  ];
}

/** What a container on an endpoint does by itself: writes logs and metrics. */
export function containerStatements(scope: Construct): iam.PolicyStatement[] {
  return [
    // the endpoint's name is known only once the model exists
    logStatement([logGroups(scope, '/aws/sagemaker/Endpoints/*')]),
    metricStatement('/aws/sagemaker/Endpoints'),
  ];
}

/** Has network interfaces in these subnets with these security groups. */
export function vpcStatements(scope: Construct, subnetIds: string[], securityGroups: ec2.ISecurityGroup[]): iam.PolicyStatement[] {
  const arn = (resource: string, resourceName: string, account?: string) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName, account });
  return [
    new iam.PolicyStatement({
      actions: CHANGE_NETWORK_INTERFACES,
      resources: [
        arn('network-interface', '*'),
        // a shared subnet is in the account that shares it
        ...subnetIds.map((id) => arn('subnet', id, '*')),
        ...securityGroups.map((group) => arn('security-group', group.securityGroupId)),
      ],
    }),
    new iam.PolicyStatement({ actions: DESCRIBE_NETWORK, resources: ['*'] }),
  ];
}

function logGroups(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'logs', resource: 'log-group', resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
