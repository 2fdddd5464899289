import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import { checkEntryPoint } from './entry-point';
import { type CodeSource, type CodeUse, nameInChannel } from './training-code-source';
import { checkRevision } from './training-revision';
import type { Violation } from '../private/errors';
import { checkRegion, checkS3Path } from '../private/s3-path';

const LONGEST_ADDRESS = 1024;
const PROPERTY = 'code.key';

/** An archive that is in a bucket already. */
export function bucketCode(bucket: s3.IBucket, key: string, entryPoint: string, revision?: string): CodeSource {
  return {
    check: (scope, use) => ({
      entryPoint,
      revision,
      warnings: [],
      violations: [
        ...checkRegion('code.bucket', bucket, scope, 'training job'),
        ...checkS3Path(PROPERTY, key, bucket, LONGEST_ADDRESS),
        ...checkKey(key, use),
        ...checkEntryPoint('code.entryPoint', entryPoint),
        ...checkRevision('code.revision', revision),
      ],
      provideIn: () => ({ bucket, key, encryptionKey: bucket.encryptionKey }),
    }),
  };
}

function checkKey(key: string, { networkIsolation }: CodeUse): Violation[] {
  if (networkIsolation && nameInChannel(key) === undefined) {
    return [{
      property: PROPERTY,
      rule: 'must have a last part that is known at synthesis, because that is the name of the file that the isolated container looks for',
      remedy: 'give a key such as code/sourcedir.tar.gz',
    }];
  }
  return Token.isUnresolved(key) || key.endsWith('.tar.gz') ? [] : [{
    property: PROPERTY, rule: 'must end in .tar.gz', got: key, remedy: 'pack the code with `tar -czf sourcedir.tar.gz -C directory .`',
  }];
}
