import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { optionsIn } from './training-support';
import { TensorFlowTrainingJob, type TensorFlowTrainingJobProps } from '../../src/training/tensorflow-training-job';

/** A job whose code and data are in S3. */
export function jobIn(stack: Stack, more: Partial<TensorFlowTrainingJobProps> = {}, id = 'Training'): TensorFlowTrainingJob {
  return new TensorFlowTrainingJob(stack, id, { ...optionsIn(stack, more), ...more });
}

/** The only resource of a type, or all of them. */
export function resourcesOf(template: Template, type: string): [logicalId: string, resource: any][] {
  return Object.entries(template.findResources(type));
}

/** The definition of the only state machine, where what only CloudFormation knows has some value. */
export function definitionOf(template: Template): any {
  const [[, { Properties }]] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  const text = Properties.DefinitionString['Fn::Join'][1].map((part: any) => typeof part === 'string' ? part
    : part.Ref === 'AWS::Partition' ? 'aws'
      : part['Fn::GetAtt'] !== undefined ? `arn:aws:some:us-east-1:123456789012:${part['Fn::GetAtt'][0]}`
        : String(Object.values(part)[0]).toLowerCase()).join('');
  return JSON.parse(text);
}
