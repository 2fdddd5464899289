import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { InstanceType, TensorFlowVersion } from '../../src';
import { TrainingCode } from '../../src/training/training-code';
import { TrainingInput } from '../../src/training/training-input';
import type { TensorFlowTrainingOptions } from '../../src/training/training-options';
import { type BoundTrainingRequest, trainingRequest } from '../../src/training/training-request';
import { newStack } from '../support/synthesis';

/** Some options. */
export type Options = Partial<TensorFlowTrainingOptions>;

/** A bucket that exists already. */
export function bucketIn(stack: Stack, name: string, region?: string): IBucket {
  return stack.node.tryFindChild(name) as IBucket | undefined ?? Bucket.fromBucketAttributes(stack, name, { bucketName: name, region });
}

/** Options for a job whose code and data are in S3. */
export function optionsIn(stack: Stack, more: Options = {}): TensorFlowTrainingOptions {
  return {
    version: TensorFlowVersion.V2_19,
    code: TrainingCode.fromBucket(bucketIn(stack, 'code'), 'tf/sourcedir.tar.gz', { entryPoint: 'train.py' }),
    instanceType: more.instanceGroups === undefined ? InstanceType.M5_XLARGE : undefined,
    inputs: { training: TrainingInput.fromBucket(bucketIn(stack, 'data'), 'train/') },
    outputBucket: bucketIn(stack, 'models'),
    ...more,
  };
}

/** A request, with these options beside what every job has. */
export function requestIn(stack: Stack, more: Options = {}, id = 'Training'): BoundTrainingRequest {
  return trainingRequest(new Construct(stack, id), optionsIn(stack, more));
}

/** The parameters of a request, resolved. */
export function parametersIn(stack: Stack, more: Options = {}): any {
  return stack.resolve(requestIn(stack, more).parameters);
}

/** What is wrong with options; nothing, where all is right. */
export function errorsIn(stack: Stack, more: Options): string[] {
  try {
    requestIn(stack, more, `Training${stack.node.children.length}`);
    return [];
  } catch (error) {
    const [first, ...others] = (error as Error).message.replace(/^\[Stack\/Training\d+\] /, '').split('\n');
    return others.length === 0 ? [first] : others.map((line) => line.replace(/^ {2}- /, ''));
  }
}

/** What is wrong with options in a stack of their own. */
export function errorsOf(more: Options | ((stack: Stack) => Options)): string[] {
  const stack = newStack();
  return errorsIn(stack, typeof more === 'function' ? more(stack) : more);
}

/** What is told of options in a stack of their own. */
export function warningsOf(more: Options): string[] {
  const stack = newStack();
  requestIn(stack, more);
  return warningsIn(stack);
}

/** An ARN in the partition of the stack. */
export function arn(rest: string): unknown {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] };
}

/** The ids and texts of the warnings of a stack. */
export function warningsIn(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
}

/** The statements of the job's policy. */
export function statementsOf(template: { findResources(type: string): { [id: string]: any } }, id = 'TrainingPolicy'): any[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([logicalId]) => logicalId.startsWith(id));
  return policies[0][1].Properties.PolicyDocument.Statement;
}
