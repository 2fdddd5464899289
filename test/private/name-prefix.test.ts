import { App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { jobNamePrefixOf } from '../../src/private/name-prefix';

test.each([
  ['Stack', 'Job', /^stack-job-[0-9a-f]{8}$/], ['A'.repeat(100), 'B'.repeat(100), /^[ab-]{14}-?[0-9a-f]{8}$/],
])('names of jobs begin with what tells their constructs apart, in lower case: %s/%s', (stackName, id, expected) => {
  const prefix = jobNamePrefixOf(new Construct(new Stack(new App(), stackName), id));
  expect(prefix).toMatch(expected);
  expect(prefix.length).toBeLessThanOrEqual(23);
});
