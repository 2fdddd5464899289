import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DebuggerHook } from './debugger-hook';
import type { Profiler } from './profiler';
import type { TensorBoardOutput } from './tensor-board-output';
import { checkPattern } from '../private/checks';
import type { Violation } from '../private/errors';
import type { S3Directory } from '../private/s3-directory';
import { checkRegion, checkS3Path } from '../private/s3-path';

const LONGEST_ADDRESS = 1024;

/** A bucket that is made with the job, of whose name only the least length is known. */
const OWN_BUCKET = { bucketName: '...' } as s3.IBucket;

/** What a job writes. */
export interface OutputOptions {
  readonly outputBucket?: s3.IBucket;
  readonly outputPrefix?: string;
  readonly outputEncryptionKey?: kms.IKey;
  readonly useSpotInstances?: boolean;
  readonly checkpointBucket?: s3.IBucket;
  readonly checkpointPrefix?: string;
  readonly checkpointLocalPath?: string;
  readonly tensorBoardOutput?: TensorBoardOutput;
  readonly debuggerHook?: DebuggerHook;
  readonly profiler?: Profiler;
}

/** Where a job writes: each to a directory, of which some are left out. */
export interface Outputs {
  readonly model: S3Directory;
  readonly checkpoints?: S3Directory;
  readonly tensorBoard?: S3Directory;
  readonly debugger?: S3Directory;
  readonly profiler?: S3Directory;
}

/** Where a job writes, whose own bucket is `bucket`. */
export function outputsOf(options: OutputOptions, bucket: s3.IBucket): Outputs {
  const { tensorBoardOutput, debuggerHook, profiler } = options;
  const place = (given: { readonly bucket?: s3.IBucket; readonly prefix?: string } | undefined, prefix: string) =>
    given === undefined ? undefined : { bucket: given.bucket ?? bucket, prefix: given.prefix ?? prefix };
  return {
    model: { bucket, prefix: options.outputPrefix ?? 'training', encryptionKey: options.outputEncryptionKey },
    checkpoints: keepsCheckpoints(options) ? {
      bucket: options.checkpointBucket ?? bucket, prefix: options.checkpointPrefix ?? 'checkpoints',
    } : undefined,
    tensorBoard: place(tensorBoardOutput, 'tensorboard'),
    debugger: place(debuggerHook, 'debugger'),
    profiler: place(profiler, 'profiler'),
  };
}

/** Whether each job has its checkpoints under its name. */
export function hasCheckpointsOfItsOwn(options: OutputOptions): boolean {
  return keepsCheckpoints(options) && options.checkpointPrefix === undefined;
}

/** Whether what a script leaves as checkpoints is kept. */
export function keepsCheckpoints({ checkpointBucket, checkpointPrefix, checkpointLocalPath, useSpotInstances }: OutputOptions): boolean {
  return checkpointBucket !== undefined || checkpointPrefix !== undefined || checkpointLocalPath !== undefined || useSpotInstances === true;
}

/** Finds fault with where a job is to write. */
export function checkOutputs(options: OutputOptions, scope: Construct): Violation[] {
  const { outputBucket, outputEncryptionKey, checkpointBucket, tensorBoardOutput, debuggerHook, profiler } = options;
  return [
    ...checkPlace('outputBucket', outputBucket, 'outputPrefix', options.outputPrefix, scope),
    ...outputEncryptionKey !== undefined ? checkRegion('outputEncryptionKey', outputEncryptionKey, scope, 'training job') : [],
    ...checkPlace('checkpointBucket', checkpointBucket, 'checkpointPrefix', options.checkpointPrefix, scope),
    ...checkLocalPath('checkpointLocalPath', options.checkpointLocalPath),
    ...checkPlace('tensorBoardOutput.bucket', tensorBoardOutput?.bucket, 'tensorBoardOutput.prefix', tensorBoardOutput?.prefix, scope),
    ...checkLocalPath('tensorBoardOutput.localPath', tensorBoardOutput?.localPath),
    ...checkPlace('debuggerHook.bucket', debuggerHook?.bucket, 'debuggerHook.prefix', debuggerHook?.prefix, scope),
    ...checkLocalPath('debuggerHook.localPath', debuggerHook?.localPath),
    ...checkPlace('profiler.bucket', profiler?.bucket, 'profiler.prefix', profiler?.prefix, scope),
  ];
}

function checkPlace(
  bucketProperty: string, bucket: s3.IBucket | undefined, prefixProperty: string, prefix: string | undefined, scope: Construct,
): Violation[] {
  return [
    ...bucket !== undefined ? checkRegion(bucketProperty, bucket, scope, 'training job') : [],
    ...prefix !== undefined ? checkS3Path(prefixProperty, prefix, bucket ?? OWN_BUCKET, LONGEST_ADDRESS) : [],
  ];
}

function checkLocalPath(property: string, path: string | undefined): Violation[] {
  return checkPattern(property, path, /^\/.{0,4095}$/, 'must be an absolute path of at most 4096 characters');
}
