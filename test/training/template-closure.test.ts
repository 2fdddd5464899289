import { CfnCondition, CfnOutput, CfnParameter, CfnResource, Fn, NestedStack, type Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { closureOf } from '../../src/training/template-closure';
import { newStack } from '../support/synthesis';

type Properties = { [name: string]: unknown };

function resource(stack: Construct, id: string, properties: Properties = {}, type = 'Test::Thing'): CfnResource {
  return new CfnResource(stack, id, { type, properties });
}

/** The hash of a resource that refers to another in some way. */
function hashWith(refer: (other: CfnResource) => unknown, properties: Properties, type?: string): string {
  const stack = newStack();
  const other = resource(stack, 'Other', properties, type);
  return closureOf(resource(stack, 'Thing', { other: refer(other) }), []).hash;
}

test.each<[string, (other: CfnResource) => unknown]>([
  ['a reference', (other) => other.ref],
  ['an attribute', (other) => other.getAtt('Arn')],
  ['an attribute in one word', () => ({ 'Fn::GetAtt': 'Other.Arn' })],
  ['a text', () => Fn.sub('x-${Other.Arn}')],
  ['a text with values', () => ({ 'Fn::Sub': ['x-${Mine}-${Other}', { Mine: 'x' }] })],
  ['a value of such a text', (other) => ({ 'Fn::Sub': ['x-${Mine}', { Mine: other.ref }] })],
  ['something deeper', (other) => [{ a: { b: [Fn.join('-', ['x', other.ref])] } }]],
  ['another one between them', (other) => resource(other.stack, 'Between', { other: other.ref }).ref],
])('a resource that it refers to by %s belongs to it', (_what, refer) => {
  expect(hashWith(refer, { a: 1 })).toBe(hashWith(refer, { a: 1 }));
  expect(hashWith(refer, { a: 2 })).not.toBe(hashWith(refer, { a: 1 }));
});

test('no other does, and nothing that is only there to be seen', () => {
  const hash = (more: (stack: Stack, thing: CfnResource) => void) => {
    const stack = newStack();
    const thing = resource(stack, 'Thing', { pseudo: stack.region, stackId: stack.stackId });
    more(stack, thing);
    return closureOf(thing, []).hash;
  };
  const plain = hash(() => {});
  expect(hash((stack, thing) => {
    resource(stack, 'Other', { thing: thing.ref });
    new CfnOutput(stack, 'Output', { value: thing.ref });
    resource(new NestedStack(stack, 'Nested'), 'Thing', { other: 1 });
    thing.addMetadata('x', 'y');
    thing.addDependency(resource(stack, 'Dependency'));
  })).toBe(plain);
  expect(hash((_stack, thing) => { thing.addPropertyOverride('x', 'y'); })).not.toBe(plain);
});

test.each([
  ['AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [] } }, { BucketName: 'x' }],
  ['AWS::CloudWatch::Alarm', { Threshold: 1 }, { AlarmName: 'x' }],
  ['AWS::IAM::Role', { Description: 'x' }, { Path: '/x/' }],
])('of %s, only what changes its name matters', (type, unseen, seen) => {
  const hash = (properties: Properties) => hashWith((other) => other.ref, properties, type);
  expect(hash(unseen)).toBe(hash({}));
  expect(hash(seen)).not.toBe(hash({}));
});

test('tags and the function of a custom resource matter only for itself', () => {
  const hash = (properties: Properties) => hashWith((other) => other.ref, properties);
  expect(hash({ Tags: [{ Key: 'a', Value: 'b' }], ServiceToken: 'arn', ServiceTimeout: '1' })).toBe(hash({}));
  const itself = (properties: Properties) => closureOf(resource(newStack(), 'Thing', properties), []).hash;
  expect(itself({ Tags: [{ Key: 'a', Value: 'b' }] })).not.toBe(itself({}));
});

test('parameters are named, wherever they are used, and conditions are what they depend on', () => {
  const build = (value: string) => {
    const stack = newStack();
    const [a, b, c] = ['A', 'B', 'C'].map((id) => new CfnParameter(stack, id));
    new CfnParameter(stack, 'Unused');
    const condition = new CfnCondition(stack, 'Condition', { expression: Fn.conditionEquals(a.valueAsString, value) });
    const thing = resource(stack, 'Thing', { x: Fn.conditionIf('Condition', b.valueAsString, 'x'), y: c.valueAsString });
    thing.cfnOptions.condition = condition;
    return closureOf(thing, []);
  };
  expect(build('x').parameters).toEqual(['A', 'B', 'C']);
  expect(build('x').hash).toBe(build('x').hash);
  expect(build('y').hash).not.toBe(build('x').hash);
});

test('resources that refer to each other are each looked at once', () => {
  const stack = newStack();
  const one = resource(stack, 'One');
  one.addPropertyOverride('two', resource(stack, 'Two', { one: one.ref }).ref);
  expect(closureOf(one, []).hash).toMatch(/^[0-9a-f]{16}$/);
});

test('what is not synthesized is nothing', () => {
  class Unseen extends CfnResource {
    protected shouldSynthesize(): boolean {
      return false;
    }
  }
  const hash = (properties: Properties) => {
    const stack = newStack();
    const unseen = new Unseen(stack, 'Unseen', { type: 'Test::Thing', properties });
    return closureOf(resource(stack, 'Thing', { unseen: unseen.ref }), []).hash;
  };
  expect(hash({ a: 1 })).toBe(hash({}));
});

test('something that stands for others is what it says that it is', () => {
  const hash = (properties: Properties, further: Properties, content: (further: CfnResource) => unknown) => {
    const stack = newStack();
    const scope = new Construct(stack, 'Scope');
    const other = resource(scope, 'Other', properties);
    const thing = resource(stack, 'Thing', { other: other.ref });
    return closureOf(thing, [{ scope, content: content(resource(stack, 'Further', further)) }]).hash;
  };
  expect(hash({ a: 2 }, {}, () => 'x')).toBe(hash({ a: 1 }, {}, () => 'x'));
  expect(hash({}, {}, () => 'y')).not.toBe(hash({}, {}, () => 'x'));
  expect(hash({}, { a: 2 }, (further) => further.ref)).not.toBe(hash({}, { a: 1 }, (further) => further.ref));
});
