import { App, Lazy, Stack, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobTags } from '../../src/private/job-tags';

const VALUE = 'letters, digits, spaces and _.:/=+-@';

/** A stack with a job, and the tags of that. */
function jobWith(tags: { readonly [key: string]: string }, ofStack: { [key: string]: string } = {}) {
  const stack = new Stack(new App(), 'Stack', { tags: ofStack });
  const job = new Construct(stack, 'Job');
  const jobTags = new JobTags(job, 'Tags', 'AWS::SageMaker::TransformJob', 'transform job');
  Object.entries(tags).forEach(([key, value]) => Tags.of(job).add(key, value));
  return { stack, job, jobTags };
}

/** What a job has that is synthesized. */
function tagsOf({ stack, jobTags }: ReturnType<typeof jobWith>): unknown {
  (stack.node.root as App).synth();
  return stack.resolve(jobTags.render());
}

/** What is wrong with tags. */
function faultsOf(tags: { readonly [key: string]: string }): string[] {
  const { jobTags } = jobWith(tags);
  (Stack.of(jobTags).node.root as App).synth({ skipValidation: true });
  return jobTags.node.validate();
}

test('are those of the construct before those of the stack, in their order', () => {
  expect(tagsOf(jobWith({ team: 'vision', b: '2' }, { team: 'all', a: '1' }))).toEqual([
    { Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }, { Key: 'team', Value: 'vision' },
  ]);
});

test('are none where there are none', () => {
  expect(tagsOf(jobWith({}))).toEqual([]);
});

test('can be for jobs only, or for others only', () => {
  const jobs = jobWith({});
  Tags.of(jobs.job).add('for', 'jobs', { includeResourceTypes: ['AWS::SageMaker::TransformJob'] });
  Tags.of(jobs.job).add('not-for', 'jobs', { excludeResourceTypes: ['AWS::SageMaker::TransformJob'] });
  expect(tagsOf(jobs)).toEqual([{ Key: 'for', Value: 'jobs' }]);
});

test.each([[50, []], [51, ['`tags` of a transform job must be at most 50, got: 51']]])('may be 50: %d', (count, faults) => {
  expect(faultsOf(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, ''])))).toEqual(faults);
});

test.each([
  ['k'.repeat(128), []], ['k'.repeat(129), [`\`tags\` of a transform job must have keys of 1 to 128 ${VALUE}, got: "${'k'.repeat(129)}"`]],
  ['ü 1_.:/=+-@', []], ['a,b', [`\`tags\` of a transform job must have keys of 1 to 128 ${VALUE}, got: "a,b"`]],
  ['AWS:a', ['`tags` of a transform job must not begin with aws:, which AWS keeps for itself, got: "AWS:a"']],
  [Lazy.string({ produce: () => 'a,b' }), []],
])('the key "%s"', (key, faults) => {
  expect(faultsOf({ [key]: 'v' })).toEqual(faults);
});

test.each([
  ['', []], ['v'.repeat(256), []], ['v'.repeat(257), [`\`tags.k\` of a transform job must be at most 256 ${VALUE}, got: "${'v'.repeat(257)}"`]],
  ['a,b', [`\`tags.k\` of a transform job must be at most 256 ${VALUE}, got: "a,b"`]], [Lazy.string({ produce: () => 'a,b' }), []],
])('the value "%s"', (value, faults) => {
  expect(faultsOf({ k: value })).toEqual(faults);
});
