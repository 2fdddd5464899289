import * as iam from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Writes a container's output to CloudWatch Logs. */
const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];

/** Publishes the utilization of instances, and metrics that are read from the log. */
const PUBLISH_METRICS = ['cloudwatch:PutMetricData'];

/** Lets the service that has the volumes use their key. */
const USE_VOLUME_KEY = ['kms:CreateGrant'];
const DESCRIBE_KEY = ['kms:DescribeKey'];

/** Writes to log groups, by their ARNs. */
export function logStatement(resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: WRITE_LOGS, resources });
}

/** Writes to the log group that all jobs of a kind write to. */
export function jobLogStatement(scope: Construct, resourceName: string): iam.PolicyStatement {
  const logGroup = Stack.of(scope).formatArn({ service: 'logs', resource: 'log-group', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return logStatement([logGroup, `${logGroup}:*`]);
}

/** Publishes metrics in a namespace. */
export function metricStatement(namespace: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: PUBLISH_METRICS,
    resources: ['*'], // CloudWatch has no narrower right but by namespace
    conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
  });
}

/** Uses the key of volumes, which whoever asks for the instances must be allowed too. */
export function volumeKeyStatements(keyArn: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: USE_VOLUME_KEY, resources: [keyArn], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
    new iam.PolicyStatement({ actions: DESCRIBE_KEY, resources: [keyArn] }),
  ];
}
