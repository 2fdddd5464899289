import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import type { ArtifactLocation } from './artifact-source';
import { deploymentFunction } from './deployment-function';
import { hashOf } from '../private/hash';

/** Where the archives of many models are. */
export interface ModelPrefix {
  readonly bucket: s3.IBucket;
  /** What their keys begin with, up to a slash. */
  readonly prefix: string;
}

/** An archive that is to be under the prefix. */
export interface ModelCopyProps {
  /** What its key has between the prefix and `.tar.gz`. */
  readonly name: string;
  /** Changes when what is copied does. */
  readonly revision?: string;
  /** Provides what is copied, in a construct. */
  provideIn(host: Construct): ArtifactLocation;
}

/** A copy of an archive. */
export interface ModelCopy {
  /** What it is called and made of. */
  readonly identity: readonly (string | undefined)[];
  /** What of that only CloudFormation knows. */
  readonly later: readonly string[];
  /** What is there once the copy is. */
  readonly dependable: IDependable;
}

/** The archives that the stack of a bucket puts under a prefix while it is deployed. */
export class ModelCopies extends Construct {
  /** Those in a place. */
  public static of(target: ModelPrefix): ModelCopies {
    const stack = Stack.of(target.bucket);
    const id = `TensorFlowModels${hashOf(stack, [pathInStack(target.bucket), target.prefix])}`;
    return stack.node.tryFindChild(id) as ModelCopies | undefined ?? new ModelCopies(stack, id, target);
  }

  /** Those in a place, also by other constructs for the same bucket. */
  public static allOf(target: ModelPrefix): ModelCopies[] {
    const stack = Stack.of(target.bucket);
    const place = placeOf(target);
    return stack.node.children.filter((child) => child instanceof ModelCopies).filter((copies) => placeOf(copies.target) === place);
  }

  private readonly copier: ModelCopier;
  private readonly rights: iam.Policy;

  private constructor(scope: Construct, id: string, private readonly target: ModelPrefix) {
    super(scope, id);
    this.copier = ModelCopier.of(this);
    this.rights = this.copier.grantWrite(this, target);
  }

  /** Whether it has an archive of this name. */
  public has(name: string): boolean {
    return this.node.tryFindChild(childId(name)) !== undefined;
  }

  /** Adds an archive, of a name that it has not. */
  public add({ name, revision, provideIn }: ModelCopyProps): ModelCopy {
    const host = new Construct(this, childId(name));
    const { bucket, key, encryptionKey, pending } = provideIn(host);
    const code = pending?.code;
    const permissions = [
      this.copier.grantRead(bucket.arnForObjects(key), encryptionKey),
      ...code !== undefined ? [this.copier.grantRead(code.bucket.arnForObjects(code.objectKey), code.bucket.encryptionKey)] : [],
    ];
    const resource = new CustomResource(host, 'Resource', {
      resourceType: 'Custom::MultiModelArchive',
      serviceToken: this.copier.serviceToken,
      serviceTimeout: this.copier.serviceTimeout,
      properties: {
        SourceBucket: bucket.bucketName,
        SourceKey: key,
        Revision: revision,
        Pending: pending !== undefined ? true : undefined,
        CodeBucket: code?.bucket.bucketName,
        CodeKey: code?.objectKey,
        TargetBucket: this.target.bucket.bucketName,
        TargetKey: `${this.target.prefix}${name}.tar.gz`,
        TargetEncryptionKey: this.target.bucket.encryptionKey?.keyArn,
      },
    });
    resource.node.addDependency(this.rights, ...permissions);
    return {
      identity: [name, bucket.bucketName, key, revision, code?.objectKey],
      // the keys of assets say what is in them
      later: [revision, pending !== undefined ? key : undefined].filter((part) => part !== undefined).filter((part) => Token.isUnresolved(part)),
      dependable: resource,
    };
  }
}

/** The function that copies: one a stack. */
class ModelCopier extends Construct {
  public static of(scope: Construct): ModelCopier {
    const stack = Stack.of(scope);
    const id = 'TensorFlowModelCopier';
    return stack.node.tryFindChild(id) as ModelCopier | undefined ?? new ModelCopier(stack, id);
  }

  public readonly serviceToken: string;
  /** So that no call is still at work, or yet to come, once CloudFormation has given it up. */
  public readonly serviceTimeout = Duration.minutes(30);
  private readonly role: iam.Role;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const { role, serviceToken } = deploymentFunction(this, {
      handler: 'multi-model-archive.lambda',
      description: 'Puts archives of TensorFlow models under the prefixes of multi-model endpoints',
      maxEventAge: Duration.minutes(15), // many copies may have to wait for each other
    });
    this.role = role;
    this.serviceToken = serviceToken;
  }

  /**
   * Lets the function see to the archives under a prefix.
   *
   * Not to each by its name: IAM takes 10,240 characters of rights in one role, which is enough for some 40 names, and
   * CloudFormation deletes the copy of a model that was removed only when the right to it would be gone already.
   */
  public grantWrite(user: Construct, { bucket, prefix }: ModelPrefix): iam.Policy {
    return new iam.Policy(user, 'Rights', {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
          resources: [bucket.arnForObjects(`${prefix}*.tar.gz`)],
        }),
        new iam.PolicyStatement({
          actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions: { StringLike: { 's3:prefix': [`${prefix}*.tar.gz`] } },
        }),
        ...bucket.encryptionKey === undefined ? [] : [
          new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [bucket.encryptionKey.keyArn] }),
        ],
      ],
    });
  }

  /** Lets the function read one object. CDK spreads these rights over several policies where they are too many for one. */
  public grantRead(objectArn: string, encryptionKey: kms.IKey | undefined): IDependable {
    const statements = [
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [objectArn] }),
      ...encryptionKey === undefined ? [] : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [encryptionKey.keyArn] })],
    ];
    const policies = statements.map((statement) => this.role.addToPrincipalPolicy(statement).policyDependable);
    return new DependencyGroup(...policies.filter((policy) => policy !== undefined));
  }
}

/** Names may have slashes, which ids of constructs may not. */
function childId(name: string): string {
  return `Model-${encodeURIComponent(name)}`;
}

/**
 * Where a bucket is in its stack. It stays the same when the bucket gets a name, or is imported instead of made, or when
 * the constructs of models and endpoints are renamed; copies with other ids would find the archives taken.
 */
function pathInStack(bucket: s3.IBucket): string[] {
  return bucket.node.scopes.slice(Stack.of(bucket).node.scopes.length).map(({ node }) => node.id);
}

function placeOf({ bucket, prefix }: ModelPrefix): string {
  return JSON.stringify(Stack.of(bucket).resolve([bucket.bucketName, prefix]));
}
