import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { ArtifactLocation, ArtifactSource, ArtifactUse, CheckedArtifact } from '../model/artifact-source';
import { BucketSource } from '../model/bucket-artifact';
import { ModelArtifact } from '../model/model-artifact';
import { validationError } from '../private/errors';

/** Where the model of a run is. */
export interface TrainedArtifactProps {
  readonly bucket: s3.IBucket;
  /** The key that it is encrypted with, if that is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
  /** The key of an archive, or the prefix of files; known once the run has succeeded. */
  readonly key: string;
  readonly isCompressed: boolean;
}

/** The model that a training job makes while its stack is deployed. What is made of it waits for that. */
export class TrainedArtifact extends ModelArtifact {
  /** @internal */
  protected readonly _source: ArtifactSource;

  private readonly uses: { readonly scope: IConstruct; readonly use: ArtifactUse }[] = [];

  constructor(job: Construct, props: TrainedArtifactProps) {
    super();
    this._source = new TrainedModelSource(job, props);
  }

  /** @internal */
  public _check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    this.uses.push({ scope, use });
    return super._check(scope, use);
  }

  /** What a model, or a container of it, uses it with. @internal */
  public _usesIn(model: IConstruct): ArtifactUse[] {
    return this.uses.filter(({ scope }) => scope === model || scope.node.scope === model).map(({ use }) => use);
  }
}

class TrainedModelSource implements ArtifactSource {
  private readonly source: BucketSource;

  constructor(private readonly job: Construct, { bucket, encryptionKey, key, isCompressed }: TrainedArtifactProps) {
    const encrypted = encryptionKey === undefined ? bucket : s3.Bucket.fromBucketAttributes(job, 'EncryptedOutput', {
      bucketArn: bucket.bucketArn, bucketName: bucket.bucketName, region: bucket.env.region, encryptionKey,
    });
    this.source = new BucketSource(encrypted, isCompressed ? { key } : { prefix: key });
  }

  public check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    this.checkStack(scope);
    const checked = this.source.check(scope, use);
    return {
      ...checked,
      provideIn: (host: Construct): ArtifactLocation => {
        this.checkStack(host);
        return checked.provideIn(host);
      },
    };
  }

  /** A reference from another stack would be an export, which CloudFormation cannot change while it is used. */
  private checkStack(scope: Construct): void {
    if (Stack.of(scope) !== Stack.of(this.job)) {
      throw validationError(scope, {
        property: 'artifact',
        got: this.job.node.path,
        rule: 'must be that of a training job in the stack of what serves it, '
          + 'because a model from another stack could never be replaced by the next one',
        remedy: 'move the job, or what serves its model, to the other stack',
      });
    }
  }
}
