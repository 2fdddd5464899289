import { type IResolvable, type ITaggableV2, Lazy, Stack, TagManager, TagType, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const MOST = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** The characters that tags have. */
const PLAIN = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Gets the tags of the construct that it is in, for a job, which is no resource of CloudFormation. Those of the stack itself are among
 * them, as for the resources of the stack.
 */
export class JobTags extends Construct implements ITaggableV2 {
  public readonly cdkTagManager: TagManager;

  /**
   * @param resourceType what filters of tags may call it, in the way of CloudFormation's types: `AWS::SageMaker::TrainingJob`
   * @param noun what the job is called in errors: "training job"
   */
  constructor(scope: Construct, id: string, resourceType: string, private readonly noun: string) {
    super(scope, id);
    this.cdkTagManager = new TagManager(TagType.STANDARD, resourceType);
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
      ...tags.length > MOST ? [`\`tags\` of a ${this.noun} must be at most ${MOST}, got: ${tags.length}`] : [],
      ...tags.flatMap(([key, value]) => [...this.faultsOfKey(key), ...this.faultsOfValue(key, value)]),
    ];
  }

  private faultsOfKey(key: string): string[] {
    if (Token.isUnresolved(key)) {
      return [];
    }
    return [
      ...key.length > 0 && key.length <= LONGEST_KEY && PLAIN.test(key) ? [] : [
        `\`tags\` of a ${this.noun} must have keys of 1 to ${LONGEST_KEY} letters, digits, spaces and _.:/=+-@, got: "${key}"`,
      ],
      ...key.toLowerCase().startsWith('aws:') ? [
        `\`tags\` of a ${this.noun} must not begin with aws:, which AWS keeps for itself, got: "${key}"`,
      ] : [],
    ];
  }

  private faultsOfValue(key: string, value: string): string[] {
    return Token.isUnresolved(value) || (value.length <= LONGEST_VALUE && PLAIN.test(value)) ? [] : [
      `\`tags.${key}\` of a ${this.noun} must be at most ${LONGEST_VALUE} letters, digits, spaces and _.:/=+-@, got: "${value}"`,
    ];
  }
}
