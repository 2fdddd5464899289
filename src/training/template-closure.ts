import { createHash } from 'node:crypto';
import { CfnCondition, CfnElement, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** What a resource of a template comes from. */
export interface Closure {
  /** Another text where the template says something else of it, or of what it refers to. */
  readonly hash: string;
  /** The logical ids of the parameters that are in it, whose values the template does not have. */
  readonly parameters: readonly string[];
}

/** Something that stands for what it is made of. */
export interface StandIn {
  readonly scope: IConstruct;
  /** What others see of it. */
  readonly content: unknown;
}

/** Resources that others know by a name or an ARN, and the only properties that change these. */
const KNOWN_BY: { readonly [type: string]: readonly string[] } = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::KMS::Key': [],
  'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix'],
};

/**
 * What a resource comes from: its own properties, and those of all that it refers to, as its stack renders them.
 *
 * A resource that refers to one that is replaced may be changed without a change of its own.
 *
 * @param standIns what is not looked into: it would have to be known before itself
 */
export function closureOf(resource: CfnResource, standIns: readonly StandIn[]): Closure {
  const stack = Stack.of(resource);
  const elements = new Map<string, CfnElement>();
  const inStack = stack.node.findAll().filter((node): node is CfnElement => CfnElement.isCfnElement(node) && Stack.of(node) === stack);
  inStack.forEach((element) => elements.set(stack.resolve(element.logicalId), element));

  const found = new Map<string, unknown>();
  const parameters = new Set<string>();
  const visit = (id: string) => {
    const element = elements.get(id);
    if (element === undefined || found.has(id)) {
      return;
    }
    if (element instanceof CfnParameter) {
      parameters.add(id);
    }
    const standIn = standIns.find(({ scope }) => element.node.scopes.includes(scope));
    const content = stack.resolve(standIn === undefined ? contentOf(element, id, element === resource) : standIn.content);
    found.set(id, content);
    namesIn(content).forEach(visit);
  };
  visit(stack.resolve(resource.logicalId));
  const content = [...found].sort(([a], [b]) => a < b ? -1 : 1);
  return { hash: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16), parameters: [...parameters].sort() };
}

/** What the template says of an element that others can see. */
function contentOf(element: CfnElement, id: string, isItself: boolean): unknown {
  if (element instanceof CfnCondition) {
    return element.expression;
  }
  if (!(element instanceof CfnResource)) {
    return undefined;
  }
  // what is synthesized, with all overrides
  const rendered = Stack.of(element).resolve((element as unknown as { _toCloudFormation(): object })._toCloudFormation());
  const { Type, Properties = {}, Condition } = rendered.Resources?.[id] ?? {};
  // whatever is behind a custom resource, and whatever tags say, is not seen from outside
  const { ServiceToken, ServiceTimeout, Tags, ...others } = Properties;
  const properties = isItself ? Properties : others;
  const names = KNOWN_BY[Type];
  return { Type, Condition, Properties: names === undefined ? properties : Object.fromEntries(names.map((name) => [name, properties[name]])) };
}

/** What may be logical ids in a part of a template. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(namesIn);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, item]) => [...nameIn(name, item), ...namesIn(item)]);
}

function nameIn(name: string, item: unknown): string[] {
  switch (name) {
    case 'Ref':
    case 'Condition':
      return [item].filter((id) => typeof id === 'string');
    case 'Fn::GetAtt':
      return typeof item === 'string' ? [item.split('.')[0]] : [String((item as unknown[])[0])];
    case 'Fn::If':
      return [String((item as unknown[])[0])];
    case 'Fn::Sub':
      return [...String(Array.isArray(item) ? item[0] : item).matchAll(/\$\{([A-Za-z0-9:]+)/g)].map(([, id]) => id);
    default:
      return [];
  }
}
