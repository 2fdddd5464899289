import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Eight digits that are others where the content is another, as the stack of a construct renders it. */
export function hashOf(scope: Construct, content: unknown): string {
  return createHash('sha256').update(JSON.stringify(Stack.of(scope).resolve(content))).digest('hex').slice(0, 8);
}
