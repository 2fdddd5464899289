import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { TensorFlowBatchTransformProps } from './tensorflow-batch-transform-props';
import { captureDirectory } from './transform-data-capture';
import { LOG_GROUP } from './transform-definition';
import { placeable } from '../model/placeable-model';
import { jobLogStatement, metricStatement, volumeKeyStatements } from '../private/container-rights';
import { hashOf } from '../private/hash';
import { RolePolicy, warnOfMissingRights } from '../private/role-policy';
import { writeStatements } from '../private/s3-directory';
import { findStatements, type S3Prefix } from '../private/s3-prefix';

/** What the role of the model must be allowed, which a transform job runs with. */
function modelStatements(scope: Construct, props: TensorFlowBatchTransformProps): iam.PolicyStatement[] {
  const { output, dataCapture, volumeEncryptionKey } = props;
  return [
    ...findStatements(readsOf(props)),
    ...writeStatements(output._directory, ...dataCapture === undefined ? [] : [captureDirectory(dataCapture)]),
    jobLogStatement(scope, LOG_GROUP),
    metricStatement(LOG_GROUP),
    ...volumeEncryptionKey === undefined ? [] : volumeKeyStatements(volumeEncryptionKey.keyArn),
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
