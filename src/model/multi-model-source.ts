import { createHash } from 'node:crypto';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Lazy, Stack, Stage, Token } from 'aws-cdk-lib/core';
import { type Construct, DependencyGroup } from 'constructs';
import type { ArtifactSource, ArtifactUse, CheckedArtifact } from './artifact-source';
import { BucketSource } from './bucket-artifact';
import { multiModelCopies } from './lazily';
import type { ModelArtifact } from './model-artifact';
import type { AddModelOptions, MultiModelOptions } from './multi-model';
import type { ModelCopy, ModelPrefix } from './multi-model-copies';
import { NO_REQUIREMENTS } from './multi-model-layout';
import { throwIfAny, type Violation } from '../private/errors';

/** What SageMaker takes as TargetModel. */
const TARGET_MODEL = /^[\x21-\x7e][\x20-\x7e]*$/;

/** The longest address that leaves room in the id of a copy, for a bucket with the longest name. */
const LONGEST_ADDRESS = 1000;
const LONGEST_BUCKET_NAME = 63;

/** A model that the app puts under the prefix. */
interface AddedModel extends AddModelOptions {
  readonly name: string;
  readonly artifact: ModelArtifact;
}

/** A model that the app puts under the prefix for something that was given all of them. */
interface CopiedModel {
  readonly checked: CheckedArtifact;
  readonly copy: ModelCopy;
}

/** Archives under a prefix, some of which the stack of the bucket puts there. */
export class MultiModelSource implements ArtifactSource {
  private readonly added: AddedModel[] = [];
  private readonly copied: CopiedModel[] = [];
  private readonly dependable = new DependencyGroup();

  /** What was given the models. */
  private readonly users = new Set<Construct>();

  /** The place, once something was given the models. */
  private target?: ModelPrefix;

  constructor(private readonly bucket: s3.IBucket, private readonly prefix: string, private readonly options: MultiModelOptions) {}

  /** Adds a model, also after the artifact was given to something. */
  public add(name: string, artifact: ModelArtifact, options: AddModelOptions): void {
    throwIfAny('MultiModel.addModel', this.checkName(name));
    for (const user of this.users) {
      throwIfAny(user, this.checkStack(user));
    }
    const model = { name, artifact, ...options };
    this.added.push(model);
    if (this.target !== undefined) {
      this.copy(this.target, model);
    }
  }

  public check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    throwIfAny(scope, checkUse(use));
    const { revision, modelCaching } = this.options;
    const location = new BucketSource(this.bucket, { prefix: this.prefix, revision }).check(scope, {}).provideIn(scope);
    throwIfAny(scope, this.added.length > 0 ? this.checkStack(scope) : []);
    this.users.add(scope);
    this.copyTo({ bucket: this.bucket, prefix: location.key });
    const { copied, dependable } = this;
    return {
      compressed: true,
      multiModel: { modelCaching },
      revision: Lazy.uncachedString({ produce: () => this.revision() }),
      // others may put archives there that nobody here has seen
      get hasInferenceCode() { return copied.some(({ checked }) => checked.hasInferenceCode === true) || undefined; },
      get needsNetwork() { return copied.some(({ checked }) => checked.needsNetwork === true) || undefined; },
      get tensorFlowVersions() { return copied.flatMap(({ checked }) => checked.tensorFlowVersions ?? []); },
      hasRequirements: false, // which nothing would install
      provideIn: () => ({ ...location, dependable }),
    };
  }

  private checkName(name: string): Violation[] {
    const property = 'name';
    if (Token.isUnresolved(name)) {
      return [{ property, rule: 'must be known when the app is synthesized, not be a token' }];
    }
    const bucketLength = Token.isUnresolved(this.bucket.bucketName) ? LONGEST_BUCKET_NAME : this.bucket.bucketName.length;
    const length = `s3:///${this.prefix}${this.prefix.endsWith('/') ? '' : '/'}${name}.tar.gz`.length + bucketLength;
    return [
      ...!TARGET_MODEL.test(name) ? [{
        property, rule: 'must be printable characters of ASCII, no space first, as TargetModel is', got: name,
      }] : name.split('/').some((part) => ['', '.', '..'].includes(part)) ? [{
        property, rule: 'must be part of a key: no slash first, last or twice, no `.` and `..`', got: name,
      }] : [],
      ...name.endsWith('.tar.gz') ? [{ property, rule: 'must not end in .tar.gz, which is added', got: name, remedy: 'leave it out' }] : [],
      ...!Token.isUnresolved(this.prefix) && length > LONGEST_ADDRESS ? [{
        property, rule: `must make an address (s3://BUCKET/PREFIX/NAME.tar.gz) of at most ${LONGEST_ADDRESS} characters, but makes one of ${length}`, got: name,
      }] : [],
      ...this.added.some((other) => other.name === name) ? [twice(name)] : [],
    ];
  }

  /** Finds fault with a user for which the stack of the bucket cannot copy models. */
  private checkStack(user: Construct): Violation[] {
    const [stack, copying] = [Stack.of(user), Stack.of(this.bucket)];
    const fault = { property: 'artifact.bucket', remedy: 'import the bucket in such a stack, or in that of the model' };
    if (Stage.of(stack) !== Stage.of(copying)) {
      return [{ ...fault, got: copying.node.path, rule: 'must be in a stack of the same stage as the model, because its stack copies the models' }];
    }
    return (['account', 'region'] as const).filter((part) => areDifferent(stack[part], copying[part])).map((part) => ({
      ...fault, got: copying[part], rule: `must be in a stack of ${stack[part]}, the ${part} of the model, because its stack copies the models`,
    }));
  }

  /** Copies the models: once for all users, as the place is the same. */
  private copyTo(target: ModelPrefix): void {
    if (this.target === undefined) {
      this.target = target;
      for (const model of this.added) {
        this.copy(target, model);
      }
    }
  }

  /** Copies a model in the stack of the bucket, so that it stays there whoever uses the models. */
  private copy(target: ModelPrefix, { name, artifact, code }: AddedModel): void {
    const stack = Stack.of(this.bucket);
    const checked = artifact._check(stack, { code, sharesContainer: true });
    const { ModelCopies } = multiModelCopies();
    throwIfAny(stack, [
      ...checked.hasRequirements === true ? [{ property: 'code', got: name, ...NO_REQUIREMENTS }] : [],
      ...ModelCopies.allOf(target).some((copies) => copies.has(name)) ? [twice(name)] : [],
    ]);
    const copy = ModelCopies.of(target).add({ name, revision: checked.revision, provideIn: (host) => checked.provideIn(host) });
    this.dependable.add(copy.dependable);
    this.copied.push({ checked, copy });
  }

  /** Another text for other models: SageMaker sees no change where an archive is overwritten. */
  private revision(): string | undefined {
    const { revision } = this.options;
    if (this.copied.length === 0) {
      return revision;
    }
    const copies = this.copied.map(({ copy }) => copy).sort((a, b) => a.identity[0]! < b.identity[0]! ? -1 : 1);
    const parts = Stack.of(this.bucket).resolve([revision, ...copies.map(({ identity }) => identity)]);
    const known = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
    // what only CloudFormation knows cannot be hashed
    return [known, ...Token.isUnresolved(revision) ? [revision] : [], ...copies.flatMap(({ later }) => later)].join('-');
  }
}

function checkUse({ code, sharesContainer }: ArtifactUse): Violation[] {
  return [
    ...code !== undefined ? [{ property: 'code', rule: 'cannot be given for many models at once', remedy: 'give it to addModel, for each' }] : [],
    ...sharesContainer === true ? [{ property: 'artifact', rule: 'must be one model, not a MultiModel', remedy: 'add each of its models' }] : [],
  ];
}

function twice(name: string): Violation {
  return { property: 'name', rule: 'must be another for each model under the prefix', got: name };
}

function areDifferent(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
