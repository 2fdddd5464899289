import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { PhysicalName, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DebuggerHook } from './debugger-hook';
import type { Profiler } from './profiler';
import type { CodeLocation } from './training-code-source';
import type { ReadObjects } from './training-input-source';
import type { Outputs } from './training-outputs';
import { jobLogStatement, metricStatement, volumeKeyStatements } from '../private/container-rights';
import { decryptStatements, readStatements, type S3Directory, writeStatements } from '../private/s3-directory';
import { findStatements } from '../private/s3-prefix';

/** Reads objects. */
const READ = ['s3:GetObject'];

/** Finds the objects under a prefix. */
const LIST = ['s3:ListBucket'];

/** Decrypts objects. */
const DECRYPT = ['kms:Decrypt'];

/** Speaks with who debugs the container, through AWS Systems Manager. */
const BE_DEBUGGED = [
  'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
];

/** All jobs of an account write to this group. */
const LOG_GROUP = '/aws/sagemaker/TrainingJobs';

/** Those that rules of SageMaker Debugger run in write to this one. */
const LOG_GROUP_OF_RULES = '/aws/sagemaker/ProcessingJobs';

/** The role of a job, which only SageMaker can assume, and only on behalf of this account. */
export function trainingRole(scope: Construct, takesSessionTags: boolean): iam.Role {
  const sageMaker = new iam.ServicePrincipal('sagemaker.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
  return new iam.Role(scope, 'Role', {
    roleName: PhysicalName.GENERATE_IF_NEEDED, // an image in another account
    assumedBy: takesSessionTags ? sageMaker.withSessionTags() : sageMaker,
  });
}

/** Reads the code: through the container, or through SageMaker, which looks for it first. */
export function codeStatements({ bucket, key, encryptionKey }: CodeLocation, isChannel: boolean): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: READ, resources: [bucket.arnForObjects(key)] }),
    ...isChannel ? [
      new iam.PolicyStatement({ actions: LIST, resources: [bucket.bucketArn], conditions: { StringLike: { 's3:prefix': [`${key}*`] } } }),
      ...decryptStatements([{ bucket, encryptionKey }]),
    ] : encryptionKey === undefined ? [] : [
      new iam.PolicyStatement({ actions: DECRYPT, resources: [encryptionKey.keyArn] }),
    ],
  ];
}

/** Finds and reads the objects of inputs. */
export function inputStatements(reads: readonly ReadObjects[]): iam.PolicyStatement[] {
  return reads.length === 0 ? [] : findStatements(reads);
}

/** Writes what the job makes, and reads the checkpoints that it left before it was interrupted. */
export function outputStatements({ model, checkpoints, tensorBoard, debugger: tensors, profiler }: Outputs): iam.PolicyStatement[] {
  const written = [model, checkpoints, tensorBoard, tensors, profiler].filter((place): place is S3Directory => place !== undefined);
  return [
    ...writeStatements(...written),
    ...checkpoints === undefined ? [] : [listStatement(checkpoints), ...readStatements(checkpoints)],
  ];
}

/** Writes the log, publishes metrics, uses the key of the volumes, and lets itself be debugged. */
export function jobStatements(
  scope: Construct, { volumeEncryptionKey, remoteDebug }: { readonly volumeEncryptionKey?: kms.IKey; readonly remoteDebug?: boolean },
): iam.PolicyStatement[] {
  return [
    jobLogStatement(scope, LOG_GROUP),
    metricStatement(LOG_GROUP),
    ...volumeEncryptionKey === undefined ? [] : volumeKeyStatements(volumeEncryptionKey.keyArn),
    ...remoteDebug === true ? [new iam.PolicyStatement({ actions: BE_DEBUGGED, resources: ['*'] })] : [], // these take no resource
  ];
}

/** Reads what the rules of SageMaker Debugger look at, and writes their logs: they run in jobs of their own, with the role of the job. */
export function ruleStatements(
  scope: Construct,
  { debuggerHook, profiler }: { readonly debuggerHook?: DebuggerHook; readonly profiler?: Profiler },
  outputs: Outputs,
): iam.PolicyStatement[] {
  const places = [
    ...debuggerHook?.rules?.length ? [outputs.debugger!] : [],
    ...profiler?.rules?.length ? [outputs.profiler!] : [],
  ];
  return places.length === 0 ? [] : [...places.map(listStatement), ...readStatements(...places), jobLogStatement(scope, LOG_GROUP_OF_RULES)];
}

/** Lists the objects under an address, which SageMaker asks for as it is given: without a slash at its end. */
function listStatement({ bucket, prefix }: S3Directory): iam.PolicyStatement {
  const address = prefix.replace(/\/$/, '');
  const isWhole = address === '' || Token.isUnresolved(address); // a token may well end in a slash
  return new iam.PolicyStatement({
    actions: LIST,
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': isWhole ? [`${address}*`] : [address, `${address}/*`] } },
  });
}
