import { Aws, Fn, type IResolvable, type IResolveContext, Lazy, Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** What SageMaker accepts as the name of an endpoint or of a variant. */
export { SAGEMAKER_NAME as ENDPOINT_NAME, SAGEMAKER_NAME_RULE as ENDPOINT_NAME_RULE } from '../private/sagemaker-name';

const LONGEST_NAME = 63;

/** The last part of a stack's id: 12 hexadecimal digits. */
const STACK_SUFFIX = 12;

/**
 * A name for an endpoint that is known before the endpoint is there, and different for each stack that there ever is.
 *
 * The alarms that guard a deployment name the endpoint, and the endpoint names its alarms. If CloudFormation chose the name, each
 * would wait for the other.
 *
 * @param physicalName the name that the endpoint was given, which may turn out to be none
 * @param kind what makes the name another one, for endpoints that cannot become each other
 */
export function nameBeforehand(endpoint: Construct, physicalName: string, kind?: string): string {
  const ending = kind === undefined ? '' : `-${kind}`;
  const maxLength = LONGEST_NAME - STACK_SUFFIX - 1 - ending.length;
  const readable = `${Names.uniqueResourceName(endpoint, { maxLength, separator: '-', allowedSpecialCharacters: '-' })}${ending}`;
  const uuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  const generated = `${readable}-${Fn.select(4, Fn.split('-', uuid))}`;
  return Token.isUnresolved(physicalName)
    ? Lazy.uncachedString({ produce: (context) => context.resolve(physicalName) ?? context.resolve(generated) })
    : physicalName;
}

/**
 * The name of an endpoint, without waiting for the endpoint where that can be: in its own stack.
 *
 * @param beforehand the name that is known before the endpoint is there
 * @param attribute the name as the endpoint's attribute
 */
export function nameByStack(endpoint: Construct, beforehand: string, attribute: string): string {
  return Token.asString(new NameByStack(endpoint, beforehand, attribute), { displayHint: 'EndpointName' });
}

class NameByStack implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(private readonly endpoint: Construct, private readonly beforehand: string, private readonly attribute: string) {}

  public resolve(context: IResolveContext): string {
    return Stack.of(context.scope) === Stack.of(this.endpoint) ? this.beforehand : this.attribute;
  }

  public toString(): string {
    return Token.asString(this);
  }
}
