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

/** What copies models for the models and endpoints of one stage. */
interface Copying {
  /** The construct that was given the models first, in whose stack the copies are. */
  readonly scope: Construct;
  readonly target: ModelPrefix;
  readonly dependable: DependencyGroup;
  readonly copied: CopiedModel[];
}

interface CopiedModel {
  readonly checked: CheckedArtifact;
  readonly copy: ModelCopy;
}

/** Archives under a prefix, some of which the app puts there. */
export class MultiModelSource implements ArtifactSource {
  private readonly added: AddedModel[] = [];
  private readonly copying = new Map<Stage | undefined, Copying>();

  constructor(private readonly bucket: s3.IBucket, private readonly prefix: string, private readonly options: MultiModelOptions) {}

  /** Adds a model, also after the artifact was given to something. */
  public add(name: string, artifact: ModelArtifact, options: AddModelOptions): void {
    throwIfAny('MultiModel.addModel', this.checkName(name));
    const model = { name, artifact, ...options };
    this.added.push(model);
    for (const copying of this.copying.values()) {
      this.copy(copying, model);
    }
  }

  public check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    throwIfAny(scope, checkUse(use));
    const { revision, modelCaching } = this.options;
    const target = new BucketSource(this.bucket, { prefix: this.prefix, revision }).check(scope, {}).provideIn(scope);
    const copying = this.copyFor(scope, { bucket: target.bucket, prefix: target.key });
    return {
      compressed: true,
      multiModel: { modelCaching },
      revision: Lazy.uncachedString({ produce: () => revisionOf(copying, revision) }),
      // others may put archives there that nobody here has seen
      get hasInferenceCode() { return copying.copied.some(({ checked }) => checked.hasInferenceCode === true) || undefined; },
      get needsNetwork() { return copying.copied.some(({ checked }) => checked.needsNetwork === true) || undefined; },
      get tensorFlowVersions() { return copying.copied.flatMap(({ checked }) => checked.tensorFlowVersions ?? []); },
      hasRequirements: false, // which nothing would install
      provideIn: () => ({ ...target, dependable: copying.dependable }),
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

  /** The copies for a scope: once for all that can depend on them, as the place is the same. */
  private copyFor(scope: Construct, target: ModelPrefix): Copying {
    const stage = Stage.of(scope);
    const known = this.copying.get(stage);
    if (known !== undefined) {
      return known;
    }
    const copying: Copying = { scope, target, dependable: new DependencyGroup(), copied: [] };
    this.copying.set(stage, copying);
    for (const model of this.added) {
      this.copy(copying, model);
    }
    return copying;
  }

  private copy({ scope, target, dependable, copied }: Copying, { name, artifact, code }: AddedModel): void {
    const checked = artifact._check(scope, { code, sharesContainer: true });
    const copies = multiModelCopies().ModelCopies.of(scope, target);
    throwIfAny(scope, [
      ...checked.hasRequirements === true ? [{ property: 'code', got: name, ...NO_REQUIREMENTS }] : [],
      ...copies.has(name) ? [twice(name)] : [],
    ]);
    const copy = copies.add({ name, revision: checked.revision, provideIn: (host) => checked.provideIn(host) });
    dependable.add(copy.dependable);
    copied.push({ checked, copy });
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

/** Another text for other models: SageMaker sees no change where an archive is overwritten. */
function revisionOf({ scope, copied }: Copying, revision: string | undefined): string | undefined {
  if (copied.length === 0) {
    return revision;
  }
  const copies = copied.map(({ copy }) => copy).sort((a, b) => a.identity[0]! < b.identity[0]! ? -1 : 1);
  const parts = Stack.of(scope).resolve([revision, ...copies.map(({ identity }) => identity)]);
  const known = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  // what only CloudFormation knows cannot be hashed
  return [known, ...Token.isUnresolved(revision) ? [revision] : [], ...copies.flatMap(({ later }) => later)].join('-');
}
