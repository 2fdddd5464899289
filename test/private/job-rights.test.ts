import { jobArns, jobStatements } from '../../src/private/job-rights';
import { newStack } from '../support/synthesis';

test.each([['TrainingJob', 'training-job'], ['TransformJob', 'transform-job']] as const)('a state machine that runs a %s has rights to that', (kind, resource) => {
  const stack = newStack();
  const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] });
  const jobs = arn(`sagemaker:us-east-1:123456789012:${resource}/prefix-*`);
  expect(stack.resolve(jobArns(stack, kind, 'prefix'))).toEqual(jobs);
  expect(stack.resolve(jobStatements(stack, kind, 'prefix').map((statement) => statement.toStatementJson()))).toEqual([
    {
      Action: [`sagemaker:Create${kind}`, `sagemaker:Describe${kind}`, `sagemaker:Stop${kind}`, 'sagemaker:AddTags', 'sagemaker:ListTags'],
      Effect: 'Allow',
      Resource: jobs,
    },
    {
      Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      Effect: 'Allow',
      Resource: arn(`events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMaker${kind}sRule`),
    },
  ]);
});
