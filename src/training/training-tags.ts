import { type IResolvable, type ITaggableV2, Lazy, Stack, TagManager, TagType, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const MOST = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** The characters that tags have. */
const PLAIN = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Gets the tags of the construct that it is in, for something that is not a resource of CloudFormation. Those of the stack itself are
 * among them, as for the resources of the stack.
 */
export class TrainingTags extends Construct implements ITaggableV2 {
  public readonly cdkTagManager = new TagManager(TagType.STANDARD, 'AWS::SageMaker::TrainingJob');

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.node.addValidation({ validate: () => this.faults() });
  }

  /** The tags as SageMaker takes them, known once all constructs are there. */
  public render(): IResolvable {
    return Lazy.any({
      produce: () => this.tags().map(([key, value]) => ({ Key: key, Value: value })),
    });
  }

  private tags(): [key: string, value: string][] {
    const all = { ...Stack.of(this).tags.tagValues(), ...this.cdkTagManager.tagValues() };
    return Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1);
  }

  private faults(): string[] {
    const tags = this.tags();
    return [
      ...tags.length > MOST ? [`\`tags\` of a training job must be at most ${MOST}, got: ${tags.length}`] : [],
      ...tags.flatMap(([key, value]) => [...faultsOfKey(key), ...faultsOfValue(key, value)]),
    ];
  }
}

function faultsOfKey(key: string): string[] {
  if (Token.isUnresolved(key)) {
    return [];
  }
  return [
    ...key.length > 0 && key.length <= LONGEST_KEY && PLAIN.test(key) ? [] : [
      `\`tags\` of a training job must have keys of 1 to ${LONGEST_KEY} letters, digits, spaces and _.:/=+-@, got: "${key}"`,
    ],
    ...key.toLowerCase().startsWith('aws:') ? [`\`tags\` of a training job must not begin with aws:, which AWS keeps for itself, got: "${key}"`] : [],
  ];
}

function faultsOfValue(key: string, value: string): string[] {
  return Token.isUnresolved(value) || (value.length <= LONGEST_VALUE && PLAIN.test(value)) ? [] : [
    `\`tags.${key}\` of a training job must be at most ${LONGEST_VALUE} letters, digits, spaces and _.:/=+-@, got: "${value}"`,
  ];
}
