import { App, CfnOutput, Lazy, PhysicalName, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENDPOINT_NAME, nameBeforehand, nameByStack } from '../../src/endpoint/endpoint-name';
import { newStack } from '../support/synthesis';

/** The readable part of the name for a construct at a path below a stack. */
function readablePart(stackName: string, ...ids: string[]): string {
  const stack = new Stack(new App(), stackName);
  const construct = ids.reduce<Construct>((scope, id) => new Construct(scope, id), stack);
  const name = stack.resolve(nameBeforehand(construct, Lazy.string({ produce: () => undefined })));
  return name['Fn::Join'][1][0];
}

describe('a name beforehand', () => {
  test('is of the path and the last part of the stack\'s id', () => {
    const stack = newStack();
    const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
    expect(stack.resolve(nameBeforehand(new Construct(stack, 'Endpoint'), Lazy.string({ produce: () => undefined })))).toEqual({
      'Fn::Join': ['', ['Stack-Endpoint-7DC50680-', { 'Fn::Select': [4, { 'Fn::Split': ['-', uuid] }] }]],
    });
  });

  test.each([
    ['short', ['E']],
    ['nested deeply', ['Service', 'Inner', 'Endpoint', 'And', 'More', 'Of', 'It', 'That', 'Has', 'To', 'Be', 'Cut', 'Somewhere']],
    ['with one long part', ['x'.repeat(200)]],
    ['with odd characters', ['-a-', '_', 'ä', 'b.c', '日本']],
    ['with hyphens last', ['a--', '--b--']],
  ])('suits SageMaker for a path that is %s', (_, ids) => {
    expect(`${readablePart('Stack', ...ids)}0123456789ab`).toMatch(ENDPOINT_NAME);
  });

  test('is another one for another construct, where both are cut', () => {
    const long = 'x'.repeat(200);
    expect(readablePart('Stack', long, 'a')).not.toBe(readablePart('Stack', long, 'b'));
  });

  test('is the one that was given', () => {
    expect(nameBeforehand(newStack(), 'mine')).toBe('mine');
  });

  test('is the one that a token stands for', () => {
    const stack = newStack();
    expect(stack.resolve(nameBeforehand(stack, Lazy.string({ produce: () => 'mine' })))).toBe('mine');
  });

  test('is not the mark that a name is only needed elsewhere', () => {
    expect(nameBeforehand(newStack(), PhysicalName.GENERATE_IF_NEEDED)).not.toMatch(ENDPOINT_NAME);
  });
});

describe('a name by stack', () => {
  test('is known beforehand in the stack of the endpoint', () => {
    const stack = newStack();
    new CfnOutput(stack, 'Name', { value: `<${nameByStack(new Construct(stack, 'Endpoint'), 'beforehand', 'attribute')}>` });
    expect(stack.resolve((stack.node.findChild('Name') as CfnOutput).value)).toBe('<beforehand>');
  });

  test('is the attribute in any other', () => {
    const app = new App();
    const name = nameByStack(new Construct(new Stack(app, 'Home'), 'Endpoint'), 'beforehand', 'attribute');
    expect(new Stack(app, 'Away').resolve(name)).toBe('attribute');
  });

  test('stays a token in a text', () => {
    const stack = newStack();
    const name = nameByStack(new Construct(stack, 'Endpoint'), 'beforehand', 'attribute');
    expect(stack.resolve(Lazy.string({ produce: () => String(name) }))).toBe('beforehand');
  });
});
