import * as path from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { InstanceType, ModelArtifact, ModelFromArtifact, type ModelFromArtifactProps, TensorFlowVersion } from '../../src';
import type { ModelFacts } from '../../src/model/placeable-model';
import { TensorFlowBatchTransform } from '../../src/transform/tensorflow-batch-transform';
import type { TensorFlowBatchTransformProps } from '../../src/transform/tensorflow-batch-transform-props';
import { TransformInput } from '../../src/transform/transform-input';
import { TransformOutput } from '../../src/transform/transform-output';
import { MODELS, newStack } from '../support/synthesis';

export const C5 = InstanceType.of('ml.c5.xlarge');

export type Props = Partial<TensorFlowBatchTransformProps>;

/** A bucket that exists already. */
export function bucketIn(stack: Stack, name: string, more: { readonly region?: string; readonly account?: string } = {}): IBucket {
  return stack.node.tryFindChild(name) as IBucket | undefined ?? Bucket.fromBucketAttributes(stack, name, { bucketName: name, ...more });
}

/** A model whose archive is in S3, of which nothing is known. */
export function modelIn(stack: Stack, more: Partial<ModelFromArtifactProps> = {}, id = 'Model'): ModelFromArtifact {
  return new ModelFromArtifact(stack, id, {
    artifact: ModelArtifact.fromBucket(bucketIn(stack, 'models'), 'model.tar.gz'), version: TensorFlowVersion.V2_19, ...more,
  });
}

/** A model on disk, which has no inference code. */
export function modelWithoutCode(stack: Stack): ModelFromArtifact {
  return modelIn(stack, { artifact: ModelArtifact.fromSavedModel(path.join(MODELS, 'half_plus_three')) }, 'ModelOnDisk');
}

/** A model of which something else is known than is true. */
export function modelWith(stack: Stack, facts: Partial<ModelFacts>): ModelFromArtifact {
  const model = modelIn(stack);
  return Object.defineProperty(model, '_facts', { value: { ...model._facts, ...facts } });
}

/** What every batch transform has here. */
export function propsIn(stack: Stack, more: Props = {}): TensorFlowBatchTransformProps {
  return {
    model: more.model ?? modelIn(stack),
    input: TransformInput.fromBucket(bucketIn(stack, 'data'), 'incoming/'),
    output: TransformOutput.toBucket(bucketIn(stack, 'results'), 'scores'),
    instanceType: C5,
    ...more,
  };
}

/** A batch transform, with these props beside what every one has. */
export function transformIn(stack: Stack, more: Props = {}, id = 'Transform'): TensorFlowBatchTransform {
  return new TensorFlowBatchTransform(stack, id, propsIn(stack, more));
}

/** What is wrong with props in a stack of their own; nothing, where all is right. */
export function errorsOf(more: Props | ((stack: Stack) => Props), stack = newStack()): string[] {
  try {
    transformIn(stack, typeof more === 'function' ? more(stack) : more);
    return [];
  } catch (error) {
    const [first, ...others] = (error as Error).message.replace(/^\[Stack\/Transform\] /, '').split('\n');
    return others.length === 0 ? [first] : others.map((line) => line.replace(/^ {2}- /, ''));
  }
}

/** What is told of props in a stack of their own. */
export function warningsOf(more: Props | ((stack: Stack) => Props)): string[] {
  const stack = newStack();
  transformIn(stack, typeof more === 'function' ? more(stack) : more);
  return warningsIn(stack);
}

/** The texts of the warnings of a stack, with their ids. */
export function warningsIn(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
}

/** All resources of a type. */
export function resourcesOf(template: Template, type: string): [logicalId: string, resource: any][] {
  return Object.entries(template.findResources(type));
}

/** The definition of a state machine, where what only CloudFormation knows has some value. */
export function definitionOf(template: Template, id = 'TransformStateMachine'): any {
  const [[, { Properties }]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine').filter(([logicalId]) => logicalId.startsWith(id));
  const text = Properties.DefinitionString;
  return JSON.parse(typeof text === 'string' ? text : text['Fn::Join'][1].map(plain).join(''));
}

/** The statements of the policies whose ids begin alike. */
export function statementsOf(template: Template, id: string): any[] {
  return resourcesOf(template, 'AWS::IAM::Policy').filter(([logicalId]) => logicalId.startsWith(id))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

/** An ARN in the partition of the stack. */
export function arn(rest: string): unknown {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] };
}

function plain(part: any): string {
  if (typeof part === 'string') {
    return part;
  }
  if (part['Fn::GetAtt'] !== undefined) {
    const [logicalId, attribute] = part['Fn::GetAtt'];
    return attribute.endsWith('Arn') ? `arn:aws:some:us-east-1:123456789012:${logicalId}` : logicalId.toLowerCase();
  }
  return part.Ref === 'AWS::Partition' ? 'aws' : `arn:aws:some:us-east-1:123456789012:${part.Ref}`;
}
