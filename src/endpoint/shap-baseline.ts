import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Violation } from '../private/errors';
import { checkRegion, checkS3Path } from '../private/s3-path';

/** The longest address of an object that an endpoint's configuration takes. */
const LONGEST_ADDRESS = 1024;

/** The longest text that an endpoint's configuration takes. */
const LONGEST_TEXT = 4096;

/**
 * The records that explanations compare with: what the features would be if they said nothing, such as their averages.
 *
 * Each record has all features and no label. The more records there are, the longer an explanation takes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-feature-attribute-shap-baselines.html
 */
export class ShapBaseline {
  /**
   * Records that are written in the endpoint's configuration.
   *
   * @param records 1 to 4096 characters of the explainer's `baselineContentType`, such as `0,0,0,0`
   */
  public static inline(records: string): ShapBaseline {
    return new ShapBaseline({ records });
  }

  /**
   * Records that are in a bucket already. The model's role is allowed to read them.
   *
   * @param bucket the bucket, which must be in the endpoint's region
   * @param key the key of an object of the explainer's `baselineContentType`; `s3://BUCKET/KEY` must have at most 1024 characters
   */
  public static fromBucket(bucket: s3.IBucket, key: string): ShapBaseline {
    return new ShapBaseline({ bucket, key });
  }

  private constructor(private readonly source: { readonly records: string } | { readonly bucket: s3.IBucket; readonly key: string }) {}

  /** What is wrong with it. @internal */
  public _check(property: string, scope: IConstruct): Violation[] {
    const { source } = this;
    if ('records' in source) {
      const { records } = source;
      return Token.isUnresolved(records) || (records.length >= 1 && records.length <= LONGEST_TEXT) ? [] : [{
        property,
        rule: `must have 1 to ${LONGEST_TEXT} characters`,
        got: `${records.length} characters`,
        remedy: 'put more into a bucket, for ShapBaseline.fromBucket',
      }];
    }
    const { bucket, key } = source;
    const isKey = Token.isUnresolved(key) || (key !== '' && !key.endsWith('/'));
    return [
      ...checkRegion(property, bucket, scope, 'endpoint'),
      ...isKey ? [] : [{ property, rule: 'must have the key of an object', got: key }],
      ...checkS3Path(property, key, bucket, LONGEST_ADDRESS),
    ];
  }

  /** What CloudFormation is told. @internal */
  public _render(): CfnEndpointConfig.ClarifyShapBaselineConfigProperty {
    const { source } = this;
    return 'records' in source ? { shapBaseline: source.records } : { shapBaselineUri: `s3://${source.bucket.bucketName}/${source.key}` };
  }

  /** What the model's role must be allowed. @internal */
  public _statements(): iam.PolicyStatement[] {
    const { source } = this;
    if ('records' in source) {
      return [];
    }
    const { bucket, key } = source;
    return [
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(key)] }),
      ...bucket.encryptionKey === undefined
        ? []
        : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [bucket.encryptionKey.keyArn] })],
    ];
  }
}
