import * as iam from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { TensorFlowBatchTransformProps } from './tensorflow-batch-transform-props';
import { captureDirectory } from './transform-data-capture';
import { LOG_GROUP } from './transform-definition';
import { placeable } from '../model/placeable-model';
import { hashOf } from '../private/hash';
import { RolePolicy, warnOfMissingRights } from '../private/role-policy';
import { readStatements, type S3Prefix, writeStatements } from '../private/s3-prefix';

/** Writes the container's output to CloudWatch Logs. */
const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];

/** Publishes the utilization of the instances. */
const PUBLISH_METRICS = ['cloudwatch:PutMetricData'];

/** Lets the service that has the volumes use their key. */
const USE_VOLUME_KEY = ['kms:CreateGrant'];
const DESCRIBE_KEY = ['kms:DescribeKey'];

/** What the role of the model must be allowed, which a transform job runs with. */
export function modelStatements(scope: Construct, props: TensorFlowBatchTransformProps): iam.PolicyStatement[] {
  const { output, dataCapture, volumeEncryptionKey } = props;
  const logGroup = Stack.of(scope).formatArn({
    service: 'logs', resource: 'log-group', resourceName: LOG_GROUP, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    ...readStatements(readsOf(props)),
    ...writeStatements([output._directory, ...dataCapture === undefined ? [] : [captureDirectory(dataCapture)]]),
    new iam.PolicyStatement({ actions: WRITE_LOGS, resources: [logGroup, `${logGroup}:*`] }),
    new iam.PolicyStatement({
      actions: PUBLISH_METRICS,
      resources: ['*'], // CloudWatch has no narrower right but by namespace
      conditions: { StringEquals: { 'cloudwatch:namespace': LOG_GROUP } },
    }),
    ...volumeEncryptionKey === undefined ? [] : volumeKeyStatements(volumeEncryptionKey.keyArn),
  ];
}

/** Uses the key of volumes, which whoever asks for the job must be allowed too. */
export function volumeKeyStatements(keyArn: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: USE_VOLUME_KEY, resources: [keyArn], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
    new iam.PolicyStatement({ actions: DESCRIBE_KEY, resources: [keyArn] }),
  ];
}

/**
 * Gives the role of a model what jobs need beyond the model itself.
 *
 * The policy is named by what is in it: while a stack is updated, jobs that run need the old one, which CloudFormation takes away only
 * afterwards.
 */
export function grantForTransform(scope: Construct, props: TensorFlowBatchTransformProps): iam.Policy[] {
  const { model } = props;
  const statements = modelStatements(scope, props);
  const role = placeable(model)?.role;
  if (role === undefined) {
    warnOfMissingRights(scope, `The role of the imported model ${model.node.id}`, statements);
    return [];
  }
  const id = `Rights${hashOf(scope, [role.roleArn, statements.map((statement) => statement.toStatementJson())])}`;
  const policy = new RolePolicy(scope, id, role, statements);
  if (!policy.hasRole) {
    warnOfMissingRights(scope, `The role ${role.node.id}`, statements);
  }
  return [policy];
}

/** What jobs read: their input, and what manifests that arrive may list. */
function readsOf({ input, run }: TensorFlowBatchTransformProps): S3Prefix[] {
  const arrival = run?._arrival;
  const { bucket } = input._source;
  const listed = arrival?.kind !== 'manifest' || (arrival.dataBucket === undefined && arrival.dataPrefix === undefined)
    ? []
    : [{ bucket: arrival.dataBucket ?? bucket, prefix: arrival.dataPrefix ?? '' }];
  return [...input._reads, ...listed];
}
