import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import type { ArtifactLocation } from './artifact-source';
import { deploymentFunction } from './deployment-function';
import type { ModelAsset } from './model-asset';

/** Where an archive is, and the code that is to go into it. */
export interface ArchiveWithCodeProps {
  /** The bucket of the archive. */
  readonly bucket: s3.IBucket;
  /** The key of the archive. */
  readonly key: string;
  /** Changes when the archive does. */
  readonly revision?: string;
  /** An archive of the code, all of it under `code/`. */
  readonly code: ModelAsset;
}

/**
 * A copy of an archive in S3 with inference code in it.
 *
 * The archive is there only when the stack is deployed, so that only then the code can be put into it.
 */
export class ArchiveWithCode extends Construct implements ArtifactLocation {
  /** The bucket of the copy. */
  public readonly bucket: s3.IBucket;
  /** The key of the copy, known once it is written. */
  public readonly key: string;
  /** The key that the copy is encrypted with: that of the archive's bucket. */
  public readonly encryptionKey?: kms.IKey;
  /** What the copy is made of. */
  public readonly identity: string;

  constructor(scope: Construct, id: string, props: ArchiveWithCodeProps) {
    super(scope, id);
    const packer = ArchivePacker.of(this);
    this.encryptionKey = props.bucket.encryptionKey;
    this.identity = [props.bucket.bucketName, props.key, props.revision ?? '', props.code.objectKey].join(' ');
    const permissions = packer.grantRead(this, props);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::ModelArchiveWithCode',
      serviceToken: packer.serviceToken,
      serviceTimeout: packer.timeout,
      properties: {
        SourceBucket: props.bucket.bucketName,
        SourceKey: props.key,
        Revision: props.revision,
        CodeBucket: props.code.bucket.bucketName,
        CodeKey: props.code.objectKey,
        TargetBucket: packer.bucket.bucketName,
        // apart from the copies of every other model
        TargetPrefix: this.node.addr,
        TargetEncryptionKey: this.encryptionKey?.keyArn,
      },
    });
    resource.node.addDependency(permissions, packer.permissions);
    this.bucket = packer.bucket;
    this.key = resource.getAttString('Key');
  }
}

/** The function that packs, and the bucket that it packs into: one of each a stack. */
class ArchivePacker extends Construct {
  public static of(scope: Construct): ArchivePacker {
    const stack = Stack.of(scope);
    const id = 'TensorFlowModelArchivePacker';
    return stack.node.tryFindChild(id) as ArchivePacker | undefined ?? new ArchivePacker(stack, id);
  }

  public readonly bucket: s3.Bucket;
  public readonly serviceToken: string;
  public readonly timeout = Duration.minutes(15);
  /** What the function may do for every model. */
  public readonly permissions: IDependable;
  private readonly role: iam.Role;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      // all that is in it can be made again, and is taken away with the models that it was made for
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { role, serviceToken } = deploymentFunction(this, {
      handler: 'repack.lambda',
      description: 'Puts inference code into the archives of TensorFlow models',
    });
    this.role = role;
    this.serviceToken = serviceToken;
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({
      // read, to leave alone a copy that is there already
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
      resources: [this.bucket.arnForObjects('*')],
    }));
    // without this right, S3 does not say that an object is not there
    const { policyDependable } = this.role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn],
    }));
    this.permissions = policyDependable ?? new DependencyGroup();
  }

  /** Lets the function read an archive and code, and encrypt the copy as the archive is. */
  public grantRead(user: Construct, props: ArchiveWithCodeProps): iam.Policy {
    const archiveKey = props.bucket.encryptionKey;
    const codeKey = props.code.bucket.encryptionKey;
    return new iam.Policy(user, 'Policy', {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({
          actions: ['s3:GetObject'],
          resources: [props.bucket.arnForObjects(props.key), props.code.bucket.arnForObjects(props.code.objectKey)],
        }),
        ...archiveKey === undefined ? [] : [
          new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [archiveKey.keyArn] }),
        ],
        ...codeKey === undefined ? [] : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [codeKey.keyArn] })],
      ],
    });
  }
}
